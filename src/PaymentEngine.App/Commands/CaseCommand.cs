using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine case …</c>: failed payments worked to their end; <c>payengine status</c>: the first page.</summary>
static class CaseCommand
{
    static readonly LocalDateTimePattern When = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    public static Command Create(CommandContext context) => new("case", context.Text("Việc phải xử lý: khoản chi lỗi, khoản chưa khớp", "Cases: failed payments, unmatched entries"))
    {
        List(context), Show(context), Take(context), Give(context), Free(context), Note(context), Contact(context), Correct(context), Approve(context), Reject(context), Decide(context), Settle(context), Repay(context), Cash(context), Claim(context),
        Escalate(context), Resolve(context), Due(context), Desk(context), Terms(context),
    };

    /// <summary>The command <c>status</c>.</summary>
    public static Command CreateStatus(CommandContext context) =>
        new Command("status", context.Text("Trang đầu: việc đang chờ tôi, việc bị kẹt", "The first page: what waits for me, what is stuck"))
            .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await Worklist(context, database).StartAsync(caller, cancel), page => CasePaper.Start(context, caller, page)), cancel));

    static Command List(CommandContext context)
    {
        var age = new Option<int?>("--age") { HelpName = "N", Description = context.Text("Mở từ N ngày trước trở lên", "Opened at least N days ago") };
        var reason = new Option<string?>("--reason") { HelpName = "CODE", Description = context.Text("Mã lý do, ví dụ AC04", "Reason code, for example AC04") };
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = context.Text("Ngân hàng của người nhận: số NAPAS hoặc tên", "The payee's bank: NAPAS number or name") };
        var commune = new Option<string?>("--commune") { HelpName = "C", Description = context.Text("Mã xã", "Code of a commune") };
        var owner = new Option<string?>("--owner") { HelpName = "NAME|ROLE|me", Description = context.Text("Người hoặc vai trò đang giữ; me là tôi", "Whose desk it lies on: a person, a role, or me") };
        var due = new Option<string?>("--due") { HelpName = "YYYY-MM-DD", Description = context.Text("Hạn đến hết ngày này", "Due by this day") };
        var state = new Option<string>("--state") { HelpName = "S", DefaultValueFactory = _ => "open", Description = "open · free · taken · closed · all" };
        var kind = new Option<string?>("--kind") { HelpName = "K", Description = context.Text("Loại, ví dụ returned", "Kind, for example returned") };
        var run = new Option<string?>("--run") { HelpName = "R", Description = context.Text("Một đợt chi trả", "One payment run") };
        var stuck = new Option<bool>("--stuck") { Description = context.Text("Chỉ việc bị kẹt: quá hạn, hoặc đã nhận mà bỏ đó", "Only what is stuck: past its term, or taken and left alone") };
        return new Command("list", context.Text("Việc phải xử lý, gấp nhất trước", "Cases, the most urgent first")) { age, reason, bank, commune, owner, due, state, kind, run, stuck }
            .Answers(context, (parse, cancel) =>
            {
                LocalDate? dueBy = null;
                if (parse.GetValue(due) is { } dueText)
                {
                    var day = LocalDatePattern.Iso.Parse(dueText);
                    if (!day.Success) return Refused(new Problem("usage.date", $"'{dueText}' is not a day.", "Use YYYY-MM-DD."));
                    dueBy = day.Value;
                }

                var of = default(RunId);
                if (parse.GetValue(run) is { } runText && !RunId.Parse(runText).TryGet(out of)) return Refused(new Problem("usage.run", $"'{runText}' is not a run.", "Use province-yyMM-run, for example 40-2611-003."));
                var bin = parse.GetValue(bank) is { } bankText ? BankDirectory.All.FirstOrDefault(one => one.Bin == bankText || string.Equals(one.ShortName, bankText, StringComparison.OrdinalIgnoreCase))?.Bin : null;
                if (parse.GetValue(bank) is { } unknown && bin is null) return Refused(new Problem("usage.bank", $"'{unknown}' is no bank of law/banks.csv.", "Use its six-digit NAPAS number or its short name."));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    var filter = new CaseFilter(parse.GetValue(state) ?? "open", Reason: parse.GetValue(reason), Bank: bin, Commune: parse.GetValue(commune), Owner: parse.GetValue(owner) is "me" ? caller.UserName : parse.GetValue(owner)?.Replace('-', '_'),
                        DueBy: dueBy, Kind: parse.GetValue(kind), Month: of == default ? 0 : of.Month.Key(), RunNo: of == default ? 0 : of.RunNo);
                    return Answer.From(await Worklist(context, database).ListAsync(caller, filter, parse.GetValue(age), parse.GetValue(stuck), cancel), rows => CasePaper.List(context, caller.ProvinceCode, rows));
                }, cancel);
            });
    }

    static Command Show(CommandContext context)
    {
        var number = Number(context);
        return new Command("show", context.Text("Một việc: khoản chi, diễn biến, các lối ra", "One case: its payment, its story, the roads out of it")) { number }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var shown = await Worklist(context, database).ShowAsync(caller, parse.GetValue(number), cancel);
                if (!shown.TryGet(out var view)) return Answer.Refused(shown.Problems);
                return CasePaper.One(context, caller.ProvinceCode, view, await Repairs(context, database).ClaimStoryAsync(caller, view.Case, cancel));
            }, cancel));
    }

    static Command Take(CommandContext context)
    {
        var number = Number(context);
        return new Command("take", context.Text("Nhận việc", "Take a case")) { number }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).TakeAsync(caller, parse.GetValue(number), cancel), cancel));
    }

    static Command Give(CommandContext context)
    {
        var (number, remark) = (Number(context), Remark(context, context.Text("Điều người nhận cần biết", "What they should know")));
        var to = new Option<string>("--to") { HelpName = "NAME", Required = true, Description = context.Text("Tên đăng nhập của đồng nghiệp", "User name of the colleague") };
        return new Command("give", context.Text("Giao việc cho đồng nghiệp", "Hand a case to a colleague")) { number, to, remark }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).GiveAsync(caller, parse.GetValue(number), parse.GetRequiredValue(to), parse.GetValue(remark), cancel), cancel));
    }

    static Command Free(CommandContext context)
    {
        var number = Number(context);
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao, ví dụ người giữ việc nghỉ ốm", "Why, for example: the holder is ill") };
        return new Command("free", context.Text("Lấy lại việc của người vắng mặt (người duyệt, quản trị)", "Take a case back from somebody absent (approver, administrator)")) { number, reason }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).FreeAsync(caller, parse.GetValue(number), parse.GetRequiredValue(reason), cancel), cancel));
    }

    static Command Note(CommandContext context)
    {
        var number = Number(context);
        var text = new Argument<string>("text") { Description = context.Text("Nội dung ghi chú", "What to write down") };
        return new Command("note", context.Text("Ghi chú", "Write something down")) { number, text }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).NoteAsync(caller, parse.GetValue(number), parse.GetRequiredValue(text), cancel), cancel));
    }

    static Command Contact(CommandContext context)
    {
        var (number, remark) = (Number(context), Remark(context, context.Text("Đã nói gì", "What was said")));
        var channel = new Option<string>("--channel") { HelpName = "C", Required = true, Description = "phone · visit · letter · message · office" };
        var outcome = new Option<string>("--outcome") { HelpName = "O", Required = true, Description = "reached · not_reached · promised · refused · moved · deceased" };
        var when = new Option<string?>("--when") { HelpName = "YYYY-MM-DDThh:mm", Description = context.Text("Lúc liên hệ (giờ Việt Nam); mặc định bây giờ", "When it was (Viet Nam time); default: now") };
        return new Command("contact", context.Text("Ghi một lần liên hệ với người nhận", "Write down an attempt to reach the payee")) { number, channel, outcome, when, remark }
            .Answers(context, (parse, cancel) =>
            {
                LocalDateTime? at = null;
                if (parse.GetValue(when) is { } text)
                {
                    var parsed = When.Parse(text);
                    if (!parsed.Success) return Refused(new Problem("usage.time", $"'{text}' is not a day and time.", "Use YYYY-MM-DDThh:mm, for example 2026-11-05T09:30."));
                    at = parsed.Value;
                }

                return ActAsync(context, (database, caller) => Worklist(context, database)
                    .ContactAsync(caller, parse.GetValue(number), parse.GetRequiredValue(channel), parse.GetRequiredValue(outcome).Replace('-', '_'), at, parse.GetValue(remark), cancel), cancel);
            });
    }

    static Command Correct(CommandContext context)
    {
        var number = Number(context);
        var bank = new Option<string>("--bank") { HelpName = "BANK", Required = true, Description = context.Text("Ngân hàng: số NAPAS hoặc tên ngắn", "The bank: NAPAS number or short name") };
        var account = new Option<string>("--account") { HelpName = "NO", Required = true, Description = context.Text("Số tài khoản", "Account number") };
        var holder = new Option<string>("--holder") { HelpName = "TEXT", Required = true, Description = context.Text("Tên chủ tài khoản như ngân hàng ghi", "The holder as the bank writes it") };
        var source = new Option<string>("--source") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: giấy đề nghị, số điện thoại đã gọi …", "Where it comes from: the request, the call …") };
        var ground = new Option<string?>("--override") { HelpName = "TEXT", Description = context.Text("Vì sao vẫn đúng dù tên không khớp hoặc nhiều người dùng chung", "Why it is right although the name differs or many share it") };
        var channel = new Option<string>("--channel") { HelpName = "C", DefaultValueFactory = _ => "bank", Description = "bank · wallet · mobile_money" };
        return new Command("correct", context.Text("Đề nghị tài khoản khác; người thứ hai duyệt, chờ rồi mới dùng", "Propose another account; a second person approves, it is used after a wait")) { number, bank, account, holder, source, ground, channel }
            .Answers(context, (parse, cancel) =>
            {
                PayoutChannel? way = parse.GetValue(channel)?.Replace('-', '_') switch { "bank" => PayoutChannel.Bank, "wallet" => PayoutChannel.Wallet, "mobile_money" => PayoutChannel.MobileMoney, _ => null };
                if (way is not { } kind) return Refused(new Problem("usage.channel", $"'{parse.GetValue(channel)}' is not a kind of account.", "Use bank, wallet or mobile_money."));
                var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                if (!keys.TryGet(out var folder)) return Task.FromResult(Answer.Refused(keys.Problems));
                return ActAsync(context, async (database, caller) =>
                {
                    using var cipher = folder.OpenCipher();
                    return await Repairs(context, database).CorrectAsync(caller, parse.GetValue(number),
                        new CorrectedAccount(parse.GetRequiredValue(bank), parse.GetRequiredValue(account), parse.GetRequiredValue(holder), parse.GetRequiredValue(source), parse.GetValue(ground), kind), cipher, cancel);
                }, cancel);
            });
    }

    static Command Approve(CommandContext context)
    {
        var number = Number(context);
        return new Command("approve", context.Text("Duyệt tài khoản, quyết định hoặc kết luận đang chờ của người khác", "Approve the account, decision or settlement of somebody else that waits")) { number }
            .Answers(context, (parse, cancel) => AnswerAsync(context, parse.GetValue(number), null, cancel));
    }

    static Command Reject(CommandContext context)
    {
        var number = Number(context);
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao từ chối; được lưu giữ", "Why; it is kept") };
        return new Command("reject", context.Text("Từ chối tài khoản, quyết định hoặc kết luận đang chờ", "Reject the account, decision or settlement that waits")) { number, remark }
            .Answers(context, (parse, cancel) => AnswerAsync(context, parse.GetValue(number), parse.GetRequiredValue(remark), cancel));
    }

    static Task<Answer> AnswerAsync(CommandContext context, int number, string? rejection, CancellationToken cancel) => ActAsync(context, async (database, caller) =>
    {
        var shown = await Worklist(context, database).ShowAsync(caller, number, cancel);
        if (!shown.TryGet(out var view)) return shown;
        if (view.Settlements.Any(one => one.Answer is null && one.Attempt == view.Case.Attempt)) return await new CaseSettlements(database, context.Clock).AnswerAsync(caller, number, rejection, cancel);
        // A decision is the graver word: where both wait, the account is answered first.
        var isDecision = view.Changes.All(change => change.State != "proposed") && view.Decisions.Any(decision => decision.Answer is null);
        if (isDecision) return await Repairs(context, database).AnswerDecisionAsync(caller, number, rejection, cancel);
        return rejection is null ? await Repairs(context, database).ApproveAsync(caller, number, cancel) : await Repairs(context, database).RejectAsync(caller, number, rejection, cancel);
    }, cancel);

    static Command Decide(CommandContext context)
    {
        var number = Number(context);
        var cash = new Option<bool>("--cash") { Description = context.Text("Chi tiền mặt", "Pay in cash") };
        var repay = new Option<bool>("--repay") { Description = context.Text("Chi lại qua tài khoản", "Pay again by account") };
        var evidence = new Option<string>("--evidence") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: số và ngày của giấy tờ", "What it rests on: number and day of the paper") };
        return new Command("decide", context.Text("Đề nghị điều chính sách để cho con người quyết định; người duyệt trả lời", "Propose what the policy leaves to people; an approver answers")) { number, cash, repay, evidence }
            .Answers(context, (parse, cancel) => parse.GetValue(cash) == parse.GetValue(repay)
                ? Refused(new Problem("usage.decision", "A decision is either --cash or --repay.", "Give one of the two."))
                : ActAsync(context, (database, caller) => Repairs(context, database).DecideAsync(caller, parse.GetValue(number), parse.GetValue(cash) ? "cash" : "repay", parse.GetRequiredValue(evidence), cancel), cancel));
    }

    static Command Settle(CommandContext context)
    {
        var number = Number(context);
        var outcome = new Option<string>("--as") { HelpName = "paid|returned", Required = true, Description = context.Text("paid: người nhận đã có tiền · returned: chưa có, được chi lại", "paid: the payee has the money · returned: has it not, it may be paid again") };
        var evidence = new Option<string>("--evidence") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: số và ngày của giấy tờ", "What it rests on: number and day of the paper") };
        var file = new Option<string?>("--file") { HelpName = "FILE", Description = context.Text("Bản giấy tờ; được giữ nguyên từng byte", "The paper itself; kept byte for byte") };
        return new Command("settle", context.Text("Đề nghị kết luận một khoản trái ngược mà không tệp nào giải quyết; người thứ hai duyệt", "Propose how to settle a dispute that no file ends; a second person approves")) { number, outcome, evidence, file }
            .Answers(context, (parse, cancel) =>
            {
                SettledAs? wanted = parse.GetRequiredValue(outcome) switch { "paid" => SettledAs.Paid, "returned" => SettledAs.Returned, _ => null };
                if (wanted is not { } settled) return Refused(new Problem("usage.settled_as", $"'{parse.GetValue(outcome)}' is not how a dispute is settled.", "Use --as paid or --as returned."));
                (string, KeptFile)? paper = null;
                if (parse.GetValue(file) is { } path)
                {
                    var kept = new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")).Keep(path);
                    if (!kept.TryGet(out var bytes)) return Task.FromResult(Answer.Refused(kept.Problems));
                    paper = (Path.GetFileName(path), bytes);
                }

                return ActAsync(context, (database, caller) => new CaseSettlements(database, context.Clock).ProposeAsync(caller, parse.GetValue(number), settled, parse.GetRequiredValue(evidence), paper, cancel), cancel);
            });
    }

    static Command Repay(CommandContext context)
    {
        var numbers = new Argument<int[]>("case") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Số của việc, như trong case list", "Numbers of the cases, as in case list") };
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = context.Text("Tháng đánh số đợt; mặc định tháng này", "Month the run is numbered in; default: this month") };
        return new Command("repay", context.Text("Lập đợt bổ sung chi lại những việc này; người khác duyệt", "Plan a regularisation run that pays these again; somebody else approves")) { numbers, month }
            .Answers(context, (parse, cancel) =>
            {
                var wanted = parse.GetValue(month) is { } text ? Months.Parse(text) : context.Clock.GetCurrentInstant().InZone(Casework.Zone).Date.ToYearMonth();
                return wanted.IsOk ? context.AsCallerAsync(async (database, caller) =>
                    Answer.From(await RunCommand.Runs(context, database).RegulariseAsync(caller, wanted.Value, null, [.. parse.GetRequiredValue(numbers).Distinct()], cancel), views => RunPaper.Month(context, wanted.Value, views)), cancel)
                    : Task.FromResult(Answer.Refused(wanted.Problems, ExitCode.WrongUsage));
            });
    }

    static Command Cash(CommandContext context)
    {
        var numbers = new Argument<int[]>("case") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Số của việc, như trong case list", "Numbers of the cases, as in case list") };
        return new Command("cash", context.Text("Chuyển sang danh sách tiền mặt, nơi chính sách cho phép", "Send to the cash list, where the policy allows it")) { numbers }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var (views, problems) = (new List<CaseView>(), new List<Problem>());
                foreach (var number in parse.GetRequiredValue(numbers).Distinct())
                {
                    var sent = await Repairs(context, database).CashAsync(caller, number, cancel);
                    if (sent.TryGet(out var view)) views.Add(view);
                    else problems.AddRange(sent.Problems);
                }

                return CasePaper.Done(context, caller.ProvinceCode, views, problems);
            }, cancel));
    }

    static Command Claim(CommandContext context)
    {
        var number = Number(context);
        var recovered = new Option<string?>("--recovered") { HelpName = "SUM", Description = context.Text("Số tiền đã về", "Sum that came back") };
        var writtenOff = new Option<string?>("--written-off") { HelpName = "SUM", Description = context.Text("Số tiền được quyết định không đòi nữa (người duyệt ghi)", "Sum an authority decided not to ask for (an approver records it)") };
        var evidence = new Option<string>("--evidence") { HelpName = "TEXT", Required = true, Description = context.Text("Số và ngày của giấy tờ", "Number and day of the paper") };
        return new Command("claim", context.Text("Ghi số đã đòi được của khoản chi hai lần hoặc ngân hàng trả thiếu", "Record what came back of a payment paid twice or returned short")) { number, recovered, writtenOff, evidence }
            .Answers(context, (parse, cancel) =>
            {
                var (back, off) = (parse.GetValue(recovered), parse.GetValue(writtenOff));
                if ((back is null) == (off is null)) return Refused(new Problem("usage.claim_entry", "An entry is either --recovered SUM or --written-off SUM.", "Give one of the two."));
                if (!long.TryParse((back ?? off!).Replace(".", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var vnd))
                    return Refused(new Problem("usage.sum", $"'{back ?? off}' is not a sum of whole đồng.", "Type digits, with or without dots: 1.500.000."));
                return ActAsync(context, (database, caller) => Repairs(context, database)
                    .ClaimAsync(caller, parse.GetValue(number), back is null ? ClaimEntry.WrittenOff : ClaimEntry.Recovered, new Vnd(vnd), parse.GetRequiredValue(evidence), cancel), cancel);
            });
    }

    static Command Escalate(CommandContext context)
    {
        var number = Number(context);
        var why = new Option<string>("--why") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao", "Why") };
        return new Command("escalate", context.Text("Chuyển lên người duyệt", "Lay it on the approver's desk")) { number, why }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).EscalateAsync(caller, parse.GetValue(number), parse.GetRequiredValue(why), cancel), cancel));
    }

    static Command Resolve(CommandContext context)
    {
        var number = Number(context);
        var how = new Option<string>("--how") { HelpName = "TEXT", Required = true, Description = context.Text("Đã xong bằng cách nào, giấy tờ nào", "What ended it, by which paper") };
        return new Command("resolve", context.Text("Đóng việc mà không bằng chứng nào tự đóng", "End a case that no evidence ends by itself")) { number, how }
            .Answers(context, (parse, cancel) => ActAsync(context, (database, caller) => Worklist(context, database).ResolveAsync(caller, parse.GetValue(number), parse.GetRequiredValue(how), cancel), cancel));
    }

    static Command Due(CommandContext context) =>
        new Command("due", context.Text("Làm những việc đến hạn tự làm (như reconcile), rồi kê những bước đến hạn mà người phải làm", "Do what is due by itself, as reconcile does, then list the steps that are due and wait for people"))
            .Answers(context, (_, cancel) => BankImportCommand.WithImportsAsync(context, async (imports, caller) =>
            {
                var reconciled = await imports.ReconcileAsync(caller, null, cancel);
                if (!reconciled.TryGet(out var found)) return Answer.Refused(reconciled.Problems);
                return await context.AsCallerAsync(async (database, _) => Answer.From(await Worklist(context, database).StartAsync(caller, cancel), page => CasePaper.Due(context, found, page)), cancel);
            }, cancel));

    static Command Desk(CommandContext context)
    {
        var role = new Option<string>("--role") { HelpName = "R", Required = true, Description = context.Text("Vai trò có việc đến bàn này", "The role whose cases come to the desk") };
        var commune = new Option<string?>("--commune") { HelpName = "C", Description = context.Text("Mã xã; không có là mọi xã chưa có bàn riêng", "Code of a commune; none is every commune without a desk of its own") };
        var person = new Option<string?>("--user") { HelpName = "NAME", Description = context.Text("Người ngồi bàn này", "Who sits there") };
        var nobody = new Option<bool>("--nobody") { Description = context.Text("Không ai nữa", "Nobody any more") };
        return new Command("desk", context.Text("Việc của xã nào, vai trò nào về tay ai", "Whose desk the cases of a role and commune lie on"))
        {
            new Command("list", context.Text("Các bàn", "The desks")).Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) =>
                Answer.From(await Worklist(context, database).DesksAsync(caller, cancel), desks => CasePaper.Desks(context, desks)), cancel)),
            new Command("set", context.Text("Phân công một bàn", "Name who sits at a desk")) { role, commune, person, nobody }.Answers(context, (parse, cancel) =>
                parse.GetValue(nobody) == (parse.GetValue(person) is not null) ? Refused(new Problem("usage.desk", "A desk has either --user NAME or --nobody.", "Give one of the two."))
                : context.AsCallerAsync(async (database, caller) => Answer.From(await Worklist(context, database)
                    .SetDeskAsync(caller, parse.GetRequiredValue(role).Replace('-', '_'), parse.GetValue(commune), parse.GetValue(person), cancel), desks => CasePaper.Desks(context, desks)), cancel)),
        };
    }

    static Command Terms(CommandContext context)
    {
        var term = new Option<string?>("--set") { HelpName = "TERM", Description = string.Join(" · ", CaseTerms.Default.All.Select(one => one.Name)) };
        var days = new Option<int?>("--days") { HelpName = "N", Description = context.Text("Số ngày ngân hàng làm việc", "Banking days") };
        var why = new Option<string?>("--why") { HelpName = "TEXT", Description = context.Text("Căn cứ", "On what ground") };
        return new Command("terms", context.Text("Thời hạn của việc, tính bằng ngày ngân hàng", "The terms of cases, in banking days")) { term, days, why }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                if (parse.GetValue(term) is not { } name) return Answer.From(await Worklist(context, database).TermsAsync(caller, cancel), terms => CasePaper.Terms(context, terms));
                if (parse.GetValue(days) is not { } number) return Answer.Refused(new Problem("usage.option_missing", "--days is missing.", "Give the term in banking days: --days N."));
                return Answer.From(await Worklist(context, database).SetTermAsync(caller, name.Replace('-', '_'), number, parse.GetValue(why) ?? "", cancel), terms => CasePaper.Terms(context, terms));
            }, cancel));
    }

    static Casework Worklist(CommandContext context, Database database) => new(database, context.Clock);

    static CaseRepairs Repairs(CommandContext context, Database database) => new(database, context.Clock);

    static Argument<int> Number(CommandContext context) => new("case") { Description = context.Text("Số của việc, như trong case list", "Number of the case, as in case list") };

    static Option<string?> Remark(CommandContext context, string says) => new("--remark") { HelpName = "TEXT", Description = says };

    static Task<Answer> Refused(Problem problem) => Task.FromResult(Answer.Refused(problem));

    static Task<Answer> ActAsync(CommandContext context, Func<Database, Caller, Task<Result<CaseView>>> act, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
        Answer.From(await act(database, caller), view => CasePaper.Done(context, caller.ProvinceCode, [view], [])), cancel);
}
