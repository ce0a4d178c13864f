using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>The second computation of a plan (PAYENGINE_PROVE_KERNEL=1): where kernel and rules differ, nobody is paid by either.</summary>
public class KernelProofTests
{
    static readonly LocalStandard Higher = new("40", "BTXH_STD", new Vnd(600_000), Day("2026-07-01"), null, "12/2026/NQ-HĐND", LawStatus.Verified);

    /// <summary>A severely disabled adult, computed by the rules at 540,000, and by tables compiled at the standard given.</summary>
    static KernelProof Proof(params LocalStandard[] tables)
    {
        var month = new NodaTime.YearMonth(2026, 11);
        var person = (Person("1980-01-01") with { Disability = Disability.Severe }).With(Btxh("k6"));
        var list = MonthList.For(person, month, month, null, of => Cases.Law.Compile(of, Now, "40", []), [], Finder(person));
        var proof = new KernelProof(DenseLaw.Compile(month, month, of => Cases.Law.Compile(of, Now, "40", tables)));
        Assert.Equal(HandOver.None, proof.Add(person, null, [], Finder(person), list));
        return proof;
    }

    [Fact]
    public void Tables_of_the_same_law_agree()
    {
        var tally = new KernelTally();
        tally.Compare(Proof(), 1);
        Assert.Equal((1, 0), (tally.Compared, tally.LeftToRules));
    }

    [Fact]
    public void A_table_of_another_law_is_named_with_both_sums()
    {
        // 1.5 × 540,000 by the rules, 1.5 × 600,000 by the tables.
        var difference = Assert.Single(Proof(Higher).Compare());
        Assert.Equal(new KernelDifference("p1", "a1", "tro_cap", "due", 810_000, 900_000), difference);
        Assert.Contains("810000", difference.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_stops_the_plan_before_its_partition_is_written()
    {
        var tally = new KernelTally();
        Assert.Contains("disagree on 1 sums", Assert.Throws<InvalidOperationException>(() => tally.Compare(Proof(Higher), 1)).Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (tally.Compared, tally.LeftToRules));
    }
}
