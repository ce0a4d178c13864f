using System.Globalization;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>From a hold to its end after the list is approved: paid once the register is right, in cash, or back to the budget; each by two people.</summary>
[Collection(PostgresCollection.Name)]
public sealed class HoldRoadTests(ScratchCluster cluster)
{
    const long SevereVnd = 810_000, HouseholdVnd = 540_000;

    static readonly Caller Editor = new(RunWorld.Province, "editor", "Người sửa tài khoản", new HashSet<string> { Role.AccountEditor }, null) { ProvenUntil = Instant.MaxValue };

    static PaymentHolds Holds(RunWorld world) => new(world.Database, world.Clock, BankingCalendars.VietNam);

    static Task<IReadOnlyList<(int, int, long)>> Places(RunWorld world) => world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM certificate GROUP BY place ORDER BY place");

    [PostgresFact]
    public async Task Each_kind_of_hold_is_paid_when_its_cause_is_mended_or_given_back_by_decision()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 10);
        var home = Directory.CreateTempSubdirectory("pe-hold-road-").FullName;
        try
        {
            using var cipher = KeyFolder.Open(Path.Combine(home, "keys"), world.Clock).Value.OpenCipher();
            await RoutesAsync(world, home, cipher, "SO,1,,970436,,,,,970415,1112223334,SO Y TE,,,"); // 1, 5 and 9 have no route
            // 2's household has nobody who takes its money; 3, 4 and 6 died in November; 7 is a man entered as pregnant.
            await world.SqlAsync("""
                INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
                VALUES (40, 2, 2, 0, '40', 1, 1, 1, 1, 1, 3, '2026-01-02', 1);
                INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, pregnant, children, class, relation, suspend_reason, review_result, known_from, operation_no)
                VALUES (40, 102, 1, 'H2', 2, 2, 'CS.HOGD', 0, 0, 0, '2026-01-15', NULL, NULL, 0, 0, 0, 0, '2026-01-02', 1),
                       (40, 107, 1, 'M7', 7, 2, 'CS.MANGTHAI', 0, 0, 0, '2026-01-15', true, NULL, 0, 0, 0, 0, '2026-01-02', 1);
                """);
            await DeathAsync(world, "'2026-11-02'", 3, 4, 6);
            world.Clock.Now = Instant.FromUtc(2026, 11, 5, 3, 0);
            var approved = await world.ApprovedAsync();
            Assert.Equal(
                [(1, HoldReasons.NoRoute), (2, HoldReasons.NoPayee), (3, HoldReasons.Deceased), (4, HoldReasons.Deceased), (5, HoldReasons.NoRoute), (6, HoldReasons.Deceased), (7, HoldReasons.Contradicted), (9, HoldReasons.NoRoute)],
                await world.RowsAsync<(int, string)>("SELECT recipient_id, hold_reason FROM disbursement WHERE hold_reason IS NOT NULL ORDER BY recipient_id, line_no"));
            Assert.All(await world.RowsAsync<(string Owner, string Action)>("SELECT owner, next_action FROM payment_case WHERE closed_at IS NULL AND due_on > '2026-11-05'"), one => Assert.Equal((Role.Maker, "correct_register"), one));

            // Nothing is mended yet: nobody is paid, and each refusal says what to do.
            foreach (var number in (int[])[2, 3, 5, 7])
            {
                var refused = await ReleaseAsync(world, approved.Id, number);
                Assert.Equal("not_allowed.hold_stands", refused.Problems[0].Code);
            }

            Assert.Equal("usage.one_way", (await Holds(world).ReleaseAsync(world.Maker, approved.Id, "P000003", null, "lý do", HoldWay.GiveBack, 3)).Problems[0].Code);
            var before = await Places(world);

            // A payee of the household is recorded: the very sum goes to them in cash.
            await world.SqlAsync("""
                INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, known_from, operation_no)
                VALUES (40, 102, 1, 2, 'Trần Thị Hộ', 4, 4, 0, '2026-11-05', 1);
                """);
            await PaidAsync(world, approved.Id, 2);
            Assert.Equal([(102, 2, HouseholdVnd)], await world.RowsAsync<(int, int, long)>("SELECT a.payee_no, a.kind::int, a.amount_vnd FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE d.recipient_id = 2 AND d.payee_role = 4"));

            // 3 lives after all; 4 has an heir who was recorded since; nobody is left of 6.
            await DeathAsync(world, "NULL", 3);
            await PaidAsync(world, approved.Id, 3);
            await world.SqlAsync("""
                INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, valid_from, channel, wish, known_from, operation_no)
                VALUES (40, 104, 1, 4, 'Nguyễn Thị Con', 6, '2026-11-04', 4, 0, '2026-11-05', 1);
                """);
            Assert.Equal("not_allowed.hold_stands", (await ReleaseAsync(world, approved.Id, 4)).Problems[0].Code);
            var wrong = Assert.Single((await Holds(world).ReleaseAsync(world.Maker, approved.Id, "P000004", null, "người thừa kế", payeeNo: 102)).Problems);
            Assert.Equal("hold.payee", wrong.Code);
            Assert.Contains("104 Nguyễn Thị Con (authorised)", wrong.Remedy, StringComparison.Ordinal);
            Assert.True((await Holds(world).ReleaseAsync(world.Maker, approved.Id, "P000004", null, "người thừa kế", payeeNo: 104)).IsOk);
            Assert.True((await Holds(world).ApproveReleaseAsync(world.Approver, approved.Id, "P000004", null)).IsOk);
            Assert.Equal([104], await world.RowsAsync<int>("SELECT a.payee_no FROM attempt a JOIN disbursement USING (province_code, month, run_no, line_no) WHERE recipient_id = 4"));

            Assert.True((await Holds(world).ReleaseAsync(world.Maker, approved.Id, "P000006", null, "không còn ai", HoldWay.GiveBack)).IsOk);
            Assert.Equal("usage.decision_missing", (await Holds(world).ApproveReleaseAsync(world.Approver, approved.Id, "P000006", null)).Problems[0].Code);
            var given = await Holds(world).ApproveReleaseAsync(world.Approver, approved.Id, "P000006", null, "15/QĐ-UBND, 05/11/2026");
            Assert.True(given.IsOk, string.Join('\n', given.Problems));
            Assert.Equal((11, 1, SevereVnd), Assert.Single(await Places(world), place => place.Item1 == 11));
            var unclaimed = new UnclaimedSums(world.Database, world.Clock);
            var proposal = Assert.Single((await unclaimed.ShowAsync(world.Approver, 1)).Value.Lines);
            Assert.Equal(("P000006", 0, "15/QĐ-UBND, 05/11/2026"), (proposal.PersonId, proposal.RuleMonths, proposal.RuleSource));

            // The facts of 7 are corrected, the routes completed: both go by account, and 5 in the end in cash.
            await world.SqlAsync("""
                INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, class, relation, suspend_reason, review_result, known_from, operation_no)
                VALUES (40, 107, 2, 'M7', 7, 2, 'CS.MANGTHAI', 0, 0, 0, '2026-01-15', 0, 0, 0, 0, '2026-11-05', 1);
                UPDATE award SET known_to = '2026-11-05' WHERE award_no = 107 AND version = 1;
                """);
            await PaidAsync(world, approved.Id, 7);
            await RoutesAsync(world, home, cipher, "SO,1,,,,,,,970415,1112223334,SO Y TE,,,", "SO,2,,,,,,,970415,1112223335,SO Y TE,,,");
            foreach (var number in (int[])[1, 5, 9]) await PaidAsync(world, approved.Id, number);
            Assert.Equal(5, (await Holds(world).ListAsync(world.Maker, approved.Id)).Value.Holds.Count(hold => hold.IsOpen));
            Assert.Equal(["repay"], (await world.RowsAsync<string>("SELECT next_action FROM payment_case WHERE closed_at IS NULL")).Distinct());
            await world.HoldsAsync();

            Assert.Equal("not_allowed.own_release", (await TurnAsync(world, world.Maker with { Roles = new HashSet<string> { Role.Approver } }, approved.Id, 5)).Problems[0].Code);
            Assert.True((await Holds(world).ApproveReleaseAsync(world.Approver, approved.Id, "P000005", null)).IsOk);
            Assert.Equal("redirected_by_two_people", (await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(
                "INSERT INTO run_hold_redirect SELECT q.province_code, q.month, q.run_no, q.line_no, q.hold_no, q.request_no, q.person, q.person, 1, 1, now(), 1 FROM run_hold_request q WHERE line_no = (SELECT line_no FROM disbursement WHERE recipient_id = 9)"))).ConstraintName);

            var again = await world.Runs.RegulariseAsync(world.Maker, world.November, null, null);
            Assert.True(again.IsOk, string.Join('\n', again.Problems));
            var carried = Assert.Single(again.Value);
            Assert.Equal((4, 5 * SevereVnd), (carried.Total!.BankAttempts, carried.Total.DeclaredVnd)); // 1, 3 and 9; 7 was listed for two benefits
            // What a draft carries goes no other way.
            Assert.False((await Holds(world).ReleaseAsync(world.Maker, approved.Id, "P000009", null, "tiền mặt", HoldWay.Cash)).Value.IsNew);
            Assert.True((await world.Runs.SubmitAsync(world.Maker, carried.Id, 4, 5 * SevereVnd)).IsOk);
            Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, carried.Id, 5 * SevereVnd)).IsOk);
            Assert.Empty(await world.RowsAsync<int>("SELECT case_no FROM payment_case WHERE closed_at IS NULL"));
            Assert.DoesNotContain(await Places(world), place => place.Item1 is 1 or 2);
            Assert.Equal(before.Sum(place => place.Item3), (await Places(world)).Sum(place => place.Item3));

            // On paper stand those who take the money, not those the list knew of.
            var printed = await new CashPayouts(world.Database, world.Clock, new DiskFiles(new ActionCounter()), new PaperPrinter(new DiskFiles(new ActionCounter()), "")).PrintAsync(
                world.Maker with { Roles = new HashSet<string> { Role.CashOfficer } }, world.November, null, home, false, default);
            Assert.True(printed.IsOk, string.Join('\n', printed.Problems));
            var onPaper = string.Concat(printed.Value.Select(list => File.ReadAllText(list.CsvFile)));
            foreach (var receiver in (string[])["Trần Thị Hộ", "Nguyễn Thị Con", "Nguyễn Văn 5", "Nguyễn Văn 8"]) Assert.Contains(receiver, onPaper, StringComparison.Ordinal);
            Assert.DoesNotContain("Nguyễn Văn 6", onPaper, StringComparison.Ordinal);

            // Somebody comes for 6 after all.
            var reclaimed = await unclaimed.ReclaimAsync(world.Approver, UnclaimedSums.Payment(RunWorld.Province, proposal), "16/QĐ-UBND, 20/12/2026");
            Assert.True(reclaimed.IsOk, string.Join('\n', reclaimed.Problems));
            Assert.DoesNotContain(await Places(world), place => place.Item1 == 11);
            await world.HoldsAsync();
            foreach (var by in GroupedCertificates.Groupings) Assert.True((await new GroupedCertificates(world.Database).OfMonthAsync(world.Maker, world.November, by, default)).Value.Closes, by);
            await using var session = await world.Database.RunAsync(default);
            Assert.Equal(approved.Total!.ContentHash, await RunSteps.RecomputeHashAsync(session, (await RunStore.FindAsync(session, approved.Id))!));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [PostgresFact]
    public async Task A_draft_pays_as_planned_and_what_was_asked_is_asked_of_the_register_again_when_it_is_approved()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        var draft = await world.PlanAsync();
        Assert.True((await Holds(world).HoldAsync(world.Maker, draft.Id, "P000001", null, "chờ xác minh")).IsOk);
        Assert.Equal("not_allowed.draft_way", (await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "tiền mặt", HoldWay.Cash)).Problems[0].Code);
        await world.ApprovedAsync();
        Assert.True((await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "đã rõ")).Value.IsNew);
        Assert.False((await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "đã rõ")).Value.IsNew);
        await DeathAsync(world, "'2026-10-20'", 1);

        Assert.Equal("not_allowed.hold_stands", (await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000001", null)).Problems[0].Code);

        // Another way is asked for; the first request counts no longer.
        var asked = await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "đã mất, không còn ai", HoldWay.GiveBack);
        Assert.Equal((2, "release_asked"), (asked.Value.Holds[0].RequestNo, asked.Value.Holds[0].State));
        var given = await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000001", null, "15/QĐ-UBND");
        Assert.True(given.IsOk, string.Join('\n', given.Problems));
        Assert.Equal([(3, 1, SevereVnd), (8, 2, 2 * SevereVnd), (11, 1, SevereVnd)], await Places(world));
        Assert.False((await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000001", null, "15/QĐ-UBND")).Value.IsNew);
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task An_account_is_crowded_by_the_people_of_all_runs_of_the_month_together()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 24);
        // The twelve with an account share one, and are one household: only their number speaks against it. Those from 17 on have their award from another payer.
        await world.SqlAsync("""
            UPDATE channel SET account_tag = decode(repeat('5c', 16), 'hex'), bank_bin = '970436';
            UPDATE dated_fact SET household_id = 'H1';
            UPDATE award SET programme = 1, category = 'TB', degree_pct = 45, class = 1 WHERE award_no >= 17;
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin,
                               account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            VALUES (40, 2, 1, 'SNV', 'Sở Nội vụ', 'SNV', 'department', '{1}', '{}', 202611, '970415', 1, '\x00', decode(repeat('0e', 16), 'hex'), '0002', 'SO NOI VU', '2026-01-01', 1);
            """);
        var first = Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "SO")).Value);
        Assert.Equal((8, 0, 1), (first.Total!.BankAttempts, first.Total.Held, first.Findings!.SharedAccounts));

        var second = Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "SNV")).Value);
        Assert.Equal([(HoldReasons.SharedAccount, 4)], second.Holds.Select(hold => (hold.Reason, hold.Items)));

        // The first run goes back and counts no longer.
        Assert.True((await world.Runs.ReturnAsync(world.Maker, first.Id, "lập lại")).IsOk);
        Assert.True((await world.Runs.ReturnAsync(world.Maker, second.Id, "lập lại")).IsOk);
        Assert.Equal(0, Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "SNV")).Value).Total!.Held);
        Assert.Equal([(HoldReasons.SharedAccount, 8)], Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "SO")).Value).Holds.Select(hold => (hold.Reason, hold.Items)));
    }

    static async Task<Result<HoldsView>> ReleaseAsync(RunWorld world, RunId run, int number) =>
        await Holds(world).ReleaseAsync(world.Maker, run, "P" + number.ToString("000000", CultureInfo.InvariantCulture), null, "nguyên nhân đã xử lý");

    /// <summary>Asked by the maker, approved by another.</summary>
    static async Task PaidAsync(RunWorld world, RunId run, int number)
    {
        var asked = await ReleaseAsync(world, run, number);
        Assert.True(asked.IsOk, $"{number}: {string.Join('\n', asked.Problems)}");
        Assert.Equal("release_asked", asked.Value.Holds.Single(hold => hold.ReleasedBy is null).State);
        var done = await Holds(world).ApproveReleaseAsync(world.Approver, run, "P" + number.ToString("000000", CultureInfo.InvariantCulture), null);
        Assert.True(done.IsOk, $"{number}: {string.Join('\n', done.Problems)}");
    }

    /// <summary>Asks that an open sum go in cash, and has somebody approve it.</summary>
    static async Task<Result<HoldsView>> TurnAsync(RunWorld world, Caller approver, RunId run, int number)
    {
        var person = "P" + number.ToString("000000", CultureInfo.InvariantCulture);
        var asked = await Holds(world).ReleaseAsync(world.Maker, run, person, null, "tài khoản đã đóng", HoldWay.Cash);
        Assert.True(asked.IsOk && asked.Value.IsNew, string.Join('\n', asked.Problems));
        return await Holds(world).ApproveReleaseAsync(approver, run, person, null);
    }

    static Task DeathAsync(RunWorld world, string death, params int[] numbers) => world.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
        SELECT province_code, recipient_id, version + 1, person_id, full_name, sex, birth_year, birth_month, birth_day, {death}, greatest(known_from, '2026-10-24'), 1 FROM recipient WHERE known_to = 'infinity' AND recipient_id IN ({string.Join(", ", numbers)});
        UPDATE recipient r SET known_to = '2026-10-24' WHERE known_to = 'infinity' AND EXISTS (SELECT FROM recipient n WHERE n.recipient_id = r.recipient_id AND n.version > r.version);
        """));

    static async Task RoutesAsync(RunWorld world, string home, AccountCipher cipher, params string[] rows)
    {
        var path = Path.Combine(home, string.Create(CultureInfo.InvariantCulture, $"routes-{rows.Length}.csv"));
        await File.WriteAllTextAsync(path, "payer_code,place,programmes,creditor_banks,amount_from_vnd,amount_to_vnd,channel,profile,debtor_bank_bin,debtor_account_no,debtor_account_name,customer_no,valid_from,valid_to\n" + string.Concat(rows.Select(row => row + "\n")));
        var loaded = await new PayerRoutes(world.Database, new DiskFiles(new ActionCounter()), world.Clock).LoadAsync(Editor, path, cipher, default);
        Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));
    }
}
