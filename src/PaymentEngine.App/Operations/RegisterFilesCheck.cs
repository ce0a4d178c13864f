using NodaTime;
using PaymentEngine.Core;
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
        foreach (var kind in RegisterFiles.Kinds)
            foreach (var file in files.Where(file => file.Kind == kind)) Read(file, between, terms);
        between.Finish(_ => false, _ => false);
        if (files.Count > 0)
            foreach (var (code, count) in between.Warnings.CountByCode) files[0].Notices[code] = files[0].Notices.GetValueOrDefault(code) + count;
        return [.. files.SelectMany(file => file.Refusals), .. between.Refusals.Kept, .. terms.Overlaps()];
    }

    static void Read(IncomingFile file, RegisterCrossCheck between, PayeeTerms terms)
    {
        switch (file.Kind)
        {
            case RegisterFileKind.Areas: Walk(file, RegisterFiles.ReadAreas(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.Payers: Walk(file, RegisterFiles.ReadPayers(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.LocalStandards: Walk(file, RegisterFiles.ReadLocalStandards(file.Open(), file.Name), _ => { }); break;
            case RegisterFileKind.People: Walk(file, RegisterFiles.ReadPeople(file.Open(), file.Name), row => between.Add(file.Name, row)); break;
            case RegisterFileKind.Awards: Walk(file, RegisterFiles.ReadAwards(file.Open(), file.Name), row => between.Add(file.Name, row)); break;
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
