using NodaTime;

namespace PaymentEngine.Core.Recipients.Population;

/// <summary>The four marks of a record's data ("đúng, đủ, sạch, sống").</summary>
[Flags]
public enum DataMark : byte
{
    None = 0,

    /// <summary>Đúng: the population database knows the person, and nothing differs that nobody has decided.</summary>
    Correct = 1,

    /// <summary>Đủ: a number of 12 digits, a day of birth, the sex, the commune.</summary>
    Complete = 2,

    /// <summary>Sạch: no possible duplicate waits, the number agrees with birth and sex, no second record carries it.</summary>
    Clean = 4,

    /// <summary>Sống: not dead, and the population database said so within a year.</summary>
    Alive = 8,
}

/// <summary>What a record lacks: for a mark, or to be payable at all.</summary>
[Flags]
public enum DataGap
{
    None = 0,

    /// <summary>Never asked, or not answered yet.</summary>
    NotAnswered = 1,

    /// <summary>The population database did not find the person, or found several.</summary>
    NotFound = 2,

    /// <summary>A difference waits for a decision.</summary>
    Undecided = 4,

    /// <summary>No number of 12 digits.</summary>
    NoNumber = 8,

    /// <summary>Born on a day that is not known.</summary>
    NoDayOfBirth = 16,

    /// <summary>The sex is not known.</summary>
    NoSex = 32,

    /// <summary>A possible duplicate waits for a decision.</summary>
    PossibleDuplicate = 64,

    /// <summary>Another record carries the same number.</summary>
    SharedNumber = 128,

    /// <summary>The number says another birth year or sex, or a place that does not exist.</summary>
    NumberDoubted = 256,

    /// <summary>The last answer is older than a year.</summary>
    AnswerOld = 512,

    /// <summary>Known to be dead.</summary>
    Dead = 1024,

    /// <summary>Not payable: no award runs.</summary>
    NoAward = 2048,

    /// <summary>Not payable: nobody has the right to receive.</summary>
    NoPayee = 4096,
}

/// <summary>What the marks are computed from.</summary>
public sealed record DataFacts
{
    public string? IdNumber { get; init; }
    public BirthDate Birth { get; init; }
    public Sex Sex { get; init; }
    public LocalDate? Death { get; init; }

    /// <summary>The last answer; null: none.</summary>
    public PopulationOutcome? Outcome { get; init; }

    /// <summary>Of that answer.</summary>
    public LocalDate? CheckedOn { get; init; }

    /// <summary>A difference of that answer that nobody has decided.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>A pair of the queue of duplicates that nobody has decided.</summary>
    public bool HasOpenPair { get; init; }

    public bool SharesNumber { get; init; }
    public bool HasAward { get; init; }
    public bool HasPayee { get; init; }
}

/// <summary>The marks of one record.</summary>
/// <param name="Marks">Those it has.</param>
/// <param name="Gaps">What keeps it from the others, and from being payable.</param>
public readonly record struct DataQuality(DataMark Marks, DataGap Gaps)
{
    const DataGap AgainstCorrect = DataGap.NotAnswered | DataGap.NotFound | DataGap.Undecided;
    const DataGap AgainstComplete = DataGap.NoNumber | DataGap.NoDayOfBirth | DataGap.NoSex;
    const DataGap AgainstClean = DataGap.PossibleDuplicate | DataGap.SharedNumber | DataGap.NumberDoubted;
    const DataGap AgainstAlive = DataGap.Dead | DataGap.NotAnswered | DataGap.NotFound | DataGap.AnswerOld;
    const DataGap AgainstPayable = DataGap.Dead | DataGap.NoAward | DataGap.NoPayee | DataGap.SharedNumber;

    /// <summary>An answer of the population database is good for so long.</summary>
    public const int AnswerMonths = 12;

    public const DataMark All = DataMark.Correct | DataMark.Complete | DataMark.Clean | DataMark.Alive;

    /// <summary>Nothing of the record itself stands in the way of a payment. A missing mark does not: the engine pays people the database does not know (law/README.md §10).</summary>
    public bool IsPayable => (Gaps & AgainstPayable) == 0;

    /// <summary>What stands in the way of a payment.</summary>
    public DataGap MissingToPay => Gaps & AgainstPayable;

    /// <summary>Computes the marks of a record.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="today">The day of the question.</param>
    /// <param name="prefixes">The three-digit prefixes of identity numbers in use.</param>
    public static DataQuality Of(DataFacts facts, LocalDate today, IReadOnlySet<string> prefixes)
    {
        var gaps = DataGap.None;
        if (facts.Outcome is null) gaps |= DataGap.NotAnswered;
        else if (facts.Outcome != PopulationOutcome.Found) gaps |= DataGap.NotFound;
        if (facts.IsUndecided) gaps |= DataGap.Undecided;
        if (facts.IdNumber is not { Length: 12 }) gaps |= DataGap.NoNumber;
        else if (IdentityNumber.Doubts(facts.IdNumber, facts.Birth, facts.Sex, prefixes) != IdentityDoubt.None) gaps |= DataGap.NumberDoubted;
        if (!facts.Birth.IsExact) gaps |= DataGap.NoDayOfBirth;
        if (facts.Sex == Sex.Unknown) gaps |= DataGap.NoSex;
        if (facts.HasOpenPair) gaps |= DataGap.PossibleDuplicate;
        if (facts.SharesNumber) gaps |= DataGap.SharedNumber;
        if (facts.CheckedOn is { } day && day.PlusMonths(AnswerMonths) < today) gaps |= DataGap.AnswerOld;
        if (facts.Death is not null) gaps |= DataGap.Dead;
        if (!facts.HasAward) gaps |= DataGap.NoAward;
        if (!facts.HasPayee) gaps |= DataGap.NoPayee;

        var marks = DataMark.None;
        if ((gaps & AgainstCorrect) == 0) marks |= DataMark.Correct;
        if ((gaps & AgainstComplete) == 0) marks |= DataMark.Complete;
        if ((gaps & AgainstClean) == 0) marks |= DataMark.Clean;
        if ((gaps & AgainstAlive) == 0) marks |= DataMark.Alive;
        return new DataQuality(marks, gaps);
    }
}
