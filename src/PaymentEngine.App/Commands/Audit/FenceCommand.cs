using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Commands.Audit;

/// <summary><c>payengine audit fence …</c>, <c>audit epoch raise</c>, <c>audit clock …</c>: what stands between a restored database and the banks.</summary>
static class FenceCommand
{
    public static Command Create(CommandContext context)
    {
        var fence = new Command("fence", context.Text("Hàng rào sau phục hồi hay chuyển máy: chưa khớp thì không gửi gì", "The fence after a restore or a failover: nothing leaves before all agrees"));
        fence.Add(new Command("check", context.Text("So sổ tệp đã niêm phong và các đầu chuỗi với cơ sở dữ liệu", "Compare the register of sealed files and exported heads with the database"))
            .Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) => Answer.From(await Of(context, database).CheckAsync(caller, cancel), view => Show(context, view)), cancel)));
        fence.Add(new Command("adopt", context.Text("Nhận lại tệp mà nội dung chứng minh được: cùng mã, cùng nội dung", "Take up what bytes prove: the same ids, the same files")).Answers(context, (_, cancel) => context.AsCallerAsync(async (database, caller) =>
        {
            var opened = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!opened.TryGet(out var keys)) return Answer.Refused(opened.Problems);
            var adopted = await Of(context, database).AdoptAsync(caller, keys, new Archive(context.Files, AuditCommand.ArchiveOf(context)), cancel);
            if (!adopted.TryGet(out var done)) return Answer.Refused(adopted.Problems);
            return Answer.Of(new { files = done.Files, hand_overs = done.HandOvers, not_adopted = done.NotAdopted.Select(JsonText.Of), fence = Data(done.View) }, output =>
            {
                output.Line(context.Text($"Đã nhận lại {ViText.Count(done.Files)} tệp, {ViText.Count(done.HandOvers)} bước trao tệp.", $"{ViText.Count(done.Files)} files and {ViText.Count(done.HandOvers)} steps of hand-overs were taken up."));
                foreach (var problem in done.NotAdopted) output.Line($"{problem} [{problem.Code}]");
                Print(context, done.View, output);
            }) with { Exit = done.NotAdopted.Count == 0 ? ExitCode.Done : ExitCode.Refused };
        }, cancel)));

        var item = new Argument<string>("item") { Description = context.Text("Chỗ khác nhau, như fence check in ra", "The difference, as fence check prints it") };
        var why = Reason(context);
        fence.Add(new Command("decide", context.Text("Một trong hai người quyết định về chỗ không nhận lại được", "One of two persons decides about what cannot be adopted")) { item, why }.Answers(context, (parse, cancel) =>
            context.AsCallerAsync(async (database, caller) => Answer.From(await Of(context, database).DecideAsync(caller, parse.GetRequiredValue(item), parse.GetRequiredValue(why), cancel), view => Show(context, view)), cancel)));
        var reason = Reason(context);
        fence.Add(new Command("lift", context.Text("Một trong hai người mở hàng rào khi mọi thứ đã khớp", "One of two persons lifts the fence once all agrees")) { reason }.Answers(context, (parse, cancel) =>
            context.AsCallerAsync(async (database, caller) => Answer.From(await Of(context, database).LiftAsync(caller, parse.GetRequiredValue(reason), cancel), view => Show(context, view)), cancel)));
        return fence;
    }

    public static Command Epoch(CommandContext context)
    {
        var reason = Reason(context);
        var epoch = new Command("epoch", context.Text("Đời của cơ sở dữ liệu", "The life of the database"));
        epoch.Add(new Command("raise", context.Text("Sau khi chuyển sang bản sao: bắt đầu đời mới sau hàng rào (quản trị viên)", "After a failover: begin a new epoch behind a closed fence (administrator)")) { reason }.Answers(context, (parse, cancel) =>
            context.AsCallerAsync(async (database, caller) => Answer.From(await Of(context, database).RaiseAsync(caller, parse.GetRequiredValue(reason), cancel), view => Show(context, view)), cancel)));
        return epoch;
    }

    public static Command Clock(CommandContext context)
    {
        var clock = new Command("clock", context.Text("Đồng hồ chạy lùi", "Jumps of the clock"));
        var reason = Reason(context);
        clock.Add(new Command("confirm", context.Text("Đã xem và chỉnh đồng hồ; việc duyệt được tiếp tục (quản trị viên)", "The clocks were looked at and set right; approval goes on (administrator)")) { reason }.Answers(context, (parse, cancel) =>
            context.AsCallerAsync(async (database, caller) => Answer.From(await Of(context, database).ConfirmClockAsync(caller, parse.GetRequiredValue(reason), cancel),
                count => Answer.Said(context.Text($"Đã xác nhận {ViText.Count(count)} lần đồng hồ chạy lùi.", $"{ViText.Count(count)} jumps of the clock are confirmed."))), cancel)));
        return clock;
    }

    static Fences Of(CommandContext context, Database database) => new(database, context.Files, context.Clock, context.HeadsFolder);

    static Option<string> Reason(CommandContext context) => new("--reason") { HelpName = "…", Required = true, Description = context.Text("Vì sao: được lưu lại", "Why: kept") };

    static object Data(FenceView view) => new
    {
        epoch = view.Epoch, closed = view.IsClosed, reason = view.IsClosed ? view.Fence!.Reason : null, lifters = view.IsClosed ? view.Fence!.Lifters : [], files_compared = view.FilesCompared, heads_compared = view.HeadsCompared,
        differences = view.Differences.Select(one => new { item = one.Item, what = one.En, can_be_adopted = one.CanBeAdopted, deciders = one.Deciders, settled = one.IsSettled }),
    };

    static Answer Show(CommandContext context, FenceView view) => Answer.Of(Data(view), output => Print(context, view, output));

    static void Print(CommandContext context, FenceView view, Output output)
    {
        output.Line(context.Text($"Đời {view.Epoch}. Đã so {ViText.Count(view.FilesCompared)} tệp đã niêm phong, {ViText.Count(view.HeadsCompared)} đầu chuỗi.", $"Epoch {view.Epoch}. {ViText.Count(view.FilesCompared)} sealed files and {ViText.Count(view.HeadsCompared)} heads were compared."));
        foreach (var one in view.Differences)
        {
            var next = one.IsSettled ? context.Text($"đã quyết định: {string.Join(", ", one.Deciders)}", $"decided by {string.Join(", ", one.Deciders)}")
                : one.CanBeAdopted ? context.Text("nhận lại được: audit fence adopt", "can be adopted: audit fence adopt")
                : context.Text($"hai người quyết định: audit fence decide (đã có {one.Deciders.Count})", $"two persons decide: audit fence decide ({one.Deciders.Count} so far)");
            output.Line($"  [{one.Item}] {context.Text(one.Vi, one.En)} {next}");
        }

        if (!view.IsClosed) output.Line(context.Text("Hàng rào mở.", "The fence is open."));
        else
        {
            output.Line(context.Text($"HÀNG RÀO ĐÓNG: {view.Fence!.Reason}", $"THE FENCE IS CLOSED: {view.Fence!.Reason}"));
            output.Line(view.Agrees
                ? context.Text($"Mọi thứ đã khớp hoặc đã quyết định. Cần hai người mở: audit fence lift (đã có: {string.Join(", ", view.Fence.Lifters)}).", $"All agrees or is decided. Two persons lift it: audit fence lift (so far: {string.Join(", ", view.Fence.Lifters)}).")
                : context.Text("Chưa khớp: không niêm phong, gửi, thu hồi, ghi nhận trao hay in danh sách tiền mặt.", "It does not agree yet: nothing is sealed, sent, recalled, recorded as handed over, or printed for cash."));
        }
    }
}
