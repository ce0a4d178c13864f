using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>The books of the funds: declarations, balances, movements.</summary>
public sealed record FundBooks(IReadOnlyList<Fund> Funds, IReadOnlyList<StoredProvider> Providers, IReadOnlyList<ProviderContract> Contracts, IReadOnlyList<ProviderFee> Fees, IReadOnlyList<StoredMovement> Movements,
    IReadOnlyList<FundUse> Uses)
{
    public FundBalance BalanceOf(string fund) => FundBook.Balance(fund, Movements.Select(one => one.Movement), Uses);

    /// <summary>Whether a movement was taken back.</summary>
    public bool IsUndone(int movementNo) => Movements.Any(one => one.Movement.Undoes == movementNo);
}

/// <summary>Whether the money for a run's payments is on the paying account, fund by fund.</summary>
/// <param name="Lacking">Đồng that must still come before everything on its way out is covered.</param>
public sealed record FundCover(string Fund, bool MustCover, Vnd AtBank, Vnd Committed, Vnd Lacking);

/// <summary>One programme of a settlement with a provider.</summary>
public sealed record SettledFee(string Contract, Programme Programme, int Items, Vnd Paid, ProviderFee? Fee, Vnd Sum);

/// <summary>What is settled with a provider for a month: what it held, paid, left, and its fee.</summary>
public sealed record ProviderSettlement(StoredProvider Provider, YearMonth Month, IReadOnlyList<KnownList> Lists, IReadOnlyList<SettledFee> Fees, Vnd Received, Vnd GivenBack, Vnd Holds)
{
    public Vnd FeeSum => new(Fees.Sum(fee => fee.Sum.Amount));
}

/// <summary>A report that was taken, and what should be left with the provider.</summary>
public sealed record TakenReport(string Provider, YearMonth Month, int Lists, int PaidItems, Vnd Paid, int UnpaidItems, Vnd Unpaid, Vnd Left, bool IsLate);

/// <summary>Funds (nguồn kinh phí) and providers (tổ chức dịch vụ chi trả): F60 F61 F160–F164; law/README §4.1.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">Days are days in Viet Nam by it.</param>
/// <param name="files">The disk.</param>
public sealed class Funds(Database database, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Days between a movement and the statement entry that may show it by itself.</summary>
    const int EntryDays = 3;

    /// <summary>Everything declared and booked.</summary>
    public async Task<Result<FundBooks>> BooksAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.FundList) is { } not) return not;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(() => ReadAsync(session, caller.ProvinceCode, cancel), cancel: cancel);
    }

    /// <summary>Declares a fund. One programme of a payer is paid from one fund at a time.</summary>
    /// <param name="caller">An administrator of the whole province.</param>
    /// <param name="fund">Without its payer's number.</param>
    /// <param name="payerCode">Code of payers.csv.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<Fund>> DeclareAsync(Caller caller, Fund fund, string payerCode, CancellationToken cancel) => DeclareAsync<Fund>(caller, "fund.declare", fund.Code, async (session, operation) =>
    {
        var payers = await PayerStore.OfMonthAsync(session, caller.ProvinceCode, fund.From, clock.GetCurrentInstant(), cancel);
        if (payers.FirstOrDefault(payer => payer.Code == payerCode) is not { } payer)
            return new Problem("fund.payer_unknown", $"There is no payer '{payerCode}' in {fund.From.Text()}.", payers.Count == 0 ? "Import payers.csv first." : $"Payers: {string.Join(", ", payers.Select(one => one.Code))}.");
        var complete = fund with { PayerNo = payer.PayerNo };
        var standing = await FundStore.FundsAsync(session, caller.ProvinceCode, cancel);
        if (standing.FirstOrDefault(one => one.Code == fund.Code) is { } same)
            return same.Equals(complete with { Programmes = same.Programmes }) && same.Programmes.SequenceEqual(complete.Programmes.Order()) ? same
                : new Problem("fund.known", $"Fund {fund.Code} is declared already, otherwise.", "A declaration stays; declare the change as a fund of its own from a later month.");
        if (standing.FirstOrDefault(one => one.Overlaps(complete)) is { } other)
            return new Problem("fund.overlaps", $"{other.Code} already pays {string.Join(", ", other.Programmes.Intersect(complete.Programmes).Select(Word))} of {payerCode} in these months.", "A list is charged to one fund: choose other months or programmes.");
        await FundStore.InsertAsync(session, caller.ProvinceCode, complete, caller.UserName, clock.GetCurrentInstant(), await operation(), cancel);
        return complete;
    }, cancel);

    /// <summary>Declares a provider.</summary>
    public Task<Result<StoredProvider>> DeclareAsync(Caller caller, StoredProvider provider, CancellationToken cancel) => DeclareAsync<StoredProvider>(caller, "provider.declare", provider.Code, async (session, operation) =>
    {
        if ((await FundStore.ProvidersAsync(session, caller.ProvinceCode, cancel)).FirstOrDefault(one => one.Code == provider.Code) is { } same)
            return same == provider ? same : new Problem("provider.known", $"Provider {provider.Code} is declared already as {same.Name}.", "Choose another code.");
        await FundStore.InsertAsync(session, caller.ProvinceCode, provider, caller.UserName, clock.GetCurrentInstant(), await operation(), cancel);
        return provider;
    }, cancel);

    /// <summary>Declares a contract: where, for which programmes and how long a provider pays in cash.</summary>
    /// <param name="caller">An administrator of the whole province.</param>
    /// <param name="contract">Without communes.</param>
    /// <param name="communeCodes">Empty: the whole province.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<ProviderContract>> DeclareAsync(Caller caller, ProviderContract contract, IReadOnlyList<string> communeCodes, CancellationToken cancel) => DeclareAsync<ProviderContract>(caller, "contract.declare", contract.No, async (session, operation) =>
    {
        if ((await FundStore.ProvidersAsync(session, caller.ProvinceCode, cancel)).All(provider => provider.Code != contract.Provider)) return UnknownProvider(contract.Provider);
        var known = await FundStore.CommunesAsync(session, caller.ProvinceCode, cancel);
        if (communeCodes.Except(known.Select(area => area.Code)).ToList() is { Count: > 0 } unknown)
            return new Problem("commune.unknown", $"No commune has the code {string.Join(", ", unknown)}.", "Codes are those of areas.csv.");
        var complete = contract with { CommuneIds = [.. known.Where(area => communeCodes.Contains(area.Code)).Select(area => area.Id).Distinct().Order()] };
        var standing = await FundStore.ContractsAsync(session, caller.ProvinceCode, cancel);
        if (standing.Any(one => one.No == contract.No)) return new Problem("contract.known", $"Contract {contract.No} is declared already.", "A contract stays; declare the new one under its own number.");
        if (standing.FirstOrDefault(one => one.Overlaps(complete)) is { } other)
            return new Problem("contract.overlaps", $"Contract {other.No} of {other.Provider} already covers some of these communes, programmes and days.", "On one day one provider pays a programme in a commune: choose other days or communes.");
        await FundStore.InsertAsync(session, caller.ProvinceCode, complete, caller.UserName, clock.GetCurrentInstant(), await operation(), cancel);
        return complete;
    }, cancel);

    /// <summary>Declares the fee of a contract for a programme from a month on.</summary>
    public Task<Result<ProviderFee>> DeclareAsync(Caller caller, ProviderFee fee, CancellationToken cancel) => DeclareAsync<ProviderFee>(caller, "fee.declare", $"{fee.Contract} {fee.Programme} {fee.From.Text()}", async (session, operation) =>
    {
        if ((await FundStore.ContractsAsync(session, caller.ProvinceCode, cancel)).FirstOrDefault(one => one.No == fee.Contract) is not { } contract)
            return new Problem("contract.unknown", $"There is no contract {fee.Contract}.", "See payengine provider list.");
        if (!contract.Programmes.Contains(fee.Programme)) return new Problem("fee.programme", $"Contract {fee.Contract} is not for {Word(fee.Programme)}.", "A fee is set for a programme of the contract.");
        if ((await FundStore.FeesAsync(session, caller.ProvinceCode, cancel)).Any(one => one.Contract == fee.Contract && one.Programme == fee.Programme && one.From == fee.From))
            return new Problem("fee.known", $"The fee of {fee.Contract} for {Word(fee.Programme)} from {fee.From.Text()} is declared already.", "A fee stays; declare the new one from its own month.");
        await FundStore.InsertAsync(session, caller.ProvinceCode, fee, caller.UserName, clock.GetCurrentInstant(), await operation(), cancel);
        return fee;
    }, cancel);

    /// <summary>Books a movement with its voucher. The same voucher for the same movement again is known.</summary>
    /// <param name="caller">A maker of the whole province.</param>
    /// <param name="movement">Its number is given here.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<FundMovement>> MoveAsync(Caller caller, FundMovement movement, CancellationToken cancel) => MoveAsync(caller, (books, today) =>
    {
        if (books.Funds.FirstOrDefault(fund => fund.Code == movement.Fund) is not { } fund) return UnknownFund(movement.Fund);
        if (!FundMovement.Legal.Any(legal => legal.From == movement.From && legal.To == movement.To)) return new Problem("usage.fund_move", $"Money does not move from {movement.From} to {movement.To}.", "See payengine fund move --help.");
        if (movement.To == FundPlace.Fee != (fund.Programmes.Count == 0) && (movement.To == FundPlace.Fee || movement.From == FundPlace.Provider || movement.To == FundPlace.Provider))
            return new Problem("not_allowed.fee_from_benefit", movement.To == FundPlace.Fee ? $"{fund.Code} pays benefits; a fee is never taken from them." : $"{fund.Code} is for fees; benefits are not paid from it.",
                "Fees are paid from a fund declared without programmes (the management cost): 44/2022/TT-BTC, Điều 7.");
        if (movement.Provider is { } provider && books.Providers.All(one => one.Code != provider)) return UnknownProvider(provider);
        if (movement.On > today) return new Problem("usage.date", $"{ViText.Date(movement.On)} is not yet.", "Book a movement when it has happened.");
        if (books.Movements.FirstOrDefault(one => one.Movement.Undoes is null && one.Movement with { No = 0 } == movement with { No = 0 } && !books.IsUndone(one.Movement.No)) is { } known) return known.Movement;
        var balance = books.BalanceOf(movement.Fund);
        var holds = movement.From switch { FundPlace.PayingBank => balance.AtBank, FundPlace.Provider => balance.AtProviders.GetValueOrDefault(movement.Provider!), _ => movement.Amount };
        return holds < movement.Amount
            ? new Problem("fund.not_there", $"{(movement.From == FundPlace.PayingBank ? "The paying account" : movement.Provider)} holds {ViText.Money(holds)} of {movement.Fund}; {ViText.Money(movement.Amount)} cannot leave it.", "Book what came first, or correct the sum.")
            : movement;
    }, cancel);

    /// <summary>Takes a movement back by a contra entry.</summary>
    public Task<Result<FundMovement>> UndoAsync(Caller caller, int movementNo, LocalDate on, string voucher, CancellationToken cancel) => MoveAsync(caller, (books, _) =>
    {
        if (books.Movements.FirstOrDefault(one => one.Movement.No == movementNo)?.Movement is not { } movement)
            return new Problem("fund.movement_unknown", $"There is no movement {movementNo.ToString(CultureInfo.InvariantCulture)}.", "See payengine fund show.");
        if (movement.Undoes is not null) return new Problem("not_allowed.contra", "A contra entry is not undone.", "Book the movement anew.");
        return books.Movements.FirstOrDefault(one => one.Movement.Undoes == movementNo)?.Movement ?? FundBook.Undo(movement, 0, on, voucher);
    }, cancel);

    /// <summary>Ties movements of the paying account to the statement entries that show them: the same sum and side, at most three days apart, exactly one on either side.</summary>
    /// <returns>How many movements were tied now, and those still without an entry.</returns>
    public async Task<Result<(int Tied, IReadOnlyList<FundMovement> Unseen)>> MatchAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.FundMatch) is { } not) return not;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<(int, IReadOnlyList<FundMovement>)>>(async () =>
        {
            await FundStore.LockAsync(session, caller.ProvinceCode, cancel);
            var movements = await FundStore.MovementsAsync(session, caller.ProvinceCode, cancel);
            var open = movements.Where(one => one.Entry is null && (one.Movement.From == FundPlace.PayingBank || one.Movement.To == FundPlace.PayingBank)
                && one.Movement.Undoes is null && movements.All(other => other.Movement.Undoes != one.Movement.No)).Select(one => one.Movement).ToList();
            var entries = await FundStore.FreeEntriesAsync(session, caller.ProvinceCode, cancel);
            bool Fits(FundMovement movement, FundingEntry entry) => entry.IsCredit == (movement.To == FundPlace.PayingBank) && entry.AmountVnd == movement.Amount.Amount
                && entry.On is { } day && Math.Abs(Period.DaysBetween(day, movement.On)) <= EntryDays;
            var pairs = open.Select(movement => (Movement: movement, Entries: entries.Where(entry => Fits(movement, entry)).ToList()))
                .Where(pair => pair.Entries is [var only] && open.Count(other => Fits(other, only)) == 1).ToList();
            if (pairs.Count > 0)
            {
                var now = clock.GetCurrentInstant();
                var what = pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Movement.No}:{pair.Entries[0].ImportNo}/{pair.Entries[0].EntryNo}/{pair.Entries[0].DetailNo}")).ToList();
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"fund.match {Convert.ToHexStringLower(OperationLog.RequestHash(what))}", "fund.match", OperationLog.RequestHash(what), caller.UserName, now, cancel);
                foreach (var (movement, found) in pairs) await FundStore.InsertEntryAsync(session, caller.ProvinceCode, movement.No, found[0], caller.UserName, now, start.OperationNo, cancel);
                var said = JsonText.Write(new { matched = what });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            }

            return (pairs.Count, [.. open.Where(movement => pairs.All(pair => pair.Movement.No != movement.No))]);
        }, cancel: cancel);
    }

    /// <summary>Whether the money of a run's payments by account is there; null for a programme whose fund nobody declared.</summary>
    public static async Task<IReadOnlyList<FundCover>> CoverAsync(DatabaseSession session, RunId run, CancellationToken cancel)
    {
        var codes = (await FundStore.FundsOfRunAsync(session, run, cancel)).Select(row => row.Fund).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (codes.Count == 0) return [];
        var books = (await ReadAsync(session, run.ProvinceCode, cancel)).Value;
        return [.. codes.Select(code =>
        {
            var balance = books.BalanceOf(code);
            return new FundCover(code, books.Funds.Single(fund => fund.Code == code).MustCover, balance.AtBank, balance.Committed, FundBook.Lacking(balance));
        })];
    }

    /// <summary>Funds that would not cover a draft: what it would order by account comes on top of what is on its way already.</summary>
    public static async Task<IReadOnlyList<FundCover>> UncoveredAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        var declared = (await FundStore.FundsOfRunAsync(session, run.Id, cancel)).Where(row => row.Fund is not null).ToList();
        if (declared.Count == 0) return [];
        var books = (await ReadAsync(session, run.ProvinceCode, cancel)).Value;
        var wanted = (await RunSteps.ProgrammesAsync(session, run.Id, cancel)).ToDictionary(one => one.Programme, one => one.BankVnd);
        return [.. declared.GroupBy(row => row.Fund!, StringComparer.Ordinal).Select(fund =>
        {
            var balance = books.BalanceOf(fund.Key);
            var committed = balance.Committed + new Vnd(fund.Sum(row => wanted.GetValueOrDefault((short)row.Programme)));
            return new FundCover(fund.Key, books.Funds.Single(one => one.Code == fund.Key).MustCover, balance.AtBank, committed, Vnd.Max(committed - balance.AtBank, Vnd.Zero));
        }).Where(cover => !cover.Lacking.IsZero)];
    }

    /// <summary>Takes a provider's monthly report in when it agrees with our lists; otherwise every difference is told and nothing is kept.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="provider">Its code.</param>
    /// <param name="month">The month of the lists.</param>
    /// <param name="path">CSV: list, paid_items, paid_vnd, unpaid_items, unpaid_vnd.</param>
    /// <param name="on">The day it came.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<TakenReport>> ReportAsync(Caller caller, string provider, YearMonth month, string path, LocalDate on, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ProviderReport) is { } not) return not;
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var name = Path.GetFileName(path);
        if (files.Size(path) > ProviderReportFile.BytesMax) return new Problem("provider_report.too_large", $"The file is larger than {ProviderReportFile.BytesMax >> 20} MB.", "Report one month at a time.", new SourceLocation(name));
        byte[] bytes;
        using (var stream = files.Read(path))
        using (var kept = new MemoryStream())
        {
            await stream.CopyToAsync(kept, cancel);
            bytes = kept.ToArray();
        }

        var read = ProviderReportFile.Read(new MemoryStream(bytes, writable: false), name);
        if (!read.TryGet(out var rows)) return Result<TakenReport>.Refuse(read.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<TakenReport>>(async () =>
        {
            await FundStore.LockAsync(session, caller.ProvinceCode, cancel);
            var books = (await ReadAsync(session, caller.ProvinceCode, cancel)).Value;
            if (books.Providers.All(one => one.Code != provider)) return UnknownProvider(provider);
            var lists = await ListsAsync(session, caller.ProvinceCode, provider, month, cancel);
            if (ProviderReports.Differences(rows, lists, name) is { Count: > 0 } differences) return Result<TakenReport>.Refuse(differences);
            var (paid, unpaid) = ((Items: rows.Sum(row => row.PaidItems), Sum: Sum(rows.Select(row => row.Paid))), (Items: rows.Sum(row => row.UnpaidItems), Sum: Sum(rows.Select(row => row.Unpaid))));
            var left = Sum(books.Funds.Select(fund => books.BalanceOf(fund.Code).AtProviders.GetValueOrDefault(provider)));
            var isLate = on > month.OnDayOfMonth(ProviderReports.DueDay);
            var now = clock.GetCurrentInstant();
            var hash = SHA256.HashData(bytes);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"provider.report {provider} {month.Text()} {Convert.ToHexStringLower(hash)}", "provider.report", hash, caller.UserName, now, cancel);
            var taken = new TakenReport(provider, month, rows.Count, paid.Items, paid.Sum, unpaid.Items, unpaid.Sum, left, isLate);
            if (start.DoneResult is not null) return taken;
            await FundStore.InsertReportAsync(session, caller.ProvinceCode, provider, month, paid, unpaid, left, hash, on, isLate, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(taken);
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return taken;
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>The settlement with a provider for the lists of a month.</summary>
    public async Task<Result<ProviderSettlement>> SettleAsync(Caller caller, string provider, YearMonth month, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ProviderSettle) is { } not) return not;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ProviderSettlement>>(async () =>
        {
            var books = (await ReadAsync(session, caller.ProvinceCode, cancel)).Value;
            if (books.Providers.FirstOrDefault(one => one.Code == provider) is not { } known) return UnknownProvider(provider);
            var paid = await FundStore.PaidByContractAsync(session, caller.ProvinceCode, provider, month, cancel);
            var fees = paid.Select(row =>
            {
                var fee = ProviderFee.InForce(books.Fees, row.Contract, (Programme)row.Programme, month);
                return new SettledFee(row.Contract, (Programme)row.Programme, row.Items, new Vnd(row.SumVnd), fee, fee?.Of(row.Items, new Vnd(row.SumVnd)) ?? Vnd.Zero);
            }).ToList();
            var moved = books.Movements.Select(one => one.Movement).Where(movement => movement.Provider == provider && movement.Month == month).ToList();
            return new ProviderSettlement(known, month, await ListsAsync(session, caller.ProvinceCode, provider, month, cancel), fees,
                Sum(moved.Where(movement => movement.To == FundPlace.Provider && movement.Undoes is null).Select(movement => movement.Amount)) - Sum(moved.Where(movement => movement.From == FundPlace.Provider && movement.Undoes is not null).Select(movement => movement.Amount)),
                Sum(moved.Where(movement => movement.From == FundPlace.Provider && movement.Undoes is null).Select(movement => movement.Amount)) - Sum(moved.Where(movement => movement.To == FundPlace.Provider && movement.Undoes is not null).Select(movement => movement.Amount)),
                Sum(books.Funds.Select(fund => books.BalanceOf(fund.Code).AtProviders.GetValueOrDefault(provider))));
        }, cancel: cancel);
    }

    static Task<IReadOnlyList<KnownList>> ListsAsync(DatabaseSession session, short province, string provider, YearMonth month, CancellationToken cancel) =>
        FundStore.ListsAsync(session, province, provider, month, listNo => new CashListId(province, month, listNo).ToString(), cancel);

    static async Task<Result<FundBooks>> ReadAsync(DatabaseSession session, short province, CancellationToken cancel) => new FundBooks(
        await FundStore.FundsAsync(session, province, cancel), await FundStore.ProvidersAsync(session, province, cancel), await FundStore.ContractsAsync(session, province, cancel),
        await FundStore.FeesAsync(session, province, cancel), await FundStore.MovementsAsync(session, province, cancel), await FundStore.UsesAsync(session, province, cancel));

    async Task<Result<T>> DeclareAsync<T>(Caller caller, string kind, string what, Func<DatabaseSession, Func<Task<long>>, Task<Result<T>>> declare, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.FundDeclare) is { } not) return not;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(async () =>
        {
            await FundStore.LockAsync(session, caller.ProvinceCode, cancel);
            var operationNo = 0L;
            var now = clock.GetCurrentInstant();
            var result = await declare(session, async () => operationNo = (await OperationLog.BeginAsync(session, caller.ProvinceCode, $"{kind} {what}", kind, OperationLog.RequestHash(what), caller.UserName, now, cancel)).OperationNo);
            if (operationNo == 0 || !result.TryGet(out var declared)) return result;
            var said = JsonText.Write(new { declared });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, operationNo, said, said, now, cancel);
            return result;
        }, result => result.IsOk, cancel: cancel);
    }

    async Task<Result<FundMovement>> MoveAsync(Caller caller, Func<FundBooks, LocalDate, Result<FundMovement>> decide, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.FundMove) is { } not) return not;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(async () =>
        {
            await FundStore.LockAsync(session, caller.ProvinceCode, cancel);
            var books = (await ReadAsync(session, caller.ProvinceCode, cancel)).Value;
            var now = clock.GetCurrentInstant();
            var decided = decide(books, now.InZone(Zone).Date);
            if (!decided.TryGet(out var movement) || movement.No > 0) return decided;
            movement = movement with { No = books.Movements.Count == 0 ? 1 : books.Movements[^1].Movement.No + 1 };
            var key = string.Create(CultureInfo.InvariantCulture, $"fund.move {movement.No}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "fund.move", OperationLog.RequestHash(key, movement.Fund, movement.Voucher), caller.UserName, now, cancel);
            await FundStore.InsertAsync(session, caller.ProvinceCode, movement, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new
            {
                movement = movement.No, fund = movement.Fund, from = movement.From.ToString(), to = movement.To.ToString(), provider = movement.Provider, amount_vnd = movement.Amount, on = LocalDatePattern.Iso.Format(movement.On),
                voucher = movement.Voucher, undoes = movement.Undoes,
            });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return movement;
        }, result => result.IsOk, cancel: cancel);
    }

    static Vnd Sum(IEnumerable<Vnd> sums) => sums.Aggregate(Vnd.Zero, (left, right) => left + right);

    static string Word(Programme programme) => programme.ToString().ToUpperInvariant();

    static Problem UnknownFund(string code) => new("fund.unknown", $"There is no fund {code}.", "See payengine fund list.");

    static Problem UnknownProvider(string code) => new("provider.unknown", $"There is no provider {code}.", "See payengine provider list.");
}
