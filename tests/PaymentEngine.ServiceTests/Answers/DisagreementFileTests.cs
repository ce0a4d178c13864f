using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Answers;

/// <summary>When the bank's sources disagree (profile §10): each case from the files as they come to the states in the store, named after the case, in the order told and backwards.</summary>
[Collection(MatchesCollection.Name)]
public sealed class DisagreementFileTests(ScratchCluster cluster)
{
    static StatementDetail Detail(int line, bool credit, long? amountVnd = null) => new() { EndToEndId = Id(line), InstructionId = Id(line), Amount = new Vnd(amountVnd ?? Amount(line)), IsCredit = credit };

    /// <summary>The debit of one payment by itself.</summary>
    static StatementEntry Taken(int line, int day = 3) => Unnamed(false, Amount(line), day, $"FT{line}", Detail(line, false)) with { Code = StatementCodes.DomesticTransfer };

    static async Task<string> ViewsAsync(AnswerWorld world)
    {
        var views = await world.RowsAsync<(int Line, short View)>("SELECT line_no, bank_view FROM attempt_state WHERE attempt = 1 ORDER BY line_no");
        return string.Join(' ', views.Select(one => $"{one.Line}:{(BankView)one.View}"));
    }

    /// <summary>Imports the files one by one, forwards and backwards, and asks for the bank's view of each payment, then place, end and cases.</summary>
    async Task ConcludesAsync(int payments, Func<AnswerWorld, string[]> files, string views, string state)
    {
        foreach (var backwards in (bool[])[false, true])
        {
            await using var world = await OpenAsync(cluster, payments);
            var made = files(world);
            if (backwards) Array.Reverse(made);
            foreach (var file in made) Assert.Equal("applied", Assert.Single(await world.ImportAsync(file)).Outcome);
            Assert.Equal(views, await ViewsAsync(world));
            Assert.Equal(state, await world.StateAsync());
        }
    }

    [PostgresFact]
    public Task Rejected_and_the_statement_shows_the_debit_without_a_credit() => ConcludesAsync(2,
        world => [world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 6, Taken(1), Taken(2))],
        "1:Contradicted 2:Paid", "1: disputed, case contradicted\n2: paid_by_account");

    [PostgresFact]
    public async Task Rejected_and_debit_and_credit_both_booked()
    {
        await ConcludesAsync(2, world => [world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 6, Taken(1), Taken(2), Return(Id(1), Amount(1), null))],
            "1:Returned 2:Paid", "1: returned, ended returned, case returned\n2: paid_by_account");
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 6, Taken(1), Return(Id(1), Amount(1), null)));
        Assert.Equal("AC04", Assert.Single(await world.RowsAsync<string>("SELECT reason_code FROM attempt_end"))); // the reason is that of the report
    }

    [PostgresFact]
    public async Task Settled_by_report_and_two_statements_later_no_debit()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSC", null), (Id(2), "ACSC", null)), world.Statement(2, 3, Taken(2)), world.Statement(4, 5), world.Statement(6, 6));
        world.Clock.Now += Duration.FromDays(10);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.Equal("1:AtBank 2:Paid", await ViewsAsync(world));
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Contains("debit_late", await world.RowsAsync<string>("SELECT kind FROM payment_case WHERE closed_at IS NULL")); // not executed? somebody asks
        await world.ImportAsync(world.Report(12, (Id(1), "RJCT", "AC04")));
        Assert.Equal("1:Rejected 2:Paid", await ViewsAsync(world));
        Assert.StartsWith("1: returned, ended rejected, case rejected\n", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public Task Rejected_and_a_later_report_accepts() => ConcludesAsync(3,
        world => [world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "ACSP", null)), world.Report(10, (Id(1), "ACSP", null), (Id(2), "RJCT", "AC04"))],
        "1:AtBank 2:Rejected 3:Silent", "1: in_transit\n2: in_transit, case rejected\n3: in_transit"); // the later report counts, in any order

    [PostgresFact]
    public async Task Rejected_and_proven_never_taken_and_then_a_later_report_accepts()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 6, Debit(world.Sum - Amount(1))));
        Assert.StartsWith("1: returned, ended rejected, case rejected\n", await world.StateAsync(), StringComparison.Ordinal);
        // The end stands, its ground does not: nothing goes out again before a person has asked. Money that leaves after all is a claim.
        await world.ImportAsync(world.Report(10, (Id(1), "ACSP", null)));
        Assert.StartsWith("1: disputed, ended rejected, case contradicted\n", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(9, 9, Taken(1, 9)));
        Assert.StartsWith("1: disputed, ended rejected, case paid_twice\n", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public Task No_report_at_all_and_the_statement_shows_the_debit() => ConcludesAsync(2, world => [world.Statement(2, 6, Taken(2))], "1:Silent 2:Paid", "1: in_transit\n2: paid_by_account");

    [PostgresFact]
    public async Task A_return_in_the_notification_that_the_statement_does_not_show_yet()
    {
        await ConcludesAsync(2, world => [world.Notification(5, Return(Id(1), Amount(1), "AC04")), world.Statement(2, 4, Taken(1), Taken(2))],
            "1:ReturnAnnounced 2:Paid", "1: in_transit, case returned\n2: paid_by_account");
        await ConcludesAsync(2, world => [world.Notification(5, Return(Id(1), Amount(1), "AC04")), world.Statement(2, 6, Taken(1), Taken(2), Return(Id(1), Amount(1), "AC04"))],
            "1:Returned 2:Paid", "1: returned, ended returned, case returned\n2: paid_by_account");
    }

    [PostgresFact]
    public Task A_return_in_the_statement_without_notification_and_report() => ConcludesAsync(2, world => [world.Statement(2, 6, Taken(1), Taken(2), Return(Id(1), Amount(1), "AC01"))],
        "1:Returned 2:Paid", "1: returned, ended returned, case returned\n2: paid_by_account");

    [PostgresFact]
    public async Task Amounts_differ_between_notification_and_statement()
    {
        foreach (var backwards in (bool[])[false, true])
        {
            await using var world = await OpenAsync(cluster, 2);
            string[] files = [world.Notification(3, Debit(Amount(1))), world.Statement(2, 6, Debit(world.Sum))];
            if (backwards) Array.Reverse(files);
            await world.ImportAsync(files[0]);
            var second = Assert.Single(await world.ImportAsync(files[1]));
            Assert.Equal("1:Paid 2:Paid", await ViewsAsync(world)); // the statement counts
            Assert.Equal("booking.amounts_differ", Assert.Single(second.FirstFindings, finding => finding.Code.StartsWith("booking.", StringComparison.Ordinal)).Code);
        }

        await using var returned = await OpenAsync(cluster, 2);
        await returned.ImportAsync(returned.Notification(5, Return(Id(1), Amount(1), "AC04")));
        var short_ = Assert.Single(await returned.ImportAsync(returned.Statement(2, 6, Taken(1), Taken(2), Return(Id(1), Amount(1) - 11_000, "AC04"))));
        Assert.Contains(short_.FirstFindings, finding => finding.Code == "booking.amounts_differ");
        Assert.StartsWith("1: returned, ended returned, case bank_short+returned\n", await returned.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_return_is_seen_before_the_debit()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Statement(5, 6, Return(Id(1), Amount(1), "AC04")));
        Assert.Equal("1:Returned 2:Silent", await ViewsAsync(world));
        Assert.Contains(ThreeWayFinding.ReturnedNotDebited, await FindingsAsync(world)); // the flag
        await world.ImportAsync(world.Statement(2, 4, Taken(1), Taken(2)));
        Assert.Equal("1:Returned 2:Paid", await ViewsAsync(world));
        Assert.DoesNotContain(ThreeWayFinding.ReturnedNotDebited, await FindingsAsync(world)); // the debit clears it
    }

    static async Task<IReadOnlyList<ThreeWayFinding>> FindingsAsync(AnswerWorld world) =>
        [.. (await new ThreeWayChecks(world.Database, world.Clock).OfAsync(world.Reconciler, new(Province, new YearMonth(2026, 11), 1), default)).Value.SelectMany(check => check.Differences).Select(one => one.Finding)];

    [PostgresFact]
    public async Task A_return_weeks_after_the_payee_was_credited()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Report(9, (Id(1), "ACCC", null)), world.Statement(2, 6, Taken(1), Taken(2)));
        Assert.Equal("1:Paid 2:Paid", await ViewsAsync(world));
        await using (var owner = await world.Database.OwnerAsync(default))
        {
            await owner.ExecuteAsync("INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no) VALUES (40, 202611, 1, 3, 'closed', NULL, 'reconciler', 'maker', sha256('c'), '2026-12-20', 1)");
        }

        world.Clock.Now = Instant.FromUtc(2026, 12, 21, 3, 0);
        await world.ImportAsync(world.Statement(26, 27, Return(Id(1), Amount(1), "AC04", 26)));
        Assert.Equal("1:Returned 2:Paid", await ViewsAsync(world));
        Assert.Equal("1: returned, ended returned, case returned\n2: paid_by_account", await world.StateAsync());
        // The run is closed: posted in the open month, about the run of November.
        Assert.Equal((202612, 202611), Assert.Single(await world.RowsAsync<(int, int)>("SELECT DISTINCT month, run_month FROM posting WHERE to_place = (SELECT place FROM place WHERE code = 'returned')")));
    }

    [PostgresFact]
    public async Task A_return_smaller_than_the_payment()
    {
        await ConcludesAsync(2, world => [world.Statement(2, 4, Taken(1), Taken(2)), world.Statement(5, 6, Return(Id(1), Amount(1) - 11_000, "AC04"))],
            "1:Returned 2:Paid", "1: returned, ended returned, case bank_short+returned\n2: paid_by_account");
    }

    [PostgresFact]
    public async Task A_return_larger_than_the_payment_and_a_second_return()
    {
        foreach (var backwards in (bool[])[false, true])
        {
            await using var world = await OpenAsync(cluster, 3);
            string[] files = [world.Statement(2, 5, Taken(1), Taken(2), Taken(3), Return(Id(1), Amount(1) + 1, "AC04"), Return(Id(2), Amount(2), "AC04")), world.Statement(6, 6, Return(Id(2), Amount(2), "AC04", 6))];
            if (backwards) Array.Reverse(files);
            foreach (var file in files) await world.ImportAsync(file);
            Assert.Equal("1:Paid 2:Contradicted 3:Paid", await ViewsAsync(world));
            Assert.Equal(Amount(1) + 1, Assert.Single(await world.RowsAsync<long>("SELECT amount_vnd FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL")));
            Assert.Contains("2: disputed, ended returned", await world.StateAsync(), StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task One_lump_return_for_many_payments()
    {
        await ConcludesAsync(3, world =>
            [world.Statement(2, 4, Taken(1), Taken(2), Taken(3)), world.Statement(5, 6, Unnamed(true, Amount(1) + Amount(3), 5, "LUMP", Detail(1, true), Detail(3, true)))],
            "1:Returned 2:Paid 3:Returned", "1: returned, ended returned, case returned\n2: paid_by_account\n3: returned, ended returned, case returned");
        await using var bare = await OpenAsync(cluster, 3);
        var taken = Assert.Single(await bare.ImportAsync(bare.Statement(2, 6, Taken(1), Taken(2), Taken(3), Unnamed(true, Amount(1) + Amount(3), 5))));
        Assert.Equal((1, "1:Paid 2:Paid 3:Paid"), (taken.Suspense, await ViewsAsync(bare)));
    }

    [PostgresFact]
    public async Task A_debit_larger_than_the_batch_minus_the_rejected()
    {
        await ConcludesAsync(3, world => [world.Report(9, (Id(2), "RJCT", "AC04")), world.Statement(2, 6, Debit(world.Sum))],
            "1:Paid 2:Contradicted 3:Paid", "1: paid_by_account\n2: disputed, case contradicted\n3: paid_by_account");
        // A sum that nothing explains says nothing about single payments; the check of the three names the batch.
        await using var world = await OpenAsync(cluster, 3);
        await world.ImportAsync(world.Report(9, (Id(2), "RJCT", "AC04")), world.Statement(2, 6, Debit(world.Sum - 7)));
        Assert.Equal("1:Silent 2:Rejected 3:Silent", await ViewsAsync(world));
        Assert.Contains(ThreeWayFinding.BatchDebitUnexplained, await FindingsAsync(world));
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public Task The_same_entry_in_report_notification_and_statement() => ConcludesAsync(2,
        world => [world.Intraday(3, Taken(1), Taken(2)), world.Notification(3, Taken(1), Taken(2)), world.Statement(2, 6, Taken(1), Taken(2))],
        "1:Paid 2:Paid", "1: paid_by_account\n2: paid_by_account");

    [PostgresFact]
    public async Task A_corrected_statement_counts_after_a_yes()
    {
        await using var world = await OpenAsync(cluster, 2);
        await world.ImportAsync(world.Numbered(3, 2, 6, Taken(1), Taken(2), Return(Id(1), Amount(1), "AC04")));
        Assert.Equal("1:Returned 2:Paid", await ViewsAsync(world));
        var parked = Assert.Single(await world.ImportAsync(world.Numbered(3, 2, 6, Taken(1), Taken(2))));
        Assert.Equal(("bank_file.corrected_statement", "1:Returned 2:Paid"), (parked.Problem!.Code, await ViewsAsync(world)));
        Assert.True((await world.Imports.AcceptAsync(world.Reconciler, parked.ImportNo, "ngân hàng gửi lại", default)).IsOk);
        Assert.Equal("1:Paid 2:Paid", await ViewsAsync(world));
        Assert.StartsWith("1: disputed, ended returned, case paid_twice\n", await world.StateAsync(), StringComparison.Ordinal); // an end, once proven, stands: somebody settles it
    }

    [PostgresFact]
    public async Task A_death_told_on_any_channel()
    {
        await ConcludesAsync(3, world =>
            [world.Report(9, (Id(1), "RJCT", "MD07")), world.Statement(2, 4, Debit(world.Sum - Amount(1))), world.Statement(5, 6, Return(Id(2), Amount(2), "MD07")), world.Notification(6, Return(Id(3), Amount(3), "MD07", 6))],
            "1:Rejected 2:Returned 3:ReturnAnnounced", "1: returned, ended rejected, case deceased\n2: returned, ended returned, case deceased\n3: in_transit, case deceased");
    }
}
