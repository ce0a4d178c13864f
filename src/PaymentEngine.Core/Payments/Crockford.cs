namespace PaymentEngine.Core.Payments;

/// <summary>Numbers in Crockford's base 32: the figures and capital letters without I, L, O and U, so that an id survives being typed back.</summary>
static class Crockford
{
    const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Writes a number into the whole of <paramref name="into"/>, with leading zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number needs more characters, or is negative.</exception>
    public static void Write(int number, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        for (var i = into.Length - 1; i >= 0; i--)
        {
            into[i] = (byte)Alphabet[number & 31];
            number >>= 5;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(number, 0);
    }

    /// <summary>Reads at most six characters; false for any character outside the alphabet.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0) return false;
            number = (number << 5) | digit;
        }

        return true;
    }
}
