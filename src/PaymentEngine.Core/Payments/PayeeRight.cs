using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;

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
    /// <summary>Accounts that serve one programme from a day on, beside <see cref="Account"/>, which serves the others (F18). At most one of a programme on one day: the store refuses a second.</summary>
    public IReadOnlyList<ProgrammeAccount> Primaries { get; init; } = [];

    /// <summary>Whoever takes the money, and is not the recipient, is known to be dead: nothing goes by this right any more, whatever its term.</summary>
    public bool PayeeDied { get; init; }

    /// <summary>The term touches the month: it has begun by its last day and has not ended before its first.</summary>
    public bool IsValidIn(YearMonth month) => !(From > LastDay(month)) && !HasEndedBefore(month);

    public bool HasEndedBefore(YearMonth month) => PayeeDied || To < month.OnDayOfMonth(1);

    /// <summary>The right as it pays one programme in a list month: by the account that is primary for it, of several that touch the month the one that begins last.</summary>
    public PayeeRight For(Programme programme, YearMonth month)
    {
        ProgrammeAccount? primary = null;
        foreach (var one in Primaries)
        {
            if (one.Programme == programme && one.From <= LastDay(month) && !(one.To < month.OnDayOfMonth(1)) && !(primary?.From > one.From)) primary = one;
        }

        return primary is null ? this : this with { Channel = primary.Kind, Account = primary.Account };
    }

    static LocalDate LastDay(YearMonth month) => month.OnDayOfMonth(1).PlusMonths(1).PlusDays(-1);

    /// <summary>Paid by account: the channel is one, the wish is recorded, and the account is there (an account alone is not a wish: law/README §10).</summary>
    public bool IsPaidByAccount => Channel is PayoutChannel.Bank or PayoutChannel.Wallet or PayoutChannel.MobileMoney && Wish == Wish.Yes && Account is not null;

    /// <summary>How narrow the scope is where it covers the award: 3 this award, 2 its programme, 1 all; 0 when it does not cover it.</summary>
    public int Covers(string awardId, Programme programme) =>
        AwardId is not null ? (AwardId == awardId ? 3 : 0)
        : Programme is not null ? (Programme == programme ? 2 : 0)
        : 1;
}

/// <summary>The primary account (tài khoản chính) of a right for one programme, by days.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day; null: open.</param>
public sealed record ProgrammeAccount(Programme Programme, LocalDate From, LocalDate? To, PayoutChannel Kind, PayoutAccount Account);

/// <summary>An account as a run needs it: never its number, only what makes it this account.</summary>
/// <param name="Version">Version of the payee's channel.</param>
/// <param name="BankBin">NAPAS bank number, 6 digits.</param>
/// <param name="Tag">Keyed tag of bank and number, hex: equal tags are equal accounts.</param>
/// <param name="HolderName">The holder as the bank writes it.</param>
public sealed record PayoutAccount(int Version, string BankBin, string Tag, string HolderName)
{
    /// <summary>False when the number cannot be one of its bank (<see cref="BankProfile.TakesAccount"/>): nothing is sent there until somebody has looked.</summary>
    public bool FitsItsBank { get; init; } = true;

    /// <summary>What its bank has said of it.</summary>
    public AccountCheck Check { get; init; }

    /// <summary>The risk flag that stands on it, by name, source and last day; null: none.</summary>
    public string? Flag { get; init; }

    /// <summary>Why nothing is sent there: one of <see cref="HoldReasons"/>; null when nothing keeps money from it.</summary>
    public string? WhyNot(OutlierRules rules) => !FitsItsBank ? HoldReasons.AccountNotAtBank
        : Flag is not null ? HoldReasons.AccountFlagged
        : Check is AccountCheck.Closed or AccountCheck.NotFound or AccountCheck.NameDiffers ? HoldReasons.AccountRefused
        : rules.VerifiedAccountsOnly && Check != AccountCheck.Verified ? HoldReasons.AccountUnverified
        : null;
}
