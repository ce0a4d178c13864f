using System.Buffers.Binary;
using System.Text;

namespace PaymentEngine.Tests.Spreadsheets;

/// <summary>Writes a workbook of Excel 97 (.xls, BIFF8) with one sheet of texts and numbers, by the published structures alone ([MS-XLS], [MS-CFB]): a sample that no library of ours had a hand in.</summary>
static class OldWorkbook
{
    const int Sector = 512, StreamMin = 4096;
    const uint EndOfChain = 0xFFFFFFFE, Free = 0xFFFFFFFF, FatSector = 0xFFFFFFFD;

    /// <summary>A workbook with a sheet; a cell is a <c>string</c> or a <c>double</c>.</summary>
    public static byte[] Of(string sheetName, params object[][] rows)
    {
        var globals = new MemoryStream();
        Record(globals, 0x0809, Beginning(0x0005));
        Record(globals, 0x0042, UShort(1200));
        var sheetAt = (int)globals.Position + 4 + 8 + sheetName.Length + 4;
        Record(globals, 0x0085, [.. BitConverter.GetBytes((uint)sheetAt), 0, 0, (byte)sheetName.Length, 0, .. Encoding.Latin1.GetBytes(sheetName)]);
        Record(globals, 0x000A, []);
        var sheet = new MemoryStream();
        Record(sheet, 0x0809, Beginning(0x0010));
        var columns = rows.Length == 0 ? 0 : rows.Max(row => row.Length);
        Record(sheet, 0x0200, [.. BitConverter.GetBytes(0u), .. BitConverter.GetBytes((uint)rows.Length), .. UShort(0), .. UShort(columns), .. UShort(0)]);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
            {
                byte[] at = [.. UShort(row), .. UShort(column), .. UShort(0)];
                if (rows[row][column] is double number) Record(sheet, 0x0203, [.. at, .. BitConverter.GetBytes(number)]);
                else if (rows[row][column] is string text) Record(sheet, 0x0204, [.. at, .. UShort(text.Length), 1, .. Encoding.Unicode.GetBytes(text)]);
            }
        }

        Record(sheet, 0x000A, []);
        if (globals.Length != sheetAt) throw new InvalidOperationException("The sheet begins elsewhere than its record says.");
        return Container([.. globals.ToArray(), .. sheet.ToArray()]);
    }

    static byte[] UShort(int value) => BitConverter.GetBytes((ushort)value);

    static byte[] Beginning(int kind) => [.. UShort(0x0600), .. UShort(kind), .. UShort(0x0DBB), .. UShort(0x07CC), 0x41, 0, 0, 0, 6, 0, 0, 0];

    static void Record(MemoryStream to, int kind, byte[] content)
    {
        to.Write(UShort(kind));
        to.Write(UShort(content.Length));
        to.Write(content);
    }

    /// <summary>A compound file of version 3 with one stream named Workbook: header, one sector of the allocation table, one of the directory, then the stream.</summary>
    static byte[] Container(byte[] stream)
    {
        var length = Math.Max(stream.Length, StreamMin);
        var sectors = (length + Sector - 1) / Sector;
        if (sectors + 2 > Sector / 4) throw new InvalidOperationException("A sample of this size needs a second sector of the allocation table.");
        var file = new byte[Sector * (sectors + 3)];
        var head = file.AsSpan(0, Sector);
        ReadOnlySpan<byte> mark = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        mark.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[24..], 0x003E);
        BinaryPrimitives.WriteUInt16LittleEndian(head[26..], 3);
        BinaryPrimitives.WriteUInt16LittleEndian(head[28..], 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(head[30..], 9);
        BinaryPrimitives.WriteUInt16LittleEndian(head[32..], 6);
        BinaryPrimitives.WriteUInt32LittleEndian(head[44..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[48..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[56..], StreamMin);
        BinaryPrimitives.WriteUInt32LittleEndian(head[60..], EndOfChain);
        BinaryPrimitives.WriteUInt32LittleEndian(head[68..], EndOfChain);
        for (var i = 0; i < 109; i++) BinaryPrimitives.WriteUInt32LittleEndian(head[(76 + (4 * i))..], i == 0 ? 0 : Free);

        var table = file.AsSpan(Sector, Sector);
        for (var i = 0; i < Sector / 4; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(table[(4 * i)..], i == 0 ? FatSector : i == 1 || i == sectors + 1 ? EndOfChain : i < sectors + 1 ? (uint)(i + 1) : Free);

        Entry(file.AsSpan(Sector * 2, 128), "Root Entry", 5, 1, EndOfChain, 0);
        Entry(file.AsSpan((Sector * 2) + 128, 128), "Workbook", 2, Free, 2, length);
        stream.CopyTo(file.AsSpan(Sector * 3));
        return file;
    }

    static void Entry(Span<byte> entry, string name, byte kind, uint child, uint start, int length)
    {
        Encoding.Unicode.GetBytes(name, entry);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[64..], (ushort)((name.Length + 1) * 2));
        (entry[66], entry[67]) = (kind, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[68..], Free);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[72..], Free);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[76..], child);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[116..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[120..], (uint)length);
    }
}
