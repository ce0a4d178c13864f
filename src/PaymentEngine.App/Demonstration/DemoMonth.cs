using System.Globalization;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Demonstration;

/// <summary>What a month of the story ended with.</summary>
sealed record ToldMonth(IReadOnlyList<RunView> Runs, IReadOnlyList<RunCertificate> Certificates, int CashLists);

/// <summary>One month of a demonstration, step by step through the operations that the commands call.</summary>
sealed class DemoMonth(CommandContext context, Database database, DemoClock clock, KeyFolder keys, AccountCipher cipher, DemoPeople people, DemoPlace place, Demonstration demonstration)
{
    const int CommunesAtOnce = 2;

    readonly string archive = Path.Combine(context.Settings.Home.Value, "archive");

    public async Task<Result<bool>> ImportRegisterAsync(YearMonth month, IReadOnlyList<string> files, CancellationToken cancel)
    {
        clock.MoveTo(Demonstration.ListDay(month), 9);
        Result<RegisterReceipt> receipt = default;
        await demonstration.StageAsync(month, "Nhập danh sách, kiểm tra từng dòng", "Import the register, every row checked", async () =>
        {
            receipt = await new Registers(database, new Archive(context.Files, archive), cipher).ImportAsync(people.Maker, files, clock, cancel: cancel);
            return receipt.IsOk ? receipt.Value.Files.Sum(file => (long)file.Rows) : 0;
        });
        return receipt.Select(_ => true);
    }

    public async Task<Result<ToldMonth>> TellAsync(YearMonth month, ulong seed, int uncollectedPercent, CancellationToken cancel)
    {
        var runs = new PaymentRuns(database, clock, context.Law, BankingCalendars.VietNam) { KernelTally = KernelTally.Wanted(context.Settings), Keys = () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock) };
        Result<IReadOnlyList<RunView>> planned = default;
        clock.MoveTo(Demonstration.ListDay(month), 10);
        await demonstration.StageAsync(month, "Lập danh sách: tính từng khoản, so với tháng trước", "Plan: every amount, the difference from last month", async () =>
        {
            planned = await runs.PlanAsync(people.Maker, month, PaymentRuns.AllPayers, cancel: cancel);
            return planned.IsOk ? planned.Value.Sum(view => (long)view.Total!.Recipients) : 0;
        });
        runs.KernelTally?.Tell(context.Output);
        if (!planned.TryGet(out var views)) return Result<ToldMonth>.Refuse(planned.Problems);

        var approved = new List<RunView>();
        var problems = new List<Problem>();
        await demonstration.StageAsync(month, "Người lập trình, người khác duyệt đúng nội dung đã đọc", "The maker submits, another person approves what was read", async () =>
        {
            foreach (var view in views)
            {
                var submitted = await runs.SubmitAsync(people.Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd, previousOpen: "đợt trước còn khoản ngân hàng chưa trả lời xong", cancel);
                if (!submitted.IsOk) problems.AddRange(submitted.Problems);
            }

            clock.MoveTo(Demonstration.ListDay(month).PlusDays(1), 9);
            problems.AddRange(await LogInAsync(cancel));
            if (problems.Count > 0) return 0;
            foreach (var said in await Task.WhenAll(views.Select(view => runs.ApproveAsync(people.Approver, view.Id, view.Total!.ListedVnd, Convert.ToHexStringLower(view.Total.ContentHash), cancel: cancel))))
            {
                if (said.TryGet(out var now)) approved.Add(now);
                else problems.AddRange(said.Problems);
            }

            return approved.Count;
        });
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);

        clock.MoveTo(Demonstration.ListDay(month).PlusDays(4), 10);
        problems.AddRange(await LogInAsync(cancel));
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);
        await demonstration.StageAsync(month, "Xuất tệp pain.001 có bản kê ký số, gửi ngân hàng", "Write pain.001 files with signed manifests, hand them over", async () =>
        {
            var exports = new Exports(database, context.Files, keys, clock);
            var handOvers = new HandOvers(database, context.Files, new Archive(context.Files, archive), clock);
            var exported = await exports.ExportMonthAsync(people.Maker, month, place.Files, cancel: cancel);
            if (!exported.TryGet(out var written))
            {
                problems.AddRange(exported.Problems);
                return 0;
            }

            foreach (var view in approved)
            {
                var sent = await handOvers.SendAsync(people.Maker, view.Id, new FolderChannel(context.Files, Path.Combine(place.BankIn, month.Text())), cancel: cancel);
                if (!sent.IsOk) problems.AddRange(sent.Problems);
            }

            return written.Sum(run => (long)run.Items);
        });
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);

        var answers = Path.Combine(place.BankOut, month.Text());
        await demonstration.StageAsync(month, "Ngân hàng giả lập: nhận, từ chối, chi, trả lại", "The simulated bank accepts, rejects, pays, returns", () =>
        {
            var simulated = new SimulatedBank(context.Files, seed, BankScenario.Returns, BankingCalendars.VietNam).Answer(Path.Combine(place.BankIn, month.Text()), answers, clock.Today);
            if (!simulated.IsOk) problems.AddRange(simulated.Problems);
            return Task.FromResult(simulated.IsOk ? (long)simulated.Value.Payments : 0);
        });
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);

        await demonstration.StageAsync(month, "Nhận trả lời của ngân hàng, đối soát", "Import the bank's answers, reconcile", async () =>
        {
            clock.MoveTo(month.OnDayOfMonth(14), 9);
            var imports = new BankImports(database, clock, context.Files, new Archive(context.Files, archive), cipher);
            var files = context.Files.List(answers).Where(name => name.EndsWith(".xml", StringComparison.Ordinal)).Select(name => Path.Combine(answers, name)).ToList();
            var imported = await imports.ImportAsync(people.Maker, demonstration.AnswersAs(files), cancel);
            if (!imported.TryGet(out var taken))
            {
                problems.AddRange(imported.Problems);
                return 0;
            }

            problems.AddRange(taken.Where(one => one.Problem is not null).Select(one => one.Problem!));
            // The wait for a corrected account is over: what may become cash becomes cash by itself.
            clock.MoveTo(month.OnDayOfMonth(19), 8);
            problems.AddRange(await LogInAsync(cancel));
            var reconciled = await imports.ReconcileAsync(people.Maker, null, cancel);
            if (!reconciled.IsOk) problems.AddRange(reconciled.Problems);
            return taken.Sum(one => (long)one.Entries);
        });
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);

        var lists = 0;
        await demonstration.StageAsync(month, "In danh sách tiền mặt theo xã, nhập kết quả chi", "Print cash lists a commune, take the results in", async () =>
        {
            var cash = new CashPayouts(database, clock, context.Files, context.Printer);
            var printed = await cash.PrintAsync(people.Maker, month, null, Path.Combine(place.Cash, month.Text()), pdf: false, cancel);
            if (!printed.TryGet(out var onPaper))
            {
                problems.AddRange(printed.Problems);
                return 0;
            }

            lists = onPaper.Count;
            var confirmations = new IReadOnlyList<Result<CashConfirmation>>[CommunesAtOnce];
            // Communes bring their lists back at the same time.
            await Lanes.EachAsync(CommunesAtOnce, CommunesAtOnce, async lane =>
            {
                var returned = new List<string>();
                foreach (var list in onPaper.Where((_, at) => at % CommunesAtOnce == lane))
                {
                    returned.Add(Path.ChangeExtension(list.CsvFile, ".returned.csv"));
                    PayOut(list.CsvFile, returned[^1], clock.Today, SeededRandom.For(seed, (ulong)list.Id.ListNo), uncollectedPercent);
                }

                confirmations[lane] = await cash.ConfirmAsync(people.Maker, returned, null, cancel);
            }, cancel);
            problems.AddRange(confirmations.SelectMany(lane => lane.SelectMany(one => one.Problems)));

            return onPaper.Sum(list => (long)list.Items);
        });
        if (problems.Count > 0) return Result<ToldMonth>.Refuse(problems);

        clock.MoveTo(month.OnDayOfMonth(19), 16);
        var certificates = new List<RunCertificate>();
        await demonstration.StageAsync(month, "Biên bản khớp đến từng đồng, đóng đợt", "Certificates that close to the đồng, close the runs", async () =>
        {
            var operations = new Certificates(database, clock, context.Files);
            foreach (var view in approved)
            {
                // A run with money still on its way stays open; its certificate says where the money is.
                var closed = await operations.CloseAsync(people.Maker, view.Id, cancel);
                var certificate = closed.IsOk || closed.Problems.Any(problem => problem.Code.StartsWith("fault", StringComparison.Ordinal)) ? closed : await operations.OfAsync(people.Maker, view.Id, cancel);
                if (!certificate.TryGet(out var paper))
                {
                    problems.AddRange(certificate.Problems);
                    continue;
                }

                operations.Write(paper with { Fingerprint = keys.Fingerprint() }, Path.Combine(place.Certificates, $"{view.Id}.html"));
                certificates.Add(paper);
            }

            return certificates.Count;
        });
        return problems.Count > 0 ? Result<ToldMonth>.Refuse(problems) : new ToldMonth(approved, certificates, lists);
    }

    // Whoever approves, sends or pays out has just shown password and second factor.
    async Task<IReadOnlyList<Problem>> LogInAsync(CancellationToken cancel) => await people.LogInAsync(cancel) is { IsOk: false } refused ? refused.Problems : [];

    // The commune's officer fills the printed list in: nearly everybody came.
    static void PayOut(string printed, string returned, LocalDate day, SeededRandom random, int uncollectedPercent)
    {
        var lines = File.ReadAllLines(printed);
        var date = day.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
        for (var i = 1; i < lines.Length; i++)
        {
            // The last four columns are empty in print: result, paid_on, receiver, remark.
            var result = random.Chance(uncollectedPercent * 100) ? "uncollected" : "paid";
            lines[i] = $"{lines[i][..^4]},{result},{date},,";
        }

        File.WriteAllLines(returned, lines);
    }
}
