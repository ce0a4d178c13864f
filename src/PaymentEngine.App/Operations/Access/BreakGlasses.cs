using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Operations.Access;

/// <summary>What a person asks for in an emergency.</summary>
/// <param name="Role">A role; or null.</param>
/// <param name="CommuneCodes">Communes; empty where a role is asked for.</param>
/// <param name="Subject">What it is for: <c>40-2611-001</c> (a run) or <c>case 12</c>.</param>
/// <param name="Hours">How long from now, at most 24.</param>
/// <param name="Reason">Why it cannot wait; at least ten characters.</param>
public sealed record GlassRequest(string? Role, IReadOnlyList<string> CommuneCodes, string Subject, int Hours, string Reason);

/// <summary>Exceptions by two people, limited in time, for one run or one case (break-glass, F143). They lend a role or communes; they never let one person hold both acts of a pair (<see cref="DutyPairs"/>).</summary>
/// <remarks>Each operation that used one names it in its block of the audit chain, and the papers of a run list those it was touched by.</remarks>
public sealed class BreakGlasses(Database database, IClock clock)
{
    const int HoursMax = 24;
    const int ReasonCharactersMin = 10;

    /// <summary>What exceptions lend: work on money, never to look after users or to audit.</summary>
    static readonly string[] Lendable = [Role.Maker, Role.Checker, Role.Approver, Role.ChiefApprover, Role.AccountEditor, Role.CashOfficer, Role.Reconciler, Role.CommuneOfficer];

    /// <summary>Adds to a caller what stands granted at this moment: asked at every request, so that an end counts at once.</summary>
    public static async Task<Caller> LendAsync(DatabaseSession session, Caller caller, Instant now, CancellationToken cancel) =>
        caller.With(await GlassStore.OpenAsync(session, caller.ProvinceCode, caller.UserName, now, cancel));

    /// <summary>Asks for one. It lends nothing until another person grants it.</summary>
    /// <returns>Refused: <c>usage.break_glass</c>, <c>user.role_unknown</c>, <c>user.commune_unknown</c>, <c>break_glass.reason_short</c>, <c>break_glass.held_already</c>, <c>not_allowed.role</c>.</returns>
    public async Task<Result<ListedGlass>> AskAsync(Caller caller, GlassRequest asked, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.BreakglassAsk) is { } lacks) return lacks;
        if ((asked.Role is null) == (asked.CommuneCodes.Count == 0)) return new Problem("usage.break_glass", "An exception lends a role or communes, one of the two.", "Name one: --role R or --commune C.");
        if (asked.Role is { } role && !Lendable.Contains(role)) return new Problem("user.role_unknown", $"'{role}' is not lent.", $"Use: {string.Join(", ", Lendable)}.");
        if (asked.Role is { } held && caller.Roles.Contains(held)) return new Problem("break_glass.held_already", $"{caller.UserName} holds the role {held}.", "Do it: no exception is needed.");
        if (Subject(asked.Subject, caller.ProvinceCode) is not { } subject) return new Problem("usage.break_glass", $"'{asked.Subject}' is neither a run nor a case.", "Say what it is for: --for 40-2611-001, or --for \"case 12\".");
        if (asked.Hours is < 1 or > HoursMax) return new Problem("usage.break_glass", $"{asked.Hours} hours are not allowed.", $"Ask for 1 to {HoursMax} hours: --hours N.");
        if (asked.Reason.Trim().Length < ReasonCharactersMin) return new Problem("break_glass.reason_short", "An exception says why it cannot wait.", $"Write at least {ReasonCharactersMin} characters: --reason \"…\".");
        var at = clock.GetCurrentInstant();
        // Who asks names communes that are not theirs: their codes are public, their people are not.
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ListedGlass>>(async () =>
        {
            var communes = await PeopleStore.FindCommunesAsync(session, caller.ProvinceCode, [.. asked.CommuneCodes], cancel);
            var unknown = asked.CommuneCodes.Where(code => !communes.ContainsKey(code)).ToList();
            if (unknown.Count > 0) return Result<ListedGlass>.Refuse(unknown.Select(code => new Problem("user.commune_unknown", $"No commune has the code '{code}'.", "See them: payengine area tree.")).ToList());
            var operation = await BeginAsync(session, caller, "breakglass.ask", [asked.Role ?? "", .. asked.CommuneCodes, subject, asked.Reason], at, cancel);
            var number = await GlassStore.AskAsync(session, caller.ProvinceCode, new(caller.UserName, asked.Role, asked.CommuneCodes.Count == 0 ? null : [.. communes.Values.Order()], subject, asked.Reason.Trim(),
                at, at + Duration.FromHours(asked.Hours)), operation, cancel);
            return await EndedAsync(session, caller, number, operation, new { break_glass_asked = number, role = asked.Role, communes = asked.CommuneCodes, subject, hours = asked.Hours, reason = asked.Reason.Trim() }, at, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Grants what somebody else asked for. From their next request on it lends what it says.</summary>
    /// <returns>Refused: <c>not_allowed.nobody_grants_themselves</c>, <c>break_glass.unknown</c>, <c>not_allowed.break_glass_over</c>.</returns>
    public async Task<Result<ListedGlass>> GrantAsync(Caller caller, int number, CancellationToken cancel)
    {
        // A role that is itself lent grants nothing: an exception would then bear another.
        var at = clock.GetCurrentInstant();
        if (((caller with { Glasses = [] }).Lacks(AccessRules.BreakglassGrant) ?? caller.LacksProof(at)) is { } lacks) return lacks;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ListedGlass>>(async () =>
        {
            if ((await GlassStore.ListAsync(session, caller.ProvinceCode, number, cancel)).SingleOrDefault() is not { } found) return Unknown(number);
            if (found.AskedBy == caller.UserName) return DutyPairs.RefusalOf("nobody_grants_themselves")!;
            if (found.GrantedBy is not null) return found;
            if (found.EndedAt is not null || found.EndsAt <= at) return Over(found);
            var operation = await BeginAsync(session, caller, "breakglass.grant", [number.ToString(CultureInfo.InvariantCulture)], at, cancel);
            await GlassStore.GrantAsync(session, caller.ProvinceCode, number, caller.UserName, at, operation, cancel);
            return await EndedAsync(session, caller, number, operation, new { break_glass_granted = number, asked_by = found.AskedBy, role = found.Role, communes = found.CommuneCodes, subject = found.Subject, ends_at = found.EndsAt }, at, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Ends one before its time: by who asked, who granted, or any administrator or chief approver.</summary>
    public async Task<Result<ListedGlass>> EndAsync(Caller caller, int number, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.BreakglassEnd) is { } lacks) return lacks;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ListedGlass>>(async () =>
        {
            if ((await GlassStore.ListAsync(session, caller.ProvinceCode, number, cancel)).SingleOrDefault() is not { } found || !Sees(caller, found)) return Unknown(number);
            if (found.EndedAt is not null || found.EndsAt <= at) return Over(found);
            var operation = await BeginAsync(session, caller, "breakglass.end", [number.ToString(CultureInfo.InvariantCulture)], at, cancel);
            await GlassStore.EndAsync(session, caller.ProvinceCode, number, caller.UserName, at, operation, cancel);
            return await EndedAsync(session, caller, number, operation, new { break_glass_ended = number }, at, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>All of them, for administrators, chief approvers and auditors; one's own for everybody else.</summary>
    public async Task<Result<IReadOnlyList<ListedGlass>>> ListAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.BreakglassList) is { } lacks) return lacks;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<ListedGlass>>.Ok([.. (await GlassStore.ListAsync(session, caller.ProvinceCode, 0, cancel)).Where(one => Sees(caller, one))]);
    }

    /// <summary>Whether an exception lends something at a moment.</summary>
    public static bool Stands(ListedGlass glass, Instant at) => glass is { GrantedBy: not null, EndedAt: null } && glass.EndsAt > at;

    internal static bool Sees(Caller caller, ListedGlass glass) =>
        glass.AskedBy == caller.UserName || glass.GrantedBy == caller.UserName || caller.Roles.Overlaps([Role.Administrator, Role.ChiefApprover, Role.Auditor]);

    static string? Subject(string text, short province)
    {
        var word = text.Trim();
        if (word.StartsWith("run ", StringComparison.Ordinal)) word = word[4..].Trim();
        if (RunId.Parse(word).TryGet(out var run)) return run.ProvinceCode == province ? $"run {run}" : null;
        return word.StartsWith("case ", StringComparison.Ordinal) && int.TryParse(word[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"case {number}") : null;
    }

    static async Task<long> BeginAsync(DatabaseSession session, Caller caller, string kind, IEnumerable<string> request, Instant at, CancellationToken cancel)
    {
        await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
        var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
        return (await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"{kind} after {last}"), kind, OperationLog.RequestHash([caller.UserName, .. request]), caller.UserName, at, cancel)).OperationNo;
    }

    static async Task<Result<ListedGlass>> EndedAsync(DatabaseSession session, Caller caller, int number, long operation, object said, Instant at, CancellationToken cancel)
    {
        await OperationLog.CompleteAsync(session, caller.ProvinceCode, operation, JsonText.Write(new { break_glass = number }), JsonText.Write(said), at, cancel);
        return (await GlassStore.ListAsync(session, caller.ProvinceCode, number, cancel)).Single();
    }

    static Problem Unknown(int number) => new("break_glass.unknown", $"There is no exception {number} that you may see.", "See them: payengine breakglass list.");

    static Problem Over(ListedGlass glass) => new("not_allowed.break_glass_over", $"Exception {glass.GlassNo} is over.", "Ask for another: payengine breakglass ask …");
}
