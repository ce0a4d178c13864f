using System.Collections.Frozen;
using System.Globalization;
using CsvHelper;

namespace PaymentEngine.Messages.Csv;

/// <summary>The 34 provinces of today by their code, from law/provinces.csv: rows without an end.</summary>
public static class ProvinceNames
{
    static readonly Lazy<FrozenDictionary<short, string>> names = new(Read);

    /// <summary>Code → name ("Nghệ An").</summary>
    public static IReadOnlyDictionary<short, string> Today => names.Value;

    static FrozenDictionary<short, string> Read()
    {
        using var stream = typeof(ProvinceNames).Assembly.GetManifestResourceStream("law/provinces.csv") ?? throw new InvalidOperationException("law/provinces.csv is not in the program.");
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',' });
        var found = new Dictionary<short, string>();
        while (csv.Read())
        {
            if (csv.GetString("valid_to").Length == 0) found[short.Parse(csv.GetString("code"), NumberStyles.None, CultureInfo.InvariantCulture)] = csv.GetString("name_vi");
        }
        return found.ToFrozenDictionary();
    }
}
