namespace PaymentEngine.Core.Law;

/// <summary>A place where a text allows more than one reading, or was not read, and the rules had to take one.</summary>
/// <param name="Name">Stable name, for notes and for people who speak about it.</param>
/// <param name="Taken">What the program does.</param>
/// <param name="Otherwise">What another reading would do, or what has to be read.</param>
/// <param name="Where">The rule that rests on it.</param>
/// <param name="Citation">Act and article.</param>
/// <param name="Status">One of <see cref="LawStatus"/>.</param>
public sealed record Reading(string Name, string Taken, string Otherwise, string Where, string Citation, string Status);

/// <summary>The readings the rules rest on. docs/law.md prints them beside the figures nobody has verified, for a person with the official gazette.</summary>
public static class Readings
{
    public static IReadOnlyList<Reading> All { get; } =
    [
        new("merit.month_of_death", "A merit allowance is due in full for the month of death and stops from the next.", "Only the beginning of the survivor's allowance in the next month is in the text.",
            "EntitlementCalculator", "131/2021/NĐ-CP, Điều 121, 125", LawStatus.Interpretation),
        new("merit.whole_month", "A merit allowance is due in full for the month of the decisive day, whichever day that is.", "A share of the month by days.",
            "StartMonths", "131/2021/NĐ-CP, Điều 8, 13, 31, 33, 45, 52, 59, 64, 70", LawStatus.Interpretation),
        new("merit.prison_month", "The first month that is not paid is the one the register names (suspended_from).", "The text does not say whether the month in which the judgment takes effect is due.",
            "Suspensions", "131/2021/NĐ-CP, Điều 118.1a", LawStatus.Interpretation),
        new("merit.lump_sum_supplement", "The lump sum at death counts the supplement for everybody, exposed people too.", "The Ordinance says only \"trợ cấp\"; the decree settles it in favour of the supplement.",
            "DeathRules", "131/2021/NĐ-CP, Điều 121.2", LawStatus.Interpretation),
        new("merit.years_of_resistance", "0.3 × the standard is rounded for one year, then taken times the years.", "Rounded once, at the end.",
            "OneOffRules", "75/2021/NĐ-CP, Điều 4.4, Phụ lục IV, mục 7", LawStatus.Unverified),
        new("merit.third_allowance", "A war invalid who is also a sick soldier and exposed to toxic chemicals gets all three allowances, each at its own degree.",
            "Điều 58.2 refers the third to three points of a clause of the Ordinance whose text was not read: it may ask for 41 %, or cap the level.",
            "MeritRules", "131/2021/NĐ-CP, Điều 58.2; Pháp lệnh 02/2020/UBTVQH14, Điều 30.1", LawStatus.Interpretation),
        new("merit.share_limits", "Which survivor shares are paid follows points a to d of Điều 6.5; the sentence names the clause, not the point.", "Where two points meet (a martyr beside several deceased with two categories) their order is not said.",
            "SurvivorRules", "Pháp lệnh 02/2020/UBTVQH14, Điều 6.5", LawStatus.Interpretation),
        new("merit.rounding_half", "Sums of appendices are rounded to 1,000 đồng half away from zero.", "Half to even would change six one-time amounts.",
            "law/one-time", "55/2023/NĐ-CP", LawStatus.Interpretation),
        new("merit.funeral", "The funeral allowance is 10 × the base salary at the day of death, which is the reference level while there is a base salary.", "The multiple 10 was read in secondary sources.",
            "DeathRules", "75/2021/NĐ-CP, Điều 13.1; Luật BHXH 41/2024/QH15, Điều 85, 141.13", LawStatus.VerifiedSecondary),
        new("funeral.to_two_relatives", "Of two relatives who have a decision for the funeral of one deceased, the one decided first is paid.", "The acts give one allowance, the highest of several, and do not say to whom.",
            "DeathRules", "Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; 20/2021/NĐ-CP, Điều 11; 335/2026/NĐ-CP, Điều 11", LawStatus.Interpretation),
        new("protection.transition_of_2026", "People on the rolls get the coefficient and the standard of 335/2026 together, from July 2026.", "The standard from July, the coefficient from the commune's decision.",
            "LawBook", "335/2026/NĐ-CP, Điều 32.3", LawStatus.Interpretation),
        new("protection.certificate_month_147_2025", "For files received before 05/10/2026 a disabled person's allowance begins with the month of the certificate.", "147/2025/NĐ-CP, Điều 5 was not read: the rule may have ended on 01/07/2025.",
            "StartMonths", "20/2021/NĐ-CP, Điều 8; 147/2025/NĐ-CP, Điều 5", LawStatus.Unverified),
        new("protection.at_most_22", "\"Không quá 22 tuổi\" is read as: through the month of the 22nd birthday.", "Through the year of age 22, to the 23rd birthday.",
            "SocialProtectionRules", "20/2021/NĐ-CP, Điều 5.2", LawStatus.Interpretation),
        new("protection.last_month_of_age", "The month in which an age limit is reached is still due.", "The month before is the last.",
            "SocialProtectionRules", "20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8", LawStatus.Interpretation),
        new("birth_not_fully_known", "Where only the year or month of birth is known, the latest possible month is taken; the sentence says so.", "The text does not speak of it; 1 January or 1 July would be other usages.",
            "BirthDate", "", LawStatus.Interpretation),
        new("pension.income_below_level", "Where a pension or social-insurance income is lower than the level, the level is paid in full.", "Only the difference is paid; 176/2025/NĐ-CP, Điều 2 was not read in full.",
            "SocialPensionRules", "176/2025/NĐ-CP, Điều 2", LawStatus.Interpretation),
        new("pension.converted_from_80", "People from 80 on the old allowance passed over to the social pension without a new file.", "A new file and its month of decision.",
            "SocialPensionRules", "Luật BHXH 41/2024/QH15, Điều 139.3", LawStatus.UnverifiedFromMemory),
        new("province.levels_end_in_june_2026", "The provinces' own pension levels of the press count from July 2025 to June 2026.", "A resolution may go on and be higher than 540,000: load it.",
            "law/standards/social-pension.csv", "20/2021/NĐ-CP, Điều 4.3; 335/2026/NĐ-CP, Điều 4.3", LawStatus.Unverified),
    ];
}
