using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Payees;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Commands.Payees;

/// <summary><c>payengine payee …</c>: who may take other people's money, until when, by which paper.</summary>
static class PayeeCommand
{
    const int RowsShown = 200;

    public static Command Create(CommandContext context) => new("payee", context.Text("Người nhận thay: căn cứ, thời hạn, rà soát hằng năm", "Those who take other people's money: papers, terms, yearly looks"))
    {
        List(context), Renew(context), End(context), Check(context), Changes(context), Approve(context), Reject(context),
    };

    static Command List(CommandContext context)
    {
        var person = new Option<string?>("--person") { HelpName = "ID", Description = context.Text("Mọi quyền nhận của một người", "Every right recorded for one person") };
        var expiring = new Option<int?>("--expiring") { HelpName = "N", Description = context.Text("Quyền hết hạn trong N ngày tới (và vừa hết hạn), giấy đến hạn rà soát; mặc định 30", "Rights that end within N days (and lately ended ones), papers due for their yearly look; 30 unless given") };
        return new Command("list", context.Text("Quyền nhận thay sắp hết hạn, hoặc của một người", "Rights that run out, or those of one person")) { person, expiring }
            .Answers(context, (parse, cancel) =>
            {
                if (parse.GetValue(person) is { } id && parse.GetValue(expiring) is not null) return Task.FromResult(Answer.Refused(new Problem("usage.one_list", "A person's rights and what runs out are two lists.", "Give --person or --expiring.")));
                return context.AsCallerAsync(async (database, caller) =>
                {
                    var rights = new PayeeRights(database, context.Clock);
                    if (parse.GetValue(person) is { } of) return Answer.From(await rights.OfPersonAsync(caller, of, cancel), found => Rights(context, found, null));
                    return Answer.From(await rights.ExpiringAsync(caller, parse.GetValue(expiring) ?? 30, cancel), found => Rights(context, found.Rights, found.Today));
                }, cancel);
            });
    }

    static Command Renew(CommandContext context)
    {
        var (person, payee) = (Person(context), Payee(context));
        var to = new Option<string>("--to") { HelpName = "YYYY-MM-DD", Required = true, Description = context.Text("Ngày cuối mới", "The new last day") };
        var basis = new Option<string>("--basis") { HelpName = "TEXT", Required = true, Description = context.Text("Loại giấy: giấy ủy quyền, quyết định giám hộ …", "What paper it is") };
        var number = new Option<string>("--basis-no") { HelpName = "TEXT", Required = true, Description = context.Text("Số giấy", "Its number") };
        var day = new Option<string>("--basis-on") { HelpName = "YYYY-MM-DD", Required = true, Description = context.Text("Ngày của giấy", "Its day") };
        var issuer = new Option<string>("--issuer") { HelpName = "TEXT", Required = true, Description = context.Text("Nơi cấp hoặc chứng thực", "Who issued or certified it") };
        var reason = Reason(context);
        return new Command("renew", context.Text("Đề nghị gia hạn quyền nhận thay theo giấy mới; người thứ hai duyệt", "Ask that a right runs on by a new paper; a second person approves")) { person, payee, to, basis, number, day, issuer, reason }
            .Answers(context, (parse, cancel) =>
            {
                if (ReadDay(parse.GetRequiredValue(to)) is not { } last) return NoDay(parse.GetRequiredValue(to));
                if (ReadDay(parse.GetRequiredValue(day)) is not { } on) return NoDay(parse.GetRequiredValue(day));
                var paper = new RightBasis(parse.GetRequiredValue(basis), parse.GetRequiredValue(number), on, parse.GetRequiredValue(issuer));
                return context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeRights(database, context.Clock).RenewAsync(caller, parse.GetRequiredValue(person), parse.GetValue(payee), last, paper, parse.GetRequiredValue(reason), cancel), change => Shown(context, [change])), cancel);
            });
    }

    static Command End(CommandContext context)
    {
        var (person, payee, reason) = (Person(context), Payee(context), Reason(context));
        var on = new Option<string>("--on") { HelpName = "YYYY-MM-DD", Required = true, Description = context.Text("Ngày cuối của quyền", "The last day of the right") };
        return new Command("end", context.Text("Đề nghị chấm dứt quyền nhận thay; người thứ hai duyệt", "Ask that a right ends; a second person approves")) { person, payee, on, reason }
            .Answers(context, (parse, cancel) => ReadDay(parse.GetRequiredValue(on)) is not { } day ? NoDay(parse.GetRequiredValue(on))
                : context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeRights(database, context.Clock).EndAsync(caller, parse.GetRequiredValue(person), parse.GetValue(payee), day, parse.GetRequiredValue(reason), cancel), change => Shown(context, [change])), cancel));
    }

    static Command Check(CommandContext context)
    {
        var (person, payee) = (Person(context), Payee(context));
        var on = new Option<string?>("--on") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày rà soát; mặc định là hôm nay", "The day of the look; today unless given") };
        var source = new Option<string>("--source") { HelpName = "TEXT", Required = true, Description = context.Text("Đã xem gì, gặp ai", "What was looked at, with whom was spoken") };
        return new Command("check", context.Text("Ghi lần rà soát hằng năm của giấy nhận thay", "Record the yearly look at a right's paper")) { person, payee, on, source }
            .Answers(context, (parse, cancel) =>
            {
                LocalDate? day = null;
                if (parse.GetValue(on) is { } text && (day = ReadDay(text)) is null) return NoDay(text);
                return context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeRights(database, context.Clock).CheckAsync(caller, parse.GetRequiredValue(person), parse.GetValue(payee), day, parse.GetRequiredValue(source), cancel), rights => Rights(context, rights, null)), cancel);
            });
    }

    static Command Changes(CommandContext context) => new Command("changes", context.Text("Đề nghị đang chờ duyệt", "Changes that wait for an answer"))
        .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Shown(context, await new PayeeRights(database, context.Clock).WaitingAsync(caller, cancel)), cancel));

    static Command Approve(CommandContext context)
    {
        var number = Number(context);
        return new Command("approve", context.Text("Duyệt đề nghị của người khác", "Approve what somebody else asked for")) { number }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeRights(database, context.Clock).AnswerAsync(caller, parse.GetValue(number), null, cancel), change => Shown(context, [change])), cancel));
    }

    static Command Reject(CommandContext context)
    {
        var number = Number(context);
        var remark = new Option<string>("--remark") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao từ chối; được lưu giữ", "Why; it is kept") };
        return new Command("reject", context.Text("Từ chối đề nghị, hoặc rút đề nghị của mình", "Reject a change, or take one's own back")) { number, remark }
            .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new PayeeRights(database, context.Clock).AnswerAsync(caller, parse.GetValue(number), parse.GetRequiredValue(remark), cancel), change => Shown(context, [change])), cancel));
    }

    static Answer Rights(CommandContext context, IReadOnlyList<StoredRight> rights, LocalDate? today) => Answer.Of(new
    {
        as_of = today,
        rights = rights.Select(right => new
        {
            person_id = right.PersonId, full_name = right.FullName, commune = right.CommuneCode, payee_no = right.PayeeNo, payee_id = right.PayeeId, payee = right.PayeeName, role = ((PayeeRole)right.Role).ToString(), programme = right.Programme is { } programme ? ((Programme)programme).ToString() : null,
            award_id = right.AwardId, basis = right.Basis, basis_no = right.BasisNo, basis_on = right.BasisOn, basis_issuer = right.BasisIssuer, valid_from = right.ValidFrom, valid_to = right.ValidTo, reviewed_on = right.ReviewedOn, review_due_on = right.ReviewDueOn,
        }),
    }, output =>
    {
        if (today is { } now && rights.Count == 0)
        {
            output.Line(context.Text($"Ngày {ViText.Date(now)}: không có quyền nhận thay nào sắp hết hạn hoặc đến hạn rà soát.", $"{ViText.Date(now)}: no right runs out, and no paper is due for its look."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Người hưởng", "Recipient")), new TextColumn(context.Text("Quyền", "Right"), true), new TextColumn(context.Text("Người nhận", "Payee")), new TextColumn(context.Text("Phạm vi", "Scope")), new TextColumn(context.Text("Căn cứ", "Basis")),
            new TextColumn(context.Text("Đến", "Until")), new TextColumn(context.Text("Rà soát trước", "Look due")));
        foreach (var right in rights.Take(RowsShown))
        {
            var ended = today is { } day && right.ValidTo < day ? context.Text(" (đã hết)", " (ended)") : "";
            table.Row($"{right.PersonId} {right.FullName}", right.PayeeNo.ToString(CultureInfo.InvariantCulture), $"{right.PayeeName} ({RoleWord(context, (PayeeRole)right.Role)})", right.AwardId ?? (right.Programme is { } programme ? ((Programme)programme).ToString().ToUpperInvariant() : context.Text("tất cả", "all")),
                string.Join(", ", new[] { right.Basis, right.BasisNo, right.BasisOn is { } on ? ViText.Date(on) : null, right.BasisIssuer }.Where(text => !string.IsNullOrEmpty(text))), right.ValidTo is { } to ? ViText.Date(to) + ended : "–", right.ReviewDueOn is { } due ? ViText.Date(due) : "–");
        }

        output.Table(table);
        if (rights.Count > RowsShown) output.Line(context.Text($"Chỉ hiện {RowsShown} trong {ViText.Count(rights.Count)}; đủ cả: --json.", $"{RowsShown} of {ViText.Count(rights.Count)} are shown; all of them: --json."));
    });

    static Answer Shown(CommandContext context, IReadOnlyList<PayeeChange> changes) => Answer.Of(new
    {
        changes = changes.Select(change => new
        {
            change_no = change.ChangeNo, kind = change.Kind, state = change.State, person_id = change.PersonId, payee_no = change.PayeeNo, payee = change.PayeeName, valid_to = change.ValidTo, basis = change.Basis, basis_no = change.BasisNo, basis_on = change.BasisOn,
            basis_issuer = change.BasisIssuer, reason = change.Reason, made_by = change.MadeBy, answered_by = change.AnsweredBy, remark = change.Remark,
        }),
    }, output =>
    {
        if (changes.Count == 0)
        {
            output.Line(context.Text("Không có đề nghị nào đang chờ.", "No change waits."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No."), true), new TextColumn(context.Text("Người hưởng", "Recipient")), new TextColumn(context.Text("Người nhận", "Payee")), new TextColumn(context.Text("Việc", "What")), new TextColumn(context.Text("Lý do", "Reason")), new TextColumn(context.Text("Trạng thái", "State")));
        foreach (var change in changes)
        {
            table.Row(change.ChangeNo.ToString(CultureInfo.InvariantCulture), change.PersonId, $"{change.PayeeNo} {change.PayeeName}",
                change.Kind == "renew" ? context.Text($"gia hạn đến {ViText.Date(change.ValidTo)}: {change.Basis} {change.BasisNo}, {change.BasisIssuer}", $"runs on until {ViText.Date(change.ValidTo)}: {change.Basis} {change.BasisNo}, {change.BasisIssuer}")
                    : context.Text($"chấm dứt sau {ViText.Date(change.ValidTo)}", $"ends after {ViText.Date(change.ValidTo)}"), change.Reason, change.State switch
                {
                    "proposed" => context.Text($"{change.MadeBy} đề nghị, chờ duyệt", $"asked for by {change.MadeBy}, waits for another person"),
                    "approved" => context.Text($"{change.AnsweredBy} đã duyệt, đã vào sổ", $"approved by {change.AnsweredBy}, in the register"),
                    "rejected" => context.Text($"{change.AnsweredBy} từ chối: {change.Remark}", $"rejected by {change.AnsweredBy}: {change.Remark}"),
                    _ => context.Text("bỏ: sổ đã đổi trước đó", "dropped: the register changed first"),
                });
        }

        output.Table(table);
    });

    static string RoleWord(CommandContext context, PayeeRole role) => role switch
    {
        PayeeRole.Self => context.Text("chính người hưởng", "the recipient"), PayeeRole.Guardian => context.Text("người giám hộ", "guardian"), PayeeRole.Carer => context.Text("người chăm sóc", "carer"), PayeeRole.Household => context.Text("chủ hộ", "head of household"),
        PayeeRole.Foster => context.Text("người nhận nuôi", "foster family"), PayeeRole.Authorised => context.Text("người được ủy quyền", "authorised person"), PayeeRole.Facility => context.Text("cơ sở trợ giúp", "facility"), _ => context.Text("người thờ cúng", "worshipper"),
    };

    static LocalDate? ReadDay(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } read ? read.Value : null;

    static Task<Answer> NoDay(string text) => Task.FromResult(Answer.Refused(new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD.")));

    static Argument<string> Person(CommandContext context) => new("person") { Description = context.Text("person_id của người hưởng", "person_id of the recipient") };

    static Argument<int> Number(CommandContext context) => new("change") { Description = context.Text("Số của đề nghị, như trong payee changes", "Number of the change, as in payee changes") };

    static Option<int> Payee(CommandContext context) => new("--payee") { HelpName = "N", Required = true, Description = context.Text("Quyền nào, như trong payee list --person", "Which right, as in payee list --person") };

    static Option<string> Reason(CommandContext context) => new("--reason") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept") };
}
