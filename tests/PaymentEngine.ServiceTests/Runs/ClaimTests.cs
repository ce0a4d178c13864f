using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>Sums listed after a death, and other sums listed too much, from the run that finds them until they are taken back, paid back or written off.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ClaimTests(ScratchCluster cluster)
{
    static Claims Claims(RunWorld world) => new(world.Database, world.Clock);

    /// <summary>November and December are listed; then it becomes known that the first (account) and the second (cash, not collected) died in November,
    /// and that the third was severely, not extremely severely disabled.</summary>
    static async Task<RunWorld> AfterTwoMonthsAsync(ScratchCluster cluster)
    {
        var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        await world.SqlAsync("""
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 3, 2, 202611, '40', 2, 1, 1, 1, 1, 3, '2026-01-02', 1);
            """);
        await world.ApprovedAsync();
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        await world.ApprovedAsync(new YearMonth(2026, 12));
        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            VALUES (40, 1, 2, 'P000001', 'Nguyễn Văn 1', 1, 1980, 1, 1, '2026-11-05', '2026-12-12', 1), (40, 2, 2, 'P000002', 'Nguyễn Văn 2', 1, 1980, 1, 1, '2026-11-06', '2026-12-12', 1);
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 3, 3, 202611, '40', 2, 1, 1, 1, 1, 2, '2026-12-12', 1);
            INSERT INTO recoupment_decision (province_code, recoupment_no, version, recipient_id, decision_no, decided_on, from_month, monthly_vnd, known_from, operation_no)
            VALUES (40, 1, 1, 3, '15/QĐ-UBND', '2026-12-15', 202701, 100000, '2026-12-16', 1);
            """);
        world.Clock.Now = Instant.FromUtc(2026, 12, 24, 3, 0);
        return world;
    }

    /// <summary>What does not hold; the world's own seed has no block in the chain.</summary>
    static async Task<IEnumerable<string>> BrokenAsync(RunWorld world) =>
        (await Invariants.CheckAsync(world.Database, RunWorld.Province, 0, 0, default)).Where(finding => !finding.Holds && finding.Id != "I14.chain").Select(finding => $"{finding.Id}: {string.Join("; ", finding.Violations)}");

    static async Task HoldsAsync(RunWorld world) => Assert.Empty(await BrokenAsync(world));

    [PostgresFact]
    public async Task What_was_listed_after_a_death_is_a_claim_with_a_case_and_the_next_list_finds_the_same_one()
    {
        await using var world = await AfterTwoMonthsAsync(cluster);
        var plan = await world.PlanAsync(new YearMonth(2027, 1));
        // Of the third November's excess of 270,000 is taken back by 100,000, December's waits: 170,000 + 270,000.
        Assert.Equal([new ClaimTotal((short)ClaimCause.Death, 2, 1_620_000), new ClaimTotal((short)ClaimCause.Other, 1, 440_000)], plan.Claims);
        Assert.Empty(await Claims(world).ListAsync(world.Maker, all: true));

        await world.ApprovedAsync(new YearMonth(2027, 1));
        var claims = (await Claims(world).ListAsync(world.Maker, all: true)).OrderBy(claim => claim.PersonId, StringComparer.Ordinal).ToList();
        Assert.Equal([("P000001", 810_000L, 0L), ("P000002", 810_000L, 810_000L), ("P000003", 440_000L, 0L)], claims.Select(claim => (claim.PersonId, claim.AmountVnd, claim.NotPaidVnd)));
        Assert.Equal([new ClaimMonth(new YearMonth(2026, 12), new Vnd(810_000))], claims[0].Months);
        Assert.All(claims, claim => Assert.Equal((Role.CommuneOfficer, new LocalDate(2027, 1, 8)), (claim.Owner, claim.DueOn!.Value)));
        Assert.Contains("12/2026", claims[0].SentenceVi, StringComparison.Ordinal);
        await HoldsAsync(world);

        world.Clock.Now = Instant.FromUtc(2027, 1, 24, 3, 0);
        await world.ApprovedAsync(new YearMonth(2027, 2));
        var later = (await Claims(world).ListAsync(world.Maker, all: true)).OrderBy(claim => claim.PersonId, StringComparer.Ordinal).ToList();
        Assert.Equal([(1, 810_000L), (1, 810_000L), (2, 340_000L)], later.Select(claim => (claim.Version, claim.AmountVnd)));
        // What January took back was never outstanding; February's instalment was.
        Assert.Equal(100_000, later[2].RecoupedVnd);
        Assert.Equal(3, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'claim' AND closed_at IS NULL")));
        await HoldsAsync(world);
    }

    [PostgresFact]
    public async Task What_came_back_and_is_reported_paid_all_the_same_may_be_asked_for()
    {
        await using var world = await AfterTwoMonthsAsync(cluster);
        await world.ApprovedAsync(new YearMonth(2027, 1));
        // The bank sent the dead person's December back, and later reports it paid all the same: whoever has it may be asked.
        await world.SqlAsync("""
            INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, ended_on, operation_no)
            SELECT a.province_code, a.month, a.run_no, a.line_no, 1, 'returned', 'statement', '2026-12-20', 1 FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE d.recipient_id = 1 AND a.month = 202612;
            """);
        Assert.Equal(810_000, (await Claims(world).ListAsync(world.Maker, all: true)).Single(claim => claim.PersonId == "P000001").NotPaidVnd);
        await world.SqlAsync("""
            INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, attempt, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no)
            SELECT 40, 900, 'paid_twice', a.month, a.run_no, a.line_no, 1, 1, a.amount_vnd, 'decide', 'reconciler', '2026-12-21', '2026-12-23', 1 FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE d.recipient_id = 1 AND a.month = 202612;
            """);
        Assert.Equal(0, (await Claims(world).ListAsync(world.Maker, all: true)).Single(claim => claim.PersonId == "P000001").NotPaidVnd);
    }

    [PostgresFact]
    public async Task What_is_paid_back_or_written_off_is_not_taken_back_again()
    {
        await using var world = await AfterTwoMonthsAsync(cluster);
        await world.ApprovedAsync(new YearMonth(2027, 1));
        var all = await Claims(world).ListAsync(world.Maker, all: false);
        var (dead, living) = (all.Single(claim => claim.PersonId == "P000001").ClaimNo, all.Single(claim => claim.PersonId == "P000003").ClaimNo);

        var paid = await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(300_000), "PT 12, 28/12/2026");
        Assert.Equal(510_000, paid.Value.Claim.AmountVnd);
        Assert.True((await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(300_000), "PT 12, 28/12/2026")).Value.AlreadyDone);
        Assert.Equal("claim.evidence_used", (await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(1), "PT 12, 28/12/2026")).Problems[0].Code);
        Assert.Equal("claim.too_much", (await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(510_001), "PT 13")).Problems[0].Code);
        Assert.Equal("not_allowed.role", (await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.WrittenOff, new Vnd(510_000), "QĐ 1")).Problems[0].Code);
        Assert.Equal("claim.unknown", (await Claims(world).RecordAsync(world.Maker, 99, ClaimEntry.Recovered, new Vnd(1), "PT 14")).Problems[0].Code);
        Assert.Equal("claim.unknown", (await Claims(world).RecordAsync(world.Maker with { Communes = [2] }, dead, ClaimEntry.Recovered, new Vnd(1), "PT 14")).Problems[0].Code);
        Assert.Equal("written_off", (await Claims(world).RecordAsync(world.Approver, dead, ClaimEntry.WrittenOff, new Vnd(510_000), "QĐ 1/QĐ-UBND")).Value.Claim.State);
        Assert.Equal(140_000, (await Claims(world).RecordAsync(world.Maker, living, ClaimEntry.Recovered, new Vnd(300_000), "PT 15")).Value.Claim.AmountVnd);
        await HoldsAsync(world);

        world.Clock.Now = Instant.FromUtc(2027, 1, 24, 3, 0);
        var february = await world.PlanAsync(new YearMonth(2027, 2));
        // The third: 140,000 less February's instalment of 100,000. Of the dead only the second's uncollected cash is left.
        Assert.Equal([(1, 810_000L), (2, 40_000L)], february.Claims.Select(total => ((int)total.Cause, total.SumVnd)));
        Assert.Equal("not_allowed.run_open", (await Claims(world).RecordAsync(world.Maker, living, ClaimEntry.Recovered, new Vnd(1), "PT 16")).Problems[0].Code);
        await world.ApprovedAsync(new YearMonth(2027, 2));
        Assert.Equal(("written_off", 0L), Assert.Single(await Claims(world).ListAsync(world.Maker, all: true), claim => claim.ClaimNo == dead) is var settled ? (settled.State, settled.AmountVnd) : default);
        Assert.Equal("written_off", Assert.Single(await world.RowsAsync<string>("SELECT closed_how FROM payment_case WHERE kind = 'claim' AND closed_at IS NOT NULL")));
        await HoldsAsync(world);
    }

    static async Task<StartPage> Page(RunWorld world) => (await new Casework(world.Database, world.Clock).StartAsync(world.Maker, default)).Value;

    [PostgresFact]
    public async Task A_claim_is_paid_back_in_agreed_parts_its_case_follows_and_its_accounts_add_up()
    {
        await using var world = await AfterTwoMonthsAsync(cluster);
        await world.ApprovedAsync(new YearMonth(2027, 1));
        var dead = (await Claims(world).ListAsync(world.Maker, all: false)).Single(claim => claim.PersonId == "P000001").ClaimNo;
        Result<IReadOnlyList<ClaimInstalment>> Three(Vnd sum) => Result<IReadOnlyList<ClaimInstalment>>.Ok(ClaimInstalments.Equal(sum, 3, new LocalDate(2027, 1, 15)));

        Assert.Equal("not_allowed.role", (await Claims(world).AgreeAsync(world.Approver, dead, Three, "BB 5")).Problems[0].Code);
        Assert.Equal("usage.agreement_missing", (await Claims(world).AgreeAsync(world.Maker, dead, Three, " ")).Problems[0].Code);
        Assert.Equal("claim.plan_sum", (await Claims(world).AgreeAsync(world.Maker, dead, _ => Three(new Vnd(800_000)), "BB 5")).Problems[0].Code);
        Assert.Equal("claim.plan_day", (await Claims(world).AgreeAsync(world.Maker, dead, sum => Result<IReadOnlyList<ClaimInstalment>>.Ok(ClaimInstalments.Equal(sum, 3, new LocalDate(2026, 12, 1))), "BB 5")).Problems[0].Code);
        Assert.Equal(new LocalDate(2027, 1, 15), (await Claims(world).AgreeAsync(world.Maker, dead, Three, "BB 5")).Value.Claim.DueOn);
        Assert.True((await Claims(world).AgreeAsync(world.Maker, dead, Three, "BB 5")).Value.AlreadyDone);

        Assert.Equal(new LocalDate(2027, 1, 15), (await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(100_000), "PT 1")).Value.Claim.DueOn);
        var second = (await Claims(world).RecordAsync(world.Maker, dead, ClaimEntry.Recovered, new Vnd(170_000), "PT 2")).Value;
        Assert.Equal(new LocalDate(2027, 2, 15), second.Claim.DueOn);
        // The day of a part is over: the first page says what is missing, whose it is and since when.
        Assert.DoesNotContain((await Page(world)).Steps, step => step.What == "instalment_late");
        var stood = world.Clock.Now;
        world.Clock.Now = Instant.FromUtc(2027, 2, 16, 3, 0);
        var late = Assert.Single((await Page(world)).Steps, step => step.What == "instalment_late");
        Assert.Equal((dead.ToString(System.Globalization.CultureInfo.InvariantCulture), 1, 270_000L, Role.CommuneOfficer, new LocalDate(2027, 2, 15)), (late.Subject, late.Items, late.SumVnd, late.Owner, late.DueOn));
        world.Clock.Now = stood;
        Assert.Equal([true, false, false], ClaimInstalments.Standing(second.Plan!.Instalments, new Vnd(second.Claim.AmountVnd)).Select(part => part.IsPaid));
        Assert.Equal("claim.settled", (await Claims(world).RecordAsync(world.Approver, dead, ClaimEntry.WrittenOff, new Vnd(540_000), "QĐ 9")) is { IsOk: true } ? (await Claims(world).AgreeAsync(world.Maker, dead, Three, "BB 6")).Problems[0].Code : "");

        // Found 810,000 twice after deaths: 270,000 paid back, 540,000 written off, the other outstanding. Of the third 440,000, nothing yet.
        var balances = await Claims(world).BalancesAsync(world.Maker);
        Assert.Equal([("found", -1_620_000L), ("outstanding", 810_000L), ("paid_back", 270_000L), ("written_off", 540_000L)], balances.Where(one => one.Cause == 1).Select(one => (one.Account, one.SumVnd)));
        Assert.Equal([("found", -440_000L), ("outstanding", 440_000L)], balances.Where(one => one.Cause == 2).Select(one => (one.Account, one.SumVnd)));
        await HoldsAsync(world);
    }

    [PostgresFact]
    public async Task A_death_that_was_a_mistake_settles_its_claim_and_a_changed_row_is_found()
    {
        await using var world = await AfterTwoMonthsAsync(cluster);
        await world.ApprovedAsync(new YearMonth(2027, 1));
        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
            VALUES (40, 1, 3, 'P000001', 'Nguyễn Văn 1', 1, 1980, 1, 1, '2027-01-10', 1);
            """);
        world.Clock.Now = Instant.FromUtc(2027, 1, 24, 3, 0);
        await world.ApprovedAsync(new YearMonth(2027, 2));
        Assert.Equal("settled", Assert.Single(await Claims(world).ListAsync(world.Maker, all: true), claim => claim.PersonId == "P000001").State);
        await HoldsAsync(world);

        await world.TamperAsync("UPDATE claim_event SET amount_vnd = amount_vnd - 1, amounts_vnd = ARRAY[amounts_vnd[1] - 1] WHERE claim_no = (SELECT claim_no FROM claim WHERE recipient_id = 2)");
        Assert.Equal(["I17.claims_due: claim 2: outstanding 809999, open case 810000", "I18.claims: award 2 tro_cap cause 1: claim 809999, found less recorded 810000",
            "I18.postings: claim 2: outstanding 809999, postings 810000"], await BrokenAsync(world));
    }
}
