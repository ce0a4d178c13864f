using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Situations;

/// <summary>Situations a lawyer wrote from the law, each run through the program. Each (facts, month, day) is one test.</summary>
public sealed class SituationTests : IDisposable
{
    static readonly LawBook Law = LawFiles.LoadEmbedded();
    static readonly Dictionary<string, Situation> All = SituationFolder.All.ToDictionary(situation => situation.Name, StringComparer.Ordinal);

    readonly string folder = Directory.CreateTempSubdirectory("situation-").FullName;

    public static TheoryData<string> Names => [.. All.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_program_says_what_the_law_says(string name)
    {
        var situation = All[name];
        var question = situation.Question;
        for (var month = question.Month; month <= question.Last; month = month.Plus(1))
        {
            var got = question.IsList ? List(situation) : Due(situation, month);
            var differences = Differences(situation, got).ToList();
            Assert.True(differences.Count == 0, Failure(situation, month, got, differences));
        }
    }

    [Fact]
    public void There_are_more_situations_than_the_250_the_edges_of_the_law_need() => Assert.True(All.Count >= 250, $"{All.Count} situations");

    static IEnumerable<string> Differences(Situation situation, Answered got)
    {
        if (situation.LeftToRecoupVnd is { } left && left != got.LeftToRecoupVnd) yield return $"expected {left} left to recoup, got {got.LeftToRecoupVnd}";
        if (situation.Because is { } zero)
        {
            if (got.Lines.Count > 0) yield return $"expected 0 because {zero.Rule}, got {got.Lines.Count} lines";
            else if (got.Zero?.Rule != zero.Rule) yield return $"expected 0 because {zero.Rule}, got 0 because {got.Zero?.Rule}";
            else
            {
                foreach (var citation in NotNamed(zero.Law, got.Zero.Citation)) yield return $"the reason does not name {citation}";
            }

            yield break;
        }

        var rest = got.Lines.ToList();
        foreach (var line in situation.Expected)
        {
            var found = rest.FirstOrDefault(actual => Says(line, actual));
            if (found is null)
            {
                yield return $"missing: {line.Text}";
                continue;
            }

            rest.Remove(found);
            foreach (var citation in NotNamed(line.Law, found.Why.Citation)) yield return $"'{line.Text}' does not name {citation}";
        }

        foreach (var line in rest) yield return $"not expected: {line}";
    }

    static bool Says(ExpectedLine expected, AnsweredLine actual) =>
        actual.AmountVnd == expected.AmountVnd && actual.Component == expected.Component && actual.Role == expected.Role && actual.Kind == expected.Kind
        && (expected.AwardId is null || expected.AwardId == actual.AwardId) && (expected.ForMonth is null || expected.ForMonth == actual.ForMonth);

    static IEnumerable<LegalCitation> NotNamed(IReadOnlyList<LegalCitation> law, string citation)
    {
        var named = LegalCitations.Find(citation);
        return law.Where(place => !named.Any(found => found == place || place.Contains(found)));
    }

    static string Failure(Situation situation, YearMonth month, Answered got, List<string> differences)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{situation.File}:{situation.Line}: {situation.Title}, {situation.Question}; in {month:yyyy-MM}\n");
        foreach (var difference in differences) text.Append("  * ").Append(difference).Append('\n');
        text.Append("  the program says:\n");
        foreach (var line in got.Lines) text.Append("    ").Append(line).Append('\n');
        if (got.Lines.Count == 0) text.Append(CultureInfo.InvariantCulture, $"    0 because {got.Zero?.Rule}: {got.Zero?.En} ({got.Zero?.Citation})\n");
        return text.ToString();
    }

    /// <summary>What is due for the month alone, by the rules.</summary>
    static Answered Due(Situation situation, YearMonth month)
    {
        var facts = Read(RegisterFiles.ReadPeople(Stream(situation.Register.People), "people.csv"), situation);
        var awards = Read(RegisterFiles.ReadAwards(Stream(situation.Register.Awards), "awards.csv"), situation);
        var local = situation.Register.LocalStandards is { } rows ? Read(RegisterFiles.ReadLocalStandards(Stream(rows), "local-standards.csv"), situation) : [];
        var people = facts.Select(row => row.PersonId).Distinct()
            .Select(id => new RegisterPerson(id, facts.FindAll(row => row.PersonId == id), awards.FindAll(row => row.PersonId == id))).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var (asOf, person) = (situation.Question.AsOf, people[situation.Question.PersonId]);
        var province = FactsOfMonth.Of(person, month, asOf)?.ProvinceCode ?? "";
        var due = EntitlementCalculator.ForMonth(person, Law.Compile(month, asOf, province, local), people.GetValueOrDefault);
        return new Answered([.. due.Components.Select(c => new AnsweredLine(c.AwardId, c.Component, c.PayeeRole, c.IsOneOff ? "one_off" : "regular", month, c.Amount.Amount, c.Explanation))], due.Zero, 0);
    }

    /// <summary>The list of the month, through the entrance of <c>payengine entitlement</c>.</summary>
    Answered List(Situation situation)
    {
        var question = situation.Question;
        var request = new PreviewRequest(question.Month, question.Month, question.AsOf, Write("people.csv", situation.Register.People)!, Write("awards.csv", situation.Register.Awards)!,
            null, Write("paid.csv", situation.Register.Paid), Write("local-standards.csv", situation.Register.LocalStandards), Write("recoupments.csv", situation.Register.Recoupments));
        var computed = EntitlementPreview.Compute(request, new DiskFiles(new ActionCounter()));
        Assert.True(computed.IsOk, computed.IsOk ? "" : $"{situation.File}:{situation.Line}: {string.Join("; ", computed.Problems.Select(problem => $"{problem.Message} {problem.At}"))}");
        var person = computed.Value.Single(recipient => recipient.PersonId == question.PersonId);
        return new Answered([.. person.Lines.Select(line => new AnsweredLine(line.AwardId, line.Component, line.PayeeRole, Kind(line.Kind), line.ForMonth, line.Amount.Amount, line.Explanation))],
            person.ZeroReason, person.Outstanding.Sum(excess => excess.Amount.Amount));
    }

    static string Kind(LineKind kind) => kind switch { LineKind.Arrears => "arrears", LineKind.Recoupment => "recoupment", LineKind.OneOff => "one_off", _ => "regular" };

    string? Write(string name, string? text)
    {
        if (text is null) return null;
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    static List<T> Read<T>(RegisterReading<T> reading, Situation situation)
    {
        using (reading)
        {
            var rows = reading.Select(row => row.Value).ToList();
            Assert.True(reading.IsClean, $"{situation.File}:{situation.Line}: {string.Join("; ", reading.Refusals.Kept.Select(problem => $"{problem.Message} {problem.At}"))}");
            return rows;
        }
    }

    sealed record Answered(IReadOnlyList<AnsweredLine> Lines, Explanation? Zero, long LeftToRecoupVnd);

    sealed record AnsweredLine(string AwardId, string Component, PayeeRole Role, string Kind, YearMonth ForMonth, long AmountVnd, Explanation Why)
    {
        public override string ToString() => $"{AmountVnd.ToString(CultureInfo.InvariantCulture)}  {Component} {AwardId} {Kind} {ForMonth:yyyy-MM} to {Role}  {Why.Citation}  [{Why.En}]";
    }
}
