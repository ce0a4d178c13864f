using System.Text;
using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>A payment run (đợt chi trả), written <c>40-2611-003</c>: province, list month, run of the month. The first figures of every id in it.</summary>
/// <param name="ProvinceCode">The tenant's province, 1 to 99.</param>
/// <param name="Month">The list month, of this century.</param>
/// <param name="RunNo">1 to 32,767; three characters of Crockford's base 32.</param>
public readonly record struct RunId(short ProvinceCode, YearMonth Month, int RunNo)
{
    public const int RunNoMax = 0x7FFF;
    internal const int BodyLength = 9;

    /// <summary>The nine characters PPyyMMRRR that open every payment id of the run.</summary>
    internal void WriteBody(Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ProvinceCode is >= 1 and <= 99 && Month.Year is >= 2000 and <= 2099, true);
        TwoFigures(ProvinceCode, into);
        TwoFigures(Month.Year % 100, into[2..]);
        TwoFigures(Month.Month, into[4..]);
        Crockford.Write(RunNo, into.Slice(6, 3));
    }

    internal static bool TryReadBody(ReadOnlySpan<char> text, out RunId run)
    {
        run = default;
        if (!TryTwoFigures(text, out var province) || province == 0 || !TryTwoFigures(text[2..], out var year)
            || !TryTwoFigures(text[4..], out var month) || month is < 1 or > 12 || !Crockford.TryRead(text.Slice(6, 3), out var runNo)) return false;
        run = new RunId((short)province, new YearMonth(2000 + year, month), runNo);
        return true;
    }

    public static Result<RunId> Parse(string text)
    {
        var trimmed = text.Trim().ToUpperInvariant();
        return trimmed.Length == 11 && trimmed[2] == '-' && trimmed[7] == '-' && TryReadBody(trimmed.Replace("-", "", StringComparison.Ordinal), out var run)
            ? run
            : new Problem("run_id.malformed", $"'{text}' is not a run.", "Use province-yyMM-run, for example 40-2611-003.");
    }

    public override string ToString()
    {
        Span<byte> body = stackalloc byte[BodyLength];
        WriteBody(body);
        return $"{Encoding.ASCII.GetString(body[..2])}-{Encoding.ASCII.GetString(body[2..6])}-{Encoding.ASCII.GetString(body[6..])}";
    }

    internal static void TwoFigures(int number, Span<byte> into)
    {
        into[0] = (byte)('0' + (number / 10));
        into[1] = (byte)('0' + (number % 10));
    }

    internal static bool TryTwoFigures(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        if (!char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[1])) return false;
        number = ((text[0] - '0') * 10) + text[1] - '0';
        return true;
    }
}
