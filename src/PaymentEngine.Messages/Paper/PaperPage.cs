using System.Net;
using System.Text;

namespace PaymentEngine.Messages.Paper;

/// <summary>A page for paper: HTML that a browser prints on A4 without menus, with repeated table heads, in any office without further software.</summary>
sealed class PaperPage
{
    const string Style = """
        @page { size: A4 landscape; margin: 10mm 12mm 14mm; @bottom-left { content: "NAME"; } @bottom-right { content: "Trang " counter(page) "/" counter(pages); } }
        body { font-family: "Times New Roman", "Liberation Serif", "Noto Serif", serif; font-size: 11pt; color: #000; background: #fff; margin: 1rem; }
        header { display: flex; justify-content: space-between; }
        h1 { font-size: 14pt; text-align: center; margin: 1rem 0 .25rem; }
        h2 { font-size: 12pt; margin: .9rem 0 .3rem; break-after: avoid; }
        p.sub { text-align: center; margin: 0 0 .75rem; }
        table { width: calc(100% - 1px); border-collapse: collapse; }
        thead { display: table-header-group; }
        tr { break-inside: avoid; }
        th, td { border: 1px solid #444; padding: .2rem .35rem; vertical-align: top; text-align: left; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        tr.total { font-weight: bold; break-before: avoid; }
        .sign { height: 2.2em; min-width: 9em; }
        .signatures { display: flex; justify-content: space-around; text-align: center; margin-top: 1.5rem; break-inside: avoid; }
        .signatures div { min-height: 6em; }
        p.day { text-align: right; margin: 1rem 2rem 0; break-after: avoid; }
        .code { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 8.5pt; white-space: nowrap; }
        @media print { body { margin: 0; } header { margin-top: 0; } }
        """;

    const string FootStyle = """

        @page { @bottom-center { content: "FOOT"; font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 7pt; } }
        """;

    // A fixed element is printed on every page; it lies under the words and lets every figure be read.
    const string MarkStyle = """

        .mark { position: fixed; top: 42%; left: 0; right: 0; text-align: center; font-size: 50pt; font-weight: bold; white-space: nowrap; color: rgba(0, 0, 0, .12); transform: rotate(-24deg); z-index: -1; pointer-events: none; }
        """;

    readonly StringBuilder html = new();

    /// <param name="title">Head of the first page.</param>
    /// <param name="name">Stands at the foot of every page, so that a loose sheet says what it belongs to: letters, figures, hyphens.</param>
    /// <param name="agency">Who it is from.</param>
    /// <param name="foot">Stands in the middle of every page's foot, so that a sheet put in from another print is seen; letters, figures, spaces. Null: nothing.</param>
    /// <param name="mark">Lies pale across every page; null: nothing.</param>
    public PaperPage(string title, string name, string agency, string? foot = null, string? mark = null)
    {
        if (foot is not null && foot.AsSpan().ContainsAny('"', '\\', '<')) throw new ArgumentException("The foot stands inside a style sheet.", nameof(foot));
        Open(title, Style + (foot is null ? "" : FootStyle.Replace("FOOT", foot, StringComparison.Ordinal)) + (mark is null ? "" : MarkStyle), name);
        if (mark is not null) Raw($"<div class=\"mark\" aria-hidden=\"true\">{Text(mark)}</div>\n");
        Raw($"<header><div><strong>{Text(agency)}</strong></div><div style=\"text-align:center\"><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br>Độc lập - Tự do - Hạnh phúc</div></header>\n<h1>{Text(title)}</h1>\n");
    }

    void Open(string title, string style, string name)
    {
        if (name.AsSpan().ContainsAny('"', '\\', '<')) throw new ArgumentException("The name stands inside a style sheet.", nameof(name));
        html.Append("<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Text(title)).Append("</title>\n<style>\n").Append(style.Replace("NAME", name, StringComparison.Ordinal)).Append("\n</style>\n</head>\n<body>\n");
    }

    PaperPage(string title, string name) => Open(title, Style.Replace("A4 landscape", "A4 portrait", StringComparison.Ordinal).Replace("margin: 10mm 12mm 14mm", "margin: 20mm 15mm 20mm 25mm", StringComparison.Ordinal)
        .Replace("font-size: 11pt", "font-size: 13pt", StringComparison.Ordinal) + LetterStyle, name);

    const string LetterStyle = """

        p { text-align: justify; margin: .35rem 0; }
        table { font-size: 11pt; margin: .6rem 0; }
        header div:first-child { max-width: 44%; }
        header div:last-child { white-space: nowrap; font-size: 12pt; }
        .to { text-align: center; margin: 1.2rem 0 .8rem; }
        .parts { display: flex; justify-content: space-between; margin-top: 1.2rem; break-inside: avoid; }
        .parts div:last-child { text-align: center; min-height: 9em; }
        .parts div:first-child { font-size: 11pt; }
        """;

    /// <summary>An official letter (công văn) in the form of 30/2020/NĐ-CP, upright: the office numbers, dates and signs it.</summary>
    /// <param name="subject">What it is about, after <c>V/v</c>.</param>
    /// <param name="name">Stands at the foot of every page: letters, figures, hyphens.</param>
    /// <param name="agency">Who writes.</param>
    /// <param name="to">To whom.</param>
    public static PaperPage Letter(string subject, string name, string agency, string to) => new PaperPage(subject, name).Raw(
        $"<header><div style=\"text-align:center\"><strong>{Text(agency.ToUpperInvariant())}</strong><br>Số: ………/………<br>V/v {Text(subject)}</div><div style=\"text-align:center\"><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br>Độc lập - Tự do - Hạnh phúc"
        + $"<br><em>……………, ngày …… tháng …… năm ………</em></div></header>\n<p class=\"to\">Kính gửi: {Text(to)}</p>\n");

    /// <summary>The end of a letter: who gets copies, and the place to sign.</summary>
    public PaperPage Signed(string by, params string[] copies) =>
        Raw($"<div class=\"parts\"><div><strong><em>Nơi nhận:</em></strong>{string.Concat(copies.Select(copy => $"<br>- {Text(copy)};"))}</div><div><strong>{Text(by)}</strong><br>(ký, ghi rõ họ tên, đóng dấu)</div></div>\n");

    public PaperPage Sub(string text) => Raw($"<p class=\"sub\">{Text(text)}</p>\n");

    /// <summary>One more line below the head; nothing when there is none to say.</summary>
    public PaperPage Subs(string? text) => text is null ? this : Sub(text);

    public PaperPage Paragraph(string text) => Raw($"<p>{Text(text)}</p>\n");

    public PaperPage Heading(string text) => Raw($"<h2>{Text(text)}</h2>\n");

    /// <summary>A table; a heading that ends in * is a column of numbers, one that ends in _ is left empty to sign, one that ends in # holds codes to be compared letter by letter.</summary>
    public PaperPage Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, IReadOnlyList<string>? total = null)
    {
        html.Append("<table>\n<thead><tr>");
        foreach (var heading in headings) html.Append("<th scope=\"col\"").Append(heading.EndsWith('*') ? " class=\"n\"" : "").Append('>').Append(Text(heading.TrimEnd('*', '_', '#'))).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows) Row(row, "<tr>");
        if (total is not null) Row(total, "<tr class=\"total\">");
        html.Append("</tbody>\n</table>\n");
        return this;

        void Row(IReadOnlyList<string> cells, string opened)
        {
            html.Append(opened);
            for (var i = 0; i < cells.Count; i++)
                html.Append("<td").Append(headings[i][^1] switch { '*' => " class=\"n\"", '_' => " class=\"sign\"", '#' => " class=\"code\"", _ => "" }).Append('>').Append(Text(cells[i])).Append("</td>");
            html.Append("</tr>\n");
        }
    }

    public PaperPage Signatures(params string[] titles)
    {
        html.Append("<p class=\"day\">Ngày …… tháng …… năm ………</p>\n<div class=\"signatures\">");
        foreach (var title in titles) html.Append("<div><strong>").Append(Text(title)).Append("</strong><br>(ký, ghi rõ họ tên)</div>");
        html.Append("</div>\n");
        return this;
    }

    public void Save(Stream stream) => stream.Write(Encoding.UTF8.GetBytes(html.ToString() + "</body>\n</html>\n"));

    PaperPage Raw(string markup)
    {
        html.Append(markup);
        return this;
    }

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
