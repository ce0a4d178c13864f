using System.Globalization;
using System.Reflection;
using CsvHelper;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages;

/// <summary>The code lists of the bank messages that ship with the program (codes/*.csv).</summary>
public static class CodeLists
{
    static readonly Lazy<ReasonPolicy> Reasons = new(() => new ReasonPolicy(Read("reason-codes").Select(row => new ReasonRule(
        row["code"], row["meaning"], row["fault"], Action(row["action"]), Action(row["then"]), int.Parse(row["auto_retries"], CultureInfo.InvariantCulture), Guard(row["guard"])))));

    static readonly Lazy<IReadOnlyList<BankTextRule>> Texts = new(() => Read("bank-texts").Select((row, i) => new BankTextRule(
        row["phrase"], row["code"], int.Parse(row["confidence"], CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"codes/bank-texts.csv:{i + 2}"))).ToList());

    /// <summary>What follows from each reason (codes/reason-codes.csv).</summary>
    public static ReasonPolicy ReasonPolicy => Reasons.Value;

    /// <summary>Phrases of banks and the reasons they mean (codes/bank-texts.csv), in the order of the file.</summary>
    public static IReadOnlyList<BankTextRule> BankTexts => Texts.Value;

    /// <summary>The rows of a list by column name: <c>purpose</c>, <c>entry-status</c> …</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string list)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"codes/{list}.csv")
            ?? throw new ArgumentException($"There is no code list {list}.", nameof(list));
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',', HasHeader = false });
        if (!csv.Read()) return [];
        var columns = Enumerable.Range(0, csv.FieldCount).Select(csv.GetString).ToArray();
        var rows = new List<IReadOnlyDictionary<string, string>>();
        while (csv.Read())
        {
            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < columns.Length; i++) row.Add(columns[i], csv.GetString(i));
            rows.Add(row);
        }

        return rows;
    }

    static ReasonAction Action(string text) => text switch
    {
        "" => ReasonAction.None,
        "fix_and_retry" => ReasonAction.FixAndRetry,
        "retry_later" => ReasonAction.RetryLater,
        "ask_beneficiary" => ReasonAction.AskBeneficiary,
        "pay_cash" => ReasonAction.PayCash,
        "stop_deceased" => ReasonAction.StopDeceased,
        "escalate" => ReasonAction.Escalate,
        "info" => ReasonAction.Info,
        "not_applicable" => ReasonAction.NotApplicable,
        _ => throw new InvalidDataException($"codes/reason-codes.csv: there is no action '{text}'."),
    };

    static RepayGuard Guard(string text) => text switch
    {
        "" => RepayGuard.None,
        "money_back_if_return" => RepayGuard.MoneyBackIfReturn,
        "prove_not_paid" => RepayGuard.ProveNotPaid,
        "never_repay_without_decision" => RepayGuard.NeverRepayWithoutDecision,
        _ => throw new InvalidDataException($"codes/reason-codes.csv: there is no guard '{text}'."),
    };
}
