using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>A clock that stands still until it is set.</summary>
public sealed class TestClock : IClock
{
    public Instant Now { get; set; } = ApprovedRuns.Morning;

    public Instant GetCurrentInstant() => Now;
}

/// <summary>A real database in a scratch home, and tiny approved runs written straight into it: what export, hand-over and answers stand on.</summary>
public sealed class ApprovedRuns : IAsyncLifetime
{
    public const short Province = 40;
    public static readonly YearMonth Month = new(2026, 11);
    public static readonly Instant Morning = Instant.FromUtc(2026, 11, 2, 1, 30);

    int people;
    int runs;

    public string Home { get; init; } = Path.Combine(Path.GetTempPath(), "payengine-banks-" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Puts an older copy in the place of the database, as an administrator would who knows nothing of the program.</summary>
    public async Task PutBackAsync(string dump)
    {
        await Database.DisposeAsync();
        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.True((await Database.RemoveAsync(Home, Actions, null, default)).IsOk);
        await using (var empty = (await Database.OpenEmptyAsync(Home, "", Actions, null, default)).Value)
        {
            var restored = await PaymentEngine.Postgres.Cluster.Backup.RestoreAsync(empty.Cluster, "", dump, default);
            Assert.True(restored.IsOk, restored.IsOk ? "" : restored.Problems[0].ToString());
        }

        Database = (await Database.OpenAsync(Home, "", Actions, null, default, CodeLists.ReasonPolicy)).Value;
        await ScratchCluster.RelaxAsync(Database.Cluster!);
    }

    public Database Database { get; private set; } = null!;

    public KeyFolder Keys { get; private set; } = null!;

    public TestClock Clock { get; } = new();

    public ActionCounter Actions { get; } = new();

    public IFiles Files { get; private set; } = null!;

    public Caller Maker { get; } = new(Province, "lan", "Nguyễn Thị Lan", new HashSet<string> { Role.Maker }, null) { ProvenUntil = Instant.MaxValue };

    public Caller Approver { get; } = new(Province, "minh", "Trần Văn Minh", new HashSet<string> { Role.Approver }, null) { ProvenUntil = Instant.MaxValue };

    public Caller Reconciler { get; } = new(Province, "hoa", "Lê Thị Hoa", new HashSet<string> { Role.Reconciler }, null) { ProvenUntil = Instant.MaxValue };

    public Exports Exports => new(Database, Files, Keys, Clock);

    public Archive Archive => new(Files, Path.Combine(Home, "archive"));

    public HandOvers HandOvers => new(Database, Files, Archive, Clock);

    /// <summary>Every invariant holds for the run.</summary>
    public async Task VerifyAsync(RunId run)
    {
        var findings = await Invariants.CheckAsync(Database, Province, run.Month.Key(), run.RunNo, default);
        // The operation that stands for how the rows came here has no block; everything the program did has its own.
        var broken = findings.SelectMany(finding => finding.Violations.Select(violation => $"{finding.Id}: {violation}")).Where(violation => !violation.StartsWith("I14.chain: operation 1 (test)", StringComparison.Ordinal)).ToList();
        Assert.Empty(broken);
    }

    /// <summary>How many payments of a run stand in a place.</summary>
    public async Task<int> StandingAsync(RunId run, int place)
    {
        await using var session = await Database.RunAsync(default);
        return await session.SingleAsync<int>("SELECT count(*)::int FROM position WHERE run_no = @RunNo AND place = @place", new { run.RunNo, place });
    }

    public async Task InitializeAsync()
    {
        if (Directory.Exists(Home)) Directory.Delete(Home, recursive: true);
        Directory.CreateDirectory(Home);
        Files = new DiskFiles(Actions);
        Keys = KeyFolder.Open(Path.Combine(Home, "keys"), Clock).Value;
        Database = (await Database.OpenAsync(Home, "", Actions, null, default, CodeLists.ReasonPolicy)).Value;
        await using var session = await Database.OwnerAsync(default);
        await session.ExecuteAsync("""
            INSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', '2026-10-01');
            INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'test', 'test', sha256('a'), 'lan', 1, '2026-10-01');
            SELECT open_month(202611);
            """);
        using var cipher = Keys.OpenCipher();
        var account = cipher.Seal("970405", AccountNumber.Parse("3600201001234").Value);
        await session.ExecuteAsync("""
            INSERT INTO payer (province_code, payer_no, version, payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin, account_key, account_cipher, account_tag,
                               account_tail, account_name, known_from, operation_no)
            VALUES (40, 1, 1, 'SNV', 'Sở Nội vụ tỉnh Nghệ An', 'Sở Nội vụ', 'department', '{1,2,3}', '{}', 202601, '970405', @Key, @Cipher, @Tag, @Tail, 'Sở Nội vụ Nghệ An', '2026-10-01', 1)
            """, new { account.Key, account.Cipher, account.Tag, account.Tail });
    }

    /// <summary>An approved run with so many payment orders; its lines stand in two partitions.</summary>
    public async Task<RunId> AddAsync(int orders, string holderName = "Trần Thị Bưởi", Vnd? each = null, string windowTo = "2026-11-13", KnownProfile? profile = null)
    {
        var amount = each ?? new Vnd(500_000);
        var run = new RunId(Province, Month, ++runs);
        using var cipher = Keys.OpenCipher();
        await using var session = await Database.OwnerAsync(default);
        await session.ExecuteAsync("""
            INSERT INTO run (province_code, month, run_no, payer_no, payer_version, kind, law_hash, known_at, law_known_on, execution_from, execution_to, planned_at, made_by, operation_no)
            VALUES (40, 202611, @runNo, 1, 1, 'regular', sha256('law'), '2026-10-25', '2026-10-25', '2026-11-02', @windowTo::date, '2026-10-25', 'lan', 1);
            INSERT INTO run_programme (province_code, month, payer_no, programme, run_no, regular) VALUES (40, 202611, 1, 2, @runNo, false);
            INSERT INTO explanation (province_code, month, run_no, explanation_no, sentence_vi, sentence_en, rule, citation, status) VALUES (40, 202611, @runNo, 1, 'thử', 'test', 'test', 'test', 'verified');
            """, new { runNo = run.RunNo, windowTo });
        if (profile is null) await session.ExecuteAsync("INSERT INTO run_route VALUES (40, 202611, @runNo, 1, 2, 'generic', 'SSBE', 'BENE', 'NURG')", new { runNo = run.RunNo });
        else
        {
            await session.ExecuteAsync("""
                INSERT INTO profile_content (province_code, sha256, profile, version, content, operation_no) VALUES (40, @sha256, @id, @version, @content, 1) ON CONFLICT DO NOTHING;
                INSERT INTO run_route (province_code, month, run_no, route_no, programme, profile, category_purpose, purpose, service_level, profile_sha256, channel)
                VALUES (40, 202611, @runNo, 1, 2, @id, 'SSBE', 'BENE', 'NURG', @sha256, 'low_value');
                """, new { runNo = run.RunNo, sha256 = profile.Sha256(), id = profile.Profile.Id, version = profile.Profile.Version, content = profile.Content.ToArray() });
        }

        for (var i = 0; i < orders; i++)
        {
            var person = ++people;
            var account = cipher.Seal("970436", AccountNumber.Parse(FormattableString.Invariant($"00110{person:00000000}")).Value);
            await session.ExecuteAsync("""
                INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
                VALUES (40, @person, 1, 'P' || @person, 'Trần Thị Bưởi', 2, 1940, 0, 0, '2026-10-01', 1);
                INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
                VALUES (40, @person, 1, 0, '40', 7, 0, 0, 0, 0, 0, '2026-10-01', 1);
                INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, known_from, operation_no)
                VALUES (40, @person, 1, @person, 'Trần Thị Bưởi', 1, 1, 1, '2026-10-01', 1);
                INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
                VALUES (40, @person, 1, 1, '970436', @Key, @Cipher, @Tag, @Tail, @holderName, '2026-10-01', 1);
                INSERT INTO disbursement (province_code, month, run_no, line_no, recipient_id, payee_no, payee_version, payee_role, programme, commune_id, gross_vnd, recouped_vnd, amount_vnd)
                VALUES (40, 202611, @runNo, @lineNo, @person, @person, 1, 1, 2, 7, @amount, 0, @amount);
                INSERT INTO line (province_code, month, award_no, component, for_month, kind, listed_version, run_no, line_no, amount_vnd, explanation_no)
                VALUES (40, 202611, @person, 'tro_cap', 202611, 1, 0, @runNo, @lineNo, @amount, 1);
                INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
                VALUES (40, 202611, @runNo, @lineNo, 1, 1, @amount, @person, 1, 1, 7, 202611, @runNo);
                """, new { person, runNo = run.RunNo, lineNo = LineNo(i), amount = amount.Amount, account.Key, account.Cipher, account.Tag, account.Tail, holderName });
        }

        // The plan's own hash of the rows, so that what the export reads again is what was approved.
        var hash = await RunSteps.RecomputeHashAsync(session, (await RunStore.FindAsync(session, run))!);
        await session.ExecuteAsync("""
            INSERT INTO run_total SELECT 40, 202611, @runNo, @hash, @orders, @orders, @orders, @orders, 0, 0, @sum, @sum, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0;
            INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, at, operation_no)
            VALUES (40, 202611, @runNo, 1, 'planned', null, 'lan', 'lan', @hash, '2026-10-25', 1), (40, 202611, @runNo, 2, 'submitted', null, 'lan', 'lan', @hash, '2026-10-26', 1),
                   (40, 202611, @runNo, 3, 'approved', 1, 'minh', 'lan', @hash, '2026-10-27', 1);
            """, new { runNo = run.RunNo, hash, orders, sum = amount.Amount * orders });
        var total = (await RunSteps.TotalAsync(session, run))!;
        Assert.True((await session.InTransactionAsync(() => ApprovalSignatures.SignAsync(session, run, total, (1, Role.Approver, "minh"), null, () => Result<KeyFolder>.Ok(Keys), 1, Morning, default))).IsOk);
        await session.InTransactionAsync(() => RunSteps.ListAsync(session, run, ("minh", Morning, 1), (Role.CommuneOfficer, new LocalDate(2026, 11, 9))));
        return run;
    }

    /// <summary>The line of the n-th order (from 0): odd ones in the second partition.</summary>
    public static int LineNo(int order) => ((order % 2) << 15) + (order / 2) + 1;

    /// <summary>An empty folder of its own.</summary>
    public string Folder(string name)
    {
        var folder = Path.Combine(Home, "out", name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return folder;
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        ScratchCluster.Remove(Home);
    }
}

[CollectionDefinition(Name)]
public sealed class BankCollection : ICollectionFixture<ApprovedRuns>
{
    public const string Name = "banks";
}
