using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Portals;
using PaymentEngine.Core;
using PaymentEngine.Core.Portals;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Portals;

namespace PaymentEngine.ServiceTests.Register;

[Collection(RegisterCollection.Name)]
public sealed class PortalTests(ScratchCluster scratch)
{
    const string Header = "case_id,procedure_code,id_number,full_name,commune_code,submitted_at,event_at,note";

    static PortalExchanges PortalsOf(RegisterWorld world) => new(world.Database, world.Cipher, world.Clock, world.Files, new Archive(world.Files, Path.Combine(world.Folder, "archive")), BankingCalendars.VietNam);

    static string Said<T>(Result<T> result) => string.Join('\n', result.Problems);

    [PostgresFact]
    public async Task Applications_are_taken_answered_worked_told_acknowledged_and_reconciled_and_change_no_record()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch); // Monday 5 October 2026, 10:00 in Viet Nam
        await world.ImportedAsync(world.Small());
        world.Clock.Now += Duration.FromHours(1);
        var portals = PortalsOf(world);
        var receipts = Path.Combine(world.Folder, "receipts");
        var register = await world.RowsAsync();
        var procedures = await portals.ProceduresAsync(world.Maker, world.Write("procedures.csv", "procedure_code,name,subject,working_days,valid_from,source", "1.001,Trợ cấp hằng tháng,award,7,2026-01-01,QĐ 1", "1.002,Báo tử,death,3,2026-01-01,QĐ 1"));
        Assert.True(procedures.IsOk, Said(procedures));

        // A file: each row is answered, the bad ones too, and the good ones are not held by them.
        var inbox = world.Write("in-001.csv", Header, "H1,1.001,040040000123,NGUYEN VAN A,17001,2026-10-05T08:00,2026-10-05T08:30,", "H2,1.002,,Lê Thị Xa,17002,2026-10-02T16:00,2026-10-02T16:30,", "H3,9.999,,Ai Đó,,2026-10-05T08:00,2026-10-05T08:30,",
            "H4,1.001,12345,Ai Đó,,2026-10-05T08:00,2026-10-05 08:30,", "H5,1.001,,Ai Đó,,2026-10-05T08:00,2026-10-06T08:30,", "H6,1.001,,Trần Thị B,17002,2026-09-21T08:00,2026-09-21T08:30,");
        Assert.Equal("not_allowed.role", (await portals.TakeAsync(RegisterWorld.Person(Role.Approver), "one_stop", inbox, receipts)).Problems[0].Code);
        Assert.Equal("usage.portal", (await portals.TakeAsync(world.Maker, "zalo", inbox, receipts)).Problems[0].Code);
        Assert.Equal("column.missing", (await portals.TakeAsync(world.Maker, "one_stop", world.Write("bad.csv", "case_id,full_name", "H9,A"), receipts)).Problems[0].Code);
        var taken = await TakenAsync(inbox);
        Assert.Equal((6, 3, 0, 0, 3), (taken.Rows, taken.Accepted, taken.Same, taken.Differing, taken.Refused));
        var receipt = await File.ReadAllTextAsync(taken.Receipt);
        Assert.Equal(["2 H1 Accepted ", "3 H2 Accepted ", "4 H3 Refused portal.procedure_unknown", "5  Refused id_number.malformed", "6 H5 Refused notice.future", "7 H6 Accepted "],
            ReceiptsOf(taken.Receipt).Select(row => $"{row.Line} {row.CaseId} {row.Result} {row.Code}"));
        Assert.Contains("id_number: An identity number", receipt, StringComparison.Ordinal);
        Assert.Contains("event_at:", receipt, StringComparison.Ordinal);

        // The same bytes again add nothing and write the receipt again; the same rows in other bytes are the same; another content is a difference.
        File.Delete(taken.Receipt);
        Assert.NotNull((await TakenAsync(inbox)).TakenBefore);
        Assert.Equal(receipt, await File.ReadAllTextAsync(taken.Receipt));
        var again = await TakenAsync(world.Write("in-002.csv", Header, "H2,1.002,,Lê Thị Xa,17002,2026-10-02T16:00,2026-10-02T16:30,", "H1,1.001,040040000123,NGUYEN VAN A,17001,2026-10-05T08:00,2026-10-05T08:30:00,bổ sung"));
        Assert.Equal((0, 1, 1, 0), (again.Accepted, again.Same, again.Differing, again.Refused));
        Assert.Equal("H1", Assert.Single((await portals.ListAsync(world.Maker, null, null, false, differing: true, false)).Value).CaseId);

        // Terms run from the event: Friday 2 October + 3 working days; 21 September + 7 is over.
        var open = (await portals.ListAsync(world.Maker, "one_stop", null, false, false, false)).Value;
        Assert.Equal(["H6 2026-09-30", "H2 2026-10-07", "H1 2026-10-14"], open.Select(one => $"{one.CaseId} {one.DueOn:uuuu-MM-dd}"));
        Assert.Equal("H6", Assert.Single((await portals.ListAsync(world.Maker, null, null, overdue: true, false, false)).Value).CaseId);
        var late = Assert.Single((await new Casework(world.Database, world.Clock).StartAsync(world.Maker, default)).Value.Steps, step => step.What == "portal_case_late");
        Assert.Equal(("H6", 1, Role.CommuneOfficer, true), (late.Subject, late.Items, late.Owner, late.Stuck));

        // Whom it is about, by number; nobody is changed by looking.
        var card = (await portals.ShowAsync(world.Maker, "H1", null)).Value;
        Assert.Equal(("P1", true), (Assert.Single(card.People).Person.PersonId, card.People[0].NameAgrees));
        Assert.Empty((await portals.ShowAsync(world.Maker, "H2", null)).Value.People);

        // The table of steps; a difference holds the next step until somebody decides.
        Assert.Equal("portal.content_undecided", (await StepAsync("H1", PortalStep.Accept)).Problems[0].Code);
        Assert.Equal("usage.reason_missing", (await portals.DecideAsync(world.Maker, "H1", null, true, " ")).Problems[0].Code);
        Assert.True((await portals.DecideAsync(world.Maker, "H1", null, true, "đã gọi một cửa")).IsOk);
        Assert.Equal("portal.nothing_differs", (await portals.DecideAsync(world.Maker, "H1", null, true, "x")).Problems[0].Code);
        Assert.Equal("portal.step_impossible", (await StepAsync("H1", PortalStep.Decide)).Problems[0].Code);
        Assert.Equal("usage.reason_missing", (await StepAsync("H6", PortalStep.Refuse)).Problems[0].Code);
        Assert.Equal("portal.case_unknown", (await StepAsync("H77", PortalStep.Accept)).Problems[0].Code);
        foreach (var step in new[] { PortalStep.Accept, PortalStep.Start }) Assert.True((await StepAsync("H1", step)).IsOk);
        var refused = await portals.StepAsync(world.Maker, "H6", null, PortalStep.Refuse, null, "Thiếu giấy xác nhận");
        Assert.True(refused.IsOk, Said(refused));
        Assert.Empty((await portals.ListAsync(world.Maker, null, null, overdue: true, false, false)).Value); // answered: the term runs no more

        // Statuses go out once, numbered, with their digest; the same file can be made again.
        var outbox = Path.Combine(world.Folder, "out");
        var sent = (await portals.SendAsync(world.Maker, "one_stop", outbox)).Value!;
        Assert.Equal((1, 3, "portal-status-40-one-stop-000001.csv"), (sent.OutboxNo, sent.Rows, Path.GetFileName(sent.File)));
        Assert.Equal($"{sent.Sha256}  portal-status-40-one-stop-000001.csv\n", await File.ReadAllTextAsync(sent.File + ".sha256"));
        Assert.Equal(["H1 accepted 2026-10-14 ", "H1 in_work 2026-10-14 ", "H6 refused 2026-09-30 Thiếu giấy xác nhận"], StatusesOf(sent.File).Select(row => $"{row.CaseId} {PortalFiles.Word(row.State)} {row.DueOn:uuuu-MM-dd} {row.Note}"));
        Assert.Null((await portals.SendAsync(world.Maker, "one_stop", outbox)).Value);
        var elsewhere = (await portals.AgainAsync(world.Maker, 1, Path.Combine(world.Folder, "again"))).Value;
        Assert.Equal(await File.ReadAllBytesAsync(sent.File), await File.ReadAllBytesAsync(elsewhere.File));
        Assert.Equal("file.exists", (await portals.AgainAsync(world.Maker, 1, outbox)).Problems[0].Code);
        Assert.Equal("portal.outbox_unknown", (await portals.AgainAsync(world.Maker, 9, outbox)).Problems[0].Code);

        // Their receipts for ours: of our file, at its line, about its application, or nothing.
        const string receiptHeader = "file_sha256,line,case_id,result,code,reason";
        var wrong = await portals.ReceiptsAsync(world.Maker, world.Write("wrong.csv", receiptHeader, $"{new string('0', 64)},2,H1,accepted,,", $"{sent.Sha256},9,H1,accepted,,", $"{sent.Sha256},4,H1,accepted,,", $"{sent.Sha256},2,H1,accepted,,"));
        Assert.Equal(["2 portal.outbox_unknown file_sha256", "3 portal.line_unknown line", "4 portal.other_case case_id"], wrong.Problems.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
        var theirs = world.Write("theirs.csv", receiptHeader, $"{sent.Sha256},2,H1,accepted,,", $"{sent.Sha256},4,H6,refused,E07,hồ sơ đã khóa");
        Assert.Equal((2, 2, 1), (await portals.ReceiptsAsync(world.Maker, theirs)).Value is var got ? (got.Rows, got.New, got.Refused) : default);
        world.Clock.Now += Duration.FromMinutes(1);
        Assert.Equal(0, (await portals.ReceiptsAsync(world.Maker, theirs)).Value.New);
        Assert.Equal((3, 1, 1), Assert.Single((await portals.OutboxesAsync(world.Maker)).Value) is var box ? (box.Items, box.Acknowledged, box.Refused) : default);

        // Their list against ours.
        var list = world.Write("list.csv", "case_id,status,status_at", "H1,accepted,2026-10-05T11:00", "H6,received,2026-09-21T08:30", "H8,in_work,2026-10-01T08:00");
        var compared = (await portals.ReconcileAsync(world.Maker, "one_stop", list)).Value;
        Assert.Equal(["H1 WeAreAhead AskForReceipt", "H2 OnlyOurs AskWhetherKnown", "H6 WeAreAhead ReadRefusal", "H8 OnlyTheirs AskForApplication"], compared.Rows.Select(row => $"{row.CaseId} {row.Agreement} {row.Action}"));
        Assert.Equal("row.twice", (await portals.ReconcileAsync(world.Maker, "one_stop", world.Write("twice.csv", "case_id,status,status_at", "H1,accepted,2026-10-05T11:00", "H1,in_work,2026-10-05T11:00"))).Problems[0].Code);

        // A commune's officer sees and moves the applications of the commune alone.
        var officer = new Caller(40, "hai", "Trần Hai", new HashSet<string> { Role.CommuneOfficer }, [2]) { ProvenUntil = Instant.MaxValue };
        Assert.Equal(["H2", "H6"], (await portals.ListAsync(officer, null, null, false, false, all: true)).Value.Select(one => one.CaseId).Order(StringComparer.Ordinal));
        Assert.Equal("portal.case_unknown", (await portals.StepAsync(officer, "H1", null, PortalStep.Decide, null, null)).Problems[0].Code);
        Assert.True((await portals.StepAsync(officer, "H2", null, PortalStep.Accept, null, null)).IsOk);
        Assert.Equal("not_allowed.territory", (await portals.SendAsync(officer with { Roles = new HashSet<string> { Role.Maker } }, "one_stop", outbox)).Problems[0].Code);

        // The database has the table of Core, and a step past it cannot be written.
        await using var session = await world.Database.RunAsync(default);
        var states = Enum.GetValues<PortalState>().Cast<PortalState?>().Prepend(null);
        Assert.Equal(states.SelectMany(from => Enum.GetValues<PortalStep>().Select(step => (From: (short)(from ?? 0), Step: (short)step, To: (short)(PortalCases.Next(from, step) ?? 0)))).Where(move => move.To != 0).Order(), (await PortalStore.MovesAsync(session, default)).Order());
        Assert.Equal(register, await world.RowsAsync());

        async Task<InboxTaken> TakenAsync(string path)
        {
            var done = await portals.TakeAsync(world.Maker, "one_stop", path, receipts);
            Assert.True(done.IsOk, Said(done));
            return Assert.Single(done.Value);
        }

        Task<Result<StoredPortalCase>> StepAsync(string id, PortalStep step) => portals.StepAsync(world.Maker, id, null, step, null, null);
    }

    static List<PortalReceipt> ReceiptsOf(string path)
    {
        using var reading = PortalFiles.ReadReceipts(File.OpenRead(path), Path.GetFileName(path));
        var rows = reading.Select(row => row.Value).ToList();
        Assert.Empty(reading.Refusals.Kept);
        return rows;
    }

    static List<PortalStatus> StatusesOf(string path)
    {
        using var reading = PortalFiles.ReadStatuses(File.OpenRead(path), Path.GetFileName(path));
        return [.. reading.Select(row => row.Value)];
    }
}
