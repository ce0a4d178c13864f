using NodaTime;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Reconciliation;

public class CaseWorkTests
{
    static readonly LocalDate Opened = new(2026, 11, 5);
    static readonly LocalDate Later = new(2026, 11, 6);

    static CaseFacts Of(string code, string kind = "rejected") => new(7, kind, CodeLists.ReasonPolicy.For(code), IsEnded: true, IsLatest: true, IsDisputed: false, BankAttempts: 1, HasOtherAccount: false, IsDecided: false, Opened);

    [Fact]
    public void Every_term_can_be_set_and_only_it_changes()
    {
        foreach (var (name, _) in CaseTerms.Default.All)
        {
            var set = CaseTerms.Default.With(name, 29)!;
            Assert.Equal(CaseTerms.Default.All.Select(one => one.Name == name ? (name, 29) : one), set.All);
        }

        Assert.Null(CaseTerms.Default.With("no_term", 3));
    }

    [Theory]
    [InlineData("AC04", CaseKinds.Rejected, "ask_payee")]
    [InlineData("AC01", CaseKinds.Returned, "fix_and_retry")]
    [InlineData("AB05", CaseKinds.Rejected, "retry_later")]
    [InlineData("MS03", CaseKinds.Returned, "ask_payee")]
    [InlineData("ZZ99", CaseKinds.Rejected, "decide")]
    [InlineData("MD07", CaseKinds.Deceased, "decide")]
    [InlineData("AC04", CaseKinds.Contradicted, "decide")]
    [InlineData("AC04", CaseKinds.BankShort, "bank_short")]
    public void A_task_has_the_days_of_its_term(string code, CaseKinds kind, string term) =>
        Assert.Equal(17, CaseRules.Task(kind, CodeLists.ReasonPolicy.For(code), CaseTerms.Default.With(term, 17)!).Days);

    [Theory]
    [InlineData("AC04", "not_allowed.same_account")]
    [InlineData("AC06", "not_allowed.same_account")]
    [InlineData("AB05", null)]                       // try again later, three times
    [InlineData("MS03", "not_allowed.decision_needed")]
    [InlineData("AM05", "not_allowed.decision_needed")]
    [InlineData("MD07", "not_allowed.decision_needed")]
    [InlineData("FF01", "not_allowed.decision_needed")]
    [InlineData("ZZ99", "not_allowed.decision_needed")]
    public void Paying_again_is_as_free_as_the_policy_says(string code, string? refusal) => Assert.Equal(refusal, CaseWork.WhyNotRepay(Of(code))?.Code);

    [Fact]
    public void A_corrected_account_opens_the_road_for_account_reasons_and_for_no_other()
    {
        Assert.Null(CaseWork.WhyNotRepay(Of("AC04") with { HasOtherAccount = true }));
        Assert.Null(CaseWork.WhyNotRepay(Of("AC06") with { HasOtherAccount = true }));
        foreach (var code in new[] { "AM05", "MD07", "MS03", "RR04", "FF01", "" }) Assert.NotNull(CaseWork.WhyNotRepay(Of(code) with { HasOtherAccount = true }));
    }

    [Fact]
    public void Retries_are_counted_down_and_then_need_two_persons()
    {
        var retries = CodeLists.ReasonPolicy.For("AB05").AutoRetries;
        for (var tries = 1; tries <= retries; tries++) Assert.Null(CaseWork.WhyNotRepay(Of("AB05") with { BankAttempts = tries }));
        Assert.Equal("not_allowed.decision_needed", CaseWork.WhyNotRepay(Of("AB05") with { BankAttempts = retries + 1 })?.Code);
        Assert.Null(CaseWork.WhyNotRepay(Of("AB05") with { BankAttempts = retries + 1, IsDecided = true }));
    }

    [Theory]
    [InlineData("AC04", null)]
    [InlineData("AC06", "not_allowed.decision_needed")]
    [InlineData("AB05", "not_allowed.decision_needed")]
    [InlineData("MD07", "not_allowed.decision_needed")]
    [InlineData("AM05", "not_allowed.never_cash")]
    [InlineData("DUPL", "not_allowed.never_cash")]
    [InlineData("ZZ99", "not_allowed.decision_needed")]
    public void Cash_by_one_person_is_for_account_reasons(string code, string? refusal) => Assert.Equal(refusal, CaseWork.WhyNotCash(Of(code), Later)?.Code);

    [Fact]
    public void Cash_never_comes_on_the_day_of_the_banks_word() => Assert.Equal("not_allowed.same_day", CaseWork.WhyNotCash(Of("AC04"), Opened)?.Code);

    [Fact]
    public void After_26_attempts_no_road_is_left_but_a_new_decision()
    {
        var spent = Of("AC04") with { Attempts = 26, HasOtherAccount = true, IsDecided = true };
        Assert.Equal("not_allowed.attempts_used", CaseWork.WhyNotRepay(spent)?.Code);
        Assert.Equal("not_allowed.attempts_used", CaseWork.WhyNotCash(spent, Later)?.Code);
        Assert.Equal("not_allowed.attempts_used", CaseWork.WhyNotDecide(spent, "cash")?.Code);
        Assert.Null(CaseWork.WhyNotRepay(spent with { Attempts = 25 }));
    }

    /// <summary>Over every code of the policy and some outside it: without a proven end, in dispute, or tried again, no road is open, whoever has decided.</summary>
    [Fact]
    public void No_decision_stands_above_the_proof()
    {
        foreach (var code in CodeLists.ReasonPolicy.Rules.Select(rule => rule.Code).Append("ZZ99").Append(""))
        {
            foreach (var kind in new[] { "rejected", "returned", "cancelled", "deceased" })
            {
                var decided = Of(code, kind) with { IsDecided = true, HasOtherAccount = true };
                foreach (var facts in new[] { decided with { IsEnded = false }, decided with { IsDisputed = true }, decided with { IsLatest = false } })
                {
                    Assert.NotNull(CaseWork.WhyNotRepay(facts));
                    Assert.NotNull(CaseWork.WhyNotCash(facts, Later));
                    Assert.NotNull(CaseWork.WhyNotDecide(facts, "repay"));
                }

                if (decided.Reason.Class == ReasonClass.Duplicate) Assert.NotNull(CaseWork.WhyNotCash(decided, Later));
            }
        }
    }

    /// <summary>Without a decision, cash by a person goes no further than cash by itself does.</summary>
    [Fact]
    public void A_person_alone_sends_to_cash_only_what_would_go_by_itself()
    {
        foreach (var rule in CodeLists.ReasonPolicy.Rules)
            Assert.True(CaseWork.WhyNotCash(Of(rule.Code), Later) is not null || rule.MayBecomeCash, rule.Code);
    }

    [Fact]
    public void A_death_or_a_duplicate_is_answered_by_no_other_account()
    {
        Assert.Equal("not_allowed.case_deceased", CaseWork.WhyNotCorrect(Of("MD07", "deceased"))?.Code);
        Assert.Equal("not_allowed.case_duplicate", CaseWork.WhyNotCorrect(Of("AM05"))?.Code);
        Assert.Equal("not_allowed.case_kind", CaseWork.WhyNotCorrect(Of("AC04", "suspense"))?.Code);
        Assert.Null(CaseWork.WhyNotCorrect(Of("AC04", "returned")));
    }
}
