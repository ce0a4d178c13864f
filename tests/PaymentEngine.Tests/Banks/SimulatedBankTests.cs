using System.Security.Cryptography;
using System.Xml;
using System.Xml.Schema;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Tests.Banks;

public sealed class SimulatedBankTests : IDisposable
{
    const int Payments = 3_000;
    const long Each = 500_000;
    readonly string home = Directory.CreateTempSubdirectory("pe-bank-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData(BankScenario.Plain)]
    [InlineData(BankScenario.Returns)]
    [InlineData(BankScenario.Full)]
    [InlineData(BankScenario.Late)]
    [InlineData(BankScenario.Silent)]
    [InlineData(BankScenario.Contradict)]
    public void Statements_follow_each_other_without_a_gap_and_their_balances_add_up(BankScenario scenario)
    {
        var done = Simulate(scenario, seed: 7, "out");
        Assert.Equal(Payments, done.Payments);
        decimal? balance = null;
        decimal credits = 0, debits = 0;
        var days = new List<LocalDate>();
        foreach (var path in done.Files.Where(file => file.Contains("camt053", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var statement = Numbers(path);
            if (balance is { } before) Assert.Equal(before, statement.Opening);
            Assert.Equal(statement.Closing, statement.Opening + statement.Credits - statement.Debits);
            balance = statement.Closing;
            credits += statement.Credits;
            debits += statement.Debits;
            days.Add(statement.Day);
        }

        for (var i = 1; i < days.Count; i++) Assert.Equal(BankingCalendars.VietNam.OnOrAfter(days[i - 1].PlusDays(1)), days[i]);
        Assert.Equal((Payments * Each) + done.ReturnedSum.Amount, credits);
        if (scenario != BankScenario.Contradict) Assert.Equal((Payments * Each) - done.RejectedSum.Amount, debits);
        else Assert.True(debits > (Payments * Each) - done.RejectedSum.Amount);
    }

    [Fact]
    public void About_two_in_a_hundred_are_rejected_and_one_comes_back_and_a_plain_bank_pays_all()
    {
        var done = Simulate(BankScenario.Returns, seed: 11, "out");
        Assert.InRange(done.Rejected, Payments / 100, Payments / 33);
        Assert.InRange(done.Returned, Payments / 250, Payments / 50);
        Assert.Equal((0, 0), Simulate(BankScenario.Plain, seed: 11, "plain") is var plain ? (plain.Rejected, plain.Returned) : default);
    }

    [Fact]
    public void The_same_files_and_seed_give_the_same_bytes_and_another_seed_others()
    {
        Assert.Equal(Hashes(Simulate(BankScenario.Full, 5, "one")), Hashes(Simulate(BankScenario.Full, 5, "two")));
        Assert.NotEqual(Hashes(Simulate(BankScenario.Full, 5, "one")), Hashes(Simulate(BankScenario.Full, 6, "three")));
    }

    [Fact]
    public void Returns_that_are_late_come_after_twenty_days_and_a_silent_bank_reports_no_status()
    {
        var late = Simulate(BankScenario.Late, seed: 3, "late");
        var first = late.Files.Where(file => file.Contains("camt054", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
        Assert.True(Numbers(first).Day >= new LocalDate(2026, 11, 22));
        Assert.DoesNotContain(Simulate(BankScenario.Silent, seed: 3, "silent").Files, file => file.Contains("pain002", StringComparison.Ordinal));
    }

    [OfficialSchemaFact]
    public void Everything_the_simulated_bank_writes_is_valid_against_the_official_schemas()
    {
        foreach (var scenario in new[] { BankScenario.Full, BankScenario.Returns, BankScenario.Plain })
        {
            foreach (var path in Simulate(scenario, seed: 9, scenario.ToString()).Files)
            {
                var name = Path.GetFileName(path) switch
                {
                    var file when file.StartsWith("pain002", StringComparison.Ordinal) => Pain002Writer.MessageVersion,
                    var file when file.StartsWith("camt054", StringComparison.Ordinal) => Camt054Writer.MessageVersion,
                    _ => Camt053Writer.MessageVersion,
                };
                var schemas = new XmlSchemaSet();
                schemas.Add(null, Path.Combine(OfficialSchemas.Find()!, name + ".xsd"));
                var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
                settings.ValidationEventHandler += (_, fault) => Assert.Fail($"{path}: {fault.Message}");
                using var reader = XmlReader.Create(path, settings);
                while (reader.Read())
                {
                }
            }
        }
    }

    SimulationSummary Simulate(BankScenario scenario, ulong seed, string name)
    {
        var files = new DiskFiles(new ActionCounter());
        var from = Path.Combine(home, "in");
        if (!Directory.Exists(from))
        {
            Directory.CreateDirectory(from);
            WriteFile(from, 1);
            WriteFile(from, 2);
        }

        return new SimulatedBank(files, seed, scenario, BankingCalendars.VietNam).Answer(from, Path.Combine(home, name), null).Value;
    }

    /// <summary>One of two files of three batches.</summary>
    static void WriteFile(string folder, int fileNo)
    {
        const int perBatch = Payments / 6;
        var month = new YearMonth(2026, 11);
        var id = new MessageId(40, new LocalDate(2026, 11, 2), fileNo, 1);
        var file = new BatchFile
        {
            MessageId = id.ToString(), CreatedAt = new LocalDateTime(2026, 11, 2, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO NOI VU", Count = perBatch * 3, Sum = new Vnd(perBatch * 3 * Each),
            Batches = [.. Enumerable.Range(0, 3).Select(batch => new PaymentBatch
            {
                BatchId = id.Batch(batch + 1), ExecutionDate = new LocalDate(2026, 11, 2), DebtorName = "SO NOI VU", DebtorAccount = "3600201001234", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE",
                Count = perBatch, Sum = new Vnd(perBatch * Each),
                Payments = Enumerable.Range(1, perBatch).Select(line => new PaymentInstruction(new InstructionId(40, month, fileNo, (batch * perBatch) + line, 1), new Vnd(Each), "970436", "BFTVVNVX", null,
                    "TRAN THI BUOI", "001100456789", "SSBE", "TRO CAP T11/2026")),
            })],
        };
        using var stream = File.Create(Path.Combine(folder, file.FileName));
        Pain001Writer.Write(stream, file, BankProfiles.Generic);
    }

    static List<string> Hashes(SimulationSummary done) =>
        [.. done.Files.Select(file => Path.GetFileName(file) + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Order(StringComparer.Ordinal)];

    /// <summary>Read with nothing of ours: the amounts of a statement or notification.</summary>
    static (LocalDate Day, decimal Opening, decimal Closing, decimal Credits, decimal Debits) Numbers(string path)
    {
        using var xml = XmlReader.Create(path);
        decimal opening = 0, closing = 0, credits = 0, debits = 0, amount = 0;
        LocalDate day = default;
        var (code, inEntry, inDetails) = ("", false, false);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "Ntry") inEntry = false;
            if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "NtryDtls") inDetails = false;
            if (xml.NodeType != XmlNodeType.Element) continue;
            switch (xml.LocalName)
            {
                case "Ntry": inEntry = true; break;
                case "NtryDtls": inDetails = true; break;
                case "FrDtTm": day = NodaTime.Text.LocalDatePattern.Iso.Parse(Text()[..10]).Value; break;
                case "Cd" when !inEntry: code = Text(); break;
                case "Amt" when !inDetails: amount = decimal.Parse(Text(), System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture); break;
                case "CdtDbtInd" when !inDetails:
                    var signed = Text() == "CRDT" ? amount : -amount;
                    if (inEntry && signed > 0) credits += signed;
                    else if (inEntry) debits -= signed;
                    else if (code == "OPBD") opening = signed;
                    else closing = signed;
                    break;
            }
        }

        return (day, opening, closing, credits, debits);

        string Text()
        {
            xml.Read();
            return xml.Value;
        }
    }
}
