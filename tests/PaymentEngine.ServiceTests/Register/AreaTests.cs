using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Areas;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Areas;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Register;

[Collection(RegisterCollection.Name)]
public sealed class AreaTests(ScratchCluster scratch)
{
    const string Header = "code,name,kind,parent_code,valid_from,valid_to,successor_codes,source,withdrawn";

    // On 1 February 2027 two communes of the small province become one under the first one's code, and a third is divided between it and a new one.
    static readonly string[] Merger =
    [
        "16690,Xã Một,commune,40,2025-07-01,2027-01-31,16690,NQ 1,", "16693,Xã Hai,commune,40,2025-07-01,2027-01-31,16690;16696,NQ 1,",
        "16690,Xã Chung,commune,40,2027-02-01,,,NQ 2,", "16696,Xã Mới,commune,40,2027-02-01,,,NQ 2,",
    ];

    static readonly LocalDate After = new(2027, 2, 1);

    [PostgresFact]
    public async Task A_month_keeps_its_names_and_its_sum_under_old_and_new_units()
    {
        await using var world = await RunWorld.OpenAsync(scratch);
        var folder = Directory.CreateTempSubdirectory("pe-areas-").FullName;
        var files = new DiskFiles(new ActionCounter());
        var trees = new AreaTrees(world.Database, world.Clock, files);
        var administrator = world.Maker with { Roles = new HashSet<string> { Role.Administrator } };
        await world.AddPeopleAsync(1, 12); // 3, 6, 9, 12 live in 16693
        await world.SqlAsync("UPDATE dated_fact SET hamlet = 'Xóm ' || recipient_id WHERE recipient_id % 3 = 0");
        Assert.Equal("area.no_tree", (await trees.SumsAsync(world.Maker, world.November, After)).Problems[0].Code);
        Assert.False((await trees.CheckAsync(world.Maker, After)).Value.HasTree);
        var view = await world.ApprovedAsync();
        var before = await CertificateAsync(view.Id);
        Assert.Contains("16690 Xã Một", before, StringComparison.Ordinal);

        // Bad rows: nothing is taken, every one is told with its place.
        var bad = await trees.ImportAsync(world.Maker, Write("bad.csv", Header, "16690,Xã Một,commune,40,2025-07-01,2027-01-31,16699,NQ 1,", "16693,Xã Hai,commune,499,2025-07-01,,,NQ 1,", "16697,Xã,commune,40,2025-07-01,,,NQ,yes"));
        Assert.Equal(["2 area.gap successor_codes", "3 area.parent_gap parent_code", "4 area.nothing_to_withdraw withdrawn"], bad.Problems.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
        Assert.Equal("not_allowed.role", (await trees.ImportAsync(world.Approver, Write("units.csv", [Header, .. Merger]))).Problems[0].Code);
        Assert.Empty(await world.RowsAsync<int>("-- test\nSELECT 1 FROM area_unit"));

        var taken = await trees.ImportAsync(world.Maker, Write("units.csv", [Header, .. Merger]));
        Assert.True(taken.IsOk, Said(taken));
        Assert.Equal((4, 4, 0, 2), (taken.Value.Rows, taken.Value.Applied, taken.Value.Unchanged, taken.Value.Renamed));
        Assert.Equal((0, 4), (await trees.ImportAsync(administrator, Write("units.csv", [Header, .. Merger]))).Value is var again ? (again.Applied, again.Unchanged) : default);
        // An open term beside one that begins later would hold one day twice: the row that stands is at fault through the file, and nothing is taken.
        Assert.Contains((await trees.ImportAsync(world.Maker, Write("reopen.csv", Header, "16690,Xã Một,commune,40,2025-07-01,,,NQ 1,"))).Problems, problem => problem.Code == "area.overlap");

        // A term that begins in February is not today's name.
        Assert.Equal(["16690 Xã Một", "16693 Xã Hai"], await NamesAsync());
        var after = await CertificateAsync(view.Id);
        Assert.Contains("16690 Xã Một", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Xã Chung", after, StringComparison.Ordinal);

        // Under the units of February: the first commune as a whole, of the second only who can be placed. The total is the same.
        var month = await trees.SumsAsync(world.Maker, world.November, After);
        Assert.True(month.IsOk, Said(month));
        Assert.True(month.Value.Ties);
        Assert.Equal([("16690", "Xã Một", 8), ("16693", "Xã Hai", 4)], month.Value.Own.Rows.Select(row => (row.Code, row.Name, row.People)));
        Assert.Equal([("16690", "Xã Chung", 8)], month.Value.Other.Rows.Select(row => (row.Code, row.Name, row.People)));
        Assert.Equal(["P000003", "P000006", "P000009", "P000012"], month.Value.Unplaced.Select(person => person.PersonId));
        Assert.Equal(month.Value.Own.Sum, month.Value.Other.Sum);

        var wrong = await trees.DivideAsync(world.Maker, Write("wrong.csv", "from_code,on,hamlet,person_id,to_code,source", "16690,2027-02-01,,,16690,DS", "16693,2027-02-02,Xóm 3,,16696,DS", "16693,2027-02-01,,P77,16696,DS", "16693,2027-02-01,Xóm 3,,16693,DS", "19999,2027-02-01,,,16693,DS"));
        Assert.Equal(["2 area.not_divided", "3 area.not_divided", "4 person.unknown", "5 area.not_successor", "6 area.unknown"], wrong.Problems.Select(problem => $"{problem.At!.Line} {problem.Code}"));
        var divided = await trees.DivideAsync(world.Maker, Write("parts.csv", "from_code,on,hamlet,person_id,to_code,source", "16693,2027-02-01,xóm 03,,16696,DS", "16693,2027-02-01,,P000006,16696,DS", "16693,2027-02-01,Xóm 9,,16690,DS"));
        Assert.True(divided.IsOk, Said(divided));
        var placed = (await trees.SumsAsync(world.Maker, world.November, After)).Value;
        Assert.True(placed.Ties);
        Assert.Equal([("16690", 9), ("16696", 2)], placed.Other.Rows.Select(row => (row.Code, row.People)));
        Assert.Equal("P000012", Assert.Single(placed.Unplaced).PersonId);

        // The register is held against the tree; what is known becomes moves, what is not is named.
        world.Clock.Now = Instant.FromUtc(2027, 1, 22, 3, 0);
        var check = (await trees.CheckAsync(world.Maker, After)).Value;
        Assert.Equal(["16693 3"], check.Ended.Select(one => $"{one.CommuneCode} {one.People}"));
        Assert.Equal("P000012", Assert.Single(Assert.Single(check.Undecided).People).PersonId);
        var moves = Path.Combine(folder, "moves.csv");
        var written = await trees.MovesAsync(world.Maker, After, moves);
        Assert.True(written.IsOk, Said(written));
        Assert.Equal((3, 1), (written.Value.People, written.Value.Undecided));
        using var cipher = KeyFolder.Open(Path.Combine(folder, "keys"), SystemClock.Instance).Value.OpenCipher();
        var moved = await new PeopleNotices(world.Database, cipher, world.Clock, files).MovesAsync(world.Maker, moves);
        Assert.True(moved.IsOk, Said(moved));
        Assert.Equal(3, moved.Value.Applied);
        Assert.Empty((await trees.CheckAsync(world.Maker, After)).Value.Ended);

        // A list of February under the units of November: only the record of that time says who came from where.
        var february = await world.ApprovedAsync(new YearMonth(2027, 2));
        Assert.Contains("16690 Xã Chung", await CertificateAsync(february.Id), StringComparison.Ordinal);
        var back = (await trees.SumsAsync(world.Maker, new YearMonth(2027, 2), new LocalDate(2026, 11, 1))).Value;
        Assert.True(back.Ties);
        Assert.Equal([("16690", "Xã Một", 8), ("16693", "Xã Hai", 4)], back.Other.Rows.Select(row => (row.Code, row.Name, row.People)));

        // The register names communes as they are on the day; each month's papers keep the names of their time.
        world.Clock.Now = Instant.FromUtc(2027, 2, 2, 3, 0);
        Assert.Equal((0, 2), (await trees.ImportAsync(world.Maker, Write("units.csv", [Header, .. Merger]))).Value is var later ? (later.Applied, later.Renamed) : default);
        Assert.Equal(["16690 Xã Chung", "16693 Xã Hai", "16696 Xã Mới"], await NamesAsync());
        Assert.Contains("16690 Xã Một", await CertificateAsync(view.Id), StringComparison.Ordinal);
        Assert.DoesNotContain("Xã Chung", await CertificateAsync(view.Id), StringComparison.Ordinal);
        await world.HoldsAsync();
        Directory.Delete(folder, recursive: true);

        Task<IReadOnlyList<string>> NamesAsync() => world.RowsAsync<string>("-- test\nSELECT commune_code || ' ' || name FROM area WHERE known_to = 'infinity' ORDER BY 1");

        async Task<string> CertificateAsync(Core.Payments.RunId run)
        {
            var certificate = await new Certificates(world.Database, world.Clock, files).OfAsync(world.Maker, run, default);
            Assert.True(certificate.IsOk, Said(certificate));
            using var page = new MemoryStream();
            Certificates.Paper(certificate.Value).WritePage(page);
            return System.Net.WebUtility.HtmlDecode(System.Text.Encoding.UTF8.GetString(page.ToArray()));
        }

        string Write(string name, params string[] lines)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, string.Join('\n', lines) + "\n");
            return path;
        }
    }

    [PostgresFact]
    public async Task The_register_refuses_a_code_that_no_commune_had_in_the_month_and_only_where_a_tree_is_known()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small()); // 17001, 17002, 17003, no tree: nothing is refused
        world.Clock.Now += Duration.FromHours(1);
        var trees = new AreaTrees(world.Database, world.Clock, world.Files);
        var taken = await trees.ImportAsync(world.Maker, world.Write("units.csv", Header, "412,Huyện Một,rural_district,40,,2025-06-30,,NQ,", "17001,Xã Một cũ,commune,412,,2025-06-30,17001,NQ,", "17002,Xã Hai,commune,412,,2025-06-30,17001,NQ,", "17001,Xã Một,commune,40,2025-07-01,,,NQ,"));
        Assert.True(taken.IsOk, Said(taken));
        const string people = "person_id,full_name,birth,facts_from,recorded_on,province_code,commune_code";
        world.Clock.Now += Duration.FromHours(1);
        var rows = await world.RowsAsync();
        var refused = await world.ImportAsync(world.Write("late.csv", people, "P7,Lê Văn Bảy,1950,2026-01,,40,17002", "P8,Lê Văn Tám,1950,2025-06,,40,17002", "P9,Lê Văn Chín,1950,,,40,17002", "P10,Lê Thị Mười,1950,,,40,17099", "P11,Lê Thị Mai,1950,2026-01,,38,14000"));
        Assert.Equal(["2 commune_code.not_on_date commune_code", "5 commune_code.not_on_date commune_code"], refused.Problems.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
        Assert.Equal(rows, await world.RowsAsync());
        // Before the district ended the old code is right, without a month any term will do, and of another province the tree says nothing.
        await world.ImportedAsync(world.Write("good.csv", people, "P8,Lê Văn Tám,1950,2025-06,,40,17002", "P9,Lê Văn Chín,1950,,,40,17002", "P11,Lê Thị Mai,1950,2026-01,,38,14000"));

        // Whoever is stored under an ended code can still be reported dead; the code waits for the merger to be followed.
        world.Clock.Now += Duration.FromHours(1);
        var died = await new PeopleNotices(world.Database, world.Cipher, world.Clock, world.Files).DeathsAsync(world.Maker, world.Write("deaths.csv", "person_id,full_name,died_on,source", "P2,Trần Thị B,2026-10-01,TB 1"));
        Assert.True(died.IsOk, Said(died));
        var check = (await trees.CheckAsync(world.Maker, new LocalDate(2026, 10, 5))).Value;
        Assert.Equal(["17002 40 2 → 17001"], check.Ended.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.CommuneCode} {one.HomeProvince} {one.People} → {one.Mapping.Unit!.Code}")));
        Assert.Equal(["17003"], check.NotInTree.Select(one => one.CommuneCode));

        var card = (await trees.ShowAsync(world.Maker, "17001", new LocalDate(2025, 6, 30))).Value;
        Assert.Equal(("Xã Một cũ", "412 40"), (card.Unit!.Name, string.Join(' ', card.Above.Select(unit => unit.Code))));
        Assert.Equal("area.unknown", (await trees.ShowAsync(world.Maker, "19999", card.Day)).Problems[0].Code);
        Assert.Equal(["17001", "17002"], (await trees.TreeAsync(world.Maker, "412", card.Day)).Value.Units.Select(one => one.Unit.Code));
        Assert.Equal("area.not_on_day", (await trees.TreeAsync(world.Maker, "412", new LocalDate(2026, 1, 1))).Problems[0].Code);
        Assert.Equal((AreaOutcome.Followed, "17001"), (await trees.MapAsync(world.Maker, "17002", LocalDate.MinIsoValue, card.Day.PlusDays(1), null)).Value is var mapping ? (mapping.Outcome, mapping.Unit!.Code) : default);
        // People whose province code is old are found under today's.
        await world.ImportedAsync(world.Write("old.csv", people, "P12,Lê Thị Hoa,1950,,,72,25000"));
        Assert.Equal(["72 → 80"], (await trees.CheckAsync(world.Maker, new LocalDate(2026, 10, 5))).Value.OldProvinces.Select(one => $"{one.HomeProvince} → {one.Province!.Code}"));
    }

    static string Said<T>(Result<T> result) => string.Join('\n', result.Problems);
}
