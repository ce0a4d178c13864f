using System.Security.Cryptography;
using System.Xml;
using System.Xml.Schema;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;
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
    [InlineData(BankScenario.Rough | BankScenario.Half)]
    [InlineData(BankScenario.Rough | BankScenario.Partial | BankScenario.Lump)]
    [InlineData(BankScenario.Rough | BankScenario.LumpBare | BankScenario.Deceased | BankScenario.LostAcknowledgement)]
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
        foreach (var (scenario, habit) in Worlds)
        {
            foreach (var answer in Simulate(scenario, seed: 9, "valid", habit, Few).Answers.Where(answer => !answer.File.Contains("unreadable", StringComparison.Ordinal)))
            {
                var schemas = new XmlSchemaSet();
                schemas.Add(null, Path.Combine(OfficialSchemas.Find()!, answer.Message + ".xsd"));
                if (habit.Contains("head001", StringComparison.Ordinal)) schemas.Add(null, Path.Combine(OfficialSchemas.Find()!, "head.001.001.02.xsd"));
                var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
                settings.ValidationEventHandler += (_, fault) => Assert.Fail($"{scenario} {habit} {answer.File}: {fault.Message}");
                using var reader = XmlReader.Create(Path.Combine(home, "valid", answer.File), settings);
                var elements = 0;
                while (reader.Read()) elements += reader.SchemaInfo?.SchemaElement is null ? 0 : 1;
                Assert.True(elements > 10, $"{answer.File}: nothing was checked");
            }
        }
    }

    [Fact]
    public void Everything_but_what_is_unreadable_on_purpose_is_read()
    {
        foreach (var (scenario, habit) in Worlds)
        {
            foreach (var answer in Simulate(scenario, seed: 4, "read", habit, Few).Answers)
            {
                using var stream = File.OpenRead(Path.Combine(home, "read", answer.File));
                var read = BankMessageReader.Read(stream, new Recorded());
                Assert.True(read.IsOk != answer.File.Contains("unreadable", StringComparison.Ordinal), $"{scenario} {habit} {answer.File}: {string.Join(' ', read.Problems)}");
            }
        }
    }

    [Fact]
    public void What_really_happened_adds_up_and_is_what_the_statements_show()
    {
        foreach (var (scenario, habit) in Worlds.Where(world => !world.Habit.Contains("no-statements", StringComparison.Ordinal)))
        {
            var done = Simulate(scenario, seed: 21, "truth", habit, Few);
            using var truth = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(home, "truth", SimulatedTruth.FileName)));
            var all = truth.RootElement.GetProperty("payments").EnumerateArray().ToList();
            Assert.Equal(Few, all.Count);
            Assert.Equal(Few, all.Select(one => one.GetProperty("end_to_end_id").GetString()).Distinct(StringComparer.Ordinal).Count());
            var returned = all.Where(one => one.TryGetProperty("returned_on", out _)).ToList();
            Assert.Equal(done.ReturnedSum.Amount, returned.Sum(one => one.GetProperty("returned_vnd").GetInt64()));
            Assert.Equal(done.Rejected, all.Count(one => one.GetProperty("outcome").GetString() is "rejected" or "kept"));
            if ((scenario & (BankScenario.Duplicate | BankScenario.Overlap | BankScenario.Corrected | BankScenario.WrongEncoding | BankScenario.WrongTotals)) != 0) continue;
            var statements = done.Files.Where(file => file.Contains("camt053", StringComparison.Ordinal)).Select(Numbers).ToList();
            Assert.Equal(all.Where(one => one.TryGetProperty("debited_on", out _)).Sum(one => one.GetProperty("amount_vnd").GetInt64()), statements.Sum(one => one.Debits));
            Assert.Equal(truth.RootElement.GetProperty("sum_vnd").GetInt64() + done.ReturnedSum.Amount, statements.Sum(one => one.Credits));
        }
    }

    [Theory]
    [InlineData("id-instr", "InstrId", true)]
    [InlineData("id-text", "Ustrd", false)]
    [InlineData("id-reference", null, false)]
    [InlineData("id-uetr", null, false)]
    public void A_bank_gives_back_the_id_of_its_habit_and_no_other(string habit, string? element, bool alone)
    {
        var done = Simulate(BankScenario.Rough, seed: 5, "ids", habit, Few);
        var details = done.Files.Where(file => file.Contains("camt05", StringComparison.Ordinal)).SelectMany(Details).ToList();
        Assert.NotEmpty(details);
        foreach (var detail in details)
        {
            var holding = detail.Where(one => InstructionId.Find(one.Text) is not null).ToList();
            Assert.Equal(element is null ? [] : [element], holding.Select(one => one.Name));
            if (alone) Assert.Equal(InstructionId.Length, holding[0].Text.Length);
        }

        static List<List<(string Name, string Text)>> Details(string path)
        {
            var found = new List<List<(string, string)>>();
            using var xml = XmlReader.Create(path);
            var (name, within) = ("", false);
            while (xml.Read())
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "TxDtls" }) found.Add([]);
                if (xml.LocalName == "TxDtls") within = xml.NodeType == XmlNodeType.Element;
                if (xml.NodeType == XmlNodeType.Element) name = xml.LocalName;
                if (xml.NodeType == XmlNodeType.Text && within) found[^1].Add((name, xml.Value));
            }

            return found;
        }
    }

    [Fact]
    public void A_bank_says_why_in_its_own_codes_or_words()
    {
        Assert.All(Reasons("own-codes"), reason => Assert.Matches("^E[0-9]{2}$", reason.Proprietary));
        Assert.All(Reasons("text"), reason => Assert.True(reason is { Code: null, Proprietary: null } && BankText.IsClean(reason.Text), reason.ToString()));
        Assert.Contains(Reasons("text-accents"), reason => reason.Text!.Any(c => c > 'z'));
        Assert.NotEqual(Reasons("text"), Reasons("text-faults"));

        List<PaymentEngine.Core.Reconciliation.BankReason> Reasons(string habit)
        {
            var recorded = new Recorded();
            foreach (var file in Simulate(BankScenario.Rough, seed: 8, "reasons", habit, Few).Files.Where(file => file.Contains("pain002", StringComparison.Ordinal)))
            {
                using var stream = File.OpenRead(file);
                BankMessageReader.Read(stream, recorded);
            }

            return [.. recorded.Reports.SelectMany(report => report.Reasons)];
        }
    }

    [Fact]
    public void Recalls_are_agreed_refused_or_left_open_and_only_what_is_agreed_comes_back()
    {
        Simulate(BankScenario.Plain, seed: 2, "first", payments: Few);
        var from = Path.Combine(home, $"in-{Few}-False");
        var recall = Path.Combine(from, "R40261104-000001-01.xml");
        var ids = Enumerable.Range(1, 20).Select(line => new InstructionId(40, new YearMonth(2026, 11), 1, line, 1).ToString()).ToList();
        File.WriteAllText(recall, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.055.001.08\"><CstmrPmtCxlReq><Assgnmt><Id>R40261104-000001-01</Id><CreDtTm>2026-11-04T09:00:00+07:00</CreDtTm></Assgnmt>"
            + "<CtrlData><NbOfTxs>20</NbOfTxs><CtrlSum>10000000</CtrlSum></CtrlData><Undrlyg><OrgnlPmtInfAndCxl><OrgnlPmtInfId>X</OrgnlPmtInfId><OrgnlGrpInf><OrgnlMsgId>B40261102-000001-01</OrgnlMsgId></OrgnlGrpInf>"
            + string.Concat(ids.Select((id, i) => $"<TxInf><CxlId>C{i}</CxlId><OrgnlEndToEndId>{id}</OrgnlEndToEndId><OrgnlInstdAmt Ccy=\"VND\">500000</OrgnlInstdAmt><CxlRsnInf><Rsn><Cd>UPAY</Cd></Rsn></CxlRsnInf></TxInf>"))
            + "</OrgnlPmtInfAndCxl></Undrlyg></CstmrPmtCxlReq></Document>");
        var done = Simulate(BankScenario.Plain, seed: 2, "recalled", payments: Few);
        File.Delete(recall);
        using var truth = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(home, "recalled", SimulatedTruth.FileName)));
        var answered = truth.RootElement.GetProperty("payments").EnumerateArray().Where(one => one.TryGetProperty("recall", out _)).ToList();
        Assert.Equal(ids, answered.Select(one => one.GetProperty("end_to_end_id").GetString()));
        Assert.All(answered, one => Assert.Equal(one.GetProperty("recall").GetString() == "ACCR" ? "returned" : "paid", one.GetProperty("outcome").GetString()));
        Assert.InRange(done.Returned, 1, 19);
        // Two banking days after the fourth, never on the day of the promise.
        Assert.All(answered.Where(one => one.GetProperty("recall").GetString() == "ACCR"), one => Assert.Equal("2026-11-06", one.GetProperty("returned_on").GetString()));
        var answers = done.Answers.Where(answer => answer.Message == Camt029Writer.MessageVersion).ToList();
        var text = string.Concat(answers.Select(answer => File.ReadAllText(Path.Combine(home, "recalled", answer.File))));
        Assert.Equal(answered.Count(one => one.GetProperty("recall").GetString() != "no answer"), text.Split("<OrgnlEndToEndId>").Length - 1);
        Assert.Equal(done.Returned, text.Split("<TxCxlSts>ACCR<").Length - 1);

        Directory.CreateDirectory(Path.Combine(home, "only-recalls"));
        File.WriteAllText(Path.Combine(home, "only-recalls", "R.xml"), "<Document><CstmrPmtCxlReq><CtrlData><NbOfTxs>0</NbOfTxs><CtrlSum>0</CtrlSum></CtrlData></CstmrPmtCxlReq></Document>");
        Assert.Equal("simulation.no_files", new SimulatedBank(new DiskFiles(new ActionCounter()), 2, BankScenario.Plain, BankingCalendars.VietNam).Answer(Path.Combine(home, "only-recalls"), Path.Combine(home, "none"), null).Problems[0].Code);
    }

    [Fact]
    public void A_bank_of_spreadsheets_answers_by_result_lists_in_the_columns_of_its_profile()
    {
        var profile = BankProfiles.Generic with
        {
            Id = "portal", StatusLevels = [], SendsStatements = false, SendsNotifications = false,
            Results = new ResultListLayout(null,
            [
                new ResultColumn(ResultField.EndToEndId, "Mã lệnh chi", true), new ResultColumn(ResultField.Amount, "Số tiền", true), new ResultColumn(ResultField.Status, "Kết quả", true),
                new ResultColumn(ResultField.Reason, "Lý do, nếu có", false), new ResultColumn(ResultField.Date, "Ngày", false),
            ], [new StatusWord("Thành công", ResultStatus.Settled), new StatusWord("Từ chối", ResultStatus.Rejected)], "dd/MM/yyyy", null),
        };
        var done = Simulate(BankScenario.Rough, seed: 5, "lists", "text-accents", Few, profile);
        Assert.All(done.Answers, answer => Assert.EndsWith(".csv", answer.File, StringComparison.Ordinal));
        var rows = done.Files.SelectMany(File.ReadAllLines).ToList();
        Assert.Equal("Mã lệnh chi,Số tiền,Kết quả,\"Lý do, nếu có\",Ngày", rows[0]);
        Assert.Equal(Few - done.Rejected, rows.Count(row => row.Contains(",Thành công,", StringComparison.Ordinal)));
        // This bank has no word for what came back: it says once more that the payment was refused.
        Assert.Equal(done.Rejected + done.Returned, rows.Count(row => row.Contains(",Từ chối,", StringComparison.Ordinal)));
        Assert.Matches("^P40[0-9A-Z]{15},500000,Thành công,,02/11/2026$", rows.First(row => row.Contains("Thành công", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_result_lists_of_every_shipped_profile_are_read_as_they_were_simulated()
    {
        var listing = BankProfiles.With([]).Value.Select(known => known.Profile).Where(one => one.Results is not null).ToList();
        Assert.NotEmpty(listing);
        foreach (var profile in listing)
        {
            var recorded = new Recorded();
            var done = Simulate(BankScenario.Rough, seed: 6, "list-" + profile.Id, "result-list", Few, profile);
            foreach (var file in done.Files)
            {
                using var stream = File.OpenRead(file);
                var read = ResultListReader.Read(stream, SheetKind.Text, [profile], recorded);
                Assert.True(read.IsOk, $"{profile.Id}: {string.Join(' ', read.Problems)}");
            }

            var words = recorded.Reports.Where(report => report.Level == EvidenceLevel.Transaction).ToList();
            Assert.Equal(Few + done.Returned, words.Count);
            Assert.True(words.Count(word => word.Status == "RJCT") >= done.Rejected, profile.Id);
            Assert.Equal(Few, words.Select(word => word.EndToEndId).Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Fact]
    public void Words_that_mean_nothing_or_exclude_each_other_are_refused()
    {
        Assert.Equal("usage.scenario", Assert.Single(BankScenarios.Parse("returns,lat").Problems).Code);
        Assert.Contains("'halves' and 'corrected'", Assert.Single(BankScenarios.Parse("halves,corrected").Problems).Message, StringComparison.Ordinal);
        Assert.Equal("usage.scenario", Assert.Single(BankScenarios.Parse(" , ").Problems).Code);
        Assert.Equal("usage.habit", Assert.Single(BankHabit.Usual.With("id-text,id-instr").Problems).Code);
        Assert.Equal("usage.habit", Assert.Single(BankHabit.Usual.With("quickly").Problems).Code);
        Assert.Equal(BankScenario.Rough | BankScenario.Duplicate, BankScenarios.Parse("rough, duplicate").Value);
        Assert.Equal((StatusHabit.PerItem, IdHabit.Text), BankHabit.Usual.With("item-status,id-text").Value is var habit ? (habit.Status, habit.Id) : default);
    }

    [Fact]
    public void A_file_that_cannot_be_answered_leaves_no_answers()
    {
        var from = Path.Combine(home, "broken");
        Directory.CreateDirectory(from);
        WriteFile(from, 1, 60);
        File.WriteAllText(Path.Combine(from, "Z.xml"), "<Document><CstmrCdtTrfInitn/></Document>");
        var refused = new SimulatedBank(new DiskFiles(new ActionCounter()), 1, BankScenario.Returns, BankingCalendars.VietNam).Answer(from, Path.Combine(home, "none"), null);
        Assert.Equal(("pain001.empty", "Z.xml"), (refused.Problems[0].Code, refused.Problems[0].At!.File));
        Assert.False(Directory.Exists(Path.Combine(home, "none")));
        File.Delete(Path.Combine(from, "Z.xml"));
        Assert.Equal("simulation.no_uetr", Assert.Single(new SimulatedBank(new DiskFiles(new ActionCounter()), 1, BankScenario.Returns, BankingCalendars.VietNam, habits: "id-uetr")
            .Answer(from, Path.Combine(home, "none"), null).Problems).Code);
    }

    /// <summary>Every habit and every scenario, each at least once.</summary>
    static readonly (BankScenario Scenario, string Habit)[] Worlds =
    [
        (BankScenario.Returns, ""), (BankScenario.Full, ""), (BankScenario.Plain, "group-status,settled"), (BankScenario.Rough | BankScenario.Half, "group-status"),
        (BankScenario.Rough | BankScenario.Half | BankScenario.Late, "item-status,never-settled,versions-2009,latin-1,text-accents"),
        (BankScenario.Rough | BankScenario.SettledThenRejected, "versions-2024,utf-16,head001"), (BankScenario.Rough | BankScenario.Partial | BankScenario.Lump, "single-debits,soap,own-codes"),
        (BankScenario.Rough | BankScenario.Partial | BankScenario.LumpBare, "versions-2009,text"), (BankScenario.Rough | BankScenario.ThreeMessages, "id-instr,text-faults,utf-8-mark"),
        (BankScenario.Rough | BankScenario.ThreeMessages | BankScenario.Lump, "versions-2024,pacs004"), (BankScenario.Rough | BankScenario.Halves, "details-in-notification,no-status"),
        (BankScenario.Rough | BankScenario.Overlap | BankScenario.Duplicate, "details-in-notification,single-debits"), (BankScenario.Rough | BankScenario.Corrected | BankScenario.Disorder, "id-text,pacs004"),
        (BankScenario.Rough | BankScenario.WrongTotals | BankScenario.WrongEncoding, "windows-1252,text-accents"), (BankScenario.Silent | BankScenario.Deceased, "id-reference,no-notifications"),
        (BankScenario.Rough | BankScenario.LostAcknowledgement | BankScenario.Contradict, "no-statements,item-status"), (BankScenario.Rough | BankScenario.Partial, "versions-2009,item-status,details-in-notification"),
        (BankScenario.Rough | BankScenario.ThreeMessages, "id-uetr,item-status,settled"),
    ];

    const int Few = 60;

    SimulationSummary Simulate(BankScenario scenario, ulong seed, string name, string habits = "", int payments = Payments, BankProfile? profile = null)
    {
        var files = new DiskFiles(new ActionCounter());
        var writesUetr = habits.Contains("id-uetr", StringComparison.Ordinal);
        var from = Path.Combine(home, $"in-{payments}-{writesUetr}");
        if (!Directory.Exists(from))
        {
            Directory.CreateDirectory(from);
            WriteFile(from, 1, payments, writesUetr);
            WriteFile(from, 2, payments, writesUetr);
        }

        return new SimulatedBank(files, seed, scenario, BankingCalendars.VietNam, profile, habits).Answer(from, Path.Combine(home, name), null).Value;
    }

    /// <summary>One of two files of three batches.</summary>
    static void WriteFile(string folder, int fileNo, int payments, bool writesUetr = false)
    {
        var perBatch = payments / 6;
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
        Pain001Writer.Write(stream, file, BankProfiles.Generic with { WritesUetr = writesUetr });
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
