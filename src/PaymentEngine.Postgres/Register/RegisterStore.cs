using NodaTime;

namespace PaymentEngine.Postgres.Register;

/// <summary>How many rows of one staged file did what.</summary>
/// <param name="FileNo">File of the command, from 1.</param>
/// <param name="New">Rows whose key the register did not have.</param>
/// <param name="Changed">Rows with other content than the register: a new version each.</param>
/// <param name="Unchanged">Rows that say what the register says.</param>
/// <param name="Superseded">Rows whose key stands again in the file with later knowledge (recorded_on); only the last word is kept.</param>
public sealed record AppliedRows(short FileNo, long New, long Changed, long Unchanged, long Superseded);

/// <summary>Applies staged rows: new versions where the content differs, nothing where it does not. Runs inside the transaction of its operation.</summary>
/// <remarks>Set-based. Numbers (recipient, award, payee, commune …) are dense from 1 in each province and given in the order in which keys first appear in the files.
/// A version ends the knowledge of the one before (trigger end_knowledge).</remarks>
public sealed class RegisterStore(DatabaseSession session, short provinceCode)
{
    const string LockRegister = """
        -- RegisterStore.Lock: one import at a time; the checks and the numbers below rely on a register that stands still.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.register', @provinceCode));
        """;

    const string Analyse = """
        -- RegisterStore.Analyse
        ANALYZE area, payer, recipient, dated_fact, award, payee, channel, listed;
        """;

    const string Counts = """
        -- RegisterStore.Counts
        SELECT file_no, count(*) FILTER (WHERE outcome = 1) AS new, count(*) FILTER (WHERE outcome = 2) AS changed,
               count(*) FILTER (WHERE outcome = 0) AS unchanged, count(*) FILTER (WHERE outcome = 3) AS superseded
          FROM applied GROUP BY file_no ORDER BY file_no;
        """;

    /// <summary>Tells the planner how large the register has become; whoever reads it next would otherwise wait for the server's own look. A session of the owner.</summary>
    public static Task AnalyseAsync(DatabaseSession owner, CancellationToken cancel) => owner.ExecuteAsync(Analyse, cancel: cancel);

    /// <summary>Keeps other imports out until the transaction ends.</summary>
    public Task LockAsync(CancellationToken cancel) => session.ExecuteAsync(LockRegister, new { provinceCode }, cancel);

    /// <summary>Applies everything staged and says what each row did.</summary>
    /// <param name="operationNo">The operation that all new versions name.</param>
    /// <param name="at">From when the new versions are known.</param>
    public async Task<(IReadOnlyList<AppliedRows> Files, RegisterNotices Notices)> ApplyAsync(long operationNo, Instant at, CancellationToken cancel)
    {
        var parameters = new { provinceCode, operationNo, at };
        await session.ExecuteAsync(ApplySql.Begin, cancel: cancel);
        foreach (var statement in ApplySql.Steps)
            await session.ExecuteAsync(statement, parameters, cancel);
        var notices = await session.SingleAsync<RegisterNotices>(ApplySql.Notices, parameters, cancel);
        return (await session.QueryAsync<AppliedRows>(Counts, cancel: cancel), notices);
    }
}

/// <summary>What an import did besides its rows.</summary>
/// <param name="CommunesMade">Communes that people name and no area file has described yet; their code stands as their name.</param>
/// <param name="DeathsWithdrawn">People who were known as dead and no longer are.</param>
public sealed record RegisterNotices(long CommunesMade, long DeathsWithdrawn);
