namespace PaymentEngine.Core.Recipients.Duplicates;

/// <summary>A pair that the search found: places in the list that was searched, the lower first.</summary>
public readonly record struct DuplicatePair(int First, int Second, DuplicateFinding Finding);

/// <summary>What a search found and what it cost.</summary>
/// <param name="Pairs">By score, the surest first, then by place.</param>
/// <param name="Comparisons">Pairs that were held against each other.</param>
/// <param name="CrowdedBlocks">Blocks so large that their members were compared with their next neighbours only, in the order of name and birth.</param>
public sealed record DuplicateSearchResult(IReadOnlyList<DuplicatePair> Pairs, long Comparisons, int CrowdedBlocks);

/// <summary>Finds records that may be one person without holding every record against every other: only those that share a key are compared.</summary>
/// <remarks>
/// Keys: each number; each number with two neighbouring digits left out (so a wrong digit or a swap still meets); each account; name (words in any order) with the
/// year, and with day and month; name without spaces with the year; name with one word left out, with year and commune, and with the day of birth; the household. Each kind of key is one sort of the list, so
/// 300,000 against 300,000 costs little more than twice 150,000 against 150,000.
/// </remarks>
public static class DuplicateSearch
{
    /// <summary>Members of a block that are all compared with each other.</summary>
    public const int BlockMax = 300;

    /// <summary>Neighbours compared in a block that is larger.</summary>
    public const int CrowdedNeighbours = 40;

    const int MasksMax = 11;
    const ulong FnvOffset = 14695981039346656037UL;
    const ulong FnvPrime = 1099511628211UL;

    /// <summary>Finds the pairs.</summary>
    /// <param name="records">The records in the register, then those that arrive.</param>
    /// <param name="firstNew">From which place on records are new: a pair holds at least one new record. 0 searches all against all.</param>
    /// <param name="cancel">Looked at between keys.</param>
    public static DuplicateSearchResult Find(IReadOnlyList<DuplicateRecord> records, int firstNew = 0, CancellationToken cancel = default)
    {
        var search = new Search(records, firstNew, cancel);
        search.Pass(static (record, keys) =>
        {
            foreach (var number in record.IdNumbers) keys.Add(Text(Seed('n'), number));
        });
        for (var mask = 0; mask < MasksMax; mask++)
        {
            var at = mask;
            search.Pass((record, keys) =>
            {
                foreach (var number in record.IdNumbers)
                    if (at + 2 <= number.Length) keys.Add(Text(Text(Seed('m', number.Length), number.AsSpan(0, at)), number.AsSpan(at + 2)));
            });
        }

        search.Pass(static (record, keys) =>
        {
            foreach (var account in record.Accounts) keys.Add(Number(Seed('a'), account));
        });
        search.Pass(static (record, keys) => keys.Add(Number(Words(Seed('y'), record.SortedWords, -1), (ulong)record.Birth.Year)));
        search.Pass(static (record, keys) =>
        {
            if (record.HasKnownDay) keys.Add(Number(Words(Seed('d'), record.SortedWords, -1), ((ulong)record.Birth.Month << 8) + record.Birth.Day));
        });
        search.Pass(static (record, keys) => keys.Add(Number(Words(Seed('c'), record.Words, -1, apart: false), (ulong)record.Birth.Year)));
        search.Pass(static (record, keys) =>
        {
            // The whole name too: it meets the longer name without one of its words.
            for (var without = -1; without < record.SortedWords.Length; without++)
                keys.Add(Text(Number(Words(Seed('w'), record.SortedWords, without), (ulong)record.Birth.Year), record.CommuneCode));
        });
        search.Pass(static (record, keys) =>
        {
            if (!record.HasKnownDay) return;
            for (var without = -1; without < record.SortedWords.Length; without++)
                keys.Add(Number(Number(Words(Seed('e'), record.SortedWords, without), (ulong)record.Birth.Year), ((ulong)record.Birth.Month << 8) + record.Birth.Day));
        });
        // Whoever shares a household but moved, or was entered under another commune.
        search.Pass(static (record, keys) =>
        {
            if (record.HouseholdId is { } household) keys.Add(Text(Seed('h'), household));
        });
        return search.Result();
    }

    static ulong Seed(char kind, int length = 0) => unchecked(((FnvOffset ^ kind) * FnvPrime) + (ulong)length);

    static ulong Text(ulong hash, ReadOnlySpan<char> text)
    {
        unchecked
        {
            foreach (var c in text) hash = (hash ^ c) * FnvPrime;
            return (hash ^ 0x1F) * FnvPrime;
        }
    }

    static ulong Number(ulong hash, ulong number)
    {
        unchecked
        {
            hash = (hash ^ number) * FnvPrime;
            return hash ^ (hash >> 29);
        }
    }

    static ulong Words(ulong hash, string[] words, int without, bool apart = true)
    {
        unchecked
        {
            for (var i = 0; i < words.Length; i++)
            {
                if (i == without) continue;
                foreach (var c in words[i]) hash = (hash ^ c) * FnvPrime;
                if (apart) hash = (hash ^ 0x1F) * FnvPrime;
            }

            return hash;
        }
    }

    sealed class Search(IReadOnlyList<DuplicateRecord> records, int firstNew, CancellationToken cancel)
    {
        readonly Dictionary<long, DuplicateFinding> found = [];
        readonly List<ulong> ofOne = [];
        ulong[] keys = new ulong[records.Count];
        int[] places = new int[records.Count];
        long comparisons;
        int crowded;

        public void Pass(Action<DuplicateRecord, List<ulong>> keysOf)
        {
            cancel.ThrowIfCancellationRequested();
            var count = 0;
            for (var place = 0; place < records.Count; place++)
            {
                ofOne.Clear();
                keysOf(records[place], ofOne);
                foreach (var key in ofOne)
                {
                    if (count == keys.Length)
                    {
                        Array.Resize(ref keys, Math.Max(count * 2, 16));
                        Array.Resize(ref places, keys.Length);
                    }

                    (keys[count], places[count++]) = (key, place);
                }
            }

            Array.Sort(keys, places, 0, count);
            for (var from = 0; from < count;)
            {
                var to = from + 1;
                while (to < count && keys[to] == keys[from]) to++;
                if (to - from > 1) Block(places.AsSpan(from, to - from));
                from = to;
            }
        }

        void Block(Span<int> members)
        {
            // The sort of keys leaves equal ones in any order; places in their own order make the result the same everywhere.
            members.Sort();
            if (members[^1] < firstNew) return;
            if (members.Length <= BlockMax)
            {
                for (var j = 1; j < members.Length; j++)
                {
                    if (members[j] < firstNew) continue;
                    for (var i = 0; i < j; i++) Compare(members[i], members[j]);
                }

                return;
            }

            crowded++;
            var ordered = members.ToArray();
            Array.Sort(ordered, (a, b) =>
            {
                var (left, right) = (records[a], records[b]);
                var order = string.CompareOrdinal(left.Name, right.Name);
                if (order == 0) order = left.Birth.MonthIndex.CompareTo(right.Birth.MonthIndex);
                if (order == 0) order = left.Birth.Day.CompareTo(right.Birth.Day);
                return order != 0 ? order : a.CompareTo(b);
            });
            for (var i = 0; i < ordered.Length; i++)
                for (var j = i + 1; j < ordered.Length && j <= i + CrowdedNeighbours; j++)
                    if (ordered[i] >= firstNew || ordered[j] >= firstNew) Compare(Math.Min(ordered[i], ordered[j]), Math.Max(ordered[i], ordered[j]));
        }

        void Compare(int first, int second)
        {
            if (first == second) return; // one record with two keys in one block
            comparisons++;
            var key = ((long)first << 32) | (uint)second;
            if (found.ContainsKey(key)) return;
            if (DuplicateComparison.Of(records[first], records[second]) is { } finding) found.Add(key, finding);
        }

        public DuplicateSearchResult Result() => new(
            [.. found.Select(one => new DuplicatePair((int)(one.Key >> 32), (int)(one.Key & int.MaxValue), one.Value)).OrderByDescending(pair => pair.Finding.Score).ThenBy(pair => pair.First).ThenBy(pair => pair.Second)],
            comparisons, crowded);
    }
}
