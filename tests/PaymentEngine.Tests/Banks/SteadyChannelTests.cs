using PaymentEngine.App.Banks;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Banks;

/// <summary>The one pipeline of a bank, with a channel that fails as a test says and a clock that the test moves: nobody sleeps.</summary>
public class SteadyChannelTests
{
    static readonly ChannelPolicy Policy = new(Tries: 3, TimeOutSeconds: 30, BreakAfter: 4, BreakSeconds: 60);

    readonly MovedTime time = new();
    readonly FailingChannel plain = new();

    SteadyChannel Channel => field ??= new(plain, Policy, time);

    [Fact]
    public async Task Looking_and_carrying_are_tried_again_when_the_trouble_may_pass()
    {
        plain.Failures = 2;
        Assert.Equal(InChannel.Nothing, await DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Equal(3, plain.Looks);
        plain.Failures = 1;
        await DoneAsync(Channel.BringAsync("/a.xml", "a.xml", "00", default));
        Assert.Equal(2, plain.Brought);
    }

    [Fact]
    public async Task Trouble_that_a_person_must_end_is_not_tried_again()
    {
        plain.Failures = 1;
        plain.Passing = false;
        var fault = await Assert.ThrowsAsync<ChannelException>(() => DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Equal("neighbour.host_key", fault.Problem.Code);
        Assert.Equal(1, plain.Looks);
    }

    [Theory]
    [InlineData(SendOutcome.Unknown)]
    [InlineData(SendOutcome.Refused)]
    [InlineData(SendOutcome.Sent)]
    public async Task The_act_of_sending_is_done_once_whatever_becomes_of_it(SendOutcome outcome)
    {
        plain.Sends = outcome;
        Assert.Equal(outcome, (await DoneAsync(Channel.AppearAsync("a.xml", "00", default))).Outcome);
        Assert.Equal(1, plain.Appeared);
    }

    [Fact]
    public async Task A_send_that_does_not_answer_in_time_is_unknown_and_is_not_repeated()
    {
        plain.NeverAnswers = true;
        var report = await DoneAsync(Channel.AppearAsync("a.xml", "00", default));
        Assert.Equal(SendOutcome.Unknown, report.Outcome);
        Assert.Equal(1, plain.Appeared);
    }

    [Fact]
    public async Task A_look_that_does_not_answer_is_ended_after_its_time_and_tried_again()
    {
        plain.NeverAnswers = true;
        var fault = await Assert.ThrowsAsync<ChannelException>(() => DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Contains("30 seconds", fault.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(3, plain.Looks);
        Assert.True(time.Passed >= TimeSpan.FromSeconds(3 * 30));
    }

    [Fact]
    public async Task A_channel_that_keeps_failing_is_left_alone_and_asked_again_when_its_rest_is_over()
    {
        plain.Failures = int.MaxValue;
        await Assert.ThrowsAsync<ChannelException>(() => DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        await Assert.ThrowsAsync<ChannelException>(() => DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Equal(4, plain.Looks);
        var resting = await Assert.ThrowsAsync<ChannelException>(() => DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Equal("neighbour.bank_channel_rests", resting.Problem.Code);
        Assert.Equal(4, plain.Looks);

        // Nothing was asked of it, so nothing can have happened: refused, not unknown.
        Assert.Equal(SendOutcome.Refused, (await DoneAsync(Channel.AppearAsync("a.xml", "00", default))).Outcome);
        Assert.Equal(0, plain.Appeared);

        time.Move(TimeSpan.FromSeconds(61));
        plain.Failures = 0;
        Assert.Equal(InChannel.Nothing, await DoneAsync(Channel.LookAsync("a.xml", "00", default)));
        Assert.Equal(5, plain.Looks);
    }

    /// <summary>Lets the clock run until the work is done.</summary>
    async Task DoneAsync(Task work)
    {
        for (var i = 0; i < 10_000 && !work.IsCompleted; i++)
        {
            await Task.Yield();
            // Work that needs no clock is done by itself; only what waits gets time.
            if (!work.IsCompleted && !await ProgressesAsync(work)) time.Move(TimeSpan.FromSeconds(1));
        }

        await work;
    }

    async Task<T> DoneAsync<T>(Task<T> work)
    {
        await DoneAsync((Task)work).ContinueWith(_ => { }, TaskScheduler.Default);
        return await work;
    }

    static async Task<bool> ProgressesAsync(Task work)
    {
        for (var i = 0; i < 20 && !work.IsCompleted; i++) await Task.Yield();
        return work.IsCompleted;
    }

    sealed class FailingChannel : IBankChannel
    {
        public int Failures { get; set; }

        public bool Passing { get; set; } = true;

        public bool NeverAnswers { get; set; }

        public SendOutcome Sends { get; set; } = SendOutcome.Sent;

        public int Looks { get; private set; }

        public int Brought { get; private set; }

        public int Appeared { get; private set; }

        public string Name => "failing";

        public async Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel)
        {
            Looks++;
            await FailAsync(cancel);
            return InChannel.Nothing;
        }

        public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel)
        {
            Brought++;
            return FailAsync(cancel);
        }

        public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
        {
            Appeared++;
            await FailAsync(cancel);
            return new(Sends, "as the test says");
        }

        public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => Task.FromResult(TakeBackOutcome.Gone);

        public Task ClearAsideAsync(string fileName, CancellationToken cancel) => Task.CompletedTask;

        async Task FailAsync(CancellationToken cancel)
        {
            if (NeverAnswers)
            {
                var never = new TaskCompletionSource();
                await using var stop = cancel.Register(() => never.TrySetCanceled(cancel));
                await never.Task;
            }

            if (Failures <= 0) return;
            if (Failures != int.MaxValue) Failures--;
            throw Passing ? new ChannelException(new("neighbour.bank_channel", "no line", "wait"), isPassing: true) : new ChannelException(new("neighbour.host_key", "other key", "ask"), isPassing: false);
        }
    }
}

/// <summary>A clock that stands until a test moves it.</summary>
sealed class MovedTime : TimeProvider
{
    readonly Lock gate = new();
    readonly List<Waiting> waiting = [];
    DateTimeOffset now = new(2026, 11, 2, 1, 30, 0, TimeSpan.Zero);

    public TimeSpan Passed { get; private set; }

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Move(TimeSpan by)
    {
        List<Waiting> due;
        lock (gate)
        {
            now += by;
            Passed += by;
            due = [.. waiting.Where(timer => timer.At <= now)];
            waiting.RemoveAll(due.Contains);
        }

        foreach (var timer in due) timer.Fire();
    }

    sealed class Waiting(MovedTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset At { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.waiting.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                At = time.now + dueTime;
                time.waiting.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate) time.waiting.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
