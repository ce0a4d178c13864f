using System.Text;
using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>
/// The id of one attempt to pay: EndToEndId and InstrId of a bank message, first word of its remittance text. It is the attempt's key
/// written down, so an answer finds its row by arithmetic; the check character lets us find it inside free text.
/// </summary>
/// <remarks>
/// 18 characters: <c>P</c>, province (2), list month yyMM (4), run (3) and line (6) in Crockford's base 32, attempt letter, check character by
/// ISO 7064 mod 37,36. It says nothing about the person.
/// </remarks>
/// <param name="LineNo">Partition × 32,768 + place in the partition; below 2^30.</param>
/// <param name="Attempt">1 to 26, written A to Z.</param>
public readonly record struct InstructionId(short ProvinceCode, YearMonth Month, int RunNo, int LineNo, int Attempt)
{
    public const int Length = 18;
    public const int AttemptMax = 26;

    public RunId Run => new(ProvinceCode, Month, RunNo);

    /// <summary>Writes the 18 ASCII characters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part does not fit its place: a bug of the caller.</exception>
    public void Write(Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempt, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Attempt, AttemptMax);
        into[0] = (byte)'P';
        Run.WriteBody(into[1..]);
        Crockford.Write(LineNo, into.Slice(10, 6));
        into[16] = (byte)('A' + Attempt - 1);
        into[17] = (byte)Iso7064.CheckCharacter(into[..17]);
    }

    /// <summary>Reads an id written alone; surrounding blanks and lower case are forgiven, a wrong check character is not.</summary>
    public static Result<InstructionId> Parse(string text)
    {
        var trimmed = text.Trim().ToUpperInvariant();
        return trimmed.Length == Length && TryRead(trimmed, out var id)
            ? id
            : new Problem("instruction_id.malformed", $"'{text}' is not one of our payment ids.", "Use the 18 characters as printed, for example on the payment list.");
    }

    /// <summary>
    /// The one id of ours inside a bank's free text, also when the bank glued words to it, changed its case or broke it with blanks; null when
    /// there is none or more than one different id (then nobody may guess).
    /// </summary>
    public static InstructionId? Find(ReadOnlySpan<char> text)
    {
        Span<char> packed = text.Length <= 1024 ? stackalloc char[text.Length] : new char[text.Length];
        text.ToUpperInvariant(packed);
        var plain = FindIn(packed, out var several);
        if (plain is not null || several) return plain;

        // A line break of the bank can stand inside the id: look again without blanks.
        var length = 0;
        foreach (var c in packed)
        {
            if (!char.IsWhiteSpace(c)) packed[length++] = c;
        }

        return FindIn(packed[..length], out _);
    }

    static InstructionId? FindIn(ReadOnlySpan<char> upper, out bool several)
    {
        InstructionId? found = null;
        several = false;
        for (var at = 0; at + Length <= upper.Length; at++)
        {
            if (upper[at] != 'P' || !TryRead(upper.Slice(at, Length), out var id)) continue;
            if (found is { } earlier && earlier != id)
            {
                several = true;
                return null;
            }

            found = id;
        }

        return found;
    }

    static bool TryRead(ReadOnlySpan<char> text, out InstructionId id)
    {
        id = default;
        if (text[0] != 'P' || text[16] is < 'A' or > 'Z' || !RunId.TryReadBody(text[1..], out var run) || !Crockford.TryRead(text.Slice(10, 6), out var line)
            || CheckCharacter(text[..17]) != text[17]) return false;
        id = new InstructionId(run.ProvinceCode, run.Month, run.RunNo, line, text[16] - 'A' + 1);
        return true;
    }

    /// <summary>ISO 7064 hybrid system mod 37,36 over figures and capital letters; '\0' when another character is met.</summary>
    internal static char CheckCharacter(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[text.Length];
        return System.Text.Ascii.FromUtf16(text, bytes, out _) == System.Buffers.OperationStatus.Done ? Iso7064.CheckCharacter(bytes) : '\0';
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[Length];
        Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
