namespace PaymentEngine.Core.Recipients;

/// <summary>A bank account or wallet number as the bank prints it: 6 to 19 digits or capital letters. Text, never a number: leading zeros count.</summary>
public readonly record struct AccountNumber
{
    AccountNumber(string text) => Text = text;

    public string Text { get => field ?? throw new InvalidOperationException("An account number was never read."); }

    /// <summary>The last four characters, the only part that is shown or logged.</summary>
    public string Tail => Text[^4..];

    /// <summary>Reads an account number; the only way to make one.</summary>
    public static Result<AccountNumber> Parse(string input)
    {
        var text = input.Trim();
        var ok = text.Length is >= 6 and <= 19 && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c));
        return ok ? new AccountNumber(text) : new Problem("account_number.malformed",
            $"'{Mask(input)}' is not an account number.", "Use 6 to 19 digits or capital letters, without spaces.");
    }

    /// <summary>The account with all but its last four characters hidden.</summary>
    public override string ToString() => Mask(Text);

    static string Mask(string text) => text.Length <= 4 ? text : new string('*', text.Length - 4) + text[^4..];
}
