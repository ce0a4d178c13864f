using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Core.Recipients.Population;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Register;

[Collection(RegisterCollection.Name)]
public sealed class PeopleRegisterTests(ScratchCluster scratch)
{
    const string People = "person_id,id_number,full_name,sex,birth,facts_from,recorded_on,province_code,commune_code,household_id,spouse_id";

    static Duplicates DuplicatesOf(RegisterWorld world) => new(world.Database, world.Cipher, world.Clock);

    static PeopleNotices NoticesOf(RegisterWorld world) => new(world.Database, world.Cipher, world.Clock, world.Files);

    static PopulationExchanges ExchangesOf(RegisterWorld world) => new(world.Database, world.Cipher, world.Clock, world.Files);

    static string Said<T>(Result<T> result) => string.Join('\n', result.Problems);

    static async Task<IReadOnlyList<string>> AwardsAsync(RegisterWorld world)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<string>("""
            -- test
            SELECT r.person_id || ' ' || a.award_id || ' ' || a.category || ' ' || coalesce(a.first_month::text, '') || '-' || coalesce(a.last_month::text, '') FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
             WHERE a.known_to = 'infinity' ORDER BY a.award_id
            """);
    }

    [PostgresFact]
    public async Task One_person_registered_twice_is_found_decided_with_a_reason_and_paid_once()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        world.Clock.Now += Duration.FromHours(1);
        var duplicates = DuplicatesOf(world);
        Assert.Equal((3, 3, 0), await SearchedAsync());
        Assert.Equal((3, 0, 0), await SearchedAsync()); // nothing new: nothing is searched, and nothing written

        world.Clock.Now += Duration.FromHours(1);
        await world.ImportedAsync(
            world.Write("more.csv", People, "P8,040040000132,Nguyen Van A,,1940,,,40,17001,,", "P9,,Trần Thị Bé,,1951,,,40,17002,,"),
            world.Write("awards8.csv", "award_id,person_id,programme,category,decided_on", "A8,P8,BTXH,k5a,2026-02-05", "A9,P8,HTXH,HTXH,2026-02-05"));
        world.Clock.Now += Duration.FromHours(1);
        Assert.Equal((5, 2, 1), await SearchedAsync());
        var pair = Assert.Single(await duplicates.ListAsync(world.Maker, all: false, 10));
        Assert.Equal(("P1", "P8", DuplicateRule.NumberTypo), (pair.FirstPerson, pair.SecondPerson, (DuplicateRule)pair.Rule));

        Assert.Equal("usage.reason_missing", (await duplicates.DifferentAsync(world.Maker, pair.PairNo, " ")).Problems[0].Code);
        Assert.Equal("not_allowed.role", (await duplicates.DifferentAsync(RegisterWorld.Person(Role.Reconciler), pair.PairNo, "x")).Problems[0].Code);
        Assert.Equal("duplicate.keep_unknown", (await duplicates.SameAsync(world.Maker, pair.PairNo, "x", "P3", null)).Problems[0].Code);
        Assert.Equal("duplicate.unknown", (await duplicates.DifferentAsync(world.Maker, 99, "x")).Problems[0].Code);
        var before = await world.RowsAsync();
        Assert.True((await duplicates.DifferentAsync(world.Maker, pair.PairNo, "hai anh em")).IsOk);
        Assert.Equal(before, await world.RowsAsync());
        Assert.Equal("duplicate.decided", (await duplicates.DifferentAsync(world.Maker, pair.PairNo, "x")).Problems[0].Code);

        // More is known: one person after all. What both have ends, what only the second has goes on under the first.
        world.Clock.Now += Duration.FromHours(1);
        var same = await duplicates.SameAsync(world.Maker, pair.PairNo, "công an xã xác nhận", "P1", null);
        Assert.True(same.IsOk, Said(same));
        Assert.Equal(["A8", "A9"], same.Value.Ended);
        Assert.Equal(["A9.P1"], same.Value.Carried);
        var awards = await AwardsAsync(world);
        Assert.Contains("P8 A8 k5a -202609", awards);
        Assert.Contains("P8 A9 HTXH -202609", awards);
        Assert.Contains("P1 A9.P1 HTXH 202610-", awards);
        Assert.Contains("P1 A1 k5a -", awards);
        Assert.Equal("duplicate.decided", (await duplicates.DifferentAsync(world.Maker, pair.PairNo, "x")).Problems[0].Code);

        // The number of the merged record finds the one that is paid; both histories are there, with who and why.
        var history = new PersonHistory(world.Database, world.Cipher);
        var card = await history.ShowAsync(world.Maker, "040040000132");
        Assert.True(card.IsOk, Said(card));
        Assert.Equal("P1", card.Value.Person.PersonId);
        Assert.Equal(2, card.Value.Numbers.Count);
        Assert.Contains(card.Value.History, step => step is { Kind: "merged", Why: "công an xã xác nhận", Person: "an" });
        Assert.Contains(card.Value.History, step => step is { Kind: "person", Source: not null } && step.Source.Contains("people.csv", StringComparison.Ordinal));
        Assert.Equal("P1", (await history.ShowAsync(world.Maker, "P8")).Value.Person.MergedInto);
        Assert.Equal("person.unknown", (await history.ShowAsync(world.Maker, "P77")).Problems[0].Code);
        world.Clock.Now += Duration.FromHours(1);
        Assert.Equal(0, (await SearchedAsync()).Found);

        async Task<(int Records, int New, int Found)> SearchedAsync()
        {
            var done = await duplicates.SearchAsync(world.Maker);
            Assert.True(done.IsOk, Said(done));
            return (done.Value.Records, done.Value.NewRecords, done.Value.Found);
        }
    }

    [PostgresFact]
    public async Task The_population_database_is_asked_answers_and_corrects_what_a_person_decides()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        await world.ImportedAsync(world.Write("more.csv", People, "P5,,Lê Văn Năm,M,1952,,,40,17001,,", "P6,040155000777,Lê Thị Sáu,F,1955-02-03,,,40,17001,,"));
        world.Clock.Now += Duration.FromHours(1);
        var exchanges = ExchangesOf(world);
        Assert.Equal("commune.unknown", (await exchanges.ExportAsync(world.Maker, "99999", Path.Combine(world.Folder, "x.csv"))).Problems[0].Code);
        Assert.Equal("file.form", (await exchanges.ExportAsync(world.Maker, "17001", Path.Combine(world.Folder, "x.pdf"))).Problems[0].Code);
        var file = Path.Combine(world.Folder, "xa-mot.csv");
        var exported = await exchanges.ExportAsync(world.Maker, "17001", file);
        Assert.True(exported.IsOk, Said(exported));
        Assert.Equal((1, 3), (exported.Value.ExchangeNo, exported.Value.People));
        Assert.Contains(File.ReadLines(file), line => line.Contains("P1,040040000123,Nguyễn Văn A,1940,", StringComparison.Ordinal));
        Assert.Equal("file.exists", (await exchanges.ExportAsync(world.Maker, "17001", file)).Problems[0].Code);

        const string header = "person_id,outcome,id_number,full_name,birth,sex,death,commune_code,checked_on";
        var rows = await world.RowsAsync();
        var bad = await exchanges.ImportAsync(world.Maker, 1, world.Write("bad.csv", header, "P1,found,040040000123,Nguyễn Văn A,1940-05-06,M,,17001,2026-10-05", "P2,not_found,,,,,,,2026-10-05", "P5,not_found,,,,,,,2027-01-01"));
        Assert.Equal(["3 exchange.not_asked", "4 notice.future"], bad.Problems.Select(problem => $"{problem.At!.Line} {problem.Code}"));
        Assert.All((await exchanges.ShowAsync(world.Maker, 1)).Value.People, person => Assert.Equal(ExchangeState.Asked, PopulationExchanges.StateOf(person)));

        var answers = world.Write("answers.csv", header, "P1,found,040040000123,NGUYỄN VĂN A,1940-05-06,M,,17001,2026-10-05", "P5,not_found,,,,,,,2026-10-05", "P6,found,040155000777,Lê Thị Sáo,1955-02-03,F,2026-09-09,17002,2026-10-05");
        var taken = await exchanges.ImportAsync(world.Maker, 1, answers);
        Assert.True(taken.IsOk, Said(taken));
        Assert.Equal((3, 0, 2, 1), (taken.Value.New, taken.Value.Matched, taken.Value.Different, taken.Value.NotFound));
        Assert.Equal((0, 3), ((await exchanges.ImportAsync(world.Maker, 1, answers)).Value.New, (await exchanges.ImportAsync(world.Maker, 1, answers)).Value.Unchanged));
        Assert.Equal(rows, await world.RowsAsync());

        // What only completes is taken over for all at once; what contradicts, person by person.
        var completed = await exchanges.DecideAsync(world.Maker, 1, [], takeOver: true, "bổ sung ngày sinh");
        Assert.True(completed.IsOk, Said(completed));
        Assert.Equal(new ExchangeDecided(1, 1, 0, 1), completed.Value);
        var contradicted = await exchanges.DecideAsync(world.Maker, 1, ["P6"], takeOver: true, "đã xem trích lục");
        Assert.True(contradicted.IsOk, Said(contradicted));
        Assert.Equal("exchange.nothing_open", (await exchanges.DecideAsync(world.Maker, 1, ["P6"], takeOver: false, "x")).Problems[0].Code);
        var history = new PersonHistory(world.Database, world.Cipher);
        var sau = (await history.ShowAsync(world.Maker, "P6")).Value;
        Assert.Equal(("Lê Thị Sáo", new LocalDate(2026, 9, 9), "17001"), (sau.Person.FullName, sau.Person.Death, sau.Person.CommuneCode));
        Assert.Contains(sau.History, step => step is { Kind: "correction", Person: "an" } && step.Why!.Contains("đã xem trích lục", StringComparison.Ordinal));
        var first = (await history.ShowAsync(world.Maker, "P1")).Value.Person;
        Assert.Equal("1940-5-6", $"{first.BirthYear}-{first.BirthMonth}-{first.BirthDay}");

        var quality = (await exchanges.QualityAsync(world.Maker, "17001")).Value.ToDictionary(person => person.Row.PersonId, person => person.Quality);
        Assert.Equal((DataQuality.All, true), (quality["P1"].Marks, quality["P1"].IsPayable));
        Assert.Equal(DataGap.NotFound | DataGap.NoNumber | DataGap.NoDayOfBirth | DataGap.NoAward | DataGap.NoPayee, quality["P5"].Gaps);
        Assert.True(quality["P6"].MissingToPay.HasFlag(DataGap.Dead));
    }

    [PostgresFact]
    public async Task Deaths_come_from_a_file_and_household_and_receiver_go_on()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        await world.ImportedAsync(
            world.Write("house.csv", People, "H1,181234567,Phan Văn Chủ,M,1940,,,40,17001,HO1,H2", "H2,,Lê Thị Vợ,F,1945,,,40,17001,HO1,", "H3,,Phan Văn Con,M,1970,,,40,17001,HO1,", "H4,,Phan Thị Cháu,F,2015,,,40,17001,HO1,"),
            world.Write("awardsh.csv", "award_id,person_id,programme,category,decided_on,about_person_id", "AH,H1,BTXH,CS.HOGD,2026-02-05,H4", "AC,H4,BTXH,k6,2026-02-05,"),
            world.Write("payeesh.csv", "person_id,award_id,payee_id,payee_name,role,channel", "H1,AH,H1,Phan Văn Chủ,household,cash", "H4,AC,H1,Phan Văn Chủ,guardian,cash"));
        world.Clock.Now += Duration.FromHours(1);
        var notices = NoticesOf(world);
        var heads = await notices.HeadsAsync(world.Maker, world.Write("heads.csv", "household_id,head_person_id,from,source", "HO1,H1,2020-01-01,sổ hộ khẩu"));
        Assert.True(heads.IsOk, Said(heads));
        Assert.Equal(["2 head.other_household", "3 person.unknown"], (await notices.HeadsAsync(world.Maker, world.Write("heads2.csv", "household_id,head_person_id,from,source", "HO2,H2,2026-01-01,x", "HO1,H9,2026-01-01,x"))).Problems.Select(problem => $"{problem.At!.Line} {problem.Code}"));

        const string header = "person_id,id_number,full_name,birth,died_on,known_on,source";
        var rows = await world.RowsAsync();
        var bad = await notices.DeathsAsync(world.Maker, world.Write("bad.csv", header, ",181234567,Phan Văn Chủ,,2026-10-01,,x", "P1,,Trần Thị B,,2026-10-01,,x", "P3,,Lê Thị C,1955,2026-10-01,,x", "P2,,Trần Thị B,,2026-12-01,,x", "P7,,Ai Đó,,2026-10-01,,x", "H3,,Phan Văn Con,,1960-01-01,,x"));
        Assert.Equal(["3 notice.other_name full_name", "4 notice.other_birth birth", "5 notice.future died_on", "6 person.unknown person_id", "7 death.before_birth died_on"], bad.Problems.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
        Assert.Equal(rows, await world.RowsAsync());

        world.Clock.Now += Duration.FromHours(1);
        var deaths = world.Write("deaths.csv", header, ",181234567,PHAN VĂN CHỦ,1940,2026-10-01,2026-10-04,Trích lục 12", ",038150999999,Người Tỉnh Khác,,2026-10-01,,Trích lục 13");
        var done = await notices.DeathsAsync(world.Maker, deaths);
        Assert.True(done.IsOk, Said(done));
        Assert.Equal((2, 1, 1, 1, 2), (done.Value.Rows, done.Value.Applied, done.Value.NotOurs, done.Value.Heads, done.Value.ReceiversEnded));
        Assert.Contains(done.Value.Notes, note => note.StartsWith("H4:", StringComparison.Ordinal));
        var head = Assert.Single(await notices.ListHeadsAsync(world.Maker));
        Assert.Equal(("H2", true, new LocalDate(2026, 10, 2)), (head.PersonId, head.IsProposed, head.FromDay));
        await using var session = await world.Database.RunAsync(default);
        Assert.Equal(["H1 household H1 -2026-10-01", "H1 household H2 2026-10-02-", "H4 guardian H1 -2026-10-01"], await session.QueryAsync<string>("""
            -- test
            SELECT r.person_id || CASE p.role WHEN 4 THEN ' household ' ELSE ' guardian ' END || p.payee_ref || ' ' || coalesce(p.valid_from::text, '') || '-' || coalesce(p.valid_to::text, '')
              FROM payee p JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1 WHERE p.known_to = 'infinity' AND p.payee_ref IS NOT NULL ORDER BY 1
            """));
        Assert.Equal("2026-10-01 2026-10-04", Assert.Single(await session.QueryAsync<string>("-- test\nSELECT r.death || ' ' || f.recorded_on FROM recipient r JOIN dated_fact f USING (province_code, recipient_id) WHERE r.person_id = 'H1' AND r.known_to = 'infinity' AND f.known_to = 'infinity'")));

        // The same again changes nothing; another day is for a correction, not for a notice.
        var again = await notices.DeathsAsync(world.Maker, deaths);
        Assert.Equal((0, 1, 1), (again.Value.Applied, again.Value.Unchanged, again.Value.NotOurs));
        Assert.Equal("notice.other_death", (await notices.DeathsAsync(world.Maker, world.Write("other.csv", header, "H1,,Phan Văn Chủ,,2026-10-02,,x"))).Problems[0].Code);
    }

    [PostgresFact]
    public async Task Whoever_moves_between_communes_is_paid_no_month_twice()
    {
        await using var world = await RunWorld.OpenAsync(scratch);
        var folder = Directory.CreateTempSubdirectory("pe-moves-").FullName;
        using var cipher = KeyFolder.Open(Path.Combine(folder, "keys"), SystemClock.Instance).Value.OpenCipher();
        await world.SqlAsync("""
            UPDATE payer SET commune_codes = '{16690}' WHERE payer_no = 1;
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin, account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            SELECT province_code, 2, 1, 'HAI', 'Xã Hai', 'HAI', kind, programmes, '{16693}', counts_from, debtor_bin, account_key, account_cipher, decode(repeat('1f', 16), 'hex'), '0002', 'XA HAI', known_from, operation_no FROM payer WHERE payer_no = 1;
            """);
        await world.AddPeopleAsync(1, 9);
        var notices = new PeopleNotices(world.Database, cipher, world.Clock, new DiskFiles(new ActionCounter()));
        foreach (var payer in new[] { "SO", "HAI" }) await ApproveAsync(world.November, payer);

        world.Clock.Now = Instant.FromUtc(2026, 11, 22, 3, 0);
        await MovedAsync("P000001,Nguyễn Văn 1,40,16693,2026-12,15/QĐ"); // known before both lists of December
        var december = world.November.Plus(1);
        await ApproveAsync(december, "SO");
        world.Clock.Now += Duration.FromHours(1);
        await MovedAsync("P000002,Nguyễn Văn 2,40,16693,2026-12,16/QĐ"); // known when the old commune has listed December, the new one not yet
        await ApproveAsync(december, "HAI");
        world.Clock.Now = Instant.FromUtc(2026, 12, 23, 3, 0);
        foreach (var payer in new[] { "SO", "HAI" }) await ApproveAsync(december.Plus(1), payer);

        var listed = await world.RowsAsync<string>("""
            -- test
            SELECT r.person_id || ' ' || string_agg(l.for_month || ' by ' || p.payer_code, ', ' ORDER BY l.for_month, l.month)
              FROM line l JOIN disbursement d USING (province_code, month, run_no, line_no) JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.version = 1
              JOIN run ON run.province_code = l.province_code AND run.month = l.month AND run.run_no = l.run_no JOIN payer p ON p.province_code = run.province_code AND p.payer_no = run.payer_no AND p.version = 1
             WHERE r.person_id IN ('P000001', 'P000002', 'P000003', 'P000004') AND l.for_month >= 202611 GROUP BY r.person_id ORDER BY 1
            """);
        Assert.Equal(
        [
            "P000001 202611 by SO, 202612 by HAI, 202701 by HAI", "P000002 202611 by SO, 202612 by SO, 202701 by HAI",
            "P000003 202611 by HAI, 202612 by HAI, 202701 by HAI", "P000004 202611 by SO, 202612 by SO, 202701 by SO",
        ], listed);
        await world.HoldsAsync();

        // Into another province: the award ends here, and its last month is the one before.
        var left = await notices.MovesAsync(world.Maker, Write("left.csv", "P000004,Nguyễn Văn 4,38,38001,2027-02,18/QĐ"));
        Assert.True(left.IsOk, Said(left));
        Assert.Equal(1, left.Value.AwardsEnded);
        Assert.Equal(202701, Assert.Single(await world.RowsAsync<int>("-- test\nSELECT last_month FROM award WHERE award_id = 'A000004' AND known_to = 'infinity'")));
        var bad = await notices.MovesAsync(world.Maker, Write("bad.csv", "P000005,Trần Văn 5,40,16693,2027-02,x", "P000077,Ai,40,16693,2027-02,x", "P000001,Nguyễn Văn 1,40,16690,2026-11,x"));
        Assert.Equal(["2 notice.other_name", "3 person.unknown", "4 notice.later_state"], bad.Problems.Select(problem => $"{problem.At!.Line} {problem.Code}"));
        Directory.Delete(folder, recursive: true);

        async Task ApproveAsync(YearMonth month, string payer)
        {
            var planned = await world.Runs.PlanAsync(world.Maker, month, payer);
            Assert.True(planned.IsOk, Said(planned));
            var view = Assert.Single(planned.Value);
            var submitted = await world.Runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd, previousOpen: "tháng trước còn khoản chưa xong");
            Assert.True(submitted.IsOk, Said(submitted));
            var approved = await world.Runs.ApproveSeenAsync(world.Approver, view.Id, view.Total.ListedVnd);
            Assert.True(approved.IsOk, Said(approved));
        }

        async Task MovedAsync(string row)
        {
            var moved = await notices.MovesAsync(world.Maker, Write("moves.csv", row));
            Assert.True(moved.IsOk, Said(moved));
            Assert.Equal(1, moved.Value.Applied);
        }

        string Write(string name, params string[] rows)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, "person_id,full_name,to_province_code,to_commune_code,from_month,source\n" + string.Join('\n', rows) + "\n");
            return path;
        }
    }
}
