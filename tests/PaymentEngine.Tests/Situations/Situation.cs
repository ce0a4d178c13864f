using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.Situations;

/// <summary>People in a situation and what the law gives one of them in one month, or puts on the list of one month.</summary>
/// <param name="File">The file it stands in, without folder.</param>
/// <param name="Line">The line of its month.</param>
/// <param name="Title">What the situation is about.</param>
/// <param name="Law">The articles it shows.</param>
/// <param name="Register">The facts, as register files.</param>
/// <param name="Question">Month or list, whose, and as known when.</param>
/// <param name="Expected">The lines the law gives; none when nothing is due.</param>
/// <param name="Because">Why nothing is due, in the words of the engine's reasons; null when something is.</param>
/// <param name="LeftToRecoupVnd">What is still to be taken back after the list; null where the situation does not speak of it.</param>
sealed record Situation(string File, int Line, string Title, IReadOnlyList<LegalCitation> Law, SituationRegister Register, SituationQuestion Question,
    IReadOnlyList<ExpectedLine> Expected, ExpectedZero? Because, long? LeftToRecoupVnd)
{
    public string Name => $"{Path.GetFileNameWithoutExtension(File)} · {Title} · {Question}";
}

/// <summary>What is asked.</summary>
/// <param name="IsList">The whole list of the month, arrears and recoupment included; else only what is due for the month.</param>
/// <param name="Month">The month, or the first of several.</param>
/// <param name="Last">The last month of which the same is said.</param>
/// <param name="PersonId">Whose.</param>
/// <param name="AsOf">What was known on this day counts.</param>
readonly record struct SituationQuestion(bool IsList, YearMonth Month, YearMonth Last, string PersonId, LocalDate AsOf)
{
    public override string ToString() => $"{(IsList ? "list" : "month")} {Month:yyyy-MM}{(Last == Month ? "" : $" to {Last:yyyy-MM}")} of {PersonId} as of {AsOf:yyyy-MM-dd}";
}

/// <summary>One expected line: the amount, whose arithmetic was checked, the component, and the article.</summary>
/// <param name="Text">As the file says it, for the failure.</param>
/// <param name="AmountVnd">Negative for a recoupment.</param>
/// <param name="Component">benefit_kind or benefit_code.</param>
/// <param name="AwardId">Null: any award of the situation.</param>
/// <param name="Role">Whose money it is.</param>
/// <param name="Kind">regular, arrears, recoupment or one_off.</param>
/// <param name="ForMonth">The month of an arrear or a recoupment.</param>
/// <param name="Law">The articles the program's citation must name.</param>
sealed record ExpectedLine(string Text, long AmountVnd, string Component, string? AwardId, PayeeRole Role, string Kind, YearMonth? ForMonth, IReadOnlyList<LegalCitation> Law);

/// <summary>An expected zero and its reason.</summary>
sealed record ExpectedZero(string Rule, IReadOnlyList<LegalCitation> Law);

/// <summary>The facts of a situation as rows of register files, header first.</summary>
sealed record SituationRegister(string People, string Awards, string? Paid, string? LocalStandards, string? Recoupments);
