using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Access;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run certificate R</c> and <c>payengine run close R</c>: the proof that no đồng is unexplained.</summary>
static class RunCloseCommands
{
    public static Command Certificate(CommandContext context)
    {
        var run = new Argument<string>("run") { HelpName = "R|YYYY-MM", Description = context.Text("Đợt chi trả, ví dụ 40-2611-001, hoặc (với --by) một tháng: mọi đợt đã duyệt", "The run, for example 40-2611-001, or (with --by) a month: every approved run of it") };
        var by = new Option<string?>("--by") { HelpName = "G", Description = context.Text("Từng nhóm theo: ", "In groups by: ") + string.Join(", ", GroupedCertificates.Groupings) };
        by.AcceptOnlyFromAmong([.. GroupedCertificates.Groupings]);
        var page = RunPaperFiles.Out(context);
        return new Command("certificate", context.Text("Biên bản: mỗi đồng của đợt đang ở đâu", "The certificate: where each đồng of the run is")) { run, by, page }
            .Answers(context, (parse, cancel) => parse.GetValue(by) is { } grouping
                ? GroupedAsync(context, parse.GetRequiredValue(run), grouping, parse.GetValue(page), cancel)
                : AnswerAsync(context, parse.GetRequiredValue(run), parse.GetValue(page), (operations, caller, id) => operations.OfAsync(caller, id, cancel), cancel));
    }

    static Task<Answer> GroupedAsync(CommandContext context, string text, string by, string? path, CancellationToken cancel)
    {
        var (run, month) = (RunId.Parse(text), Months.Parse(text));
        if (!run.IsOk && !month.IsOk) return Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
        if (path is not null && RunPaperFiles.WhyNot(context, path) is { } not) return Task.FromResult(Answer.Refused(not));
        return context.AsCallerAsync(async (database, caller) =>
        {
            var operations = new GroupedCertificates(database);
            var found = month.IsOk ? await operations.OfMonthAsync(caller, month.Value, by, cancel) : await operations.OfRunAsync(caller, run.Value, by, cancel);
            if (!found.TryGet(out var certificate)) return Answer.Refused(found.Problems);
            if (path is not null && await RunPaperFiles.WriteAsync(context, GroupedCertificates.Paper(certificate, FingerprintOf(context)), path, cancel) is { } failed) return Answer.Refused(failed);
            return Answer.Of(new
            {
                what = certificate.What, by = certificate.By, runs = certificate.Runs.Select(one => one.ToString()), listed_vnd = certificate.Listed, closes = certificate.Closes, ledger_agrees = certificate.LedgerAgrees,
                groups = certificate.Groups.Select(group => new
                {
                    key = group.Key, name = group.Name, items = group.Items, listed_vnd = group.Listed, placed_vnd = group.Placed, closes = group.Closes,
                    places = group.Places.OrderBy(place => place.Key).Select(place => new { place = Places.All[place.Key].Code, items = place.Value.Items, sum_vnd = place.Value.Sum }),
                }),
            }, output =>
            {
                var table = new TextTable(new TextColumn(context.Text("Nhóm", "Group")), new TextColumn(context.Text("Khoản", "Payments"), true), new TextColumn(context.Text("Đã lập danh sách", "Listed"), true),
                    new TextColumn(context.Text("Đã chi", "Paid"), true), new TextColumn(context.Text("Các nơi khác", "Other places"), true), new TextColumn(context.Text("Khớp", "Closes")));
                foreach (var group in certificate.Groups)
                {
                    var paid = group.Places.Where(place => place.Key is (short)Place.PaidByAccount or (short)Place.PaidInCash).Sum(place => place.Value.Sum.Amount);
                    table.Row(group.Name, ViText.Count(group.Items), ViText.Money(group.Listed), ViText.Money(new Vnd(paid)), ViText.Money(group.Placed - new Vnd(paid)), group.Closes ? context.Text("khớp", "yes") : context.Text("KHÔNG", "NO"));
                }

                output.Table(table);
                output.Line(context.Text($"Cộng: {ViText.Count(certificate.Groups.Count)} nhóm, {ViText.Money(certificate.Listed)}.", $"Total: {ViText.Count(certificate.Groups.Count)} groups, {ViText.Money(certificate.Listed)}."));
                output.Line(certificate.Closes ? context.Text("Mỗi nhóm khớp đến từng đồng, theo cả hai đường.", "Every group closes to the đồng, by both roads.") : context.Text("KHÔNG KHỚP: chạy payengine verify.", "IT DOES NOT CLOSE: run payengine verify."));
                if (path is not null) output.Line(context.Text($"Đã ghi vào {path}.", $"Written to {path}."));
            });
        }, cancel);
    }

    public static Command Close(CommandContext context)
    {
        var run = RunArgument(context);
        var page = RunPaperFiles.Out(context);
        return new Command("close", context.Text("Đóng đợt; khoản chưa xong chuyển sang tháng sau", "Close the run; what is not final is carried over to the next month")) { run, page }
            .Answers(context, (parse, cancel) => AnswerAsync(context, parse.GetRequiredValue(run), parse.GetValue(page), (operations, caller, id) => operations.CloseAsync(caller, id, cancel), cancel));
    }

    static Argument<string> RunArgument(CommandContext context) => new("run") { Description = context.Text("Đợt chi trả, ví dụ 40-2611-001", "The run, for example 40-2611-001") };

    static Task<Answer> AnswerAsync(CommandContext context, string runText, string? page, Func<Certificates, Caller, RunId, Task<Result<RunCertificate>>> ask, CancellationToken cancel)
    {
        var run = RunId.Parse(runText);
        if (!run.IsOk) return Task.FromResult(Answer.Refused(run.Problems, ExitCode.WrongUsage));
        if (page is not null && RunPaperFiles.WhyNot(context, page) is { } not) return Task.FromResult(Answer.Refused(not));
        return context.AsCallerAsync(async (database, caller) =>
        {
            var found = await ask(new Certificates(database, context.Clock, context.Files), caller, run.Value);
            if (page is not null && found.TryGet(out var made) && await RunPaperFiles.WriteAsync(context, Certificates.Paper(made with { Fingerprint = FingerprintOf(context) }), page, cancel) is { } failed) return Answer.Refused(failed);
            return Answer.From(found, certificate => Show(context, certificate));
        }, cancel);
    }

    /// <summary>What a bundle of the run is checked against years later, as it is published on paper.</summary>
    static string? FingerprintOf(CommandContext context) => KeyFolder.Open(context.Settings.Keys.Value, context.Clock).TryGet(out var keys) ? keys.Fingerprint() : null;

    internal static Answer Show(CommandContext context, RunCertificate certificate) => Answer.Of(new
    {
        run = certificate.Run.ToString(),
        payer = certificate.Head.PayerName,
        closed = certificate.AtClose,
        content_hash = Convert.ToHexString(certificate.Head.ContentHash).ToLowerInvariant(),
        made_by = certificate.Head.MadeBy,
        approved_by = certificate.Head.ApprovedBy,
        listed_vnd = certificate.Listed,
        placed_vnd = certificate.Placed,
        closes = certificate.Closes,
        places = Places.All.Skip(1).Select(place => new { place = place.Code, items = certificate.In(place.Place).Items, sum_vnd = certificate.In(place.Place).Sum }),
        programmes = Group(certificate.Places, row => Programme(row.Programme)),
        // Of a closed run only what was listed for each bank: where those sums were at the close the ledger knows by commune, not by bank.
        banks = certificate.AtClose
            ? certificate.Banks.GroupBy(row => row.BankBin ?? "").OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (object)new { key = group.Key, listed_vnd = group.Sum(row => row.SumVnd) })
            : Group(certificate.Banks, row => row.BankBin ?? ""),
        communes = Group(certificate.Places, row => row.CommuneCode),
        files = certificate.Files.Select(file => new { msg_id = file.MsgId, items = file.Items, sum_vnd = file.SumVnd, sha256 = file.Sha256 is null ? null : Convert.ToHexString(file.Sha256).ToLowerInvariant() }),
        confirmed_lists = certificate.Confirmed.Select(one => new
        {
            import_no = one.ImportNo, file = one.FileName, persons = new[] { one.FirstPerson, one.SecondPerson }, confirmed_at = Instant(one.ConfirmedAt), paid = one.Paid, paid_vnd = one.PaidVnd,
            refused = one.Refused, refused_vnd = one.RefusedVnd, returned = one.Returned, returned_vnd = one.ReturnedVnd,
        }),
        break_glass = certificate.Glasses.Select(one => new { number = one.GlassNo, role = one.Role, communes = one.CommuneCodes, asked_by = one.AskedBy, granted_by = one.GrantedBy, uses = one.Uses, reason = one.Reason }),
        settled = certificate.Settled.Select(one => new
        {
            payment = new InstructionId(certificate.Run.ProvinceCode, certificate.Run.Month, certificate.Run.RunNo, one.LineNo, one.Attempt).ToString(), settled_as = one.SettledAs, sum_vnd = one.AmountVnd, bank_owes_vnd = one.BankOwesVnd,
            evidence = one.Ground, persons = new[] { one.MadeBy, one.Person }, at = Instant(one.At),
        }),
        claims = certificate.Claims.Select(claim => new { kind = claim.Kind, items = claim.Items, sum_vnd = claim.SumVnd }),
        recouped_vnd = certificate.Head.RecoupedVnd,
        unverified_lines = certificate.Head.UnverifiedLines,
        carried = certificate.Carried.Select(sum => new { commune = sum.CommuneCode, place = Places.All[sum.Place].Code, to_month = Months.FromKey(sum.ToMonth), items = sum.Items, sum_vnd = sum.SumVnd, owner = sum.Owner, due_on = NodaTime.LocalDate.FromDateOnly(sum.DueOn) }),
    }, output =>
    {
        output.Line(context.Text($"Biên bản đợt {certificate.Run}, {certificate.Head.PayerName}{(certificate.AtClose ? " (đã đóng)" : "")}", $"Certificate of run {certificate.Run}, {certificate.Head.PayerName}{(certificate.AtClose ? " (closed)" : "")}"));
        output.Line(context.Text($"Lập: {certificate.Head.MadeBy}; duyệt: {certificate.Head.ApprovedBy}; vân tay {Convert.ToHexString(certificate.Head.ContentHash).ToLowerInvariant()}",
            $"Made by {certificate.Head.MadeBy}, approved by {certificate.Head.ApprovedBy}; hash {Convert.ToHexString(certificate.Head.ContentHash).ToLowerInvariant()}"));
        var table = new TextTable(new TextColumn(context.Text("Nơi", "Place")), new TextColumn(context.Text("Số khoản", "Payments"), true), new TextColumn(context.Text("Số tiền", "Sum"), true));
        foreach (var place in Places.All.Skip(1))
        {
            var (items, sum) = certificate.In(place.Place);
            table.Row(context.Text(place.Vi, place.En), ViText.Count(items), ViText.Money(sum));
        }

        table.Row(context.Text("Cộng mười một nơi", "Sum of the eleven"), ViText.Count(certificate.Places.Sum(row => row.Items)), ViText.Money(certificate.Placed));
        table.Row(context.Text("Đã lập danh sách", "Listed"), "", ViText.Money(certificate.Listed));
        output.Table(table);
        output.Line(certificate.Closes
            ? context.Text("Khớp đến từng đồng, theo cả hai đường (sổ bút toán và vị trí từng khoản).", "It closes to the đồng by both roads (postings and positions).")
            : context.Text("KHÔNG KHỚP: chạy payengine verify.", "IT DOES NOT CLOSE: run payengine verify."));
        foreach (var one in certificate.Confirmed)
        {
            output.Line(context.Text(
                $"Không có sao kê, theo danh sách {one.FileName} do {one.FirstPerson} và {one.SecondPerson} xác nhận: đã chi {ViText.Count(one.Paid)} ({ViText.Money(new Vnd(one.PaidVnd))}), từ chối {ViText.Count(one.Refused)} ({ViText.Money(new Vnd(one.RefusedVnd))}), hoàn trả {ViText.Count(one.Returned)} ({ViText.Money(new Vnd(one.ReturnedVnd))}).",
                $"No statement, by list {one.FileName} confirmed by {one.FirstPerson} and {one.SecondPerson}: paid {ViText.Count(one.Paid)} ({ViText.Money(new Vnd(one.PaidVnd))}), refused {ViText.Count(one.Refused)} ({ViText.Money(new Vnd(one.RefusedVnd))}), returned {ViText.Count(one.Returned)} ({ViText.Money(new Vnd(one.ReturnedVnd))})."));
        }

        foreach (var one in certificate.Glasses) output.Line(BreakGlassCommand.Line(context, one));
        foreach (var one in certificate.Settled)
        {
            var id = new InstructionId(certificate.Run.ProvinceCode, certificate.Run.Month, certificate.Run.RunNo, one.LineNo, one.Attempt);
            output.Line(context.Text(
                $"Trái ngược, {one.MadeBy} và {one.Person} kết luận: {id} {(one.SettledAs == "paid" ? "đã chi" : "chưa chi, được chi lại")}, {ViText.Money(new Vnd(one.AmountVnd))}; {one.Ground}.",
                $"In dispute, settled by {one.MadeBy} and {one.Person}: {id} {one.SettledAs}, {ViText.Money(new Vnd(one.AmountVnd))}; {one.Ground}."));
        }

        foreach (var claim in certificate.Claims) output.Line(context.Text($"Phải đòi ({claim.Kind}): {ViText.Count(claim.Items)}, {ViText.Money(new Vnd(claim.SumVnd))}", $"Claim ({claim.Kind}): {ViText.Count(claim.Items)}, {ViText.Money(new Vnd(claim.SumVnd))}"));
        if (certificate.Carried.Count > 0)
            output.Line(context.Text($"Chuyển sang tháng sau: {ViText.Count(certificate.Carried.Sum(sum => sum.Items))} khoản, {ViText.Money(new Vnd(certificate.Carried.Sum(sum => sum.SumVnd)))}, có người phụ trách và hạn.",
                $"Carried over: {ViText.Count(certificate.Carried.Sum(sum => sum.Items))} payments, {ViText.Money(new Vnd(certificate.Carried.Sum(sum => sum.SumVnd)))}, with owner and due day."));
    });

    static IEnumerable<object> Group(IReadOnlyList<PlaceSum> rows, Func<PlaceSum, string> key) => rows.GroupBy(key).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new
    {
        key = group.Key,
        listed_vnd = group.Sum(row => row.SumVnd),
        places = group.GroupBy(row => row.Place).OrderBy(place => place.Key).Select(place => new { place = Places.All[place.Key].Code, items = place.Sum(row => row.Items), sum_vnd = place.Sum(row => row.SumVnd) }),
    });

    static NodaTime.Instant Instant(DateTime utc) => NodaTime.Instant.FromDateTimeUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    static string Programme(short programme) => ((PaymentEngine.Core.Recipients.Programme)programme).ToString().ToUpperInvariant();
}
