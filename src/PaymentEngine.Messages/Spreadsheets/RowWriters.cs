using System.Globalization;
using System.Text;
using System.Text.Unicode;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>One cell on its way out: a text, or a whole number in figures.</summary>
readonly record struct OutCell(string Text, CellKind Kind)
{
    public static OutCell Of(string text) => new(text, CellKind.Text);
}

/// <summary>Takes a table row by row.</summary>
interface IRowWriter : IDisposable
{
    void Row(IReadOnlyList<OutCell> cells);

    /// <summary>Writes what stands behind the last row. Without it the file is not whole.</summary>
    void Finish();
}

/// <summary>A table as text: cells apart by a separator, quoted where they must be.</summary>
sealed class TextRows : IRowWriter
{
    static readonly Encoding Windows1258;
    readonly Stream output;
    readonly Encoding encoding;
    readonly bool isWindows1258;
    readonly char separator;
    readonly string lineEnd;
    readonly StringBuilder line = new();

    static TextRows()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Windows1258 = Encoding.GetEncoding(1258, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }

    public TextRows(Stream output, TextEncoding encoding, char separator, LineEnd lineEnd)
    {
        (this.output, this.separator, this.lineEnd) = (output, separator, lineEnd == LineEnd.Lf ? "\n" : "\r\n");
        isWindows1258 = encoding == TextEncoding.Windows1258;
        this.encoding = isWindows1258 ? Windows1258
            : encoding == TextEncoding.Utf16 ? new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true)
            : new UTF8Encoding(encoding == TextEncoding.Utf8Mark, throwOnInvalidBytes: true);
        output.Write(this.encoding.Preamble);
    }

    public void Row(IReadOnlyList<OutCell> cells)
    {
        line.Clear();
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0) line.Append(separator);
            var text = cells[i].Text;
            if (text.AsSpan().IndexOfAny(separator, '"') < 0 && text.AsSpan().IndexOfAny('\r', '\n') < 0) line.Append(text);
            else line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        line.Append(lineEnd);
        output.Write(encoding.GetBytes(isWindows1258 ? ToneApart(line.ToString()) : line.ToString()));
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
    }

    /// <summary>Windows-1258 has ă â ê ô ơ ư đ as letters and the five tones as marks of their own: every tone is set apart from its letter.</summary>
    static string ToneApart(string text)
    {
        var built = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c < 0x80)
            {
                built.Append(c);
                continue;
            }

            var parts = c.ToString().Normalize(NormalizationForm.FormD);
            var tone = parts.LastIndexOfAny(['\u0300', '\u0301', '\u0303', '\u0309', '\u0323']);
            if (tone < 0) built.Append(c);
            else built.Append(parts.Remove(tone, 1).Normalize(NormalizationForm.FormC)).Append(parts[tone]);
        }

        return built.ToString();
    }
}

/// <summary>A sheet that is printed, filled in by hand and brought back: all of it is locked but some columns, whose answers may come from a list.</summary>
/// <param name="OpenFrom">First column (from 0) that may be written into; all before it is locked. Without a password: it keeps slips out, not intent.</param>
/// <param name="Choices">The answers a column offers, by column.</param>
/// <param name="RowsMax">Rows the answers are offered for, the title's included.</param>
/// <param name="Foot">Stands at the foot of every printed sheet, beside its number.</param>
sealed record SheetForm(int OpenFrom, IReadOnlyDictionary<int, IReadOnlyList<string>> Choices, int RowsMax, string Foot);

/// <summary>A workbook of one sheet, written as it comes: texts stand in their cells as texts, so that no zero is lost and nothing is run.</summary>
sealed class WorkbookRows : IRowWriter
{
    const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const string Declaration = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""" + "\n";
    const int WidthMax = 60;
    const int FootMax = 240;
    readonly StoredZip zip;
    byte[] buffer = new byte[16 * 1024];
    readonly SheetForm? form;
    readonly string? foot;
    int length;
    int rowNo;

    /// <param name="widths">Characters each column is wide, from the first.</param>
    /// <param name="form">How it is filled in and printed; null for a list that a machine reads.</param>
    /// <param name="foot">Stands at the foot of every printed sheet of a list without a form; null: nothing. A sheet's foot holds at most 255 letters.</param>
    public WorkbookRows(Stream output, string sheetName, IEnumerable<int> widths, SheetForm? form = null, string? foot = null)
    {
        this.form = form;
        this.foot = foot;
        zip = new StoredZip(output);
        Part("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>""");
        Part("_rels/.rels", $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{Relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        Part("xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Relationships}">{(form is null ? "" : "<bookViews><workbookView/></bookViews>")}<sheets><sheet name="{Escaped(sheetName)}" sheetId="1" r:id="rId1"/></sheets>{(form is null ? "" : $"""<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'{Escaped(sheetName)}'!$1:$1</definedName></definedNames>""")}</workbook>""");
        Part("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{Relationships}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{Relationships}/styles" Target="styles.xml"/></Relationships>""");
        // Style 1 is text (format 49, "@"), style 2 a whole number (format 1, "0"): a cell keeps its kind when a person edits it. Style 3 is text that a form leaves open.
        Part("xl/styles.xml", $"""<styleSheet xmlns="{Main}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="{(form is null ? 3 : 4)}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>{(form is null ? "" : """<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyProtection="1"><protection locked="0"/></xf>""")}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""");
        zip.Begin("xl/worksheets/sheet1.xml");
        Put(Declaration);
        Put($"""<worksheet xmlns="{Main}">""");
        if (form is not null) Put("""<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>""");
        var columns = string.Concat(widths.Select((width, at) => string.Create(CultureInfo.InvariantCulture, $"""<col min="{at + 1}" max="{at + 1}" width="{Math.Clamp(width + 2, 6, WidthMax)}" customWidth="1"/>""")));
        if (columns.Length > 0) Put($"<cols>{columns}</cols>");
        Put("<sheetData>\n");
    }

    public void Row(IReadOnlyList<OutCell> cells)
    {
        rowNo++;
        Put(string.Create(CultureInfo.InvariantCulture, $"""<row r="{rowNo}">"""));
        for (var at = 0; at < cells.Count; at++)
        {
            var (text, kind) = cells[at];
            if (form is not null && rowNo > 1 && at >= form.OpenFrom)
            {
                if (text.Length > 0) throw new InvalidOperationException("What a form leaves open is empty.");
                Put(string.Create(CultureInfo.InvariantCulture, $"""<c r="{Column(at)}{rowNo}" s="3"/>"""));
            }
            else if (text.Length == 0) continue;
            else if (kind == CellKind.Number) Put(string.Create(CultureInfo.InvariantCulture, $"""<c r="{Column(at)}{rowNo}" s="2"><v>{text}</v></c>"""));
            else Put(string.Create(CultureInfo.InvariantCulture, $"""<c r="{Column(at)}{rowNo}" s="1" t="inlineStr"><is><t xml:space="preserve">{Escaped(text)}</t></is></c>"""));
        }

        Put("</row>\n");
    }

    public void Finish()
    {
        Put("</sheetData>");
        if (form is not null)
        {
            Put("""<sheetProtection sheet="1" objects="1" scenarios="1"/>""");
            Put(string.Create(CultureInfo.InvariantCulture, $"""<dataValidations count="{form.Choices.Count}">"""));
            foreach (var (at, answers) in form.Choices)
                Put(string.Create(CultureInfo.InvariantCulture, $"""<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="{Column(at)}2:{Column(at)}{form.RowsMax}"><formula1>"{Escaped(string.Join(',', answers))}"</formula1></dataValidation>"""));
            Put("""</dataValidations><pageMargins left="0.4" right="0.4" top="0.4" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>""");
            Put($"<headerFooter><oddFooter>&amp;L{Escaped(form.Foot)}&amp;RTrang &amp;P/&amp;N</oddFooter></headerFooter>");
        }

        else if (foot is not null)
        {
            Put($"<headerFooter><oddFooter>&amp;L{Escaped((foot.Length > FootMax ? foot[..FootMax] : foot).Replace("&", "&&", StringComparison.Ordinal))}</oddFooter></headerFooter>");
        }

        Put("</worksheet>\n");
        Flush();
        zip.End();
        zip.Finish();
    }

    public void Dispose()
    {
    }

    void Part(string name, string content)
    {
        zip.Begin(name);
        Put(Declaration);
        Put(content);
        Put("\n");
        Flush();
        zip.End();
    }

    void Put(string text)
    {
        if (buffer.Length - length < text.Length * 3)
        {
            Flush();
            if (buffer.Length < text.Length * 3) buffer = new byte[text.Length * 3];
        }

        if (Utf8.FromUtf16(text, buffer.AsSpan(length), out _, out var written, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done)
            throw new InvalidOperationException("A cell holds half of a character.");
        length += written;
    }

    void Flush()
    {
        zip.Write(buffer.AsSpan(0, length));
        length = 0;
    }

    /// <summary>A, B … Z, AA …: the column's letters, from 0.</summary>
    static string Column(int at) => at < 26 ? ((char)('A' + at)).ToString() : Column((at / 26) - 1) + (char)('A' + (at % 26));

    /// <exception cref="InvalidOperationException">A control character, which XML cannot hold.</exception>
    static string Escaped(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>\"") < 0 && !text.AsSpan().ContainsAnyInRange('\0', '\u001f')) return text;
        var built = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c < ' ' && c is not ('\t' or '\n' or '\r')) throw new InvalidOperationException("A cell holds a control character.");
            built.Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => c.ToString() });
        }

        return built.ToString();
    }
}
