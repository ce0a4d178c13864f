using System.Globalization;
using System.Reflection;
using System.Text;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.House;

/// <summary>Draws docs/law.md: every value, reading and sentence that no text of an act stands behind, so that a person with the official gazette can settle them.</summary>
static class LawPage
{
    public static string Draw()
    {
        var book = LawFiles.LoadEmbedded();
        var page = new StringBuilder("""
            # What is not verified in the law

            Drawn by a test from the law files, `Readings` and the rules' own sentences; do not edit by hand. A value here stays usable; a line that rests on it carries its status, and so
            does the approval paper of a run. It is settled by loading the real table (`payengine law load`) or by a release.


            """.ReplaceLineEndings("\n"));
        page.Append("## In short\n\n| status | values |\n|---|---:|\n");
        foreach (var status in book.Rows.GroupBy(row => row.Status).OrderBy(group => group.Key, StringComparer.Ordinal)) page.Append(CultureInfo.InvariantCulture, $"| {status.Key} | {status.Count()} |\n");

        page.Append("\n## Readings\n\nA text allows more than one reading, or was not read.\n\n| name | what the program does | what else it could mean | rests there | source | status |\n|---|---|---|---|---|---|\n");
        foreach (var reading in Readings.All) page.Append(CultureInfo.InvariantCulture, $"| `{reading.Name}` | {reading.Taken} | {reading.Otherwise} | `{reading.Where}` | {reading.Citation} | {reading.Status} |\n");

        page.Append("\n## Sentences that carry a status of their own\n\nWhere one of these stands on a line, the line is no better proven than this.\n\n| sentence | source | status |\n|---|---|---|\n");
        foreach (var (sentence, citation, status) in Sentences().Distinct().OrderBy(row => row, Comparer<(string, string, string)>.Create((one, other) => string.CompareOrdinal(one.Item1, other.Item1))))
            page.Append(CultureInfo.InvariantCulture, $"| {sentence} | {citation} | {status} |\n");

        page.Append("\n## Values\n\nRows of one table that share act, source and note stand together.\n\n| status | table | values | count from | act | source | note |\n|---|---|---|---|---|---|---|\n");
        foreach (var group in book.Rows.Where(row => row.Status is LawStatus.Interpretation || LawStatus.IsUnverified(row.Status))
            .GroupBy(row => (row.Status, File: row.At!.File!, row.AppliesFrom, row.Instrument, row.Source, row.Note))
            .OrderBy(group => group.Key.Status, StringComparer.Ordinal).ThenBy(group => group.Key.File, StringComparer.Ordinal).ThenBy(group => group.Key.AppliesFrom).ThenBy(group => group.First().Code, StringComparer.Ordinal))
        {
            var key = group.Key;
            page.Append(CultureInfo.InvariantCulture, $"| {key.Status} | `{key.File}` | {Codes([.. group])} | {key.AppliesFrom:uuuu-MM-dd} | {key.Instrument} | {key.Source} | {key.Note} |\n");
        }

        return page.ToString();
    }

    static string Codes(IReadOnlyList<LawRow> rows) => rows.Count <= 3
        ? string.Join(", ", rows.Select(row => $"`{row.Code}`{(row.ValueText.Length > 0 ? " " + row.ValueText : " (no figure)")}"))
        : string.Create(CultureInfo.InvariantCulture, $"{rows.Count}: `{rows[0].Code}` {rows[0].ValueText} … `{rows[^1].Code}` {rows[^1].ValueText}");

    /// <summary>What a note adds to a verified rate's sentence, citation and status; and the reasons why nothing is due.</summary>
    static IEnumerable<(string Sentence, string Citation, string Status)> Sentences()
    {
        var rate = LawOf("2025-05").Rate("NCC.TB.A", 45)!;
        var plain = rate.Explain(1, ExplanationNotes.None);
        foreach (var note in Enum.GetValues<ExplanationNotes>())
        {
            var noted = rate.Explain(1, note);
            if (noted.Status != plain.Status) yield return (noted.En[plain.En.Length..].Trim(), noted.Citation[plain.Citation.Length..].TrimStart(';', ' '), noted.Status);
        }

        foreach (var field in typeof(ExplanationNotes).Assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Where(field => field.FieldType == typeof(Explanation)))
        {
            if (field.GetValue(null) is Explanation why && why.Status != LawStatus.Verified) yield return (why.En, why.Citation, why.Status);
        }
    }
}
