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

    readonly StringBuilder html = new();

    /// <param name="title">Head of the first page.</param>
    /// <param name="name">Stands at the foot of every page, so that a loose sheet says what it belongs to: letters, figures, hyphens.</param>
    /// <param name="agency">Who it is from.</param>
    public PaperPage(string title, string name, string agency)
    {
        if (name.AsSpan().ContainsAny('"', '\\', '<')) throw new ArgumentException("The name stands inside a style sheet.", nameof(name));
        html.Append("<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Text(title)).Append("</title>\n<style>\n").Append(Style.Replace("NAME", name, StringComparison.Ordinal)).Append("\n</style>\n</head>\n<body>\n<header><div><strong>").Append(Text(agency))
            .Append("</strong></div><div style=\"text-align:center\"><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br>Độc lập - Tự do - Hạnh phúc</div></header>\n<h1>")
            .Append(Text(title)).Append("</h1>\n");
    }

    public PaperPage Sub(string text) => Raw($"<p class=\"sub\">{Text(text)}</p>\n");

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
