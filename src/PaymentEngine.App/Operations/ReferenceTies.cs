using NodaTime;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>Brings the ties by the bank's own reference to what follows from all words that have come (<see cref="ReferenceLinks"/>): makes the new ones, undoes those that no longer follow.</summary>
sealed class ReferenceTies(DatabaseSession session, short provinceCode, OrderBook book, LocalDate dueOn, string person, Instant at, long operationNo)
{
    /// <summary>Looks at every reference that an import brought or met.</summary>
    /// <param name="importNo">The import, its facts stored.</param>
    /// <param name="touched">Takes every file of ours whose evidence a tie changes.</param>
    /// <param name="cancel">Cancels with the operation.</param>
    /// <returns>The entries that are tied now.</returns>
    public async Task<IReadOnlySet<EntryNumber>> TieAsync(int importNo, HashSet<SentFile> touched, CancellationToken cancel)
    {
        var tied = new HashSet<EntryNumber>();
        foreach (var group in (await MatchStore.ReferenceWordsAsync(session, provinceCode, importNo, cancel)).GroupBy(word => word.Reference, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var words = new List<ReferenceWord>();
            foreach (var word in group) words.Add(word with { TargetVnd = await AmountAsync(word.Row, cancel) });
            var links = ReferenceLinks.Of(words).ToDictionary(link => new EntryNumber(link.ImportNo, link.EntryNo, link.DetailNo));
            foreach (var word in words.Where(word => word.Row.Target == FactTarget.Suspense))
            {
                var entry = new EntryNumber(word.ImportNo, word.EntryNo, word.DetailNo);
                var standing = await MatchStore.StandingAsync(session, provinceCode, entry, cancel);
                if (standing is not null && standing.Rule != MatchStore.ByReference) continue; // a person's decision stands above it
                var link = links.GetValueOrDefault(entry);
                var parts = standing is null ? [] : await MatchStore.PartsAsync(session, provinceCode, standing, cancel);
                if (standing is not null && link is not null && standing.Row == link.Row && standing.Evidence == (int)link.Evidence && parts.SequenceEqual(link.Parts))
                {
                    tied.Add(entry);
                    continue;
                }

                if (standing is not null)
                {
                    await TouchAsync([standing.Row, .. parts.Select(part => part.Row)], touched, cancel);
                    await MatchStore.UndoAsync(session, provinceCode, standing, "another word with the same reference came", person, at, operationNo, cancel);
                    await MatchStore.ReopenCaseAsync(session, provinceCode, entry, dueOn, at, operationNo, cancel);
                }

                if (link is null) continue;
                await MatchStore.InsertAsync(session, provinceCode, new NewMatch(entry, link.Parts.Count > 0 ? "group" : link.Row.Target == FactTarget.Batch ? "batch" : "attempt", link.Row, link.Evidence, link.Parts,
                    MatchStore.ByReference, null), person, at, operationNo, cancel);
                await MatchStore.CloseCasesAsync(session, provinceCode, [entry], "matched", at, cancel);
                await TouchAsync([link.Row, .. link.Parts.Select(part => part.Row)], touched, cancel);
                tied.Add(entry);
            }
        }

        return tied;
    }

    async Task TouchAsync(IEnumerable<FactRow> rows, HashSet<SentFile> touched, CancellationToken cancel)
    {
        foreach (var row in rows)
            if (await book.LoadAsync(row, cancel) is { } file) touched.Add(file);
    }

    async Task<long> AmountAsync(FactRow row, CancellationToken cancel)
    {
        if (row.Target is not (FactTarget.Attempt or FactTarget.Batch) || await book.LoadAsync(row, cancel) is not { } file) return 0;
        if (row.Target == FactTarget.Attempt) return file.TryFind(row, out var place) ? file.Attempts[place].AmountVnd : 0;
        return file.Order.Batches.FirstOrDefault(batch => batch.BatchNo == row.Part)?.SumVnd ?? 0;
    }
}
