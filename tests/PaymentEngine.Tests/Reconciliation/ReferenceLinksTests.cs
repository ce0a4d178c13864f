using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

public class ReferenceLinksTests
{
    static FactRow Attempt(int line) => new(FactTarget.Attempt, 202611, 1, line, 1);

    static readonly FactRow Batch = new(FactTarget.Batch, 202611, 0, 1, 1);

    static ReferenceWord Named(int entry, FactRow row, Evidence evidence, long amountVnd, long targetVnd, EvidenceLevel level = EvidenceLevel.Notification) => new(1, entry, 0, "970415:R", row, evidence, level, amountVnd, targetVnd);

    static ReferenceWord Open(Evidence evidence, long amountVnd) => new(2, 1, 0, "970415:R", FactRow.Suspense, evidence, EvidenceLevel.Statement, amountVnd, 0);

    [Fact]
    public void A_total_is_the_batch_whose_details_have_its_reference_and_never_more_than_the_batch()
    {
        Assert.Equal(Batch, Assert.Single(ReferenceLinks.Of([Open(Evidence.DebitBooked, 900), Named(1, Batch, Evidence.DebitBooked, 900, 900)])).Row);
        Assert.Empty(ReferenceLinks.Of([Open(Evidence.DebitBooked, 901), Named(1, Batch, Evidence.DebitBooked, 900, 900)]));
    }

    [Fact]
    public void A_credit_with_the_reference_of_one_debit_is_that_payment_back_whole_or_in_part()
    {
        Assert.Equal(Evidence.ReturnBooked, Assert.Single(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 500), Named(1, Attempt(1), Evidence.DebitBooked, 500, 500)])).Evidence);
        Assert.Equal(Evidence.PartBooked, Assert.Single(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 490), Named(1, Attempt(1), Evidence.InSettlement, 0, 500, EvidenceLevel.Transaction)])).Evidence);
        Assert.Equal(Evidence.ReturnAnnounced, Assert.Single(ReferenceLinks.Of([Open(Evidence.ReturnAnnounced, 490), Named(1, Attempt(1), Evidence.DebitBooked, 500, 500)])).Evidence);
        Assert.Empty(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 501), Named(1, Attempt(1), Evidence.DebitBooked, 500, 500)]));
        Assert.Empty(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 500), Named(1, Attempt(1), Evidence.DebitBooked, 500, 500), Named(2, Attempt(2), Evidence.DebitBooked, 500, 500)])); // of two: nobody may guess
    }

    [Fact]
    public void A_lump_is_split_when_the_returns_told_one_by_one_make_it_up()
    {
        var lump = Assert.Single(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 990), Named(1, Attempt(2), Evidence.ReturnAnnounced, 490, 500), Named(2, Attempt(1), Evidence.ReturnAnnounced, 500, 500)]));
        Assert.Equal([new MatchPart(Attempt(1), 500, Evidence.ReturnBooked), new MatchPart(Attempt(2), 490, Evidence.PartBooked)], lump.Parts);
        Assert.Empty(ReferenceLinks.Of([Open(Evidence.ReturnBooked, 991), Named(1, Attempt(2), Evidence.ReturnAnnounced, 490, 500), Named(2, Attempt(1), Evidence.ReturnAnnounced, 500, 500)]));
    }

    [Fact]
    public void The_order_and_repetition_of_the_words_do_not_matter() => Prop.ForAll<int>(seed =>
    {
        var random = new SeededRandom((ulong)Math.Abs((long)seed));
        var words = Enumerable.Range(1, 6).Select(i => random.Below(3) == 0 ? Open(random.Pick([Evidence.DebitBooked, Evidence.ReturnBooked]), random.Between(1, 3) * 100) with { EntryNo = i }
            : Named(i, random.Chance(2000) ? Batch : Attempt(random.Between(1, 3)), random.Pick([Evidence.DebitBooked, Evidence.ReturnAnnounced, Evidence.InSettlement]), 100, random.Between(1, 2) * 100)).ToList();
        // What a row is worth is fixed: the same row has the same sum in every word.
        words = [.. words.Select(word => word with { TargetVnd = word.Row.Target == FactTarget.Batch ? 300 : word.Row.No * 100 })];
        static string Text(IEnumerable<ReferenceLink> links) => string.Join(';', links.OrderBy(link => link.EntryNo).Select(link => $"{link.EntryNo} {link.Row} {link.Evidence} {string.Join(',', link.Parts)}"));
        var turned = words.AsEnumerable().Reverse().ToList();
        return Text(ReferenceLinks.Of(words)) == Text(ReferenceLinks.Of(turned));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_one_combination_is_proposed_and_the_search_is_bounded()
    {
        Assert.Equal([0, 2], MatchProposals.OnlyCombination([500, 600, 700], 1200)!);
        Assert.Null(MatchProposals.OnlyCombination([500, 600, 700, 600], 1200)); // 500 + 700, or 600 + 600
        Assert.Null(MatchProposals.OnlyCombination([500, 500, 700], 1200));
        Assert.Null(MatchProposals.OnlyCombination([1200, 600], 1200)); // one payment is no combination
        Assert.Null(MatchProposals.OnlyCombination([], 0));
        Assert.Null(MatchProposals.OnlyCombination([.. Enumerable.Range(1, 40).Select(i => (long)i * 1_001)], 400_400)); // far too many to look through
        Assert.Null(MatchProposals.OnlyCombination([.. Enumerable.Repeat(1L, 41)], 5));
    }

    [Fact]
    public void Names_are_compared_without_marks_case_and_signs()
    {
        Assert.True(MatchProposals.SameName("Nguyễn Thị Đào", "NGUYEN THI DAO"));
        Assert.False(MatchProposals.SameName("Nguyễn Thị Đào", "NGUYEN THI HOA"));
        Assert.False(MatchProposals.SameName("", "-"));
    }

    [Fact]
    public void A_uetr_of_ours_is_the_first_step_of_the_ladder()
    {
        var ours = new InstructionId(40, new YearMonth(2026, 11), 1, 7, 1);
        var other = ours with { LineNo = 8 };
        Assert.Equal(ours, Matching.PaymentId(other.ToString(), null, null, null, out var rule, Uetr.Of(ours)));
        Assert.Equal(MatchRule.Uetr, rule);
        Assert.Equal(other, Matching.PaymentId(other.ToString(), null, null, null, out rule, "0b9d8c1e-7a55-4f3c-9d1e-3f2a1b0c9d8e")); // somebody else's
        Assert.Equal(MatchRule.PaymentId, rule);
    }

    [Fact]
    public void A_number_that_is_missing_between_two_statements_is_a_gap()
    {
        static Proof.StatementDays On(int from, int to, long? number) => new(new LocalDate(2026, 11, from), new LocalDate(2026, 11, to), null, null, number);
        Assert.False(Proof.IsGap(On(2, 2, 10), On(3, 3, 11)));
        Assert.True(Proof.IsGap(On(2, 2, 10), On(3, 3, 12)));
        Assert.False(Proof.IsGap(On(6, 6, 10), On(9, 9, 13))); // numbered by the day, over a week-end
        Assert.False(Proof.IsGap(On(2, 2, 365), On(3, 3, 1)));
        Assert.False(Proof.IsGap(On(2, 2, null), On(3, 3, 12)));
        Assert.False(Proof.Complete([On(2, 2, 10), On(3, 3, 12)], new LocalDate(2026, 11, 2), new LocalDate(2026, 11, 3), _ => true));
        Assert.True(Proof.Complete([On(3, 3, 12), On(2, 2, 10), On(2, 2, 11)], new LocalDate(2026, 11, 2), new LocalDate(2026, 11, 3), _ => true));
    }

    [Theory]
    [InlineData(500, 0, FactTarget.Attempt)]
    [InlineData(499, 0, FactTarget.Suspense)]
    [InlineData(499, 1, FactTarget.Attempt)]
    [InlineData(501, 1, FactTarget.Attempt)]
    [InlineData(502, 1, FactTarget.Suspense)]
    public void Only_the_banks_profile_gives_tolerance(long amountVnd, long toleranceVnd, FactTarget target)
    {
        var seen = new Observation { IsMoney = true, IsBooked = true, AmountVnd = amountVnd, Level = EvidenceLevel.Statement, Id = new InstructionId(40, new YearMonth(2026, 11), 1, 7, 1) };
        Assert.Equal(target, Matching.OfMoney(seen, new BankTrust(false, false, false) { ToleranceVnd = toleranceVnd }, new OneOrder()).Row.Target);
    }

    sealed class OneOrder : IOrderBook
    {
        public short ProvinceCode => 40;

        public long LargestPaymentVnd => 500;

        public bool TryFind(InstructionId id, out OrderedPayment payment)
        {
            payment = new OrderedPayment(500, 202611, 1, 1);
            return true;
        }

        public OrderedFile? File(string id) => null;

        public OrderedFile? FileOf(InstructionId id) => null;
    }
}
