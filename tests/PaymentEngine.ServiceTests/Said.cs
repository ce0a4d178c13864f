using System.Globalization;
using PaymentEngine.Tests.House;

namespace PaymentEngine.ServiceTests;

/// <summary>Keeps what the programs said while the tests ran, and which account and identity numbers stood in the files they were given: a last step looks for the one in the other (PaymentEngine.OutputTests).</summary>
static class Said
{
    static readonly Lock Gate = new();
    static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "test-output");
    static readonly HashSet<string> Known = new(StringComparer.Ordinal);
    static readonly HashSet<string> Seen = new(StringComparer.Ordinal);

    /// <summary>Columns of register files that hold a whole number.</summary>
    static readonly string[] Numbers = ["account_no", "debtor_account_no", "id_number"];

    static string FileOf(string kind) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{Environment.ProcessId}.txt"));

    /// <summary>One call of the program.</summary>
    /// <param name="args">As it was called.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="home">Its data folder, where a demonstration leaves its register; null: none.</param>
    public static void Keep(IReadOnlyList<string> args, int exit, string output, string error, string? home = null)
    {
        lock (Gate)
        {
            Directory.CreateDirectory(Folder);
            foreach (var path in args.Append(home).OfType<string>()) Learn(path);
            // One record a line: the scan must know which call said what.
            var call = string.Join(' ', args.Select(word => word.StartsWith('/') ? Path.GetFileName(word) : word)).ReplaceLineEndings(" ");
            File.AppendAllLines(FileOf("said"), [$"call {exit} {call}", .. Marked("out ", output), .. Marked("err ", error)]);
        }

        static IEnumerable<string> Marked(string mark, string text) => text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0).Select(line => mark + line);
    }

    static void Learn(string path)
    {
        IEnumerable<string> files = File.Exists(path) && path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? [path]
            : Directory.Exists(path) ? ((string[])["people.csv", "payees.csv", "payers.csv"]).SelectMany(name => Directory.EnumerateFiles(path, name, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true })) : [];
        var found = new List<string>();
        foreach (var file in files.Where(Seen.Add))
        {
            try
            {
                using var reader = new StreamReader(file);
                var columns = (reader.ReadLine() ?? "").Split(',');
                var at = Numbers.Select(name => Array.IndexOf(columns, name)).Where(place => place >= 0).ToList();
                if (at.Count == 0) continue;
                while (reader.ReadLine() is { } line)
                {
                    // A name in quotes may hold a comma: such rows are few, and their numbers are skipped.
                    var cells = line.Split(',');
                    if (cells.Length == columns.Length) found.AddRange(at.Select(place => cells[place].Trim()).Where(cell => cell.Length is >= 9 and <= 19 && cell.All(char.IsAsciiLetterOrDigit) && Known.Add(cell)));
                }
            }
            catch (IOException)
            {
                // Gone meanwhile: a test that cleans up behind itself.
            }
        }

        if (found.Count > 0) File.AppendAllLines(FileOf("numbers"), found);
    }
}
