namespace PaymentEngine.Tests.Situations;

public class SituationFileTests
{
    static readonly string[] Good =
    [
        "as of: 2026-11-21",
        "== A child without parents turns four",
        "law: 20/2021/NĐ-CP, Điều 6.1a",
        "people: p1, birth 2021-05-17",
        "awards: a1 of p1, BTXH k1, decided_on 2021-07-10",
        "month: 2025-04 to 2025-05",
        "  1250000 = 2.5 × 500000  tro_cap a1  20/2021/NĐ-CP, Điều 6.1a",
    ];

    [Fact]
    public void A_situation_is_read_with_its_facts_its_month_and_its_expected_lines()
    {
        var situation = Assert.Single(SituationFile.Read("a.txt", Good));
        Assert.Equal("month 2025-04 to 2025-05 of p1 as of 2026-11-21", situation.Question.ToString());
        var line = Assert.Single(situation.Expected);
        Assert.Equal((1_250_000, "tro_cap", "a1"), (line.AmountVnd, line.Component, line.AwardId));
        Assert.Equal([new LegalCitation("20/2021", "Điều 6.1a")], line.Law);
    }

    [Theory]
    [InlineData(1, "people: p1, birth 2021-05-17", "a situation starts with ==")]
    [InlineData(3, "laws: 20/2021/NĐ-CP, Điều 6.1a", "'laws' is no word of the form")]
    [InlineData(3, "law: 21/2021/NĐ-CP, Điều 6.1a", "'21/2021' is no act the situations know")]
    [InlineData(3, "law: Điều 6.1a", "does not name an act and an article")]
    [InlineData(4, "people: p1, born 2021-05-17", "'born' is no column of people.csv")]
    [InlineData(5, "awards: a1, BTXH k1", "an award is written")]
    [InlineData(5, "awards: a1 of p1, BTXH k1, pct 30", "'pct' is no column of awards.csv")]
    [InlineData(6, "month: 2025-04 of p2", "nobody is called 'p2'")]
    [InlineData(6, "month: 2025-05 to 2025-04", "a range goes from an earlier to a later month")]
    [InlineData(6, "month: May 2025", "a question is written")]
    [InlineData(7, "  1250000 = 2.5 × 360000  tro_cap", "2.5 × 360000 is 900000.0, not 1250000")]
    [InlineData(7, "  1250000 = two and a half  tro_cap", "is no arithmetic at character 1")]
    [InlineData(7, "  1250000 = 2.5 × 500000  trocap", "'trocap' is no benefit_kind or benefit_code")]
    [InlineData(7, "  1250000 = 2.5 × 500000  tro_cap a2", "'a2' is neither an award")]
    [InlineData(7, "  1250000 tro_cap", "an expected line is")]
    [InlineData(7, "  0 because the sun shines", "'the sun shines' is no reason")]
    public void A_word_the_form_does_not_know_is_refused_with_its_line(int number, string line, string why)
    {
        string[] lines = [.. Good];
        lines[number - 1] = line;
        var refused = Assert.Throws<FormatException>(() => SituationFile.Read("a.txt", lines));
        Assert.StartsWith(FormattableString.Invariant($"a.txt:{number}: "), refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_situation_without_a_month_or_a_month_without_a_line_is_refused()
    {
        Assert.Contains("asks for no month", Assert.Throws<FormatException>(() => SituationFile.Read("a.txt", Good[..5])).Message, StringComparison.Ordinal);
        Assert.Contains("a.txt:6: a month without an expected line", Assert.Throws<FormatException>(() => SituationFile.Read("a.txt", Good[..6])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3 × (7601000 + 1399000)", "27000000")]
    [InlineData("4110000 + 2 × 5578000", "15266000")]
    [InlineData("0 − 2789000", "-2789000")]
    [InlineData("0.3 × 2789000 × 2.5", "2091750")]
    public void Arithmetic_is_computed_exactly(string text, string value) =>
        Assert.Equal(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture), Arithmetic.Value(text));

    [Fact]
    public void Thousands_are_rounded_half_away_from_zero()
    {
        Assert.Equal(3_083_000, Arithmetic.ToThousands(3_082_500));
        Assert.Equal(4_346_000, Arithmetic.ToThousands(4_345_920));
    }

    [Theory]
    [InlineData("131/2021/NĐ-CP, Điều 8, 13; 335/2026/NĐ-CP, Điều 4.2 và Điều 32.3", "131/2021, Điều 8|131/2021, Điều 13|335/2026, Điều 4.2|335/2026, Điều 32.3")]
    [InlineData("Luật BHXH 41/2024/QH15, Điều 21-23", "41/2024, Điều 21|41/2024, Điều 22|41/2024, Điều 23")]
    [InlineData("335/2026/NĐ-CP, Điều 17.2a-b", "335/2026, Điều 17.2a|335/2026, Điều 17.2b")]
    [InlineData("335/2026/NĐ-CP, Điều 31.1 (sửa Điều 3.1 Nghị định 176/2025/NĐ-CP) và Điều 32.3", "335/2026, Điều 31.1|335/2026, Điều 3.1|335/2026, Điều 32.3")]
    [InlineData("75/2021/NĐ-CP, Phụ lục I, mục 6.2 of 01/07/2021; 321/2026/NĐ-CP", "75/2021, Phụ lục I|75/2021, mục 6.2|321/2026")]
    [InlineData("from 81 % (Điều 24.1d of the Ordinance)", "Điều 24.1d|02/2020")]
    public void Articles_are_found_in_a_citation(string text, string expected) =>
        Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), LegalCitations.Find(text).Where(c => c.Act != "176/2025").Select(citation => citation.ToString()).Order(StringComparer.Ordinal));
}
