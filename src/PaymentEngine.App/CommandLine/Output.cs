using System.Globalization;
using PaymentEngine.Core;
using Spectre.Console;

namespace PaymentEngine.App.CommandLine;

/// <summary>Writes for people: results to standard output, talk and progress to standard error. In JSON or quiet mode talk is silent.</summary>
public sealed class Output(CommandContext context)
{
    /// <summary>How many of a group of equal problems are shown one by one.</summary>
    const int ShownEqual = 5;

    /// <summary>The text in the reader's language.</summary>
    public string Text(string vi, string en) => context.Text(vi, en);

    /// <summary>A line of the result.</summary>
    public void Line(string text = "") => context.Out.WriteLine(Harmless(text));

    /// <summary>A line of talk: what is being done, what comes next.</summary>
    public void Talk(string text)
    {
        if (context.Json || context.Quiet) return;
        context.Error.WriteLine(Harmless(text));
        context.Error.Flush();
    }

    /// <summary>Shows how far a long work is, on standard error.</summary>
    /// <param name="label">What is being done: "Nhập người hưởng".</param>
    /// <param name="total">How many there are, or null when nobody knows yet.</param>
    public Progress Progress(string label, long? total) => new(context, label, total);

    /// <summary>A table: boxed and aligned on a terminal; elsewhere one record a line with tabs between, headings first.</summary>
    public void Table(TextTable table)
    {
        if (!context.OutIsTerminal)
        {
            context.Out.WriteLine(string.Join('\t', table.Columns.Select(column => column.Heading)));
            foreach (var row in table.Rows) context.Out.WriteLine(string.Join('\t', row.Select(Plain)));
            return;
        }
        var drawn = new Table { Border = TableBorder.Rounded };
        foreach (var column in table.Columns)
        {
            var heading = new TableColumn(new Markup(Markup.Escape(column.Heading))) { NoWrap = column.IsNumber };
            drawn.AddColumn(column.IsNumber ? heading.RightAligned() : heading);
        }
        foreach (var row in table.Rows) drawn.AddRow(row.Select(cell => (Spectre.Console.Rendering.IRenderable)new Text(Harmless(cell))).ToArray());
        context.Out.Flush();
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(context.Out),
            Ansi = context.Color ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = context.Color ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        }).Write(drawn);
    }

    /// <summary>Problems with place, cause and remedy. Equal ones (same code and field) are grouped, the first five shown, the rest counted.</summary>
    public void Problems(IReadOnlyList<Problem> problems)
    {
        foreach (var group in problems.GroupBy(problem => (problem.Code, problem.At?.Column ?? problem.At?.Field)))
        {
            var all = group.ToList();
            if (all.Count > ShownEqual)
                context.Error.WriteLine(Text($"{ViText.Count(all.Count)} chỗ: {group.Key.Code}", $"{ViText.Count(all.Count)} places: {group.Key.Code}"));
            foreach (var problem in all.Take(ShownEqual))
            {
                if (problem.At is { } place) context.Error.WriteLine($"{Continued(place.ToString())}:");
                context.Error.WriteLine($"{(problem.At is null ? "" : "  ")}{Continued(problem.Message)}");
                if (problem.Remedy.Length > 0) context.Error.WriteLine($"{(problem.At is null ? "  " : "    ")}→ {Continued(problem.Remedy)}");
            }
            if (all.Count > ShownEqual)
                context.Error.WriteLine(Text($"  … và {ViText.Count(all.Count - ShownEqual)} chỗ nữa; xem hết bằng --json", $"  … and {ViText.Count(all.Count - ShownEqual)} more; see all with --json"));
        }
        context.Error.Flush();
    }

    static string Plain(string cell) => Harmless(cell).Replace('\t', ' ').Replace('\n', ' ');

    /// <summary>A text of data inside a message: a line break in it begins no line of its own.</summary>
    static string Continued(string text) => Harmless(text).Replace("\n", "\n    ", StringComparison.Ordinal);

    /// <summary>Text as a terminal or a log shows it: control characters, which would move the cursor, colour what follows or begin a line, are shown as what they are not.</summary>
    static string Harmless(string text)
    {
        var lines = text.ReplaceLineEndings("\n");
        return lines.Any(IsControl) ? string.Concat(lines.Select(c => IsControl(c) ? '\uFFFD' : c)) : lines;

        static bool IsControl(char c) => (char.IsControl(c) && c is not ('\n' or '\t')) || c is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
    }

    /// <summary>The answer, in the form asked for.</summary>
    internal void Write(Answer answer)
    {
        if (context.Json)
        {
            context.Out.WriteLine(JsonText.Write(answer.Problems.Count > 0 ? new { problems = answer.Problems.Select(JsonText.Of) } : answer.Json));
        }
        else
        {
            if (answer.Problems.Count > 0) Problems(answer.Problems);
            answer.People?.Invoke(this);
        }
        context.Out.Flush();
    }
}

/// <summary>A column of a table: its heading, and whether it holds numbers (right-aligned).</summary>
public sealed record TextColumn(string Heading, bool IsNumber = false);

/// <summary>A small table for people. Cells are text already written for them (<see cref="ViText"/>).</summary>
public sealed class TextTable(params TextColumn[] columns)
{
    readonly List<string[]> rows = [];

    public IReadOnlyList<TextColumn> Columns => columns;

    public IReadOnlyList<string[]> Rows => rows;

    /// <summary>Adds a row; one cell for each column.</summary>
    public TextTable Row(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A row of {cells.Length} cells in a table of {columns.Length} columns."), nameof(cells));
        rows.Add(cells);
        return this;
    }
}
