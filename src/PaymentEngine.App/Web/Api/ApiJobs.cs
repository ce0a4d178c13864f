using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.App.Web.Api;

/// <summary>An operation that goes on without its request: how far it is, then what it answered.</summary>
sealed class ApiJob(string id, ApiOperation operation, Caller caller, ApiRequest request)
{
    readonly Stopwatch watch = Stopwatch.StartNew();
    volatile ProgressStep? step;

    public string Id => id;

    public ApiOperation Operation => operation;

    public string UserName => caller.UserName;

    public short ProvinceCode => caller.ProvinceCode;

    public ApiRequest Request => request;

    /// <summary>Null while it goes on.</summary>
    public ApiOutcome? Outcome { get; set; }

    /// <summary>When it ended, by the stopwatch.</summary>
    public TimeSpan? EndedAfter { get; set; }

    public TimeSpan Elapsed => watch.Elapsed;

    public Task Ended { get; set; } = Task.CompletedTask;

    public void Tell(ProgressStep told) => step = told;

    /// <summary>As JSON: <c>state</c> is <c>running</c>, <c>done</c> or <c>refused</c>; while it runs, how many of how many, how many a second, and how many seconds are left.</summary>
    public object Json()
    {
        var (outcome, told) = (Outcome, step);
        var seconds = (EndedAfter ?? Elapsed).TotalSeconds;
        var perSecond = told is null || seconds <= 0 ? (long?)null : (long)(told.Done / seconds);
        return new
        {
            job = id, command = operation.Command, state = outcome is null ? "running" : outcome.Problems.Count == 0 ? "done" : "refused", seconds = (long)seconds,
            progress = told is null ? null : new
            {
                label = told.Label, done = told.Done, total = told.Total, per_second = perSecond,
                seconds_left = outcome is null && told.Total is { } total && perSecond > 0 ? (total - told.Done) / perSecond : outcome is null ? null : 0,
            },
            status = outcome?.Status, answer = outcome?.Json?.DeepClone(), problems = outcome is { Problems.Count: > 0 } ? outcome.Problems.Select(JsonText.Of) : null, files = outcome is null ? null : ApiAnswers.FilesJson(id, outcome.Files),
        };
    }
}

/// <summary>The jobs of this process. What they do is durable by itself; how far they are, and the files they wrote, are kept here for an hour. The answer stays with its idempotency key.</summary>
sealed class ApiJobs(IHostApplicationLifetime lifetime, ILogger<ApiJobs> log) : IAsyncDisposable
{
    static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    /// <summary>A job a person, and a few beside: what takes minutes takes the machine too.</summary>
    const int RunningMax = 8;

    readonly ConcurrentDictionary<string, ApiJob> jobs = new(StringComparer.Ordinal);

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The caller's job, or null: another's is as one that is not there.</summary>
    public ApiJob? Find(string id, Caller caller) => jobs.TryGetValue(id, out var job) && job.UserName == caller.UserName && job.ProvinceCode == caller.ProvinceCode ? job : null;

    public bool IsFull => jobs.Values.Count(job => job.Outcome is null) >= RunningMax;

    /// <summary>Keeps what an operation wrote, that ended with its request.</summary>
    public void Keep(ApiJob job, ApiOutcome outcome)
    {
        job.Request.IsKept = true;
        (job.Outcome, job.EndedAfter) = (outcome, job.Elapsed);
        jobs[job.Id] = job;
        Forget();
    }

    /// <summary>Begins a job; <paramref name="work"/> goes on until it ends or the door closes.</summary>
    public void Begin(ApiJob job, Func<CancellationToken, Task<ApiOutcome>> work, Func<ApiOutcome, Task> ended)
    {
        job.Request.IsKept = true;
        // The same request tried anew (its first answer was not final) takes the place of the first.
        if (jobs.TryGetValue(job.Id, out var before)) Forget(before);
        jobs[job.Id] = job;
        Forget();
        job.Ended = RunAsync(job, work, ended);
    }

    async Task RunAsync(ApiJob job, Func<CancellationToken, Task<ApiOutcome>> work, Func<ApiOutcome, Task> ended)
    {
        await Task.Yield();
        ApiOutcome outcome;
        try
        {
            outcome = await work(lifetime.ApplicationStopping);
        }
#pragma warning disable CA1031 // A job has no request that could carry the fault: it is in the log with its number, and the job says so.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            var reference = RequestGuard.NewReference();
            DoorLog.JobFailed(log, fault, job.Id, reference);
            var problem = fault is OperationCanceledException
                ? new Core.Problem("neighbour.stopped", "The door closed before the work was done; what was committed stands.", "Send the request again with the same Idempotency-Key: it goes on.")
                : RequestGuard.Harmless(Faults.ProblemOf(fault), reference);
            outcome = new ApiOutcome(Refusals.StatusOf(problem), null, [problem], []);
        }

        try
        {
            await ended(outcome);
        }
#pragma warning disable CA1031 // The work is done and durable; what could not be noted is looked up by the key again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            DoorLog.JobFailed(log, fault, job.Id, RequestGuard.NewReference());
        }

        (job.EndedAfter, job.Outcome) = (job.Elapsed, outcome);
    }

    void Forget()
    {
        foreach (var old in jobs.Values.Where(job => job.EndedAfter is { } ended && job.Elapsed - ended > KeptFor).ToList()) Forget(old);
    }

    void Forget(ApiJob job)
    {
        if (!jobs.TryRemove(job.Id, out _)) return;
        job.Request.IsKept = false;
        job.Request.Dispose();
    }

    /// <summary>Waits for what runs, which the closing door has asked to stop, and takes its files away.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var job in jobs.Values) await job.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var job in jobs.Values.ToList()) Forget(job);
    }
}
