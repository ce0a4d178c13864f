namespace PaymentEngine.App.Web.Access;

/// <summary>The routes of pages with their rules. A page that does what a command does has the command's rule: <c>RouteRule.As("run show")</c>.</summary>
public static class PageRoutes
{
    static readonly RouteRule Door = RouteRule.Public("Nobody is logged in before the door.");
    static readonly RouteRule OwnAccount = RouteRule.SignedIn(Territory.None, "Everybody keeps their own account, and no other.");

    public static IReadOnlyList<WebRoute> All { get; } =
    [
        new("/", "GET", RouteRule.SignedIn(Territory.Own, "Everybody's first page: what waits for them.")),
        new("/login", "GET", Door),
        new("/login", "POST", Door, WebRoutes.Form),
        new("/login/passkey/options", "POST", Door, WebRoutes.Json),
        new("/login/passkey", "POST", Door, WebRoutes.Json),
        new("/logout", "GET", OwnAccount),
        new("/logout", "POST", OwnAccount, WebRoutes.Form),
        new("/confirm", "GET", OwnAccount),
        new("/confirm", "POST", OwnAccount, WebRoutes.Form),
        new("/confirm/passkey/options", "POST", OwnAccount, WebRoutes.Json),
        new("/confirm/passkey", "POST", OwnAccount, WebRoutes.Json),
        new("/account", "GET", OwnAccount),
        new("/account", "POST", OwnAccount, WebRoutes.Form),
        new("/account/totp.png", "GET", OwnAccount),
        new("/account/passkeys/options", "POST", OwnAccount, WebRoutes.Json),
        new("/account/passkeys", "POST", OwnAccount, WebRoutes.Json),
        new("/runs", "GET", RouteRule.As("run show")),
        new("/runs/{run}", "GET", RouteRule.As("run show")),
        new("/runs/{run}", "POST", RouteRule.As("run approve").WithProof, WebRoutes.Form),
        new("/assets/{name}", "GET", RouteRule.Public("Style sheet and script of the pages: nothing of anybody.")),
        new("/language/{lang}", "GET", RouteRule.Public("The language is chosen before logging in.")),
    ];
}
