using System.Text.Json;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>One field that a version changed; null stands for empty.</summary>
public sealed record ChangedField(string Field, string? Before, string? After);

/// <summary>One step of a record's history.</summary>
/// <param name="Kind">person, facts, award, payee, channel; or the kind of a noted change.</param>
/// <param name="Key">Which row: the month of facts, the award, the payee's number.</param>
/// <param name="At">When it became known.</param>
/// <param name="Person">Who.</param>
/// <param name="Operation">By which kind of operation.</param>
/// <param name="Source">File, paper or decision it came from; null when the operation is source enough.</param>
/// <param name="Why">Why, where a person said so.</param>
/// <param name="Fields">What changed; of a first version, what it says.</param>
public sealed record HistoryStep(string Kind, string Key, Instant At, string Person, string Operation, string? Source, string? Why, IReadOnlyList<ChangedField> Fields);

/// <summary>A person of the register with numbers and history.</summary>
public sealed record PersonCard(StoredPerson Person, IReadOnlyList<PersonNumber> Numbers, IReadOnlyList<HistoryStep> History, IReadOnlyList<StoredPair> Pairs);

/// <summary>Who a person of the register is and how the record came to say so: who, when, why, from which source. F1 F4.</summary>
public sealed class PersonHistory(Database database, AccountCipher cipher)
{
    const int PairsMax = 1_000;

    /// <summary>Looks a person up by key, or by any number they ever had, and shows the record's history.</summary>
    /// <param name="caller">Sees people of their communes.</param>
    /// <param name="wanted">person_id, or an identity number of 9 or 12 digits.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <returns><c>person.unknown</c>; <c>person.several</c> when more than one record carries the number.</returns>
    public async Task<Result<PersonCard>> ShowAsync(Caller caller, string wanted, CancellationToken cancel = default)
    {
        wanted = wanted.Trim();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var people = await PersonStore.ByKeyAsync(session, caller.ProvinceCode, [wanted], cancel);
        if (people.Count == 0 && IdentityNumber.IsWellFormed(wanted))
        {
            var tag = cipher.SealIdNumber(wanted).Tag;
            var found = (await PersonStore.ByNumberAsync(session, caller.ProvinceCode, [tag], cancel))[Convert.ToHexString(tag)].ToList();
            if (found.Count > 1)
                return new Problem("person.several", $"{found.Count} records carry this number: {string.Join(", ", found)}.", "Show one of them by its key; then decide whether they are one person: payengine people duplicates.");
            people = await PersonStore.ByKeyAsync(session, caller.ProvinceCode, found, cancel);
        }

        if (people is not [var person]) return new Problem("person.unknown", "No person of your communes has this key or number.", "Give the person_id of the register, or an identity number of 9 or 12 digits.");
        var numbers = await PersonStore.NumbersAsync(session, caller.ProvinceCode, person.RecipientId, cancel);
        var versions = await PersonStore.VersionsAsync(session, caller.ProvinceCode, person.RecipientId, cancel);
        var changes = await PersonStore.ChangesAsync(session, caller.ProvinceCode, person.RecipientId, cancel);
        var pairs = await DuplicateStore.PairsAsync(session, caller.ProvinceCode, 0, all: true, PairsMax, cancel, person.RecipientId);
        var steps = Steps(versions).Concat(changes.Select(change => new HistoryStep(change.Kind, "", change.At, change.Person, change.Kind, change.Source, change.Why,
            [.. Day("event_on", change.EventOn), .. Day("known_on", change.KnownOn)]))).OrderBy(step => step.At).ToList();
        return new PersonCard(person, numbers, steps, pairs);
    }

    static IEnumerable<ChangedField> Day(string field, LocalDate? day)
    {
        if (day is { } known) yield return new ChangedField(field, null, NodaTime.Text.LocalDatePattern.Iso.Format(known));
    }

    /// <summary>Each version with what it changed of the one before of the same row.</summary>
    static IEnumerable<HistoryStep> Steps(IReadOnlyList<PersonVersion> versions)
    {
        var last = new Dictionary<(string, string), SortedDictionary<string, string?>>();
        foreach (var version in versions)
        {
            using var row = JsonDocument.Parse(version.Row);
            var fields = new SortedDictionary<string, string?>(StringComparer.Ordinal);
            foreach (var field in row.RootElement.EnumerateObject())
                fields[field.Name] = field.Value.ValueKind == JsonValueKind.Null ? null : field.Value.ToString();
            last.TryGetValue((version.Kind, version.Key), out var before);
            last[(version.Kind, version.Key)] = fields;
            yield return new HistoryStep(version.Kind, version.Key, version.At, version.Person, version.Operation, version.Files, null,
                [.. fields.Where(field => before is null ? field.Value is not null : before.GetValueOrDefault(field.Key) != field.Value).Select(field => new ChangedField(field.Key, before?.GetValueOrDefault(field.Key), field.Value))]);
        }
    }
}
