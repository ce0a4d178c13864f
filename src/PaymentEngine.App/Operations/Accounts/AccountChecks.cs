using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>What an import of a bank's answer did.</summary>
/// <param name="New">Rows that say something new; a file taken in before says nothing new.</param>
/// <param name="Unanswered">Accounts of the list that the bank has not spoken of yet.</param>
public sealed record AccountAnswersTaken(int InquiryNo, int Rows, int New, int Verified, int NameDiffers, int Closed, int NotFound, int Unanswered);

/// <summary>Accounts are held against their bank by a file before money goes there (F21): a list out, the answer in, the name compared by our own rules with its evidence kept (F22, F23).</summary>
public sealed class AccountChecks(Database database, AccountCipher cipher, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    static readonly (string Title, bool IsNumber)[] columns = [("ref", false), ("bank_bin", false), ("account_no", false), ("account_name", false), ("result", false), ("bank_name", false), ("answered_on", false), ("note", false)];

    /// <summary>Writes a bank's list of accounts that it has not confirmed, and remembers what was asked. Each account stands in it once, whoever is paid there.</summary>
    /// <param name="caller">Account editor, maker or administrator: the list holds account numbers in clear.</param>
    /// <param name="bank">NAPAS number or short name.</param>
    /// <param name="path">A new file, .csv or .xlsx.</param>
    /// <param name="again">Accounts that were answered already too.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>account.unknown_bank</c>, <c>account_check.nothing</c>, <c>file.exists</c>, <c>file.form</c>, <c>account.cipher</c>.</returns>
    public async Task<Result<StoredInquiry>> RequestAsync(Caller caller, string bank, string path, bool again, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AccountVerifyRequest) is { } lacking) return lacking;
        if (BankDirectory.ByNumberOrName(bank) is not { } found) return new Problem("account.unknown_bank", $"'{bank}' is no bank of law/banks.csv.", "Use its six-digit NAPAS number or its short name, for example 970436 or Vietcombank.");
        if (!TableFile.IsNamed(path)) return new Problem("file.form", $"'{Path.GetFileName(path)}' says no form.", "Name a file that ends in .csv or .xlsx.");
        if (files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Name another file; files are never overwritten.", new SourceLocation(path));
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var asked = await AccountCheckStore.ToAskAsync(session, caller.ProvinceCode, found.Bin, at.InZone(Zone).Date, again, caller.Communes, cancel);
        if (asked.Count == 0) return new Problem("account_check.nothing", $"No account at {found.ShortName} ({found.Bin}) waits for its bank's word.", "Those that were answered are asked again with --again; see them: payengine account verify list.");
        var numbers = new List<string>(asked.Count);
        try
        {
            numbers.AddRange(asked.Select(one => cipher.Decrypt(SecretKind.Account, one.AccountKey, one.AccountCipher)));
        }
        catch (CryptographicException)
        {
            return new Problem("account.cipher", "An account cannot be opened with the keys of this machine.", "Use the key folder the register was imported with (PAYENGINE_KEYS).");
        }

        try
        {
            var inquiry = await session.InTransactionAsync(async () =>
            {
                await AccountCheckStore.LockAsync(session, caller.ProvinceCode, cancel);
                var number = await AccountCheckStore.NextAsync(session, caller.ProvinceCode, cancel);
                var sha256 = await WriteAsync(path, asked.Select((one, place) => (IReadOnlyList<string>)[Reference(number, place + 1), found.Bin, numbers[place], one.HolderName, "", "", "", ""]), cancel);
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, FormattableString.Invariant($"account.verify {number}"), "account.verify.request", OperationLog.RequestHash(found.Bin, Convert.ToHexString(sha256)), caller.UserName, at, cancel);
                await AccountCheckStore.InsertAsync(session, caller.ProvinceCode, number, found.Bin, asked, Path.GetFileName(path), sha256, (caller.UserName, at, start.OperationNo), cancel);
                var said = JsonText.Write(new { inquiry = number, bank = found.Bin, accounts = asked.Count, sha256 = Convert.ToHexStringLower(sha256) });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
                return (await AccountCheckStore.InquiriesAsync(session, caller.ProvinceCode, number, cancel))[0];
            }, cancel: cancel);
            // A list that the store remembers appears; one that it does not never does.
            files.Appear(path);
            return inquiry;
        }
        catch
        {
            files.Discard(path);
            throw;
        }
    }

    /// <summary>All lists, as the caller's eyes see them.</summary>
    public async Task<IReadOnlyList<StoredInquiry>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await AccountCheckStore.InquiriesAsync(session, caller.ProvinceCode, 0, cancel);
    }

    /// <summary>Every account of a list with the bank's last word.</summary>
    /// <returns>Refused: <c>account_check.unknown</c>.</returns>
    public async Task<Result<(StoredInquiry Inquiry, IReadOnlyList<AskedAccount> Accounts)>> ShowAsync(Caller caller, int inquiryNo, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        if (await AccountCheckStore.InquiriesAsync(session, caller.ProvinceCode, inquiryNo, cancel) is not [var inquiry]) return Unknown(inquiryNo);
        return (inquiry, await AccountCheckStore.AskedAsync(session, caller.ProvinceCode, inquiryNo, cancel));
    }

    /// <summary>Takes a bank's answer in, all rows or none. The same answer again changes nothing; another one is the bank's next word.</summary>
    /// <param name="caller">Account editor, maker or administrator.</param>
    /// <param name="inquiryNo">The list it answers.</param>
    /// <param name="path">The list as it came back, .csv or .xlsx (schemas/import/account-answers.md).</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<AccountAnswersTaken>> ImportAsync(Caller caller, int inquiryNo, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AccountVerifyImport) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, NoticeFiles.ReadAccountAnswers);
        if (!read.TryGet(out var file)) return Result<AccountAnswersTaken>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<AccountAnswersTaken>>(async () =>
        {
            await AccountCheckStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await AccountCheckStore.InquiriesAsync(session, caller.ProvinceCode, inquiryNo, cancel) is not [var inquiry] || (caller.Communes is not null && inquiry.Person != caller.UserName)) return Unknown(inquiryNo);
            var asked = (await AccountCheckStore.AskedAsync(session, caller.ProvinceCode, inquiryNo, cancel)).ToDictionary(one => Reference(inquiryNo, one.RowNo), StringComparer.Ordinal);
            var (problems, fresh) = (new List<Problem>(), new List<NewAccountAnswer>());
            foreach (var (line, answer) in file.Rows)
            {
                if (!asked.TryGetValue(answer.Reference, out var one))
                {
                    problems.Add(new Problem("account_check.not_asked", $"List {inquiryNo} has no row '{answer.Reference}'.", "Is it the answer to another list? Keep the ref column as it was sent.").In(file.Name, line, "ref"));
                    continue;
                }

                if (!cipher.AccountTag(inquiry.BankBin, answer.AccountNo.Text).AsSpan().SequenceEqual(one.AccountTag))
                    problems.Add(new Problem("account_check.other_account", $"Row {answer.Reference} asked about an account ending in {one.AccountTail}, and this one ends in {answer.AccountNo.Tail}.", "The rows may have slipped: give the list back as it was sent, with ref and account_no side by side.").In(file.Name, line, "account_no"));
                if (answer.AnsweredOn > today) problems.Add(new Problem("account_check.future", $"{ViText.Date(answer.AnsweredOn)} is after today.", "Correct the day of the answer.").In(file.Name, line, "answered_on"));
                var judged = JudgedAnswer.Of(answer.Word, answer.BankName, one.HolderName);
                if (one.State == (short)judged.Check && one.BankName == answer.BankName && one.AnsweredOn == answer.AnsweredOn && one.Note == answer.Note) continue;
                fresh.Add(new NewAccountAnswer(one.RowNo, (short)judged.Check, answer.BankName, judged.Names?.Holder.Accented, judged.Names?.Expected.Accented, judged.Names?.RuleCode, (short?)judged.Names?.Score, answer.AnsweredOn, answer.Note));
            }

            if (problems.Count > 0) return Result<AccountAnswersTaken>.Refuse(problems);
            if (fresh.Count > 0)
            {
                var hash = OperationLog.RequestHash(file.Sha256, inquiryNo.ToString(CultureInfo.InvariantCulture), at.ToString());
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"account.verify.import {inquiryNo} {Convert.ToHexStringLower(hash)}", "account.verify.import", hash, caller.UserName, at, cancel);
                await AccountCheckStore.InsertAnswersAsync(session, caller.ProvinceCode, inquiryNo, fresh, file.Name, Convert.FromHexString(file.Sha256), (caller.UserName, at, start.OperationNo), cancel);
                var said = JsonText.Write(new { inquiry = inquiryNo, sha256 = file.Sha256, rows = file.Rows.Count, answers = fresh.Count });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            }

            var after = (await AccountCheckStore.InquiriesAsync(session, caller.ProvinceCode, inquiryNo, cancel))[0];
            return new AccountAnswersTaken(inquiryNo, file.Rows.Count, fresh.Count, (int)after.Verified, (int)after.NameDiffers, (int)after.Closed, (int)after.NotFound, after.Accounts - (int)after.Answered);
        }, result => result.IsOk, cancel: cancel);
    }

    static string Reference(int inquiryNo, int rowNo) => FormattableString.Invariant($"{inquiryNo}-{rowNo}");

    static Problem Unknown(int inquiryNo) => new("account_check.unknown", $"There is no list {inquiryNo} of accounts here.", "See them: payengine account verify list.");

    async Task<byte[]> WriteAsync(string path, IEnumerable<IReadOnlyList<string>> rows, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        TableFile.Write(bytes, path, "Kiem tra tai khoan", columns, rows);
        bytes.Position = 0;
        var sha256 = SHA256.HashData(bytes);
        bytes.Position = 0;
        using var stream = files.CreateBeside(path);
        await bytes.CopyToAsync(stream, cancel);
        files.FlushToDisk(stream);
        return sha256;
    }
}
