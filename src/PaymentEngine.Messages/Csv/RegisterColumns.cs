using System.Text;

namespace PaymentEngine.Messages.Csv;

/// <summary>How a cell of a column is written.</summary>
public enum ColumnType : byte
{
    /// <summary>A key or number kept as text: printable, no spaces inside.</summary>
    Id,

    /// <summary>Words for people; NFC after reading.</summary>
    Text,

    /// <summary>One of a closed list.</summary>
    Choice,

    /// <summary>A code of the law's tables (category, standard, province, bank).</summary>
    Code,

    /// <summary><c>YYYY-MM-DD</c>.</summary>
    Date,

    /// <summary><c>YYYY-MM</c>.</summary>
    Month,

    /// <summary><c>YYYY-MM</c>, or <c>YYYY-MM-DD</c> of which the month counts.</summary>
    MonthOrDate,

    /// <summary><c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>.</summary>
    Birth,

    /// <summary><c>yes</c>, <c>no</c> or empty.</summary>
    YesNo,

    /// <summary>Digits.</summary>
    Integer,

    /// <summary>Years in steps of a half: <c>2</c>, <c>2.5</c>.</summary>
    HalfYears,

    /// <summary>Whole đồng, digits only.</summary>
    Amount,

    /// <summary>Several values of another type, joined by <c>;</c>.</summary>
    List,
}

/// <summary>One column of a register file.</summary>
public sealed class RegisterColumn
{
    internal RegisterColumn(int ordinal, string name, ColumnType type, bool required, IReadOnlyList<string> allowed)
    {
        Ordinal = ordinal;
        Name = name;
        Type = type;
        Required = required;
        Allowed = allowed;
        HeaderBytes = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>Its place in the files we write; on reading columns may stand in any order.</summary>
    public int Ordinal { get; }

    /// <summary>As in the header row: lower case, words joined by <c>_</c>.</summary>
    public string Name { get; }
    public ColumnType Type { get; }

    /// <summary>The column must be there and no cell of it may be empty.</summary>
    public bool Required { get; }

    /// <summary>The closed list of a <see cref="ColumnType.Choice"/>; otherwise empty.</summary>
    public IReadOnlyList<string> Allowed { get; }

    internal byte[] HeaderBytes { get; }
}

/// <summary>The columns of one file in the order they are written.</summary>
sealed class ColumnSet
{
    readonly List<RegisterColumn> columns = [];

    public IReadOnlyList<RegisterColumn> All => columns;

    public RegisterColumn Add(string name, ColumnType type, bool required = false, IReadOnlyList<string>? allowed = null)
    {
        var column = new RegisterColumn(columns.Count, name, type, required, allowed ?? []);
        columns.Add(column);
        return column;
    }
}
