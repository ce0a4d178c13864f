using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What may be behind an entry that nothing of ours is named in. Proposals only: a person confirms each (profile §9 e, §10 lump returns).</summary>
public static class MatchProposals
{
    /// <summary>Bounds of the search for a combination: beyond them nothing is proposed, however it may add up.</summary>
    public const int CandidatesMax = 40, MembersMax = 12, StepsMax = 200_000;

    /// <summary>The one combination of two or more amounts that gives a sum; null when there is none, more than one, or too much to look through.</summary>
    /// <param name="amountsVnd">Đồng, all above 0, at most <see cref="CandidatesMax"/>.</param>
    /// <returns>Places in the list, rising.</returns>
    public static IReadOnlyList<int>? OnlyCombination(IReadOnlyList<long> amountsVnd, long sumVnd)
    {
        if (amountsVnd.Count is < 2 or > CandidatesMax || amountsVnd.Any(amount => amount <= 0)) return null;
        var order = Enumerable.Range(0, amountsVnd.Count).OrderByDescending(i => amountsVnd[i]).ThenBy(i => i).ToArray();
        var rest = new long[order.Length + 1];
        for (var i = order.Length - 1; i >= 0; i--) rest[i] = rest[i + 1] + amountsVnd[order[i]];
        var chosen = new List<int>();
        List<int>? only = null;
        var steps = 0;
        return Search(0, sumVnd) && only is not null ? [.. only.Order()] : null;

        // False: a second one was found, or the search is too long.
        bool Search(int at, long missing)
        {
            if (++steps > StepsMax) return false;
            if (missing == 0)
            {
                if (chosen.Count < 2) return true;
                if (only is not null) return false;
                only = [.. chosen];
                return true;
            }

            if (at == order.Length || missing < 0 || missing > rest[at] || chosen.Count == MembersMax) return true;
            chosen.Add(order[at]);
            if (!Search(at + 1, missing - amountsVnd[order[at]])) return false;
            chosen.RemoveAt(chosen.Count - 1);
            return Search(at + 1, missing);
        }
    }

    /// <summary>Whether two names are the same without marks, case, and what is no letter. Two people can share a name: it never matches by itself.</summary>
    public static bool SameName(string left, string right) => Key(left) is { Length: > 0 } key && key == Key(right);

    static string Key(string name) => string.Concat(BankText.Name(name, 200).Text.Where(char.IsAsciiLetter));
}
