using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>What a death ends, and what it opens.</summary>
public class DeathTests
{
    static RegisterPerson WarInvalid(string? death = "2025-02-14", OtherIncome income = OtherIncome.Unknown) => (Person("1950-05-05", "dead") with { Death = death is null ? null : Day(death), OtherIncome = income })
        .With(Ncc("TB", "tb") with { PersonId = "dead", Class = InvalidClass.A, DegreePct = 85, AtHome = true });

    static Award Claim(string code, string decided, string id = "c1") => Ncc(code, id) with { DeceasedId = "dead", DecidedOn = Day(decided) };

    [Fact]
    public void The_lump_sum_is_three_times_allowance_and_supplement_without_the_carer()
    {
        var widow = Person("1955-01-01").With(Claim("NCC.CHET.3THANG", "2025-03-05"));
        var due = Assert.Single(widow.Due("2025-03", null, WarInvalid()).Components);
        // 3 × (7,601,000 + 1,399,000)
        Assert.Equal(("NCC.CHET.3THANG", 27_000_000L, true), (due.Component, due.Amount.Amount, due.IsOneOff));
        Assert.Contains("3,0 × (7.601.000", due.Explanation.Vi);
        Assert.Equal(NotDue.NotStarted, widow.Due("2025-02", null, WarInvalid()).Zero);
        Assert.Equal("not_due.once", widow.Due("2025-04", null, WarInvalid()).Zero!.Rule);
    }

    [Fact]
    public void The_lump_sum_of_somebody_outside_the_register_follows_the_facts_of_the_award()
    {
        var award = Claim("NCC.CHET.3THANG", "2025-03-05") with { DeceasedId = "file-42", DeceasedCategory = "TB", DeceasedPct = 45, Class = InvalidClass.A, DeceasedOn = Day("2023-07-01") };
        // Class A 45 % in July 2023: 2,965,000 × 3.
        Assert.Equal(8_895_000, Person().With(award).Due("2025-03").Total.Amount);
        Assert.Equal("not_due.missing.deceased_category", Person().With(award with { DeceasedCategory = null }).Due("2025-03").Zero!.Rule);
    }

    [Theory]
    [InlineData("2024-06-30", 18_000_000)] // 10 × 1,800,000, the day before the base salary rises
    [InlineData("2024-07-01", 23_400_000)] // 10 × 2,340,000
    [InlineData("2026-06-30", 23_400_000)]
    [InlineData("2026-07-01", 25_300_000)] // 10 × 2,530,000, not the standard of NCC
    public void The_funeral_allowance_follows_the_base_salary_of_the_day_of_death(string death, long amount) =>
        Assert.Equal(amount, Person().With(Claim("NCC.MAITANG", "2026-08-05")).Due("2026-08", null, WarInvalid(death)).Total.Amount);

    [Fact]
    public void Social_insurance_buries_first()
    {
        var claim = Person().With(Claim("NCC.MAITANG", "2025-03-05"));
        Assert.Equal(NotDue.FuneralBySocialInsurance, claim.Due("2025-03", null, WarInvalid(income: OtherIncome.Pension)).Zero);
        Assert.Equal(23_400_000, claim.Due("2025-03", null, WarInvalid(income: OtherIncome.BhxhSurvivor)).Total.Amount);
    }

    [Fact]
    public void Of_two_relatives_the_one_decided_first_is_paid_and_the_other_is_told_why()
    {
        var (first, second) = (Claim("NCC.MAITANG", "2025-03-05"), Claim("NCC.MAITANG", "2025-03-06", "c2") with { PersonId = "p2" });
        var son = Person().With(first) with { FuneralsOfOthers = [second] };
        var daughter = Person(id: "p2").With(second) with { FuneralsOfOthers = [first] };
        Assert.Equal(23_400_000, son.Due("2025-03", null, WarInvalid()).Total.Amount);
        Assert.Equal(NotDue.FuneralToAnother, daughter.Due("2025-03", null, WarInvalid()).Zero);
        // On a day before the first was signed nobody could know of it.
        Assert.Equal(23_400_000, (Person(id: "p2").With(second with { DecidedOn = Day("2025-03-01") }) with { FuneralsOfOthers = [first] }).Due("2025-03", Day("2025-03-04"), WarInvalid()).Total.Amount);
        // A first decision that pays nothing stands in nobody's way.
        Assert.Equal(23_400_000, (Person(id: "p2").With(second) with { FuneralsOfOthers = [first with { Category = "HTXH.MAITANG", Programme = Programme.Htxh }] }).Due("2025-03", null, WarInvalid()).Total.Amount);
    }

    [Fact]
    public void One_funeral_allowance_is_paid_the_highest_whenever_the_other_was_decided()
    {
        var dead = (Person("1940-01-01", "dead") with { Death = Day("2026-11-02") }).With(
            Ncc("TUDAY", "n") with { PersonId = "dead" }, Htxh("2025-07-03") with { PersonId = "dead" });
        var son = Person().With(Claim("HTXH.MAITANG", "2026-11-05", "low") with { Programme = Programme.Htxh }, Claim("NCC.MAITANG", "2026-12-05", "high"));
        Assert.Equal(NotDue.FuneralOnce, son.Due("2026-11", Day("2026-12-20"), dead).Zero);
        var paid = Assert.Single(son.Due("2026-12", Day("2026-12-20"), dead).Components);
        Assert.Equal(25_300_000, paid.Amount.Amount);
        Assert.Contains("10.800.000", paid.Explanation.Vi);

        // Before the second decision was known the lower one was listed: it is taken off.
        var first = son.List("2026-11", [], "2026-11", null, Day("2026-11-20"), dead);
        Assert.Equal(10_800_000, first.Total(LineKind.OneOff));
        var second = son.List("2026-12", first.NextListed, "2026-11", "2026-11", Day("2026-12-20"), dead);
        Assert.Equal(25_300_000, second.Total(LineKind.OneOff));
        Assert.Equal(10_800_000, second.LeftToRecoup.Amount);
    }

    [Fact]
    public void A_remarried_spouse_of_a_martyr_leaves_neither_lump_sum_nor_funeral_allowance()
    {
        var dead = (Person("1930-01-01", "dead") with { Death = Day("2025-02-14") }).With(Ncc("LIETSI.VCTAIGIA", "v") with { PersonId = "dead" });
        Assert.Equal(NotDue.RemarriedSpouseLeavesNothing, Person().With(Claim("NCC.CHET.3THANG", "2025-03-05")).Due("2025-03", null, dead).Zero);
        Assert.Equal(NotDue.RemarriedSpouseLeavesNothing, Person().With(Claim("NCC.MAITANG", "2025-03-05")).Due("2025-03", null, dead).Zero);
    }

    [Theory]
    // 80 under 20/2021, 75 from the day 335/2026 is in force.
    [InlineData("1950-01-01", "2026-10-04", OtherIncome.OtherMonthly, Poverty.None, false)]
    [InlineData("1950-01-01", "2026-10-05", OtherIncome.OtherMonthly, Poverty.None, true)]
    [InlineData("1946-10-01", "2026-10-04", OtherIncome.BhxhSurvivor, Poverty.None, true)]
    [InlineData("1953-01-01", "2026-11-01", OtherIncome.BhxhSurvivor, Poverty.Near, true)] // 73, near-poor
    [InlineData("1953-01-01", "2026-11-01", OtherIncome.BhxhSurvivor, Poverty.None, false)]
    [InlineData("1953-01-01", "2026-11-01", OtherIncome.OtherMonthly, Poverty.Poor, false)]
    public void Old_people_on_other_benefits_are_buried_by_the_support_of_social_protection(string birth, string death, OtherIncome income, Poverty poverty, bool isCovered)
    {
        var dead = (Person(birth, "dead") with { Death = Day(death), OtherIncome = income, Poverty = poverty }).With();
        var claim = Person().With(Claim("BTXH.MAITANG", "2026-12-05") with { Programme = Programme.Btxh });
        Assert.Equal(isCovered ? 10_800_000 : 0, claim.Due("2026-12", Day("2026-12-20"), dead).Total.Amount);
    }

    [Fact]
    public void An_applicant_who_died_before_the_decision_is_covered_under_335_2026()
    {
        var applied = (Person("1950-01-01", "dead") with { Death = Day("2026-11-02") }).With(Htxh("2026-11-10") with { PersonId = "dead", FiledOn = Day("2026-10-20") });
        var claim = Person().With(Claim("HTXH.MAITANG", "2026-12-05") with { Programme = Programme.Htxh });
        Assert.Equal(10_800_000, claim.Due("2026-12", Day("2026-12-20"), applied).Total.Amount);
    }

    [Fact]
    public void A_resident_of_a_facility_is_buried_at_50_times_the_standard()
    {
        var dead = (Person("1990-01-01", "dead") with { Death = Day("2026-11-02"), InFacility = true }).With(Btxh("COSO", "f") with { PersonId = "dead" });
        var due = Assert.Single(Person().With(Claim("BTXH.MAITANG", "2026-11-05") with { Programme = Programme.Btxh }).Due("2026-11", null, dead).Components);
        Assert.Equal(("BTXH.MAITANG.COSO", 27_000_000L), (due.Component, due.Amount.Amount));
    }

    [Fact]
    public void A_province_that_raised_the_standard_raises_the_funeral_support()
    {
        var dead = (Person("1940-01-01", "dead") with { Death = Day("2026-08-02") }).With(Btxh("k6", "k") with { PersonId = "dead" }) with { };
        dead = dead with { Facts = [dead.Facts[0] with { Disability = Disability.Severe }] };
        var claim = Person().With(Claim("BTXH.MAITANG", "2026-08-05") with { Programme = Programme.Btxh });
        var local = new LocalStandard("40", StandardCodes.SocialProtection, new Vnd(600_000), Day("2026-01-01"), null, "NQ 1/2026/NQ-HĐND", LawStatus.Verified);
        Assert.Equal(12_000_000, EntitlementCalculator.ForMonth(claim, LawOf("2026-08", null, local), Finder(dead, claim)).Total.Amount);

        // The level is that of the place where the deceased lived, wherever the relative lives.
        var elsewhere = dead with { Facts = [dead.Facts[0] with { ProvinceCode = "01" }] };
        Assert.Equal(10_800_000, EntitlementCalculator.ForMonth(claim, LawOf("2026-08", null, local), Finder(elsewhere, claim)).Total.Amount);
        Assert.Equal(12_000_000, EntitlementCalculator.ForMonth(claim, LawOf("2026-08", null, local with { ProvinceCode = "01" }), Finder(elsewhere, claim)).Total.Amount);
    }

    [Fact]
    public void The_zero_of_a_dead_person_says_what_can_be_claimed()
    {
        var list = WarInvalid().List("2025-03", [Listed("tb", "tro_cap", "2025-02", null, 7_601_000)], "2025-03", "2025-02");
        Assert.Equal("not_due.death", list.Zero!.Rule);
        Assert.Contains("27.000.000", list.Zero.Vi);
        Assert.Contains("23.400.000", list.Zero.Vi);
        Assert.Contains("1.565.000", list.Zero.Vi);
        Assert.Contains("2025-03", list.Zero.En);
    }

    [Fact]
    public void A_one_off_is_listed_once_and_late_ones_are_no_arrears()
    {
        var widow = Person("1955-01-01").With(Claim("NCC.CHET.3THANG", "2025-03-05"));
        var list = widow.List("2025-05", [], "2025-01", "2025-04", null, WarInvalid());
        Assert.Equal([(Month("2025-03"), LineKind.OneOff, 27_000_000L)], list.Lines.Select(line => (line.ForMonth, line.Kind, line.Amount.Amount)));
        Assert.Equal([new ListedRange(Month("2025-03"), Month("2025-03"), new Vnd(27_000_000))], Assert.Single(list.NextListed).Ranges);
        Assert.Empty(widow.List("2025-06", list.NextListed, "2025-01", "2025-05", null, WarInvalid()).Lines);
    }

    [Fact]
    public void The_death_of_the_head_of_the_household_does_not_end_the_household()
    {
        var child = (Person("2016-03-03", "child") with { Disability = Disability.ExtremelySevere }).With(Btxh("k6") with { PersonId = "child" });
        var mother = (Person("1990-01-01", "mother") with { Death = Day("2025-04-10") }).With(Btxh("CS.HOGD", "c1") with { PersonId = "mother", AboutPersonId = "child" });
        var due = mother.Due("2025-05", null, child);
        Assert.Equal(500_000, due.To(PayeeRole.Household));
        Assert.Contains("cần người nhận khác", due.Components[0].Explanation.Vi);
        Assert.Equal(1_250_000, child.Due("2025-05", null, mother).Total.Amount);

        var both = child with { Facts = [child.Facts[0] with { Death = Day("2025-04-11") }] };
        Assert.Equal(NotDue.DeathOfCaredFor, mother.Due("2025-05", null, both).Zero);
    }
}
