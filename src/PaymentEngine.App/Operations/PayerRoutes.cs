using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>The accounts payers pay from, as data: loaded by payer as one table, frozen into each run by its plan.</summary>
public sealed class PayerRoutes(Database database, IFiles files, IClock clock)
{
    /// <summary>Loads routes.csv: for each payer it names, its rows take the place of the payer's table before. Runs that are planned keep theirs.</summary>
    /// <param name="caller">An account editor or administrator of the whole province.</param>
    /// <param name="path">The file, CSV or a workbook.</param>
    /// <param name="cipher">Seals the account numbers.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>The tables that stand now; or every fault of the file by line and column.</returns>
    public async Task<Result<IReadOnlyList<StoredRouteTable>>> LoadAsync(Caller caller, string path, AccountCipher cipher, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.BankRouteLoad) is { } lacking) return lacking;
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var name = Path.GetFileName(path);
        using var stream = files.Read(path);
        var digest = await SHA256.HashDataAsync(stream, cancel);
        var read = RoutesFile.Read(stream, name);
        if (!read.TryGet(out var rows)) return Result<IReadOnlyList<StoredRouteTable>>.Refuse(read.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<IReadOnlyList<StoredRouteTable>>>(async () =>
        {
            await RouteStore.LockAsync(session, caller.ProvinceCode, cancel);
            var payers = await RouteStore.PayersAsync(session, caller.ProvinceCode, cancel);
            var unknown = rows.Where(row => !payers.ContainsKey(row.PayerCode))
                .Select(row => new Problem("route.payer_unknown", $"There is no payer '{row.PayerCode}'.", $"Payers: {string.Join(", ", payers.Keys.Order(StringComparer.Ordinal).Take(20))}. Import payers first.").In(name, row.Line, "payer_code")).ToList();
            if (unknown.Count > 0) return Result<IReadOnlyList<StoredRouteTable>>.Refuse(unknown);
            var now = clock.GetCurrentInstant();
            var standing = await RouteStore.StandingAsync(session, caller.ProvinceCode, null, cancel);
            var key = $"route.load {Convert.ToHexStringLower(digest)} after {string.Join(',', standing.Select(table => $"{table.PayerNo}:{table.TableNo}"))}";
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "route.load", digest, caller.UserName, now, cancel);
            foreach (var ofPayer in rows.GroupBy(row => row.PayerCode).OrderBy(group => group.Key, StringComparer.Ordinal))
                await RouteStore.InsertAsync(session, caller.ProvinceCode, payers[ofPayer.Key], digest, [.. ofPayer.OrderBy(row => row.Place).Select(row => Stored(row, cipher))], caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { file = name, sha256 = Convert.ToHexStringLower(digest), routes = rows.Select(row => new { payer = row.PayerCode, place = row.Place, bank = row.DebtorBin, account_tail = row.Account.Tail }) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return Result<IReadOnlyList<StoredRouteTable>>.Ok(await RouteStore.StandingAsync(session, caller.ProvinceCode, null, cancel));
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>The tables that stand.</summary>
    public async Task<Result<IReadOnlyList<StoredRouteTable>>> ShowAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.LacksProvince() is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredRouteTable>>.Ok(await RouteStore.StandingAsync(session, caller.ProvinceCode, null, cancel));
    }

    /// <summary>The routes a plan begun now freezes: those of the payer's table that are valid on the first day it may pay, or its own account.</summary>
    internal static async Task<(RouteTable Routes, int? TableNo)> StandingAsync(DatabaseSession session, short provinceCode, StoredPayer payer, LocalDate firstDay, CancellationToken cancel)
    {
        var table = (await RouteStore.StandingAsync(session, provinceCode, payer.PayerNo, cancel)).SingleOrDefault();
        return table is null or { Routes.Count: 0 } ? (RouteTable.OfOwnAccount(payer.DebtorBin, BankProfiles.ForBank(payer.DebtorBin), BicOf, IsReachedByName), null)
            : (new RouteTable(table.Routes.Where(route => !(firstDay < route.ValidFrom) && !(firstDay > route.ValidTo))
                .Select(route => Of(route, route.Profile is { } id ? BankProfiles.Find(id) ?? BankProfiles.ForBank(route.DebtorBin) : BankProfiles.ForBank(route.DebtorBin))), BicOf, IsReachedByName), table.TableNo);
    }

    /// <summary>The routes a run froze, with the profiles as they were.</summary>
    internal static async Task<RouteTable> OfRunAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        var routes = new List<PayerRoute>();
        foreach (var (place, id, content, tableNo, payerNo, debtorBin) in await RouteStore.OfRunAsync(session, run.Id, cancel))
        {
            var profile = PaymentProfiles.Of(id, content);
            if (place == 0) routes.Add(new PayerRoute(0, [], [], null, null, null, debtorBin, profile));
            else routes.Add(Of((await RouteStore.RoutesAsync(session, run.ProvinceCode, payerNo, tableNo, cancel)).Single(route => route.Place == place), profile));
        }

        return new RouteTable(routes, BicOf, IsReachedByName);
    }

    static PayerRoute Of(StoredPayerRoute route, BankProfile profile) => new(route.Place, [.. route.Programmes.Select(number => (Programme)number)], route.CreditorBins,
        route.AmountFromVnd is { } from ? new Vnd(from) : null, route.AmountToVnd is { } to ? new Vnd(to) : null, ChannelOf(route.Channel), route.DebtorBin, profile);

    static PaymentChannel? ChannelOf(string? text) => Enum.GetValues<PaymentChannel>().Where(channel => RouteStore.Text(channel) == text).Select(channel => (PaymentChannel?)channel).FirstOrDefault();

    static bool IsReachedByName(string bin) => BankDirectory.Find(bin)?.IsReachedByName == true;

    static string? BicOf(string bin) => BankDirectory.Find(bin)?.Bic;

    static StoredPayerRoute Stored(RouteRow row, AccountCipher cipher)
    {
        var account = cipher.Seal(row.DebtorBin, row.Account);
        return new StoredPayerRoute
        {
            Place = row.Place, Programmes = [.. row.Programmes.Select(one => (short)one)], CreditorBins = [.. row.CreditorBins], AmountFromVnd = row.AmountFrom?.Amount, AmountToVnd = row.AmountTo?.Amount,
            Channel = row.Channel is { } channel ? RouteStore.Text(channel) : null, Profile = row.Profile, DebtorBin = row.DebtorBin, AccountKey = account.Key, AccountCipher = account.Cipher, AccountTag = account.Tag,
            AccountTail = account.Tail, AccountName = row.AccountName, CustomerNo = row.CustomerNo, ValidFrom = row.ValidFrom, ValidTo = row.ValidTo,
        };
    }
}

/// <summary>The profiles a run was planned with.</summary>
static class PaymentProfiles
{
    /// <summary>The profile as the run kept it.</summary>
    /// <param name="content">Null in runs planned before contents were kept: they followed the first version of the generic profile.</param>
    /// <exception cref="InvalidOperationException">The content was readable when it was kept and is not now: a fault of the program.</exception>
    public static BankProfile Of(string id, byte[]? content)
    {
        if (content is null) return BankProfiles.Generic with { Version = 1 };
        var parsed = BankProfiles.Parse(content, id);
        return parsed.IsOk ? parsed.Value : throw new InvalidOperationException($"The kept profile {id} cannot be read any more: {parsed.Problems[0]}");
    }

    public static ProfileContent ContentOf(BankProfile profile) => BankProfiles.FindKnown(profile.Id) is { } known
        ? new(profile.Id, profile.Version, known.Sha256(), known.Content.ToArray()) : throw new InvalidOperationException($"Profile {profile.Id} is not known.");
}
