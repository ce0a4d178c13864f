using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine match …</c>: entries of statements that nobody has explained yet.</summary>
static class MatchCommand
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    public static Command Create(CommandContext context) =>
        new("match", context.Text("Khoản chưa khớp: xem, đề xuất, quyết định, hủy quyết định", "Entries in suspense: list, propose, decide, undo")) { List(context), Propose(context), Decide(context), Undo(context) };

    static Command List(CommandContext context)
    {
        var age = new Option<int?>("--age") { HelpName = "N", Description = context.Text("Chỉ những khoản chờ từ N ngày", "Only what has waited for N days or more") };
        return new Command("list", context.Text("Những khoản đang chờ, lâu nhất trước", "What waits, the oldest first")) { age }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) =>
            {
                var today = context.Clock.GetCurrentInstant().InZone(Zone).Date;
                return Answer.From(await new Matches(database, context.Clock).ListAsync(caller, cancel), entries => Say(context, [.. entries.Where(one => Age(one, today) >= (parse.GetValue(age) ?? 0))], today));
            }, cancel));
    }

    static Command Propose(CommandContext context)
    {
        var entry = new Argument<string?>("ENTRY") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Một khoản, ví dụ 7/12; không có là những khoản lâu nhất", "One entry, for example 7/12; none: the oldest") };
        return new Command("propose", context.Text("Chương trình đề xuất khoản đó có thể là gì; chưa ghi gì", "What the program thinks an entry may be; nothing is stored")) { entry }
            .Answers(context, (parse, cancel) =>
            {
                EntryNumber? wanted = null;
                if (parse.GetValue(entry) is { } text)
                {
                    if (!EntryNumbers.TryParse(text, out var number)) return Task.FromResult(NotAnEntry(text));
                    wanted = number;
                }

                return context.AsCallerAsync(async (database, caller) => Answer.From(await new Matches(database, context.Clock).ProposeAsync(caller, wanted, cancel), proposals => Say(context, proposals)), cancel);
            });
    }

    static Command Decide(CommandContext context)
    {
        var entry = Entry(context);
        var to = new Option<string[]>("--to") { HelpName = "ID", AllowMultipleArgumentsPerToken = true, Description = context.Text("Khoản chi (mã 18 ký tự); nhiều mã khi ngân hàng trả gộp", "The payment (18 characters); several for a lump return") };
        var batch = new Option<string?>("--batch") { HelpName = "B", Description = context.Text("Lô lệnh chi (PmtInfId)", "The batch (PmtInfId)") };
        var other = new Option<string?>("--as") { HelpName = "funding|charge|interest|other", Description = context.Text("Không phải khoản chi: cấp vốn, phí, lãi, khác", "No payment of ours: funding, charge, interest, other") };
        var why = Why(context);
        return new Command("decide", context.Text("Quyết định khoản đó là gì; có hiệu lực ngay, hủy được", "Say what an entry is; counts at once, can be undone")) { entry, to, batch, other, why }
            .Answers(context, (parse, cancel) =>
            {
                var text = parse.GetRequiredValue(entry);
                if (!EntryNumbers.TryParse(text, out var number)) return Task.FromResult(NotAnEntry(text));
                var ids = new List<InstructionId>();
                foreach (var one in parse.GetValue(to) ?? [])
                {
                    var id = InstructionId.Parse(one);
                    if (!id.IsOk) return Task.FromResult(Answer.Refused(id.Problems, ExitCode.WrongUsage));
                    ids.Add(id.Value);
                }

                return context.AsCallerAsync(async (database, caller) => Answer.From(await new Matches(database, context.Clock).DecideAsync(caller, number, new MatchDecision(ids, parse.GetValue(batch), parse.GetValue(other)),
                    parse.GetRequiredValue(why), cancel), outcome => Say(context, outcome)), cancel);
            });
    }

    static Command Undo(CommandContext context)
    {
        var entry = Entry(context);
        var why = Why(context);
        return new Command("undo", context.Text("Hủy một quyết định bằng quyết định ngược lại; khoản đó chờ lại", "Take a decision back by a contra decision; the entry waits again")) { entry, why }
            .Answers(context, (parse, cancel) =>
            {
                var text = parse.GetRequiredValue(entry);
                if (!EntryNumbers.TryParse(text, out var number)) return Task.FromResult(NotAnEntry(text));
                return context.AsCallerAsync(async (database, caller) => Answer.From(await new Matches(database, context.Clock).UndoAsync(caller, number, parse.GetRequiredValue(why), cancel), outcome => Say(context, outcome)), cancel);
            });
    }

    static Argument<string> Entry(CommandContext context) => new("ENTRY") { Description = context.Text("Khoản: số lần nhập/mục[/chi tiết], như match list in ra", "The entry: import/entry[/detail], as match list prints it") };

    static Option<string> Why(CommandContext context) => new("--why") { HelpName = "W", Required = true, Description = context.Text("Căn cứ; được lưu giữ", "On what ground; it is kept") };

    static Answer NotAnEntry(string text) => Answer.Refused(new Problem("usage.entry", $"'{text}' is not an entry.", "Write it as match list prints it: 7/12, or 7/12/3 for a detail."));

    static int Age(SuspenseEntry one, LocalDate today) => one.OpenedAt is { } opened ? Period.DaysBetween(opened.InZone(Zone).Date, today) : 0;

    static Answer Say(CommandContext context, IReadOnlyList<SuspenseEntry> entries, LocalDate today) => Answer.Of(new
    {
        entries = entries.Select(one => new
        {
            entry = one.Number.ToString(), file = one.FileName, side = one.IsMoney ? one.IsCredit ? "credit" : "debit" : "status", amount_vnd = one.AmountVnd, day = one.EventDate, why = Why(one), reason = one.ReasonCode, text = one.Text,
            party_name = one.PartyName, party_tail = one.PartyTail, said_id = one.SaidId, age_days = Age(one, today), owner = one.TakenBy ?? one.Owner, due_on = one.DueOn,
        }),
        sum_credit_vnd = entries.Where(one => one.IsMoney && one.IsCredit).Sum(one => one.AmountVnd), sum_debit_vnd = entries.Where(one => one.IsMoney && !one.IsCredit).Sum(one => one.AmountVnd),
    }, output =>
    {
        if (entries.Count == 0)
        {
            output.Line(context.Text("Không có khoản nào chưa khớp.", "Nothing is in suspense."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Khoản", "Entry")), new TextColumn(context.Text("Tuổi (ngày)", "Age (days)"), true), new TextColumn(context.Text("Bên", "Side")), new TextColumn(context.Text("Số tiền", "Amount"), true),
            new TextColumn(context.Text("Ngày", "Day")), new TextColumn(context.Text("Vì sao", "Why")), new TextColumn(context.Text("Ngân hàng ghi", "The bank says")), new TextColumn(context.Text("Người xử lý", "Owner")), new TextColumn(context.Text("Hạn", "Due")));
        foreach (var one in entries)
        {
            var said = string.Join(" ", new[] { one.ReasonCode, one.PartyName, one.PartyTail is { } tail ? "…" + tail : null, one.Text }.Where(part => part is not null));
            table.Row(one.Number.ToString(), ViText.Count(Age(one, today)), one.IsMoney ? one.IsCredit ? context.Text("có", "credit") : context.Text("nợ", "debit") : context.Text("trạng thái", "status"), ViText.Money(new Vnd(one.AmountVnd)),
                one.EventDate is { } day ? ViText.Date(day) : "–", Because(context, one), said.Length > 80 ? said[..80] + "…" : said, one.TakenBy ?? one.Owner ?? "–", one.DueOn is { } due ? ViText.Date(due) : "–");
        }

        output.Table(table);
    });

    static Answer Say(CommandContext context, IReadOnlyList<MatchProposal> proposals) => Answer.Of(new
    {
        proposals = proposals.Select(one => new { entry = one.Entry.ToString(), kind = one.Kind, to = one.To, amount_vnd = one.AmountVnd }),
    }, output =>
    {
        if (proposals.Count == 0)
        {
            output.Line(context.Text("Không có đề xuất nào.", "Nothing to propose."));
            return;
        }

        foreach (var one in proposals)
        {
            output.Line($"{one.Entry}\t{ViText.Money(new Vnd(one.AmountVnd))}\t{Ground(context, one.Kind)}");
            var target = one.Kind is "batch" or "batch_parts" ? $"--batch {one.To[0]}" : "--to " + string.Join(' ', one.To);
            output.Line($"  payengine match decide {one.Entry} {target} --why \"…\"");
        }
    });

    static Answer Say(CommandContext context, MatchOutcome outcome) => Answer.Of(
        new { entry = outcome.Entry.ToString(), decision = outcome.Decision, payments = outcome.Payments, ended = outcome.Ended, cases = outcome.Cases, already_done = outcome.AlreadyDone },
        output => output.Line(outcome.AlreadyDone ? context.Text($"Khoản {outcome.Entry} đã được quyết định như vậy.", $"Entry {outcome.Entry} was decided so before.")
            : outcome.Decision is null ? context.Text($"Đã hủy quyết định về khoản {outcome.Entry}; khoản này chờ lại.", $"The decision about entry {outcome.Entry} is taken back; it waits again.")
            : context.Text($"Đã quyết định khoản {outcome.Entry}: {outcome.Decision}. Kết thúc được chứng minh: {ViText.Count(outcome.Ended)}; việc mới: {ViText.Count(outcome.Cases)}.",
                $"Entry {outcome.Entry} is decided: {outcome.Decision}. Proven ends: {ViText.Count(outcome.Ended)}; new cases: {ViText.Count(outcome.Cases)}.")));

    static string Why(SuspenseEntry one) => one.Rule is { } rule ? JsonWord(((MatchRule)rule).ToString()) : "unknown";

    static string JsonWord(string name) => string.Concat(name.Select((letter, i) => char.IsAsciiLetterUpper(letter) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(letter)}" : letter.ToString()));

    static string Because(CommandContext context, SuspenseEntry one) => (MatchRule?)one.Rule switch
    {
        MatchRule.OtherAmount => context.Text("mã của ta, số tiền khác", "our id, another amount"),
        MatchRule.NeverSent => context.Text("mã chưa từng gửi", "an id never sent"),
        MatchRule.CreditTakenBack => context.Text("ngân hàng lấy lại khoản có", "a credit taken back"),
        MatchRule.Several => context.Text("khớp nhiều khoản chi", "several payments fit"),
        _ => context.Text("không có mã của ta", "no id of ours"),
    };

    static string Ground(CommandContext context, string kind) => kind switch
    {
        "account" => context.Text("cùng số tiền, cùng tài khoản, gần ngày", "same amount and account, near the day"),
        "name" => context.Text("cùng số tiền, cùng tên, gần ngày", "same amount and name, near the day"),
        "phrase" => context.Text("ngân hàng nêu lý do trả lại; chỉ một khoản chi có số tiền này", "the bank gives a reason; one payment has this amount"),
        "lump" => context.Text("chỉ một tổ hợp khoản chi cộng lại đúng số tiền này", "one combination of payments makes up this sum"),
        "batch" => context.Text("bằng tổng của lô, trừ khoản bị từ chối", "the batch's sum without the refused"),
        _ => context.Text("cùng các khoản nợ khác cộng lại bằng tổng của lô", "with other debits it makes up the batch's sum"),
    };
}
