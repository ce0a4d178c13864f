namespace PaymentEngine.Core.Payments;

/// <summary>The check character of ISO 7064, hybrid system mod 37,36, over figures and capital letters.</summary>
/// <remarks>The system is a walk over 36 states, one step a character: the steps stand in a table (a state is the place of its row), and a walk can be stopped after a part that many ids share and taken up again.</remarks>
static class Iso7064
{
    /// <summary>Where every walk begins.</summary>
    public const ushort Start = 36 * 36;

    const byte Illegal = 0xFF;
    static readonly byte[] values = Values();
    static readonly ushort[] steps = Steps();

    /// <summary>The check character of a text; '\0' when it has another character than figures and capital letters.</summary>
    public static char CheckCharacter(ReadOnlySpan<byte> text)
    {
        var state = Walk(Start, text);
        return state == 0 ? '\0' : CheckCharacter(state);
    }

    /// <summary>The state after some more characters; 0 after a character that is not allowed.</summary>
    public static ushort Walk(ushort state, ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            var value = values[c];
            if (value == Illegal) return 0;
            state = steps[state + value];
        }

        return state;
    }

    /// <summary>The character that ends a walk.</summary>
    public static char CheckCharacter(ushort state)
    {
        var check = (37 - (state / 36)) % 36;
        return (char)(check < 10 ? '0' + check : 'A' + check - 10);
    }

    static byte[] Values()
    {
        var all = new byte[256];
        Array.Fill(all, Illegal);
        for (var c = '0'; c <= '9'; c++) all[c] = (byte)(c - '0');
        for (var c = 'A'; c <= 'Z'; c++) all[c] = (byte)(c - 'A' + 10);
        return all;
    }

    // The standard's own rule: add the value modulo 36 (36 for 0), double modulo 37.
    static ushort[] Steps()
    {
        var all = new ushort[37 * 36];
        for (var state = 1; state <= 36; state++)
        {
            for (var value = 0; value < 36; value++)
            {
                var sum = (state + value) % 36;
                all[(state * 36) + value] = (ushort)((sum == 0 ? 36 : sum) * 2 % 37 * 36);
            }
        }

        return all;
    }
}
