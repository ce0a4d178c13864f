using System.Text.Json;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>What expected.py says of one message file: counts, sums, findings and every row.</summary>
sealed record ExpectedFile(
    string Sha256, string[] Messages, int Entries, int Transactions, Dictionary<string, ExpectedSum> Sums, int Returns, int Rejects, ExpectedRejects Rejected,
    Dictionary<string, int> Findings, string[] Rows);

sealed record ExpectedSum(string Credit, string Debit);

sealed record ExpectedRejects(int Group, int Batch, int Transaction);

/// <summary>Our own message files: messages/ and index.csv are written by make.py, expected.json by expected.py.</summary>
static class BankFileCorpus
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static readonly string Folder = Path.Combine(House.Repository.Root, "tests", "PaymentEngine.Tests", "BankFiles");

    public static readonly IReadOnlyDictionary<string, ExpectedFile> Expected =
        JsonSerializer.Deserialize<Dictionary<string, ExpectedFile>>(File.ReadAllText(Path.Combine(Folder, "expected.json")), Json)!;

    /// <summary>Rows of the index: file, messages, valid (yes, no, none), bytes, what it shows.</summary>
    public static readonly IReadOnlyList<string[]> Index =
        [.. File.ReadAllLines(Path.Combine(Folder, "index.csv")).Skip(1).Select(line => line.Split(',', 5))];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, "messages", name));

    public static readonly IReadOnlyList<string> FileNames =
        [.. Directory.EnumerateFiles(Path.Combine(Folder, "messages")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names => [.. FileNames];
}
