using System.CommandLine;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Portals;
using PaymentEngine.Core;
using PaymentEngine.Core.Portals;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres.Portals;

namespace PaymentEngine.App.Commands.Portals;

/// <summary><c>payengine portal …</c>: files exchanged with case-handling portals (một cửa, cổng dịch vụ công).</summary>
static class PortalCommand
{
    static readonly LocalDateTimePattern When = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    public static Command Create(CommandContext context) => new("portal", context.Text("Trao đổi hồ sơ với một cửa, Cổng dịch vụ công: nhận, trả trạng thái, đối chiếu, thời hạn", "Case-handling portals: applications in, statuses out, reconciliation, terms"))
    {
        Procedures(context), Take(context), List(context), Show(context), Step(context), Decide(context), Send(context), Outbox(context), Receipts(context), Reconcile(context),
    };

    static Command Procedures(CommandContext context)
    {
        var path = new Argument<string?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("portal-procedures.csv; bỏ trống để xem", "portal-procedures.csv; leave out to see them") };
        return new Command("procedures", context.Text("Thủ tục và thời hạn giải quyết: xem, hoặc khai báo từ tệp", "Procedures and their terms: show, or declare from a file")) { path }.Answers(context, (parse, cancel) => WithAsync(context, async (portals, caller) =>
        {
            if (parse.GetValue(path) is { } file)
                return Answer.From(await portals.ProceduresAsync(caller, file, cancel), done => Answer.Of(done, output => output.Line(context.Text($"{done.File}: {ViText.Count(done.Rows)} dòng · {ViText.Count(done.Applied)} ghi nhận · {ViText.Count(done.Unchanged)} đã có.",
                    $"{done.File}: {ViText.Count(done.Rows)} rows · {ViText.Count(done.Applied)} applied · {ViText.Count(done.Unchanged)} known before."))));
            var procedures = await portals.ListProceduresAsync(caller, cancel);
            return Answer.Of(new { procedures }, output =>
            {
                if (procedures.Count == 0) output.Line(context.Text("Chưa khai báo thủ tục nào.", "No procedure is declared."));
                var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Về việc", "About")), new TextColumn(context.Text("Ngày làm việc", "Working days"), true), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Nguồn", "Source")));
                foreach (var one in procedures) table.Row(one.ProcedureCode, one.Name, Word(context, (PortalSubject)one.Subject), ViText.Count(one.WorkingDays), ViText.Date(one.ValidFrom), one.Source);
                output.Table(table);
            });
        }, cancel));
    }

    static Command Take(CommandContext context)
    {
        var path = new Argument<string>("file") { Description = context.Text("Tệp portal-applications.csv, hoặc thư mục các tệp ấy", "A file portal-applications.csv, or a folder of such files") };
        var portal = Portal(context, required: true);
        var receipts = new Option<string>("--receipts") { Required = true, HelpName = "D", Description = context.Text("Thư mục ghi biên nhận từng tệp", "The folder for the receipt of each file") };
        return new Command("take", context.Text("Nhận hồ sơ từ tệp; mỗi dòng được trả lời trong biên nhận", "Take applications in; every row is answered in a receipt")) { path, portal, receipts }.Answers(context, (parse, cancel) => WithAsync(context, async (portals, caller) =>
            Answer.From(await portals.TakeAsync(caller, Code(parse.GetRequiredValue(portal)!), parse.GetRequiredValue(path), parse.GetRequiredValue(receipts), cancel), taken => Answer.Of(new { files = taken }, output =>
            {
                foreach (var one in taken)
                {
                    output.Line(context.Text($"{one.File}: {ViText.Count(one.Rows)} dòng · {ViText.Count(one.Accepted)} nhận · {ViText.Count(one.Same)} đã có · {ViText.Count(one.Differing)} khác nội dung · {ViText.Count(one.Refused)} từ chối. Biên nhận: {one.Receipt}",
                        $"{one.File}: {ViText.Count(one.Rows)} rows · {ViText.Count(one.Accepted)} accepted · {ViText.Count(one.Same)} known · {ViText.Count(one.Differing)} with other content · {ViText.Count(one.Refused)} refused. Receipt: {one.Receipt}"));
                    if (one.TakenBefore is { } at) output.Line(context.Text($"Tệp này đã nhận lúc {PeopleCommand.Time(at)}; không ghi thêm gì.", $"This file was taken on {PeopleCommand.Time(at)}; nothing was added."));
                    if (one.Differing > 0) output.Line(context.Text("Hồ sơ khác nội dung chờ quyết định: payengine portal list --differing", "Applications with other content wait for a decision: payengine portal list --differing"));
                }
            })), cancel));
    }

    static Command List(CommandContext context)
    {
        var portal = Portal(context, required: false);
        var state = new Option<string?>("--state") { HelpName = "S", Description = string.Join(" · ", Enum.GetValues<PortalState>().Select(PortalFiles.Word)) };
        var overdue = new Option<bool>("--overdue") { Description = context.Text("Chỉ hồ sơ quá hạn", "Only those past their term") };
        var differing = new Option<bool>("--differing") { Description = context.Text("Chỉ hồ sơ được gửi lại với nội dung khác", "Only those that came again with other content") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả hồ sơ đã xong", "Also those that are done") };
        return new Command("list", context.Text("Hồ sơ đang còn thời hạn, gấp nhất trước", "Applications whose term runs, the most urgent first")) { portal, state, overdue, differing, all }.Answers(context, (parse, cancel) =>
        {
            PortalState? wanted = null;
            if (parse.GetValue(state) is { } text)
            {
                wanted = Enum.GetValues<PortalState>().Cast<PortalState?>().FirstOrDefault(one => PortalFiles.Word(one!.Value) == text);
                if (wanted is null) return Task.FromResult(Answer.Refused(new Problem("usage.state", $"'{text}' is no state.", $"States: {string.Join(", ", Enum.GetValues<PortalState>().Select(PortalFiles.Word))}."), ExitCode.WrongUsage));
            }

            return WithAsync(context, async (portals, caller) => Answer.From(await portals.ListAsync(caller, Code(parse.GetValue(portal)), wanted, parse.GetValue(overdue), parse.GetValue(differing), parse.GetValue(all), cancel), cases => Answer.Of(new { cases = cases.Select(Json) }, output =>
            {
                if (cases.Count == 0) output.Line(context.Text("Không có hồ sơ nào.", "No application."));
                var today = context.Clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).Date;
                var table = new TextTable(new TextColumn(context.Text("Hồ sơ", "Application")), new TextColumn(context.Text("Thủ tục", "Procedure")), new TextColumn(context.Text("Người", "Person")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Trạng thái", "State")),
                    new TextColumn(context.Text("Người xử lý", "Owner")), new TextColumn(context.Text("Hạn", "Due")));
                foreach (var one in cases)
                    table.Row(one.CaseId, one.ProcedureName, one.FullName, one.CommuneCode ?? "–", Word(context, (PortalState)one.State) + (one.DifferingNo is null ? "" : context.Text(", khác nội dung", ", other content")), Owner(context, one),
                        ViText.Date(one.DueOn) + (PortalCases.TermRuns((PortalState)one.State) && one.DueOn < today ? context.Text(" quá hạn", " overdue") : ""));
                output.Table(table);
            })), cancel);
        });
    }

    static Command Show(CommandContext context)
    {
        var (id, portal) = (Id(context), Portal(context, required: false));
        return new Command("show", context.Text("Một hồ sơ: diễn biến, nội dung, người của danh sách", "One application: its trace, its contents, whom of the register it is about")) { id, portal }.Answers(context, (parse, cancel) => WithAsync(context, async (portals, caller) =>
            Answer.From(await portals.ShowAsync(caller, parse.GetRequiredValue(id), Code(parse.GetValue(portal)), cancel), card => Card(context, card)), cancel));
    }

    static Command Step(CommandContext context)
    {
        var (id, portal) = (Id(context), Portal(context, required: false));
        var step = new Argument<string>("step") { Description = string.Join(" · ", Steps.Select(PortalExchanges.StepWord)) };
        var reason = new Option<string?>("--reason") { HelpName = "TEXT", Description = context.Text("Lý do; gửi cho cổng. Bắt buộc khi từ chối", "Why; told to the portal. Required for a refusal") };
        var at = new Option<string?>("--at") { HelpName = "YYYY-MM-DDThh:mm", Description = context.Text("Lúc xảy ra (giờ Việt Nam); mặc định bây giờ", "When it happened (Viet Nam time); default: now") };
        return new Command("step", context.Text("Ghi một bước của hồ sơ; không tự thay đổi chi trả", "Take a step of an application; changes no payment by itself")) { id, step, portal, reason, at }.Answers(context, (parse, cancel) =>
        {
            var taken = Steps.Cast<PortalStep?>().FirstOrDefault(one => PortalExchanges.StepWord(one!.Value) == parse.GetRequiredValue(step));
            if (taken is not { } known) return Task.FromResult(Answer.Refused(new Problem("usage.step", $"'{parse.GetRequiredValue(step)}' is no step.", $"Steps: {string.Join(", ", Steps.Select(PortalExchanges.StepWord))}."), ExitCode.WrongUsage));
            LocalDateTime? happened = null;
            if (parse.GetValue(at) is { } text)
            {
                var parsed = When.Parse(text);
                if (!parsed.Success) return Task.FromResult(Answer.Refused(new Problem("usage.time", $"'{text}' is not a day and time.", "Use YYYY-MM-DDThh:mm, for example 2026-11-05T09:30."), ExitCode.WrongUsage));
                happened = parsed.Value;
            }

            return WithAsync(context, async (portals, caller) => Acted(context, await portals.StepAsync(caller, parse.GetRequiredValue(id), Code(parse.GetValue(portal)), known, happened, parse.GetValue(reason), cancel)), cancel);
        });
    }

    static Command Decide(CommandContext context)
    {
        var (id, portal) = (Id(context), Portal(context, required: false));
        var which = new Argument<string>("which") { Description = context.Text("take: nội dung mới có hiệu lực · keep: giữ nội dung đang có", "take: the new content counts · keep: the standing one stays") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Đã xem gì", "What was looked at") };
        return new Command("decide", context.Text("Hồ sơ gửi lại với nội dung khác: nhận hay giữ nguyên", "An application that came again with other content: take it or keep ours")) { id, which, portal, reason }.Answers(context, (parse, cancel) =>
            parse.GetRequiredValue(which) is not ("take" or "keep")
                ? Task.FromResult(Answer.Refused(new Problem("usage.decision", $"'{parse.GetRequiredValue(which)}' is no decision.", "Say take or keep."), ExitCode.WrongUsage))
                : WithAsync(context, async (portals, caller) => Acted(context, await portals.DecideAsync(caller, parse.GetRequiredValue(id), Code(parse.GetValue(portal)), parse.GetRequiredValue(which) == "take", parse.GetRequiredValue(reason), cancel)), cancel));
    }

    static Command Send(CommandContext context)
    {
        var portal = Portal(context, required: true);
        var folder = new Option<string>("--out") { Required = true, HelpName = "D", Description = context.Text("Thư mục gửi đi", "The outbox") };
        return new Command("send", context.Text("Ghi tệp trạng thái kế tiếp cho cổng", "Write the next status file for a portal")) { portal, folder }.Answers(context, (parse, cancel) => WithAsync(context, async (portals, caller) =>
            Answer.From(await portals.SendAsync(caller, Code(parse.GetRequiredValue(portal)!), parse.GetRequiredValue(folder), cancel), sent => sent is null ? Answer.Said(context.Text("Không có trạng thái mới để gửi.", "Nothing new to tell.")) : Sent(context, sent)), cancel));
    }

    static Command Outbox(CommandContext context)
    {
        var number = new Argument<int?>("number") { Arity = ArgumentArity.ZeroOrOne, Description = context.Text("Số tệp cần ghi lại; bỏ trống để xem", "The file to write again; left out: the list") };
        var folder = new Option<string?>("--out") { HelpName = "D", Description = context.Text("Thư mục ghi lại", "The folder to write it to") };
        return new Command("outbox", context.Text("Các tệp trạng thái đã gửi và biên nhận; ghi lại một tệp, đúng từng byte", "Status files and their receipts; writes one again, byte for byte")) { number, folder }.Answers(context, (parse, cancel) =>
        {
            if ((parse.GetValue(number) is null) != (parse.GetValue(folder) is null)) return Task.FromResult(Answer.Refused(new Problem("usage.outbox", "A file is written again to a folder.", "Give both, the number and --out; or neither, to see the list."), ExitCode.WrongUsage));
            return WithAsync(context, async (portals, caller) =>
            {
                if (parse.GetValue(number) is { } again) return Answer.From(await portals.AgainAsync(caller, again, parse.GetValue(folder)!, cancel), sent => Sent(context, sent));
                return Answer.From(await portals.OutboxesAsync(caller, cancel), boxes => Answer.Of(new { files = boxes.Select(box => new { box.OutboxNo, box.Portal, box.FileName, rows = box.Items, sha256 = Convert.ToHexStringLower(box.Sha256), box.At, box.Acknowledged, box.Refused }) }, output =>
                {
                    var table = new TextTable(new TextColumn(context.Text("Số", "No."), true), new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Dòng", "Rows"), true), new TextColumn(context.Text("Cổng nhận", "Acknowledged"), true), new TextColumn(context.Text("Cổng từ chối", "Refused"), true), new TextColumn(context.Text("Lúc", "At")));
                    foreach (var box in boxes) table.Row(ViText.Count(box.OutboxNo), box.FileName, ViText.Count(box.Items), ViText.Count(box.Acknowledged), ViText.Count(box.Refused), PeopleCommand.Time(box.At));
                    output.Table(table);
                }));
            }, cancel);
        });
    }

    static Command Receipts(CommandContext context)
    {
        var path = new Argument<string>("file") { Description = context.Text("Tệp portal-receipts.csv của cổng", "The portal's portal-receipts.csv") };
        return new Command("receipts", context.Text("Nhận biên nhận của cổng cho tệp trạng thái đã gửi", "Take the portal's receipts for our status files in")) { path }.Answers(context, (parse, cancel) => WithAsync(context, async (portals, caller) =>
            Answer.From(await portals.ReceiptsAsync(caller, parse.GetRequiredValue(path), cancel), done => Answer.Of(done, output => output.Line(context.Text($"{done.File}: {ViText.Count(done.Rows)} dòng · {ViText.Count(done.New)} mới · {ViText.Count(done.Refused)} cổng từ chối.",
                $"{done.File}: {ViText.Count(done.Rows)} rows · {ViText.Count(done.New)} new · {ViText.Count(done.Refused)} refused by the portal.")))), cancel));
    }

    static Command Reconcile(CommandContext context)
    {
        var path = new Argument<string>("file") { Description = context.Text("Danh sách trạng thái của cổng (portal-statuses.csv)", "The portal's list of statuses (portal-statuses.csv)") };
        var portal = Portal(context, required: true);
        var to = new Option<string?>("--out") { HelpName = "F.csv|F.xlsx", Description = context.Text("Ghi ra tệp", "Write it to a file") };
        return new Command("reconcile", context.Text("Đối chiếu: cổng nói gì, ta nói gì, việc kế tiếp", "What they say against what we say, each with what to do")) { path, portal, to }.Answers(context, (parse, cancel) =>
        {
            var file = parse.GetValue(to);
            if (file is not null && !TableFile.IsNamed(file)) return Task.FromResult(Answer.Refused(new Problem("file.form", $"'{System.IO.Path.GetFileName(file)}' says no form.", "Name a file that ends in .csv or .xlsx."), ExitCode.WrongUsage));
            return WithAsync(context, async (portals, caller) => Answer.From(await portals.ReconcileAsync(caller, Code(parse.GetRequiredValue(portal)!), parse.GetRequiredValue(path), cancel), done =>
            {
                if (file is not null)
                    context.Files.Replace(file, stream => TableFile.Write(stream, file, "Doi chieu", [("case_id", false), ("agreement", false), ("ours", false), ("theirs", false), ("next_action", false)],
                        done.Rows.Select(row => (IReadOnlyList<string>)[row.CaseId, row.Agreement.ToString(), State(row.Ours), State(row.Theirs), Word(context, row)])));
                return Answer.Of(new
                {
                    reconciliation = done.ReconciliationNo, portal = done.Portal, file = done.File, same = done.Count(PortalAgreement.Same), differing = done.Differing, only_theirs = done.Count(PortalAgreement.OnlyTheirs), only_ours = done.Count(PortalAgreement.OnlyOurs),
                    rows = done.Rows.Select(row => new { case_id = row.CaseId, agreement = row.Agreement.ToString(), ours = State(row.Ours), theirs = State(row.Theirs), next_action = row.Action.ToString() }), written = file,
                }, output =>
                {
                    output.Line(context.Text($"Đối chiếu số {done.ReconciliationNo}: khớp {ViText.Count(done.Count(PortalAgreement.Same))} · lệch {ViText.Count(done.Differing)} · chỉ cổng có {ViText.Count(done.Count(PortalAgreement.OnlyTheirs))} · chỉ ta có {ViText.Count(done.Count(PortalAgreement.OnlyOurs))}.",
                        $"Reconciliation {done.ReconciliationNo}: same {ViText.Count(done.Count(PortalAgreement.Same))} · differing {ViText.Count(done.Differing)} · only theirs {ViText.Count(done.Count(PortalAgreement.OnlyTheirs))} · only ours {ViText.Count(done.Count(PortalAgreement.OnlyOurs))}."));
                    var table = new TextTable(new TextColumn(context.Text("Hồ sơ", "Application")), new TextColumn(context.Text("Ta", "Ours")), new TextColumn(context.Text("Cổng", "Theirs")), new TextColumn(context.Text("Việc kế tiếp", "Next")));
                    foreach (var row in done.Rows.Where(row => row.Agreement != PortalAgreement.Same)) table.Row(row.CaseId, row.Ours is { } ours ? Word(context, ours) : "–", row.Theirs is { } theirs ? Word(context, theirs) : "–", Word(context, row));
                    if (done.Rows.Any(row => row.Agreement != PortalAgreement.Same)) output.Table(table);
                    if (file is not null) output.Line(file);
                });
            }), cancel);
        });
    }

    static Answer Sent(CommandContext context, OutboxSent sent) => Answer.Of(sent, output => output.Line(context.Text($"{sent.File}: {ViText.Count(sent.Rows)} trạng thái, SHA-256 {sent.Sha256}.", $"{sent.File}: {ViText.Count(sent.Rows)} statuses, SHA-256 {sent.Sha256}.")));

    static Answer Acted(CommandContext context, Result<StoredPortalCase> result) => Answer.From(result, one => Answer.Of(Json(one), output =>
        output.Line(context.Text($"{one.CaseId}: {Word(context, (PortalState)one.State)}, {Owner(context, one)}, hạn {ViText.Date(one.DueOn)}.", $"{one.CaseId}: {Word(context, (PortalState)one.State)}, {Owner(context, one)}, due {ViText.Date(one.DueOn)}."))));

    static Answer Card(CommandContext context, PortalCaseCard card) => Answer.Of(new
    {
        @case = Json(card.Case), steps = card.Steps.Select(step => new { step = PortalExchanges.StepWord((PortalStep)step.Step), state = PortalFiles.Word((PortalState)step.State), happened_at = Local(step.HappenedAt), step.Reason, step.Person, step.At, sent_in = step.OutboxFile, receipt = step.Receipt is { } result ? ((PortalResult)result).ToString() : null, step.ReceiptReason }),
        contents = card.Contents.Select(one => new { no = one.ContentNo, procedure = one.ProcedureCode, id_number_tail = one.IdNumberTail, one.FullName, commune = one.CommuneCode, submitted_at = Local(one.SubmittedAt), event_at = Local(one.EventAt), one.DueOn, one.Note, one.FileName, one.Line, taken = one.IsTaken, one.DecidedBy, one.Reason }),
        people = card.People.Select(one => new { person_id = one.Person.PersonId, full_name = one.Person.FullName, commune = one.Person.CommuneCode, name_agrees = one.NameAgrees, changes = one.Changes }),
    }, output =>
    {
        var one = card.Case;
        output.Line(context.Text($"{one.CaseId} ({one.Portal}) · {one.ProcedureCode} {one.ProcedureName} · {one.FullName} {PeopleCommand.Masked(one.IdNumberTail)}{(one.CommuneCode is { } commune ? $" · xã {commune}" : "")}",
            $"{one.CaseId} ({one.Portal}) · {one.ProcedureCode} {one.ProcedureName} · {one.FullName} {PeopleCommand.Masked(one.IdNumberTail)}{(one.CommuneCode is { } at ? $" · commune {at}" : "")}"));
        output.Line(context.Text($"{Word(context, (PortalState)one.State)}, {Owner(context, one)}; hạn {ViText.Date(one.DueOn)} ({ViText.Count(one.WorkingDays)} ngày làm việc kể từ {ViText.Time(LocalDateTime.FromDateTime(one.EventAt))}).",
            $"{Word(context, (PortalState)one.State)}, {Owner(context, one)}; due {ViText.Date(one.DueOn)} ({ViText.Count(one.WorkingDays)} working days from {ViText.Time(LocalDateTime.FromDateTime(one.EventAt))})."));
        var steps = new TextTable(new TextColumn(context.Text("Bước", "Step")), new TextColumn(context.Text("Xảy ra", "Happened")), new TextColumn(context.Text("Ai, ghi lúc", "Who, recorded")), new TextColumn(context.Text("Lý do", "Why")), new TextColumn(context.Text("Gửi cổng", "Told to the portal")));
        foreach (var step in card.Steps)
            steps.Row(Word(context, (PortalState)step.State), ViText.Time(LocalDateTime.FromDateTime(step.HappenedAt)), $"{step.Person}, {PeopleCommand.Time(step.At)}", step.Reason ?? "", step.OutboxFile is null ? step.StepNo == 1 ? context.Text("biên nhận", "receipt") : context.Text("chưa gửi", "not sent")
                : $"{step.OutboxFile}: {(step.Receipt is { } result ? Word(context, (PortalResult)result) + (step.ReceiptReason is { } why ? $" ({why})" : "") : context.Text("chưa có biên nhận", "no receipt yet"))}");
        output.Table(steps);
        if (card.Contents.Count > 1)
        {
            var contents = new TextTable(new TextColumn(context.Text("Nội dung", "Content"), true), new TextColumn(context.Text("Thủ tục", "Procedure")), new TextColumn(context.Text("Người", "Person")), new TextColumn(context.Text("Số", "Number")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Ghi chú", "Note")), new TextColumn(context.Text("Quyết định", "Decision")));
            foreach (var content in card.Contents)
                contents.Row(ViText.Count(content.ContentNo), content.ProcedureCode, content.FullName, PeopleCommand.Masked(content.IdNumberTail), content.CommuneCode ?? "–", ViText.Time(LocalDateTime.FromDateTime(content.EventAt)), content.Note ?? "",
                    content.IsTaken switch { null => context.Text("chờ quyết định", "to be decided"), true when content.ContentNo == 1 => "", true => context.Text($"nhận: {content.Reason}", $"taken: {content.Reason}"), _ => context.Text($"không nhận: {content.Reason}", $"not taken: {content.Reason}") });
            output.Table(contents);
        }

        if (card.People.Count == 0) output.Line(context.Text("Không ai trong danh sách có số định danh này.", "Nobody of the register has this number."));
        foreach (var person in card.People)
        {
            output.Line(context.Text($"Trong danh sách: {person.Person.PersonId} {person.Person.FullName}, {person.Person.CommuneName}{(person.NameAgrees ? "" : " — TÊN KHÁC với hồ sơ")}.", $"In the register: {person.Person.PersonId} {person.Person.FullName}, {person.Person.CommuneName}{(person.NameAgrees ? "" : " — ANOTHER NAME than the application's")}."));
            foreach (var change in person.Changes) output.Line($"  {PeopleCommand.Time(change.At)}  {change.Kind}  {change.Why}  {change.Source}");
        }

        output.Line(Follow(context, (PortalSubject)one.Subject));
    });

    /// <summary>The command that does what an application asks for: the exchange itself changes nothing.</summary>
    static string Follow(CommandContext context, PortalSubject subject) => context.Text("Việc theo hồ sơ: ", "What it asks for is done by: ") + subject switch
    {
        PortalSubject.Death => "payengine people deaths FILE",
        PortalSubject.Move => "payengine people moves FILE",
        PortalSubject.Account or PortalSubject.Wish or PortalSubject.Payee => "payengine register import payees.csv",
        PortalSubject.Award => "payengine register import awards.csv",
        _ => context.Text("lệnh của việc ấy", "the command of the matter"),
    };

    static object Json(StoredPortalCase one) => new
    {
        case_id = one.CaseId, portal = one.Portal, procedure = one.ProcedureCode, procedure_name = one.ProcedureName, subject = ((PortalSubject)one.Subject).ToString().ToLowerInvariant(), full_name = one.FullName, id_number_tail = one.IdNumberTail, commune = one.CommuneCode,
        submitted_at = Local(one.SubmittedAt), event_at = Local(one.EventAt), due_on = one.DueOn, state = PortalFiles.Word((PortalState)one.State), worker = one.Worker, differing = one.DifferingNo is not null, delivery = ((PortalDelivery)one.Delivery).ToString(), receipt_reason = one.ReceiptReason,
    };

    static string Local(DateTime at) => LocalDateTimePattern.GeneralIso.Format(LocalDateTime.FromDateTime(at));

    static string Owner(CommandContext context, StoredPortalCase one) => one.Worker ?? context.Text("chưa ai nhận", "nobody has it yet");

    static string State(PortalState? state) => state is { } known ? PortalFiles.Word(known) : "";

    static string Word(CommandContext context, PortalState state) => state switch
    {
        PortalState.Received => context.Text("đã nhận", "received"),
        PortalState.Accepted => context.Text("đã tiếp nhận", "accepted"),
        PortalState.Refused => context.Text("từ chối tiếp nhận", "refused"),
        PortalState.InWork => context.Text("đang giải quyết", "in work"),
        PortalState.Decided => context.Text("đã có kết quả", "decided"),
        PortalState.Closed => context.Text("đã trả kết quả", "closed"),
        PortalState.Withdrawn => context.Text("đã rút", "withdrawn"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    static string Word(CommandContext context, PortalResult result) => result switch
    {
        PortalResult.Accepted => context.Text("cổng đã nhận", "acknowledged"),
        PortalResult.Same => context.Text("cổng đã có", "known to the portal"),
        PortalResult.Differs => context.Text("cổng thấy khác", "differs there"),
        _ => context.Text("cổng từ chối", "refused by the portal"),
    };

    static string Word(CommandContext context, PortalSubject subject) => subject switch
    {
        PortalSubject.Award => context.Text("quyết định hưởng", "award"),
        PortalSubject.Account => context.Text("tài khoản", "account"),
        PortalSubject.Wish => context.Text("nguyện vọng nhận qua tài khoản", "wish to be paid by account"),
        PortalSubject.Move => context.Text("chuyển nơi ở", "move"),
        PortalSubject.Death => context.Text("báo tử", "death"),
        PortalSubject.Payee => context.Text("người nhận thay", "who takes the money"),
        _ => context.Text("việc khác", "other"),
    };

    static string Word(CommandContext context, PortalComparison row) => row.Action switch
    {
        PortalAction.AskForApplication => context.Text("xin cổng tệp hồ sơ rồi nhận: payengine portal take", "ask the portal for its file, then payengine portal take"),
        PortalAction.AskWhetherKnown => context.Text("hỏi cổng có hồ sơ này không", "ask the portal whether it knows it"),
        PortalAction.Send => context.Text("gửi trạng thái: payengine portal send", "payengine portal send"),
        PortalAction.AskForReceipt => context.Text("đã gửi, chưa có biên nhận: hỏi cổng, hoặc payengine portal outbox N --out D", "sent, no receipt: ask the portal, or payengine portal outbox N --out D"),
        PortalAction.ReadRefusal => context.Text($"cổng từ chối trạng thái: payengine portal show {row.CaseId}", $"the portal refused it: payengine portal show {row.CaseId}"),
        PortalAction.ReportToPortal => context.Text("cổng đã nhận mà chưa cập nhật: báo cổng", "acknowledged and not shown there: report it to the portal"),
        PortalAction.RecordStep => context.Text($"cổng đi trước: xem rồi ghi payengine portal step {row.CaseId} …", $"the portal is further: look, then payengine portal step {row.CaseId} …"),
        PortalAction.Decide => context.Text($"hai bên trái nhau: payengine portal show {row.CaseId}", $"they contradict: payengine portal show {row.CaseId}"),
        _ => "",
    };

    static readonly PortalStep[] Steps = [PortalStep.Accept, PortalStep.Refuse, PortalStep.Start, PortalStep.Decide, PortalStep.Close, PortalStep.Withdraw];

    static Argument<string> Id(CommandContext context) => new("case") { Description = context.Text("Mã hồ sơ", "The portal's id of the application") };

    static Option<string?> Portal(CommandContext context, bool required) => new("--portal") { Required = required, HelpName = "one-stop|national", Description = context.Text("Hệ thống một cửa, hoặc Cổng dịch vụ công quốc gia", "The one-stop desk's system, or the national portal") };

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(portal))]
    static string? Code(string? portal) => portal?.Replace('-', '_');

    static Task<Answer> WithAsync(CommandContext context, Func<PortalExchanges, Caller, Task<Answer>> work, CancellationToken cancel) => PeopleCommand.WithCipherAsync(context, (database, caller, cipher) =>
        work(new PortalExchanges(database, cipher, context.Clock, context.Files, new Archive(context.Files, Path.Combine(context.Settings.Home.Value, "archive")), BankingCalendars.VietNam), caller), cancel);
}
