namespace PaymentEngine.App.Banks;

/// <summary>How patient the program is with a bank's channel. Kept with the channel's settings; a channel that says nothing has the defaults.</summary>
/// <param name="Tries">How often a step is tried that may be repeated (looking, carrying): 1 to 10. The act of sending is tried once, always.</param>
/// <param name="TimeOutSeconds">How long one try may take, 5 to 3600.</param>
/// <param name="BreakAfter">After so many failures within five minutes, and no success, the channel is left alone for a while, 2 to 100.</param>
/// <param name="BreakSeconds">For how long, 1 to 3600.</param>
public sealed record ChannelPolicy(int Tries, int TimeOutSeconds, int BreakAfter, int BreakSeconds)
{
    public static readonly ChannelPolicy Default = new(Tries: 3, TimeOutSeconds: 120, BreakAfter: 5, BreakSeconds: 60);
}
