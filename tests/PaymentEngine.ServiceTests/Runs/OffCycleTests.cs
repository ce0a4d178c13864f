using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>Runs beside the month's list: one-time benefits that do not wait, two payers of one commune, money the fund does not have yet.</summary>
[Collection(PostgresCollection.Name)]
public sealed class OffCycleTests(ScratchCluster cluster)
{
    const long SevereVnd = 810_000, FuneralVnd = 10_800_000;

    [PostgresFact]
    public async Task A_one_off_run_lists_a_funeral_alone_and_the_next_list_neither_again()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 12, 3, 0);
        var asked = new OffCycleRequest(RunKinds.OneOff, [Programme.Btxh], "mai táng phí, gia đình không chờ được");
        var nothing = await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked);
        Assert.True(nothing.IsOk, string.Join('\n', nothing.Problems));
        Assert.Equal("run.empty", (await world.Runs.SubmitAsync(world.Maker, nothing.Value.Id, 0, 0)).Problems.Single().Code);
        Assert.True((await world.Runs.ReturnAsync(world.Maker, nothing.Value.Id, "chưa có gì")).IsOk);

        // 2 died, 1 buried them and has a decision; 3 became extremely severe in November, which is the next list's business.
        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            VALUES (40, 2, 2, 'P000002', 'Nguyễn Văn 2', 1, 1980, 1, 1, '2026-11-05', '2026-11-10', 1);
            UPDATE recipient SET known_to = '2026-11-10' WHERE recipient_id = 2 AND version = 1;
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, deceased_id, class, relation, suspend_reason, review_result, known_from, operation_no)
            VALUES (40, 11, 1, 'A000011', 1, 2, 'BTXH.MAITANG', 0, 0, 0, '2026-11-10', 'P000002', 0, 0, 0, 0, '2026-11-11', 1);
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 3, 2, 202611, '40', 2, 1, 1, 1, 1, 3, '2026-11-11', 1);
            """);
        var planned = await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, asked);
        Assert.True(planned.IsOk, string.Join('\n', planned.Problems));
        var draft = planned.Value;
        Assert.Equal((RunKinds.OneOff, 1, FuneralVnd, 0), (draft.Run.Kind, draft.Total!.Recipients, draft.Total.ListedVnd, draft.Total.Held));
        Assert.Equal([("BTXH.MAITANG", 4)], await world.RowsAsync<(string, int)>($"SELECT component, kind::int FROM line WHERE run_no = {draft.Id.RunNo}"));
        Assert.True((await world.Runs.SubmitAsync(world.Maker, draft.Id, 1, FuneralVnd)).IsOk);
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, draft.Id, FuneralVnd)).IsOk);

        // The other question, asked for the same month: the rise of 3; that 1 is not on it again, the conflict would say.
        var supplementary = (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, new OffCycleRequest(RunKinds.Supplementary, [Programme.Btxh], "tăng mức muộn"))).Value;
        Assert.Equal((1, 270_000L), (supplementary.Total!.Recipients, supplementary.Total.ListedVnd));
        Assert.Empty(supplementary.Conflicts);
        Assert.True((await world.Runs.SubmitAsync(world.Maker, supplementary.Id, 1, 270_000)).IsOk);
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, supplementary.Id, 270_000)).IsOk);
        // A second one for the same person is told.
        await world.SqlAsync("""
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, pregnant, class, relation, suspend_reason, review_result, known_from, operation_no)
            VALUES (40, 13, 1, 'A000013', 3, 2, 'CS.HOGD', 0, 0, 0, '2026-11-11', NULL, 0, 0, 0, 0, '2026-11-12', 1);
            INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, known_from, operation_no) VALUES (40, 13, 1, 3, 'Trần Thị Hộ', 4, 4, 0, '2026-11-12', 1);
            """);
        var third = (await world.Runs.PlanOffCycleAsync(world.Maker, world.November, null, new OffCycleRequest(RunKinds.Supplementary, [Programme.Btxh], "hộ chăm sóc"))).Value;
        Assert.Equal((1, 540_000L), (third.Total!.Recipients, third.Total.ListedVnd));
        Assert.Equal([(RunConflicts.OtherRun, false, 1)], third.Conflicts.Select(conflict => (conflict.Code, conflict.IsHard, conflict.Items)));
        Assert.True((await world.Runs.SubmitAsync(world.Maker, third.Id, 1, 540_000)).IsOk); // soft: told, not refused
        Assert.True((await world.Runs.ApproveSeenAsync(world.Approver, third.Id, 540_000)).IsOk);

        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        var december = await world.PlanAsync(world.November.Plus(1));
        Assert.Equal((2, SevereVnd + 1_080_000 + 540_000, 0L), (december.Total!.Recipients, december.Total.ListedVnd, december.Total.ArrearsVnd));
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task Two_payers_of_one_programme_and_commune_are_refused_and_a_draft_says_what_its_fund_lacks()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 6);
        await world.SqlAsync("""
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin,
                               account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            VALUES (40, 2, 1, 'XA2', 'UBND Xã Hai', 'XH', 'commune', '{2}', '{16693}', 202611, '970415', 1, '\x00', decode(repeat('0e', 16), 'hex'), '0002', 'UBND XA HAI', '2026-01-01', 1);
            """);
        var administrator = new Caller(RunWorld.Province, "admin", "Quản trị", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };
        var funds = new App.Operations.Funds(world.Database, world.Clock, new DiskFiles(new ActionCounter()));
        Assert.True((await funds.DeclareAsync(administrator, new Fund("NS-BTXH", "Ngân sách tỉnh", "424", 0, [Programme.Btxh], world.November, null, false, "QĐ 1/QĐ-UBND"), "SO", default)).IsOk);

        var draft = Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "SO")).Value);
        var lacking = Assert.Single(draft.Uncovered);
        Assert.Equal(("NS-BTXH", false, 3 * SevereVnd), (lacking.Fund, lacking.MustCover, lacking.Lacking.Amount));
        Assert.Equal("not_allowed.payers_overlap", (await world.Runs.PlanAsync(world.Maker, world.November, "XA2")).Problems.Single().Code);

        // The commune pays instead: now the department's list is the one too many.
        Assert.True((await world.Runs.ReturnAsync(world.Maker, draft.Id, "xã chi")).IsOk);
        var commune = Assert.Single((await world.Runs.PlanAsync(world.Maker, world.November, "XA2")).Value);
        Assert.Equal((2, 2 * SevereVnd), (commune.Total!.Recipients, commune.Total.ListedVnd));
        Assert.Equal("not_allowed.payers_overlap", (await world.Runs.PlanAsync(world.Maker, world.November, "SO")).Problems.Single().Code);
    }
}
