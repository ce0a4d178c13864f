using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The door: name, password and the code of the authenticator, or a passkey.</summary>
public sealed class LoginPage(WebParts parts, SessionCookie cookie, RequestRates rates, WebDoorSettings settings) : WebPage(parts)
{
    /// <summary>Where to go afterwards: an address here.</summary>
    public string Back { get; private set; } = "/";

    public string UserName { get; private set; } = "";

    public bool HasPasskeys => settings.HasPasskeys;

    /// <summary>The password given is for once and has to be changed with this login.</summary>
    public bool AsksNewPassword { get; private set; }

    public void OnGet([FromQuery(Name = "return")] string? back) => Back = LocalAddress.Or(back, "/");

    public async Task<IActionResult> OnPostAsync([FromForm] string? name, [FromForm] string? password, [FromForm] string? code, [FromForm] string? newPassword, [FromForm(Name = "return")] string? back)
    {
        Back = LocalAddress.Or(back, "/");
        UserName = (name ?? "").Trim();
        if (rates.WaitOfProof(HttpContext, UserName) is { } wait)
        {
            await SessionGate.TooManyAsync(HttpContext, wait);
            return new EmptyResult();
        }

        var opened = await Parts.Users.LoginAsync(UserName, password ?? "", string.IsNullOrWhiteSpace(code) ? null : code, string.IsNullOrEmpty(newPassword) ? null : newPassword, Door.Web, HttpContext.RequestAborted);
        if (!opened.TryGet(out var session))
        {
            AsksNewPassword = opened.Problems[0].Code is "not_allowed.password_change" || newPassword is { Length: > 0 };
            return Refused(opened.Problems);
        }

        // A token that was there before the login proves nothing after it: it is closed, not kept beside.
        if (cookie.Read(Request) is { ByCookie: true } before) await Parts.Users.LogoutAsync(before.Province, before.Token, Door.Web, HttpContext.RequestAborted);
        cookie.Write(HttpContext, session);
        // Who has no second factor yet sets one up first: without it nothing can be approved.
        return Redirect(session.ProvenUntil is null ? "/account" : Back);
    }
}
