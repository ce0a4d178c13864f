using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Why a sum that was listed is not due: the holder (or the person cared for) was dead, or anything else. Part of the store: a number keeps its meaning.</summary>
public enum ClaimCause : byte { Death = 1, Other = 2 }

/// <summary>What was listed too much for one month and has not come back. Amount is positive.</summary>
public readonly record struct ClaimMonth(YearMonth Month, Vnd Amount);

/// <summary>What a list leaves to be taken back of one component of one award for one cause: a claim (khoản phải thu hồi).</summary>
/// <param name="AwardId">The award whose component was listed too much.</param>
/// <param name="Programme">Of the award.</param>
/// <param name="Component">As in lines.</param>
/// <param name="Cause">Kept apart: sums paid after a death are asked of other people than sums paid too high.</param>
/// <param name="Months">By ascending month; empty when a claim of an earlier list is no longer outstanding.</param>
/// <param name="ListedVersion">Version of <see cref="ListedComponent"/> the months were compared with.</param>
/// <param name="Explanation">The sentence of the first month; null for an empty one.</param>
public sealed record RecoveryClaim(string AwardId, Programme Programme, string Component, ClaimCause Cause, IReadOnlyList<ClaimMonth> Months, int ListedVersion, Explanation? Explanation)
{
    /// <summary>Sum of the months, VND.</summary>
    public Vnd Amount => RecoveryClaims.Sum(Months);
}

/// <summary>Claims out of what lists leave outstanding, and what the memory becomes when a claim is paid back or written off.</summary>
/// <remarks>Law: recovery (truy thu) 44/2022/TT-BTC, Điều 15.1. A month that came back counts as listed no longer, so that no later list takes it back a second time.</remarks>
public static class RecoveryClaims
{
    /// <summary>Banking days an office gives itself to reach whoever has the money. The acts name no term; without a day nobody would look again.</summary>
    public const int ReachDays = 10;

    /// <summary>The claims that a person's list leaves, one a component and cause.</summary>
    /// <param name="list">The list, its recoupments already taken off.</param>
    /// <param name="listed">The memory the list was compared with.</param>
    /// <param name="death">The holder's day of death as known on the day of the list.</param>
    public static IReadOnlyList<RecoveryClaim> Of(PersonMonthList list, IReadOnlyList<ListedComponent> listed, LocalDate? death)
    {
        if (list.Outstanding.Count == 0) return [];
        var claims = new List<RecoveryClaim>();
        foreach (var of in list.Outstanding.GroupBy(excess => (excess.AwardId, excess.Component, Cause: CauseOf(excess, death))))
        {
            var months = of.OrderBy(excess => excess.ForMonth).ToList();
            var version = listed.FirstOrDefault(one => one.AwardId == of.Key.AwardId && one.Component == of.Key.Component)?.Version ?? 0;
            claims.Add(new RecoveryClaim(of.Key.AwardId, months[0].Programme, of.Key.Component, of.Key.Cause, months.ConvertAll(excess => new ClaimMonth(excess.ForMonth, excess.Amount)), version, months[0].Explanation));
        }

        return claims;
    }

    static ClaimCause CauseOf(OutstandingExcess excess, LocalDate? death) =>
        excess.IsAfterDeath || (death is { } day && excess.ForMonth > day.ToYearMonth()) ? ClaimCause.Death : ClaimCause.Other;

    /// <summary>Takes a sum off the months, the oldest first.</summary>
    /// <returns>What is taken, and what stays outstanding.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sum is not positive or more than the months hold; callers refuse that before.</exception>
    public static (IReadOnlyList<ClaimMonth> Taken, IReadOnlyList<ClaimMonth> Left) Take(IReadOnlyList<ClaimMonth> months, Vnd sum)
    {
        if (sum <= Vnd.Zero || sum > Sum(months)) throw new ArgumentOutOfRangeException(nameof(sum), sum, "Not between 1 and what is outstanding.");
        var (taken, left) = (new List<ClaimMonth>(), new List<ClaimMonth>());
        foreach (var month in months)
        {
            var now = sum < month.Amount ? sum : month.Amount;
            sum -= now;
            if (now > Vnd.Zero) taken.Add(month with { Amount = now });
            if (month.Amount > now) left.Add(month with { Amount = month.Amount - now });
        }

        return (taken, left);
    }

    /// <summary>The next version of a component's memory after months of it came back.</summary>
    /// <param name="memory">The last version.</param>
    /// <param name="months">By ascending month; each was listed with at least its amount.</param>
    /// <exception cref="ArgumentException">A month was not listed, or with less: claim and memory do not belong together.</exception>
    public static ListedComponent Less(ListedComponent memory, IReadOnlyList<ClaimMonth> months)
    {
        var ranges = memory.Ranges.ToList();
        foreach (var (month, amount) in months)
        {
            var at = ranges.FindIndex(range => month >= range.From && !(month > range.To));
            if (at < 0 || ranges[at].Amount < amount) throw new ArgumentException($"{memory.AwardId} {memory.Component}: {month.Text()} was not listed with {amount.Amount}.", nameof(months));
            var range = ranges[at];
            ranges.RemoveAt(at);
            if (!(range.To <= month)) ranges.Insert(at, range with { From = month.Plus(1) });
            if (range.Amount > amount) ranges.Insert(at, new ListedRange(month, month, range.Amount - amount));
            if (range.From < month) ranges.Insert(at, range with { To = month.Plus(-1) });
        }

        return memory with { Version = memory.Version + 1, Ranges = ranges };
    }

    /// <summary>Sum of months, VND.</summary>
    public static Vnd Sum(IEnumerable<ClaimMonth> months)
    {
        var sum = Vnd.Zero;
        foreach (var month in months) sum += month.Amount;
        return sum;
    }
}
