using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>A recorded right to receive a person's money (người nhận tiền), as the store knows it: who, for what, until when, and through which channel.</summary>
/// <param name="PayeeNo">Number of the right in its province; 0 is nobody's: the recipient, for whom no right is recorded.</param>
/// <param name="Version">Version of the right that was read.</param>
/// <param name="AwardId">Scope: one award; null with <paramref name="Programme"/> null means all.</param>
/// <param name="From">First day of the term; null: from ever.</param>
/// <param name="To">Last day of the term; null: open.</param>
/// <param name="Account">The account the right is paid to; null when none is recorded.</param>
/// <param name="PayCommuneId">Where cash is handed out when that is not the recipient's commune.</param>
public sealed record PayeeRight(int PayeeNo, int Version, string? AwardId, Programme? Programme, PayeeRole Role, LocalDate? From, LocalDate? To,
    PayoutChannel Channel, Wish Wish, PayoutAccount? Account, int? PayCommuneId)
{
    /// <summary>The term touches the month: it has begun by its last day and has not ended before its first.</summary>
    public bool IsValidIn(YearMonth month) => !(From > month.OnDayOfMonth(1).PlusMonths(1).PlusDays(-1)) && !HasEndedBefore(month);

    public bool HasEndedBefore(YearMonth month) => To < month.OnDayOfMonth(1);

    /// <summary>Paid by account: the channel is one, the wish is recorded, and the account is there (an account alone is not a wish: law/README §10).</summary>
    public bool IsPaidByAccount => Channel is PayoutChannel.Bank or PayoutChannel.Wallet or PayoutChannel.MobileMoney && Wish == Wish.Yes && Account is not null;

    /// <summary>How narrow the scope is where it covers the award: 3 this award, 2 its programme, 1 all; 0 when it does not cover it.</summary>
    public int Covers(string awardId, Programme programme) =>
        AwardId is not null ? (AwardId == awardId ? 3 : 0)
        : Programme is not null ? (Programme == programme ? 2 : 0)
        : 1;
}

/// <summary>An account as a run needs it: never its number, only what makes it this account.</summary>
/// <param name="Version">Version of the payee's channel.</param>
/// <param name="BankBin">NAPAS bank number, 6 digits.</param>
/// <param name="Tag">Keyed tag of bank and number, hex: equal tags are equal accounts.</param>
/// <param name="HolderName">The holder as the bank writes it.</param>
public sealed record PayoutAccount(int Version, string BankBin, string Tag, string HolderName)
{
    /// <summary>False when the number cannot be one of its bank (<see cref="BankProfile.TakesAccount"/>): nothing is sent there until somebody has looked.</summary>
    public bool FitsItsBank { get; init; } = true;
}
