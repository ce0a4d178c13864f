using NodaTime;

namespace PaymentEngine.Postgres.Accounts;

/// <summary>A right to take somebody's money with its paper and its next look.</summary>
public sealed record StoredRight
{
    public int PayeeNo { get; init; }
    public int Version { get; init; }
    public string PersonId { get; init; } = "";
    public string FullName { get; init; } = "";
    public string? PayeeId { get; init; }
    public string PayeeName { get; init; } = "";
    public short Role { get; init; }
    public short? Programme { get; init; }
    public string? AwardId { get; init; }
    public string? Basis { get; init; }
    public string? BasisNo { get; init; }
    public LocalDate? BasisOn { get; init; }
    public string? BasisIssuer { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }
    public int CommuneId { get; init; }
    public string CommuneCode { get; init; } = "";
    public LocalDate? ReviewedOn { get; init; }

    /// <summary>A year after the last look, the document's day or the first day, whichever is last; null for the recipient's own right, which needs no paper.</summary>
    public LocalDate? ReviewDueOn { get; init; }
}

/// <summary>A right to be renewed or ended, and how far it is.</summary>
public sealed record PayeeChange
{
    public int ChangeNo { get; init; }
    public string Kind { get; init; } = "";
    public int CommuneId { get; init; }
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }
    public string PersonId { get; init; } = "";
    public string PayeeName { get; init; } = "";
    public LocalDate ValidTo { get; init; }
    public string? Basis { get; init; }
    public string? BasisNo { get; init; }
    public LocalDate? BasisOn { get; init; }
    public string? BasisIssuer { get; init; }
    public string Reason { get; init; } = "";
    public string MadeBy { get; init; } = "";
    public string? AnsweredBy { get; init; }
    public string? Remark { get; init; }

    /// <summary><c>proposed</c>, <c>approved</c>, <c>rejected</c> or <c>dropped</c> (the register said something else first).</summary>
    public string State { get; init; } = "proposed";
}

/// <summary>Rights to take other people's money: their terms, papers and yearly looks; changes by two people (F10, F11).</summary>
public static class PayeeChangeStore
{
    // Roles 2 guardian, 3 carer, 5 foster, 6 authorised, 8 worshipper rest on a paper that is looked at each year; 1 is the recipient, 4 the household's head and 7 a facility, which stand in lists of their own.
    const string Select = """
        SELECT p.payee_no, p.version, r.person_id, r.full_name, p.payee_ref AS payee_id, p.payee_name, p.role, p.programme, a.award_id, p.basis, p.basis_no, p.basis_on, p.basis_issuer, p.valid_from, p.valid_to, f.commune_id, g.commune_code,
               v.reviewed_on, CASE WHEN p.role IN (2, 3, 5, 6, 8) THEN (coalesce(greatest(v.reviewed_on, p.basis_on, p.valid_from), '1900-01-01') + interval '1 year')::date END AS review_due_on
          FROM payee p
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.known_to = 'infinity'
          JOIN LATERAL (SELECT d.commune_id FROM dated_fact d WHERE d.province_code = r.province_code AND d.recipient_id = r.recipient_id AND d.known_to = 'infinity' ORDER BY d.facts_from DESC, d.version DESC LIMIT 1) f ON true
          JOIN area g ON g.province_code = p.province_code AND g.commune_id = f.commune_id AND g.known_to = 'infinity'
          LEFT JOIN award a ON a.province_code = p.province_code AND a.award_no = p.award_no AND a.version = 1
          LEFT JOIN LATERAL (SELECT w.reviewed_on FROM payee_review w WHERE w.province_code = p.province_code AND w.payee_no = p.payee_no ORDER BY w.review_no DESC LIMIT 1) v ON true
        """;

    const string OfPerson = $"""
        -- PayeeChangeStore.OfPerson
        {Select} WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND r.person_id = @personId ORDER BY p.payee_no;
        """;

    const string Expiring = $"""
        -- PayeeChangeStore.Expiring: of the living, rights whose last day comes by a day or is not long past, the soonest first; then papers whose yearly look is due by then.
        SELECT * FROM ({Select}
         WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND p.role <> 1 AND r.death IS NULL AND coalesce(p.valid_to, 'infinity') >= @since) x
         WHERE x.valid_to <= @by OR x.review_due_on <= @by
         ORDER BY coalesce(x.valid_to <= @by, false) DESC, CASE WHEN x.valid_to <= @by THEN x.valid_to ELSE x.review_due_on END, x.payee_no;
        """;

    const string ChangeColumns = """
        SELECT c.change_no, c.kind, c.commune_id, c.payee_no, c.payee_version, r.person_id, p.payee_name, c.valid_to, c.basis, c.basis_no, c.basis_on, c.basis_issuer, c.reason, c.made_by, c.answered_by, c.remark, c.state
          FROM payee_change_now c
          JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = c.payee_version
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
        """;

    const string Changes = $"""
        -- PayeeChangeStore.Changes
        {ChangeColumns} WHERE c.province_code = @provinceCode AND (@changeNo = 0 OR c.change_no = @changeNo) AND (@changeNo <> 0 OR c.state = 'proposed') ORDER BY c.change_no;
        """;

    const string Insert = """
        -- PayeeChangeStore.Insert
        INSERT INTO payee_change (province_code, change_no, kind, commune_id, payee_no, payee_version, valid_to, basis, basis_no, basis_on, basis_issuer, reason, made_by, at, operation_no)
        SELECT @provinceCode, (SELECT last_number('payee_change', @provinceCode)) + 1, @Kind, @CommuneId, @PayeeNo, @PayeeVersion, @validTo, @Basis, @BasisNo, @basisOn, @BasisIssuer, @Reason, @person, @at, @operationNo
        RETURNING change_no;
        """;

    const string Apply = """
        -- PayeeChangeStore.Apply: the right with another last day, and the paper that says so.
        INSERT INTO payee (province_code, payee_no, version, recipient_id, award_no, programme, payee_ref, payee_name, role, basis, basis_no, basis_on, basis_issuer, valid_from, valid_to, channel, wish, wish_on, channel_version,
                           pay_commune, pay_point, at_home, known_from, operation_no)
        SELECT p.province_code, p.payee_no, p.version + 1, p.recipient_id, p.award_no, p.programme, p.payee_ref, p.payee_name, p.role, coalesce(c.basis, p.basis), coalesce(c.basis_no, p.basis_no), coalesce(c.basis_on, p.basis_on),
               coalesce(c.basis_issuer, p.basis_issuer), p.valid_from, c.valid_to, p.channel, p.wish, p.wish_on, p.channel_version, p.pay_commune, p.pay_point, p.at_home, @at, @operationNo
          FROM payee_change c JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = c.payee_version AND p.known_to = 'infinity'
         WHERE c.province_code = @provinceCode AND c.change_no = @changeNo
        RETURNING version;
        """;

    const string Step = """
        -- PayeeChangeStore.Step
        INSERT INTO payee_change_step (province_code, change_no, step, person, made_by, remark, payee_version, at, operation_no)
        SELECT province_code, change_no, @step, @person, made_by, @remark, @payeeVersion, @at, @operationNo FROM payee_change WHERE province_code = @provinceCode AND change_no = @changeNo;
        """;

    const string InsertReview = """
        -- PayeeChangeStore.InsertReview
        INSERT INTO payee_review (province_code, payee_no, review_no, reviewed_on, source, person, at, operation_no)
        SELECT @provinceCode, @payeeNo, coalesce((SELECT max(review_no) FROM payee_review WHERE province_code = @provinceCode AND payee_no = @payeeNo), 0) + 1, @reviewedOn, @source, @person, @at, @operationNo;
        """;

    /// <summary>All rights recorded for a person now, ended ones too.</summary>
    public static Task<IReadOnlyList<StoredRight>> OfPersonAsync(DatabaseSession session, short provinceCode, string personId, CancellationToken cancel) =>
        session.QueryAsync<StoredRight>(OfPerson, new { provinceCode, personId }, cancel);

    /// <summary>Rights of others than the recipient whose term ends, or whose yearly look is due, by a day; ended ones from another day on.</summary>
    public static Task<IReadOnlyList<StoredRight>> ExpiringAsync(DatabaseSession session, short provinceCode, LocalDate since, LocalDate by, CancellationToken cancel) =>
        session.QueryAsync<StoredRight>(Expiring, new { provinceCode, since, by }, cancel);

    /// <summary>What waits for an answer (0), or one change.</summary>
    public static Task<IReadOnlyList<PayeeChange>> ChangesAsync(DatabaseSession session, short provinceCode, int changeNo, CancellationToken cancel) =>
        session.QueryAsync<PayeeChange>(Changes, new { provinceCode, changeNo }, cancel);

    /// <summary>Keeps a proposed change. Its number.</summary>
    public static Task<int> InsertAsync(DatabaseSession session, short provinceCode, PayeeChange change, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) => session.SingleAsync<int>(Insert, new
    {
        provinceCode, change.Kind, change.CommuneId, change.PayeeNo, change.PayeeVersion, validTo = change.ValidTo, change.Basis, change.BasisNo, basisOn = change.BasisOn?.ToDateOnly(), change.BasisIssuer, change.Reason, person = by.Person, at = by.At, operationNo = by.OperationNo,
    }, cancel);

    /// <summary>Answers a change. Approved, it becomes a version of the right; where the register has changed since, it is dropped.</summary>
    /// <returns>The step that was kept.</returns>
    public static async Task<string> AnswerAsync(DatabaseSession session, short provinceCode, int changeNo, string? rejection, (string Person, Instant At, long OperationNo) by, CancellationToken cancel)
    {
        var version = rejection is not null ? null : await session.FindAsync<int?>(Apply, new { provinceCode, changeNo, at = by.At, operationNo = by.OperationNo }, cancel);
        var step = rejection is not null ? "rejected" : version is null ? "dropped" : "approved";
        await session.ExecuteAsync(Step, new { provinceCode, changeNo, step, person = by.Person, remark = rejection ?? (version is null ? "the register has changed since it was proposed" : null), payeeVersion = version, at = by.At, operationNo = by.OperationNo }, cancel);
        return step;
    }

    /// <summary>Records the yearly look at a right's paper.</summary>
    public static Task ReviewAsync(DatabaseSession session, short provinceCode, int payeeNo, LocalDate reviewedOn, string source, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(InsertReview, new { provinceCode, payeeNo, reviewedOn, source, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);
}
