namespace PaymentEngine.Core.Payments;

/// <summary>What we did with an attempt. Stored where it happens: on the run, the file, the hand-over; an attempt carries no state column.</summary>
public enum OwnStep : byte { Prepared = 1, Approved, Sealed, InDoubt, HandedOver, Cancelled }

/// <summary>What can happen to our own step.</summary>
public enum OwnEvent : byte
{
    Approve = 1,
    Seal,
    HandOver,
    LoseTrack,

    /// <summary>The channel holds the file, the bank has answered about it, or says that it has it.</summary>
    ProveHandedOver,
    Cancel,

    /// <summary>The channel or the bank says for certain that the file never came.</summary>
    ProveNotSent,

    /// <summary>The file still lay in the channel with the same bytes, and is out of it again.</summary>
    TakeBack,
}

/// <summary>The one table of our own steps.</summary>
public static class AttemptLife
{
    /// <summary>The step after an event, or null: a pair that is not listed cannot happen.</summary>
    public static OwnStep? Next(OwnStep step, OwnEvent happened) => (step, happened) switch
    {
        (OwnStep.Prepared, OwnEvent.Approve) => OwnStep.Approved,
        (OwnStep.Prepared or OwnStep.Approved, OwnEvent.Cancel) => OwnStep.Cancelled,
        (OwnStep.Approved, OwnEvent.Seal) => OwnStep.Sealed,
        (OwnStep.Sealed, OwnEvent.HandOver) => OwnStep.HandedOver,
        (OwnStep.Sealed, OwnEvent.LoseTrack) => OwnStep.InDoubt,
        (OwnStep.InDoubt, OwnEvent.ProveHandedOver) => OwnStep.HandedOver, // Only evidence ends a doubt, never a timer.
        (OwnStep.InDoubt, OwnEvent.ProveNotSent) => OwnStep.Sealed,
        (OwnStep.HandedOver or OwnStep.InDoubt, OwnEvent.TakeBack) => OwnStep.Sealed,
        _ => null,
    };
}
