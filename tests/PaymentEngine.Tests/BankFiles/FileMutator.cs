using System.Text;
using PaymentEngine.Messages;
using PaymentEngine.Core;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>Breaks a file in the ways files break: half of the time blindly in its bytes, half of the time in its tags, attributes and texts. The same seed gives the same file.</summary>
sealed class FileMutator(ulong seed)
{
    static readonly string[] HostileTexts =
    [
        "", " ", "0", "-1", "1e9", "NaN", "99999999999999999999999999999999", "0.00000000000000000001", "1.500.000", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59Z", "true", "RJCT", "ACSC",
        "BOOK", "CRDT", "DBIT", "NOTPROVIDED", "P402611001000001A7", "P402611001000001A8", "VND", "USD", "\u0000", "\u202E", "&amp;", "&lt;", "&#x41;", "&#0;", "&x;", "]]>", "<![CDATA[x]]>", "<!-- x -->",
        "<?x y?>", "<!DOCTYPE x>", "<x/>", "</x>", "ệ", "\u0065\u0302\u0323", "😀", "=1+1",
    ];

    readonly SeededRandom random = new(seed);

    /// <param name="bytes">The file.</param>
    /// <param name="other">Another, for parts of it.</param>
    public byte[] Mutate(byte[] bytes, byte[] other)
    {
        for (var times = 1 + random.Below(3); times > 0; times--) bytes = random.Chance(5_000) ? Blindly(bytes, other) : InItsStructure(bytes, other);
        return bytes;
    }

    byte[] Blindly(byte[] bytes, byte[] other)
    {
        var (at, length) = Range(bytes, 64);
        switch (random.Below(7))
        {
            case 0:
                var flipped = bytes.ToArray();
                if (flipped.Length > 0) flipped[random.Below(flipped.Length)] ^= (byte)(1 << random.Below(8));
                return flipped;
            case 1: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2: return [.. bytes[..(at + length)], .. bytes[at..]];
            case 3: return bytes[..at];
            case 4: return [.. bytes[..at], (byte)random.Below(256), .. bytes[at..]];
            case 5: return [.. bytes[..at], .. Encoding.UTF8.GetBytes(Hostile()), .. bytes[at..]];
            default:
                var (from, taken) = Range(other, 2_000);
                return [.. bytes[..at], .. other[from..(from + taken)], .. bytes[at..]];
        }
    }

    byte[] InItsStructure(byte[] bytes, byte[] other)
    {
        var tags = Tags(bytes);
        if (tags.Count < 2) return Blindly(bytes, other);
        var (start, end) = tags[random.Below(tags.Count)];
        switch (random.Below(8))
        {
            case 0: return [.. bytes[..start], .. bytes[end..]]; // a tag is lost
            case 1: return [.. bytes[..end], .. bytes[start..end], .. bytes[end..]]; // a tag comes twice
            case 2:
                var next = tags.Find(tag => tag.Start >= end);
                return next == default ? bytes : [.. bytes[..end], .. Encoding.UTF8.GetBytes(Hostile()), .. bytes[next.Start..]]; // another text
            case 3:
                var (later, laterEnd) = tags[random.Below(tags.Count)];
                return later <= end ? bytes : [.. bytes[..start], .. bytes[later..laterEnd], .. bytes[end..later], .. bytes[start..end], .. bytes[laterEnd..]]; // two tags change places
            case 4:
                var (_, upTo) = tags[random.Below(tags.Count)];
                return upTo <= start ? bytes : [.. bytes[..upTo], .. bytes[start..upTo], .. bytes[upTo..]]; // a part comes twice
            case 5:
                var others = Tags(other);
                if (others.Count < 2) return bytes;
                var (from, _) = others[random.Below(others.Count)];
                var (_, to) = others[random.Below(others.Count)];
                return from >= to ? bytes : [.. bytes[..start], .. other[from..to], .. bytes[start..]]; // a part of another file
            case 6: return [.. bytes[..(end - 1)], .. Encoding.UTF8.GetBytes($" a=\"{Hostile()}\""), .. bytes[(end - 1)..]]; // an attribute
            default: return [.. bytes[..(start + 1)], (byte)'x', .. bytes[(start + 1)..]]; // another name
        }
    }

    string Hostile() => HostileTexts[random.Below(HostileTexts.Length)];

    (int At, int Length) Range(byte[] bytes, int most)
    {
        if (bytes.Length == 0) return (0, 0);
        var at = random.Below(bytes.Length);
        return (at, random.Below(Math.Min(most, bytes.Length - at) + 1));
    }

    static List<(int Start, int End)> Tags(byte[] bytes)
    {
        var tags = new List<(int, int)>();
        for (var at = 0; at < bytes.Length;)
        {
            var start = bytes.AsSpan(at).IndexOf((byte)'<');
            if (start < 0) break;
            start += at;
            var end = bytes.AsSpan(start).IndexOf((byte)'>');
            if (end < 0) break;
            at = start + end + 1;
            tags.Add((start, at));
        }

        return tags;
    }
}

/// <summary>Gives a stream's bytes a few at a time, as a network does: what is read must not depend on where the pieces end.</summary>
sealed class PiecewiseStream(byte[] bytes, ulong seed) : ForwardReadStream
{
    readonly SeededRandom random = new(seed);
    int at;

    public override int Read(Span<byte> buffer)
    {
        var length = Math.Min(Math.Min(buffer.Length, 1 + random.Below(7)), bytes.Length - at);
        bytes.AsSpan(at, length).CopyTo(buffer);
        at += length;
        return length;
    }
}
