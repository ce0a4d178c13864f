using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>Reads the law: the CSV files of law/, carried inside the program, and the files of a decree that is loaded later.</summary>
public static class LawFiles
{
    static readonly string[] ReferenceLists = ["banks.csv", "holidays.csv", "provinces.csv"];

    static readonly Lazy<LawBook> Release = new(() => Load(ReadEmbedded()) is var loaded && loaded.TryGet(out var book)
        ? book : throw new InvalidOperationException($"The built-in law is unsound: {string.Join("; ", loaded.Problems.Take(5))}"));

    /// <summary>The law the program was built with.</summary>
    /// <exception cref="InvalidOperationException">A file inside the program is unsound: the build is broken.</exception>
    public static LawBook LoadEmbedded() => Release.Value;

    /// <summary>The bytes of every law file inside the program, by its path below law/.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadEmbedded()
    {
        var assembly = typeof(LawFiles).Assembly;
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith("law/", StringComparison.Ordinal) || !name.EndsWith(".csv", StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            files[name["law/".Length..].Replace('\\', '/')] = memory.ToArray();
        }

        return files;
    }

    /// <summary>Reads a whole set of law files, as a release has them. All problems of all files are reported together, each with file, line and column.</summary>
    public static Result<LawBook> Load(IReadOnlyDictionary<string, byte[]> files)
    {
        var problems = new List<Problem>();
        var rows = new List<LawRow>();
        foreach (var (file, content) in files.Where(file => !ReferenceLists.Contains(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal)) rows.AddRange(LawRows.Read(file, content, problems));
        foreach (var list in ReferenceLists)
        {
            if (files.TryGetValue(list, out var content)) LawTable.Read(list, content, ["source", "status"], problems)?.Rows(static row => (row.Source(), row.Status()));
            else problems.Add(new Problem("law.missing_file", $"The law file {list} is missing.", "Restore it from the release.").In(list));
        }

        foreach (var shape in Enum.GetValues<LawShape>())
        {
            if (problems.Count == 0 && rows.TrueForAll(row => row.Shape != shape))
                problems.Add(new Problem("law.missing_table", $"No file holds {LawRows.NameOf(shape)}.", "Restore the files from the release."));
        }

        if (problems.Count == 0) problems.AddRange(LawChecks.Of(rows));
        return problems.Count > 0 ? Result<LawBook>.Refuse(problems) : new LawBook(rows, Convert.ToHexStringLower(HashOf(files)));
    }

    /// <summary>Reads the files of a decree: each row by itself is sound. Whether they may stand beside the law there is, is asked of <see cref="LawAmendment"/>.</summary>
    public static Result<IReadOnlyList<LawRow>> ReadRows(IReadOnlyDictionary<string, byte[]> files)
    {
        var problems = new List<Problem>();
        var rows = new List<LawRow>();
        foreach (var (file, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var found = LawRows.Read(file, content, problems);
            if (found.Count == 0 && problems.Count == 0) problems.Add(new Problem("law.empty_file", "The file has no row of law.", "Give each value a row; law/README.md has the columns.").In(file));
            rows.AddRange(found);
        }

        return problems.Count > 0 ? Result<IReadOnlyList<LawRow>>.Refuse(problems) : rows;
    }

    /// <summary>What the files of a load are known by, whatever they are called: SHA-256 over the SHA-256 of each, in order.</summary>
    public static byte[] DigestOf(IEnumerable<byte[]> contents) =>
        SHA256.HashData([.. contents.Select(SHA256.HashData).OrderBy(Convert.ToHexString, StringComparer.Ordinal).SelectMany(hash => hash)]);

    /// <summary>SHA-256 over name, length and bytes of each CSV file in the order of their names.</summary>
    static byte[] HashOf(IReadOnlyDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{content.Length}\n")));
            hash.AppendData(content);
        }

        return hash.GetHashAndReset();
    }
}
