namespace PaymentEngine.Core.Recipients.Accounts;

/// <summary>Which kinds of account a provider holds (tổ chức cung ứng), and what their numbers look like (F19, F20).</summary>
public static class AccountForms
{
    /// <summary>Why an account cannot be one of its provider and kind; null when it can.</summary>
    /// <param name="kind">Bank account, wallet or Mobile Money.</param>
    /// <param name="provider">The provider's short name, for the words.</param>
    /// <param name="kinds">The kinds the provider holds, as the bank directory says.</param>
    /// <param name="account">The number.</param>
    /// <returns><c>account.kind_not_at_provider</c>, or <c>account_number.not_a_phone</c>: a Mobile Money account is a mobile number of Viet Nam.</returns>
    public static Problem? WhyNot(PayoutChannel kind, string provider, IReadOnlyList<PayoutChannel> kinds, AccountNumber account)
    {
        if (!kinds.Contains(kind))
        {
            return new Problem("account.kind_not_at_provider", $"{provider} holds no {Word(kind)}: it holds {string.Join(" and ", kinds.Select(Word))} accounts.",
                "Correct the channel or the provider's number; law/banks.csv says which provider holds what.");
        }

        return kind == PayoutChannel.MobileMoney && !IsMobileNumber(account.Text)
            ? new Problem("account_number.not_a_phone", $"…{account.Tail} is no Mobile Money account: that is the mobile number of its holder.", "Write the ten figures of the number, from 03, 05, 07, 08 or 09.")
            : null;
    }

    /// <summary>Ten figures that begin like a mobile number of Viet Nam (numbering plan since 2018: 03, 05, 07, 08, 09).</summary>
    public static bool IsMobileNumber(string text) => text is ['0', '3' or '5' or '7' or '8' or '9', ..] && text.Length == 10 && text.All(char.IsAsciiDigit);

    static string Word(PayoutChannel kind) => kind switch
    {
        PayoutChannel.Bank => "bank", PayoutChannel.Wallet => "wallet", PayoutChannel.MobileMoney => "mobile_money", _ => "cash",
    };
}
