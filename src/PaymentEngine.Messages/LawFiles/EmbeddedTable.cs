using CsvHelper;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>Reads tables that ship inside the program row by row, by column name. The build is broken when one is missing.</summary>
static class EmbeddedTable
{
    /// <param name="file">Its name in the program: <c>law/banks.csv</c>, <c>codes/purpose.csv</c>.</param>
    /// <param name="read">Makes a row of its cells; asked for a column by name.</param>
    public static List<T> Rows<T>(string file, Func<Func<string, string>, T> read)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} is not in the program.");
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',' });
        var rows = new List<T>();
        while (csv.Read()) rows.Add(read(csv.GetString));
        return rows;
    }
}
