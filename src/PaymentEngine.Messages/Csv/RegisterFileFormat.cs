using System.Security.Cryptography;
using System.Text;

namespace PaymentEngine.Messages.Csv;

/// <summary>One file of the register: its columns, how a row becomes a value, and back.</summary>
abstract class RegisterFileFormat
{
    protected RegisterFileFormat(RegisterFileKind kind, string fileName, ColumnSet columns)
    {
        Kind = kind;
        FileName = fileName;
        Columns = columns.All;
    }

    public RegisterFileKind Kind { get; }

    /// <summary>The name the file usually has: people.csv.</summary>
    public string FileName { get; }

    public IReadOnlyList<RegisterColumn> Columns { get; }
}

/// <inheritdoc/>
abstract class RegisterFileFormat<T>(RegisterFileKind kind, string fileName, ColumnSet columns) : RegisterFileFormat(kind, fileName, columns)
{
    /// <summary>What makes two rows of a file the same row, in words for the refusal.</summary>
    public abstract string KeyInWords { get; }

    /// <summary>Reads a row; what is wrong goes to the row's problems, and then the value does not count.</summary>
    public abstract T Read(RegisterRowFields row);

    /// <summary>The parts of the key of a row.</summary>
    public abstract UInt128 KeyOf(T value);

    /// <summary>Writes the cells of a row in the order of the columns.</summary>
    public abstract void Write(RegisterRowWriter row, T value);
}

/// <summary>Keys as 128 bits, so that a set of a million keys costs 16 MB and not 100.</summary>
/// <remarks>SHA-256 cut to half: two keys that meet by chance or by design are not to be found.</remarks>
static class RegisterKey
{
    public static UInt128 Of(string? a, string? b = null, string? c = null, string? d = null, string? e = null)
    {
        Span<byte> text = stackalloc byte[1024];
        var used = 0;
        var fits = Put(text, ref used, a) && Put(text, ref used, b) && Put(text, ref used, c) && Put(text, ref used, d) && Put(text, ref used, e);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(fits ? text[..used] : Encoding.UTF8.GetBytes(string.Join('\u001F', a, b, c, d, e)), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    static bool Put(Span<byte> text, ref int used, string? part)
    {
        if (!Encoding.UTF8.TryGetBytes(part ?? "", text[used..], out var written) || used + written >= text.Length) return false;
        used += written;
        text[used++] = 0x1F;
        return true;
    }
}
