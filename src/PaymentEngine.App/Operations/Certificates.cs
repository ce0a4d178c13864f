using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Operations;

/// <summary>Where each đồng of a run is: the certificate (biên bản xác nhận) of one run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Head">Payer, people, hash, steps.</param>
/// <param name="AtClose">True when the figures are those of the close, which never change any more.</param>
/// <param name="Places">Sums by programme, commune and place. By the fold of what happened; by the ledger when closed.</param>
/// <param name="Banks">The same sums with the bank each was listed for: what was listed for a bank stays so, where it is now does not.</param>
/// <param name="LedgerAgrees">True when postings and positions give the same sum in every place.</param>
/// <param name="Files">Files with their fingerprints.</param>
/// <param name="Claims">Beside the identity: paid twice, short returns.</param>
/// <param name="Carried">What the close carried over, with owner and due day.</param>
public sealed record RunCertificate(RunId Run, RunHead Head, bool AtClose, IReadOnlyList<PlaceSum> Places, IReadOnlyList<PlaceSum> Banks, bool LedgerAgrees, IReadOnlyList<CertifiedFile> Files, IReadOnlyList<Claim> Claims,
    IReadOnlyList<CarriedSum> Carried)
{
    /// <summary>What stands on no statement but on a bank's result list and the word of two persons.</summary>
    public IReadOnlyList<ConfirmedList> Confirmed { get; init; } = [];

    /// <summary>SHA-256 of the certificate that signs: published on the paper, so that bundles can be checked against it years later. Null where the key folder is not at hand.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Exceptions by two people (break-glass) for this run or a case of it.</summary>
    public IReadOnlyList<ListedGlass> Glasses { get; init; } = [];

    /// <summary>Disputes that two persons settled, as they stand now; of a closed run also those settled since.</summary>
    public IReadOnlyList<SettledDispute> Settled { get; init; } = [];

    public Vnd Listed => new(Head.ListedVnd);

    /// <summary>Count and sum in a place.</summary>
    public (int Items, Vnd Sum) In(Place place) =>
        (Places.Where(row => row.Place == (short)place).Sum(row => row.Items), new Vnd(Places.Where(row => row.Place == (short)place).Sum(row => row.SumVnd)));

    public Vnd Placed => new(Places.Sum(row => row.SumVnd));

    /// <summary>Listed equals the sum of the eleven places, by both roads.</summary>
    public bool Closes => Listed == Placed && LedgerAgrees;
}

/// <summary>Certificates and the close of a run.</summary>
public sealed class Certificates(Database database, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>The certificate of a run: today's, or the one of its close.</summary>
    public async Task<Result<RunCertificate>> OfAsync(Caller caller, RunId run, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.RunCertificate) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(() => LoadAsync(session, run, cancel), cancel: cancel);
    }

    /// <summary>Writes the certificate as a printable page.</summary>
    public void Write(RunCertificate certificate, string path)
    {
        files.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        files.Replace(path, Paper(certificate).WritePage);
    }

    /// <summary>The certificate for paper and spreadsheets.</summary>
    public static PaperDocument Paper(RunCertificate certificate) => CertificatePage.Of(Page(certificate));

    /// <summary>Closes a run: nothing may be ordered, in transit or disputed, no entry in suspense. What is not final is carried over to the next month with
    /// owner and due day, on the same disbursement.</summary>
    /// <param name="caller">A reconciler.</param>
    /// <param name="run">An approved run.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<RunCertificate>> CloseAsync(Caller caller, RunId run, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.RunClose) is { } lacking) return lacking;
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync(async () =>
        {
            // Nothing may move between the reading of the places and the close.
            await FactStore.LockAsync(session, run.ProvinceCode, cancel);
            var loaded = await LoadAsync(session, run, cancel, await CertificateStore.FoldAsync(session, run, cancel));
            if (!loaded.TryGet(out var certificate)) return loaded;
            if (certificate.AtClose) return certificate;
            var problems = new List<Problem>();
            foreach (var place in (Place[])[Place.Ordered, Place.InTransit, Place.Disputed])
            {
                var (items, sum) = certificate.In(place);
                if (items == 0) continue;
                var name = Places.All.Single(known => known.Place == place);
                problems.Add(new Problem("not_allowed.close", $"{run} still has {ViText.Count(items)} payments, {ViText.Money(sum)}, {name.En} ({name.Vi}).", place switch
                {
                    Place.Ordered => $"Write and send their files (payengine run export {run} --out D, payengine run send {run}), or end them: payengine run withdraw {run} ….",
                    Place.Disputed => $"Look at each: payengine case list; match what the bank said: payengine match list.",
                    _ => $"Import the bank's answers and statements (payengine bank import FILE…), then payengine reconcile {run}; what stays out: payengine case list.",
                }));
            }

            var suspense = await CertificateStore.SuspenseAsync(session, run.ProvinceCode, cancel);
            if (suspense.Items > 0)
                problems.Add(new Problem("not_allowed.close", $"{ViText.Count(suspense.Items)} statement entries, {ViText.Money(new Vnd(suspense.SumVnd))}, are in suspense.", "Match or classify them first: payengine case list."));
            if (!certificate.Closes) problems.Add(new Problem("fault.certificate", $"{run} lists {ViText.Money(certificate.Listed)}, its places hold {ViText.Money(certificate.Placed)}.", "Run payengine verify and report what it names."));
            if (problems.Count > 0) return Result<RunCertificate>.Refuse(problems);
            var key = $"run.close {run}";
            var start = await OperationLog.BeginAsync(session, run.ProvinceCode, key, "run.close", OperationLog.RequestHash(key), caller.UserName, at, cancel);
            if (start.DoneResult is not null) return await LoadAsync(session, run, cancel);
            // The payer reports by the 20th of the next month who was paid; what is carried over has to be settled by then.
            var next = run.Month.Plus(1);
            await CertificateStore.CloseAsync(session, run.ProvinceCode, run.Month.Key(), run.RunNo, certificate.Places, next.Key(), next.OnDayOfMonth(20).ToDateOnly(), certificate.Head.ContentHash, caller.UserName, at.ToDateTimeUtc(), start.OperationNo, cancel);
            var events = JsonText.Write(new { run = run.ToString(), listed_vnd = certificate.Listed, places = Places.All.Skip(1).ToDictionary(place => place.Code, place => certificate.In(place.Place).Sum.Amount) });
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, events, events, at, cancel);
            return await LoadAsync(session, run, cancel, certificate.Places);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <param name="folded">Where each sum stands, when this transaction has just folded it and nothing has moved since; null: it is folded now.</param>
    static async Task<Result<RunCertificate>> LoadAsync(DatabaseSession session, RunId run, CancellationToken cancel, IReadOnlyList<PlaceSum>? folded = null)
    {
        var (province, month) = (run.ProvinceCode, run.Month.Key());
        await session.PlanForSetsAsync(cancel);
        if (await CertificateStore.HeadAsync(session, province, month, run.RunNo, cancel) is not { } head)
            return new Problem("run.unknown", $"There is no planned run {run}.", $"See the runs of the month: payengine run show {run.Month.Text()}.");
        if (head.ApprovedBy is null)
            return new Problem("not_allowed.state", $"Run {run} is not approved: nothing is listed yet.", "Have another person approve it: payengine run approve.");
        var positions = folded ?? await CertificateStore.PositionsAsync(session, province, month, run.RunNo, cancel);
        var ledger = await CertificateStore.LedgerAsync(session, province, month, run.RunNo, long.MaxValue, cancel);
        var agrees = Agree(positions, ledger);
        var places = head.ClosedByOperation is { } closing ? await CertificateStore.LedgerAsync(session, province, month, run.RunNo, closing, cancel) : positions;
        return new RunCertificate(run, head, head.ClosedByOperation is not null, places, positions, agrees, await CertificateStore.FilesAsync(session, province, month, run.RunNo, cancel),
            await CertificateStore.ClaimsAsync(session, province, month, run.RunNo, cancel), await CertificateStore.CarriedAsync(session, province, month, run.RunNo, cancel))
        {
            Confirmed = await CertificateStore.ConfirmedAsync(session, province, month, run.RunNo, cancel),
            Settled = await CertificateStore.SettledAsync(session, province, month, run.RunNo, cancel),
            Glasses = [.. (await GlassStore.OfRunAsync(session, run, cancel)).Where(one => one.Uses > 0)],
        };
    }

    // Two roads to the same figures: the fold of the facts, and the postings.
    internal static bool Agree(IReadOnlyList<PlaceSum> positions, IReadOnlyList<PlaceSum> ledger)
    {
        static Dictionary<(short, int, short), (int, long)> Sums(IReadOnlyList<PlaceSum> rows) => rows.GroupBy(row => (row.Programme, row.CommuneId, row.Place))
            .ToDictionary(group => group.Key, group => (group.Sum(row => row.Items), group.Sum(row => row.SumVnd)));
        var (left, right) = (Sums(positions), Sums(ledger));
        return left.Count == right.Count && left.All(row => right.TryGetValue(row.Key, out var other) && other == row.Value);
    }

    static CertificatePaper Page(RunCertificate certificate)
    {
        var head = certificate.Head;
        string Time(DateTime? at) => at is { } utc ? ViText.Time(Instant.FromDateTimeUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).InZone(Zone).LocalDateTime) : "";
        static IReadOnlyList<(string, int, Vnd)> By(IReadOnlyList<PlaceSum> rows, Func<PlaceSum, string> key) =>
            [.. rows.GroupBy(key).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.Sum(row => row.Items), new Vnd(group.Sum(row => row.SumVnd))))];
        return new CertificatePaper(certificate.Run, head.PayerName, certificate.AtClose, head.MadeBy, Time(head.PlannedAt), head.ApprovedBy ?? "", Time(head.ApprovedAt), Time(head.ClosedAt),
            Convert.ToHexString(head.ContentHash).ToLowerInvariant(), certificate.Listed, certificate.Closes, head.UnverifiedLines,
            [.. Places.All.Skip(1).Select(place => (place.Vi, certificate.In(place.Place).Items, certificate.In(place.Place).Sum))],
            By(certificate.Places, row => ProgrammeName(row.Programme)), By(certificate.Banks, row => BankName(row.BankBin)), By(certificate.Places, row => $"{row.CommuneCode} {row.CommuneName}"),
            [.. certificate.Files.Select(file => (file.MsgId, file.Items, new Vnd(file.SumVnd), file.Sha256 is null ? "" : Convert.ToHexString(file.Sha256).ToLowerInvariant()))],
            [.. certificate.Claims.Select(claim => (ClaimName(claim.Kind), claim.Items, new Vnd(claim.SumVnd)))],
            [.. certificate.Carried.Select(sum => ($"{sum.CommuneCode} {sum.CommuneName}", Places.All[sum.Place].Vi, sum.Items, new Vnd(sum.SumVnd), OwnerName(sum.Owner), ViText.Date(LocalDate.FromDateOnly(sum.DueOn))))])
        {
            Fingerprint = certificate.Fingerprint,
            Confirmed = [.. certificate.Confirmed.Select(one => (one.FileName, one.Paid, new Vnd(one.PaidVnd), one.Refused, new Vnd(one.RefusedVnd),
                one.Returned, new Vnd(one.ReturnedVnd), $"{one.FirstPerson}, {one.SecondPerson} ({Time(one.ConfirmedAt)})"))],
            Glasses = [.. certificate.Glasses.Select(one => (one.GlassNo, one.Role ?? string.Join(", ", one.CommuneCodes ?? []), $"{one.AskedBy}, {one.GrantedBy}", one.Uses, one.Reason))],
            Settled = [.. certificate.Settled.Select(one => (new InstructionId(certificate.Run.ProvinceCode, certificate.Run.Month, certificate.Run.RunNo, one.LineNo, one.Attempt).ToString(),
                one.SettledAs == "paid" ? "đã chi cho người nhận" : "chưa chi, được chi lại", new Vnd(one.AmountVnd), new Vnd(one.BankOwesVnd), one.Ground, $"{one.MadeBy}, {one.Person} ({Time(one.At)})"))],
        };
    }

    internal static string BankName(string? bin) => bin is null ? "(tiền mặt, tạm giữ)"
        : BankDirectory.Find(bin) is { } bank ? $"{bank.ShortName} ({bin})" : bin;

    static string ClaimName(string kind) => kind switch
    {
        "paid_twice" => "chi hai lần, thu hồi từ người nhận",
        "bank_short" => "ngân hàng trả thiếu",
        _ => kind,
    };

    // The owner of a carried sum is a role and the number of the commune, whose name stands in the same row.
    internal static string OwnerName(string owner) => owner.Split(' ')[0] switch
    {
        Role.Maker => "Người lập danh sách",
        Role.CashOfficer => "Cán bộ chi tiền mặt",
        _ => owner,
    };

    internal static string ProgrammeName(short programme) => (Programme)programme switch
    {
        Programme.Ncc => "Người có công",
        Programme.Btxh => "Bảo trợ xã hội",
        Programme.Htxh => "Hưu trí xã hội",
        _ => "Chương trình khác",
    };
}
