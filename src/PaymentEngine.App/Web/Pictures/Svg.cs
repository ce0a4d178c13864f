using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Html;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.App.Web.Pictures;

/// <summary>A drawing made here and sent with the page: no script, no style attribute, every text escaped. What it shows stands in a table too; it is named for those who cannot see it.</summary>
sealed class Svg
{
    /// <summary>Colours that stand 4.5 to 1 against their ground.</summary>
    public const string Ink = "#1b1b1b", Deed = "#0b4f8a", Soft = "#dfe6ee", Wait = "#c77700", Bad = "#a61b1b", Good = "#1f6b37", Line = "#6f757b", Paper = "#ffffff";

    readonly StringBuilder drawn = new();

    /// <param name="width">In its own units; the page scales it.</param>
    /// <param name="height">The same.</param>
    /// <param name="name">What it shows, in a sentence.</param>
    public Svg(int width, int height, string name) => drawn.Append(CultureInfo.InvariantCulture,
        $"<svg class=\"picture\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Escaped(name)}\" font-family=\"system-ui, Noto Sans, sans-serif\" font-size=\"14\">");

    public Svg Box(int x, int y, int width, int height, string fill, string? line = null)
    {
        drawn.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y}\" width=\"{Math.Max(0, width)}\" height=\"{height}\" fill=\"{fill}\"{(line is null ? "" : $" stroke=\"{line}\"")}/>");
        return this;
    }

    /// <summary>A text that begins, ends (<c>end</c>) or has its middle (<c>middle</c>) at a point.</summary>
    public Svg Text(int x, int y, string text, string colour = Ink, string anchor = "start", bool bold = false)
    {
        drawn.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\" text-anchor=\"{anchor}\"{(bold ? " font-weight=\"700\"" : "")}>{Escaped(text)}</text>");
        return this;
    }

    public Svg Arrow(int fromX, int y, int toX)
    {
        drawn.Append(CultureInfo.InvariantCulture, $"<path d=\"M{fromX} {y}H{toX - 6}m0 -5l6 5l-6 5\" fill=\"none\" stroke=\"{Line}\" stroke-width=\"2\"/>");
        return this;
    }

    public IHtmlContent End() => new HtmlString(drawn.Append("</svg>").ToString());

    static string Escaped(string text) => Refusals.Html.Encode(text);
}
