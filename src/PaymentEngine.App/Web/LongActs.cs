using System.Collections.Concurrent;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web;

/// <summary>An act that takes longer than a page may: it goes on whether its page is looked at or not.</summary>
/// <param name="UserName">Who asked for it.</param>
/// <param name="StartedAt">When.</param>
public sealed record LongAct(string UserName, Instant StartedAt)
{
    readonly ConcurrentDictionary<string, (long Done, long Total)> parts = new(StringComparer.Ordinal);

    /// <summary>Ends with the address its outcome stands at, or with what was refused; a fault of ours is thrown to whoever looks.</summary>
    public Task<Result<string>> Outcome { get; internal set; } = null!;

    public bool IsOver => Outcome.IsCompleted;

    /// <summary>Done so far and in all, over the parts told of; 0 of 0 before the first.</summary>
    public (long Done, long Total) Progress => parts.Values.Aggregate((Done: 0L, Total: 0L), (sum, one) => (sum.Done + one.Done, sum.Total + one.Total));

    /// <summary>Tells how far one part is.</summary>
    public void Tell(string part, long done, long total) => parts[part] = (done, total);

    /// <summary>How much longer at the rate so far; null while there is none.</summary>
    public Duration? Left(Instant now) => Progress is { Done: > 0 } far && far.Total > far.Done && now > StartedAt ? (now - StartedAt) * (far.Total - far.Done) / far.Done : null;
}

/// <summary>Plans and exports asked for by pages. They live in this process: one that is stopped with it is taken up by asking again, as on the command line.</summary>
public sealed class LongActs(IClock clock)
{
    readonly ConcurrentDictionary<string, LongAct> acts = new(StringComparer.Ordinal);

    /// <summary>Begins an act, or joins the one of this name that is under way.</summary>
    /// <param name="key">What it is about: <c>40 plan 202611</c>.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="work">Tells how far it is and ends with the address of its outcome.</param>
    public LongAct Begin(string key, Caller caller, Func<LongAct, Task<Result<string>>> work)
    {
        lock (acts)
        {
            if (Find(key) is { IsOver: false } running) return running;
            var act = new LongAct(caller.UserName, clock.GetCurrentInstant());
            act.Outcome = Task.Run(() => work(act));
            acts[key] = act;
            return act;
        }
    }

    /// <summary>The act of this name, under way or over and not yet read; null when there is none.</summary>
    public LongAct? Find(string key) => acts.GetValueOrDefault(key);

    /// <summary>Its outcome has been read.</summary>
    public void Forget(string key, LongAct act) => acts.TryRemove(KeyValuePair.Create(key, act));
}
