using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Portals;

/// <summary>Where an application (hồ sơ) of a case-handling portal stands with us.</summary>
public enum PortalState : byte
{
    /// <summary>Taken in from the portal's file, not looked at yet (đã nhận).</summary>
    Received = 1,

    /// <summary>Complete, taken on (đã tiếp nhận).</summary>
    Accepted,

    /// <summary>Not complete or not ours, sent back with the reason (từ chối tiếp nhận).</summary>
    Refused,

    /// <summary>Somebody works on it (đang giải quyết).</summary>
    InWork,

    /// <summary>Decided; the result waits to be handed over (đã có kết quả).</summary>
    Decided,

    /// <summary>Handed over, over (đã trả kết quả).</summary>
    Closed,

    /// <summary>Taken back by who applied (đã rút).</summary>
    Withdrawn,
}

/// <summary>What can happen to an application.</summary>
public enum PortalStep : byte { Receive = 1, Accept, Refuse, Start, Decide, Close, Withdraw }

/// <summary>What a procedure is about, and so what of the register an application points at.</summary>
public enum PortalSubject : byte
{
    /// <summary>An award: a new decision, its change or its end.</summary>
    Award = 1,

    /// <summary>An account to be paid to.</summary>
    Account,

    /// <summary>The wish to be paid by account, or its taking back.</summary>
    Wish,

    /// <summary>A move.</summary>
    Move,

    /// <summary>A death, also as one of several linked procedures.</summary>
    Death,

    /// <summary>Who takes the money.</summary>
    Payee,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The life of an application, as one table; and its term.</summary>
public static class PortalCases
{
    /// <summary>The state after a step, or null: a pair that is not listed cannot happen.</summary>
    public static PortalState? Next(PortalState? state, PortalStep step) => (state, step) switch
    {
        (null, PortalStep.Receive) => PortalState.Received,
        (PortalState.Received, PortalStep.Accept) => PortalState.Accepted,
        (PortalState.Received, PortalStep.Refuse) => PortalState.Refused,
        (PortalState.Accepted, PortalStep.Start) => PortalState.InWork,
        (PortalState.InWork, PortalStep.Decide) => PortalState.Decided,
        (PortalState.Decided or PortalState.Refused, PortalStep.Close) => PortalState.Closed,
        (PortalState.Received or PortalState.Accepted or PortalState.InWork, PortalStep.Withdraw) => PortalState.Withdrawn,
        _ => null,
    };

    /// <summary>The steps that can follow.</summary>
    public static IReadOnlyList<PortalStep> StepsFrom(PortalState state) => [.. Enum.GetValues<PortalStep>().Where(step => Next(state, step) is not null)];

    /// <summary>The office still owes an answer: the term runs.</summary>
    public static bool TermRuns(PortalState state) => state is PortalState.Received or PortalState.Accepted or PortalState.InWork;

    /// <summary>Nothing more happens.</summary>
    public static bool IsOver(PortalState state) => StepsFrom(state).Count == 0;

    /// <summary>How far an application has come: of two states of one application the one with more is later.</summary>
    public static int Reached(PortalState state) => state switch
    {
        PortalState.Received => 1, PortalState.Accepted => 2, PortalState.InWork => 3, PortalState.Decided or PortalState.Refused => 4, _ => 5,
    };

    /// <summary>The last day of a term of working days that runs from an event: the day of the event is not counted, weekends and holidays are not either.</summary>
    /// <remarks>Bộ luật Dân sự 2015, Điều 147(2) (from memory): the first day is not counted. Terms such as the 7 working days of 335/2026/NĐ-CP, Điều 31.2 come with the procedure.</remarks>
    /// <param name="eventOn">The day of the event in Viet Nam, not the day a file brought it.</param>
    /// <param name="workingDays">At least 1.</param>
    /// <param name="calendar">Days offices are open: those of banks; a swapped Saturday does not count, which ends a term a day later at most and never earlier.</param>
    public static LocalDate DueOn(LocalDate eventOn, int workingDays, BankingCalendar calendar)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workingDays, 1);
        var day = eventOn;
        for (var i = 0; i < workingDays; i++) day = calendar.OnOrAfter(day.PlusDays(1));
        return day;
    }
}
