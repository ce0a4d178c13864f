using System.Text;
using CsvHelper;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>How much of the law's tables has been compared with an official text.</summary>
public static class LawReview
{
    /// <summary>Rows that carry a status, and those of them that are still unverified.</summary>
    public static (int Rows, int Unverified) Count()
    {
        var (rows, unverified) = (0, 0);
        foreach (var (_, content) in LawFiles.ReadEmbedded())
        {
            var headings = Encoding.UTF8.GetString(content.AsSpan(0, Math.Max(content.AsSpan().IndexOf((byte)'\n'), 0))).Trim().Split(',');
            if (!headings.Contains("status")) continue;
            using var stream = new MemoryStream(content);
            using var csv = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',' });
            while (csv.Read())
            {
                rows++;
                if (csv.GetString("status").StartsWith("unverified", StringComparison.Ordinal)) unverified++;
            }
        }
        return (rows, unverified);
    }
}
