using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Banks;

/// <summary>What a person should know about a payment as the bank gets it: nothing that stops the file.</summary>
/// <param name="Payment">Its id.</param>
/// <param name="Code"><c>name_cut</c>, <c>name_characters_replaced</c> or <c>account_not_at_bank</c>.</param>
public sealed record PaymentFinding(string Payment, string Code, string Message);

/// <summary>Makes a run's files from its stored rows: the same rows give the same bytes. Accounts are deciphered one at a time, as they are written.</summary>
public sealed class PaymentFiles
{
    static readonly Offset VietNam = Offset.FromHours(7);

    readonly RunId run;
    readonly RunToExport stored;
    readonly Dictionary<short, OpenRoute> routes;
    readonly AccountCipher cipher;
    readonly List<PaymentFinding> findings = [];

    const int FindingsMax = 1_000;

    PaymentFiles(RunId run, RunToExport stored, Dictionary<short, OpenRoute> routes, AccountCipher cipher) => (this.run, this.stored, this.routes, this.cipher) = (run, stored, routes, cipher);

    /// <summary>Opens the debtor accounts and the profiles of the run's routes, as its plan froze them.</summary>
    /// <returns><c>payer.bank_without_bic</c> or <c>account.tampered</c> when a file could not be made.</returns>
    public static Result<PaymentFiles> Open(RunId run, RunToExport stored, IEnumerable<StoredRoute> routes, AccountCipher cipher)
    {
        var byNumber = new Dictionary<short, OpenRoute>();
        var profiles = new Dictionary<string, BankProfile>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            if (!profiles.TryGetValue(route.Profile, out var profile)) profiles[route.Profile] = profile = PaymentProfiles.Of(route.Profile, route.ProfileContent);
            var bic = BankDirectory.Find(route.DebtorBin)?.Bic;
            if (bic is null && profile is { FileKind: FileKind.Pain001, DebtorAgent: AgentForm.Bic })
                return new Problem("payer.bank_without_bic", $"The payer's bank {route.DebtorBin} has no BIC in law/banks.csv, and profile {profile.Id} names it by BIC.", "Add it there, with its source, or name the bank otherwise in the profile.");
            if (profile.FileKind == FileKind.Pain001 && (profile.DebtorId != DebtorIdKind.None || profile.DebtorAgent == AgentForm.BranchCode))
                return new Problem("payer.debtor_id_missing", $"Profile {profile.Id} wants the {(profile.DebtorId switch { DebtorIdKind.TaxCode => "tax code (mã số thuế)", DebtorIdKind.BudgetUnitCode => "budget unit code (mã đơn vị có quan hệ với ngân sách)", _ => "code of the bank's branch" })} of payer {stored.PayerName}, which the register does not hold.", "Ask the bank whether it takes files without it, and say None or NapasNumber in the profile; then plan again.");
            if (OpenAccount(cipher, route.DebtorBin, route.AccountKey, route.AccountCipher, route.AccountTag) is not { } account) return Tampered($"the payer of {run}");
            byNumber[route.RouteNo] = new(route, profile, account, bic);
        }

        return new PaymentFiles(run, stored, byNumber, cipher);
    }

    public BankProfile ProfileOf(short routeNo) => routes[routeNo].Profile;

    /// <summary>What was noticed about the payments written so far: the first thousand; <see cref="FindingCount"/> counts all.</summary>
    public IReadOnlyList<PaymentFinding> Findings => findings;

    public int FindingCount { get; private set; }

    /// <summary>The day on the calendar of Viet Nam.</summary>
    public static LocalDate DayOf(Instant at) => at.WithOffset(VietNam).Date;

    /// <summary>The file of these rows; its payments are pulled from <paramref name="orders"/> while it is written.</summary>
    public BatchFile Of(BankFileRow file, IReadOnlyList<BatchRow> batches, IEnumerable<StoredOrder> orders)
    {
        var source = orders.GetEnumerator();
        return new BatchFile
        {
            MessageId = file.MsgId,
            CreatedAt = file.NumberedAt.WithOffset(VietNam),
            PayerName = BankText.Name(stored.PayerName, 70).Text,
            CustomerNumber = routes[batches[0].RouteNo].Route.CustomerNo,
            Count = file.Items,
            Sum = file.SumVnd,
            Batches = [.. batches.Select((batch, index) => new PaymentBatch
            {
                BatchId = batch.PmtInfId,
                ExecutionDate = batch.ExecutionDate,
                DebtorName = BankText.Name(routes[batch.RouteNo].Route.AccountName, 70).Text,
                DebtorAccount = routes[batch.RouteNo].Account,
                DebtorBic = routes[batch.RouteNo].Bic,
                DebtorBankBin = routes[batch.RouteNo].Route.DebtorBin,
                UltimateDebtorName = OwnerOf(routes[batch.RouteNo]),
                CategoryPurpose = routes[batch.RouteNo].Route.CategoryPurpose,
                ServiceLevel = routes[batch.RouteNo].Route.ServiceLevel is { Length: > 0 } level ? level : null,
                Count = batch.Items,
                Sum = batch.SumVnd,
                Payments = Payments(source, batch.Items, last: index == batches.Count - 1),
            })],
        };
    }

    /// <summary>A stored order as the bank gets it.</summary>
    /// <returns><c>account.tampered</c> when cipher and tag do not agree, <c>payment.name_old_encoding</c> when its letters cannot be trusted, <c>payment.name_unwritable</c> when no letter of the name can be written.</returns>
    public Result<PaymentInstruction> InstructionOf(in StoredOrder order) => InstructionOf(order, noted: false);

    Result<PaymentInstruction> InstructionOf(in StoredOrder order, bool noted)
    {
        var (route, profile, _, _) = routes[order.RouteNo];
        var id = new InstructionId(order.Origin.ProvinceCode, order.Origin.Month, order.Origin.RunNo, order.LineNo, order.Attempt);
        if (OpenAccount(cipher, order.BankBin, order.AccountKey, order.AccountCipher, order.AccountTag) is not { } account) return Tampered(id.ToString());
        if (OldEncodings.Find(order.HolderName) >= 0)
        {
            return new Problem("payment.name_old_encoding", $"The account holder's name of payment {id} has letters of an old encoding (TCVN3, VNI or VISCII typed into Unicode).",
                "Type the name again in Unicode in the register, plan the run again and have it approved.");
        }

        // A list may keep the marks of a name; a message never does.
        var accents = profile.Layout?.Columns.Any(column => column is { Field: PaymentField.CreditorName, Accents: true }) == true;
        var written = BankText.Name(order.HolderName, profile.NameLengthMax);
        var name = accents ? CellText.Of(order.HolderName, profile.NameLengthMax, upperCase: true, accents: true) : written.Text;
        if (name.Length == 0)
        {
            return new Problem("payment.name_unwritable", $"The account holder's name of payment {id} has no letter that a bank can take.",
                "Correct the name in the register, plan the run again and have it approved.");
        }

        if (profile.CreditorAgent == AgentForm.Bic && BankDirectory.Find(order.BankBin)?.Bic is null)
        {
            return new Problem("payment.bank_without_bic", $"Bank {order.BankBin} of payment {id} has no BIC in law/banks.csv, and profile {profile.Id} names banks by BIC.",
                "Add the BIC there, with its source, or pay this bank by another route; then plan again.");
        }

        if (noted)
        {
            if (written.Findings.HasFlag(BankTextFindings.Cut)) Note(id, "name_cut", $"The account holder's name is longer than the {profile.NameLengthMax} characters profile {profile.Id} takes, and was cut. The bank may find another name on the account: ask how it wants the name, and enter it so in the register.");
            if (written.Findings.HasFlag(BankTextFindings.CharacterReplaced)) Note(id, "name_characters_replaced", "The account holder's name has signs that no bank takes; blanks stand in their place. Correct the name in the register.");
            if (BankProfiles.ForBank(order.BankBin) is { } theirs && !theirs.TakesAccount(account))
                Note(id, "account_not_at_bank", $"Account …{Tail(account)} cannot be one of bank {order.BankBin} by the pattern of profile {theirs.Id}, which has come since the plan. Expect a return: correct the account in the register, or the pattern.");
        }

        return new PaymentInstruction(id, order.Amount, order.BankBin, BankDirectory.Find(order.BankBin)?.Bic, null, name, account, route.Purpose, RemittanceOf(order.Origin.Month, profile));
    }

    /// <summary>The payer, where the account is held by somebody else (profile §2, UltmtDbtr); null where the two names are one, whatever their letters.</summary>
    string? OwnerOf(OpenRoute route) => BankText.Name(stored.PayerName, 70).Text is var payer && payer != BankText.Name(route.Route.AccountName, 70).Text ? payer : null;

    /// <summary>Says that it is a benefit and of which list, and nothing of illness or poverty.</summary>
    static string RemittanceOf(YearMonth month, BankProfile profile) => BankText.Remittance($"TRO CAP T{ViText.Month(month)}", profile.RemittanceLengthMax, profile.RemittanceCharacters).Text;

    /// <summary>A route with its profile and its account in the clear.</summary>
    sealed record OpenRoute(StoredRoute Route, BankProfile Profile, string Account, string? Bic);

    IEnumerable<PaymentInstruction> Payments(IEnumerator<StoredOrder> source, int count, bool last)
    {
        for (var i = 0; i < count; i++)
        {
            if (!source.MoveNext()) throw new InvalidOperationException($"{run}: the stored orders end before their batch does.");
            // Both were checked when the file was numbered: a row that fails now has been changed since.
            var made = InstructionOf(source.Current, noted: true);
            yield return made.IsOk ? made.Value : throw new InvalidOperationException(made.Problems[0].ToString());
        }

        if (last && source.MoveNext()) throw new InvalidOperationException($"{run}: there are more stored orders than the file's batches say.");
    }

    void Note(InstructionId id, string code, string message)
    {
        FindingCount++;
        if (findings.Count < FindingsMax) findings.Add(new(id.ToString(), code, message));
    }

    static string Tail(string account) => account.Length <= 4 ? account : account[^4..];

    static string? OpenAccount(AccountCipher cipher, string bin, short key, byte[] text, byte[] tag)
    {
        try
        {
            var account = cipher.Decrypt(SecretKind.Account, key, text);
            return CryptographicOperations.FixedTimeEquals(cipher.AccountTag(bin, account), tag) ? account : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    static Problem Tampered(string of) => new("account.tampered", $"The stored account of {of} does not open with its key, or is not the one its tag was made for.",
        "Stop, keep the database as it is, and tell the administrator: the row or the key folder was changed.");
}
