using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Banks;

/// <summary>What the bank does with one payment. Reasons are codes of the external lists: what really happened, however the bank will say it.</summary>
/// <param name="Rejected">Why it was never executed; null when it was.</param>
/// <param name="Returned">Why it came back; null when it did not.</param>
/// <param name="ReturnedOn">The banking day on which it came back.</param>
/// <param name="ReturnedSum">What came back; less than the payment where a charge was kept.</param>
/// <param name="SettledFirst">Reported as settled before it was rejected.</param>
public readonly record struct SimulatedOutcome(BankReason? Rejected, BankReason? Returned = null, LocalDate ReturnedOn = default, Vnd ReturnedSum = default, bool SettledFirst = false);

/// <summary>Decides by the seed and the payment's id alone, so that neither the order of files nor what else is in them matters.</summary>
public sealed class SimulatedOutcomes(ulong seed, BankScenario scenario, BankingCalendar calendar)
{
    /// <summary>Why a whole batch is refused: the payer's account had not been funded yet.</summary>
    public static readonly BankReason NotFunded = new("AM04", null, null);

    /// <summary>What a bank keeps of a payment that it sends back: the usual fee of a domestic transfer with its tax, in đồng.</summary>
    const long ReturnCharge = 11_000;

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
    /// <param name="endToEndId">Its id.</param>
    /// <param name="amount">Its sum.</param>
    /// <param name="debitedOn">A banking day.</param>
    /// <param name="namesRejected">Whether the bank can say of one payment that it was refused; where it cannot, what it would refuse comes back instead.</param>
    /// <param name="refusesHalf">Its batch is the only one of a file of which half is refused.</param>
    public SimulatedOutcome Of(string endToEndId, Vnd amount, LocalDate debitedOn, bool namesRejected, bool refusesHalf = false)
    {
        var random = SeededRandom.For(seed, Hash(endToEndId));
        var draw = random.Below(10_000);
        var (rejects, returns) = scenario.Has(BankScenario.Plain) ? (0, 0) : scenario.Has(BankScenario.Rough) ? (2_000, 1_500) : (200, 100);
        if (!namesRejected) (rejects, returns) = (0, rejects + returns);
        if (draw < rejects) return new(Pick(Rejections, random), SettledFirst: scenario.Has(BankScenario.SettledThenRejected) && random.Below(2) == 0);
        if (refusesHalf && namesRejected && Hash(endToEndId) % 2 == 0) return new(NotFunded);
        if (draw >= rejects + returns) return default;
        var reason = Pick(Returns, random);
        var wait = scenario.Has(BankScenario.Late) ? random.Between(20, 35)
            : random.Below(100) switch { < 55 => random.Between(1, 2), < 85 => 3, _ => 10 };
        var kept = scenario.Has(BankScenario.Partial) && amount.Amount > ReturnCharge ? ReturnCharge : 0;
        return new(null, reason, calendar.OnOrAfter(debitedOn.PlusDays(wait)), new Vnd(amount.Amount - kept));
    }

    /// <summary>Whether a batch is debited in full although payments in it were rejected.</summary>
    public bool DebitsRejected(string batchId) => scenario.Has(BankScenario.Contradict) && Hash(batchId) % 2 == 0;

    /// <summary>Whether a batch of a file is refused as a whole.</summary>
    /// <param name="place">Of the batch in its file, from 1.</param>
    public bool RefusesBatch(int place) => scenario.Has(BankScenario.Half) && place % 2 == 0;

    BankReason Pick((int Share, BankReason Reason)[] table, SeededRandom random)
    {
        if (scenario.Has(BankScenario.Deceased) && random.Below(3) == 0) return new("MD07", null, null);
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
