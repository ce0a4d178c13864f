using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.App.Web.Pages;

/// <summary>The way out.</summary>
public sealed class LogoutPage(WebParts parts, SessionCookie cookie) : WebPage(parts)
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await Parts.Users.LogoutAsync(Caller.ProvinceCode, Person!.Token, Door.Web, HttpContext.RequestAborted);
        cookie.Delete(HttpContext);
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return Redirect("/login");
    }
}
