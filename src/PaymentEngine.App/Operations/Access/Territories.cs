using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Operations.Access;

/// <summary>In which communes people act, by days (F15). A right ends by its last day, by an administrator, or with the unit it was given for: a successor is given by an administrator or not at all.</summary>
public sealed class Territories(Database database, IClock clock)
{
    /// <summary>The rows of a user, ended ones too.</summary>
    public async Task<Result<IReadOnlyList<TerritoryRow>>> ListAsync(Caller caller, string userName, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.UserTerritory) is { } lacks) return lacks;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (await TerritoryStore.IsOfCommunesAsync(session, caller.ProvinceCode, userName, at, cancel) is null) return NoUser(userName);
        return Result<IReadOnlyList<TerritoryRow>>.Ok(await TerritoryStore.ListAsync(session, caller.ProvinceCode, userName, at, cancel));
    }

    /// <summary>Gives communes to a user of single communes, or takes them. Counts from the user's next request, in open sessions too.</summary>
    /// <param name="caller">An administrator who has just shown the second factor; never about themselves.</param>
    /// <param name="userName">Whose territory changes.</param>
    /// <param name="codes">The communes.</param>
    /// <param name="give">True gives, false takes.</param>
    /// <param name="until">Last day of what is given; null: until it is ended.</param>
    /// <param name="reason">The paper or reason; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>user.unknown</c>, <c>user.whole_province</c>, <c>user.commune_unknown</c>, <c>user.commune_ended</c>, <c>not_allowed.own_change</c>, <c>usage.reason_missing</c>, <c>usage.date</c>.</returns>
    public async Task<Result<IReadOnlyList<TerritoryRow>>> ChangeAsync(Caller caller, string userName, IReadOnlyList<string> codes, bool give, LocalDate? until, string reason, CancellationToken cancel)
    {
        var at = clock.GetCurrentInstant();
        if ((caller.Lacks(AccessRules.UserTerritory) ?? caller.LacksProof(at)) is { } lacks) return lacks;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "Nobody's rights change without a reason.", "Add --reason \"…\".");
        if (userName == caller.UserName) return new Problem("not_allowed.own_change", "Nobody changes their own rights.", "Another administrator does it.");
        var zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
        if (until < at.InZone(zone).Date) return new Problem("usage.date", $"{until:uuuu-MM-dd} is over.", "Name today or a later day with --until.");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<IReadOnlyList<TerritoryRow>>>(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            switch (await TerritoryStore.IsOfCommunesAsync(session, caller.ProvinceCode, userName, at, cancel))
            {
                case null: return NoUser(userName);
                case false: return new Problem("user.whole_province", $"{userName} acts for the whole province.", "Add an account of single communes for this person: payengine user add NAME --commune C …");
            }

            var communes = await PeopleStore.FindCommunesAsync(session, caller.ProvinceCode, [.. codes], cancel);
            var unknown = codes.Where(code => !communes.ContainsKey(code)).ToList();
            if (unknown.Count > 0) return Result<IReadOnlyList<TerritoryRow>>.Refuse(unknown.Select(code => new Problem("user.commune_unknown", $"No commune has the code '{code}'.", "Import the communes (areas.csv) first, and use their codes.")).ToList());
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"user.territory {userName} after {last}"), "user.territory",
                OperationLog.RequestHash([userName, give ? "give" : "take", .. codes, reason]), caller.UserName, at, cancel);
            var numbers = communes.Values.Order().ToArray();
            var changed = give
                ? await TerritoryStore.GiveAsync(session, caller.ProvinceCode, userName, numbers, until?.PlusDays(1).AtStartOfDayInZone(zone).ToInstant(), reason.Trim(), caller.UserName, at, start.OperationNo, cancel)
                : await TerritoryStore.TakeAsync(session, caller.ProvinceCode, userName, numbers, caller.UserName, at, start.OperationNo, cancel);
            var rows = await TerritoryStore.ListAsync(session, caller.ProvinceCode, userName, at, cancel);
            if (give && codes.FirstOrDefault(code => !rows.Any(row => row.CommuneCode == code && row.Stands)) is { } over)
                return new Problem("user.commune_ended", $"The unit with the code {over} has ended.", "Give the communes it became: payengine area show CODE names them.");
            var said = JsonText.Write(new { user = userName, give, communes = codes, until, reason = reason.Trim(), changed });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return Result<IReadOnlyList<TerritoryRow>>.Ok(rows);
        }, result => result.IsOk, cancel: cancel);
    }

    static Problem NoUser(string userName) => new("user.unknown", $"There is no such user: {userName}.", "See: payengine user list");
}
