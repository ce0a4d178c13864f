using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
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
        var officer = new Caller(40, "hoa", "Hoa", new HashSet<string> { Role.CashOfficer }, null) { ProvenUntil = Instant.MaxValue };
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

    [PostgresFact]
    public async Task A_recall_by_message_goes_to_the_bank_and_its_answers_come_back_promises_first_then_money()
    {
        var text = System.Text.Encoding.UTF8.GetString(BankProfiles.FindKnown("agribank")!.Content.Span).Replace("\"id\": \"agribank\"", "\"id\": \"recalling\"", StringComparison.Ordinal)
            .Replace("\"bankBins\": [\"970405\"]", "\"bankBins\": [\"970428\"]", StringComparison.Ordinal).Replace("\"recall\": \"List\"", "\"recall\": \"Camt055\"", StringComparison.Ordinal);
        var loaded = BankProfiles.Load([("recalling.json", System.Text.Encoding.UTF8.GetBytes(text))]);
        Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));
        var run = await world.AddAsync(12, profile: BankProfiles.FindKnown("recalling"));
        var exported = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("recall-message"))).Value;
        var atBank = world.Folder("bank-recall-message");
        Assert.True((await world.HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, atBank))).Value.AllSent);
        var standing = await world.StandingAsync(run, 4);

        // The message: written where the bank looks, valid, kept byte for byte, and no state changed by it.
        var recalls = new Recalls(world.Database, world.Files, world.Keys, world.Clock) { Archive = world.Archive };
        var made = Assert.Single((await recalls.RecallAsync(world.Maker, [.. Enumerable.Range(0, 12).Select(order => Id(run, order))], RecallReason.Duplicate, world.Folder("recall-message-own"))).Value);
        Assert.Equal(("camt055", 12, made.RecallId + ".xml"), (made.Form, made.Items, Path.GetFileName(Assert.Single(made.Paths))));
        using (var message = File.OpenRead(made.Paths[0])) Assert.Empty(OurSchema.Check(message, Camt055Writer.MessageVersion));
        Assert.Equal(File.ReadAllBytes(made.Paths[0]), File.ReadAllBytes(Path.Combine(world.Home, "archive", made.Sha256[..2], made.Sha256)));
        Assert.Equal(standing, await world.StandingAsync(run, 4));
        var handed = await recalls.HandOverAsync(world.Maker, made, null, " ");
        Assert.Equal("usage.evidence_missing", Assert.Single(handed.Problems).Code);
        File.Copy(made.Paths[0], Path.Combine(atBank, Path.GetFileName(made.Paths[0])), overwrite: true);
        handed = await recalls.HandOverAsync(world.Maker, made, null, "bà Hoa mang tới Agribank Vinh");
        Assert.True(handed.IsOk, string.Join('\n', handed.Problems));
        Assert.Equal("", (await recalls.HandOverAsync(world.Maker, made, null, "lần nữa")).Value.HandedOver); // once

        var answers = world.Folder("answers-recall-message");
        var simulated = new SimulatedBank(world.Files, 11, BankScenario.Plain, BankingCalendars.VietNam, BankProfiles.Generic).Answer(atBank, answers, new LocalDate(2026, 11, 2)).Value;
        using var truth = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(answers, SimulatedTruth.FileName)));
        var agreed = truth.RootElement.GetProperty("payments").EnumerateArray().Where(one => one.GetProperty("outcome").GetString() == "returned").Select(one => one.GetProperty("end_to_end_id").GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.InRange(agreed.Count, 1, 11);
        var promise = Assert.Single(simulated.Files, file => file.Contains("camt029", StringComparison.Ordinal));
        using var cipher = world.Keys.OpenCipher();
        var imports = new BankImports(world.Database, world.Clock, world.Files, world.Archive, cipher);
        async Task<IReadOnlyList<string>> WithAsync(string condition)
        {
            await using var session = await world.Database.OwnerAsync(default);
            return [.. (await session.QueryAsync<int>($"SELECT line_no FROM attempt_state WHERE month = 202611 AND run_no = {run.RunNo} AND {condition}")).Select(line => new InstructionId(40, run.Month, run.RunNo, line, 1).ToString()).Order(StringComparer.Ordinal)];
        }

        Assert.Equal("applied", Assert.Single((await imports.ImportAsync(world.Reconciler, [promise], default)).Value).Outcome);
        Assert.Equal(agreed, await WithAsync("evidence & 32768 <> 0"));
        Assert.Empty(await WithAsync("ended_how IS NOT NULL")); // a promise is not money
        Assert.Equal(standing, await world.StandingAsync(run, 4));

        world.Clock.Now += Duration.FromDays(12);
        try
        {
            foreach (var file in simulated.Files.Where(file => file != promise).Order(StringComparer.Ordinal)) await imports.ImportAsync(world.Reconciler, [file], default);
            Assert.Equal(agreed, await WithAsync($"bank_view = {(int)BankView.Returned} AND ended_how = 'returned'"));
            Assert.Equal(12 - agreed.Count, (await WithAsync($"bank_view = {(int)BankView.Paid}")).Count);
            await world.VerifyAsync(run);
        }
        finally
        {
            world.Clock.Now -= Duration.FromDays(12);
        }
    }

    async Task<IReadOnlyList<(string Kind, string Action, string Owner, long Amount, string Reason, LocalDate DueOn)>> CasesAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<(string, string, string, long, string, LocalDate)>(
            "SELECT kind, next_action, owner, amount_vnd, reason_code, due_on FROM payment_case WHERE run_no = @RunNo AND kind = 'recall' ORDER BY case_no", new { run.RunNo });
    }
}
