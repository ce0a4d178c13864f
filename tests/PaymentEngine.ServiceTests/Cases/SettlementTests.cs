using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.ServiceTests.Answers;
using PaymentEngine.ServiceTests.Ledger;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Cases;

/// <summary>Disputes that no file ends, settled by two persons; cash results taken back by two persons; from the first word to the ledger.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SettlementTests(ScratchCluster cluster)
{
    static Caller Person(string name, params string[] roles) => new(Province, name, name, roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = Instant.MaxValue };

    static readonly Caller Both = Person("both", Role.Reconciler, Role.Approver);
    static readonly Caller Approver = Person("approver", Role.Approver);
    static readonly Caller Cashier = Person("cashier", Role.CashOfficer);

    static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, string.Join('\n', result.Problems));
        return result.Value;
    }

    static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;

    static CaseSettlements Settle(LedgerWorld world) => new(world.Answers.Database, world.Answers.Clock);

    static CashCorrections Corrections(LedgerWorld world) => new(world.Answers.Database, world.Answers.Clock);

    static async Task<int> CaseOfAsync(LedgerWorld world, int line, string kind) =>
        Assert.Single(await world.Answers.RowsAsync<int>($"SELECT case_no FROM payment_case WHERE line_no = {line} AND kind = '{kind}' AND closed_at IS NULL"));

    static async Task<string> StateAsync(LedgerWorld world, int line) => (await world.Answers.StateAsync()).Split('\n')[line - 1];

    /// <summary>A debit that names one payment.</summary>
    static StatementEntry Taken(int line, int day) => Debit(Amount(line), day) with
    {
        EntryRef = $"E{day}-{line}", BatchMessageId = null, BatchId = null, Details = [new StatementDetail { EndToEndId = Id(line), Amount = new Vnd(Amount(line)), IsCredit = false }],
    };

    static Task<Result<CaseView>> ProposeAsync(LedgerWorld world, Caller caller, int caseNo, SettledAs wanted, string ground = "công văn 17 ngày 06/11 của ngân hàng") =>
        Settle(world).ProposeAsync(caller, caseNo, wanted, ground, null, default);

    static async Task HoldsAsync(LedgerWorld world)
    {
        Assert.Empty(await world.BrokenAsync());
        await world.Answers.LedgerClosesAsync();
    }

    [PostgresFact]
    public async Task A_second_debit_is_settled_as_paid_by_two_and_the_bank_owes_the_other_until_a_new_fact_comes()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Statement(2, 5, Taken(1, 3), Taken(1, 4), Taken(2, 3)));
        Assert.Equal("1: disputed, case contradicted", await StateAsync(world, 1));
        var number = await CaseOfAsync(world, 1, "contradicted");

        Assert.Equal("not_allowed.role", Code(await ProposeAsync(world, Cashier, number, SettledAs.Paid)));
        Assert.Equal("usage.evidence_missing", Code(await ProposeAsync(world, Both, number, SettledAs.Paid, " ")));
        Assert.Equal("answer_settlement", Ok(await ProposeAsync(world, Both, number, SettledAs.Paid)).Case.NextAction);
        Assert.True(Ok(await ProposeAsync(world, Both, number, SettledAs.Paid)).AlreadyDone);
        Assert.Equal("not_allowed.settlement_waits", Code(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Returned)));
        Assert.Equal("not_allowed.own_settlement", Code(await Settle(world).AnswerAsync(Both, number, null, default)));
        Assert.Equal("not_allowed.role", Code(await Settle(world).AnswerAsync(world.Answers.Reconciler, number, null, default)));
        Assert.Equal("1: disputed, case contradicted", await StateAsync(world, 1));

        var settled = Ok(await Settle(world).AnswerAsync(Approver, number, null, default));
        Assert.Equal(("settlement", "bank_short"), (settled.Case.ClosedHow, Assert.Single(settled.Beside).Kind));
        Assert.Equal("1: paid_by_account, case bank_short", await StateAsync(world, 1));
        Assert.Equal($"bank_short {Amount(1)}", Assert.Single(await world.Answers.RowsAsync<string>("SELECT kind || ' ' || left_vnd FROM payment_claim_now")));
        await HoldsAsync(world);
        // Told again in another message: no new fact.
        await world.ImportAsync(world.Answers.Notification(4, Taken(1, 4)));
        Assert.Equal("1: paid_by_account, case bank_short", await StateAsync(world, 1));

        // The bank gives one of the two back: the settlement knew nothing of it and is void; settled again, nothing is owed.
        await world.ImportAsync(world.Answers.Statement(6, 6, Return(Id(1), Amount(1), "AC04", 6)));
        Assert.Equal("1: disputed, case contradicted", await StateAsync(world, 1));
        Assert.Equal(0, Assert.Single(await world.Answers.RowsAsync<long>("SELECT left_vnd FROM payment_claim_now")));
        Assert.All(await world.BrokenAsync(), broken => Assert.StartsWith("I12.debits", broken, StringComparison.Ordinal)); // unsettled, the bank's fault is named
        number = await CaseOfAsync(world, 1, "contradicted");
        Ok(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Paid));
        Ok(await Settle(world).AnswerAsync(Approver, number, null, default));
        Assert.Equal("1: paid_by_account", await StateAsync(world, 1));
        await HoldsAsync(world);
        // The certificate names what stands on no statement.
        var certificate = Ok(await new Certificates(world.Answers.Database, world.Answers.Clock, new PaymentEngine.App.Files.DiskFiles(new ActionCounter())).OfAsync(Approver with { Roles = new HashSet<string> { Role.Auditor } }, LedgerWorld.Run, default));
        Assert.Equal((1, "paid", 0L, "reconciler", "approver"), Assert.Single(certificate.Settled.Select(one => (one.LineNo, one.SettledAs, one.BankOwesVnd, one.MadeBy, one.Person))));
    }

    [PostgresFact]
    public async Task A_late_paid_after_a_proven_end_is_settled_as_paid_and_nobody_pays_again_not_even_by_hand()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        await world.ImportAsync(world.Answers.Report(12, (Id(1), "ACSC", null)), world.Answers.Statement(6, 6, Taken(1, 6)));
        Assert.Equal("1: disputed, ended rejected, case paid_twice", await StateAsync(world, 1));
        var number = await CaseOfAsync(world, 1, "paid_twice");
        Assert.Equal("not_allowed.money_not_final", Code(await new Casework(world.Answers.Database, world.Answers.Clock).ResolveAsync(world.Answers.Reconciler, number, "xong", default)));
        Ok(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Paid));
        Ok(await Settle(world).AnswerAsync(Approver, number, null, default));
        Assert.Equal("1: paid_by_account, ended rejected", await StateAsync(world, 1));
        await HoldsAsync(world);

        world.On(11, 30);
        Assert.Equal(0, (await world.Answers.ReconcileAsync()).ToCash);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.SqlAsync("""
            INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run) VALUES (40, 202611, 1, 1, 2, 2, 501000, 1, 1, 202611, 1)
            """));
        Assert.Equal("settled_paid_stays_paid", refused.ConstraintName);
        var alone = await Assert.ThrowsAsync<PostgresException>(() => world.SqlAsync("""
            INSERT INTO settlement SELECT province_code, month, run_no, line_no, attempt, 2, case_no, commune_id, 'returned', evidence, facts_digest, 0, ground, NULL, NULL, 'lan', at, operation_no FROM settlement;
            INSERT INTO settlement_answer SELECT province_code, month, run_no, line_no, attempt, 2, 'approved', 'lan', 'lan', NULL, at, operation_no FROM settlement_answer;
            """));
        Assert.Equal("settled_by_two_persons", alone.ConstraintName);

        // The bank writes that its word was wrong: two persons settle it anew, and what its statement took is its debt.
        Assert.Equal("not_allowed.settled_already", Code(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Paid, "khác")));
        var anew = Ok(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Returned));
        Ok(await Settle(world).AnswerAsync(Approver, Assert.Single(anew.Beside).CaseNo, null, default));
        Assert.Equal("1: returned, ended rejected, case bank_short+returned", await StateAsync(world, 1));
        Assert.Equal($"bank_short {Amount(1)}", Assert.Single(await world.Answers.RowsAsync<string>("SELECT kind || ' ' || left_vnd FROM payment_claim_now")));
        await HoldsAsync(world);
    }

    [PostgresFact]
    public async Task A_refusal_beside_a_debit_is_settled_as_returned_and_goes_to_cash_while_the_bank_owes_it()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 6, Taken(1, 3), Taken(2, 3)));
        var number = await CaseOfAsync(world, 1, "contradicted");
        Assert.Equal("not_allowed.money_not_final", Code(await new Casework(world.Answers.Database, world.Answers.Clock).ResolveAsync(world.Answers.Reconciler, number, "xong", default)));
        Ok(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Returned));
        // The bank speaks once more before the second person does.
        await world.ImportAsync(world.Answers.Report(10, (Id(1), "RJCT", "AC04")));
        Assert.Equal("not_allowed.evidence_moved", Code(await Settle(world).AnswerAsync(Approver, number, null, default)));
        Ok(await Settle(world).AnswerAsync(world.Answers.Reconciler, number, "ngân hàng vừa báo lại", default));
        Ok(await ProposeAsync(world, world.Answers.Reconciler, number, SettledAs.Returned));
        Ok(await Settle(world).AnswerAsync(Approver, number, null, default));
        Assert.Equal("1: returned, ended returned, case bank_short+returned", await StateAsync(world, 1));
        Assert.StartsWith("settlement 2 of case ", Assert.Single(await world.Answers.RowsAsync<string>("SELECT proof FROM attempt_end")), StringComparison.Ordinal);
        await HoldsAsync(world);

        world.On(11, 12);
        Assert.Equal(1, (await world.Answers.ReconcileAsync()).ToCash);
        Assert.Equal("1: cash_due, ended returned, case bank_short", await StateAsync(world, 1));
        await HoldsAsync(world);
        // The bank books it back after all: its debt is gone, the payment goes on in cash.
        await world.ImportAsync(world.Answers.StatementOf(new(2026, 11, 7), new(2026, 11, 12), Return(Id(1), Amount(1), "AC04", 12)));
        Assert.StartsWith("1: cash_due, ended returned", await StateAsync(world, 1), StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(await world.Answers.RowsAsync<long>("SELECT left_vnd FROM payment_claim_now")));
        await HoldsAsync(world);
    }

    [PostgresFact]
    public async Task The_store_binds_a_settlement_to_the_same_digest_as_Core()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "ACSP", null)), world.Answers.Notification(5, Return(Id(1), Amount(1), "AC04")), world.Answers.Statement(2, 6, Taken(1, 3), Taken(2, 3), Return(Id(1), Amount(1) - 7, "AC04")));
        foreach (var line in (int[])[1, 2])
        {
            var facts = new AttemptFacts();
            foreach (var told in await world.Answers.RowsAsync<(int Evidence, short Level, long Amount, byte[] Key, DateTime At)>(
                $"SELECT evidence, level, coalesce(amount_vnd, 0), event_key, reported_at FROM decided_fact WHERE target = 1 AND target_no = {line}"))
                facts.Add(new FoldedFact((Evidence)told.Evidence, (EvidenceLevel)told.Level, told.Amount, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(told.Key), Instant.FromDateTimeUtc(DateTime.SpecifyKind(told.At, DateTimeKind.Utc)).ToUnixTimeTicks()));
            Assert.Equal(facts.Digest(), Assert.Single(await world.Answers.RowsAsync<byte[]>($"SELECT settlement_facts_digest(40::smallint, 202611, 1, {line}, 1::smallint)")));
        }
    }

    [PostgresFact]
    public async Task A_payout_recorded_as_paid_by_mistake_is_taken_back_by_two_after_the_close_too()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 6, Debit(world.Answers.Sum - Amount(1))));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        await world.PrintCashAsync();
        var receipt = Assert.Single(await world.Answers.RowsAsync<string>("SELECT receipt_code FROM cash_line"));
        Assert.Equal("cash_correction.not_paid", Code(await Corrections(world).ProposeAsync(Cashier, receipt, "biên bản 3", null)));
        await world.CashAsync(1, "paid", "2026-11-12");
        await world.CloseRunAsync();

        Assert.Equal("receipt.unknown", Code(await Corrections(world).ProposeAsync(Cashier, "X", "biên bản 3", null)));
        var proposal = Ok(await Corrections(world).ProposeAsync(Cashier, receipt.ToLowerInvariant(), "biên bản 3 ngày 12/11", null));
        Assert.Equal(proposal.CorrectionNo, Ok(await Corrections(world).ProposeAsync(Cashier, receipt, "biên bản 3 ngày 12/11", null)).CorrectionNo);
        Assert.Equal("cash_correction.waits", Code(await Corrections(world).ProposeAsync(world.Answers.Reconciler, receipt, "khác", null)));
        Assert.Equal("not_allowed.role", Code(await Corrections(world).DecideAsync(Cashier, proposal.CorrectionNo, true, "QĐ 5")));
        Assert.Equal("1: paid_in_cash, ended rejected, case cash_correction", await StateAsync(world, 1));
        var done = Ok(await Corrections(world).DecideAsync(Approver, proposal.CorrectionNo, true, "QĐ 5"));
        Assert.Equal(proposal.PaidByOperation, Assert.Single(await world.Answers.RowsAsync<long>("SELECT operation_no FROM posting WHERE to_place = 10")));
        Assert.True(done.Accepted);
        Assert.Equal("1: cash_due, ended rejected+uncollected", await StateAsync(world, 1));
        // The run is closed: booked in the open month, about the list and run it takes back.
        Assert.Equal((202612, 202611, 202611), Assert.Single(await world.Answers.RowsAsync<(int, int, int)>("SELECT month, run_month, list_month FROM posting WHERE from_place = 10")));
        Assert.Equal((0, 1), Assert.Single(await world.Answers.RowsAsync<(int, int)>("SELECT count(*) FILTER (WHERE result = 'paid')::int, count(*) FILTER (WHERE result = 'uncollected')::int FROM cash_outcome")));
        Assert.Equal("cash_correction.not_paid", Code(await Corrections(world).ProposeAsync(Cashier, Assert.Single(await ReprintAsync(world)), "lần nữa", null)));
        await HoldsAsync(world);
        await world.CashAsync(1, "paid", "2026-11-12");
        await HoldsAsync(world);
    }

    static async Task<IReadOnlyList<string>> ReprintAsync(LedgerWorld world)
    {
        await world.PrintCashAsync();
        return await world.Answers.RowsAsync<string>("SELECT receipt_code FROM cash_line c WHERE NOT EXISTS (SELECT FROM cash_result r WHERE r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no)");
    }

    [PostgresFact]
    public async Task A_claim_stands_with_the_cash_result_and_goes_with_its_correction()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        await world.PrintCashAsync();
        await world.ImportAsync(world.Answers.Report(12, (Id(1), "ACSC", null)), world.Answers.StatementOf(new(2026, 11, 6), new(2026, 11, 12), Taken(1, 12)));
        Assert.Empty(await world.Answers.RowsAsync<int>("SELECT claim_no FROM payment_claim"));
        await world.CashAsync(1, "paid", "2026-11-12");
        Assert.Equal($"paid_twice {Amount(1)}", Assert.Single(await world.Answers.RowsAsync<string>("SELECT kind || ' ' || left_vnd FROM payment_claim_now")));
        await HoldsAsync(world);
        var receipt = Assert.Single(await world.Answers.RowsAsync<string>("SELECT receipt_code FROM cash_line"));
        var proposal = Ok(await Corrections(world).ProposeAsync(Cashier, receipt, "biên bản 4", null));
        Ok(await Corrections(world).DecideAsync(Approver, proposal.CorrectionNo, true, "QĐ 6"));
        Assert.Equal(0, Assert.Single(await world.Answers.RowsAsync<long>("SELECT left_vnd FROM payment_claim_now")));
        await HoldsAsync(world);
    }

    [PostgresFact]
    public async Task The_last_of_26_attempts_is_a_case_from_its_first_day_and_is_never_ended()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        for (var attempt = 2; attempt < 25; attempt++)
        {
            await world.SqlAsync($"""
                INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, ended_on, operation_no) VALUES (40, 202611, 1, 1, {attempt}, 'uncollected', 'thử', '2026-11-12', 1);
                INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, pay_commune_id, carried_month, carried_run) VALUES (40, 202611, 1, 1, {attempt + 1}, 2, {Amount(1)}, 1, 1, 202611, 1);
                """);
        }

        await world.PrintCashAsync();
        await world.CashAsync(1, "uncollected", "2026-11-12");
        Assert.Equal("last_attempt", Assert.Single(await world.Answers.RowsAsync<string>("SELECT kind FROM payment_case WHERE line_no = 1 AND closed_at IS NULL")));
        var receipt = Assert.Single(await ReprintAsync(world));
        var path = Path.Combine(Path.GetTempPath(), receipt + "-last.csv");
        await File.WriteAllTextAsync(path, $"receipt_code,result,paid_on\n{receipt},uncollected,2026-11-12\n");
        Assert.Equal("cash_results.last_attempt", Code(Assert.Single(await world.Cash.ConfirmAsync(world.CashOfficer, [path], null, default))));
        File.Delete(path);
        Assert.Equal(0, Ok(await world.Cash.CloseAsync(world.CashOfficer, Core.CashPayouts.CashListId.Parse("40-2611-C0002").Value, new LocalDate(2026, 11, 12), default)).Uncollected);
        Assert.StartsWith("1: on_cash_list", await StateAsync(world, 1), StringComparison.Ordinal);
        await world.CashAsync(1, "paid", "2026-11-12");
        Assert.StartsWith("1: paid_in_cash", await StateAsync(world, 1), StringComparison.Ordinal);
        Assert.Empty(await world.Answers.RowsAsync<int>("SELECT case_no FROM payment_case WHERE kind = 'last_attempt' AND closed_at IS NULL"));
        Assert.DoesNotContain(await world.BrokenAsync(), broken => broken.StartsWith("I1.", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task A_death_told_by_a_bank_shows_what_is_on_its_way_to_the_same_payee_and_whom_the_next_plan_holds()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 3);
        await world.TamperAsync("UPDATE attempt SET payee_no = 1 WHERE line_no = 2");
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "MD07")));
        var shown = Ok(await new Casework(world.Answers.Database, world.Answers.Clock).ShowAsync(Approver, await CaseOfAsync(world, 1, "deceased"), default));
        Assert.Equal((2, Amount(2), true), Assert.Single(shown.OnTheirWay.Select(way => (way.LineNo, way.AmountVnd, way.HandedOver))));
        await using var session = await world.Answers.Database.RunAsync(default);
        var reported = await HoldStore.ReportedDeadAsync(session, Province, default);
        Assert.Equal((1, 1), (Assert.Single(reported.Payees), Assert.Single(reported.Recipients)));
    }

    /// <summary>What an approval binds cannot be read two ways.</summary>
    [PostgresFact]
    public async Task A_bar_in_a_name_does_not_make_two_repayments_one()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster, 2);
        await world.Answers.AddAccountsAsync();
        await world.TamperAsync("UPDATE payee SET channel_version = 1");
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AB05")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        var maker = Person("maker", Role.Maker);
        var runs = new PaymentRuns(world.Answers.Database, world.Answers.Clock, LawFiles.LoadEmbedded(), PaymentEngine.Messages.BankingCalendars.VietNam) { Keys = PaymentEngine.ServiceTests.Runs.ReadAndApproved.Keys };
        var run = Assert.Single(Ok(await runs.RegulariseAsync(maker, new(2026, 11), null, null))).Id;
        await using var session = await world.Answers.Database.RunAsync(default);
        await world.TamperAsync("UPDATE channel SET bank_bin = '970436|A', holder_name = 'B' WHERE payee_no = 1");
        var one = await RepaymentStore.DigestAsync(session, run, default);
        await world.TamperAsync("UPDATE channel SET bank_bin = '970436', holder_name = 'A|B' WHERE payee_no = 1");
        Assert.NotEqual(one, await RepaymentStore.DigestAsync(session, run, default));
    }
}
