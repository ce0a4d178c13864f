using System.CommandLine;
using System.Text;
using PaymentEngine.App.Files;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>Where a password comes from: the first line of a file, or the keyboard without echo. Never a flag: those stand in process lists.</summary>
static class Passwords
{
    public static Option<string?> FileOption(CommandContext context) =>
        new("--password-file") { HelpName = "F", Description = context.Text("Tệp có mật khẩu ở dòng đầu", "File with the password in its first line") };

    public static Result<string> Read(CommandContext context, string? file)
    {
        if (file is not null)
        {
            if (context.Files.WhyUnreadable(file) is { } unreadable) return unreadable with { Code = "usage.password_file", Remedy = "Name a file that you may read and that holds the password in its first line." };
            using var reader = new StreamReader(context.Files.Read(file), Encoding.UTF8);
            return reader.ReadLine() ?? "";
        }
        if (Console.IsInputRedirected || !context.ErrorIsTerminal)
            return new Problem("usage.password_missing", context.Text("Không có ai ở bàn phím để hỏi mật khẩu.", "Nobody is at a keyboard to be asked for the password."), "Use --password-file F");
        context.Error.Write(context.Text("Mật khẩu: ", "Password: "));
        context.Error.Flush();
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else typed.Append(key.KeyChar);
        }
        context.Error.WriteLine();
        return typed.ToString();
    }
}
