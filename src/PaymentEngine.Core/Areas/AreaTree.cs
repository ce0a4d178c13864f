using NodaTime;

namespace PaymentEngine.Core.Areas;

/// <summary>How the question "which unit is this on that day" was answered.</summary>
public enum AreaOutcome : byte
{
    /// <summary>It stood on that day itself.</summary>
    Same = 1,

    /// <summary>Through successors or predecessors, one at every step.</summary>
    Followed,

    /// <summary>Through a division whose rule (hamlet, list, or the rest) says where this part went.</summary>
    Divided,

    /// <summary>Going back through a merger, by the commune the register had for the person then.</summary>
    OwnRecord,

    /// <summary>Several are possible and nothing says which: a person has to.</summary>
    Undecided,

    /// <summary>No term of the tree has the code.</summary>
    Unknown,

    /// <summary>The tree says nothing of that day: the unit starts later from nothing that is known, or ended in nothing.</summary>
    NoUnit,
}

/// <summary>The answer for one code and one day.</summary>
/// <param name="Outcome">How it was found.</param>
/// <param name="Unit">The unit of that day; null when undecided, unknown or none.</param>
/// <param name="Candidates">The units among which nobody has decided; otherwise empty.</param>
/// <param name="Path">The terms walked through, from the one asked about on.</param>
public sealed record AreaMapping(AreaOutcome Outcome, AreaUnit? Unit, IReadOnlyList<AreaUnit> Candidates, IReadOnlyList<AreaUnit> Path)
{
    public bool IsMapped => Unit is not null;
}

/// <summary>What is known of the people asked about beside their unit's code.</summary>
/// <param name="HamletKey">See <see cref="Areas.HamletKey"/>; empty: not known.</param>
/// <param name="Listed">Divided unit and day → the code a list names for these people.</param>
/// <param name="OwnCode">The commune the register has for them on the day asked for, where it was written down for that day and not for a later unit of the same code; null: not known.</param>
public sealed record AreaHint(string HamletKey, IReadOnlyDictionary<(string Code, LocalDate On), string> Listed, string? OwnCode)
{
    public static readonly AreaHint None = new("", new Dictionary<(string, LocalDate), string>(), null);
}

/// <summary>Where the parts of divided units went, by hamlet; an empty hamlet is everybody whom no other row names.</summary>
/// <remarks>Shares are not taken: no part of a person lives in each of two communes, so a share could only invent who moved.</remarks>
public sealed class AreaDivisions(IEnumerable<(string Code, LocalDate On, string HamletKey, string ToCode)> parts)
{
    readonly Dictionary<(string, LocalDate, string), string> rules = parts.ToDictionary(part => (part.Code, part.On, part.HamletKey), part => part.ToCode);

    public static readonly AreaDivisions None = new([]);

    /// <summary>The code a hamlet of a divided unit went to; null when no row says so.</summary>
    public string? Find(string code, LocalDate on, string hamletKey) =>
        Named(code, on, hamletKey) ?? rules.GetValueOrDefault((code, on, ""));

    /// <summary>The code a row names for the hamlet itself, whatever the rest did.</summary>
    public string? Named(string code, LocalDate on, string hamletKey) => hamletKey.Length > 0 ? rules.GetValueOrDefault((code, on, hamletKey)) : null;
}

/// <summary>The administrative units with their terms: a tree for every day, and the roads between the days. Pure; built from terms that <see cref="AreaChecks"/> has passed.</summary>
public sealed class AreaTree
{
    readonly Dictionary<string, AreaUnit[]> terms;
    readonly ILookup<string, AreaUnit> children;
    readonly ILookup<string, AreaUnit> ended;

    public AreaTree(IEnumerable<AreaUnit> units)
    {
        var all = units.ToList();
        terms = all.GroupBy(unit => unit.Code, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.OrderBy(unit => unit.First).ToArray(), StringComparer.Ordinal);
        children = all.Where(unit => unit.ParentCode is not null).ToLookup(unit => unit.ParentCode!, StringComparer.Ordinal);
        ended = all.SelectMany(unit => unit.Successors.Select(code => (code, unit))).ToLookup(pair => pair.code, pair => pair.unit, StringComparer.Ordinal);
        Units = [.. all.OrderBy(unit => unit.Code, StringComparer.Ordinal).ThenBy(unit => unit.First)];
    }

    /// <summary>Every term, by code and day.</summary>
    public IReadOnlyList<AreaUnit> Units { get; }

    /// <summary>The terms of a code, the earliest first; empty when the tree does not know it.</summary>
    public IReadOnlyList<AreaUnit> Terms(string code) => terms.GetValueOrDefault(code) ?? [];

    /// <summary>The unit that has the code on a day.</summary>
    public AreaUnit? On(string code, LocalDate day) => Terms(code).FirstOrDefault(unit => unit.StandsOn(day));

    /// <summary>The units directly under one on a day, by code; the provinces for null.</summary>
    public IReadOnlyList<AreaUnit> Children(string? code, LocalDate day) =>
        [.. (code is null ? Units.Where(unit => unit.ParentCode is null) : children[code]).Where(unit => unit.StandsOn(day)).OrderBy(unit => unit.Code, StringComparer.Ordinal)];

    /// <summary>The unit and those above it on a day, up to its province.</summary>
    public IReadOnlyList<AreaUnit> PathUp(AreaUnit unit, LocalDate day)
    {
        var path = new List<AreaUnit> { unit };
        while (path[^1].ParentCode is { } parent && path.Count < 4 && On(parent, day) is { } above) path.Add(above);
        return path;
    }

    /// <summary>The units a term is part of from the day after its last one.</summary>
    public IReadOnlyList<AreaUnit> SuccessorsOf(AreaUnit unit) =>
        unit.FollowedOn is { } day ? [.. unit.Successors.Select(code => On(code, day)).OfType<AreaUnit>()] : [];

    /// <summary>The terms that ended the day before this one began and became part of it, or of which a part did.</summary>
    public IReadOnlyList<AreaUnit> PredecessorsOf(AreaUnit unit) =>
        [.. ended[unit.Code].Where(before => before.FollowedOn is { } day && day == unit.First).OrderBy(before => before.Code, StringComparer.Ordinal)];

    /// <summary>Which unit the people of a code belong to on another day.</summary>
    /// <param name="code">As the register or a list has it.</param>
    /// <param name="asOf">The day the code was written for. A code that had ended by then, or begins later only, is taken from its nearest term: registers follow a merger late.</param>
    /// <param name="day">The day asked for.</param>
    /// <param name="divisions">Where the parts of divided units went.</param>
    /// <param name="hint">What is known of the people.</param>
    public AreaMapping Map(string code, LocalDate asOf, LocalDate day, AreaDivisions? divisions = null, AreaHint? hint = null)
    {
        var known = Terms(code);
        if (known.Count == 0) return new AreaMapping(AreaOutcome.Unknown, null, [], []);
        var start = known.FirstOrDefault(unit => unit.StandsOn(asOf)) ?? known.LastOrDefault(unit => unit.Last < asOf) ?? known[0];
        if (start.StandsOn(day)) return new AreaMapping(AreaOutcome.Same, start, [], [start]);
        return start.Last < day ? Forward(start, day, divisions ?? AreaDivisions.None, hint ?? AreaHint.None) : Back(start, day, divisions ?? AreaDivisions.None, hint ?? AreaHint.None);
    }

    AreaMapping Forward(AreaUnit start, LocalDate day, AreaDivisions divisions, AreaHint hint)
    {
        var path = new List<AreaUnit> { start };
        var outcome = AreaOutcome.Followed;
        // Each step begins after the one before has ended, so the walk ends.
        while (!path[^1].StandsOn(day))
        {
            var at = path[^1];
            var next = SuccessorsOf(at);
            switch (next.Count)
            {
                case 0: return new AreaMapping(AreaOutcome.NoUnit, null, [], path);
                case 1:
                    path.Add(next[0]);
                    break;
                default:
                    var on = at.FollowedOn!.Value;
                    var said = hint.Listed.TryGetValue((at.Code, on), out var listed) ? listed : divisions.Find(at.Code, on, hint.HamletKey);
                    if (next.FirstOrDefault(unit => unit.Code == said) is not { } chosen) return new AreaMapping(AreaOutcome.Undecided, null, next, path);
                    outcome = AreaOutcome.Divided;
                    path.Add(chosen);
                    break;
            }
        }

        return new AreaMapping(outcome, path[^1], [], path);
    }

    AreaMapping Back(AreaUnit start, LocalDate day, AreaDivisions divisions, AreaHint hint)
    {
        // All that became part of it and stood on the day, whatever the number of mergers between.
        var (standing, open, path) = (new List<AreaUnit>(), new List<AreaUnit> { start }, new List<AreaUnit> { start });
        while (open.Count > 0)
        {
            var earlier = open.SelectMany(PredecessorsOf).Distinct().ToList();
            standing.AddRange(earlier.Where(unit => unit.StandsOn(day)));
            open = [.. earlier.Where(unit => unit.First > day)];
            if (earlier.Count == 1) path.Add(earlier[0]);
        }

        standing = [.. standing.Distinct().OrderBy(unit => unit.Code, StringComparer.Ordinal)];
        if (standing.Count == 0) return new AreaMapping(AreaOutcome.NoUnit, null, [], path);
        if (standing.Count == 1) return new AreaMapping(AreaOutcome.Followed, standing[0], [], path);
        if (hint.OwnCode is { } own && standing.FirstOrDefault(unit => unit.Code == own) is { } lived) return new AreaMapping(AreaOutcome.OwnRecord, lived, [], [start, lived]);
        // A person, else a hamlet, that exactly one of them sent here by name came from there.
        var sent = standing.Where(unit => unit.FollowedOn == start.First && hint.Listed.GetValueOrDefault((unit.Code, start.First)) == start.Code).ToList();
        if (sent.Count == 0) sent = [.. standing.Where(unit => unit.FollowedOn == start.First && divisions.Named(unit.Code, start.First, hint.HamletKey) == start.Code)];
        if (sent.Count == 1) return new AreaMapping(AreaOutcome.Divided, sent[0], [], [start, sent[0]]);
        return new AreaMapping(AreaOutcome.Undecided, null, standing, path);
    }
}
