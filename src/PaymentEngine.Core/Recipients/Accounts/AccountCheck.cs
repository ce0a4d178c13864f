using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Core.Recipients.Accounts;

/// <summary>What is known of an account from its bank (F21).</summary>
public enum AccountCheck : byte
{
    /// <summary>The bank has not said anything, or spoke of another holder than the register has now.</summary>
    Unverified,

    /// <summary>The account is there, and its holder is the one of the register (đúng tài khoản, đúng chủ).</summary>
    Verified,

    /// <summary>The account is there, and the bank has another holder.</summary>
    NameDiffers,

    /// <summary>Closed or blocked for credits.</summary>
    Closed,

    /// <summary>The bank has no such account.</summary>
    NotFound,
}

/// <summary>What a bank writes about one account it was asked for.</summary>
public enum AccountWord : byte { Open = 1, NameDiffers, Closed, NotFound }

/// <summary>A bank's answer about one account: the row of account-answers.csv.</summary>
/// <param name="Reference">The row's reference as it was sent: inquiry and row.</param>
/// <param name="AccountNo">The number as it was sent: a row that was shifted in a spreadsheet is found by it.</param>
/// <param name="BankName">The holder as the bank has it; null where the bank does not tell it.</param>
public sealed record AccountAnswer(string Reference, AccountNumber AccountNo, AccountWord Word, string? BankName, NodaTime.LocalDate AnsweredOn, string? Note);

/// <summary>A bank's answer read against what the register has.</summary>
/// <param name="Check">What follows from it.</param>
/// <param name="Names">The evidence of the name match; null where the bank told no name.</param>
public sealed record JudgedAnswer(AccountCheck Check, NameComparison? Names)
{
    /// <summary>What an answer says of an account.</summary>
    /// <param name="word">The bank's word.</param>
    /// <param name="bankName">The holder as the bank has it; null where it tells none.</param>
    /// <param name="holder">The holder of the register.</param>
    /// <remarks>A name is compared by our own rules wherever the bank tells it (F22, F23): a bank that says "open" of another's account has verified nothing.
    /// The other way round the bank's word counts: it has seen the person's paper, and we have not.</remarks>
    public static JudgedAnswer Of(AccountWord word, string? bankName, string holder)
    {
        var names = string.IsNullOrWhiteSpace(bankName) ? null : NameMatch.Compare(bankName, holder);
        return new JudgedAnswer(word switch
        {
            AccountWord.Closed => AccountCheck.Closed,
            AccountWord.NotFound => AccountCheck.NotFound,
            AccountWord.NameDiffers => AccountCheck.NameDiffers,
            _ => names is null or { IsAccepted: true } ? AccountCheck.Verified : AccountCheck.NameDiffers,
        }, names);
    }
}

/// <summary>A bank's own correction: the account of this holder is now another one. The row of account-corrections.csv (F27).</summary>
/// <param name="OldAccountNo">As the register has it.</param>
/// <param name="Holder">The holder as the bank writes it.</param>
/// <param name="NewAccountNo">The account from now on.</param>
/// <param name="NewBankBin">The bank it is at, where that is another one (a merger); null: the same.</param>
/// <param name="Reason">The bank's words.</param>
public sealed record AccountCorrection(AccountNumber OldAccountNo, string Holder, AccountNumber NewAccountNo, string? NewBankBin, string? Reason);
