using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>A flag as a person says it.</summary>
/// <param name="Bank">NAPAS number or short name.</param>
/// <param name="Account">As the bank prints it; nobody needs to be paid there yet.</param>
/// <param name="Source">The paper or list it comes from; it is kept.</param>
/// <param name="From">First day; null: today.</param>
/// <param name="Until">Last day.</param>
public sealed record FlagRequest(string Bank, string Account, AccountFlagKind Kind, string Source, LocalDate? From, LocalDate Until);

/// <summary>Flags of risk on accounts (F25): whatever would go there on their days is held, with the flag by name; before and after they hold nothing. One person sets a flag, because it only delays; another ends it before its time.</summary>
public sealed class RiskFlags(Database database, IClock clock)
{
    const int SourceLengthMax = 500;

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Flags that stand or will; with <paramref name="ended"/> every one there ever was.</summary>
    public async Task<IReadOnlyList<StoredFlag>> ListAsync(Caller caller, bool ended, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await AccountFlagStore.AllAsync(session, caller.ProvinceCode, 0, ended, Today(), cancel);
    }

    /// <summary>Sets a flag.</summary>
    /// <param name="caller">An account editor, approver or administrator of the whole province.</param>
    /// <param name="wanted">The flag.</param>
    /// <param name="cipher">Finds the account by its number.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>account.unknown_bank</c>, <c>account_number.malformed</c>, <c>flag.days</c>, <c>usage.source_missing</c>.</returns>
    public async Task<Result<StoredFlag>> SetAsync(Caller caller, FlagRequest wanted, AccountCipher cipher, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AccountFlagAdd) is { } lacking) return lacking;
        var parsed = AccountNumber.Parse(wanted.Account);
        if (!parsed.TryGet(out var number)) return Result<StoredFlag>.Refuse(parsed.Problems);
        if (BankDirectory.ByNumberOrName(wanted.Bank) is not { } bank) return new Problem("account.unknown_bank", $"'{wanted.Bank}' is no bank of law/banks.csv.", "Use its six-digit NAPAS number or its short name, for example 970436 or Vietcombank.");
        var source = wanted.Source.Trim();
        if (source.Length is 0 or > SourceLengthMax) return new Problem("usage.source_missing", "A flag says where it comes from, in at most 500 characters.", "Say it: --source \"CV 12/CA-TP, danh sách số 3\".");
        var today = Today();
        var from = wanted.From ?? today;
        if (wanted.Until < from || wanted.Until < today || Period.DaysBetween(from, wanted.Until) > AccountFlag.DaysMax)
            return new Problem("flag.days", $"A flag from {ViText.Date(from)} to {ViText.Date(wanted.Until)} is over, runs backwards, or runs for more than a year.", "Give a last day from today on, within a year of the first; whoever wants it longer flags anew.");
        return await ActAsync(caller, "account.flag", [bank.Bin, number.Tail, AccountFlags.Word(wanted.Kind), source], async (session, by) =>
            await AccountFlagStore.InsertAsync(session, caller.ProvinceCode, new NewFlag(bank.Bin, cipher.AccountTag(bank.Bin, number.Text), number.Tail, (short)wanted.Kind, source, from, wanted.Until), by, cancel), cancel);
    }

    /// <summary>Ends a flag before its last day: from today on it holds nothing.</summary>
    /// <param name="caller">An account editor, approver or administrator of the whole province who did not set it.</param>
    /// <param name="flagNo">The flag.</param>
    /// <param name="reason">Why; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>flag.unknown</c>, <c>not_allowed.own_flag</c>, <c>not_allowed.flag_over</c>, <c>usage.reason_missing</c>.</returns>
    public async Task<Result<StoredFlag>> EndAsync(Caller caller, int flagNo, string reason, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AccountFlagEnd) is { } lacking) return lacking;
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("usage.reason_missing", "A flag is ended with a reason.", "Say why: --reason \"…\".");
        var today = Today();
        return await ActAsync(caller, "account.flag.end", [flagNo.ToString(CultureInfo.InvariantCulture), reason.Trim()], async (session, by) =>
        {
            if (await AccountFlagStore.AllAsync(session, caller.ProvinceCode, flagNo, true, today, cancel) is not [var flag]) return new Problem("flag.unknown", $"There is no flag {flagNo}.", "See them: payengine account flag list.");
            if (flag.EndedOn is not null || flag.ExpiresOn < today) return new Problem("not_allowed.flag_over", $"Flag {flagNo} is over since {ViText.Date(flag.EndedOn ?? flag.ExpiresOn)}.", "It holds nothing any more.");
            if (flag.MadeBy == caller.UserName) return new Problem("not_allowed.own_flag", $"{caller.UserName} set flag {flagNo} and cannot end it.", "A colleague who did not set it ends it.");
            await AccountFlagStore.EndAsync(session, caller.ProvinceCode, flagNo, today, reason.Trim(), by, cancel);
            return flagNo;
        }, cancel);
    }

    async Task<Result<StoredFlag>> ActAsync(Caller caller, string kind, IReadOnlyList<string> request, Func<DatabaseSession, (string Person, Instant At, long OperationNo), Task<Result<int>>> act, CancellationToken cancel)
    {
        var now = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredFlag>>(async () =>
        {
            await AccountCheckStore.LockAsync(session, caller.ProvinceCode, cancel);
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"{kind} after {last}"), kind, OperationLog.RequestHash([caller.UserName, .. request]), caller.UserName, now, cancel);
            var done = await act(session, (caller.UserName, now, start.OperationNo));
            if (!done.TryGet(out var flagNo)) return Result<StoredFlag>.Refuse(done.Problems);
            var said = JsonText.Write(new { flag = flagNo, said = request });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return (await AccountFlagStore.AllAsync(session, caller.ProvinceCode, flagNo, true, Today(), cancel))[0];
        }, result => result.IsOk, cancel: cancel);
    }

    LocalDate Today() => clock.GetCurrentInstant().InZone(Zone).Date;
}
