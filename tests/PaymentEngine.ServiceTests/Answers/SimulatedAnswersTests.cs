using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Answers;

/// <summary>
/// The simulated bank answers a file in many ways, its answers are taken in by name and shuffled with repetitions, and what was concluded is held against what really happened:
/// nobody is lost, nobody can be paid twice, and whatever is not concluded is a case or suspense on somebody's desk.
/// </summary>
[Collection(AnswersCollection.Name)]
public sealed class SimulatedAnswersTests(ScratchCluster cluster)
{
    const int Payments = 60;
    const string PayerBic = "ICBVVNVX";

    /// <summary>Banks whose answers name every payment: each ends exactly as it did in truth.</summary>
    [PostgresTheory]
    [InlineData("rough", "")]
    [InlineData("rough,late,deceased", "item-status,settled,versions-2009,latin-1,text-accents")]
    [InlineData("rough,half,duplicate,disorder", "versions-2024,head001,utf-16")]
    [InlineData("rough,partial,lump", "no-status,id-text,text-faults")]
    [InlineData("rough,three-messages,lost-ack", "group-status,id-instr,own-codes,soap")]
    [InlineData("rough,settled-rejected,halves,wrong-totals", "single-debits")]
    [InlineData("rough,overlap,wrong-encoding", "item-status,windows-1252,text")]
    public Task Every_payment_ends_as_it_did_in_truth(string scenario, string habit) => PlayAsync(scenario, habit, concludes: true);

    /// <summary>Banks whose answers leave something open: nothing open is taken for settled, and somebody has to look at it.</summary>
    [PostgresTheory]
    [InlineData("rough,contradict", "")]
    [InlineData("rough,lump-bare", "")]
    [InlineData("rough,corrected", "")]
    [InlineData("rough", "details-in-notification,id-text")]
    [InlineData("rough", "id-reference")]
    [InlineData("rough", "id-uetr,item-status")]
    [InlineData("rough", "no-statements,item-status,settled")]
    public Task What_a_bank_leaves_open_is_on_somebody_s_desk(string scenario, string habit) => PlayAsync(scenario, habit, concludes: false);

    async Task PlayAsync(string scenario, string habit, bool concludes)
    {
        var home = Directory.CreateTempSubdirectory("pe-simulated-").FullName;
        try
        {
            var (files, truth) = Simulate(home, BankScenarios.Parse(scenario).Value, habit);
            var isCorrected = BankScenarios.Parse(scenario).Value.Has(BankScenario.Corrected);
            Assert.Contains(truth.Values, one => one.Outcome != "paid");
            string? expected = null;
            foreach (var seed in isCorrected ? [0UL] : new ulong[] { 0, 1 })
            {
                await using var world = await AnswerWorld.OpenAsync(cluster, Payments);
                var standing = await HoldingAsync(world);
                world.Clock.Now = Instant.FromUtc(2027, 1, 20, 3, 0);
                var imported = await world.ImportAsync([.. InOrder(files, seed)]);
                // What is parked is what the scenario made odd. Of it only a statement that the bank corrected says something that no other file says.
                Assert.All(imported.Where(one => one.Outcome == "parked"), one => Assert.Contains(one.Problem!.Code, (string[])["bank_file.corrected_statement", "bank_file.same_id_other_bytes", "bank_file.not_as_sent", "bank_file.not_well_formed", "bank_file.encoding"]));
                var parked = imported.Where(one => one.Problem?.Code == "bank_file.corrected_statement").Select(one => File.ReadAllText(files.Single(file => Path.GetFileName(file) == one.File))).ToList();
                var state = await world.StateAsync();
                expected ??= state;
                Assert.True(expected == state, $"Another order, another end.\n{expected}\n--\n{state}");
                Assert.Empty(standing.Except(await HoldingAsync(world)));
                await CompareAsync(world, truth, concludes, parked);
                // In the end cash is paid only where the money is back or never left.
                await world.ReconcileAsync();
                await CompareAsync(world, truth, concludes, parked);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>The answers by name; with a seed shuffled, and each twice.</summary>
    static List<string> InOrder(IReadOnlyList<string> files, ulong seed)
    {
        var order = files.Order(StringComparer.Ordinal).ToList();
        if (seed == 0) return order;
        order.AddRange(files);
        var random = new SeededRandom(seed);
        for (var i = order.Count - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    static async Task CompareAsync(AnswerWorld world, IReadOnlyDictionary<int, Truth> truth, bool concludes, IReadOnlyList<string> parked)
    {
        var rows = await world.RowsAsync<Concluded>("""
            SELECT p.line_no AS line, pl.code AS place, EXISTS (SELECT FROM attempt_end e WHERE e.line_no = p.line_no) AS ended,
                   EXISTS (SELECT FROM payment_case c WHERE c.line_no = p.line_no AND c.closed_at IS NULL) AS has_case
              FROM position p JOIN place pl USING (place) ORDER BY p.line_no
            """);
        Assert.Equal(Payments, rows.Count);
        long unseen = 0;
        foreach (var row in rows)
        {
            var real = truth[row.Line];
            var what = $"payment {row.Line}, in truth {real.Outcome}, stands at {row.Place}, ended {row.Ended}, case {row.HasCase}";
            if (real.Outcome == "paid")
            {
                // Ended would let it be paid again.
                Assert.False(row.Ended, what);
                Assert.True(row.Place is "paid_by_account" or "in_transit" or "disputed", what);
                if (concludes) Assert.True(row is { Place: "paid_by_account", HasCase: false }, what);
                continue;
            }

            if (concludes) Assert.True(row.Ended && row.Place is "returned" or "cash_due", what);
            if (real.Outcome == "kept") Assert.True(!row.Ended && row.HasCase, what);
            // What is neither ended nor a case of its own must lie in suspense, đồng for đồng, or be named in a file that waits for a person.
            if (!row.Ended && !row.HasCase && row.Place == "paid_by_account" && !parked.Any(text => text.Contains(AnswerWorld.Id(row.Line), StringComparison.Ordinal))) unseen += real.ReturnedVnd;
        }

        var suspense = await world.RowsAsync<long>("SELECT coalesce(sum(amount_vnd), 0)::bigint FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL AND owner <> ''");
        Assert.True(unseen <= suspense[0], $"{unseen} đồng came back and nobody looks for them; in suspense {suspense[0]}");
    }

    static async Task<IReadOnlyList<string>> HoldingAsync(AnswerWorld world) =>
        [.. (await Invariants.CheckAsync(world.Database, AnswerWorld.Province, 202611, 1, default)).Where(one => one.Holds).Select(one => one.Id)];

    (IReadOnlyList<string> Files, IReadOnlyDictionary<int, Truth> Truth) Simulate(string home, BankScenario scenario, string habit)
    {
        var from = Directory.CreateDirectory(Path.Combine(home, "sent")).FullName;
        var sum = Enumerable.Range(1, Payments).Sum(AnswerWorld.Amount);
        var sent = new BatchFile
        {
            MessageId = AnswerWorld.MessageId, CreatedAt = new LocalDateTime(2026, 11, 2, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE", Count = Payments, Sum = new Vnd(sum),
            Batches =
            [
                new PaymentBatch
                {
                    BatchId = AnswerWorld.BatchId, ExecutionDate = new LocalDate(2026, 11, 3), DebtorName = "SO Y TE", DebtorAccount = AnswerWorld.Account, DebtorBic = PayerBic, CategoryPurpose = "SSBE",
                    Count = Payments, Sum = new Vnd(sum),
                    Payments = Enumerable.Range(1, Payments).Select(line => new PaymentInstruction(InstructionId.Parse(AnswerWorld.Id(line)).Value, new Vnd(AnswerWorld.Amount(line)), "970436", "BFTVVNVX", null,
                        "NGUYEN VAN " + (char)('A' + (line % 26)), $"00110045{line:0000}", "SSBE", "TRO CAP T11/2026")),
                },
            ],
        };
        using (var stream = File.Create(Path.Combine(from, sent.FileName))) Pain001Writer.Write(stream, sent, BankProfiles.Generic with { WritesUetr = true });
        var to = Path.Combine(home, "answers");
        var done = new SimulatedBank(new DiskFiles(new ActionCounter()), 3, scenario, BankingCalendars.VietNam, habits: habit).Answer(from, to, new LocalDate(2026, 11, 2));
        Assert.True(done.IsOk, string.Join('\n', done.Problems));
        using var truth = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(to, SimulatedTruth.FileName)));
        return (done.Value.Files, truth.RootElement.GetProperty("payments").EnumerateArray().ToDictionary(
            one => InstructionId.Parse(one.GetProperty("end_to_end_id").GetString()!).Value.LineNo,
            one => new Truth(one.GetProperty("outcome").GetString()!, one.TryGetProperty("returned_vnd", out var back) ? back.GetInt64() : 0)));
    }

    sealed record Truth(string Outcome, long ReturnedVnd);

    sealed record Concluded(int Line, string Place, bool Ended, bool HasCase);
}
