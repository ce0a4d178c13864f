using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>What stands around every operation of a proven person, whatever door they came by (command line, page, API): the look at the fence before it, the log of what was shown before
/// the answer, the head of the audit chain after it.</summary>
/// <remarks>One for the life of a process that many people use: their reads are then collected into blocks of at most a second.</remarks>
public sealed class Doorway(Database database, IFiles files, IClock clock, string keyFolder, string? headsFolder)
{
    /// <summary>The log of reads of personal data.</summary>
    public ReadLog Reads { get; } = new(database, clock);

    /// <summary>Looks whether the database is the one that the register of sealed files and the exported heads know; see <see cref="Fences.AtStartAsync"/>.</summary>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="cancel">Cancels the look.</param>
    /// <returns>The fence that was closed now; null: all is as it was.</returns>
    public Task<Problem?> BeforeAsync(short provinceCode, CancellationToken cancel) => new Fences(database, files, clock, headsFolder).AtStartAsync(provinceCode, cancel);

    /// <summary>Writes down whose data an answer shows: every <c>person_id</c> and <c>recipient_id</c> in it. What begins to show people is logged without being asked to.</summary>
    /// <param name="caller">Who is shown them.</param>
    /// <param name="purpose">The command or the route.</param>
    /// <param name="shown">What is shown, as it is written in JSON; null: nothing.</param>
    /// <returns>Why it must not be shown (<c>not_allowed.read_limit</c>); null: show it.</returns>
    public async Task<Problem?> ShownAsync(Caller caller, string purpose, object? shown)
    {
        if (shown is null) return null;
        var people = new SortedSet<string>(StringComparer.Ordinal);
        Collect(shown as JsonElement? ?? JsonSerializer.SerializeToElement(shown, JsonText.Options), people);
        return await ShownAsync(caller, purpose, people);
    }

    /// <summary>The same for people whose keys are known.</summary>
    public async Task<Problem?> ShownAsync(Caller caller, string purpose, SortedSet<string> people) => people.Count switch
    {
        0 => null,
        1 => await Reads.RecordAsync(caller, "person", purpose, people.Min!),
        _ => await Reads.RecordAsync(caller, "list", purpose, people.Count, people),
    };

    /// <summary>Writes down that data of people left in files.</summary>
    /// <param name="caller">Who has them now.</param>
    /// <param name="purpose">The command or the route.</param>
    /// <param name="people">How many people.</param>
    /// <param name="files">What the files are known by.</param>
    public Task ExportedAsync(Caller caller, string purpose, int people, IEnumerable<string> files) => Reads.RecordAsync(caller, "export", purpose, people, files);

    /// <summary>Exports a head of the audit chain where what was done asks for one. What was done stands, whatever becomes of its head: the next operation tries again.</summary>
    /// <returns>Why it could not be exported; empty: all is well.</returns>
    public async Task<IReadOnlyList<Problem>> AfterAsync(short provinceCode, CancellationToken cancel) =>
        await new Heads(database, files, keyFolder, clock).AtOccasionAsync(provinceCode, headsFolder, cancel) is { IsOk: false } unexported ? unexported.Problems : [];

    /// <summary>The keys of the people in a document.</summary>
    internal static void Collect(JsonElement element, ISet<string> people)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray()) Collect(one, people);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String) Collect(property.Value, people);
                else if (property.Name is "person_id" or "recipient_id" && property.Value.GetString() is { Length: > 0 } id) people.Add(id);
            }
        }
    }
}
