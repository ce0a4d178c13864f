using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Reconciliation;

public class ReasonPolicyTests
{
    static readonly ReasonPolicy Policy = CodeLists.ReasonPolicy;

    [Fact]
    public void Every_code_of_the_list_has_one_class_and_a_first_step()
    {
        Assert.Equal(313, Policy.Rules.Count());
        foreach (var rule in Policy.Rules)
        {
            Assert.True(Enum.IsDefined(rule.Class), rule.Code);
            Assert.NotEqual(ReasonAction.None, rule.First);
            Assert.NotEqual("", rule.Meaning);
            Assert.Equal(rule.Code, Policy.For(rule.Code).Code);
        }
    }

    [Fact]
    public void An_unknown_code_or_none_waits_for_a_person_and_may_have_been_paid() =>
        Prop.ForAll<string?>(code =>
        {
            var rule = Policy.For(code);
            return Policy.Rules.Any(known => known.Code == code)
                || (rule is { First: ReasonAction.Escalate, Guard: RepayGuard.ProveNotPaid, Class: ReasonClass.BankTroubleOrUnknown, MayBecomeCash: false } && rule.Code == (code ?? ""));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_a_fault_of_account_or_identity_ever_becomes_cash_by_itself()
    {
        foreach (var rule in Policy.Rules.Where(rule => rule.MayBecomeCash))
        {
            Assert.Contains(rule.Fault, new[] { "account", "identity" });
            Assert.True(rule.First == ReasonAction.PayCash || rule.Then == ReasonAction.PayCash, rule.Code);
            Assert.Equal(RepayGuard.MoneyBackIfReturn, rule.Guard);
        }

        foreach (var code in new[] { "AC01", "AC03", "AC04", "AC07", "BE01", "BE06", "UCRD" }) Assert.True(Policy.For(code).MayBecomeCash, code);
    }

    [Theory]
    [InlineData("AC06 AG01", ReasonClass.BlockedOrRegulatory)]
    [InlineData("RR01 RR02 RR03 RR04 RR05 RR06 RR12 NOCM FR01 FRAD", ReasonClass.BlockedOrRegulatory)]
    [InlineData("RR07 RR09 RR10", ReasonClass.OurFileIsWrong)]
    [InlineData("MD07", ReasonClass.Deceased)]
    [InlineData("AM05 DUPL DU01 DU02 DU03 DU04 DU05", ReasonClass.Duplicate)]
    [InlineData("AM04", ReasonClass.Funds)]
    [InlineData("FF01 FF05 DT01 DT02 AM09 AM10 CH03 CH04 CH16 CH21", ReasonClass.OurFileIsWrong)]
    [InlineData("MS03 NARR AB05 FF10 ED05 MD01 ZZ99", ReasonClass.BankTroubleOrUnknown)]
    public void The_stricter_rules_hold(string codes, ReasonClass expected)
    {
        foreach (var code in codes.Split(' '))
        {
            Assert.True(Policy.For(code).Class == expected, $"{code} is {Policy.For(code).Class}.");
            Assert.False(Policy.For(code).MayBecomeCash, code);
        }
    }

    [Fact]
    public void Time_outs_and_duplicates_must_be_proven_not_paid()
    {
        foreach (var code in new[] { "AB05", "AB06", "AB07", "AB08", "AB09", "AB10", "AB11", "ED05", "FF10", "AM05", "DUPL", "DU01", "DU05" })
        {
            Assert.Equal(RepayGuard.ProveNotPaid, Policy.For(code).Guard);
        }
    }

    [Fact]
    public void Of_several_reasons_the_first_known_decides_but_a_death_or_duplicate_always()
    {
        static BankReason Is(string code) => new(code, null, null);
        Assert.Equal("AC04", Policy.For([new(null, "AC01", null), Is("AC04"), Is("BE01")]).Code);
        Assert.Equal("MD07", Policy.For([Is("AC04"), Is("MD07")]).Code);
        Assert.Equal("AM05", Policy.For([Is("AC04"), Is("AM05")]).Code);
        Assert.Equal("AC06", Policy.For([Is("AC04"), Is("AC06")]).Code); // blocked: never cash by itself, whatever stands beside it
        Assert.Equal("AC04", Policy.For([Is("ZZ99"), Is("AC04")]).Code);
        Assert.Equal("ZZ99", Policy.For([Is("ZZ99")]).Code);
        // The bank's own word is not the list's code, even when it looks the same.
        Assert.False(Policy.For([new(null, "AC04", null)]).MayBecomeCash);
        Assert.False(Policy.For([]).MayBecomeCash);
    }

    [Fact]
    public void Status_codes_are_evidence_as_the_code_list_says()
    {
        foreach (var row in CodeLists.Read("payment-transaction-status"))
        {
            var expected = row["payment_state"] switch
            {
                "submitted" or "acknowledged" => Evidence.FileAcknowledged,
                "accepted" => Evidence.Accepted,
                "pending" => Evidence.Pending,
                "in_settlement" => Evidence.InSettlement,
                "paid" => Evidence.Settled,
                "paid_confirmed" => Evidence.Credited,
                "rejected" => Evidence.Rejected,
                "cancelled" => Evidence.CancelledByBank,
                _ => Evidence.None,
            };
            Assert.True(expected == BankStatuses.EvidenceOf(row["code"]), row["code"]);
        }

        Assert.Equal(Evidence.None, BankStatuses.EvidenceOf("ZZZZ"));
        Assert.Equal(Evidence.None, BankStatuses.EvidenceOf(null));
        foreach (var row in CodeLists.Read("payment-group-status"))
        {
            var expected = row["file_state"] switch
            {
                "file_rejected" => Evidence.Rejected,
                "file_partial" or "unchanged" or "unchanged_flag_name_mismatch" => Evidence.None,
                _ => Evidence.FileAcknowledged,
            };
            Assert.True(expected == BankStatuses.EvidenceOfGroup(row["code"]), row["code"]);
        }
    }
}
