using NodaTime;

namespace PaymentEngine.Postgres.Accounts;

/// <summary>An account that a bank is to be asked about. Of the number only the cipher text.</summary>
public sealed record AccountToAsk
{
    public int PayeeNo { get; init; }
    public int ChannelVersion { get; init; }
    public short AccountKey { get; init; }
    public byte[] AccountCipher { get; init; } = [];
    public byte[] AccountTag { get; init; } = [];
    public string HolderName { get; init; } = "";
}

/// <summary>A list that was sent to a bank, and how far its answer is.</summary>
public sealed record StoredInquiry
{
    public int InquiryNo { get; init; }
    public string BankBin { get; init; } = "";
    public int Accounts { get; init; }
    public string FileName { get; init; } = "";
    public string Person { get; init; } = "";
    public Instant At { get; init; }
    public long Answered { get; init; }
    public long Verified { get; init; }
    public long NameDiffers { get; init; }
    public long Closed { get; init; }
    public long NotFound { get; init; }
}

/// <summary>One account of an inquiry with the bank's last word.</summary>
public sealed record AskedAccount
{
    public int RowNo { get; init; }
    public int PayeeNo { get; init; }
    public string PersonId { get; init; } = "";
    public string PayeeName { get; init; } = "";
    public byte[] AccountTag { get; init; } = [];
    public string AccountTail { get; init; } = "";
    public string HolderName { get; init; } = "";

    /// <summary>0: not answered.</summary>
    public int AnswerNo { get; init; }

    /// <summary>1 verified, 2 name differs, 3 closed, 4 not found; 0: not answered.</summary>
    public short State { get; init; }
    public string? BankName { get; init; }
    public string? NameRule { get; init; }
    public short? NameScore { get; init; }
    public LocalDate? AnsweredOn { get; init; }
    public string? Note { get; init; }
}

/// <summary>An answer to be kept: the state that follows, and the evidence of the names.</summary>
public sealed record NewAccountAnswer(int RowNo, short State, string? BankName, string? BankForm, string? HolderForm, string? NameRule, short? NameScore, LocalDate AnsweredOn, string? Note);

/// <summary>What stands on an account of a right when a run is planned.</summary>
public sealed record AccountStanding
{
    public int PayeeNo { get; init; }
    public int Version { get; init; }

    /// <summary>As in <see cref="AskedAccount.State"/>, for the holder the register has now; 0: the bank has not spoken of it.</summary>
    public short State { get; init; }

    /// <summary>The kind of the flag that stands; null: none.</summary>
    public short? FlagKind { get; init; }
    public string? FlagSource { get; init; }
    public LocalDate? FlagFrom { get; init; }
    public LocalDate? FlagTo { get; init; }
}

/// <summary>What banks were asked of accounts and what they said (F21, F23).</summary>
public static class AccountCheckStore
{
    const string Lock = """
        -- AccountCheckStore.Lock
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.accounts', @provinceCode));
        """;

    const string ToAsk = """
        -- AccountCheckStore.ToAsk: each account once, whoever is paid there; those in use whose holder the bank has not confirmed.
        SELECT DISTINCT ON (c.account_tag) c.payee_no, c.version AS channel_version, c.account_key, c.account_cipher, c.account_tag, c.holder_name
          FROM channel c
          JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.known_to = 'infinity' AND (p.channel_version = c.version OR (c.programme IS NOT NULL AND c.known_to = 'infinity'))
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.known_to = 'infinity' AND r.death IS NULL
          LEFT JOIN account_check_now k ON k.province_code = c.province_code AND k.account_tag = c.account_tag
         WHERE c.province_code = @provinceCode AND c.bank_bin = @bankBin AND length(c.account_cipher) > 0 AND p.wish = 1 AND coalesce(p.valid_to, 'infinity') >= @today
           AND (@again OR k.state IS NULL OR (k.state < 3 AND k.holder_name <> c.holder_name))
           AND (@communes::int[] IS NULL OR EXISTS (SELECT FROM dated_fact f WHERE f.province_code = p.province_code AND f.recipient_id = p.recipient_id AND f.known_to = 'infinity' AND f.commune_id = ANY (@communes)))
         ORDER BY c.account_tag, c.payee_no, c.version;
        """;

    const string Next = """
        -- AccountCheckStore.Next
        SELECT last_number('account_inquiry', @provinceCode) + 1;
        """;

    const string Insert = """
        -- AccountCheckStore.Insert
        INSERT INTO account_inquiry (province_code, inquiry_no, bank_bin, accounts, file_name, sha256, person, at, operation_no)
        VALUES (@provinceCode, @inquiryNo, @bankBin, cardinality(@payees), @fileName, @sha256, @person, @at, @operationNo);
        INSERT INTO account_asked (province_code, inquiry_no, row_no, payee_no, channel_version, account_tag, holder_name)
        SELECT @provinceCode, @inquiryNo, n.row_no, n.payee_no, n.version, n.tag, n.holder FROM unnest(@payees, @versions, @tags, @holders) WITH ORDINALITY AS n (payee_no, version, tag, holder, row_no);
        """;

    const string Inquiries = """
        -- AccountCheckStore.Inquiries
        SELECT i.inquiry_no, i.bank_bin, i.accounts, i.file_name, i.person, i.at, count(a.state) AS answered, count(*) FILTER (WHERE a.state = 1) AS verified, count(*) FILTER (WHERE a.state = 2) AS name_differs,
               count(*) FILTER (WHERE a.state = 3) AS closed, count(*) FILTER (WHERE a.state = 4) AS not_found
          FROM account_inquiry i
          JOIN account_asked q USING (province_code, inquiry_no)
          LEFT JOIN LATERAL (SELECT x.state FROM account_answer x WHERE x.province_code = q.province_code AND x.inquiry_no = q.inquiry_no AND x.row_no = q.row_no ORDER BY x.answer_no DESC LIMIT 1) a ON true
         WHERE i.province_code = @provinceCode AND (@inquiryNo = 0 OR i.inquiry_no = @inquiryNo)
         GROUP BY i.inquiry_no, i.bank_bin, i.accounts, i.file_name, i.person, i.at
         ORDER BY i.inquiry_no;
        """;

    const string Asked = """
        -- AccountCheckStore.Asked
        SELECT q.row_no, q.payee_no, r.person_id, p.payee_name, q.account_tag, c.account_tail, q.holder_name, coalesce(a.answer_no, 0) AS answer_no, coalesce(a.state, 0)::smallint AS state, a.bank_name, a.name_rule, a.name_score, a.answered_on, a.note
          FROM account_asked q
          JOIN channel c ON c.province_code = q.province_code AND c.payee_no = q.payee_no AND c.version = q.channel_version
          JOIN payee p ON p.province_code = q.province_code AND p.payee_no = q.payee_no AND p.known_to = 'infinity'
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
          LEFT JOIN LATERAL (SELECT x.* FROM account_answer x WHERE x.province_code = q.province_code AND x.inquiry_no = q.inquiry_no AND x.row_no = q.row_no ORDER BY x.answer_no DESC LIMIT 1) a ON true
         WHERE q.province_code = @provinceCode AND q.inquiry_no = @inquiryNo
         ORDER BY q.row_no;
        """;

    const string InsertAnswers = """
        -- AccountCheckStore.InsertAnswers
        INSERT INTO account_answer (province_code, inquiry_no, row_no, answer_no, state, bank_name, bank_form, holder_form, name_rule, name_score, answered_on, note, file_name, sha256, person, at, operation_no)
        SELECT @provinceCode, @inquiryNo, n.row_no, (SELECT coalesce(max(o.answer_no), 0) + 1 FROM account_answer o WHERE o.province_code = @provinceCode AND o.inquiry_no = @inquiryNo AND o.row_no = n.row_no),
               n.state, n.bank_name, n.bank_form, n.holder_form, n.name_rule, n.name_score, n.answered_on, n.note, @fileName, @sha256, @person, @at, @operationNo
          FROM unnest(@rows, @states, @bankNames, @bankForms, @holderForms, @rules, @scores, @days, @notes) AS n (row_no, state, bank_name, bank_form, holder_form, name_rule, name_score, answered_on, note);
        """;

    const string Any = """
        -- AccountCheckStore.Any
        SELECT EXISTS (SELECT FROM account_answer WHERE province_code = @provinceCode) OR EXISTS (SELECT FROM account_flag WHERE province_code = @provinceCode);
        """;

    // Everything by what was known then; a word about another holder than the register's is no word about this one, but a closed account is closed for everybody.
    const string Standings = """
        -- AccountCheckStore.Standings: of the accounts of some people those of which a bank has spoken or on which a flag stands.
        SELECT p.payee_no, c.version, (CASE WHEN k.state >= 3 OR k.holder_name = c.holder_name THEN k.state ELSE 0 END)::smallint AS state, f.kind AS flag_kind, f.source AS flag_source, f.valid_from AS flag_from, f.expires_on AS flag_to
          FROM payee p
          JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND (c.version = p.channel_version OR c.programme IS NOT NULL)
          LEFT JOIN LATERAL (SELECT a.state, q.holder_name FROM account_asked q JOIN account_answer a USING (province_code, inquiry_no, row_no)
                              WHERE q.province_code = c.province_code AND q.account_tag = c.account_tag AND a.at <= @knownAt ORDER BY a.at DESC, a.inquiry_no DESC, a.row_no DESC, a.answer_no DESC LIMIT 1) k ON true
          LEFT JOIN LATERAL (SELECT x.kind, x.source, x.valid_from, x.expires_on FROM account_flag x LEFT JOIN account_flag_end e ON e.province_code = x.province_code AND e.flag_no = x.flag_no AND e.at <= @knownAt
                              WHERE x.province_code = c.province_code AND x.account_tag = c.account_tag AND x.at <= @knownAt AND x.valid_from <= @to AND x.expires_on >= @from AND (e.ended_on IS NULL OR e.ended_on > @from)
                              ORDER BY x.kind, x.flag_no LIMIT 1) f ON true
         WHERE p.province_code = @provinceCode AND p.recipient_id = ANY (@ids) AND p.known_from <= @knownAt AND p.known_to > @knownAt AND (k.state IS NOT NULL OR f.kind IS NOT NULL);
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode }, cancel);

    /// <summary>The accounts at a bank that are in use and that it has not confirmed.</summary>
    /// <param name="again">Those that were answered too.</param>
    /// <param name="communes">Of people who live there; null: of everybody.</param>
    public static Task<IReadOnlyList<AccountToAsk>> ToAskAsync(DatabaseSession session, short provinceCode, string bankBin, LocalDate today, bool again, IReadOnlyList<int>? communes, CancellationToken cancel) =>
        session.QueryAsync<AccountToAsk>(ToAsk, new { provinceCode, bankBin, today, again, communes = communes?.ToArray() }, cancel);

    public static Task<int> NextAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<int>(Next, new { provinceCode }, cancel);

    public static Task InsertAsync(DatabaseSession session, short provinceCode, int inquiryNo, string bankBin, IReadOnlyList<AccountToAsk> accounts, string fileName, byte[] sha256, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode, inquiryNo, bankBin, payees = accounts.Select(one => one.PayeeNo).ToArray(), versions = accounts.Select(one => one.ChannelVersion).ToArray(), tags = accounts.Select(one => one.AccountTag).ToArray(),
            holders = accounts.Select(one => one.HolderName).ToArray(), fileName, sha256, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>All inquiries, or one (0: all), as these eyes see them.</summary>
    public static Task<IReadOnlyList<StoredInquiry>> InquiriesAsync(DatabaseSession session, short provinceCode, int inquiryNo, CancellationToken cancel) =>
        session.QueryAsync<StoredInquiry>(Inquiries, new { provinceCode, inquiryNo }, cancel);

    /// <summary>Every account of an inquiry with the bank's last word.</summary>
    public static Task<IReadOnlyList<AskedAccount>> AskedAsync(DatabaseSession session, short provinceCode, int inquiryNo, CancellationToken cancel) =>
        session.QueryAsync<AskedAccount>(Asked, new { provinceCode, inquiryNo }, cancel);

    public static Task InsertAnswersAsync(DatabaseSession session, short provinceCode, int inquiryNo, IReadOnlyList<NewAccountAnswer> answers, string fileName, byte[] sha256, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertAnswers, new
        {
            provinceCode, inquiryNo, rows = answers.Select(one => one.RowNo).ToArray(), states = answers.Select(one => one.State).ToArray(), bankNames = answers.Select(one => one.BankName).ToArray(),
            bankForms = answers.Select(one => one.BankForm).ToArray(), holderForms = answers.Select(one => one.HolderForm).ToArray(), rules = answers.Select(one => one.NameRule).ToArray(), scores = answers.Select(one => one.NameScore).ToArray(),
            days = answers.Select(one => one.AnsweredOn.ToDateOnly()).ToArray(), notes = answers.Select(one => one.Note).ToArray(), fileName, sha256, person = by.Person, at = by.At, operationNo = by.OperationNo,
        }, cancel);

    /// <summary>Whether any bank has spoken of any account, or any flag was ever set: where not, a plan asks nothing more.</summary>
    public static Task<bool> AnyAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.SingleAsync<bool>(Any, new { provinceCode }, cancel);

    /// <summary>What stands on the accounts of some people, as known at a moment; flags that stand on a day between two.</summary>
    public static Task<IReadOnlyList<AccountStanding>> StandingsAsync(DatabaseSession session, short provinceCode, int[] recipients, Instant knownAt, (LocalDate From, LocalDate To) days, CancellationToken cancel) =>
        session.QueryAsync<AccountStanding>(Standings, new { provinceCode, ids = recipients, knownAt, from = days.From, to = days.To }, cancel);
}
