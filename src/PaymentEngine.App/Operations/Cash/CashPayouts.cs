using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Paper;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.Postgres.Cash;

namespace PaymentEngine.App.Operations.Cash;

/// <summary>A printed list and the files it was written to.</summary>
/// <param name="PdfFile">Null when none was asked for.</param>
public sealed record PrintedCashList(CashListId Id, string CommuneCode, string CommuneName, string? PointName, int Items, Vnd Sum, string CsvFile, string WorkbookFile, string PageFile, string? PdfFile);

/// <summary>A list with what its cashier handed back.</summary>
/// <param name="AlreadyDone">This voucher was recorded before; nothing was changed now.</param>
public sealed record CashListBalance(CashListHead Head, IReadOnlyList<CashHandedBack> HandedBack, bool AlreadyDone = false);

/// <summary>What a returned list brought: how many were paid, uncollected, known before.</summary>
public sealed record CashConfirmation(int Paid, Vnd PaidSum, int Uncollected, Vnd UncollectedSum, int KnownBefore);

/// <summary>Cash payouts (chi trả bằng tiền mặt): what is due, printed lists, results that come back.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The clock.</param>
/// <param name="files">Where lists are written and read.</param>
/// <param name="printer">Prints them as PDF where that is asked for.</param>
public sealed class CashPayouts(Database database, IClock clock, IFiles files, PaperPrinter printer)
{
    /// <summary>The one business zone: days on papers and in results are days in Viet Nam.</summary>
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];
    static readonly BankingCalendar Calendar = BankingCalendars.VietNam;

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

    /// <summary>Prints what is due: one list a commune and pay point, money moved onto the lists; then the files. From now on no bank attempt can start for these lines.</summary>
    /// <param name="caller">A cash officer; acts in their communes.</param>
    /// <param name="month">The month the lists are numbered in.</param>
    /// <param name="communeCode">One commune, or null for all the caller may act in.</param>
    /// <param name="folder">Where the lists are written: a CSV, a workbook and a printable page each.</param>
    /// <param name="pdf">The page as PDF too; refused before anything is decided where no browser can print it.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<IReadOnlyList<PrintedCashList>>> PrintAsync(Caller caller, YearMonth month, string? communeCode, string folder, bool pdf, CancellationToken cancel)
    {
        if (caller.Lacks(Role.CashOfficer) is { } refused) return refused;
        if (pdf && printer.Missing() is { } missing) return missing;
        var at = clock.GetCurrentInstant();
        (int First, int Last) printed;
        await using (var session = await database.RunAsync(caller.Scope, cancel))
        {
            if (await FenceStore.WhyClosedAsync(session, caller.ProvinceCode, cancel) is { } closed) return closed;
            var communes = await CommunesOfAsync(session, caller, communeCode, cancel);
            if (!communes.IsOk) return Result<IReadOnlyList<PrintedCashList>>.Refuse(communes.Problems);
            printed = await session.InTransactionAsync(async () =>
            {
                await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
                var due = await CashStore.DueAsync(session, caller.ProvinceCode, communes.Value, at.InZone(Zone).Date, cancel);
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
        await Lanes.EachAsync(written.Length, WritersAtOnce, async at => written[at] = await WriteAsync(caller, new CashListId(caller.ProvinceCode, month, printed.First + at), folder, pdf, cancel), cancel);
        var problems = written.SelectMany(one => one.Problems).ToList();
        return problems.Count > 0 ? Result<IReadOnlyList<PrintedCashList>>.Refuse(problems) : Result<IReadOnlyList<PrintedCashList>>.Ok([.. written.Select(one => one.Value)]);
    }

    /// <summary>Writes a printed list's files again: the same bytes as the first time, but for a PDF, which carries its day.</summary>
    public async Task<Result<PrintedCashList>> WriteAsync(Caller caller, CashListId id, string folder, bool pdf, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CashPrint) is { } refused) return refused;
        if (pdf && printer.Missing() is { } missing) return missing;
        CashList? list;
        await using (var session = await database.DeskAsync(caller.Scope, cancel))
            list = await session.InTransactionAsync(() => CashStore.LoadAsync(session, id, Zone, cancel), cancel: cancel);
        if (list is null) return Unknown(id);
        string At(string extension) => Path.Combine(folder, id + extension);
        files.MakeFolder(folder);
        files.Replace(At(".csv"), stream => CashListFile.Write(stream, list));
        files.Replace(At(".xlsx"), stream => CashListWorkbook.Write(stream, list));
        files.Replace(At(".html"), stream => CashListPage.Write(stream, list));
        if (pdf)
        {
            var printed = await printer.PrintAsync(stream => CashListPage.Write(stream, list), At(".pdf"), cancel);
            if (!printed.IsOk) return Result<PrintedCashList>.Refuse(printed.Problems);
        }

        return new PrintedCashList(id, list.CommuneCode, list.CommuneName, list.Point?.Name, list.Lines.Count, list.Total, At(".csv"), At(".xlsx"), At(".html"), pdf ? At(".pdf") : null);
    }

    /// <summary>Takes returned lists in, each whole or not at all, whatever becomes of the others: every row is checked against the printed lines, then all are recorded or none.</summary>
    /// <param name="caller">A cash officer; acts in their communes.</param>
    /// <param name="returned">The files, CSV or workbooks.</param>
    /// <param name="list">The list they are of, as typed or scanned from the paper: a line of another one is refused. Null: any of the caller's lists.</param>
    /// <param name="cancel">Cancels between files; those taken in stay.</param>
    /// <returns>What each file brought, in their order.</returns>
    public async Task<IReadOnlyList<Result<CashConfirmation>>> ConfirmAsync(Caller caller, IReadOnlyList<string> returned, CashListId? list, CancellationToken cancel)
    {
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var confirmed = new List<Result<CashConfirmation>>();
        foreach (var file in returned) confirmed.Add(await ConfirmOneAsync(session, caller, file, list, cancel));
        return confirmed;
    }

    /// <summary>Gives a returned list back with one more column that says what is wrong in each row.</summary>
    /// <returns>True; or why it cannot: it is no table, or something stands at <paramref name="outPath"/>.</returns>
    public Result<bool> GiveBackErrors(string path, string outPath, IReadOnlyList<Problem> problems)
    {
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        using var stream = files.Read(path);
        if (SheetReader.KindOf(stream, path) is not { } kind) return new Problem("cash_results.no_list", $"{Path.GetFileName(path)} is no table: it cannot be given back with a column of errors.", "Return the cash list as CSV or as a workbook (.xlsx).").In(path);
        if (files.Exists(outPath)) return new Problem("not_allowed.other_file", $"{outPath} is there already.", "Nothing is overwritten: name another file.");
        if (ResultListErrors.WhyUnreadable(stream, kind) is { } broken) return broken.In(path);
        files.WriteBeside(outPath, output => ResultListErrors.Write(stream, kind, output, problems));
        files.Appear(outPath);
        files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(outPath))!);
        return true;
    }

    /// <summary>Records that the cashier handed cash of uncollected lines back: to the provider, the Treasury or the office's desk, by voucher.</summary>
    /// <param name="caller">A cash officer or reconciler; acts in their communes.</param>
    /// <param name="id">The list.</param>
    /// <param name="sum">VND; at most what is still in hand.</param>
    /// <param name="voucher">Number of the receipt or deposit slip. The same voucher is taken once.</param>
    /// <param name="day">The day on it.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<CashListBalance>> HandBackAsync(Caller caller, CashListId id, Vnd sum, string voucher, LocalDate day, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CashHandback) is { } refused) return refused;
        voucher = voucher.Trim();
        if (sum <= Vnd.Zero) return new Problem("usage.sum", "A sum handed back is at least 1 đồng.", "Give --amount as on the voucher.");
        if (voucher.Length == 0) return new Problem("usage.voucher", "Cash handed back is proven by a voucher.", "Name it: --voucher \"PT 12\".");
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var done = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var head = await HeadAsync(session, caller, id, cancel);
            if (head is null) return Unknown(id);
            var start = await OperationLog.BeginOrTellAsync(session, caller.ProvinceCode, $"cash.handback {id} {voucher}", "cash.handback", OperationLog.RequestHash(sum.Amount.ToString(CultureInfo.InvariantCulture), day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)), caller.UserName, at, cancel);
            if (start.OtherRequest) return new Problem("cash_list.voucher_used", $"Voucher {voucher} is recorded for list {id} with another sum or day.", $"See it: payengine cash show {id}. Another voucher is another entry.");
            if (start.DoneResult is not null) return true;
            if (sum.Amount > head.InHandVnd)
                return new Problem("cash_list.handed_back_too_much", $"List {id} has {ViText.Money(new Vnd(head.InHandVnd))} of uncollected cash in hand, not {ViText.Money(sum)}.", $"Take the list's results in first (payengine cash confirm), or correct the sum.");
            if (day > at.InZone(Zone).Date || day < Instant.FromDateTimeUtc(head.PrintedAt).InZone(Zone).Date)
                return new Problem("cash_list.date_impossible", $"{day:uuuu-MM-dd} is not between the printing of {id} and today.", "Give the day on the voucher.");
            await CashStore.InsertHandedBackAsync(session, id, new CashHandedBack(voucher, sum.Amount, day, caller.UserName), at, start.OperationNo, cancel);
            var said = JsonText.Write(new { list = id.ToString(), voucher, sum_vnd = sum, on = day });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return false;
        }, result => result is { IsOk: true, Value: false }, cancel: cancel);
        if (!done.TryGet(out var already)) return Result<CashListBalance>.Refuse(done.Problems);
        return new CashListBalance((await HeadAsync(session, caller, id, cancel))!, await CashStore.HandedBackAsync(session, id, cancel), already);
    }

    /// <summary>One list, and what of its uncollected cash was handed back.</summary>
    public async Task<Result<CashListBalance>> ShowAsync(Caller caller, CashListId id, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await HeadAsync(session, caller, id, cancel) is { } head ? new CashListBalance(head, await CashStore.HandedBackAsync(session, id, cancel)) : Unknown(id);
    }

    static async Task<CashListHead?> HeadAsync(DatabaseSession session, Caller caller, CashListId id, CancellationToken cancel) =>
        id.ProvinceCode == caller.ProvinceCode && await CashStore.HeadsAsync(session, id.ProvinceCode, id.Month.Key(), id.ListNo, cancel) is [var head] && MayAct(caller, head.CommuneId) ? head : null;

    static Problem Unknown(CashListId id) => new("cash_list.unknown", $"There is no cash list {id}, or it is not yours.", "See payengine cash list.");

    async Task<Result<CashConfirmation>> ConfirmOneAsync(DatabaseSession session, Caller caller, string file, CashListId? list, CancellationToken cancel)
    {
        if ((caller.Lacks(AccessRules.CashConfirm) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } refused) return refused;
        if (files.WhyUnreadable(file) is { } unreadable) return unreadable;
        var name = Path.GetFileName(file);
        if (files.Size(file) > CashResultReader.BytesMax) return new Problem("cash_results.too_large", $"The file is larger than {CashResultReader.BytesMax >> 20} MB.", "Return one commune's list at a time.", new SourceLocation(name));
        byte[] bytes;
        using (var stream = files.Read(file))
        using (var kept = new MemoryStream())
        {
            await stream.CopyToAsync(kept, cancel);
            bytes = kept.ToArray();
        }

        var read = CashResultReader.Read(new MemoryStream(bytes, writable: false), name);
        if (!read.TryGet(out var rows)) return Result<CashConfirmation>.Refuse(read.Problems);
        if (list is { } named && await HeadAsync(session, caller, named, cancel) is null) return Unknown(named);
        return await RecordAsync(session, caller, $"cash.confirm {Convert.ToHexString(SHA256.HashData(bytes))}", name, rows, null, list, cancel);
    }

    /// <summary>Records one line by the code on its receipt: paid out at the counter, or nobody came.</summary>
    /// <param name="caller">A cash officer; acts in their communes.</param>
    /// <param name="receiptCode">As printed; blanks are forgiven.</param>
    /// <param name="result">What happened.</param>
    /// <param name="day">The day it happened.</param>
    /// <param name="receiver">Who signed; null: the payee.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>Refused like a returned list of one line: <c>receipt.unknown</c>, <c>cash_results.decided</c> …</returns>
    public async Task<Result<CashConfirmation>> RecordAsync(Caller caller, string receiptCode, CashResult result, LocalDate day, string? receiver, CancellationToken cancel)
    {
        if ((caller.Lacks(AccessRules.CashConfirm) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } refused) return refused;
        var code = string.Concat(receiptCode.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
        if (code.Length == 0) return new Problem("usage.receipt", "No receipt code is given.", "Type the code printed on the list.", new SourceLocation(Field: "receipt_code"));
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await RecordAsync(session, caller, $"cash.record {code} {result} {day:uuuu-MM-dd}", code, [new CashResultRow(0, code, result, day, string.IsNullOrWhiteSpace(receiver) ? null : receiver.Trim(), null, null)], null, null, cancel);
    }

    /// <summary>Ends a list: what has no result yet counts as uncollected and waits for the next list.</summary>
    public async Task<Result<CashConfirmation>> CloseAsync(Caller caller, CashListId id, LocalDate day, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CashClose) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var lines = await CashStore.LineStatesAsync(session, caller.ProvinceCode, [], id, cancel);
        if (lines.Count == 0 || !MayAct(caller, lines[0].CommuneId)) return Unknown(id);
        // The last try of a payment stays payable: ended, nothing could follow it.
        var rest = lines.Where(line => line.Result is null && line.Attempt < InstructionId.AttemptMax).Select(line => new CashResultRow(0, line.ReceiptCode, CashResult.Uncollected, day, null, "closed without a result", null)).ToList();
        return await RecordAsync(session, caller, $"cash.close {id}", id.ToString(), rest, id, id, cancel);
    }

    async Task<Result<CashConfirmation>> RecordAsync(DatabaseSession session, Caller caller, string key, string source, IReadOnlyList<CashResultRow> rows, CashListId? whole, CashListId? list, CancellationToken cancel)
    {
        var at = clock.GetCurrentInstant();
        var today = at.InZone(Zone).Date;
        return await session.InTransactionAsync(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            // A list's lines by their keys, also while nobody has counted the lists printed a minute ago.
            await session.PlanForFewAsync(cancel);
            var states = (await CashStore.LineStatesAsync(session, caller.ProvinceCode, rows.Select(row => row.ReceiptCode).ToList(), whole, cancel)).ToDictionary(line => line.ReceiptCode, StringComparer.Ordinal);
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

                if (list is { } named && (line.Month, line.ListNo) != (named.Month.Key(), named.ListNo))
                    Refuse(row, "cash_results.other_list", $"Receipt {row.ReceiptCode} stands on {new CashListId(caller.ProvinceCode, Months.FromKey(line.Month), line.ListNo)}, not on {named}.", "Take the paper of one list in at a time, or leave --list out.", "receipt_code");
                if (row.Amount is { } amount && amount.Amount != line.AmountVnd)
                    Refuse(row, "cash_results.amount_differs", $"The list says {ViText.Money(new Vnd(line.AmountVnd))}, the file {ViText.Money(amount)}.", "A payout is made whole: correct the amount or leave the result empty.", "amount_vnd");
                var printedOn = Instant.FromDateTimeUtc(line.PrintedAt).InZone(Zone).Date;
                if (row.PaidOn < printedOn || row.PaidOn > today)
                    Refuse(row, "cash_results.date_impossible", $"{row.PaidOn:uuuu-MM-dd} is not between the printing ({printedOn:uuuu-MM-dd}) and today.", "Write the day of the payout.", "paid_on");
                var said = row.Result == CashResult.Paid ? "paid" : "uncollected";
                // Ended, the payment would have no letter left for another try: the line stays payable on its list.
                if (line.Result is null && row.Result == CashResult.Uncollected && line.Attempt >= InstructionId.AttemptMax)
                    Refuse(row, "cash_results.last_attempt", $"Receipt {row.ReceiptCode} is the last of {InstructionId.AttemptMax} attempts to pay this sum: uncollected, there would be no way to pay it.",
                        "Leave its result empty: it stays payable on this list. Its case says who decides: payengine case list --kind last_attempt.", "result");
                else if (line.Result is null) fresh.Add((line, row.Result, row.PaidOn, row.Receiver, row.Remark));
                else if (line.Result == said) known++;
                else Refuse(row, "cash_results.decided", $"Receipt {row.ReceiptCode} was recorded as {line.Result} on {line.PaidOn:yyyy-MM-dd}.", "A result stands. A payout recorded as paid by mistake is taken back by two persons: payengine cash corrections propose.", "result");
            }

            if (problems.Count > 0) return Result<CashConfirmation>.Refuse(problems);
            var answer = Summary(fresh, known);
            if (fresh.Count == 0) return answer;
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, key.Split(' ')[0], OperationLog.RequestHash(rows.Select(row => $"{row.ReceiptCode}|{row.Result}|{row.PaidOn:uuuu-MM-dd}")), caller.UserName, at, cancel);
            if (start.DoneResult is not null) return answer;
            await CashStore.RecordAsync(session, caller.ProvinceCode, fresh, caller.UserName, at, start.OperationNo, cancel);
            await CashStore.OpenLastAttemptsAsync(session, caller.ProvinceCode, fresh.Select(row => row.Item1.ReceiptCode), Role.Approver, Calendar.Plus(today, (await Casework.TermsAsync(session, caller.ProvinceCode, cancel)).Decide), at, start.OperationNo, cancel);
            // Cash that was paid beside a payment by account is a claim from now on, not from the next look at the cases.
            if (await PaymentClaimStore.LagAsync(session, caller.ProvinceCode, cancel)) await PaymentClaimStore.FollowAsync(session, caller.ProvinceCode, at, start.OperationNo, cancel);
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
