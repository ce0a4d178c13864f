using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>An open case as its list shows it.</summary>
public sealed record OpenCase
{
    public int CaseNo { get; init; }
    public string Kind { get; init; } = "";
    public int? Month { get; init; }
    public int? RunNo { get; init; }
    public int? LineNo { get; init; }
    public short? Attempt { get; init; }
    public int? ImportNo { get; init; }
    public int? EntryNo { get; init; }
    public string? CommuneName { get; init; }
    public long AmountVnd { get; init; }
    public string? ReasonCode { get; init; }
    public string NextAction { get; init; } = "";
    public string Owner { get; init; } = "";
    public Instant OpenedAt { get; init; }
    public LocalDate DueOn { get; init; }
    public string? TakenBy { get; init; }
}

/// <summary>Cases people work from (việc phải xử lý).</summary>
public static class CaseStore
{
    const string Open = """
        -- CaseStore.Open: through the desk's eyes, the most urgent first.
        SELECT c.case_no, c.kind, c.month, c.run_no, c.line_no, c.attempt, c.import_no, c.entry_no, a.name AS commune_name, c.amount_vnd, c.reason_code, c.next_action, c.owner, c.opened_at, c.due_on, c.taken_by
          FROM payment_case c
          LEFT JOIN area a ON a.province_code = c.province_code AND a.commune_id = c.commune_id AND a.known_to = 'infinity'
         WHERE c.province_code = @provinceCode AND c.closed_at IS NULL AND (@month = 0 OR (c.month = @month AND c.run_no = @runNo))
         ORDER BY c.due_on, c.case_no;
        """;

    /// <summary>Open cases the person may see; of one run, or of all (month 0).</summary>
    public static Task<IReadOnlyList<OpenCase>> OpenAsync(DatabaseSession session, short provinceCode, int month, int runNo, CancellationToken cancel) =>
        session.QueryAsync<OpenCase>(Open, new { provinceCode, month, runNo }, cancel);
}
