using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>One-time benefits on a decision.</summary>
public class OneOffTests
{
    static Award Decided(string code, string on) => Ncc(code) with { DecidedOn = Day(on) };

    [Theory]
    [InlineData("NCC.1L.LIETSI", "2023-06-30", 32_480_000)] // 20 × 1,624,000
    [InlineData("NCC.1L.LIETSI", "2023-07-01", 41_100_000)] // 20 × 2,055,000
    [InlineData("NCC.1L.LIETSI", "2024-07-01", 55_780_000)] // 20 × 2,789,000
    [InlineData("NCC.1L.LIETSI.BAOTU", "2024-07-01", 2_789_000)]
    [InlineData("NCC.1L.BMVNAH", "2025-01-10", 55_780_000)]
    [InlineData("NCC.1L.AH", "2025-01-10", 55_780_000)]
    [InlineData("NCC.1L.TUDAY", "2025-01-10", 4_184_000)] // 1.5 × 2,789,000 = 4,183,500, rounded
    [InlineData("NCC.1L.THUONG.5_10", "2025-01-10", 11_156_000)] // 4 × 2,789,000
    [InlineData("NCC.1L.THUONG.16_20", "2025-01-10", 22_312_000)] // 8 × 2,789,000
    public void The_sum_is_that_of_the_month_of_the_decision(string code, string decided, long amount)
    {
        var due = Assert.Single(Person().With(Decided(code, decided)).Due(decided[..7]).Components);
        Assert.Equal((code, amount, true), (due.Component, due.Amount.Amount, due.IsOneOff));
    }

    [Fact]
    public void A_degree_outside_the_band_gets_nothing_of_it() =>
        Assert.Equal(NotDue.DegreeOutsideBand, Person().With(Decided("NCC.1L.THUONG.5_10", "2025-01-10") with { DegreePct = 15 }).Due("2025-01").Zero);

    [Theory]
    [InlineData(20, 8_370_000)] // 10 years × 837,000
    [InlineData(5, 2_092_500)] // 2.5 years × 837,000
    public void Resistance_service_counts_half_years(int halfYears, long amount)
    {
        var due = Assert.Single(Person().With(Decided("HDKC", "2025-01-10") with { ServiceHalfYears = halfYears }).Due("2025-01").Components);
        Assert.Equal(("NCC.1L.HDKC", amount), (due.Component, due.Amount.Amount));
        Assert.Contains("năm × 837.000", due.Explanation.Vi);
    }

    [Fact]
    public void A_helper_with_the_Resistance_Medal_gets_a_lump_sum() =>
        Assert.Equal(4_184_000, Person().With(Decided("GDCM", "2025-01-10") with { Decoration = "HC" }).Due("2025-01").Of("NCC.1L.GDCM.HC"));

    [Theory]
    [InlineData("BTXH.KC.THUONG", 2, 0)]
    [InlineData("BTXH.KC.THUONG", 3, 5_400_000)] // 10 × 540,000
    [InlineData("BTXH.KC.NHA1", null, 40_000_000)]
    [InlineData("BTXH.KC.MAITANG", null, 27_000_000)] // 50 × 540,000
    public void Emergency_relief_is_at_the_rate_of_the_event(string code, int? days, long amount)
    {
        var award = Btxh(code) with { EventOn = Day("2026-09-20"), DecidedOn = Day("2026-11-03"), TreatmentDays = days, DeceasedOn = Day("2026-09-20") };
        Assert.Equal(amount, Person().With(award).Due("2026-11").Total.Amount);
    }

    [Fact]
    public void A_raised_rate_of_the_past_is_owed_as_a_difference()
    {
        // 321/2026 counts from 1 July and is known from 1 October 2026: 20 × (3,012,000 − 2,789,000).
        var person = Person().With(Decided("NCC.1L.LIETSI", "2026-08-10"));
        var before = person.List("2026-09", [], "2026-08", "2026-08", Day("2026-08-25"));
        Assert.Equal(55_780_000, before.Total(LineKind.OneOff));
        var after = person.List("2026-11", before.NextListed, "2026-08", "2026-10", Day("2026-10-25"));
        Assert.Equal(4_460_000, after.Total(LineKind.Arrears));
    }

    [Theory]
    [InlineData("2025-10", 85, 13_945_000)] // 5 × 2,789,000
    [InlineData("2025-10", 40, 6_995_000)] // 5 × 1,399,000
    [InlineData("2025-11", 85, 0)]
    [InlineData("2026-03", 85, 13_945_000)]
    public void The_education_allowance_is_paid_in_two_rounds(string month, int parentPct, long amount) =>
        Assert.Equal(amount, (Person("2008-01-01") with { Studying = true }).With(Ncc("GIAODUC") with { DegreePct = parentPct }).Due(month).Total.Amount);
}
