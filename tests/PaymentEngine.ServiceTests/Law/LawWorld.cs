using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Law;

/// <summary>A store of six people whose months from July 2026 are paid, and the program's command line at a release of one's choice.</summary>
sealed class LawWorld : IAsyncDisposable
{
    const string Password = "bon-tu-roi-rac";

    readonly string folder = Directory.CreateTempSubdirectory("pe-law-").FullName;

    LawWorld(RunWorld runs) => Runs = runs;

    readonly Dictionary<string, Instant> loggedIn = [];

    public RunWorld Runs { get; }

    public string Folder => folder;

    public static async Task<LawWorld> OpenAsync(ScratchCluster cluster, LawBook law)
    {
        var world = new LawWorld(await RunWorld.OpenAsync(cluster, law));
        world.Runs.Clock.Now = Instant.FromUtc(2026, 6, 24, 3, 0);
        var people = new UserAdministration(world.Runs.Database, world.Runs.Clock);
        var administrator = world.Runs.Maker with { Roles = new HashSet<string> { Role.Administrator } };
        foreach (var (name, roles) in new[] { ("quantri", new[] { Role.Administrator }), ("maker", [Role.Maker]), ("approver", [Role.Approver]) })
            Assert.True((await people.AddAsync(administrator, new NewUser(name, "Người " + name, Password, roles, []), RunWorld.Province, default)).IsOk);
        await File.WriteAllTextAsync(Path.Combine(world.folder, "password"), Password + "\n");
        foreach (var name in (string[])["quantri", "maker", "approver"])
        {
            Assert.Equal(0, (await world.CommandAsync(name, ["login", name, "--password-file", Path.Combine(world.folder, "password")])).Exit);
            Assert.Equal(0, (await world.CommandAsync(name, ["user", "totp", "--out", Path.Combine(world.folder, name + ".totp"), "--code-file", Path.Combine(world.folder, name + ".totp")])).Exit);
        }

        // Người 1: khuyết tật nặng. 2: cao tuổi nghèo, không người phụng dưỡng, sinh 11/1950. 3: hưu trí xã hội. 4: đơn thân cận nghèo nuôi ba con, khuyết tật đặc biệt nặng.
        // 5: thương binh loại A 45 %. 6: thương binh loại A 45 %, chết tháng 8.
        await world.Runs.SqlAsync("""
            UPDATE payer SET programmes = '{1,2,3}', counts_from = 202607;
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            SELECT 40, n, 1, 'P' || n, 'Người ' || n, 1, b, 11, 5, d::date, '2026-01-01', 1
              FROM (VALUES (1, 1980, NULL), (2, 1950, NULL), (3, 1950, NULL), (4, 1985, NULL), (5, 1950, NULL), (6, 1950, '2026-08-14')) x (n, b, d);
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            SELECT 40, n, 1, 0, '40', 1 + n % 2, poverty, 1, 1, 1, disability, '2026-01-01', 1
              FROM (VALUES (1, 1, 2), (2, 3, 1), (3, 1, 1), (4, 2, 3), (5, 1, 1), (6, 1, 1)) x (n, poverty, disability);
            INSERT INTO award (province_code, award_no, version, award_id, recipient_id, programme, category, category_no, variant_no, facts_from, decided_on, degree_pct, class, relation, children, suspend_reason, review_result, known_from, operation_no)
            SELECT 40, no, 1, id, n, programme, category, 0, 0, 0, '2026-01-06', degree, class, 0, children, 0, 0, '2026-01-01', 1
              FROM (VALUES (1, 'A1', 1, 2, 'k6', NULL, 0, NULL), (2, 'A2', 2, 2, 'k5a', NULL, 0, NULL), (3, 'A3', 3, 3, 'HTXH', NULL, 0, NULL), (4, 'A4', 4, 2, 'k4', NULL, 0, 3), (5, 'A4b', 4, 2, 'k6', NULL, 0, NULL),
                           (6, 'A5', 5, 1, 'TB', 45, 1, NULL), (7, 'A6', 6, 1, 'TB', 45, 1, NULL)) x (no, id, n, programme, category, degree, class, children);
            INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, known_from, operation_no)
            SELECT 40, n, 1, n, 'Người ' || n, 1, 4, 0, '2026-01-01', 1 FROM generate_series(1, 6) n;
            """);
        return world;
    }

    /// <summary>Plans and approves the list of a month on the 24th of the month before, a day before it closes.</summary>
    public async Task<RunView> ListAsync(int year, int month)
    {
        Runs.Clock.Now = Instant.FromUtc(month == 1 ? year - 1 : year, month == 1 ? 12 : month - 1, 24, 3, 0);
        return await Runs.ApprovedAsync(new YearMonth(year, month));
    }

    /// <summary>July to October 2026, listed before either decree of 2026 was in force.</summary>
    public async Task ListJulyToOctoberAsync()
    {
        for (var month = 7; month <= 10; month++) await ListAsync(2026, month);
    }

    /// <summary>Truy lĩnh of a list by award.</summary>
    public Task<IReadOnlyList<(string Award, long SumVnd)>> ArrearsAsync(int listMonth) => Runs.RowsAsync<(string Award, long SumVnd)>(
        $"SELECT a.award_id, sum(l.amount_vnd)::bigint FROM line l JOIN award a ON a.award_no = l.award_no AND a.version = 1 WHERE l.month = {listMonth} AND l.kind = 2 GROUP BY 1 ORDER BY 1");

    /// <summary>The command line as one person calls it, with its answer as JSON.</summary>
    public async Task<(int Exit, JsonElement Json)> AsAsync(string user, params string[] args)
    {
        // Each code counts once: who has logged in at this hour is in.
        if (loggedIn.GetValueOrDefault(user) != Runs.Clock.Now)
        {
            var login = await CommandAsync(user, ["login", user, "--password-file", Path.Combine(folder, "password"), "--code-file", Path.Combine(folder, user + ".totp")]);
            Assert.True(login.Exit == 0, login.Out);
            loggedIn[user] = Runs.Clock.Now;
        }

        var (exit, output) = await CommandAsync(user, [.. args, "--json"]);
        return (exit, JsonDocument.Parse(output).RootElement);
    }

    async Task<(int Exit, string Out)> CommandAsync(string user, string[] args)
    {
        var settings = Settings.From(name => name switch
        {
            "PAYENGINE_DB" => Runs.ConnectionString,
            "PAYENGINE_HOME" => folder,
            "PAYENGINE_SESSION" => Path.Combine(folder, user + ".session"),
            _ => null,
        });
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(args, Runs.Clock, settings, output, error) { Law = Runs.Law };
        var exit = await PayEngine.RunAsync(args, context, default);
        Said.Keep(args, exit, output.ToString(), error.ToString());
        return (exit, output.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Runs.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
