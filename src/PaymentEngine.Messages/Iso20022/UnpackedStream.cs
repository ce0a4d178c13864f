using System.Buffers.Binary;
using System.IO.Compression;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A file as it is, or what a gzip or zip file holds: unpacked while it is read, never to the disk, and never more than the limits allow.</summary>
/// <remarks>The files of a zip come as parts, one after the other, under no names. A packed file in a packed file is not unpacked.</remarks>
sealed class UnpackedStream : ForwardReadStream
{
    const int EndRecordBytes = 22, EntryBytes = 46, LocalBytes = 30, CommentMax = 65_535;
    readonly Stream input;
    readonly BankXmlLimits limits;
    readonly byte[] head = new byte[4];
    readonly List<(long At, long Packed, long Size, int Method)> parts = [];
    int headFrom, headTo, part;
    long taken, given, givenOfPart;
    uint lastWord;
    bool hasSeveral;
    Stream? current;

    /// <summary>Looks at the first bytes.</summary>
    /// <exception cref="BankXmlRefused">A zip file that cannot be read, or breaks the limits before anything of it was unpacked.</exception>
    public UnpackedStream(Stream input, BankXmlLimits limits)
    {
        this.input = input;
        this.limits = limits;
        headTo = input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (!IsPackedHead(head.AsSpan(0, headTo))) return;
        if (head[0] == 0x1F)
        {
            current = new GZipStream(new Packed(this, long.MaxValue), CompressionMode.Decompress);
        }
        else
        {
            ReadDirectory();
            Open();
        }
    }

    /// <summary>The first bytes of a gzip or zip file.</summary>
    public static bool IsPackedHead(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, _, _] or [(byte)'P', (byte)'K', 3, 4];

    /// <summary>Moves to the next file of a zip; false when there is none.</summary>
    public bool NextPart()
    {
        if (part + 1 >= parts.Count) return false;
        part++;
        Open();
        return true;
    }

    void Open()
    {
        var (at, packed, _, method) = parts[part];
        givenOfPart = 0;
        var local = new byte[LocalBytes];
        ReadAt(at, local);
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != 0x04034B50) throw Malformed("a file's own header is not where the directory says");
        input.Position = at + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(local.AsSpan(28));
        var bytes = new Packed(this, packed);
        current = method == 0 ? bytes : new DeflateStream(bytes, CompressionMode.Decompress);
    }

    /// <summary>The directory at the end of a zip, by ourselves: the library would take in as many entries as it is told.</summary>
    void ReadDirectory()
    {
        if (!input.CanSeek) throw Malformed("it can only be read from a file");
        var tail = new byte[(int)Math.Min(input.Length, EndRecordBytes + CommentMax)];
        ReadAt(input.Length - tail.Length, tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length - end < EndRecordBytes) throw Malformed("its directory is missing");
        var record = tail.AsSpan(end);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long at = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (count == ushort.MaxValue || at == uint.MaxValue) throw Malformed("it is a zip64 file");
        if (count > limits.PackedParts) throw Refused("bank_file.packed_too_large", $"The packed file holds {count} files, more than {limits.PackedParts}.");
        var entry = new byte[EntryBytes];
        for (var i = 0; i < count; i++)
        {
            ReadAt(at, entry);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != 0x02014B50) throw Malformed("its directory is cut off");
            var (flags, method) = (BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(8)), BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(10)));
            long packed = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(20)), size = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(24));
            long local = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(42));
            at += EntryBytes + BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(28)) + BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(30)) + BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(32));
            if ((flags & 1) != 0) throw Refused("bank_file.packed_encrypted", "The packed file is locked with a password.", "Unpack it with the password first.");
            if (packed == uint.MaxValue || size == uint.MaxValue || local == uint.MaxValue) throw Malformed("it is a zip64 file");
            if (method is not (0 or 8)) throw Malformed($"it is packed by method {method}");
            if (size > 0) parts.Add((local, packed, size, method)); // a folder has no bytes
        }

        if (parts.Count == 0) throw Malformed("it holds no file");
    }

    void ReadAt(long at, byte[] target)
    {
        if (at < 0 || at + target.Length > input.Length) throw Malformed("it is cut off");
        input.Position = at;
        input.ReadExactly(target);
    }

    public override int Read(Span<byte> buffer)
    {
        if (current is null) return Take(buffer);
        int read;
        try
        {
            read = current.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(e.Message.TrimEnd('.'));
        }

        // The unpacker takes a file that was cut off for its end: the length that the packer wrote down tells.
        givenOfPart += read;
        if (read == 0 && buffer.Length > 0 && (parts.Count > 0 ? givenOfPart != parts[part].Size : (uint)givenOfPart != lastWord && !hasSeveral)) throw Malformed("it is cut off");
        given += read;
        if (given > limits.UnpackedFreely && given / limits.PackedRatio > taken)
            throw Refused("bank_file.packed_too_large", $"{taken} packed bytes become more than {given}: more than {limits.PackedRatio} to one.");
        return read;
    }

    /// <summary>Keeps the last four packed bytes, where gzip writes the length; and whether another gzip begins behind the first, whose length stands in the middle.</summary>
    void Watch(ReadOnlySpan<byte> packed, bool atStart)
    {
        for (var at = 0; at < packed.Length; at++)
        {
            lastWord = (lastWord >> 8) | ((uint)packed[at] << 24);
            hasSeveral |= lastWord >> 8 == 0x088B1F && !(atStart && at == 2);
        }
    }

    int Take(Span<byte> buffer)
    {
        if (headFrom >= headTo) return input.Read(buffer);
        var length = Math.Min(buffer.Length, headTo - headFrom);
        head.AsSpan(headFrom, length).CopyTo(buffer);
        headFrom += length;
        return length;
    }

    static BankXmlRefused Malformed(string why) => Refused("bank_file.packed_malformed", $"The packed file cannot be read: {why}.", "Ask the bank for the file again, or unpack it first.");

    static BankXmlRefused Refused(string code, string message, string remedy = "This is not a file of a bank. Ask the sender.") => new(new Problem(code, message, remedy).In(null, 1));

    /// <summary>Packed bytes, counted, up to the end of their part.</summary>
    sealed class Packed(UnpackedStream owner, long left) : ForwardReadStream
    {
        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length > left) buffer = buffer[..(int)left];
            if (buffer.Length == 0) return 0;
            var read = owner.parts.Count > 0 ? owner.input.Read(buffer) : owner.Take(buffer);
            owner.taken += read;
            left -= read;
            if (owner.parts.Count == 0) owner.Watch(buffer[..read], atStart: owner.taken == read);
            return read;
        }
    }
}
