using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Simulation;

/// <summary>Every decision the book of the simulation takes: the product's own functions. A seeded bug replaces one of them.</summary>
sealed record BookRules
{
    public Func<OwnStep, OwnEvent, OwnStep?> Next { get; init; } = AttemptLife.Next;

    /// <summary>What a fact is when it comes in; a seeded bug changes it on the way.</summary>
    public Func<FactRow, FoldedFact, FoldedFact> Take { get; init; } = (_, fact) => fact;

    public Func<Evidence, BankView> View { get; init; } = BankViews.Of;

    public Func<Evidence, BatchMoney, AttemptEnding?> ProvenEnd { get; init; } = (evidence, money) => Proof.Of(evidence, money);

    public Func<AttemptStanding, Place> PlaceOf { get; init; } = standing => Places.Of(held: false, standing);

    public Func<BankView, bool, bool, IReadOnlyCollection<ReadReason>, bool> MayBecomeCash { get; init; } = NextAttempts.MayBecomeCash;

    /// <summary>Whether an open case keeps a payment from cash: the second guard beside the view, as the store's own search has it.</summary>
    public Func<CaseKinds, bool> KeepsFromCash { get; init; } = kinds => (kinds & (CaseKinds.Contradicted | CaseKinds.PaidTwice | CaseKinds.Deceased)) != 0;

    /// <summary>Why a person may not have a failed payment made again through a bank.</summary>
    public Func<CaseFacts, Problem?> WhyNotRepay { get; init; } = CaseWork.WhyNotRepay;

    public Func<Evidence, bool, bool, CaseKinds> Cases { get; init; } = CaseRules.Open;

    /// <summary>Why two persons may not settle an attempt so.</summary>
    public Func<Evidence, bool, OwnStep, bool, SettledAs, Settlement?, Problem?> WhyNotSettle { get; init; } = Settlements.WhyNot;

    /// <summary>Why a person may not approve what a person proposed.</summary>
    public Func<string, string, Problem?> WhyNotApprove { get; init; } = Settlements.WhyNotApprove;

    /// <summary>Whether a settlement counts on the evidence and the facts as they are.</summary>
    public Func<Settlement, Evidence, byte[], bool> Stands { get; init; } = (settlement, evidence, digest) => settlement.StandsOn(evidence, digest);

    /// <summary>The rule of a code.</summary>
    public Func<string?, ReasonRule> Reason { get; init; } = PaymentEngine.Messages.CodeLists.ReasonPolicy.For;

    /// <summary>What of a posting is booked; a seeded bug loses or doubles some.</summary>
    public Func<(Place From, Place To, long Amount), int> Book { get; init; } = _ => 1;
}
