using System.Globalization;

namespace PaymentEngine.Core.Reports;

/// <summary>What a published figure counts.</summary>
public enum FigureUnit : byte { Persons, Records, Vnd, Percent }

/// <summary>How a figure must stand to an expression of others.</summary>
public enum FigureRelationKind : byte { Equals, AtMost, AtLeast }

/// <summary>What a figure must tie to: <c>= a + b - c</c>, <c>&lt;= a</c>, <c>&gt;= a</c>, and for a percentage <c>= a / b</c>.</summary>
/// <param name="Terms">Names with their sign; of a share its part alone.</param>
/// <param name="Over">The whole of a share; null: no share.</param>
public sealed record FigureRelation(FigureRelationKind Kind, IReadOnlyList<(int Sign, string Name)> Terms, string? Over)
{
    /// <summary>Every name it asks for.</summary>
    public IEnumerable<string> Names => Terms.Select(term => term.Name).Concat(Over is null ? [] : [Over]);

    /// <summary>Reads one relation.</summary>
    /// <returns>The relation; or <c>figures.relation</c>.</returns>
    public static Result<FigureRelation> Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        FigureRelationKind? kind = words is [var sign, ..] ? sign switch { "=" => FigureRelationKind.Equals, "<=" => FigureRelationKind.AtMost, ">=" => FigureRelationKind.AtLeast, _ => null } : null;
        if (kind is null || words.Length % 2 != 0 || !words.Where((_, at) => at % 2 == 1).All(IsName)) return Refused(text);
        if (words is ["=", var part, "/", var whole]) return new FigureRelation(FigureRelationKind.Equals, [(1, part)], whole);
        var terms = new List<(int, string)> { (1, words[1]) };
        for (var at = 2; at < words.Length; at += 2)
        {
            if (words[at] is not ("+" or "-")) return Refused(text);
            terms.Add((words[at] == "+" ? 1 : -1, words[at + 1]));
        }

        return new FigureRelation(kind.Value, terms, null);
    }

    /// <summary>A name of a figure: a small letter, then small letters, figures and underscores.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 40 && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    static Problem Refused(string text) => new("figures.relation", $"'{text}' is no relation.", "Write = a + b - c, <= a, >= a, or for a percentage = a / b, with spaces between; names are figures of the file. Several are separated by ;.");

    public override string ToString() => (Kind switch { FigureRelationKind.Equals => "= ", FigureRelationKind.AtMost => "<= ", _ => ">= " })
        + (Over is null ? string.Concat(Terms.Select((term, at) => (at == 0 ? "" : term.Sign > 0 ? " + " : " - ") + term.Name)) : $"{Terms[0].Name} / {Over}");
}

/// <summary>A number somebody has published.</summary>
/// <param name="Value">Null: named by the source, its number not published.</param>
/// <param name="Decimals">Of a percentage, as published: 6.5 has one.</param>
/// <param name="Must">What it must tie to.</param>
/// <param name="Line">In its file.</param>
public sealed record PublishedFigure(string Name, decimal? Value, int Decimals, FigureUnit Unit, IReadOnlyList<FigureRelation> Must, string About, string AsOf, string Source, int Line);

/// <summary>What became of a check.</summary>
public enum FigureOutcome : byte { Ties, Differs, Unknown }

/// <summary>One relation, held against the numbers.</summary>
/// <param name="Computed">What the expression gives; null: a number in it is not published.</param>
/// <param name="Missing">Names whose numbers are not published.</param>
/// <param name="Implied">Where one number is missing: the least and the greatest it can be if the relation holds.</param>
/// <param name="OtherWholes">For a share that does not tie or cannot be checked: figures of the file of which it would be this share.</param>
public sealed record FigureCheck(PublishedFigure Figure, FigureRelation Relation, FigureOutcome Outcome, decimal? Computed, IReadOnlyList<string> Missing, (decimal Low, decimal High)? Implied, IReadOnlyList<string> OtherWholes);

/// <summary>Published figures held against each other: which tie, which do not, which nobody can check (F133).</summary>
/// <remarks>A published share ties when it is the share of its parts rounded half away from zero to the decimals it was published with. No binary fraction is used.</remarks>
public static class PublishedFigures
{
    /// <summary>Checks every relation. Names and units have been checked by the reader of the file.</summary>
    public static IReadOnlyList<FigureCheck> Check(IReadOnlyList<PublishedFigure> figures)
    {
        var byName = figures.ToDictionary(figure => figure.Name, StringComparer.Ordinal);
        return [.. figures.SelectMany(figure => figure.Must.Select(relation => Check(figure, relation, byName)))];
    }

    static FigureCheck Check(PublishedFigure figure, FigureRelation relation, Dictionary<string, PublishedFigure> byName)
    {
        var missing = relation.Names.Prepend(figure.Name).Where(name => byName[name].Value is null).Distinct(StringComparer.Ordinal).ToList();
        var others = relation.Over is null || figure.Value is null || byName[relation.Terms[0].Name].Value is null ? [] : OtherWholes(figure, relation, byName);
        if (missing.Count > 0) return new FigureCheck(figure, relation, FigureOutcome.Unknown, null, missing, missing.Count == 1 ? Implied(figure, relation, byName, missing[0]) : null, others);
        if (relation.Over is { } over)
        {
            var (part, whole) = (byName[relation.Terms[0].Name].Value!.Value, byName[over].Value!.Value);
            decimal? share = whole == 0 ? null : Math.Round(part * 100 / whole, Math.Max(figure.Decimals, 1), MidpointRounding.AwayFromZero);
            var ties = IsShare(figure, part, whole);
            return new FigureCheck(figure, relation, ties ? FigureOutcome.Ties : FigureOutcome.Differs, share, [], null, ties ? [] : others);
        }

        var computed = relation.Terms.Sum(term => term.Sign * byName[term.Name].Value!.Value);
        var holds = relation.Kind switch { FigureRelationKind.Equals => figure.Value == computed, FigureRelationKind.AtMost => figure.Value <= computed, _ => figure.Value >= computed };
        return new FigureCheck(figure, relation, holds ? FigureOutcome.Ties : FigureOutcome.Differs, computed, [], null, []);
    }

    /// <summary>Half a unit of the last published decimal.</summary>
    static decimal Half(int decimals)
    {
        var half = 0.5m;
        for (var at = 0; at < decimals; at++) half /= 10;
        return half;
    }

    // Without a division: part / whole in per cent lies within half a unit of what was published, its lower end included.
    static bool IsShare(PublishedFigure figure, decimal part, decimal whole) =>
        whole > 0 && (figure.Value!.Value - Half(figure.Decimals)) * whole <= part * 100 && part * 100 < (figure.Value.Value + Half(figure.Decimals)) * whole;

    static IReadOnlyList<string> OtherWholes(PublishedFigure figure, FigureRelation relation, Dictionary<string, PublishedFigure> byName)
    {
        var part = byName[relation.Terms[0].Name];
        return [.. byName.Values.Where(one => one.Name != relation.Over && one.Name != part.Name && one.Unit == part.Unit && one.Value is { } whole && IsShare(figure, part.Value!.Value, whole)).OrderBy(one => one.Line).Select(one => one.Name)];
    }

    static (decimal, decimal)? Implied(PublishedFigure figure, FigureRelation relation, Dictionary<string, PublishedFigure> byName, string missing)
    {
        if (relation.Over is { } over)
        {
            // Whole people: the share leaves a range, not a number.
            if (missing != over || figure.Value is not > 0) return null;
            var (part, half) = (byName[relation.Terms[0].Name].Value!.Value * 100, Half(figure.Decimals));
            var low = decimal.Floor(part / (figure.Value.Value + half)) + 1;
            return figure.Value.Value > half ? (low, decimal.Floor(part / (figure.Value.Value - half))) : null;
        }

        if (relation.Kind != FigureRelationKind.Equals) return null;
        var rest = relation.Terms.Where(term => term.Name != missing).Sum(term => term.Sign * byName[term.Name].Value!.Value);
        if (missing == figure.Name) return (rest, rest);
        var signs = relation.Terms.Where(term => term.Name == missing).Sum(term => term.Sign);
        return signs is 1 or -1 ? ((figure.Value!.Value - rest) * signs, (figure.Value.Value - rest) * signs) : null;
    }

    /// <summary>A number of a figure for programs and papers: invariant, without separators.</summary>
    public static string Number(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
