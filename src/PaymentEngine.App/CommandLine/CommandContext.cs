using System.CommandLine;
using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cluster;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.CommandLine;

/// <summary>What a command stands in: clock, streams, language, settings. One for each start of the program; tests make their own.</summary>
/// <remarks>Language and form of output are read from the arguments before they are parsed, so that descriptions and wrong usage speak the reader's language too.</remarks>
public sealed class CommandContext
{
    public CommandContext(IReadOnlyList<string> args, IClock clock, Settings settings, TextWriter output, TextWriter error, bool outIsTerminal = false, bool errorIsTerminal = false)
    {
        (Clock, Settings, Out, Error, OutIsTerminal, ErrorIsTerminal) = (clock, settings, output, error, outIsTerminal, errorIsTerminal);
        Json = args.Contains("--json");
        Quiet = args.Contains("--quiet");
        Debug = args.Contains("--debug");
        Color = outIsTerminal && !args.Contains("--no-color") && settings.ColorAllowed;
        Lang = LanguageOf(args) ?? settings.Language.Value;
        Output = new Output(this);
        Actions = new ActionCounter(long.TryParse(settings.CrashAt.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var crashAt) ? crashAt : 0);
        Files = new DiskFiles(Actions);
    }

    public IClock Clock { get; }

    public Settings Settings { get; }

    /// <summary>Standard output: results only.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error: talk, progress, problems.</summary>
    public TextWriter Error { get; }

    public bool OutIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    public bool Color { get; }

    public bool Json { get; }

    public bool Quiet { get; }

    public bool Debug { get; }

    /// <summary><c>vi</c> or <c>en</c>.</summary>
    public string Lang { get; }

    /// <summary>Writer for people: lines, tables, talk, progress.</summary>
    public Output Output { get; }

    /// <summary>The counter of durable actions that crash tests stop at.</summary>
    public ActionCounter Actions { get; }

    /// <summary>The files seam.</summary>
    public IFiles Files { get; }

    /// <summary>Prints pages for paper as PDF.</summary>
    public PaperPrinter Printer => new(Files, Settings.Chromium.Value);

    /// <summary>The law the program carries. Tests stand at an older release.</summary>
    public LawBook Law
    {
        get => field ??= LawFiles.LoadEmbedded();
        init;
    }

    /// <summary>Is there a store to ask, without making one?</summary>
    public bool HasStore => Settings.Database.Value.Length > 0 || new PrivateCluster(Settings.Home.Value, null).State().IsMade;

    /// <summary>The command that is being answered, as it is typed without <c>payengine</c>: the table of rules is asked by it.</summary>
    internal void Answering(Command asked)
    {
        var words = new List<string>();
        for (Symbol? at = asked; at is Command one and not RootCommand; at = at.Parents.FirstOrDefault()) words.Insert(0, one.Name);
        command = string.Join(' ', words);
    }

    string? command;

    /// <summary>A store that is open already and stays so: of pages and tests. Otherwise each command opens its own.</summary>
    public Database? Store { get; init; }

    /// <summary>Who asks, proven by the web door already; null: the person of the session file.</summary>
    internal Caller? Person
    {
        get;
        init => known = field = value;
    }

    /// <summary>What stands around every operation in a process that many people use; null: each command has its own.</summary>
    public Doorway? Doorway { get; init; }

    /// <summary>Takes the answer instead of the streams: of the API, which says it in its own form.</summary>
    internal Action<Answer>? Takes { get; init; }

    /// <summary>Is told how far a long work is: of the API's jobs.</summary>
    internal Action<ProgressStep>? Progressed { get; init; }

    /// <summary>The command's own store, opened at the door; closed by <see cref="LeaveAsync"/>.</summary>
    Database? held;

    Caller? known;

    /// <summary>Asks the table of rules before anything of the request is read: whoever may not do a thing is told that, and not what is wrong with their file. Null: go on.</summary>
    /// <remarks>Nobody is asked who has no session yet: the command itself says so, after it has said what is wrong with its words.</remarks>
    internal async Task<Answer?> DoorAsync(CancellationToken cancel)
    {
        if (command is null || AccessRules.Of(command) is not { NeedsPerson: true, Roles.Count: > 0 } || (Person is null && SessionFile.Read(Settings.Session.Value) is null) || !(Store is not null || HasStore)) return null;
        if (Store is null)
        {
            var opened = await OpenDatabaseAsync(cancel);
            if (!opened.IsOk) return null;
            held = opened.Value;
        }

        var caller = await FindCallerAsync((Store ?? held)!, cancel);
        if (!caller.IsOk) return null;
        known = caller.Value;
        if (WhyNot(command, known) is not { } refused) return null;
        await NoteRefusalAsync((Store ?? held)!, known, [refused]);
        return Answer.Refused(refused);
    }

    /// <summary>Who tried what they may not stands beside the logins (<c>user events</c>): whoever looks for a misused account finds the attempts, not only what succeeded.</summary>
    async Task NoteRefusalAsync(Database database, Caller caller, IReadOnlyList<Problem> problems)
    {
        if (problems.FirstOrDefault(problem => problem.Code.StartsWith("not_allowed.", StringComparison.Ordinal)) is not { } refused) return;
        await using var session = await database.RunAsync(CancellationToken.None);
        await UserChangeStore.EventAsync(session, caller.ProvinceCode, caller.UserName, "refused", "cli", $"{CommandPath}: {refused.Code}", Clock.GetCurrentInstant(), CancellationToken.None);
    }

    /// <summary>Closes what the door opened.</summary>
    internal async Task LeaveAsync()
    {
        if (held is not null) await held.DisposeAsync();
        (held, known) = (null, Person);
    }

    static Problem? WhyNot(string command, Caller caller) => AccessRules.Of(command) is { } rule ? caller.Lacks(rule) : AccessRules.Ruleless(command);

    /// <summary>Opens the database; makes and starts the private cluster, roles and tables at the first need. The caller disposes it.</summary>
    public Task<Result<Database>> OpenDatabaseAsync(CancellationToken cancel) =>
        Database.OpenAsync(Settings.Home.Value, Settings.Database.Value, Actions, (vi, en) => Output.Talk(Text(vi, en)), cancel, CodeLists.ReasonPolicy);

    /// <summary>The answer of work on the open database, which is closed afterwards; or why it could not be opened.</summary>
    public async Task<Answer> WithDatabaseAsync(Func<Database, Task<Answer>> work, CancellationToken cancel)
    {
        if ((Store ?? held) is { } open) return await work(open);
        var opened = await OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Answer.Refused(opened.Problems);
        await using (database) return await work(database);
    }

    /// <summary>The answer of work that needs a proven person; exit 4 when nobody is logged in.</summary>
    public Task<Answer> AsCallerAsync(Func<Database, Caller, Task<Answer>> work, CancellationToken cancel) => WithDatabaseAsync(async database =>
    {
        var caller = await FindCallerAsync(database, cancel);
        if (!caller.IsOk) return Answer.Refused(caller.Problems);
        if ((command is null ? null : WhyNot(command, caller.Value)) is { } refused)
        {
            await NoteRefusalAsync(database, caller.Value, [refused]);
            return Answer.Refused(refused);
        }

        var doorway = DoorwayOf(database);
        if (await doorway.BeforeAsync(caller.Value.ProvinceCode, cancel) is { } closed) Output.Talk($"{closed.Message} {closed.Remedy}");
        var answer = await work(database, caller.Value);
        if (answer.Exported is { } exported) await doorway.ExportedAsync(caller.Value, CommandPath, exported.People, exported.Files);
        if (await doorway.ShownAsync(caller.Value, CommandPath, answer.Json) is { } stopped) answer = Answer.Refused(stopped);
        await NoteRefusalAsync(database, caller.Value, answer.Problems);
        if (answer.Exit == ExitCode.Done && await doorway.AfterAsync(caller.Value.ProvinceCode, cancel) is { Count: > 0 } unexported) Output.Talk(string.Join(" ", unexported));
        return answer;
    }, cancel);

    /// <summary>The words of the command that is being answered: <c>people show</c>.</summary>
    public string CommandPath { get; internal set; } = "";

    /// <summary>Where heads of the audit chain go; null: nowhere.</summary>
    public string? HeadsFolder => Settings.Heads.Value.Length > 0 ? Settings.Heads.Value : null;

    /// <summary>The log of reads of personal data: written before the answer is given.</summary>
    public ReadLog ReadsOf(Database database) => DoorwayOf(database).Reads;

    Doorway DoorwayOf(Database database) => Doorway ?? new(database, Files, Clock, Settings.Keys.Value, HeadsFolder);

    /// <summary>The person of the session file.</summary>
    public async Task<Result<Caller>> FindCallerAsync(Database database, CancellationToken cancel)
    {
        if (known is not null) return known;
        return SessionFile.Read(Settings.Session.Value) is { } session ? await Sessions(database).CallerOfAsync(session.ProvinceCode, session.Token, cancel) : UserSessions.NoSession;
    }

    /// <summary>Logins and sessions over the installation's key folder.</summary>
    public UserSessions Sessions(Database database) => new(database, Clock, () => KeyFolder.Open(Settings.Keys.Value, Clock));

    /// <summary>The text in the reader's language.</summary>
    public string Text(string vi, string en) => Lang == "en" ? en : vi;

    static string? LanguageOf(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var said = args[i].StartsWith("--lang=", StringComparison.Ordinal) ? args[i][7..] : args[i] == "--lang" && i + 1 < args.Count ? args[i + 1] : null;
            if (said is "vi" or "en") return said;
        }
        return null;
    }
}

/// <summary>Ties a command of the command line to the method that answers it.</summary>
public static class CommandAnswers
{
    /// <summary>Runs <paramref name="answer"/> when the command is called and writes what it says; the exit code is the answer's.</summary>
    public static Command Answers(this Command command, CommandContext context, Func<ParseResult, CancellationToken, Task<Answer>> answer)
    {
        command.SetAction(async (parse, cancel) =>
        {
            context.CommandPath = PathOf(parse.CommandResult);
            context.Answering(command);
            try
            {
                var said = await context.DoorAsync(cancel) ?? await answer(parse, cancel);
                if (context.Takes is { } takes) takes(said);
                else context.Output.Write(said);
                return said.Exit;
            }
            finally
            {
                await context.LeaveAsync();
            }
        });
        return command;
    }

    /// <summary>The same for work that needs a proven person.</summary>
    internal static Command AsCaller(this Command command, CommandContext context, Func<ParseResult, Database, Caller, CancellationToken, Task<Answer>> answer) =>
        command.Answers(context, (parse, cancel) => context.AsCallerAsync((database, caller) => answer(parse, database, caller, cancel), cancel));

    static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult { Parent: not null } parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;

    /// <inheritdoc cref="Answers(Command, CommandContext, Func{ParseResult, CancellationToken, Task{Answer}})"/>
    public static Command Answers(this Command command, CommandContext context, Func<ParseResult, Answer> answer) =>
        command.Answers(context, (parse, _) => Task.FromResult(answer(parse)));
}
