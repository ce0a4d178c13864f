using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.Core.Areas;

/// <summary>A term that cannot stand in the tree, or something of it that a person should look at.</summary>
/// <param name="Unit">The term.</param>
/// <param name="Column">The column of area-units.csv at fault.</param>
/// <param name="Problem">Code, message, remedy.</param>
public sealed record AreaFault(AreaUnit Unit, string Column, Problem Problem);

/// <summary>What keeps terms from being a tree: levels, overlaps, gaps, cycles. Every fault is told, none is mended.</summary>
public static class AreaChecks
{
    /// <summary>The first day without districts (law/README.md §5).</summary>
    public static readonly LocalDate TwoLevelsFrom = new(2025, 7, 1);

    /// <summary>Every fault of the terms together; empty when they are a tree.</summary>
    public static IReadOnlyList<AreaFault> Faults(IReadOnlyCollection<AreaUnit> units)
    {
        var tree = new AreaTree(units);
        return [.. tree.Units.SelectMany(unit => Of(tree, unit)), .. Overlaps(tree)];
    }

    /// <summary>What the terms say and a person should look at: units that begin from nothing.</summary>
    public static IReadOnlyList<AreaFault> Findings(AreaTree tree) =>
    [
        .. tree.Units.Where(unit => unit.ValidFrom is not null && unit.Level == AreaLevel.Commune && tree.PredecessorsOf(unit).Count == 0)
            .Select(unit => new AreaFault(unit, "valid_from", new Problem("area.from_nothing", $"{unit.Code} {unit.Name} begins on {Text(unit.First)} and no unit became part of it.",
                "Import the units it was made of, with their last day and this code among their successors; until then nothing can be mapped back through it."))),
    ];

    static IEnumerable<AreaFault> Of(AreaTree tree, AreaUnit unit)
    {
        var digits = AreaKinds.DigitsOf(unit.Level);
        if (unit.Code.Length != digits || unit.Code.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            yield return Fault(unit, "code", "area.code", $"'{unit.Code}' is no code of a unit of this kind.", $"Write {digits} digits, with leading zeros: provinces 2, districts 3, communes 5.");
            yield break;
        }

        if (unit.First > unit.Last)
        {
            yield return Fault(unit, "valid_to", "period.backwards", $"{unit.Code} ends before it begins.", "Exchange the two days or correct one.");
            yield break;
        }

        if (unit.Level == AreaLevel.District && unit.Last >= TwoLevelsFrom)
            yield return Fault(unit, "valid_to", "area.district_after", $"The district {unit.Code} {unit.Name} is open beyond 30 June 2025.", "Districts ended with that day: write 2025-06-30 or an earlier day as its last.");
        foreach (var fault in Parents(tree, unit)) yield return fault;
        foreach (var fault in Successors(tree, unit)) yield return fault;
    }

    static IEnumerable<AreaFault> Parents(AreaTree tree, AreaUnit unit)
    {
        if (unit.Level == AreaLevel.Province)
        {
            if (unit.ParentCode is not null) yield return Fault(unit, "parent_code", "area.parent_level", $"The province {unit.Code} stands under {unit.ParentCode}.", "A province stands under nothing: leave the cell empty.");
            yield break;
        }

        if (unit.ParentCode is not { } parent)
        {
            yield return Fault(unit, "parent_code", "area.parent_missing", $"{unit.Code} {unit.Name} stands under nothing.", "Write the code of its province, or before 1 July 2025 of its district.");
            yield break;
        }

        // A unit stands only under one of a higher level, so no circle can be made of parents.
        if (parent.Length >= unit.Code.Length)
        {
            yield return Fault(unit, "parent_code", "area.parent_level", $"{unit.Code} {unit.Name} stands under {parent}, which is not of a higher level.", "Communes stand under districts (3 digits) or provinces (2 digits), districts under provinces.");
            yield break;
        }

        // The parent must have stood on every day of the term, in one term of its own or in several without a day between.
        var day = unit.First;
        foreach (var above in tree.Terms(parent).Where(above => above.Last >= unit.First))
        {
            if (above.First > day) break;
            if (above.Last >= unit.Last) yield break;
            day = above.Last.PlusDays(1);
        }

        yield return Fault(unit, "parent_code", "area.parent_gap", tree.Terms(parent).Count == 0 ? $"{unit.Code} {unit.Name} stands under {parent}, which the tree does not know."
            : $"{unit.Code} {unit.Name} stands from {Text(unit.First)} to {Text(unit.Last)}; {parent}, which it stands under, does not stand on {Text(day)}.",
            "Give the unit above in the same file or before, or end this term with the one above it and begin another under its next unit.");
    }

    static IEnumerable<AreaFault> Successors(AreaTree tree, AreaUnit unit)
    {
        if (unit.FollowedOn is not { } day)
        {
            if (unit.Successors.Count > 0) yield return Fault(unit, "successor_codes", "area.successor_early", $"{unit.Code} {unit.Name} has successors and no last day.", "Write its last day in valid_to, or leave successor_codes empty.");
            yield break;
        }

        if (unit.Successors.Distinct(StringComparer.Ordinal).Count() != unit.Successors.Count)
            yield return Fault(unit, "successor_codes", "area.successor_twice", $"{unit.Code} {unit.Name} names a successor twice.", "Name each once.");
        // A district may end in nothing: its communes go on under the province.
        if (unit.Successors.Count == 0 && unit.Level != AreaLevel.District)
            yield return Fault(unit, "successor_codes", "area.gap", $"{unit.Code} {unit.Name} ends on {Text(unit.Last)} and nothing follows: its people would belong nowhere.", "Name the codes it became part of, joined by a semicolon.");
        foreach (var code in unit.Successors)
        {
            // A successor stands on the day after the last one, and time only goes on, so no circle can be made of successors.
            if (code.Length != unit.Code.Length) yield return Fault(unit, "successor_codes", "area.successor_level", $"{unit.Code} {unit.Name} became {code}, which is of another level.", "A commune becomes part of communes, a district of districts; a unit of another level is its parent.");
            else if (tree.On(code, day) is null) yield return Fault(unit, "successor_codes", "area.gap", $"{unit.Code} {unit.Name} became part of {code}, which does not stand on {Text(day)}.", "Give the unit with that code whose term holds that day, in the same file or before, or correct the code or the day.");
        }
    }

    static IEnumerable<AreaFault> Overlaps(AreaTree tree)
    {
        foreach (var group in tree.Units.GroupBy(unit => unit.Code, StringComparer.Ordinal))
        {
            AreaUnit? before = null;
            foreach (var unit in group)
            {
                if (before is not null && unit.First <= before.Last)
                    yield return Fault(unit, "valid_from", "area.overlap", $"Two terms of {unit.Code} hold the day {Text(unit.First)}: {before.Name} and {unit.Name}.", "End the earlier term with the day before the later one begins: give its row again with valid_to.");
                before = before is null || unit.Last > before.Last ? unit : before;
            }
        }
    }

    static AreaFault Fault(AreaUnit unit, string column, string code, string message, string remedy) => new(unit, column, new Problem(code, message, remedy));

    static string Text(LocalDate day) => day == LocalDate.MinIsoValue ? "ever" : day == LocalDate.MaxIsoValue ? "today and on" : LocalDatePattern.Iso.Format(day);
}
