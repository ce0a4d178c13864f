using NodaTime;

namespace PaymentEngine.Core.Law;

/// <summary>One row that a load brings.</summary>
/// <param name="Row">As it will stand.</param>
/// <param name="Standing">The row it takes the place of: the same code, place and beginning; null when it is new.</param>
/// <param name="Ended">The open row of the same code that ends because this one begins; null when none does.</param>
public sealed record LawChange(LawRow Row, LawRow? Standing, LawRow? Ended);

/// <summary>A book as it would be with the rows of a load, and what the load changes in it. No change: the book said all of it before.</summary>
public sealed record AmendedLaw(LawBook Book, IReadOnlyList<LawChange> Changes);

/// <summary>How rows of a decree enter the law: a row with the code, place and beginning of a standing one takes its place; a row that begins later ends the open one
/// the day before, from the in-force day of its own act.</summary>
public static class LawAmendment
{
    /// <summary>The book with the rows, or every reason against it.</summary>
    /// <param name="book">The law that stands.</param>
    /// <param name="rows">What the load says; soundly read, each with its place.</param>
    /// <param name="digest">SHA-256 of the load's files, lower-case hex.</param>
    /// <param name="closed">The last list month that is closed; null when none is.</param>
    public static Result<AmendedLaw> Apply(LawBook book, IReadOnlyList<LawRow> rows, string digest, YearMonth? closed = null) => Apply(book, rows, digest, closed, isApproved: false);

    /// <summary>The book with the rows of a load that was approved before: what the program's own files have since proven better stays as they say it.</summary>
    public static Result<AmendedLaw> Reapply(LawBook book, IReadOnlyList<LawRow> rows, string digest) => Apply(book, rows, digest, closed: null, isApproved: true);

    static Result<AmendedLaw> Apply(LawBook book, IReadOnlyList<LawRow> rows, string digest, YearMonth? closed, bool isApproved)
    {
        var problems = new List<Problem>();
        var known = KnownCodes.Of(book);
        var stands = book.Rows.ToDictionary(row => row.Key);
        var changes = new List<LawChange>();
        var seen = new HashSet<LawKey>();
        foreach (var row in rows)
        {
            known.Check(row, problems);
            var standing = stands.GetValueOrDefault(row.Key);
            if (!seen.Add(row.Key)) problems.Add(At(row, "applies_from", new Problem("law.duplicate", $"{row.Code} counts from {row.AppliesFrom:uuuu-MM-dd} in two rows of the load.", "Keep one of them.")));
            if (standing?.SaysTheSameAs(row) == true) continue;
            if (standing is not null && isApproved && IsWeaker(row, standing)) continue;
            if (standing is not null && !isApproved) CheckReplacement(row, standing, closed, problems);
            changes.Add(new LawChange(row, standing, standing is null ? OpenBefore(book, rows, row) : null));
        }

        if (problems.Count > 0) return Result<AmendedLaw>.Refuse(problems);
        if (changes.Count == 0) return new AmendedLaw(book, changes);
        var gone = changes.SelectMany(change => new[] { change.Standing, change.Ended }).OfType<LawRow>().ToHashSet(ReferenceEqualityComparer.Instance);
        var ended = changes.Where(change => change.Ended is not null).Select(change => Ended(change.Ended!, change.Row)).ToList();
        LawRow[] amended = [.. book.Rows.Where(row => !gone.Contains(row)), .. ended, .. changes.Select(change => change.Row)];
        // The standing law is sound by itself, and the load is read last: what breaks now names a row of the load.
        var broken = LawChecks.Of(amended);
        return broken.Count > 0 ? Result<AmendedLaw>.Refuse(broken) : new AmendedLaw(new LawBook(amended, Hash(book.ContentHash, digest)), changes);
    }

    /// <summary>SHA-256 over the hash of the law that stood and the digest of the load.</summary>
    static string Hash(string before, string digest) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"{before}\n{digest}\n")));

    /// <summary>The open row that a later beginning of the same code ends, unless the load says itself how that row stands.</summary>
    static LawRow? OpenBefore(LawBook book, IReadOnlyList<LawRow> rows, LawRow row)
    {
        var chain = row.Key with { AppliesFrom = default };
        var before = book.Rows.Where(other => other.Key with { AppliesFrom = default } == chain && other.AppliesFrom < row.AppliesFrom && other.AppliesTo is null).MaxBy(other => other.AppliesFrom);
        if (before is null) return null;
        // Of several rows of the load the first ends it.
        var isFirst = !rows.Any(other => other.Key with { AppliesFrom = default } == chain && other.AppliesFrom >= before.AppliesFrom && other.AppliesFrom < row.AppliesFrom);
        return isFirst ? before : null;
    }

    static LawRow Ended(LawRow row, LawRow by) => row with { Validity = row.Validity with { AppliesTo = by.AppliesFrom.PlusDays(-1), EndInForce = by.InForce } };

    static void CheckReplacement(LawRow row, LawRow standing, YearMonth? closed, List<Problem> problems)
    {
        if (standing.HasTheValueOf(row)) return;
        if (IsWeaker(row, standing))
            problems.Add(At(row, "status", new Problem("law.weaker_status", $"{row.Code} stands as {standing.Status} ({standing.Source}); the row is {row.Status}.", "A proven value is replaced by one that is proven too: name the source that was read.")));
        // A value nobody had read may be mended whenever its text is found; a proven one of a closed month changes only by an act that counts back.
        else if (closed is { } month && row.AppliesFrom <= month.OnDayOfMonth(1) && row.Instrument == standing.Instrument && !LawStatus.IsUnverified(standing.Status))
            problems.Add(At(row, "applies_from", new Problem("law.closed_month", $"{row.Code} of {standing.Instrument} was used in lists up to {month.Text()}, which are closed, and is {standing.Status}.",
                "A closed month changes only by an act that counts back: name that act and its in-force day, and begin its row on its own first day.")));
    }

    static bool IsWeaker(LawRow row, LawRow standing) => LawStatus.IsUnverified(row.Status) && !LawStatus.IsUnverified(standing.Status);

    static Problem At(LawRow row, string column, Problem problem) => row.At is { } at ? problem.In(at.File, at.Line, column) : problem;

    /// <summary>The codes that rules read: a value under any other name would never count.</summary>
    sealed record KnownCodes(HashSet<string> Standards, HashSet<string> Groups, HashSet<string> Kinds, HashSet<string> Parameters, HashSet<string> Benefits)
    {
        public static KnownCodes Of(LawBook book) => new(
            [.. book.Standards.Select(row => row.StandardCode)], [.. book.Rates.Select(row => row.Group)], [.. book.Rates.Select(row => row.BenefitKind)],
            [.. book.Parameters.Select(row => row.ParameterCode)], [.. book.OneTimeBenefits.Select(row => row.BenefitCode)]);

        public void Check(LawRow row, List<Problem> problems)
        {
            switch (row)
            {
                case LawStandard standard: Must(Standards, standard.StandardCode, "standard_code"); break;
                case LawParameter parameter: Must(Parameters, parameter.ParameterCode, "parameter_code"); break;
                case OneTimeBenefit benefit: Must(Benefits, benefit.BenefitCode, "benefit_code"); break;
                // A programme may be new: its formula is data. The table it reads may not.
                case LawProgramme { Formula: ProgrammeFormula.Table, Table: { } table }:
                    if (!Groups.Contains(table)) Must(Benefits, table, "table");
                    break;
                case LawRate rate:
                    Must(Groups, rate.Group, "rate_group");
                    Must(Kinds, rate.BenefitKind, "benefit_kind");
                    break;
            }

            void Must(HashSet<string> codes, string code, string column)
            {
                if (!codes.Contains(code))
                    problems.Add(At(row, column, new Problem("law.unknown_code", $"No rule reads '{code}'.", $"payengine law show lists the codes; such as {string.Join(", ", codes.Order(StringComparer.Ordinal).Take(5))}.")));
            }
        }
    }
}
