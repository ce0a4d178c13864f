using NodaTime;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>One group of a certificate: what was listed for it, and where that is.</summary>
/// <param name="Key">Stable, for programs: a code or a month.</param>
/// <param name="Name">For people.</param>
/// <param name="Listed">Summed over the disbursements, apart from their places.</param>
/// <param name="Places">Count and sum in each of the eleven places, by number.</param>
public sealed record CertificateGroup(string Key, string Name, int Items, Vnd Listed, IReadOnlyDictionary<short, (int Items, Vnd Sum)> Places)
{
    public Vnd Placed => new(Places.Values.Sum(place => place.Sum.Amount));

    /// <summary>Listed = the sum of the eleven places, for this group alone.</summary>
    public bool Closes => Listed == Placed && Items == Places.Values.Sum(place => place.Items);
}

/// <summary>The identity in a grouping, over one run or over all approved runs of a month.</summary>
/// <param name="What">The run or the month.</param>
/// <param name="By">One of <see cref="GroupedCertificates.Groupings"/>.</param>
/// <param name="Runs">The runs it is over.</param>
/// <param name="LedgerAgrees">Postings and positions give the same sums in every place, programme and commune of these runs.</param>
public sealed record GroupedCertificate(string What, string By, IReadOnlyList<RunId> Runs, IReadOnlyList<CertificateGroup> Groups, bool LedgerAgrees)
{
    public Vnd Listed => new(Groups.Sum(group => group.Listed.Amount));

    public bool Closes => LedgerAgrees && Groups.All(group => group.Closes);
}

/// <summary>Certificates by programme, fund, payer, commune, bank or month: the identity of money in every grouping (F121). Today's places, set-based.</summary>
public sealed class GroupedCertificates(Database database)
{
    public static readonly IReadOnlyList<string> Groupings = ["programme", "fund", "payer", "commune", "bank", "month"];

    /// <summary>The identity of one run in a grouping.</summary>
    public Task<Result<GroupedCertificate>> OfRunAsync(Caller caller, RunId run, string by, CancellationToken cancel) =>
        OfAsync(caller, run.ToString(), by, session => Task.FromResult<IReadOnlyList<RunId>>([run]), cancel);

    /// <summary>The identity of all approved runs of a list month in a grouping.</summary>
    public Task<Result<GroupedCertificate>> OfMonthAsync(Caller caller, YearMonth month, string by, CancellationToken cancel) =>
        OfAsync(caller, month.Text(), by, session => BankFileStore.ApprovedOfMonthAsync(session, caller.ProvinceCode, month, cancel), cancel);

    async Task<Result<GroupedCertificate>> OfAsync(Caller caller, string what, string by, Func<DatabaseSession, Task<IReadOnlyList<RunId>>> find, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.RunCertificate) is { } lacking) return lacking;
        if (!Groupings.Contains(by)) return new Problem("usage.grouping", $"'{by}' is not a grouping.", $"Use one of {string.Join(", ", Groupings)}.");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<GroupedCertificate>>(async () =>
        {
            var runs = await find(session);
            if (runs.Count == 0) return new Problem("not_allowed.state", $"No run of {what} is approved: nothing is listed yet.", $"See where they stand: payengine run show {what}.");
            var rows = new List<(string Key, string Name, PlaceSum Row)>();
            var listed = new List<(string Key, string Name, ListedSum Row)>();
            var agrees = true;
            await session.PlanForSetsAsync(cancel);
            foreach (var run in runs)
            {
                if (await CertificateStore.HeadAsync(session, run.ProvinceCode, run.Month.Key(), run.RunNo, cancel) is not { } head) return RunProblems.Unknown(run);
                if (head.ApprovedBy is null) return new Problem("not_allowed.state", $"Run {run} is not approved: nothing is listed yet.", "Have it approved: payengine run approve.");
                var funds = by == "fund" ? (await FundStore.FundsOfRunAsync(session, run, cancel)).ToDictionary(row => row.Programme, row => row.Fund ?? "") : [];
                var positions = await CertificateStore.PositionsAsync(session, run.ProvinceCode, run.Month.Key(), run.RunNo, cancel);
                agrees &= Certificates.Agree(positions, await CertificateStore.LedgerAsync(session, run.ProvinceCode, run.Month.Key(), run.RunNo, long.MaxValue, cancel));
                (string, string) GroupOf(short programme, string communeCode, string communeName, string? bin) => by switch
                {
                    "programme" => (((Core.Recipients.Programme)programme).ToString().ToUpperInvariant(), Certificates.ProgrammeName(programme)),
                    "fund" => funds.GetValueOrDefault(programme) is { Length: > 0 } fund ? (fund, fund) : ("", "(chưa khai nguồn)"),
                    "payer" => (head.PayerName, head.PayerName),
                    // A code that another unit took over is two units: each keeps the name of its months.
                    "commune" => ($"{communeCode} {communeName}", $"{communeCode} {communeName}"),
                    "bank" => (bin ?? "", Certificates.BankName(bin)),
                    _ => (run.Month.Text(), ViText.Month(run.Month)),
                };
                foreach (var row in positions)
                {
                    var (key, name) = GroupOf(row.Programme, row.CommuneCode, row.CommuneName, row.BankBin);
                    rows.Add((key, name, row));
                }

                foreach (var row in await CertificateStore.ListedAsync(session, run, cancel))
                {
                    var (key, name) = GroupOf(row.Programme, row.CommuneCode, row.CommuneName, row.BankBin);
                    listed.Add((key, name, row));
                }
            }

            var places = rows.ToLookup(row => row.Key);
            return new GroupedCertificate(what, by, runs, [.. listed.GroupBy(row => row.Key).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new CertificateGroup(
                group.Key, group.First().Name, group.Sum(row => row.Row.Items), new Vnd(group.Sum(row => row.Row.SumVnd)),
                places[group.Key].GroupBy(row => row.Row.Place).ToDictionary(place => place.Key, place => (place.Sum(row => row.Row.Items), new Vnd(place.Sum(row => row.Row.SumVnd))))))], agrees);
        }, cancel: cancel);
    }

    /// <summary>The same for paper and spreadsheets.</summary>
    public static PaperDocument Paper(GroupedCertificate certificate, string? fingerprint = null)
    {
        var used = Places.All.Skip(1).Where(place => certificate.Groups.Any(group => group.Places.ContainsKey((short)place.Place))).ToList();
        IReadOnlyList<PaperCell> Row(string name, int items, Vnd listed, Func<short, Vnd> sum, Vnd placed) => [name, items, listed, .. used.Select(place => (PaperCell)sum((short)place.Place)), placed];
        return new PaperDocument($"BIÊN BẢN XÁC NHẬN CHI TRẢ {certificate.What} THEO {GroupingName(certificate.By).ToUpperInvariant()}", $"xac-nhan-{certificate.What}-{certificate.By}", "Đơn vị chi trả")
        {
            Sub = $"Các đợt: {string.Join(", ", certificate.Runs.Take(20))}{(certificate.Runs.Count > 20 ? $" … ({certificate.Runs.Count})" : "")}. Số liệu tại thời điểm in.",
            Sentences =
            [
                $"Đã lập danh sách: {ViText.Money(certificate.Listed)} ({VndInWords.Of(certificate.Listed)}).",
                certificate.Closes ? "Ở mỗi nhóm, tổng các nơi bằng đúng số đã lập danh sách; sổ bút toán và vị trí từng khoản chi cho cùng số."
                    : $"CẢNH BÁO: KHÔNG KHỚP ở {string.Join(", ", certificate.Groups.Where(group => !group.Closes).Select(group => group.Name))}{(certificate.LedgerAgrees ? "" : "; sổ bút toán và vị trí từng khoản khác nhau")}. Chạy payengine verify.",
            ],
            Tables =
            [
                new("", [GroupingName(certificate.By), "Khoản chi*", "Đã lập danh sách*", .. used.Select(place => place.Vi + "*"), "Cộng các nơi*"],
                    [.. certificate.Groups.Select(group => Row(group.Name, group.Items, group.Listed, place => group.Places.TryGetValue(place, out var at) ? at.Sum : Vnd.Zero, group.Placed))],
                    Row("Cộng", certificate.Groups.Sum(group => group.Items), certificate.Listed, place => new Vnd(certificate.Groups.Sum(group => group.Places.TryGetValue(place, out var at) ? at.Sum.Amount : 0)), new Vnd(certificate.Groups.Sum(group => group.Placed.Amount)))),
            ],
            Closing = fingerprint is null ? [] : [$"Dấu vân tay chứng thư ký tệp lệnh chi, nhật ký và hồ sơ chứng minh (SHA-256): {fingerprint}"],
            Signatures = ["Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị"],
        };
    }

    static string GroupingName(string by) => by switch
    {
        "programme" => "chương trình", "fund" => "nguồn kinh phí", "payer" => "đơn vị chi trả", "commune" => "xã", "bank" => "ngân hàng nhận", _ => "tháng",
    };
}
