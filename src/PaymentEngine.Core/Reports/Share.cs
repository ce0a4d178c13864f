namespace PaymentEngine.Core.Reports;

/// <summary>A part of a whole in per cent, rounded to one decimal half away from zero: exact integers in, no binary fraction on the way.</summary>
/// <remarks>The rule is the house's: no act read here says how a report rounds. Rounded shares of parts need not add up to 100.0, and no table adds them.</remarks>
public readonly record struct Share
{
    Share(long tenths) => Tenths = tenths;

    /// <summary>Tenths of a per cent: 65 is 6.5 %.</summary>
    public long Tenths { get; }

    /// <summary>Null when there is no whole: a share of nothing is not zero.</summary>
    public static Share? Of(long part, long whole)
    {
        if (part < 0 || whole < 0) throw new ArgumentOutOfRangeException(nameof(part), "A part and its whole are counts.");
        return whole == 0 ? null : new Share((long)((((Int128)part * 2_000) + whole) / ((Int128)whole * 2)));
    }

    /// <summary>For people: <c>6,5 %</c>.</summary>
    public override string ToString() => $"{ViText.Decimal(Tenths / 10m, 1)} %";

    /// <summary>For people; a dash where there is no whole.</summary>
    public static string Text(Share? share) => share?.ToString() ?? "–";
}
