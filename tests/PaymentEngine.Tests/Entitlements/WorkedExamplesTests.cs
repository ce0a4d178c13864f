using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>The ten examples that were worked by hand from the texts; each is a person whose amounts are known.</summary>
public class WorkedExamplesTests
{
    static Award WarInvalid(InvalidClass invalidClass, int degree, string id = "a1") => Ncc("TB", id) with { Class = invalidClass, DegreePct = degree, AtHome = true };

    [Fact]
    public void Example_1_a_war_invalid_of_85_per_cent_at_home_gets_9000000_and_the_carer_2789000()
    {
        var due = Person().With(WarInvalid(InvalidClass.A, 85)).Due("2025-02");
        Assert.Equal(7_601_000, due.Of("tro_cap"));
        Assert.Equal(1_399_000, due.Of("phu_cap"));
        Assert.Equal(9_000_000, due.To(PayeeRole.Self));
        Assert.Equal(2_789_000, due.To(PayeeRole.Carer));
    }

    [Fact]
    public void Example_1_the_month_of_death_is_still_due_and_the_next_is_not()
    {
        var person = (Person() with { Death = Day("2025-02-14") }).With(WarInvalid(InvalidClass.A, 85));
        Assert.Equal(11_789_000, person.Due("2025-02").Total.Amount);
        var march = person.Due("2025-03");
        Assert.Empty(march.Components);
        Assert.Equal(NotDue.DeathMerit, march.Zero);
    }

    [Fact]
    public void Example_1_the_widow_of_pension_age_gets_1565000_from_the_month_after_the_death()
    {
        var widow = (Person("1962-01-01") with { Sex = Sex.Female }).With(Ncc("SURVIVOR") with
        {
            DecidedOn = Day("2025-03-05"), DeceasedOn = Day("2025-02-14"), DeceasedCategory = "TB", DeceasedPct = 85, Relation = Relation.Spouse,
        });
        Assert.Equal(NotDue.NotStarted, widow.Due("2025-02").Zero);
        Assert.Equal(1_565_000, widow.Due("2025-03").Of("tuat"));
    }

    [Fact]
    public void Example_2_a_specially_severe_wound_takes_the_special_supplement_in_place_of_the_ordinary_one()
    {
        var due = Person().With(WarInvalid(InvalidClass.A, 98) with { Special = true }).Due("2025-02");
        Assert.Equal(15_210_000, due.Total.Amount);
        Assert.Equal([8_761_000, 2_867_000, 3_582_000], due.Components.Select(c => c.Amount.Amount));
        Assert.Equal(["tro_cap", "phu_cap_dac_biet", "nguoi_phuc_vu"], due.Components.Select(c => c.Component));
    }

    [Fact]
    public void Example_3_two_categories_add_but_the_carer_is_paid_once()
    {
        var due = Person().With(WarInvalid(InvalidClass.B, 90), Ncc("CDHH", "a2") with { DegreePct = 85, AtHome = true }).Due("2025-05");
        Assert.Equal(18_608_000, due.Total.Amount);
        Assert.Equal(2_789_000, due.Of("nguoi_phuc_vu"));
        Assert.Single(due.Components, c => c.Component == "nguoi_phuc_vu");
    }

    [Fact]
    public void Example_4_a_new_row_of_2023_gives_two_months_of_arrears()
    {
        var person = Person().With(WarInvalid(InvalidClass.A, 45));
        var list = person.List("2023-09", [Listed("a1", "tro_cap", "2023-07", null, 2_343_000)], "2023-07", "2023-08", Day("2023-09-05"));
        Assert.Equal(1_244_000, list.Total(LineKind.Arrears));
        Assert.Equal([622_000, 622_000], list.Lines.Where(line => line.Kind == LineKind.Arrears).Select(line => line.Amount.Amount));
        Assert.Equal(2_965_000, list.Total(LineKind.Regular));
    }

    [Fact]
    public void Example_5_arrears_of_a_parent_of_two_martyrs_take_each_month_at_its_own_rate()
    {
        var parent = Person("1935").With(Ncc("LIETSI.TN") with { Martyrs = 2, Relation = Relation.Parent, FirstMonth = Month("2024-06") });
        var list = parent.List("2024-09", [], "2024-06", "2024-08");
        Assert.Equal(15_266_000, list.Total(LineKind.Arrears));
        Assert.Equal([4_110_000, 5_578_000, 5_578_000], list.Lines.Where(line => line.Kind == LineKind.Arrears).Select(line => line.Amount.Amount));
    }

    [Fact]
    public void Example_6_the_poor_single_parent_gets_both_the_children_and_the_disability()
    {
        var parent = (Person("1985-02-02") with { Poverty = Poverty.Near, Disability = Disability.ExtremelySevere })
            .With(Btxh("k4") with { Children = 3 }, Btxh("k6", "a2"));
        Assert.Equal(2_500_000, parent.Due("2025-05").Total.Amount);
    }

    [Fact]
    public void Example_7_the_child_and_the_household_that_cares_for_it_are_both_paid()
    {
        var child = (Person("2016-03-03", "child") with { Disability = Disability.ExtremelySevere }).With(Btxh("k6") with { PersonId = "child" });
        var mother = Person("1990-01-01", "mother").With(Btxh("CS.HOGD", "c1") with { PersonId = "mother", AboutPersonId = "child" });
        Assert.Equal(1_250_000, child.Due("2025-05").To(PayeeRole.Self));
        Assert.Equal(500_000, mother.Due("2025-05", null, child).To(PayeeRole.Household));
    }

    [Fact]
    public void Example_8_the_change_of_regime_in_July_2026_raises_a_poor_woman_of_75_and_owes_three_months()
    {
        var woman = (Person("1950-11-05") with { Poverty = Poverty.Poor, Supporter = Supporter.None }).With(Btxh("k5a"));
        Assert.Equal(750_000, woman.Due("2026-06").Total.Amount);
        Assert.Equal(1_080_000, woman.Due("2026-07").Total.Amount);
        var list = woman.List("2026-10", [Listed("a1", "tro_cap", "2026-06", null, 750_000)], "2026-06", "2026-09", Day("2026-10-05"));
        Assert.Equal(990_000, list.Total(LineKind.Arrears));
        Assert.Equal(1_080_000, list.Total(LineKind.Regular));
    }

    [Fact]
    public void Example_9_under_335_2026_a_disabled_person_starts_with_the_decision_not_with_the_certificate()
    {
        var facts = Person("1990-01-01") with { Disability = Disability.ExtremelySevere, DisabilityCertificateOn = Day("2026-10-08") };
        var person = facts.With(Btxh("k6") with { FiledOn = Day("2026-10-12"), DecidedOn = Day("2026-11-17") });
        Assert.Equal(NotDue.NotStarted, person.Due("2026-10").Zero);
        Assert.Equal(1_080_000, person.Due("2026-11").Total.Amount);

        var filedBefore = facts.With(Btxh("k6") with { FiledOn = Day("2026-10-02"), DecidedOn = Day("2026-11-17") });
        Assert.Equal(1_080_000, filedBefore.Due("2026-10").Total.Amount);
    }

    [Fact]
    public void Example_10_the_social_pension_starts_with_the_signature_and_rises_in_July_2026()
    {
        var person = Person("1950-12-01").With(Htxh("2026-01-06"));
        Assert.Equal(NotDue.NotStarted, person.Due("2025-12").Zero);
        Assert.Equal(500_000, person.Due("2026-01").Total.Amount);
        Assert.Equal(540_000, person.Due("2026-07").Total.Amount);
        var list = person.List("2026-10", [Listed("h1", "tro_cap", "2026-01", null, 500_000)], "2026-01", "2026-09", Day("2026-10-05"));
        Assert.Equal(120_000, list.Total(LineKind.Arrears));
    }
}
