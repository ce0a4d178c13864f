using System.Security.Cryptography;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What became of a look at accounts.</summary>
/// <param name="Current">Accounts of today that were looked at.</param>
/// <param name="Unfit">Those that cannot be ones of their bank, of today and before.</param>
sealed record AccountsLookedAt(int Current, IReadOnlyList<StoredAccount> Unfit);

/// <summary>Accounts of payees held against the account pattern of their bank's profile. Only banks whose profile has one are looked at, and only then an account is opened.</summary>
static class AccountsAtBanks
{
    /// <summary>Accounts that cannot be ones of their bank, of today and before.</summary>
    /// <param name="session">Session of the operation.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="profiles">Whose patterns; a profile without bank numbers (generic) stands for every bank that none of all the profiles names.</param>
    /// <param name="keys">Opens the accounts; asked for only when there is one to open.</param>
    /// <param name="communes">Accounts of people who were ever recorded there; null: of everybody.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="InvalidOperationException">There are accounts to look at and no keys were given.</exception>
    public static async Task<Result<AccountsLookedAt>> LookAsync(DatabaseSession session, short provinceCode, IEnumerable<BankProfile> profiles, Func<Result<KeyFolder>>? keys, IReadOnlyList<int>? communes, CancellationToken cancel)
    {
        var looked = new List<(BankProfile Profile, IReadOnlyList<StoredAccount> Accounts)>();
        foreach (var profile in profiles.Where(profile => profile.AccountPattern is not null))
        {
            var isGeneric = profile.BankBins.Count == 0;
            var bins = isGeneric ? BankProfiles.All.SelectMany(one => one.BankBins) : profile.BankBins;
            looked.Add((profile, await AccountStore.AtBanksAsync(session, provinceCode, bins, isGeneric, communes, cancel)));
        }

        if (looked.All(one => one.Accounts.Count == 0)) return new AccountsLookedAt(0, []);
        var opened = keys?.Invoke() ?? throw new InvalidOperationException("A bank profile has an account pattern, and no keys were given to look at accounts.");
        if (!opened.TryGet(out var folder)) return Result<AccountsLookedAt>.Refuse(opened.Problems);
        using var cipher = folder.OpenCipher();
        // What does not open is refused by the export, which says so.
        var unfit = looked.SelectMany(one => one.Accounts.Where(account => Open(cipher, account) is { } number && !one.Profile.TakesAccount(number))).ToList();
        return new AccountsLookedAt(looked.Sum(one => one.Accounts.Count(account => account.IsCurrent)), unfit);
    }

    /// <summary>Whether one account can be one of its bank; true where the bank's profile has no pattern.</summary>
    /// <param name="session">Session of the operation.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="payeeNo">The payee.</param>
    /// <param name="account">The account as the register has it.</param>
    /// <param name="keys">Opens it; asked for only when there is a pattern.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="InvalidOperationException">There is a pattern and no keys were given.</exception>
    public static async Task<Result<bool>> FitsAsync(DatabaseSession session, short provinceCode, int payeeNo, PayoutAccount account, Func<Result<KeyFolder>>? keys, CancellationToken cancel)
    {
        var profile = BankProfiles.ForBank(account.BankBin);
        if (profile.AccountPattern is null) return true;
        var opened = keys?.Invoke() ?? throw new InvalidOperationException("A bank profile has an account pattern, and no keys were given to look at accounts.");
        if (!opened.TryGet(out var folder)) return Result<bool>.Refuse(opened.Problems);
        using var cipher = folder.OpenCipher();
        return Open(cipher, await AccountStore.OfPayeeAsync(session, provinceCode, payeeNo, account.Version, cancel)) is not { } number || profile.TakesAccount(number);
    }

    static string? Open(AccountCipher cipher, StoredAccount account)
    {
        try
        {
            return cipher.Decrypt(SecretKind.Account, account.AccountKey, account.AccountCipher);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
