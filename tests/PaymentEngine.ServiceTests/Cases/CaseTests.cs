using NodaTime;
using Npgsql;
using PaymentEngine.ServiceTests.Runs;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.ServiceTests.Answers;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Cases;

/// <summary>Failed payments worked to their end by people.</summary>
[Collection(PostgresCollection.Name)]
public sealed class CaseTests(ScratchCluster cluster)
{
    static Caller Person(string name, params string[] roles) => new(Province, name, name, roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = Instant.MaxValue };

    static readonly Caller Editor = Person("editor", Role.AccountEditor);
    static readonly Caller OtherEditor = Person("second", Role.AccountEditor);
    static readonly Caller Maker = Person("maker", Role.Maker);
    static readonly Caller Approver = Person("approver", Role.Approver);
    static readonly Caller Cashier = Person("cashier", Role.CashOfficer);

    static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, string.Join('\n', result.Problems));
        return result.Value;
    }

    static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;

    static PaymentRuns Runs(AnswerWorld world) => new(world.Database, world.Clock, LawFiles.LoadEmbedded(), BankingCalendars.VietNam) { Keys = PaymentEngine.ServiceTests.Runs.ReadAndApproved.Keys };

    static Casework Work(AnswerWorld world) => new(world.Database, world.Clock);

    static CaseRepairs Repairs(AnswerWorld world) => new(world.Database, world.Clock);

    static async Task<int> CaseOfAsync(AnswerWorld world, int line, string kind) =>
        Assert.Single(await world.RowsAsync<int>($"SELECT case_no FROM payment_case WHERE line_no = {line} AND kind = '{kind}' AND closed_at IS NULL"));

    static async Task VerifyAsync(AnswerWorld world)
    {
        var findings = await Invariants.CheckAsync(world.Database, Province, 0, 0, default);
        // The world writes its first rows by hand: its own operation has no block, its first posting no members, its run no totals.
        var broken = findings.SelectMany(finding => finding.Violations.Select(violation => $"{finding.Id}: {violation}"))
            .Where(violation => !violation.StartsWith("I14.chain: operation 1 (seed)", StringComparison.Ordinal) && !violation.StartsWith("I1.members: operation 1,", StringComparison.Ordinal)
                && !violation.StartsWith("I2.lines", StringComparison.Ordinal)).ToList();
        Assert.Empty(broken);
    }

    /// <summary>Payment 1 was refused (AC04) and never taken; the others are paid.</summary>
    async Task<AnswerWorld> RefusedAsync(string? reason = "AC04")
    {
        var world = await OpenAsync(cluster);
        await world.AddAccountsAsync();
        await using (var session = await world.Database.OwnerAsync(default)) await session.ExecuteAsync("UPDATE payee SET channel_version = 1");
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", reason)), world.Statement(2, 5, Debit(world.Sum - Amount(1))));
        return world;
    }

    [PostgresFact]
    public async Task A_corrected_account_needs_two_people_and_a_wait_and_is_then_paid_by_another_run()
    {
        await using var world = await RefusedAsync();
        using var cipher = KeyFolder.Open(Directory.CreateTempSubdirectory("pe-case-keys-").FullName, world.Clock).Value.OpenCipher();
        var number = await CaseOfAsync(world, 1, "rejected");
        var account = new CorrectedAccount("Vietcombank", "0011009998887", "Nguyễn Văn 1", "giấy đề nghị số 12", null);

        Assert.Equal("not_allowed.same_account", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));
        Assert.Equal("account.name_differs", Code(await Repairs(world).CorrectAsync(Editor, number, account with { Holder = "Trần Thị Khác" }, cipher, default)));
        Assert.Equal("account_number.malformed", Code(await Repairs(world).CorrectAsync(Editor, number, account with { Account = "12 345" }, cipher, default)));
        Assert.Equal("not_allowed.role", Code(await Repairs(world).CorrectAsync(Maker, number, account, cipher, default)));
        var proposed = Ok(await Repairs(world).CorrectAsync(Editor, number, account, cipher, default));
        Assert.Equal((100, "exact", "NGUYỄN VĂN 1"), (Assert.Single(proposed.Changes).NameScore, proposed.Changes[0].NameRule, proposed.Changes[0].HolderForm));
        Assert.True(Ok(await Repairs(world).CorrectAsync(Editor, number, account, cipher, default)).AlreadyDone);
        Assert.Equal("not_allowed.own_change", Code(await Repairs(world).ApproveAsync(Editor, number, default)));
        var approved = Ok(await Repairs(world).ApproveAsync(OtherEditor, number, default));
        Assert.Equal(new LocalDate(2026, 11, 9), Assert.Single(approved.Changes).UsableOn); // the 6th is a Friday: one banking day
        Assert.Equal(1, Assert.Single(await world.RowsAsync<int>("SELECT max(version) FROM channel WHERE payee_no = 1")));
        Assert.Equal("not_allowed.change_waits", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));

        world.Clock.Now += Duration.FromDays(4); // past the case's first term: it is not sent to cash
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.Equal("applied", Assert.Single(Ok(await Work(world).ShowAsync(Maker, number, default)).Changes).State);
        Assert.Equal("2|970436|2", Assert.Single(await world.RowsAsync<string>("SELECT h.version || '|' || h.bank_bin || '|' || p.version FROM payee p JOIN channel h ON h.payee_no = p.payee_no AND h.version = p.channel_version WHERE p.payee_no = 1 AND p.known_to = 'infinity'")));

        var run = Assert.Single(Ok(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, null)));
        Assert.Equal((RunKinds.Regularisation, 1, 0L, Amount(1)), (run.Run.Kind, run.Total!.BankAttempts, run.Total.ListedVnd, run.Total.DeclaredVnd));
        Assert.Equal("run.nothing_to_repay", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, null)));
        world.Clock.Now += Duration.FromDays(10);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash); // a draft carries it: no timer takes it away
        Ok(await Runs(world).SubmitAsync(Maker, run.Id, 1, Amount(1)));
        Assert.Equal("run.total_differs", Code(await Runs(world).ApproveSeenAsync(Approver, run.Id, 0)));
        Ok(await Runs(world).ApproveSeenAsync(Approver, run.Id, Amount(1)));
        Assert.StartsWith("1: ordered, ended rejected\n2: paid_by_account", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Equal("2 1 2 202611/2", Assert.Single(await world.RowsAsync<string>("SELECT attempt || ' ' || kind || ' ' || channel_version || ' ' || carried_month || '/' || carried_run FROM attempt WHERE line_no = 1 AND attempt > 1")));
        Assert.Equal("paid_again", Assert.Single(await world.RowsAsync<string>($"SELECT closed_how FROM payment_case WHERE case_no = {number}")));
        await VerifyAsync(world);
    }

    [PostgresFact]
    public async Task The_store_itself_refuses_a_second_attempt_without_a_proven_end_and_an_account_approved_by_its_maker()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")));
        var number = await CaseOfAsync(world, 1, "rejected");
        await using var session = await world.Database.OwnerAsync(default);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync($"""
            INSERT INTO run_repayment (province_code, month, run_no, origin_month, origin_run, line_no, attempt, case_no, recipient_id, programme, commune_id, amount_vnd, payee_no, channel_version, route_no)
            VALUES (40, 202611, 1, 202611, 1, 1, 2, {number}, 1, 2, 1, {Amount(1)}, 1, 1, 1)
            """));
        Assert.Equal("repaid_after_proven_end", refused.ConstraintName);
        await session.ExecuteAsync($"""
            INSERT INTO account_change (province_code, change_no, case_no, commune_id, payee_no, payee_version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, expected_name, holder_form, expected_form, name_rule, name_score, source, wait_days, made_by, at, operation_no)
            VALUES (40, 1, {number}, 1, 1, 1, 1, '970436', 1, decode('00', 'hex'), decode(repeat('0a', 16), 'hex'), '1234', 'A', 'A', 'A', 'A', 'exact', 100, 's', 1, 'editor', now(), 1)
            """);
        var own = await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync("""
            INSERT INTO account_change_step (province_code, change_no, step, person, made_by, usable_on, at, operation_no) VALUES (40, 1, 'approved', 'editor', 'editor', '2026-11-09', now(), 1)
            """));
        Assert.Equal("account_approver_is_not_maker", own.ConstraintName);
    }

    [PostgresFact]
    public async Task A_person_sends_to_cash_what_the_policy_allows_not_on_the_same_day_and_the_rest_takes_two()
    {
        await using var world = await OpenAsync(cluster);
        await world.AddAccountsAsync();
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "RJCT", "MS03"), (Id(3), "RJCT", "AM05")));
        var (account, unknown, duplicate) = (await CaseOfAsync(world, 1, "rejected"), await CaseOfAsync(world, 2, "rejected"), await CaseOfAsync(world, 3, "rejected"));
        Assert.Equal("not_allowed.not_proven", Code(await Repairs(world).CashAsync(Cashier, account, default)));
        await world.ImportAsync(world.Statement(2, 5, Debit(Amount(4))));
        account = await CaseOfAsync(world, 1, "rejected");
        Assert.Equal("not_allowed.same_day", Code(await Repairs(world).CashAsync(Cashier, account, default)));
        world.Clock.Now += Duration.FromDays(1);
        Ok(await Repairs(world).CashAsync(Cashier, account, default));
        Assert.True(Ok(await Repairs(world).CashAsync(Cashier, account, default)).AlreadyDone);

        Assert.Equal("not_allowed.decision_needed", Code(await Repairs(world).CashAsync(Cashier, unknown, default)));
        Ok(await Repairs(world).DecideAsync(world.Reconciler, unknown, "cash", "công văn 17 của ngân hàng", default));
        Assert.Equal("not_allowed.role", Code(await Repairs(world).AnswerDecisionAsync(world.Reconciler, unknown, null, default)));
        Ok(await Repairs(world).AnswerDecisionAsync(Approver, unknown, null, default));
        Assert.Equal("not_allowed.never_cash", Code(await Repairs(world).CashAsync(Cashier, duplicate, default)));
        Assert.Equal("not_allowed.never_cash", Code(await Repairs(world).DecideAsync(world.Reconciler, duplicate, "cash", "bất kỳ", default)));
        Assert.StartsWith("1: cash_due, ended rejected\n2: cash_due, ended rejected\n3: returned, ended rejected, case rejected\n", await world.StateAsync(), StringComparison.Ordinal);
        await VerifyAsync(world);
    }

    [PostgresFact]
    public async Task A_retry_goes_to_the_same_account_and_a_draft_that_was_overtaken_or_returned_lets_go()
    {
        await using var world = await RefusedAsync("AB05");
        var number = await CaseOfAsync(world, 1, "rejected");
        var first = Assert.Single(Ok(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));
        Assert.Equal("not_allowed.in_a_run", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));
        Ok(await Runs(world).ReturnAsync(Maker, first.Id, "để làm lại"));
        Assert.Equal("repay", Ok(await Work(world).ShowAsync(Maker, number, default)).Case.NextAction);

        var second = Assert.Single(Ok(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));
        Ok(await Runs(world).SubmitAsync(Maker, second.Id, 1, Amount(1)));
        // The money of the refused payment is debited after all: the evidence disagrees, and the draft may not be approved any more.
        await world.ImportAsync(world.Statement(6, 6, Debit(Amount(1), 6)));
        Assert.Contains("contradicted", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Equal("not_allowed.overtaken", Code(await Runs(world).ApproveSeenAsync(Approver, second.Id, Amount(1))));
    }

    [PostgresFact]
    public async Task A_payment_to_an_account_that_would_serve_too_many_is_not_made_again_before_two_people_have_decided()
    {
        await using var world = await RefusedAsync("AB05");
        var number = await CaseOfAsync(world, 1, "rejected");
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("""
                UPDATE channel SET account_tag = (SELECT account_tag FROM channel WHERE payee_no = 1) WHERE payee_no = 2;
                INSERT INTO run_programme (province_code, month, payer_no, programme, run_no, regular) VALUES (40, 202611, 1, 2, 1, true);
                """);
        }

        var rules = new RunRuleVersions(world.Database, world.Clock);
        Ok(await rules.LoadAsync(Maker, System.Text.Encoding.UTF8.GetBytes(RunRulesFile.Write(RunRules.OfProgram with { Outliers = RunRules.OfProgram.Outliers with { SharedAccountWarn = 1, SharedAccountMax = 1 } })), "rules.json"));
        Ok(await rules.ApproveAsync(Approver, 1));

        Assert.Equal("case.account_crowded", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, [number])));
        Assert.Equal("run.nothing_to_repay", Code(await Runs(world).RegulariseAsync(Maker, new(2026, 11), null, null)));
    }

    [PostgresFact]
    public async Task A_case_is_taken_given_and_freed_from_somebody_absent_and_rests_are_stuck()
    {
        await using var world = await RefusedAsync();
        var number = await CaseOfAsync(world, 1, "rejected");
        await using (var session = await world.Database.OwnerAsync(default))
            await session.ExecuteAsync("INSERT INTO app_user (province_code, user_name, full_name, password_hash, roles, communes, valid_from) VALUES (40, 'xa', 'Cán bộ xã', 'x', '{commune_officer}', '{1}', '2026-01-01'), (40, 'xa2', 'Cán bộ xã 2', 'x', '{commune_officer}', '{2}', '2026-01-01')");
        var (here, elsewhere) = (Person("xa", Role.CommuneOfficer) with { Communes = [1] }, Person("xa2", Role.CommuneOfficer) with { Communes = [2] });

        Assert.Equal("case.unknown", Code(await Work(world).TakeAsync(elsewhere, number, default)));
        Assert.Empty(Ok(await Work(world).ListAsync(elsewhere, new(), null, false, default)));
        Assert.Equal("not_allowed.role", Code(await Work(world).TakeAsync(Cashier, number, default)));
        Assert.Equal("not_allowed.not_their_commune", Code(await Work(world).GiveAsync(Approver, number, "xa2", null, default)));
        Ok(await Work(world).GiveAsync(Approver, number, "xa", "gọi cho gia đình", default));
        Assert.Equal("not_allowed.case_taken", Code(await Work(world).TakeAsync(world.Reconciler, number, default)));
        Assert.Equal("not_allowed.case_taken", Code(await Repairs(world).CashAsync(Cashier, number, default)));
        var called = Ok(await Work(world).ContactAsync(here, number, "phone", "reached", new LocalDateTime(2026, 11, 6, 8, 0), "sẽ mở tài khoản mới", default));
        Assert.NotEqual(called.Events[^1].At, called.Events[^1].HappenedAt);
        Assert.Equal("case.contact_in_future", Code(await Work(world).ContactAsync(here, number, "phone", "reached", new LocalDateTime(2026, 12, 1, 8, 0), null, default)));
        Assert.Equal("not_allowed.money_not_final", Code(await Work(world).ResolveAsync(world.Reconciler with { UserName = "xa" }, number, "xong", default)));

        Assert.Equal(0, Ok(await Work(world).StartAsync(Approver, default)).Cases.Stuck);
        world.Clock.Now += Duration.FromDays(20);
        Assert.Equal(number, Assert.Single(Ok(await Work(world).ListAsync(Approver, new(), null, true, default))).CaseNo);
        Assert.Equal(1, Ok(await Work(world).StartAsync(Approver, default)).Cases.Stuck);
        Assert.Equal("not_allowed.role", Code(await Work(world).FreeAsync(world.Reconciler, number, "nghỉ ốm", default)));
        Ok(await Work(world).FreeAsync(Approver, number, "nghỉ ốm", default));
        Ok(await Work(world).TakeAsync(world.Reconciler, number, default));
        Assert.Equal(["given", "contact", "freed", "taken"], Ok(await Work(world).ShowAsync(Approver, number, default)).Events.Select(done => done.Event));
        await VerifyAsync(world);
    }

    [PostgresFact]
    public async Task An_answer_that_comes_late_does_not_make_a_case_late()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Statement(2, 4, Debit(world.Sum)));
        world.Clock.Now += Duration.FromDays(24); // 30 November, a Monday
        await world.ImportAsync(world.Statement(5, 6, Return(Id(1), Amount(1), "AC04", 5)));
        var late = Assert.Single(Ok(await Work(world).ListAsync(Approver, new(Kind: "returned"), null, false, default)));
        Assert.Equal((new LocalDate(2026, 11, 5), new LocalDate(2026, 12, 3)), (late.HappenedOn, late.DueOn));
        Assert.Empty(Ok(await Work(world).ListAsync(Approver, new(), null, true, default)));
        Assert.Empty(Ok(await Work(world).ListAsync(Approver, new(), 1, false, default)));
    }

    [PostgresFact]
    public async Task Money_paid_twice_is_a_claim_on_the_payee_and_a_short_return_one_on_the_bank()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 5, Debit(world.Sum - Amount(1)), Return(Id(2), Amount(2) - 11_000, "AC04")));
        var shortCase = await CaseOfAsync(world, 2, "bank_short");
        Assert.Equal("bank_short 11000", Assert.Single(await world.RowsAsync<string>("SELECT kind || ' ' || left_vnd FROM payment_claim_now")));
        Assert.Equal("not_allowed.claim_open", Code(await Work(world).ResolveAsync(world.Reconciler, shortCase, "bỏ qua", default)));
        Assert.Equal("claim.too_much", Code(await Repairs(world).ClaimAsync(world.Reconciler, shortCase, ClaimEntry.Recovered, new Vnd(11_001), "báo có 3", default)));
        Ok(await Repairs(world).ClaimAsync(world.Reconciler, shortCase, ClaimEntry.Recovered, new Vnd(4_000), "báo có 3", default));
        Assert.Equal("not_allowed.role", Code(await Repairs(world).ClaimAsync(world.Reconciler, shortCase, ClaimEntry.WrittenOff, new Vnd(7_000), "quyết định 9", default)));
        Assert.Equal("settled", Ok(await Repairs(world).ClaimAsync(Approver, shortCase, ClaimEntry.WrittenOff, new Vnd(7_000), "quyết định 9", default)).Case.ClosedHow);

        // Payment 1 goes to cash, is paid there, and then the bank says that it paid after all.
        world.Clock.Now += Duration.FromDays(5);
        Assert.Equal(2, (await world.ReconcileAsync()).ToCash);
        var disk = new PaymentEngine.App.Files.DiskFiles(new ActionCounter());
        var cash = new CashPayouts(world.Database, world.Clock, disk, new PaymentEngine.App.Paper.PaperPrinter(disk, ""));
        var folder = Directory.CreateTempSubdirectory("pe-case-cash-").FullName;
        Ok(await cash.PrintAsync(Cashier, new(2026, 11), null, folder, false, default));
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("INSERT INTO cash_result (province_code, month, list_no, cash_line_no, result, paid_on, person, at, operation_no) SELECT province_code, month, list_no, cash_line_no, 'paid', '2026-11-11', 'cashier', now(), 1 FROM cash_line WHERE line_no = 1");
        }

        await world.ImportAsync(world.Statement(6, 6, Debit(Amount(1), 6)), world.Report(11, (Id(1), "ACSC", null)));
        var twice = await CaseOfAsync(world, 1, "paid_twice");
        Assert.Equal($"paid_twice {Amount(1)}", Assert.Single(await world.RowsAsync<string>("SELECT kind || ' ' || left_vnd FROM payment_claim_now WHERE kind = 'paid_twice'")));
        Ok(await Repairs(world).ClaimAsync(world.Reconciler, twice, ClaimEntry.Recovered, new Vnd(Amount(1)), "phiếu thu 5", default));
        Assert.Equal(0, Assert.Single(await world.RowsAsync<long>("SELECT sum(left_vnd)::bigint FROM payment_claim_now")));
        Directory.Delete(folder, recursive: true);
    }

    [PostgresFact]
    public async Task Desks_and_terms_are_data_that_an_administrator_sets()
    {
        await using var world = await RefusedAsync();
        var number = await CaseOfAsync(world, 1, "rejected");
        var administrator = Person("admin", Role.Administrator);
        await using (var session = await world.Database.OwnerAsync(default))
            await session.ExecuteAsync("INSERT INTO app_user (province_code, user_name, full_name, password_hash, roles, communes, valid_from) VALUES (40, 'xa', 'Cán bộ xã', 'x', '{commune_officer}', '{1}', '2026-01-01')");
        Assert.Equal("not_allowed.role", Code(await Work(world).SetDeskAsync(Cashier, Role.CommuneOfficer, "16690", "xa", default)));
        Assert.Equal("not_allowed.not_their_commune", Code(await Work(world).SetDeskAsync(administrator, Role.CommuneOfficer, null, "xa", default)));
        Ok(await Work(world).SetDeskAsync(administrator, Role.CommuneOfficer, "16690", "xa", default));
        Assert.Equal("xa", Ok(await Work(world).ShowAsync(Approver, number, default)).Case.Desk);
        Assert.Equal(number, Assert.Single(Ok(await Work(world).ListAsync(Approver, new(Owner: "xa"), null, false, default))).CaseNo);
        Assert.Equal(1, Ok(await Work(world).StartAsync(Person("xa", Role.CommuneOfficer) with { Communes = [1] }, default)).Cases.ForMe);
        Ok(await Work(world).SetDeskAsync(administrator, Role.CommuneOfficer, "16690", null, default));
        Assert.Null(Ok(await Work(world).ShowAsync(Approver, number, default)).Case.Desk);
        Assert.Equal("usage.case_term", Code(await Work(world).SetTermAsync(administrator, "patience", 3, "thử", default)));
        Assert.Equal("usage.case_term_days", Code(await Work(world).SetTermAsync(administrator, "ask_payee", 0, "thử", default)));
        Assert.Equal("usage.case_term_days", Code(await Work(world).SetTermAsync(administrator, "account_wait", 31, "thử", default)));
        Assert.Equal(CaseTerms.Default with { AccountWait = 3 }, Ok(await Work(world).SetTermAsync(administrator, "account_wait", 3, "quy chế nội bộ", default)));

        // A term counts for what begins from then on: the case that was there keeps its day.
        var before = Ok(await Work(world).ShowAsync(Approver, number, default)).Case.DueOn;
        Assert.Equal(9, Ok(await Work(world).SetTermAsync(administrator, "ask_payee", 9, "quy chế nội bộ", default)).AskPayee);
        await world.ImportAsync(world.Statement(6, 6, Return(Id(2), Amount(2), "AC04", 6)));
        var after = Ok(await Work(world).ShowAsync(Approver, await CaseOfAsync(world, 2, "returned"), default)).Case;
        Assert.Equal(BankingCalendars.VietNam.Plus(after.OpenedAt.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date, 9), after.DueOn);
        Assert.Equal(before, Ok(await Work(world).ShowAsync(Approver, number, default)).Case.DueOn);
    }
}
