namespace PaymentEngine.Core;

/// <summary>Where in an input a problem stands. Lines and columns count from 1; a field is the product's column or element name.</summary>
public sealed record SourceLocation(string? File = null, int? Line = null, string? Column = null, string? Field = null)
{
    public override string ToString() =>
        $"{File}{(Line is { } line ? $":{line}" : "")}{(Column is { } column ? $", column \"{column}\"" : "")}{(Field is { } field && field != Column ? $", field \"{field}\"" : "")}";
}

/// <summary>Why something was refused, in words a clerk can act on. The code never changes; the words may.</summary>
/// <param name="Code">Stable, lower case, dotted: <c>account_number.malformed</c>. Contract of the JSON output.</param>
/// <param name="Message">What is wrong, with the value seen.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="At">File, line and column, when the problem has a place.</param>
public sealed record Problem(string Code, string Message, string Remedy, SourceLocation? At = null)
{
    /// <summary>The same problem, placed.</summary>
    public Problem In(string? file, int? line = null, string? column = null) => this with { At = new SourceLocation(file, line, column, At?.Field ?? column) };

    public override string ToString() => At is null ? $"{Message} {Remedy}" : $"{At}: {Message} {Remedy}";
}
