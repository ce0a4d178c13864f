using System.Text;
using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Core.Areas;

/// <summary>The form in which names of hamlets (thôn, xóm, bản, tổ dân phố) are compared.</summary>
/// <remarks>Like <see cref="NameForm.MarkedKey"/>, but figures count, without leading zeros: <c>Xóm 1</c> and <c>xóm  01</c> are one, <c>Xóm 1</c> and <c>Xóm 2</c> are two, <c>Bản Lá</c> and <c>Bản La</c> are two.</remarks>
public static class HamletKey
{
    /// <summary>The key; empty when the text has neither a letter nor a figure.</summary>
    public static string Of(string? hamlet)
    {
        if (string.IsNullOrWhiteSpace(hamlet)) return "";
        var parts = new List<string>();
        var part = new StringBuilder();
        var figures = false;
        foreach (var c in hamlet.Normalize(NormalizationForm.FormC))
        {
            var isFigure = char.IsAsciiDigit(c);
            if (!isFigure && !char.IsLetter(c) && c is not '\'' and not '’')
            {
                End();
                continue;
            }

            if (part.Length > 0 && isFigure != figures) End();
            figures = isFigure;
            part.Append(c);
        }

        End();
        return string.Join(' ', parts);

        void End()
        {
            if (part.Length == 0) return;
            var text = part.ToString();
            part.Clear();
            if (!figures) text = NameForm.Of(text).MarkedKey;
            else if (text.TrimStart('0') is var plain) text = plain.Length == 0 ? "0" : plain;
            if (text.Length > 0) parts.Add(text);
        }
    }
}
