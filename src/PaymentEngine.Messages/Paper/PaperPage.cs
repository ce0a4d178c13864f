using System.Net;
using System.Text;

namespace PaymentEngine.Messages.Paper;

/// <summary>A page for paper: HTML that a browser prints on A4 without menus, with repeated table heads, in any office without further software.</summary>
sealed class PaperPage
{
    const string Style = """
        @page { size: A4 landscape; margin: 12mm; @bottom-right { content: "Trang " counter(page) "/" counter(pages); } }
        body { font-family: "Noto Sans", "Times New Roman", serif; font-size: 11pt; color: #000; background: #fff; margin: 1rem; }
        header { display: flex; justify-content: space-between; }
        h1 { font-size: 14pt; text-align: center; margin: 1rem 0 .25rem; }
        p.sub { text-align: center; margin: 0 0 .75rem; }
        table { width: 100%; border-collapse: collapse; }
        thead { display: table-header-group; }
        tr { break-inside: avoid; }
        th, td { border: 1px solid #444; padding: .2rem .35rem; vertical-align: top; text-align: left; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .sign { height: 2.2em; min-width: 7em; }
        .signatures { display: flex; justify-content: space-around; text-align: center; margin-top: 1.5rem; break-inside: avoid; }
        .signatures div { min-height: 6em; }
        code { font-family: "DejaVu Sans Mono", monospace; font-size: 9pt; }
        """;

    readonly StringBuilder html = new();

    public PaperPage(string title, string agency)
    {
        html.Append("<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .Append(Text(title)).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<header><div><strong>").Append(Text(agency))
            .Append("</strong></div><div style=\"text-align:center\"><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br>Độc lập - Tự do - Hạnh phúc</div></header>\n<h1>")
            .Append(Text(title)).Append("</h1>\n");
    }

    public PaperPage Sub(string text) => Raw($"<p class=\"sub\">{Text(text)}</p>\n");

    public PaperPage Paragraph(string text) => Raw($"<p>{Text(text)}</p>\n");

    public PaperPage Heading(string text) => Raw($"<h2>{Text(text)}</h2>\n");

    /// <summary>A table; a heading that ends in * is a column of numbers, one that ends in _ is left empty to sign.</summary>
    public PaperPage Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, IReadOnlyList<string>? total = null)
    {
        html.Append("<table>\n<thead><tr>");
        foreach (var heading in headings) html.Append("<th scope=\"col\"").Append(heading.EndsWith('*') ? " class=\"n\"" : "").Append('>').Append(Text(heading.TrimEnd('*', '_'))).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows) Row(row);
        if (total is not null) Row(total);
        html.Append("</tbody>\n</table>\n");
        return this;

        void Row(IReadOnlyList<string> cells)
        {
            html.Append("<tr>");
            for (var i = 0; i < cells.Count; i++)
                html.Append("<td").Append(headings[i].EndsWith('*') ? " class=\"n\"" : headings[i].EndsWith('_') ? " class=\"sign\"" : "").Append('>').Append(Text(cells[i])).Append("</td>");
            html.Append("</tr>\n");
        }
    }

    public PaperPage Signatures(params string[] titles)
    {
        html.Append("<div class=\"signatures\">");
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
