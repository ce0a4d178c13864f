using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Which rows of the register speak for a month, as the register was known on a day.</summary>
/// <remarks>A row counts when it was known (recorded_on, empty: always) and its facts had begun (facts_from, empty: from ever); the latest
/// beginning wins, then the latest recording. Two things are known no earlier than they happen, whatever recorded_on leaves open:
/// a decision is not known before it is signed, a death not before the day.</remarks>
public static class FactsOfMonth
{
    /// <summary>The person's facts of the month, or null when the register had none.</summary>
    public static PersonFacts? Of(RegisterPerson person, YearMonth month, LocalDate asOf)
    {
        PersonFacts? found = null;
        foreach (var row in person.Facts)
        {
            if (!IsKnown(row.RecordedOn, asOf) || row.FactsFrom > month) continue;
            if (found is null || IsLater(row.FactsFrom, row.RecordedOn, found.FactsFrom, found.RecordedOn)) found = row;
        }

        return found;
    }

    /// <summary>The day of death as known on the day. It is a dated event of its own, so the row recorded last speaks for every month.</summary>
    public static LocalDate? DeathOf(RegisterPerson person, LocalDate asOf)
    {
        PersonFacts? found = null;
        foreach (var row in person.Facts)
        {
            if (IsKnown(row.RecordedOn, asOf) && (found is null || IsLaterKnown(row.RecordedOn, row.FactsFrom, found.RecordedOn, found.FactsFrom))) found = row;
        }

        return found?.Death is { } death && death <= asOf ? death : null;
    }

    /// <summary>The state of each award in the month, in the order in which awards first appear in the register.</summary>
    public static List<AwardOfMonth> AwardsOf(RegisterPerson person, YearMonth month, LocalDate asOf)
    {
        var found = new List<AwardOfMonth>(person.Awards.Count);
        foreach (var row in person.Awards)
        {
            if (!IsKnown(row, asOf)) continue;
            var at = found.FindIndex(award => award.AwardId == row.AwardId);
            if (at < 0)
            {
                found.Add(new AwardOfMonth(row.AwardId, row.FactsFrom > month ? null : row, row));
                continue;
            }

            var award = found[at];
            if (!(row.FactsFrom > month) && (award.Row is null || IsLater(row.FactsFrom, row.RecordedOn, award.Row.FactsFrom, award.Row.RecordedOn)))
                award = award with { Row = row };
            if (IsLaterKnown(row.RecordedOn, row.FactsFrom, award.Latest.RecordedOn, award.Latest.FactsFrom)) award = award with { Latest = row };
            found[at] = award;
        }

        found.RemoveAll(award => award.Row is null);
        return found;
    }

    internal static bool IsKnown(Award row, LocalDate asOf) => row.RecordedOn is { } recorded ? recorded <= asOf : !(row.DecidedOn > asOf);

    static bool IsKnown(LocalDate? recordedOn, LocalDate asOf) => recordedOn is not { } recorded || recorded <= asOf;

    // Equal keys: the later row of the file wins, as an update does.
    static bool IsLater(YearMonth? from, LocalDate? recorded, YearMonth? otherFrom, LocalDate? otherRecorded)
    {
        var byFrom = Compare(from, otherFrom);
        return byFrom != 0 ? byFrom > 0 : Compare(recorded, otherRecorded) >= 0;
    }

    static bool IsLaterKnown(LocalDate? recorded, YearMonth? from, LocalDate? otherRecorded, YearMonth? otherFrom)
    {
        var byRecorded = Compare(recorded, otherRecorded);
        return byRecorded != 0 ? byRecorded > 0 : Compare(from, otherFrom) >= 0;
    }

    static int Compare<T>(T? left, T? right)
        where T : struct, IComparable<T> =>
        left is { } one ? right is { } two ? one.CompareTo(two) : 1 : right is null ? 0 : -1;
}

/// <summary>An award in a month.</summary>
/// <param name="AwardId">Its key.</param>
/// <param name="Row">The row whose facts hold in the month; null while only later facts are known.</param>
/// <param name="Latest">The row recorded last: it speaks for ends and suspensions of every month.</param>
public readonly record struct AwardOfMonth(string AwardId, Award? Row, Award Latest);
