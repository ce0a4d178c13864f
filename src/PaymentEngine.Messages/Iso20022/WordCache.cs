namespace PaymentEngine.Messages.Iso20022;

/// <summary>Words that come again and again (codes, currencies, ids of files and accounts): the last one at each place is kept and given out again.</summary>
sealed class WordCache
{
    // Longer texts are not words and would only push words out.
    const int LengthMax = 64;
    readonly string?[] slots = new string?[512];

    public string Find(ReadOnlySpan<char> characters)
    {
        if (characters.Length is 0 or > LengthMax) return new string(characters);
        var hash = unchecked((uint)characters.Length * 31) + characters[0];
        hash = (hash * 31) + characters[^1];
        hash = (hash * 31) + characters[characters.Length >> 1];
        hash = (hash * 31) + characters[characters.Length >> 2];
        ref var slot = ref slots[(hash ^ (hash >> 9)) & 511];
        if (slot is not null && characters.SequenceEqual(slot)) return slot;
        return slot = new string(characters);
    }
}
