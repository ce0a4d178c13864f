using System.Buffers;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Portals;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>portal-procedures.csv. Columns and rules: schemas/import/portal-procedures.md.</summary>
sealed class PortalProceduresFile() : RegisterFileFormat<PortalProcedure>(RegisterFileKind.PortalProcedures, "portal-procedures.csv", columns)
{
    const int WorkingDaysMax = 365;

    static readonly Words<PortalSubject> subjects = new(("award", PortalSubject.Award), ("account", PortalSubject.Account), ("wish", PortalSubject.Wish), ("move", PortalSubject.Move), ("death", PortalSubject.Death), ("payee", PortalSubject.Payee), ("other", PortalSubject.Other));

    static readonly ColumnSet columns = new();
    static readonly RegisterColumn code = columns.Add("procedure_code", Id, required: true);
    static readonly RegisterColumn name = columns.Add("name", ColumnType.Text, required: true);
    static readonly RegisterColumn subject = columns.Add("subject", Choice, required: true, allowed: subjects.All);
    static readonly RegisterColumn workingDays = columns.Add("working_days", Integer, required: true);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date, required: true);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "procedure_code and valid_from";

    public override UInt128 KeyOf(PortalProcedure value) => RegisterKey.Of(value.Code, RegisterValues.Text(value.ValidFrom));

    public override PortalProcedure Read(RegisterRowFields row) => new(row.RequiredId(code), row.RequiredText(name), row.Choice(subject, subjects), row.Integer(workingDays, 1, WorkingDaysMax) ?? 0, row.Date(validFrom) ?? default, row.RequiredText(source));

    public override void Write(RegisterRowWriter row, PortalProcedure value)
    {
        row.Put(value.Code);
        row.Put(value.Name);
        row.Put(subjects.Of(value.Subject));
        row.Put(value.WorkingDays.ToString(System.Globalization.CultureInfo.InvariantCulture));
        row.Put(RegisterValues.Text(value.ValidFrom));
        row.Put(value.Source);
    }
}

/// <summary>portal-applications.csv. Columns and rules: schemas/import/portal-applications.md.</summary>
sealed class PortalApplicationsFile() : RegisterFileFormat<PortalApplication>(RegisterFileKind.PortalApplications, "portal-applications.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn caseId = columns.Add("case_id", Id, required: true);
    static readonly RegisterColumn procedureCode = columns.Add("procedure_code", Id, required: true);
    static readonly RegisterColumn idNumber = columns.Add("id_number", Id);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text, required: true);
    static readonly RegisterColumn communeCode = columns.Add("commune_code", Code);
    static readonly RegisterColumn submittedAt = columns.Add("submitted_at", ColumnType.Text, required: true);
    static readonly RegisterColumn eventAt = columns.Add("event_at", ColumnType.Text, required: true);
    static readonly RegisterColumn note = columns.Add("note", ColumnType.Text);

    public override string KeyInWords => "case_id";

    public override UInt128 KeyOf(PortalApplication value) => RegisterKey.Of(value.CaseId);

    public override PortalApplication Read(RegisterRowFields row)
    {
        var application = new PortalApplication(row.RequiredId(caseId), row.RequiredId(procedureCode), NoticeNumbers.Read(row, idNumber), row.RequiredName(fullName), row.IsEmpty(communeCode) ? null : row.Commune(communeCode),
            PortalTimes.Read(row, submittedAt), PortalTimes.Read(row, eventAt), row.Text(note));
        if (!row.IsRefused && application.EventAt < application.SubmittedAt)
            row.Refuse(eventAt, RegisterRefusals.PeriodBackwards, "The application was complete before it was handed in.", "Correct one of the two times.");
        return application;
    }

    public override void Write(RegisterRowWriter row, PortalApplication value)
    {
        row.Put(value.CaseId);
        row.Put(value.ProcedureCode);
        row.Put(value.IdNumber);
        row.Put(value.FullName);
        row.Put(value.CommuneCode);
        row.Put(PortalTimes.Text(value.SubmittedAt));
        row.Put(PortalTimes.Text(value.EventAt));
        row.Put(value.Note);
    }
}

/// <summary>portal-statuses.csv. Columns and rules: schemas/import/portal-statuses.md.</summary>
sealed class PortalStatusesFile() : RegisterFileFormat<PortalStatus>(RegisterFileKind.PortalStatuses, "portal-statuses.csv", columns)
{
    internal static readonly Words<PortalState> States = new(("received", PortalState.Received), ("accepted", PortalState.Accepted), ("refused", PortalState.Refused), ("in_work", PortalState.InWork), ("decided", PortalState.Decided),
        ("closed", PortalState.Closed), ("withdrawn", PortalState.Withdrawn));

    static readonly ColumnSet columns = new();
    static readonly RegisterColumn caseId = columns.Add("case_id", Id, required: true);
    static readonly RegisterColumn procedureCode = columns.Add("procedure_code", Id);
    static readonly RegisterColumn status = columns.Add("status", Choice, required: true, allowed: States.All);
    static readonly RegisterColumn statusAt = columns.Add("status_at", ColumnType.Text, required: true);
    static readonly RegisterColumn dueOn = columns.Add("due_on", Date);
    static readonly RegisterColumn note = columns.Add("note", ColumnType.Text);

    // A file we send may tell several steps of one application; a list we compare with names each once, which the comparison checks.
    public override string KeyInWords => "case_id and status";

    public override UInt128 KeyOf(PortalStatus value) => RegisterKey.Of(value.CaseId, States.Of(value.State));

    public override PortalStatus Read(RegisterRowFields row) => new(row.RequiredId(caseId), row.Id(procedureCode), row.Choice(status, States), PortalTimes.Read(row, statusAt), row.Date(dueOn), row.Text(note));

    public override void Write(RegisterRowWriter row, PortalStatus value)
    {
        row.Put(value.CaseId);
        row.Put(value.ProcedureCode);
        row.Put(States.Of(value.State));
        row.Put(PortalTimes.Text(value.At));
        row.Put(RegisterValues.Text(value.DueOn));
        row.Put(value.Note);
    }
}

/// <summary>portal-receipts.csv. Columns and rules: schemas/import/portal-receipts.md.</summary>
sealed class PortalReceiptsFile() : RegisterFileFormat<PortalReceipt>(RegisterFileKind.PortalReceipts, "portal-receipts.csv", columns)
{
    static readonly SearchValues<char> figures = SearchValues.Create("0123456789abcdef");
    static readonly Words<PortalResult> results = new(("accepted", PortalResult.Accepted), ("same", PortalResult.Same), ("differs", PortalResult.Differs), ("refused", PortalResult.Refused));

    static readonly ColumnSet columns = new();
    static readonly RegisterColumn fileSha256 = columns.Add("file_sha256", Id, required: true);
    static readonly RegisterColumn line = columns.Add("line", Integer, required: true);
    static readonly RegisterColumn caseId = columns.Add("case_id", Id);
    static readonly RegisterColumn result = columns.Add("result", Choice, required: true, allowed: results.All);
    static readonly RegisterColumn code = columns.Add("code", Id);
    static readonly RegisterColumn reason = columns.Add("reason", ColumnType.Text);

    public override string KeyInWords => "file_sha256 and line";

    public override UInt128 KeyOf(PortalReceipt value) => RegisterKey.Of(value.FileSha256, value.Line.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public override PortalReceipt Read(RegisterRowFields row)
    {
        var digest = row.RequiredId(fileSha256).ToLowerInvariant();
        if (digest.Length > 0 && (digest.Length != 64 || digest.AsSpan().ContainsAnyExcept(figures)))
            row.Refuse(fileSha256, "portal.digest_malformed", $"'{RegisterRowFields.Shown(digest)}' is no SHA-256.", "Write the 64 hexadecimal digits that sha256sum prints for the file.");
        var receipt = new PortalReceipt(digest, row.Integer(line, 2, int.MaxValue) ?? 0, row.Id(caseId), row.Choice(result, results), row.Id(code), row.Text(reason));
        if (!row.IsRefused && receipt is { Result: PortalResult.Refused, Code: null, Reason: null })
            row.Refuse(reason, RegisterRefusals.CellEmpty, "The row was refused and nothing says why.", "Fill in code or reason.");
        return receipt;
    }

    public override void Write(RegisterRowWriter row, PortalReceipt value)
    {
        row.Put(value.FileSha256);
        row.Put(value.Line.ToString(System.Globalization.CultureInfo.InvariantCulture));
        row.Put(value.CaseId);
        row.Put(results.Of(value.Result));
        row.Put(value.Code);
        row.Put(value.Reason);
    }
}

/// <summary>Times in portal files: Viet Nam's clock, to the minute or second.</summary>
static class PortalTimes
{
    static readonly LocalDateTimePattern seconds = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");
    static readonly LocalDateTimePattern minutes = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    public static LocalDateTime Read(RegisterRowFields row, RegisterColumn column)
    {
        if (row.Text(column) is not { } text) return default;
        if (seconds.Parse(text) is { Success: true } exact) return exact.Value;
        if (minutes.Parse(text) is { Success: true } rough) return rough.Value;
        row.Refuse(column, "time.malformed", $"'{RegisterRowFields.Shown(text)}' is not a day and time.", "Write YYYY-MM-DDThh:mm or with seconds, on Viet Nam's clock, for example 2026-11-05T09:30.");
        return default;
    }

    public static string Text(LocalDateTime at) => seconds.Format(at);
}
