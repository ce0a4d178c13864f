using System.Text;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Tests.Banks;

/// <summary>The simulated bank as a portal that loads spreadsheets.</summary>
public sealed class SimulatedPaymentListTests : IDisposable
{
    const int Payments = 30;
    readonly string home = Directory.CreateTempSubdirectory("pe-lists-").FullName;
    readonly DiskFiles files = new(new ActionCounter());

    public void Dispose() => Directory.Delete(home, recursive: true);

    static PaymentInstruction Payment(int line) => new(new InstructionId(40, new YearMonth(2026, 11), 1, line, 1), new Vnd(500_000 + (line * 1_000)), "970436", "BFTVVNVX", null, "NGUYEN VAN " + (char)('A' + (line % 26)),
        $"00110045{line:0000}", "SSBE", "TRO CAP T11/2026");

    string Sent(string profileId, out BankProfile profile, bool withManifest = false)
    {
        profile = BankProfiles.Find(profileId)!;
        var (folder, sum) = (Directory.CreateDirectory(Path.Combine(home, profileId)).FullName, new Vnd(Enumerable.Range(1, Payments).Sum(line => Payment(line).Amount.Amount)));
        var file = new BatchFile
        {
            MessageId = "B40261102-000001-01", CreatedAt = new LocalDateTime(2026, 11, 2, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE", CustomerNumber = "KH1", Count = Payments, Sum = sum,
            Batches =
            [
                new PaymentBatch
                {
                    BatchId = "B40261102-000001-01-001", ExecutionDate = new LocalDate(2026, 11, 3), DebtorName = "SO Y TE", DebtorAccount = "1234567890", DebtorBic = "ICBVVNVX", CategoryPurpose = "SSBE", Count = Payments, Sum = sum,
                    Payments = Enumerable.Range(1, Payments).Select(Payment),
                },
            ],
        };
        var path = Path.Combine(folder, file.MessageId + PaymentFileFormats.Extension(profile.FileKind));
        WrittenFile written;
        using (var stream = File.Create(path)) written = PaymentFileFormats.Write(stream, file, profile);
        if (withManifest) File.WriteAllBytes(Path.ChangeExtension(path, Manifest.Extension), Manifest.Write(written, file, profile, "40-2611-001", "lan", [new ManifestApproval("minh", Instant.FromUtc(2026, 11, 1, 3, 0))]));
        return folder;
    }

    Result<SimulationSummary> Answer(string folder, BankProfile? profile, string habits = "", string? account = null) =>
        new SimulatedBank(files, 5, BankScenario.Rough, BankingCalendars.VietNam, profile, habits, account).Answer(folder, Path.Combine(home, "answers"), new LocalDate(2026, 11, 2));

    [Theory]
    [InlineData("viettel-money", true, null)]
    [InlineData("viettel-money", false, null)]
    [InlineData("vietinbank", true, null)]       // the account stands in the head of its workbook
    [InlineData("vietcombank", true, "1234567890")]
    [InlineData("mb", false, "1234567890")]
    public void A_bank_that_loads_spreadsheets_answers_about_every_row(string id, bool withManifest, string? account)
    {
        var folder = Sent(id, out var profile, withManifest);
        var answered = Answer(folder, withManifest ? null : profile, account: account);
        Assert.True(answered.IsOk, string.Join('\n', answered.Problems));
        Assert.Equal((Payments, Enumerable.Range(1, Payments).Sum(line => 500_000L + (line * 1_000))), (answered.Value.Payments, answered.Value.Sum.Amount));
        Assert.True(answered.Value is { Rejected: > 0, Returned: > 0 });
        var list = answered.Value.Files.Where(file => Path.GetFileName(file).Contains("results-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
        var recorded = new Recorded();
        using (var stream = File.OpenRead(list)) Assert.True(ResultListReader.Read(stream, SheetReader.KindOf(stream, list)!.Value, [profile], recorded).IsOk);
        Assert.Equal(Enumerable.Range(1, Payments).Select(line => Payment(line).EndToEndId.ToString()), recorded.Reports.Select(report => report.EndToEndId).Order(StringComparer.Ordinal));
        Assert.Equal(answered.Value.Rejected, recorded.Reports.Count(report => report.Status == "RJCT"));
        var statements = answered.Value.Files.Where(file => file.Contains("camt053", StringComparison.Ordinal)).ToList();
        Assert.Equal(profile.SendsStatements, statements.Count > 0);
        Assert.All(statements, file => Assert.Contains("1234567890", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_that_cannot_be_answered_is_refused_and_nothing_is_written()
    {
        var folder = Sent("vietcombank", out var profile);
        void Refused(string code, Result<SimulationSummary> answered) => Assert.Equal(code, Assert.Single(answered.Problems).Code);
        Refused("simulation.profile", Answer(folder, null));
        Refused("simulation.no_account", Answer(folder, profile));
        Refused("simulation.no_layout", Answer(folder, BankProfiles.Generic, account: "1234567890"));
        Assert.False(Answer(folder, BankProfiles.Find("mb"), account: "1234567890").IsOk); // titles of another bank
        Assert.True(Answer(folder, profile, "result-list").IsOk);
        Directory.Delete(Path.Combine(home, "answers"), recursive: true);

        // A manifest that belongs to other payments.
        Sent("vietcombank", out _, withManifest: true);
        var manifest = Path.Combine(folder, "B40261102-000001-01.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace($"\"count\": {Payments}", $"\"count\": {Payments + 1}", StringComparison.Ordinal).Replace($"\"count\":{Payments}", $"\"count\":{Payments + 1}", StringComparison.Ordinal), new UTF8Encoding(false));
        Refused("simulation.other_list", Answer(folder, null, account: "1234567890"));
        Assert.False(Directory.Exists(Path.Combine(home, "answers")));

        // What is no payment list of ours is passed over.
        File.WriteAllText(Path.Combine(folder, "R40261126-000012.csv"), "x");
        File.WriteAllText(Path.Combine(folder, "ghi-chu.csv"), "x");
        File.Delete(manifest);
        Assert.True(Answer(folder, profile, "result-list").IsOk);
    }
}
