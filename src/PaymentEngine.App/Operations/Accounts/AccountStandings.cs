using System.Collections.Frozen;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>What stands on accounts when money is about to go there: the word of the bank, and a flag.</summary>
static class AccountStandings
{
    /// <summary>No bank has spoken of any account, and no flag was ever set.</summary>
    public static readonly IReadOnlyDictionary<(int PayeeNo, int Version), AccountStanding> None = FrozenDictionary<(int PayeeNo, int Version), AccountStanding>.Empty;

    public static IReadOnlyDictionary<(int PayeeNo, int Version), AccountStanding> ByAccount(IReadOnlyList<AccountStanding> found)
    {
        if (found.Count == 0) return None;
        var standings = new Dictionary<(int PayeeNo, int Version), AccountStanding>(found.Count);
        foreach (var one in found) standings[(one.PayeeNo, one.Version)] = one;
        return standings;
    }

    /// <summary>The account with what stands on it.</summary>
    public static PayoutAccount On(PayoutAccount account, int payeeNo, IReadOnlyDictionary<(int PayeeNo, int Version), AccountStanding> standings) => standings.TryGetValue((payeeNo, account.Version), out var found)
        ? account with
        {
            Check = (AccountCheck)found.State,
            Flag = found is { FlagKind: { } kind, FlagSource: { } source, FlagFrom: { } from, FlagTo: { } to } ? new AccountFlag((AccountFlagKind)kind, source, from, to, null).Words : null,
        }
        : account;
}
