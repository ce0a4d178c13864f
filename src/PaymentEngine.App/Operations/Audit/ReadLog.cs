using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>Reads of personal data, written down before the answer is given (trust I14, I18). Reads that come while a block is being written share the next one: many readers, few blocks,
/// and no read waits longer than the writing of one block.</summary>
/// <remarks>One for the life of a process that many people use, so that their reads are collected. Law 91/2025/QH15 and Decree 356/2025/NĐ-CP: a log of processing.</remarks>
public sealed class ReadLog(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    readonly Lock gate = new();
    List<(short Province, PersonalRead Read)> waiting = [];
    TaskCompletionSource? next;
    bool writing;

    /// <summary>Records that one person's data were read. Give the answer after it returns.</summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="kind">What is read: <c>person</c>, <c>account</c>, <c>case</c> …</param>
    /// <param name="purpose">The command or page.</param>
    /// <param name="personId">Of whom: the register's key, never a number of identity or account.</param>
    /// <returns>Why the answer must not be given (<c>not_allowed.read_limit</c>): then nothing was read and nothing is written; else null.</returns>
    public Task<Problem?> RecordAsync(Caller caller, string kind, string purpose, string personId) =>
        RecordAsync(caller, new PersonalRead(caller.UserName, Now(), kind, purpose, 1, personId, null));

    /// <summary>Records that a list of people was read or exported.</summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="kind">What is read: <c>list</c>, <c>export</c>, <c>report</c> …</param>
    /// <param name="purpose">The command or page.</param>
    /// <param name="people">How many people.</param>
    /// <param name="keys">What the set is known by: keys of the people, of the lines, or the digest of the file. Only their SHA-256 is kept.</param>
    /// <returns>Why the answer must not be given (<c>not_allowed.read_limit</c>); files that were written are never stopped here, since they have a right of their own.</returns>
    public Task<Problem?> RecordAsync(Caller caller, string kind, string purpose, int people, IEnumerable<string> keys) =>
        RecordAsync(caller, new PersonalRead(caller.UserName, Now(), kind, purpose, people, null, SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(keys.Select(key => key + "\n"))))));

    /// <summary>How many people's data a person has read today (a day in Viet Nam).</summary>
    public async Task<long> CountAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(cancel);
        var midnight = clock.GetCurrentInstant().InZone(Zone).Date.AtStartOfDayInZone(Zone).ToInstant();
        return await ReadStore.CountAsync(session, caller.ProvinceCode, caller.UserName, midnight, cancel);
    }

    /// <summary>The log, for auditors.</summary>
    /// <param name="caller">An auditor.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="cancel">Cancels the reading.</param>
    public async Task<Result<IReadOnlyList<PersonalRead>>> FindAsync(Caller caller, ReadQuery query, CancellationToken cancel = default)
    {
        if (caller.Lacks(Role.Auditor) is { } lacking) return lacking;
        await using var session = await database.RunAsync(cancel);
        return Result<IReadOnlyList<PersonalRead>>.Ok(await ReadStore.FindAsync(session, caller.ProvinceCode, query, cancel));
    }

    async Task<Problem?> RecordAsync(Caller caller, PersonalRead read)
    {
        if (read.Kind != "export" && await new ReadLimits(database, clock).WhyStoppedAsync(caller, read.Purpose, read.People) is { } stopped) return stopped;
        await RecordAsync(caller.ProvinceCode, read);
        return null;
    }

    async Task RecordAsync(short province, PersonalRead read)
    {
        TaskCompletionSource mine;
        bool lead;
        lock (gate)
        {
            waiting.Add((province, read));
            mine = next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lead = !writing;
            writing = true;
        }

        if (lead) await WriteAsync();
        await mine.Task;
    }

    /// <summary>The first who comes writes what waits, and what came meanwhile; then whoever comes next.</summary>
    async Task WriteAsync()
    {
        while (true)
        {
            List<(short Province, PersonalRead Read)> batch;
            TaskCompletionSource done;
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    writing = false;
                    return;
                }

                (batch, waiting) = (waiting, []);
                (done, next) = (next!, null);
            }

            try
            {
                foreach (var group in batch.GroupBy(one => one.Province)) await WriteAsync(group.Key, [.. group.Select(one => one.Read)]);
                done.SetResult();
            }
#pragma warning disable CA1031 // Whatever went wrong, it is told to everybody whose read was not written: they give no answer.
            catch (Exception failed)
#pragma warning restore CA1031
            {
                done.SetException(failed);
            }
        }
    }

    async Task WriteAsync(short province, IReadOnlyList<PersonalRead> reads)
    {
        await using var session = await database.RunAsync(CancellationToken.None);
        await session.InTransactionAsync(async () =>
        {
            var now = Now();
            var block = await ReadStore.NextBlockAsync(session);
            var person = reads.Select(read => read.Person).Distinct().ToList() is [var one] ? one : "system";
            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"audit.reads {block}"), "audit.reads",
                OperationLog.RequestHash(reads.Select(read => $"{read.Person}|{read.Kind}|{read.Purpose}|{read.PersonId}")), person, now);
            await ReadStore.InsertAsync(session, province, start.OperationNo, reads);
            await ReadLimits.TellAsync(session, province, reads.Select(read => read.Person), now, start.OperationNo);
            var said = JsonText.Write(new { reads = reads.Count, people = reads.Sum(read => read.People), kinds = reads.Select(read => read.Kind).Distinct().Order(StringComparer.Ordinal) });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, said, said, now);
        });
    }

    // The store keeps microseconds.
    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
}
