using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>Rules at their edges: suspensions, starts, ages, moves, conditions.</summary>
public class RulesOfLawTests
{
    static readonly PersonFacts Disabled = Person("1990-01-01") with { Disability = Disability.ExtremelySevere };

    [Fact]
    public void A_review_that_finds_no_right_stops_from_the_suspension_for_good()
    {
        var award = Btxh("k6") with { SuspendedFrom = Month("2026-03"), SuspendedTo = Month("2026-05"), SuspendReason = SuspendReason.Uncollected, ReviewedOn = Day("2026-05-20"), ReviewResult = ReviewResult.Ended };
        Assert.Equal(1_000_000, Disabled.With(award).Due("2026-02").Total.Amount);
        Assert.Equal(NotDue.StoppedFromSuspension, Disabled.With(award).Due("2026-03").Zero);
        Assert.Equal(NotDue.StoppedFromSuspension, Disabled.With(award).Due("2026-06").Zero);
    }

    [Fact]
    public void A_review_without_an_end_of_the_suspension_ends_it()
    {
        var award = Btxh("k6") with { SuspendedFrom = Month("2026-03"), SuspendReason = SuspendReason.Uncollected, ReviewedOn = Day("2026-05-20"), ReviewResult = ReviewResult.Unchanged };
        Assert.Contains("tạm dừng được trả lại", Disabled.With(award).Due("2026-05").Components[0].Explanation.Vi);
        Assert.DoesNotContain("tạm dừng", Disabled.With(award).Due("2026-06").Components[0].Explanation.Vi);
    }

    [Fact]
    public void Cleared_of_fraud_is_paid_back_from_the_month_of_the_suspension()
    {
        var award = Ncc("TUDAY") with { SuspendedFrom = Month("2025-03"), SuspendReason = SuspendReason.FraudCheck };
        Assert.Equal(NotDue.SuspendedFraudCheck, Person().With(award).Due("2025-03").Zero);
        Assert.Equal(1_673_000, Person().With(award with { ReviewedOn = Day("2025-06-02"), ReviewResult = ReviewResult.Cleared }).Due("2025-03").Total.Amount);
    }

    [Fact]
    public void Missing_resumes_the_month_after_the_request_and_the_months_between_are_lost()
    {
        var award = Ncc("TUDAY") with { SuspendedFrom = Month("2025-03"), SuspendReason = SuspendReason.Missing, ReappliedOn = Day("2025-06-02") };
        Assert.Equal(NotDue.SuspendedAbsent, Person().With(award).Due("2025-06").Zero);
        Assert.Equal(1_673_000, Person().With(award).Due("2025-07").Total.Amount);
    }

    [Fact]
    public void A_war_invalid_who_is_also_a_sick_soldier_gets_the_second_allowance_from_its_decision()
    {
        var invalid = Ncc("TB") with { Class = InvalidClass.A, DegreePct = 45 };
        var sick = Ncc("BB", "a2") with { DegreePct = 45, BoardOn = Day("2025-01-10"), DecidedOn = Day("2025-04-10") };
        Assert.Equal(4_024_000, Person().With(invalid, sick).Due("2025-03").Total.Amount);
        Assert.Equal(4_024_000 + 2_911_000, Person().With(invalid, sick).Due("2025-04").Total.Amount);
        Assert.Equal(2_911_000, Person().With(sick).Due("2025-01").Total.Amount);
    }

    [Fact]
    public void Exposed_recognised_without_a_record_starts_with_the_decision()
    {
        var exposed = Ncc("CDHH") with { DegreePct = 45, BoardOn = Day("2025-01-10"), DecidedOn = Day("2025-04-10") };
        Assert.Equal(3_542_000, Person().With(exposed).Due("2025-01").Total.Amount);
        Assert.Equal(NotDue.NotStarted, Person().With(exposed with { ValidExam = false }).Due("2025-03").Zero);
    }

    [Theory]
    // A woman born in February 1969: 680 months in October 2025, the pension age of 2025; the age of 2026 is 684, which she need not reach again.
    [InlineData("2025-09", 0)]
    [InlineData("2025-10", 1_565_000)]
    [InlineData("2026-01", 1_565_000)]
    public void Who_reached_the_pension_age_once_keeps_it_when_it_rises(string month, long amount)
    {
        var widow = (Person("1969-02-15") with { Sex = Sex.Female }).With(Ncc("SURVIVOR") with
        {
            DeceasedOn = Day("2024-02-14"), DeceasedCategory = "TB", DeceasedPct = 85, Relation = Relation.Spouse,
        });
        Assert.Equal(amount, widow.Due(month).Total.Amount);
    }

    [Fact]
    public void Two_decisions_of_one_kind_after_a_move_pay_no_month_twice()
    {
        var old = Ncc("TB") with { Class = InvalidClass.A, DegreePct = 85 };
        var next = old with { AwardId = "a2", DecidedOn = Day("2026-03-10"), FirstMonth = Month("2026-03") };
        var due = Person().With(old, next).Due("2026-03");
        Assert.Equal(9_000_000, due.Total.Amount);
        Assert.All(due.Components, component => Assert.Equal("a2", component.AwardId));
        Assert.Equal(9_000_000, Person().With(old, next).Due("2026-02").Total.Amount);
        Assert.Equal(500_000, Person("1945-01-01").With(Htxh("2025-07-03"), Htxh("2026-02-03", "h2")).Due("2026-03").Total.Amount);
    }

    [Fact]
    public void Who_moves_is_paid_every_month_at_the_level_of_the_place_they_live_in()
    {
        var facts = Disabled;
        var person = new RegisterPerson("p1", [facts, facts with { ProvinceCode = "01", CommuneCode = "00004", FactsFrom = Month("2026-03") }], [Btxh("k6")]);
        LocalStandard[] local = [new("01", StandardCodes.SocialProtection, new(650_000), Day("2025-01-01"), null, "NQ 1", LawStatus.Verified)];
        long Of(string month) => EntitlementCalculator.ForMonth(person, Cases.Law.Compile(Month(month), Now, FactsOfMonth.Of(person, Month(month), Now)!.ProvinceCode, local), Finder(person)).Total.Amount;
        Assert.Equal([1_000_000, 1_300_000, 1_300_000], new[] { Of("2026-02"), Of("2026-03"), Of("2026-04") });
    }

    [Theory]
    [InlineData(1_673_399, 2_789_000)]
    [InlineData(1_673_400, 0)] // 0.6 × 2,789,000
    public void The_income_of_a_child_disabled_as_an_adult_is_tested(long income, long amount)
    {
        var law = LawOf("2025-05");
        if (law.Parameter("CHILD_INCOME_TEST") is null) return;
        var child = (Person("1990-01-01") with { OtherIncomeVnd = income }).With(Ncc("LIETSI.TN") with { Relation = Relation.Child, DegreePct = 65, EventOn = Day("2015-01-01"), Martyrs = 1, FirstMonth = Month("2021-07") });
        Assert.Equal(amount, child.Due("2025-05").Total.Amount);
        var early = child with { Awards = [child.Awards[0] with { EventOn = Day("2000-01-01") }] };
        Assert.Equal(2_789_000, early.Due("2025-05").Total.Amount);
    }

    [Theory]
    // Children of 17 and 23 who study, and one of 10: 20/2021 counts to 22; 335/2026 without a limit for parents on the roll.
    [InlineData("2026-06", "2015-03", 2 * 500_000)]
    [InlineData("2026-07", "2015-03", 3 * 540_000)]
    [InlineData("2026-11", "2026-11", 1 * 540_000)]
    public void Children_from_16_who_study_count_for_the_single_parent(string month, string onRollSince, long amount)
    {
        var parent = (Person("1975-02-02") with { Poverty = Poverty.Poor }).With(Btxh("k4") with
        {
            OnRollSince = Month(onRollSince), FirstMonth = Month(onRollSince), Children = 3, ChildrenBirths = [Day("2016-05-01"), Day("2009-05-01"), Day("2003-05-01")],
        });
        Assert.Equal(amount, parent.Due(month).Total.Amount);
    }

    [Fact]
    public void Broken_studies_end_k2_under_335_2026_only()
    {
        var student = (Person("2007-01-01") with { Studying = true, StudyBroken = true }).With(Btxh("k2"));
        Assert.Equal(750_000, student.Due("2026-06").Total.Amount);
        Assert.Equal(NotDue.NotStudying, student.Due("2026-07").Zero);
    }

    [Fact]
    public void Another_monthly_allowance_excludes_k8_under_20_2021_only()
    {
        var adult = (Person("1980-01-01") with { Poverty = Poverty.Poor, OtherIncome = OtherIncome.OtherMonthly }).With(Btxh("k8"));
        Assert.Equal(NotDue.OtherIncome, adult.Due("2026-06").Zero);
        Assert.Equal(810_000, adult.Due("2026-07").Total.Amount);
    }

    [Fact]
    public void A_sentence_names_what_is_not_paid_besides()
    {
        var due = (Person("1940-01-01") with { Disability = Disability.ExtremelySevere, Poverty = Poverty.Poor }).With(Btxh("k5a"), Btxh("k6", "a2")).Due("2025-05");
        Assert.Contains("Không trả thêm", due.Components[0].Explanation.Vi);
        Assert.Contains("1.000.000", due.Components[0].Explanation.Vi);
        Assert.Contains("Not paid besides", due.Components[0].Explanation.En);
    }

    [Fact]
    public void A_certificate_month_under_the_procedure_of_147_2025_is_marked_unverified()
    {
        var facts = Disabled with { DisabilityCertificateOn = Day("2026-01-08") };
        var due = facts.With(Btxh("k6") with { FiledOn = Day("2026-01-12"), DecidedOn = Day("2026-02-17") }).Due("2026-01");
        Assert.True(LawStatus.IsUnverified(due.Components[0].Explanation.Status));
    }
}
