using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Core.Recipients.Accounts;

/// <summary>One person's money on a shared account.</summary>
/// <param name="Tag">The account.</param>
/// <param name="RecipientId">Whose money it is.</param>
/// <param name="Role">In what capacity it is taken.</param>
/// <param name="TakerId">Number of the person who takes it where the register has them (a merged record counts as the one that was kept); null: known by name only.</param>
/// <param name="TakerName">Who takes it.</param>
/// <param name="HasBasis">A document is recorded for taking another's money.</param>
/// <param name="HouseholdId">Household of the recipient.</param>
/// <param name="Holder">The account's holder.</param>
public sealed record AccountShare(string Tag, int RecipientId, PayeeRole Role, int? TakerId, string TakerName, bool HasBasis, string? HouseholdId, string Holder);

/// <summary>
/// One account that lawfully serves several people (a guardian of three, a family) told from one that collects the money of people who have nothing to do with each other (F25, F26).
/// No act says how many people one account may serve; what is told apart here is who stands behind it.
/// </summary>
/// <remarks>
/// People belong together when one and the same person takes their money with a recorded basis (guardian, carer, authorised person), when that person is one of them, or when they live in one household. People who belong together are
/// a <em>party</em>. Up to the number where the rule begins an account is asked nothing: a relative's account is common (law/README §10). From there on:
/// one party passes; of two the one that the holder belongs to passes and the other is held (both are when the holder's name stands in both or in neither); three or more are held, all of them.
/// </remarks>
public static class AccountSharing
{
    /// <summary>Whose money is to be held: account and recipient.</summary>
    /// <param name="shares">Everybody served by the accounts in question; a facility's money is left out by whoever asks.</param>
    /// <param name="from">From how many people on an account is asked.</param>
    public static IReadOnlySet<(string Tag, int RecipientId)> Unrelated(IEnumerable<AccountShare> shares, int from)
    {
        var found = new HashSet<(string, int)>();
        foreach (var account in shares.GroupBy(share => share.Tag, StringComparer.Ordinal))
        {
            List<AccountShare> served = [.. account];
            if (served.Select(share => share.RecipientId).Distinct().Count() < from) continue;
            var parties = Parties(served);
            if (parties.Count == 1) continue;
            var holders = parties.Where(party => party.Exists(HoldsIt)).ToList();
            var lawful = parties.Count == 2 && holders.Count == 1 ? holders[0] : null;
            foreach (var party in parties.Where(party => party != lawful))
                foreach (var share in party) found.Add((share.Tag, share.RecipientId));
        }

        return found;
    }

    // Only who takes their own money, or somebody else's with a paper, can be the holder: a name alone is written by whoever wants the money.
    static bool HoldsIt(AccountShare share) => (share.Role == PayeeRole.Self || share.HasBasis) && NameMatch.Compare(share.Holder, share.TakerName).IsAccepted;

    static List<List<AccountShare>> Parties(List<AccountShare> served)
    {
        var partyOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var parent = Enumerable.Range(0, served.Count).ToArray();
        int Root(int at) => parent[at] == at ? at : parent[at] = Root(parent[at]);
        void Join(int at, string key)
        {
            if (partyOf.TryGetValue(key, out var other)) parent[Root(at)] = Root(other);
            else partyOf.Add(key, at);
        }

        for (var at = 0; at < served.Count; at++)
        {
            var share = served[at];
            Join(at, FormattableString.Invariant($"person {share.RecipientId}"));
            if (!string.IsNullOrEmpty(share.HouseholdId)) Join(at, $"household {share.HouseholdId}");
            if (share.Role == PayeeRole.Self || !share.HasBasis) continue;
            // A taker the register has is one person by number; one it does not have is one by name, on this account.
            Join(at, share.TakerId is { } taker ? FormattableString.Invariant($"person {taker}") : $"name {NameForm.Of(share.TakerName).Accented}");
        }

        // A guardian known by name who is paid on the account himself is the same person; two people who take their own money and have one name are two.
        for (var at = 0; at < served.Count; at++)
        {
            if (served[at].Role == PayeeRole.Self && partyOf.TryGetValue($"name {NameForm.Of(served[at].TakerName).Accented}", out var other)) parent[Root(at)] = Root(other);
        }

        return [.. Enumerable.Range(0, served.Count).GroupBy(Root).Select(party => party.Select(at => served[at]).ToList())];
    }
}
