using System.Globalization;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Core.Recipients.Names;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>A corrected account as a person says it.</summary>
/// <param name="Bank">NAPAS number of the bank, six digits, or its short name.</param>
/// <param name="Account">As the bank prints it.</param>
/// <param name="Holder">The holder as the bank writes it.</param>
/// <param name="Source">The paper or call it comes from; it is kept.</param>
/// <param name="OverrideReason">Why it is right although the holder has another name, or many share it; null: nothing of the kind.</param>
public sealed record CorrectedAccount(string Bank, string Account, string Holder, string Source, string? OverrideReason, PayoutChannel Channel = PayoutChannel.Bank)
{
    /// <summary>To be primary for this programme alone, from <see cref="From"/> on; null: the account of the right.</summary>
    public Programme? Programme { get; init; }

    /// <summary>First day as the programme's primary account; null: today.</summary>
    public LocalDate? From { get; init; }

    /// <summary>Last such day; null: open.</summary>
    public LocalDate? To { get; init; }
}

/// <summary>An account somebody proposes for a payee: read first, then judged against the register.</summary>
sealed class AccountProposal
{
    const int TextLengthMax = 500;

    /// <summary>An account that would serve so many other payees needs a word why: guardians of several children are common, collectors of many are not.</summary>
    const int SharedByMany = 5;

    readonly CorrectedAccount said;
    readonly string bin;
    readonly string holder;
    readonly string source;

    AccountProposal(CorrectedAccount said, string bin, string holder, string source, SealedSecret secret) => (this.said, this.bin, this.holder, this.source, Secret) = (said, bin, holder, source, secret);

    /// <summary>The number as the register keeps it.</summary>
    public SealedSecret Secret { get; }

    /// <summary>What makes two proposals the same.</summary>
    public IEnumerable<string> Request => [bin, Convert.ToHexString(Secret.Tag), holder, source, said.OverrideReason ?? "", said.Programme?.ToString() ?? "", Day(said.From), Day(said.To)];

    static string Day(LocalDate? day) => day is { } one ? ViText.Date(one) : "";

    /// <summary>Reads what a person said.</summary>
    /// <param name="account">The words.</param>
    /// <param name="today">The day on which the bank must hold accounts.</param>
    /// <param name="cipher">Seals the number.</param>
    /// <returns>Refused: <c>account_number.malformed</c>, <c>account.unknown_bank</c>, <c>bank.gone</c> and <c>bank.not_yet</c> by the day, <c>account.kind_not_at_provider</c>, <c>account_number.not_a_phone</c>, <c>account.not_at_bank</c> by the bank's own pattern,
    /// <c>period.backwards</c>, <c>usage.*</c>.</returns>
    public static Result<AccountProposal> Read(CorrectedAccount account, LocalDate today, AccountCipher cipher)
    {
        var parsed = AccountNumber.Parse(account.Account);
        if (!parsed.TryGet(out var number)) return Result<AccountProposal>.Refuse(parsed.Problems);
        if (BankDirectory.ByNumberOrName(account.Bank)?.Bin is not { } bin) return new Problem("account.unknown_bank", $"'{account.Bank}' is no bank of law/banks.csv.", "Use its six-digit NAPAS number or its short name, for example 970436 or Vietcombank.");
        if (BankDirectory.WhyNotOn(bin, account.From is { } first && first > today ? first : today) is { } gone) return gone;
        if (BankDirectory.Find(bin) is { } provider && AccountForms.WhyNot(account.Channel, provider.ShortName, provider.Holds, number) is { } notThere) return notThere;
        if (account.Programme is null && (account.From is not null || account.To is not null)) return new Problem("usage.programme_missing", "Days belong to the primary account of one programme.", "Name it with --programme, or leave --from and --to out.");
        if ((account.From ?? today) > account.To) return new Problem("period.backwards", "The last day comes before the first.", "Correct --from or --to.");
        if (BankProfiles.ForBank(bin) is var bank && !bank.TakesAccount(number.Text) && Casework.Text(account.OverrideReason) is null)
        {
            return new Problem("account.not_at_bank", $"Account …{number.Tail} cannot be one of bank {bin}: by profile {bank.Id} its numbers look like {bank.AccountPattern}.",
                "Read the number again with the payee. If it is right all the same, say why: --override \"…\", and have the pattern corrected: the next list would hold the payment.");
        }

        if (Casework.Text(account.Holder) is not { } holder) return new Problem("usage.holder_missing", "An account has a holder.", "Give the name as the bank writes it: --holder \"…\".");
        if (Casework.Text(account.Source) is not { } source) return new Problem("usage.source_missing", "An account needs its source.", "Say where it comes from: --source \"giấy đề nghị số …\".");
        if (holder.Length > TextLengthMax || source.Length > TextLengthMax) return new Problem("usage.text_long", "Holder and source are at most 500 characters.", "Shorten them.");
        return new AccountProposal(account.Programme is null ? account : account with { From = account.From ?? today }, bin, holder, source, cipher.Seal(bin, number));
    }

    /// <summary>Compares the holder with the payee, in view of the commune's other people, and looks who else has the account.</summary>
    /// <returns>The change to be kept; refused without a written reason: <c>account.name_differs</c> with rule and score, <c>account.shared</c>.</returns>
    public async Task<Result<AccountChange>> JudgeAsync(DatabaseSession session, short province, int commune, int payeeNo, int payeeVersion, string payeeName, string person, CancellationToken cancel)
    {
        var neighbours = await AccountChangeStore.NamesNearAsync(session, province, commune, payeeNo, payeeName, cancel);
        var names = NameMatch.Among(NameForm.Of(holder), NameForm.Of(payeeName), neighbours.Select(NameForm.Of));
        var ground = Casework.Text(said.OverrideReason);
        if (!names.IsAccepted && ground is null)
        {
            return new Problem("account.name_differs",
                string.Create(CultureInfo.InvariantCulture, $"The holder '{holder}' fits the payee '{payeeName}' by {names.Score} of 100 ({NameRuleWords.English(names.Rule)}); from {NameMatch.Same} on names count as the same."),
                "Check it with the payee. If the account is right all the same, say why: --override \"…\".");
        }

        var shared = await AccountChangeStore.SharedByAsync(session, province, Secret.Tag, payeeNo, cancel);
        if (shared >= SharedByMany && ground is null)
            return new Problem("account.shared", $"This account serves {shared} other payees already.", "Check it. If it is right all the same, say why: --override \"…\".");
        var terms = await Casework.TermsAsync(session, province, cancel);
        return new AccountChange
        {
            CommuneId = commune, PayeeNo = payeeNo, PayeeVersion = payeeVersion, Programme = (short?)said.Programme, ValidFrom = said.From, ValidTo = said.To, Kind = (short)said.Channel, BankBin = bin, AccountKey = Secret.Key, AccountCipher = Secret.Cipher, AccountTag = Secret.Tag, AccountTail = Secret.Tail,
            HolderName = holder, ExpectedName = payeeName, HolderForm = names.Holder.Accented, ExpectedForm = names.Expected.Accented, NameRule = names.RuleCode, NameScore = (short)names.Score, OverrideReason = ground, Source = source,
            WaitDays = terms.AccountWait, MadeBy = person,
        };
    }

    /// <summary>The change a bank's own correction asks for: compared with the holder the register has, because whose account it is has been judged when it came in.</summary>
    public AccountChange OfBank(CorrectedRight right, NameComparison names, int waitDays, string person) => new()
    {
        CommuneId = right.CommuneId, PayeeNo = right.PayeeNo, PayeeVersion = right.PayeeVersion, Programme = right.Programme, ValidFrom = right.ValidFrom, ValidTo = right.ValidTo, Kind = right.Kind, BankBin = bin, AccountKey = Secret.Key,
        AccountCipher = Secret.Cipher, AccountTag = Secret.Tag, AccountTail = Secret.Tail, HolderName = holder, ExpectedName = right.HolderName, HolderForm = names.Holder.Accented, ExpectedForm = names.Expected.Accented,
        NameRule = names.RuleCode, NameScore = (short)names.Score, Source = source, WaitDays = waitDays, MadeBy = person,
    };
}
