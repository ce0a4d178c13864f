using System.Collections.Frozen;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Messages;

/// <summary>A bank as the public lists give it.</summary>
/// <param name="Bin">NAPAS number, six figures.</param>
/// <param name="Bic">BIC of eight or eleven characters; null where no source gives one.</param>
public sealed record Bank(string Bin, string ShortName, string Name, string? Bic);

/// <summary>The banks of <c>law/banks.csv</c> by their NAPAS number.</summary>
public static class BankDirectory
{
    // A bank that changed its name keeps its number: the present name stands for it.
    static readonly Lazy<FrozenDictionary<string, Bank>> Banks = new(() => EmbeddedTable.Rows("law/banks.csv",
            row => (Former: row("valid") == "former-name", Bank: new Bank(row("bin"), row("short_name"), row("name_vi"), row("bic") is { Length: > 0 } bic ? bic : null)))
        .Where(row => row.Bank.Bin.Length > 0).OrderBy(row => row.Former).Select(row => row.Bank).DistinctBy(bank => bank.Bin)
        .ToFrozenDictionary(bank => bank.Bin, StringComparer.Ordinal));

    /// <summary>All banks by their present names, in the order of their numbers.</summary>
    public static IEnumerable<Bank> All => Banks.Value.Values.OrderBy(bank => bank.Bin, StringComparer.Ordinal);

    public static Bank? Find(string bin) => Banks.Value.GetValueOrDefault(bin);
}

/// <summary>The banking days by <c>law/holidays.csv</c>.</summary>
public static class BankingCalendars
{
    static readonly Lazy<BankingCalendar> Loaded = new(() => new(EmbeddedTable.Rows("law/holidays.csv", row => (Date: row("date"), Works: row("bank_business_day")))
        .Where(row => row.Works == "no").Select(row => LocalDatePattern.Iso.Parse(row.Date).Value).ToFrozenSet()));

    /// <summary>Viet Nam's. Where a decision of the Government is still open the row counts as a banking day, and the bank moves the date.</summary>
    public static BankingCalendar VietNam => Loaded.Value;
}
