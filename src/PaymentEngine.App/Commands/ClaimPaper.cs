using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary>Claims on screen: who, what, how much is still to come back, whose desk, until when.</summary>
static class ClaimPaper
{
    static readonly Offset VietNam = Offset.FromHours(7);

    public static string CauseCode(short cause) => cause == (short)ClaimCause.Death ? "death" : "other";

    public static Answer List(CommandContext context, IReadOnlyList<StoredClaim> claims) => Answer.Of(new { claims = claims.Select(Json) }, output =>
    {
        if (claims.Count == 0)
        {
            output.Line(context.Text("Không có khoản nào phải thu hồi.", "Nothing is to be taken back."));
            return;
        }

        var table = new TextTable(new TextColumn(context.Text("Số", "No"), true), new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Khoản", "Component")),
            new TextColumn(context.Text("Vì sao", "Cause")), new TextColumn(context.Text("Các tháng", "Months")), new TextColumn(context.Text("Còn phải thu", "Outstanding"), true),
            new TextColumn(context.Text("Trong đó chưa ra khỏi tài khoản chi", "Of it not paid out"), true), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Người xử lý", "Owner")), new TextColumn(context.Text("Hạn", "Due")));
        foreach (var one in claims)
            table.Row(ViText.Count(one.ClaimNo), one.PersonId, one.FullName, $"{one.AwardId} {one.Component}", Cause(context, one.Cause), Months(context, one.Months), one.AmountVnd > 0 ? ViText.Money(new Vnd(one.AmountVnd)) : State(context, one.State),
                ViText.Money(new Vnd(one.NotPaidVnd)), one.CommuneName ?? "–", one.Owner ?? "–", one.DueOn is { } due ? ViText.Date(due) : "–");
        output.Table(table);
        output.Line(context.Text($"{ViText.Count(claims.Count)} khoản · còn phải thu {ViText.Money(new Vnd(claims.Sum(one => one.AmountVnd)))}", $"{ViText.Count(claims.Count)} claims · outstanding {ViText.Money(new Vnd(claims.Sum(one => one.AmountVnd)))}"));
    });

    public static Answer One(CommandContext context, short provinceCode, ClaimView view) => Answer.Of(
        new
        {
            claim = Json(view.Claim), already_done = view.AlreadyDone,
            plan = view.Plan is { } agreed ? new
            {
                agreement = agreed.Agreement, person = agreed.Person,
                parts = ClaimInstalments.Standing(agreed.Instalments, new Vnd(view.Claim.AmountVnd)).Select(part => new { due_on = part.Instalment.DueOn, sum_vnd = part.Instalment.Amount, paid_vnd = part.Paid, late = part.IsLate(Today(context)) }),
            } : null,
            events = view.Events.Select(one => new
            {
                version = one.Version, @event = one.Event, outstanding_vnd = one.AmountVnd, run = Run(provinceCode, one), recouped_vnd = one.RecoupedVnd, recorded_vnd = one.RecordedVnd, evidence = one.Evidence, person = one.Person, at = one.At,
            }),
        }, output =>
        {
            var claim = view.Claim;
            if (view.AlreadyDone) output.Line(context.Text("Đã ghi trước đó; không có gì thay đổi.", "Recorded before; nothing was changed."));
            output.Line(context.Text($"Khoản phải thu hồi {claim.ClaimNo} · {claim.FullName} ({claim.PersonId}) · {claim.AwardId} {claim.Component} · {Cause(context, claim.Cause)} · {State(context, claim.State)}",
                $"Claim {claim.ClaimNo} · {claim.FullName} ({claim.PersonId}) · {claim.AwardId} {claim.Component} · {Cause(context, claim.Cause)} · {State(context, claim.State)}"));
            output.Line("  " + context.Text(claim.SentenceVi, claim.SentenceEn));
            foreach (var month in claim.Months) output.Line($"  {(context.Lang == "en" ? month.Month.Text() : ViText.Month(month.Month))}  {ViText.Money(month.Amount)}");
            foreach (var one in view.Events)
                output.Line($"  {ViText.Time(one.At.WithOffset(VietNam).LocalDateTime)}  {Story(context, provinceCode, one)}  {one.Person}; {context.Text("còn", "left")} {ViText.Money(new Vnd(one.AmountVnd))}");
            if (view.Plan is { } plan)
            {
                output.Line("  " + context.Text($"Nộp dần theo {plan.Agreement}:", $"Instalments by {plan.Agreement}:"));
                foreach (var part in ClaimInstalments.Standing(plan.Instalments, new Vnd(claim.AmountVnd)))
                {
                    output.Line($"    {ViText.Date(part.Instalment.DueOn)}  {ViText.Money(part.Instalment.Amount)}  "
                        + (part.IsPaid ? context.Text("đã đủ", "paid") : part.IsLate(Today(context)) ? context.Text($"QUÁ HẠN, còn {ViText.Money(part.Instalment.Amount - part.Paid)}", $"LATE, {ViText.Money(part.Instalment.Amount - part.Paid)} missing")
                            : context.Text($"còn {ViText.Money(part.Instalment.Amount - part.Paid)}", $"{ViText.Money(part.Instalment.Amount - part.Paid)} to come")));
                }
            }

            if (claim.NotPaidVnd > 0)
                output.Line(context.Text($"Trong đó {ViText.Money(new Vnd(claim.NotPaidVnd))} chưa tới người nhận hoặc ngân hàng đã trả lại: không phải đòi ai.", $"Of it {ViText.Money(new Vnd(claim.NotPaidVnd))} never reached the payee or came back from the bank: nothing to be asked of anybody."));
            output.Line(context.Text($"Còn phải thu: {ViText.Money(new Vnd(claim.AmountVnd))}{(claim.DueOn is { } due ? $"; người xử lý {claim.Owner}, hạn {ViText.Date(due)}" : "")}",
                $"Outstanding: {ViText.Money(new Vnd(claim.AmountVnd))}{(claim.DueOn is { } day ? $"; owner {claim.Owner}, due {ViText.Date(day)}" : "")}"));
            if (claim.AmountVnd > 0) output.Talk(context.Text($"Tiếp theo: payengine claim record {claim.ClaimNo} --recovered SỐ_TIỀN --evidence …", $"Next: payengine claim record {claim.ClaimNo} --recovered SUM --evidence …"));
        });

    public static Answer Balances(CommandContext context, IReadOnlyList<ClaimBalance> balances)
    {
        string[] accounts = ["found", "outstanding", "recouped", "paid_back", "written_off", "withdrawn"];
        long Of(ClaimBalance key, string account) => Math.Abs(balances.Where(one => (one.Programme, one.Cause, one.Account) == (key.Programme, key.Cause, account)).Sum(one => one.SumVnd));
        var groups = balances.Where(one => one.Account == "found").ToList();
        return Answer.Of(new
        {
            balances = groups.Select(of => new
            {
                programme = FundPaper.Word((Core.Recipients.Programme)of.Programme), cause = CauseCode(of.Cause), claims = of.Claims, found_vnd = Of(of, "found"), outstanding_vnd = Of(of, "outstanding"), recouped_vnd = Of(of, "recouped"),
                paid_back_vnd = Of(of, "paid_back"), written_off_vnd = Of(of, "written_off"), withdrawn_vnd = Of(of, "withdrawn"),
            }),
        }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Chương trình", "Programme")), new TextColumn(context.Text("Vì sao", "Cause")), new TextColumn(context.Text("Số khoản", "Claims"), true), new TextColumn(context.Text("Tìm thấy", "Found"), true),
                new TextColumn(context.Text("Còn phải thu", "Outstanding"), true), new TextColumn(context.Text("Trừ vào danh sách", "Recouped"), true), new TextColumn(context.Text("Nộp lại", "Paid back"), true),
                new TextColumn(context.Text("Xóa nợ", "Written off"), true), new TextColumn(context.Text("Không còn đúng", "Withdrawn"), true));
            foreach (var of in groups)
                table.Row([FundPaper.Word((Core.Recipients.Programme)of.Programme), Cause(context, of.Cause), ViText.Count(of.Claims), .. accounts.Select(account => ViText.Money(new Vnd(Of(of, account))))]);
            output.Table(table);
        });
    }

    static LocalDate Today(CommandContext context) => context.Clock.GetCurrentInstant().WithOffset(VietNam).Date;

    static string Story(CommandContext context, short provinceCode, ClaimEventRow one) => one.Event switch
    {
        "recovered" => context.Text($"nộp lại {ViText.Money(new Vnd(one.RecordedVnd ?? 0))}, {one.Evidence}", $"paid back {ViText.Money(new Vnd(one.RecordedVnd ?? 0))}, {one.Evidence}"),
        "written_off" => context.Text($"xóa nợ {ViText.Money(new Vnd(one.RecordedVnd ?? 0))}, {one.Evidence}", $"written off {ViText.Money(new Vnd(one.RecordedVnd ?? 0))}, {one.Evidence}"),
        _ when one.RecoupedVnd > 0 => context.Text($"đợt {Run(provinceCode, one)} thu hồi {ViText.Money(new Vnd(one.RecoupedVnd))}", $"run {Run(provinceCode, one)} took back {ViText.Money(new Vnd(one.RecoupedVnd))}"),
        _ => context.Text($"đợt {Run(provinceCode, one)} tính thấy", $"found by run {Run(provinceCode, one)}"),
    };

    static string? Run(short provinceCode, ClaimEventRow one) => one is { RunMonth: { } month, RunNo: { } runNo } ? new RunId(provinceCode, Core.Months.FromKey(month), runNo).ToString() : null;

    static string Cause(CommandContext context, short cause) => cause == (short)ClaimCause.Death ? context.Text("sau khi chết", "after death") : context.Text("quá mức", "too much");

    static string State(CommandContext context, string state) => state switch
    {
        "open" => context.Text("chưa xong", "open"),
        "recovered" => context.Text("đã nộp lại", "paid back"),
        "written_off" => context.Text("đã xóa nợ", "written off"),
        _ => context.Text("đã hết", "settled"),
    };

    static string Months(CommandContext context, IReadOnlyList<ClaimMonth> months)
    {
        string Text(YearMonth month) => context.Lang == "en" ? month.Text() : ViText.Month(month);
        return months.Count switch { 0 => "–", 1 => Text(months[0].Month), _ => context.Text($"{months.Count} tháng, {Text(months[0].Month)}–{Text(months[^1].Month)}", $"{months.Count} months, {Text(months[0].Month)}–{Text(months[^1].Month)}") };
    }

    static object Json(StoredClaim one) => new
    {
        claim = one.ClaimNo, person_id = one.PersonId, award_id = one.AwardId, component = one.Component, cause = CauseCode(one.Cause), state = one.State,
        months = one.Months.Select(month => new { month = month.Month, amount_vnd = month.Amount }), outstanding_vnd = one.AmountVnd, not_paid_out_vnd = one.NotPaidVnd,
        recouped_vnd = one.RecoupedVnd, recovered_vnd = one.RecoveredVnd, written_off_vnd = one.WrittenOffVnd, found_month = Core.Months.FromKey(one.FoundMonth), found_run_no = one.FoundRun,
        case_no = one.CaseNo, owner = one.Owner, due_on = one.DueOn, text = one.SentenceVi, source = one.Citation,
    };
}
