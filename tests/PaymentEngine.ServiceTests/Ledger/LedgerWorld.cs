using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core.CashPayouts;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Answers;

namespace PaymentEngine.ServiceTests.Ledger;

/// <summary>Four payments at a bank (<see cref="AnswerWorld"/>) with everything around them that the ledger asks about: people for cash lists, a close, periods.</summary>
sealed class LedgerWorld : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-ledger-").FullName;

    LedgerWorld(AnswerWorld answers) => Answers = answers;

    public AnswerWorld Answers { get; }

    public static readonly RunId Run = new(AnswerWorld.Province, new YearMonth(2026, 11), 1);

    public Caller CashOfficer { get; } = new(AnswerWorld.Province, "cash", "Thủ quỹ", new HashSet<string> { Role.CashOfficer }, null) { ProvenUntil = Instant.MaxValue };

    public Caller Approver { get; } = new(AnswerWorld.Province, "approver", "Người duyệt", new HashSet<string> { Role.Approver }, null) { ProvenUntil = Instant.MaxValue };

    public App.Operations.Ledger Ledger => new(Answers.Database, Answers.Clock);

    public CashPayouts Cash => new(Answers.Database, Answers.Clock, new DiskFiles(new ActionCounter()), new PaperPrinter(new DiskFiles(new ActionCounter()), ""));

    public static async Task<LedgerWorld> OpenAsync(ScratchCluster cluster, int payments = 4)
    {
        var world = new LedgerWorld(await AnswerWorld.OpenAsync(cluster, payments));
        await world.SqlAsync("""
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
            SELECT 40, recipient_id, 1, 'P' || recipient_id, 'Nguyễn Văn ' || recipient_id, 1, 1950, 1, 1, '2026-01-01', 1 FROM disbursement;
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            SELECT 40, recipient_id, 1, 0, '40', 1, 1, 1, 1, 1, 2, '2026-01-01', 1 FROM disbursement;
            """);
        return world;
    }

    public async Task SqlAsync(string sql, object? parameters = null)
    {
        await using var session = await Answers.Database.OwnerAsync(default);
        await session.ExecuteAsync(sql, parameters);
    }

    /// <summary>As nobody may: past the triggers, with the rights of the server's superuser.</summary>
    public Task TamperAsync(string sql) => SqlAsync($"SET ROLE NONE; SET session_replication_role = replica; {sql}; SET session_replication_role = DEFAULT;");

    /// <summary>Gives the seed of the world its block, the first of the chain, and chains the others behind it: what a real beginning would have left.</summary>
    public async Task ChainSeedAsync()
    {
        await TamperAsync("CREATE TABLE chain AS SELECT * FROM audit_block; ALTER TABLE chain OWNER TO payengine_owner; DELETE FROM audit_block");
        await using var session = await Answers.Database.OwnerAsync(default);
        var blocks = await session.QueryAsync<(long OperationNo, string Covers, string Events, DateTime At)>("SELECT 1::bigint, '[]', '{}', timestamptz '2026-01-01' UNION ALL SELECT operation_no, covers, events, at FROM chain ORDER BY 1");
        var (previous, no) = (AuditBlock.Beginning, 0L);
        foreach (var (operationNo, covers, events, at) in blocks)
        {
            var instant = Instant.FromDateTimeUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc));
            var hash = new AuditBlock(AnswerWorld.Province, ++no, operationNo, instant, covers, events, previous, "").ComputedHash;
            await session.ExecuteAsync("INSERT INTO audit_block (province_code, block_no, operation_no, previous_hash, covers, events, hash, at) VALUES (40, @no, @operationNo, decode(@previous, 'hex'), @covers, @events, decode(@hash, 'hex'), @at)",
                new { no, operationNo, previous, covers, events, hash, at = instant });
            previous = hash;
        }

        await session.ExecuteAsync("DROP TABLE chain");
    }

    public void On(int month, int day) => Answers.Clock.Now = Instant.FromUtc(2026, month, day, 3, 0);

    public Task<IReadOnlyList<BankImport>> ImportAsync(params string[] files) => Answers.ImportAsync(files);

    public async Task CloseRunAsync() => Closed(await new Certificates(Answers.Database, Answers.Clock, new DiskFiles(new ActionCounter())).CloseAsync(Answers.Reconciler, Run, default));

    static void Closed<T>(Result<T> closed) => Assert.True(closed.IsOk, string.Join('\n', closed.Problems));

    public async Task ClosePeriodAsync()
    {
        if (!(await Answers.RowsAsync<int>("SELECT 1 FROM audit_block WHERE operation_no = 1")).Any()) await ChainSeedAsync();
        Closed(await Ledger.CloseAsync(Answers.Reconciler, new YearMonth(2026, 11)));
    }

    /// <summary>Prints what is due in cash and takes the result of one line.</summary>
    public async Task PrintCashAsync() => Closed(await Cash.PrintAsync(CashOfficer, new YearMonth(2026, 11), null, folder, false, default));

    public async Task CashAsync(int line, string result, string paidOn)
    {
        var code = Assert.Single(await Answers.RowsAsync<string>($"SELECT receipt_code FROM cash_line c WHERE line_no = {line} AND NOT EXISTS (SELECT FROM cash_result r WHERE r.list_no = c.list_no AND r.cash_line_no = c.cash_line_no)"));
        var path = Path.Combine(folder, code + ".csv");
        await File.WriteAllTextAsync(path, $"receipt_code,result,paid_on\n{code},{result},{paidOn}\n");
        Closed(Assert.Single(await Cash.ConfirmAsync(CashOfficer, [path], null, default)));
    }

    /// <summary>Every invariant; the chain apart, since the world is begun by hand.</summary>
    public async Task<IReadOnlyList<string>> BrokenAsync() =>
        [.. (await Invariants.CheckAsync(Answers.Database, AnswerWorld.Province, 0, 0, default)).Where(finding => finding.Id != "I14.chain").SelectMany(finding => finding.Violations.Select(violation => $"{finding.Id} {violation}"))];

    /// <summary>The ledger as the program prints it: the postings, the balances, the way of one payment, and who has a task.</summary>
    public async Task<string> PrintedAsync(int line)
    {
        using var output = new StringWriter();
        var context = new CommandContext(["--lang", "en"], Answers.Clock, Settings.From(_ => null), output, TextWriter.Null);
        var auditor = CashOfficer with { Roles = new HashSet<string> { Role.Auditor } };
        context.Output.Write(LedgerPaper.Postings(context, AnswerWorld.Province, (await Ledger.PostingsAsync(auditor, null, Run, null)).Value));
        output.WriteLine();
        context.Output.Write(LedgerPaper.Balances(context, [], (await Ledger.BalancesAsync(auditor, [], null, Run, null)).Value, null));
        output.WriteLine();
        output.WriteLine(FormattableString.Invariant($"Payment {line}:"));
        context.Output.Write(LedgerPaper.Moves(context, Run, line, (await Ledger.MovesAsync(auditor, Run, line)).Value));
        foreach (var task in await Answers.RowsAsync<string>($"SELECT 'case: ' || kind || coalesce(' ' || reason_code, '') || ', ' || next_action || ', ' || coalesce(closed_how, 'open') FROM payment_case WHERE line_no = {line} ORDER BY case_no")) output.WriteLine(task);
        foreach (var carried in await Answers.RowsAsync<string>("SELECT 'carried over: ' || p.code || ' ' || items || ' payments, ' || sum_vnd || ' đồng to ' || to_month FROM carry_over c JOIN place p USING (place) ORDER BY 1")) output.WriteLine(carried);
        return output.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Answers.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
