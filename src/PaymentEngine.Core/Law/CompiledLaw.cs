using System.Collections.Concurrent;
using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Law;

/// <summary>The law of any month in any province as known on any day, each compiled once.</summary>
/// <remarks>Days between which nothing new of the law became known share their tables, so many closing days cost little. Safe for several threads.</remarks>
public sealed class CompiledLaw(LawBook book, IReadOnlyList<LocalStandard> local)
{
    readonly ConcurrentDictionary<(YearMonth Month, int Known, string Province), MonthLaw> compiled = new();

    public LawBook Book => book;

    public MonthLaw Of(YearMonth month, LocalDate asOf, string provinceCode) =>
        compiled.GetOrAdd((month, Known(asOf), provinceCode), static (key, at) => at.Book.Compile(key.Month, at.AsOf, key.Province, at.Local), (Book: book, AsOf: asOf, Local: local))
            .KnownOn(asOf);

    /// <summary>How many of the law's knowledge days have come.</summary>
    int Known(LocalDate asOf)
    {
        var count = 0;
        foreach (var day in book.KnowledgeDays)
        {
            if (day > asOf) break;
            count++;
        }

        return count;
    }
}
