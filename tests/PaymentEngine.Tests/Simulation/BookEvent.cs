using FsCheck;
using FsCheck.Fluent;

namespace PaymentEngine.Tests.Simulation;

/// <summary>What can happen in a book. Files, payments and codes are taken modulo what there is, so that any figures are an event and a shorter list stays one.</summary>
enum BookEventKind : byte
{
    HandOver, LoseTrack, ProveHandedOver, ProveNotSent, TakeBack,
    Status, StatusOfMany, BatchStatus, FileStatus,
    BatchDebit, SingleDebit, SecondDebit, Notification, Returned, PartReturned, SecondReturn, ReturnAnnounced, StatementsComplete,
    Reconcile, PayAgain, PrintCash, CashPaid, CashUncollected, GiveBack, ToldAgain, Settle, CashCorrected,
}

/// <param name="Kind">What happens.</param>
/// <param name="File">To which file.</param>
/// <param name="At">To which payment of it.</param>
/// <param name="Code">Which code, amount or choice.</param>
/// <param name="Hour">When it was reported.</param>
readonly record struct BookEvent(BookEventKind Kind, int File, int At, int Code, int Hour)
{
    static readonly BookEventKind[] Kinds = Enum.GetValues<BookEventKind>();

    // What banks do often is drawn often; cash and a second try need a failure before them.
    static readonly BookEventKind[] Often =
    [
        .. Kinds, BookEventKind.HandOver, BookEventKind.HandOver, BookEventKind.StatusOfMany, BookEventKind.StatusOfMany, BookEventKind.Status, BookEventKind.Status, BookEventKind.BatchDebit, BookEventKind.BatchDebit,
        BookEventKind.Returned, BookEventKind.Returned, BookEventKind.StatementsComplete, BookEventKind.Reconcile, BookEventKind.Reconcile, BookEventKind.PrintCash, BookEventKind.CashPaid, BookEventKind.PayAgain,
    ];

    static readonly Gen<BookEvent> Any =
        from kind in Gen.Elements(Often)
        from file in Gen.Choose(0, 5)
        from at in Gen.Choose(0, 9)
        from code in Gen.Choose(0, 23)
        from hour in Gen.Choose(1, 12)
        select new BookEvent(kind, file, at, code, hour);

    /// <summary>Stories of up to so many events; a failing one is cut down to the events that matter.</summary>
    public static Arbitrary<BookEvent[]> Stories(int eventsMax) => Arb.From(
        from length in Gen.Choose(1, eventsMax)
        from events in Gen.ArrayOf(Any, length)
        select events, Shorter);

    static IEnumerable<BookEvent[]> Shorter(BookEvent[] story)
    {
        for (var size = story.Length / 2; size >= 1; size /= 2)
            for (var from = 0; from + size <= story.Length; from += size) yield return [.. story[..from], .. story[(from + size)..]];
    }
}
