using System.Data;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reports;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Reports;

namespace PaymentEngine.App.Operations.Reports;

/// <summary>What is asked of the funnel; what is left out takes the usual value.</summary>
/// <param name="From">First list month of the period; null: <paramref name="To"/> alone.</param>
/// <param name="To">Last list month; null: the month of the day.</param>
/// <param name="Since">First month of the cumulative count; null: January of the period's year.</param>
/// <param name="AsOf">The day it is about; null: today.</param>
/// <param name="KnownOn">The day up to which the register's knowledge counts; null: that day. A later one takes corrections in.</param>
/// <param name="CommuneCode">People of one commune; null: of all that the caller sees.</param>
/// <param name="Cross">Dimensions to cross with each other.</param>
public sealed record FunnelRequest(YearMonth? From = null, YearMonth? To = null, YearMonth? Since = null, LocalDate? AsOf = null, LocalDate? KnownOn = null, string? CommuneCode = null, IReadOnlyList<FunnelDimension>? Cross = null);

/// <summary>What was asked, with every usual value filled in.</summary>
/// <param name="IsToday">No later day has come, and nothing has been done after it: today's places are those of the report.</param>
public sealed record FunnelBasis(YearMonth From, YearMonth To, YearMonth Since, LocalDate AsOf, LocalDate KnownOn, string? CommuneCode, bool IsToday, Instant MadeAt);

/// <summary>The funnel with its own checks.</summary>
/// <param name="Communes">Names by code, as they were then.</param>
public sealed record FunnelView(FunnelBasis Basis, FunnelReport Report, IReadOnlyList<ReportTie> Ties, IReadOnlyDictionary<string, string> Communes, string Province)
{
    /// <summary>Every check that could be made holds: the report may be signed.</summary>
    public bool Holds => Ties.All(tie => tie.Holds);
}

/// <summary>One of the people a figure counts.</summary>
/// <param name="Detail">Why a sum is held, or the bank's code of a return.</param>
public sealed record FunnelListed(string PersonId, string FullName, BirthDate Birth, FunnelPerson Person, string CommuneName, string? Detail, FunnelMoney Money);

/// <summary>The people a figure counts, by commune and key.</summary>
public sealed record FunnelPeople(FunnelBasis Basis, FunnelFigure Figure, IReadOnlyList<FunnelListed> People, string Province);

/// <summary>Reports of the cashless programme: the funnel, and the people behind each of its figures. F130–F136.</summary>
public sealed class CashlessReports(Database database, IClock clock)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>The funnel on a day, with the money of a period, checked against register, ledger and certificate.</summary>
    /// <param name="caller">Anybody who works with people or money, within their communes.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancel">Stops between rows.</param>
    /// <returns><c>report.future</c>, <c>report.before_first_data</c>, <c>report.empty</c>, <c>report.known_before</c>, <c>report.period</c>, <c>commune.unknown</c>, <c>not_allowed.territory</c>, <c>not_allowed.role</c>.</returns>
    public Task<Result<FunnelView>> FunnelAsync(Caller caller, FunnelRequest request, CancellationToken cancel = default) => AskAsync<FunnelView>(caller, request, async (session, asked) =>
    {
        var report = new FunnelReport(request.Cross ?? []);
        await FunnelStore.PeopleAsync(session, asked.Scope, row => report.Add(Person(row, asked)), cancel);
        var isWhole = asked.Scope.Communes is null;
        var ofPart = ("báo cáo chỉ gồm người của một số xã, còn sổ ghi theo xã lúc lập danh sách", "the report is of people of some communes, and books go by the commune a sum was listed in");
        var controls = new FunnelControls(
            isWhole ? await FunnelStore.RecordsAsync(session, asked.Scope, cancel) : null,
            isWhole ? Booked(await FunnelStore.LedgerAsync(session, asked.Scope, cancel)) : null, ofPart,
            isWhole && asked.Basis.IsToday ? Booked(await FunnelStore.CertificateAsync(session, asked.Scope, cancel)) : null,
            isWhole ? ("biên bản là số của hôm nay, báo cáo là của ngày trước", "a certificate is of today, the report of an earlier day") : ofPart);
        return new FunnelView(asked.Basis, report, report.Ties(controls), asked.Communes.Values.DistinctBy(commune => commune.Code).ToDictionary(commune => commune.Code, commune => commune.Name), asked.Province);
    }, cancel);

    /// <summary>The people a figure counts: exactly those, by the same question (F134).</summary>
    /// <param name="caller">As for the funnel.</param>
    /// <param name="request">As the funnel was asked.</param>
    /// <param name="figure">The key printed beside a figure.</param>
    /// <param name="cancel">Stops between rows.</param>
    public Task<Result<FunnelPeople>> PeopleAsync(Caller caller, FunnelRequest request, FunnelFigure figure, CancellationToken cancel = default) => AskAsync<FunnelPeople>(caller, request, async (session, asked) =>
    {
        if (figure.Values.GetValueOrDefault(FunnelDimension.Commune) is { } code && code != "unknown" && asked.Communes.Values.All(commune => commune.Code != code)) return UnknownCommune(code);
        var people = new List<FunnelListed>();
        await FunnelStore.PeopleAsync(session, asked.Scope, row =>
        {
            var person = Person(row, asked);
            if (!figure.Includes(person)) return;
            people.Add(new FunnelListed(row.PersonId, row.FullName, new BirthDate(row.BirthYear, (byte)row.BirthMonth, (byte)row.BirthDay), person, asked.Communes.TryGetValue(row.CommuneId, out var commune) ? commune.Name : "", row.Detail, person.Money(true)));
        }, cancel);
        people.Sort((left, right) => string.CompareOrdinal(left.Person.CommuneCode, right.Person.CommuneCode) is var byCommune and not 0 ? byCommune : string.CompareOrdinal(left.PersonId, right.PersonId));
        return new FunnelPeople(asked.Basis, figure, people, asked.Province);
    }, cancel);

    sealed record Asked(FunnelBasis Basis, FunnelScope Scope, IReadOnlyDictionary<int, (string Code, string Name)> Communes, string Province);

    async Task<Result<T>> AskAsync<T>(Caller caller, FunnelRequest request, Func<DatabaseSession, Asked, Task<Result<T>>> answer, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ReportFunnel) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        // One picture: what is booked while the report is made is in all of its figures or in none.
        return await session.InTransactionAsync<Result<T>>(async () =>
        {
            var basis = await BasisAsync(session, caller, request, cancel);
            if (!basis.TryGet(out var asked)) return Result<T>.Refuse(basis.Problems);
            await session.PlanForSetsAsync(cancel);
            return await answer(session, asked);
        }, IsolationLevel.RepeatableRead, cancel);
    }

    async Task<Result<Asked>> BasisAsync(DatabaseSession session, Caller caller, FunnelRequest request, CancellationToken cancel)
    {
        var (first, last) = await FunnelStore.SpanAsync(session, caller.ProvinceCode, cancel);
        if (first is null || last is null) return new Problem("report.empty", "The register holds nobody yet.", "Take it in first: payengine register import.");
        // A demonstration's books run ahead of the machine's clock: the last day on which something was done has come.
        var now = clock.GetCurrentInstant();
        var today = (last > now ? last.Value : now).InZone(Zone).Date;
        var asOf = request.AsOf ?? today;
        var knownOn = request.KnownOn ?? asOf;
        var begun = first.Value.InZone(Zone).Date;
        var to = request.To ?? asOf.ToYearMonth();
        var from = request.From ?? to;
        var since = request.Since ?? new YearMonth(from.Year, 1);
        if (asOf > today || knownOn > today) return new Problem("report.future", $"{ViText.Date(asOf > today ? asOf : knownOn)} has not come yet.", $"Ask for a day up to {ViText.Date(today)}.");
        if (asOf < begun) return new Problem("report.before_first_data", $"On {ViText.Date(asOf)} the register knew nobody: its first records came on {ViText.Date(begun)}.", $"Ask for a day from {ViText.Date(begun)} on.");
        if (knownOn < asOf) return new Problem("report.known_before", $"What was known on {ViText.Date(knownOn)} says nothing of {ViText.Date(asOf)}, which came later.", "Let --known-on be the day of --as-of or a later one.");
        if (from > to) return new Problem("report.period", $"{from.Text()} comes after {to.Text()}.", "Give the first month, then the last.");
        if (since > from) return new Problem("report.period", $"The cumulative count would begin in {since.Text()}, after the period.", "Let --since be the first month of the period or an earlier one.");
        // The list of the next month is approved from the 20th on; a later one cannot be.
        if (to > asOf.ToYearMonth().Plus(1)) return new Problem("report.future", $"On {ViText.Date(asOf)} nothing could be listed for {to.Text()}.", $"Ask for a month up to {asOf.ToYearMonth().Plus(1).Text()}.");
        Instant EndOf(LocalDate day) => day.PlusDays(1).AtStartOfDayInZone(Zone).ToInstant();
        var communes = await FunnelStore.CommunesAsync(session, caller.ProvinceCode, EndOf(knownOn), cancel);
        var within = caller.Communes?.ToArray();
        if (request.CommuneCode is { } code)
        {
            var numbers = communes.Where(commune => commune.Value.Code == code).Select(commune => commune.Key).ToArray();
            if (numbers.Length == 0) return UnknownCommune(code);
            within = within is null ? numbers : [.. numbers.Intersect(within)];
            // Not yours and not there are one answer.
            if (within.Length == 0) return UnknownCommune(code);
        }

        var province = await PeopleStore.FindTenantAsync(session, cancel);
        return new Asked(new FunnelBasis(from, to, since, asOf, knownOn, request.CommuneCode, asOf == today, now),
            new FunnelScope(caller.ProvinceCode, asOf, asOf.ToYearMonth().Key(), EndOf(knownOn), knownOn, EndOf(asOf), since.Key(), from.Key(), to.Key(), within, [.. AwardCategories.Monthly], AccountCipher.Overhead), communes, province?.Name ?? "");
    }

    internal static Problem UnknownCommune(string code) => new("commune.unknown", $"There is no commune {code} that you may see, or there was none yet.", "Use a code of the register's areas, 5 digits.");

    static List<BookedSum> Booked(IReadOnlyList<BookedRow> rows) => [.. rows.Select(row => new BookedSum(row.InPeriod, (Programme)row.Programme, (Place)row.Place, row.Payments, new Vnd(row.SumVnd)))];

    static FunnelPerson Person(FunnelRow row, Asked asked)
    {
        var sums = new PlacedSum[row.Keys.Length];
        var places = 0;
        for (var at = 0; at < sums.Length; at++)
        {
            var (key, inPeriod) = (row.Keys[at] % 1000, row.Keys[at] < 1000);
            sums[at] = new PlacedSum(inPeriod, (Programme)(key / 16), (Place)(key % 16), row.Payments[at], new Vnd(row.Sums[at]));
            if (inPeriod) places |= 1 << (key % 16);
        }

        var facts = new FunnelFacts
        {
            IsMerged = row.IsMerged, IsDead = row.IsDead, HasLeftProvince = row.HasLeftProvince, HasAward = row.Programmes != 0, IsSuspended = row.IsSuspended, NumberDigits = row.NumberDigits, BirthIsExact = row.BirthDay != 0, Sex = (Sex)row.Sex,
            HasCommune = row.CommuneId != 0, HasPayee = row.HasPayee, PayeeExpired = row.PayeeExpired, HasAccount = row.HasAccount, WantsAccount = row.WantsAccount, IsVerified = row.IsVerified, ChannelIsAccount = row.ChannelIsAccount,
            HasDeclined = row.HasDeclined, Answer = row.Answer switch { 0 => AccountAnswer.None, 1 => AccountAnswer.Verified, 2 => AccountAnswer.NameDiffers, _ => AccountAnswer.Refused }, Places = places,
        };
        return new FunnelPerson
        {
            Standing = facts.Standing, Conditions = facts.Conditions, Group = RecipientGroups.Of(row.Programmes), Sex = (Sex)row.Sex, Age = AgeBand.Of(new BirthDate(row.BirthYear, (byte)row.BirthMonth, (byte)row.BirthDay), asked.Basis.AsOf),
            CommuneCode = asked.Communes.TryGetValue(row.CommuneId, out var commune) ? commune.Code : "", Sums = sums,
        };
    }
}
