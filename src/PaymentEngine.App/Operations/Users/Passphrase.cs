using PaymentEngine.Core;

namespace PaymentEngine.App.Operations.Users;

/// <summary>What a password must be: long, rather than strange (ASVS 6.2). Any characters, no change by the calendar.</summary>
public static class Passphrase
{
    /// <summary>Lists of the most common passwords hold hardly any of twelve characters; what they hold is a repetition or a row of keys, which <see cref="WhyNot"/> knows.</summary>
    public const int CharactersMin = 12;

    /// <summary>Longer ones cost time to hash and prove nothing more.</summary>
    public const int CharactersMax = 256;

    const int DistinctMin = 5;

    static readonly string[] Rows = ["01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"];

    static readonly string[] Words = ["payengine", "paymentengine", "password", "matkhau", "chitra", "trocap", "administrator"];

    internal static Problem Same => new("user.password_same", "The new password is the old one.", "Choose another.");

    /// <summary>Why a password is too weak, or null.</summary>
    public static Problem? WhyNot(string password, string userName)
    {
        if (password.EnumerateRunes().Count() < CharactersMin)
            return new Problem("user.password_short", $"The password has fewer than {CharactersMin} characters.", "Choose a longer one: a few words together are good.");
        if (password.Length > CharactersMax) return new Problem("user.password_long", $"The password has more than {CharactersMax} characters.", "Choose a shorter one.");
        var folded = new string([.. password.ToLowerInvariant().Where(char.IsLetterOrDigit)]);
        if (folded.Distinct().Count() < DistinctMin || Left(folded, userName).Length < CharactersMin / 2)
            return new Problem("user.password_common", "The password is one of those that are tried first: a repetition, a row of keys, the user's own name, or a word of this office.", "Choose a few words that do not belong together.");
        return null;
    }

    // What remains without what everybody tries: the name, common words, and rows of four keys or more.
    static string Left(string text, string userName)
    {
        foreach (var word in Words.Append(userName).Where(word => word.Length > 2)) text = text.Replace(word, "", StringComparison.Ordinal);
        for (var length = 10; length >= 4; length--)
            foreach (var row in Rows)
                for (var at = 0; at + length <= row.Length; at++) text = text.Replace(row.Substring(at, length), "", StringComparison.Ordinal);
        return text;
    }
}
