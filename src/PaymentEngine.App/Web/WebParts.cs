using Microsoft.AspNetCore.Http;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Demonstration;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.BankCorners;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web;

/// <summary>What pages and API routes stand on: the same operations as the command line.</summary>
public sealed class WebParts(CommandContext context, Database database)
{
    readonly CommandContext english = new(["--lang", "en"], context.Clock, context.Settings, TextWriter.Null, TextWriter.Null) { Law = context.Law };
    readonly CommandContext vietnamese = new(["--lang", "vi"], context.Clock, context.Settings, TextWriter.Null, TextWriter.Null) { Law = context.Law };

    /// <summary>What stands around every operation: one for the life of the door, so that reads of many people share their blocks.</summary>
    public Doorway Doorway { get; } = new(database, context.Files, context.Clock, context.Settings.Keys.Value, context.HeadsFolder);

    /// <summary>What a bank's own program may see.</summary>
    internal BankCorner BankCorner => new(database, context.Clock, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock));

    /// <summary>The data folder.</summary>
    public string Home => context.Settings.Home.Value;

    /// <summary>A command of the command line as somebody asks for it here: its answer is taken, not written.</summary>
    internal CommandContext CommandContext(Caller caller, bool isEnglish, Action<Answer> takes, Action<ProgressStep>? progressed) =>
        new(["--json", "--lang", isEnglish ? "en" : "vi"], context.Clock, context.Settings, TextWriter.Null, TextWriter.Null)
        {
            Law = context.Law, Store = database, Person = caller, Doorway = Doorway, Takes = takes, Progressed = progressed,
        };

    public IClock Clock => context.Clock;

    public Instant Now => context.Clock.GetCurrentInstant();

    public UserSessions Users => new(database, context.Clock, () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock));

    public PaymentRuns Runs => RunCommand.Runs(vietnamese, database);

    public Casework Cases => new(database, context.Clock);

    /// <summary>The store, for operations that a page makes itself.</summary>
    public Database Database => database;

    /// <summary>Files, settings and printer of the program.</summary>
    internal CommandContext Context => vietnamese;

    /// <summary>The database of this home holds a demonstration.</summary>
    public bool IsPractice { get; } = context.Settings.Database.Value.Length == 0 && File.Exists(Path.Combine(context.Settings.Home.Value, DemoPlace.Mark));

    /// <summary>The key folder; refused when it cannot be opened.</summary>
    public Result<KeyFolder> Keys => KeyFolder.Open(context.Settings.Keys.Value, context.Clock);

    /// <summary>Where a kind of files that the pages make or take lies below the home.</summary>
    public string Folder(params string[] names) => Path.Combine([context.Settings.Home.Value, .. names]);

    /// <summary>The tenant; null in a database without users.</summary>
    public async Task<short?> ProvinceAsync(CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return (await PeopleStore.FindTenantAsync(session, cancel))?.ProvinceCode;
    }

    /// <summary>Words in the language of the request.</summary>
    internal CommandContext Words(HttpContext http) => http.IsEnglish() ? english : vietnamese;
}
