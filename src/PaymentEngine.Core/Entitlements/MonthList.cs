using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>An amount listed for each month of a range.</summary>
/// <remarks>To null: open, still listed each month; it counts as listed only through the last month of an approved regular list.</remarks>
public readonly record struct ListedRange(YearMonth From, YearMonth? To, Vnd Amount);

/// <summary>What approved runs have listed for one component of one award. Ranges ascend and do not overlap; only the last may be open.</summary>
public sealed record ListedComponent(string AwardId, string Component, int Version, IReadOnlyList<ListedRange> Ranges);

public enum LineKind : byte { Regular = 1, Arrears = 2, Recoupment = 3, OneOff = 4 }

/// <summary>One line of a month's list.</summary>
/// <remarks>Amount is negative for a recoupment. ListedVersion is the version of <see cref="ListedComponent"/> the line was computed against; 0 for a
/// regular line and for a component never listed before.</remarks>
public sealed record EntitlementLine(string AwardId, Programme Programme, string Component, PayeeRole PayeeRole, YearMonth ForMonth, LineKind Kind, Vnd Amount,
    int ListedVersion, Explanation Explanation);

/// <summary>What one person gets on one list.</summary>
/// <remarks>NextListed has only the components whose memory changes: versions one higher, to be stored when the list is approved.
/// LeftToRecoup is what stays to be taken back: it is found again next month. Zero says why there is no line.</remarks>
public sealed record PersonMonthList(IReadOnlyList<EntitlementLine> Lines, IReadOnlyList<ListedComponent> NextListed, Vnd LeftToRecoup, Explanation? Zero)
{
    /// <summary>What <see cref="LeftToRecoup"/> is made of, by month: sums paid after a death, for example, to be claimed back.</summary>
    public IReadOnlyList<OutstandingExcess> Outstanding { get; init; } = [];
}

/// <summary>What was listed too much for one month of a component and is not taken back yet.</summary>
/// <remarks>Amount is positive.</remarks>
public sealed record OutstandingExcess(string AwardId, Programme Programme, string Component, PayeeRole PayeeRole, YearMonth ForMonth, Vnd Amount, Explanation Explanation)
{
    /// <summary>Nothing was due for the month because the holder, or the person cared for, was dead.</summary>
    public bool IsAfterDeath { get; init; }
}

/// <summary>The one question of the engine: what is due for every month up to the list month, as known today, minus what was already listed.</summary>
/// <remarks>It answers the regular month, arrears (truy lĩnh, each month at its own rate: 131/2021/NĐ-CP, Điều 183.2), recoupment (thu hồi), a late
/// death, a corrected decision and a retroactive decree alike.</remarks>
public static class MonthList
{
    /// <summary>The lines of a person on the list of a month.</summary>
    /// <param name="person">Every row the register has of the person.</param>
    /// <param name="listMonth">The month whose list is made.</param>
    /// <param name="countsFrom">The first month the engine answers for; earlier ones only where something was listed.</param>
    /// <param name="listedThrough">The last month of an approved regular list; null when there is none.</param>
    /// <param name="law">The law of any month up to the list month, as known on the day of the list.</param>
    /// <param name="listed">The memory of this person's components.</param>
    /// <param name="others">Finds the person an award is about, or a spouse.</param>
    /// <param name="recoupments">Decisions on instalments for this person; those not known on the day of the list do not count.</param>
    public static PersonMonthList For(RegisterPerson person, YearMonth listMonth, YearMonth countsFrom, YearMonth? listedThrough,
        Func<YearMonth, MonthLaw> law, IReadOnlyList<ListedComponent> listed, Func<string, RegisterPerson?> others,
        IReadOnlyList<RecoupmentDecision>? recoupments = null)
    {
        var list = From(person, listMonth, countsFrom, listedThrough, month => EntitlementCalculator.ForMonth(person, law(month), others), listed, null, KnownOn(recoupments, law(listMonth).AsOf));
        return list.Zero is { } zero ? list with { Zero = DeathClaims.Explain(zero, person, law(listMonth), others) } : list;
    }

    /// <summary>The same, for a caller that knows what is due in each month, and perhaps that all months before one tie already.</summary>
    internal static PersonMonthList From(RegisterPerson person, YearMonth listMonth, YearMonth countsFrom, YearMonth? listedThrough,
        Func<YearMonth, MonthEntitlement> dueOf, IReadOnlyList<ListedComponent> listed, YearMonth? tiesBefore = null,
        IReadOnlyList<RecoupmentDecision>? recoupments = null)
    {
        var list = new OpenList(person, listMonth, listedThrough, listed, recoupments ?? []);
        var first = countsFrom;
        foreach (var component in listed)
        {
            if (component.Ranges.Count > 0 && component.Ranges[0].From < first) first = component.Ranges[0].From;
        }

        if (tiesBefore > first) first = tiesBefore.Value;

        for (var month = first; month < listMonth; month = month.Plus(1)) list.Compare(month, countsFrom, dueOf(month));
        var now = dueOf(listMonth);
        list.Compare(listMonth, countsFrom, now);
        return list.Close(now);
    }

    /// <summary>The decisions on instalments that are known on a day.</summary>
    internal static IReadOnlyList<RecoupmentDecision> KnownOn(IReadOnlyList<RecoupmentDecision>? recoupments, LocalDate day) =>
        recoupments is null or [] ? [] : [.. recoupments.Where(decision => decision.IsKnownOn(day))];

    /// <summary>The amount the memory holds for a month.</summary>
    public static Vnd ListedFor(ListedComponent component, YearMonth month, YearMonth? listedThrough)
    {
        foreach (var range in component.Ranges)
        {
            var isOpenBeyond = range.To is null && !(month <= listedThrough);
            if (month >= range.From && !(month > range.To) && !isOpenBeyond) return range.Amount;
        }

        return Vnd.Zero;
    }
}
