namespace PaymentEngine.Core.Reconciliation;

/// <summary>What a column of a bank's result list says.</summary>
public enum ResultField : byte
{
    /// <summary>Our id, alone in its cell.</summary>
    EndToEndId,

    /// <summary>A text in which our id stands somewhere.</summary>
    Remittance,
    Amount,
    CreditorAccount,

    /// <summary>A word of <see cref="ResultListLayout.Statuses"/>.</summary>
    Status,

    /// <summary>Why, in the bank's words or as a code.</summary>
    Reason,

    /// <summary>When it happened.</summary>
    Date,
    BankReference,
    MessageId,
    BatchId,
}

/// <summary>What a bank's word says about a payment. Not one of them is a booking.</summary>
public enum ResultStatus : byte
{
    /// <summary>Taken, not yet carried out (pain.002 ACCP).</summary>
    Accepted,

    /// <summary>Waiting (PDNG).</summary>
    Pending,

    /// <summary>Carried out (ACSC); whether it counts as paid says the profile.</summary>
    Settled,

    /// <summary>On the payee's account (ACCC).</summary>
    Credited,

    /// <summary>Not carried out (RJCT).</summary>
    Rejected,

    /// <summary>Came back after it was carried out; the money is proven by its booking.</summary>
    Returned,

    /// <summary>Cancelled before it was carried out (CANC).</summary>
    Cancelled,
}

/// <summary>One column of a result list, found by its title.</summary>
/// <param name="Required">Whether an empty cell is refused.</param>
public sealed record ResultColumn(ResultField Field, string Title, bool Required);

/// <summary>A word in the status column and its meaning.</summary>
public sealed record StatusWord(string Word, ResultStatus Status);

/// <summary>A bank's list of what became of our payments, in CSV, XLSX or XLS: found by its titles, which are compared without marks and case.</summary>
/// <param name="SheetName">The sheet to read; null: the first one.</param>
/// <param name="DatePattern">How days are written: <c>dd/MM/yyyy</c>.</param>
/// <param name="StatusWhenEmpty">What an empty status cell means; null: it is refused. For lists that hold only refused payments.</param>
public sealed record ResultListLayout(string? SheetName, IReadOnlyList<ResultColumn> Columns, IReadOnlyList<StatusWord> Statuses, string DatePattern, ResultStatus? StatusWhenEmpty);
