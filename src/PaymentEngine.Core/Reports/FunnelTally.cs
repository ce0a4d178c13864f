namespace PaymentEngine.Core.Reports;

/// <summary>People and money of one row of a report: where its people stand, and what was listed for them.</summary>
public sealed class FunnelTally
{
    readonly long[] stands = new long[FunnelSteps.All.Count];

    /// <summary>Everybody counted, those outside too.</summary>
    public long People { get; private set; }

    /// <summary>Of the period.</summary>
    public FunnelMoney Money { get; private set; }

    /// <summary>Of the months before it, since the cumulative count began.</summary>
    public FunnelMoney Before { get; private set; }

    /// <summary>How many stand on a step.</summary>
    public long Stands(FunnelStep step) => stands[(int)step];

    /// <summary>How many stand on a step or beyond it; never those outside.</summary>
    public long Reached(FunnelStep step)
    {
        var people = 0L;
        for (var at = Math.Max((int)step, (int)FunnelStep.Registered); at < stands.Length; at++) people += stands[at];
        return people;
    }

    /// <summary>On the rolls: the whole that shares are of.</summary>
    public long Inside => Reached(FunnelStep.Registered);

    internal void Add(FunnelStep step, FunnelMoney money, FunnelMoney before)
    {
        People++;
        stands[(int)step]++;
        Money += money;
        Before += before;
    }
}
