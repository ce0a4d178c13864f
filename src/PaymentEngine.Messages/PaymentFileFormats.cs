using System.Collections.Frozen;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Messages;

/// <summary>A file to a bank read back, in any of its forms.</summary>
/// <param name="MessageVersion">Of a message; null of a list.</param>
/// <param name="MessageId">Null where the form has no place for it.</param>
/// <param name="Batches">Null where the form knows no batches.</param>
public sealed record FileReadBack(string? MessageVersion, string? MessageId, int Count, Vnd Sum, string ListHash, long AccountHashTotal, IReadOnlyList<Pain001Batch>? Batches)
{
    /// <summary>What the business header before a message says of it; null where there is none.</summary>
    public string? Header { get; init; }
}

/// <summary>The forms in which a bank takes payments: one writer and one independent reader each, chosen by the bank's profile.</summary>
public static class PaymentFileFormats
{
    static readonly Lazy<FrozenDictionary<string, string>> BinsByName = new(() => BankDirectory.All.ToFrozenDictionary(bank => PlainWords.Of(bank.ShortName), bank => bank.Bin, StringComparer.Ordinal));

    /// <summary>How file names of this kind end, with the dot.</summary>
    public static string Extension(FileKind kind) => kind switch { FileKind.Pain001 => ".xml", FileKind.Csv => ".csv", _ => ".xlsx" };

    public static WrittenFile Write(Stream output, BatchFile file, BankProfile profile) =>
        profile.FileKind == FileKind.Pain001 ? Pain001Writer.Write(output, file, profile) : PaymentListWriter.Write(output, file, profile);

    /// <summary>Reads a file of ours by itself, before it is released.</summary>
    /// <param name="seekable">The file from its start.</param>
    public static Result<FileReadBack> ReadBack(Stream seekable, BankProfile profile) => profile.FileKind == FileKind.Pain001
        ? Pain001Reader.ReadBack(seekable).Select(read => new FileReadBack(read.MessageVersion, read.MessageId, read.Count, read.Sum, read.ListHash, read.AccountHashTotal, read.Batches) { Header = read.Header })
        : PaymentListReader.ReadBack(seekable, profile);

    /// <summary>A bank's name in a list: its short name in law/banks.csv.</summary>
    internal static string BankName(string bin) => BankDirectory.Find(bin)?.ShortName ?? throw new InvalidOperationException($"Bank {bin} is not in law/banks.csv.");

    /// <summary>The NAPAS number of a bank named in a list; null when no bank has this name.</summary>
    internal static string? BankByName(string name) => BinsByName.Value.GetValueOrDefault(PlainWords.Of(name));
}
