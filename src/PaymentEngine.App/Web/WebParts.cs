using Microsoft.AspNetCore.Http;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web;

/// <summary>What pages and API routes stand on: the same operations as the command line.</summary>
public sealed class WebParts(CommandContext context, Database database)
{
    readonly CommandContext english = new(["--lang", "en"], context.Clock, context.Settings, TextWriter.Null, TextWriter.Null) { Law = context.Law };
    readonly CommandContext vietnamese = new(["--lang", "vi"], context.Clock, context.Settings, TextWriter.Null, TextWriter.Null) { Law = context.Law };

    /// <summary>What stands around every operation: one for the life of the door, so that reads of many people share their blocks.</summary>
    public Doorway Doorway { get; } = new(database, context.Files, context.Clock, context.Settings.Keys.Value, context.HeadsFolder);

    public IClock Clock => context.Clock;

    public Instant Now => context.Clock.GetCurrentInstant();

    public UserSessions Users => new(database, context.Clock, () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock));

    public PaymentRuns Runs => RunCommand.Runs(vietnamese, database);

    public Casework Cases => new(database, context.Clock);

    /// <summary>The tenant; null in a database without users.</summary>
    public async Task<short?> ProvinceAsync(CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        return (await PeopleStore.FindTenantAsync(session, cancel))?.ProvinceCode;
    }

    /// <summary>Words in the language of the request.</summary>
    internal CommandContext Words(HttpContext http) => http.IsEnglish() ? english : vietnamese;
}
