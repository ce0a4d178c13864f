using System.Text;
using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Tests.Law;

/// <summary>A release of before a decree, and the decree as the files somebody would load into it.</summary>
static class Decrees
{
    /// <summary>The law files as a release had them before these acts were known: without their rows, and with the rows open that they ended.</summary>
    public static LawBook ReleaseWithout(params string[] instruments)
    {
        var today = LawFiles.LoadEmbedded();
        var inForce = today.Rows.Where(row => instruments.Contains(row.Instrument)).Select(row => row.InForce).ToHashSet();
        var stayed = today.Rows.Where(row => !instruments.Contains(row.Instrument)).ToList();
        return new LawBook([.. stayed.Select(row => Ended(row) ? row with { Validity = row.Validity with { AppliesTo = null, EndInForce = null } } : row)],
            Convert.ToHexStringLower(new byte[32]));

        // Another act of the same day that stayed keeps the row closed.
        bool Ended(LawRow row) => row.EndInForce is { } end && inForce.Contains(end)
            && !stayed.Exists(other => other.Code == row.Code && other.Place == row.Place && other.Shape == row.Shape && other.AppliesFrom > row.AppliesFrom);
    }

    /// <summary>The files of an act: in each table its rows, and the rows it ends.</summary>
    public static IReadOnlyDictionary<string, byte[]> FilesOf(string instrument, LocalDate inForce)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, content) in LawFiles.ReadEmbedded().Where(file => file.Key.Contains('/', StringComparison.Ordinal)))
        {
            var lines = Encoding.UTF8.GetString(content).Split('\n');
            var day = NodaTime.Text.LocalDatePattern.Iso.Format(inForce);
            var said = lines.Skip(1).Where(line => line.Contains($",{instrument},", StringComparison.Ordinal) || EndsOn(line, day)).ToList();
            if (said.Count > 0) files[name] = Encoding.UTF8.GetBytes(string.Join('\n', said.Prepend(lines[0])) + "\n");
        }

        return files;
    }

    /// <summary>Writes the files into a folder, as a clerk would receive them.</summary>
    public static string Write(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return folder;
    }

    // …,applies_to,instrument,in_force,end_in_force,source,…: the day stands between two commas after another day.
    static bool EndsOn(string line, string day) => System.Text.RegularExpressions.Regex.IsMatch(line, $@",\d{{4}}-\d\d-\d\d,{day},");
}
