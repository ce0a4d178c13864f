using System.Diagnostics;
using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>How far a long work is, for programs.</summary>
/// <param name="Label">What is being done, in the reader's language.</param>
/// <param name="Done">How many.</param>
/// <param name="Total">Of how many; null: nobody knows yet.</param>
public sealed record ProgressStep(string Label, long Done, long? Total);

/// <summary>How far a long work is: done of total, rate, time left. A bar on a terminal; in a log one plain line every ten seconds; silent below one second.</summary>
public sealed class Progress : IDisposable
{
    static readonly TimeSpan FirstShown = TimeSpan.FromSeconds(1);
    static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    const int BarCells = 24;

    readonly CommandContext context;
    readonly string label;
    readonly long? total;
    readonly Stopwatch watch = Stopwatch.StartNew();
    TimeSpan shownAt = TimeSpan.Zero;
    long done;
    bool barStands;

    internal Progress(CommandContext context, string label, long? total) => (this.context, this.label, this.total) = (context, label, total);

    bool IsSilent => context.Json || context.Quiet;

    /// <summary>Counts <paramref name="more"/> as done.</summary>
    public void Add(long more) => Report(done + more);

    /// <summary>Says how many are done altogether.</summary>
    public void Report(long doneNow)
    {
        done = doneNow;
        context.Progressed?.Invoke(new ProgressStep(label, done, total));
        if (IsSilent) return;
        var elapsed = watch.Elapsed;
        if (context.ErrorIsTerminal)
        {
            if (elapsed < FirstShown || elapsed - shownAt < BarEvery) return;
            shownAt = elapsed;
            barStands = true;
            // Carriage return and "erase to the end of the line": the bar is drawn over itself.
            context.Error.Write($"\r{Sentence(elapsed, Bar())}\u001b[K");
            context.Error.Flush();
        }
        else if (elapsed - shownAt >= LineEvery)
        {
            shownAt = elapsed;
            context.Error.WriteLine(Sentence(elapsed, ""));
            context.Error.Flush();
        }
    }

    /// <summary>Ends the bar; a work that took longer than a second leaves one line with its total and time.</summary>
    public void Dispose()
    {
        if (IsSilent || watch.Elapsed < FirstShown) return;
        if (barStands) context.Error.Write("\r\u001b[K");
        context.Error.WriteLine($"{label}: {ViText.Count(done)} · {ViText.Span(Duration.FromTimeSpan(watch.Elapsed), context.Lang)}");
        context.Error.Flush();
    }

    string Bar()
    {
        if (total is not > 0) return "";
        var cells = (int)(BarCells * Math.Min(done, total.Value) / total.Value);
        return $"[{new string('█', cells)}{new string('·', BarCells - cells)}] ";
    }

    string Sentence(TimeSpan elapsed, string bar)
    {
        var perSecond = (long)(done / Math.Max(elapsed.TotalSeconds, 0.001));
        var left = total > done && perSecond > 0
            ? context.Text(" · còn ", " · left ") + ViText.Span(Duration.FromSeconds((double)((total.Value - done) / perSecond)), context.Lang)
            : "";
        var of = total is { } all ? $"/{ViText.Count(all)}" : "";
        return $"{label} {bar}{ViText.Count(done)}{of} · {ViText.Count(perSecond)}/s{left}";
    }
}
