using System.Text;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>How much of the law's tables has been compared with an official text.</summary>
public static class LawReview
{
    /// <summary>Rows that carry a status, and those of them that are still unverified.</summary>
    public static (int Rows, int Unverified) Count()
    {
        var statuses = new List<string>();
        foreach (var (file, content) in LawFiles.ReadEmbedded())
        {
            if (Encoding.UTF8.GetString(content.AsSpan(0, Math.Max(content.AsSpan().IndexOf((byte)'\n'), 0))).Trim().Split(',').Contains("status"))
                statuses.AddRange(EmbeddedTable.Rows("law/" + file, cell => cell("status")));
        }

        return (statuses.Count, statuses.Count(LawStatus.IsUnverified));
    }
}
