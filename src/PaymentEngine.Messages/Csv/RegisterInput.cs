using System.Text;
using System.Text.Unicode;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Csv;

/// <summary>The bytes of a register file after the first look: encoding proven as far as the first bytes go, byte order mark gone, separator known.</summary>
sealed class RegisterInput : ForwardReadStream
{
    const int FirstLookBytes = 1 << 16;

    readonly byte[] first;
    readonly Stream rest;
    readonly long bytesMax;
    int firstUsed;
    long taken;

    RegisterInput(byte[] first, int skip, Stream rest, long bytesMax, char separator)
    {
        this.first = first;
        this.rest = rest;
        this.bytesMax = bytesMax;
        firstUsed = skip;
        Separator = separator;
    }

    /// <summary>Comma, semicolon or tab: what stands most often in the header row.</summary>
    public char Separator { get; }

    /// <summary>The file went over its limit and the rest was not read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Looks at the first bytes and refuses what is not UTF-8 text.</summary>
    public static Result<RegisterInput> Open(Stream stream, string fileName, RegisterLimits limits)
    {
        var buffer = new byte[FirstLookBytes];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var first = buffer.AsSpan(0, length);

        if (first.StartsWith("PK\u0003\u0004"u8))
            return new Problem(RegisterRefusals.FileKindUnknown, "The file is a workbook or another archive, whatever its name says.", "Save the sheet as \"CSV UTF-8\" and import that file.").In(fileName, 1);
        if (first.StartsWith(new byte[] { 0xFF, 0xFE }) || first.StartsWith(new byte[] { 0xFE, 0xFF }) || LooksUtf16(first))
            return new Problem(RegisterRefusals.EncodingUtf16, "The file is UTF-16 (\"Unicode Text\").", "Save it as \"CSV UTF-8\" and import that file.").In(fileName, 1);

        var skip = first.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF }) ? 3 : 0;
        if (skip == length) return Empty(fileName);

        var badAt = FirstNotUtf8(first);
        if (badAt >= 0)
        {
            var line = 1 + first[..badAt].Count((byte)'\n');
            return new Problem(RegisterRefusals.EncodingNotUtf8,
                $"The file is not UTF-8: byte {first[badAt]:X2} on line {line}. It may be Windows-1258, TCVN3 (.Vn fonts) or VNI.",
                "Convert it to Unicode with the program that made it, save as \"CSV UTF-8\", and look at a few names before importing.").In(fileName, line);
        }

        var header = first[skip..];
        var lineEnd = header.IndexOfAny((byte)'\n', (byte)'\r');
        if (lineEnd >= 0) header = header[..lineEnd];
        return new RegisterInput(buffer[..length], skip, stream, limits.FileBytesMax, SeparatorOf(header));
    }

    /// <summary>No header row: nothing at all, or nothing but blank lines.</summary>
    public static Problem Empty(string fileName) => new Problem(RegisterRefusals.FileEmpty, "The file is empty.", "Give a file with a header row.").In(fileName, 1);

    static char SeparatorOf(ReadOnlySpan<byte> header)
    {
        var (commas, semicolons, tabs) = (header.Count((byte)','), header.Count((byte)';'), header.Count((byte)'\t'));
        return semicolons > commas && semicolons >= tabs ? ';' : tabs > commas ? '\t' : ',';
    }

    static bool LooksUtf16(ReadOnlySpan<byte> first)
    {
        // ASCII written as UTF-16 has a NUL in every second byte; a few stray NULs are a row's problem, not the file's.
        var look = first[..Math.Min(first.Length, 512)];
        return look.Length >= 8 && look.Count((byte)0) > look.Length / 4;
    }

    static int FirstNotUtf8(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return -1;
        for (var at = 0; at < bytes.Length;)
        {
            var status = Rune.DecodeFromUtf8(bytes[at..], out _, out var used);
            if (status == System.Buffers.OperationStatus.NeedMoreData) return bytes.Length == FirstLookBytes ? -1 : at; // a letter cut by the end of the look
            if (status != System.Buffers.OperationStatus.Done) return at;
            at += used;
        }

        return -1;
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (firstUsed < first.Length)
        {
            read = Math.Min(buffer.Length, first.Length - firstUsed);
            first.AsSpan(firstUsed, read).CopyTo(buffer);
            firstUsed += read;
        }
        else
        {
            if (taken >= bytesMax)
            {
                IsCut = IsCut || rest.ReadByte() >= 0;
                return 0;
            }

            read = rest.Read(buffer[..(int)Math.Min(buffer.Length, bytesMax - taken)]);
        }

        taken += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) rest.Dispose();
        base.Dispose(disposing);
    }
}
