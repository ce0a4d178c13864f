using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>The cells of the row being read, by column and type. A cell that cannot be read becomes a placed refusal and the type's empty value.</summary>
sealed class RegisterRowFields(CsvReader csv, IReadOnlyList<RegisterColumn> columns, int[] places, string fileName, RegisterLimits limits, RegisterProblems refusals, RegisterProblems warnings)
{
    // Signs that cannot be seen and change what a person reads: zero width, direction overrides, byte order mark, replacement character.
    static readonly SearchValues<char> invisible = SearchValues.Create("\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069\uFEFF\uFFFD\u0085\u2028\u2029");

    static readonly SearchValues<char> notInKeys = SearchValues.Create(" \"',;|");

    bool ascii;

    public int Line { get; private set; }

    public bool IsRefused { get; private set; }

    public void Start(int line) => (Line, IsRefused, ascii) = (line, false, true);

    public void Refuse(RegisterColumn column, string code, string message, string remedy)
    {
        IsRefused = true;
        refusals.Add(new Problem(code, message, remedy).In(fileName, Line, column.Name));
    }

    public void Refuse(RegisterColumn column, Problem problem) => Refuse(column, problem.Code, problem.Message, problem.Remedy);

    public bool RefuseWhole(string code, string message, string remedy)
    {
        IsRefused = true;
        refusals.Add(new Problem(code, message, remedy).In(fileName, Line));
        return false;
    }

    public void Warn(RegisterColumn column, string code, string message, string remedy) => warnings.Add(new Problem(code, message, remedy).In(fileName, Line, column.Name));

    /// <summary>Looks at the whole row at once; only a row with something odd is searched cell by cell.</summary>
    public bool CheckBytes(ReadOnlySpan<byte> raw, int cellsCount)
    {
        ascii = Ascii.IsValid(raw);
        if (!raw.ContainsAnyInRange((byte)0, (byte)0x1F) && !raw.Contains((byte)0x7F) && (ascii || Utf8.IsValid(raw))) return true;

        for (var i = 0; i < cellsCount; i++)
        {
            var cell = csv.GetSpan(i);
            var place = Array.IndexOf(places, i);
            var name = place < 0 ? null : columns[place].Name;
            var control = cell.IndexOfAnyInRange((byte)0, (byte)0x1F);
            if (control < 0) control = cell.IndexOf((byte)0x7F);
            if (control >= 0) RefuseCell(name, RegisterRefusals.TextControl, $"The cell has a control character (code {cell[control]}).", "Take it out; a cell is one line of plain text.");
            else if (!Utf8.IsValid(cell)) RefuseCell(name, RegisterRefusals.EncodingNotUtf8, "The cell is not UTF-8. It may be Windows-1258, TCVN3 (.Vn fonts) or VNI.", "Convert the file to Unicode with the program that made it and save it as \"CSV UTF-8\".");
        }

        return !IsRefused; // a tab that separates cells is no fault
    }

    void RefuseCell(string? column, string code, string message, string remedy)
    {
        IsRefused = true;
        refusals.Add(new Problem(code, message, remedy).In(fileName, Line, column));
    }

    /// <summary>The bytes of the cell without spaces around; empty when the file has no such column.</summary>
    ReadOnlySpan<byte> Bytes(RegisterColumn column)
    {
        var place = places[column.Ordinal];
        var cell = place < 0 ? default : csv.GetSpan(place).Trim((byte)' ');
        if (cell.IsEmpty && column.Required)
            Refuse(column, RegisterRefusals.CellEmpty, "The cell is empty.", "Fill it in; this column is required.");
        return cell;
    }

    public bool IsEmpty(RegisterColumn column) => places[column.Ordinal] is var place && (place < 0 || csv.GetSpan(place).Trim((byte)' ').IsEmpty);

    /// <summary>Words: NFC, without spaces around, a no-break space as a space. Null when empty.</summary>
    public string? Text(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;

        var text = SpreadsheetSafeText.Unguard(Decode(column, bytes));
        if (text.Length > limits.CellCharactersMax)
        {
            Refuse(column, RegisterRefusals.CellTooLong, $"The cell has {text.Length} characters; at most {limits.CellCharactersMax} are read.", "Shorten it, or look for a missing separator.");
            return null;
        }

        if (ascii || Ascii.IsValid(text)) return text;

        text = text.Replace('\u00A0', ' ').Trim().Normalize(NormalizationForm.FormC);
        if (text.AsSpan().IndexOfAny(invisible) is var at && at >= 0)
        {
            Refuse(column, RegisterRefusals.TextInvisible, $"The cell has an invisible character (U+{(int)text[at]:X4}) in place {at + 1}.", "Type the text again; copying from a page or a document brings such characters along.");
            return null;
        }

        if (OldEncodings.Find(text) is var old && old >= 0)
        {
            Refuse(column, RegisterRefusals.TextOldEncoding, $"'{Shown(text)}' has letters of an old encoding (TCVN3, VNI or a wrong conversion) from place {old + 1}.",
                "Convert the text to Unicode with the program that made it; it is not guessed here, because two different names could come out.");
            return null;
        }

        return text.Length == 0 ? null : text;
    }

    public string RequiredText(RegisterColumn column) => Text(column) ?? "";

    /// <summary>A person's name: a text of Latin letters. Null when empty.</summary>
    public string? Name(RegisterColumn column)
    {
        var text = Text(column);
        return text is null || IsLatin(column, text) ? text : null;
    }

    public string RequiredName(RegisterColumn column) => Name(column) ?? "";

    bool IsLatin(RegisterColumn column, string text)
    {
        if (ascii || Ascii.IsValid(text) || OtherScripts.Find(text) is not (>= 0 and var at)) return true;
        Refuse(column, RegisterRefusals.TextOtherScript, $"'{Shown(text)}' has a letter of another script (U+{Rune.GetRuneAt(text, at).Value:X4}) in place {at + 1}; it only looks like ours.", "Type the text again with a Vietnamese keyboard.");
        return false;
    }

    string Decode(RegisterColumn column, ReadOnlySpan<byte> trimmed)
    {
        var place = places[column.Ordinal];
        return csv.GetSpan(place).Length == trimmed.Length ? csv.GetString(place) : Encoding.UTF8.GetString(trimmed);
    }

    /// <summary>A key: 1 to 64 printable characters without spaces inside. Null when empty.</summary>
    public string? Id(RegisterColumn column)
    {
        var text = Text(column);
        if (text is null) return null;
        if (!IsLatin(column, text)) return null;
        if (text.Length <= 64 && !text.AsSpan().ContainsAny(notInKeys)) return text;
        Refuse(column, RegisterRefusals.IdMalformed, $"'{Shown(text)}' is not a key.", "Use at most 64 letters, digits and signs, without spaces, quotes, commas or semicolons.");
        return null;
    }

    public string RequiredId(RegisterColumn column) => Id(column) ?? "";

    public LocalDate? Date(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (RegisterValues.TryDate(bytes, out var date, out var wellFormed)) return date;
        if (wellFormed) Refuse(column, RegisterRefusals.DateNotReal, $"There is no day {Shown(bytes)}.", "Check month and day; the order is year-month-day.");
        else Refuse(column, RegisterRefusals.DateMalformed, $"'{Shown(bytes)}' is not a date.", "Write year-month-day, for example 2026-11-05; leave the cell empty when unknown.");
        return null;
    }

    public YearMonth? Month(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (RegisterValues.TryMonth(bytes, out var month)) return month;
        if (column.Type == ColumnType.MonthOrDate && RegisterValues.TryDate(bytes, out var date, out _)) return new YearMonth(date.Year, date.Month);
        Refuse(column, RegisterRefusals.MonthMalformed, $"'{Shown(bytes)}' is not a month.", "Write year-month, for example 2026-11; leave the cell empty when unknown.");
        return null;
    }

    public BirthDate Birth(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return default;
        if (RegisterValues.TryBirth(bytes, out var birth)) return birth;
        if (bytes.Length == 10 && !RegisterValues.TryDate(bytes, out _, out var wellFormed) && wellFormed)
        {
            Refuse(column, RegisterRefusals.DateNotReal, $"There is no day {Shown(bytes)}.", "Check month and day; the order is year-month-day. Of a birth known by year or month only, leave the rest out.");
            return default;
        }

        Refuse(column, RegisterRefusals.BirthMalformed, $"'{Shown(bytes)}' is not a birth date.", "Use YYYY, YYYY-MM or YYYY-MM-DD, for example 1950 or 1950-11-05.");
        return default;
    }

    public bool? YesNo(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (Ascii.EqualsIgnoreCase(bytes, "yes"u8)) return true;
        if (Ascii.EqualsIgnoreCase(bytes, "no"u8)) return false;
        Refuse(column, RegisterRefusals.YesNoMalformed, $"'{Shown(bytes)}' is neither yes nor no.", "Write yes or no; leave the cell empty when unknown.");
        return null;
    }

    public TEnum Choice<TEnum>(RegisterColumn column, Words<TEnum> words) where TEnum : struct, Enum
    {
        var bytes = Bytes(column);
        return bytes.IsEmpty ? default : ChoiceOf(column, words, bytes);
    }

    TEnum ChoiceOf<TEnum>(RegisterColumn column, Words<TEnum> words, ReadOnlySpan<byte> bytes) where TEnum : struct, Enum
    {
        if (words.TryFind(bytes, out var value)) return value;
        Refuse(column, RegisterRefusals.ChoiceUnknown, $"'{Shown(bytes)}' is not one of the values.", $"Write one of: {string.Join(", ", words.All)}.");
        return default;
    }

    /// <summary>One of a list of words kept as text.</summary>
    public string? Word(RegisterColumn column, IReadOnlyList<string> allowed)
    {
        var text = Text(column);
        if (text is null) return null;
        var word = allowed.FirstOrDefault(a => string.Equals(a, text, StringComparison.OrdinalIgnoreCase));
        if (word is null) Refuse(column, RegisterRefusals.ChoiceUnknown, $"'{Shown(text)}' is not one of the values.", $"Write one of: {string.Join(", ", allowed)}.");
        return word;
    }

    public int? Integer(RegisterColumn column, int from, int to)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (!RegisterValues.TryDigits(bytes, out var value))
            Refuse(column, RegisterRefusals.IntegerMalformed, $"'{Shown(bytes)}' is not a whole number.", $"Write digits only, from {from} to {to}.");
        else if (value < from || value > to)
            Refuse(column, RegisterRefusals.IntegerOutOfRange, $"{value} is out of range.", $"Write a number from {from} to {to}.");
        else return (int)value;
        return null;
    }

    public int? HalfYears(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (ServiceTime(bytes) is { } halves) return halves;
        var point = bytes.IndexOf((byte)'.');
        var tail = point < 0 ? "0"u8 : bytes[(point + 1)..];
        if (RegisterValues.TryDigits(point < 0 ? bytes : bytes[..point], out var years) && years <= 80 && (tail.SequenceEqual("0"u8) || tail.SequenceEqual("5"u8)))
            return (int)(years * 2) + (tail[0] == (byte)'5' ? 1 : 0);
        Refuse(column, RegisterRefusals.HalfYearsMalformed, $"'{Shown(bytes)}' is not a number of years in steps of a half.", "Write for example 2 or 2.5, with a point; or years and months, 12y7m.");
        return null;
    }

    /// <summary>Years and odd months as the file of the person has them, <c>12y7m</c>: 6 to 11 odd months count as a year, fewer as half a year (75/2021/NĐ-CP, Điều 4.4).</summary>
    static int? ServiceTime(ReadOnlySpan<byte> bytes)
    {
        var year = bytes.IndexOf((byte)'y');
        if (year <= 0 || bytes[^1] != (byte)'m') return null;
        if (!RegisterValues.TryDigits(bytes[..year], out var years) || years > 80 || !RegisterValues.TryDigits(bytes[(year + 1)..^1], out var months) || months > 11) return null;
        return (int)(years * 2) + (months == 0 ? 0 : months < 6 ? 1 : 2);
    }

    /// <summary>Whole đồng, more than zero. Null when empty.</summary>
    public Vnd? Amount(RegisterColumn column)
    {
        var bytes = Bytes(column);
        if (bytes.IsEmpty) return null;
        if (RegisterValues.TryDigits(bytes, out var value))
        {
            if (value > 0) return new Vnd(value);
            Refuse(column, RegisterRefusals.AmountNotPositive, "The amount is 0.", "Write an amount above 0, or take the row out.");
        }
        else if (RegisterValues.WithoutSeparators(bytes) is { } plain && plain.Length < bytes.Length)
            Refuse(column, RegisterRefusals.AmountSeparators, $"'{Shown(bytes)}' has separators.", $"Write whole đồng in digits only{(plain.Length <= 15 ? $": {plain}" : "")}.");
        else if (bytes[0] == (byte)'-' && RegisterValues.TryDigits(bytes[1..], out _))
            Refuse(column, RegisterRefusals.AmountNotPositive, $"{Shown(bytes)} is below 0.", "Write an amount above 0; a recovery is not entered as a negative amount.");
        else
            Refuse(column, RegisterRefusals.AmountMalformed, $"'{Shown(bytes)}' is not an amount.", "Write whole đồng in digits only, for example 500000.");
        return null;
    }

    public Vnd RequiredAmount(RegisterColumn column) => Amount(column) ?? Vnd.Zero;

    public AccountNumber? Account(RegisterColumn column)
    {
        var text = Text(column);
        if (text is null) return null;
        var parsed = AccountNumber.Parse(text);
        if (parsed.TryGet(out var account)) return account;
        Refuse(column, parsed.Problems[0]);
        return null;
    }

    /// <summary>A NAPAS bank number that the bank table knows. Null when empty or refused.</summary>
    public string? BankBin(RegisterColumn column)
    {
        var text = Text(column);
        if (text is null) return null;
        if (text.Length != 6 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            Refuse(column, RegisterRefusals.BankBinMalformed, $"'{Shown(text)}' is not a bank number.", "Write the 6 digits of the NAPAS bank number, for example 970405.");
        else if (!RegisterCodes.BankBins.Contains(text))
            Refuse(column, RegisterRefusals.BankUnknown, $"No bank has the number {text}.", "Look the bank up in law/banks.csv.");
        else return text;
        return null;
    }

    public string Province(RegisterColumn column)
    {
        var text = Text(column);
        if (text is null) return "";
        if (RegisterCodes.ProvinceCodes.Contains(text)) return text;
        Refuse(column, RegisterRefusals.ProvinceUnknown, $"No province has the code '{Shown(text)}'.", "Write the 2 digits of law/provinces.csv, with the leading zero.");
        return "";
    }

    /// <summary>5 digits. Null when empty or refused.</summary>
    public string? Commune(RegisterColumn column) => Text(column) is { } text && IsCommune(column, text) ? text : null;

    /// <summary>A code of that many digits, from and to; empty when empty or refused.</summary>
    public string Figures(RegisterColumn column, int from, int to)
    {
        var text = Text(column);
        if (text is null) return "";
        if (text.Length >= from && text.Length <= to && !text.AsSpan().ContainsAnyExceptInRange('0', '9')) return text;
        Refuse(column, RegisterRefusals.AreaCodeMalformed, $"'{Shown(text)}' is not a code of a unit.", $"Write {from} to {to} digits, with leading zeros.");
        return "";
    }

    bool IsCommune(RegisterColumn column, string text)
    {
        if (text.Length == 5 && !text.AsSpan().ContainsAnyExceptInRange('0', '9')) return true;
        Refuse(column, RegisterRefusals.CommuneMalformed, $"'{Shown(text)}' is not a commune code.", "Write 5 digits, with leading zeros.");
        return false;
    }

    public IReadOnlyList<string> Communes(RegisterColumn column) => [.. Parts(column).Where(part => IsCommune(column, part))];

    public IReadOnlyList<TEnum> Choices<TEnum>(RegisterColumn column, Words<TEnum> words) where TEnum : struct, Enum =>
        [.. Parts(column).Select(part => ChoiceOf(column, words, Encoding.UTF8.GetBytes(part)))];

    public IReadOnlyList<LocalDate> Dates(RegisterColumn column)
    {
        var parts = Parts(column);
        if (parts.Length == 0) return [];
        var dates = new List<LocalDate>(parts.Length);
        foreach (var part in parts)
            if (RegisterValues.TryDate(Encoding.UTF8.GetBytes(part), out var date, out var wellFormed)) dates.Add(date);
            else if (wellFormed) Refuse(column, RegisterRefusals.DateNotReal, $"There is no day {part}.", "Check month and day; the order is year-month-day.");
            else Refuse(column, RegisterRefusals.DateMalformed, $"'{Shown(part)}' is not a date.", "Write dates like 2019-05-31, joined by a semicolon.");
        return dates;
    }

    string[] Parts(RegisterColumn column) => Text(column)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Refuses a period that ends before it starts.</summary>
    public void Period(RegisterColumn column, LocalDate? from, LocalDate? to)
    {
        if (from > to) Refuse(column, RegisterRefusals.PeriodBackwards, $"The period ends before it starts ({RegisterValues.Text(from)}).", "Exchange the two days or correct one.");
    }

    public void Period(RegisterColumn column, YearMonth? from, YearMonth? to)
    {
        if (from is { } first && to is { } last && first.Index() > last.Index())
            Refuse(column, RegisterRefusals.PeriodBackwards, $"The period ends before it starts ({first.Text()}).", "Exchange the two months or correct one.");
    }

    /// <summary>The value for a message: short, and on one line.</summary>
    public static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";

    static string Shown(ReadOnlySpan<byte> bytes) => Shown(Encoding.UTF8.GetString(bytes.Length > 160 ? bytes[..160] : bytes));
}
