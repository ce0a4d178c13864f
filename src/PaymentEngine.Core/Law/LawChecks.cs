using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>What keeps rows of the law from standing together in one book. Each problem has the place of the row that was read later.</summary>
public static class LawChecks
{
    const string ByResolution = "Only the social standards and levels are floors (20/2021/NĐ-CP, Điều 4.3; 335/2026/NĐ-CP, Điều 4.3): write national.";

    /// <summary>All problems of the rows: duplicates, periods that overlap or run backwards, degrees and ages covered twice, unknown standards, sums that are not whole.</summary>
    /// <param name="rows">In the order in which they were read.</param>
    public static IReadOnlyList<Problem> Of(IReadOnlyList<LawRow> rows)
    {
        var problems = new List<Problem>();
        var order = new Dictionary<LawRow, int>(rows.Count, ReferenceEqualityComparer.Instance);
        foreach (var row in rows)
        {
            order[row] = order.Count;
            CheckAlone(row, problems);
        }

        LawRow ReadLater(LawRow one, LawRow other) => order[one] > order[other] ? one : other;
        var standards = rows.OfType<LawStandard>().ToLookup(row => row.StandardCode, StringComparer.Ordinal);
        foreach (var row in rows) CheckProducts(row, standards, ReadLater, problems);
        foreach (var chain in rows.GroupBy(row => row.Key with { AppliesFrom = default })) CheckChain(chain, ReadLater, problems);
        foreach (var group in rows.OfType<LawRate>().GroupBy(rate => (rate.Group, rate.Place))) CheckBands([.. group], ReadLater, problems);
        return problems;
    }

    static void CheckAlone(LawRow row, List<Problem> problems)
    {
        if (row.AppliesTo < row.AppliesFrom)
            problems.Add(At(row, "applies_to", new Problem("law.period_backwards", $"{row.Code} counts to {row.AppliesTo:uuuu-MM-dd}, before it begins on {row.AppliesFrom:uuuu-MM-dd}.", "Write the last day the value counts for, or leave it empty while it is open.")));
        if (row is { EndInForce: not null, AppliesTo: null })
            problems.Add(At(row, "end_in_force", new Problem("law.end_without_day", $"{row.Code} names the act that ended it, but no last day.", "Write the last day in applies_to, or leave end_in_force empty.")));
        if (row.Place is not null && !MayBeRaised(row))
            problems.Add(At(row, "place", new Problem("law.place_not_allowed", $"{row.Code} is the same in every province; the row is of province {row.Place}.", ByResolution)));
    }

    /// <summary>The social levels are floors a province may raise; the NCC tables, the base salary and numbers that are not money are the same everywhere.</summary>
    static bool MayBeRaised(LawRow row) => row switch
    {
        LawStandard standard => standard.StandardCode is StandardCodes.SocialProtection or StandardCodes.SocialPension,
        LawRate rate => rate.StandardCode is StandardCodes.SocialProtection or StandardCodes.SocialPension,
        OneTimeBenefit benefit => benefit.Programme != Programme.Ncc,
        _ => false,
    };

    /// <summary>A coefficient times any standard it can meet must be a whole sum, because the law gives no rounding rule for it.</summary>
    static void CheckProducts(LawRow row, ILookup<string, LawStandard> standards, Func<LawRow, LawRow, LawRow> readLater, List<Problem> problems)
    {
        var (code, coefficient) = row switch
        {
            LawRate rate => (rate.StandardCode, rate.Coefficient),
            LawProgramme { Formula: ProgrammeFormula.Coefficient } programme => (programme.StandardCode, programme.Factor),
            OneTimeBenefit { Amount: null } benefit when standards.Contains(benefit.Basis) => (benefit.Basis, benefit.Multiple),
            _ => (null, null),
        };
        if (coefficient is not { } times) return;
        if (!standards.Contains(code ?? ""))
        {
            problems.Add(At(row, "standard_code", new Problem("law.unknown_standard", $"{row.Code}: there is no standard '{code}'.", $"Use one of {string.Join(", ", standards.Select(known => known.Key))}.")));
            return;
        }

        foreach (var standard in standards[code!])
        {
            if (standard.Amount.Amount * times.Hundredths % 100 == 0) continue;
            var at = readLater(row, standard);
            problems.Add(At(at, at is LawStandard ? "amount_vnd" : at is LawRate ? "coefficient" : "multiple",
                new Problem("law.fractional_product", $"{row.Code}: {standard.Amount} × {times} is not a whole sum.", "The law gives no rounding rule: correct the coefficient or the standard.")));
        }
    }

    static void CheckChain(IEnumerable<LawRow> rows, Func<LawRow, LawRow, LawRow> readLater, List<Problem> problems)
    {
        LawRow? before = null;
        foreach (var row in rows.OrderBy(row => row.AppliesFrom))
        {
            if (before is not null)
            {
                var at = readLater(row, before);
                if (row.AppliesFrom == before.AppliesFrom)
                    problems.Add(At(at, "applies_from", new Problem("law.duplicate", $"{row.Code} counts from {row.AppliesFrom:uuuu-MM-dd} in two rows: {before.At} and {row.At}.", "Keep one of them.")));
                else if (before.AppliesTo is not { } last || last >= row.AppliesFrom)
                    problems.Add(At(at, ReferenceEquals(at, row) ? "applies_from" : "applies_to", new Problem("law.overlap",
                        $"{row.Code} counts from {row.AppliesFrom:uuuu-MM-dd}, while the row before ({before.Instrument}, {before.At}) counts {(before.AppliesTo is { } to ? $"to {to:uuuu-MM-dd}" : "on without an end")}.",
                        "Give the earlier row its last day (applies_to) and the in-force day of the act that ended it (end_in_force), or correct the beginning.")));
            }

            before = row;
        }
    }

    /// <summary>Two rates of a group must not both count for the same per cent or month of age on the same day: nobody could say which is paid.</summary>
    static void CheckBands(IReadOnlyList<LawRate> rates, Func<LawRow, LawRow, LawRow> readLater, List<Problem> problems)
    {
        // By band, then by beginning: only neighbours in the order of bands can overlap another, and the tables have one row per cent.
        var ordered = rates.OrderBy(rate => rate.From ?? int.MinValue).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            for (var j = i + 1; j < ordered.Count && (ordered[j].From ?? int.MinValue) < (ordered[i].Below ?? int.MaxValue); j++)
            {
                var (one, other) = (ordered[i], ordered[j]);
                if (one.RateCode == other.RateCode || !Overlap(one, other)) continue;
                problems.Add(At(readLater(one, other), "rate_group", new Problem("law.band_twice",
                    $"{one.RateCode} ({one.At}) and {other.RateCode} both count for the same degree or age of {one.Group} from {Later(one.AppliesFrom, other.AppliesFrom):uuuu-MM-dd}.",
                    "Close the one that is replaced: applies_to and end_in_force.")));
            }
        }
    }

    static bool Overlap(LawRow one, LawRow other) => !(one.AppliesTo < other.AppliesFrom) && !(other.AppliesTo < one.AppliesFrom);

    static LocalDate Later(LocalDate one, LocalDate other) => one > other ? one : other;

    static Problem At(LawRow row, string column, Problem problem) => row.At is { } at ? problem.In(at.File, at.Line, column) : problem;
}
