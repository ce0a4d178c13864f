using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Banks;

/// <summary>How the simulated bank behaves.</summary>
public enum BankScenario : byte
{
    /// <summary>Everything is paid; the file is acknowledged.</summary>
    Plain = 1,

    /// <summary>About 2 % are rejected and 1 % come back some days later; the report names the rejected ones only.</summary>
    Returns,

    /// <summary>As <see cref="Returns"/>, with a status for each payment: in settlement, then settled.</summary>
    Full,

    /// <summary>As <see cref="Returns"/>, but what comes back comes after twenty days and more.</summary>
    Late,

    /// <summary>No status report at all: only statements speak.</summary>
    Silent,

    /// <summary>As <see cref="Returns"/>, but some batches are debited in full although payments in them were rejected.</summary>
    Contradict,
}

/// <summary>What the bank does with one payment.</summary>
/// <param name="Rejected">Why it was never executed; null when it was.</param>
/// <param name="Returned">Why it came back; null when it did not.</param>
/// <param name="ReturnedOn">The banking day on which it came back.</param>
public readonly record struct SimulatedOutcome(BankReason? Rejected, BankReason? Returned, LocalDate ReturnedOn);

/// <summary>Decides by the seed and the payment's id alone, so that neither the order of files nor what else is in them matters.</summary>
public sealed class SimulatedOutcomes(ulong seed, BankScenario scenario, BankingCalendar calendar)
{
    // Shares in 1,000, as banks in Viet Nam report failures of first payments to pensioners: wrong and closed accounts before all else.
    static readonly (int Share, BankReason Reason)[] Rejections =
    [
        (300, new("AC01", null, null)), (280, new("AC04", null, null)), (130, new("AC06", null, null)), (110, new("BE01", null, null)),
        (30, new("MD07", null, null)), (20, new("AM05", null, null)), (60, new("MS03", null, null)), (70, new("NARR", null, "TAI KHOAN KHONG HOAT DONG")),
    ];

    static readonly (int Share, BankReason Reason)[] Returns =
    [
        (350, new("AC04", null, null)), (260, new("AC01", null, null)), (120, new("AC06", null, null)), (120, new("BE04", null, null)),
        (40, new("MD07", null, null)), (110, new("NARR", null, "TEN NGUOI HUONG KHONG KHOP")),
    ];

    /// <summary>The outcome of a payment that is debited on a day.</summary>
    public SimulatedOutcome Of(string endToEndId, LocalDate debitedOn)
    {
        var random = SeededRandom.For(seed, Hash(endToEndId));
        var draw = random.Below(10_000);
        var (rejects, returns) = scenario switch { BankScenario.Plain => (0, 0), BankScenario.Silent => (0, 300), _ => (200, 100) };
        if (draw < rejects) return new(Pick(Rejections, random), null, default);
        if (draw >= rejects + returns) return default;
        var reason = Pick(Returns, random);
        var wait = scenario == BankScenario.Late ? random.Between(20, 35)
            : random.Below(100) switch { < 55 => random.Between(1, 2), < 85 => 3, _ => 10 };
        return new(null, reason, calendar.OnOrAfter(debitedOn.PlusDays(wait)));
    }

    /// <summary>Whether a batch is debited in full although payments in it were rejected.</summary>
    public bool DebitsRejected(string batchId) => scenario == BankScenario.Contradict && Hash(batchId) % 2 == 0;

    static BankReason Pick((int Share, BankReason Reason)[] table, SeededRandom random)
    {
        var draw = random.Below(table.Sum(row => row.Share));
        foreach (var (share, reason) in table)
        {
            if (draw < share) return reason;
            draw -= share;
        }

        throw new InvalidOperationException("The shares cover every draw.");
    }

    /// <summary>FNV-1a, 64 bits: the same on every machine.</summary>
    internal static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = unchecked((hash ^ c) * 1099511628211UL);
        return hash;
    }
}
