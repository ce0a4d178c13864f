namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a bank's file may cost us before it is refused. Files are hostile until read.</summary>
/// <param name="Bytes">Of the whole file, unpacked.</param>
/// <param name="Depth">Of nested elements.</param>
/// <param name="TextLength">Characters of one text.</param>
public sealed record BankXmlLimits(long Bytes = 8L * 1024 * 1024 * 1024, int Depth = 64, int TextLength = 1024 * 1024)
{
    /// <summary>Attributes of one element: a bank's message has one or two.</summary>
    public int Attributes { get; init; } = 64;

    /// <summary>Bytes of what is no text: a tag with its attributes, a row of comments or blanks.</summary>
    public int TagBytes { get; init; } = 1024 * 1024;

    /// <summary>Different names that the standard does not have. Each is kept for the length of the file.</summary>
    public int StrangeNames { get; init; } = 10_000;

    /// <summary>Messages in one file.</summary>
    public int Messages { get; init; } = 10_000;

    /// <summary>Bytes that one packed byte may become, once more than <see cref="UnpackedFreely"/> have come out. Bank files pack to a tenth or a thirtieth.</summary>
    public int PackedRatio { get; init; } = 200;

    /// <summary>Bytes a packed file may become whatever its ratio.</summary>
    public int UnpackedFreely { get; init; } = 4 * 1024 * 1024;

    /// <summary>Files in one packed file.</summary>
    public int PackedParts { get; init; } = 1000;
}
