using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands.Users;

/// <summary><c>payengine login NAME</c>, <c>payengine confirm</c> (the second factor again) and <c>payengine logout</c>.</summary>
static class LoginCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = context.Text("Tên đăng nhập", "User name") };
        var file = Passwords.FileOption(context);
        var code = SecondFactorCodes.FileOption(context);
        var changed = new Option<string?>("--new-password-file") { HelpName = "F", Description = context.Text("Mật khẩu riêng thay cho mật khẩu dùng một lần", "An own password in place of one for once") };
        var key = new Option<string?>("--key-file") { HelpName = "F", Description = context.Text("Khóa của tài khoản dịch vụ, thay cho mật khẩu", "Key of a service account, in place of a password") };
        return new Command("login", context.Text("Đăng nhập; phiên nằm trong tệp PAYENGINE_SESSION", "Log in; the session stands in the file PAYENGINE_SESSION")) { name, file, code, changed, key }
            .Answers(context, (parse, cancel) => parse.GetValue(key) is { } keyFile
                ? ServiceAsync(context, parse.GetRequiredValue(name), keyFile, cancel)
                : LoginAsync(context, parse.GetRequiredValue(name), parse.GetValue(file), parse.GetValue(code), parse.GetValue(changed), cancel));
    }

    public static Command CreateConfirm(CommandContext context)
    {
        var code = SecondFactorCodes.FileOption(context);
        return new Command("confirm", context.Text("Xác nhận lại bằng yếu tố thứ hai, trước khi duyệt, gửi, chi tiền mặt hoặc duyệt tài khoản", "Show the second factor again, before approval, release, cash pay-out or account approval")) { code }
            .Answers(context, (parse, cancel) => ConfirmAsync(context, parse.GetValue(code), cancel));
    }

    public static Command CreateLogout(CommandContext context)
    {
        var everywhere = new Option<bool>("--everywhere") { Description = context.Text("Kết thúc mọi phiên của tôi", "End all my sessions") };
        return new Command("logout", context.Text("Đăng xuất", "Log out")) { everywhere }.Answers(context, (parse, cancel) => LogoutAsync(context, parse.GetValue(everywhere), cancel));
    }

    static async Task<Answer> LoginAsync(CommandContext context, string name, string? file, string? codeFile, string? newPasswordFile, CancellationToken cancel)
    {
        var password = Passwords.Read(context, file);
        if (!password.IsOk) return Answer.Refused(password.Problems);
        var codes = SecondFactorCodes.Read(context, codeFile);
        if (!codes.IsOk) return Answer.Refused(codes.Problems);
        var changed = newPasswordFile is null ? null : (Result<string>?)Passwords.Read(context, newPasswordFile);
        if (changed is { IsOk: false } unread) return Answer.Refused(unread.Problems);
        return await context.WithDatabaseAsync(async database =>
        {
            var sessions = context.Sessions(database);
            return Opened(context, await SecondFactorCodes.TryAsync(context, codes.Value, code => sessions.LoginAsync(name, password.Value, code, changed?.Value, cancel: cancel)), context.Text("Xin chào", "Welcome"));
        }, cancel);
    }

    static async Task<Answer> ServiceAsync(CommandContext context, string name, string keyFile, CancellationToken cancel)
    {
        var key = Passwords.Read(context, keyFile);
        if (!key.IsOk) return Answer.Refused(key.Problems);
        return await context.WithDatabaseAsync(async database => Opened(context, await context.Sessions(database).LoginServiceAsync(name, key.Value, cancel: cancel), context.Text("Xin chào", "Welcome")), cancel);
    }

    static async Task<Answer> ConfirmAsync(CommandContext context, string? codeFile, CancellationToken cancel)
    {
        if (SessionFile.Read(context.Settings.Session.Value) is not { } held) return Answer.Refused(UserSessions.NoSession);
        var codes = SecondFactorCodes.Read(context, codeFile);
        if (!codes.IsOk) return Answer.Refused(codes.Problems);
        IReadOnlyList<string> given = codes.Value.Count > 0 ? codes.Value : SecondFactorCodes.Ask(context) is { } typed ? [typed] : [];
        if (given.Count == 0) return Answer.Refused(new Problem("usage.code_missing", "Nobody is at a keyboard to be asked for the code.", "Use --code-file F"));
        return await context.WithDatabaseAsync(async database =>
        {
            var sessions = context.Sessions(database);
            return Opened(context, await SecondFactorCodes.TryAsync(context, given, code => sessions.StepUpAsync(held.ProvinceCode, held.Token, code ?? "", cancel: cancel)), context.Text("Đã xác nhận", "Confirmed"));
        }, cancel);
    }

    static async Task<Answer> LogoutAsync(CommandContext context, bool everywhere, CancellationToken cancel)
    {
        if (SessionFile.Read(context.Settings.Session.Value) is not { } session) return Answer.Said(context.Text("Chưa đăng nhập.", "Nobody was logged in."));
        return await context.WithDatabaseAsync(async database =>
        {
            var sessions = context.Sessions(database);
            if (everywhere && (await sessions.CallerOfAsync(session.ProvinceCode, session.Token, cancel)).TryGet(out var caller)) await sessions.LogoutEverywhereAsync(caller, cancel: cancel);
            else await sessions.LogoutAsync(session.ProvinceCode, session.Token, cancel: cancel);
            File.Delete(context.Settings.Session.Value);
            return Answer.Said(context.Text("Đã đăng xuất.", "Logged out."));
        }, cancel);
    }

    static Answer Opened(CommandContext context, Result<OpenedSession> opened, string greeting)
    {
        if (!opened.TryGet(out var session)) return Answer.Refused(opened.Problems);
        SessionFile.Write(context.Settings.Session.Value, session);
        return Answer.Of(new { user = session.UserName, name = session.FullName, province = session.ProvinceCode, expires_at = session.ExpiresAt, proven_until = session.ProvenUntil, session = context.Settings.Session.Value },
            output =>
            {
                output.Line($"{greeting}, {session.FullName} ({session.UserName}).");
                if (session.ProvenUntil is null && context.ErrorIsTerminal) output.Talk(context.Text("Phiên này chưa có yếu tố thứ hai: payengine user totp --out F.", "This session has no second factor yet: payengine user totp --out F."));
            });
    }
}
