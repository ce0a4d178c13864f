using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>What a search brought.</summary>
/// <param name="Records">Records searched.</param>
/// <param name="NewRecords">Of these, new or changed since the last search.</param>
/// <param name="Found">Pairs put into the queue now.</param>
/// <param name="Open">Pairs that wait for a decision.</param>
/// <param name="Comparisons">Pairs held against each other.</param>
/// <param name="CrowdedBlocks">Keys that so many records share that only next neighbours were compared.</param>
public sealed record DuplicateSearchDone(int Records, int NewRecords, int Found, long Open, long Comparisons, int CrowdedBlocks);

/// <summary>What a decision did.</summary>
/// <param name="Pair">With its decision.</param>
/// <param name="Ended">Awards of the merged record that end.</param>
/// <param name="Carried">Awards that go on under the kept record.</param>
/// <param name="Untouched">Awards of the merged record that had ended before, or are paid once.</param>
public sealed record DuplicateDecided(StoredPair Pair, IReadOnlyList<string> Ended, IReadOnlyList<string> Carried, IReadOnlyList<string> Untouched);

/// <summary>One person registered twice (trùng đối tượng): found by the program, decided by a person. F3.</summary>
/// <remarks>The search holds every record that is new or changed since the last one against all others; found pairs stand in a queue and change nothing by themselves.
/// "Same" merges: both histories stay, one record is paid from a month on. Docs: docs/people.md.</remarks>
public sealed class Duplicates(Database database, AccountCipher cipher, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Searches and fills the queue. The same again, with nothing new in the register, finds nothing and writes nothing.</summary>
    /// <param name="caller">Maker, account editor or administrator of the whole province.</param>
    /// <param name="everything">All against all, as if nothing had been searched before.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<DuplicateSearchDone>> SearchAsync(Caller caller, bool everything = false, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleDuplicatesSearch) is { } not) return not;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<DuplicateSearchDone>>(async () =>
        {
            // No import between the reading and the mark of what was read.
            await new RegisterStore(session, caller.ProvinceCode).LockAsync(cancel);
            await DuplicateStore.LockAsync(session, caller.ProvinceCode, cancel);
            var searchedTo = await DuplicateStore.SearchedToAsync(session, caller.ProvinceCode, cancel);
            await session.PlanForSetsAsync(cancel);
            var people = await DuplicateStore.PeopleAsync(session, caller.ProvinceCode, everything ? null : searchedTo, cancel);
            var fresh = people.Count(person => person.IsNew);
            if (fresh == 0) return new DuplicateSearchDone(people.Count, 0, 0, await DuplicateStore.OpenCountAsync(session, caller.ProvinceCode, cancel), 0, 0);

            var numbers = await DuplicateStore.NumbersAsync(session, caller.ProvinceCode, (key, text) => cipher.Decrypt(SecretKind.IdNumber, key, text), cancel);
            var accounts = await DuplicateStore.AccountsAsync(session, caller.ProvinceCode, cancel);
            await session.PlanAsUsualAsync(cancel);
            var records = people.Select(person => new DuplicateRecord(person.PersonId, person.FullName, new BirthDate(person.BirthYear, (byte)person.BirthMonth, (byte)person.BirthDay), (Sex)person.Sex,
                numbers.GetValueOrDefault(person.RecipientId) ?? [], person.CommuneCode, person.HouseholdId, accounts.GetValueOrDefault(person.RecipientId) ?? [])).ToList();
            var result = DuplicateSearch.Find(records, people.Count - fresh, cancel);
            var pairs = result.Pairs.Select(pair =>
            {
                var (a, b) = (people[pair.First].RecipientId, people[pair.Second].RecipientId);
                var finding = pair.Finding;
                return (Math.Min(a, b), Math.Max(a, b), (short)finding.Rule, (short)finding.Score, (short)finding.Number, (short)finding.Name, (short)finding.Birth);
            }).ToList();

            var hash = OperationLog.RequestHash(at.ToString(), $"{records.Count} {fresh}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"people.duplicates.search {Convert.ToHexString(hash)}", "people.duplicates.search", hash, caller.UserName, at, cancel);
            var found = await DuplicateStore.InsertPairsAsync(session, caller.ProvinceCode, pairs, at, start.OperationNo, cancel);
            await DuplicateStore.InsertSearchAsync(session, caller.ProvinceCode, (at, records.Count, fresh, result.Comparisons, result.CrowdedBlocks, found), (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { records = records.Count, new_records = fresh, found, result.Comparisons, result.CrowdedBlocks });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return new DuplicateSearchDone(records.Count, fresh, found, await DuplicateStore.OpenCountAsync(session, caller.ProvinceCode, cancel), result.Comparisons, result.CrowdedBlocks);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>The queue as the caller's eyes see it: a pair is seen by whoever sees both people.</summary>
    public async Task<IReadOnlyList<StoredPair>> ListAsync(Caller caller, bool all, int rowsMax, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await DuplicateStore.PairsAsync(session, caller.ProvinceCode, 0, all, rowsMax, cancel);
    }

    /// <summary>One pair.</summary>
    public async Task<Result<StoredPair>> ShowAsync(Caller caller, int pairNo, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await DuplicateStore.PairsAsync(session, caller.ProvinceCode, pairNo, all: true, 1, cancel) is [var pair] ? pair : Unknown(pairNo);
    }

    /// <summary>Two people: the pair leaves the queue with its reason. Nothing else changes.</summary>
    /// <param name="caller">Maker, account editor or administrator of the whole province.</param>
    /// <param name="pairNo">The pair.</param>
    /// <param name="reason">What was looked at.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<DuplicateDecided>> DifferentAsync(Caller caller, int pairNo, string reason, CancellationToken cancel = default) => DecideAsync(caller, pairNo, reason, null, cancel);

    /// <summary>One person: one record goes on, the awards of the other end; what only the other had goes on under the one that is kept.</summary>
    /// <param name="caller">Maker, account editor or administrator of the whole province.</param>
    /// <param name="pairNo">The pair.</param>
    /// <param name="reason">What was looked at.</param>
    /// <param name="keep">person_id of the record that goes on.</param>
    /// <param name="from">The first month in which only it is paid; null: the first that no approved list holds. Earlier months are refused: what was listed is taken back as a claim, by a decision of its own.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<DuplicateDecided>> SameAsync(Caller caller, int pairNo, string reason, string keep, YearMonth? from, CancellationToken cancel = default) => DecideAsync(caller, pairNo, reason, (keep, from), cancel);

    async Task<Result<DuplicateDecided>> DecideAsync(Caller caller, int pairNo, string reason, (string Keep, YearMonth? From)? same, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.PeopleDuplicatesDecide) is { } not) return not;
        reason = reason.Trim();
        if (reason.Length == 0) return new Problem("usage.reason_missing", "A decision says what was looked at.", "Give --reason \"…\", for example the population database's answer and its day.");
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<DuplicateDecided>>(async () =>
        {
            await new RegisterStore(session, caller.ProvinceCode).LockAsync(cancel);
            await DuplicateStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await DuplicateStore.PairsAsync(session, caller.ProvinceCode, pairNo, all: true, 1, cancel) is not [var pair]) return Unknown(pairNo);
            if (pair.IsSame is true || (pair.IsSame is false && same is null))
                return new Problem("duplicate.decided", $"Pair {pairNo} is decided: {(pair.IsSame is true ? $"one person, {pair.KeptPerson} goes on" : "two people")}. {pair.Reason}",
                    pair.IsSame is true ? "A merge stands. If they are two people after all, give the ended awards again by an import, without last_month." : "Nothing is left to do; --same may still follow when more is known.");

            var hash = OperationLog.RequestHash(pairNo.ToString(System.Globalization.CultureInfo.InvariantCulture), reason, same?.Keep ?? "", same?.From?.Text() ?? "");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"people.duplicates.decide {pairNo} {(same is null ? "different" : "same")}", "people.duplicates.decide", hash, caller.UserName, at, cancel);
            var by = (caller.UserName, at, start.OperationNo);
            var decisionNo = (pair.DecisionNo ?? 0) + 1;
            IReadOnlyList<string> ended = [], carried = [], untouched = [];
            if (same is { } wanted)
            {
                if (wanted.Keep != pair.FirstPerson && wanted.Keep != pair.SecondPerson)
                    return new Problem("duplicate.keep_unknown", $"'{wanted.Keep}' is none of the two records of pair {pairNo}.", $"Give --keep {pair.FirstPerson} or --keep {pair.SecondPerson}.");
                var keepsFirst = wanted.Keep == pair.FirstPerson;
                var (keptId, mergedId) = keepsFirst ? (pair.FirstId, pair.SecondId) : (pair.SecondId, pair.FirstId);
                var (kept, merged) = keepsFirst ? (pair.FirstPerson, pair.SecondPerson) : (pair.SecondPerson, pair.FirstPerson);
                foreach (var (id, person) in new[] { (keptId, kept), (mergedId, merged) })
                {
                    if (await DuplicateStore.MergedIntoAsync(session, caller.ProvinceCode, id, cancel) is { } into)
                        return new Problem("duplicate.merged_before", $"{person} was merged into {into} before.", $"Decide the pair of {into} with the other record.");
                }

                var lastListed = await DuplicateStore.LastListedAsync(session, caller.ProvinceCode, [keptId, mergedId], cancel);
                var earliest = lastListed == 0 ? today.ToYearMonth() : Months.FromKey(lastListed).Plus(1);
                var from = wanted.From ?? earliest;
                if (lastListed != 0 && from < earliest)
                    return new Problem("duplicate.from_listed", $"Lists are approved up to {Months.FromKey(lastListed).Text()}, and --from is {from.Text()}.",
                        $"Give --from {earliest.Text()} or later. What the second record got too much is taken back by a decision: end its awards earlier by an import, and the next list finds the claim.");

                var changes = new RegisterChanges(cipher);
                var rows = await changes.ReadAsync(session, caller.ProvinceCode, [kept, merged], cancel, withPayees: true);
                var awards = DuplicateMerge.Of(kept, rows[kept].Awards, rows[merged].Awards, from, today);
                var fresh = new NewRows();
                var line = 0;
                foreach (var award in awards.Ended.Concat(awards.Carried)) fresh.Awards.Add((new StagedAt(1, ++line), award));
                // Who is paid for an award that is carried: whoever the merged record named for it; and everybody it named where the kept record names nobody.
                var carriedOf = awards.Carried.ToDictionary(award => award.AwardId[..^(kept.Length + 1)], award => award.AwardId, StringComparer.Ordinal);
                foreach (var payee in rows[merged].Payees)
                {
                    if (payee.AwardId is { } scope ? !carriedOf.ContainsKey(scope) : rows[kept].Payees.Count > 0 || awards.Carried.Count == 0) continue;
                    if (payee.To < from.OnDayOfMonth(1)) continue;
                    fresh.Payees.Add((new StagedAt(1, ++line), payee with { PersonId = kept, AwardId = payee.AwardId is { } of ? carriedOf[of] : null }));
                }

                var problems = await changes.ApplyAsync(session, caller.ProvinceCode, fresh, $"pair {pairNo}", start.OperationNo, at, cancel);
                if (problems.Count > 0) return Result<DuplicateDecided>.Refuse(problems);
                await DuplicateStore.CopyNumbersAsync(session, caller.ProvinceCode, keptId, mergedId, $"merged record {merged}", by, cancel);
                await DuplicateStore.DecideAsync(session, caller.ProvinceCode, (pairNo, decisionNo, true, keptId, mergedId, from.Key(), reason), by, cancel);
                await PersonStore.InsertChangesAsync(session, caller.ProvinceCode,
                    [new NotedChange(keptId, "merged", null, today, reason, $"pair {pairNo}: {merged}"), new NotedChange(mergedId, "merged_into", null, today, reason, $"pair {pairNo}: {kept}")], by, cancel);
                (ended, carried, untouched) = ([.. awards.Ended.Select(award => award.AwardId)], [.. awards.Carried.Select(award => award.AwardId)], awards.Untouched);
            }
            else
            {
                await DuplicateStore.DecideAsync(session, caller.ProvinceCode, (pairNo, decisionNo, false, null, null, null, reason), by, cancel);
                await PersonStore.InsertChangesAsync(session, caller.ProvinceCode,
                    [new NotedChange(pair.FirstId, "kept_apart", null, today, reason, $"pair {pairNo}: {pair.SecondPerson}"), new NotedChange(pair.SecondId, "kept_apart", null, today, reason, $"pair {pairNo}: {pair.FirstPerson}")], by, cancel);
            }

            var said = JsonText.Write(new { pair = pairNo, first = pair.FirstPerson, second = pair.SecondPerson, same = same is not null, keep = same?.Keep, reason, ended, carried, untouched });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return new DuplicateDecided((await DuplicateStore.PairsAsync(session, caller.ProvinceCode, pairNo, all: true, 1, cancel))[0], ended, carried, untouched);
        }, result => result.IsOk, cancel: cancel);
    }

    static Problem Unknown(int pairNo) => new("duplicate.unknown", FormattableString.Invariant($"There is no pair {pairNo} of people you see."), "See them: payengine people duplicates --all.");
}
