using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages;

/// <summary>A profile with the bytes it was read from.</summary>
/// <param name="Content">The file byte for byte, so that a run can keep what it was made by.</param>
/// <param name="File">Where it stands, for people: the file in the folder given, or its name among those of the program.</param>
public sealed record KnownProfile(BankProfile Profile, ReadOnlyMemory<byte> Content, string File)
{
    public byte[] Sha256() => SHA256.HashData(Content.Span);
}

/// <summary>The bank profiles this program knows: those that ship with it (bank-profiles/*.json), and those of a folder given when it started.</summary>
/// <remarks>One set for the process, fixed by <see cref="Load"/> before the first command: a profile does not change while files are made by it.</remarks>
public static class BankProfiles
{
    /// <summary>Id of the profile for a bank that has none of its own.</summary>
    public const string GenericId = "generic";

    const string Folder = "bank-profiles/";
    static readonly Lazy<FrozenDictionary<string, KnownProfile>> Shipped = new(LoadShipped);
    static FrozenDictionary<string, KnownProfile>? installed;

    /// <summary>All profiles, by id.</summary>
    public static IReadOnlyList<BankProfile> All => [.. Known.Select(one => one.Profile)];

    /// <summary>All profiles with their bytes, by id.</summary>
    public static IReadOnlyList<KnownProfile> Known => [.. Installed.Values.OrderBy(one => one.Profile.Id, StringComparer.Ordinal)];

    /// <summary>The profile for a bank that has not told us anything yet.</summary>
    public static BankProfile Generic => Installed[GenericId].Profile;

    public static BankProfile? Find(string id) => FindKnown(id)?.Profile;

    public static KnownProfile? FindKnown(string id) => Installed.GetValueOrDefault(id);

    /// <summary>The profile of a bank by its NAPAS number; the generic one where it has none.</summary>
    public static BankProfile ForBank(string bin) => Installed.Values.FirstOrDefault(one => one.Profile.BankBins.Contains(bin))?.Profile ?? Generic;

    /// <summary>Adds profiles to those that ship with the program; one with the id of a shipped profile takes its place. All or none.</summary>
    /// <param name="files">Name and bytes of each file.</param>
    /// <returns>Every fault of every file: <c>bank_profile.field</c>, <c>bank_profile.twice</c>, <c>bank_profile.bank_twice</c>, <c>json.malformed</c>.</returns>
    public static Result<IReadOnlyList<KnownProfile>> Load(IEnumerable<(string File, byte[] Content)> files)
    {
        var merged = With(files);
        if (merged.TryGet(out var all)) Volatile.Write(ref installed, all.ToFrozenDictionary(one => one.Profile.Id, StringComparer.Ordinal));
        return merged;
    }

    /// <summary>Reads a profile; an unknown or missing field is a refusal, so that a misspelt one cannot be ignored. All faults are told at once.</summary>
    public static Result<BankProfile> Parse(ReadOnlySpan<byte> json, string file) => BankProfileFile.Parse(json, file);

    /// <summary>What <see cref="Load"/> would know, without making it so.</summary>
    public static Result<IReadOnlyList<KnownProfile>> With(IEnumerable<(string File, byte[] Content)> files)
    {
        var problems = new List<Problem>();
        var added = new Dictionary<string, KnownProfile>(StringComparer.Ordinal);
        foreach (var (file, content) in files)
        {
            var parsed = Parse(content, file);
            problems.AddRange(parsed.Problems);
            if (!parsed.TryGet(out var profile)) continue;
            if (added.TryGetValue(profile.Id, out var other))
                problems.Add(new Problem("bank_profile.twice", $"The profile '{profile.Id}' stands in {other.File} too.", "One file for each profile: take one out, or give it another id.", new SourceLocation(file, null, null, "id")));
            else added.Add(profile.Id, new(profile, content, file));
        }

        var all = Shipped.Value.Values.Where(one => !added.ContainsKey(one.Profile.Id)).Concat(added.Values).ToList();
        foreach (var bank in all.SelectMany(one => one.Profile.BankBins.Select(bin => (Bin: bin, one.Profile.Id, one.File))).GroupBy(one => one.Bin).Where(group => group.Count() > 1))
        {
            var last = bank.Last();
            problems.Add(new Problem("bank_profile.bank_twice", $"Bank {bank.Key} has two profiles: {string.Join(" and ", bank.Select(one => $"'{one.Id}' ({one.File})"))}.",
                "A bank has one profile. To replace one that ships with the program, give the file its id.", new SourceLocation(last.File, null, null, "bankBins")));
        }

        return problems.Count > 0 ? Result<IReadOnlyList<KnownProfile>>.Refuse(problems) : Result<IReadOnlyList<KnownProfile>>.Ok([.. all.OrderBy(one => one.Profile.Id, StringComparer.Ordinal)]);
    }

    static FrozenDictionary<string, KnownProfile> Installed => Volatile.Read(ref installed) ?? Shipped.Value;

    static FrozenDictionary<string, KnownProfile> LoadShipped()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return new KnownProfile(Parse(bytes.ToArray(), name).Value, bytes.ToArray(), name);
        }).ToFrozenDictionary(one => one.Profile.Id, StringComparer.Ordinal);
    }
}
