using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.ServiceTests.Tour;

/// <summary>The office of the tour: people at their desks, each with a session, giving commands to the real program on the day the clock stands at; and the page on which they are written down.</summary>
/// <remarks>The program is called by its own door, <see cref="PayEngine"/>, not by a hundred starts of a process. Everything a person does goes through a command; what the page shows is what it printed.</remarks>
sealed partial class TourOffice(string folder, string connection)
{
    readonly StringBuilder page = new();
    readonly Dictionary<string, LocalDate> loggedIn = [];

    /// <summary>Day and hour in Viet Nam at which all clocks stand.</summary>
    public LocalDateTime Now { get; set; } = new(2026, 10, 23, 9, 0);

    /// <summary>The page so far.</summary>
    public string Page => page.ToString();

    public string In(string name) => Path.Combine(folder, name);

    /// <summary>A heading with its day, and prose.</summary>
    public void Section(LocalDate day, string title, string text)
    {
        Now = day.At(new LocalTime(9, 0));
        page.Append(CultureInfo.InvariantCulture, $"\n## {day.Day:00}/{day.Month:00}/{day.Year}: {title}\n\n");
        Text(text);
    }

    public void Text(string text) => page.Append(text).Append("\n\n");

    /// <summary>Gives a command; it and what it prints stand on the page, long answers cut.</summary>
    public async Task ShowAsync(string user, string command, int lines = 14, int exit = ExitCode.Done)
    {
        var printed = await GiveAsync(user, command, exit);
        page.Append(CultureInfo.InvariantCulture, $"```console\n{user}$ payengine {command}\n");
        foreach (var line in Aligned([.. printed.Take(lines)])) page.Append(line).Append('\n');
        if (printed.Length > lines) page.Append("…\n");
        page.Append("```\n\n");
    }

    /// <summary>Gives several commands of one sort; of each one line of its answer stands on the page: the first, or the last where the first is a table's heading.</summary>
    public async Task ShowShortAsync(params IEnumerable<(string User, string Command)> commands)
    {
        page.Append("```console\n");
        foreach (var (user, command) in commands)
        {
            var printed = await GiveAsync(user, command, ExitCode.Done);
            page.Append(CultureInfo.InvariantCulture, $"{user}$ payengine {command}\n{Aligned([command.StartsWith("run export", StringComparison.Ordinal) ? printed[^1] : printed[0]])[0]}\n");
        }

        page.Append("```\n\n");
    }

    /// <summary>Gives a command during which the power goes: as soon as a file is there, and before anything about it can be written down.</summary>
    public async Task ShowCutAsync(string user, string command, string appears)
    {
        await LogInAsync(user);
        var (exit, _) = await RunAsync(user, command, new PowerCut(At, () => Directory.Exists(In(appears)) && Directory.EnumerateFiles(In(appears), "*.xml").Any()));
        Assert.Equal(ExitCode.OurFault, exit);
        page.Append(CultureInfo.InvariantCulture, $"```console\n{user}$ payengine {command}\n(the power goes)\n```\n\n");
    }

    /// <summary>What a command says as JSON; it is asked beside the page.</summary>
    public async Task<JsonDocument> AskAsync(string user, string command)
    {
        await LogInAsync(user);
        var (exit, printed) = await RunAsync(user, command + " --json", new Standing(At));
        Assert.True(exit == ExitCode.Done, $"{user}: payengine {command}: exit {exit}\n{printed}");
        return JsonDocument.Parse(printed);
    }

    async Task<string[]> GiveAsync(string user, string command, int wanted)
    {
        // Whoever comes to the office in the morning logs in; the page says so once.
        if (!command.StartsWith("generate", StringComparison.Ordinal) && !command.StartsWith("user ", StringComparison.Ordinal) && !command.StartsWith("login", StringComparison.Ordinal) && !command.StartsWith("confirm", StringComparison.Ordinal)) await LogInAsync(user);
        if (command.StartsWith("confirm", StringComparison.Ordinal)) loggedIn[user] = Now.Date;
        var (exit, printed) = await RunAsync(user, command, new Standing(At));
        Assert.True(exit == wanted, $"{user}, {Now}: payengine {command}: exit {exit}, not {wanted}\n{printed}");
        return Stable(printed).TrimEnd('\n').Split('\n');
    }

    /// <summary>Logs somebody in who has not come in today; at the first time the authenticator app is set up, beside the page.</summary>
    public async Task LogInAsync(string user)
    {
        if (loggedIn.GetValueOrDefault(user) == Now.Date) return;
        var isNew = !File.Exists(In(user + ".totp"));
        var (exit, printed) = await RunAsync(user, $"login {user} --password-file {user}.password{(isNew ? "" : $" --code-file {user}.totp")}", new Standing(At));
        Assert.True(exit == ExitCode.Done, printed);
        if (isNew)
        {
            // On the first day everybody sets up the authenticator app, and logs in with it.
            (exit, printed) = await RunAsync(user, $"user totp --out {user}.totp --code-file {user}.totp", new Standing(At));
            Assert.True(exit == ExitCode.Done, printed);
            await LogInAsync(user);
        }

        loggedIn[user] = Now.Date;
    }

    async Task<(int Exit, string Printed)> RunAsync(string user, string command, IClock clock)
    {
        // On the page a path is below the office's folder; this process stands elsewhere.
        var args = Words().Matches(command).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value)
            .Select((word, at) => at > 0 && Places().IsMatch(word) ? In(word) : word).ToArray();
        var settings = Settings.From(name => name switch
        {
            "PAYENGINE_DB" => connection, "PAYENGINE_HOME" => In("home"), "PAYENGINE_KEYS" => In("keys"), "PAYENGINE_SESSION" => In(user + ".session"), _ => null,
        });
        // Who approves has read the run; the page leaves its hash out, which differs from machine to machine.
        if (args is ["run", "approve", ..])
        {
            using var shown = new StringWriter { NewLine = "\n" };
            string[] show = ["run", "show", args[2], "--json"];
            await PayEngine.RunAsync(show, new CommandContext(show, clock, settings, shown, TextWriter.Null), default);
            using var read = JsonDocument.Parse(shown.ToString());
            args = [.. args.Select(word => word == "…" ? read.RootElement.GetProperty("content_hash").GetString()![..8] : word)];
        }

        // One screen: results and talk in the order in which they come.
        using var screen = new StringWriter { NewLine = "\n" };
        var exit = await PayEngine.RunAsync(args, new CommandContext(args, clock, settings, screen, args.Contains("--json") ? TextWriter.Null : screen), default);
        Said.Keep(args, exit, screen.ToString(), "", folder);
        return (exit, screen.ToString());
    }

    Instant At() => Now.InZoneStrictly(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).ToInstant();

    /// <summary>Without what differs from machine to machine: the folder of the office, the fingerprint of a list (it covers accounts by tags of a key made at the first start), and how long a thing took.</summary>
    string Stable(string text) => Took().Replace(Fingerprints().Replace(text.Replace(folder + "/", "", StringComparison.Ordinal).Replace(folder, ".", StringComparison.Ordinal), "…"), "");

    /// <summary>Tables leave the program with tabs where there is no terminal; on the page their columns stand under each other.</summary>
    static List<string> Aligned(string[] lines)
    {
        var aligned = new List<string>();
        for (var at = 0; at < lines.Length;)
        {
            var cells = lines[at].Split('\t');
            if (cells.Length == 1)
            {
                aligned.Add(lines[at++].TrimEnd());
                continue;
            }

            var table = lines.Skip(at).TakeWhile(line => line.Contains('\t', StringComparison.Ordinal) && line.Split('\t').Length == cells.Length).Select(line => line.Split('\t')).ToList();
            var widths = Enumerable.Range(0, cells.Length).Select(column => table.Max(row => Width(row[column]))).ToList();
            aligned.AddRange(table.Select(row => string.Join("  ", row.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))).TrimEnd()));
            at += table.Count;
        }

        return aligned;
    }

    static int Width(string text) => new StringInfo(text).LengthInTextElements;

    [GeneratedRegex("\"([^\"]*)\"|(\\S+)")]
    private static partial Regex Words();

    [GeneratedRegex("^(register|answers|files|cash|drive|banks)(/|$)|\\.(password|totp)$")]
    private static partial Regex Places();

    [GeneratedRegex("(?<=vân tay |Mã nội dung của tháng: |^SHA-256 )[0-9a-f]{40,}", RegexOptions.Multiline)]
    private static partial Regex Fingerprints();

    [GeneratedRegex("(?m)^.*(\\d giây|\\d/s)$\n?")]
    private static partial Regex Took();

    sealed class Standing(Func<Instant> now) : IClock
    {
        public Instant GetCurrentInstant() => now();
    }

    /// <summary>A clock that stops with everything else when the power goes.</summary>
    sealed class PowerCut(Func<Instant> now, Func<bool> goes) : IClock
    {
        public Instant GetCurrentInstant() => goes() ? throw new InvalidOperationException("The power is gone.") : now();
    }
}
