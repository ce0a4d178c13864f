using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>A corrected account as proposed and decided. Of the number only cipher, tag and tail.</summary>
public sealed record AccountChange
{
    public int ChangeNo { get; init; }
    public int CaseNo { get; init; }
    public int CommuneId { get; init; }
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }
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
        change_no, case_no, commune_id, payee_no, payee_version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, expected_name, holder_form, expected_form, name_rule, name_score,
        override_reason, source, wait_days, made_by, at, approved_by, usable_on, state
        """;

    const string OfCase = $"""
        -- AccountChangeStore.OfCase
        SELECT {Columns} FROM account_change_now WHERE province_code = @provinceCode AND case_no = @caseNo ORDER BY change_no;
        """;

    const string Due = $"""
        -- AccountChangeStore.Due: approved, and their wait is over.
        SELECT {Columns} FROM account_change_now WHERE province_code = @provinceCode AND state = 'approved' AND usable_on <= @today ORDER BY change_no;
        """;

    const string Insert = """
        -- AccountChangeStore.Insert
        INSERT INTO account_change (province_code, change_no, case_no, commune_id, payee_no, payee_version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, expected_name, holder_form,
                                    expected_form, name_rule, name_score, override_reason, source, wait_days, made_by, at, operation_no)
        SELECT @provinceCode, 1 + coalesce((SELECT max(change_no) FROM account_change WHERE province_code = @provinceCode), 0), @CaseNo, @CommuneId, @PayeeNo, @PayeeVersion, @Kind, @BankBin, @AccountKey, @AccountCipher,
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
        SELECT count(DISTINCT h.payee_no)::int FROM channel h JOIN payee p ON p.province_code = h.province_code AND p.payee_no = h.payee_no AND p.channel_version = h.version AND p.known_to = 'infinity'
         WHERE h.province_code = @provinceCode AND h.account_tag = @tag AND h.known_to = 'infinity' AND h.payee_no <> @payeeNo;
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

    const string InsertPayee = """
        -- AccountChangeStore.InsertPayee: the same right, paid to the new account.
        INSERT INTO payee (province_code, payee_no, version, recipient_id, award_no, programme, payee_ref, payee_name, role, basis, basis_no, valid_from, valid_to, channel, wish, wish_on, channel_version, pay_commune, pay_point,
                           at_home, known_from, operation_no)
        SELECT p.province_code, p.payee_no, p.version + 1, p.recipient_id, p.award_no, p.programme, p.payee_ref, p.payee_name, p.role, p.basis, p.basis_no, p.valid_from, p.valid_to, c.kind, p.wish, p.wish_on, @channelVersion,
               p.pay_commune, p.pay_point, p.at_home, @at, @operationNo
          FROM account_change c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = c.payee_version
         WHERE c.province_code = @provinceCode AND c.change_no = @changeNo
        RETURNING version;
        """;

    public static Task<IReadOnlyList<AccountChange>> OfCaseAsync(DatabaseSession session, short provinceCode, int caseNo, CancellationToken cancel) =>
        session.QueryAsync<AccountChange>(OfCase, new { provinceCode, caseNo }, cancel);

    /// <summary>Approved changes whose wait is over.</summary>
    public static Task<IReadOnlyList<AccountChange>> DueAsync(DatabaseSession session, short provinceCode, LocalDate today, CancellationToken cancel) =>
        session.QueryAsync<AccountChange>(Due, new { provinceCode, today }, cancel);

    /// <summary>Keeps a proposed change. Its number.</summary>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, AccountChange change, Instant at, long operationNo, CancellationToken cancel) => session.SingleAsync<int>(Insert, new
    {
        provinceCode, change.CaseNo, change.CommuneId, change.PayeeNo, change.PayeeVersion, change.Kind, change.BankBin, change.AccountKey, change.AccountCipher, change.AccountTag, change.AccountTail, change.HolderName,
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
        var channelVersion = await session.SingleAsync<int>(InsertChannel, key, cancel);
        var payeeVersion = await session.SingleAsync<int>(InsertPayee, new { provinceCode, change.ChangeNo, channelVersion, at = at.ToDateTimeUtc(), operationNo }, cancel);
        await session.ExecuteAsync(Step, new { provinceCode, change.ChangeNo, step = "applied", person, remark = (string?)null, usableOn = (DateOnly?)null, payeeVersion, channelVersion, at = at.ToDateTimeUtc(), operationNo }, cancel);
        return true;
    }
}
