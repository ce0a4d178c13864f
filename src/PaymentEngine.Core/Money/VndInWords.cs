using System.Text;

namespace PaymentEngine.Core.Money;

/// <summary>A sum in Vietnamese words, as forms ask for it (bằng chữ): <c>Một triệu năm trăm nghìn đồng</c>.</summary>
public static class VndInWords
{
    static readonly string[] Digits = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
    static readonly string[] Groups = ["", " nghìn", " triệu", " tỷ", " nghìn tỷ", " triệu tỷ", " tỷ tỷ"];

    /// <summary>The words, with a capital at the start and "đồng" at the end.</summary>
    public static string Of(Vnd sum)
    {
        if (sum.IsZero) return "Không đồng";
        var words = new StringBuilder(sum.Amount < 0 ? "âm" : "");
        var rest = (ulong)Math.Abs((decimal)sum.Amount);
        Span<int> groups = stackalloc int[7];
        var top = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = (int)(rest % 1000);
            rest /= 1000;
            if (groups[i] != 0) top = i;
        }

        for (var i = top; i >= 0; i--)
        {
            if (groups[i] == 0) continue;
            AppendGroup(words, groups[i], isFirst: i == top);
            words.Append(Groups[i]);
        }

        words.Append(" đồng");
        var text = words.ToString().TrimStart();
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    // A group after the first is read whole: "không trăm linh năm" keeps the place of its digits.
    static void AppendGroup(StringBuilder words, int group, bool isFirst)
    {
        var (hundreds, tens, units) = (group / 100, group / 10 % 10, group % 10);
        if (hundreds > 0 || !isFirst) words.Append(' ').Append(Digits[hundreds]).Append(" trăm");
        if (tens == 0)
        {
            if (units == 0) return;
            if (hundreds > 0 || !isFirst) words.Append(" linh");
            words.Append(' ').Append(Digits[units]);
            return;
        }

        words.Append(tens == 1 ? " mười" : $" {Digits[tens]} mươi");
        if (units == 0) return;
        words.Append(' ').Append(units switch
        {
            1 when tens > 1 => "mốt",
            4 when tens > 1 => "tư",
            5 => "lăm",
            _ => Digits[units],
        });
    }
}
