using NodaTime;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>One-time benefits and instalments in runs of three months, with the sentences that are stored with them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DeathAndRecoupmentTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task A_couple_has_one_share_of_care_support_though_only_one_of_them_is_entered_as_married()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 2);
        await world.SqlAsync("""
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, spouse_id, known_from, operation_no)
            VALUES (40, 2, 2, 0, '40', 1, 1, 1, 1, 1, 2, 'P000001', '2026-01-02', 1);
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, children, class, relation, suspend_reason, review_result, known_from, operation_no)
            SELECT 40, 10 + n, 1, 'C' || n, n, 2, 'CS.MANGTHAI', 0, 0, 0, '2026-01-15', 1, 0, 0, 0, 0, '2026-01-02', 1 FROM generate_series(1, 2) n;
            """);
        var november = await world.PlanAsync();
        Assert.Equal(810_000 + 810_000 + 810_000, november.Total!.ListedVnd); // two own allowances, one share
    }

    [PostgresFact]
    public async Task A_funeral_is_listed_once_and_an_excess_comes_back_by_instalments()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        // The third is extremely severe (2.0 × 540,000) when November is listed, severe (1.5 ×) by a correction of the same month known later: 270,000 too much.
        await world.SqlAsync("""
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 3, 2, 202611, '40', 2, 1, 1, 1, 1, 3, '2026-01-02', 1);
            """);
        var november = await world.ApprovedAsync();
        Assert.Equal(810_000 + 810_000 + 1_080_000, november.Total!.ListedVnd);

        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            VALUES (40, 2, 2, 'P000002', 'Nguyễn Văn 2', 1, 1980, 1, 1, '2026-11-05', '2026-11-12', 1);
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, deceased_id, class, relation, suspend_reason, review_result, known_from, operation_no)
            VALUES (40, 11, 1, 'A000011', 1, 2, 'BTXH.MAITANG', 0, 0, 0, '2026-11-10', 'P000002', 0, 0, 0, 0, '2026-11-12', 1);
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 3, 3, 202611, '40', 2, 1, 1, 1, 1, 2, '2026-11-12', 1);
            INSERT INTO recoupment_decision (province_code, recoupment_no, version, recipient_id, decision_no, decided_on, from_month, monthly_vnd, known_from, operation_no)
            VALUES (40, 1, 1, 3, '15/QĐ-UBND', '2026-11-15', 202612, 100000, '2026-11-16', 1);
            """);
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        await world.ApprovedAsync(new YearMonth(2026, 12));
        world.Clock.Now = Instant.FromUtc(2026, 12, 24, 3, 0);
        await world.ApprovedAsync(new YearMonth(2027, 1));

        Assert.Equal(
            [
                (202612, 1, "BTXH.MAITANG", 202611, 4, 10_800_000), // 20 × 540,000
                (202612, 1, "tro_cap", 202612, 1, 810_000),
                (202612, 3, "tro_cap", 202611, 3, -100_000),
                (202612, 3, "tro_cap", 202612, 1, 810_000),
                (202701, 1, "tro_cap", 202701, 1, 810_000),
                (202701, 3, "tro_cap", 202611, 3, -100_000),
                (202701, 3, "tro_cap", 202701, 1, 810_000),
            ],
            await world.RowsAsync<(int, int, string, int, int, long)>("""
                SELECT l.month, d.recipient_id, l.component, l.for_month, l.kind::int, l.amount_vnd FROM line l JOIN disbursement d USING (province_code, month, run_no, line_no)
                 WHERE l.month > 202611 ORDER BY l.month, d.recipient_id, l.component, l.for_month
                """));
        var sentence = Assert.Single(await world.RowsAsync<string>("SELECT sentence_vi FROM explanation WHERE month = 202612 AND rule = 'recoupment'"));
        Assert.Contains("15/QĐ-UBND", sentence, StringComparison.Ordinal);
        Assert.Contains("1.080.000", sentence, StringComparison.Ordinal);
    }
}
