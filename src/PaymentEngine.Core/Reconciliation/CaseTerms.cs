namespace PaymentEngine.Core.Reconciliation;

/// <summary>The terms an office works by, in banking days. No act gives them; the program's own stand until an administrator sets others, and a new term counts for what begins from then on.</summary>
public sealed record CaseTerms
{
    /// <summary>The program's own.</summary>
    public static readonly CaseTerms Default = new();

    /// <summary>No term is longer: a month of banking days and more is no term but forgetting.</summary>
    public const int DaysMax = 30;

    /// <summary>Between the approval of a corrected account and its use: one day gives the payee time to be told, by the old way, that the account is about to change.</summary>
    public int AccountWait { get; init; } = 1;

    /// <summary>A taken case that nobody has touched for so long is stuck: a working week.</summary>
    public int Idle { get; init; } = 5;

    /// <summary>Asking the payee for another account; then cash is the answer, where the policy allows it.</summary>
    public int AskPayee { get; init; } = CaseRules.AskPayeeDays;

    /// <summary>Correcting an account against the register; then as above.</summary>
    public int FixAndRetry { get; init; } = CaseRules.FixAndRetryDays;

    /// <summary>Trying again as it was; never before the statements that must prove the first try's end.</summary>
    public int RetryLater { get; init; } = CaseRules.RetryLaterDays;

    /// <summary>What a person decides or answers, and what is asked of a bank.</summary>
    public int Decide { get; init; } = CaseRules.DecideDays;

    /// <summary>Asking a bank for what came back short.</summary>
    public int BankShort { get; init; } = CaseRules.SuspenseDays;

    /// <summary>Finding what an entry is for.</summary>
    public int Suspense { get; init; } = CaseRules.SuspenseDays;

    /// <summary>From the printing of a cash list to its results: a working week in the communes.</summary>
    public int CashList { get; init; } = 5;

    /// <summary>Every term with its name, in the order in which they are shown.</summary>
    public IReadOnlyList<(string Name, int Days)> All =>
    [
        ("account_wait", AccountWait), ("idle", Idle), ("ask_payee", AskPayee), ("fix_and_retry", FixAndRetry), ("retry_later", RetryLater), ("decide", Decide), ("bank_short", BankShort), ("suspense", Suspense), ("cash_list", CashList),
    ];

    /// <summary>With one term set.</summary>
    /// <returns>Null when no term has that name.</returns>
    public CaseTerms? With(string name, int days) => name switch
    {
        "account_wait" => this with { AccountWait = days },
        "idle" => this with { Idle = days },
        "ask_payee" => this with { AskPayee = days },
        "fix_and_retry" => this with { FixAndRetry = days },
        "retry_later" => this with { RetryLater = days },
        "decide" => this with { Decide = days },
        "bank_short" => this with { BankShort = days },
        "suspense" => this with { Suspense = days },
        "cash_list" => this with { CashList = days },
        _ => null,
    };
}
