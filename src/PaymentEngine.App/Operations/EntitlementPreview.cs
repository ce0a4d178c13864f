using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.App.Operations;

/// <summary>What to compute without a database: register files, months, and the day of knowledge.</summary>
/// <param name="First">First list month.</param>
/// <param name="Last">Last list month; the months between follow each other, so no sum stands on two lists.</param>
/// <param name="AsOf">What was known by this day counts.</param>
/// <param name="People">people.csv.</param>
/// <param name="Awards">awards.csv.</param>
/// <param name="Payees">payees.csv: says whether a guardian or authorised person takes the person's own money.</param>
/// <param name="Paid">paid.csv: what was listed before; without it every earlier month counts as listed on its own closing day.</param>
/// <param name="LocalStandards">local-standards.csv.</param>
/// <param name="Recoupments">recoupments.csv: decisions on instalments.</param>
public sealed record PreviewRequest(YearMonth First, YearMonth Last, LocalDate AsOf, string People, string Awards, string? Payees, string? Paid, string? LocalStandards, string? Recoupments = null);

/// <summary>One person of the files with the lines of the months asked for. ZeroReason says why when there is none; Outstanding is what is still to be taken back
/// after the last month, sums paid after a death among them.</summary>
public sealed record PreviewedRecipient(string PersonId, IReadOnlyList<EntitlementLine> Lines, Explanation? ZeroReason, IReadOnlyList<OutstandingExcess> Outstanding)
{
    public Vnd Total => Lines.Aggregate(Vnd.Zero, (sum, line) => sum + line.Amount);
}

/// <summary>Amounts with reasons from register files alone, so that an officer can check a case and a lawyer a decree.</summary>
public static class EntitlementPreview
{
    /// <summary>The first month for which the law files have the monthly rates of all programmes in force (75/2021/NĐ-CP, 20/2021/NĐ-CP).</summary>
    static readonly YearMonth LawBegins = new(2021, 7);

    /// <summary>Computes every person of the files, in the order of people.csv. A bad row refuses all of it, with place, cause and remedy.</summary>
    /// <param name="request">Files, months and day of knowledge.</param>
    /// <param name="files">Where the files are read.</param>
    /// <param name="law">The law to compute by, such as one amended by a decree that a lawyer wants to check; null: the program's own.</param>
    public static Result<IReadOnlyList<PreviewedRecipient>> Compute(PreviewRequest request, IFiles files, LawBook? law = null)
    {
        var problems = new List<Problem>();
        var facts = Read(files, request.People, RegisterFiles.ReadPeople, problems);
        var lines = new Dictionary<Award, int>(ReferenceEqualityComparer.Instance);
        var awards = Read(files, request.Awards, RegisterFiles.ReadAwards, problems, (award, line) => lines[award] = line);
        var payees = request.Payees is null ? [] : Read(files, request.Payees, RegisterFiles.ReadPayees, problems);
        var paid = request.Paid is null ? null : Read(files, request.Paid, RegisterFiles.ReadPaid, problems);
        var local = request.LocalStandards is null ? [] : Read(files, request.LocalStandards, RegisterFiles.ReadLocalStandards, problems);
        var recoupments = request.Recoupments is null ? [] : Read(files, request.Recoupments, RegisterFiles.ReadRecoupments, problems);
        var book = law ?? LawFiles.LoadEmbedded();
        problems.AddRange(book.Check(local).Select(problem => problem.In(request.LocalStandards)));
        if (problems.Count > 0) return Result<IReadOnlyList<PreviewedRecipient>>.Refuse(problems);

        var people = People(facts, awards);
        foreach (var person in people)
        {
            problems.AddRange(Contradictions.Of(person, request.First, request.Last, request.AsOf)
                .Select(found => found.Problem.In(Path.GetFileName(request.Awards), lines[found.Award], found.AwardColumn)));
        }

        if (problems.Count > 0) return Result<IReadOnlyList<PreviewedRecipient>>.Refuse(problems);
        var byId = people.ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var payeesOf = payees.ToLookup(payee => payee.PersonId, StringComparer.Ordinal);
        var recoupmentsOf = recoupments.ToLookup(decision => decision.PersonId, StringComparer.Ordinal);
        var paidOf = paid?.ToLookup(row => row.PersonId, StringComparer.Ordinal);
        // Months before the first one the file of paid sums speaks of are settled; an empty file says that nothing was ever paid.
        var countsFrom = paid is { Count: > 0 } ? paid.Min(row => row.Month) : LawBegins;
        var compiled = new CompiledLaw(book, local);
        return people.ConvertAll(person => One(person, request, compiled, countsFrom, paidOf, byId.GetValueOrDefault, RightsOf(payeesOf[person.PersonId]), [.. recoupmentsOf[person.PersonId]]));
    }

    static PreviewedRecipient One(RegisterPerson person, PreviewRequest request, CompiledLaw law, YearMonth countsFrom,
        ILookup<string, PaidComponent>? paidOf, Func<string, RegisterPerson?> others, IReadOnlyList<PayeeRight> rights, IReadOnlyList<RecoupmentDecision> recoupments)
    {
        MonthLaw LawOf(YearMonth month, LocalDate asOf) => law.Of(month, asOf, FactsOfMonth.Of(person, month, asOf)?.ProvinceCode ?? "");
        var memory = (paidOf is null ? ClosingDays.ListedBefore(person, request.First, countsFrom, LawOf, others, recoupments) : FromPaid(paidOf[person.PersonId])).ToList();
        var lines = new List<EntitlementLine>();
        Explanation? zero = null;
        IReadOnlyList<OutstandingExcess> outstanding = [];
        for (var month = request.First; month <= request.Last; month = month.Plus(1))
        {
            // The file of paid sums may hold months after the first list; what it says of the list month itself was listed too.
            var list = MonthList.For(person, month, countsFrom < month ? countsFrom : month, month.Plus(-1), m => LawOf(m, request.AsOf), memory, others, recoupments);
            outstanding = list.Outstanding;
            lines.AddRange(list.Lines.Select(line => line with { PayeeRole = TakerOf(line, month, rights) }));
            zero ??= list.Zero;
            foreach (var next in list.NextListed)
            {
                memory.RemoveAll(old => old.AwardId == next.AwardId && old.Component == next.Component);
                memory.Add(next);
            }
        }

        return new PreviewedRecipient(person.PersonId, lines, lines.Count == 0 ? zero : null, outstanding);
    }

    /// <summary>In what capacity the line's money is taken: by the same choice as in a run.</summary>
    static PayeeRole TakerOf(EntitlementLine line, YearMonth listMonth, IReadOnlyList<PayeeRight> rights) =>
        PayeeChoice.Of(rights, line.AwardId, line.Programme, line.PayeeRole, listMonth).Right?.Role ?? line.PayeeRole;

    // Who takes the money does not hang on the account, so none is opened here.
    static IReadOnlyList<PayeeRight> RightsOf(IEnumerable<Payee> payees) =>
        [.. payees.Select((payee, i) => new PayeeRight(i + 1, 1, payee.AwardId, payee.Programme, payee.Role, payee.From, payee.To, payee.Channel, payee.Wish, null, null))];

    /// <summary>Paid, uncollected or returned: each was listed, and never becomes due again.</summary>
    static IEnumerable<ListedComponent> FromPaid(IEnumerable<PaidComponent> rows) =>
        rows.GroupBy(row => (row.AwardId, row.Component)).Select(component => new ListedComponent(component.Key.AwardId, component.Key.Component, 1,
            [.. component.GroupBy(row => row.Month).OrderBy(month => month.Key).Select(month => new ListedRange(month.Key, month.Key, month.Aggregate(Vnd.Zero, (sum, row) => sum + row.Amount)))]));

    static List<RegisterPerson> People(List<PersonFacts> facts, List<Award> awards)
    {
        var factsOf = facts.ToLookup(row => row.PersonId, StringComparer.Ordinal);
        var awardsOf = awards.ToLookup(row => row.PersonId, StringComparer.Ordinal);
        var namedBy = facts.Where(row => row.SpouseId is not null).OrderBy(row => row.PersonId, StringComparer.Ordinal).ToLookup(row => row.SpouseId!, row => row.PersonId, StringComparer.Ordinal);
        // The latest row of each decision; one that was taken back claims nothing.
        var funerals = awards.Where(FuneralAwards.Is).GroupBy(row => row.AwardId, StringComparer.Ordinal).Select(rows => rows.MaxBy(row => row.RecordedOn)!).Where(row => !FuneralAwards.IsWithdrawn(row))
            .ToLookup(FuneralAwards.DeceasedOf, StringComparer.Ordinal);
        return [.. facts.Select(row => row.PersonId).Concat(awards.Select(row => row.PersonId)).Distinct(StringComparer.Ordinal)
            .Select(id => new RegisterPerson(id, [.. factsOf[id]], [.. awardsOf[id]]) { FuneralsOfOthers = FuneralsOfOthers(id, awardsOf[id]) })
            .Select(person => person.NamesNoSpouse && namedBy[person.PersonId].FirstOrDefault() is { } spouse ? person.MarriedTo(spouse) : person)];

        IReadOnlyList<Award> FuneralsOfOthers(string personId, IEnumerable<Award> own) =>
            [.. own.Where(FuneralAwards.Is).SelectMany(award => funerals[FuneralAwards.DeceasedOf(award)]).Where(award => award.PersonId != personId).Distinct()];
    }

    static List<T> Read<T>(IFiles files, string file, Func<Stream, string, RegisterLimits?, RegisterReading<T>> read, List<Problem> problems, Action<T, int>? place = null)
    {
        if (files.WhyUnreadable(file) is { } unreadable)
        {
            problems.Add(unreadable);
            return [];
        }

        using var reading = read(files.Read(file), Path.GetFileName(file), null);
        var rows = new List<T>();
        foreach (var row in reading)
        {
            rows.Add(row.Value);
            place?.Invoke(row.Value, row.Line);
        }

        problems.AddRange(reading.Refusals.Kept);
        return rows;
    }
}
