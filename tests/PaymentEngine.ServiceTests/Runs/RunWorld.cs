using System.Globalization;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>A clock that stands where a test puts it.</summary>
sealed class StandingClock(Instant now) : IClock
{
    public Instant Now { get; set; } = now;

    public Instant GetCurrentInstant() => Now;
}

/// <summary>A small province in a database of its own: two communes, one payer, people with one BTXH award each (k6 severe, 1.5 × the standard).</summary>
sealed class RunWorld : IAsyncDisposable
{
    public const short Province = 40;

    public required Database Database { get; init; }

    /// <summary>Connection string of the superuser.</summary>
    public required string ConnectionString { get; init; }
    public StandingClock Clock { get; } = new(Instant.FromUtc(2026, 10, 24, 3, 0));
    public Caller Maker { get; } = new(Province, "maker", "Người lập", new HashSet<string> { Role.Maker, Role.Exporter }, null) { ProvenUntil = Instant.MaxValue };
    public Caller Approver { get; } = new(Province, "approver", "Người duyệt", new HashSet<string> { Role.Approver }, null) { ProvenUntil = Instant.MaxValue };
    public YearMonth November { get; } = new(2026, 11);

    /// <summary>The law of the release that plans here.</summary>
    public LawBook Law { get; init; } = LawFiles.LoadEmbedded();

    public PaymentRuns Runs => new(Database, Clock, Law, BankingCalendars.VietNam) { Keys = ReadAndApproved.Keys };

    public static async Task<RunWorld> OpenAsync(ScratchCluster cluster, LawBook? law = null)
    {
        var connectionString = await cluster.CloneAsync();
        var opened = await Database.OpenAsync(cluster.Home, connectionString, new ActionCounter(), null, default);
        Assert.True(opened.IsOk, string.Join('\n', opened.Problems));
        var world = new RunWorld { Database = opened.Value, ConnectionString = connectionString, Law = law ?? LawFiles.LoadEmbedded() };
        await world.SqlAsync("""
            INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', '2026-01-01');
            INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'seed', 'seed', sha256('seed'), 'seed', 1, '2026-01-01');
            INSERT INTO area (province_code, commune_id, version, commune_code, name, known_from, operation_no)
            VALUES (40, 1, 1, '16690', 'Xã Một', '2026-01-01', 1), (40, 2, 1, '16693', 'Xã Hai', '2026-01-01', 1);
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin,
                               account_key, account_cipher, account_tag, account_tail, account_name, known_from, operation_no)
            VALUES (40, 1, 1, 'SO', 'Sở Y tế', 'SYT', 'department', '{2}', '{}', 202611, '970415', 1, '\x00', decode(repeat('0f', 16), 'hex'), '0001', 'SO Y TE', '2026-01-01', 1);
            """);
        return world;
    }

    /// <summary>People 1…n: odd ones have an account and the wish, every third lives in the second commune.</summary>
    public Task AddPeopleAsync(int from, int to) => SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
        SELECT 40, n, 1, 'P' || lpad(n::text, 6, '0'), 'Nguyễn Văn ' || n, 1, 1980, 1, 1, '2026-01-01', 1 FROM generate_series({from}, {to}) n;
        INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
        SELECT 40, n, 1, 0, '40', CASE WHEN n % 3 = 0 THEN 2 ELSE 1 END, 1, 1, 1, 1, 2, '2026-01-01', 1 FROM generate_series({from}, {to}) n;
        INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, class, relation, suspend_reason, review_result, known_from, operation_no)
        SELECT 40, n, 1, 'A' || lpad(n::text, 6, '0'), n, 2, 'k6', 0, 0, 0, '2026-01-15', 0, 0, 0, 0, '2026-01-01', 1 FROM generate_series({from}, {to}) n;
        INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, channel_version, known_from, operation_no)
        SELECT 40, n, 1, n, 'Nguyễn Văn ' || n, 1, CASE WHEN n % 2 = 1 THEN 1 ELSE 4 END, CASE WHEN n % 2 = 1 THEN 1 ELSE 0 END, CASE WHEN n % 2 = 1 THEN 1 END, '2026-01-01', 1 FROM generate_series({from}, {to}) n;
        INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
        SELECT 40, n, 1, 1, CASE WHEN n % 4 = 1 THEN '970415' ELSE '970436' END, 1, '\x00', decode(lpad(to_hex(n), 32, '0'), 'hex'), '0000', 'NGUYEN VAN ' || n, '2026-01-01', 1
          FROM generate_series({from}, {to}) n WHERE n % 2 = 1;
        """));

    public async Task SqlAsync(string sql)
    {
        await using var session = await Database.OwnerAsync(default);
        await session.ExecuteAsync(sql);
    }

    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql)
    {
        await using var session = await Database.RunAsync(default);
        return await session.QueryAsync<T>(sql);
    }

    public async Task<RunView> PlanAsync(YearMonth? month = null)
    {
        var planned = await Runs.PlanAsync(Maker, month ?? November, null);
        Assert.True(planned.IsOk, string.Join('\n', planned.Problems));
        return Assert.Single(planned.Value);
    }

    public async Task<RunView> ApprovedAsync(YearMonth? month = null)
    {
        var view = await PlanAsync(month);
        var submitted = await Runs.SubmitAsync(Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd, previousOpen: "tháng trước còn khoản chưa xong");
        Assert.True(submitted.IsOk, string.Join('\n', submitted.Problems));
        var approved = await Runs.ApproveSeenAsync(Approver, view.Id, view.Total.ListedVnd);
        Assert.True(approved.IsOk, string.Join('\n', approved.Problems));
        return approved.Value;
    }

    /// <summary>Every invariant holds, but for the chain: the seed of this world is an operation without a block.</summary>
    public async Task HoldsAsync()
    {
        var broken = (await Invariants.CheckAsync(Database, Province, 0, 0, default)).Where(finding => !finding.Holds && finding.Id != "I14.chain").SelectMany(finding => finding.Violations.Select(violation => $"{finding.Id}: {violation}"));
        Assert.Empty(broken);
    }

    /// <summary>A statement as the program's own role, past its operations.</summary>
    public async Task RunAsync(string sql)
    {
        await using var session = await Database.RunAsync(default);
        await session.ExecuteAsync(sql);
    }

    /// <summary>What nobody of the program can do: changes rows as the server's superuser, past triggers and rights.</summary>
    public async Task TamperAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SET session_replication_role = replica; {sql}", connection);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
