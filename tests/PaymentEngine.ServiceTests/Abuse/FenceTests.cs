using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.Postgres.Cluster;
using PaymentEngine.ServiceTests.Banks;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>An older copy of the database is put back after files have left: nothing leaves a second time.</summary>
public sealed class FenceTests(FenceTests.Store store) : IClassFixture<FenceTests.Store>
{
    /// <summary>A database of its own, since it is put back in the middle of a test.</summary>
    public sealed class Store : IAsyncLifetime
    {
        public ApprovedRuns Runs { get; } = new() { Home = Directory.CreateTempSubdirectory("pe-fence-").FullName };

        public Task InitializeAsync() => Runs.InitializeAsync();

        public Task DisposeAsync() => Runs.DisposeAsync();
    }

    readonly ApprovedRuns world = store.Runs;

    static Caller Who(string name, string role) => new(ApprovedRuns.Province, name, name, new HashSet<string> { role }, null) { ProvenUntil = Instant.MaxValue };

    readonly Caller admin = Who("quan", Role.Administrator), auditor = Who("thanh", Role.Auditor), maker = Who("lan", Role.Maker), cashier = Who("cuc", Role.CashOfficer);

    string HeadsFolder => Path.Combine(world.Home, "heads");

    Fences Fences => new(world.Database, world.Files, world.Clock, HeadsFolder);

    Heads Heads => new(world.Database, world.Files, world.Keys.Folder, world.Clock);

    static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;

    static T Ok<T>(Result<T> result) => result.TryGet(out var value) ? value : throw new Xunit.Sdk.XunitException(string.Join('\n', result.Problems));

    async Task<IReadOnlyList<string>> FilesOfAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return [.. (await FenceStore.FilesAsync(session, ApprovedRuns.Province)).Where(file => file.Run == run.ToString()).Select(file => $"{file.MsgId} {file.Sha256} {file.Sent}")];
    }

    [PostgresFact]
    public async Task AbuseCase30_An_older_backup_that_is_put_back_sends_nothing_until_files_heads_and_database_agree()
    {
        var run = await world.AddAsync(4);
        Ok(await world.Exports.ExportAsync(maker, await world.AddAsync(2), world.Folder("first")));
        Ok(await Heads.ExportAsync(ApprovedRuns.Province, HeadsFolder));
        var dump = Path.Combine(world.Home, "yesterday.dump");
        Ok(Backup.Write(world.Database.Cluster, "", dump));

        // Today: exported, sent, the head exported.
        var bank = new FolderChannel(world.Files, world.Folder("bank"));
        var exported = Ok(await world.Exports.ExportAsync(maker, run, world.Folder("today")));
        Assert.True(Ok(await world.HandOvers.SendAsync(maker, run, bank)).AllSent);
        Ok(await Heads.ExportAsync(ApprovedRuns.Province, HeadsFolder));
        var asSent = await FilesOfAsync(run);
        Assert.Null(await Fences.AtStartAsync(ApprovedRuns.Province));

        // Somebody puts yesterday back, past the program.
        await world.PutBackAsync(dump);
        Assert.Empty(await FilesOfAsync(run));
        Assert.Equal("not_allowed.fence", (await Fences.AtStartAsync(ApprovedRuns.Province))!.Code);
        Assert.Null(await Fences.AtStartAsync(ApprovedRuns.Province));
        Assert.Equal("not_allowed.fence", Code(await world.Exports.ExportAsync(maker, run, world.Folder("again"))));
        Assert.Equal("not_allowed.fence", Code(await world.HandOvers.SendAsync(maker, run, bank)));
        Assert.Equal("not_allowed.fence", Code(await world.HandOvers.RecordAsync(maker, run, "Bà Hoa")));
        Assert.Equal("not_allowed.fence", Code(await new Recalls(world.Database, world.Files, world.Keys, world.Clock).RecallAsync(maker, [new InstructionId(40, ApprovedRuns.Month, run.RunNo, 1, 1)], RecallReason.Duplicate, world.Folder("recall"))));
        Assert.Equal("not_allowed.fence", Code(await new CashPayouts(world.Database, world.Clock, world.Files, new PaperPrinter(world.Files, "")).PrintAsync(cashier, ApprovedRuns.Month, null, world.Folder("cash"), false, default)));

        var view = Ok(await Fences.CheckAsync(auditor));
        var msgId = exported.Files[0].MsgId;
        Assert.True(view.IsClosed);
        Assert.Equal([$"file {msgId}", $"sending {msgId} 1", $"sent {msgId} 1"], view.Differences.Where(one => one.CanBeAdopted).Select(one => one.Item));
        var lost = Assert.Single(view.Differences, one => !one.CanBeAdopted);
        Assert.Equal("not_allowed.fence_differences", Code(await Fences.LiftAsync(admin, "vội")));

        // What bytes prove is taken up: the same ids, the same digests, known as sent.
        var adopted = Ok(await Fences.AdoptAsync(admin, world.Keys, world.Archive));
        Assert.Empty(adopted.NotAdopted);
        Assert.Equal((1, 2), (adopted.Files, adopted.HandOvers));
        Assert.Equal(asSent, await FilesOfAsync(run));

        // What is lost is decided by two; one person alone, twice, is not two.
        Ok(await Fences.DecideAsync(admin, lost.Item, "Đã đối chiếu nhật ký giấy"));
        Assert.Equal("not_allowed.same_person", Code(await Fences.DecideAsync(admin, lost.Item, "lần nữa")));
        Assert.Equal("fence.unknown_item", Code(await Fences.DecideAsync(auditor, "file X", "?")));
        Assert.Equal("not_allowed.fence_differences", Code(await Fences.LiftAsync(admin, "vội")));
        Assert.True(Ok(await Fences.DecideAsync(auditor, lost.Item, "Đồng ý")).Agrees);
        Assert.Equal("usage.reason_missing", Code(await Fences.LiftAsync(admin, " ")));
        Assert.True(Ok(await Fences.LiftAsync(admin, "Đã khớp")).IsClosed);
        Assert.Equal("not_allowed.same_person", Code(await Fences.LiftAsync(admin, "Đã khớp")));
        Assert.False(Ok(await Fences.LiftAsync(auditor, "Đã khớp")).IsClosed);

        // What two persons have decided about accuses nobody any more; the chain goes on.
        Assert.DoesNotContain(Ok(await new AuditVerification(world.Database, world.Files, Path.Combine(world.Home, "archive")).VerifyAsync(auditor, HeadsFolder, null)).Broken, one => one.At!.File == "audit_block");

        // The bank gets nothing twice, and what is new leaves as ever.
        Assert.DoesNotContain(Ok(await world.HandOvers.SendAsync(maker, run, bank)).Files, file => file.IsNew);
        var next = await world.AddAsync(3);
        var later = Ok(await world.Exports.ExportAsync(maker, next, world.Folder("next")));
        Assert.DoesNotContain(later.Files, file => file.MsgId == msgId);
        Assert.True(Ok(await world.HandOvers.SendAsync(maker, next, bank)).AllSent);
        Assert.Null(await Fences.AtStartAsync(ApprovedRuns.Province));
    }

    [PostgresFact]
    public async Task AbuseCase26_After_a_failover_to_a_copy_that_lacks_commits_the_register_tells_what_left()
    {
        var run = await world.AddAsync(3);
        Ok(await world.Exports.ExportAsync(maker, run, world.Folder("failover")));
        var epoch = Ok(await Fences.CheckAsync(auditor)).Epoch;
        var copy = Path.Combine(world.Home, "standby.dump");
        Ok(Backup.Write(world.Database.Cluster, "", copy));

        // The sending is committed on the primary alone; then the primary dies and the copy takes its place.
        var bank = new FolderChannel(world.Files, world.Folder("bank2"));
        Assert.True(Ok(await world.HandOvers.SendAsync(maker, run, bank)).AllSent);
        await world.PutBackAsync(copy);
        Assert.Equal("not_allowed.role", Code(await Fences.RaiseAsync(maker, "failover")));
        Assert.Equal("not_allowed.step_up", Code(await Fences.RaiseAsync(admin with { ProvenUntil = null }, "failover")));
        var raised = Ok(await Fences.RaiseAsync(admin, "Chuyển sang máy dự phòng"));
        Assert.True(raised.IsClosed && raised.Epoch > epoch);
        Assert.Equal(2, raised.Differences.Count(one => !one.IsSettled));
        Assert.Equal("not_allowed.fence", Code(await world.HandOvers.SendAsync(maker, run, bank)));
        Assert.Equal(2, Ok(await Fences.AdoptAsync(admin, world.Keys, world.Archive)).HandOvers);
        Ok(await Fences.LiftAsync(admin, "khớp"));
        Assert.False(Ok(await Fences.LiftAsync(auditor, "khớp")).IsClosed);
        Assert.DoesNotContain(Ok(await world.HandOvers.SendAsync(maker, run, bank)).Files, file => file.IsNew);

        // A register that was changed is no witness.
        var register = SealedFiles.Of(world.Database, world.Files, ApprovedRuns.Province).Path;
        var text = await File.ReadAllTextAsync(register);
        await File.WriteAllTextAsync(register, text.Replace("\"step\":\"sealed\"", "\"step\":\"unknown\"", StringComparison.Ordinal) + "{\"half a li");
        Assert.Equal("fence.register_broken", Code(await Fences.CheckAsync(auditor)));
        await File.WriteAllTextAsync(register, text + "{\"half a li");
        Assert.True(Ok(await Fences.CheckAsync(auditor)).Agrees);
    }

    [PostgresFact]
    public async Task AbuseCase24_A_clock_that_goes_back_is_logged_and_blocks_approval_until_an_administrator_has_looked()
    {
        await using var session = await world.Database.RunAsync(default);
        var at = world.Clock.Now + Duration.FromMinutes(1);
        await DoAsync("a", at);
        await DoAsync("b", at - Duration.FromMinutes(4));
        Assert.Null(await ClockStore.WhyNotApprovedAsync(session, 40));
        await DoAsync("c", at - Duration.FromDays(1));
        var why = await ClockStore.WhyNotApprovedAsync(session, 40);
        Assert.Equal("not_allowed.clock_jump", why!.Code);
        Assert.Equal((await BlockStore.LastAsync(session, 40))!.Value.BlockNo, Assert.Single(await ClockStore.OpenAsync(session, 40)).BlockNo);
        world.Clock.Now = at + Duration.FromMinutes(1);
        Assert.Equal("not_allowed.role", Code(await Fences.ConfirmClockAsync(maker, "đã chỉnh")));
        Assert.Equal("usage.reason_missing", Code(await Fences.ConfirmClockAsync(admin, "")));
        Assert.Equal(1, Ok(await Fences.ConfirmClockAsync(admin, "Đã chỉnh đồng hồ máy chủ")));
        Assert.Null(await ClockStore.WhyNotApprovedAsync(session, 40));

        Task DoAsync(string key, Instant now) => session.InTransactionAsync(async () =>
        {
            var start = await OperationLog.BeginAsync(session, 40, key, "test", OperationLog.RequestHash(key), "lan", now);
            await OperationLog.CompleteAsync(session, 40, start.OperationNo, "{}", "{}", now);
        });
    }
}
