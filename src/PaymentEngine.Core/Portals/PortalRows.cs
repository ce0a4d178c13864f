using NodaTime;

namespace PaymentEngine.Core.Portals;

/// <summary>One row of portal-procedures.csv: a procedure (thủ tục hành chính) we answer for, from a day on.</summary>
/// <param name="Code">As the portal writes it: <c>1.001776</c>.</param>
/// <param name="Name">Its title.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="WorkingDays">The term, in working days.</param>
/// <param name="ValidFrom">First day; a later row of the code replaces it from its own first day.</param>
/// <param name="Source">The decision that sets the term.</param>
public sealed record PortalProcedure(string Code, string Name, PortalSubject Subject, int WorkingDays, LocalDate ValidFrom, string Source);

/// <summary>One row of portal-applications.csv: an application a portal hands to us.</summary>
/// <param name="CaseId">Mã hồ sơ: what the portal knows it by.</param>
/// <param name="ProcedureCode">Mã thủ tục.</param>
/// <param name="IdNumber">Of the person it is about, 12 digits or an old 9; null: not given.</param>
/// <param name="FullName">Of the person it is about.</param>
/// <param name="CommuneCode">The commune that answers; null: the province.</param>
/// <param name="SubmittedAt">When it was handed in, Viet Nam time.</param>
/// <param name="EventAt">When the portal had it complete and handed it to the office: the term runs from this day.</param>
/// <param name="Note">Free words.</param>
public sealed record PortalApplication(string CaseId, string ProcedureCode, string? IdNumber, string FullName, string? CommuneCode, LocalDateTime SubmittedAt, LocalDateTime EventAt, string? Note);

/// <summary>One row of portal-statuses.csv: where an application stands. Ours in files we send, the portal's in files we compare with.</summary>
/// <param name="CaseId">Mã hồ sơ.</param>
/// <param name="ProcedureCode">Mã thủ tục; null where a portal leaves it out.</param>
/// <param name="State">The state.</param>
/// <param name="At">Since when, Viet Nam time.</param>
/// <param name="DueOn">Last day of the term; null: not said.</param>
/// <param name="Note">The reason of a refusal, or free words.</param>
public sealed record PortalStatus(string CaseId, string? ProcedureCode, PortalState State, LocalDateTime At, LocalDate? DueOn, string? Note);

/// <summary>What the receiver of a file did with one of its rows.</summary>
public enum PortalResult : byte
{
    /// <summary>Taken.</summary>
    Accepted = 1,

    /// <summary>The same had come before; nothing changed.</summary>
    Same,

    /// <summary>The application had come before with other content: it waits for a person.</summary>
    Differs,

    /// <summary>Not taken; the reason says why.</summary>
    Refused,
}

/// <summary>One row of portal-receipts.csv: the acknowledgement of one row of a file. The same form both ways.</summary>
/// <param name="FileSha256">Digest of the acknowledged file, 64 hexadecimal digits.</param>
/// <param name="Line">Its line, the header being line 1.</param>
/// <param name="CaseId">Mã hồ sơ; null where the row did not say.</param>
/// <param name="Result">What was done.</param>
/// <param name="Code">Stable code of a refusal or difference.</param>
/// <param name="Reason">In words.</param>
public sealed record PortalReceipt(string FileSha256, int Line, string? CaseId, PortalResult Result, string? Code, string? Reason);
