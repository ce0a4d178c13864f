using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.House;

/// <summary>The parts of docs/bank-kit.md that the program itself can draw, and the files its commands are about.</summary>
static class BankKitPage
{
    static readonly Offset VietNam = Offset.FromHours(7);
    static readonly MessageId Message = new(40, new LocalDate(2026, 11, 2), 1, 1);

    /// <summary>The profiles that ship with the program, whatever another test has added.</summary>
    static IReadOnlyList<BankProfile> Profiles => [.. BankProfiles.With([]).Value.Select(known => known.Profile)];

    static BankProfile Generic => Profiles.Single(profile => profile.Id == BankProfiles.GenericId);

    public static string FileName => Message + ".xml";

    public static InstructionId Id(int line) => new(40, new YearMonth(2026, 11), 1, line, 1);

    public static BatchFile Example()
    {
        PaymentInstruction[] payments =
        [
            new(Id(1), new Vnd(750_000), "970436", "BFTVVNVX", null, "NGUYEN THI HUONG", "0011004567890", "SSBE", "TRO CAP T11/2026"),
            new(Id(2), new Vnd(500_000), "970405", "VBAAVNVX", null, "DANG VAN DUC", "3600205012345", "SSBE", "TRO CAP T11/2026"),
            new(Id(3), new Vnd(1_250_000), "970415", "ICBVVNVX", null, "TRAN THI BUOI", "108800112233", "SSBE", "TRO CAP T11/2026"),
        ];
        var sum = payments.Aggregate(Vnd.Zero, (all, one) => all + one.Amount);
        return new BatchFile
        {
            MessageId = Message.ToString(), CreatedAt = new LocalDateTime(2026, 11, 2, 8, 30).WithOffset(VietNam), PayerName = "SO Y TE TINH NGHE AN", Count = payments.Length, Sum = sum,
            Batches =
            [
                new PaymentBatch
                {
                    BatchId = Message.Batch(1), ExecutionDate = new LocalDate(2026, 11, 3), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX",
                    CategoryPurpose = "SSBE", ServiceLevel = "NURG", Count = payments.Length, Sum = sum, Payments = payments,
                },
            ],
        };
    }

    public static byte[] ExampleFile(out WrittenFile written)
    {
        using var stream = new MemoryStream();
        written = Pain001Writer.Write(stream, Example(), Generic);
        return stream.ToArray();
    }

    public static byte[] ExampleManifest()
    {
        ExampleFile(out var written);
        return Manifest.Write(written, Example(), Generic, "40-2611-001", "lan", [new ManifestApproval("minh", Instant.FromUtc(2026, 10, 24, 3, 0))]);
    }

    /// <summary>The page with every drawn part replaced by what the program draws.</summary>
    /// <exception cref="InvalidOperationException">A part has no drawing, or does not end.</exception>
    public static string Draw(string page)
    {
        const string opening = "<!-- drawn: ", closing = "<!-- /drawn -->";
        var drawn = new StringBuilder();
        var at = 0;
        for (int found; (found = page.IndexOf(opening, at, StringComparison.Ordinal)) >= 0;)
        {
            var nameEnd = page.IndexOf(" -->", found, StringComparison.Ordinal);
            var end = page.IndexOf(closing, found, StringComparison.Ordinal);
            if (nameEnd < 0 || end < 0) throw new InvalidOperationException("A drawn part of docs/bank-kit.md does not end.");
            drawn.Append(page, at, nameEnd + 4 - at).Append('\n').Append(Part(page[(found + opening.Length)..nameEnd]).ReplaceLineEndings("\n").TrimEnd('\n')).Append('\n');
            at = end;
        }

        return drawn.Append(page, at, page.Length - at).ToString();
    }

    /// <summary>The commands of the page, by name.</summary>
    public static IReadOnlyDictionary<string, string> Commands(string page)
    {
        const string opening = "<!-- run: ", fence = "```sh\n";
        var commands = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; (at = page.IndexOf(opening, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var name = page[(at + opening.Length)..page.IndexOf(" -->", at, StringComparison.Ordinal)];
            var from = page.IndexOf(fence, at, StringComparison.Ordinal) + fence.Length;
            commands.Add(name, page[from..page.IndexOf("```", from, StringComparison.Ordinal)]);
        }

        return commands;
    }

    static string Part(string name) => name switch
    {
        "example" => Code("xml", Encoding.UTF8.GetString(ExampleFile(out _))),
        "manifest" => Code("json", Encoding.UTF8.GetString(ExampleManifest())),
        "profiles" => ProfileTable(),
        "check" => CheckTable(),
        "results" => ResultTable(),
        "rejection" => Code("xml", Written(stream => Pain002Writer.Write(stream, Rejection()))),
        "return" => Code("xml", Written(stream => Camt053Writer.Write(stream, Statement()))),
        "reasons" => ReasonTable(),
        "limits" => LimitTable(),
        "words" => $"Scenarios: {Words(BankScenarios.WordList)}.\n\nHabits: {Words(BankHabit.WordList)}.",
        _ => throw new InvalidOperationException($"docs/bank-kit.md: nothing draws '{name}'."),
    };

    static string ProfileTable()
    {
        var table = new StringBuilder("| profile | file | payments a file | batches a file | name | text | creditor bank as | cut-off | assumed fields |\n|---|---|---:|---:|---:|---:|---|---|---:|\n");
        foreach (var one in Profiles)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{one.Id}` {one.Name} | {(one.FileKind == FileKind.Pain001 ? one.MessageVersion : one.FileKind.ToString().ToUpperInvariant())} | {one.TransactionsPerFileMax} | {one.BatchesPerFileMax} ")
                .Append(CultureInfo.InvariantCulture, $"| {one.NameLengthMax} | {one.RemittanceLengthMax} | {one.CreditorAgent} | {one.CutOff.ToString("HH:mm", CultureInfo.InvariantCulture)} | {one.Assumed.Count} |\n");
        }

        return table.ToString();
    }

    static string CheckTable()
    {
        const string values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var text = Id(1).ToString();
        var table = new StringBuilder($"Of `{text[..^1]}`:\n\n| character | value | sum, rest by 36 | doubled, rest by 37 |\n|---|---:|---:|---:|\n");
        var product = 36;
        foreach (var c in text[..^1])
        {
            var value = values.IndexOf(c, StringComparison.Ordinal);
            var sum = (product + value) % 36 is 0 ? 36 : (product + value) % 36;
            product = sum * 2 % 37;
            table.Append(CultureInfo.InvariantCulture, $"| {c} | {value} | {sum} | {product} |\n");
        }

        return table.Append(CultureInfo.InvariantCulture, $"\n{product} + {(37 - product) % 36} leaves 1 by 36, and {(37 - product) % 36} is `{values[(37 - product) % 36]}`: the id is `{text}`.").ToString();
    }

    static string ResultTable()
    {
        var listing = Profiles.Where(profile => profile.Results is not null).ToList();
        if (listing.Count == 0) return "No profile names a result list yet.";
        var table = new StringBuilder("| profile | columns | words for a status |\n|---|---|---|\n");
        foreach (var one in listing)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{one.Id}` | {string.Join(" · ", one.Results!.Columns.Select(column => $"{column.Title} ({column.Field})"))} ")
                .Append(CultureInfo.InvariantCulture, $"| {string.Join(" · ", one.Results.Statuses.Select(word => $"{word.Word} = {word.Status}"))} |\n");
        }

        return table.ToString();
    }

    static string ReasonTable()
    {
        var table = new StringBuilder("| codes | what we do first | and then | before paying again |\n|---|---|---|---|\n");
        foreach (var group in CodeLists.ReasonPolicy.Rules.Where(rule => rule.First is not (ReasonAction.NotApplicable or ReasonAction.Info or ReasonAction.None))
            .GroupBy(rule => (rule.First, rule.Then, rule.Guard)).OrderBy(group => group.Key.First).ThenBy(group => group.Key.Then).ThenBy(group => group.Key.Guard))
        {
            var codes = group.Key.First == ReasonAction.Escalate && group.Count() > 20
                ? string.Join(' ', group.Select(rule => rule.Code))
                : string.Join("; ", group.Select(rule => $"**{rule.Code}** {rule.Meaning}"));
            table.Append(CultureInfo.InvariantCulture, $"| {codes} | {Action(group.Key.First)} | {Action(group.Key.Then)} | {Guard(group.Key.Guard)} |\n");
        }

        return table.Append("\nEvery other code, and every code we do not know, is kept as it came and a person decides.").ToString();
    }

    static string Action(ReasonAction action) => action switch
    {
        ReasonAction.FixAndRetry => "correct against the register, pay again",
        ReasonAction.RetryLater => "try again later",
        ReasonAction.AskBeneficiary => "ask the payee",
        ReasonAction.PayCash => "pay in cash",
        ReasonAction.StopDeceased => "stop all payments of the person",
        ReasonAction.Escalate => "a person decides",
        _ => "–",
    };

    static string Guard(RepayGuard guard) => guard switch
    {
        RepayGuard.MoneyBackIfReturn => "the money is back, or was never debited",
        RepayGuard.ProveNotPaid => "a statement proves that the payee has nothing",
        RepayGuard.NeverRepayWithoutDecision => "only by a decision",
        _ => "–",
    };

    static string LimitTable()
    {
        var generic = Generic;
        return string.Create(CultureInfo.InvariantCulture, $"""
            | what is missing | we ask after |
            |---|---|
            | an acknowledgement of the file | {generic.AcknowledgementHours} banking hours |
            | a final status | {generic.FinalStatusDays} banking day(s) after the execution date |
            | the booked debit | {generic.DebitDays} banking days after the execution date |
            | what an entry is for that we cannot place | {generic.SuspenseDays} banking days |

            A file of the day is sent before {generic.CutOff.ToString("HH:mm", CultureInfo.InvariantCulture)}; an execution date lies at most {generic.DaysAheadMax} days ahead. A payment counts as confirmed {generic.ConfirmedDays}
            banking days after its debit without a return; a return that comes later is taken all the same. Profiles may say otherwise.
            """);
    }

    static StatusReportFile Rejection() => new()
    {
        MessageId = "NH-20261103-001", CreatedAt = new LocalDateTime(2026, 11, 3, 15, 0).WithOffset(VietNam), BankBic = "VBAAVNVX", OriginalMessageId = Message.ToString(), OriginalCount = 3,
        OriginalSum = new Vnd(2_500_000), Status = "PART",
        Batches =
        [
            new BatchStatus { OriginalBatchId = Message.Batch(1), Payments = [new PaymentStatus(Id(2).ToString(), Id(2).ToString(), "RJCT", new BankReason("AC04", null, "Tài khoản đã đóng"), null, null)] },
        ],
    };

    static AccountStatementFile Statement()
    {
        var day = new LocalDate(2026, 11, 5);
        return new()
        {
            MessageId = "SK-20261105", StatementId = "SK-20261105", CreatedAt = (day + new LocalTime(18, 0)).WithOffset(VietNam), SequenceNo = 213, Account = "3601000000012", BankBic = "VBAAVNVX", From = day, To = day,
            OpeningBalance = new Vnd(10_000_000), CreditCount = 1, Credits = new Vnd(1_250_000), DebitCount = 0, Debits = Vnd.Zero,
            Entries =
            [
                new StatementEntry
                {
                    EntryRef = "1", Amount = new Vnd(1_250_000), IsCredit = true, BookingDate = day, ValueDate = day, AccountServicerRef = "FT26309000123", Code = StatementCodes.Returned,
                    Details = [new StatementDetail { EndToEndId = Id(3).ToString(), Amount = new Vnd(1_250_000), IsCredit = true, ReturnReason = new BankReason("AC01", null, null) }],
                },
            ],
        };
    }

    static string Words(string list) => string.Join(", ", list.Split('|').Select(word => $"`{word}`"));

    static string Code(string language, string text) => $"```{language}\n{text.TrimEnd('\n')}\n```";

    static string Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
