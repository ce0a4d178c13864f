using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.ServiceTests.Answers;
using PaymentEngine.ServiceTests.Register;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse cases 4, 8, 9, 10 and 32: what a bank, or somebody who looks like one, sends us.</summary>
[Collection(AbuseCollection.Name)]
public sealed class BankAnswerAbuseTests(ScratchCluster cluster)
{
    /// <summary>The file again with its text changed.</summary>
    static string Changed(string path, string mark, Func<string, string> change, Encoding? encoding = null)
    {
        var other = Path.ChangeExtension(path, $".{mark}.xml");
        File.WriteAllText(other, change(File.ReadAllText(path)), encoding ?? new UTF8Encoding(false));
        return other;
    }

    [PostgresFact]
    public async Task AbuseCase04_Payment_after_death_MD07_from_a_bank_opens_a_check_and_never_becomes_cash()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "MD07")), world.Statement(2, 5, Debit(world.Sum - Amount(1))));
        for (var day = 0; day < 90; day += 10)
        {
            world.Clock.Now += Duration.FromDays(10);
            Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        }

        Assert.StartsWith("1: returned, ended rejected, case ", await world.StateAsync(), StringComparison.Ordinal);
        var number = Assert.Single(await world.RowsAsync<int>("SELECT case_no FROM payment_case WHERE line_no = 1 AND closed_at IS NULL AND kind <> 'late'"));
        Assert.False((await new CaseRepairs(world.Database, world.Clock).CashAsync(Person("cashier", Role.CashOfficer, Role.Reconciler), number, default)).IsOk);
        Assert.Empty(await world.RowsAsync<int>("SELECT line_no FROM attempt WHERE line_no = 1 AND kind = 2"));
    }

    [PostgresFact]
    public async Task AbuseCase08_Replay_of_an_old_pain_002_in_every_disguise_and_order_changes_nothing()
    {
        async Task<(AnswerWorld World, string[] Story, string[] Replays)> OpenWorldAsync()
        {
            var world = await OpenAsync(cluster, 2);
            // First on its way, then refused, then the money back by the statement; the other was paid.
            string[] story = [world.Report(8, (Id(1), "ACSP", null), (Id(2), "PDNG", null)), world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "ACSC", null)), world.Statement(2, 6, Debit(Amount(2)))];
            var replays = story[..2].SelectMany((path, no) => new[]
            {
                path, // the same bytes
                Changed(path, "renamed", text => text), // under another name
                Changed(path, "utf16", text => text.Replace("utf-8", "utf-16", StringComparison.OrdinalIgnoreCase), Encoding.Unicode), // in other bytes
                Changed(path, "spread", text => text.Replace("><", ">\n\t<", StringComparison.Ordinal)), // laid out otherwise
                Changed(path, "newid", text => text.Replace($"<MsgId>R{8 + no}</MsgId>", $"<MsgId>R{8 + no}X</MsgId>", StringComparison.Ordinal)), // under a new id, with its old hour
            }).ToArray();
            return (world, story, replays);
        }

        string? end = null;
        foreach (var seed in (ulong[])[1, 2, 3])
        {
            var (world, story, replays) = await OpenWorldAsync();
            await using (world)
            {
                await world.ImportAsync(story);
                var state = await world.StateAsync();
                end ??= state;
                Assert.Equal(end, state);
                Assert.Equal("1: returned, ended rejected, case rejected\n2: paid_by_account", state);
                var random = new SeededRandom(seed);
                foreach (var replay in replays.Concat(replays).OrderBy(_ => random.NextUInt64()))
                {
                    await world.ImportAsync(replay);
                    Assert.Equal(state, await world.StateAsync());
                }

                Assert.Equal(1, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM attempt_end")));
            }
        }

        // And before the story itself: the replays come first, in any order, and the end is the same.
        var (early, told, disguised) = await OpenWorldAsync();
        await using (early)
        {
            foreach (var replay in disguised.Reverse()) await early.ImportAsync(replay);
            await early.ImportAsync(told);
            Assert.Equal(end, await early.StateAsync());
        }
    }

    [PostgresFact]
    public async Task AbuseCase09_A_forged_status_file_from_another_bank_for_another_run_or_for_unknown_ids_makes_nothing_final()
    {
        await using var world = await OpenAsync(cluster, 2);
        var untouched = await world.StateAsync();

        // From another bank than the one that has the payments.
        var forged = Changed(world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "ACSC", null)), "other-bank", text => text.Replace("ICBVVNVX", "BFTVVNVX", StringComparison.Ordinal));
        var parked = Assert.Single(await world.ImportAsync(forged));
        Assert.Equal(("parked", "bank_file.other_sender"), (parked.Outcome, parked.Problem!.Code));
        Assert.Contains("BFTVVNVX", parked.Problem.Message, StringComparison.Ordinal);
        var statement = Changed(world.Statement(2, 6, Debit(world.Sum)), "other-bank", text => text.Replace("ICBVVNVX", "BFTVVNVX", StringComparison.Ordinal));
        Assert.Equal("bank_file.other_sender", Assert.Single(await world.ImportAsync(statement)).Problem!.Code);

        // About a file we never sent; about another count than ours; ids of nobody.
        var otherRun = Changed(world.Report(10, (Id(1), "RJCT", "AC04")), "other-run", text => text.Replace(MessageId, "B40261102-000077-01", StringComparison.Ordinal).Replace(Id(1), new Core.Payments.InstructionId(Province, new(2026, 11), 9, 1, 1).ToString(), StringComparison.Ordinal));
        Assert.Equal("bank_file.not_as_sent", Assert.Single(await world.ImportAsync(otherRun)).Problem!.Code);
        Assert.Equal("bank_file.not_as_sent", Assert.Single(await world.ImportAsync(world.Report(11, 7, (Id(1), "RJCT", "AC04")))).Problem!.Code);
        var strangers = Changed(world.Report(12, (Id(1), "ACSP", null), (Id(2), "ACSC", null)), "strangers", text => text.Replace(Id(2), "NOT-ONE-OF-OURS-0001", StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single(await world.ImportAsync(strangers)).Suspense);
        Assert.Equal(untouched, await world.StateAsync());

        // Settled by the report alone is not money: after three days without a debit in the statements somebody must ask.
        await world.ImportAsync(world.Report(13, (Id(1), "ACSC", null), (Id(2), "ACSC", null)), world.Statement(2, 3), world.Statement(4, 5), world.Statement(6, 6));
        Assert.Equal(untouched, (await world.StateAsync()).Replace(", case debit_late", "", StringComparison.Ordinal));
        world.Clock.Now += Duration.FromDays(3);
        await world.ReconcileAsync();
        Assert.Contains("debit_late", await world.RowsAsync<string>("SELECT kind FROM payment_case WHERE closed_at IS NULL"));
        Assert.Empty(await world.RowsAsync<int>("SELECT line_no FROM position p JOIN place pl USING (place) WHERE pl.code LIKE 'paid%'"));
    }

    [PostgresFact]
    public async Task AbuseCase10_A_forged_or_wrong_account_amount_currency_or_id_in_a_status_holds_the_payment()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.AddAccountsAsync();
        await using (var session = await world.Database.OwnerAsync(default)) await session.ExecuteAsync("UPDATE payee SET channel_version = 1");
        var untouched = await world.StateAsync();
        string Original(string amount, string currency, string account) => $"<OrgnlTxRef><Amt><InstdAmt Ccy=\"{currency}\">{amount}</InstdAmt></Amt><CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct></OrgnlTxRef>";
        var (amount, account) = (Amount(1).ToString(CultureInfo.InvariantCulture), PayeeAccount(1));
        string Told(int hour, string original, string? id = null, string status = "RJCT") => Changed(world.Report(hour, (Id(1), status, status == "RJCT" ? "AC04" : null)), "told",
            text => text.Replace("</TxInfAndSts>", original + "</TxInfAndSts>", StringComparison.Ordinal).Replace(Id(1), id ?? Id(1), StringComparison.Ordinal));

        var hour = 8;
        foreach (var (what, told) in new[]
        {
            ("a đồng more", Original((Amount(1) + 1).ToString(CultureInfo.InvariantCulture), "VND", account)), ("a đồng less", Original((Amount(1) - 1).ToString(CultureInfo.InvariantCulture), "VND", account)),
            ("ten times as much", Original(amount + "0", "VND", account)), ("a part of a đồng", Original(amount + ".5", "VND", account)), ("dollars", Original(amount, "USD", account)),
            ("another account", Original(amount, "VND", "10000009")), ("the neighbour's account", Original(amount, "VND", PayeeAccount(2))), ("an account hidden but for another end", Original(amount, "VND", "****0009")),
        })
        {
            foreach (var status in (string[])["RJCT", "ACSC", "ACWC"])
            {
                var import = Assert.Single(await world.ImportAsync(Told(++hour % 24, told, null, status).Replace(".xml", ".xml", StringComparison.Ordinal)));
                Assert.True(import is { Outcome: "applied", Suspense: 1 } or { Problem.Code: "bank_file.same_id_other_bytes" }, $"{what}, {status}: {import.Outcome} {import.Problem}");
                Assert.Equal(untouched, await world.StateAsync());
            }
        }

        // Each of the ids alone: of another line, of another try, with a letter changed.
        foreach (var id in new[] { new Core.Payments.InstructionId(Province, new(2026, 11), 1, 9, 1).ToString(), new Core.Payments.InstructionId(Province, new(2026, 11), 1, 1, 2).ToString(), Id(1)[..^1] + (Id(1)[^1] == 'A' ? 'B' : 'A') })
        {
            await world.ImportAsync(Told(++hour % 24, Original(amount, "VND", account), id));
            Assert.Equal(untouched, await world.StateAsync());
        }

        // What waits is somebody's; what is told as we sent it counts, however the bank spaces or hides the account.
        Assert.True(Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL")) > 0);
        await using var right = await OpenAsync(cluster, 2);
        await right.AddAccountsAsync();
        var good = Changed(right.Report(9, (Id(1), "RJCT", "AC04")), "good", text => text.Replace("</TxInfAndSts>", Original(amount, "VND", "1000-0001") + "</TxInfAndSts>", StringComparison.Ordinal));
        await right.ImportAsync(good);
        Assert.StartsWith("1: in_transit, case rejected", await right.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task AbuseCase32_A_flood_of_statuses_rows_and_files_costs_bounded_memory_and_bounded_words()
    {
        // A hundred thousand statuses of payments nobody ordered: kept, counted, and one file for a person to look at.
        await using var world = await OpenAsync(cluster, 2);
        var state = await world.StateAsync();
        var (head, tail) = world.Report(9, (Id(1), "ACSP", null)) is var sample ? Around(File.ReadAllText(sample)) : default;
        var path = Path.ChangeExtension(sample, ".flood.xml");
        await using (var writer = new StreamWriter(path, false, new UTF8Encoding(false)))
        {
            await writer.WriteAsync(head);
            for (var no = 0; no < 100_000; no++) await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"<TxInfAndSts><OrgnlEndToEndId>UNKNOWN-{no:000000}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>"));
            await writer.WriteAsync(tail);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var import = Assert.Single(await world.ImportAsync(path));
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 2L << 30, "The file cost more than two gigabytes of allocations.");
        Assert.True(import.FirstFindings.Count <= 20);
        Assert.True((import.Problem?.Message.Length ?? 0) < 1_000);
        Assert.Equal(state, await world.StateAsync());
        Assert.Equal(100_000, import.Problem is null ? import.Suspense : 100_000);

        // A hundred thousand bad rows: all counted, the first kept, nothing applied.
        await using var register = await RegisterWorld.OpenAsync(cluster);
        await register.ImportedAsync(register.Small());
        var rows = await register.RowsAsync();
        var bad = Path.Combine(register.Folder, "flood.csv");
        await File.WriteAllTextAsync(bad, "person_id,full_name,birth,province_code,commune_code\n" + string.Concat(Enumerable.Range(0, 100_000).Select(no => string.Create(CultureInfo.InvariantCulture, $"P{no},,32/13/19x,40,4001\n"))));
        var refused = await register.ImportAsync(bad);
        Assert.False(refused.IsOk);
        Assert.InRange(refused.Problems.Count, 1, 10_000);
        Assert.All(refused.Problems.Take(100), problem => Assert.True(problem.Message.Length < 500));
        Assert.Equal(rows, await register.RowsAsync());

        // A hundred small files in one go: each by itself, in one command, and the books close.
        var many = Enumerable.Range(0, 100).Select(no => Changed(sample, string.Create(CultureInfo.InvariantCulture, $"small-{no}"), text => text.Replace("<MsgId>R9</MsgId>", string.Create(CultureInfo.InvariantCulture, $"<MsgId>F{no}</MsgId>"), StringComparison.Ordinal))).ToArray();
        Assert.Equal(100, (await world.ImportAsync(many)).Count(one => one.Outcome == "applied"));
        Assert.Equal(state, await world.StateAsync());

        static (string Head, string Tail) Around(string text)
        {
            var (from, to) = (text.IndexOf("<TxInfAndSts>", StringComparison.Ordinal), text.LastIndexOf("</TxInfAndSts>", StringComparison.Ordinal) + "</TxInfAndSts>".Length);
            return (text[..from], text[to..]);
        }
    }
}
