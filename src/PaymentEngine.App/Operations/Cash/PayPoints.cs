using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations.Cash;

/// <summary>The pay points there are, and names in the register that none of them has.</summary>
public sealed record PayPointBook(IReadOnlyList<StoredPayPoint> Points, IReadOnlyList<(string? PayCommune, string PayPoint, int Payees)> Unknown);

/// <summary>What a file of pay points changed.</summary>
public sealed record LoadedPayPoints(int New, int Changed, int Unchanged);

/// <summary>Pay points (điểm chi trả): show, load. Who goes to which one is the register's business (payees: pay_commune, pay_point).</summary>
public sealed class PayPoints(Database database, IClock clock, IFiles files)
{
    const int BytesMax = 16 << 20;

    /// <summary>All points, and what the register names and nobody has declared.</summary>
    public async Task<PayPointBook> ShowAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return new(await PayPointStore.PointsAsync(session, caller.ProvinceCode, cancel), await PayPointStore.UnknownAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Takes a file of points in, whole or not at all: new ones, and new versions of those it says otherwise of. Points that it does not name stay.</summary>
    /// <param name="caller">A cash officer or administrator; for single communes, in these.</param>
    /// <param name="path">pay-points.csv or a workbook.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<LoadedPayPoints>> LoadAsync(Caller caller, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.CashPointsLoad) is { } lacking) return lacking;
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var name = Path.GetFileName(path);
        if (files.Size(path) > BytesMax) return new Problem("file.too_large", $"The file is larger than {BytesMax >> 20} MB.", "A province has some thousand pay points; is it the right file?").In(name);
        using var bytes = new MemoryStream();
        using (var stream = files.Read(path)) await stream.CopyToAsync(bytes, cancel);
        if (!PayPointsFile.Read(bytes, name).TryGet(out var rows)) return Result<LoadedPayPoints>.Refuse(PayPointsFile.Read(bytes, name).Problems);

        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var communes = await PayPointStore.CommunesAsync(session, caller.ProvinceCode, rows.Select(row => row.Point.CommuneCode), cancel);
            var standing = (await PayPointStore.PointsAsync(session, caller.ProvinceCode, cancel)).ToDictionary(point => (point.CommuneCode, point.PointCode));
            var problems = rows.Where(row => !communes.TryGetValue(row.Point.CommuneCode, out var id) || !(caller.Communes is null || caller.Communes.Contains(id)))
                .Select(row => new Problem("pay_point.commune_unknown", $"There is no commune {row.Point.CommuneCode}, or it is not yours.", "Use a code of the register's areas.").In(name, row.Line, "commune_code")).ToList();
            var next = standing.Values.Select(point => point.Point).Where(point => !rows.Any(row => row.Point.CommuneCode == point.CommuneCode && row.Point.Code == point.Code)).Concat(rows.Select(row => row.Point)).ToList();
            foreach (var (point, other) in PayPoint.Contested(next))
            {
                var (row, stays) = rows.FirstOrDefault(row => row.Point == point) is { Point: not null } found ? (found, other) : (rows.First(row => row.Point == other), point);
                problems.Add(new Problem("pay_point.two_usual", $"{row.Point.Code} and {stays.Code} of commune {stays.CommuneCode} would both be the usual point on the same days.", $"Give {stays.Code} in the same file with is_usual no, or with its last day.").In(name, row.Line, "is_usual"));
            }

            if (problems.Count > 0) return Result<LoadedPayPoints>.Refuse(problems);
            var changes = rows.Where(row => !standing.TryGetValue((row.Point.CommuneCode, row.Point.Code), out var stands) || stands.Point != row.Point).ToList();
            var loaded = new LoadedPayPoints(changes.Count(row => !standing.ContainsKey((row.Point.CommuneCode, row.Point.Code))), changes.Count(row => standing.ContainsKey((row.Point.CommuneCode, row.Point.Code))), rows.Count - changes.Count);
            if (changes.Count == 0) return loaded;
            // The next versions make it this load: the same file again, with nothing left to change, never comes here.
            var parts = changes.Select(row => $"{row.Point}|{(standing.TryGetValue((row.Point.CommuneCode, row.Point.Code), out var stands) ? stands.Version : 0)}").ToList();
            var hash = OperationLog.RequestHash(parts);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"cash.points {Convert.ToHexString(hash)}", "cash.points", hash, caller.UserName, at, cancel);
            foreach (var (point, _) in changes)
            {
                var version = standing.TryGetValue((point.CommuneCode, point.Code), out var stands) ? stands.Version + 1 : 1;
                await PayPointStore.InsertAsync(session, caller.ProvinceCode, communes[point.CommuneCode], point, version, (caller.UserName, at, start.OperationNo), cancel);
            }

            var said = JsonText.Write(new { points = changes.Select(row => row.Point) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return loaded;
        }, result => result.IsOk, cancel: cancel);
    }
}
