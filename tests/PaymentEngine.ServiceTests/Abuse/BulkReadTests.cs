using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.ServiceTests.Runs;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Reading a register out: by paging, and as a file.</summary>
[Collection(PostgresCollection.Name)]
public sealed class BulkReadTests(ScratchCluster cluster)
{
    static IEnumerable<string> Page(int page) => Enumerable.Range(page * 100, 100).Select(n => $"P{n:000000}");

    [PostgresFact]
    public async Task AbuseCase33_ten_thousand_people_read_by_paging_are_told_early_stopped_and_let_on_by_two()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        var (reader, administrator, auditor) = (Person("doc", Role.Maker), Person("quan", Role.Administrator), Person("kiem", Role.Auditor));
        var (log, limits) = (new ReadLog(world.Database, world.Clock), new ReadLimits(world.Database, world.Clock));

        // Work on one's own list shows people too, and tells nobody.
        for (var page = 0; page < 6; page++) Assert.Null(await log.RecordAsync(reader, "list", "case take", 100, Page(page)));
        Assert.Empty(Ok(await limits.AlertsAsync(auditor)).Alerts);

        // 10,000 people in pages of 100: after 500 somebody is told, after 5,000 there is no page any more.
        int? told = null, stopped = null;
        for (var page = 0; page < 100; page++)
        {
            var refused = await log.RecordAsync(reader, "list", "people duplicates list", 100, Page(page));
            if (told is null && Ok(await limits.AlertsAsync(auditor)).Alerts.Any(alert => alert.Level == "told")) told = page;
            if (refused is null) continue;
            Assert.Equal("not_allowed.read_limit", refused.Code);
            stopped ??= page;
        }

        Assert.Equal((4, 50), (told, stopped));
        Assert.Equal(["stopped", "told"], Ok(await limits.AlertsAsync(administrator)).Alerts.Where(alert => alert.Reader == "doc").Select(alert => alert.Level).Order());
        Assert.Equal("not_allowed.role", Code(await limits.AlertsAsync(reader)));
        // The reads that were refused were not made: the log holds fifty pages and the work.
        Assert.Equal(5_600, await log.CountAsync(reader));
        // One person is refused like a page; a colleague is not.
        Assert.NotNull(await log.RecordAsync(reader, "person", "people show", "P000001"));
        Assert.Null(await log.RecordAsync(Person("khac", Role.Maker), "person", "people show", "P000001"));

        // One of two is not enough, the same person is not the second, and nobody is their own.
        Assert.Equal("not_allowed.own_lift", Code(await limits.LiftAsync(reader with { Roles = new HashSet<string> { Role.Administrator } }, "doc", "đối chiếu toàn tỉnh")));
        Assert.Equal("read_alert.none", Code(await limits.LiftAsync(administrator, "khac", "đối chiếu toàn tỉnh")));
        Assert.False(Ok(await limits.LiftAsync(administrator, "doc", "đối chiếu toàn tỉnh")));
        Assert.NotNull(await log.RecordAsync(reader, "person", "people show", "P000001"));
        Assert.Equal("not_allowed.lifted_already", Code(await limits.LiftAsync(administrator with { Roles = new HashSet<string> { Role.Administrator, Role.Auditor } }, "doc", "đối chiếu toàn tỉnh")));
        Assert.True(Ok(await limits.LiftAsync(auditor, "doc", "đã xem nhật ký đọc")));
        Assert.Null(await log.RecordAsync(reader, "person", "people show", "P000001"));

        // A new day begins with nothing read.
        world.Clock.Now += Duration.FromDays(1);
        Assert.Null(await log.RecordAsync(reader, "list", "people duplicates list", 100, Page(0)));

        // Other limits count at once; they are a pair.
        Assert.Equal("usage.read_limit", Code(await limits.SetAsync(administrator, 50, 50, "tỉnh nhỏ")));
        Ok(await limits.SetAsync(administrator, 50, 150, "tỉnh nhỏ"));
        Assert.NotNull(await log.RecordAsync(reader, "list", "people duplicates list", 100, Page(1)));
    }

    [PostgresFact]
    public async Task A_file_of_people_needs_a_right_of_its_own_and_a_purpose_and_is_found_again_by_its_digest()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        var folder = Directory.CreateTempSubdirectory("pe-exports-").FullName;
        try
        {
            var exports = new DataExports(world.Database, new DiskFiles(new ActionCounter()), world.Clock);
            var (reader, exporter, auditor) = (Person("doc", Role.AccountEditor), Person("xuat", Role.AccountEditor, Role.Exporter), Person("kiem", Role.Auditor));
            Assert.Equal("not_allowed.role", Code(await exports.BeginAsync(reader, "report people", "báo cáo huyện")));
            Assert.Equal("usage.purpose_missing", Code(await exports.BeginAsync(exporter, "report people", " ")));
            Assert.Equal("usage.purpose", Code(await exports.BeginAsync(exporter, "report people", "xem")));
            var export = Ok(await exports.BeginAsync(exporter, "report people", "báo cáo Ủy ban tỉnh"));
            Assert.Equal("40-E1", export.Number);
            Assert.Contains("xuat", export.Mark, StringComparison.Ordinal);
            // The intent is there before a byte is: a file that leaves with a crash is seen as begun.
            Assert.Null(Assert.Single(Ok(await exports.FindAsync(auditor, null, null, null, null, false))).Sha256);

            var path = Path.Combine(folder, "danh-sach.csv");
            await File.WriteAllTextAsync(path, "Họ tên\r\nNguyễn Văn A\r\n");
            await exports.EndAsync(exporter, export, (path, 1));
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
            var leaked = Assert.Single(Ok(await exports.FindAsync(auditor, sha256[..12], null, null, null, false)));
            Assert.Equal(("40-E1", "xuat", "báo cáo Ủy ban tỉnh", "danh-sach.csv", 1L, sha256), (leaked.Number, leaked.Person, leaked.Purpose, leaked.FileName, leaked.Rows, leaked.Sha256));
            Assert.Equal("40-E1", Assert.Single(Ok(await exports.FindAsync(auditor, null, "40-E1", null, null, false))).Number);
            Assert.Empty(Ok(await exports.FindAsync(auditor, "00000000", null, null, null, true)));
            Assert.Equal("usage.sha256", Code(await exports.FindAsync(auditor, "xyz", null, null, null, false)));
            Assert.Equal("not_allowed.role", Code(await exports.FindAsync(reader, null, null, null, null, false)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
