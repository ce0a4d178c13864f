using PaymentEngine.App.Operations;
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
/// <param name="Roles">One of these is needed; empty: everybody who is logged in.</param>
/// <param name="Territory">See there.</param>
/// <param name="AsksProof">The operation asks for a fresh second factor.</param>
/// <param name="Reason">Why it is public, or open to every role.</param>
public sealed record RouteRule(bool IsPublic, IReadOnlyList<string> Roles, Territory Territory, bool AsksProof, string Reason)
{
    /// <summary>For everybody, and why.</summary>
    public static RouteRule Public(string reason) => new(true, [], Territory.None, false, reason);

    /// <summary>For everybody who is logged in, and why no role is asked for.</summary>
    public static RouteRule SignedIn(Territory territory, string reason) => new(false, [], territory, false, reason);

    /// <summary>For those who hold one of the roles.</summary>
    public static RouteRule For(Territory territory, params string[] roles) => new(false, roles, territory, false, "");

    /// <summary>The same with a fresh second factor.</summary>
    public RouteRule WithProof => this with { AsksProof = true };

    /// <summary>Why a caller may not pass; null when they may. Nobody's session is the caller null.</summary>
    public Problem? Refuses(Caller? caller)
    {
        if (IsPublic) return null;
        if (caller is null) return new Problem("not_allowed.session", "You are not logged in, or the session is over.", "Log in.");
        if (Roles.Count > 0 && caller.Lacks([.. Roles]) is { } lacks) return lacks;
        return Territory == Territory.Province ? caller.LacksProvince() : null;
    }
}
