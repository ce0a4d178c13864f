using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Paper;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A letter that was written.</summary>
/// <param name="To">The person's name, or the bank's.</param>
/// <param name="Sum">What it asks back.</param>
public sealed record WrittenLetter(int ClaimNo, string To, Vnd Sum, string File);

/// <summary>Letters about claims (công văn thu hồi): to the person or the family, and to each bank that credited the money. They are written from the rows and change nothing; who sends them signs them.</summary>
/// <param name="database">The store.</param>
/// <param name="keys">Opens the accounts: a letter to a bank names them whole.</param>
/// <param name="printer">Writes them, as a page or as PDF.</param>
public sealed class ClaimLetters(Database database, KeyFolder keys, PaperPrinter printer)
{
    /// <summary>Writes a claim's letter.</summary>
    /// <param name="caller">A maker, reconciler, cash officer or commune officer; acts in their communes.</param>
    /// <param name="claimNo">An outstanding claim.</param>
    /// <param name="toBank">To the banks that credited its payments, a letter each; else to the person or the family.</param>
    /// <param name="path">The file, .html or .pdf; for several banks the bank's short name is put before the ending.</param>
    /// <param name="cancel">Cancels before anything appears.</param>
    public async Task<Result<IReadOnlyList<WrittenLetter>>> WriteAsync(Caller caller, int claimNo, bool toBank, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.ClaimLetter) is { } lacking) return lacking;
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (printer.WhyNot(path) is { } noPaper) return noPaper;
        // Whether the person may see the claim is asked with the person's own eyes; accounts are opened by the run role.
        await using (var eyes = await database.DeskAsync(caller.Scope, cancel))
            if (await ClaimStore.FindAsync(eyes, caller.ProvinceCode, claimNo, cancel) is null) return Claims.Unknown(claimNo);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var claim = (await ClaimStore.FindAsync(session, caller.ProvinceCode, claimNo, cancel))!;
        if (claim.AmountVnd == 0) return new Problem("claim.settled", $"Nothing of claim {claimNo} is outstanding.", "A letter asks for money that is: see payengine claim list.");
        var person = await ClaimStore.PersonAsync(session, caller.ProvinceCode, claim.RecipientId, cancel);
        var payments = await ClaimStore.PaymentsAsync(session, caller.ProvinceCode, claimNo, cancel);
        if (payments.Count == 0) return new Problem("claim.no_payments", $"What claim {claimNo} asks back was listed before this system kept payments.", "Write the letter by hand, from the papers of that time.");
        using var cipher = keys.OpenCipher();
        if (Open(cipher, payments[^1].DebtorBin, payments[^1].PayerAccountKey, payments[^1].PayerAccountCipher, payments[^1].PayerAccountTag) is not { } payerAccount) return Tampered($"payer {payments[^1].PayerName}");

        var plan = await ClaimStore.PlanAsync(session, caller.ProvinceCode, claimNo, cancel);
        var content = new ClaimLetterContent(claimNo, payments[^1].PayerName, claim.FullName, claim.PersonId, claim.Cause == (short)Core.Entitlements.ClaimCause.Death ? person.Death : null, person.Place ?? claim.CommuneName ?? "", claim.SentenceVi,
            [.. payments.GroupBy(payment => payment.ForMonth).Select(of => new ClaimLetterMonth(Months.FromKey(of.Key), new Vnd(of.Sum(payment => payment.ListedVnd)), string.Join("; ", of.Select(payment => Way(caller.ProvinceCode, payment)).Distinct()), new Vnd(of.First().OutstandingVnd)))],
            plan is null ? [] : [.. plan.Instalments.Select(part => (part.DueOn, part.Amount))], $"{payerAccount} tại {Bank(payments[^1].DebtorBin)}, chủ tài khoản {payments[^1].PayerAccountName}", claim.DueOn);

        var letters = new List<(string To, Vnd Sum, string File, Action<Stream> Write)>();
        if (!toBank) letters.Add((claim.FullName, content.Sum, path, stream => ClaimLetter.ToPerson(stream, content)));
        else
        {
            foreach (var of in payments.Where(payment => payment is { Kind: 1, BankBin: not null }).GroupBy(payment => payment.BankBin!).OrderBy(of => of.Key, StringComparer.Ordinal))
            {
                var credited = new List<ClaimLetterPayment>();
                foreach (var payment in of)
                {
                    var id = new InstructionId(caller.ProvinceCode, Months.FromKey(payment.Month!.Value), payment.RunNo!.Value, payment.LineNo!.Value, payment.Attempt!.Value).ToString();
                    if (Open(cipher, payment.BankBin!, payment.AccountKey!.Value, payment.AccountCipher!, payment.AccountTag!) is not { } account) return Tampered(id);
                    credited.Add(new(id, Months.FromKey(payment.ForMonth), payment.HolderName!, account, new Vnd(Math.Min(payment.OutstandingVnd, payment.ListedVnd))));
                }

                var file = Path.ChangeExtension(path, $".{BankDirectory.Find(of.Key)?.ShortName ?? of.Key}{extension}");
                letters.Add((Bank(of.Key), new Vnd(credited.Sum(payment => payment.Amount.Amount)), file, stream => ClaimLetter.ToBank(stream, content, Bank(of.Key), credited)));
            }

            if (letters.Count == 0) return new Problem("claim.no_bank", $"Nothing of claim {claimNo} went through a bank.", "Write to the person or the family: leave --to out.");
            if (letters.Count == 1) letters[0] = letters[0] with { File = path };
        }

        foreach (var letter in letters)
            if (await printer.WriteAsync(letter.Write, letter.File, cancel) is { IsOk: false } refused) return Result<IReadOnlyList<WrittenLetter>>.Refuse(refused.Problems);

        return Result<IReadOnlyList<WrittenLetter>>.Ok([.. letters.Select(letter => new WrittenLetter(claimNo, letter.To, letter.Sum, letter.File))]);
    }

    static string Way(short provinceCode, ClaimPayment payment) => payment switch
    {
        { Kind: 1 } => $"tài khoản …{payment.AccountTail} tại {Bank(payment.BankBin ?? "")}",
        { Kind: 2, PaidOn: { } day } => $"tiền mặt ngày {ViText.Date(day)}, danh sách {new CashListId(provinceCode, Months.FromKey(payment.ListMonth!.Value), payment.ListNo!.Value)}{(payment.Receiver is { } receiver ? $", người nhận {receiver}" : "")}",
        _ => "chưa chi",
    };

    static string Bank(string bin) => BankDirectory.Find(bin)?.Name ?? bin;

    static string? Open(AccountCipher cipher, string bin, short key, byte[] stored, byte[] tag)
    {
        try
        {
            var account = cipher.Decrypt(SecretKind.Account, key, stored);
            return CryptographicOperations.FixedTimeEquals(cipher.AccountTag(bin, account), tag) ? account : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    static Problem Tampered(string what) => new("account.tampered", $"The stored account of {what} does not open with its key, or is not the one its tag was made for.",
        "Stop, keep the database as it is, and tell the administrator: the row or the key folder was changed.");
}
