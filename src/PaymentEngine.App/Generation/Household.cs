using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>A generated person with everything the register says of them, or, in a month of changes, everything new.</summary>
sealed class GeneratedPerson(long index, PersonFacts facts)
{
    /// <summary>From 1, in the order of the file; draws of the person and unique numbers come from it.</summary>
    public long Index { get; } = index;

    public PersonFacts Facts { get; set; } = facts;

    /// <summary>The rows of people.csv: the facts, unless only an award or payee changed.</summary>
    public IEnumerable<PersonFacts> FactRows => WithoutFacts ? [] : [Facts];

    public bool WithoutFacts { get; init; }

    public List<Award> Awards { get; } = [];

    public List<Payee> Payees { get; } = [];

    public bool IsRecipient => Awards.Count > 0;
}

/// <summary>A commune of the generated province.</summary>
sealed record GeneratedCommune(int Number, string Code, string Name, string Kind, bool IsSpecialArea);

/// <summary>An account somebody has.</summary>
/// <param name="Channel">What is paid through it; the default when it is only known and not used.</param>
readonly record struct GeneratedAccount(PayoutChannel Channel, string BankBin, AccountNumber Number, string Holder);
