using System.Text;
using System.Text.Json;
using NodaTime;
using Npgsql;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Tests.Law;

namespace PaymentEngine.ServiceTests.Law;

/// <summary>A decree loaded into a store whose months were paid at the old rates.</summary>
[Collection(RegisterCollection.Name)]
public sealed class LawLoadTests(ScratchCluster cluster)
{
    const string Of2026 = "335/2026/NĐ-CP";
    static readonly LocalDate InForceOf335 = new(2026, 10, 5);

    [PostgresFact]
    public async Task Loading_335_2026_owes_exactly_the_differences_of_July_to_October_and_a_second_time_nothing()
    {
        await using var world = await LawWorld.OpenAsync(cluster, Decrees.ReleaseWithout(Of2026, "321/2026/NĐ-CP"));
        await world.ListJulyToOctoberAsync();
        Assert.Equal([0, 0, 0], await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM line WHERE kind <> 1 UNION ALL SELECT count(*)::int FROM run_law UNION ALL SELECT count(*)::int FROM law_load"));
        var folder = Decrees.Write(Path.Combine(world.Folder, "335-2026"), Decrees.FilesOf(Of2026, InForceOf335));

        world.Runs.Clock.Now = Instant.FromUtc(2026, 10, 20, 3, 0);
        var (loaded, load) = await world.AsAsync("maker", "law", "load", folder);
        Assert.True(loaded == 0, load.ToString());
        Assert.Equal("pending", load.GetProperty("state").GetString());
        var digest = load.GetProperty("digest").GetString()!;
        // The same files again: the same load, nothing new.
        Assert.True((await world.AsAsync("maker", "law", "load", folder)).Json.GetProperty("already_done").GetBoolean());
        // A waiting load is no law: its maker cannot make it one, nor can anybody who read something else.
        Assert.Equal(4, (await world.AsAsync("maker", "law", "approve", "1")).Exit);
        Assert.Equal("not_allowed.other_content", (await world.AsAsync("approver", "law", "approve", "1", "--digest", "abcd")).Json.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.Equal(1, (await world.AsAsync("approver", "law", "pending")).Json.GetProperty("loads").GetArrayLength());
        var (approved, view) = await world.AsAsync("approver", "law", "approve", "1", "--digest", digest[..12]);
        Assert.True(approved == 0 && view.GetProperty("state").GetString() == "approved", view.ToString());

        var november = await world.ListAsync(2026, 11);

        var arrears = await world.ArrearsAsync(202611);
        Assert.Equal(
        [
            ("A1", 240_000),    // 4 months × 1.5 × (540,000 − 500,000) = 4 × 60,000
            ("A2", 1_320_000),  // 75 since 11/2025: 4 × (2.0 × 540,000 − 1.5 × 500,000) = 4 × (1,080,000 − 750,000)
            ("A3", 160_000),    // 4 × (540,000 − 500,000)
            ("A4", 480_000),    // three children: 4 × 3 × (540,000 − 500,000)
            ("A4b", 320_000),   // 4 × 2.0 × (540,000 − 500,000)
        ], arrears);
        // November itself: 810,000 + 1,080,000 + 540,000 + 3 × 540,000 + 2 × 540,000 + 4,024,000 (77/2024, class A 45 %); person 6 died in August.
        Assert.Equal(810_000 + 1_080_000 + 540_000 + 1_620_000 + 1_080_000 + 4_024_000, (await world.Runs.RowsAsync<long>("SELECT sum(amount_vnd)::bigint FROM line WHERE month = 202611 AND kind = 1"))[0]);
        Assert.Equal([1], await world.Runs.RowsAsync<int>("SELECT load_no FROM run_law WHERE month = 202611"));
        Assert.Equal(["other"], await world.Runs.RowsAsync<string>("SELECT CASE WHEN (SELECT law_hash FROM run WHERE month = 202611) = (SELECT law_hash FROM run WHERE month = 202610) THEN 'same' ELSE 'other' END"));

        world.Runs.Clock.Now = Instant.FromUtc(2026, 11, 20, 3, 0);
        var (again, told) = await world.AsAsync("maker", "law", "load", folder);
        Assert.True(again == 0 && told.GetProperty("already_done").GetBoolean() && told.GetProperty("state").GetString() == "approved", told.ToString());
        // Under other names and in another order it is still the same law.
        var renamed = Decrees.Write(Path.Combine(world.Folder, "again"), Decrees.FilesOf(Of2026, InForceOf335).ToDictionary(file => "x/" + file.Key, file => file.Value));
        Assert.True((await world.AsAsync("maker", "law", "load", renamed)).Json.GetProperty("already_done").GetBoolean());
        await world.ListAsync(2026, 12);
        Assert.Empty(await world.ArrearsAsync(202612));
        Assert.Equal([1], await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM law_load"));
    }

    [PostgresFact]
    public async Task The_derived_rows_of_321_2026_are_marked_on_every_line_until_the_real_table_is_loaded()
    {
        await using var world = await LawWorld.OpenAsync(cluster, LawFiles.LoadEmbedded());
        await world.ListJulyToOctoberAsync();
        var november = await world.ListAsync(2026, 11);
        // Derived: 4,024,000 × 1.08 = 4,345,920, to 1,000: 4,346,000; July to October 4 × 322,000. Person 6 died in August and is owed July and August alone.
        Assert.Contains(("A5", 1_288_000L), await world.ArrearsAsync(202611));
        const string Statuses = "SELECT DISTINCT e.status FROM line l JOIN explanation e USING (province_code, month, run_no, explanation_no) JOIN award a ON a.award_no = l.award_no WHERE l.month = {0} AND a.award_id = 'A5'";
        Assert.Equal(["derived-unverified"], await world.Runs.RowsAsync<string>(string.Format(System.Globalization.CultureInfo.InvariantCulture, Statuses, 202611)));
        Assert.True(november.Total!.ListedVnd > 0);

        // The appendix as it might be read one day: 4,350,000 for 45 %.
        world.Runs.Clock.Now = Instant.FromUtc(2026, 11, 20, 3, 0);
        var file = Path.Combine(world.Folder, "phu-luc-ii-321-2026.csv");
        var lines = Encoding.UTF8.GetString(LawFiles.ReadEmbedded()["ncc/appendix-2-war-invalids-a.csv"]).Split('\n');
        var derived = lines.Single(line => line.StartsWith("NCC.TB.A.45,", StringComparison.Ordinal) && line.Contains(",321/2026/NĐ-CP,", StringComparison.Ordinal));
        var real = derived.Replace(",4346000,", ",4350000,", StringComparison.Ordinal).Replace(",derived-unverified,", ",verified,", StringComparison.Ordinal)
            .Replace("321/2026/NĐ-CP (mức chuẩn; phụ lục chưa đọc được)", "\"321/2026/NĐ-CP, Phụ lục II\"", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, lines[0] + "\n" + real + "\n");
        var (exit, load) = await world.AsAsync("maker", "law", "load", file);
        Assert.True(exit == 0, load.ToString());
        var change = load.GetProperty("changes").EnumerateArray().Single();
        Assert.Equal(("4346000", "4350000", "derived-unverified"), (change.GetProperty("replaces").GetProperty("value").GetString(), change.GetProperty("row").GetProperty("value").GetString(), change.GetProperty("replaces").GetProperty("status").GetString()));
        Assert.Equal(0, (await world.AsAsync("approver", "law", "approve", "1")).Exit);
        var shown = (await world.AsAsync("maker", "law", "show", "NCC.TB.A.45", "--month", "2026-11")).Json.GetProperty("values").EnumerateArray().Single();
        Assert.Equal(("4350000", "verified", "321/2026/NĐ-CP, Phụ lục II"), (shown.GetProperty("value").GetString(), shown.GetProperty("status").GetString(), shown.GetProperty("source").GetString()));

        await world.ListAsync(2026, 12);
        // July to November: 5 × (4,350,000 − 4,346,000).
        Assert.Contains(("A5", 20_000L), await world.ArrearsAsync(202612));
        Assert.Equal(["verified"], await world.Runs.RowsAsync<string>(string.Format(System.Globalization.CultureInfo.InvariantCulture, Statuses, 202612)));
        Assert.Equal([4_350_000L], await world.Runs.RowsAsync<long>("SELECT amount_vnd FROM line l JOIN award a ON a.award_no = l.award_no WHERE l.month = 202612 AND l.kind = 1 AND a.award_id = 'A5'"));
    }

    [PostgresFact]
    public async Task A_rejected_load_changes_nothing_and_a_simulation_stores_nothing()
    {
        await using var world = await LawWorld.OpenAsync(cluster, Decrees.ReleaseWithout(Of2026));
        world.Runs.Clock.Now = Instant.FromUtc(2026, 10, 20, 3, 0);
        var folder = Decrees.Write(Path.Combine(world.Folder, "335-2026"), Decrees.FilesOf(Of2026, InForceOf335));

        var (exit, cost) = await world.AsAsync("maker", "law", "simulate", folder, "--month", "2026-11");
        Assert.True(exit == 0, cost.ToString());
        // Now 750,000 + 750,000 + 500,000 + (3 + 2) × 500,000; by the draft 810,000 + 1,080,000 + 540,000 + 5 × 540,000; class A 45 % the same under both: 4,346,000.
        var total = cost.GetProperty("total");
        Assert.Equal((4_500_000L + 4_346_000, 5_130_000L + 4_346_000, 630_000L), (Vnd(total, "now_vnd"), Vnd(total, "draft_vnd"), Vnd(total, "difference_vnd")));
        Assert.Equal((5, 4, 0, 1), (Number(total, "people"), Number(total, "up"), Number(total, "down"), Number(total, "same")));
        var programmes = cost.GetProperty("programmes").EnumerateArray().ToDictionary(row => row.GetProperty("programme").GetString()!, row => Vnd(row, "difference_vnd"));
        Assert.Equal((0L, 590_000L, 40_000L), (programmes["NCC"], programmes["BTXH"], programmes["HTXH"]));
        var communes = cost.GetProperty("communes").EnumerateArray().ToDictionary(row => row.GetProperty("commune_code").GetString()!, row => Vnd(row, "difference_vnd"));
        // People with even numbers live in the first commune: 2 and 4; 1 and 3 in the second.
        Assert.Equal((330_000L + 200_000, 60_000L + 40_000), (communes["16690"], communes["16693"]));
        Assert.Equal([0, 0], await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM law_load UNION ALL SELECT count(*)::int FROM operation WHERE kind LIKE 'law%'"));

        Assert.Equal(0, (await world.AsAsync("maker", "law", "load", folder)).Exit);
        Assert.Equal("not_allowed.role", (await world.AsAsync("quantri", "law", "reject", "1", "--remark", "thiếu phụ lục")).Json.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.Equal("rejected", (await world.AsAsync("approver", "law", "reject", "1", "--remark", "thiếu phụ lục")).Json.GetProperty("state").GetString());
        Assert.Equal("not_allowed.law_decided", (await world.AsAsync("approver", "law", "approve", "1")).Json.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.Equal("500000", (await world.AsAsync("maker", "law", "show", "SOCIAL_PENSION", "--month", "2026-11")).Json.GetProperty("values").EnumerateArray().Single(row => row.GetProperty("place").GetString() == "national").GetProperty("value").GetString());
        // What was rejected may be brought again, as a load of its own.
        Assert.Equal(2, (await world.AsAsync("maker", "law", "load", folder)).Json.GetProperty("load").GetInt32());
        Assert.Equal(3, (await world.AsAsync("maker", "law", "pending", "9")).Exit);
    }

    [PostgresFact]
    public async Task The_store_itself_refuses_an_own_approval_other_bytes_and_any_change()
    {
        await using var world = await LawWorld.OpenAsync(cluster, Decrees.ReleaseWithout(Of2026));
        world.Runs.Clock.Now = Instant.FromUtc(2026, 10, 20, 3, 0);
        var folder = Decrees.Write(Path.Combine(world.Folder, "335-2026"), Decrees.FilesOf(Of2026, InForceOf335));
        Assert.Equal(0, (await world.AsAsync("maker", "law", "load", folder)).Exit);

        var own = await Assert.ThrowsAsync<PostgresException>(() => world.Runs.RunAsync(
            "INSERT INTO law_decision (province_code, load_no, decision, decision_no, person, made_by, digest, at, operation_no) SELECT province_code, load_no, 'approved', 1, made_by, made_by, digest, now(), 1 FROM law_load"));
        Assert.Equal("law_approver_is_not_maker", own.ConstraintName);
        await Assert.ThrowsAsync<PostgresException>(() => world.Runs.RunAsync(
            "INSERT INTO law_decision (province_code, load_no, decision, decision_no, person, made_by, digest, at, operation_no) SELECT province_code, load_no, 'approved', 1, 'x', made_by, sha256('other'), now(), 1 FROM law_load"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => world.Runs.RunAsync("UPDATE law_row SET value = '1'"))).SqlState);
        // Past all rights: other bytes are noticed, and nobody can make them law.
        await world.Runs.TamperAsync("UPDATE law_file SET content = content || 'x', sha256 = sha256(content || 'x') WHERE file_no = 1");
        Assert.Equal("not_allowed.content_changed", (await world.AsAsync("approver", "law", "approve", "1")).Json.GetProperty("problems")[0].GetProperty("code").GetString());
    }

    [PostgresFact]
    public async Task A_proven_value_of_a_closed_month_is_not_rewritten_and_a_plan_taken_up_again_keeps_the_law_it_began_with()
    {
        await using var world = await LawWorld.OpenAsync(cluster, LawFiles.LoadEmbedded());
        await world.ListAsync(2026, 7);
        await world.Runs.SqlAsync("""
            -- Closed although its money still waits: here only the month's law matters.
            ALTER TABLE run_step DISABLE TRIGGER closes_to_the_dong;
            INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no)
            SELECT 40, 202607, 1, 9, 'closed', 'maker', 'maker', content_hash, '2026-08-20', 1 FROM run_total WHERE month = 202607;
            """);
        world.Runs.Clock.Now = Instant.FromUtc(2026, 8, 24, 3, 0);
        async Task<string> FileAsync(string name, string rows)
        {
            var path = Path.Combine(world.Folder, name);
            await File.WriteAllTextAsync(path, "standard_code,name_vi,amount_vnd,place,applies_from,applies_to,instrument,in_force,end_in_force,source,status,note\n" + rows + "\n");
            return path;
        }

        var rewritten = await FileAsync("sửa.csv", "BTXH_STD,Mức chuẩn,550000,national,2026-07-01,,335/2026/NĐ-CP,2026-10-05,,335/2026/NĐ-CP,verified,");
        var (exit, refused) = await world.AsAsync("maker", "law", "load", rewritten);
        var problem = refused.GetProperty("problems")[0];
        Assert.Equal((3, "law.closed_month", "sửa.csv", 2, "applies_from"),
            (exit, problem.GetProperty("code").GetString(), problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetString()));
        Assert.Equal([0], await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM law_load"));

        // The province's own standard from August, brought by a resolution that counts back: allowed, and planned with.
        var resolution = await FileAsync("nghị-quyết.csv", "BTXH_STD,Mức chuẩn của tỉnh,600000,40,2026-07-01,,12/2026/NQ-HĐND,2026-08-10,,\"12/2026/NQ-HĐND, Điều 1\",verified,");
        var begun = await world.Runs.PlanAsync(new YearMonth(2026, 9));
        var before = await world.Runs.RowsAsync<string>("SELECT encode(law_hash, 'hex') FROM run WHERE month = 202609");
        Assert.Equal(0, (await world.AsAsync("maker", "law", "load", resolution)).Exit);
        world.Runs.Clock.Now += Duration.FromMinutes(5);
        Assert.Equal(0, (await world.AsAsync("approver", "law", "approve", "1")).Exit);
        // The same plan, asked for again, is the run that stands; its law is the one it began with.
        Assert.True((await world.Runs.PlanAsync(new YearMonth(2026, 9))).AlreadyDone);
        Assert.Equal(before, await world.Runs.RowsAsync<string>("SELECT encode(law_hash, 'hex') FROM run WHERE month = 202609"));
        // Returned and planned again it has the resolution: A1 July (listed at 750,000) 1.5 × 100,000; August and September at 900,000 each, August as arrears.
        Assert.True((await world.Runs.Runs.ReturnAsync(world.Runs.Maker, begun.Id, "nghị quyết mới")).IsOk);
        await world.Runs.PlanAsync(new YearMonth(2026, 9));
        Assert.Equal([(202607, 150_000L), (202608, 900_000L), (202609, 900_000L)], await world.Runs.RowsAsync<(int, long)>(
            "SELECT l.for_month, l.amount_vnd FROM line l JOIN award a ON a.award_no = l.award_no WHERE l.month = 202609 AND l.run_no = 2 AND a.award_id = 'A1' ORDER BY 1"));
        Assert.Equal([1], await world.Runs.RowsAsync<int>("SELECT load_no FROM run_law WHERE month = 202609 AND run_no = 2"));
    }

    static long Vnd(JsonElement row, string name) => row.GetProperty(name).GetInt64();

    static int Number(JsonElement row, string name) => row.GetProperty(name).GetInt32();
}
