using NodaTime;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

public class MatchingTests
{
    static readonly InstructionId Ours = new(40, new YearMonth(2026, 11), 1, 7, 1);
    static readonly BankTrust Trust = new(false, false, false);
    static readonly Book Orders = new();

    [Fact]
    public void An_id_is_found_by_the_first_step_of_the_ladder_that_has_one()
    {
        Assert.Equal(Ours, Matching.PaymentId(Ours.ToString(), null, null, null, out var rule));
        Assert.Equal(MatchRule.PaymentId, rule);
        Assert.Equal(Ours, Matching.PaymentId("THEIR-OWN-REFERENCE", Ours.ToString().ToLowerInvariant(), null, null, out _));
        Assert.Equal(Ours, Matching.PaymentId(null, null, $"HOAN TRA {Ours}TRO CAP T11", null, out rule));
        Assert.Equal(MatchRule.IdInText, rule);
        Assert.Null(Matching.PaymentId(null, null, $"{Ours.ToString()[..17]}0 TRO CAP", null, out _)); // a wrong check character
    }

    [Theory]
    [InlineData(500, true, EvidenceLevel.Statement, FactTarget.Attempt, Evidence.ReturnBooked)]
    [InlineData(490, true, EvidenceLevel.Statement, FactTarget.Attempt, Evidence.PartBooked)]
    [InlineData(501, true, EvidenceLevel.Statement, FactTarget.Suspense, Evidence.ReturnBooked)]
    [InlineData(500, true, EvidenceLevel.Notification, FactTarget.Attempt, Evidence.ReturnAnnounced)]
    [InlineData(500, false, EvidenceLevel.Statement, FactTarget.Attempt, Evidence.DebitBooked)]
    [InlineData(499, false, EvidenceLevel.Statement, FactTarget.Suspense, Evidence.DebitBooked)]
    public void A_booking_that_names_a_payment_must_fit_its_amount(long amountVnd, bool credit, EvidenceLevel level, FactTarget target, Evidence evidence)
    {
        var match = Matching.OfMoney(Money(amountVnd, credit) with { Id = Ours, Level = level }, Trust, Orders);
        Assert.Equal((target, evidence), (match.Row.Target, match.Evidence));
    }

    [Fact]
    public void What_is_only_expected_moves_no_money() =>
        Assert.Equal(Evidence.None, Matching.OfMoney(Money(500, true) with { Id = Ours, IsBooked = false }, Trust, Orders).Evidence);

    [Fact]
    public void An_id_of_another_province_or_one_never_given_out_waits_in_suspense()
    {
        Assert.Equal(FactTarget.Suspense, Matching.OfMoney(Money(500, true) with { Id = Ours with { ProvinceCode = 38 } }, Trust, Orders).Row.Target);
        Assert.Equal(MatchRule.NeverSent, Matching.OfMoney(Money(500, true) with { Id = Ours with { LineNo = 8 } }, Trust, Orders).Rule);
    }

    [Fact]
    public void A_batch_debit_is_matched_by_its_id_and_a_larger_one_waits()
    {
        Assert.Equal(FactTarget.Batch, Matching.OfMoney(Money(900, false) with { BatchId = "M-001" }, Trust, Orders).Row.Target);
        Assert.Equal(MatchRule.OtherAmount, Matching.OfMoney(Money(1001, false) with { BatchId = "M-001" }, Trust, Orders).Rule);
        Assert.Equal((short)2, Matching.OfMoney(Money(300, false) with { MessageId = "M" }, Trust, Orders).Row.Part); // MsgId and the one batch of this sum
        Assert.Equal(FactTarget.Suspense, Matching.OfMoney(Money(250, false) with { MessageId = "M" }, Trust, Orders).Row.Target);
    }

    [Fact]
    public void A_credit_that_could_be_a_return_is_never_taken_for_funding()
    {
        var credit = Money(500, true) with { Class = BookingClass.CreditTransferIn };
        Assert.Equal(MatchRule.Unknown, Matching.OfMoney(credit, Trust, Orders).Rule);
        Assert.Equal(MatchRule.Funding, Matching.OfMoney(credit with { AmountVnd = 50_000 }, Trust, Orders).Rule);
        Assert.Equal(MatchRule.Unknown, Matching.OfMoney(credit with { AmountVnd = 50_000, SaysReturned = true }, Trust, Orders).Rule);
        Assert.Equal(MatchRule.Charge, Matching.OfMoney(Money(5, false) with { Class = BookingClass.Charge }, Trust, Orders).Rule);
    }

    [Fact]
    public void Two_equal_payments_on_one_day_are_two_and_the_same_one_told_again_is_one()
    {
        var day = new LocalDate(2026, 11, 3);
        var first = EventKey.Of("1", day, day, 500, true, "REF", 1);
        Assert.Equal(first, EventKey.Of("1", day, day, 500, true, "REF", 1));
        Assert.NotEqual(first, EventKey.Of("1", day, day, 500, true, "REF", 2));
        Assert.NotEqual(first, EventKey.Of("1", day, day.PlusDays(1), 500, true, "REF", 1));
    }

    [Theory]
    [InlineData("ACSC", EvidenceLevel.Transaction, false, Evidence.InSettlement)]
    [InlineData("ACSC", EvidenceLevel.Transaction, true, Evidence.Settled)]
    [InlineData("ACSC", EvidenceLevel.File, true, Evidence.FileAcknowledged)]
    [InlineData("ACCC", EvidenceLevel.Batch, false, Evidence.FileAcknowledged)]
    [InlineData("RJCT", EvidenceLevel.Batch, false, Evidence.Rejected)]
    [InlineData("PART", EvidenceLevel.File, false, Evidence.None)]
    [InlineData(null, EvidenceLevel.File, false, Evidence.None)]
    public void A_status_is_evidence_of_its_level(string? code, EvidenceLevel level, bool settledCounts, Evidence evidence)
    {
        Assert.Equal(evidence, StatusEvidence.Of(code, level, settledCounts, false, out var finding));
        Assert.Null(finding);
    }

    [Fact]
    public void An_unknown_status_is_kept_flagged_and_changes_nothing()
    {
        Assert.Equal(Evidence.None, StatusEvidence.Of("QQQQ", EvidenceLevel.Transaction, true, true, out var finding));
        Assert.NotNull(finding);
        Assert.Equal(Evidence.None, StatusEvidence.Of("RVMC", EvidenceLevel.File, true, true, out finding));
        Assert.NotNull(finding);
    }

    static Observation Money(long amountVnd, bool credit) => new() { IsMoney = true, IsBooked = true, IsCredit = credit, AmountVnd = amountVnd, Level = EvidenceLevel.Statement };

    sealed class Book : IOrderBook
    {
        static readonly OrderedFile Sent = new(202611, 1, "M", 3, 1600, [new(202611, 1, 1, "M-001", 1, 1000), new(202611, 1, 2, "M-002", 1, 300), new(202611, 1, 3, "M-003", 1, 301)]);

        public short ProvinceCode => 40;

        public long LargestPaymentVnd => 1000;

        public bool TryFind(InstructionId id, out OrderedPayment payment)
        {
            payment = new OrderedPayment(500, 202611, 1, 1);
            return id == Ours;
        }

        public OrderedFile? File(string id) => id == "M" || Sent.Batches.Any(batch => batch.BatchId == id) ? Sent : null;

        public OrderedFile? FileOf(InstructionId id) => id == Ours ? Sent : null;
    }
}
