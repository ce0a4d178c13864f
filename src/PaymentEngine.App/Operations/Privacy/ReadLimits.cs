using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Operations.Privacy;

/// <summary>The limits with what went over them.</summary>
public sealed record ReadAlerts(ReadLimit Limit, IReadOnlyList<ReadAlert> Alerts);

/// <summary>How many people one person may look at in a day (trust §4.3 case 33): from the first limit on an auditor and an administrator are told, from the second on reading stops until both let it go on or the day ends.</summary>
/// <remarks>What a command shows that does something to these people is work and counts for neither; what is taken out as a file has a right of its own, counts for the first and is not stopped by the second.</remarks>
public sealed class ReadLimits(Database database, IClock clock)
{
    const int RowsMax = 500, DaysShown = 30;

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Commands that change something: reading that is part of an act.</summary>
    internal static readonly string[] Work = [.. AccessRules.All.Where(rule => rule.Changes).Select(rule => rule.Name)];

    /// <summary>Alerts of the last thirty days, the latest first, with the limits that stand.</summary>
    public async Task<Result<ReadAlerts>> AlertsAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AuditAlerts) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return new ReadAlerts(await ReadLimitStore.CurrentAsync(session, caller.ProvinceCode, cancel), await ReadLimitStore.AlertsAsync(session, caller.ProvinceCode, Today().PlusDays(-DaysShown), RowsMax, cancel));
    }

    /// <summary>Sets other limits from now on.</summary>
    /// <param name="caller">An administrator who has just shown the second factor.</param>
    /// <param name="alertPeople">From so many people a day on somebody is told.</param>
    /// <param name="stopPeople">From so many on reading stops; more than <paramref name="alertPeople"/>.</param>
    /// <param name="reason">Why; kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>usage.reason_missing</c>, <c>usage.read_limit</c>, <c>not_allowed.step_up</c>.</returns>
    public async Task<Result<ReadLimit>> SetAsync(Caller caller, int alertPeople, int stopPeople, string reason, CancellationToken cancel = default)
    {
        var at = clock.GetCurrentInstant();
        if ((caller.Lacks(AccessRules.AuditAlertsLimit) ?? caller.LacksProof(at)) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "Limits change with a reason.", "Add --reason \"…\".");
        if (alertPeople < 1 || stopPeople <= alertPeople) return new Problem("usage.read_limit", $"{alertPeople} and {stopPeople} are no pair of limits.", "The first is at least 1, the second larger than the first.");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ReadLimit>>(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            var version = (await ReadLimitStore.CurrentAsync(session, caller.ProvinceCode, cancel)).Version + 1;
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"audit.read_limit {version}"), "audit.read_limit",
                OperationLog.RequestHash(alertPeople.ToString(CultureInfo.InvariantCulture), stopPeople.ToString(CultureInfo.InvariantCulture), reason), caller.UserName, at, cancel);
            await ReadLimitStore.InsertAsync(session, caller.ProvinceCode, version, alertPeople, stopPeople, caller.UserName, reason.Trim(), at, start.OperationNo, cancel);
            var said = JsonText.Write(new { version, alert_people = alertPeople, stop_people = stopPeople, reason = reason.Trim() });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return await ReadLimitStore.CurrentAsync(session, caller.ProvinceCode, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Lets somebody who was stopped today read on; it counts when an administrator and an auditor, two persons, have both said so.</summary>
    /// <param name="caller">An administrator or an auditor who has just shown the second factor; never the reader.</param>
    /// <param name="reader">Who was stopped.</param>
    /// <param name="reason">What was looked at; kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>True when both have; refused: <c>read_alert.none</c>, <c>not_allowed.own_lift</c>, <c>not_allowed.lifted_already</c>, <c>usage.reason_missing</c>.</returns>
    public async Task<Result<bool>> LiftAsync(Caller caller, string reader, string reason, CancellationToken cancel = default)
    {
        var at = clock.GetCurrentInstant();
        if ((caller.Lacks(AccessRules.AuditAlertsLift) ?? caller.LacksProof(at)) is { } lacking) return lacking;
        if (reason.Trim().Length < 8) return new Problem("usage.reason_missing", "Reading on is allowed with a reason of at least 8 letters.", "Say what you looked at: --reason \"…\".");
        if (reader == caller.UserName) return new Problem("not_allowed.own_lift", "Nobody lifts the stop of their own reading.", "An administrator and an auditor do it, both others.");
        var day = Today();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            if (!await ReadLimitStore.HasAlertAsync(session, caller.ProvinceCode, reader, day, "stopped", cancel))
                return new Problem("read_alert.none", $"Nobody stopped {reader} today.", "See who was: payengine audit alerts.");
            var given = await ReadLimitStore.LiftsAsync(session, caller.ProvinceCode, reader, day, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"audit.read_lift {reader} {day:uuuu-MM-dd} {caller.UserName} {given}", "audit.read_lift", OperationLog.RequestHash(reason), caller.UserName, at, cancel);
            foreach (var role in (string[])[Role.Auditor, Role.Administrator])
            {
                if (!caller.Roles.Contains(role) || !await ReadLimitStore.LiftAsync(session, caller.ProvinceCode, reader, day, role, caller.UserName, reason.Trim(), at, start.OperationNo, cancel)) continue;
                var said = JsonText.Write(new { reader, day, role, reason = reason.Trim() });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
                return given + 1 >= LiftersNeeded;
            }

            return new Problem("not_allowed.lifted_already", $"{caller.UserName}, or somebody in the same role, has said so already.", "The other role is still needed, of another person: an administrator and an auditor.");
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>An administrator and an auditor.</summary>
    internal const int LiftersNeeded = 2;

    /// <summary>Why somebody may not be shown more people today; null when they may. The first time it is kept and seen by auditors and administrators. Exit code 4.</summary>
    internal async Task<Problem?> WhyStoppedAsync(Caller caller, string purpose, int people, CancellationToken cancel = default)
    {
        if (Work.Contains(purpose) || purpose.StartsWith("POST ", StringComparison.Ordinal)) return null;
        await using var session = await database.RunAsync(cancel);
        var limit = await ReadLimitStore.CurrentAsync(session, caller.ProvinceCode, cancel);
        var day = Today();
        var (looked, _) = await ReadLimitStore.LookedAsync(session, caller.ProvinceCode, caller.UserName, day.AtStartOfDayInZone(Zone).ToInstant(), Work, cancel);
        if (looked + people <= limit.StopPeople || await ReadLimitStore.LiftsAsync(session, caller.ProvinceCode, caller.UserName, day, cancel) >= LiftersNeeded) return null;
        if (!await ReadLimitStore.HasAlertAsync(session, caller.ProvinceCode, caller.UserName, day, "stopped", cancel)) await StopAsync(session, caller, day, looked + people, limit, cancel);
        return new Problem("not_allowed.read_limit", $"{caller.UserName} has looked at {looked} people today; {people} more would pass the limit of {limit.StopPeople} a day.",
            "Ask for fewer (one commune, one person), or go on tomorrow. For work that needs more, an administrator and an auditor let it go on: payengine audit alerts lift NAME.");
    }

    async Task StopAsync(DatabaseSession session, Caller caller, LocalDate day, long people, ReadLimit limit, CancellationToken cancel) => await session.InTransactionAsync(async () =>
    {
        var at = clock.GetCurrentInstant();
        var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"audit.read_stop {caller.UserName} {day:uuuu-MM-dd}", "audit.read_stop", OperationLog.RequestHash(caller.UserName), caller.UserName, at, cancel);
        if (start.DoneResult is not null) return;
        await ReadLimitStore.InsertAlertAsync(session, caller.ProvinceCode, new ReadAlert(caller.UserName, day, "stopped", people, limit.StopPeople, default, []), at, start.OperationNo, cancel);
        var said = JsonText.Write(new { reader = caller.UserName, day, people, limit = limit.StopPeople });
        await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
    }, cancel: cancel);

    /// <summary>Tells, in the transaction of the reads, when somebody has passed the first limit.</summary>
    internal static async Task TellAsync(DatabaseSession session, short provinceCode, IEnumerable<string> readers, Instant at, long operationNo)
    {
        var limit = await ReadLimitStore.CurrentAsync(session, provinceCode);
        var day = at.InZone(Zone).Date;
        foreach (var reader in readers.Distinct(StringComparer.Ordinal))
        {
            var (looked, taken) = await ReadLimitStore.LookedAsync(session, provinceCode, reader, day.AtStartOfDayInZone(Zone).ToInstant(), Work);
            if (looked + taken >= limit.AlertPeople)
                await ReadLimitStore.InsertAlertAsync(session, provinceCode, new ReadAlert(reader, day, "told", looked + taken, limit.AlertPeople, default, []), at, operationNo);
        }
    }

    LocalDate Today() => clock.GetCurrentInstant().InZone(Zone).Date;
}
