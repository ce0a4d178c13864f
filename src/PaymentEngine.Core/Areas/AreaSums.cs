using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Areas;

/// <summary>Payments of a month whose people share everything a mapping asks about.</summary>
/// <param name="CommuneCode">As the list has it.</param>
/// <param name="CommuneName">As the register has it now, for a code the tree does not know.</param>
/// <param name="Hint">What is known of the people.</param>
/// <param name="People">Persons.</param>
/// <param name="Items">Payments.</param>
/// <param name="Sum">Đồng.</param>
public sealed record AreaGroup(string CommuneCode, string CommuneName, AreaHint Hint, int People, int Items, Vnd Sum);

/// <summary>A row of a report by units: a unit of the day, or what no unit of the day could be named for.</summary>
/// <param name="Code">Of the unit; of an undecided row the code the list has.</param>
/// <param name="Name">The name of that day.</param>
/// <param name="Above">The name of the unit above on that day; null when the tree does not know it.</param>
/// <param name="People">Persons.</param>
/// <param name="Items">Payments.</param>
/// <param name="Sum">Đồng.</param>
public sealed record AreaSum(string Code, string Name, string? Above, int People, int Items, Vnd Sum);

/// <summary>People who could not be put under a unit of the day.</summary>
/// <param name="Group">Who.</param>
/// <param name="Mapping">Why, with the units among which somebody has to decide.</param>
public sealed record AreaUndecided(AreaGroup Group, AreaMapping Mapping);

/// <summary>A month's sums under the units of a day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Rows">Units with their sums, by code.</param>
/// <param name="Undecided">What could not be mapped, each named.</param>
/// <param name="People">All persons, mapped or not.</param>
/// <param name="Items">All payments.</param>
/// <param name="Sum">All đồng.</param>
public sealed record AreaSumsOnDay(LocalDate Day, IReadOnlyList<AreaSum> Rows, IReadOnlyList<AreaUndecided> Undecided, int People, int Items, Vnd Sum)
{
    public Vnd UndecidedSum => new(Undecided.Sum(one => one.Group.Sum.Amount));

    /// <summary>Rows and undecided sums make up the whole: nothing was lost or counted twice on the way.</summary>
    public bool Ties => Rows.Sum(row => row.Sum.Amount) + UndecidedSum.Amount == Sum.Amount && Rows.Sum(row => row.Items) + Undecided.Sum(one => one.Group.Items) == Items;
}

/// <summary>One month under the units of one day: the report that prints under the names of its own time, or of another (F8).</summary>
public static class AreaSums
{
    /// <param name="tree">The tree with its terms.</param>
    /// <param name="divisions">Where parts of divided units went.</param>
    /// <param name="writtenFor">The day the codes of the list were written for: the first of its month.</param>
    /// <param name="day">Under the units of this day.</param>
    /// <param name="groups">The month's payments; each in one group.</param>
    public static AreaSumsOnDay Of(AreaTree tree, AreaDivisions divisions, LocalDate writtenFor, LocalDate day, IReadOnlyCollection<AreaGroup> groups)
    {
        var (mapped, undecided) = (new Dictionary<AreaUnit, (int People, int Items, long Sum)>(), new List<AreaUndecided>());
        foreach (var group in groups)
        {
            var mapping = tree.Map(group.CommuneCode, writtenFor, day, divisions, group.Hint);
            if (mapping.Unit is not { } unit)
            {
                undecided.Add(new AreaUndecided(group, mapping));
                continue;
            }

            var before = mapped.GetValueOrDefault(unit);
            mapped[unit] = (before.People + group.People, before.Items + group.Items, checked(before.Sum + group.Sum.Amount));
        }

        return new AreaSumsOnDay(day,
            [.. mapped.OrderBy(row => row.Key.Code, StringComparer.Ordinal).Select(row => new AreaSum(row.Key.Code, row.Key.Name, row.Key.ParentCode is { } parent ? tree.On(parent, day)?.Name : null, row.Value.People, row.Value.Items, new Vnd(row.Value.Sum)))],
            [.. undecided.OrderBy(one => one.Group.CommuneCode, StringComparer.Ordinal)], groups.Sum(group => group.People), groups.Sum(group => group.Items), new Vnd(groups.Sum(group => group.Sum.Amount)));
    }

    /// <summary>The codes whose people a mapping cannot place by their code alone, with the first day of the unit they were taken from: only these are asked about person by person.</summary>
    public static IReadOnlyList<(string Code, LocalDate UnitFrom)> NeedHints(AreaTree tree, LocalDate writtenFor, LocalDate day, IEnumerable<string> codes) =>
        [.. codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(code => tree.Map(code, writtenFor, day)).Where(mapping => mapping.Outcome == AreaOutcome.Undecided).Select(mapping => (mapping.Path[0].Code, mapping.Path[0].First))];
}
