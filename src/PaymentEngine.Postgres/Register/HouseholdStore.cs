using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>The head of a household from a day on.</summary>
public sealed record StoredHead(string HouseholdId, int Version, string PersonId, string FullName, LocalDate FromDay, bool IsProposed, string Source);

/// <summary>Heads of households, and who is paid through whom.</summary>
public static class HouseholdStore
{
    const string Heads = """
        -- HouseholdStore.Heads: the last word on each household.
        SELECT DISTINCT ON (h.household_id) h.household_id, h.version, r.person_id, r.full_name, h.from_day, h.is_proposed, h.source
          FROM household_head h JOIN recipient r ON r.province_code = h.province_code AND r.recipient_id = h.recipient_id AND r.known_to = 'infinity'
         WHERE h.province_code = @provinceCode AND (@households::text[] IS NULL OR h.household_id = ANY (@households))
         ORDER BY h.household_id, h.version DESC;
        """;

    const string Insert = """
        -- HouseholdStore.Insert
        INSERT INTO household_head (province_code, household_id, version, recipient_id, from_day, is_proposed, source, person, at, operation_no)
        VALUES (@provinceCode, @household, (SELECT coalesce(max(version), 0) + 1 FROM household_head WHERE province_code = @provinceCode AND household_id = @household), @recipientId, @from, @isProposed, @source, @person, @at, @operationNo);
        """;

    const string PaidThrough = """
        -- HouseholdStore.PaidThrough: people whose money one of these takes.
        SELECT DISTINCT r.person_id FROM payee p JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
         WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND p.payee_ref = ANY (@personIds);
        """;

    /// <summary>The heads of these households (null: of all these eyes see).</summary>
    public static Task<IReadOnlyList<StoredHead>> HeadsAsync(DatabaseSession session, short provinceCode, string[]? households, CancellationToken cancel) =>
        session.QueryAsync<StoredHead>(Heads, new { provinceCode, households }, cancel);

    public static Task InsertAsync(DatabaseSession session, short provinceCode, (string Household, int RecipientId, LocalDate From, bool IsProposed, string Source) head, (string Person, Instant At, long OperationNo) by, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new { provinceCode, household = head.Household, recipientId = head.RecipientId, from = head.From, isProposed = head.IsProposed, source = head.Source, person = by.Person, at = by.At, operationNo = by.OperationNo }, cancel);

    /// <summary>The person_ids of people whose rights to receive name one of these as the one who takes the money.</summary>
    public static Task<IReadOnlyList<string>> PaidThroughAsync(DatabaseSession session, short provinceCode, string[] personIds, CancellationToken cancel) =>
        session.QueryAsync<string>(PaidThrough, new { provinceCode, personIds }, cancel);
}
