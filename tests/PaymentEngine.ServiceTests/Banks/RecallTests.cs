using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.ServiceTests.Banks;

[Collection(BankCollection.Name)]
public sealed class RecallTests(ApprovedRuns world)
{
    Recalls Recalls => new(world.Database, world.Files, world.Keys, world.Clock);

    static InstructionId Id(RunId run, int order) => new(run.ProvinceCode, run.Month, run.RunNo, ApprovedRuns.LineNo(order), 1);

    async Task<RunId> SentAsync(string name, int orders = 4)
    {
        var run = await world.AddAsync(orders);
        Assert.True((await world.Exports.ExportAsync(world.Maker, run, world.Folder(name))).IsOk);
        Assert.True((await world.HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, world.Folder("bank-" + name)))).Value.AllSent);
        return run;
    }

    static string[] Files(IReadOnlyList<MadeRecall> made) => [.. made.SelectMany(one => one.Paths).Select(path => Path.GetFileName(path))];

    [PostgresFact]
    public async Task A_payment_is_recalled_once_with_a_case_and_the_same_call_gives_the_same_bytes()
    {
        var run = await SentAsync("recall-once");
        var folder = world.Folder("recalls-once");
        var made = (await Recalls.RecallAsync(world.Maker, [Id(run, 1), Id(run, 0)], RecallReason.Duplicate, folder)).Value;
        var one = Assert.Single(made);
        Assert.True(one.IsNew);
        Assert.Equal((2, 1_000_000L), (one.Items, one.SumVnd.Amount));
        var bytes = one.Paths.ToDictionary(path => path, File.ReadAllBytes);

        var cases = await CasesAsync(run);
        Assert.Equal(2, cases.Count);
        Assert.All(cases, found => Assert.Equal(("recall", "await_recall_answer", "reconciler", 500_000L, "DUPL"), (found.Kind, found.Action, found.Owner, found.Amount, found.Reason)));
        Assert.All(cases, found => Assert.Equal(BankingCalendars.VietNam.Plus(PaymentFiles.DayOf(world.Clock.Now), RecallReasons.AnswerDays), found.DueOn));

        world.Clock.Now += Duration.FromDays(1);
        try
        {
            // Again, and in part, and into another folder: the same recall, the same bytes, no further case.
            var again = Assert.Single((await Recalls.RecallAsync(world.Maker, [Id(run, 0)], RecallReason.Duplicate, folder)).Value);
            Assert.False(again.IsNew);
            Assert.Equal((one.RecallId, one.Sha256), (again.RecallId, again.Sha256));
            var elsewhere = Assert.Single((await Recalls.RecallAsync(world.Maker, [Id(run, 0), Id(run, 1)], RecallReason.Duplicate, world.Folder("recalls-elsewhere"))).Value);
            Assert.All(elsewhere.Paths, path => Assert.Equal(bytes.Single(known => Path.GetFileName(known.Key) == Path.GetFileName(path)).Value, File.ReadAllBytes(path)));
            Assert.Equal(2, (await CasesAsync(run)).Count);

            // A further payment of the file has a recall of its own.
            var more = (await Recalls.RecallAsync(world.Maker, [Id(run, 0), Id(run, 2)], RecallReason.Duplicate, folder)).Value;
            Assert.Equal([false, true], more.Select(recall => recall.IsNew));
            Assert.Equal(Files(more).Length, Files(more).Distinct().Count());
        }
        finally
        {
            world.Clock.Now -= Duration.FromDays(1);
        }

        Assert.Equal("not_allowed.recalled_otherwise", (await Recalls.RecallAsync(world.Maker, [Id(run, 0), Id(run, 3)], RecallReason.Fraud, folder)).Problems[0].Code);
        Assert.Equal(3, (await CasesAsync(run)).Count);
    }

    [PostgresFact]
    public async Task What_never_left_or_is_unknown_or_ended_is_not_recalled_and_nothing_is_half_done()
    {
        var sent = await SentAsync("recall-refused");
        var sealedRun = await world.AddAsync(1);
        Assert.True((await world.Exports.ExportAsync(world.Maker, sealedRun, world.Folder("recall-sealed"))).IsOk);
        var folder = world.Folder("recalls-refused");

        var refused = await Recalls.RecallAsync(world.Maker, [Id(sent, 0), Id(sealedRun, 0), Id(sent, 40), new InstructionId(1, ApprovedRuns.Month, 1, 1, 1)], RecallReason.Technical, folder);
        Assert.Equal(["not_allowed.not_handed_over", "payment.not_in_a_file", "payment.not_in_a_file"], refused.Problems.Select(problem => problem.Code).Order(StringComparer.Ordinal));
        Assert.Empty(await CasesAsync(sent));
        Assert.False(Directory.Exists(folder));

        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, ended_on, operation_no) VALUES (40, 202611, @RunNo, @line, 1, 'rejected', 'test', '2026-11-03', 1)",
                new { sent.RunNo, line = ApprovedRuns.LineNo(1) });
        }

        Assert.Equal("not_allowed.recall_ended", (await Recalls.RecallAsync(world.Maker, [Id(sent, 1)], RecallReason.Technical, folder)).Problems[0].Code);
        Assert.Equal("usage.recall_ids", (await Recalls.RecallAsync(world.Maker, [], RecallReason.Technical, folder)).Problems[0].Code);
        var officer = new Caller(40, "hoa", "Hoa", new HashSet<string> { Role.CashOfficer }, null);
        Assert.Equal("not_allowed.role", (await Recalls.RecallAsync(officer, [Id(sent, 0)], RecallReason.Technical, folder)).Problems[0].Code);
    }

    [PostgresFact]
    public async Task A_file_of_another_content_under_the_name_of_a_recall_is_never_overwritten()
    {
        var run = await SentAsync("recall-taken");
        var folder = world.Folder("recalls-taken");
        var made = Assert.Single((await Recalls.RecallAsync(world.Maker, [Id(run, 0)], RecallReason.WrongAccount, folder)).Value);
        File.AppendAllText(made.Paths[0], " ");
        Assert.Equal("not_allowed.other_file", (await Recalls.RecallAsync(world.Maker, [Id(run, 0)], RecallReason.WrongAccount, folder)).Problems[0].Code);
    }

    [PostgresFact]
    public async Task A_bank_that_takes_messages_gets_a_camt055_and_one_that_does_not_gets_a_list_and_a_letter()
    {
        var run = await SentAsync("recall-forms");
        var made = Assert.Single((await Recalls.RecallAsync(world.Maker, [Id(run, 0)], RecallReason.NotEntitled, world.Folder("recalls-forms"))).Value);
        if (BankProfiles.Generic.Recall == RecallForm.Camt055)
        {
            Assert.Equal([made.RecallId + ".xml"], Files([made]));
            using var message = File.OpenRead(made.Paths[0]);
            Assert.Empty(OurSchema.Check(message, Camt055Writer.MessageVersion));
        }
        else
        {
            Assert.Equal([made.RecallId + ".csv", made.RecallId + ".html"], Files([made]));
            Assert.Contains(Id(run, 0).ToString(), File.ReadAllText(made.Paths[0]), StringComparison.Ordinal);
        }
    }

    async Task<IReadOnlyList<(string Kind, string Action, string Owner, long Amount, string Reason, LocalDate DueOn)>> CasesAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<(string, string, string, long, string, LocalDate)>(
            "SELECT kind, next_action, owner, amount_vnd, reason_code, due_on FROM payment_case WHERE run_no = @RunNo AND kind = 'recall' ORDER BY case_no", new { run.RunNo });
    }
}
