using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>What a report is broken down by.</summary>
public enum FunnelDimension : byte { Group, Sex, Age, Commune }

/// <summary>One record of the register as a report counts it: every figure is a question to this, so that a figure and its list of people cannot differ.</summary>
public sealed record FunnelPerson
{
    public required FunnelStanding Standing { get; init; }
    public required FunnelConditions Conditions { get; init; }
    public required RecipientGroup Group { get; init; }
    public required Sex Sex { get; init; }

    /// <summary>One of <see cref="AgeBand.All"/>.</summary>
    public required string Age { get; init; }

    /// <summary>5 digits; empty: not recorded.</summary>
    public required string CommuneCode { get; init; }

    /// <summary>What was listed for the person, by programme and place.</summary>
    public IReadOnlyList<PlacedSum> Sums { get; init; } = [];

    /// <summary>On the rolls: not outside.</summary>
    public bool IsInside => Standing.Step != FunnelStep.Outside;

    /// <summary>Sums of the period, or of the months before it.</summary>
    public FunnelMoney Money(bool inPeriod)
    {
        var money = default(FunnelMoney);
        foreach (var one in Sums)
            if (one.InPeriod == inPeriod) money += FunnelMoney.In(one.Place, one.Sum);
        return money;
    }

    /// <summary>Anything listed that stands in a place; null: in any.</summary>
    public bool Has(Place? place, bool inPeriod)
    {
        foreach (var one in Sums)
            if (one.InPeriod == inPeriod && (place is null || one.Place == place)) return true;
        return false;
    }

    /// <summary>The value of a dimension, as it stands in figures.</summary>
    public string Value(FunnelDimension dimension) => dimension switch
    {
        FunnelDimension.Group => RecipientGroups.Code(Group),
        FunnelDimension.Sex => Sex switch { Sex.Male => "M", Sex.Female => "F", _ => "unknown" },
        FunnelDimension.Age => Age,
        _ => CommuneCode.Length == 0 ? "unknown" : CommuneCode,
    };
}
