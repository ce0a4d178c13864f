using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages;

/// <summary>Reads one profile file: every field stands in it, nothing else does, and fields do not contradict each other. All faults are told at once, each with its line.</summary>
static partial class BankProfileFile
{
    const long VndMax = 999_999_999_999;
    static readonly string[] Versions = ["pain.001.001.03", "pain.001.001.09", "pain.001.001.12"];
    static readonly Lazy<HashSet<string>> ReasonCodes = new(() => CodeLists.ReasonPolicy.Rules.Select(rule => rule.Code).ToHashSet(StringComparer.Ordinal));
    static readonly Lazy<HashSet<string>> CategoryPurposes = new(() => CodeLists.Read("category-purpose").Select(row => row["code"]).ToHashSet(StringComparer.Ordinal));

    public static Result<BankProfile> Parse(ReadOnlySpan<byte> json, string file)
    {
        var parsed = LocatedJson.Parse(json, file);
        if (!parsed.TryGet(out var root)) return Result<BankProfile>.Refuse(parsed.Problems);
        var problems = new List<Problem>();
        var fields = JsonFields.Of(root, "", file, problems);
        var profile = Read(fields);
        fields.EndUnknown();
        if (problems.Count == 0) Contradictions(fields, profile);
        return problems.Count == 0 ? profile : Result<BankProfile>.Refuse(problems);
    }

    static BankProfile Read(JsonFields fields) => new()
    {
        Id = Matching(fields, "id", fields.Text("id", 2, 40), IdPattern(), "small letters, figures and hyphens"),
        Version = (int)fields.Number("version", 1, 1_000_000),
        Name = fields.Text("name", 2, 100),
        BankBins = Bins(fields),
        Assumed = Assumed(fields),
        FileKind = fields.Choice<FileKind>("fileKind"),
        Layout = fields.Object("layout") is { } layout ? Layout(layout) : null,
        Results = fields.Object("results") is { } results ? Results(results) : null,
        MessageVersion = OneOf(fields, "messageVersion", Versions) ?? Versions[1],
        CreditorAgent = fields.Choice<AgentForm>("creditorAgent"),
        DebtorAgent = fields.Choice<AgentForm>("debtorAgent"),
        DebtorId = fields.Choice<DebtorIdKind>("debtorId"),
        CustomerNumberScheme = OneOf(fields, "customerNumberScheme", ["CUST", "BANK"]) ?? "CUST",
        NameLengthMax = (int)fields.Number("nameLengthMax", 20, 140),
        RemittanceLengthMax = (int)fields.Number("remittanceLengthMax", InstructionId.Length, 210),
        MessageIdLengthMax = (int)fields.Number("messageIdLengthMax", 19, 35),
        RemittanceCharacters = Characters(fields),
        WritesUetr = fields.Flag("writesUetr"),
        BatchBooking = fields.Flag("batchBooking"),
        ChargeBearer = OneOf(fields, "chargeBearer", ["DEBT", "SLEV"], nullAllowed: true),
        CategoryPurpose = CategoryPurpose(fields),
        InstructionPriority = OneOf(fields, "instructionPriority", ["NORM", "HIGH"], nullAllowed: true),
        LocalInstrument = Clean(fields, "localInstrument", 35),
        ServiceLevelInside = ServiceLevel(fields, "serviceLevelInside"),
        ServiceLevelLowValue = ServiceLevel(fields, "serviceLevelLowValue"),
        ServiceLevelHighValue = ServiceLevel(fields, "serviceLevelHighValue"),
        ServiceLevelInstant = ServiceLevel(fields, "serviceLevelInstant"),
        LowValueMax = new Vnd(fields.Number("lowValueMax", 1, VndMax)),
        PaymentMax = new Vnd(fields.Number("paymentMax", 1, VndMax)),
        TransactionsPerFileMax = (int)fields.Number("transactionsPerFileMax", 1, 1_000_000),
        TransactionsPerBatchMax = (int)fields.Number("transactionsPerBatchMax", 1, 1_000_000),
        BatchesPerFileMax = (int)fields.Number("batchesPerFileMax", 1, 999),
        FileBytesMax = fields.Number("fileBytesMax", 100_000, 2_000_000_000),
        CutOff = CutOff(fields),
        DaysAheadMax = (int)fields.Number("daysAheadMax", 0, 366),
        StatusLevels = fields.Choices<StatusLevel>("statusLevels"),
        SendsNotifications = fields.Flag("sendsNotifications"),
        SendsStatements = fields.Flag("sendsStatements"),
        SettledStatusSent = fields.Flag("settledStatusSent"),
        SilenceInPartMeansAccepted = fields.Flag("silenceInPartMeansAccepted"),
        SettledStatusCountsAsPaid = fields.Flag("settledStatusCountsAsPaid"),
        NotificationIsFinal = fields.Flag("notificationIsFinal"),
        ReversalTurnsSide = fields.Flag("reversalTurnsSide"),
        IdsGivenBack = fields.Choices<GivenBackId>("idsGivenBack"),
        ReturnPhrases = ReturnPhrases(fields),
        ProprietaryCodes = ProprietaryCodes(fields),
        AccountPattern = AccountPattern(fields),
        StatementAccountForm = AccountForm(fields),
        LateReturnDays = (int)fields.Number("lateReturnDays", 0, 250),
        Envelope = fields.Choice<EnvelopeKind>("envelope"),
        SignatureKind = fields.Choice<SignatureKind>("signatureKind"),
        Recall = fields.Choice<RecallForm>("recall"),
        AcknowledgementHours = (int)fields.Number("acknowledgementHours", 1, 240),
        FinalStatusDays = (int)fields.Number("finalStatusDays", 0, 60),
        DebitDays = (int)fields.Number("debitDays", 0, 60),
        SuspenseDays = (int)fields.Number("suspenseDays", 1, 60),
        ConfirmedDays = (int)fields.Number("confirmedDays", 1, 60),
        ProofDays = (int)fields.Number("proofDays", 1, 60),
        ToleranceVnd = new Vnd(fields.Number("toleranceVnd", 0, 1_000_000)),
        StampOffset = StampOffset(fields),
    };

    /// <summary>What single fields cannot show: two of them say what cannot both be.</summary>
    static void Contradictions(JsonFields fields, BankProfile profile)
    {
        Against("bankBins", profile.Id == BankProfiles.GenericId != (profile.BankBins.Count == 0), "the generic profile stands for every bank without its own and names none; any other names at least one", "Name the bank's NAPAS number of law/banks.csv.");
        Against("layout", (profile.FileKind == FileKind.Pain001) != (profile.Layout is null), $"\"fileKind\" is {profile.FileKind}", "A layout stands with Csv and Xlsx, and only there; with Pain001 write null.");
        Against("writesUetr", profile.WritesUetr && profile.MessageVersion == Versions[0], $"{Versions[0]} has no UETR", "Write false.");
        Against("lowValueMax", profile.LowValueMax > profile.PaymentMax, "it is above \"paymentMax\"", "The most of one payment is the larger of the two.");
        Against("transactionsPerBatchMax", profile.TransactionsPerBatchMax > profile.TransactionsPerFileMax, "it is above \"transactionsPerFileMax\"", "A batch stands in one file.");
        Against("settledStatusSent", profile.SettledStatusSent && profile.StatusLevels.Count == 0, "\"statusLevels\" is empty: the bank sends no status at all", "Write false, or name the levels it sends.");
        Against("settledStatusCountsAsPaid", profile is { SettledStatusCountsAsPaid: true, SettledStatusSent: false, Results: null }, "\"settledStatusSent\" is false", "What is never sent counts for nothing: write false.");
        Against("silenceInPartMeansAccepted", profile.SilenceInPartMeansAccepted && profile.StatusLevels.Count == 0, "\"statusLevels\" is empty", "Write false.");
        Against("notificationIsFinal", profile is { NotificationIsFinal: true, SendsNotifications: false }, "\"sendsNotifications\" is false", "Write false.");
        Against("envelope", profile is { Envelope: EnvelopeKind.Head001, FileKind: not FileKind.Pain001 }, "only a message has an envelope", "Write None.");
        Against("lateReturnDays", profile.LateReturnDays < profile.ConfirmedDays, "it is below \"confirmedDays\": a payment is not confirmed while returns still come as a matter of course", "Raise it, or lower \"confirmedDays\".");
        if (profile.Layout is { } layout) LayoutContradictions(fields, profile, layout);

        void Against(string name, bool wrong, string why, string remedy)
        {
            if (wrong) fields.Refuse(name, $"contradicts: {why}", remedy);
        }
    }

    static void LayoutContradictions(JsonFields fields, BankProfile profile, SpreadsheetLayout layout)
    {
        var isText = profile.FileKind == FileKind.Csv;
        if (isText ? layout is { Encoding: null } or { Separator: null } or { LineEnd: null } : layout is not { Encoding: null, Separator: null, LineEnd: null })
            fields.Refuse("layout", $"does not fit \"fileKind\" {profile.FileKind}", "Csv has encoding, separator and lineEnd; Xlsx has null for the three.");
        if (isText != layout.SheetName is null) fields.Refuse("layout", $"does not fit \"fileKind\" {profile.FileKind}", "Xlsx names its sheet; Csv has null for sheetName.");
        if (layout.Columns.FirstOrDefault(column => column.Field == PaymentField.Remittance && column.LengthMax < profile.RemittanceLengthMax) is { } narrow)
            fields.Refuse("remittanceLengthMax", $"is {profile.RemittanceLengthMax}, and column \"{narrow.Title}\" takes {narrow.LengthMax} characters", "Write the smaller of the two in both.");
        if (layout.Columns.FirstOrDefault(column => column.Field == PaymentField.CreditorName && column.LengthMax < profile.NameLengthMax) is { } cut)
            fields.Refuse("nameLengthMax", $"is {profile.NameLengthMax}, and column \"{cut.Title}\" takes {cut.LengthMax} characters", "Write the smaller of the two in both.");
        var agent = profile.CreditorAgent switch { AgentForm.Bic => PaymentField.CreditorBic, AgentForm.NapasNumber => PaymentField.CreditorBankBin, _ => PaymentField.CreditorBranchCode };
        var byName = profile.CreditorAgent == AgentForm.NapasNumber && layout.Columns.Any(column => column.Field == PaymentField.CreditorBankName);
        if (!byName && layout.Columns.All(column => column.Field != agent))
            fields.Refuse("creditorAgent", $"is {profile.CreditorAgent}, and no column holds it", "Name the form that a column holds, or NapasNumber where only the bank's name stands: the read-back compares it with the approved list.");
    }

    static string Matching(JsonFields fields, string name, string text, Regex pattern, string form)
    {
        if (text.Length > 0 && !pattern.IsMatch(text)) fields.Refuse(name, $"is '{text}'", $"Use {form}.");
        return text;
    }

    static string? OneOf(JsonFields fields, string name, string[] known, bool nullAllowed = false)
    {
        var text = nullAllowed ? fields.OptionalText(name, 1, 40) : fields.Text(name, 1, 40);
        if (text is { Length: > 0 } && !known.Contains(text)) fields.Refuse(name, $"is '{text}'", $"Write {string.Join(", ", known)}{(nullAllowed ? " or null" : "")}.");
        return text is { Length: > 0 } ? text : null;
    }

    static List<string> Bins(JsonFields fields)
    {
        var bins = new List<string>();
        foreach (var item in fields.Items("bankBins"))
        {
            if (BankDirectory.Find(item.Text) is null) fields.Refuse("bankBins", item.Line, $"holds '{item.Text}', which is no bank of law/banks.csv", "Write NAPAS numbers of six figures, as texts.");
            else if (bins.Contains(item.Text)) fields.Refuse("bankBins", item.Line, $"names {item.Text} twice", "Name it once.");
            else bins.Add(item.Text);
        }

        return bins;
    }

    static List<AssumedField> Assumed(JsonFields fields)
    {
        var assumed = new List<AssumedField>();
        foreach (var (item, number) in fields.Items("assumed").Select((item, index) => (item, index + 1)))
        {
            var one = fields.Item("assumed", item, number);
            var (field, why) = (one.Text("field", 1, 60), one.Text("why", 5, 300));
            if (field.Length > 0 && !FieldNames.Contains(field)) one.Refuse("field", $"is '{field}', which is no field of a profile", "Write the field's name as it stands in the file.");
            one.EndUnknown();
            assumed.Add(new(field, why));
        }

        return assumed;
    }

    static readonly HashSet<string> FieldNames = typeof(BankProfile).GetProperties().Where(property => property.GetMethod is { IsPublic: true, IsStatic: false })
        .Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..]).ToHashSet(StringComparer.Ordinal);

    static string? Characters(JsonFields fields)
    {
        var text = fields.OptionalText("remittanceCharacters", 0, 20);
        if (text is not null && text.Any(c => c == ' ' || char.IsAsciiLetterOrDigit(c) || !BankText.IsAllowed(c)))
            fields.Refuse("remittanceCharacters", $"is '{text}'", "Write some of / - ? : ( ) . , ' + without blanks, or null for all of them. Letters, figures and blank are always there.");
        return text;
    }

    static string? Clean(JsonFields fields, string name, int lengthMax)
    {
        var text = fields.OptionalText(name, 1, lengthMax);
        if (text is not null && !BankText.IsClean(text)) fields.Refuse(name, $"is '{text}'", "Use letters without marks, figures and / - ? : ( ) . , ' +.");
        return text;
    }

    static string CategoryPurpose(JsonFields fields)
    {
        var code = fields.Text("categoryPurpose", 4, 4);
        if (code.Length > 0 && !CategoryPurposes.Value.Contains(code)) fields.Refuse("categoryPurpose", $"is '{code}'", "Write a code of codes/category-purpose.csv: SSBE, PENS, GOVT or SALA.");
        return code;
    }

    static string? ServiceLevel(JsonFields fields, string name)
    {
        var code = fields.OptionalText(name, 1, 4);
        if (code is not null && !code.All(char.IsAsciiLetterUpper)) fields.Refuse(name, $"is '{code}'", "Write a code of at most four capital letters (NURG, URGP, INST), or null.");
        return code;
    }

    static LocalTime CutOff(JsonFields fields)
    {
        var text = fields.Text("cutOff", 1, 10);
        if (LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(text) is { Success: true } time) return time.Value;
        if (text.Length > 0) fields.Refuse("cutOff", $"is '{text}'", "Write the bank's own time: 16:00.");
        return LocalTime.Midnight;
    }

    static Offset StampOffset(JsonFields fields)
    {
        var text = fields.Text("stampOffset", 1, 10);
        if (OffsetPattern.CreateWithInvariantCulture("+HH:mm").Parse(text) is { Success: true } offset) return offset.Value;
        if (text.Length > 0) fields.Refuse("stampOffset", $"is '{text}'", "Write an offset like +07:00.");
        return Offset.Zero;
    }

    static StatementAccountForm AccountForm(JsonFields fields)
    {
        var text = fields.Text("statementAccountForm", 4, 30);
        if (!StatementAccountForm.TryParse(text, out var form) && text.Length > 0) fields.Refuse("statementAccountForm", $"is '{text}'", "Write AsIs, WithoutLeadingZeros or Last(n) with n from 4 to 18.");
        return form;
    }

    static string? AccountPattern(JsonFields fields)
    {
        var text = fields.OptionalText("accountPattern", 1, 200);
        if (text is null) return null;
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fields.Refuse("accountPattern", $"is '{text}', which is no regular expression that can be used: {e.Message}", "Write one without look-around and back references, for example [0-9]{13}, or null.");
        }

        return text;
    }

    static List<ReturnPhrase> ReturnPhrases(JsonFields fields)
    {
        var phrases = new List<ReturnPhrase>();
        foreach (var (item, number) in fields.Items("returnPhrases").Select((item, index) => (item, index + 1)))
        {
            var one = fields.Item("returnPhrases", item, number);
            var (phrase, code) = (one.Text("phrase", 3, 140), one.Text("code", 1, 4));
            if (code.Length > 0 && !ReasonCodes.Value.Contains(code)) one.Refuse("code", $"is '{code}', which is no known reason", "Write a code of codes/reason-codes.csv.");
            if (phrases.Exists(other => other.Phrase == phrase)) one.Refuse("phrase", $"'{phrase}' stands there twice", "Keep one of the two.");
            one.EndUnknown();
            phrases.Add(new(phrase, code));
        }

        return phrases;
    }

    static Dictionary<string, string> ProprietaryCodes(JsonFields fields)
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (own, code, line) in fields.Pairs("proprietaryCodes"))
        {
            if (!ReasonCodes.Value.Contains(code)) fields.Refuse("proprietaryCodes", line, $"gives '{code}' for '{own}', which is no known reason", "Write a code of codes/reason-codes.csv.");
            codes[own] = code;
        }

        return codes;
    }

    static SpreadsheetLayout Layout(JsonFields fields)
    {
        var sheet = fields.OptionalText("sheetName", 1, 31);
        if (sheet is not null && sheet.IndexOfAny(['[', ']', ':', '*', '?', '/', '\\', '\'']) >= 0) fields.Refuse("sheetName", $"is '{sheet}'", "A sheet's name has none of [ ] : * ? / \\ '.");
        var encoding = fields.OptionalChoice<TextEncoding>("encoding");
        var separator = fields.OptionalText("separator", 1, 3) switch { null => (char?)null, "," => ',', ";" => ';', "tab" => '\t', _ => '\0' };
        if (separator == '\0')
        {
            fields.Refuse("separator", "is none of the three", "Write \",\", \";\" or \"tab\".");
            separator = ',';
        }

        var lineEnd = fields.OptionalChoice<LineEnd>("lineEnd");
        var layout = new SpreadsheetLayout(sheet, encoding, separator, lineEnd, Rows(fields, "headerRows"), Columns(fields, encoding), Rows(fields, "trailer"));
        fields.EndUnknown();
        Need(PaymentField.Amount, "the sum");
        Need(PaymentField.CreditorAccount, "the payee's account");
        Need(PaymentField.CreditorName, "the payee's name");
        if (!layout.Columns.Any(column => column.Field is PaymentField.EndToEndId or PaymentField.Remittance))
            fields.Refuse("columns", "has no column with our id", "Add a column with EndToEndId or Remittance: without it no answer finds its payment.");
        foreach (var twice in layout.Columns.GroupBy(column => column.Title, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            fields.Refuse("columns", $"has \"{twice.Key}\" twice", "Titles tell columns apart; give each its own.");
        return layout;

        void Need(PaymentField field, string what)
        {
            var count = layout.Columns.Count(column => column.Field == field);
            if (count != 1) fields.Refuse("columns", $"has {count} columns with {what}", $"One column has the field {field}.");
        }
    }

    static List<SpreadsheetColumn> Columns(JsonFields fields, TextEncoding? encoding)
    {
        var columns = new List<SpreadsheetColumn>();
        foreach (var (item, number) in fields.Items("columns").Select((item, index) => (item, index + 1)))
        {
            var one = fields.Item("columns", item, number);
            var column = new SpreadsheetColumn(one.Choice<PaymentField>("field"), one.Text("title", 1, 100), one.Choice<CellKind>("kind"), (int)one.Number("lengthMax", 1, 500), one.Flag("upperCase"), one.Flag("accents"),
                one.OptionalText("text", 1, 100));
            one.EndUnknown();
            columns.Add(column);
            if (column.Kind == CellKind.Number && column.Field is not (PaymentField.RowNo or PaymentField.Amount)) one.Refuse("kind", $"is Number for {column.Field}", "Only a sum and a row's number may be numbers: others lose zeros and figures.");
            var least = column.Field switch
            {
                PaymentField.EndToEndId or PaymentField.Remittance => InstructionId.Length,
                PaymentField.CreditorAccount or PaymentField.DebtorAccount => 19,
                PaymentField.Amount => 12,
                PaymentField.MessageId => 19,
                PaymentField.BatchId => 23,
                PaymentField.CreditorBankBin or PaymentField.RowNo => 6,
                PaymentField.CreditorBranchCode => 8,
                PaymentField.CreditorBic => 11,
                _ => 1,
            };
            if (column.LengthMax < least) one.Refuse("lengthMax", $"is {column.LengthMax}", $"{column.Field} needs {least}.");
            switch (column.Field)
            {
                case PaymentField.Constant when column.Text is null: one.Refuse("text", "is missing for a constant", "Write the text of every row."); break;
                case PaymentField.Constant when column.Text.Length > column.LengthMax: one.Refuse("text", "is longer than the column", "Raise lengthMax."); break;
                case PaymentField.Constant when column.Text[0] is '=' or '+' or '-' or '@': one.Refuse("text", "looks like a formula", "Begin it with a letter or a figure."); break;
                case PaymentField.ExecutionDate when column.Text is { } pattern && !IsDatePattern(pattern): one.Refuse("text", $"is '{pattern}'", "Write a day's pattern: dd/MM/yyyy."); break;
                case not (PaymentField.Constant or PaymentField.ExecutionDate) when column.Text is not null: one.Refuse("text", $"stands with {column.Field}", "Only a constant and a date have a text: write null."); break;
            }
        }

        if (columns.Count == 0) fields.Refuse("columns", "is empty", "Name the columns of the bank's template.");
        return columns;
    }

    static List<IReadOnlyList<string>> Rows(JsonFields fields, string name)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (var item in fields.Items(name))
        {
            if (item.Items.Any(cell => cell.Kind != System.Text.Json.JsonValueKind.String) || item.Kind != System.Text.Json.JsonValueKind.Array)
                fields.Refuse(name, item.Line, "has a row that is no list of texts", "Write [ [\"…\", \"…\"] ].");
            foreach (var cell in item.Items)
            {
                foreach (System.Text.RegularExpressions.Match brace in Braces().Matches(cell.Text))
                    if (!SpreadsheetLayout.Placeholders.Contains(brace.Groups[1].Value)) fields.Refuse(name, cell.Line, $"has {brace.Value}, which is not known", $"Use {string.Join(", ", SpreadsheetLayout.Placeholders.Select(one => $"{{{one}}}"))}.");
                if (cell.Text.Length > 0 && cell.Text[0] is '=' or '+' or '-' or '@') fields.Refuse(name, cell.Line, $"has '{cell.Text}', which looks like a formula", "Begin it with a letter or a figure.");
            }

            rows.Add([.. item.Items.Select(cell => cell.Text)]);
        }

        return rows;
    }

    static ResultListLayout Results(JsonFields fields)
    {
        var sheet = fields.OptionalText("sheetName", 1, 31);
        var columns = new List<ResultColumn>();
        foreach (var (item, number) in fields.Items("columns").Select((item, index) => (item, index + 1)))
        {
            var one = fields.Item("columns", item, number);
            columns.Add(new(one.Choice<ResultField>("field"), one.Text("title", 1, 100), one.Flag("required")));
            one.EndUnknown();
        }

        var words = new List<StatusWord>();
        foreach (var (item, number) in fields.Items("statuses").Select((item, index) => (item, index + 1)))
        {
            var one = fields.Item("statuses", item, number);
            var word = new StatusWord(one.Text("word", 1, 100), one.Choice<ResultStatus>("status"));
            one.EndUnknown();
            if (words.Exists(other => PlainWords.Of(other.Word) == PlainWords.Of(word.Word))) one.Refuse("word", $"'{word.Word}' stands there twice", "Words are compared without marks and case; keep one of the two.");
            words.Add(word);
        }

        var pattern = fields.Text("datePattern", 4, 30);
        if (pattern.Length > 0 && !IsDatePattern(pattern)) fields.Refuse("datePattern", $"is '{pattern}'", "Write a day's pattern: dd/MM/yyyy.");
        var layout = new ResultListLayout(sheet, columns, words, pattern, fields.OptionalChoice<ResultStatus>("statusWhenEmpty"));
        fields.EndUnknown();
        if (!columns.Exists(column => column.Field is ResultField.EndToEndId or ResultField.Remittance)) fields.Refuse("columns", "has no column in which our id stands", "Add one with EndToEndId or Remittance.");
        if (!columns.Exists(column => column.Field == ResultField.Status) && layout.StatusWhenEmpty is null) fields.Refuse("columns", "has no status", "Add a column with Status, or say in statusWhenEmpty what every row means.");
        if (!columns.Exists(column => column.Field == ResultField.Amount)) fields.Refuse("columns", "has no sum", "Add a column with Amount: a result is taken only when its sum is ours.");
        foreach (var twice in columns.GroupBy(column => PlainWords.Of(column.Title)).Where(group => group.Count() > 1)) fields.Refuse("columns", $"has \"{twice.First().Title}\" twice", "Titles are compared without marks and case; give each column its own.");
        foreach (var twice in columns.GroupBy(column => column.Field).Where(group => group.Count() > 1)) fields.Refuse("columns", $"has {twice.Key} twice", "One column for each field.");
        return layout;
    }

    /// <summary>A pattern that writes a day and reads it back.</summary>
    static bool IsDatePattern(string pattern)
    {
        try
        {
            var day = new LocalDate(2026, 11, 24);
            var known = LocalDatePattern.CreateWithInvariantCulture(pattern);
            return known.Parse(known.Format(day)) is { Success: true } read && read.Value == day;
        }
        catch (InvalidPatternException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\{([^{}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Braces();
}
