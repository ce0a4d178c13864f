using NodaTime;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a bank's profile says about how its messages are meant.</summary>
/// <param name="StampOffset">Zone of stamps that carry none.</param>
/// <param name="ReversalTurnsSide">An entry with a reversal flag has the other side than it says, where the statement's balances do not decide.</param>
public sealed record BankReadingRules(Offset StampOffset, bool ReversalTurnsSide = false)
{
    /// <summary>Viet Nam time; reversal flags turn nothing.</summary>
    public static readonly BankReadingRules Default = new(Offset.FromHours(7));
}
