using NodaTime;
using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Core.Recipients.Population;

/// <summary>What the population database said of a person who was asked about.</summary>
public enum PopulationOutcome : byte
{
    /// <summary>One record (có trong cơ sở dữ liệu).</summary>
    Found = 1,

    /// <summary>No record with this number or these facts.</summary>
    NotFound,

    /// <summary>Several records fit: the number must be found out first.</summary>
    Several,
}

/// <summary>Where our record and the population database part.</summary>
[Flags]
public enum PopulationDifference
{
    None = 0,

    /// <summary>We have no number of 12 digits, they have: theirs completes ours.</summary>
    NumberMissing = 1,

    /// <summary>Our number of 12 digits is another one.</summary>
    Number = 2,

    /// <summary>The same letters with other marks.</summary>
    NameMarks = 4,

    /// <summary>Another name.</summary>
    Name = 8,

    /// <summary>Ours is known less precisely and does not contradict.</summary>
    BirthPrecision = 16,

    /// <summary>Another birth date.</summary>
    Birth = 32,

    /// <summary>We do not know the sex, they do.</summary>
    SexMissing = 64,

    /// <summary>Another sex.</summary>
    Sex = 128,

    /// <summary>They know of a death, and we do not, or of another day.</summary>
    Death = 256,

    /// <summary>They have the person in another commune.</summary>
    Commune = 512,
}

/// <summary>One row of the answer.</summary>
/// <param name="PersonId">As asked.</param>
/// <param name="Outcome">Found, not found, several.</param>
/// <param name="IdNumber">12 digits; null when they say none.</param>
/// <param name="FullName">Null when they say none.</param>
/// <param name="Birth">Null when they say none.</param>
/// <param name="Sex">Unknown when they say none.</param>
/// <param name="Death">Null: alive, as far as they know.</param>
/// <param name="CommuneCode">Of residence; null when they say none.</param>
/// <param name="CheckedOn">The day of the answer.</param>
/// <param name="Note">Their words.</param>
public sealed record PopulationAnswer(string PersonId, PopulationOutcome Outcome, string? IdNumber, string? FullName, BirthDate? Birth, Sex Sex, LocalDate? Death, string? CommuneCode, LocalDate CheckedOn, string? Note);

/// <summary>Holds our record against the answer of the population database (đối chiếu theo Quy trình 3936), and writes the correction.</summary>
public static class PopulationMatch
{
    /// <summary>What only completes our record and contradicts nothing: may be corrected for many at once.</summary>
    public const PopulationDifference Completing = PopulationDifference.NumberMissing | PopulationDifference.NameMarks | PopulationDifference.BirthPrecision | PopulationDifference.SexMissing;

    /// <summary>The differences; none where the person was not found.</summary>
    /// <param name="ours">The state recorded last.</param>
    /// <param name="theirs">The answer.</param>
    public static PopulationDifference Of(PersonFacts ours, PopulationAnswer theirs)
    {
        var differences = PopulationDifference.None;
        if (theirs.Outcome != PopulationOutcome.Found) return differences;
        if (theirs.IdNumber is { } number && number != ours.IdNumber)
            differences |= ours.IdNumber is { Length: 12 } ? PopulationDifference.Number : PopulationDifference.NumberMissing;
        if (theirs.FullName is { } name) differences |= OfNames(NameForm.Of(ours.FullName), NameForm.Of(name));
        if (theirs.Birth is { } birth && birth != ours.Birth)
        {
            if (IsFiner(birth, ours.Birth)) differences |= PopulationDifference.BirthPrecision;
            // Theirs known by year only does not make our day wrong.
            else if (!IsFiner(ours.Birth, birth)) differences |= PopulationDifference.Birth;
        }

        if (theirs.Sex != Sex.Unknown && theirs.Sex != ours.Sex) differences |= ours.Sex == Sex.Unknown ? PopulationDifference.SexMissing : PopulationDifference.Sex;
        if (theirs.Death is { } died && died != ours.Death) differences |= PopulationDifference.Death;
        if (theirs.CommuneCode is { } commune && commune != ours.CommuneCode) differences |= PopulationDifference.Commune;
        return differences;
    }

    // Without letters there is no form to compare: then the texts themselves are.
    static PopulationDifference OfNames(NameForm ours, NameForm theirs) =>
        theirs.Key.Length == 0 || ours.Key.Length == 0 ? string.Equals(theirs.Original, ours.Original, StringComparison.Ordinal) ? PopulationDifference.None : PopulationDifference.Name
        : string.Equals(theirs.MarkedKey, ours.MarkedKey, StringComparison.Ordinal) ? PopulationDifference.None
        : string.Equals(theirs.Key, ours.Key, StringComparison.Ordinal) ? PopulationDifference.NameMarks
        : PopulationDifference.Name;

    /// <summary>Our record with the chosen fields as the answer has them. A commune is never corrected so: a move has a month from which it counts, and comes by a notice of its own.</summary>
    /// <param name="ours">The state recorded last.</param>
    /// <param name="theirs">The answer.</param>
    /// <param name="fields">Of the differences, those to be taken over.</param>
    /// <param name="recordedOn">Day of the decision.</param>
    public static PersonFacts Corrected(PersonFacts ours, PopulationAnswer theirs, PopulationDifference fields, LocalDate recordedOn) => ours with
    {
        IdNumber = (fields & (PopulationDifference.Number | PopulationDifference.NumberMissing)) != 0 ? theirs.IdNumber : ours.IdNumber,
        FullName = (fields & (PopulationDifference.Name | PopulationDifference.NameMarks)) != 0 ? theirs.FullName! : ours.FullName,
        Birth = (fields & (PopulationDifference.Birth | PopulationDifference.BirthPrecision)) != 0 ? theirs.Birth!.Value : ours.Birth,
        Sex = (fields & (PopulationDifference.Sex | PopulationDifference.SexMissing)) != 0 ? theirs.Sex : ours.Sex,
        Death = (fields & PopulationDifference.Death) != 0 ? theirs.Death : ours.Death,
        RecordedOn = ours.RecordedOn > recordedOn ? ours.RecordedOn : recordedOn,
    };

    /// <summary>Is <paramref name="finer"/> the same birth, known more precisely?</summary>
    static bool IsFiner(BirthDate finer, BirthDate coarser) => finer.Year == coarser.Year
        && ((coarser.Month == 0 && finer.Month != 0) || (coarser.Month == finer.Month && coarser.Day == 0 && finer.Day != 0) || (coarser is { Month: 1, Day: 1 } && finer.IsExact && finer != coarser));
}
