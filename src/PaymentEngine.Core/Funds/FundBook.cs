using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Funds;

/// <summary>Where a fund's money stands before it is a payee's (law/README §4.1).</summary>
public enum FundPlace : byte
{
    /// <summary>With the State Treasury (Kho bạc Nhà nước): not drawn yet, or returned.</summary>
    Treasury = 1,

    /// <summary>On the payer's account, from which transfers are made.</summary>
    PayingBank = 2,

    /// <summary>With a provider (tổ chức dịch vụ chi trả), for payouts in cash.</summary>
    Provider = 3,

    /// <summary>A provider's fee, out of the management cost and never out of a benefit (44/2022/TT-BTC, Điều 7).</summary>
    Fee = 4,
}

/// <summary>A fund (nguồn kinh phí): whose money a payer's programmes are paid from.</summary>
/// <param name="Chapter">Chapter of the budget (chương), three figures.</param>
/// <param name="Programmes">Empty for the management cost, from which fees are paid.</param>
/// <param name="From">First list month.</param>
/// <param name="To">Last list month; null while it lasts.</param>
/// <param name="MustCover">A run that it does not cover is not exported; otherwise the export warns.</param>
public sealed record Fund(string Code, string Name, string Chapter, int PayerNo, IReadOnlyList<Programme> Programmes, YearMonth From, YearMonth? To, bool MustCover, string Source)
{
    public bool Pays(int payerNo, Programme programme, YearMonth month) => PayerNo == payerNo && Programmes.Contains(programme) && month >= From && (To is null || month <= To);

    /// <summary>Whether two funds would both pay one programme of a payer in one month.</summary>
    public bool Overlaps(Fund other) =>
        PayerNo == other.PayerNo && Programmes.Intersect(other.Programmes).Any() && (To is null || other.From <= To) && (other.To is null || From <= other.To);
}

/// <summary>One movement of a fund's money with its voucher; never changed, only undone by a contra entry.</summary>
/// <param name="Month">The list month it is for.</param>
/// <param name="Provider">Named where the money goes to a provider or comes from one.</param>
/// <param name="Undoes">The movement it takes back.</param>
public sealed record FundMovement(int No, string Fund, YearMonth Month, FundPlace From, FundPlace To, string? Provider, Vnd Amount, LocalDate On, string Voucher, int? Undoes)
{
    /// <summary>Every move that is no contra entry; the store's constraint repeats them.</summary>
    public static readonly IReadOnlyList<(FundPlace From, FundPlace To, string Vi, string En)> Legal =
    [
        (FundPlace.Treasury, FundPlace.PayingBank, "rút dự toán về tài khoản chi trả", "drawn to the paying account"),
        (FundPlace.Treasury, FundPlace.Provider, "rút dự toán chuyển tổ chức chi trả", "drawn to a provider"),
        (FundPlace.PayingBank, FundPlace.Provider, "chuyển tổ chức chi trả", "transferred to a provider"),
        (FundPlace.Provider, FundPlace.PayingBank, "tổ chức chi trả chuyển lại", "given back by a provider"),
        (FundPlace.PayingBank, FundPlace.Treasury, "nộp trả Kho bạc", "returned to the Treasury"),
        (FundPlace.Provider, FundPlace.Treasury, "tổ chức chi trả nộp Kho bạc", "returned to the Treasury by a provider"),
        (FundPlace.PayingBank, FundPlace.Fee, "trả phí dịch vụ chi trả", "provider's fee paid"),
    ];
}

/// <summary>What a fund's lists have used, by list month: figures of the ledger of payments.</summary>
/// <param name="Listed">Approved on lists.</param>
/// <param name="PaidByAccount">Paid by account.</param>
/// <param name="PaidInCash">Paid in cash, by the provider whose contract covers commune and day; under an empty code where none does.</param>
/// <param name="GivenBack">Given up for the budget.</param>
/// <param name="Committed">Ordered, in transit or disputed: on its way out of the paying account.</param>
public sealed record FundUse(string Fund, YearMonth Month, Vnd Listed, Vnd PaidByAccount, IReadOnlyDictionary<string, Vnd> PaidInCash, Vnd GivenBack, Vnd Committed)
{
    public Vnd Cash => new(PaidInCash.Values.Sum(sum => sum.Amount));

    /// <summary>Listed, and neither paid nor given back.</summary>
    public Vnd Unpaid => Listed - PaidByAccount - Cash - GivenBack;
}

/// <summary>Where a fund's money is. Drawn − returned = at the bank + at providers + paid + fees, whatever happened.</summary>
/// <param name="Drawn">From the Treasury.</param>
/// <param name="Returned">To the Treasury.</param>
/// <param name="AtBank">Should stand on the paying account.</param>
/// <param name="AtProviders">Should stand with each provider.</param>
public sealed record FundBalance(string Fund, Vnd Drawn, Vnd Returned, Vnd AtBank, IReadOnlyDictionary<string, Vnd> AtProviders, Vnd PaidByAccount, Vnd PaidInCash, Vnd Fees, Vnd Listed, Vnd Unpaid, Vnd Committed)
{
    public Vnd WithProviders => new(AtProviders.Values.Sum(sum => sum.Amount));

    /// <summary>The identity of the fund. It holds by construction; the report shows its terms.</summary>
    public bool Holds => Drawn - Returned == AtBank + WithProviders + PaidByAccount + PaidInCash + Fees;

    /// <summary>Places from which more was paid than ever came: a movement is missing, or money was taken from elsewhere.</summary>
    public IEnumerable<(FundPlace Place, string? Provider, Vnd Sum)> Overdrawn
    {
        get
        {
            if (AtBank.Amount < 0) yield return (FundPlace.PayingBank, null, AtBank);
            foreach (var (provider, sum) in AtProviders)
                if (sum.Amount < 0) yield return (FundPlace.Provider, provider, sum);
        }
    }
}

/// <summary>Books of funds: pure sums over movements and over what lists have used.</summary>
public static class FundBook
{
    /// <summary>The balance of a fund over all its movements and uses.</summary>
    public static FundBalance Balance(string fund, IEnumerable<FundMovement> movements, IEnumerable<FundUse> uses)
    {
        Vnd drawn = Vnd.Zero, returned = Vnd.Zero, bank = Vnd.Zero, fees = Vnd.Zero, account = Vnd.Zero, cash = Vnd.Zero, listed = Vnd.Zero, unpaid = Vnd.Zero, committed = Vnd.Zero;
        var providers = new SortedDictionary<string, Vnd>(StringComparer.Ordinal);
        foreach (var movement in movements.Where(one => one.Fund == fund))
        {
            // A contra entry runs the other way and takes its sum off again, also from what was drawn or returned.
            var (from, to) = (movement.From, movement.To);
            if (from == FundPlace.Treasury) drawn += movement.Undoes is null ? movement.Amount : Vnd.Zero;
            if (to == FundPlace.Treasury) returned += movement.Undoes is null ? movement.Amount : Vnd.Zero;
            if (movement.Undoes is not null && to == FundPlace.Treasury) drawn -= movement.Amount;
            if (movement.Undoes is not null && from == FundPlace.Treasury) returned -= movement.Amount;
            Add(from, movement, Vnd.Zero - movement.Amount);
            Add(to, movement, movement.Amount);
        }

        foreach (var use in uses.Where(one => one.Fund == fund))
        {
            (account, cash, listed, unpaid, committed) = (account + use.PaidByAccount, cash + use.Cash, listed + use.Listed, unpaid + use.Unpaid, committed + use.Committed);
            bank -= use.PaidByAccount;
            foreach (var (provider, sum) in use.PaidInCash)
            {
                // Cash that no contract covers came from the payer's own desk, that is, from the account.
                if (provider.Length == 0) bank -= sum;
                else providers[provider] = providers.GetValueOrDefault(provider) - sum;
            }
        }

        return new(fund, drawn, returned, bank, providers, account, cash, fees, listed, unpaid, committed);

        void Add(FundPlace place, FundMovement movement, Vnd sum)
        {
            if (place == FundPlace.PayingBank) bank += sum;
            else if (place == FundPlace.Fee) fees += sum;
            else if (place == FundPlace.Provider) providers[movement.Provider!] = providers.GetValueOrDefault(movement.Provider!) + sum;
        }
    }

    /// <summary>The contra entry of a movement: the same sum the other way.</summary>
    public static FundMovement Undo(FundMovement movement, int no, LocalDate on, string voucher) =>
        movement with { No = no, From = movement.To, To = movement.From, On = on, Voucher = voucher, Undoes = movement.No };

    /// <summary>What a run's payments by account lack on the paying account: its own orders are part of what is committed when it is approved.</summary>
    /// <param name="balance">Balance of the fund that pays them, over everything.</param>
    /// <returns>Zero when the account covers all that is on its way out.</returns>
    public static Vnd Lacking(FundBalance balance) => balance.Committed > balance.AtBank ? balance.Committed - balance.AtBank : Vnd.Zero;
}
