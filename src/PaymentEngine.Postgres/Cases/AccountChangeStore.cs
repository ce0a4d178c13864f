using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A corrected account as proposed and decided. Of the number only cipher, tag and tail.</summary>
public sealed record AccountChange
{
    public int ChangeNo { get; init; }

    /// <summary>The case of the failed payment; null where the person asked without one.</summary>
    public int? CaseNo { get; init; }
    public int CommuneId { get; init; }
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }

    /// <summary>To be primary for this programme alone; null: the account of the right.</summary>
    public short? Programme { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }

    /// <summary>The bank's file it comes from; null: a person's word.</summary>
    public int? CorrectionNo { get; init; }
    public short Kind { get; init; }
    public string BankBin { get; init; } = "";
    public short AccountKey { get; init; }
    public byte[] AccountCipher { get; init; } = [];
    public byte[] AccountTag { get; init; } = [];
    public string AccountTail { get; init; } = "";
    public string HolderName { get; init; } = "";
    public string ExpectedName { get; init; } = "";
    public string HolderForm { get; init; } = "";
    public string ExpectedForm { get; init; } = "";

    /// <summary>Code of the rule that decided about the two names.</summary>
    public string NameRule { get; init; } = "";
    public short NameScore { get; init; }
    public string? OverrideReason { get; init; }
    public string Source { get; init; } = "";

    /// <summary>Banking days between approval and use.</summary>
    public int WaitDays { get; init; }
    public string MadeBy { get; init; } = "";
    public Instant At { get; init; }
    public string? ApprovedBy { get; init; }
    public LocalDate? UsableOn { get; init; }

    /// <summary><c>proposed</c>, <c>approved</c>, <c>rejected</c>, <c>applied</c> (it stands in the register) or <c>dropped</c> (the register said something else first).</summary>
    public string State { get; init; } = "proposed";
}

/// <summary>Accounts corrected by two persons: proposed, approved or rejected, and after their wait a new version in the register.</summary>
public static class AccountChangeStore
{
    const string Columns = """
        change_no, case_no, commune_id, payee_no, payee_version, programme, valid_from, valid_to, correction_no, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, expected_name, holder_form, expected_form, name_rule, name_score,
        override_reason, source, wait_days, made_by, at, approved_by, usable_on, state
        """;

    const string OfCase = $"""
        -- AccountChangeStore.OfCase
        SELECT {Columns} FROM account_change_now WHERE province_code = @provinceCode AND case_no = @caseNo ORDER BY change_no;
        """;

    const string Standing = $"""
        -- AccountChangeStore.Standing: what waits for an answer or for its day; of everybody in reach, or every change of one person.
        SELECT {Columns} FROM account_change_now c
         WHERE province_code = @provinceCode AND CASE WHEN @personId::text IS NULL THEN state IN ('proposed', 'approved')
               ELSE EXISTS (SELECT FROM payee p JOIN recipient r USING (province_code, recipient_id) WHERE p.province_code = c.province_code AND p.payee_no = c.payee_no AND r.person_id = @personId) END
         ORDER BY change_no;
        """;

    const string OfNumber = $"""
        -- AccountChangeStore.OfNumber
        SELECT {Columns} FROM account_change_now WHERE province_code = @provinceCode AND change_no = @changeNo;
        """;

    const string Rights = """
        -- AccountChangeStore.Rights: who may take a person's money today, with the account it goes to; the commune is where the person lives by the last known facts.
        SELECT p.payee_no, p.version AS payee_version, p.payee_name, p.role, p.programme, a.award_id, p.channel, p.wish, p.wish_on, f.commune_id, h.account_tag, h.bank_bin, h.account_tail, h.holder_name
          FROM recipient r
          JOIN payee p ON p.province_code = r.province_code AND p.recipient_id = r.recipient_id AND p.known_to = 'infinity'
          JOIN LATERAL (SELECT d.commune_id FROM dated_fact d WHERE d.province_code = r.province_code AND d.recipient_id = r.recipient_id AND d.known_to = 'infinity' ORDER BY d.facts_from DESC, d.version DESC LIMIT 1) f ON true
          LEFT JOIN award a ON a.province_code = p.province_code AND a.award_no = p.award_no AND a.version = 1
          LEFT JOIN channel h ON h.province_code = p.province_code AND h.payee_no = p.payee_no AND h.version = p.channel_version
         WHERE r.province_code = @provinceCode AND r.person_id = @personId AND r.known_to = 'infinity' AND coalesce(p.valid_from, '-infinity') <= @today AND coalesce(p.valid_to, 'infinity') >= @today
         ORDER BY p.payee_no;
        """;

    const string History = """
        -- AccountChangeStore.History: the accounts a person's money went to, by the versions of the rights, each from when until when the register said so; then the primary accounts of one programme with their days.
        SELECT * FROM (
        SELECT p.payee_no, p.version AS payee_version, p.payee_name, p.role, p.channel, p.wish, p.wish_on, NULL::smallint AS programme, NULL::date AS valid_from, NULL::date AS valid_to, h.bank_bin, h.account_tail, h.holder_name,
               p.known_from, nullif(p.known_to, 'infinity') AS known_to, s.change_no, s.made_by, s.approved_by, s.source, o.person AS recorded_by, o.kind AS operation
          FROM recipient r
          JOIN payee p ON p.province_code = r.province_code AND p.recipient_id = r.recipient_id
          LEFT JOIN channel h ON h.province_code = p.province_code AND h.payee_no = p.payee_no AND h.version = p.channel_version
          JOIN operation o ON o.province_code = p.province_code AND o.operation_no = p.operation_no
          LEFT JOIN LATERAL (SELECT c.change_no, c.made_by, c.approved_by, c.source FROM account_change_step t JOIN account_change_now c USING (province_code, change_no)
                              WHERE t.province_code = p.province_code AND t.step = 'applied' AND c.payee_no = p.payee_no AND t.payee_version = p.version LIMIT 1) s ON true
         WHERE r.province_code = @provinceCode AND r.person_id = @personId AND r.known_to = 'infinity'
        UNION ALL
        SELECT p.payee_no, p.version, p.payee_name, p.role, h.kind, p.wish, p.wish_on, h.programme, h.valid_from, h.valid_to, h.bank_bin, h.account_tail, h.holder_name,
               h.known_from, nullif(h.known_to, 'infinity'), s.change_no, s.made_by, s.approved_by, s.source, o.person, o.kind
          FROM recipient r
          JOIN payee p ON p.province_code = r.province_code AND p.recipient_id = r.recipient_id AND p.known_to = 'infinity'
          JOIN channel h ON h.province_code = p.province_code AND h.payee_no = p.payee_no AND h.programme IS NOT NULL
          JOIN operation o ON o.province_code = h.province_code AND o.operation_no = h.operation_no
          LEFT JOIN LATERAL (SELECT c.change_no, c.made_by, c.approved_by, c.source FROM account_change_step t JOIN account_change_now c USING (province_code, change_no)
                              WHERE t.province_code = h.province_code AND t.step = 'applied' AND c.payee_no = h.payee_no AND t.operation_no = h.operation_no AND c.programme = h.programme LIMIT 1) s ON true
         WHERE r.province_code = @provinceCode AND r.person_id = @personId AND r.known_to = 'infinity') told
         ORDER BY payee_no, programme NULLS FIRST, known_from, valid_from, payee_version;
        """;

    const string InsertWish = """
        -- AccountChangeStore.InsertWish: the same right with another wish.
        INSERT INTO payee (province_code, payee_no, version, recipient_id, award_no, programme, payee_ref, payee_name, role, basis, basis_no, basis_on, basis_issuer, valid_from, valid_to, channel, wish, wish_on,
                           channel_version, pay_commune, pay_point, at_home, known_from, operation_no)
        SELECT province_code, payee_no, version + 1, recipient_id, award_no, programme, payee_ref, payee_name, role, basis, basis_no, basis_on, basis_issuer, valid_from, valid_to, channel, @wish, @wishOn, channel_version,
               pay_commune, pay_point, at_home, @at, @operationNo
          FROM payee WHERE province_code = @provinceCode AND payee_no = @payeeNo AND version = @payeeVersion;
        """;

    const string Due = $"""
        -- AccountChangeStore.Due: approved, and their wait is over.
        SELECT {Columns} FROM account_change_now WHERE province_code = @provinceCode AND state = 'approved' AND usable_on <= @today ORDER BY change_no;
        """;

    const string Insert = """
        -- AccountChangeStore.Insert
        INSERT INTO account_change (province_code, change_no, case_no, commune_id, payee_no, payee_version, programme, valid_from, valid_to, correction_no, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name,
                                    expected_name, holder_form, expected_form, name_rule, name_score, override_reason, source, wait_days, made_by, at, operation_no)
        SELECT @provinceCode, 1 + (SELECT last_number('account_change', @provinceCode)), @CaseNo, @CommuneId, @PayeeNo, @PayeeVersion, @Programme, @validFrom, @validTo, @CorrectionNo, @Kind, @BankBin, @AccountKey, @AccountCipher,
               @AccountTag, @AccountTail, @HolderName, @ExpectedName, @HolderForm, @ExpectedForm, @NameRule, @NameScore, @OverrideReason, @Source, @WaitDays, @MadeBy, @at, @operationNo
        RETURNING change_no;
        """;

    const string Step = """
        -- AccountChangeStore.Step
        INSERT INTO account_change_step (province_code, change_no, step, person, made_by, remark, usable_on, payee_version, channel_version, at, operation_no)
        SELECT province_code, change_no, @step, @person, made_by, @remark, @usableOn, @payeeVersion, @channelVersion, @at, @operationNo FROM account_change WHERE province_code = @provinceCode AND change_no = @changeNo;
        """;

    const string Shared = """
        -- AccountChangeStore.Shared: how many other payees have this account now.
        SELECT payees_of_account(@provinceCode, @tag, @payeeNo);
        """;

    const string NamesNear = """
        -- AccountChangeStore.NamesNear: other people of the commune and those who receive for them; a person of the very same name cannot be told apart by it.
        WITH neighbour AS (SELECT DISTINCT recipient_id FROM dated_fact WHERE province_code = @provinceCode AND commune_id = @communeId AND known_to = 'infinity'
                           EXCEPT SELECT recipient_id FROM payee WHERE province_code = @provinceCode AND payee_no = @payeeNo)
        SELECT r.full_name FROM recipient r JOIN neighbour USING (recipient_id) WHERE r.province_code = @provinceCode AND r.known_to = 'infinity' AND r.full_name <> @expectedName
        UNION
        SELECT p.payee_name FROM payee p JOIN neighbour USING (recipient_id) WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND p.payee_name <> @expectedName;
        """;

    const string CurrentPayee = """
        -- AccountChangeStore.CurrentPayee
        SELECT max(version) FROM payee WHERE province_code = @provinceCode AND payee_no = @payeeNo;
        """;

    const string InsertChannel = """
        -- AccountChangeStore.InsertChannel
        INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
        SELECT c.province_code, c.payee_no, 1 + coalesce((SELECT max(h.version) FROM channel h WHERE h.province_code = c.province_code AND h.payee_no = c.payee_no), 0), c.kind, c.bank_bin, c.account_key, c.account_cipher,
               c.account_tag, c.account_tail, c.holder_name, @at, @operationNo
          FROM account_change c WHERE c.province_code = @provinceCode AND c.change_no = @changeNo
        RETURNING version;
        """;

    const string InsertPrimary = """
        -- AccountChangeStore.InsertPrimary: the account of one programme from its first day on. What another was primary for before and after those days stays, as versions with fewer days; the new one comes last.
        WITH change AS (SELECT * FROM account_change WHERE province_code = @provinceCode AND change_no = @changeNo
        ), standing AS (
            SELECT h.* FROM channel h JOIN change c ON h.province_code = c.province_code AND h.payee_no = c.payee_no AND h.programme = c.programme
             WHERE h.known_to = 'infinity' AND daterange(h.valid_from, h.valid_to, '[]') && daterange(c.valid_from, c.valid_to, '[]')
        ), next AS (
            SELECT 1 AS place, s.kind, s.bank_bin, s.account_key, s.account_cipher, s.account_tag, s.account_tail, s.holder_name, s.valid_from, c.valid_from - 1 AS valid_to FROM standing s, change c WHERE s.valid_from < c.valid_from
            UNION ALL
            SELECT 2, s.kind, s.bank_bin, s.account_key, s.account_cipher, s.account_tag, s.account_tail, s.holder_name, c.valid_to + 1, s.valid_to FROM standing s, change c
             WHERE c.valid_to IS NOT NULL AND (s.valid_to IS NULL OR s.valid_to > c.valid_to)
            UNION ALL
            SELECT 3, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, valid_from, valid_to FROM change
        )
        INSERT INTO channel (province_code, payee_no, version, programme, valid_from, valid_to, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
        SELECT c.province_code, c.payee_no, (row_number() OVER (ORDER BY n.place, n.valid_from))::int + coalesce((SELECT max(h.version) FROM channel h WHERE h.province_code = c.province_code AND h.payee_no = c.payee_no), 0),
               c.programme, n.valid_from, n.valid_to, n.kind, n.bank_bin, n.account_key, n.account_cipher, n.account_tag, n.account_tail, n.holder_name, @at, @operationNo
          FROM next n, change c
        RETURNING version;
        """;

    const string InsertPayee = """
        -- AccountChangeStore.InsertPayee: the same right, paid to the new account.
        INSERT INTO payee (province_code, payee_no, version, recipient_id, award_no, programme, payee_ref, payee_name, role, basis, basis_no, basis_on, basis_issuer, valid_from, valid_to, channel, wish, wish_on,
                           channel_version, pay_commune, pay_point, at_home, known_from, operation_no)
        SELECT p.province_code, p.payee_no, p.version + 1, p.recipient_id, p.award_no, p.programme, p.payee_ref, p.payee_name, p.role, p.basis, p.basis_no, p.basis_on, p.basis_issuer, p.valid_from, p.valid_to,
               CASE WHEN c.programme IS NULL THEN c.kind ELSE p.channel END, p.wish, p.wish_on, CASE WHEN c.programme IS NULL THEN @channelVersion ELSE p.channel_version END, p.pay_commune, p.pay_point, p.at_home, @at, @operationNo
          FROM account_change c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = c.payee_version
         WHERE c.province_code = @provinceCode AND c.change_no = @changeNo
        RETURNING version;
        """;

    public static Task<IReadOnlyList<AccountChange>> OfCaseAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) =>
        session.QueryAsync<AccountChange>(OfCase, new { provinceCode, caseNo }, cancel);

    /// <summary>What waits for an answer or its day; with a person, all that was ever asked for them.</summary>
    public static Task<IReadOnlyList<AccountChange>> StandingAsync(DatabaseSession session, short provinceCode, string? personId, CancellationToken cancel) =>
        session.QueryAsync<AccountChange>(Standing, new { provinceCode, personId }, cancel);

    /// <summary>One change, or null.</summary>
    public static Task<AccountChange?> FindAsync(DatabaseSession session, short provinceCode, int changeNo, CancellationToken cancel) =>
        session.FindAsync<AccountChange>(OfNumber, new { provinceCode, changeNo }, cancel);

    /// <summary>Who may take a person's money on a day.</summary>
    public static Task<IReadOnlyList<PayeeAccount>> RightsAsync(DatabaseSession session, short provinceCode, string personId, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<PayeeAccount>(Rights, new { provinceCode, personId, today }, cancel);

    /// <summary>The accounts of a person's payees over time.</summary>
    public static Task<IReadOnlyList<AccountEpoch>> HistoryAsync(DatabaseSession session, short provinceCode, string personId, CancellationToken cancel) =>
        session.QueryAsync<AccountEpoch>(History, new { provinceCode, personId }, cancel);

    /// <summary>Records a wish as a new version of the right.</summary>
    public static Task RecordWishAsync(DatabaseSession session, short provinceCode, PayeeAccount right, short wish, LocalDate wishOn, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertWish, new { provinceCode, right.PayeeNo, right.PayeeVersion, wish, wishOn = wishOn.ToDateOnly(), at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>Approved changes whose wait is over.</summary>
    public static Task<IReadOnlyList<AccountChange>> DueAsync(DatabaseSession session, short provinceCode, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<AccountChange>(Due, new { provinceCode, today }, cancel);

    /// <summary>Keeps a proposed change. Its number.</summary>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, AccountChange change, Instant at, long operationNo, CancellationToken cancel) => session.SingleAsync<int>(Insert, new
    {
        provinceCode, change.CaseNo, change.CommuneId, change.PayeeNo, change.PayeeVersion, change.Programme, validFrom = change.ValidFrom?.ToDateOnly(), validTo = change.ValidTo?.ToDateOnly(), change.CorrectionNo, change.Kind, change.BankBin, change.AccountKey, change.AccountCipher, change.AccountTag, change.AccountTail, change.HolderName,
        change.ExpectedName, change.HolderForm, change.ExpectedForm, change.NameRule, change.NameScore, change.OverrideReason, change.Source, change.WaitDays, change.MadeBy, at = at.ToDateTimeUtc(), operationNo,
    }, cancel);

    /// <summary>Approves, rejects or drops a change. The store refuses its maker's approval and a second decision.</summary>
    public static Task StepAsync(DatabaseSession session, short provinceCode, int changeNo, string step, string person, string? remark, LocalDate? usableOn, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Step, new { provinceCode, changeNo, step, person, remark, usableOn = usableOn?.ToDateOnly(), payeeVersion = (int?)null, channelVersion = (int?)null, at = at.ToDateTimeUtc(), operationNo }, cancel);

    /// <summary>Other payees with this account.</summary>
    public static Task<int> SharedByAsync(DatabaseSession session, short provinceCode, byte[] tag, int payeeNo, CancellationToken cancel) => session.SingleAsync<int>(Shared, new { provinceCode, tag, payeeNo }, cancel);

    /// <summary>The names of other people of a commune, and of those who receive for them: those whom a holder's name could mean as well.</summary>
    public static Task<IReadOnlyList<string>> NamesNearAsync(DatabaseSession session, short provinceCode, int communeId, int payeeNo, string expectedName, CancellationToken cancel) =>
        session.QueryAsync<string>(NamesNear, new { provinceCode, communeId, payeeNo, expectedName }, cancel);

    /// <summary>Makes an approved change a fact of the register: a version of the account and one of the right that is paid to it. False when the register has changed since it was proposed; then nothing is done.</summary>
    public static async Task<bool> ApplyAsync(DatabaseSession session, short provinceCode, AccountChange change, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        if (await session.SingleAsync<int>(CurrentPayee, new { provinceCode, change.PayeeNo }, cancel) != change.PayeeVersion) return false;
        var key = new { provinceCode, change.ChangeNo, at = at.ToDateTimeUtc(), operationNo };
        var channelVersion = change.Programme is null ? await session.SingleAsync<int>(InsertChannel, key, cancel) : (await session.QueryAsync<int>(InsertPrimary, key, cancel)).Max();
        var payeeVersion = await session.SingleAsync<int>(InsertPayee, new { provinceCode, change.ChangeNo, channelVersion, at = at.ToDateTimeUtc(), operationNo }, cancel);
        await session.ExecuteAsync(Step, new { provinceCode, change.ChangeNo, step = "applied", person, remark = (string?)null, usableOn = (DateOnly?)null, payeeVersion, channelVersion, at = at.ToDateTimeUtc(), operationNo }, cancel);
        return true;
    }
}
