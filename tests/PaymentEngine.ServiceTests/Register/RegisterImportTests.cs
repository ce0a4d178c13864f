using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Register;

[Collection(RegisterCollection.Name)]
public sealed class RegisterImportTests(ScratchCluster scratch)
{
    static readonly CancellationToken Never = CancellationToken.None;

    [PostgresFact]
    public async Task The_same_bytes_and_the_same_rows_change_nothing_and_say_so()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var first = await world.ImportedAsync(world.Small());
        Assert.All(first.Files, file => Assert.Equal(file.Rows, file.New));
        Assert.Equal(1, first.CommunesMade);
        var rows = await world.RowsAsync();
        Assert.Contains(rows, row => row.StartsWith("listed", StringComparison.Ordinal) && row.Contains("[202607, 202609]", StringComparison.Ordinal) && row.Contains("[202608, 202609]", StringComparison.Ordinal));

        var bytes = await world.ImportedAsync(world.Small());
        Assert.All(bytes.Files, file => Assert.Equal(world.Clock.Now, file.ImportedBefore));

        world.Clock.Now += Duration.FromDays(1);
        var same = await world.ImportedAsync(world.Small("\n"));
        Assert.Equal(0, same.VersionsStored);
        Assert.All(same.Files, file => Assert.Equal(file.Rows, file.Unchanged));
        Assert.Equal(rows, await world.RowsAsync());
    }

    [PostgresFact]
    public async Task An_update_is_a_new_version_and_what_was_known_before_can_still_be_read()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var before = world.Clock.Now;
        world.Clock.Now += Duration.FromDays(30);
        var receipt = await world.ImportedAsync(
            world.Write("people2.csv", "person_id,id_number,full_name,birth,death,facts_from,province_code,commune_code,poverty",
                "P1,040040000123,Nguyễn Văn A,1940,2026-10-20,2026-01,40,17001,poor", "P2,,Trần Thị B,1950-05,,2026-03,40,17002,poor", "P3,,Lê Thị C,1945-02-03,,,40,17003,none"),
            world.Write("payees2.csv", "person_id,award_id,payee_name,role,from,to,channel,bank_bin,account_no,account_name,wish",
                "P1,,Nguyễn Văn A,self,,,bank,970436,1122334455,NGUYEN VAN A,yes", "P2,,Trần Thị B,self,,,cash,,,,"));
        Assert.Equal((0, 2, 1), (receipt.Files[0].New, receipt.Files[0].Changed, receipt.Files[0].Unchanged));
        Assert.Equal((0, 1, 1), (receipt.Files[1].New, receipt.Files[1].Changed, receipt.Files[1].Unchanged));

        await using var session = await world.Database.RunAsync(Never);
        async Task<string> KnownAsync(Instant at) => string.Join(' ', await session.QueryAsync<string>("""
            -- test
            SELECT coalesce(r.death::text, 'alive') || '/' || c.account_tail || '/' || p.channel_version || '/' || (SELECT poverty FROM dated_fact f WHERE f.recipient_id = 2 AND facts_from = 202603 AND f.known_from <= @at AND @at < f.known_to)
              FROM recipient r JOIN payee p USING (province_code, recipient_id) JOIN channel c ON c.payee_no = p.payee_no AND c.version = p.channel_version
             WHERE r.person_id = 'P1' AND p.role = 1 AND r.known_from <= @at AND @at < r.known_to AND p.known_from <= @at AND @at < p.known_to
            """, new { at }));
        Assert.Equal("alive/6655/1/2", await KnownAsync(before));
        Assert.Equal("2026-10-20/4455/2/3", await KnownAsync(world.Clock.Now));

        world.Clock.Now += Duration.FromDays(1);
        var withdrawn = await world.ImportedAsync(world.Write("people3.csv", "person_id,id_number,full_name,birth,facts_from,province_code,commune_code,poverty", "P1,040040000123,Nguyễn Văn A,1940,2026-01,40,17001,poor"));
        Assert.Equal(1, withdrawn.DeathsWithdrawn);
        Assert.Equal("alive/4455/2/3", await KnownAsync(world.Clock.Now));
    }

    [PostgresFact]
    public async Task A_bad_row_anywhere_changes_nothing_and_all_bad_rows_are_told()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var rows = await world.RowsAsync();
        var refused = await world.ImportAsync(
            world.Write("people2.csv", "person_id,full_name,birth,province_code,commune_code", "P9,Võ Thị D,1944,40,17001"),
            world.Write("awards2.csv", "award_id,person_id,programme,category", "A9,P9,BTXH,k5a", "A1,P2,BTXH,k5a", "A8,P7,BTXH,k5a"),
            world.Write("payees2.csv", "person_id,award_id,payee_name,role,from,channel", "P1,A2,X,carer,,cash", "P1,A7,X,carer,,cash", "P2,,Trần Thị B,self,2026-12-01,cash"),
            world.Write("paid2.csv", "person_id,award_id,month,component,amount_vnd", "P1,A1,2026-07,tro_cap,600000", "P1,A1,2026-13,tro_cap,500000"));
        Assert.False(refused.IsOk);
        Assert.Equal(
            ["awards2.csv:3 award.other_person", "awards2.csv:4 person.unknown", "paid2.csv:2 paid.conflict", "paid2.csv:3 month.malformed", "payees2.csv:2 award.other_person", "payees2.csv:3 award.unknown", "payees2.csv:4 payee.overlap"],
            refused.Problems.Select(problem => $"{Path.GetFileName(problem.At!.File)}:{problem.At.Line} {problem.Code}").Order(StringComparer.Ordinal));
        Assert.Equal(rows, await world.RowsAsync());
    }

    [PostgresFact]
    public async Task Of_two_words_on_one_state_the_later_recorded_stands_and_the_other_is_counted()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var receipt = await world.ImportedAsync(world.Write("people.csv", "person_id,full_name,birth,facts_from,recorded_on,province_code,commune_code,poverty",
            "P1,A,1940,2026-01,2026-05-02,40,17001,poor", "P1,A,1940,2026-01,2026-03-01,40,17001,none"));
        Assert.Equal((1, 1), (receipt.Files[0].New, receipt.Files[0].Superseded));
        Assert.Contains(await world.RowsAsync(), row => row.StartsWith("dated_fact", StringComparison.Ordinal) && row.Contains("\"poverty\": 3", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task Account_and_identity_numbers_stand_in_clear_in_no_column_of_any_table()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        await using var owner = await world.Database.OwnerAsync(Never);
        var tables = await owner.QueryAsync<string>("-- test\nSELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace");
        Assert.True(tables.Count > 40);
        foreach (var table in tables)
            foreach (var secret in new[] { RegisterWorld.Account, "040040000123", "0123456789" })
                Assert.Equal(0, await owner.SingleAsync<long>($"-- test\nSELECT count(*) FROM {table} t WHERE t::text LIKE '%' || @secret || '%' OR t::text LIKE '%' || encode(convert_to(@secret, 'UTF8'), 'hex') || '%'", new { secret }));
        Assert.Equal(1, await owner.SingleAsync<long>("-- test\nSELECT count(*) FROM channel WHERE account_tail = '6655'"));
    }

    [PostgresFact]
    public async Task A_desk_of_one_commune_sees_its_people_their_rights_and_accounts_and_no_others()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        async Task<string> SeenAsync(IReadOnlyList<int>? communes)
        {
            await using var desk = await world.Database.DeskAsync(new Scope("test", 40, communes), Never);
            return await desk.SingleAsync<string>("""
                -- test
                SELECT concat_ws('/', (SELECT count(*) FROM recipient), (SELECT count(*) FROM dated_fact), (SELECT count(*) FROM award), (SELECT count(*) FROM payee), (SELECT count(*) FROM channel), (SELECT count(*) FROM listed))
                """);
        }
        Assert.Equal("3/4/3/3/2/2", await SeenAsync(null));
        Assert.Equal("1/1/2/2/2/1", await SeenAsync([1]));
        Assert.Equal("1/2/1/1/0/1", await SeenAsync([2]));
        Assert.Equal("1/1/0/0/0/0", await SeenAsync([3]));
        Assert.Equal("0/0/0/0/0/0", await SeenAsync([]));
    }

    [PostgresFact]
    public async Task What_is_exported_and_imported_again_changes_nothing()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var exports = new RegisterExports(world.Database, world.Files, world.Cipher);
        Assert.Equal("not_allowed.role", (await exports.ExportAsync(world.Maker, Path.Combine(world.Folder, "no"), RegisterWorld.Export)).Problems[0].Code);
        var written = (await exports.ExportAsync(RegisterWorld.Person(Role.AccountEditor, Role.Exporter), Path.Combine(world.Folder, "out"), RegisterWorld.Export)).Value;
        // Each file ends with what it is known by, and the import below passes that over.
        Assert.All(written, file => Assert.Contains("Bản xuất 40-E1 · Nguyễn Thị An (an) · 02/11/2026 10:00 · mục đích: đối chiếu trong bài thử", File.ReadAllLines(file.Path)[^1], StringComparison.Ordinal));
        Assert.Contains(RegisterWorld.Account, File.ReadAllText(Path.Combine(world.Folder, "out", "payees.csv")), StringComparison.Ordinal);
        var again = await world.ImportedAsync([.. written.Select(file => file.Path)]);
        Assert.Equal(0, again.VersionsStored);
        Assert.Equal(3 + 1 + 4 + 3 + 3 + 2, again.Files.Sum(file => file.Unchanged));
    }

    [PostgresFact]
    public async Task Two_imports_at_once_wait_for_each_other_and_nothing_stands_twice()
    {
        await using var alone = await RegisterWorld.OpenAsync(scratch);
        await alone.ImportedAsync(alone.Small());

        await using var world = await RegisterWorld.OpenAsync(scratch);
        var files = world.Small();
        using var otherCipher = world.OpenCipher();
        var other = new Registers(world.Database, new Archive(world.Files, Path.Combine(world.Folder, "archive")), otherCipher);
        var both = await Task.WhenAll(Task.Run(() => world.ImportAsync(files)), Task.Run(() => other.ImportAsync(world.Maker with { UserName = "binh" }, files, world.Clock)));

        Assert.Contains(both, one => one.IsOk);
        Assert.All(both.Where(one => !one.IsOk), one => Assert.Equal("import.at_once", one.Problems.Single().Code));
        Assert.Equal(1, both.Count(one => one.IsOk && one.Value.VersionsStored > 0));
        Assert.Equal(WithoutTags(await alone.RowsAsync()), WithoutTags(await world.RowsAsync()));

        // Other files at once: neither loses a row of the other's.
        var first = world.Write("more1.csv", "person_id,full_name,birth,province_code,commune_code", "P4,Võ Thị D,1944,40,17001");
        var second = world.Write("more2.csv", "person_id,full_name,birth,province_code,commune_code", "P5,Võ Văn E,1944,40,17004");
        world.Clock.Now += Duration.FromDays(1);
        both = await Task.WhenAll(Task.Run(() => world.ImportAsync(first)), Task.Run(() => other.ImportAsync(world.Maker, [second], world.Clock)));
        Assert.All(both, one => Assert.True(one.IsOk, string.Join('\n', one.Problems)));
        Assert.Equal(5, (await world.RowsAsync()).Count(row => row.StartsWith("recipient", StringComparison.Ordinal)));
    }

    // Each home has its own tag key, so equal numbers have other tags there.
    static IEnumerable<string> WithoutTags(IReadOnlyList<string> rows) => rows.Select(row => System.Text.RegularExpressions.Regex.Replace(row, "\"(account|id_number)_tag\": \"[^\"]*\"", ""));

    [PostgresFact]
    public async Task A_bank_file_named_here_by_mistake_is_not_noted_and_so_still_new_when_the_bank_import_gets_it()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var refused = await world.ImportAsync(world.Write("camt.xml", "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"/>"));
        Assert.Equal("file.kind_unknown", refused.Problems.Single().Code);
        await using var session = await world.Database.RunAsync(Never);
        Assert.Equal(0, await session.SingleAsync<long>("-- test\nSELECT count(*) FROM inbox_file"));
    }

    [PostgresFact]
    public async Task What_is_kept_and_exported_is_for_its_owner_alone_and_appears_whole()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var exports = new RegisterExports(world.Database, world.Files, world.Cipher);
        await exports.ExportAsync(RegisterWorld.Person(Role.AccountEditor, Role.Exporter), Path.Combine(world.Folder, "out"), RegisterWorld.Export);
        foreach (var folder in (string[])["archive", "out"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(world.Folder, folder)));
            var files = Directory.GetFiles(Path.Combine(world.Folder, folder), "*", SearchOption.AllDirectories);
            Assert.Equal(7, files.Length);
            Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
            Assert.DoesNotContain(files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
        }

        // A folder in which a name is taken is left as it is.
        var again = await exports.ExportAsync(RegisterWorld.Person(Role.AccountEditor, Role.Exporter), Path.Combine(world.Folder, "out"), RegisterWorld.Export);
        Assert.Equal("file.exists", again.Problems.Single().Code);
    }

    [PostgresFact]
    public async Task Somebody_without_the_role_or_for_one_commune_only_may_not_import()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var files = world.Small();
        Assert.Equal("not_allowed.role", (await world.Registers.ImportAsync(RegisterWorld.Person(Role.Auditor), files, world.Clock)).Problems[0].Code);
        Assert.Equal("not_allowed.territory", (await world.Registers.ImportAsync(world.Maker with { Communes = [1] }, files, world.Clock)).Problems[0].Code);
    }
}
