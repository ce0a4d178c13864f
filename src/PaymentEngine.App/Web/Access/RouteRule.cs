using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Access;

/// <summary>How much of the province a route shows or changes.</summary>
public enum Territory
{
    /// <summary>Nothing of the register: the person's own account, or nothing at all.</summary>
    None,

    /// <summary>What the caller's dated territory holds; the operation asks for it, and answers "not yours" as it answers "not there".</summary>
    Own,

    /// <summary>The whole province.</summary>
    Province,
}

/// <summary>Who may use a route. Declared beside it (<see cref="WebRoutes"/>), applied before it; the operation behind checks again and decides.</summary>
/// <param name="IsPublic">Answers people who are not logged in.</param>
/// <param name="Command">The command whose row of <see cref="AccessRules"/> it has: route and command cannot part. Null: it has a rule of its own.</param>
/// <param name="Roles">One of these is needed; empty: everybody who is logged in.</param>
/// <param name="Territory">See there.</param>
/// <param name="AsksProof">The operation asks for a fresh second factor.</param>
/// <param name="Reason">Why it is public, or open to every role, or has a rule of its own.</param>
public sealed record RouteRule(bool IsPublic, AccessRule? Command, IReadOnlyList<string> Roles, Territory Territory, bool AsksProof, string Reason)
{
    /// <summary>For everybody, and why.</summary>
    public static RouteRule Public(string reason) => new(true, null, [], Territory.None, false, reason);

    /// <summary>For everybody who is logged in, and why no role is asked for.</summary>
    public static RouteRule SignedIn(Territory territory, string reason) => new(false, null, [], territory, false, reason);

    /// <summary>For those who hold one of the roles, where no command does what the route does; and why none does.</summary>
    public static RouteRule For(string reason, params string[] roles) => new(false, null, roles, Territory.None, false, reason);

    /// <summary>For those who may give this command. What asks for no person on the command line (files that one has) asks here for somebody who is logged in.</summary>
    /// <param name="command">As it is typed, without <c>payengine</c>: <c>run show</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such command, or it is about the machine itself.</exception>
    public static RouteRule As(string command) => AccessRules.Of(command) is { Reach: not (Reach.Machine or Reach.Anybody) } rule
        ? new(false, rule, rule.Roles, rule.Reach switch { Reach.Province => Territory.Province, Reach.Communes => Territory.Own, _ => Territory.None }, false, "")
        : throw new InvalidOperationException($"No route can have the rule of '{command}'.");

    /// <summary>The same with a fresh second factor.</summary>
    public RouteRule WithProof => this with { AsksProof = true };

    /// <summary>Why a caller may not pass; null when they may. Nobody's session is the caller null.</summary>
    public Problem? Refuses(Caller? caller)
    {
        if (IsPublic) return null;
        if (caller is null) return new Problem("not_allowed.session", "You are not logged in, or the session is over.", "Log in.");
        return Command is { } command ? caller.Lacks(command) : Roles.Count > 0 ? caller.Lacks([.. Roles]) : null;
    }
}
