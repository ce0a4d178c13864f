using System.Text.RegularExpressions;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Audit;

/// <summary>docs/personal-data.md against the database: every column of every table about people has a level and a rule.</summary>
[Collection(PostgresCollection.Name)]
public sealed partial class PersonalDataColumnsTests(ScratchCluster cluster)
{
    /// <summary>A table with one of these is about people.</summary>
    static readonly string[] Telling =
        ["recipient_id", "payee_no", "person_id", "full_name", "holder_name", "payee_name", "bank_name", "party_name", "account_tag", "id_number_tag", "phone", "address", "birth", "birth_year"];

    /// <summary>Tables that say so of offices, units and public lists, not of people.</summary>
    static readonly string[] Apart = ["pay_point"];

    [PostgresFact]
    public async Task Every_column_about_people_has_a_level_and_a_rule()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        var columns = await world.RowsAsync<string>("""
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
            """);
        var page = await File.ReadAllTextAsync(Path.Combine(PaymentEngine.Tests.House.Repository.Root, "docs", "personal-data.md"));
        var neutral = Quoted().Matches(Between(page, "<!-- neutral -->", "<!-- end of neutral -->")).Select(match => match.Groups[1].Value).ToHashSet();
        var lines = Between(page, "<!-- columns -->", "<!-- end of columns -->").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Trim('|').Split('|')).ToList();
        Assert.All(lines, line => Assert.Contains(line[2].Trim(), (string[])["secret", "sensitive", "basic", "office"]));
        Assert.All(lines, line => Assert.NotEmpty(line[3].Trim()));
        var known = lines.SelectMany(line => Quoted().Matches(line[1]).Select(match => $"{Quoted().Match(line[0]).Groups[1].Value}.{match.Groups[1].Value}")).ToHashSet();

        var tables = columns.Select(column => column.Split('.')).GroupBy(parts => parts[0], parts => parts[1]).ToList();
        var concerned = tables.Where(table => !Apart.Contains(table.Key) && (table.Any(Telling.Contains) || table.Any(column => column.EndsWith("_cipher", StringComparison.Ordinal)))).ToList();
        Assert.True(concerned.Count >= 30, $"{concerned.Count} tables");
        Assert.Empty(concerned.SelectMany(table => table.Where(column => !neutral.Contains(column)).Select(column => $"{table.Key}.{column}")).Except(known).Select(column => column + " has no line in docs/personal-data.md"));
        Assert.Empty(known.Except(columns).Select(column => column + " stands in docs/personal-data.md and not in the database"));
        // What is enciphered is secret, or our own account.
        Assert.Empty(lines.Where(line => line[1].Contains("_cipher", StringComparison.Ordinal) && line[2].Trim() is not ("secret" or "office")).Select(line => line[0]));
    }

    static string Between(string text, string from, string to) => text[(text.IndexOf(from, StringComparison.Ordinal) + from.Length)..text.IndexOf(to, StringComparison.Ordinal)];

    [GeneratedRegex("`([a-z_0-9]+)`")]
    private static partial Regex Quoted();
}
