using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reports;

/// <summary>What a sum that a figure counts people by has become.</summary>
public enum FigureSum : byte { Listed, Account, Cash }

/// <summary>When: in the period, in the months before it, for the first time in the period, or in either.</summary>
public enum FigureTime : byte { Period, Before, New, Total }

/// <summary>The key of a figure, which is also the question that lists its people: <c>group=BTXH,step=account,reason=wish_unknown</c>. Everything named must hold (F134).</summary>
/// <param name="Step">The step people stand on.</param>
/// <param name="Reached">That step or one beyond it.</param>
/// <param name="Has">A condition, whatever the step; only of people on the rolls.</param>
/// <param name="Lacks">A condition they lack; only of people on the rolls.</param>
/// <param name="Sum">With a sum of a kind, at a time.</param>
public sealed record FunnelFigure(FunnelStep? Step = null, FunnelStep? Reached = null, FunnelStep? Has = null, FunnelStep? Lacks = null, FunnelReason? Reason = null,
    (FigureSum Sum, FigureTime Time)? Sum = null)
{
    /// <summary>Values of dimensions, by dimension.</summary>
    public IReadOnlyDictionary<FunnelDimension, string> Values { get; init; } = new Dictionary<FunnelDimension, string>();

    static readonly string[] Names = ["step", "reached", "has", "lacks", "reason", "group", "sex", "age", "commune", "listed", "account", "cash"];

    /// <summary>True when the person is one of those the figure counts.</summary>
    public bool Includes(FunnelPerson person) =>
        (Step is null || person.Standing.Step == Step)
        && (Reached is null || (person.IsInside && person.Standing.Step >= Reached))
        && (Has is not { } has || (person.IsInside && (person.Conditions & FunnelSteps.Condition(has)) == FunnelSteps.Condition(has)))
        && (Lacks is not { } lacks || (person.IsInside && (person.Conditions & FunnelSteps.Condition(lacks)) == 0))
        && (Reason is null || person.Standing.Reason == Reason)
        && (Sum is not { } sum || Counts(person, sum.Sum, sum.Time))
        && Values.All(value => person.Value(value.Key) == value.Value);

    /// <summary>Whether a person has a sum of a kind at a time.</summary>
    public static bool Counts(FunnelPerson person, FigureSum sum, FigureTime time)
    {
        Place? place = sum switch { FigureSum.Account => Place.PaidByAccount, FigureSum.Cash => Place.PaidInCash, _ => null };
        return time switch
        {
            FigureTime.Period => person.Has(place, true),
            FigureTime.Before => person.Has(place, false),
            FigureTime.New => person.Has(place, true) && !person.Has(place, false),
            _ => person.Has(place, true) || person.Has(place, false),
        };
    }

    /// <summary>This figure, of people with one value of a dimension more.</summary>
    public FunnelFigure With(FunnelDimension dimension, string value) => this with { Values = new Dictionary<FunnelDimension, string>(Values) { [dimension] = value } };

    /// <summary>Reads a key. Empty text is everybody in the register.</summary>
    /// <returns>The figure; or <c>usage.figure</c>, one for each part that is none.</returns>
    public static Result<FunnelFigure> Parse(string text)
    {
        var problems = new List<Problem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var figure = new FunnelFigure();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at < 0 ? (part, "") : (part[..at].Trim(), part[(at + 1)..].Trim());
            if (!Names.Contains(name)) problems.Add(Refused($"'{name}' is nothing a figure asks for", string.Join(", ", Names.Select(known => known + "="))));
            else if (!seen.Add(name)) problems.Add(Refused($"'{name}' stands twice", "each name once"));
            else if (figure.TryAdd(name, value, out var more, out var known)) figure = more;
            else problems.Add(Refused($"'{value}' is no {name}", known));
        }

        return problems.Count == 0 ? figure : Result<FunnelFigure>.Refuse(problems);
    }

    static Problem Refused(string what, string known) => new("usage.figure", $"{what}.", $"Copy the key beside a figure of payengine report funnel; one can be made of: {known}.");

    bool TryAdd(string name, string value, out FunnelFigure more, out string known)
    {
        (more, known) = (this, "");
        switch (name)
        {
            case "step" or "reached" or "has" or "lacks":
                var steps = FunnelSteps.All.Where(step => name == "step" || (step.Step != FunnelStep.Outside && (name == "reached" || step.Step != FunnelStep.Registered))).ToList();
                known = string.Join(", ", steps.Select(step => step.Code));
                if (steps.FindIndex(step => step.Code == value) is var at && at < 0) return false;
                more = name switch { "step" => this with { Step = steps[at].Step }, "reached" => this with { Reached = steps[at].Step }, "has" => this with { Has = steps[at].Step }, _ => this with { Lacks = steps[at].Step } };
                return true;
            case "reason":
                known = string.Join(", ", FunnelReasons.All.Select(reason => reason.Code));
                if (FunnelReasons.All.FirstOrDefault(reason => reason.Code == value) is not { } words) return false;
                more = this with { Reason = words.Reason };
                return true;
            case "listed" or "account" or "cash":
                known = "period, before, new, total";
                if (!Array.Exists(known.Split(", "), time => time == value)) return false;
                more = this with { Sum = (name switch { "account" => FigureSum.Account, "cash" => FigureSum.Cash, _ => FigureSum.Listed }, Enum.Parse<FigureTime>(value, ignoreCase: true)) };
                // One key holds one of these: a second would be silently lost.
                known = "one of listed=, account=, cash= in a key";
                return Sum is null;
            default:
                var dimension = Enum.Parse<FunnelDimension>(name, ignoreCase: true);
                known = dimension switch
                {
                    FunnelDimension.Group => string.Join(", ", RecipientGroups.All.Select(group => group.Code)),
                    FunnelDimension.Sex => "M, F, unknown",
                    FunnelDimension.Age => string.Join(", ", AgeBand.All),
                    _ => "a commune's code of 5 digits, unknown",
                };
                var isKnown = dimension == FunnelDimension.Commune ? value == "unknown" || (value.Length == 5 && value.All(char.IsAsciiDigit)) : known.Split(", ").Contains(value);
                if (isKnown) more = With(dimension, value);
                return isKnown;
        }
    }

    /// <summary>The key, always in the same order.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null) text.Append(text.Length > 0 ? "," : "").Append(name).Append('=').Append(value);
        }

        foreach (var dimension in Enum.GetValues<FunnelDimension>()) Add(dimension.ToString().ToLowerInvariant(), Values.GetValueOrDefault(dimension));
        Add("step", Step is { } step ? FunnelSteps.Code(step) : null);
        Add("reached", Reached is { } reached ? FunnelSteps.Code(reached) : null);
        Add("has", Has is { } has ? FunnelSteps.Code(has) : null);
        Add("lacks", Lacks is { } lacks ? FunnelSteps.Code(lacks) : null);
        Add("reason", Reason is { } reason ? FunnelReasons.Of(reason).Code : null);
        if (Sum is { } sum) Add(sum.Sum.ToString().ToLowerInvariant(), sum.Time.ToString().ToLowerInvariant());
        return text.ToString();
    }
}
