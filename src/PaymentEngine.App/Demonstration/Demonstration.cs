using System.Diagnostics;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Generation;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Demonstration;

/// <summary>What to show.</summary>
/// <param name="Recipients">People with at least one award.</param>
/// <param name="Month">The month whose list has a difference to approve; the month before it is paid first.</param>
/// <param name="Seed">Another seed, another province.</param>
/// <param name="Folder">Where all files are left.</param>
sealed record DemonstrationOptions(int Recipients, YearMonth Month, ulong Seed, string Folder)
{
    /// <summary>In what order, and how often, the bank's answers are taken in; null: by name, once. The end must not depend on it.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<string>>? AnswersAs { get; init; }
}

/// <summary>How long a stage took.</summary>
sealed record DemoStage(YearMonth? Month, string Vi, string En, double Seconds, long Items);

/// <summary>What a demonstration ended with.</summary>
sealed record DemonstrationSummary(DemonstrationOptions Options, string Folder, IReadOnlyList<DemoStage> Stages, IReadOnlyList<RunView> Runs, IReadOnlyList<RunCertificate> Certificates,
    IReadOnlyList<InvariantFinding> Invariants, int CashLists, double Seconds, long PeakClientBytes);

/// <summary>Two months of a province from an empty store: register in, lists, approval by a second person, bank files, answers, cash, certificates.</summary>
/// <remarks>It goes through the same operations as the commands; only the clock is its own, so that the same seed tells the same story on any day.</remarks>
sealed class Demonstration(CommandContext context, DemonstrationOptions options)
{
    const short Province = 40;

    /// <summary>Of 100 recipients so many are paid by account: more than today's published shares, so that there is something to see at the bank.</summary>
    const int AccountRatePercent = 65;

    /// <summary>Of 100 people on a cash list so many do not come.</summary>
    const int UncollectedPercent = 3;

    readonly List<DemoStage> stages = [];
    readonly YearMonth first = options.Month.Plus(-1);

    public async Task<Result<DemonstrationSummary>> RunAsync(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var home = context.Settings.Home.Value;
        if (context.Settings.Database.Value.Length > 0)
            return new Problem("demo.server", "PAYENGINE_DB names a server; a demonstration uses its own private cluster.", "Unset PAYENGINE_DB, or set PAYENGINE_HOME to another folder.");
        var prepared = DemoPlace.Prepare(home, options.Folder);
        if (!prepared.TryGet(out var place)) return Result<DemonstrationSummary>.Refuse(prepared.Problems);
        var emptied = await EmptyStoreAsync(place, home, cancel);
        if (!emptied.IsOk) return Result<DemonstrationSummary>.Refuse(emptied.Problems);
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Result<DemonstrationSummary>.Refuse(opened.Problems);
        await using (database)
        {
            place.MarkDatabase();
            var clock = new DemoClock(DemoClock.At(ListDay(first), 8));
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.IsOk) return Result<DemonstrationSummary>.Refuse(keys.Problems);
            using var cipher = keys.Value.OpenCipher();
            var people = await DemoPeople.MakeAsync(database, clock, keys.Value, Province, place.People, cancel);
            if (!people.IsOk) return Result<DemonstrationSummary>.Refuse(people.Problems);
            var story = new DemoMonth(context, database, clock, keys.Value, cipher, people.Value, place, this);
            var certificates = new List<RunCertificate>();
            var runs = new List<RunView>();
            var lists = 0;
            foreach (var month in (YearMonth[])[first, options.Month])
            {
                Headline(month);
                var register = await RegisterAsync(story, place, month, cancel);
                if (!register.IsOk) return Result<DemonstrationSummary>.Refuse(register.Problems);
                var told = await story.TellAsync(month, options.Seed, UncollectedPercent, cancel);
                if (!told.TryGet(out var month1)) return Result<DemonstrationSummary>.Refuse(told.Problems);
                certificates.AddRange(month1.Certificates);
                runs.AddRange(month1.Runs);
                lists += month1.CashLists;
            }

            IReadOnlyList<InvariantFinding> findings = [];
            await StageAsync(null, "Kiểm tra mọi bất biến", "Check every invariant", async () =>
            {
                findings = await Invariants.CheckAsync(database, Province, 0, 0, cancel);
                return findings.Count;
            });
            using var process = Process.GetCurrentProcess();
            return new DemonstrationSummary(options, place.Folder, stages, runs, certificates, findings, lists, watch.Elapsed.TotalSeconds, process.PeakWorkingSet64);
        }
    }

    /// <summary>The day the list of a month is made: before the 25th of the month before (law/README §4.1).</summary>
    internal static LocalDate ListDay(YearMonth month) => month.Plus(-1).OnDayOfMonth(20);

    internal IReadOnlyList<string> AnswersAs(IReadOnlyList<string> files) => options.AnswersAs?.Invoke(files) ?? files;

    /// <summary>Runs a stage, says it, and keeps how long it took.</summary>
    internal async Task StageAsync(YearMonth? month, string vi, string en, Func<Task<long>> work)
    {
        context.Output.Talk($"  {context.Text(vi, en)} …");
        var watch = Stopwatch.StartNew();
        var items = await work();
        stages.Add(new DemoStage(month, vi, en, watch.Elapsed.TotalSeconds, items));
        context.Output.Talk($"    {ViText.Decimal((decimal)watch.Elapsed.TotalSeconds, 1)} s");
    }

    void Headline(YearMonth month) => context.Output.Talk(context.Text($"Tháng chi trả {ViText.Month(month)}", $"Month {ViText.Month(month)}"));

    async Task<Result<bool>> RegisterAsync(DemoMonth story, DemoPlace place, YearMonth month, CancellationToken cancel)
    {
        var isFirst = month == first;
        var folder = isFirst ? place.Register : place.Changes;
        Directory.CreateDirectory(folder);
        var generation = new GenerationOptions(options.Recipients, options.Seed, first) { AccountRatePercent = AccountRatePercent };
        var files = new List<string>();
        Stream Create(string name)
        {
            files.Add(Path.Combine(folder, name));
            return new FileStream(files[^1], FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17);
        }

        await StageAsync(month, isFirst ? "Tạo danh sách đối tượng (dữ liệu giả)" : "Tạo biến động của tháng (dữ liệu giả)", isFirst ? "Generate a register" : "Generate the month's changes", () =>
            Task.FromResult((isFirst ? ProvinceGenerator.Generate(generation, Create, cancel: cancel) : ProvinceGenerator.NextMonthChanges(generation, Create, cancel: cancel)).People));
        return await story.ImportRegisterAsync(month, files, cancel);
    }

    // Only a store that an earlier demonstration filled is emptied.
    async Task<Result<bool>> EmptyStoreAsync(DemoPlace place, string home, CancellationToken cancel)
    {
        // What the earlier demonstration sealed is gone with its store: its register would accuse the new one.
        if (place.DatabaseIsDemo && Directory.Exists(SealedFiles.FolderOf(home))) Directory.Delete(SealedFiles.FolderOf(home), recursive: true);
        if (place.DatabaseIsDemo) return await Database.RemoveAsync(home, context.Actions, (vi, en) => context.Output.Talk(context.Text(vi, en)), cancel);
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return Result<bool>.Refuse(opened.Problems);
        await using (database)
        {
            await using var session = await database.RunAsync(cancel);
            return await PeopleStore.FindTenantAsync(session, cancel) is null ? true
                : new Problem("not_allowed.demo", $"The store of {home} is in use.", "A demonstration wants a store of its own: PAYENGINE_HOME=~/payengine-demo payengine demo");
        }
    }
}
