namespace PaymentEngine.Core.Payments;

/// <summary>What the bank's channel holds under a file's name.</summary>
public enum InChannel : byte { Nothing = 1, SameBytes, OtherBytes }

/// <summary>What is to be done with a sealed file that a person wants sent.</summary>
public enum HandOverMove : byte
{
    /// <summary>It was handed over: nothing is done again.</summary>
    AlreadySent = 1,

    /// <summary>Intent, act, outcome.</summary>
    Send,

    /// <summary>The channel holds these very bytes: they are handed over, whatever we knew of it.</summary>
    Proven,

    /// <summary>We wanted to send it and do not know what became of that. A machine never sends it again by itself.</summary>
    StaysInDoubt,

    /// <summary>Another file has its name in the channel.</summary>
    NameTaken,
}

/// <summary>The hand-over of a file: only evidence ends a doubt, never a timer and never a second try.</summary>
public static class HandOver
{
    /// <param name="step">Sealed, InDoubt or HandedOver, from the intents and outcomes recorded so far.</param>
    /// <param name="channel">What the channel holds under the file's name now.</param>
    public static HandOverMove Next(OwnStep step, InChannel channel) => (step, channel) switch
    {
        (OwnStep.HandedOver, _) => HandOverMove.AlreadySent,
        (_, InChannel.OtherBytes) => HandOverMove.NameTaken,
        (_, InChannel.SameBytes) => HandOverMove.Proven,
        (OwnStep.InDoubt, _) => HandOverMove.StaysInDoubt,
        (OwnStep.Sealed, _) => HandOverMove.Send,
        _ => throw new InvalidOperationException($"A file cannot be handed over from {step}."),
    };
}
