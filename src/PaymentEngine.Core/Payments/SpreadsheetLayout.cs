namespace PaymentEngine.Core.Payments;

/// <summary>What a cell of a payment's row holds.</summary>
public enum PaymentField : byte
{
    /// <summary>The row's number, from 1.</summary>
    RowNo,

    /// <summary>The payment's id, 18 characters.</summary>
    EndToEndId,

    /// <summary>The sum in whole đồng, without separators.</summary>
    Amount,
    CreditorAccount,
    CreditorName,

    /// <summary>NAPAS number of the payee's bank.</summary>
    CreditorBankBin,

    /// <summary>BIC of the payee's bank.</summary>
    CreditorBic,

    /// <summary>Branch code of eight figures of the payee's bank.</summary>
    CreditorBranchCode,

    /// <summary>Name of the payee's bank for people.</summary>
    CreditorBankName,

    /// <summary>The id, a blank and what the payment is for.</summary>
    Remittance,
    ExecutionDate,
    DebtorAccount,
    DebtorName,
    MessageId,
    BatchId,

    /// <summary>The same text in every row.</summary>
    Constant,

    /// <summary>An empty cell: a column the bank's template has and this payer does not fill.</summary>
    Empty,
}

/// <summary>How a cell is stored. Accounts, ids and codes are always text: a number loses its leading zeros and its figures after the fifteenth.</summary>
public enum CellKind : byte { Text, Number }

/// <summary>The characters of a text file.</summary>
public enum TextEncoding : byte
{
    Utf8,

    /// <summary>UTF-8 behind a byte order mark.</summary>
    Utf8Mark,

    /// <summary>UTF-16, low byte first, behind a byte order mark.</summary>
    Utf16,

    /// <summary>Windows-1258, the Vietnamese code page.</summary>
    Windows1258,
}

/// <summary>How lines of a text file end.</summary>
public enum LineEnd : byte { Lf, CrLf }

/// <summary>One column of a spreadsheet to a bank.</summary>
/// <param name="Title">As the bank's template writes it.</param>
/// <param name="LengthMax">Most characters of a cell; a name or text is cut there, an account or amount that is longer refuses the file.</param>
/// <param name="UpperCase">Whether texts are written in capitals.</param>
/// <param name="Accents">Whether Vietnamese letters stay as they are; otherwise they are transliterated.</param>
/// <param name="Text">Of <see cref="PaymentField.Constant"/>: the text; of <see cref="PaymentField.ExecutionDate"/>: the pattern, <c>dd/MM/yyyy</c> when null.</param>
public sealed record SpreadsheetColumn(PaymentField Field, string Title, CellKind Kind, int LengthMax, bool UpperCase, bool Accents, string? Text);

/// <summary>
/// A file with one payment a row, as a bank's portal loads it: rows above the titles, the titles, the payments, a trailer. The most rows are the profile's
/// <see cref="BankProfile.TransactionsPerFileMax"/>. Cells above and below are texts in which <c>{count}</c>, <c>{sum}</c>, <c>{debtorAccount}</c>, <c>{debtorName}</c>,
/// <c>{executionDate}</c>, <c>{messageId}</c> and <c>{customerNumber}</c> are filled in.
/// </summary>
/// <param name="SheetName">Of a workbook; null for text.</param>
/// <param name="Encoding">Of a text; null for a workbook, as are the next two.</param>
/// <param name="Separator">Between cells: comma, semicolon or tab.</param>
public sealed record SpreadsheetLayout(
    string? SheetName, TextEncoding? Encoding, char? Separator, LineEnd? LineEnd, IReadOnlyList<IReadOnlyList<string>> HeaderRows, IReadOnlyList<SpreadsheetColumn> Columns,
    IReadOnlyList<IReadOnlyList<string>> Trailer)
{
    /// <summary>The names that header and trailer cells may hold in braces.</summary>
    public static IReadOnlyList<string> Placeholders { get; } = ["count", "sum", "debtorAccount", "debtorName", "executionDate", "messageId", "customerNumber"];
}
