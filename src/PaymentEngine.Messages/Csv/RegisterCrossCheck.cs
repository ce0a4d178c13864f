using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>Checks what files say about each other: persons and awards that others point at must be in the files or in the store.</summary>
/// <remarks>
/// Rows go in file after file in the order of <see cref="RegisterFiles.Kinds"/>, as they are read. What the files themselves do not answer is kept
/// until <see cref="Finish"/>, which asks the store once for each. Keys are kept as 128-bit hashes: 1,000,000 rows cost about 50 MB.
/// </remarks>
public sealed class RegisterCrossCheck(int problemsKeptMax = RegisterProblems.KeptMaxDefault)
{
    readonly HashSet<UInt128> persons = [];
    readonly Dictionary<UInt128, UInt128> personOfAward = [];
    readonly Dictionary<UInt128, UInt128> personOfIdNumber = [];
    readonly Dictionary<string, SourceLocation> personsAsked = new(StringComparer.Ordinal);
    readonly Dictionary<string, SourceLocation> awardsAsked = new(StringComparer.Ordinal);

    public RegisterProblems Refusals { get; } = new(problemsKeptMax);

    public RegisterProblems Warnings { get; } = new(problemsKeptMax);

    /// <summary>Persons that rows point at and no file has; <see cref="Finish"/> asks the store for these.</summary>
    public IReadOnlyCollection<string> PersonsAsked => personsAsked.Keys;

    /// <summary>Awards that rows point at and no file has.</summary>
    public IReadOnlyCollection<string> AwardsAsked => awardsAsked.Keys;

    public void Add(string fileName, in RegisterRow<PersonFacts> row)
    {
        var person = RegisterKey.Of(row.Value.PersonId);
        persons.Add(person);
        if (row.Value.IdNumber is { } number && !personOfIdNumber.TryAdd(RegisterKey.Of(number), person) && personOfIdNumber[RegisterKey.Of(number)] != person)
            Warnings.Add(new Problem(RegisterRefusals.IdNumberShared, "Another person of the file has the same identity number.",
                "Find out whether the two are one person, entered twice, or a number is wrong.").In(fileName, row.Line, "id_number"));
    }

    public void Add(string fileName, in RegisterRow<Award> row)
    {
        var award = row.Value;
        AskPerson(award.PersonId, fileName, row.Line, "person_id");
        if (award.AboutPersonId is { } about) AskPerson(about, fileName, row.Line, "about_person_id");
        if (!personOfAward.TryAdd(RegisterKey.Of(award.AwardId), RegisterKey.Of(award.PersonId))) OfPerson(award.AwardId, award.PersonId, fileName, row.Line, "person_id");
    }

    public void Add(string fileName, in RegisterRow<Payee> row)
    {
        AskPerson(row.Value.PersonId, fileName, row.Line, "person_id");
        if (row.Value.AwardId is { } award) AskAward(award, row.Value.PersonId, fileName, row.Line);
    }

    public void Add(string fileName, in RegisterRow<RecoupmentDecision> row)
    {
        AskPerson(row.Value.PersonId, fileName, row.Line, "person_id");
        if (row.Value.AwardId is { } award) AskAward(award, row.Value.PersonId, fileName, row.Line);
    }

    public void Add(string fileName, in RegisterRow<PaidComponent> row)
    {
        AskPerson(row.Value.PersonId, fileName, row.Line, "person_id");
        AskAward(row.Value.AwardId, row.Value.PersonId, fileName, row.Line);
    }

    /// <summary>Asks the store for what the files did not answer; what it does not know either becomes a refusal at the first row that points there.</summary>
    /// <param name="personInStore">Whether the store has a person with this person_id.</param>
    /// <param name="awardInStore">Whether the store has an award with this award_id.</param>
    public void Finish(Func<string, bool> personInStore, Func<string, bool> awardInStore)
    {
        foreach (var (person, at) in personsAsked)
            if (!personInStore(person))
                Refusals.Add(new Problem(RegisterRefusals.PersonUnknown, $"No person has the key '{RegisterRowFields.Shown(person)}'.", "Add the person to people.csv, or correct the key.", at));
        foreach (var (award, at) in awardsAsked)
            if (!awardInStore(award))
                Refusals.Add(new Problem(RegisterRefusals.AwardUnknown, $"No award has the key '{RegisterRowFields.Shown(award)}'.", "Add the award to awards.csv, or correct the key.", at));
        personsAsked.Clear();
        awardsAsked.Clear();
    }

    void AskPerson(string person, string fileName, int line, string column)
    {
        if (!persons.Contains(RegisterKey.Of(person))) personsAsked.TryAdd(person, new SourceLocation(fileName, line, column, column));
    }

    void AskAward(string award, string person, string fileName, int line)
    {
        if (personOfAward.ContainsKey(RegisterKey.Of(award))) OfPerson(award, person, fileName, line, "award_id");
        else awardsAsked.TryAdd(award, new SourceLocation(fileName, line, "award_id", "award_id"));
    }

    void OfPerson(string award, string person, string fileName, int line, string column)
    {
        if (personOfAward[RegisterKey.Of(award)] != RegisterKey.Of(person))
            Refusals.Add(new Problem(RegisterRefusals.AwardOtherPerson, $"The award '{RegisterRowFields.Shown(award)}' belongs to another person.",
                "An award has one holder for its life: correct the key, or give the new holder an award of their own.").In(fileName, line, column));
    }
}
