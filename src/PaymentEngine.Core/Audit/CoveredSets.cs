using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PaymentEngine.Core.Audit;

/// <summary>Rows of one table that one operation wrote.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">How many.</param>
/// <param name="Sha256">SHA-256 over the digests of the rows in ascending order, 64 hexadecimal figures; null when there are more than <see cref="CoveredSets.RowsMax"/>:
/// those are a load or a list, for which the hash of the file or of the run's content stands in the events.</param>
public sealed record CoveredSet(string Table, long Rows, string? Sha256);

/// <summary>What a block covers: the sets of rows its operation wrote, as canonical JSON, tables in ordinal order.</summary>
public static class CoveredSets
{
    /// <summary>Sets up to this size have a digest.</summary>
    public const int RowsMax = 20_000;

    /// <summary>Bytes of a row's digest.</summary>
    public const int DigestBytes = 32;

    /// <summary>One set from the digests of its rows, however many statements wrote them and in whatever order.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="digests">Concatenated digests of each statement; null where a statement wrote too many.</param>
    public static CoveredSet Of(string table, long rows, IReadOnlyCollection<byte[]?> digests)
    {
        if (rows > RowsMax || digests.Any(part => part is null)) return new(table, rows, null);
        var all = digests.SelectMany(part => Enumerable.Range(0, part!.Length / DigestBytes).Select(i => part.AsMemory(i * DigestBytes, DigestBytes))).ToList();
        all.Sort((left, right) => left.Span.SequenceCompareTo(right.Span));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var one in all) hash.AppendData(one.Span);
        return new(table, rows, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>The text of a block: <c>[{"table":"posting","rows":3,"sha256":"…"}]</c>. Names of tables need no escape.</summary>
    public static string Write(IEnumerable<CoveredSet> sets)
    {
        var text = new StringBuilder("[");
        foreach (var set in sets.OrderBy(set => set.Table, StringComparer.Ordinal))
        {
            if (text.Length > 1) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{{\"table\":\"{set.Table}\",\"rows\":{set.Rows}");
            if (set.Sha256 is { } sha256) text.Append(CultureInfo.InvariantCulture, $",\"sha256\":\"{sha256}\"");
            text.Append('}');
        }

        return text.Append(']').ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when it is something else.</summary>
    public static IReadOnlyList<CoveredSet>? Read(string text)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(set => new CoveredSet(set.GetProperty("table").GetString() ?? "", set.GetProperty("rows").GetInt64(),
                set.TryGetProperty("sha256", out var sha256) ? sha256.GetString() : null))];
        }
        catch (Exception malformed) when (malformed is System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
