using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Payments;

/// <summary>An approved payment order as far as the cut into files depends on it. Rows come in order: route, then month and number of the run they were first listed in, then line.</summary>
/// <param name="RouteNo">The frozen route of the run: debtor account, category purpose and channel.</param>
/// <param name="Origin">The run whose list the payment stands on; its own for a first attempt.</param>
public readonly record struct OrderToBatch(short RouteNo, RunId Origin, int LineNo, Vnd Amount);

/// <summary>A batch as cut: the orders of one route and one origin run with lines from <paramref name="LineFrom"/> to <paramref name="LineTo"/>.</summary>
public sealed record PlannedBatch(short RouteNo, RunId Origin, int LineFrom, int LineTo, int Count, Vnd Sum);

/// <summary>A file as cut, with its batches in order.</summary>
public sealed record PlannedFile(short RouteNo, IReadOnlyList<PlannedBatch> Batches, int Count, Vnd Sum);

/// <summary>How large a bank takes its files and batches.</summary>
public sealed record BatchLimits(int TransactionsPerFile, int TransactionsPerBatch, int BatchesPerFile)
{
    /// <summary>The most bytes one payment can take in a pain.001 of ours: 420 of element names, three times the id, names, accounts and codes at their longest, 210 of text.</summary>
    public const int PaymentBytesMax = 1_000;

    /// <summary>The most bytes a batch's own head can take, and the file's.</summary>
    public const int HeadBytesMax = 1_500;

    /// <summary>The most bytes that stand before and behind the rows of a list: titles, head and trailer, and the parts of a workbook.</summary>
    public const int ListHeadBytesMax = 60_000;

    /// <summary>The most bytes one payment can take: in a list four a character, and in a workbook what stands around each cell.</summary>
    static int RowBytesMax(BankProfile profile) => profile.Layout is not { } layout ? PaymentBytesMax
        : 40 + layout.Columns.Sum(column => (4 * column.LengthMax) + (profile.FileKind == FileKind.Xlsx ? 80 : 3));

    /// <summary>The limits of a bank. Its bytes are turned into a count by the largest possible payment, so that the cut does not depend on how long names are.</summary>
    public static BatchLimits Of(BankProfile profile)
    {
        var head = profile.Layout is null ? HeadBytesMax * (1L + profile.BatchesPerFileMax) : ListHeadBytesMax;
        var room = (profile.FileBytesMax - head) / RowBytesMax(profile);
        var perFile = (int)Math.Clamp(room, 1, profile.TransactionsPerFileMax);
        return new(perFile, Math.Min(profile.TransactionsPerBatchMax, perFile), profile.BatchesPerFileMax);
    }
}

/// <summary>
/// Cuts approved payment orders into files and batches: first by what may not stand together (route), then to size. The cut depends on nothing but the
/// rows and the limits: no clock, no thread, no culture.
/// </summary>
/// <remarks>A batch holds orders of one origin run, so that its range of lines says exactly which orders stand in it and no row has to name its batch.</remarks>
public sealed class Batching(Func<short, BatchLimits> limitsOf)
{
    readonly List<PlannedFile> files = [];
    readonly List<PlannedBatch> batches = [];
    OrderToBatch? last;
    int lineFrom;
    int batchCount;
    int fileCount;
    Vnd batchSum;
    Vnd fileSum;

    /// <summary>Takes the next order. True when it opens a new file: everything before it belongs to finished ones.</summary>
    /// <exception cref="InvalidOperationException">The rows are not in order, or one came twice: a bug of the query.</exception>
    public bool Add(in OrderToBatch order)
    {
        if (last is { } before && Compare(before, order) >= 0) throw new InvalidOperationException($"Line {order.LineNo} of {order.Origin} stands after line {before.LineNo} of {before.Origin}.");
        var opensFile = last is null;
        if (last is { } previous)
        {
            var limits = limitsOf(previous.RouteNo);
            if (order.RouteNo != previous.RouteNo || fileCount == limits.TransactionsPerFile)
            {
                EndFile(previous);
                opensFile = true;
            }
            else if (order.Origin != previous.Origin || batchCount == limits.TransactionsPerBatch)
            {
                EndBatch(previous);
                if (batches.Count == limits.BatchesPerFile)
                {
                    EndFile(previous);
                    opensFile = true;
                }
            }
        }

        if (batchCount == 0) lineFrom = order.LineNo;
        batchCount++;
        fileCount++;
        batchSum += order.Amount;
        fileSum += order.Amount;
        last = order;
        return opensFile;
    }

    /// <summary>The files in order. Ends the cut.</summary>
    public IReadOnlyList<PlannedFile> Finish()
    {
        if (last is { } order) EndFile(order);
        last = null;
        return files;
    }

    /// <summary>All files of rows that are at hand.</summary>
    public static IReadOnlyList<PlannedFile> Cut(IEnumerable<OrderToBatch> orders, Func<short, BatchLimits> limitsOf)
    {
        var cut = new Batching(limitsOf);
        foreach (var order in orders) cut.Add(order);
        return cut.Finish();
    }

    /// <summary>The day on which banks are to execute a file: the first banking day of the approved window on which the bank still takes it.</summary>
    /// <param name="windowFrom">First day of the window.</param>
    /// <param name="windowTo">Its last day.</param>
    /// <param name="takenFrom">The first day for which the bank still takes a file: <see cref="CutOff.FirstDay"/>.</param>
    /// <param name="calendar">Banking days.</param>
    public static Result<LocalDate> ExecutionDate(LocalDate windowFrom, LocalDate windowTo, LocalDate takenFrom, BankingCalendar calendar)
    {
        var day = calendar.OnOrAfter(LocalDate.Max(windowFrom, takenFrom));
        return day <= windowTo
            ? day
            : new Problem("not_allowed.window_over", $"The approved window of execution dates, {LocalDatePattern.Iso.Format(windowFrom)} to {LocalDatePattern.Iso.Format(windowTo)}, has no day left that a bank still takes files for (the next is {LocalDatePattern.Iso.Format(takenFrom)}).",
                "Nothing was written. Ask for new days (payengine run extend R --reason …) and have another person approve them (payengine run extend R --approve), then export again.");
    }

    static int Compare(in OrderToBatch left, in OrderToBatch right)
    {
        var (a, b) = ((left.RouteNo, left.Origin.Month.Key(), left.Origin.RunNo, left.LineNo), (right.RouteNo, right.Origin.Month.Key(), right.Origin.RunNo, right.LineNo));
        return a.CompareTo(b);
    }

    void EndBatch(in OrderToBatch order)
    {
        batches.Add(new(order.RouteNo, order.Origin, lineFrom, order.LineNo, batchCount, batchSum));
        (batchCount, batchSum) = (0, Vnd.Zero);
    }

    void EndFile(in OrderToBatch order)
    {
        if (batchCount > 0) EndBatch(order);
        files.Add(new(order.RouteNo, [.. batches], fileCount, fileSum));
        batches.Clear();
        (fileCount, fileSum) = (0, Vnd.Zero);
    }
}
