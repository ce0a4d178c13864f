namespace PaymentEngine.App.Operations;

/// <summary>Work on independent items side by side, where each item's result has its own place and no order matters.</summary>
static class Lanes
{
    /// <summary>Works on the items 0 to <paramref name="count"/> − 1 in up to <paramref name="lanes"/> flows; each takes the next item that nobody has.</summary>
    /// <exception cref="OperationCanceledException">Stopped between two items.</exception>
    public static Task EachAsync(int count, int lanes, Func<int, Task> work, CancellationToken cancel)
    {
        var next = -1;
        async Task LaneAsync()
        {
            // Off the caller's flow at once: an item that begins with reckoning must not keep the other lanes from starting.
            await Task.Yield();
            for (var item = Interlocked.Increment(ref next); item < count; item = Interlocked.Increment(ref next))
            {
                cancel.ThrowIfCancellationRequested();
                await work(item);
            }
        }

        return Task.WhenAll(Enumerable.Range(0, Math.Min(lanes, count)).Select(_ => LaneAsync()));
    }
}
