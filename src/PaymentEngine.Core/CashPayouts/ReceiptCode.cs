using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.CashPayouts;

/// <summary>The code on a cash receipt (mã biên nhận): 16 characters that name one line of one list and survive being typed back.</summary>
/// <remarks><c>R</c>, province (2), yyMM (4), list (4) and line (4) in Crockford's base 32, check character by ISO 7064 mod 37,36.</remarks>
public static class ReceiptCode
{
    public const int Length = 16;

    /// <summary>The code of a line.</summary>
    /// <exception cref="ArgumentOutOfRangeException">List or line above 1,048,575.</exception>
    public static string Of(CashListId list, int lineNo)
    {
        Span<byte> code = stackalloc byte[Length];
        code[0] = (byte)'R';
        RunId.TwoFigures(list.ProvinceCode, code[1..]);
        RunId.TwoFigures(list.Month.Year % 100, code[3..]);
        RunId.TwoFigures(list.Month.Month, code[5..]);
        Crockford.Write(list.ListNo, code.Slice(7, 4));
        Crockford.Write(lineNo, code.Slice(11, 4));
        Span<char> body = stackalloc char[Length - 1];
        for (var i = 0; i < body.Length; i++) body[i] = (char)code[i];
        code[15] = (byte)InstructionId.CheckCharacter(body);
        return Encoding.ASCII.GetString(code);
    }

    /// <summary>The code as it was printed, forgiving blanks, dashes and case; a wrong check character is refused.</summary>
    public static Result<string> Parse(string text)
    {
        var code = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '-')).ToUpperInvariant();
        return code.Length == Length && code[0] == 'R' && InstructionId.CheckCharacter(code.AsSpan(0, Length - 1)) == code[^1]
            ? code
            : new Problem("receipt.malformed", $"'{text}' is not a receipt code.", "Copy the 16 characters as printed on the cash list.");
    }
}
