using System.Text.RegularExpressions;
using PaymentEngine.Core;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>Small faults in a message, the same for the same seed: elements left out, doubled, exchanged, renamed, put in; texts made empty, long, or something else.</summary>
static partial class MutatedXml
{
    static readonly string[] texts =
    [
        "", " ", "0", "-1", "+1", "1.5", "1.50", "01", "999999999999999999999", "A", "abc", new('A', 34), new('A', 35), new('A', 36), new('A', 70), new('A', 71), new('A', 140), new('A', 141),
        "Nguyễn", "A  B", "A/B", "A_B", "&amp;", "true", "TRUE", "2026-02-30", "2026-11-21", "2026-11-21Z", "2026-11-21T08:30:00", "2026-11-21T08:30:00Z", "VND", "USD", "vnd", "TRF", "CHK", "DEBT",
        "VBAAVNVX", "VBAAVNVXXXX", "VBAAVNV", "1BAAVNVX", "VBAAVN1O", "970405", "01203001", "SSBE", "SSBEX", "NOTPROVIDED", "c0ffee00-0000-4000-8000-000000000000", "C0FFEE00-0000-4000-8000-000000000000",
        "c0ffee00-0000-1000-8000-000000000000",
    ];

    static readonly string[] names = ["BIC", "BICFI", "Id", "Nm", "Cd", "Prtry", "Dt", "DtTm", "UETR", "X", "MmbId", "IBAN", "Ustrd"];

    public static string Of(string xml, SeededRandom random)
    {
        var tokens = Token().Matches(xml).Select(match => match.Value).ToList();
        var leaves = Enumerable.Range(0, tokens.Count - 2).Where(at => IsStart(tokens[at]) && tokens[at + 2].StartsWith("</", StringComparison.Ordinal) && !tokens[at + 1].StartsWith('<')).ToList();
        var leaf = leaves[random.Below(leaves.Count)];
        switch (random.Below(9))
        {
            case 0:
                tokens.RemoveRange(leaf, 3);
                break;
            case 1:
                tokens.InsertRange(leaf, tokens.GetRange(leaf, 3));
                break;
            case 2:
                var next = leaves[random.Below(leaves.Count)];
                for (var i = 0; i < 3; i++) (tokens[leaf + i], tokens[next + i]) = (tokens[next + i], tokens[leaf + i]);
                break;
            case 3:
                var name = names[random.Below(names.Length)];
                (tokens[leaf], tokens[leaf + 2]) = ($"<{name}>", $"</{name}>");
                break;
            case 4:
                tokens.InsertRange(leaf, [$"<{names[random.Below(names.Length)]}>", texts[random.Below(texts.Length)], "</>"]);
                tokens[leaf + 2] = tokens[leaf].Replace("<", "</", StringComparison.Ordinal);
                break;
            case 5:
                var start = Enumerable.Range(1, tokens.Count - 1).Where(at => IsStart(tokens[at])).ElementAt(random.Below(leaves.Count));
                tokens[start] = tokens[start].Contains("Ccy", StringComparison.Ordinal) ? "<InstdAmt>" : tokens[start].Replace(">", " Ccy=\"VND\">", StringComparison.Ordinal);
                break;
            default:
                tokens[leaf + 1] = texts[random.Below(texts.Length)];
                break;
        }

        return string.Concat(tokens);
    }

    static bool IsStart(string token) => token.Length > 1 && token[0] == '<' && char.IsAsciiLetter(token[1]);

    [GeneratedRegex("<[^>]+>|[^<]+")]
    private static partial Regex Token();
}
