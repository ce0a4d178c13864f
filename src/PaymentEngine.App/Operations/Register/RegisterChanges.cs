using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>A person's rows as the register's files would have them.</summary>
sealed record PersonRows(IReadOnlyList<PersonFacts> Facts, IReadOnlyList<Award> Awards, IReadOnlyList<Payee> Payees)
{
    /// <summary>The state recorded last: what a new row of the person is written beside.</summary>
    public PersonFacts Latest => Facts.OrderBy(row => row.RecordedOn ?? LocalDate.MinIsoValue).ThenBy(row => row.FactsFrom?.Index() ?? 0).Last();
}

/// <summary>Rows a decision adds to the register. Each says where it came from, so that a refusal has a place.</summary>
sealed class NewRows
{
    public List<(StagedAt At, PersonFacts Row)> Facts { get; } = [];
    public List<(StagedAt At, Award Row)> Awards { get; } = [];
    public List<(StagedAt At, Payee Row)> Payees { get; } = [];

    public bool IsEmpty => Facts.Count + Awards.Count + Payees.Count == 0;
}

/// <summary>Corrections, deaths, moves and merges go into the register by the door its files use: the same checks, the same versions, nothing edited.</summary>
sealed class RegisterChanges(AccountCipher cipher)
{
    /// <summary>The rows of these people as known now, by person_id; rights to receive, with their accounts in clear, only where they are asked for.</summary>
    public async Task<IReadOnlyDictionary<string, PersonRows>> ReadAsync(DatabaseSession session, short provinceCode, IReadOnlyCollection<string> personIds, CancellationToken cancel, bool withPayees = false)
    {
        string[] people = [.. personIds.Distinct(StringComparer.Ordinal)];
        var export = new RegisterExport(session, provinceCode);
        var (facts, awards, payees) = (new List<PersonFacts>(), new List<Award>(), new List<Payee>());
        await export.PeopleAsync(facts.Add, (key, text) => cipher.Decrypt(SecretKind.IdNumber, key, text), cancel, people);
        await export.AwardsAsync(awards.Add, cancel, people);
        if (withPayees) await export.PayeesAsync(payees.Add, (key, text) => cipher.Decrypt(SecretKind.Account, key, text), cancel, people);
        var (awardsOf, payeesOf) = (awards.ToLookup(row => row.PersonId, StringComparer.Ordinal), payees.ToLookup(row => row.PersonId, StringComparer.Ordinal));
        return facts.GroupBy(row => row.PersonId, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => new PersonRows([.. person], [.. awardsOf[person.Key]], [.. payeesOf[person.Key]]), StringComparer.Ordinal);
    }

    /// <summary>Applies the rows inside the operation's transaction, under the register's lock, or says what is wrong with them.</summary>
    /// <param name="session">In the transaction of the operation.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="rows">What is new.</param>
    /// <param name="file">The file whose lines the rows carry.</param>
    /// <param name="operationNo">The operation the versions name.</param>
    /// <param name="at">From when they are known.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<IReadOnlyList<Problem>> ApplyAsync(DatabaseSession session, short provinceCode, NewRows rows, string file, long operationNo, Instant at, CancellationToken cancel)
    {
        if (rows.IsEmpty) return [];
        var stage = new RegisterStage(session);
        await stage.OpenAsync(cancel);
        await stage.PeopleAsync(rows.Facts, IdNumber, cancel);
        await stage.AwardsAsync(rows.Awards, cancel);
        await stage.PayeesAsync(rows.Payees, Account, cancel);
        await stage.AnalyseAsync(cancel);
        var faults = await RegisterChecks.FaultsAsync(session, provinceCode, peopleWhole: true, awardsWhole: true, cancel);
        var contradictions = await RegisterContradictions.FindAsync(session, provinceCode, cancel);
        if (faults.Count + contradictions.Count > 0)
            return [.. faults.Select(fault => RegisterFaults.Of(fault, file)), .. contradictions.Select(found => found.Problem.In(file, found.At.Line, found.Column))];
        await new RegisterStore(session, provinceCode).ApplyAsync(operationNo, at, cancel);
        await session.PlanAsUsualAsync(cancel);
        return [];
    }

    public SealedNumber IdNumber(string idNumber)
    {
        var secret = cipher.SealIdNumber(idNumber);
        return new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail);
    }

    SealedNumber Account(string bankBin, AccountNumber account)
    {
        var secret = cipher.Seal(bankBin, account);
        return new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail);
    }
}
