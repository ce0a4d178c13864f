using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>
/// Reads a bank's list of what became of our payments (CSV, XLSX, XLS) by the result layout of its profile, and shows each row as the status report of one
/// payment: the same evidence as a transaction of a pain.002, and never a booking. A list with one bad row is taken in no part.
/// </summary>
public static class ResultListReader
{
    /// <summary>The kind of message a result list counts as.</summary>
    public const string MessageName = "result-list";

    const int HeaderRowsMax = 60;
    const int ProblemsMax = 1_000;

    /// <summary>Whose list it is: the one profile whose titles stand in it.</summary>
    public static Result<BankProfile> ProfileOf(Stream seekable, SheetKind kind, IReadOnlyList<BankProfile> candidates) => Find(seekable, kind, candidates).Select(header => header.Profile);

    /// <summary>Reads the whole list, then shows it to the visitor.</summary>
    /// <param name="seekable">The file from its start.</param>
    /// <param name="kind">See <see cref="SheetReader.KindOf"/>.</param>
    /// <param name="candidates">Profiles whose result layout it may have. Exactly one must fit its titles.</param>
    /// <param name="visitor">Sees nothing of a list that is refused.</param>
    /// <returns>What was counted; or <c>result_list.unknown</c>, <c>result_list.ambiguous</c>, <c>result_list.empty</c>, and for each bad row
    /// <c>result_list.cell</c> with its line and column.</returns>
    public static Result<BankFileTotals> Read(Stream seekable, SheetKind kind, IReadOnlyList<BankProfile> candidates, IBankMessageVisitor visitor)
    {
        var found = Find(seekable, kind, candidates);
        if (!found.TryGet(out var header)) return Result<BankFileTotals>.Refuse(found.Problems);
        var rows = new Rows(header);
        if (SheetReader.Read(seekable, kind, header.Layout.SheetName, rows.Take) is { } unreadable) return unreadable;
        if (rows.Problems.Count > 0) return Result<BankFileTotals>.Refuse(rows.Problems);
        if (rows.Reports.Count == 0) return new Problem("result_list.empty", "The list has its titles and no payment.", "Ask the bank for the list again.").In(null, header.Line);

        var counting = new CountingVisitor(visitor);
        // A list has no id of its own: its bytes name it, so that the same list is known again and two lists are told apart.
        seekable.Position = 0;
        var id = $"LIST-{Convert.ToHexString(SHA256.HashData(seekable))[..24]}";
        var day = rows.LatestDay;
        counting.Header(new BankFileHeader(MessageName, $"{MessageName}.{header.Profile.Id}", id, day is { } known ? LocalDatePattern.Iso.Format(known) : null,
            day?.At(LocalTime.Midnight).WithOffset(header.Profile.StampOffset).ToInstant(), []));
        foreach (var (report, index) in rows.Reports.Select((report, index) => (report, index + 1))) counting.Status(report with { TransactionNo = index });
        foreach (var finding in rows.Findings) counting.Finding(finding);
        return counting.Totals();
    }

    /// <summary>The profile whose titles stand in one of the first rows.</summary>
    static Result<Header> Find(Stream seekable, SheetKind kind, IReadOnlyList<BankProfile> candidates)
    {
        var fitting = new List<Header>();
        IReadOnlyList<string> seen = [];
        Problem? refused = null;
        foreach (var sheet in candidates.Where(profile => profile.Results is not null).GroupBy(profile => profile.Results!.SheetName))
        {
            var read = 0;
            var open = sheet.ToList();
            var problem = SheetReader.Read(seekable, kind, sheet.Key, row =>
            {
                var titles = row.Cells.Select(cell => PlainWords.Of(cell.Text)).ToList();
                if (titles.Count(title => title.Length > 0) > seen.Count) seen = [.. row.Cells.Select(cell => cell.Text).Where(text => text.Length > 0)];
                foreach (var profile in open.ToList())
                {
                    if (!profile.Results!.Columns.All(column => titles.Contains(PlainWords.Of(column.Title)))) continue;
                    fitting.Add(new Header(profile, profile.Results, row.Line, [.. profile.Results.Columns.Select(column => titles.IndexOf(PlainWords.Of(column.Title)))]));
                    open.Remove(profile);
                }

                return open.Count > 0 && ++read < HeaderRowsMax;
            });
            // A workbook without the sheet that one profile names may still be another's.
            if (problem is not null && problem.Code != "spreadsheet.sheet_missing") return problem;
            refused ??= problem;
        }

        return fitting.Count switch
        {
            1 => fitting[0],
            0 when refused is not null && seen.Count == 0 => refused,
            0 => Unknown(seen, candidates),
            _ => new Problem("result_list.ambiguous", $"The titles fit {fitting.Count} profiles: {string.Join(", ", fitting.Select(one => one.Profile.Id))}.", "Say which bank it is from: --profile ID."),
        };
    }

    static Problem Unknown(IReadOnlyList<string> seen, IReadOnlyList<BankProfile> candidates)
    {
        var longest = string.Join(" | ", seen.Take(12));
        var known = string.Join(", ", candidates.Where(profile => profile.Results is not null).Select(profile => profile.Id));
        return new Problem("result_list.unknown", $"The table is no bank's result list that is known here. Its longest row reads: {(longest.Length == 0 ? "(nothing)" : Shown(longest, 300))}.",
            $"Lists of these profiles are known: {(known.Length == 0 ? "none" : known)}. Compare the titles (payengine bank profile show ID), or add a profile for this bank.");
    }

    static string Shown(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax] + "…";

    sealed record Header(BankProfile Profile, ResultListLayout Layout, int Line, IReadOnlyList<int> Places);

    sealed class Rows
    {
        readonly Header header;
        readonly Dictionary<ResultField, (int Place, ResultColumn Column)> columns = [];
        readonly Dictionary<string, ResultStatus> words = new(StringComparer.Ordinal);
        readonly List<(string Phrase, string Code)> phrases;
        readonly LocalDatePattern days;
        readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);

        public Rows(Header header)
        {
            this.header = header;
            for (var at = 0; at < header.Layout.Columns.Count; at++) columns[header.Layout.Columns[at].Field] = (header.Places[at], header.Layout.Columns[at]);
            foreach (var word in header.Layout.Statuses) words[PlainWords.Of(word.Word)] = word.Status;
            phrases = [.. header.Profile.ReturnPhrases.Select(one => (PlainWords.Of(one.Phrase), one.Code))];
            days = LocalDatePattern.CreateWithInvariantCulture(header.Layout.DatePattern);
        }

        public List<StatusReport> Reports { get; } = [];

        public List<Problem> Problems { get; } = [];

        public List<BankFinding> Findings { get; } = [];

        public LocalDate? LatestDay { get; private set; }

        public bool Take(SheetRow row)
        {
            if (row.Line <= header.Line || row.IsEmpty) return true;
            var problemsBefore = Problems.Count;
            var idText = Text(row, ResultField.EndToEndId);
            var inText = Text(row, ResultField.Remittance);
            var isOurs = Matching.PaymentId(idText, null, inText, null, out _) is not null;
            if (!isOurs && Text(row, ResultField.Status).Length == 0 && (header.Layout.StatusWhenEmpty is null || (idText.Length == 0 && inText.Length == 0)))
            {
                // A sum or a signature below the list.
                var said = string.Join(" ", row.Cells.Select(cell => cell.Text).Where(text => text.Length > 0));
                Findings.Add(new("result_list.row_passed_over", $"Row {row.Line} has no id of ours and no status, and was passed over: {ResultListReader.Shown(said, 80)}", row.Line));
                return true;
            }

            foreach (var (place, column) in columns.Values)
            {
                if (column.Required && row[place].Text.Length == 0) Bad(row, column.Title, "is empty", "Fill it in as the bank has it.");
                if (row[place].LostFigures) Bad(row, column.Title, $"holds the number {row[place].Text}: a spreadsheet keeps fifteen figures and has replaced the others", "Ask the bank for the list with text cells, or as CSV.");
            }

            var id = Id(row, idText, inText);
            var amount = Amount(row);
            var status = Status(row);
            var day = Day(row);
            if (id is not null && seen.TryGetValue(id, out var other)) Bad(row, IdColumn, $"names payment {id}, which stands on line {other} already", "Keep one of the two rows; ask the bank which counts.");
            if (Problems.Count > problemsBefore) return Problems.Count < ProblemsMax;
            seen[id!] = row.Line;
            if (day is { } known && (LatestDay is null || known > LatestDay)) LatestDay = known;
            Reports.Add(new StatusReport
            {
                Level = EvidenceLevel.Transaction, EndToEndId = id, InstructionId = null, OriginalMessageId = Optional(row, ResultField.MessageId), OriginalBatchId = Optional(row, ResultField.BatchId),
                AccountServicerRef = Optional(row, ResultField.BankReference), CreditorAccount = Optional(row, ResultField.CreditorAccount), Amount = amount is { } vnd ? new BankAmount("VND", vnd.Amount) : null,
                Status = CodeOf(status!.Value), IsReturn = status == ResultStatus.Returned, Reasons = Reasons(Text(row, ResultField.Reason)), Line = row.Line,
            });
            return true;
        }

        string IdColumn => (columns.TryGetValue(ResultField.EndToEndId, out var own) ? own : columns[ResultField.Remittance]).Column.Title;

        string? Id(SheetRow row, string idText, string inText)
        {
            if (idText.Length > 0)
            {
                var parsed = InstructionId.Parse(idText);
                if (parsed.TryGet(out var id)) return id.ToString();
                if (inText.Length == 0)
                {
                    Bad(row, IdColumn, $"holds '{Shown(idText)}', which is no id of ours: {parsed.Problems[0].Message}", "Write the 18 characters we sent.");
                    return null;
                }
            }

            if (Matching.PaymentId(null, null, inText, null, out _) is { } found) return found.ToString();
            Bad(row, columns.TryGetValue(ResultField.Remittance, out var text) ? text.Column.Title : IdColumn, $"holds no id of ours: '{Shown(inText)}'", "Take the row out if it is not our payment; else write the id we sent.");
            return null;
        }

        Vnd? Amount(SheetRow row)
        {
            var text = Text(row, ResultField.Amount);
            if (text.Length == 0) return null;
            // Thousands apart as Viet Nam writes them, or as English programs do; đồng have no fraction, so a group of three is never one.
            var plain = text.Replace("VND", "", StringComparison.OrdinalIgnoreCase).Replace("₫", "", StringComparison.Ordinal).Trim();
            if (plain.IndexOfAny(['.', ',', ' ']) >= 0)
            {
                var groups = plain.Split('.', ',', ' ');
                plain = groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(group => group.Length == 3) && plain.Where(c => !char.IsAsciiDigit(c)).Distinct().Count() == 1 ? string.Concat(groups) : "";
            }

            if (long.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0) return new Vnd(value);
            Bad(row, columns[ResultField.Amount].Column.Title, $"holds '{Shown(text)}', which is no whole sum in đồng", "Write figures, with or without groups of three.");
            return null;
        }

        ResultStatus? Status(SheetRow row)
        {
            var text = Text(row, ResultField.Status);
            if (text.Length == 0)
            {
                if (header.Layout.StatusWhenEmpty is { } otherwise) return otherwise;
                Bad(row, columns[ResultField.Status].Column.Title, "is empty", $"Write one of {string.Join(", ", header.Layout.Statuses.Select(word => word.Word))}.");
                return null;
            }

            if (words.TryGetValue(PlainWords.Of(text), out var status)) return status;
            Bad(row, columns[ResultField.Status].Column.Title, $"holds '{Shown(text)}', a word profile {header.Profile.Id} does not know", $"It knows {string.Join(", ", header.Layout.Statuses.Select(word => word.Word))}. If the bank uses this word, add it to the profile with its meaning.");
            return null;
        }

        LocalDate? Day(SheetRow row)
        {
            if (!columns.TryGetValue(ResultField.Date, out var column) || row[column.Place].Text.Length == 0) return null;
            var cell = row[column.Place];
            if (cell.Day is { } day) return day;
            // A time behind the day says nothing here.
            if (days.Parse(cell.Text.Split(' ', 2)[0]) is { Success: true } parsed) return parsed.Value;
            Bad(row, column.Column.Title, $"holds '{Shown(cell.Text)}', which is no day", $"Write it as {header.Layout.DatePattern}.");
            return null;
        }

        /// <summary>The bank's own code, a code of the external list, a phrase the profile knows; the words themselves are always kept.</summary>
        BankReason[] Reasons(string text)
        {
            if (text.Length == 0) return [];
            var plain = PlainWords.Of(text);
            var first = text.Split([' ', ':', '-', '/'], 2)[0];
            var code = header.Profile.ProprietaryCodes.GetValueOrDefault(text) ?? header.Profile.ProprietaryCodes.GetValueOrDefault(first)
                ?? (first.Length == 4 && CodeLists.ReasonPolicy.Rules.Any(rule => rule.Code == first) ? first : null)
                ?? phrases.OrderByDescending(one => one.Phrase.Length).FirstOrDefault(one => plain.Contains(one.Phrase, StringComparison.Ordinal)).Code;
            return [new BankReason(code, header.Profile.ProprietaryCodes.ContainsKey(first) ? first : null, text)];
        }

        string Text(SheetRow row, ResultField field) => columns.TryGetValue(field, out var column) ? row[column.Place].Text : "";

        string? Optional(SheetRow row, ResultField field) => Text(row, field) is { Length: > 0 } text ? text : null;

        void Bad(SheetRow row, string column, string what, string remedy)
        {
            if (Problems.Count < ProblemsMax) Problems.Add(new Problem("result_list.cell", $"Column \"{column}\" {what}.", remedy, new SourceLocation(null, row.Line, column, column)));
        }

        static string Shown(string text) => ResultListReader.Shown(text, 60);

        static string CodeOf(ResultStatus status) => status switch
        {
            ResultStatus.Accepted => "ACCP",
            ResultStatus.Pending => "PDNG",
            ResultStatus.Settled or ResultStatus.Returned => "ACSC", // what came back was carried out first
            ResultStatus.Credited => "ACCC",
            ResultStatus.Rejected => "RJCT",
            _ => "CANC",
        };
    }
}
