using NodaTime;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.Postgres.Accounts;

/// <summary>A right that is paid to an account a bank has corrected.</summary>
public sealed record CorrectedRight
{
    public byte[] AccountTag { get; init; } = [];
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }
    public string PayeeName { get; init; } = "";
    public string PersonId { get; init; } = "";
    public int CommuneId { get; init; }
    public short Kind { get; init; }
    public string HolderName { get; init; } = "";

    /// <summary>The account is primary for this programme alone, on these days; null: it is the account of the right.</summary>
    public short? Programme { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }
}

/// <summary>Files in which banks correct accounts (F27).</summary>
public static class AccountCorrectionStore
{
    const string Rights = """
        -- AccountCorrectionStore.Rights: all that is paid to these accounts now, whoever's money it is.
        SELECT c.account_tag, p.payee_no, p.version AS payee_version, p.payee_name, r.person_id, f.commune_id, c.kind, c.holder_name, c.programme, c.valid_from, c.valid_to
          FROM channel c
          JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.known_to = 'infinity' AND (p.channel_version = c.version OR (c.programme IS NOT NULL AND c.known_to = 'infinity'))
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.known_to = 'infinity'
          JOIN LATERAL (SELECT d.commune_id FROM dated_fact d WHERE d.province_code = r.province_code AND d.recipient_id = r.recipient_id AND d.known_to = 'infinity' ORDER BY d.facts_from DESC, d.version DESC LIMIT 1) f ON true
         WHERE c.province_code = @provinceCode AND c.account_tag = ANY (@tags)
         ORDER BY p.payee_no, c.version;
        """;

    const string Waiting = """
        -- AccountCorrectionStore.Waiting
        SELECT payee_no FROM account_change_now WHERE province_code = @provinceCode AND payee_no = ANY (@payees) AND state IN ('proposed', 'approved');
        """;

    const string Find = """
        -- AccountCorrectionStore.Find
        SELECT correction_no FROM account_correction WHERE province_code = @provinceCode AND sha256 = @sha256;
        """;

    const string Insert = """
        -- AccountCorrectionStore.Insert
        INSERT INTO account_correction (province_code, correction_no, bank_bin, source, file_name, sha256, rows, changes, person, at, operation_no)
        SELECT @provinceCode, coalesce((SELECT max(correction_no) FROM account_correction WHERE province_code = @provinceCode), 0) + 1, @bankBin, @source, @fileName, @sha256, @rows, @changes, @person, @at, @operationNo
        RETURNING correction_no;
        """;

    const string Changes = """
        -- AccountCorrectionStore.Changes
        SELECT change_no FROM account_change WHERE province_code = @provinceCode AND correction_no = @correctionNo ORDER BY change_no;
        """;

    /// <summary>Everything that is paid to some accounts now.</summary>
    public static Task<IReadOnlyList<CorrectedRight>> RightsAsync(DatabaseSession session, short provinceCode, IEnumerable<byte[]> tags, CancellationToken cancel) =>
        session.QueryAsync<CorrectedRight>(Rights, new { provinceCode, tags = tags.ToArray() }, cancel);

    /// <summary>Rights of which a change waits already.</summary>
    public static async Task<IReadOnlySet<int>> WaitingAsync(DatabaseSession session, short provinceCode, IEnumerable<int> payees, CancellationToken cancel) =>
        (await session.QueryAsync<int>(Waiting, new { provinceCode, payees = payees.ToArray() }, cancel)).ToHashSet();

    /// <summary>The number of a file that was taken in before; null: it was not.</summary>
    public static Task<int?> FindAsync(DatabaseSession session, short provinceCode, byte[] sha256, CancellationToken cancel) => session.FindAsync<int?>(Find, new { provinceCode, sha256 }, cancel);

    /// <summary>Keeps a file and the changes its rows ask for.</summary>
    public static async Task<int> InsertAsync(DatabaseSession session, short provinceCode, string bankBin, string source, (string Name, byte[] Sha256, int Rows) file, IReadOnlyList<AccountChange> changes, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var correctionNo = await session.SingleAsync<int>(Insert, new { provinceCode, bankBin, source, fileName = file.Name, sha256 = file.Sha256, rows = file.Rows, changes = changes.Count, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);
        foreach (var change in changes) await AccountChangeStore.InsertAsync(session, provinceCode, change with { CorrectionNo = correctionNo }, by.At, by.OperationNo, cancel);
        return correctionNo;
    }

    /// <summary>The numbers of the changes of a file.</summary>
    public static Task<IReadOnlyList<int>> ChangesAsync(DatabaseSession session, short provinceCode, int correctionNo, CancellationToken cancel) => session.QueryAsync<int>(Changes, new { provinceCode, correctionNo }, cancel);
}
