using PaymentEngine.App.Operations;

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
        new("/runs", "POST", RouteRule.As("run plan"), WebRoutes.Form),
        new("/runs/{run}", "GET", RouteRule.As("run show")),
        new("/runs/{run}", "POST", RouteRule.As("run approve").WithProof, WebRoutes.Form),
        new("/runs/{run}/steps", "GET", RouteRule.As("run show")),
        new("/runs/{run}/steps", "POST", RouteRule.For("Each step asks for the row of its own command: submit, return, export, send, reconcile, close.", Role.Maker, Role.Checker, Role.Approver, Role.ChiefApprover, Role.Reconciler), WebRoutes.Form),
        new("/runs/{run}/files/{name}", "GET", RouteRule.As("run export")),
        new("/runs/{run}/papers/approval.{form}", "GET", RouteRule.As("run paper")),
        new("/runs/{run}/papers/certificate.{form}", "GET", RouteRule.As("run certificate")),
        new("/cases", "GET", RouteRule.As("case list")),
        new("/cases", "POST", RouteRule.As("case take"), WebRoutes.Form),
        new("/cases/{number}", "GET", RouteRule.As("case show")),
        new("/cases/{number}", "POST", RouteRule.For("Each act asks for the row of its own command, from case take to case resolve.", [.. Role.OfPeople.Where(role => role != Role.Auditor)]), WebRoutes.Form),
        new("/people", "GET", RouteRule.As("people show")),
        new("/people", "POST", RouteRule.As("people show"), WebRoutes.Form),
        new("/people/{person}", "GET", RouteRule.As("people show")),
        new("/cash", "GET", RouteRule.As("cash list")),
        new("/cash", "POST", RouteRule.For("Printing and recording by code ask for the rows of cash print and cash confirm.", Role.CashOfficer, Role.CommuneOfficer), WebRoutes.Form),
        new("/cash/results", "POST", RouteRule.As("cash confirm").WithProof, WebRoutes.Files),
        new("/cash/lists/{list}", "GET", RouteRule.As("cash show")),
        new("/cash/lists/{list}", "POST", RouteRule.For("Ending a list and recording cash handed back ask for the rows of cash close and cash handback.", Role.CashOfficer, Role.Reconciler), WebRoutes.Form),
        new("/cash/lists/{list}/paper.{form}", "GET", RouteRule.As("cash print")),
        new("/answers", "GET", RouteRule.As("bank import")),
        new("/answers", "POST", RouteRule.As("bank import"), WebRoutes.Files),
        new("/assets/{name}", "GET", RouteRule.Public("Style sheet and script of the pages: nothing of anybody.")),
        new("/language/{lang}", "GET", RouteRule.Public("The language is chosen before logging in.")),
    ];
}
