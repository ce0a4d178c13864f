using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Passkeys;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Web.Pages;

/// <summary>One's own account: second factors, passkeys, sessions, password.</summary>
public sealed class AccountPage(WebParts parts, SessionCookie cookie, PasskeyCeremonies passkeys, PersonTickets tickets, RequestRates rates, WebDoorSettings settings) : WebPage(parts)
{
    public IReadOnlyList<ListedSession> Sessions { get; private set; } = [];

    public IReadOnlyList<StoredPasskey> Passkeys { get; private set; } = [];

    public bool HasPasskeys => settings.HasPasskeys;

    /// <summary>Address of the picture of an authenticator that was just begun; null when none was.</summary>
    public string? Picture { get; private set; }

    /// <summary>The same for typing.</summary>
    public string? Link { get; private set; }

    /// <summary>An authenticator was begun and its first code was not right yet.</summary>
    public bool AsksFirstCode { get; private set; }

    public Task OnGetAsync() => LoadAsync();

    /// <param name="what">The button: <c>totp</c>, <c>totp-code</c>, <c>rename</c>, <c>remove</c>, <c>password</c>, <c>everywhere</c>.</param>
    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, [FromForm] string? number, [FromForm] string? passkeyName, [FromForm] string? code, [FromForm] string? password, [FromForm] string? newPassword)
    {
        var cancel = HttpContext.RequestAborted;
        if (what is "totp-code" or "password" && rates.WaitOfProof(HttpContext, Caller.UserName) is { } wait)
        {
            await SessionGate.TooManyAsync(HttpContext, wait);
            return new EmptyResult();
        }

        switch (what)
        {
            case "everywhere":
                await Parts.Users.LogoutEverywhereAsync(Caller, Door.Web, cancel);
                cookie.Delete(HttpContext);
                return Redirect("/login");
            case "totp":
                var begun = await Parts.Users.BeginAuthenticatorAsync(Caller, cancel);
                if (!begun.TryGet(out var authenticator)) return await RefusedAsync(begun.Problems);
                (AsksFirstCode, Link, Picture) = (true, authenticator.Uri, "/account/totp.png?ticket=" + Uri.EscapeDataString(tickets.Seal(Person!, authenticator.Uri)));
                break;
            case "totp-code":
                var confirmed = await Parts.Users.ConfirmAuthenticatorAsync(Caller, code ?? "", Door.Web, cancel);
                AsksFirstCode = !confirmed.IsOk;
                if (!confirmed.IsOk) return await RefusedAsync(confirmed.Problems);
                Done = Text("Ứng dụng xác thực đã dùng được; mã của nó được hỏi ở mỗi lần đăng nhập.", "The authenticator app counts now; its code is asked at every login.");
                break;
            case "password":
                var changed = await Parts.Users.ChangePasswordAsync(Caller, password ?? "", newPassword ?? "", Door.Web, cancel);
                if (!changed.IsOk) return await RefusedAsync(changed.Problems);
                cookie.Delete(HttpContext);
                return Redirect("/login");
            case "rename" or "remove":
                if (Caller.LacksProof(Parts.Now) is { } lacks) return await RefusedAsync([lacks]);
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var passkeyNo)) return await RefusedAsync([new Problem("usage.passkey", "No passkey is named.", "Press the button beside one.")]);
                var done = what == "remove" ? await passkeys.RemoveAsync(Caller, passkeyNo, cancel) : await passkeys.RenameAsync(Caller, passkeyNo, passkeyName ?? "", cancel);
                if (!done.IsOk) return await RefusedAsync(done.Problems);
                Done = what == "remove" ? Text("Đã gỡ khóa truy cập.", "The passkey is removed.") : Text("Đã đổi tên.", "Renamed.");
                break;
            default:
                return await RefusedAsync([new Problem("usage.button", "The form does not say what to do.", "Open the page again and use one of its buttons.")]);
        }

        await LoadAsync();
        return Page();
    }

    async Task<IActionResult> RefusedAsync(IReadOnlyList<Problem> problems)
    {
        await LoadAsync();
        return Refused(problems);
    }

    async Task LoadAsync()
    {
        Sessions = await Parts.Users.SessionsAsync(Caller, Person!.Token, HttpContext.RequestAborted);
        Passkeys = await passkeys.OfAsync(Caller, HttpContext.RequestAborted);
    }
}
