using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Commands.Accounts;

/// <summary><c>payengine account verify …</c>: accounts held against their bank by a file; <c>account correct</c>: what a bank corrects.</summary>
static class AccountVerifyCommand
{
    const int RowsShown = 200;

    public static Command Create(CommandContext context)
    {
        var bank = new Option<string>("--bank") { HelpName = "BANK", Required = true, Description = context.Text("Ngân hàng: số NAPAS hoặc tên ngắn", "The bank: NAPAS number or short name") };
        var to = new Option<string>("--out") { HelpName = "FILE", Required = true, Description = context.Text("Tệp mới, .csv hoặc .xlsx", "A new file, .csv or .xlsx") };
        var again = new Option<bool>("--again") { Description = context.Text("Cả tài khoản đã được trả lời", "Accounts that were answered too") };
        var number = new Argument<int>("list") { Description = context.Text("Số danh sách", "Number of the list") };
        var answer = new Argument<string>("file") { Description = context.Text("Danh sách ngân hàng gửi lại", "The list as the bank gave it back") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả tài khoản đã xác nhận", "Confirmed accounts too") };
        return new Command("verify", context.Text("Kiểm tra tài khoản với ngân hàng bằng tệp, trước lần chi đầu tiên", "Hold accounts against their bank by a file, before the first payment"))
        {
            new Command("request", context.Text("Lập danh sách tài khoản ngân hàng chưa xác nhận", "Write the list of accounts a bank has not confirmed")) { bank, to, again }
                .Answers(context, (parse, cancel) => WithAsync(context, async (checks, caller) => Answer.From(await checks.RequestAsync(caller, parse.GetRequiredValue(bank), parse.GetRequiredValue(to), parse.GetValue(again), cancel), done => Answer.Of(Json(done), output =>
                {
                    output.Line(context.Text($"Danh sách {done.InquiryNo}: {ViText.Count(done.Accounts)} tài khoản tại {Bank(done.BankBin)} → {done.FileName}", $"List {done.InquiryNo}: {ViText.Count(done.Accounts)} accounts at {Bank(done.BankBin)} → {done.FileName}"));
                    output.Talk(context.Text($"Khi ngân hàng trả lời: payengine account verify import {done.InquiryNo} TỆP", $"With the bank's answer: payengine account verify import {done.InquiryNo} FILE"));
                })), cancel)),
            new Command("import", context.Text("Nhận trả lời của ngân hàng: tất cả hoặc không gì cả", "Take the bank's answer in: all or nothing")) { number, answer }
                .Answers(context, (parse, cancel) => WithAsync(context, async (checks, caller) => Answer.From(await checks.ImportAsync(caller, parse.GetValue(number), parse.GetRequiredValue(answer), cancel), done => Answer.Of(done, output =>
                    output.Line(context.Text($"{ViText.Count(done.Rows)} dòng, {ViText.Count(done.New)} mới. Đúng {ViText.Count(done.Verified)} · khác tên {ViText.Count(done.NameDiffers)} · đã đóng {ViText.Count(done.Closed)} · không có {ViText.Count(done.NotFound)} · chưa trả lời {ViText.Count(done.Unanswered)}.",
                        $"{ViText.Count(done.Rows)} rows, {ViText.Count(done.New)} new. Verified {ViText.Count(done.Verified)} · another holder {ViText.Count(done.NameDiffers)} · closed {ViText.Count(done.Closed)} · not found {ViText.Count(done.NotFound)} · not answered {ViText.Count(done.Unanswered)}.")))), cancel)),
            new Command("list", context.Text("Các danh sách đã gửi và trả lời", "Lists that were sent, and their answers"))
                .Answers(context, (_, cancel) => WithAsync(context, async (checks, caller) => Listed(context, await checks.ListAsync(caller, cancel)), cancel)),
            new Command("show", context.Text("Từng tài khoản: ngân hàng nói gì, tên khớp theo quy tắc nào", "Account by account: what the bank says, which rule decided about the name")) { number, all }
                .Answers(context, (parse, cancel) => WithAsync(context, async (checks, caller) => Answer.From(await checks.ShowAsync(caller, parse.GetValue(number), cancel), found => Shown(context, found.Inquiry, found.Accounts, parse.GetValue(all))), cancel)),
        };
    }

    public static Command Correct(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = context.Text("account-corrections.csv hoặc .xlsx", "account-corrections.csv or .xlsx") };
        var bank = new Option<string>("--bank") { HelpName = "BANK", Required = true, Description = context.Text("Ngân hàng gửi tệp", "The bank that sends it") };
        var source = new Option<string>("--source") { HelpName = "TEXT", Required = true, Description = context.Text("Công văn kèm theo; được lưu giữ", "The letter it came with; it is kept") };
        return new Command("correct", context.Text("Nhận tệp đính chính tài khoản của ngân hàng; người thứ hai duyệt", "Take in a bank's corrections of accounts; a second person approves")) { file, bank, source }
            .Answers(context, (parse, cancel) => PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
                Answer.From(await new BankCorrections(database, cipher, context.Clock, context.Files).ImportAsync(caller, parse.GetRequiredValue(file), parse.GetRequiredValue(bank), parse.GetRequiredValue(source), cancel), done => Answer.Of(done, output =>
                {
                    output.Line(done.IsNew ? context.Text($"Tệp đính chính {done.CorrectionNo}: {ViText.Count(done.Rows)} dòng, {ViText.Count(done.Changes.Count)} quyền nhận chờ duyệt.", $"Correction {done.CorrectionNo}: {ViText.Count(done.Rows)} rows, {ViText.Count(done.Changes.Count)} rights wait for approval.")
                        : context.Text($"Tệp này đã được nhận (tệp đính chính {done.CorrectionNo}); không có gì thay đổi.", $"This file was taken in before (correction {done.CorrectionNo}); nothing was changed."));
                    if (done.IsNew) output.Talk(context.Text($"Người khác duyệt: payengine account approve {string.Join(' ', done.Changes)}", $"Another person approves: payengine account approve {string.Join(' ', done.Changes)}"));
                })), cancel));
    }

    static Task<Answer> WithAsync(CommandContext context, Func<AccountChecks, Caller, Task<Answer>> work, CancellationToken cancel) =>
        PeopleCommand.WithCipherAsync(context, (database, caller, cipher) => work(new AccountChecks(database, cipher, context.Clock, context.Files), caller), cancel);

    static object Json(StoredInquiry one) => new
    {
        inquiry_no = one.InquiryNo, bank = one.BankBin, accounts = one.Accounts, file_name = one.FileName, made_by = one.Person, at = one.At, answered = one.Answered, verified = one.Verified, name_differs = one.NameDiffers, closed = one.Closed, not_found = one.NotFound,
    };

    static Answer Listed(CommandContext context, IReadOnlyList<StoredInquiry> lists) => Answer.Of(new { lists = lists.Select(Json) }, output =>
    {
        if (lists.Count == 0)
        {
            output.Line(context.Text("Chưa hỏi ngân hàng nào.", "No bank has been asked."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No."), true), new TextColumn(context.Text("Ngân hàng", "Bank")), new TextColumn(context.Text("Gửi", "Sent")), new TextColumn(context.Text("Tài khoản", "Accounts"), true), new TextColumn(context.Text("Trả lời", "Answered"), true),
            new TextColumn(context.Text("Đúng", "Verified"), true), new TextColumn(context.Text("Khác tên", "Another holder"), true), new TextColumn(context.Text("Đã đóng", "Closed"), true), new TextColumn(context.Text("Không có", "Not found"), true));
        foreach (var one in lists)
            table.Row(ViText.Count(one.InquiryNo), Bank(one.BankBin), PeopleCommand.Time(one.At), ViText.Count(one.Accounts), ViText.Count(one.Answered), ViText.Count(one.Verified), ViText.Count(one.NameDiffers), ViText.Count(one.Closed), ViText.Count(one.NotFound));
        output.Table(table);
    });

    static Answer Shown(CommandContext context, StoredInquiry inquiry, IReadOnlyList<AskedAccount> accounts, bool all)
    {
        var shown = accounts.Where(one => all || one.State != (short)AccountCheck.Verified).ToList();
        return Answer.Of(new
        {
            inquiry = Json(inquiry), accounts = accounts.Select(one => new
            {
                row_no = one.RowNo, person_id = one.PersonId, payee_no = one.PayeeNo, payee = one.PayeeName, account_tail = one.AccountTail, holder = one.HolderName, state = ((AccountCheck)one.State).ToString(), bank_name = one.BankName, name_rule = one.NameRule,
                name_score = one.NameScore, answered_on = one.AnsweredOn, note = one.Note,
            }),
        }, output =>
        {
            output.Line(context.Text($"Danh sách {inquiry.InquiryNo} · {Bank(inquiry.BankBin)} · {ViText.Count(inquiry.Accounts)} tài khoản, {ViText.Count(inquiry.Verified)} đúng", $"List {inquiry.InquiryNo} · {Bank(inquiry.BankBin)} · {ViText.Count(inquiry.Accounts)} accounts, {ViText.Count(inquiry.Verified)} verified"));
            var table = new TextTable(new TextColumn(context.Text("Dòng", "Row"), true), new TextColumn(context.Text("Người hưởng", "Recipient")), new TextColumn(context.Text("Tài khoản", "Account")), new TextColumn(context.Text("Chủ trong sổ", "Holder")), new TextColumn(context.Text("Ngân hàng ghi", "The bank has")),
                new TextColumn(context.Text("Kết quả", "Result")));
            foreach (var one in shown.Take(RowsShown))
                table.Row(one.RowNo.ToString(CultureInfo.InvariantCulture), $"{one.PersonId} {one.PayeeName}", PeopleCommand.Masked(one.AccountTail), one.HolderName, one.BankName ?? "", WordOf(context, one));
            output.Table(table);
            if (shown.Count > RowsShown) output.Line(context.Text($"Chỉ hiện {RowsShown} trong {ViText.Count(shown.Count)}; đủ cả: --json.", $"{RowsShown} of {ViText.Count(shown.Count)} are shown; all of them: --json."));
        });
    }

    static string WordOf(CommandContext context, AskedAccount one)
    {
        var word = (AccountCheck)one.State switch
        {
            AccountCheck.Verified => context.Text("đúng", "verified"), AccountCheck.NameDiffers => context.Text("khác tên", "another holder"), AccountCheck.Closed => context.Text("đã đóng", "closed"),
            AccountCheck.NotFound => context.Text("không có tài khoản", "no such account"), _ => context.Text("chưa trả lời", "not answered"),
        };
        return one.NameRule is { } rule ? $"{word}: {NameRuleWords.Of(context, rule)}, {one.NameScore}/100{(one.Note is { } note ? $"; {note}" : "")}" : one.Note is { } only ? $"{word}; {only}" : word;
    }

    static string Bank(string bin) => BankDirectory.Find(bin)?.ShortName ?? bin;
}
