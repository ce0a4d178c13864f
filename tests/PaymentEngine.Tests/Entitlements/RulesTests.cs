using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>What an engineer gets wrong, and the months on both sides of each change.</summary>
public class RulesTests
{
    [Fact]
    public void Exposed_at_81_per_cent_follow_the_table_and_not_the_coefficient()
    {
        var due = Person().With(Ncc("CDHH") with { DegreePct = 81 }).Due("2025-05");
        Assert.Equal(6_358_000, due.Of("tro_cap"));
    }

    [Fact]
    public void The_special_supplement_of_the_exposed_is_2789000_and_needs_a_valid_record()
    {
        var exposed = Ncc("CDHH") with { DegreePct = 85, Special = true, AtHome = true };
        Assert.Equal(2_789_000, Person().With(exposed).Due("2025-05").Of("phu_cap_dac_biet"));
        var without = Person().With(exposed with { ValidExam = false }).Due("2025-05");
        Assert.Equal((0, 1_399_000, 0), (without.Of("phu_cap_dac_biet"), without.Of("phu_cap"), without.Of("nguoi_phuc_vu")));
    }

    [Fact]
    public void Of_several_social_groups_only_the_highest_is_paid_and_it_says_so()
    {
        var due = (Person("1940-01-01") with { Disability = Disability.ExtremelySevere, Poverty = Poverty.Poor }).With(Btxh("k5a"), Btxh("k6", "a2")).Due("2025-05");
        var only = Assert.Single(due.Components);
        Assert.Equal(("a2", 1_250_000L), (only.AwardId, only.Amount.Amount));
        Assert.Contains("mức cao nhất", only.Explanation.Vi);
    }

    [Fact]
    public void The_higher_of_social_pension_and_social_protection_is_paid_not_both()
    {
        var person = (Person("1940-01-01") with { Poverty = Poverty.Poor }).With(Btxh("k5a"), Htxh("2025-07-03"));
        Assert.Equal([("a1", 1_000_000L)], person.Due("2026-05").Components.Select(c => (c.AwardId, c.Amount.Amount)));
        var richer = (Person("1940-01-01") with { Poverty = Poverty.None }).With(Btxh("k5a"), Htxh("2025-07-03"));
        Assert.Equal([("h1", 500_000L)], richer.Due("2026-05").Components.Select(c => (c.AwardId, c.Amount.Amount)));
    }

    [Theory]
    [InlineData("2025-02", 750_000)] // one month before 80
    [InlineData("2025-03", 1_000_000)] // the month of the birthday
    [InlineData("2025-04", 1_000_000)]
    public void A_group_changes_in_the_month_of_the_birthday(string month, long amount) =>
        Assert.Equal(amount, (Person("1945-03-31") with { Poverty = Poverty.Poor }).With(Btxh("k5a")).Due(month).Total.Amount);

    [Fact]
    public void A_person_born_in_a_known_year_only_turns_80_in_December_and_the_sentence_says_so()
    {
        var person = (Person("1945") with { Poverty = Poverty.Poor }).With(Btxh("k5a"));
        Assert.Equal(750_000, person.Due("2025-11").Total.Amount);
        var december = person.Due("2025-12");
        Assert.Equal(1_000_000, december.Total.Amount);
        Assert.Contains("ngày sinh", december.Components[0].Explanation.Vi);
    }

    [Fact]
    public void The_age_cap_of_22_for_studying_orphans_is_gone_in_July_2026()
    {
        var student = (Person("2003-01-01") with { Studying = true }).With(Btxh("k2"));
        Assert.Equal(NotDue.Age, student.Due("2026-06").Zero);
        Assert.Equal(810_000, student.Due("2026-07").Total.Amount);
    }

    [Fact]
    public void Without_a_rule_for_the_month_the_answer_says_that_there_is_no_rule()
    {
        var person = Person("1940-01-01").With(Btxh("k5c"));
        Assert.Equal(500_000, person.Due("2025-06").Total.Amount);
        Assert.Equal(NotDue.NoRule, person.Due("2025-07").Zero);
    }

    [Fact]
    public void Residents_of_a_facility_are_kept_there_instead_of_an_allowance()
    {
        var resident = (Person("1990-01-01") with { Disability = Disability.ExtremelySevere, InFacility = true }).With(Btxh("k6"), Btxh("COSO", "f1"));
        Assert.Equal([("f1", PayeeRole.Facility, 2_000_000L)], resident.Due("2025-05").Components.Select(c => (c.AwardId, c.PayeeRole, c.Amount.Amount)));
    }

    [Theory]
    [InlineData(0, new long[] { 1_565_000, 1_565_000 })] // two shares of three at most
    [InlineData(1, new long[] { 2_789_000, 1_565_000 })] // one martyr: martyr and one share
    [InlineData(2, new long[] { 5_578_000 })] // two martyrs: the martyr level alone
    public void Survivor_shares_are_limited(int martyrs, long[] amounts)
    {
        Award Of(string id) => Ncc("SURVIVOR", id) with { DeceasedId = id, DeceasedCategory = "TB", DeceasedPct = 75, Relation = Relation.Parent };
        var awards = new List<Award> { Of("s1"), Of("s2"), Of("s3") };
        if (martyrs > 0) awards.Insert(0, Ncc("LIETSI.TN", "m") with { Martyrs = martyrs, Relation = Relation.Parent });
        Assert.Equal(amounts, Person("1935").With([.. awards]).Due("2025-05").Components.Select(c => c.Amount.Amount));
    }

    [Fact]
    public void The_nurturing_allowance_is_paid_once()
    {
        var alone = (Person("1935") with { Alone = Aloneness.Alone }).With(Ncc("LIETSI.TN") with { Martyrs = 1 }, Ncc("GDCM", "a2") with { Decoration = "HCKC" });
        var due = alone.Due("2025-05");
        Assert.Equal(2_231_000, due.Of("tuat_nuoi_duong"));
        Assert.Equal(2_789_000 + 1_639_000 + 2_231_000, due.Total.Amount);
    }

    [Fact]
    public void A_heroic_mother_gets_no_martyrs_allowance_beside()
    {
        var mother = Person("1930").With(Ncc("BMVNAH") with { AtHome = true }, Ncc("LIETSI.TN", "a2") with { Martyrs = 3 });
        Assert.Equal([8_367_000, 2_337_000, 2_789_000], mother.Due("2025-05").Components.Select(c => c.Amount.Amount));
    }

    [Fact]
    public void A_suspended_month_is_paid_when_the_review_found_nothing_changed()
    {
        var award = Btxh("k6") with { SuspendedFrom = Month("2026-03"), SuspendReason = SuspendReason.Uncollected };
        var facts = Person("1990-01-01") with { Disability = Disability.ExtremelySevere };
        Assert.Equal(NotDue.SuspendedUncollected, facts.With(award).Due("2026-04").Zero);
        var reviewed = award with { SuspendedTo = Month("2026-05"), ReviewResult = ReviewResult.Unchanged, RecordedOn = Day("2026-06-01") };
        Assert.Equal(1_000_000, facts.With(award, reviewed).Due("2026-04").Total.Amount);
        Assert.Equal(NotDue.SuspendedUncollected, facts.With(award, reviewed).Due("2026-04", Day("2026-05-20")).Zero);
    }

    [Fact]
    public void After_prison_payment_resumes_the_month_after_release_on_request()
    {
        var award = Ncc("TUDAY") with { SuspendedFrom = Month("2025-01"), SuspendReason = SuspendReason.Prison, ReleasedOn = Day("2025-06-10") };
        Assert.Equal(NotDue.SuspendedPrison, Person().With(award).Due("2025-07").Zero);
        var asked = award with { ReappliedOn = Day("2025-06-20") };
        Assert.Equal(NotDue.SuspendedPrison, Person().With(asked).Due("2025-06").Zero);
        Assert.Equal(1_673_000, Person().With(asked).Due("2025-07").Total.Amount);
    }

    [Fact]
    public void A_couple_of_two_disabled_people_gets_one_share_for_pregnancy_and_nursing()
    {
        RegisterPerson Parent(string id, string spouse) => (Person("1995-01-01", id) with { Disability = Disability.Severe, SpouseId = spouse })
            .With(Btxh("CS.MANGTHAI", "c-" + id) with { PersonId = id, ChildrenBirths = [Day("2024-01-01")] });
        var (first, second) = (Parent("p1", "p2"), Parent("p2", "p1"));
        Assert.Equal(750_000, first.Due("2025-05", null, second).Total.Amount);
        Assert.Equal(NotDue.SpouseHasShare, second.Due("2025-05", null, first).Zero);
    }

    [Fact]
    public void The_figures_in_the_sentence_recompute_to_the_amount()
    {
        var due = (Person("1985-02-02") with { Poverty = Poverty.Near }).With(Btxh("k4") with { Children = 3 }).Due("2025-05").Components[0];
        Assert.Contains("3 × hệ số 1,0 × mức chuẩn 500.000", due.Explanation.Vi);
        Assert.Contains("1.500.000", due.Explanation.Vi);
        Assert.Equal("20/2021/NĐ-CP, Điều 5.4, 6.1d; 76/2024/NĐ-CP, Điều 1", due.Explanation.Citation);
        Assert.Equal(LawStatus.VerifiedSecondary, due.Explanation.Status);
    }

    [Fact]
    public void People_of_one_class_share_one_explanation()
    {
        var law = LawOf("2025-05");
        var (one, two) = (Person().With(Ncc("TUDAY")), Person("1940-01-01", "p2").With(Ncc("TUDAY") with { PersonId = "p2" }));
        Assert.Same(EntitlementCalculator.ForMonth(one, law, Finder()).Components[0].Explanation, EntitlementCalculator.ForMonth(two, law, Finder()).Components[0].Explanation);
    }
}
