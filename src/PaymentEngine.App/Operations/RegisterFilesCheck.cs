using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations;

/// <summary>Checks register files against each other alone, without a store: what they point at must be among them.</summary>
static class RegisterFilesCheck
{
    /// <summary>Reads the files and gives every problem of their rows and between them.</summary>
    public static IReadOnlyList<Problem> Of(IReadOnlyList<IncomingFile> files)
    {
        var between = new RegisterCrossCheck();
        var terms = new PayeeTerms();
        var suspects = new RegisterSuspects();
        var funerals = new FuneralClaims();
        foreach (var kind in RegisterFiles.Kinds)
            foreach (var file in files.Where(file => file.Kind == kind)) Read(file, between, terms, suspects, funerals);
        between.Finish(_ => false, _ => false);
        if (files.Count > 0)
            foreach (var (code, count) in between.Warnings.CountByCode) files[0].Notices[code] = files[0].Notices.GetValueOrDefault(code) + count;
        return [.. files.SelectMany(file => file.Refusals), .. between.Refusals.Kept, .. terms.Overlaps(), .. funerals.Second(), .. suspects.Count == 0 ? [] : Contradicting(files, suspects)];
    }

    /// <summary>Reads the rows of the few suspects again, whole: a later row may have put right what an earlier one said.</summary>
    static List<Problem> Contradicting(IReadOnlyList<IncomingFile> files, RegisterSuspects suspects)
    {
        var people = new Dictionary<string, (List<PersonFacts> Facts, List<Award> Awards)>(StringComparer.Ordinal);
        var places = new Dictionary<Award, (string File, int Line)>(ReferenceEqualityComparer.Instance);
        (List<PersonFacts> Facts, List<Award> Awards) Of(string personId) => people.TryGetValue(personId, out var known) ? known : people[personId] = ([], []);
        foreach (var file in files.Where(file => file.Kind == RegisterFileKind.People))
        {
            using var rows = RegisterFiles.ReadPeople(file.Open(), file.Name);
            foreach (var row in rows)
                if (suspects.Contains(row.Value.PersonId)) Of(row.Value.PersonId).Facts.Add(row.Value);
        }

        foreach (var file in files.Where(file => file.Kind == RegisterFileKind.Awards))
        {
            using var rows = RegisterFiles.ReadAwards(file.Open(), file.Name);
            foreach (var row in rows)
            {
                if (!suspects.Contains(row.Value.PersonId)) continue;
                Of(row.Value.PersonId).Awards.Add(row.Value);
                places[row.Value] = (file.Name, row.Line);
            }
        }

        return [.. people.SelectMany(person => Contradictions.Ever(new RegisterPerson(person.Key, person.Value.Facts, person.Value.Awards)))
            .Select(found => found.Problem.In(places[found.Award].File, places[found.Award].Line, found.AwardColumn))];
    }

    static void Read(IncomingFile file, RegisterCrossCheck between, PayeeTerms terms, RegisterSuspects suspects, FuneralClaims funerals)
    {
        switch (file.Kind)
        {
            case RegisterFileKind.Areas: Walk(file, RegisterFiles.ReadAreas(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.Payers: Walk(file, RegisterFiles.ReadPayers(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.LocalStandards: Walk(file, RegisterFiles.ReadLocalStandards(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.People: Walk(file, RegisterFiles.ReadPeople(file.Open(), file.Name), row =>
                {
                    between.Add(file.Name, row);
                    suspects.Add(row.Value);
                });
                break;
            case RegisterFileKind.Awards: Walk(file, RegisterFiles.ReadAwards(file.Open(), file.Name), row =>
                {
                    between.Add(file.Name, row);
                    suspects.Add(row.Value);
                    funerals.Add(file.Name, row.Line, row.Value);
                });
                break;
            case RegisterFileKind.Recoupments: Walk(file, RegisterFiles.ReadRecoupments(file.Open(), file.Name), row => between.Add(file.Name, row)); break;
            case RegisterFileKind.Paid: Walk(file, RegisterFiles.ReadPaid(file.Open(), file.Name), row => between.Add(file.Name, row)); break;
            case RegisterFileKind.Payees:
                Walk(file, RegisterFiles.ReadPayees(file.Open(), file.Name), row =>
                {
                    between.Add(file.Name, row);
                    terms.Add(file.Name, row.Line, row.Value);
                });
                break;
            default: throw new InvalidOperationException($"{file.Kind} is no register file.");
        }
    }

    static void Walk<T>(IncomingFile file, RegisterReading<T> reading, Action<RegisterRow<T>> take)
    {
        using (reading)
        {
            foreach (var row in reading) take(row);
            file.Finish(reading);
        }
    }
}

/// <summary>Funeral awards, to find two holders who claim for one deceased.</summary>
sealed class FuneralClaims
{
    readonly Dictionary<string, (string File, int Line, Award Row)> latest = new(StringComparer.Ordinal);

    public void Add(string file, int line, Award award)
    {
        if (FuneralAwards.Is(award) && !(latest.TryGetValue(award.AwardId, out var known) && known.Row.RecordedOn > award.RecordedOn)) latest[award.AwardId] = (file, line, award);
    }

    public IEnumerable<Problem> Second() =>
        from deceased in latest.Values.Where(one => !FuneralAwards.IsWithdrawn(one.Row)).GroupBy(one => FuneralAwards.DeceasedOf(one.Row), StringComparer.Ordinal)
        from one in deceased
        where deceased.Any(other => other.Row.PersonId != one.Row.PersonId && FuneralAwards.IsBefore(other.Row, one.Row))
        select RegisterFaults.Of(new StagedFault("funeral.second", 0, one.Line, "deceased_id", deceased.Key), one.File);
}

/// <summary>People whose rows might contradict each other: a few, found while the files are read. About 50 bytes a person of the files.</summary>
sealed class RegisterSuspects
{
    readonly Dictionary<string, (bool IsMale, bool IsInFacility, int EarliestBirthIndex)> people = new(StringComparer.Ordinal);
    readonly HashSet<string> suspects = new(StringComparer.Ordinal);

    public int Count => suspects.Count;

    public bool Contains(string personId) => suspects.Contains(personId);

    public void Add(PersonFacts facts)
    {
        var known = people.GetValueOrDefault(facts.PersonId);
        people[facts.PersonId] = (known.IsMale || facts.Sex == Sex.Male, known.IsInFacility || facts.InFacility == true, Math.Max(known.EarliestBirthIndex, Contradictions.EarliestBirthIndex(facts.Birth)));
    }

    /// <summary>Awards come after all people.</summary>
    public void Add(Award award)
    {
        if (people.TryGetValue(award.PersonId, out var holder) && Contradictions.AreSuspect(award, holder.IsMale, holder.IsInFacility, holder.EarliestBirthIndex)) suspects.Add(award.PersonId);
    }
}

/// <summary>The terms of rights to receive, to find two of the same person, scope and role on one day.</summary>
sealed class PayeeTerms
{
    readonly Dictionary<(string Person, string? Award, Programme? Programme, PayeeRole Role), List<(string File, int Line, LocalDate From, LocalDate To)>> terms = [];

    public void Add(string file, int line, Payee payee)
    {
        var key = (payee.PersonId, payee.AwardId, payee.Programme, payee.Role);
        if (!terms.TryGetValue(key, out var known)) terms[key] = known = new(1);
        known.Add((file, line, payee.From ?? LocalDate.MinIsoValue, payee.To ?? LocalDate.MaxIsoValue));
    }

    public IEnumerable<Problem> Overlaps() =>
        from right in terms
        from later in right.Value.Select((term, place) => (term, place))
        where right.Value.Take(later.place).Any(earlier => earlier.From <= later.term.To && later.term.From <= earlier.To)
        select RegisterFaults.Of(new StagedFault("payee.overlap", 0, later.term.Line, "from", right.Key.Person), later.term.File);
}
