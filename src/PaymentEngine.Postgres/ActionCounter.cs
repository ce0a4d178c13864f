using System.Diagnostics;

namespace PaymentEngine.Postgres;

/// <summary>Counts durable actions (SQL commands, COPY and its end, commits and their answers; opening, writing, fsync, renaming and deleting of files) and, in crash tests,
/// kills the process with SIGKILL just before the N-th. A month run with N = 1, 2, … until it completes has been stopped everywhere.</summary>
public sealed class ActionCounter(long crashAt = 0)
{
    long done;

    /// <summary>How many actions were counted so far.</summary>
    public long Done => Interlocked.Read(ref done);

    /// <summary>Counts an action that is about to be done.</summary>
    public void Count()
    {
        if (Interlocked.Increment(ref done) != crashAt) return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite); // The signal is on its way; nothing may happen after it was sent.
    }
}
