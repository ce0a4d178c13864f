using System.Globalization;
using System.Text.RegularExpressions;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>The figures of every sentence, read back out of it, come to the amount: in Vietnamese and in English.</summary>
public partial class SentenceTests
{
    static readonly RegisterPerson Dead = (Person("1950-05-05", "dead") with { Death = Day("2025-02-14") }).With(Ncc("TB", "tb") with { PersonId = "dead", Class = InvalidClass.A, DegreePct = 85, AtHome = true });

    static readonly PersonFacts Poor = Person("1940-01-01") with
    {
        Poverty = Poverty.Poor, Disability = Disability.ExtremelySevere, SpecialArea = true, Studying = true, Alone = Aloneness.Alone, Sex = Sex.Female,
    };

    /// <summary>One person for each kind of line: every category, one-off, yearly and declared programme.</summary>
    static IEnumerable<(RegisterPerson Person, RegisterPerson[] Others)> Everybody()
    {
        foreach (var category in new[] { "BMVNAH", "AHLLVT", "TIENKN45", "TUDAY", "LIETSI.VCTAIGIA" }) yield return (Poor.With(Ncc(category) with { AtHome = true }), []);
        yield return (Poor.With(Ncc("TB") with { Class = InvalidClass.A, DegreePct = 85, AtHome = true }, Ncc("CDHH", "a2") with { DegreePct = 85, AtHome = true, Special = true }, Ncc("BB", "a3") with { DegreePct = 91, AtHome = true }), []);
        yield return (Poor.With(Ncc("TIENKN") with { FullTime = true, SeniorityUnits = 4 }), []);
        yield return (Poor.With(Ncc("LIETSI.TN") with { Martyrs = 4, Relation = Relation.Parent }), []);
        yield return (Poor.With(Ncc("GDCM") with { Decoration = "KNC" }), []);
        yield return (Poor.With([.. new[] { "s1", "s2", "s3" }.Select(id => Ncc("SURVIVOR", id) with { DeceasedId = id, DeceasedCategory = "TB", DeceasedPct = 75, Relation = Relation.Spouse })]), []);
        yield return (Poor.With(Btxh("k5a"), Btxh("k6", "a2"), Btxh("k8", "a3"), Htxh("2025-07-01")), []);
        yield return (Poor.With(Btxh("k4") with { Children = 3 }, Btxh("k6", "a2")), []);
        yield return (Poor.With(Htxh("2025-07-01")), []);
        yield return ((Person("2020-01-01") with { Poverty = Poverty.Near, SpecialArea = true }).With(Btxh("k1"), Btxh("k7", "a2")), []);
        yield return (Poor.With(Ncc("NCC.CHET.3THANG") with { DeceasedId = "dead", DecidedOn = Day("2025-05-05") }, Ncc("NCC.MAITANG", "a2") with { DeceasedId = "dead", DecidedOn = Day("2025-05-05") }), [Dead]);
        foreach (var row in Cases.Law.OneTimeBenefits.Where(row => row.Amount is not null && !DeathCodes.Contains(row.BenefitCode)).DistinctBy(row => row.BenefitCode))
        {
            yield return (Poor.With((row.Programme == Programme.Btxh ? Btxh(row.BenefitCode) : Ncc(row.BenefitCode)) with
            {
                DecidedOn = Day("2025-05-05"), EventOn = Day("2025-05-01"), TreatmentDays = 5, ServiceHalfYears = 7, DeceasedOn = Day("2025-05-01"), Martyrs = 2,
            }), []);
        }

        yield return (Poor.With(new Award { AwardId = "a1", PersonId = "p1", Programme = Programme.Khac, Category = "KHAC.TCTN.V1", DecidedOn = Day("2025-02-10"), DeclaredWageVnd = 60_000_001 }), []);
        yield return (Poor.With(new Award { AwardId = "a1", PersonId = "p1", Programme = Programme.Khac, Category = "KHAC.TCTN.LCS", DecidedOn = Day("2025-02-10"), DeclaredWageVnd = 9_000_001 }), []);
        yield return (Poor.With(Ncc("NCC.THOCUNG") with { DecidedOn = Day("2025-05-05"), Martyrs = 3 }), []);
        yield return (Poor.With(Ncc("GIAODUC")), []);
    }

    static readonly string[] DeathCodes = ["NCC.MAITANG", "BTXH.MAITANG", "BTXH.MAITANG.COSO", "HTXH.MAITANG"];

    [Fact]
    public void The_figures_of_every_sentence_come_to_the_amount()
    {
        var (lines, rules) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var (person, others) in Everybody())
        {
            foreach (var month in new[] { "2022-02", "2023-08", "2025-05", "2025-07", "2025-10", "2026-07", "2026-02" })
            {
                foreach (var due in person.Due(month, null, others).Components)
                {
                    Recomputes(due.Explanation, due.Amount);
                    rules.Add(due.Explanation.Rule);
                    lines++;
                }
            }
        }

        Assert.True(lines > 150 && rules.Count > 55, $"{lines} lines of {rules.Count} rules");
    }

    [Fact]
    public void Arrears_and_recoupments_say_month_due_listed_and_difference()
    {
        var person = (Person("1950-11-05") with { Poverty = Poverty.Poor }).With(Btxh("k5a"));
        var arrears = person.List("2026-11", [Listed("a1", "tro_cap", "2026-07", null, 750_000)], "2026-07", "2026-10").Lines.First(line => line.Kind == LineKind.Arrears);
        Assert.StartsWith("Truy lĩnh tháng 07/2026: được hưởng 1.080.000 ₫, đã lập danh sách 750.000 ₫, còn thiếu 330.000 ₫.", arrears.Explanation.Vi, StringComparison.Ordinal);
        Assert.StartsWith("Arrears of 2026-07: VND 1,080,000 is due, VND 750,000 was listed, VND 330,000 is missing.", arrears.Explanation.En, StringComparison.Ordinal);
        // The provisions on arrears of people with merit are not those of social protection.
        Assert.DoesNotContain("131/2021", arrears.Explanation.Citation, StringComparison.Ordinal);
        Assert.Contains("335/2026/NĐ-CP, Điều 28", arrears.Explanation.Citation, StringComparison.Ordinal);
        var recoupment = person.List("2026-11", [Listed("a1", "tro_cap", "2026-10", "2026-10", 1_250_000)], "2026-10", "2026-10").Lines.First(line => line.Kind == LineKind.Recoupment);
        Assert.Contains("tháng 10/2026: được hưởng 1.080.000 ₫, đã lập danh sách 1.250.000 ₫; khấu trừ 170.000 ₫", recoupment.Explanation.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unverified_figure_says_so_in_its_sentence()
    {
        var due = Person().With(Ncc("TB") with { Class = InvalidClass.A, DegreePct = 45 }).Due("2026-07").Components[0];
        Assert.Contains("chưa đối chiếu với văn bản (derived-unverified)", due.Explanation.Vi, StringComparison.Ordinal);
        Assert.DoesNotContain("chưa đối chiếu", Person().With(Ncc("TUDAY")).Due("2025-05").Components[0].Explanation.Vi, StringComparison.Ordinal);
    }

    static void Recomputes(Explanation why, Vnd amount)
    {
        foreach (var (text, isVietnamese) in new[] { (why.Vi, true), (why.En, false) })
        {
            var figures = (isVietnamese ? FiguresVi() : FiguresEn()).Match(text);
            Assert.True(figures.Success, text);
            var total = Number(figures.Groups["total"].Value, isVietnamese);
            Assert.Equal(amount.Amount, total);
            if (figures.Groups["terms"].Value is not { Length: > 0 } terms) continue;
            var exact = Evaluate(terms, isVietnamese);
            // What is rounded says so, and is rounded to thousands or to the đồng.
            var isRounded = terms.Contains("làm tròn", StringComparison.Ordinal) || terms.Contains("rounded", StringComparison.Ordinal);
            var isCut = terms.Contains("bỏ số lẻ", StringComparison.Ordinal) || terms.Contains("fraction dropped", StringComparison.Ordinal);
            var expected = isRounded ? Math.Round(exact / 1000, MidpointRounding.AwayFromZero) * 1000 : isCut ? decimal.Truncate(exact) : exact;
            Assert.True(expected == total, $"{text}: {exact}");
        }
    }

    /// <summary>Sums of products with brackets, after the words are taken out.</summary>
    static decimal Evaluate(string terms, bool isVietnamese)
    {
        var plain = Words().Replace(terms, "");
        plain = isVietnamese ? plain.Replace(".", "", StringComparison.Ordinal).Replace(',', '.') : plain.Replace(",", "", StringComparison.Ordinal);
        return Situations.Arithmetic.Value(Percent().Replace(plain, "$1 × 0.01").Trim(' ', '.'));
    }

    static long Number(string text, bool isVietnamese) => long.Parse(text.Replace(isVietnamese ? "." : ",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture);

    // name: terms = total.  The name may hold colons; the terms hold none.
    [GeneratedRegex(@"^.*?: (?:(?<terms>[^:]*?) = )?(?<total>[\d.]+) ₫\.")]
    private static partial Regex FiguresVi();

    [GeneratedRegex(@"^.*?: (?:(?<terms>[^:]*?) = )?VND (?<total>[\d,]+)\.")]
    private static partial Regex FiguresEn();

    [GeneratedRegex(@"hệ số|mức chuẩn|coefficient|standard|₫|VND|năm|years|tháng|months|, làm tròn|, rounded|, bỏ số lẻ|, fraction dropped")]
    private static partial Regex Words();

    [GeneratedRegex(@"(\d+)%")]
    private static partial Regex Percent();
}
