using System.Collections.Frozen;
using System.Globalization;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Messages.Csv;

/// <summary>The 34 provinces of today by their code, from law/provinces.csv: rows without an end.</summary>
public static class ProvinceNames
{
    static readonly Lazy<FrozenDictionary<short, string>> names = new(() =>
        EmbeddedTable.Rows("law/provinces.csv", cell => (Code: cell("code"), Name: cell("name_vi"), Ended: cell("valid_to").Length > 0))
            .Where(row => !row.Ended).ToFrozenDictionary(row => short.Parse(row.Code, NumberStyles.None, CultureInfo.InvariantCulture), row => row.Name));

    /// <summary>Code → name ("Nghệ An").</summary>
    public static IReadOnlyDictionary<short, string> Today => names.Value;
}
