using System.Globalization;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace PaymentEngine.App.Banks;

/// <summary>A bank's channel behind the one pipeline of that bank: looking and carrying are tried again, each try has its time, and a channel that keeps failing is left alone for a while.</summary>
/// <remarks>The act of sending is never tried again: it has its time and the circuit breaker only. One object a bank and process, so that the breaker remembers.</remarks>
public sealed class SteadyChannel : IBankChannel
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <summary>Failures longer ago than this are forgotten; one success within it says that the channel works.</summary>
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    readonly IBankChannel channel;
    readonly ChannelPolicy policy;
    readonly ResiliencePipeline repeating;
    readonly ResiliencePipeline once;

    public SteadyChannel(IBankChannel channel, ChannelPolicy policy, TimeProvider? time = null)
    {
        (this.channel, this.policy) = (channel, policy);
        var trouble = new PredicateBuilder().Handle<ChannelException>(fault => fault.IsPassing).Handle<TimeoutRejectedException>();
        // One strategy object in both pipelines: what carrying learns about the channel holds for sending too.
        var breaker = new ResiliencePipelineBuilder { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = trouble,
            FailureRatio = 1,
            MinimumThroughput = policy.BreakAfter,
            SamplingDuration = Memory,
            BreakDuration = TimeSpan.FromSeconds(policy.BreakSeconds),
        }).Build();
        var timeOut = new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(policy.TimeOutSeconds) };
        once = new ResiliencePipelineBuilder { TimeProvider = time }.AddPipeline(breaker).AddTimeout(timeOut).Build();
        var building = new ResiliencePipelineBuilder { TimeProvider = time };
        if (policy.Tries > 1)
        {
            building.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = trouble, MaxRetryAttempts = policy.Tries - 1, BackoffType = DelayBackoffType.Exponential, UseJitter = true, Delay = FirstPause,
            });
        }

        repeating = building.AddPipeline(once).Build();
    }

    public string Name => channel.Name;

    public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => WordedAsync(repeating, stop => channel.LookAsync(fileName, sha256, stop), cancel);

    public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => WordedAsync(repeating, async stop =>
    {
        await channel.BringAsync(sealedPath, fileName, sha256, stop);
        return true;
    }, cancel);

    public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
    {
        var begun = false;
        try
        {
            return await once.ExecuteAsync(async stop =>
            {
                begun = true;
                return await channel.AppearAsync(fileName, sha256, stop);
            }, cancel);
        }
        catch (BrokenCircuitException)
        {
            return new(SendOutcome.Refused, Resting().Message);
        }
        catch (Exception lost) when (lost is TimeoutRejectedException or OperationCanceledException or ChannelException)
        {
            return begun ? new(SendOutcome.Unknown, $"{Name} did not answer in time.") : new(SendOutcome.Refused, $"Stopped before {Name} was asked.");
        }
    }

    // Once: it is a person's decision, and its answer should be about the moment they asked.
    public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => WordedAsync(once, stop => channel.SetAsideAsync(fileName, sha256, stop), cancel);

    public Task ClearAsideAsync(string fileName, CancellationToken cancel) => WordedAsync(repeating, async stop =>
    {
        await channel.ClearAsideAsync(fileName, stop);
        return true;
    }, cancel);

    async Task<T> WordedAsync<T>(ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> step, CancellationToken cancel)
    {
        try
        {
            return await pipeline.ExecuteAsync(async stop => await step(stop), cancel);
        }
        catch (BrokenCircuitException)
        {
            throw new ChannelException(Resting(), isPassing: true);
        }
        catch (TimeoutRejectedException)
        {
            throw new ChannelException(new Problem("neighbour.bank_channel", string.Create(CultureInfo.InvariantCulture, $"{Name} did not answer within {policy.TimeOutSeconds} seconds."),
                "See that it can be reached, then do this again."), isPassing: true);
        }
    }

    Problem Resting() => new("neighbour.bank_channel_rests", string.Create(CultureInfo.InvariantCulture, $"{Name} failed {policy.BreakAfter} times and is left alone for {policy.BreakSeconds} seconds: nothing was asked of it."),
        "See that it can be reached, wait, then do this again.");
}
