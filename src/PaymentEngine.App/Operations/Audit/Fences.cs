using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>One thing on which the register of sealed files, the exported heads and the database disagree.</summary>
/// <param name="Item">What it is known by in <c>audit fence decide</c>.</param>
/// <param name="Vi">What differs.</param>
/// <param name="En">The same in English.</param>
/// <param name="CanBeAdopted">The bytes may prove it: <c>audit fence adopt</c>.</param>
/// <param name="Deciders">Who has decided about it so far; two settle it.</param>
public sealed record FenceDifference(string Item, string Vi, string En, bool CanBeAdopted, IReadOnlyList<string> Deciders)
{
    public bool IsSettled => Deciders.Count >= StoredFence.LiftersNeeded;
}

/// <summary>How the fence stands.</summary>
/// <param name="Epoch">The life of the database.</param>
/// <param name="Fence">The last fence; null: there was never one.</param>
/// <param name="Differences">What does not agree, settled or not.</param>
/// <param name="FilesCompared">Files of the register.</param>
/// <param name="HeadsCompared">Exported heads.</param>
public sealed record FenceView(int Epoch, StoredFence? Fence, IReadOnlyList<FenceDifference> Differences, int FilesCompared, int HeadsCompared)
{
    public bool IsClosed => Fence is { IsLifted: false };

    public bool Agrees => Differences.All(one => one.IsSettled);
}

/// <summary>The fence (trust §5.3): after a restore or a failover nothing is sealed, sent, recalled or printed for cash until files, heads and database agree.</summary>
public sealed class Fences(Database database, IFiles files, IClock clock, string? headsFolder)
{
    /// <summary>The look at every start, a few milliseconds: the last line of the register and the last exported head name blocks that this database must hold. One that does not was
    /// put back without our knowledge, and the fence closes by itself.</summary>
    /// <returns>The fence that was closed now; null: all is as it was.</returns>
    public async Task<Problem?> AtStartAsync(short provinceCode, CancellationToken cancel = default)
    {
        var register = SealedFiles.Of(database, files, provinceCode);
        var head = headsFolder is null ? null : Heads.LastOf(files, headsFolder, provinceCode);
        var hasRegister = files.Exists(register.Path);
        if (head is null && !hasRegister) return null;
        await using var session = await database.RunAsync(cancel);
        var epoch = await FenceStore.EpochAsync(session, provinceCode, cancel);
        if (epoch == 0) return null;
        var reason = await WhyBehindAsync(session, provinceCode, epoch, register, head, hasRegister, cancel);
        if (reason is null) return null;
        var seen = Math.Max(head?.Epoch ?? 0, register.Read().TryGet(out var lines) && lines.Count > 0 ? lines.Max(line => line.Epoch) : 0);
        return await session.InTransactionAsync(async () =>
        {
            await HeadStore.LockAsync(session, provinceCode, cancel);
            if (await FenceStore.LastAsync(session, provinceCode, cancel) is { IsLifted: false }) return null;
            await FenceStore.CloseAsync(session, provinceCode, "fence.close", reason, "system", seen, clock.GetCurrentInstant(), cancel);
            return await FenceStore.WhyClosedAsync(session, provinceCode, cancel);
        }, cancel: cancel);
    }

    /// <summary>What was written in an epoch that has ended was settled when its fence was lifted; what was written in this one or a later one must be known here.</summary>
    async Task<string?> WhyBehindAsync(DatabaseSession session, short provinceCode, int epoch, SealedFiles register, LastHead? head, bool hasRegister, CancellationToken cancel)
    {
        if (head is not null && head.Epoch >= epoch && await BlockStore.HashOfAsync(session, provinceCode, head.BlockNo, cancel) != head.Hash)
            return string.Create(CultureInfo.InvariantCulture, $"The exported head {head.HeadNo} knows block {head.BlockNo} with another hash than this database: an older or another copy of it was put back.");
        if (!hasRegister) return null;
        if (!register.Read().TryGet(out var lines)) return $"The register of sealed files {register.Path} cannot be followed: it was changed.";
        return lines is [.., { BlockNo: > 0 } last] && last.Epoch >= epoch && await BlockStore.HashOfAsync(session, provinceCode, last.BlockNo, cancel) != last.BlockHash
            ? string.Create(CultureInfo.InvariantCulture, $"Line {last.No} of the register of sealed files ({last.Step} {last.MsgId}) was written after block {last.BlockNo}, which this database does not hold: an older or another copy of it was put back.")
            : null;
    }

    /// <summary>Begins a new epoch behind a closed fence: after a failover to a copy that may lack the last commits.</summary>
    /// <param name="caller">An administrator.</param>
    /// <param name="reason">Why: kept.</param>
    /// <param name="cancel">Cancels before it is kept.</param>
    public async Task<Result<FenceView>> RaiseAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return Reasonless;
        await CloseAsync(caller.ProvinceCode, "fence.raise", reason.Trim(), caller.UserName, cancel);
        return await CheckAsync(caller, cancel);
    }

    /// <summary>After a restore: every province of the database begins a new epoch behind a closed fence.</summary>
    public async Task AfterRestoreAsync(string reason, CancellationToken cancel = default)
    {
        IReadOnlyList<short> provinces;
        await using (var session = await database.RunAsync(cancel)) provinces = await FenceStore.TenantsAsync(session, cancel);
        foreach (var province in provinces) await CloseAsync(province, "db.restore", reason, "system", cancel);
    }

    async Task CloseAsync(short provinceCode, string kind, string reason, string person, CancellationToken cancel)
    {
        // The new epoch is above every one that has left a trace outside: no two lives of the database have one number.
        var head = headsFolder is null ? null : Heads.LastOf(files, headsFolder, provinceCode);
        var seen = Math.Max(head?.Epoch ?? 0, SealedFiles.Of(database, files, provinceCode).Read().TryGet(out var lines) && lines.Count > 0 ? lines.Max(line => line.Epoch) : 0);
        await using var session = await database.RunAsync(cancel);
        await session.InTransactionAsync(() => FenceStore.CloseAsync(session, provinceCode, kind, reason, person, seen, clock.GetCurrentInstant(), cancel), cancel: cancel);
    }

    /// <summary>Compares the whole register and every exported head with the database.</summary>
    /// <param name="caller">An administrator, an auditor, a maker or an approver.</param>
    /// <param name="cancel">Stops between two looks.</param>
    /// <returns><c>fence.register_broken</c> or a head that is wrong; then nothing can be compared.</returns>
    public async Task<Result<FenceView>> CheckAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(Role.Administrator, Role.Auditor, Role.Maker, Role.Approver, Role.ChiefApprover) is { } lacking) return lacking;
        await using var session = await database.RunAsync(cancel);
        return await ViewAsync(session, caller.ProvinceCode, cancel);
    }

    async Task<Result<FenceView>> ViewAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        var read = SealedFiles.Of(database, files, provinceCode).Read();
        if (!read.TryGet(out var lines)) return Result<FenceView>.Refuse(read.Problems);
        var heads = headsFolder is null ? Result<IReadOnlyList<KnownHead>>.Ok([]) : Heads.Read(files, headsFolder, provinceCode, null);
        if (!heads.TryGet(out var known)) return Result<FenceView>.Refuse(heads.Problems);
        var fence = await FenceStore.LastAsync(session, provinceCode, cancel);
        var decisions = (fence is null ? [] : await FenceStore.DecisionsAsync(session, provinceCode, cancel)).ToLookup(one => one.Item, one => one.Person);
        var standing = (await FenceStore.FilesAsync(session, provinceCode, cancel)).ToDictionary(file => file.MsgId);
        var differences = new List<FenceDifference>();
        foreach (var line in lines)
        {
            var file = standing.GetValueOrDefault(line.MsgId);
            switch (line.Step)
            {
                case SealedStep.Sealed when file?.Sha256 is null:
                    Add($"file {line.MsgId}", $"Tệp {line.MsgId} của đợt {line.Run} đã niêm phong (dòng {line.No}) mà cơ sở dữ liệu không có.", $"File {line.MsgId} of run {line.Run} was sealed (line {line.No}), and the database does not have it.", true);
                    break;
                case SealedStep.Sealed when file.Sha256 != line.Sha256:
                    Add($"file {line.MsgId} {line.Sha256[..12]}", $"Tệp {line.MsgId} đã niêm phong với nội dung khác (dòng {line.No}).", $"File {line.MsgId} was sealed with other bytes (line {line.No}) than the database says.", false);
                    break;
                case SealedStep.Intended when (file?.Intents ?? 0) < line.HandOverNo:
                    Add($"sending {line.MsgId} {Number(line.HandOverNo)}", $"Tệp {line.MsgId} đã bắt đầu gửi qua {line.Channel} (dòng {line.No}) mà cơ sở dữ liệu không biết.", $"The sending of {line.MsgId} by {line.Channel} was begun (line {line.No}), and the database does not know.", true);
                    break;
                case SealedStep.Sent when file is null || !file.Sent:
                    Add($"sent {line.MsgId} {Number(line.HandOverNo)}", $"Tệp {line.MsgId} đã gửi (dòng {line.No}) mà cơ sở dữ liệu không biết.", $"File {line.MsgId} was handed over (line {line.No}), and the database does not know.", true);
                    break;
            }
        }

        // Blocks that are gone took operations with them that nothing brings back: two persons must know of it.
        var lost = new List<KnownHead>();
        foreach (var head in known)
        {
            if (await BlockStore.HashOfAsync(session, provinceCode, head.BlockNo, cancel) is not { } hash || hash != head.Hash) lost.Add(head);
        }

        if (lost.Count > 0)
        {
            var (first, last) = (Path.GetFileName(lost[0].Where), Path.GetFileName(lost[^1].Where));
            Add($"heads {first[..^Heads.Extension.Length]}..{last[..^Heads.Extension.Length]}", $"{lost.Count} đầu chuỗi đã xuất, từ {first}, biết các khối đến {lost[^1].BlockNo} mà cơ sở dữ liệu không có: thao tác sau bản sao đã mất.",
                $"{lost.Count} exported heads from {first} know blocks up to {lost[^1].BlockNo} that the database does not hold: what was done since the copy is lost.", false);
        }

        return new FenceView(await FenceStore.EpochAsync(session, provinceCode, cancel), fence, differences, lines.Count(line => line.Step == SealedStep.Sealed), known.Count);

        void Add(string item, FormattableString vi, FormattableString en, bool canBeAdopted) =>
            differences.Add(new(item, FormattableString.Invariant(vi), FormattableString.Invariant(en), canBeAdopted, [.. decisions[item]]));
    }

    /// <summary>Takes up what the bytes prove: files of approved runs are numbered and sealed again under the same ids, and their hand-overs recorded as the register knows them.</summary>
    /// <param name="caller">An administrator.</param>
    /// <param name="keys">Opens the accounts that the files hold.</param>
    /// <param name="archive">Keeps every byte that leaves.</param>
    /// <param name="cancel">Stops between runs; the same call goes on.</param>
    /// <returns>How the fence stands after it; what could not be adopted stays among the differences, and the first reason is told.</returns>
    public async Task<Result<(FenceView View, int Files, int HandOvers, IReadOnlyList<Problem> NotAdopted)>> AdoptAsync(Caller caller, KeyFolder keys, Archive archive, CancellationToken cancel = default)
    {
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProvince() ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        await using var session = await database.RunAsync(cancel);
        if (await FenceStore.LastAsync(session, caller.ProvinceCode, cancel) is not { IsLifted: false }) return NotClosed;
        var read = SealedFiles.Of(database, files, caller.ProvinceCode).Read();
        if (!read.TryGet(out var lines)) return Result<(FenceView, int, int, IReadOnlyList<Problem>)>.Refuse(read.Problems);
        var (adopted, handed, failed) = (0, 0, new List<Problem>());
        foreach (var ofRun in lines.GroupBy(line => line.Run))
        {
            if (!RunId.Parse(ofRun.Key).TryGet(out var run)) continue;
            var standing = (await FenceStore.FilesAsync(session, caller.ProvinceCode, cancel)).Where(file => file.Sha256 is not null).ToDictionary(file => file.MsgId);
            // A list that was withdrawn and numbered anew stands several times: each set of ids of one second is adopted by itself.
            var missing = ofRun.Where(line => line.Step == SealedStep.Sealed && !standing.ContainsKey(line.MsgId)).ToList();
            if (missing.Count > 0)
            {
                var exported = await new Exports(database, files, keys, clock).AdoptAsync(caller, run, [.. missing.Where(line => line.NumberedAt == missing[0].NumberedAt)], cancel);
                if (exported.IsOk) adopted += exported.Value.Files.Count;
                else
                {
                    failed.AddRange(exported.Problems);
                    continue;
                }
            }

            var sent = await new HandOvers(database, files, archive, clock).AdoptAsync(caller, run, [.. ofRun], cancel);
            if (sent.IsOk) handed += sent.Value;
            else failed.AddRange(sent.Problems);
        }

        var view = await ViewAsync(session, caller.ProvinceCode, cancel);
        return view.TryGet(out var now) ? (now, adopted, handed, failed) : Result<(FenceView, int, int, IReadOnlyList<Problem>)>.Refuse(view.Problems);
    }

    /// <summary>One of the two persons who settle a difference that cannot be adopted.</summary>
    /// <param name="caller">An administrator or an auditor.</param>
    /// <param name="item">As <see cref="CheckAsync"/> names it.</param>
    /// <param name="reason">What was found out: kept.</param>
    /// <param name="cancel">Cancels before it is kept.</param>
    /// <returns><c>fence.unknown_item</c>, <c>not_allowed.same_person</c></returns>
    public Task<Result<FenceView>> DecideAsync(Caller caller, string item, string reason, CancellationToken cancel = default) => ActAsync(caller, reason, (view, fence) =>
    {
        if (view.Differences.FirstOrDefault(one => one.Item == item) is not { } difference)
            return new Problem("fence.unknown_item", $"There is no difference '{item}'.", "Name one as payengine audit fence check prints it.");
        return difference.Deciders.Contains(caller.UserName) ? SamePerson(caller, "decided about this") : null;
    }, (session, fence, at, operationNo) => FenceStore.DecideAsync(session, caller.ProvinceCode, fence.FenceNo, item, caller.UserName, reason.Trim(), at, operationNo, cancel),
        fence => $"fence.decide {Number(fence.FenceNo)} {item} {caller.UserName}", "fence.decide", item, cancel);

    /// <summary>One of the two persons who lift the fence, once nothing differs that is not settled.</summary>
    /// <param name="caller">An administrator or an auditor.</param>
    /// <param name="reason">Kept.</param>
    /// <param name="cancel">Cancels before it is kept.</param>
    /// <returns><c>not_allowed.fence_differences</c>, <c>not_allowed.same_person</c>, <c>not_allowed.fence_not_closed</c></returns>
    public Task<Result<FenceView>> LiftAsync(Caller caller, string reason, CancellationToken cancel = default) => ActAsync(caller, reason, (view, fence) =>
    {
        if (view.Differences.FirstOrDefault(one => !one.IsSettled) is { } open)
            return new Problem("not_allowed.fence_differences", $"{view.Differences.Count(one => !one.IsSettled)} differences are not settled, the first: {open.En}", "Adopt (payengine audit fence adopt) what bytes prove; two persons decide the rest (payengine audit fence decide).");
        return fence.Lifters.Contains(caller.UserName) ? SamePerson(caller, "said that this fence may be lifted") : null;
    }, (session, fence, at, operationNo) => FenceStore.LiftAsync(session, caller.ProvinceCode, fence.FenceNo, caller.UserName, reason.Trim(), at, operationNo, cancel),
        fence => $"fence.lift {Number(fence.FenceNo)} {caller.UserName}", "fence.lift", "", cancel);

    async Task<Result<FenceView>> ActAsync(Caller caller, string reason, Func<FenceView, StoredFence, Problem?> hindrance, Func<DatabaseSession, StoredFence, Instant, long, Task> act, Func<StoredFence, string> key, string kind, string item,
        CancellationToken cancel)
    {
        if ((caller.Lacks(Role.Administrator, Role.Auditor) ?? caller.LacksProvince() ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return Reasonless;
        await using var session = await database.RunAsync(cancel);
        var done = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await HeadStore.LockAsync(session, caller.ProvinceCode, cancel);
            var view = await ViewAsync(session, caller.ProvinceCode, cancel);
            if (!view.TryGet(out var stands)) return Result<bool>.Refuse(view.Problems);
            if (stands.Fence is not { IsLifted: false } fence) return NotClosed;
            if (hindrance(stands, fence) is { } hindered) return hindered;
            var now = clock.GetCurrentInstant();
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key(fence), kind, OperationLog.RequestHash(kind, item, reason), caller.UserName, now, cancel);
            await act(session, fence, now, start.OperationNo);
            var said = JsonText.Write(new { fence = fence.FenceNo, epoch = fence.Epoch, item = item.Length > 0 ? item : null, reason = reason.Trim() });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return true;
        }, result => result.IsOk, cancel: cancel);
        return done.IsOk ? await ViewAsync(session, caller.ProvinceCode, cancel) : Result<FenceView>.Refuse(done.Problems);
    }

    /// <summary>An administrator has looked at the jumps of the clock and set it right; approval goes on.</summary>
    /// <returns>How many jumps were confirmed.</returns>
    public async Task<Result<int>> ConfirmClockAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        if ((caller.Lacks(Role.Administrator) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return Reasonless;
        await using var session = await database.RunAsync(cancel);
        return await session.InTransactionAsync<Result<int>>(async () =>
        {
            await HeadStore.LockAsync(session, caller.ProvinceCode, cancel);
            var open = await ClockStore.OpenAsync(session, caller.ProvinceCode, cancel);
            if (open.Count == 0) return 0;
            var now = clock.GetCurrentInstant();
            var blocks = open.Select(jump => jump.BlockNo).ToArray();
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"clock.confirm {Number(blocks[^1])}", "clock.confirm", OperationLog.RequestHash([reason, .. blocks.Select(Number)]), caller.UserName, now, cancel);
            await ClockStore.ConfirmAsync(session, caller.ProvinceCode, blocks, caller.UserName, reason.Trim(), now, start.OperationNo, cancel);
            var said = JsonText.Write(new { blocks, reason = reason.Trim() });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return blocks.Length;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Is a head one of those that a difference <c>heads A..B</c> is about?</summary>
    internal static bool IsHeadOf(string item, KnownHead head)
    {
        if (!item.StartsWith("heads ", StringComparison.Ordinal) || item[6..].Split("..") is not [var first, var last]) return false;
        var name = Path.GetFileName(head.Where)[..^Heads.Extension.Length];
        return string.CompareOrdinal(name, first) >= 0 && string.CompareOrdinal(name, last) <= 0;
    }

    static Problem Reasonless => new("usage.reason_missing", "What is decided here is decided with a reason.", "Say why: --reason \"…\".");

    static Problem NotClosed => new("not_allowed.fence_not_closed", "No fence is closed.", "See how things stand: payengine audit fence check.");

    static Problem SamePerson(Caller caller, string done) => new("not_allowed.same_person", $"{caller.UserName} has already {done}.", "A second person does it too.");

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
