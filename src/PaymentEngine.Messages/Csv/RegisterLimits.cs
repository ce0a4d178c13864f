namespace PaymentEngine.Messages.Csv;

/// <summary>How much of a file is read before it is refused, so that no file can take the machine's memory.</summary>
public sealed record RegisterLimits
{
    public static readonly RegisterLimits Default = new();

    /// <summary>Bytes of one file.</summary>
    public long FileBytesMax { get; init; } = 4L << 30;

    /// <summary>Bytes of one row.</summary>
    public int RowBytesMax { get; init; } = 1 << 16;

    /// <summary>Characters of one cell.</summary>
    public int CellCharactersMax { get; init; } = 1_000;

    /// <summary>Columns of the header row.</summary>
    public int ColumnsMax { get; init; } = 200;

    /// <summary>Problems kept in memory with their places; all are counted.</summary>
    public int ProblemsKeptMax { get; init; } = RegisterProblems.KeptMaxDefault;
}
