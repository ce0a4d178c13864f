using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Entitlements;

/// <summary>One part of a claim that somebody has agreed to pay back by a day. Amount is positive.</summary>
public readonly record struct ClaimInstalment(LocalDate DueOn, Vnd Amount);

/// <summary>An instalment with how much of it has come.</summary>
/// <param name="Instalment">As agreed.</param>
/// <param name="Paid">Of it; the oldest instalment is served first.</param>
public readonly record struct InstalmentStanding(ClaimInstalment Instalment, Vnd Paid)
{
    /// <summary>Everything has come.</summary>
    public bool IsPaid => Paid >= Instalment.Amount;

    /// <summary>Its day is over and something is missing.</summary>
    public bool IsLate(LocalDate today) => !IsPaid && Instalment.DueOn < today;
}

/// <summary>Paying a claim back in parts (trả dần). No act read here orders instalments of a claim on a person; they are agreed, and the claim itself stays whole.</summary>
public static class ClaimInstalments
{
    /// <summary>More parts than that is no plan any more: ten years of months.</summary>
    public const int CountMax = 120;

    /// <summary>Equal parts month by month, in whole thousands of đồng rounded down as far as the sum allows; the last one has the rest, since the sum must come out to the đồng.</summary>
    /// <param name="sum">What is outstanding.</param>
    /// <param name="count">1 to <see cref="CountMax"/>, at most one part a đồng.</param>
    /// <param name="first">Day of the first; the others follow on the same day of the month, or its last.</param>
    public static IReadOnlyList<ClaimInstalment> Equal(Vnd sum, int count, LocalDate first)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        if (sum.Amount < count) throw new ArgumentOutOfRangeException(nameof(count), count, "More parts than đồng.");
        var part = sum.Amount / count;
        if (part >= 1_000) part -= part % 1_000;
        var parts = new List<ClaimInstalment>(count);
        for (var i = 0; i < count; i++) parts.Add(new(first.PlusMonths(i), new Vnd(i < count - 1 ? part : sum.Amount - (part * (count - 1)))));
        return parts;
    }

    /// <summary>How far a plan is served by what is outstanding now: whatever the claim has lost since, by payments, by lists or written off, served the oldest parts.</summary>
    /// <param name="plan">By ascending day.</param>
    /// <param name="outstanding">Of the claim, now. More than the plan holds: a later list has found more, which no part covers.</param>
    public static IReadOnlyList<InstalmentStanding> Standing(IReadOnlyList<ClaimInstalment> plan, Vnd outstanding)
    {
        var total = Sum(plan);
        var come = outstanding < total ? total - outstanding : Vnd.Zero;
        var standing = new List<InstalmentStanding>(plan.Count);
        foreach (var part in plan)
        {
            var paid = come < part.Amount ? come : part.Amount;
            come -= paid;
            standing.Add(new(part, paid));
        }

        return standing;
    }

    /// <summary>Sum of the parts, VND.</summary>
    public static Vnd Sum(IEnumerable<ClaimInstalment> plan)
    {
        var sum = Vnd.Zero;
        foreach (var part in plan) sum += part.Amount;
        return sum;
    }
}
