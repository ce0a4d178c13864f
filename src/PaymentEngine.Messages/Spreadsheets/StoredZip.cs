using System.Buffers.Binary;
using System.Text;

namespace PaymentEngine.Messages.Spreadsheets;

/// <summary>
/// A zip archive written in one pass, whose bytes depend on nothing but its content: no clock in it, and its entries are deflate streams of stored blocks, because
/// what a compressor makes of the same bytes changes with its version and processor. Any program that opens a zip reads it.
/// </summary>
/// <remarks>Entries of less than 2 GB, names in ASCII.</remarks>
sealed class StoredZip(Stream output)
{
    const int BlockBytes = 65_535;
    const ushort Version = 20;

    // Bit 3: checksum and sizes stand behind the data, because they are known only then.
    const ushort Flags = 0x0008;
    const ushort Deflate = 8;

    // 1 January 1980, midnight: the earliest a zip can say.
    const ushort EarliestDay = 0x0021;

    static readonly uint[] Table = MakeTable();
    readonly List<(byte[] Name, uint Crc, uint Stored, uint Size, uint At)> entries = [];
    readonly byte[] block = new byte[BlockBytes];
    byte[] name = [];
    int blockLength;
    uint crc, stored, size, at, position;

    /// <summary>Opens the next entry; the one before must have ended.</summary>
    public void Begin(string entryName)
    {
        name = Encoding.ASCII.GetBytes(entryName);
        (crc, stored, size, at, blockLength) = (uint.MaxValue, 0, 0, position, 0);
        Span<byte> head = stackalloc byte[30];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], Deflate);
        BinaryPrimitives.WriteUInt16LittleEndian(head[12..], EarliestDay);
        BinaryPrimitives.WriteUInt16LittleEndian(head[26..], (ushort)name.Length);
        Put(head);
        Put(name);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        var sum = crc;
        foreach (var b in bytes) sum = Table[(sum ^ b) & 0xFF] ^ (sum >> 8);
        crc = sum;
        size += (uint)bytes.Length;
        while (bytes.Length > 0)
        {
            if (blockLength == BlockBytes) EndBlock(last: false);
            var taken = Math.Min(bytes.Length, BlockBytes - blockLength);
            bytes[..taken].CopyTo(block.AsSpan(blockLength));
            blockLength += taken;
            bytes = bytes[taken..];
        }
    }

    public void End()
    {
        EndBlock(last: true);
        crc = ~crc;
        Span<byte> tail = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, 0x08074b50);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[8..], stored);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[12..], size);
        Put(tail);
        entries.Add((name, crc, stored, size, at));
    }

    /// <summary>Writes the directory, which makes it an archive.</summary>
    public void Finish()
    {
        var from = position;
        Span<byte> row = stackalloc byte[46];
        foreach (var entry in entries)
        {
            row.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(row, 0x02014b50);
            BinaryPrimitives.WriteUInt16LittleEndian(row[4..], Version);
            BinaryPrimitives.WriteUInt16LittleEndian(row[6..], Version);
            BinaryPrimitives.WriteUInt16LittleEndian(row[8..], Flags);
            BinaryPrimitives.WriteUInt16LittleEndian(row[10..], Deflate);
            BinaryPrimitives.WriteUInt16LittleEndian(row[14..], EarliestDay);
            BinaryPrimitives.WriteUInt32LittleEndian(row[16..], entry.Crc);
            BinaryPrimitives.WriteUInt32LittleEndian(row[20..], entry.Stored);
            BinaryPrimitives.WriteUInt32LittleEndian(row[24..], entry.Size);
            BinaryPrimitives.WriteUInt16LittleEndian(row[28..], (ushort)entry.Name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(row[42..], entry.At);
            Put(row);
            Put(entry.Name);
        }

        var length = position - from;
        Span<byte> end = stackalloc byte[22];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)entries.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)entries.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], from);
        Put(end);
    }

    /// <summary>A stored block (RFC 1951, 3.2.4): its bit of being the last, its length, and its length's complement.</summary>
    void EndBlock(bool last)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = last ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)blockLength);
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)(BlockBytes - blockLength));
        Put(head);
        Put(block.AsSpan(0, blockLength));
        stored += (uint)(head.Length + blockLength);
        blockLength = 0;
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        position += (uint)bytes.Length;
    }

    /// <summary>CRC-32 of ISO 3309, reversed polynomial 0xEDB88320, as zip wants it.</summary>
    static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
            table[i] = value;
        }

        return table;
    }
}
