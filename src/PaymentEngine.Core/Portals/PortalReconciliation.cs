using NodaTime;

namespace PaymentEngine.Core.Portals;

/// <summary>How the portal's word on an application stands to ours.</summary>
public enum PortalAgreement : byte
{
    /// <summary>Both say the same.</summary>
    Same = 1,

    /// <summary>The portal knows it, we do not.</summary>
    OnlyTheirs,

    /// <summary>We have it, the portal's list does not.</summary>
    OnlyOurs,

    /// <summary>We are further; the portal has not followed.</summary>
    WeAreAhead,

    /// <summary>The portal is further than we know.</summary>
    TheyAreAhead,

    /// <summary>As far, and not the same: refused against decided, closed against withdrawn.</summary>
    Contradicts,
}

/// <summary>What to do next about an application on which the two disagree. Stable; the words are found at the edge.</summary>
public enum PortalAction : byte
{
    None = 0,

    /// <summary>Ask the portal for the application's file and take it.</summary>
    AskForApplication,

    /// <summary>Ask the portal whether it knows the application.</summary>
    AskWhetherKnown,

    /// <summary>Send our status.</summary>
    Send,

    /// <summary>Sent and not acknowledged: ask for the receipt, or send the file again.</summary>
    AskForReceipt,

    /// <summary>The portal refused the status we sent: read its reason.</summary>
    ReadRefusal,

    /// <summary>Acknowledged, and yet the portal shows something else: a fault there.</summary>
    ReportToPortal,

    /// <summary>Record here what happened, when it did.</summary>
    RecordStep,

    /// <summary>Somebody decides which of the two is right.</summary>
    Decide,
}

/// <summary>How far our last status has come on its way to the portal.</summary>
public enum PortalDelivery : byte { NotSent = 1, Sent, Acknowledged, Refused }

/// <summary>An application as we have it.</summary>
public sealed record OurPortalCase(string CaseId, PortalState State, LocalDateTime At, PortalDelivery Delivery);

/// <summary>One application of the comparison.</summary>
public sealed record PortalComparison(string CaseId, PortalAgreement Agreement, PortalState? Ours, PortalState? Theirs, LocalDateTime? OursAt, LocalDateTime? TheirsAt, PortalAction Action);

/// <summary>What they say against what we say: every application of either side stands in exactly one row.</summary>
public static class PortalReconciliation
{
    /// <param name="ours">Every application of this portal that is not over, and those that are and the portal names.</param>
    /// <param name="theirs">The portal's list; each application once.</param>
    /// <returns>By case id: what disagrees with what to do, and what agrees.</returns>
    public static IReadOnlyList<PortalComparison> Compare(IEnumerable<OurPortalCase> ours, IEnumerable<PortalStatus> theirs)
    {
        var our = ours.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        var their = theirs.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        return [.. our.Keys.Union(their.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => Of(id, our.GetValueOrDefault(id), their.GetValueOrDefault(id)))];
    }

    static PortalComparison Of(string caseId, OurPortalCase? ours, PortalStatus? theirs)
    {
        var agreement = (ours, theirs) switch
        {
            (null, _) => PortalAgreement.OnlyTheirs,
            (_, null) => PortalAgreement.OnlyOurs,
            _ when ours!.State == theirs!.State => PortalAgreement.Same,
            _ when PortalCases.Reached(ours!.State) > PortalCases.Reached(theirs!.State) => PortalAgreement.WeAreAhead,
            _ when PortalCases.Reached(ours!.State) < PortalCases.Reached(theirs!.State) => PortalAgreement.TheyAreAhead,
            _ => PortalAgreement.Contradicts,
        };
        var action = agreement switch
        {
            PortalAgreement.Same => PortalAction.None,
            PortalAgreement.OnlyTheirs => PortalAction.AskForApplication,
            PortalAgreement.OnlyOurs => PortalAction.AskWhetherKnown,
            PortalAgreement.TheyAreAhead => PortalAction.RecordStep,
            PortalAgreement.WeAreAhead => ours!.Delivery switch
            {
                PortalDelivery.NotSent => PortalAction.Send,
                PortalDelivery.Sent => PortalAction.AskForReceipt,
                PortalDelivery.Refused => PortalAction.ReadRefusal,
                _ => PortalAction.ReportToPortal,
            },
            _ => PortalAction.Decide,
        };
        return new PortalComparison(caseId, agreement, ours?.State, theirs?.State, ours?.At, theirs?.At, action);
    }
}
