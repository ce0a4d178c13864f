using PaymentEngine.App.Web.Access;

namespace PaymentEngine.App.Web.Api;

/// <summary>The routes of the API with their rules.</summary>
public static class ApiTable
{
    static readonly RouteRule OwnSession = RouteRule.SignedIn(Territory.None, "Everybody sees and ends their own session, and no other.");

    public static IReadOnlyList<WebRoute> Routes { get; } =
    [
        new("/api/v1/sessions", "POST", RouteRule.Public("A service account proves itself here."), WebRoutes.Json),
        new("/api/v1/session", "GET", OwnSession),
        new("/api/v1/session/close", "POST", OwnSession, WebRoutes.Json),
        new("/api/v1/runs", "GET", RouteRule.As("run show")),
        new("/api/v1/runs/{run}", "GET", RouteRule.As("run show")),
        new("/api/v1/runs/{run}/approve", "POST", RouteRule.As("run approve").WithProof, WebRoutes.Json),
    ];
}
