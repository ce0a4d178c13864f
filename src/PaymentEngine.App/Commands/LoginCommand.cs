using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine login NAME</c> and <c>payengine logout</c>.</summary>
static class LoginCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = context.Text("Tên đăng nhập", "User name") };
        var file = Passwords.FileOption(context);
        return new Command("login", context.Text("Đăng nhập; phiên nằm trong tệp PAYENGINE_SESSION", "Log in; the session stands in the file PAYENGINE_SESSION")) { name, file }
            .Answers(context, (parse, cancel) => LoginAsync(context, parse.GetRequiredValue(name), parse.GetValue(file), cancel));
    }

    public static Command CreateLogout(CommandContext context) =>
        new Command("logout", context.Text("Đăng xuất", "Log out")).Answers(context, (_, cancel) => LogoutAsync(context, cancel));

    static async Task<Answer> LoginAsync(CommandContext context, string name, string? file, CancellationToken cancel)
    {
        var password = Passwords.Read(context, file);
        if (!password.IsOk) return Answer.Refused(password.Problems);
        return await context.WithDatabaseAsync(async database =>
        {
            var opened = await new People(database, context.Clock).LoginAsync(name, password.Value, cancel);
            if (!opened.TryGet(out var session)) return Answer.Refused(opened.Problems);
            SessionFile.Write(context.Settings.Session.Value, session);
            return Answer.Of(new { user = session.UserName, name = session.FullName, province = session.ProvinceCode, expires_at = session.ExpiresAt, session = context.Settings.Session.Value },
                output => output.Line(context.Text($"Xin chào {session.FullName} ({session.UserName}).", $"Welcome, {session.FullName} ({session.UserName}).")));
        }, cancel);
    }

    static async Task<Answer> LogoutAsync(CommandContext context, CancellationToken cancel)
    {
        if (SessionFile.Read(context.Settings.Session.Value) is not { } session) return Answer.Said(context.Text("Chưa đăng nhập.", "Nobody was logged in."));
        return await context.WithDatabaseAsync(async database =>
        {
            await new People(database, context.Clock).LogoutAsync(session.ProvinceCode, session.Token, cancel);
            File.Delete(context.Settings.Session.Value);
            return Answer.Said(context.Text("Đã đăng xuất.", "Logged out."));
        }, cancel);
    }
}
