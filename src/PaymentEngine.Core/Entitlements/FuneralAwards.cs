using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Awards of a funeral allowance: one is paid for a deceased, whoever asks.</summary>
/// <remarks>Law: Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; 20/2021/NĐ-CP, Điều 11; 335/2026/NĐ-CP, Điều 11. Of two relatives the one decided first is paid.</remarks>
public static class FuneralAwards
{
    /// <summary>The benefit codes of funeral allowances.</summary>
    public static IReadOnlyList<string> Codes { get; } =
        [DeathRules.MeritFuneral, DeathRules.ProtectionFuneral, DeathRules.FacilityFuneral, DeathRules.EmergencyFuneral, DeathRules.PensionFuneral];

    /// <summary>Is the award one of a funeral allowance?</summary>
    public static bool Is(Award award) => DeathRules.IsFuneral(award.Category);

    /// <summary>Who was buried: the deceased the award names; without one, its holder.</summary>
    public static string DeceasedOf(Award award) => award.DeceasedId ?? award.PersonId;

    /// <summary>Was the decision taken back? A one-off that ends before its own month is due in none.</summary>
    public static bool IsWithdrawn(Award latest) => latest.LastMonth < (latest.FirstMonth ?? latest.DecidedOn?.ToYearMonth());

    /// <summary>Was <paramref name="one"/> decided before <paramref name="other"/>? Of the same day the award with the lower key; without a day, last.</summary>
    public static bool IsBefore(Award one, Award other)
    {
        var byDay = (one.DecidedOn ?? LocalDate.MaxIsoValue).CompareTo(other.DecidedOn ?? LocalDate.MaxIsoValue);
        return byDay != 0 ? byDay < 0 : string.CompareOrdinal(one.AwardId, other.AwardId) < 0;
    }
}
