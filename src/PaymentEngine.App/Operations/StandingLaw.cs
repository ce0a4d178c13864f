using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>The law of an installation at a moment: the files of the program, then every load approved by then, in the order in which they became law.</summary>
/// <param name="Book">What runs are planned with; its hash covers files and loads.</param>
/// <param name="Loads">Numbers of the loads in it.</param>
public sealed record StandingLaw(LawBook Book, IReadOnlyList<int> Loads)
{
    /// <summary>Reads it. A load that no longer fits the files of a newer program is named, and nothing is planned without it.</summary>
    /// <param name="session">A session of the run role.</param>
    /// <param name="release">The law the program carries.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="knownAt">Loads approved later do not count.</param>
    /// <param name="cancel">Stops the statement.</param>
    public static async Task<Result<StandingLaw>> AtAsync(DatabaseSession session, LawBook release, short provinceCode, Instant knownAt, CancellationToken cancel = default)
    {
        var (book, loads) = (release, new List<int>());
        foreach (var load in (await LawStore.ApprovedFilesAsync(session, provinceCode, knownAt, cancel)).GroupBy(file => file.LoadNo))
        {
            var files = load.ToDictionary(file => file.Name, file => file.Content, StringComparer.Ordinal);
            var amended = LawFiles.ReadRows(files).Then(rows => LawAmendment.Reapply(book, rows, Convert.ToHexStringLower(LawFiles.DigestOf(files.Values))));
            if (!amended.TryGet(out var found))
            {
                return Result<StandingLaw>.Refuse([new Problem("law.load_does_not_fit", FormattableString.Invariant($"Load {load.Key}, approved earlier, does not fit the law files of this program."),
                    "Load a file that mends what is named below, or use the program it was approved with."), .. amended.Problems]);
            }

            book = found.Book;
            loads.Add(load.Key);
        }

        return new StandingLaw(book, loads);
    }
}
