using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A printed list and the files it was written to.</summary>
public sealed record PrintedCashList(CashListId Id, string CommuneCode, string CommuneName, int Items, Vnd Sum, string CsvFile, string PageFile);

/// <summary>What a returned list brought: how many were paid, uncollected, known before.</summary>
public sealed record CashConfirmation(int Paid, Vnd PaidSum, int Uncollected, Vnd UncollectedSum, int KnownBefore);

/// <summary>Cash payouts (chi trả bằng tiền mặt): what is due, printed lists, results that come back.</summary>
public sealed class CashPayouts(Database database, IClock clock, IFiles files)
{
    /// <summary>The one business zone: days on papers and in results are days in Viet Nam.</summary>
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Lists written side by side.</summary>
    const int WritersAtOnce = 2;

    /// <summary>Cash by commune, as far as the caller may see.</summary>
    public async Task<IReadOnlyList<CashCommune>> CommunesAsync(Caller caller, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await CashStore.CommunesAsync(session, caller.ProvinceCode, cancel);
    }

    /// <summary>Printed lists of a month, or of all months (null).</summary>
    public async Task<IReadOnlyList<CashListHead>> ListsAsync(Caller caller, YearMonth? month, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await CashStore.HeadsAsync(session, caller.ProvinceCode, month?.Key() ?? 0, 0, cancel);
    }

    /// <summary>Prints what is due: one list a commune, money moved onto the lists; then the files. From now on no bank attempt can start for these lines.</summary>
    /// <param name="caller">A cash officer; acts in their communes.</param>
    /// <param name="month">The month the lists are numbered in.</param>
    /// <param name="communeCode">One commune, or null for all the caller may act in.</param>
    /// <param name="folder">Where the lists are written: a CSV and a printable page each.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<IReadOnlyList<PrintedCashList>>> PrintAsync(Caller caller, YearMonth month, string? communeCode, string folder, CancellationToken cancel)
    {
        if (caller.Lacks(Role.CashOfficer) is { } refused) return refused;
        var at = clock.GetCurrentInstant();
        (int First, int Last) printed;
        await using (var session = await database.RunAsync(cancel))
        {
            var communes = await CommunesOfAsync(session, caller, communeCode, cancel);
            if (!communes.IsOk) return Result<IReadOnlyList<PrintedCashList>>.Refuse(communes.Problems);
            printed = await session.InTransactionAsync(async () =>
            {
                await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
                var due = await CashStore.DueAsync(session, caller.ProvinceCode, communes.Value, cancel);
                if (due.Count == 0) return (0, -1);
                // Which payouts this printing takes makes it this printing: repeated after a lost answer, nothing of them is due any more.
                var members = Convert.ToHexString(OperationLog.RequestHash(due.Select(payout => string.Create(CultureInfo.InvariantCulture, $"{payout.Month}-{payout.RunNo}-{payout.LineNo}-{payout.Attempt}"))));
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"cash.print {members}", "cash.print", OperationLog.RequestHash(month.Text(), members), caller.UserName, at, cancel);
                if (start.DoneResult is not null) return (0, -1);
                var numbers = await CashStore.PrintAsync(session, caller.ProvinceCode, month, due, at, caller.UserName, start.OperationNo, cancel);
                var summary = JsonText.Write(new { first = numbers.First, last = numbers.Last, month, items = due.Count, sum_vnd = due.Sum(payout => payout.AmountVnd), members });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, summary, summary, at, cancel);
                return numbers;
            }, cancel: cancel);
        }

        // Some hundred lists of a province: while one waits for the disk, others are read and set.
        var written = new Result<PrintedCashList>[printed.Last - printed.First + 1];
        await Lanes.EachAsync(written.Length, WritersAtOnce, async at => written[at] = await WriteAsync(caller, new CashListId(caller.ProvinceCode, month, printed.First + at), folder, cancel), cancel);
        var problems = written.SelectMany(one => one.Problems).ToList();
        return problems.Count > 0 ? Result<IReadOnlyList<PrintedCashList>>.Refuse(problems) : Result<IReadOnlyList<PrintedCashList>>.Ok([.. written.Select(one => one.Value)]);
    }

    /// <summary>Writes a printed list's files again: the same bytes as the first time.</summary>
    public async Task<Result<PrintedCashList>> WriteAsync(Caller caller, CashListId id, string folder, CancellationToken cancel)
    {
        if (caller.Lacks(Role.CashOfficer, Role.CommuneOfficer, Role.Auditor) is { } refused) return refused;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        if (await session.InTransactionAsync(() => CashStore.LoadAsync(session, id, Zone, cancel), cancel: cancel) is not { } list)
            return new Problem("cash_list.unknown", $"There is no cash list {id}, or it is not yours.", "See payengine cash list.");
        var csv = Path.Combine(folder, $"{id}.csv");
        var page = Path.Combine(folder, $"{id}.html");
        files.MakeFolder(folder);
        files.Replace(csv, stream => CashListFile.Write(stream, list));
        files.Replace(page, stream => CashListPage.Write(stream, list));
        return new PrintedCashList(id, list.CommuneCode, list.CommuneName, list.Lines.Count, list.Total, csv, page);
    }

    /// <summary>Takes returned lists in, each whole or not at all, whatever becomes of the others: every row is checked against the printed lines, then all are recorded or none.</summary>
    /// <returns>What each file brought, in their order.</returns>
    public async Task<IReadOnlyList<Result<CashConfirmation>>> ConfirmAsync(Caller caller, IReadOnlyList<string> returned, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(cancel);
        var confirmed = new List<Result<CashConfirmation>>();
        foreach (var file in returned) confirmed.Add(await ConfirmOneAsync(session, caller, file, cancel));
        return confirmed;
    }

    async Task<Result<CashConfirmation>> ConfirmOneAsync(DatabaseSession session, Caller caller, string file, CancellationToken cancel)
    {
        if (caller.Lacks(Role.CashOfficer) is { } refused) return refused;
        if (files.WhyUnreadable(file) is { } unreadable) return unreadable;
        var name = Path.GetFileName(file);
        if (files.Size(file) > CashListFile.BytesMax) return new Problem("cash_results.too_large", $"The file is larger than {CashListFile.BytesMax >> 20} MB.", "Return one commune's list at a time.", new SourceLocation(name));
        byte[] bytes;
        using (var stream = files.Read(file))
        using (var kept = new MemoryStream())
        {
            await stream.CopyToAsync(kept, cancel);
            bytes = kept.ToArray();
        }

        var read = CashListFile.ReadResults(new MemoryStream(bytes, writable: false), name);
        if (!read.TryGet(out var rows)) return Result<CashConfirmation>.Refuse(read.Problems);
        return await RecordAsync(session, caller, $"cash.confirm {Convert.ToHexString(SHA256.HashData(bytes))}", name, rows, null, cancel);
    }

    /// <summary>Ends a list: what has no result yet counts as uncollected and waits for the next list.</summary>
    public async Task<Result<CashConfirmation>> CloseAsync(Caller caller, CashListId id, LocalDate day, CancellationToken cancel)
    {
        if (caller.Lacks(Role.CashOfficer) is { } refused) return refused;
        await using var session = await database.RunAsync(cancel);
        var lines = await CashStore.LineStatesAsync(session, caller.ProvinceCode, [], id, cancel);
        if (lines.Count == 0 || !MayAct(caller, lines[0].CommuneId)) return new Problem("cash_list.unknown", $"There is no cash list {id}, or it is not yours.", "See payengine cash list.");
        var rest = lines.Where(line => line.Result is null).Select(line => new CashResultRow(0, line.ReceiptCode, CashResult.Uncollected, day, null, "closed without a result", null)).ToList();
        return await RecordAsync(session, caller, $"cash.close {id}", id.ToString(), rest, id, cancel);
    }

    async Task<Result<CashConfirmation>> RecordAsync(DatabaseSession session, Caller caller, string key, string source, IReadOnlyList<CashResultRow> rows, CashListId? list, CancellationToken cancel)
    {
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        return await session.InTransactionAsync(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            // A list's lines by their keys, also while nobody has counted the lists printed a minute ago.
            await session.PlanForFewAsync(cancel);
            var states = (await CashStore.LineStatesAsync(session, caller.ProvinceCode, rows.Select(row => row.ReceiptCode).ToList(), list, cancel)).ToDictionary(line => line.ReceiptCode, StringComparer.Ordinal);
            await session.PlanAsUsualAsync(cancel);
            var problems = new List<Problem>();
            var fresh = new List<(CashLineState, CashResult, LocalDate, string?, string?)>();
            var known = 0;
            foreach (var row in rows)
            {
                if (!states.TryGetValue(row.ReceiptCode, out var line) || !MayAct(caller, line.CommuneId))
                {
                    Refuse(row, "receipt.unknown", $"Receipt {row.ReceiptCode} stands on no list of yours.", "Check the code on the paper.", "receipt_code");
                    continue;
                }

                if (row.Amount is { } amount && amount.Amount != line.AmountVnd)
                    Refuse(row, "cash_results.amount_differs", $"The list says {ViText.Money(new Vnd(line.AmountVnd))}, the file {ViText.Money(amount)}.", "A payout is made whole: correct the amount or leave the result empty.", "amount_vnd");
                var printedOn = Instant.FromDateTimeUtc(line.PrintedAt).InZone(Zone).Date;
                if (row.PaidOn < printedOn || row.PaidOn > today)
                    Refuse(row, "cash_results.date_impossible", $"{row.PaidOn:uuuu-MM-dd} is not between the printing ({printedOn:uuuu-MM-dd}) and today.", "Write the day of the payout.", "paid_on");
                var said = row.Result == CashResult.Paid ? "paid" : "uncollected";
                if (line.Result is null) fresh.Add((line, row.Result, row.PaidOn, row.Receiver, row.Remark));
                else if (line.Result == said) known++;
                else Refuse(row, "cash_results.decided", $"Receipt {row.ReceiptCode} was recorded as {line.Result} on {line.PaidOn:yyyy-MM-dd}.", "A result stands; open a case when it is wrong.", "result");
            }

            if (problems.Count > 0) return Result<CashConfirmation>.Refuse(problems);
            var answer = Summary(fresh, known);
            if (fresh.Count == 0) return answer;
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, key.Split(' ')[0], OperationLog.RequestHash(rows.Select(row => $"{row.ReceiptCode}|{row.Result}|{row.PaidOn:uuuu-MM-dd}")), caller.UserName, at, cancel);
            if (start.DoneResult is not null) return answer;
            await CashStore.RecordAsync(session, caller.ProvinceCode, fresh, caller.UserName, at, start.OperationNo, cancel);
            var said2 = JsonText.Write(answer);
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said2, JsonText.Write(new { key, answer }), at, cancel);
            return answer;

            void Refuse(CashResultRow row, string code, string message, string remedy, string column) =>
                problems.Add(new Problem(code, message, remedy, new SourceLocation(source, row.FileLine == 0 ? null : row.FileLine, column)));
        }, result => result.IsOk, cancel: cancel);
    }

    static CashConfirmation Summary(List<(CashLineState Line, CashResult Result, LocalDate, string?, string?)> fresh, int known)
    {
        Vnd Sum(CashResult result) => new(fresh.Where(row => row.Result == result).Sum(row => row.Line.AmountVnd));
        return new CashConfirmation(fresh.Count(row => row.Result == CashResult.Paid), Sum(CashResult.Paid), fresh.Count(row => row.Result == CashResult.Uncollected), Sum(CashResult.Uncollected), known);
    }

    static bool MayAct(Caller caller, int communeId) => caller.Communes is null || caller.Communes.Contains(communeId);

    static async Task<Result<IReadOnlyList<int>?>> CommunesOfAsync(DatabaseSession session, Caller caller, string? communeCode, CancellationToken cancel)
    {
        if (communeCode is null) return Result<IReadOnlyList<int>?>.Ok(caller.Communes);
        var found = (await CashStore.CommunesAsync(session, caller.ProvinceCode, cancel)).Where(commune => commune.CommuneCode == communeCode && MayAct(caller, commune.CommuneId)).Select(commune => commune.CommuneId).ToList();
        return found.Count == 1 ? found
            : new Problem("commune.unknown", $"No cash is due in commune {communeCode}, or it is not yours.", "See payengine cash list.");
    }
}
