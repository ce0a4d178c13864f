using System.Text;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>What stands between a plan and its approval: holds, levels, control totals, conflicts, the run before.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RunHoldTests(ScratchCluster cluster)
{
    const long SevereVnd = 810_000;

    static PaymentHolds Holds(RunWorld world) => new(world.Database, world.Clock, BankingCalendars.VietNam);

    static readonly Caller Second = new(RunWorld.Province, "chief", "Thủ trưởng", new HashSet<string> { Role.ChiefApprover, Role.Approver }, null) { ProvenUntil = Instant.MaxValue };

    [PostgresFact]
    public async Task A_person_held_in_a_draft_stays_out_of_the_files_and_every_change_voids_what_was_approved()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 10);
        var draft = await world.PlanAsync();
        var first = draft.Total!.ContentHash;
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 10, 10 * SevereVnd)).IsOk);

        var held = await Holds(world).HoldAsync(world.Maker, draft.Id, "P000001", null, "đang xác minh tài khoản");

        Assert.True(held.IsOk, string.Join('\n', held.Problems));
        Assert.Equal((true, true, "planned"), (held.Value.IsNew, held.Value.IsRedrawn, held.Value.Run.Step));
        Assert.False(held.Value.Total!.ContentHash.AsSpan().SequenceEqual(first));
        Assert.Equal((1, SevereVnd, 4, 5), (held.Value.Total.Held, held.Value.Total.HeldVnd, held.Value.Total.BankAttempts, held.Value.Total.CashAttempts));
        // The submission was for the old content.
        Assert.Equal("not_allowed.state", (await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, 10 * SevereVnd)).Problems.Single().Code);
        Assert.False((await Holds(world).HoldAsync(world.Maker, draft.Id, "P000001", null, "đang xác minh tài khoản")).Value.IsNew);
        Assert.Equal("run.person_not_paid", (await Holds(world).HoldAsync(world.Maker, draft.Id, "P999999", null, "lý do")).Problems.Single().Code);
        Assert.Equal("usage.reason_missing", (await Holds(world).HoldAsync(world.Maker, draft.Id, "P000002", null, " ")).Problems.Single().Code);
        Assert.Equal("not_allowed.role", (await Holds(world).HoldAsync(world.Maker with { Roles = new HashSet<string> { Role.Auditor } }, draft.Id, "P000002", null, "lý do")).Problems.Single().Code);

        // Whose task it is: the role, and who holds it there.
        await world.SqlAsync("INSERT INTO app_user (province_code, user_name, full_name, password_hash, roles, communes, valid_from) VALUES (40, 'lan', 'Lan', 'x', '{maker}', '{1}', '2026-01-01'), (40, 'mai', 'Mai', 'x', '{maker}', '{2}', '2026-01-01')");
        var whose = Assert.Single((await Holds(world).ListAsync(world.Maker, draft.Id)).Value.Holds);
        Assert.Equal(("maker", "lan"), (whose.Owner, whose.OwnerNames));

        // Released in the draft it has the very attempt it had: the content is the first one again.
        Assert.Equal("run.person_not_held", (await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000002", null, "lý do")).Problems.Single().Code);
        var released = await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "đã xác minh");
        Assert.True(released.IsOk, string.Join('\n', released.Problems));
        Assert.Equal(first, released.Value.Total!.ContentHash);
        Assert.Equal("released", Assert.Single(released.Value.Holds).State);

        // Held again by somebody who may approve otherwise: who changed the draft does not approve it.
        var both = world.Approver with { UserName = "both" };
        Assert.True((await Holds(world).HoldAsync(both, draft.Id, "P000001", null, "xem lại")).IsOk);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 10, 10 * SevereVnd)).IsOk);
        Assert.Equal("not_allowed.own_run", (await world.Runs.ApproveSeenAsync(both, draft.Id, 10 * SevereVnd)).Problems.Single().Code);
        var approved = await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, 10 * SevereVnd);
        Assert.True(approved.IsOk, string.Join('\n', approved.Problems));
        Assert.Equal([(1, 1, SevereVnd), (3, 4, 4 * SevereVnd), (8, 5, 5 * SevereVnd)], await Places(world));
        var open = Assert.Single(await world.RowsAsync<(string Kind, string Reason, string Owner, long Vnd)>("SELECT kind, reason_code, owner, amount_vnd FROM payment_case WHERE closed_at IS NULL"));
        Assert.Equal(("held", HoldReasons.ByPerson, Role.Maker, SevereVnd), open);
        Assert.Equal("not_allowed.run_approved", (await Holds(world).HoldAsync(world.Maker, draft.Id, "P000002", null, "muộn")).Problems.Single().Code);

        // After approval two people release it; by account it waits for the next run, and the hash of the list stands.
        var asked = await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000001", null, "đã rõ");
        Assert.Equal("release_asked", asked.Value.Holds.MaxBy(hold => hold.HoldNo)!.State);
        Assert.Equal(1, (await Places(world))[0].Item1);
        Assert.Equal("not_allowed.own_release", (await Holds(world).ApproveReleaseAsync(world.Maker with { Roles = new HashSet<string> { Role.Approver } }, draft.Id, "P000001", null)).Problems.Single().Code);
        var done = await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000001", null);
        Assert.True(done.IsOk, string.Join('\n', done.Problems));
        Assert.Equal([(2, 1, SevereVnd), (3, 4, 4 * SevereVnd), (8, 5, 5 * SevereVnd)], await Places(world));
        Assert.False((await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000001", null)).Value.IsNew);
        Assert.Equal("repay", Assert.Single(await world.RowsAsync<string>("SELECT next_action FROM payment_case WHERE closed_at IS NULL")));
        await world.HoldsAsync();
        await using var session = await world.Database.RunAsync(default);
        Assert.Equal(approved.Value.Total!.ContentHash, await RunSteps.RecomputeHashAsync(session, (await RunStore.FindAsync(session, draft.Id))!));

        // The next regularisation run carries it as its first attempt.
        var again = await world.Runs.RegulariseAsync(world.Maker, world.November, null, null);
        Assert.True(again.IsOk, string.Join('\n', again.Problems));
        var carried = Assert.Single(again.Value);
        Assert.Equal((1, SevereVnd), (carried.Total!.BankAttempts, carried.Total.DeclaredVnd));
        Assert.True((await world.Runs.SubmitAsync(world.Maker, carried.Id, 1, SevereVnd)).IsOk);
        var ordered = await world.Runs.ApproveSeenAsync(world.Approver, carried.Id, SevereVnd);
        Assert.True(ordered.IsOk, string.Join('\n', ordered.Problems));
        Assert.Equal([(3, 5, 5 * SevereVnd), (8, 5, 5 * SevereVnd)], await Places(world));
        Assert.Empty(await world.RowsAsync<int>("SELECT case_no FROM payment_case WHERE closed_at IS NULL"));
        Assert.Equal(approved.Value.Total!.ContentHash, await RunSteps.RecomputeHashAsync(session, (await RunStore.FindAsync(session, draft.Id))!));
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task Off_cycle_runs_list_what_became_due_since_and_the_next_month_lists_nothing_twice()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        var asked = new OffCycleRequest(RunKinds.Supplementary, [Core.Recipients.Programme.Btxh], "người bị sót");
        Assert.Equal("not_allowed.regular_first", (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked)).Problems.Single().Code);
        await world.ApprovedAsync();
        Assert.Equal("usage.reason_missing", (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked with { Reason = " " })).Problems.Single().Code);
        Assert.Equal("run.not_of_payer", (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked with { Programmes = [Core.Recipients.Programme.Ncc] })).Problems.Single().Code);
        // 5 and 6 were forgotten; 1 became extremely severe in November, known late.
        world.Clock.Now = Instant.FromUtc(2026, 11, 5, 3, 0);
        await world.AddPeopleAsync(5, 6);
        await world.SqlAsync("""
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 1, 2, 202611, '40', 1, 1, 1, 1, 1, 3, '2026-11-01', 1);
            """);

        var planned = await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked);
        Assert.True(planned.IsOk, string.Join('\n', planned.Problems));
        var draft = planned.Value;
        Assert.Equal(("40-2611-002", RunKinds.Supplementary, 3, (2 * SevereVnd) + 270_000), (draft.Id.ToString(), draft.Run.Kind, draft.Total!.Recipients, draft.Total.ListedVnd));
        Assert.True((await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked)).Value.AlreadyDone);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 3, draft.Total.ListedVnd)).IsOk);
        var approved = await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, draft.Total.ListedVnd);
        Assert.True(approved.IsOk, string.Join('\n', approved.Problems));

        var empty = (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked)).Value;
        Assert.Equal(0, empty.Total!.Disbursements);
        Assert.Equal("run.empty", (await world.Runs.SubmitAsync(world.Maker, empty.Id, 0, 0)).Problems.Single().Code);
        Assert.True((await world.Runs.ReturnAsync(world.Maker, empty.Id, "không có gì")).IsOk);

        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        var december = await world.PlanAsync(world.November.Plus(1));
        Assert.Equal((6, (6 * SevereVnd) + 270_000, 0L), (december.Total!.Recipients, december.Total.ListedVnd, december.Total.ArrearsVnd));
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task The_papers_of_a_run_say_what_is_approved_and_every_grouping_closes()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 10);
        await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        await world.AddPeopleAsync(11, 12);
        var december = await world.PlanAsync(world.November.Plus(1));
        Assert.True((await Holds(world).HoldAsync(world.Maker, december.Id, "P000003", null, "chờ xác minh")).IsOk);
        var home = Directory.CreateTempSubdirectory("pe-paper-");
        try
        {
            var papers = new ApprovalPapers(world.Database, App.Keys.KeyFolder.Open(Path.Combine(home.FullName, "keys"), world.Clock).Value);
            var (view, paper) = (await papers.OfAsync(world.Approver, december.Id)).Value;
            using var page = new MemoryStream();
            paper.WritePage(page);
            var text = System.Net.WebUtility.HtmlDecode(Encoding.UTF8.GetString(page.ToArray()));
            Assert.Contains($"TỜ TRÌNH DUYỆT CHI {december.Id}", text, StringComparison.Ordinal);
            Assert.Contains(Convert.ToHexStringLower(view.Total!.ContentHash), text, StringComparison.Ordinal);
            Assert.Contains("cầu nối khớp đến từng đồng", text, StringComparison.Ordinal);
            Assert.Contains("chờ xác minh", text, StringComparison.Ordinal);
            Assert.Contains("BẢN NHÁP – CHƯA DUYỆT", text, StringComparison.Ordinal);
            Assert.Contains($"content: \"Mã nội dung: {Convert.ToHexStringLower(view.Total!.ContentHash)}\"", text, StringComparison.Ordinal);
            Assert.Contains("Mới, Bảo trợ xã hội: 2 người", text, StringComparison.Ordinal);
            Assert.Contains("Nguyễn Văn 11", text, StringComparison.Ordinal);
            var november = (await papers.OfAsync(world.Approver, RunId.Parse("40-2611-001").Value)).Value.Paper;
            Assert.Null(november.Mark);
            using var workbook = new MemoryStream();
            paper.WriteWorkbook(workbook);
            Assert.True(workbook.Length > 2_000);
            Assert.Equal("run.unknown", (await papers.OfAsync(world.Approver with { Communes = [1] }, december.Id)).Problems.Single().Code);
        }
        finally
        {
            home.Delete(recursive: true);
        }

        var certificates = new GroupedCertificates(world.Database);
        foreach (var by in GroupedCertificates.Groupings)
        {
            var certificate = await certificates.OfMonthAsync(world.Maker, world.November, by, default);
            Assert.True(certificate.IsOk, string.Join('\n', certificate.Problems));
            Assert.True(certificate.Value.Closes, by);
            Assert.Equal(10 * SevereVnd, certificate.Value.Listed.Amount);
        }

        Assert.Equal(["16690 Xã Một", "16693 Xã Hai"], (await certificates.OfRunAsync(world.Maker, RunId.Parse("40-2611-001").Value, "commune", default)).Value.Groups.Select(group => group.Key));
        Assert.Equal("not_allowed.state", (await certificates.OfRunAsync(world.Maker, december.Id, "bank", default)).Problems.Single().Code);
        // A đồng moved past the program is named by its group.
        await world.TamperAsync("UPDATE posting_202611 SET sum_vnd = sum_vnd + 1 WHERE to_place = 8 AND commune_id = 1");
        Assert.False((await certificates.OfRunAsync(world.Maker, RunId.Parse("40-2611-001").Value, "commune", default)).Value.Closes);
    }

    [PostgresFact]
    public async Task Cash_that_is_released_after_approval_is_due_and_one_person_alone_cannot_release_past_the_program()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        var draft = await world.PlanAsync();
        Assert.True((await Holds(world).HoldAsync(world.Maker, draft.Id, "P000002", null, "chờ giấy tờ")).IsOk);
        var approved = await world.ApprovedAsync();
        Assert.True((await Holds(world).ReleaseAsync(world.Maker, draft.Id, "P000002", null, "đủ giấy tờ")).IsOk);
        var alone = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(
            "INSERT INTO run_hold_release SELECT province_code, month, run_no, line_no, hold_no, request_no, person, person, true, true, 2, 0, 1, now(), 1 FROM run_hold_request"));
        Assert.Equal("release_by_two_people", alone.ConstraintName);

        Assert.True((await Holds(world).ApproveReleaseAsync(world.Approver, draft.Id, "P000002", null)).IsOk);

        Assert.Equal([(3, 2, 2 * SevereVnd), (8, 2, 2 * SevereVnd)], await Places(world));
        await world.HoldsAsync();
        await using var session = await world.Database.RunAsync(default);
        Assert.Equal(approved.Total!.ContentHash, await RunSteps.RecomputeHashAsync(session, (await RunStore.FindAsync(session, draft.Id))!));
        // What is approved cannot be redrawn, not even by the owner's function.
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("SELECT redraw_disbursement(40::smallint, 202611, 1, 1, 'x')"))).SqlState);
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("SELECT redraw_totals(40::smallint, 202611, 1)"))).SqlState);
    }

    [PostgresFact]
    public async Task A_run_above_the_threshold_needs_two_people_for_the_very_content()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var rules = new RunRuleVersions(world.Database, world.Clock);
        var file = Encoding.UTF8.GetBytes(RunRulesFile.Write(RunRules.OfProgram with { Approvals = [new(Role.Approver, Vnd.Zero), new(Role.ChiefApprover, new Vnd(2 * SevereVnd))] }));
        Assert.Equal("run_rules.field", (await rules.LoadAsync(world.Maker, "{}"u8.ToArray(), "rules.json")).Problems[0].Code);
        Assert.True((await rules.LoadAsync(world.Maker, file, "rules.json")).Value.IsNew);
        Assert.False((await rules.LoadAsync(world.Maker, file, "rules.json")).Value.IsNew);
        Assert.Equal("not_allowed.own_rules", (await rules.ApproveAsync(world.Maker with { Roles = new HashSet<string> { Role.Approver } }, 1)).Problems.Single().Code);
        Assert.Equal("run_rules.unknown", (await rules.ApproveAsync(world.Approver, 2)).Problems.Single().Code);
        Assert.True((await rules.ApproveAsync(world.Approver, 1)).Value.IsStanding);

        var draft = await world.PlanAsync();
        Assert.Equal(((short)2, 1), (draft.Total!.ApprovalLevels, draft.Run.RulesVersion));
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 3, 3 * SevereVnd)).IsOk);
        var other = world.Approver with { UserName = "approver2" };
        var level = await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, 3 * SevereVnd);
        Assert.True(level.IsOk, string.Join('\n', level.Problems));
        Assert.Equal(("submitted", "approver"), (level.Value.Run.Step, Assert.Single(level.Value.LevelsOfContent).Person));
        Assert.Empty(await world.RowsAsync<int>("SELECT award_no FROM listed"));
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, 3 * SevereVnd)).Value.AlreadyDone);
        Assert.Equal("not_allowed.role", (await world.Runs.ApproveSeenAsync(other, draft.Id, 3 * SevereVnd)).Problems.Single().Code);
        // Past the program: the last approval before the first, and by the same person.
        var early = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync("""
            INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
            SELECT 40, 202611, 1, 9, 'approved', 2, 'approver', 'maker', content_hash, now(), 1 FROM run_total;
            """));
        Assert.Equal("all_levels_approved", early.ConstraintName);

        // A person is held: the level was given for another content, and is asked for again.
        Assert.True((await Holds(world).HoldAsync(world.Maker, draft.Id, "P000001", null, "xem lại")).IsOk);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 3, 3 * SevereVnd)).IsOk);
        Assert.Equal("not_allowed.role", (await world.Runs.ApproveSeenAsync(Second with { Roles = new HashSet<string> { Role.ChiefApprover } }, draft.Id, 3 * SevereVnd)).Problems.Single().Code);
        Assert.Equal("submitted", (await world.Runs.ApproveSeenAsync(other, draft.Id, 3 * SevereVnd)).Value.Run.Step);
        var approved = await world.Runs.ApproveSeenAsync(Second, draft.Id, 3 * SevereVnd);
        Assert.Equal("approved", approved.Value.Run.Step);
        Assert.Equal(3, (await world.RowsAsync<int>("SELECT award_no FROM listed")).Count);
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task Control_totals_and_duplicate_people_keep_a_run_from_being_submitted()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 6);
        await world.SqlAsync("""
            UPDATE recipient SET id_number_key = 1, id_number_cipher = '\x00', id_number_tag = decode(repeat('5a', 16), 'hex'), id_number_tail = '1234' WHERE recipient_id IN (2, 3);
            UPDATE recipient SET full_name = 'Trần Thị B' WHERE recipient_id IN (4, 5);
            """);
        var draft = await world.PlanAsync();
        Assert.Equal([(RunConflicts.DuplicatePerson, true, 2), (RunConflicts.AlikePeople, false, 2)], draft.Conflicts.Select(one => (one.Code, one.IsHard, one.Items)));
        Assert.Equal(["P000002", "P000003"], draft.Conflicts[0].People);
        Assert.Equal("run.duplicate_person", (await world.Runs.SubmitAsync(world.Maker, draft.Id, 6, 6 * SevereVnd)).Problems.Single().Code);
        Assert.True((await Holds(world).HoldAsync(world.Maker, draft.Id, "P000003", null, "trùng số định danh")).IsOk);

        ControlTotal[] declared = [new(null, null, 6, new Vnd(6 * SevereVnd), "totals.csv:2"), new(Core.Recipients.Programme.Btxh, "16693", 3, new Vnd(2 * SevereVnd), "totals.csv:3"), new(null, "99999", 1, new Vnd(5), "totals.csv:4")];
        var differs = await world.Runs.ExpectAsync(world.Maker, draft.Id, declared);
        Assert.Equal(["totals.csv:3", "totals.csv:4"], differs.Problems.Select(problem => problem.Message.Split(": ")[0]));
        Assert.Equal(["run.control_differs", "run.control_differs"], (await world.Runs.SubmitAsync(world.Maker, draft.Id, 6, 6 * SevereVnd)).Problems.Select(problem => problem.Code));
        Assert.True((await world.Runs.ExpectAsync(world.Maker, draft.Id, [declared[0], declared[1] with { People = 2 }])).IsOk);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 6, 6 * SevereVnd)).IsOk);
    }

    [PostgresFact]
    public async Task The_run_before_is_closed_first_or_the_approver_reads_why_not()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        // Paid in cash, so that nothing is on its way when the run is closed.
        await world.AddPeopleAsync(2, 2);
        var november = await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        var december = await world.PlanAsync(world.November.Plus(1));
        Assert.Equal([november.Id], december.NotClosedBefore);
        var refused = (await world.Runs.SubmitAsync(world.Maker, december.Id, 1, SevereVnd)).Problems.Single();
        Assert.Equal("not_allowed.previous_open", refused.Code);
        Assert.Contains(november.Id.ToString(), refused.Message, StringComparison.Ordinal);

        var submitted = await world.Runs.SubmitAsync(world.Maker, december.Id, 1, SevereVnd, "ngân hàng chưa gửi sao kê");
        Assert.True(submitted.IsOk, string.Join('\n', submitted.Problems));
        Assert.Equal(("maker", "ngân hàng chưa gửi sao kê"), submitted.Value.Exceptions.Select(one => (one.Person, one.Reason)).Single());

        // A month that is closed does not change: neither by a step nor by a posting in it.
        await world.RunAsync("""
            INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no)
            SELECT 40, 202611, 1, 9, 'closed', 'reconciler', 'maker', content_hash, now(), 1 FROM run_total WHERE month = 202611;
            """);
        foreach (var late in new[]
        {
            "INSERT INTO posting (province_code, month, operation_no, run_month, run_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest) VALUES (40, 202611, 1, 202611, 1, 2, 1, 8, 9, 1, 1, sha256('x'))",
            "INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no) SELECT 40, 202611, 1, 10, 'handed_over', 'maker', 'maker', content_hash, now(), 1 FROM run_total WHERE month = 202611",
            "INSERT INTO carry_over (province_code, month, run_no, programme, commune_id, place, to_month, items, sum_vnd, owner, due_on, operation_no) VALUES (40, 202611, 1, 2, 1, 1, 202612, 1, 1, 'x', '2026-12-20', 1)",
        })
            await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(late));
        Assert.Empty((await world.Runs.ShowAsync(world.Maker, december.Id)).Value.NotClosedBefore);
    }

    static Task<IReadOnlyList<(int, int, long)>> Places(RunWorld world) => world.RowsAsync<(int, int, long)>("SELECT place::int, sum(items)::int, sum(sum_vnd)::bigint FROM certificate GROUP BY place ORDER BY place");
}
