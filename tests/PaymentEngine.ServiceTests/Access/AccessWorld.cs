using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.ServiceTests.Cash;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Whose rows something is about, seen from the person who asks.</summary>
enum Whose
{
    Own,
    Other,

    /// <summary>Of a commune that has ended: the person's right to it ended with it.</summary>
    Former,

    /// <summary>There is no such thing.</summary>
    Absent,
}

/// <summary>What a door answered.</summary>
/// <param name="Exit">Exit code, or what stands for one.</param>
/// <param name="Code">Code of the first problem; empty: none.</param>
/// <param name="Words">Message and remedy of all problems.</param>
sealed record Knocked(int Exit, string Code, string Words)
{
    /// <summary>Kept out by a role or a territory.</summary>
    public bool IsKeptOut => Code is "not_allowed.role" or "not_allowed.territory" or "not_allowed.no_rule" or "not_allowed.scope" or "not_allowed.session";
}

/// <summary>A row of doors (commands of the command line; endpoints of the pages): each with its rule and a way to knock. The matrix is generated from it.</summary>
interface IAccessDoor
{
    /// <summary>How the matrix calls it.</summary>
    string Kind { get; }

    /// <summary>Every door with its rule.</summary>
    IEnumerable<(string Name, AccessRule Rule)> Doors { get; }

    /// <summary>Doors that name one thing (a person, case, list, run): those the matrix asks for other people's things at.</summary>
    IEnumerable<string> Named { get; }

    /// <summary>Knocks as a person.</summary>
    /// <param name="name">The door.</param>
    /// <param name="user">A user of <see cref="AccessWorld"/>, who has a proven session.</param>
    /// <param name="whose">Whose thing to name, where the door names one.</param>
    Task<Knocked> KnockAsync(string name, string user, Whose whose);
}

/// <summary>A month of one small province and people of every role and territory, each with a proven session. Shared by the tests of access, which change nothing that others read.</summary>
sealed class AccessWorld : IAsyncDisposable
{
    public const string OwnCommune = "16690", OtherCommune = "16693", FormerCommune = "16696";

    public required CashWorld Cash { get; init; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("pe-access-").FullName;

    public Instant Now => Cash.Runs.Clock.Now;

    /// <summary>The run of the month.</summary>
    public string Run { get; private set; } = "";

    /// <summary>The printed cash list of the first commune and of the second.</summary>
    public IReadOnlyList<string> Lists { get; private set; } = [];

    public static async Task<AccessWorld> OpenAsync(ScratchCluster cluster)
    {
        var world = new AccessWorld { Cash = await CashWorld.OpenAsync(cluster) };
        var runs = world.Cash.Runs;
        world.Run = (await runs.ApprovedAsync()).Id.ToString();
        runs.Clock.Now = Instant.FromUtc(2026, 11, 5, 3, 0);
        var printed = await world.Cash.PrintAsync(runs.Clock.Now);
        world.Lists = [.. printed.OrderBy(list => list.CommuneCode, StringComparer.Ordinal).Select(list => list.Id.ToString())];
        await runs.SqlAsync("""
            INSERT INTO area (province_code, commune_id, version, commune_code, name, known_from, operation_no) VALUES (40, 3, 1, '16696', 'Xã Ba', '2026-01-01', 1);
            INSERT INTO payment_case (province_code, case_no, kind, commune_id, amount_vnd, next_action, owner, opened_at, due_on, operation_no)
            SELECT 40, 1000 + n, 'suspense', n, 500000, 'call', 'commune_officer', '2026-11-01', '2026-12-01', 1 FROM generate_series(1, 3) n;
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no) VALUES (40, 90, 1, 'P000090', 'Nguyễn Văn Chín', 1, 1980, 1, 1, '2026-01-01', 1);
            INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
            VALUES (40, 90, 1, 0, '40', 3, 1, 1, 1, 1, 2, '2026-01-01', 1);
            INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, known_from, operation_no) VALUES (40, 90, 1, 90, 'Nguyễn Văn Chín', 1, 4, 0, '2026-01-01', 1);
            """);
        foreach (var role in Role.All) await world.AddAsync(role.Replace('_', '-'), [role], null);
        var office = Role.OfPeople.ToArray();
        await world.AddAsync("province", office, null);
        await world.AddAsync("officer", office, [1]);
        await world.AddAsync("former", office, [3]);
        // The third commune merges into the second; who had it keeps neither.
        await world.EndAsync(FormerCommune, 3, OtherCommune, "2026-10-31");
        return world;
    }

    /// <summary>A user with a session that is proven.</summary>
    public Task AddAsync(string name, string[] roles, int[]? communes)
    {
        var token = TokenOf(name);
        var isService = roles.Any(role => role is Role.Bank or Role.Worker);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        SessionFile.Write(SessionOf(name), new OpenedSession(40, token, name, name, Instant.MaxValue, Instant.MaxValue));
        return Cash.Runs.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO app_user (province_code, user_name, full_name, kind, password_hash, key_hash, bank_bin, roles, communes, valid_from)
            VALUES (40, '{name}', '{name}', '{(isService ? "service" : "person")}', {(isService ? "NULL" : "'x'")}, {(isService ? "sha256('x')" : "NULL")}, NULL, ARRAY[{string.Join(',', roles.Select(role => $"'{role}'"))}],
                    {(communes is null ? "NULL" : $"ARRAY[{string.Join(',', communes)}]::int[]")}, '2026-01-01');
            INSERT INTO app_session (province_code, token_hash, user_name, door, opened_at, last_used_at, expires_at, proven_until)
            VALUES (40, '\x{hash}', '{name}', 'cli', '2026-10-01', '2026-11-30', '2027-12-31', '2027-12-31');
            """));
    }

    /// <summary>The token of a user's session.</summary>
    public static string TokenOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("token of " + name)));

    /// <summary>A commune's unit ends; the tree says so, as <c>area import</c> writes it.</summary>
    public Task EndAsync(string code, int number, string successor, string lastDay) => Cash.Runs.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO area_unit (province_code, code, first_day, version, last_day, kind, name, parent_code, successors, source, is_withdrawn, person, at, operation_no)
        VALUES (40, '{code}', '2000-01-01', 1, '{lastDay}', 7, 'Xã số {number}', '40', '{successor}', 'nghị quyết sáp nhập', false, 'test', '2026-01-01', 1);
        """));

    /// <summary>Gives a command as a user.</summary>
    public async Task<(int Exit, string Printed)> GiveAsync(string user, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var settings = Settings.From(name => name switch
        {
            "PAYENGINE_DB" => Cash.Runs.ConnectionString, "PAYENGINE_HOME" => Path.Combine(Folder, "home"), "PAYENGINE_KEYS" => Path.Combine(Folder, "keys"), "PAYENGINE_SESSION" => SessionOf(user), _ => null,
        });
        string[] all = [.. args, "--json", "--lang", "en"];
        var exit = await PayEngine.RunAsync(all, new CommandContext(all, Cash.Runs.Clock, settings, output, TextWriter.Null) { Store = Cash.Runs.Database }, default);
        return (exit, output.ToString());
    }

    public async Task<Knocked> KnockAsync(string user, params string[] args)
    {
        var (exit, printed) = await GiveAsync(user, args);
        if (exit == 0 || !printed.TrimStart().StartsWith('{')) return new(exit, "", "");
        using var document = JsonDocument.Parse(printed);
        if (!document.RootElement.TryGetProperty("problems", out var problems) || problems.GetArrayLength() == 0) return new(exit, "", "");
        return new(exit, problems[0].GetProperty("code").GetString()!, string.Join('\n', problems.EnumerateArray().Select(one => $"{one.GetProperty("message").GetString()} {one.GetProperty("remedy").GetString()}")));
    }

    string SessionOf(string user) => Path.Combine(Folder, user, "session");

    public async ValueTask DisposeAsync()
    {
        await Cash.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
