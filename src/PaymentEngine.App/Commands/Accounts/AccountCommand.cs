using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Commands.Accounts;

/// <summary><c>payengine account …</c>: accounts and wishes of payees, asked for without a failed payment.</summary>
static class AccountCommand
{
    public static Command Create(CommandContext context) => new("account", context.Text("Tài khoản và nguyện vọng của người nhận", "Accounts and wishes of payees"))
    {
        List(context), Propose(context), Approve(context), Reject(context), SayWish(context), History(context),
        AccountVerifyCommand.Create(context), AccountVerifyCommand.Correct(context), AccountFlagCommand.Create(context),
    };

    static Command List(CommandContext context)
    {
        var person = new Option<string?>("--person") { HelpName = "ID", Description = context.Text("Mọi đề nghị của một người, kể cả đã xong", "Every change of one person, answered ones too") };
        return new Command("list", context.Text("Đề nghị đổi tài khoản đang chờ duyệt hoặc chờ đến ngày dùng", "Changes of accounts that wait for an answer or their day")) { person }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeAccounts(database, context.Clock).ListAsync(caller, parse.GetValue(person), cancel), changes => Changes(context, changes)), cancel));
    }

    static Command Propose(CommandContext context)
    {
        var (person, payee) = (Person(context), PayeeNo(context));
        var bank = new Option<string>("--bank") { HelpName = "BANK", Required = true, Description = context.Text("Ngân hàng: số NAPAS hoặc tên ngắn", "The bank: NAPAS number or short name") };
        var account = new Option<string>("--account") { HelpName = "NO", Required = true, Description = context.Text("Số tài khoản", "Account number") };
        var holder = new Option<string>("--holder") { HelpName = "TEXT", Required = true, Description = context.Text("Tên chủ tài khoản như ngân hàng ghi", "The holder as the bank writes it") };
        var source = Source(context);
        var ground = new Option<string?>("--override") { HelpName = "TEXT", Description = context.Text("Vì sao vẫn đúng dù tên không khớp hoặc nhiều người dùng chung", "Why it is right although the name differs or many share it") };
        var channel = new Option<string>("--channel") { HelpName = "C", DefaultValueFactory = _ => "bank", Description = "bank · wallet · mobile_money" };
        var programme = new Option<string?>("--programme") { HelpName = "P", Description = context.Text("Tài khoản chính của riêng một chương trình: NCC, BTXH, HTXH, KHAC", "Primary account of one programme alone: NCC, BTXH, HTXH, KHAC") };
        var from = new Option<string?>("--from") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày đầu là tài khoản chính; mặc định là hôm nay", "First day as the primary account; today unless given") };
        var to = new Option<string?>("--to") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày cuối; để trống là không hạn", "Last day; open unless given") };
        return new Command("propose", context.Text("Đề nghị tài khoản cho người nhận; người thứ hai duyệt, chờ rồi mới dùng", "Ask for an account for a payee; a second person approves, it is used after a wait")) { person, payee, bank, account, holder, source, ground, channel, programme, from, to }
            .Answers(context, (parse, cancel) =>
            {
                PayoutChannel? way = parse.GetValue(channel)?.Replace('-', '_') switch { "bank" => PayoutChannel.Bank, "wallet" => PayoutChannel.Wallet, "mobile_money" => PayoutChannel.MobileMoney, _ => null };
                if (way is not { } kind) return Task.FromResult(Answer.Refused(new Problem("usage.channel", $"'{parse.GetValue(channel)}' is not a kind of account.", "Use bank, wallet or mobile_money.")));
                Programme? only = null;
                if (parse.GetValue(programme) is { } named)
                {
                    if (!Enum.TryParse<Programme>(named, ignoreCase: true, out var found) || !Enum.IsDefined(found) || char.IsAsciiDigit(named[0])) return Task.FromResult(Answer.Refused(new Problem("usage.programme", $"'{named}' is no programme.", "Use NCC, BTXH, HTXH or KHAC.")));
                    only = found;
                }

                var (first, last) = (Day(parse.GetValue(from)), Day(parse.GetValue(to)));
                if (!first.IsOk || !last.IsOk) return Task.FromResult(Answer.Refused([.. first.Problems, .. last.Problems]));
                var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
                if (!keys.TryGet(out var folder)) return Task.FromResult(Answer.Refused(keys.Problems));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    using var cipher = folder.OpenCipher();
                    var said = new CorrectedAccount(parse.GetRequiredValue(bank), parse.GetRequiredValue(account), parse.GetRequiredValue(holder), parse.GetRequiredValue(source), parse.GetValue(ground), kind) { Programme = only, From = first.Value, To = last.Value };
                    return Answer.From(await new PayeeAccounts(database, context.Clock).ProposeAsync(caller, parse.GetRequiredValue(person), parse.GetValue(payee), said, cipher, cancel), change => Changes(context, [change]));
                }, cancel);
            });
    }

    static Command Approve(CommandContext context)
    {
        var numbers = new Argument<int[]>("change") { Arity = ArgumentArity.OneOrMore, Description = context.Text("Số của đề nghị, một hoặc nhiều", "Numbers of changes, one or more") };
        return new Command("approve", context.Text("Duyệt đề nghị của người khác", "Approve what somebody else asked for")) { numbers }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeAccounts(database, context.Clock).ApproveAsync(caller, parse.GetRequiredValue(numbers), cancel), changes => Changes(context, changes)), cancel));
    }

    static Command Reject(CommandContext context)
    {
        var number = Number(context);
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao từ chối; được lưu giữ", "Why; it is kept") };
        return new Command("reject", context.Text("Từ chối đề nghị, hoặc rút đề nghị của mình", "Reject a change, or take one's own back")) { number, remark }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
                Answer.From(await new PayeeAccounts(database, context.Clock).AnswerAsync(caller, parse.GetValue(number), parse.GetRequiredValue(remark), cancel), change => Changes(context, [change])), cancel));
    }

    static Command SayWish(CommandContext context)
    {
        var (person, payee, source) = (Person(context), PayeeNo(context), Source(context));
        var yes = new Option<bool>("--yes") { Description = context.Text("Muốn nhận qua tài khoản", "Wants to be paid by account") };
        var no = new Option<bool>("--no") { Description = context.Text("Không muốn nữa: chi tiền mặt từ danh sách sau", "Does not want it any more: cash from the next list on") };
        var on = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày nói; mặc định là hôm nay", "The day it was said; today unless given") };
        return new Command("wish", context.Text("Ghi hoặc rút nguyện vọng nhận qua tài khoản", "Record or take back the wish to be paid by account")) { person, payee, yes, no, on, source }
            .Answers(context, (parse, cancel) =>
            {
                if (parse.GetValue(yes) == parse.GetValue(no)) return Task.FromResult(Answer.Refused(new Problem("usage.wish", "A wish is yes or no.", "Give --yes or --no.")));
                LocalDate? day = null;
                if (parse.GetValue(on) is { } text)
                {
                    var read = LocalDatePattern.Iso.Parse(text);
                    if (!read.Success) return Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.")));
                    day = read.Value;
                }

                return context.AsCallerAsync(async (database, caller) =>
                    Answer.From(await new PayeeAccounts(database, context.Clock).WishAsync(caller, parse.GetRequiredValue(person), parse.GetValue(payee), parse.GetValue(yes) ? Wish.Yes : Wish.No, day, parse.GetRequiredValue(source), cancel),
                        epochs => Epochs(context, epochs)), cancel);
            });
    }

    static Command History(CommandContext context)
    {
        var person = Person(context);
        return new Command("history", context.Text("Tài khoản và nguyện vọng qua thời gian, ai đổi, ai duyệt", "Accounts and wishes over time, who changed them and who approved")) { person }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeAccounts(database, context.Clock).HistoryAsync(caller, parse.GetRequiredValue(person), cancel), epochs => Epochs(context, epochs)), cancel));
    }

    static Answer Changes(CommandContext context, IReadOnlyList<AccountChange> changes) => Answer.Of(new
    {
        changes = changes.Select(change => new
        {
            change_no = change.ChangeNo, @case = change.CaseNo, state = change.State, payee_no = change.PayeeNo, payee = change.ExpectedName, bank = change.BankBin, account_tail = change.AccountTail, holder = change.HolderName, programme = change.Programme is { } programme ? ((Programme)programme).ToString() : null, valid_from = change.ValidFrom, valid_to = change.ValidTo, correction_no = change.CorrectionNo,
            holder_form = change.HolderForm, expected_form = change.ExpectedForm, name_rule = change.NameRule, name_score = change.NameScore, override_reason = change.OverrideReason, source = change.Source, made_by = change.MadeBy,
            approved_by = change.ApprovedBy, usable_on = change.UsableOn,
        }),
    }, output =>
    {
        if (changes.Count == 0)
        {
            output.Line(context.Text("Không có đề nghị nào đang chờ.", "No change waits."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No.")), new TextColumn(context.Text("Người nhận", "Payee")), new TextColumn(context.Text("Tài khoản", "Account")), new TextColumn(context.Text("Chủ tài khoản", "Holder")),
            new TextColumn(context.Text("Khớp tên", "Name")), new TextColumn(context.Text("Trạng thái", "State")));
        foreach (var change in changes)
        {
            var state = change.State switch
            {
                "proposed" => context.Text($"{change.MadeBy} đề nghị, chờ duyệt", $"asked for by {change.MadeBy}, waits for another person"),
                "approved" => context.Text($"{change.ApprovedBy} đã duyệt, dùng từ {ViText.Date(change.UsableOn!.Value)}", $"approved by {change.ApprovedBy}, used from {ViText.Date(change.UsableOn!.Value)}"),
                "applied" => context.Text("đã vào sổ", "in the register"),
                "rejected" => context.Text("bị từ chối", "rejected"),
                _ => context.Text("bỏ: sổ đã đổi trước đó", "dropped: the register changed first"),
            };
            table.Row(change.ChangeNo.ToString(System.Globalization.CultureInfo.InvariantCulture), change.ExpectedName, $"{Bank(change.BankBin)} …{change.AccountTail}{Of(change.Programme, change.ValidFrom, change.ValidTo)}", change.HolderName,
                $"{change.NameScore}/100 {NameRuleWords.Of(context, change.NameRule)}{(change.OverrideReason is { } why ? context.Text($"; vẫn nhận: {why}", $"; taken all the same: {why}") : "")}", state);
        }

        output.Table(table);
    });

    static Answer Epochs(CommandContext context, IReadOnlyList<AccountEpoch> epochs) => Answer.Of(new
    {
        epochs = epochs.Select(one => new
        {
            payee_no = one.PayeeNo, payee = one.PayeeName, role = ((PayeeRole)one.Role).ToString(), channel = ((PayoutChannel)one.Channel).ToString(), wish = ((Wish)one.Wish).ToString(), wish_on = one.WishOn, bank = one.BankBin,
            account_tail = one.AccountTail, holder = one.HolderName, programme = one.Programme is { } programme ? ((Programme)programme).ToString() : null, valid_from = one.ValidFrom, valid_to = one.ValidTo, known_from = one.KnownFrom, known_to = one.KnownTo, source = one.Source, recorded_by = one.RecordedBy, operation = one.Operation, change_no = one.ChangeNo, made_by = one.MadeBy, approved_by = one.ApprovedBy,
        }),
    }, output =>
    {
        var table = new TextTable(new TextColumn(context.Text("Người nhận", "Payee")), new TextColumn(context.Text("Biết từ", "Known from")), new TextColumn(context.Text("Đến", "Until")), new TextColumn(context.Text("Nguyện vọng", "Wish")), new TextColumn(context.Text("Tài khoản", "Account")),
            new TextColumn(context.Text("Bởi", "By")));
        foreach (var one in epochs)
        {
            var wish = (Wish)one.Wish switch { Wish.Yes => context.Text("qua tài khoản", "by account"), Wish.No => context.Text("không", "no"), _ => context.Text("chưa rõ", "unknown") };
            table.Row($"{one.PayeeNo} {one.PayeeName}", Date(one.KnownFrom), one.KnownTo is { } until ? Date(until) : "–", one.WishOn is { } day ? $"{wish}, {ViText.Date(day)}" : wish,
                one.BankBin is null ? context.Text("tiền mặt", "cash") : $"{Bank(one.BankBin)} …{one.AccountTail} {one.HolderName}{Of(one.Programme, one.ValidFrom, one.ValidTo)}", one.ChangeNo is null ? $"{one.RecordedBy} ({one.Operation})" : $"{one.MadeBy}, {one.ApprovedBy}: {one.Source}");
        }

        output.Table(table);
    });

    static Result<LocalDate?> Day(string? text) => text is null ? Result<LocalDate?>.Ok(null)
        : LocalDatePattern.Iso.Parse(text) is { Success: true } read ? Result<LocalDate?>.Ok(read.Value) : new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.");

    static string Bank(string bin) => BankDirectory.Find(bin)?.ShortName ?? bin;

    static string Date(Instant at) => ViText.Date(at.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date);

    // A primary account of one programme says which, and on which days.
    static string Of(short? programme, LocalDate? from, LocalDate? to) => programme is { } only ? $" ({((Programme)only).ToString().ToUpperInvariant()} {(from is { } first ? ViText.Date(first) : "")}–{(to is { } last ? ViText.Date(last) : "")})" : "";

    static Argument<string> Person(CommandContext context) => new("person") { Description = context.Text("person_id của người hưởng", "person_id of the recipient") };

    static Argument<int> Number(CommandContext context) => new("change") { Description = context.Text("Số của đề nghị, như trong account list", "Number of the change, as in account list") };

    static Option<int?> PayeeNo(CommandContext context) => new("--payee") { HelpName = "N", Description = context.Text("Người nhận nào, nếu có nhiều", "Which payee, where there are several") };

    static Option<string> Source(CommandContext context) => new("--source") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: giấy đề nghị, cuộc gọi …", "Where it comes from: the request, the call …") };
}
