using NodaTime;

namespace PaymentEngine.Postgres.Accounts;

/// <summary>A flag of risk as stored.</summary>
public sealed record StoredFlag
{
    public int FlagNo { get; init; }
    public string BankBin { get; init; } = "";
    public byte[] AccountTag { get; init; } = [];
    public string AccountTail { get; init; } = "";
    public short Kind { get; init; }
    public string Source { get; init; } = "";
    public LocalDate ValidFrom { get; init; }
    public LocalDate ExpiresOn { get; init; }
    public string MadeBy { get; init; } = "";
    public LocalDate? EndedOn { get; init; }
    public string? EndedBy { get; init; }
    public string? EndReason { get; init; }

    /// <summary>How many rights are paid to the account now.</summary>
    public int Payees { get; init; }
}

/// <summary>A flag to be set.</summary>
public sealed record NewFlag(string BankBin, byte[] AccountTag, string AccountTail, short Kind, string Source, LocalDate ValidFrom, LocalDate ExpiresOn);

/// <summary>Flags of risk on accounts (F25).</summary>
public static class AccountFlagStore
{
    const string Select = """
        SELECT f.flag_no, f.bank_bin, f.account_tag, f.account_tail, f.kind, f.source, f.valid_from, f.expires_on, f.made_by, f.ended_on, f.ended_by, f.end_reason,
               (SELECT count(*)::int FROM channel c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.known_to = 'infinity' AND (p.channel_version = c.version OR (c.programme IS NOT NULL AND c.known_to = 'infinity'))
                 WHERE c.province_code = f.province_code AND c.account_tag = f.account_tag) AS payees
          FROM account_flag_now f
        """;

    const string All = $"""
        -- AccountFlagStore.All
        {Select} WHERE f.province_code = @provinceCode AND (@flagNo = 0 OR f.flag_no = @flagNo) AND (@ended OR (f.expires_on >= @today AND f.ended_on IS NULL)) ORDER BY f.flag_no;
        """;

    const string Insert = """
        -- AccountFlagStore.Insert
        INSERT INTO account_flag (province_code, flag_no, bank_bin, account_tag, account_tail, kind, source, valid_from, expires_on, made_by, at, operation_no)
        SELECT @provinceCode, coalesce((SELECT max(flag_no) FROM account_flag WHERE province_code = @provinceCode), 0) + 1, @BankBin, @AccountTag, @AccountTail, @Kind, @Source, @validFrom, @expiresOn, @person, @at, @operationNo
        RETURNING flag_no;
        """;

    const string InsertEnd = """
        -- AccountFlagStore.InsertEnd
        INSERT INTO account_flag_end (province_code, flag_no, ended_on, reason, person, made_by, at, operation_no)
        SELECT province_code, flag_no, @endedOn, @reason, @person, made_by, @at, @operationNo FROM account_flag WHERE province_code = @provinceCode AND flag_no = @flagNo;
        """;

    /// <summary>Flags that stand or will, or every one there ever was; one (0: all).</summary>
    public static Task<IReadOnlyList<StoredFlag>> AllAsync(DatabaseSession session, short provinceCode, int flagNo, bool ended, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<StoredFlag>(All, new { provinceCode, flagNo, ended, today }, cancel);

    /// <summary>Sets a flag. Its number.</summary>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, NewFlag flag, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.SingleAsync<int>(Insert, new { provinceCode, flag.BankBin, flag.AccountTag, flag.AccountTail, flag.Kind, flag.Source, validFrom = flag.ValidFrom, expiresOn = flag.ExpiresOn, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>Ends a flag before its last day. The store refuses whoever set it.</summary>
    public static Task EndAsync(DatabaseSession session, short provinceCode, int flagNo, LocalDate endedOn, string reason, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertEnd, new { provinceCode, flagNo, endedOn, reason, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);
}
