using System.Collections.Frozen;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Messages;

/// <summary>A bank or another provider of accounts as the public lists give it.</summary>
/// <param name="Bin">NAPAS number, six figures.</param>
/// <param name="Bic">BIC of eight or eleven characters; null where no source gives one.</param>
public sealed record Bank(string Bin, string ShortName, string Name, string? Bic)
{
    /// <summary>The kinds of account it holds: bank accounts, wallets, Mobile Money.</summary>
    public IReadOnlyList<PayoutChannel> Holds { get; init; } = [PayoutChannel.Bank];

    /// <summary>First day on which it holds accounts of people under this name; null: no source gives one.</summary>
    public LocalDate? From { get; init; }

    /// <summary>Last such day; null: open.</summary>
    public LocalDate? To { get; init; }

    /// <summary>NAPAS number of the bank that has its accounts since; null: the same number goes on.</summary>
    public string? SuccessorBin { get; init; }

    /// <summary>It is paid to only by a route that names it: no source says that the switch between banks reaches it.</summary>
    public bool IsReachedByName { get; init; }

    internal bool IsThereOn(LocalDate day) => !(From > day) && !(To < day);
}

/// <summary>The banks of <c>law/banks.csv</c> by their NAPAS number and by day: a renamed bank keeps its number (F20, F30).</summary>
/// <remarks>Few days are known. Where no source gives one, the bank counts as there on every day.</remarks>
public static class BankDirectory
{
    // Present names first: a bank that changed its name keeps its number, and the present name stands for it where no day is asked.
    static readonly Lazy<FrozenDictionary<string, IReadOnlyList<Bank>>> Rows = new(() => EmbeddedTable.Rows("law/banks.csv",
            row => (Former: row("valid") == "former-name", Bank: new Bank(row("bin"), row("short_name"), row("name_vi"), row("bic") is { Length: > 0 } bic ? bic : null)
            {
                Holds = [.. row("holds").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Kind)], From = Day(row("valid_from")), To = Day(row("valid_to")), SuccessorBin = row("successor_bin") is { Length: > 0 } next ? next : null,
                IsReachedByName = row("reach") == "named",
            }))
        .Where(row => row.Bank.Bin.Length > 0).OrderBy(row => row.Former).Select(row => row.Bank).GroupBy(bank => bank.Bin)
        .ToFrozenDictionary(bank => bank.Key, bank => (IReadOnlyList<Bank>)[.. bank], StringComparer.Ordinal));

    /// <summary>All banks by their present names, in the order of their numbers.</summary>
    public static IEnumerable<Bank> All => Rows.Value.Values.Select(names => names[0]).OrderBy(bank => bank.Bin, StringComparer.Ordinal);

    /// <summary>The bank of a number by its present name.</summary>
    public static Bank? Find(string bin) => Rows.Value.TryGetValue(bin, out var names) ? names[0] : null;

    /// <summary>The bank of a number by the name it had on a day; null where it held no accounts then.</summary>
    public static Bank? FindOn(string bin, LocalDate day) => Rows.Value.TryGetValue(bin, out var names) ? names.FirstOrDefault(bank => bank.IsThereOn(day)) : null;

    /// <summary>A bank by its number, or by a short name it has or had, whatever the case.</summary>
    public static Bank? ByNumberOrName(string text) =>
        Find(text.Trim()) ?? (Rows.Value.Values.SelectMany(names => names).FirstOrDefault(bank => string.Equals(bank.ShortName, text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } named ? Find(named.Bin) : null);

    /// <summary>Numbers of the banks that a BIC names; none for what is no BIC, or none we know. Branches (the last three letters) and places count as their bank.</summary>
    public static IReadOnlySet<string> OfBic(string text) => text is { Length: 8 or 11 } && text.AsSpan(0, 6).IndexOfAnyExceptInRange('A', 'Z') < 0
        ? Rows.Value.Where(bank => bank.Value.Any(name => name.Bic is { } bic && bic.AsSpan(0, 6).SequenceEqual(text.AsSpan(0, 6)))).Select(bank => bank.Key).ToHashSet(StringComparer.Ordinal)
        : FrozenSet<string>.Empty;

    /// <summary>Numbers that hold no accounts of people on a day: not yet, or no longer.</summary>
    public static IReadOnlySet<string> GoneOn(LocalDate day) => Rows.Value.Where(bank => !bank.Value.Any(name => name.IsThereOn(day))).Select(bank => bank.Key).ToHashSet(StringComparer.Ordinal);

    /// <summary>Why a number holds no account of a person on a day; null when it may.</summary>
    /// <returns><c>bank.unknown</c>; <c>bank.not_yet</c> with the first day; <c>bank.gone</c> with the last day and the bank that has its accounts now.</returns>
    public static Problem? WhyNotOn(string bin, LocalDate day)
    {
        if (!Rows.Value.TryGetValue(bin, out var names)) return new Problem("bank.unknown", $"No bank has the number {bin}.", "Look the bank up in law/banks.csv.");
        if (names.Any(name => name.IsThereOn(day))) return null;
        if (names.Min(name => name.From) is { } from && day < from)
            return new Problem("bank.not_yet", $"{names[0].ShortName} ({bin}) holds accounts from {ViText.Date(from)} on.", "Correct the bank, or the day.");
        var last = names.Where(name => name.To is not null).MaxBy(name => name.To)!;
        var next = names.Select(name => name.SuccessorBin).FirstOrDefault(number => number is not null) is { } number && Find(number) is { } successor ? successor : null;
        return new Problem("bank.gone", $"{last.ShortName} ({bin}) held accounts of people until {ViText.Date(last.To!.Value)}.",
            next is null ? "Ask the payee for an account elsewhere." : $"Its accounts are at {next.ShortName} ({next.Bin}) now: ask the payee for the number there.");
    }

    static PayoutChannel Kind(string word) => word switch
    {
        "bank" => PayoutChannel.Bank, "wallet" => PayoutChannel.Wallet, "mobile_money" => PayoutChannel.MobileMoney, _ => throw new InvalidDataException($"law/banks.csv: '{word}' is no kind of account."),
    };

    static LocalDate? Day(string text) => text.Length == 0 ? null : LocalDatePattern.Iso.Parse(text).Value;
}

/// <summary>The banking days by <c>law/holidays.csv</c>.</summary>
public static class BankingCalendars
{
    static readonly Lazy<BankingCalendar> Loaded = new(() => new(EmbeddedTable.Rows("law/holidays.csv", row => (Date: row("date"), Works: row("bank_business_day")))
        .Where(row => row.Works == "no").Select(row => LocalDatePattern.Iso.Parse(row.Date).Value).ToFrozenSet()));

    /// <summary>Viet Nam's. Where a decision of the Government is still open the row counts as a banking day, and the bank moves the date.</summary>
    public static BankingCalendar VietNam => Loaded.Value;
}
