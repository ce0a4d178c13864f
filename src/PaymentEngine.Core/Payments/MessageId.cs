using System.Globalization;
using NodaTime;

namespace PaymentEngine.Core.Payments;

/// <summary>The MsgId of a file to a bank, 19 characters: <c>B40261121-000007-01</c>. Unique for ever per payer; also the file's name.</summary>
/// <param name="Date">The day the batch was numbered, stored with it; of this century.</param>
/// <param name="Sequence">Number of the file in the province and list month, 1 to 999,999; of two list months numbered on one day the second goes on where the first stopped.</param>
/// <param name="Attempt">1 to 99, counting files with other bytes: sending the same bytes again keeps the id.</param>
public readonly record struct MessageId(short ProvinceCode, LocalDate Date, int Sequence, int Attempt)
{
    /// <summary>Characters that name the province and the day: <c>B40261121-</c>.</summary>
    public const int DayLength = 10;

    /// <summary>The PmtInfId of the batch with this number in the file, from 1: the MsgId, a hyphen and three figures.</summary>
    public string Batch(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(number is >= 1 and <= 999, true);
        return string.Create(CultureInfo.InvariantCulture, $"{this}-{number:000}");
    }

    /// <summary>Reads a MsgId, or the MsgId inside a PmtInfId.</summary>
    public static Result<MessageId> Parse(string text)
    {
        var t = text.Trim();
        if (t.Length is 19 or 23 && t[0] == 'B' && t[9] == '-' && t[16] == '-' && (t.Length == 19 || t[19] == '-')
            && Number(t, 1, 2) is > 0 and var province && Number(t, 3, 2) is >= 0 and var year && Number(t, 5, 2) is >= 1 and <= 12 and var month
            && Number(t, 7, 2) is >= 1 and var day && day <= CalendarSystem.Iso.GetDaysInMonth(2000 + year, month)
            && Number(t, 10, 6) is > 0 and var sequence && Number(t, 17, 2) is > 0 and var attempt && (t.Length == 19 || Number(t, 20, 3) > 0))
        {
            return new MessageId((short)province, new LocalDate(2000 + year, month, day), sequence, attempt);
        }

        return new Problem("message_id.malformed", $"'{text}' is not a message id of ours.", "It looks like B40261121-000007-01.");
    }

    public override string ToString()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            ProvinceCode is >= 1 and <= 99 && Date.Year is >= 2000 and <= 2099 && Sequence is >= 1 and <= 999_999 && Attempt is >= 1 and <= 99, true);
        return string.Create(CultureInfo.InvariantCulture, $"B{ProvinceCode:00}{Date.Year % 100:00}{Date.Month:00}{Date.Day:00}-{Sequence:000000}-{Attempt:00}");
    }

    static int Number(string text, int from, int length) =>
        int.TryParse(text.AsSpan(from, length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
