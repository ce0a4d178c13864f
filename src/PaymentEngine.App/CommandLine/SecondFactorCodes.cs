using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>Where a code of an authenticator comes from: a file, or the keyboard. Never a flag: those stand in process lists.</summary>
static class SecondFactorCodes
{
    public static Option<string?> FileOption(CommandContext context) => new("--code-file")
    {
        HelpName = "F",
        Description = context.Text("Tệp có mã sáu số ở dòng đầu; hoặc tệp bí mật otpauth:// (chỉ để thử và trình diễn)", "File with the six figures in its first line; or the secret itself, otpauth:// (for trials and demonstrations only)"),
    };

    /// <summary>The codes to try, in this order: the one in the file; of a secret the code of now, and the next one for when that is used up. Empty: none was given.</summary>
    /// <returns><c>usage.code_file</c> when the file cannot be read or holds neither.</returns>
    public static Result<IReadOnlyList<string>> Read(CommandContext context, string? file)
    {
        if (file is null) return Result<IReadOnlyList<string>>.Ok([]);
        if (context.Files.WhyUnreadable(file) is { } unreadable) return unreadable with { Code = "usage.code_file", Remedy = "Name a file that you may read and that holds the code in its first line." };
        using var reader = new StreamReader(context.Files.Read(file), Encoding.UTF8);
        var line = (reader.ReadLine() ?? "").Trim();
        if (Regex.IsMatch(line, "^[0-9]{6}$")) return Result<IReadOnlyList<string>>.Ok([line]);
        if (Regex.Match(line, "^otpauth://totp/[^?]*\\?(?:[^#]*&)?secret=([A-Za-z2-7]+)") is { Success: true } uri && TimedCode.FromBase32(uri.Groups[1].Value) is { } secret)
        {
            var step = TimedCode.StepOf(context.Clock.GetCurrentInstant());
            return Result<IReadOnlyList<string>>.Ok([TimedCode.Of(secret, step), TimedCode.Of(secret, step + 1)]);
        }

        return new Problem("usage.code_file", $"{file} holds neither six figures nor an otpauth:// secret.", "Write the six figures that the authenticator app shows into its first line.");
    }

    /// <summary>Tries the codes one after the other while they are used up; asks at the keyboard when one is wanted and none was given.</summary>
    public static async Task<Result<T>> TryAsync<T>(CommandContext context, IReadOnlyList<string> codes, Func<string?, Task<Result<T>>> attempt)
    {
        var said = await attempt(codes.Count > 0 ? codes[0] : null);
        foreach (var code in codes.Skip(1))
        {
            if (said.IsOk || said.Problems[0].Code != "not_allowed.code_used") return said;
            said = await attempt(code);
        }

        if (codes.Count > 0 || said.IsOk || said.Problems[0].Code != "not_allowed.second_factor" || Console.IsInputRedirected || !context.ErrorIsTerminal) return said;
        return await attempt(Ask(context));
    }

    /// <summary>The code as typed, or null when nobody is at a keyboard.</summary>
    public static string? Ask(CommandContext context)
    {
        if (Console.IsInputRedirected || !context.ErrorIsTerminal) return null;
        context.Error.Write(context.Text("Mã sáu số: ", "Six figures: "));
        context.Error.Flush();
        return Console.ReadLine() ?? "";
    }
}
