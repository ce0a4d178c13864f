using System.Globalization;
using NodaTime;

namespace PaymentEngine.Core.CashPayouts;

/// <summary>A printed cash list (danh sách chi tiền mặt), written <c>40-2611-C0007</c>: province, month of printing, number of the list in the month.</summary>
public readonly record struct CashListId(short ProvinceCode, YearMonth Month, int ListNo)
{
    public static Result<CashListId> Parse(string text)
    {
        var trimmed = text.Trim().ToUpperInvariant();
        var parts = trimmed.Split('-');
        return parts is [{ Length: 2 }, { Length: 4 }, { Length: >= 5 } list] && list[0] == 'C'
            && TryNumber(parts[0], out var province) && province > 0 && TryNumber(parts[1], out var yearMonth) && yearMonth % 100 is >= 1 and <= 12
            && TryNumber(list[1..], out var listNo) && listNo > 0
            ? new CashListId((short)province, new YearMonth(2000 + (yearMonth / 100), yearMonth % 100), listNo)
            : new Problem("cash_list.malformed", $"'{text}' is not a cash list.", "Use province-yyMM-C and the number, for example 40-2611-C0007.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ProvinceCode:00}-{Month.Year % 100:00}{Month.Month:00}-C{ListNo:0000}");

    static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
