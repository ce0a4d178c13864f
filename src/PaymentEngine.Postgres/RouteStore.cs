using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A bank profile byte for byte, as a run keeps it.</summary>
public sealed record ProfileContent(string Id, int Version, byte[] Sha256, byte[] Content);

/// <summary>One of a payer's routes as stored. The account is cipher text.</summary>
public sealed record StoredPayerRoute
{
    public short Place { get; init; }
    public short[] Programmes { get; init; } = [];
    public string[] CreditorBins { get; init; } = [];
    public long? AmountFromVnd { get; init; }
    public long? AmountToVnd { get; init; }
    public string? Channel { get; init; }
    public string? Profile { get; init; }
    public string DebtorBin { get; init; } = "";
    public short AccountKey { get; init; }
    public byte[] AccountCipher { get; init; } = [];
    public byte[] AccountTag { get; init; } = [];
    public string AccountTail { get; init; } = "";
    public string AccountName { get; init; } = "";
    public string? CustomerNo { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }
}

/// <summary>A payer's standing table of routes.</summary>
public sealed record StoredRouteTable(string PayerCode, int PayerNo, int TableNo, string MadeBy, Instant LoadedAt, IReadOnlyList<StoredPayerRoute> Routes);

/// <summary>The accounts a payer pays from, and what a run froze of them and of the profiles.</summary>
public static class RouteStore
{
    const string Lock = """
        -- RouteStore.Lock: one load of routes at a time gives out table numbers.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.routes', @provinceCode));
        """;

    const string Payers = """
        -- RouteStore.Payers
        SELECT payer_code AS Code, payer_no AS No FROM payer WHERE province_code = @provinceCode AND known_to = 'infinity';
        """;

    const string InsertTable = """
        -- RouteStore.InsertTable
        INSERT INTO route_table (province_code, payer_no, table_no, digest, routes, made_by, loaded_at, operation_no)
        SELECT @provinceCode, @payerNo, coalesce(max(table_no), 0) + 1, @digest, @routes, @madeBy, @at, @operationNo FROM route_table WHERE province_code = @provinceCode AND payer_no = @payerNo
        RETURNING table_no;
        """;

    const string InsertRoute = """
        -- RouteStore.InsertRoute
        INSERT INTO payer_route (province_code, payer_no, table_no, place, programmes, creditor_bins, amount_from_vnd, amount_to_vnd, channel, profile, debtor_bin,
                                 account_key, account_cipher, account_tag, account_tail, account_name, customer_no, valid_from, valid_to)
        VALUES (@provinceCode, @payerNo, @tableNo, @Place, @Programmes, @CreditorBins, @AmountFromVnd, @AmountToVnd, @Channel, @Profile, @DebtorBin,
                @AccountKey, @AccountCipher, @AccountTag, @AccountTail, @AccountName, @CustomerNo, @ValidFrom, @ValidTo);
        """;

    const string Tables = """
        -- RouteStore.Tables: the last table of each payer, or of one.
        SELECT DISTINCT ON (t.payer_no) p.payer_code AS PayerCode, t.payer_no AS PayerNo, t.table_no AS TableNo, t.made_by AS MadeBy, t.loaded_at AS LoadedAt
          FROM route_table t JOIN payer p ON p.province_code = t.province_code AND p.payer_no = t.payer_no AND p.known_to = 'infinity'
         WHERE t.province_code = @provinceCode AND (@payerNo = 0 OR t.payer_no = @payerNo)
         ORDER BY t.payer_no, t.table_no DESC;
        """;

    const string Routes = """
        -- RouteStore.Routes
        SELECT place, programmes, creditor_bins, amount_from_vnd, amount_to_vnd, channel, profile, debtor_bin, account_key, account_cipher, account_tag, account_tail, account_name, customer_no,
               valid_from, valid_to
          FROM payer_route WHERE province_code = @provinceCode AND payer_no = @payerNo AND table_no = @tableNo ORDER BY place;
        """;

    const string OfRun = """
        -- RouteStore.OfRun: the routes a run froze, each with the content of its profile.
        SELECT DISTINCT coalesce(t.place, 0::smallint) AS place, t.profile AS profile, c.content AS content, coalesce(t.table_no, 0) AS table_no, coalesce(t.payer_no, 0) AS payer_no, a.debtor_bin AS debtor_bin
          FROM run_route t
          JOIN run_route_account a USING (province_code, month, run_no, route_no)
          LEFT JOIN profile_content c ON c.province_code = t.province_code AND c.sha256 = t.profile_sha256
         WHERE t.province_code = @provinceCode AND t.month = @month AND t.run_no = @runNo ORDER BY place;
        """;

    const string KeepProfile = """
        -- RouteStore.KeepProfile
        INSERT INTO profile_content (province_code, sha256, profile, version, content, operation_no)
        VALUES (@provinceCode, @Sha256, @Id, @Version, @Content, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string DigestRows = """
        -- RouteStore.DigestRows
        SELECT concat_ws('|', t.route_no, t.programme, t.profile, encode(t.profile_sha256, 'hex'), t.category_purpose, t.purpose, t.service_level, t.channel, a.debtor_bin, encode(a.account_tag, 'hex'),
                         a.account_name, coalesce(a.customer_no, ''))
          FROM run_route t JOIN run_route_account a USING (province_code, month, run_no, route_no)
         WHERE t.province_code = @provinceCode AND t.month = @month AND t.run_no = @runNo AND t.profile_sha256 IS NOT NULL ORDER BY t.route_no;
        """;

    /// <summary>Numbers of the payers by code.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> PayersAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        (await session.QueryAsync<(string Code, int No)>(Payers, new { provinceCode }, cancel)).ToDictionary(row => row.Code, row => row.No, StringComparer.Ordinal);

    /// <summary>Takes the lock under which table numbers are given out, until the transaction ends.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) => session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    /// <summary>Stores a payer's new table of routes; from now on it stands.</summary>
    public static async Task<int> InsertAsync(DatabaseSession session, short provinceCode, int payerNo, byte[] digest, IReadOnlyList<StoredPayerRoute> routes, string madeBy, Instant at, long operationNo, CancellationToken cancel)
    {
        var tableNo = await session.SingleAsync<int>(InsertTable, new { provinceCode, payerNo, digest, routes = routes.Count, madeBy, at, operationNo }, cancel);
        foreach (var route in routes)
        {
            await session.ExecuteAsync(InsertRoute, new
            {
                provinceCode, payerNo, tableNo, route.Place, route.Programmes, route.CreditorBins, route.AmountFromVnd, route.AmountToVnd, route.Channel, route.Profile, route.DebtorBin,
                route.AccountKey, route.AccountCipher, route.AccountTag, route.AccountTail, route.AccountName, route.CustomerNo, route.ValidFrom, route.ValidTo,
            }, cancel);
        }

        return tableNo;
    }

    /// <summary>The standing tables of all payers, or of one.</summary>
    public static async Task<IReadOnlyList<StoredRouteTable>> StandingAsync(DatabaseSession session, short provinceCode, int? payerNo, CancellationToken cancel)
    {
        var tables = new List<StoredRouteTable>();
        foreach (var table in await session.QueryAsync<TableHead>(Tables, new { provinceCode, payerNo = payerNo ?? 0 }, cancel))
            tables.Add(new(table.PayerCode, table.PayerNo, table.TableNo, table.MadeBy, table.LoadedAt, await RoutesAsync(session, provinceCode, table.PayerNo, table.TableNo, cancel)));
        return tables;
    }

    /// <summary>The routes of one table.</summary>
    public static Task<IReadOnlyList<StoredPayerRoute>> RoutesAsync(DatabaseSession session, short provinceCode, int payerNo, int tableNo, CancellationToken cancel) =>
        session.QueryAsync<StoredPayerRoute>(Routes, new { provinceCode, payerNo, tableNo }, cancel);

    /// <summary>What a run froze: for each of its routes' places the profile, its content (null in runs planned before contents were kept), the table and the debtor's bank.</summary>
    public static Task<IReadOnlyList<(short Place, string Profile, byte[]? Content, int TableNo, int PayerNo, string DebtorBin)>> OfRunAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<(short, string, byte[]?, int, int, string)>(OfRun, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>Keeps what profiles say; what is kept already stays.</summary>
    public static async Task KeepProfilesAsync(DatabaseSession session, short provinceCode, IEnumerable<ProfileContent> profiles, long operationNo, CancellationToken cancel)
    {
        foreach (var profile in profiles) await session.ExecuteAsync(KeepProfile, new { provinceCode, profile.Sha256, profile.Id, profile.Version, profile.Content, operationNo }, cancel);
    }

    /// <summary>What an approval binds of the routes; null for a run planned before they were data.</summary>
    public static async Task<byte[]?> DigestAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        await session.QueryAsync<string>(DigestRows, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel) is { Count: > 0 } rows ? RouteTable.Digest(rows) : null;

    /// <summary>A channel's name in the store and in routes.csv.</summary>
    public static string Text(PaymentChannel channel) => channel switch
    {
        PaymentChannel.Inside => "inside",
        PaymentChannel.LowValue => "low_value",
        PaymentChannel.HighValue => "high_value",
        _ => "instant",
    };

    sealed class TableHead
    {
        public string PayerCode { get; init; } = "";
        public int PayerNo { get; init; }
        public int TableNo { get; init; }
        public string MadeBy { get; init; } = "";
        public Instant LoadedAt { get; init; }
    }
}
