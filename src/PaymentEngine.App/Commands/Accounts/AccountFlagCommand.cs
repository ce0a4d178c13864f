using System.CommandLine;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Commands.Accounts;

/// <summary><c>payengine account flag …</c>: flags of risk on accounts.</summary>
static class AccountFlagCommand
{
    public static Command Create(CommandContext context)
    {
        var words = string.Join(" · ", AccountFlags.All.Select(AccountFlags.Word));
        var bank = new Option<string>("--bank") { HelpName = "BANK", Required = true, Description = context.Text("Ngân hàng: số NAPAS hoặc tên ngắn", "The bank: NAPAS number or short name") };
        var account = new Option<string>("--account") { HelpName = "NO", Required = true, Description = context.Text("Số tài khoản; chưa có trong sổ cũng được", "Account number; nobody needs to be paid there yet") };
        var kind = new Option<string>("--kind") { HelpName = "K", Required = true, Description = words };
        var source = new Option<string>("--source") { HelpName = "TEXT", Required = true, Description = context.Text("Căn cứ: văn bản, danh sách …", "The paper or list it comes from") };
        var until = new Option<string>("--until") { HelpName = "YYYY-MM-DD", Required = true, Description = context.Text("Ngày cuối, không quá một năm", "Last day, within a year") };
        var from = new Option<string?>("--from") { HelpName = "YYYY-MM-DD", Description = context.Text("Ngày đầu; mặc định là hôm nay", "First day; today unless given") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả cảnh báo đã hết", "Those that are over too") };
        var number = new Argument<int>("flag") { Description = context.Text("Số của cảnh báo", "Number of the flag") };
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Required = true, Description = context.Text("Vì sao; được lưu giữ", "Why; it is kept") };
        return new Command("flag", context.Text("Cảnh báo rủi ro của tài khoản: còn hạn thì giữ khoản chi", "Flags of risk on accounts: while they stand, payments are held"))
        {
            new Command("add", context.Text("Đặt cảnh báo, có căn cứ và ngày cuối", "Set a flag, with its source and last day")) { bank, account, kind, source, until, from }
                .Answers(context, (parse, cancel) =>
                {
                    if (AccountFlags.Find(parse.GetRequiredValue(kind)) is not { } found) return Refused(new Problem("usage.flag_kind", $"'{parse.GetRequiredValue(kind)}' is no kind of flag.", $"Use one of: {words}."));
                    if (ReadDay(parse.GetRequiredValue(until)) is not { } last) return NoDay(parse.GetRequiredValue(until));
                    LocalDate? first = null;
                    if (parse.GetValue(from) is { } text && (first = ReadDay(text)) is null) return NoDay(text);
                    return PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
                        Answer.From(await new RiskFlags(database, context.Clock).SetAsync(caller, new FlagRequest(parse.GetRequiredValue(bank), parse.GetRequiredValue(account), found, parse.GetRequiredValue(source), first, last), cipher, cancel), flag => Shown(context, [flag])), cancel);
                }),
            new Command("end", context.Text("Kết thúc sớm cảnh báo của người khác đặt", "End before its time a flag that somebody else set")) { number, reason }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await new RiskFlags(database, context.Clock).EndAsync(caller, parse.GetValue(number), parse.GetRequiredValue(reason), cancel), flag => Shown(context, [flag])), cancel)),
            new Command("list", context.Text("Cảnh báo còn hạn", "Flags that stand")) { all }
                .Answers(context, (parse, cancel) => context.AsCallerAsync(async (database, caller) => Shown(context, await new RiskFlags(database, context.Clock).ListAsync(caller, parse.GetValue(all), cancel)), cancel)),
        };
    }

    static Answer Shown(CommandContext context, IReadOnlyList<StoredFlag> flags) => Answer.Of(new
    {
        flags = flags.Select(flag => new
        {
            flag_no = flag.FlagNo, bank = flag.BankBin, account_tail = flag.AccountTail, kind = AccountFlags.Word((AccountFlagKind)flag.Kind), source = flag.Source, valid_from = flag.ValidFrom, expires_on = flag.ExpiresOn, made_by = flag.MadeBy,
            ended_on = flag.EndedOn, ended_by = flag.EndedBy, end_reason = flag.EndReason, payees = flag.Payees,
        }),
    }, output =>
    {
        if (flags.Count == 0)
        {
            output.Line(context.Text("Không có cảnh báo nào.", "There is no flag."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No."), true), new TextColumn(context.Text("Tài khoản", "Account")), new TextColumn(context.Text("Loại", "Kind")), new TextColumn(context.Text("Căn cứ", "Source")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "Until")),
            new TextColumn(context.Text("Người nhận", "Payees"), true), new TextColumn(context.Text("Ai", "Who")));
        foreach (var flag in flags)
        {
            table.Row(flag.FlagNo.ToString(CultureInfo.InvariantCulture), $"{BankDirectory.Find(flag.BankBin)?.ShortName ?? flag.BankBin} …{flag.AccountTail}", WordOf(context, (AccountFlagKind)flag.Kind), flag.Source, ViText.Date(flag.ValidFrom), ViText.Date(flag.ExpiresOn), ViText.Count(flag.Payees),
                flag.EndedOn is { } ended ? context.Text($"{flag.MadeBy}; {flag.EndedBy} kết thúc {ViText.Date(ended)}: {flag.EndReason}", $"{flag.MadeBy}; ended by {flag.EndedBy} on {ViText.Date(ended)}: {flag.EndReason}") : flag.MadeBy);
        }

        output.Table(table);
    });

    static string WordOf(CommandContext context, AccountFlagKind kind) => kind switch
    {
        AccountFlagKind.FraudReported => context.Text("tố giác lừa đảo", "fraud reported"), AccountFlagKind.PoliceList => context.Text("danh sách của công an", "police list"), AccountFlagKind.BankWarning => context.Text("ngân hàng cảnh báo", "bank warning"),
        AccountFlagKind.Seized => context.Text("bị phong tỏa", "seized"), _ => context.Text("khác", "other"),
    };

    static LocalDate? ReadDay(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } read ? read.Value : null;

    static Task<Answer> Refused(Problem problem) => Task.FromResult(Answer.Refused(problem));

    static Task<Answer> NoDay(string text) => Refused(new Problem("usage.date", $"'{text}' is not a day.", "Use YYYY-MM-DD."));
}
