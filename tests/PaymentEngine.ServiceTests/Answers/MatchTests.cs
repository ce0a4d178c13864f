using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Answers;

[Collection(MatchesCollection.Name)]
public sealed class MatchTests(ScratchCluster cluster)
{
    static StatementDetail Detail(string? id, long amountVnd, bool credit, string? reference = null) => new() { EndToEndId = id, Amount = new Vnd(amountVnd), IsCredit = credit, AccountServicerRef = reference };

    static InstructionId Payment(int line) => InstructionId.Parse(Id(line)).Value;

    /// <summary>The state after the files in every order; the same in all.</summary>
    async Task<string> InAnyOrderAsync(int payments, Func<AnswerWorld, string[]> files)
    {
        string? expected = null;
        var count = 0;
        foreach (var order in Orders([.. Enumerable.Range(0, files(await WorldAsync(payments)).Length)]))
        {
            await using var world = await WorldAsync(payments);
            var made = files(world);
            foreach (var i in order) await world.ImportAsync(made[i]);
            var state = await world.StateAsync() + "\n" + string.Join('\n', await world.RowsAsync<string>("SELECT 'suspense ' || amount_vnd FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL ORDER BY 1"));
            expected ??= state;
            Assert.True(expected == state, $"order {string.Join(',', order)}:\n{expected}\n--\n{state}");
            count++;
        }

        Assert.True(count > 1);
        return expected!.TrimEnd();
    }

    async Task<AnswerWorld> WorldAsync(int payments)
    {
        var world = await OpenAsync(cluster, payments);
        await world.AddAccountsAsync();
        return world;
    }

    static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1 ? [items]
        : items.SelectMany((first, i) => Orders([.. items[..i], .. items[(i + 1)..]]).Select(rest => (int[])[first, .. rest]));

    [PostgresFact]
    public async Task A_return_that_names_only_the_banks_reference_of_our_debit_is_that_payment_come_back_in_any_order() =>
        Assert.Equal("1: paid_by_account\n2: returned, ended returned, case returned", await InAnyOrderAsync(2, world =>
        [
            world.Notification(3, Unnamed(false, world.Sum, 3, "DB1", Detail(Id(1), Amount(1), false, "FT1"), Detail(Id(2), Amount(2), false, "FT2"))),
            world.Statement(2, 4, Debit(world.Sum)),
            world.Statement(5, 6, Unnamed(true, Amount(2), 5, "X9", Detail(null, Amount(2), true, "FT2"))),
        ]));

    [PostgresFact]
    public async Task Details_in_the_notification_explain_the_total_in_the_statement_by_the_banks_reference() =>
        Assert.Equal("1: paid_by_account\n2: paid_by_account\n3: paid_by_account", await InAnyOrderAsync(3, world =>
        [
            world.Notification(3, Unnamed(false, world.Sum, 3, "DB1", Detail(Id(1), Amount(1), false), Detail(Id(2), Amount(2), false), Detail(Id(3), Amount(3), false))),
            world.Statement(2, 4, Unnamed(false, world.Sum, 3, "DB1")),
        ]));

    [PostgresFact]
    public async Task A_lump_return_is_split_by_the_details_that_a_notification_gives()
    {
        Assert.Equal("1: returned, ended returned, case returned\n2: paid_by_account\n3: returned, ended returned, case bank_short+returned", await InAnyOrderAsync(3, world =>
        [
            world.Notification(5, Unnamed(true, Amount(1) + Amount(3) - 1_000, 5, "LUMP", Detail(Id(1), Amount(1), true), Detail(Id(3), Amount(3) - 1_000, true))),
            world.Statement(2, 4, Debit(world.Sum)),
            world.Statement(5, 6, Unnamed(true, Amount(1) + Amount(3) - 1_000, 5, "LUMP")),
        ]));
    }

    [PostgresFact]
    public async Task A_reference_that_turns_out_to_be_of_two_payments_ties_nothing_in_any_order()
    {
        var state = await InAnyOrderAsync(2, world =>
        [
            world.Report(8, (Id(1), "ACSP", null), (Id(2), "ACSP", null)),
            world.Notification(3, Unnamed(false, Amount(1), 3, null, Detail(Id(1), Amount(1), false, "SHARED"))),
            world.Notification(4, Unnamed(false, Amount(2), 4, null, Detail(Id(2), Amount(2), false, "SHARED"))),
            world.Notification(5, Unnamed(true, Amount(1), 5, null, Detail(null, Amount(1), true, "SHARED"))),
        ]);
        Assert.EndsWith($"suspense {Amount(1)}", state, StringComparison.Ordinal);
        Assert.DoesNotContain("returned", state, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_debit_to_a_payees_account_of_its_amount_near_its_day_is_that_payment()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Statement(2, 6, Unnamed(false, Amount(2), 5, null, Detail(null, Amount(2), false) with { CreditorAccount = PayeeAccount(2), CreditorName = "AI DO" })));
        Assert.Equal("1: in_transit\n2: paid_by_account\n3: in_transit", await world.StateAsync());
        Assert.Equal((short)MatchRule.AccountAmountDay, Assert.Single(await world.RowsAsync<short>("SELECT rule FROM bank_fact WHERE target = 1")));
        // A week later, another amount, another account: a person looks.
        await world.ImportAsync(world.Statement(16, 17, Unnamed(false, Amount(3), 17, null, Detail(null, Amount(3), false) with { CreditorAccount = PayeeAccount(3) })),
            world.Statement(9, 10, Unnamed(false, Amount(3) + 1, 9, null, Detail(null, Amount(3) + 1, false) with { CreditorAccount = PayeeAccount(3) })));
        Assert.EndsWith("3: in_transit", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL")));
    }

    [PostgresFact]
    public async Task A_person_decides_an_entry_with_the_consequences_of_a_match_and_a_contra_decision_takes_it_back()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSP", null)), world.Statement(2, 6, Debit(world.Sum), Unnamed(true, Amount(2), 6, null, Detail("HOADON 5", Amount(2), true) with { RemittanceText = "tra lai, tk da dong" })));
        var matches = new Matches(world.Database, world.Clock);
        var entry = Assert.Single((await matches.ListAsync(world.Reconciler, default)).Value).Number;
        Assert.Equal((true, Amount(2)), (Assert.Single((await matches.ListAsync(world.Reconciler, default)).Value) is var waiting && waiting.IsCredit, waiting.AmountVnd));

        async Task<string> RefusedAsync(MatchDecision decision, string why = "thư ngân hàng") => (await matches.DecideAsync(world.Reconciler, entry, decision, why, default)).Problems[0].Code;
        Assert.Equal("match.larger", await RefusedAsync(new([Payment(1)], null, null)));
        Assert.Equal("match.unknown_payment", await RefusedAsync(new([Payment(1) with { LineNo = 77 }], null, null)));
        Assert.Equal("match.other_sum", await RefusedAsync(new([Payment(1), Payment(2)], null, null)));
        Assert.Equal("match.not_a_debit", await RefusedAsync(new([], BatchId, null)));
        Assert.Equal("match.unknown_batch", await RefusedAsync(new([], "B", null)));
        Assert.Equal("usage.match_target", await RefusedAsync(new([Payment(2)], null, "other")));
        Assert.Equal("usage.why_missing", await RefusedAsync(new([Payment(2)], null, null), " "));
        Assert.Equal("not_allowed.role", (await matches.DecideAsync(world.Reconciler with { Roles = new HashSet<string> { Role.Maker } }, entry, new([Payment(2)], null, null), "x", default)).Problems[0].Code);
        Assert.Equal("1: paid_by_account\n2: paid_by_account\n3: paid_by_account", await world.StateAsync());

        var decided = (await matches.DecideAsync(world.Reconciler, entry, new([Payment(2)], null, null), "thư ngân hàng 12/11", default)).Value;
        Assert.Equal(("attempt", 1, 1), (decided.Decision, decided.Payments, decided.Ended));
        Assert.Equal("1: paid_by_account\n2: returned, ended returned, case returned\n3: paid_by_account", await world.StateAsync());
        Assert.Empty((await matches.ListAsync(world.Reconciler, default)).Value);
        Assert.True((await matches.DecideAsync(world.Reconciler, entry, new([Payment(2)], null, null), "lần nữa", default)).Value.AlreadyDone);
        Assert.Equal("not_allowed.match_decided", await RefusedAsync(new([], null, "other")));

        Assert.Equal("usage.why_missing", (await matches.UndoAsync(world.Reconciler, entry, "", default)).Problems[0].Code);
        Assert.True((await matches.UndoAsync(world.Reconciler, entry, "nhầm người", default)).IsOk);
        // The end that it proved stands; that the payment is paid after all is a claim somebody must settle.
        Assert.Equal("1: paid_by_account\n2: disputed, ended returned, case paid_twice\n3: paid_by_account", await world.StateAsync());
        Assert.Single((await matches.ListAsync(world.Reconciler, default)).Value);
        Assert.Equal("not_allowed.match_undecided", (await matches.UndoAsync(world.Reconciler, entry, "x", default)).Problems[0].Code);
        Assert.True((await matches.DecideAsync(world.Reconciler, entry, new([], null, "other"), "không phải của ta", default)).IsOk);
        Assert.Empty((await matches.ListAsync(world.Reconciler, default)).Value);
        Assert.Equal([1, 2], await world.RowsAsync<int>("SELECT version::int FROM match ORDER BY version"));
    }

    [PostgresFact]
    public async Task The_store_itself_refuses_a_second_decision_while_one_stands()
    {
        await using var world = await WorldAsync(2);
        await world.ImportAsync(world.Statement(2, 6, Debit(world.Sum), Unnamed(true, 5_000, 6)));
        var matches = new Matches(world.Database, world.Clock);
        var entry = Assert.Single((await matches.ListAsync(world.Reconciler, default)).Value).Number;
        Assert.True((await matches.DecideAsync(world.Reconciler, entry, new([], null, "other"), "x", default)).IsOk);
        await using var session = await world.Database.RunAsync(default);
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.ExecuteAsync("""
            INSERT INTO match (province_code, import_no, entry_no, detail_no, version, decision, rule, person, at, operation_no) SELECT province_code, import_no, entry_no, detail_no, 2, 'charge', 'x', 'x', at, operation_no FROM match
            """));
        Assert.Equal("match_after_undo", refused.ConstraintName);
    }

    [PostgresFact]
    public async Task A_lump_return_without_details_is_proposed_when_one_combination_fits_and_split_when_a_person_says_so()
    {
        await using var world = await WorldAsync(5);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "RJCT", "AC01"), (Id(4), "RJCT", "AC04")), world.Statement(2, 6, Debit(world.Sum), Unnamed(true, Amount(1) + Amount(4), 6)));
        var matches = new Matches(world.Database, world.Clock);
        var proposal = Assert.Single((await matches.ProposeAsync(world.Reconciler, null, default)).Value);
        Assert.Equal(("lump", $"{Id(1)} {Id(4)}"), (proposal.Kind, string.Join(' ', proposal.To)));
        Assert.StartsWith("1: disputed, case contradicted\n", await world.StateAsync(), StringComparison.Ordinal); // proposing changes nothing
        var decided = await matches.DecideAsync(world.Reconciler, proposal.Entry, new([Payment(4), Payment(1)], null, null), "bảng kê của ngân hàng", default);
        Assert.Equal(("group", 2, 2), (decided.Value.Decision, decided.Value.Payments, decided.Value.Ended));
        Assert.Equal("1: returned, ended returned, case returned\n2: disputed, case contradicted\n3: paid_by_account\n4: returned, ended returned, case returned\n5: paid_by_account", await world.StateAsync());
    }

    [PostgresFact]
    public async Task Names_and_batches_are_proposed_never_matched_by_themselves()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Statement(2, 6, Unnamed(true, Amount(2), 5, null, Detail(null, Amount(2), true) with { CreditorName = "Nguyễn Văn B" }), Unnamed(false, world.Sum, 3)));
        Assert.Equal("1: in_transit\n2: in_transit\n3: in_transit", await world.StateAsync());
        var matches = new Matches(world.Database, world.Clock);
        var proposals = (await matches.ProposeAsync(world.Reconciler, null, default)).Value;
        Assert.Equal(["name " + Id(2), "batch " + BatchId], proposals.Select(one => $"{one.Kind} {one.To[0]}"));
        Assert.True((await matches.DecideAsync(world.Reconciler, proposals[1].Entry, new([], BatchId, null), "sao kê", default)).IsOk);
        Assert.Equal("1: paid_by_account\n2: paid_by_account\n3: paid_by_account", await world.StateAsync());
    }

    [PostgresFact]
    public async Task A_corrected_statement_waits_for_a_yes_and_then_takes_the_place_of_the_earlier_one()
    {
        await using var world = await WorldAsync(2);
        await world.ImportAsync(world.Numbered(7, 2, 5, Debit(world.Sum), Return(Id(1), Amount(1), "AC04")));
        Assert.Equal("1: returned, ended returned, case returned\n2: paid_by_account", await world.StateAsync());
        var corrected = world.Numbered(7, 2, 5, Debit(world.Sum), Unnamed(true, 1, 5), Return(Id(2), Amount(2), "AC04"));
        var parked = Assert.Single(await world.ImportAsync(corrected));
        Assert.Equal(("parked", "bank_file.corrected_statement"), (parked.Outcome, parked.Problem!.Code));
        Assert.Equal("1: returned, ended returned, case returned\n2: paid_by_account", await world.StateAsync());
        var taken = await world.Imports.AcceptAsync(world.Reconciler, parked.ImportNo, "ngân hàng gửi lại, công văn 3", default);
        Assert.Equal("applied", taken.Value.Outcome);
        Assert.Equal("1: disputed, ended returned, case paid_twice\n2: returned, ended returned, case returned", await world.StateAsync());
        Assert.Equal("known", Assert.Single(await world.ImportAsync(corrected)).Outcome);
        Assert.Equal("not_allowed.applied", (await world.Imports.AcceptAsync(world.Reconciler, parked.ImportNo, "x", default)).Problems[0].Code);
        Assert.Equal("not_allowed.not_acceptable", (await world.Imports.AcceptAsync(world.Reconciler, (await world.ImportAsync(world.Statement("999999", "F", 2, 3)))[0].ImportNo, "x", default)).Problems[0].Code);
    }

    [PostgresFact]
    public async Task A_missing_statement_number_is_a_finding_and_nothing_is_proven_until_it_comes()
    {
        await using var world = await WorldAsync(2);
        await world.ImportAsync(world.Refusal("AC04"), world.Numbered(10, 2, 4));
        var gap = Assert.Single(await world.ImportAsync(world.Numbered(12, 5, 5)));
        Assert.Contains(gap.FirstFindings, finding => finding.Code == "statement.gap" && finding.Message.Contains("11", StringComparison.Ordinal));
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Numbered(11, 4, 4));
        Assert.Equal("1: returned, ended rejected, case rejected\n2: returned, ended rejected, case rejected", await world.StateAsync());
    }

    [PostgresFact]
    public async Task A_statement_that_does_not_take_over_the_balance_of_the_stored_one_is_a_finding_and_proves_nothing()
    {
        await using var world = await WorldAsync(2);
        // Nothing booked: each opens and closes with the same balance.
        await world.ImportAsync(world.Refusal("AC04"), world.Balances(2, 3, 100_000_000), world.Balances(5, 6, 100_000_007));
        var between = Assert.Single(await world.ImportAsync(world.Balances(4, 4, 100_000_000)));
        var finding = Assert.Single(between.FirstFindings, one => one.Code == "statement.balance_gap");
        Assert.Contains("100.000.007", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain((await world.ImportAsync(world.Balances(9, 10, 100_000_007)))[0].FirstFindings, one => one.Code == "statement.balance_gap");
        Assert.Contains((await world.ImportAsync(world.Balances(11, 12, 99_999_999)))[0].FirstFindings, one => one.Code == "statement.balance_gap");
    }

    [PostgresFact]
    public async Task A_return_is_proposed_by_the_words_of_the_bank_that_keeps_the_account()
    {
        // VietinBank keeps the account of the statement; only its own profile knows its word.
        var text = System.Text.Encoding.UTF8.GetString(PaymentEngine.Messages.BankProfiles.FindKnown("vietinbank")!.Content.Span);
        var told = text.Replace("\"returnPhrases\": [", "\"returnPhrases\": [\n    { \"phrase\": \"XOAY VE QUAY SO BAY\", \"code\": \"AC04\" },", StringComparison.Ordinal);
        Assert.NotEqual(text, told);
        await using var world = await WorldAsync(2);
        await world.ImportAsync(world.Statement(2, 6, Debit(world.Sum), Unnamed(true, Amount(2), 5, null, Detail("HOADON 9", Amount(2), true) with { RemittanceText = "xoay ve quay so bay" })));
        var matches = new Matches(world.Database, world.Clock);
        Assert.DoesNotContain((await matches.ProposeAsync(world.Reconciler, null, default)).Value, one => one.Kind == "phrase");
        try
        {
            Assert.True(PaymentEngine.Messages.BankProfiles.Load([("vietinbank.json", System.Text.Encoding.UTF8.GetBytes(told))]).IsOk);
            Assert.Equal(("phrase", Id(2)), Assert.Single((await matches.ProposeAsync(world.Reconciler, null, default)).Value) is var one ? (one.Kind, one.To[0]) : default);
        }
        finally
        {
            PaymentEngine.Messages.BankProfiles.Load([("vietinbank.json", System.Text.Encoding.UTF8.GetBytes(text))]);
        }
    }

    [PostgresFact]
    public async Task Words_nobody_knows_become_a_rule_of_two_persons_and_their_cases_are_decided_anew()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Words(9, Id(1), "NARR", "so nay da chuyen ve quay 7"), world.Words(10, Id(2), null, "tai khoan nguoi huong da dong"), world.Statement(2, 5, Debit(world.Sum - Amount(1) - Amount(2))));
        async Task<string> CasesAsync() => string.Join('\n', await world.RowsAsync<string>("SELECT line_no || ' ' || kind || ' ' || coalesce(reason_code, '-') || ' ' || next_action FROM payment_case WHERE closed_at IS NULL AND line_no IS NOT NULL ORDER BY line_no"));
        Assert.Equal("1 rejected NARR escalate\n2 rejected AC04 ask_beneficiary", await CasesAsync());
        world.Clock.Now += Duration.FromDays(10);
        Assert.Equal(1, (await world.ReconcileAsync()).ToCash); // the second: its words are surely read, its end is proven, its time is up
        Assert.Contains("1: returned, ended rejected, case rejected", await world.StateAsync(), StringComparison.Ordinal);

        var reasons = new ReasonDecisions(world.Database, world.Clock);
        var unmapped = Assert.Single((await reasons.ListAsync(world.Reconciler, unmappedOnly: true, default)).Value);
        Assert.Equal("so nay da chuyen ve quay 7", unmapped.Said.Text);
        Assert.Equal("reason.unknown_code", (await reasons.ProposeAsync(world.Reconciler, unmapped.Said.Fact, false, "XX99", null, "w", default)).Problems[0].Code);
        Assert.Equal("reason.too_short", (await reasons.ProposeAsync(world.Reconciler, "quay", false, "AC04", null, "w", default)).Problems[0].Code);
        Assert.Equal("reason.known_code", (await reasons.ProposeAsync(world.Reconciler, "AC01", true, "AC04", null, "w", default)).Problems[0].Code);
        var proposed = (await reasons.ProposeAsync(world.Reconciler, unmapped.Said.Fact, false, "AC04", null, "ngân hàng giải thích qua điện thoại", default)).Value;
        Assert.Equal(("pending", 1), (proposed.State, proposed.Touches));
        Assert.Equal("1 rejected NARR escalate", await CasesAsync());
        Assert.Equal("not_allowed.own_rule", (await reasons.ApproveAsync(world.Reconciler, proposed.RuleNo, default)).Problems[0].Code);
        var other = world.Reconciler with { UserName = "reconciler2" };
        Assert.Equal(("approved", 1), (await reasons.ApproveAsync(other, proposed.RuleNo, default)).Value is var approved ? (approved.State, approved.Redecided) : default);
        Assert.Equal("1 rejected AC04 ask_beneficiary", await CasesAsync());
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash); // its time begins with the decision
        Assert.Empty((await reasons.ListAsync(world.Reconciler, unmappedOnly: true, default)).Value);
        world.Clock.Now += Duration.FromDays(7);
        Assert.Equal(1, (await world.ReconcileAsync()).ToCash);
    }

    [PostgresFact]
    public async Task Words_that_are_not_surely_read_or_say_a_death_never_become_cash()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Words(9, Id(1), null, "tk ko con su dung nua"), world.Words(10, Id(2), "AC04", "chu tai khoan da chet"), world.Statement(2, 5, Debit(world.Sum - Amount(1) - Amount(2))));
        world.Clock.Now += Duration.FromDays(60);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.Equal("1: returned, ended rejected, case rejected\n2: returned, ended rejected, case deceased\n3: paid_by_account", await world.StateAsync());
        Assert.Equal(["AC04", "MD07"], await world.RowsAsync<string>("SELECT reason_code FROM payment_case WHERE closed_at IS NULL ORDER BY line_no"));
    }

    [PostgresFact]
    public async Task File_status_and_money_are_held_against_each_other()
    {
        await using var world = await WorldAsync(4);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSP", null), (Id(2), "RJCT", "AC04"), (Id(3), "ACSP", null)), world.Statement(2, 6, Debit(world.Sum), Return(Id(3), Amount(3) - 500, "AC01")));
        var check = Assert.Single((await new ThreeWayChecks(world.Database, world.Clock).OfAsync(world.Reconciler, new RunId(Province, new YearMonth(2026, 11), 1), default)).Value);
        Assert.Equal((4, world.Sum), (check.Sent.Items, check.Sent.SumVnd));
        Assert.Equal((2, 1, 1), (check.Accepted.Items, check.Refused.Items, check.NoStatus.Items));
        Assert.Equal((2, 1, 1, 1), (check.AcceptedDebited.Items, check.RefusedDebited.Items, check.NoStatusDebited.Items, check.Returned.Items));
        Assert.Equal([(ThreeWayFinding.RefusedButDebited, Id(2)), (ThreeWayFinding.ReturnedShort, Id(3))], check.Differences.Select(one => (one.Finding, one.Id)));
    }

    [PostgresFact]
    public async Task Every_fact_keeps_how_it_was_matched()
    {
        await using var world = await WorldAsync(3);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSP", null)), world.Statement(2, 6, Debit(world.Sum), Return(Id(2), Amount(2), "AC04"), Unnamed(true, 77, 6)));
        Assert.Equal([(short)MatchRule.PaymentId, (short)MatchRule.BatchId, (short)MatchRule.PaymentId, (short)MatchRule.Unknown],
            await world.RowsAsync<short>("SELECT rule FROM bank_fact WHERE level <= 3 AND rule IS NOT NULL ORDER BY import_no, entry_no"));
    }
}
