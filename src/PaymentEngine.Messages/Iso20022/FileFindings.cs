using System.Collections.Frozen;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A code list that what a bank writes is compared with.</summary>
enum CodeKind : byte { PaymentStatus, GroupStatus, Reason, RecallStatus, RecallReason, RecallRequestReason, BalanceType, EntryStatus }

/// <summary>What has been found in a file so far: an oddity that stands in a million entries is said once, and statements are compared with those before them.</summary>
sealed class FileFindings(IBankMessageVisitor visitor)
{
    // Beyond this a file is all oddities, and one more says nothing new.
    const int KeptMax = 1000;

    static readonly FrozenSet<string>[] Known =
    [
        Codes("payment-transaction-status"), Codes("payment-group-status"), Codes("reason-codes"), new[] { "ACCR", "RJCR", "PDCR", "PACR", "CNCL" }.ToFrozenSet(StringComparer.Ordinal),
        Codes("cancellation-rejection"), Codes("cancellation-reason"), Codes("balance-types"), Codes("entry-status"),
    ];

    static readonly string[] Words =
    [
        "status.unknown_code", "status.unknown_code", "reason.unknown_code", "resolution.unknown_code", "reason.unknown_code", "reason.unknown_code", "balance.unknown_type", "entry.unknown_status",
    ];

    static readonly string[] Names = ["status of a payment", "status of a file or batch", "reason", "answer to a recall", "reason against a recall", "reason of a recall", "type of balance", "status of an entry"];

    readonly HashSet<(string, string)> said = [];
    readonly Dictionary<string, (decimal? Sequence, BankBalance? Closing)> statements = new(StringComparer.Ordinal);
    readonly string?[] lastKnown = new string?[Known.Length];

    static FrozenSet<string> Codes(string list) => CodeLists.Read(list).Select(row => row["code"]).ToFrozenSet(StringComparer.Ordinal);

    public void Add(string code, string message, int line) => visitor.Finding(new(code, message, line));

    /// <summary>Says it unless the same was said about the same thing in this file.</summary>
    public void AddOnce(string code, string about, string message, int line)
    {
        if (said.Count < KeptMax && said.Add((code, Short(about)))) Add(code, message, line);
    }

    /// <summary>A code that its list does not have is kept as it came and named once.</summary>
    public void Check(CodeKind kind, string? code, int line)
    {
        if (code is null || ReferenceEquals(code, lastKnown[(int)kind])) return;
        if (Known[(int)kind].Contains(code)) lastKnown[(int)kind] = code;
        else AddOnce(Words[(int)kind], code, $"'{Short(code)}' is not a {Names[(int)kind]} of the standard's lists. It is kept as it came.", line);
    }

    /// <summary>Electronic sequence numbers and balances against the statement before it of the same account in this file.</summary>
    public void Compare(BankStatement statement, string message, BankBalance? opening, BankBalance? closing, decimal? sequence, bool laterPage)
    {
        if (statement.SequenceNo is { } text && sequence is null) Add("statement.sequence_malformed", $"The sequence number '{Short(text)}' is no number.", statement.Line);
        var key = $"{message} {Short(statement.Account ?? "")}";
        if (!statements.TryGetValue(key, out var before))
        {
            if (statements.Count >= KeptMax) return;
        }
        else if (!laterPage && statement.CopyDuplicate is null)
        {
            if (sequence is { } own && before.Sequence is { } last)
            {
                if (own == last) Add("statement.sequence_repeated", $"Sequence number {BankElements.Show(own)} stands twice for the same account.", statement.Line);
                else if (own != last + 1) Add("statement.sequence_gap", $"Sequence number {BankElements.Show(own)} follows {BankElements.Show(last)}.", statement.Line);
            }

            if (opening is not null && before.Closing is { } left && left.Amount.Currency == opening.Amount.Currency && Signed(left) != Signed(opening) && sequence != before.Sequence)
                Add("statement.opening_differs", $"The opening balance is {BankElements.Show(Signed(opening))}, the statement before closed with {BankElements.Show(Signed(left))}.", statement.Line);
        }

        statements[key] = (sequence ?? before.Sequence, closing);
    }

    public static decimal Signed(BankBalance balance) => balance.IsCredit ? balance.Amount.Value : -balance.Amount.Value;

    /// <summary>A bank's own words inside a sentence: what is long says enough by its beginning.</summary>
    public static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
