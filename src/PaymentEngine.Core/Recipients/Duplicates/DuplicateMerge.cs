using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.Core.Recipients.Duplicates;

/// <summary>What happens to the awards of two records that are one person.</summary>
/// <param name="Ended">Rows that end an award of the merged record in the month before <c>from</c>.</param>
/// <param name="Carried">Rows that begin the same award under the kept record in that month; empty for an award the kept record has itself.</param>
/// <param name="Untouched">Awards of the merged record that had ended before or are paid once: nothing follows for them.</param>
public sealed record MergedAwards(IReadOnlyList<Award> Ended, IReadOnlyList<Award> Carried, IReadOnlyList<string> Untouched);

/// <summary>One person registered twice is paid once: under the record that is kept, by the rules of combination of its programme.</summary>
/// <remarks>Nothing is moved and nothing deleted: the merged record keeps its history and what was listed for it, its awards end by rows of their own. An award the kept
/// record has too (same programme, category and person it is about) was a second payment and ends without a successor.</remarks>
public static class DuplicateMerge
{
    /// <summary>The award ends here, because its holder is another record's person.</summary>
    public const string EndReason = "merged";

    /// <param name="keptPersonId">The record that goes on.</param>
    /// <param name="kept">All rows of its awards.</param>
    /// <param name="merged">All rows of the awards of the record that ends.</param>
    /// <param name="from">The first month in which only the kept record is paid.</param>
    /// <param name="recordedOn">The day of the decision.</param>
    public static MergedAwards Of(string keptPersonId, IReadOnlyList<Award> kept, IReadOnlyList<Award> merged, YearMonth from, LocalDate recordedOn)
    {
        var running = Latest(kept).Where(award => !(award.LastMonth < from) && IsMonthly(award)).Select(KeyOf).ToHashSet();
        var (ended, carried, untouched) = (new List<Award>(), new List<Award>(), new List<string>());
        foreach (var award in Latest(merged))
        {
            if (award.LastMonth < from || !IsMonthly(award))
            {
                untouched.Add(award.AwardId);
                continue;
            }

            ended.Add(award with { LastMonth = from.Plus(-1), EndReason = EndReason, RecordedOn = recordedOn });
            if (!running.Add(KeyOf(award))) continue;
            carried.Add(award with { AwardId = $"{award.AwardId}.{keptPersonId}", PersonId = keptPersonId, FirstMonth = from, FactsFrom = null, RecordedOn = recordedOn });
        }

        return new(ended, carried, untouched);
    }

    static bool IsMonthly(Award award) => AwardCategories.NumberOf(award.Category) != AwardCategories.NotMonthly || award.Programme == Programme.Khac;

    static (Programme, string, string?, string?) KeyOf(Award award) => (award.Programme, award.Category, award.AboutPersonId, award.DeceasedId);

    /// <summary>Of each award the row that was recorded last; of equal ones that of the later facts.</summary>
    static IEnumerable<Award> Latest(IReadOnlyList<Award> rows) => rows.GroupBy(row => row.AwardId, StringComparer.Ordinal)
        .Select(award => award.OrderBy(row => row.RecordedOn ?? LocalDate.MinIsoValue).ThenBy(row => row.FactsFrom?.Index() ?? 0).Last())
        .OrderBy(award => award.AwardId, StringComparer.Ordinal);
}
