using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>A one-time benefit as it counts on one day in one province.</summary>
/// <param name="Row">The row of the law files.</param>
/// <param name="Amount">For one unit (one death, one event, one year of service); null when it follows the person's own allowance.</param>
/// <param name="Standard">The standard it is a multiple of; null for a fixed sum.</param>
/// <param name="IsLocalLevel">The province's own level for this very benefit is higher than the national one.</param>
public sealed record OneTimeRate(OneTimeBenefit Row, Vnd? Amount, MonthStandard? Standard, bool IsLocalLevel, string Citation, string Status)
{
    internal static OneTimeRate Of(OneTimeBenefit row, MonthLaw law, LocalStandard? level)
    {
        var standard = law.Standard(StandardOf(row.Basis));
        if (level is not null && row is { Amount: { } national, Programme: not Programme.Ncc } && level.Amount > national)
            return new OneTimeRate(row, level.Amount, null, true, $"{row.Source}; {level.Source}", LawStatus.Weakest(row.Status, level.Status));
        if (row is { Amount: null, Multiple: { } times } && standard is not null)
            return new OneTimeRate(row, standard.Amount * times, standard, false, $"{row.Source}; {standard.Citation}", LawStatus.Weakest(row.Status, standard.Status));
        // The published sum is the national one, rounded as the act says; a province that raised the standard raises its multiple too.
        if (standard is not null && row is { Multiple: { } multiple, Amount: { } published, Programme: not Programme.Ncc } && standard.Amount * multiple > published)
            return new OneTimeRate(row, standard.Amount * multiple, standard, false, $"{row.Source}; {standard.Citation}", LawStatus.Weakest(row.Status, standard.Status));
        return new OneTimeRate(row, row.Amount, standard, row.Place is not null, row.Source, row.Status);
    }

    // The basis names the standard, sometimes with a remark after it: "BASE_SALARY (from 2025-07-01: reference level)".
    static string StandardOf(string basis) => basis.Split(' ')[0];
}
