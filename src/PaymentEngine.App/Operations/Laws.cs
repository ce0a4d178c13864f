using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What became of a load.</summary>
/// <param name="LoadNo">Its number; null when its files say nothing the law does not say already.</param>
/// <param name="Digest">SHA-256 over its files, lower-case hex: what an approval binds to.</param>
/// <param name="State"><c>pending</c>, <c>approved</c>, <c>rejected</c> or <c>nothing_to_do</c>.</param>
/// <param name="Changes">What it changes in the law that stands.</param>
/// <param name="AlreadyDone">This request was done before; nothing was changed now.</param>
public sealed record LawLoadView(int? LoadNo, string Digest, string State, string? MadeBy, IReadOnlyList<LawChange> Changes, bool AlreadyDone = false);

/// <summary>The law as data (F34, F35): read, checked, loaded by one person and approved by another. The one way in.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The clock.</param>
/// <param name="release">The law the program carries.</param>
public sealed class Laws(Database database, IClock clock, LawBook release)
{
    /// <summary>A table of law has a few hundred rows; a larger file is not one.</summary>
    public const int FileBytesMax = 4 * 1024 * 1024;

    /// <summary>The law that stands now.</summary>
    public async Task<Result<StandingLaw>> StandingAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await StandingLaw.AtAsync(session, release, caller.ProvinceCode, Now(), cancel);
    }

    /// <summary>Brings the files of one decree; they count once another person has approved them. The same files again: nothing to do.</summary>
    /// <param name="caller">A maker of the whole province.</param>
    /// <param name="files">Bytes by file name.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>The waiting load with what it would change; or every bad row, with file, line and column.</returns>
    public async Task<Result<LawLoadView>> LoadAsync(Caller caller, IReadOnlyDictionary<string, byte[]> files, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.LawLoad) is { } not) return not;
        var read = LawFiles.ReadRows(files);
        if (!read.TryGet(out var rows)) return Result<LawLoadView>.Refuse(read.Problems);
        var digest = LawFiles.DigestOf(files.Values);
        var hex = Convert.ToHexStringLower(digest);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<LawLoadView>>(async () =>
        {
            await LawStore.LockAsync(session, caller.ProvinceCode, cancel);
            var loads = await LawStore.LoadsAsync(session, caller.ProvinceCode, cancel);
            var now = Now();
            var standing = await StandingLaw.AtAsync(session, release, caller.ProvinceCode, now, cancel);
            if (!standing.TryGet(out var law)) return Result<LawLoadView>.Refuse(standing.Problems);
            var amended = LawAmendment.Apply(law.Book, rows, hex, await LawStore.ClosedAsync(session, caller.ProvinceCode, cancel));
            if (!amended.TryGet(out var found)) return Result<LawLoadView>.Refuse(amended.Problems);
            if (loads.LastOrDefault(load => load.Decision != "rejected" && load.Digest.AsSpan().SequenceEqual(digest)) is { } before)
                return new LawLoadView(before.LoadNo, hex, before.Decision ?? "pending", before.MadeBy, found.Changes, AlreadyDone: true);
            if (found.Changes.Count == 0) return new LawLoadView(null, hex, "nothing_to_do", null, [], AlreadyDone: true);

            var loadNo = loads.Count == 0 ? 1 : loads[^1].LoadNo + 1;
            var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"law.load {loadNo}"), "law.load", OperationLog.RequestHash(hex), caller.UserName, now, cancel);
            await LawStore.AddAsync(session, caller.ProvinceCode, loadNo, digest, Convert.FromHexString(law.Book.ContentHash), files, rows, found.Changes.Count, caller.UserName, now, operation.OperationNo, cancel);
            var said = JsonText.Write(new { load = loadNo, digest = hex, files = files.Keys, rows = rows.Count, changes = found.Changes.Count, law_before = law.Book.ContentHash });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, said, said, now, cancel);
            return new LawLoadView(loadNo, hex, "pending", caller.UserName, found.Changes);
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    /// <summary>Every load with what became of it, by number.</summary>
    public async Task<Result<IReadOnlyList<StoredLawLoad>>> LoadsAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredLawLoad>>.Ok(await LawStore.LoadsAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>What a load changes, or would change, in the law that stands.</summary>
    public async Task<Result<LawLoadView>> ShowAsync(Caller caller, int loadNo, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var found = await FindAsync(session, caller, loadNo, cancel);
        if (!found.TryGet(out var load)) return Result<LawLoadView>.Refuse(found.Problems);
        var amended = await AmendedAsync(session, caller, load, cancel);
        return amended.Select(law => new LawLoadView(loadNo, Convert.ToHexStringLower(load.Digest), load.Decision ?? "pending", load.MadeBy, law.Changes));
    }

    /// <summary>Makes a load law. It is held once more against the law that stands now, and its bytes against the digest they were loaded with.</summary>
    /// <param name="caller">An approver of the whole province who did not bring it.</param>
    /// <param name="loadNo">The load.</param>
    /// <param name="seenDigest">Digest of what the approver has read, hex, whole or its first figures; null: the load's.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<LawLoadView>> ApproveAsync(Caller caller, int loadNo, string? seenDigest = null, CancellationToken cancel = default) =>
        DecideAsync(caller, loadNo, "approved", null, load =>
        {
            if ((caller.Lacks(AccessRules.LawApprove) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } not) return not;
            if (load.MadeBy == caller.UserName)
                return new Problem("not_allowed.own_law", FormattableString.Invariant($"{caller.UserName} brought load {loadNo} and cannot approve it."), "A colleague who had no part in it approves.");
            var digest = Convert.ToHexStringLower(load.Digest);
            return seenDigest is { Length: > 0 } && !digest.StartsWith(seenDigest, StringComparison.OrdinalIgnoreCase)
                ? new Problem("not_allowed.other_content", $"Read was the content {seenDigest}; the load's is {digest}.", FormattableString.Invariant($"Read the load again: payengine law pending {loadNo}."))
                : null;
        }, cancel);

    /// <summary>Refuses a load, or takes an own one back; its bytes stay, and the file can be loaded again.</summary>
    /// <param name="caller">An approver, or who brought it.</param>
    /// <param name="loadNo">The load.</param>
    /// <param name="remark">Why; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<LawLoadView>> RejectAsync(Caller caller, int loadNo, string remark, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(remark)) return new Problem("usage.remark_missing", "A load is rejected with a remark.", "Say why: --remark \"…\".");
        return await DecideAsync(caller, loadNo, "rejected", remark.Trim(), load => load.MadeBy == caller.UserName ? null : caller.Lacks(AccessRules.LawApprove), cancel);
    }

    async Task<Result<LawLoadView>> DecideAsync(Caller caller, int loadNo, string decision, string? remark, Func<StoredLawLoad, Problem?> mayNot, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<LawLoadView>>(async () =>
        {
            await LawStore.LockAsync(session, caller.ProvinceCode, cancel);
            var found = await FindAsync(session, caller, loadNo, cancel);
            if (!found.TryGet(out var load)) return Result<LawLoadView>.Refuse(found.Problems);
            if (mayNot(load) is { } not) return not;
            var digest = Convert.ToHexStringLower(load.Digest);
            if (load.Decision == decision && load.DecidedBy == caller.UserName) return new LawLoadView(loadNo, digest, decision, load.MadeBy, [], AlreadyDone: true);
            if (load.Decision is { } before)
                return new Problem("not_allowed.law_decided", FormattableString.Invariant($"Load {loadNo} was {before} by {load.DecidedBy}."), "A decision stands; load another file to change the law again.");
            IReadOnlyList<LawChange> changes = [];
            if (decision == "approved")
            {
                var amended = await AmendedAsync(session, caller, load, cancel);
                if (!amended.TryGet(out var law)) return Result<LawLoadView>.Refuse(amended.Problems);
                changes = law.Changes;
            }

            var now = Now();
            var operation = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"law.{decision} {loadNo}"), $"law.{decision}", OperationLog.RequestHash(digest, caller.UserName), caller.UserName, now, cancel);
            await LawStore.DecideAsync(session, caller.ProvinceCode, load, decision == "approved", caller.UserName, remark, now, operation.OperationNo, cancel);
            var said = JsonText.Write(new { load = loadNo, decision, digest, made_by = load.MadeBy, remark, changes = changes.Count });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation.OperationNo, said, said, now, cancel);
            return new LawLoadView(loadNo, digest, decision, load.MadeBy, changes);
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    static async Task<Result<StoredLawLoad>> FindAsync(DatabaseSession session, Caller caller, int loadNo, CancellationToken cancel) =>
        (await LawStore.LoadsAsync(session, caller.ProvinceCode, cancel)).FirstOrDefault(load => load.LoadNo == loadNo) is { } found ? found
        : new Problem("law.load_unknown", FormattableString.Invariant($"There is no load {loadNo}."), "See the loads: payengine law pending --all.");

    async Task<Result<AmendedLaw>> AmendedAsync(DatabaseSession session, Caller caller, StoredLawLoad load, CancellationToken cancel)
    {
        var files = (await LawStore.FilesAsync(session, caller.ProvinceCode, load.LoadNo, cancel)).ToDictionary(file => file.Name, file => file.Content, StringComparer.Ordinal);
        if (!LawFiles.DigestOf(files.Values).AsSpan().SequenceEqual(load.Digest))
            return new Problem("not_allowed.content_changed", FormattableString.Invariant($"The stored files of load {load.LoadNo} are not those that were loaded."), "Nobody may approve it: reject it, find out who changed rows, and load the files again.");
        var standing = await StandingLaw.AtAsync(session, release, caller.ProvinceCode, Now(), cancel);
        if (!standing.TryGet(out var law)) return Result<AmendedLaw>.Refuse(standing.Problems);
        var read = LawFiles.ReadRows(files);
        if (!read.TryGet(out var rows)) return Result<AmendedLaw>.Refuse(read.Problems);
        return LawAmendment.Apply(law.Book, rows, Convert.ToHexStringLower(load.Digest), load.Decision is null ? await LawStore.ClosedAsync(session, caller.ProvinceCode, cancel) : null);
    }

    // The store keeps microseconds: what is kept must be what was asked with.
    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
}
