using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Register;

/// <summary>A clock that stands where a test puts it.</summary>
sealed class StandingClock : IClock
{
    public Instant Now { get; set; } = Instant.FromUtc(2026, 10, 5, 3, 0);

    public Instant GetCurrentInstant() => Now;
}

/// <summary>A new database of province 40, a folder for files, and a small register of three people.</summary>
sealed class RegisterWorld : IAsyncDisposable
{
    public const string Account = "9988776655";

    RegisterWorld(Database database, AccountCipher cipher, string folder)
    {
        (Database, Cipher, Folder) = (database, cipher, folder);
        Files = new DiskFiles(new ActionCounter());
        Registers = new Registers(database, new Archive(Files, Path.Combine(folder, "archive")), cipher);
    }

    public Database Database { get; }
    public Registers Registers { get; }
    public AccountCipher Cipher { get; }
    public IFiles Files { get; }
    public string Folder { get; }
    public StandingClock Clock { get; } = new();
    public Caller Maker { get; } = Person(Role.Maker, Role.Exporter);

    /// <summary>What files are known by that a test takes out.</summary>
    public static DataExport Export { get; } = new(40, 1, "an", "Nguyễn Thị An", Instant.FromUtc(2026, 11, 2, 3, 0), "register export", "đối chiếu trong bài thử");

    public static Caller Person(params string[] roles) => new(40, "an", "Nguyễn Thị An", roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = Instant.MaxValue };

    public static async Task<RegisterWorld> OpenAsync(ScratchCluster scratch)
    {
        var folder = Directory.CreateTempSubdirectory("pe-register-").FullName;
        var database = await scratch.OpenCloneAsync();
        var world = new RegisterWorld(database, KeyFolder.Open(Path.Combine(folder, "keys"), SystemClock.Instance).Value.OpenCipher(), folder);
        await using var session = await database.RunAsync(CancellationToken.None);
        await session.ExecuteAsync("-- test\nINSERT INTO tenant (province_code, name, created_at) VALUES (40, 'Nghệ An', now())");
        return world;
    }

    /// <summary>Another cipher of the same keys: one is for one flow at a time.</summary>
    public AccountCipher OpenCipher() => KeyFolder.Open(Path.Combine(Folder, "keys"), SystemClock.Instance).Value.OpenCipher();

    public string Write(string name, params string[] lines)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    /// <summary>The files of the small register; <paramref name="mark"/> makes their bytes, not their rows, differ from an earlier writing.</summary>
    public string[] Small(string mark = "") =>
    [
        Write("areas.csv", "commune_code,name,province_code", "17001,Xã Một,40", "17002,Xã Hai,40" + mark),
        Write("payers.csv", "payer_code,name,short_name,kind,province_code,programmes,counts_from,debtor_bank_bin,debtor_account_no,debtor_account_name",
            "SYT,Sở Y tế,SYT,department,40,BTXH;HTXH,2026-10,970436,0123456789,SO Y TE" + mark),
        Write("people.csv", "person_id,id_number,full_name,birth,death,facts_from,recorded_on,province_code,commune_code,poverty",
            "P1,040040000123,Nguyễn Văn A,1940,,2026-01,,40,17001,poor", "P2,,Trần Thị B,1950-05,,,,40,17002,none", "P2,,Trần Thị B,1950-05,,2026-03,,40,17002,near", "P3,,Lê Thị C,1945-02-03,,,,40,17003,none" + mark),
        Write("awards.csv", "award_id,person_id,programme,category,facts_from,decided_on,about_person_id",
            "A1,P1,BTXH,k5a,2026-01,2026-01-05,", "A2,P2,HTXH,HTXH,,2025-07-01,", "A3,P1,BTXH,CS.NCT,,2025-07-01,P2" + mark),
        Write("payees.csv", "person_id,award_id,payee_name,role,from,to,channel,bank_bin,account_no,account_name,wish",
            $"P1,,Nguyễn Văn A,self,,,bank,970436,{Account},NGUYEN VAN A,yes", "P2,,Trần Thị B,self,,,cash,,,,", "P1,A3,Lê Văn C,carer,,,bank,970415,55443322110,LE VAN C,yes" + mark),
        Write("recoupments.csv", "person_id,award_id,decision_no,decided_on,from_month,monthly_vnd", "P1,A1,15/QĐ-UBND,2026-09-20,2026-10,100000", "P2,,16/QĐ-UBND,2026-09-20,2026-11,50000" + mark),
        Write("paid.csv", "person_id,award_id,month,component,amount_vnd",
            "P1,A1,2026-07,tro_cap,500000", "P1,A1,2026-08,tro_cap,500000", "P1,A1,2026-09,tro_cap,540000", "P2,A2,2025-12,tro_cap,500000", "P2,A2,2026-01,tro_cap,500000" + mark),
    ];

    public Task<Result<RegisterReceipt>> ImportAsync(params string[] paths) => Registers.ImportAsync(Maker, paths, Clock);

    public async Task<RegisterReceipt> ImportedAsync(params string[] paths)
    {
        var receipt = await ImportAsync(paths);
        Assert.True(receipt.IsOk, string.Join('\n', receipt.Problems));
        return receipt.Value;
    }

    public Task<IReadOnlyList<string>> RowsAsync() => RowsAsync(Database);

    /// <summary>Every row of the register and its memory as text, without what differs between two imports of the same rows: times, operations, cipher text.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(Database database)
    {
        await using var session = await database.RunAsync(CancellationToken.None);
        var rows = new List<string>();
        foreach (var table in new[] { "area", "payer", "recipient", "dated_fact", "award", "payee", "channel", "local_standard", "recoupment_decision", "listed" })
            rows.AddRange(await session.QueryAsync<string>(
                $"-- test\nSELECT '{table} ' || (to_jsonb(t) - '{{known_from,known_to,operation_no,account_cipher,id_number_cipher}}'::text[])::text FROM {table} t ORDER BY 1"));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Cipher.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
