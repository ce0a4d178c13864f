using System.Collections.Frozen;
using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>All values of the law, and the hash of what they were read from.</summary>
public sealed class LawBook
{
    readonly FrozenSet<string> oneTimeCodes;
    readonly FrozenSet<string> programmeCodes;

    public LawBook(IReadOnlyList<LawRow> rows, string contentHash)
    {
        Rows = rows;
        Standards = [.. rows.OfType<LawStandard>()];
        Rates = [.. rows.OfType<LawRate>()];
        Parameters = [.. rows.OfType<LawParameter>()];
        OneTimeBenefits = [.. rows.OfType<OneTimeBenefit>()];
        ContentHash = contentHash;
        KnowledgeDays = [.. rows.SelectMany(row => row.EndInForce is { } end ? [row.InForce, end] : new[] { row.InForce }).Distinct().Order()];
        Programmes = [.. rows.OfType<LawProgramme>()];
        programmeCodes = Programmes.Select(row => row.ProgrammeCode).ToFrozenSet(StringComparer.Ordinal);
        oneTimeCodes = OneTimeBenefits.Select(row => row.BenefitCode).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Every row of every shape.</summary>
    public IReadOnlyList<LawRow> Rows { get; }

    public IReadOnlyList<LawStandard> Standards { get; }

    public IReadOnlyList<LawRate> Rates { get; }

    public IReadOnlyList<LawParameter> Parameters { get; }

    public IReadOnlyList<OneTimeBenefit> OneTimeBenefits { get; }

    /// <summary>SHA-256 over what the book was read from (the release's files, then each load by its digest), lower-case hex: two runs with the same hash used the same law.</summary>
    public string ContentHash { get; }

    /// <summary>The days on which what is known of the law changes, ascending. Two readings with no such day between them are the same.</summary>
    public IReadOnlyList<LocalDate> KnowledgeDays { get; }

    /// <summary>Benefits declared by a formula.</summary>
    public IReadOnlyList<LawProgramme> Programmes { get; }

    /// <summary>Is the code one of the benefits declared by a formula, of any period?</summary>
    public bool IsProgramme(string programmeCode) => programmeCodes.Contains(programmeCode);

    /// <summary>Is the code one of the one-time benefits, of any period?</summary>
    public bool IsOneTime(string benefitCode) => oneTimeCodes.Contains(benefitCode);

    /// <summary>The law of one month in one province, as known on one day.</summary>
    /// <param name="month">The month the money is for.</param>
    /// <param name="asOf">Only acts in force by this day are known (55/2023/NĐ-CP counts from 01/07/2023 but is known from 05/09/2023).</param>
    /// <param name="provinceCode">Whose local standards count.</param>
    /// <param name="local">Standards of any provinces; the higher of the national and the province's own counts
    /// (20/2021/NĐ-CP, Điều 4.3; 335/2026/NĐ-CP, Điều 4.3).</param>
    public MonthLaw Compile(YearMonth month, LocalDate asOf, string provinceCode, IReadOnlyList<LocalStandard> local) =>
        MonthLaw.Compile(this, month, asOf, provinceCode, local);

    /// <summary>What keeps local standards from being used: a standard that a coefficient does not turn into whole đồng, or an unknown code.</summary>
    public IReadOnlyList<Problem> Check(IReadOnlyList<LocalStandard> local)
    {
        var problems = new List<Problem>();
        foreach (var row in local)
        {
            var broken = Rates.FirstOrDefault(rate => rate.StandardCode == row.StandardCode && rate.Coefficient is { } coefficient && row.Amount.Amount * coefficient.Hundredths % 100 != 0);
            if (broken is not null)
            {
                problems.Add(new Problem("local_standard.fractional", $"{row.StandardCode} {row.Amount} of province {row.ProvinceCode}: times {broken.Coefficient} is not a whole sum.",
                    "The law gives no rounding rule: use the figure of the resolution, in whole thousands."));
            }
        }

        return problems;
    }

    /// <summary>The row of each code that counts for the month as known on the day: national ones (place null), or those of one province.</summary>
    internal static IEnumerable<TRow> Counting<TRow>(IReadOnlyList<TRow> rows, string? place, YearMonth month, LocalDate asOf)
        where TRow : LawRow
    {
        var chosen = new Dictionary<string, TRow>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Place != place || !row.CountsFor(month, asOf)) continue;
            if (!chosen.TryGetValue(row.Code, out var other) || row.IsNewerThan(other)) chosen[row.Code] = row;
        }

        return chosen.Values;
    }
}
