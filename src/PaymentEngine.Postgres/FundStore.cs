using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Funds;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>A provider (tổ chức dịch vụ chi trả).</summary>
public sealed record StoredProvider(string Code, string Name, string Kind);

/// <summary>A movement with the statement entry that shows it, when one does.</summary>
public sealed record StoredMovement(FundMovement Movement, string Person, Instant At, string? Entry);

/// <summary>What a provider paid for a programme in a list month: the basis of its fee.</summary>
public sealed record ProviderPaid(string Contract, short Programme, int Month, int Items, long SumVnd);

/// <summary>An entry of a statement that could show a movement: money on the paying account that is no payment of ours.</summary>
public sealed record FundingEntry(int ImportNo, int EntryNo, int DetailNo, bool IsCredit, long AmountVnd, LocalDate? On);

/// <summary>Funds, providers, contracts, their movements and reports. Everything here is only ever inserted.</summary>
public static class FundStore
{
    const string Lock = """
        -- FundStore.Lock: movements are numbered one after another, and declarations are held against each other.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.funds', @provinceCode));
        """;

    const string Funds = """
        -- FundStore.Funds
        SELECT f.fund_code, f.name, f.chapter, f.payer_no, f.programmes, f.from_month, f.to_month, f.must_cover, f.source FROM fund f WHERE f.province_code = @provinceCode ORDER BY f.fund_code;
        """;

    const string InsertFund = """
        -- FundStore.InsertFund
        INSERT INTO fund (province_code, fund_code, name, chapter, payer_no, programmes, from_month, to_month, must_cover, source, person, at, operation_no)
        VALUES (@provinceCode, @code, @name, @chapter, @payerNo, @programmes, @fromMonth, @toMonth, @mustCover, @source, @person, @at, @operationNo);
        """;

    const string Providers = """
        -- FundStore.Providers
        SELECT provider_code AS Code, name AS Name, kind AS Kind FROM provider WHERE province_code = @provinceCode ORDER BY provider_code;
        """;

    const string InsertProvider = """
        -- FundStore.InsertProvider
        INSERT INTO provider (province_code, provider_code, name, kind, person, at, operation_no) VALUES (@provinceCode, @code, @name, @kind, @person, @at, @operationNo);
        """;

    const string Contracts = """
        -- FundStore.Contracts
        SELECT contract_no, provider_code, programmes, commune_ids, valid_from, valid_to FROM contract WHERE province_code = @provinceCode ORDER BY contract_no;
        """;

    const string InsertContract = """
        -- FundStore.InsertContract
        INSERT INTO contract (province_code, contract_no, provider_code, programmes, commune_ids, valid_from, valid_to, person, at, operation_no)
        VALUES (@provinceCode, @no, @provider, @programmes, @communes, @from, @to, @person, @at, @operationNo);
        """;

    const string Fees = """
        -- FundStore.Fees
        SELECT contract_no, programme, from_month, per_100000, each_vnd, source FROM provider_fee WHERE province_code = @provinceCode ORDER BY contract_no, programme, from_month;
        """;

    const string InsertFee = """
        -- FundStore.InsertFee
        INSERT INTO provider_fee (province_code, contract_no, programme, from_month, per_100000, each_vnd, source, person, at, operation_no)
        VALUES (@provinceCode, @contract, @programme, @fromMonth, @per100000, @each, @source, @person, @at, @operationNo);
        """;

    const string Movements = """
        -- FundStore.Movements
        SELECT m.movement_no, m.fund_code, m.month, m.from_place, m.to_place, m.provider_code, m.amount_vnd, m.on_date, m.voucher, m.undoes, m.person, m.at,
               e.import_no || '/' || e.entry_no || CASE WHEN e.detail_no > 0 THEN '/' || e.detail_no ELSE '' END AS entry
          FROM fund_movement m LEFT JOIN fund_entry e USING (province_code, movement_no)
         WHERE m.province_code = @provinceCode ORDER BY m.movement_no;
        """;

    const string InsertMovement = """
        -- FundStore.InsertMovement
        INSERT INTO fund_movement (province_code, movement_no, fund_code, month, from_place, to_place, provider_code, amount_vnd, on_date, voucher, undoes, person, at, operation_no)
        VALUES (@provinceCode, @no, @fund, @month, @fromPlace, @toPlace, @provider, @amount, @on, @voucher, @undoes, @person, @at, @operationNo);
        """;

    const string InsertEntry = """
        -- FundStore.InsertEntry
        INSERT INTO fund_entry (province_code, movement_no, import_no, entry_no, detail_no, person, at, operation_no)
        VALUES (@provinceCode, @movementNo, @importNo, @entryNo, @detailNo, @person, @at, @operationNo);
        """;

    const string Communes = """
        -- FundStore.Communes
        SELECT DISTINCT commune_id AS Id, commune_code AS Code FROM area WHERE province_code = @provinceCode;
        """;

    const string LedgerUse = """
        -- FundStore.LedgerUse: the ledger of payments by fund; a list is charged to the fund that pays its programme in its month.
        SELECT f.fund_code, l.run_month, l.place, sum(l.sum_vnd)::bigint AS sum_vnd
          FROM ledger_balance l
          JOIN run r ON r.province_code = l.province_code AND r.month = l.run_month AND r.run_no = l.run_no
          JOIN fund f ON f.province_code = r.province_code AND f.payer_no = r.payer_no AND l.programme = ANY (f.programmes) AND l.run_month BETWEEN f.from_month AND coalesce(f.to_month, 999912)
         WHERE l.province_code = @provinceCode
         GROUP BY f.fund_code, l.run_month, l.place HAVING sum(l.sum_vnd) <> 0
         ORDER BY f.fund_code, l.run_month, l.place;
        """;

    const string CashPaid = """
        -- FundStore.CashPaid: what was paid in cash, by fund and by the contract that covers commune and day.
        SELECT f.fund_code, d.month AS run_month, k.provider_code, sum(c.amount_vnd)::bigint AS sum_vnd
          FROM cash_outcome x
          JOIN cash_line c USING (province_code, month, list_no, cash_line_no)
          JOIN cash_list l USING (province_code, month, list_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          JOIN run r ON r.province_code = d.province_code AND r.month = d.month AND r.run_no = d.run_no
          JOIN fund f ON f.province_code = r.province_code AND f.payer_no = r.payer_no AND d.programme = ANY (f.programmes) AND d.month BETWEEN f.from_month AND coalesce(f.to_month, 999912)
          LEFT JOIN contract k ON k.province_code = x.province_code AND d.programme = ANY (k.programmes) AND (k.commune_ids = '{}' OR l.commune_id = ANY (k.commune_ids))
               AND x.paid_on >= k.valid_from AND (k.valid_to IS NULL OR x.paid_on <= k.valid_to)
         WHERE x.province_code = @provinceCode AND x.result = 'paid'
         GROUP BY f.fund_code, d.month, k.provider_code
         ORDER BY f.fund_code, d.month, k.provider_code;
        """;

    const string PaidByContract = """
        -- FundStore.PaidByContract: payouts of the lists numbered in a month, under a provider's contracts.
        SELECT k.contract_no AS contract, d.programme, x.month, count(*)::int AS items, sum(c.amount_vnd)::bigint AS sum_vnd
          FROM cash_outcome x
          JOIN cash_line c USING (province_code, month, list_no, cash_line_no)
          JOIN cash_list l USING (province_code, month, list_no)
          JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no
          JOIN contract k ON k.province_code = x.province_code AND d.programme = ANY (k.programmes) AND (k.commune_ids = '{}' OR l.commune_id = ANY (k.commune_ids))
               AND x.paid_on >= k.valid_from AND (k.valid_to IS NULL OR x.paid_on <= k.valid_to)
         WHERE x.province_code = @provinceCode AND x.result = 'paid' AND k.provider_code = @provider AND x.month = @month
         GROUP BY k.contract_no, d.programme, x.month
         ORDER BY k.contract_no, d.programme;
        """;

    const string ListsOfProvider = """
        -- FundStore.ListsOfProvider: lists of a month in the communes of a provider's contracts, with their results.
        SELECT l.list_no, count(*) FILTER (WHERE x.result = 'paid')::int AS paid_items, coalesce(sum(c.amount_vnd) FILTER (WHERE x.result = 'paid'), 0)::bigint AS paid_vnd,
               count(*) FILTER (WHERE x.result = 'uncollected')::int AS uncollected_items, coalesce(sum(c.amount_vnd) FILTER (WHERE x.result = 'uncollected'), 0)::bigint AS uncollected_vnd,
               count(*) FILTER (WHERE x.result IS NULL)::int AS open_items, coalesce(sum(c.amount_vnd) FILTER (WHERE x.result IS NULL), 0)::bigint AS open_vnd
          FROM cash_list l
          JOIN cash_line c USING (province_code, month, list_no)
          LEFT JOIN cash_outcome x USING (province_code, month, list_no, cash_line_no)
         WHERE l.province_code = @provinceCode AND l.month = @month
           AND EXISTS (SELECT FROM contract k WHERE k.province_code = l.province_code AND k.provider_code = @provider AND (k.commune_ids = '{}' OR l.commune_id = ANY (k.commune_ids))
                          AND k.valid_from <= @lastDay AND (k.valid_to IS NULL OR k.valid_to >= @firstDay))
         GROUP BY l.list_no ORDER BY l.list_no;
        """;

    const string FreeEntries = """
        -- FundStore.FreeEntries: booked entries of our accounts classified as funding, or in suspense, that show no movement yet.
        SELECT f.import_no, f.entry_no, f.detail_no, f.evidence <> 512 AS is_credit, f.amount_vnd, f.event_date AS on
          FROM bank_fact f
          LEFT JOIN match m USING (province_code, import_no, entry_no, detail_no)
         WHERE f.province_code = @provinceCode AND f.target = 0 AND f.level = 1 AND f.amount_vnd IS NOT NULL AND (m.decision IS NULL OR m.decision IN ('funding', 'charge', 'other'))
           AND NOT EXISTS (SELECT FROM fund_entry e WHERE e.province_code = f.province_code AND e.import_no = f.import_no AND e.entry_no = f.entry_no AND e.detail_no = f.detail_no)
         ORDER BY f.import_no, f.entry_no, f.detail_no;
        """;

    const string FundsOfRun = """
        -- FundStore.FundsOfRun: the funds that pay a run's programmes; null where none is declared.
        SELECT DISTINCT p.programme, f.fund_code
          FROM run r
          JOIN run_programme p USING (province_code, month, run_no)
          LEFT JOIN fund f ON f.province_code = r.province_code AND f.payer_no = r.payer_no AND p.programme = ANY (f.programmes) AND r.month BETWEEN f.from_month AND coalesce(f.to_month, 999912)
         WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo
         ORDER BY p.programme;
        """;

    const string InsertReport = """
        -- FundStore.InsertReport
        INSERT INTO provider_report (province_code, provider_code, month, report_no, paid_items, paid_vnd, unpaid_items, unpaid_vnd, left_vnd, file_sha256, reported_on, is_late, person, at, operation_no)
        SELECT @provinceCode, @provider, @month, coalesce(max(report_no), 0) + 1, @paidItems, @paidVnd, @unpaidItems, @unpaidVnd, @leftVnd, @sha256, @on, @isLate, @person, @at, @operationNo
          FROM provider_report WHERE province_code = @provinceCode AND provider_code = @provider AND month = @month;
        """;

    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    public static async Task<IReadOnlyList<Fund>> FundsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        [.. (await session.QueryAsync<FundRow>(Funds, new { provinceCode }, cancel)).Select(row => new Fund(row.FundCode, row.Name, row.Chapter, row.PayerNo, Programmes(row.Programmes),
            Months.FromKey(row.FromMonth), row.ToMonth is { } to ? Months.FromKey(to) : null, row.MustCover, row.Source))];

    public static Task InsertAsync(DatabaseSession session, short provinceCode, Fund fund, string person, Instant at, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertFund, new
    {
        provinceCode, code = fund.Code, name = fund.Name, chapter = fund.Chapter, payerNo = fund.PayerNo, programmes = Numbers(fund.Programmes), fromMonth = fund.From.Key(), toMonth = fund.To?.Key(),
        mustCover = fund.MustCover, source = fund.Source, person, at, operationNo,
    }, cancel);

    public static Task<IReadOnlyList<StoredProvider>> ProvidersAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<StoredProvider>(Providers, new { provinceCode }, cancel);

    public static Task InsertAsync(DatabaseSession session, short provinceCode, StoredProvider provider, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertProvider, new { provinceCode, code = provider.Code, name = provider.Name, kind = provider.Kind, person, at, operationNo }, cancel);

    public static async Task<IReadOnlyList<ProviderContract>> ContractsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        [.. (await session.QueryAsync<ContractRow>(Contracts, new { provinceCode }, cancel)).Select(row =>
            new ProviderContract(row.ContractNo, row.ProviderCode, Programmes(row.Programmes), row.CommuneIds, row.ValidFrom, row.ValidTo))];

    public static Task InsertAsync(DatabaseSession session, short provinceCode, ProviderContract contract, string person, Instant at, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertContract, new
    {
        provinceCode, no = contract.No, provider = contract.Provider, programmes = Numbers(contract.Programmes), communes = contract.CommuneIds.ToArray(), from = contract.From, to = contract.To, person, at, operationNo,
    }, cancel);

    public static async Task<IReadOnlyList<ProviderFee>> FeesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        [.. (await session.QueryAsync<FeeRow>(Fees, new { provinceCode }, cancel)).Select(row =>
            new ProviderFee(row.ContractNo, (Programme)row.Programme, Months.FromKey(row.FromMonth), row.Per100000, row.EachVnd is { } each ? new Vnd(each) : null, row.Source))];

    public static Task InsertAsync(DatabaseSession session, short provinceCode, ProviderFee fee, string person, Instant at, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertFee, new
    {
        provinceCode, contract = fee.Contract, programme = (short)fee.Programme, fromMonth = fee.From.Key(), per100000 = fee.Per100000, each = fee.Each?.Amount, source = fee.Source, person, at, operationNo,
    }, cancel);

    public static async Task<IReadOnlyList<StoredMovement>> MovementsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        [.. (await session.QueryAsync<MovementRow>(Movements, new { provinceCode }, cancel)).Select(row => new StoredMovement(
            new FundMovement(row.MovementNo, row.FundCode, Months.FromKey(row.Month), (FundPlace)row.FromPlace, (FundPlace)row.ToPlace, row.ProviderCode, new Vnd(row.AmountVnd), row.OnDate, row.Voucher, row.Undoes),
            row.Person, row.At, row.Entry))];

    public static Task InsertAsync(DatabaseSession session, short provinceCode, FundMovement movement, string person, Instant at, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertMovement, new
    {
        provinceCode, no = movement.No, fund = movement.Fund, month = movement.Month.Key(), fromPlace = (short)movement.From, toPlace = (short)movement.To, provider = movement.Provider, amount = movement.Amount.Amount,
        on = movement.On, voucher = movement.Voucher, undoes = movement.Undoes, person, at, operationNo,
    }, cancel);

    /// <summary>Every commune code there is or was, with its number.</summary>
    public static Task<IReadOnlyList<(int Id, string Code)>> CommunesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<(int Id, string Code)>(Communes, new { provinceCode }, cancel);

    /// <summary>Ties a movement to the statement entry that shows it.</summary>
    public static Task InsertEntryAsync(DatabaseSession session, short provinceCode, int movementNo, FundingEntry entry, string person, Instant at, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(InsertEntry, new { provinceCode, movementNo, importNo = entry.ImportNo, entryNo = entry.EntryNo, detailNo = entry.DetailNo, person, at, operationNo }, cancel);

    public static Task<IReadOnlyList<FundingEntry>> FreeEntriesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<FundingEntry>(FreeEntries, new { provinceCode }, cancel);

    /// <summary>What every fund's lists have used, by list month.</summary>
    public static async Task<IReadOnlyList<FundUse>> UsesAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        var ledger = await session.QueryAsync<(string Fund, int Month, short Place, long SumVnd)>(LedgerUse, new { provinceCode }, cancel);
        var cash = (await session.QueryAsync<(string Fund, int Month, string? Provider, long SumVnd)>(CashPaid, new { provinceCode }, cancel)).ToLookup(row => (row.Fund, row.Month));
        return [.. ledger.GroupBy(row => (row.Fund, row.Month)).Select(group =>
        {
            Vnd In(params ReadOnlySpan<Place> places)
            {
                var sum = 0L;
                foreach (var row in group)
                    if (places.Contains((Place)row.Place)) sum += row.SumVnd;
                return new Vnd(sum);
            }

            var byProvider = new SortedDictionary<string, Vnd>(StringComparer.Ordinal);
            foreach (var row in cash[group.Key]) byProvider[row.Provider ?? ""] = new Vnd(row.SumVnd);
            return new FundUse(group.Key.Fund, Months.FromKey(group.Key.Month), new Vnd(group.Sum(row => row.SumVnd)), In(Place.PaidByAccount), byProvider, In(Place.GivenBack),
                In(Place.Ordered, Place.InTransit, Place.Disputed));
        })];
    }

    /// <summary>What a provider paid in cash on the lists of a month.</summary>
    public static Task<IReadOnlyList<ProviderPaid>> PaidByContractAsync(DatabaseSession session, short provinceCode, string provider, YearMonth month, CancellationToken cancel) =>
        session.QueryAsync<ProviderPaid>(PaidByContract, new { provinceCode, provider, month = month.Key() }, cancel);

    /// <summary>The lists a provider has to report on.</summary>
    public static async Task<IReadOnlyList<KnownList>> ListsAsync(DatabaseSession session, short provinceCode, string provider, YearMonth month, Func<int, string> nameOf, CancellationToken cancel)
    {
        var firstDay = month.OnDayOfMonth(1);
        var rows = await session.QueryAsync<(int ListNo, int PaidItems, long PaidVnd, int UncollectedItems, long UncollectedVnd, int OpenItems, long OpenVnd)>(ListsOfProvider,
            new { provinceCode, provider, month = month.Key(), firstDay, lastDay = firstDay.PlusMonths(1).PlusDays(-1) }, cancel);
        return [.. rows.Select(row => new KnownList(nameOf(row.ListNo), row.PaidItems, new Vnd(row.PaidVnd), row.UncollectedItems, new Vnd(row.UncollectedVnd), row.OpenItems, new Vnd(row.OpenVnd)))];
    }

    /// <summary>The fund of each programme of a run; null where none is declared.</summary>
    public static Task<IReadOnlyList<(short Programme, string? Fund)>> FundsOfRunAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<(short Programme, string? Fund)>(FundsOfRun, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>Keeps a report that agreed.</summary>
    public static Task InsertReportAsync(DatabaseSession session, short provinceCode, string provider, YearMonth month, (int Items, Vnd Sum) paid, (int Items, Vnd Sum) unpaid, Vnd left, byte[] sha256, LocalDate on, bool isLate,
        string person, Instant at, long operationNo, CancellationToken cancel) => session.ExecuteAsync(InsertReport, new
    {
        provinceCode, provider, month = month.Key(), paidItems = paid.Items, paidVnd = paid.Sum.Amount, unpaidItems = unpaid.Items, unpaidVnd = unpaid.Sum.Amount, leftVnd = left.Amount, sha256, on, isLate, person, at, operationNo,
    }, cancel);

    static IReadOnlyList<Programme> Programmes(short[] numbers) => [.. numbers.Select(number => (Programme)number).Order()];

    static short[] Numbers(IEnumerable<Programme> programmes) => [.. programmes.Select(programme => (short)programme).Order()];

    sealed class FundRow
    {
        public string FundCode { get; init; } = "";
        public string Name { get; init; } = "";
        public string Chapter { get; init; } = "";
        public int PayerNo { get; init; }
        public short[] Programmes { get; init; } = [];
        public int FromMonth { get; init; }
        public int? ToMonth { get; init; }
        public bool MustCover { get; init; }
        public string Source { get; init; } = "";
    }

    sealed class ContractRow
    {
        public string ContractNo { get; init; } = "";
        public string ProviderCode { get; init; } = "";
        public short[] Programmes { get; init; } = [];
        public int[] CommuneIds { get; init; } = [];
        public LocalDate ValidFrom { get; init; }
        public LocalDate? ValidTo { get; init; }
    }

    sealed class FeeRow
    {
        public string ContractNo { get; init; } = "";
        public short Programme { get; init; }
        public int FromMonth { get; init; }
        public int? Per100000 { get; init; }
        public long? EachVnd { get; init; }
        public string Source { get; init; } = "";
    }

    sealed class MovementRow
    {
        public int MovementNo { get; init; }
        public string FundCode { get; init; } = "";
        public int Month { get; init; }
        public short FromPlace { get; init; }
        public short ToPlace { get; init; }
        public string? ProviderCode { get; init; }
        public long AmountVnd { get; init; }
        public LocalDate OnDate { get; init; }
        public string Voucher { get; init; } = "";
        public int? Undoes { get; init; }
        public string Person { get; init; } = "";
        public Instant At { get; init; }
        public string? Entry { get; init; }
    }
}
