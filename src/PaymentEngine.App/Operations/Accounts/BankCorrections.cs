using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Names;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>What a bank's file asks for.</summary>
/// <param name="IsNew">False: the file was taken in before, and nothing was changed now.</param>
public sealed record CorrectionsTaken(int CorrectionNo, int Rows, IReadOnlyList<int> Changes, bool IsNew);

/// <summary>A bank's own corrections of accounts (F27): each row becomes a change of every right that is paid to the old account, with the file as its source. Another person approves each, and it counts after the wait, as any other change.</summary>
public sealed class BankCorrections(Database database, AccountCipher cipher, IClock clock, IFiles files)
{
    readonly Casework casework = new(database, clock);

    /// <summary>Takes a file in, all rows or none.</summary>
    /// <param name="caller">An account editor of the whole province.</param>
    /// <param name="path">account-corrections.csv or a workbook of the same columns (schemas/import/account-corrections.md).</param>
    /// <param name="bank">The bank that sends it: NAPAS number or short name.</param>
    /// <param name="source">The letter it came with; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<CorrectionsTaken>> ImportAsync(Caller caller, string path, string bank, string source, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AccountCorrect) is { } lacking) return lacking;
        if (BankDirectory.ByNumberOrName(bank) is not { } sender) return new Problem("account.unknown_bank", $"'{bank}' is no bank of law/banks.csv.", "Use its six-digit NAPAS number or its short name, for example 970436 or Vietcombank.");
        if (Casework.Text(source) is not { } letter || letter.Length > 300) return new Problem("usage.source_missing", "A bank's correction needs the letter it came with, in at most 300 characters.", "Name it: --source \"CV 88/NH ngày 02/11/2026\".");
        var read = NoticeReading.Read(files, path, NoticeFiles.ReadAccountCorrections);
        if (!read.TryGet(out var file)) return Result<CorrectionsTaken>.Refuse(read.Problems);
        var (now, today) = casework.Times();
        var sha256 = Convert.FromHexString(file.Sha256);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<CorrectionsTaken>>(async () =>
        {
            // As with cases: what moves money, what plans it and what changes accounts wait for each other.
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await AccountCorrectionStore.FindAsync(session, caller.ProvinceCode, sha256, cancel) is { } before)
                return new CorrectionsTaken(before, file.Rows.Count, await AccountCorrectionStore.ChangesAsync(session, caller.ProvinceCode, before, cancel), false);
            var tags = file.Rows.ToDictionary(row => row.Line, row => cipher.AccountTag(sender.Bin, row.Value.OldAccountNo.Text));
            var rights = (await AccountCorrectionStore.RightsAsync(session, caller.ProvinceCode, tags.Values, cancel)).ToLookup(right => Convert.ToHexString(right.AccountTag), StringComparer.Ordinal);
            var waiting = await AccountCorrectionStore.WaitingAsync(session, caller.ProvinceCode, rights.SelectMany(tag => tag).Select(right => right.PayeeNo), cancel);
            var wait = (await Casework.TermsAsync(session, caller.ProvinceCode, cancel)).AccountWait;
            var (problems, changes) = (new List<Problem>(), new List<AccountChange>());
            foreach (var (line, row) in file.Rows)
            {
                List<CorrectedRight> here = [.. rights[Convert.ToHexString(tags[line])]];
                if (here.Count == 0)
                {
                    problems.Add(new Problem("correction.unknown_account", $"Nobody is paid to the account ending in {row.OldAccountNo.Tail} at {sender.ShortName}.", "Is it another bank's file, or an account that was changed already? Take the row out when it is not ours.").In(file.Name, line, "old_account_no"));
                    continue;
                }

                if (here.FirstOrDefault(right => waiting.Contains(right.PayeeNo)) is { } busy)
                    problems.Add(new Problem("correction.change_waits", $"Another change of {busy.PersonId}'s account waits for its answer or its day.", "See it: payengine account list. Answer it first, then take the file in again.").In(file.Name, line, "old_account_no"));
                var bin = row.NewBankBin ?? sender.Bin;
                var said = new CorrectedAccount(bin, row.NewAccountNo.Text, row.Holder, $"{letter}; {file.Name}:{line}{(row.Reason is { } why ? $" {why}" : "")}", null, (PayoutChannel)here[0].Kind);
                var proposed = AccountProposal.Read(said, today, cipher);
                if (!proposed.TryGet(out var proposal))
                {
                    problems.AddRange(proposed.Problems.Select(problem => problem.In(file.Name, line, "new_account_no")));
                    continue;
                }

                foreach (var right in here)
                {
                    // Held against the holder the register has: the payee was compared when the account came in, and a relative's account stays a relative's.
                    var names = NameMatch.Compare(row.Holder, right.HolderName);
                    if (!names.IsAccepted)
                        problems.Add(new Problem("correction.other_holder", string.Create(CultureInfo.InvariantCulture, $"The bank's holder does not fit the register's by the rules of names ({NameRuleWords.English(names.Rule)}, {names.Score} of 100)."), "Ask the bank. If the holder has changed, it is a change of the account: payengine account propose.").In(file.Name, line, "account_name"));
                    else changes.Add(proposal.OfBank(right, names, wait, caller.UserName));
                }
            }

            if (problems.Count > 0) return Result<CorrectionsTaken>.Refuse(problems);
            if (changes.GroupBy(change => change.PayeeNo).FirstOrDefault(right => right.Count() > 1) is { } twice)
                return new Problem("correction.change_waits", $"Two accounts of one right ({twice.First().ExpectedName}) are corrected in one file.", "Give them in two files; the second once the first is in use.").In(file.Name);
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"account.correct after {last}"), "account.correct", OperationLog.RequestHash(file.Sha256, sender.Bin, letter, caller.UserName), caller.UserName, now, cancel);
            var number = await AccountCorrectionStore.InsertAsync(session, caller.ProvinceCode, sender.Bin, letter, (file.Name, sha256, file.Rows.Count), changes, (caller.UserName, now, start.OperationNo), cancel);
            var numbers = await AccountCorrectionStore.ChangesAsync(session, caller.ProvinceCode, number, cancel);
            var told = JsonText.Write(new { correction = number, bank = sender.Bin, source = letter, sha256 = file.Sha256, rows = file.Rows.Count, changes = numbers });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, told, told, now, cancel);
            return new CorrectionsTaken(number, file.Rows.Count, numbers, true);
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }
}
