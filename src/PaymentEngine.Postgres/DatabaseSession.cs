using System.Data;
using Dapper;
using Npgsql;
using Polly;
using Polly.Retry;

namespace PaymentEngine.Postgres;

/// <summary>An open connection of one role. Every SQL command of the program passes here, so that it is counted, cancelled and retried in one place.</summary>
/// <remarks>A statement begins with a comment that names it (<c>-- RunStore.ClaimPartition</c>). One session is used by one flow at a time.</remarks>
public sealed class DatabaseSession : IAsyncDisposable
{
    static readonly ResiliencePipeline Conflicts = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        // Repeating is safe for these two alone: the server says that nothing of the transaction was kept.
        ShouldHandle = new PredicateBuilder().Handle<PostgresException>(refused => refused.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected),
        MaxRetryAttempts = 5,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromMilliseconds(20),
    }).Build();

    readonly ActionCounter actions;

    internal DatabaseSession(NpgsqlConnection connection, ActionCounter actions) => (Connection, this.actions) = (connection, actions);

    /// <summary>The driver's connection, for stores of this project that speak to it directly.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The running transaction, or null outside <see cref="InTransactionAsync(Func{Task}, IsolationLevel, CancellationToken)"/>.</summary>
    public NpgsqlTransaction? Transaction { get; private set; }

    /// <summary>Whose session this is; null for the program's own work.</summary>
    public Scope? Scope { get; init; }

    public bool IsInTransaction => Transaction is not null;

    /// <summary>All rows. Parameters by name (<c>@month</c>) from an anonymous object; columns fit properties with or without underscores.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken cancel = default) =>
        (await Connection.QueryAsync<T>(Command(sql, parameters, cancel))).AsList();

    /// <summary>The one row, or default when there is none; more than one is a bug and throws.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null, CancellationToken cancel = default) =>
        Connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters, cancel));

    /// <summary>The one row; none or more than one is a bug and throws.</summary>
    public Task<T> SingleAsync<T>(string sql, object? parameters = null, CancellationToken cancel = default) =>
        Connection.QuerySingleAsync<T>(Command(sql, parameters, cancel));

    /// <summary>Runs a statement; the number of rows it touched.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken cancel = default) =>
        Connection.ExecuteAsync(Command(sql, parameters, cancel));

    /// <summary>Rows one by one as they arrive, for results that do not fit into memory: the reader is read within <paramref name="read"/>.</summary>
    public async Task ReadAsync(string sql, Func<NpgsqlDataReader, Task> read, object? parameters = null, CancellationToken cancel = default)
    {
        await using var wrapped = await Connection.ExecuteReaderAsync(Command(sql, parameters, cancel));
        await read((NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader);
    }

    /// <summary>Binary COPY into a table: <paramref name="write"/> writes the rows; the count is given back. Nothing is kept when it throws.</summary>
    public async Task<long> CopyInAsync(string copy, Func<NpgsqlBinaryImporter, Task> write, CancellationToken cancel = default)
    {
        await using var importer = await Connection.BeginBinaryImportAsync(copy, cancel);
        importer.Timeout = Timeout.InfiniteTimeSpan;
        await write(importer);
        actions.Count();
        return (long)await importer.CompleteAsync(cancel);
    }

    /// <summary>Binary COPY out of a query, row by row.</summary>
    public async Task CopyOutAsync(string copy, Func<NpgsqlBinaryExporter, Task> read, CancellationToken cancel = default)
    {
        await using var exporter = await Connection.BeginBinaryExportAsync(copy, cancel);
        exporter.Timeout = Timeout.InfiniteTimeSpan;
        await read(exporter);
    }

    /// <summary>Binary COPY into a table from bytes that <paramref name="write"/> has laid out itself (signature, rows, trailer). Nothing is kept when it throws.</summary>
    public async Task CopyInRawAsync(string copy, Func<Stream, Task> write, CancellationToken cancel = default)
    {
        await using var stream = await Connection.BeginRawBinaryCopyAsync(copy, cancel);
        try
        {
            await write(stream);
        }
        catch
        {
            await stream.CancelAsync();
            throw;
        }
        actions.Count();
    }

    /// <summary>Binary COPY out of a query as the server's own bytes.</summary>
    public async Task CopyOutRawAsync(string copy, Func<Stream, Task> read, CancellationToken cancel = default)
    {
        await using var stream = await Connection.BeginRawBinaryCopyAsync(copy, cancel);
        await read(stream);
    }

    /// <summary>For the rest of this transaction statements are planned for whole sets: hash joins and more memory to sort, never a loop over rows that were just
    /// loaded and that the server has no statistics of.</summary>
    public Task PlanForSetsAsync(CancellationToken cancel = default) =>
        ExecuteAsync("-- DatabaseSession.PlanForSets\nSET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '64MB';", null, cancel);

    /// <summary>The opposite of <see cref="PlanForSetsAsync"/>, for statements about a few hundred rows of large tables: keys are followed, no table is read whole.</summary>
    public Task PlanForFewAsync(CancellationToken cancel = default) =>
        ExecuteAsync("-- DatabaseSession.PlanForFew\nSET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;", null, cancel);

    /// <summary>Ends <see cref="PlanForSetsAsync"/> and <see cref="PlanForFewAsync"/> before their transaction does.</summary>
    public Task PlanAsUsualAsync(CancellationToken cancel = default) => ExecuteAsync(
        "-- DatabaseSession.PlanAsUsual\nSET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL work_mem TO DEFAULT;", null, cancel);

    /// <summary>One decision in one transaction: all of <paramref name="work"/> or nothing. Within another transaction it is part of that one.</summary>
    /// <remarks>Repeated up to five times on 40001 and 40P01, so <paramref name="work"/> acts on nothing but the database: never on a file.
    /// A refusal that must keep nothing throws or uses <see cref="InTransactionAsync{T}(Func{Task{T}}, Func{T, bool}, IsolationLevel, CancellationToken)"/>.</remarks>
    public Task<T> InTransactionAsync<T>(Func<Task<T>> work, IsolationLevel isolation = IsolationLevel.ReadCommitted, CancellationToken cancel = default) =>
        InTransactionAsync(work, _ => true, isolation, cancel);

    /// <summary>As above; rolled back when <paramref name="keep"/> says no to the answer (a refused <c>Result</c>).</summary>
    public async Task<T> InTransactionAsync<T>(Func<Task<T>> work, Func<T, bool> keep, IsolationLevel isolation = IsolationLevel.ReadCommitted, CancellationToken cancel = default)
    {
        if (Transaction is not null) return await work();
        return await Conflicts.ExecuteAsync(async stop =>
        {
            await using var begun = await Connection.BeginTransactionAsync(isolation, stop);
            Transaction = begun;
            try
            {
                var answer = await work();
                if (keep(answer)) await begun.CommitAsync(stop);
                else await begun.RollbackAsync(stop);
                return answer;
            }
            finally
            {
                Transaction = null;
            }
        }, cancel);
    }

    /// <summary>As above, for work without an answer.</summary>
    public Task InTransactionAsync(Func<Task> work, IsolationLevel isolation = IsolationLevel.ReadCommitted, CancellationToken cancel = default) =>
        InTransactionAsync(async () =>
        {
            await work();
            return true;
        }, isolation, cancel);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    CommandDefinition Command(string sql, object? parameters, CancellationToken cancel) =>
        new(sql, parameters, Transaction, commandTimeout: 0, cancellationToken: cancel);
}
