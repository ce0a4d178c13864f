using NodaTime;

namespace PaymentEngine.Postgres.Audit;

/// <summary>One reading of personal data.</summary>
/// <param name="Person">Who read.</param>
/// <param name="At">When, by the program's clock.</param>
/// <param name="Kind">What: <c>person</c>, <c>account</c>, <c>list</c>, <c>export</c>, <c>report</c>.</param>
/// <param name="Purpose">The command or page it was read by.</param>
/// <param name="People">How many people.</param>
/// <param name="PersonId">Of whom, when it was one.</param>
/// <param name="PeopleDigest">SHA-256 of the set's keys, when it was several.</param>
public sealed record PersonalRead(string Person, Instant At, string Kind, string Purpose, int People, string? PersonId, byte[]? PeopleDigest);

/// <summary>What an auditor asks of the log of reads; null: not limited by it.</summary>
public sealed record ReadQuery(string? Person, string? Of, Instant? From, int RowsMax);

/// <summary>The log of reads of personal data.</summary>
public static class ReadStore
{
    const string NextBlock = """
        -- ReadStore.NextBlock
        SELECT nextval('personal_read_block');
        """;

    const string Insert = """
        -- ReadStore.Insert
        INSERT INTO personal_read (province_code, operation_no, read_no, person, at, kind, purpose, people, person_id, people_digest)
        SELECT @provinceCode, @operationNo, r.no, r.person, r.at, r.kind, r.purpose, r.people, r.person_id, r.digest
          FROM unnest(@persons, @ats, @kinds, @purposes, @people, @personIds, @digests) WITH ORDINALITY AS r (person, at, kind, purpose, people, person_id, digest, no);
        """;

    const string Find = """
        -- ReadStore.Find
        SELECT person, at, kind, purpose, people, person_id, people_digest FROM personal_read
         WHERE province_code = @provinceCode AND (@person::text IS NULL OR person = @person) AND (@of::text IS NULL OR person_id = @of) AND (@from::timestamptz IS NULL OR at >= @from)
         ORDER BY at DESC, operation_no DESC, read_no DESC LIMIT @rowsMax;
        """;

    const string Count = """
        -- ReadStore.Count
        SELECT coalesce(sum(people), 0)::bigint FROM personal_read WHERE province_code = @provinceCode AND person = @person AND at >= @from;
        """;

    public static Task<long> NextBlockAsync(DatabaseSession session, CancellationToken cancel = default) => session.SingleAsync<long>(NextBlock, null, cancel);

    public static Task InsertAsync(DatabaseSession session, short provinceCode, long operationNo, IReadOnlyList<PersonalRead> reads, CancellationToken cancel = default) => session.ExecuteAsync(Insert, new
    {
        provinceCode, operationNo, persons = reads.Select(read => read.Person).ToArray(), ats = reads.Select(read => read.At.ToDateTimeUtc()).ToArray(), kinds = reads.Select(read => read.Kind).ToArray(),
        purposes = reads.Select(read => read.Purpose).ToArray(), people = reads.Select(read => read.People).ToArray(), personIds = reads.Select(read => read.PersonId).ToArray(),
        digests = reads.Select(read => read.PeopleDigest).ToArray(),
    }, cancel);

    /// <summary>Reads, the latest first.</summary>
    public static async Task<IReadOnlyList<PersonalRead>> FindAsync(DatabaseSession session, short provinceCode, ReadQuery query, CancellationToken cancel = default)
    {
        var found = new List<PersonalRead>();
        await session.ReadAsync(Find, async reader =>
        {
            while (await reader.ReadAsync(cancel))
            {
                found.Add(new(reader.GetString(0), Instant.FromDateTimeUtc(DateTime.SpecifyKind(reader.GetDateTime(1), DateTimeKind.Utc)), reader.GetString(2), reader.GetString(3), reader.GetInt32(4),
                    reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : (byte[])reader[6]));
            }
        }, new { provinceCode, person = query.Person, of = query.Of, from = query.From?.ToDateTimeUtc(), rowsMax = query.RowsMax }, cancel);
        return found;
    }

    /// <summary>How many people's data a person has read since a moment; the same person counts each time.</summary>
    public static Task<long> CountAsync(DatabaseSession session, short provinceCode, string person, Instant from, CancellationToken cancel = default) =>
        session.SingleAsync<long>(Count, new { provinceCode, person, from = from.ToDateTimeUtc() }, cancel);
}
