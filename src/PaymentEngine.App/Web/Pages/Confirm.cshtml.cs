using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The second factor again, before money or rights move. The session goes on under a new token.</summary>
public sealed class ConfirmPage(WebParts parts, SessionCookie cookie, RequestRates rates, WebDoorSettings settings) : WebPage(parts)
{
    public string Back { get; private set; } = "/";

    public bool HasPasskeys => settings.HasPasskeys;

    public void OnGet([FromQuery(Name = "return")] string? back) => Back = LocalAddress.Or(back, "/");

    public async Task<IActionResult> OnPostAsync([FromForm] string? code, [FromForm(Name = "return")] string? back)
    {
        Back = LocalAddress.Or(back, "/");
        if (rates.WaitOfProof(HttpContext, Caller.UserName) is { } wait)
        {
            await SessionGate.TooManyAsync(HttpContext, wait);
            return new EmptyResult();
        }

        // Never null: null is the word of a checked passkey.
        var opened = await Parts.Users.StepUpAsync(Caller.ProvinceCode, Person!.Token, code ?? "", Door.Web, HttpContext.RequestAborted);
        if (!opened.TryGet(out var session)) return Refused(opened.Problems);
        cookie.Write(HttpContext, session);
        return Redirect(Back);
    }
}
