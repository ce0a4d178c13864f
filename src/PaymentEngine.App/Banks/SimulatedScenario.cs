using PaymentEngine.Core;

namespace PaymentEngine.App.Banks;

/// <summary>What happens at the simulated bank; several things may.</summary>
[Flags]
public enum BankScenario : uint
{
    None = 0,

    /// <summary>Everything is paid.</summary>
    Plain = 1 << 0,

    /// <summary>About 2 % are rejected and 1 % come back some days later: what happens unless something else is said.</summary>
    Returns = 1 << 1,

    /// <summary>As <see cref="Returns"/>, with a status for each payment: in settlement, then settled.</summary>
    Full = 1 << 2,

    /// <summary>What comes back comes after twenty days and more.</summary>
    Late = 1 << 3,

    /// <summary>No status report at all: only statements speak.</summary>
    Silent = 1 << 4,

    /// <summary>Some batches are debited in full although payments in them were rejected.</summary>
    Contradict = 1 << 5,

    /// <summary>A fifth is rejected and a seventh comes back: for small files.</summary>
    Rough = 1 << 6,

    /// <summary>Every second batch of a file is refused as a whole for want of funds; of a file with one batch, half its payments.</summary>
    Half = 1 << 7,

    /// <summary>The bank has the file, but its acknowledgement is lost on the way.</summary>
    LostAcknowledgement = 1 << 8,

    /// <summary>Every answer comes twice, and reports a third time under the same message id with other bytes.</summary>
    Duplicate = 1 << 9,

    /// <summary>Files are named so that their order says nothing.</summary>
    Disorder = 1 << 10,

    /// <summary>Of what comes back the bank keeps a charge.</summary>
    Partial = 1 << 11,

    /// <summary>What comes back on one day is one credit, with the payments in its details.</summary>
    Lump = 1 << 12,

    /// <summary>What comes back on one day is one credit that names no payment.</summary>
    LumpBare = 1 << 13,

    /// <summary>Statements announce other totals than they show, and a report counts wrongly before it is sent again rightly.</summary>
    WrongTotals = 1 << 14,

    /// <summary>The first report and the first statement are not in the characters they declare, and are sent again rightly.</summary>
    WrongEncoding = 1 << 15,

    /// <summary>Some rejected payments are first reported as settled.</summary>
    SettledThenRejected = 1 << 16,

    /// <summary>Each day's statement comes in two halves.</summary>
    Halves = 1 << 17,

    /// <summary>Each statement repeats the day before it.</summary>
    Overlap = 1 << 18,

    /// <summary>Each booking is told three times: in the course of the day (camt.052), as a notification (camt.054), on the statement (camt.053).</summary>
    ThreeMessages = 1 << 19,

    /// <summary>A statement lacks an entry and is sent again, corrected, under its own number.</summary>
    Corrected = 1 << 20,

    /// <summary>A third of the failures are deaths (MD07).</summary>
    Deceased = 1 << 21,
}

/// <summary>The words of <c>--scenario</c>.</summary>
public static class BankScenarios
{
    static readonly (string Word, BankScenario Scenario)[] Words =
    [
        ("plain", BankScenario.Plain), ("returns", BankScenario.Returns), ("full", BankScenario.Full), ("late", BankScenario.Late), ("silent", BankScenario.Silent),
        ("contradict", BankScenario.Contradict), ("rough", BankScenario.Rough), ("half", BankScenario.Half), ("lost-ack", BankScenario.LostAcknowledgement), ("duplicate", BankScenario.Duplicate),
        ("disorder", BankScenario.Disorder), ("partial", BankScenario.Partial), ("lump", BankScenario.Lump), ("lump-bare", BankScenario.LumpBare), ("wrong-totals", BankScenario.WrongTotals),
        ("wrong-encoding", BankScenario.WrongEncoding), ("settled-rejected", BankScenario.SettledThenRejected), ("halves", BankScenario.Halves), ("overlap", BankScenario.Overlap),
        ("three-messages", BankScenario.ThreeMessages), ("corrected", BankScenario.Corrected), ("deceased", BankScenario.Deceased),
    ];

    /// <summary>Of each group only one can happen.</summary>
    static readonly BankScenario[] Exclusive =
    [
        BankScenario.Plain | BankScenario.Returns | BankScenario.Rough, BankScenario.Halves | BankScenario.Overlap | BankScenario.Corrected, BankScenario.Lump | BankScenario.LumpBare,
        BankScenario.Full | BankScenario.Silent,
    ];

    /// <summary>All words, for help and refusals.</summary>
    public static string WordList => string.Join('|', Words.Select(one => one.Word));

    /// <summary>Reads words with commas between them.</summary>
    /// <returns><c>usage.scenario</c> for no word, an unknown one, and words that exclude each other.</returns>
    public static Result<BankScenario> Parse(string text)
    {
        var scenario = BankScenario.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var found = Words.FirstOrDefault(one => one.Word == word);
            if (found.Word is null) return new Problem("usage.scenario", $"'{word}' is no scenario.", $"Use some of {WordList}, with commas between them.");
            scenario |= found.Scenario;
        }

        if (scenario == BankScenario.None) return new Problem("usage.scenario", "No scenario is named.", $"Use some of {WordList}, with commas between them.");
        foreach (var group in Exclusive)
        {
            var both = scenario & group;
            if (System.Numerics.BitOperations.PopCount((uint)both) > 1)
                return new Problem("usage.scenario", $"{string.Join(" and ", WordsOf(both).Select(word => $"'{word}'"))} do not go together.", "Name one of them.");
        }

        return scenario;
    }

    /// <summary>The words of a scenario, in the order of the list.</summary>
    public static IEnumerable<string> WordsOf(BankScenario scenario) => Words.Where(one => (scenario & one.Scenario) != 0).Select(one => one.Word);

    public static bool Has(this BankScenario scenario, BankScenario one) => (scenario & one) != 0;

    /// <summary>The habit of a bank at which this happens: some scenarios are told as habits too.</summary>
    public static BankHabit Applied(this BankScenario scenario, BankHabit habit)
    {
        if (scenario.Has(BankScenario.Full)) habit = habit with { Status = StatusHabit.PerItem, SettledSent = true };
        if (scenario.Has(BankScenario.Silent)) habit = habit with { Status = StatusHabit.None };
        return scenario.Has(BankScenario.SettledThenRejected) && habit.NamesRejected ? habit with { SettledSent = true } : habit;
    }
}
