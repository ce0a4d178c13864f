using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>Sums of listed đồng by what became of them; the four parts make up what was listed.</summary>
/// <param name="Listed">All that was listed, counted apart from its parts.</param>
/// <param name="Elsewhere">Neither paid nor given back: held, open, ordered, in transit, disputed, returned, cash due, on a cash list.</param>
public readonly record struct FunnelMoney(Vnd Listed, Vnd ByAccount, Vnd InCash, Vnd GivenBack, Vnd Elsewhere)
{
    public static FunnelMoney operator +(FunnelMoney left, FunnelMoney right) =>
        new(left.Listed + right.Listed, left.ByAccount + right.ByAccount, left.InCash + right.InCash, left.GivenBack + right.GivenBack, left.Elsewhere + right.Elsewhere);

    /// <summary>A listed sum in the place where it stands.</summary>
    public static FunnelMoney In(Place place, Vnd sum) => new(sum,
        place == Place.PaidByAccount ? sum : Vnd.Zero, place == Place.PaidInCash ? sum : Vnd.Zero, place == Place.GivenBack ? sum : Vnd.Zero,
        place is Place.PaidByAccount or Place.PaidInCash or Place.GivenBack ? Vnd.Zero : sum);

    /// <summary>Paid, by account or in cash.</summary>
    public Vnd Paid => ByAccount + InCash;
}

/// <summary>What one person has in one place, of one programme.</summary>
/// <param name="InPeriod">Listed in a month of the period; false: in one before it, since the cumulative count began.</param>
/// <param name="Payments">Disbursements.</param>
public readonly record struct PlacedSum(bool InPeriod, Programme Programme, Place Place, long Payments, Vnd Sum);
