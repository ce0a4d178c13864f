using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres.Reports;

namespace PaymentEngine.App.Commands.Reports;

/// <summary><c>payengine report paylist</c>: who is paid what, in the columns offices use.</summary>
static class PayListCommand
{
    /// <summary>As for other printed lists: about 120 pages.</summary>
    const int PrintedMax = 5_000;

    static readonly (string Title, bool IsNumber)[] Columns =
    [
        ("STT", true), ("Mã người", false), ("Họ và tên", false), ("Năm sinh", true), ("Số định danh", false), ("Xã", false), ("Chương trình", false), ("Đối tượng", false), ("Trợ cấp hằng tháng", true), ("Phụ cấp", true), ("Người phục vụ, chăm sóc", true),
        ("Truy lĩnh", true), ("Trợ cấp một lần", true), ("Thu hồi", true), ("Tổng cộng", true), ("Ngân hàng", false), ("Tài khoản", false), ("Người nhận", false), ("Ghi chú", false),
    ];

    public static Command Create(CommandContext context)
    {
        var month = new Option<string>("--month") { Required = true, HelpName = "YYYY-MM", Description = context.Text("Tháng danh sách", "The list month") };
        var area = new Option<string?>("--area") { HelpName = "CODE", Description = context.Text("Một xã, mã 5 chữ số", "One commune, 5 digits") };
        var file = new Option<string>("--out", "-o") { Required = true, HelpName = "F.csv|xlsx|pdf|html", Description = context.Text("Tệp mới", "A new file") };
        var purpose = ExportFiles.Purpose(context);
        return new Command("paylist", context.Text("Danh sách chi trả của tháng, theo các cột cơ quan vẫn dùng", "The month's pay list, in the columns offices use")) { month, area, file, purpose }.Answers(context, (parse, cancel) =>
        {
            var list = Months.Parse(parse.GetRequiredValue(month));
            if (!list.IsOk) return Task.FromResult(Answer.Refused(list.Problems, ExitCode.WrongUsage));
            var path = parse.GetRequiredValue(file);
            if (ReportCommand.WhyNot(context, path) is { } not) return Task.FromResult(Answer.Refused(not));
            return context.AsCallerAsync(async (database, caller) =>
            {
                var made = await new PayLists(database, context.Clock).OfAsync(caller, list.Value, parse.GetValue(area), cancel);
                if (!made.TryGet(out var found)) return Answer.Refused(made.Problems);
                var exports = new DataExports(database, context.Files, context.Clock);
                var begun = await exports.BeginAsync(caller, "report paylist", parse.GetValue(purpose), cancel);
                if (!begun.TryGet(out var export)) return Answer.Refused(begun.Problems);
                if (ReportCommand.IsTable(path, ".csv") || ReportCommand.IsTable(path, ".xlsx")) ReportCommand.Write(context, path, Columns, found.Rows.Select(Cells), export);
                else if (found.Rows.Count > PrintedMax) return Answer.Refused(new Problem("report.too_long", $"{ViText.Count(found.Rows.Count)} rows do not go on paper.", $"Up to {ViText.Count(PrintedMax)} are printed: name a commune (--area), or write .csv or .xlsx."));
                else if (await RunPaperFiles.WriteAsync(context, ExportFiles.Marked(Document(found), export), path, cancel) is { } failed) return Answer.Refused(failed);
                await exports.EndAsync(caller, export, (Path.GetFullPath(path), found.Rows.Count));
                return Said(context, found, Path.GetFullPath(path), export.Number);
            }, cancel);
        });
    }

    static Answer Said(CommandContext context, PayList list, string path, string export)
    {
        var answer = Answer.Of(new
        {
            file = path, export, month = list.Month, area = list.CommuneCode, rows = list.Rows.Count, total_vnd = list.Rows.Sum(row => row.TotalVnd), holds = list.Holds,
            ties = list.Ties.Select(tie => new { code = tie.Code, says = tie.En, left = tie.Left, right = tie.Right, holds = tie.Right is null ? (bool?)null : tie.Holds }),
        }, output =>
        {
            output.Line(context.Text($"Danh sách chi trả {ViText.Month(list.Month)}: {ViText.Count(list.Rows.Count)} dòng, {ViText.Money(new Vnd(list.Rows.Sum(row => row.TotalVnd)))} → {path}", $"Pay list {ViText.Month(list.Month)}: {ViText.Count(list.Rows.Count)} rows, {ViText.Money(new Vnd(list.Rows.Sum(row => row.TotalVnd)))} → {path}"));
            foreach (var tie in list.Ties)
                output.Line("  " + (tie.Right is not { } right ? context.Text($"· không so (một phần của tỉnh): {tie.Vi}", $"· not compared (a part of the province): {tie.En}") : tie.Holds ? $"✓ {context.Text(tie.Vi, tie.En)}" : context.Text($"KHÔNG KHỚP {tie.Vi}: {ViText.Count(tie.Left)} ≠ {ViText.Count(right)}", $"DOES NOT TIE {tie.En}: {ViText.Count(tie.Left)} ≠ {ViText.Count(right)}")));
        });
        answer = answer with { Exported = (list.Rows.Count, [Path.GetFileName(path)]) };
        return list.Holds ? answer : answer with { Exit = ExitCode.Refused };
    }

    static IReadOnlyList<string> Cells(PayListRow row, int at)
    {
        static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
        return
        [
            Number(at + 1), row.PersonId, row.FullName, Number(row.BirthYear), row.IdTail is null ? "" : $"…{row.IdTail}", $"{row.CommuneCode} {row.CommuneName}", Certificates.ProgrammeName(row.Programme), row.Categories, Number(row.MonthlyVnd), Number(row.SupplementVnd),
            Number(row.CarerVnd), Number(row.ArrearsVnd), Number(row.OneOffVnd), Number(row.RecoveredVnd), Number(row.TotalVnd), row.BankBin is null ? "tiền mặt" : Certificates.BankName(row.BankBin), row.AccountTail is null ? "" : $"…{row.AccountTail}",
            (PayeeRole)row.PayeeRole == PayeeRole.Self || row.PayeeName is null ? "" : row.PayeeName, row.HoldReason is null ? "" : $"tạm giữ: {HoldReasons.Words(row.HoldReason).Vi}",
        ];
    }

    static PaperDocument Document(PayList list)
    {
        // What a person does not get stays empty on paper: the columns that matter are seen.
        static PaperCell Part(long vnd) => vnd == 0 ? "" : vnd;
        IReadOnlyList<PaperCell> Line(PayListRow row, int at)
        {
            var cells = Cells(row, at);
            return [at + 1, cells[2], cells[3], cells[4], cells[7], Part(row.MonthlyVnd), Part(row.SupplementVnd), Part(row.CarerVnd), Part(row.ArrearsVnd), Part(row.OneOffVnd), Part(row.RecoveredVnd), row.TotalVnd, $"{cells[15]} {cells[16]}".TrimEnd(), "", string.Join("; ", new[] { cells[17], cells[18] }.Where(text => text.Length > 0))];
        }

        PaperCell Sum(Func<PayListRow, long> of) => list.Rows.Sum(of);
        return new PaperDocument($"DANH SÁCH CHI TRẢ TRỢ CẤP THÁNG {ViText.Month(list.Month)}", $"chi-tra-{list.Month.Text()}{(list.CommuneCode is { } code ? "-" + code : "")}", list.Province)
        {
            Sub = $"{(list.CommuneCode is null ? "Toàn bộ" : $"{list.CommuneCode} {(list.Rows.Count > 0 ? list.Rows[0].CommuneName : "")}".TrimEnd())}: {ViText.Count(list.Rows.Count)} khoản, {ViText.Money(new Vnd(list.Rows.Sum(row => row.TotalVnd)))}.",
            Mark = list.Holds ? null : "KHÔNG KHỚP – CHƯA KÝ",
            Tables =
            [
                new("", ["STT*", "Họ và tên", "Năm sinh", "Số định danh", "Đối tượng", "Trợ cấp*", "Phụ cấp*", "Phục vụ, chăm sóc*", "Truy lĩnh*", "Một lần*", "Thu hồi*", "Tổng cộng*", "Ngân hàng, tài khoản", "Ký nhận_", "Ghi chú"], [.. list.Rows.Select(Line)],
                    ["", "Cộng", "", "", "", Sum(row => row.MonthlyVnd), Sum(row => row.SupplementVnd), Sum(row => row.CarerVnd), Sum(row => row.ArrearsVnd), Sum(row => row.OneOffVnd), Sum(row => row.RecoveredVnd), Sum(row => row.TotalVnd), "", "", ""]),
            ],
            Closing = [$"Bằng chữ: {VndInWords.Of(new Vnd(list.Rows.Sum(row => row.TotalVnd)))}./.", "Các cột theo cách làm thực tế; chưa có văn bản nào đã đọc quy định mẫu này."],
            Signatures = ["Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị"],
        };
    }
}
