using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.App.Operations.Secrets;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Users;

/// <summary>Keys change without a payment noticing: everything is sealed anew, and what was signed before is still known.</summary>
[Collection(RegisterCollection.Name)]
public sealed class KeyChangeTests(ScratchCluster cluster) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-key-change-").FullName;

    readonly Caller administrator = new(RunWorld.Province, "quan", "Quản trị", new HashSet<string> { Role.Administrator }, null) { ProvenUntil = Instant.MaxValue };

    Result<KeyFolder> Open() => KeyFolder.Open(folder, SystemClock.Instance);

    KeyChanges Changes(RunWorld world) => new(world.Database, Open, world.Clock);

    /// <summary>Payee's accounts as they read with the keys of today.</summary>
    async Task<IReadOnlyList<string>> AccountsAsync(RunWorld world)
    {
        using var cipher = Open().Value.OpenCipher();
        return [.. (await world.RowsAsync<(short Key, byte[] Cipher)>("SELECT account_key, account_cipher FROM channel ORDER BY payee_no")).Select(row => cipher.Decrypt(SecretKind.Account, row.Key, row.Cipher))];
    }

    async Task<RunWorld> OpenWorldAsync()
    {
        var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 12);
        using var cipher = Open().Value.OpenCipher();
        await using var owner = await world.Database.OwnerAsync(default);
        await owner.ExecuteAsync("ALTER TABLE channel DISABLE TRIGGER USER; ALTER TABLE payer DISABLE TRIGGER USER");
        foreach (var payee in await owner.QueryAsync<int>("SELECT payee_no FROM channel ORDER BY payee_no"))
        {
            var one = cipher.Seal("970436", AccountNumber.Parse(FormattableString.Invariant($"00110{payee:00000000}")).Value);
            await owner.ExecuteAsync("UPDATE channel SET account_cipher = @Cipher, account_tag = @Tag, account_tail = @Tail WHERE payee_no = @payee", new { one.Cipher, one.Tag, one.Tail, payee });
        }

        await owner.ExecuteAsync("UPDATE payer SET account_cipher = @Cipher; ALTER TABLE channel ENABLE TRIGGER USER; ALTER TABLE payer ENABLE TRIGGER USER", new { cipher.Seal("970415", AccountNumber.Parse("113000123456").Value).Cipher });
        return world;
    }

    [PostgresFact]
    public async Task Everything_is_sealed_anew_and_an_old_key_goes_only_when_nothing_is_under_it()
    {
        await using var world = await OpenWorldAsync();
        var changes = Changes(world);
        Assert.Equal("not_allowed.role", (await changes.AddAsync(world.Maker, "định kỳ")).Problems[0].Code);
        Assert.Equal("not_allowed.step_up", (await changes.AddAsync(administrator with { ProvenUntil = null }, "định kỳ")).Problems[0].Code);
        Assert.Equal("usage.reason_missing", (await changes.AddAsync(administrator, " ")).Problems[0].Code);
        Assert.Equal("not_allowed.key_writes", (await changes.RemoveAsync(administrator, 1, "hết hạn")).Problems[0].Code);
        Assert.Equal(2, (await changes.AddAsync(administrator, "định kỳ")).Value);
        Assert.Equal("not_allowed.key_in_use", (await changes.RemoveAsync(administrator, 1, "hết hạn")).Problems[0].Code);
        Assert.Equal("keys.unknown", (await changes.RemoveAsync(administrator, 7, "hết hạn")).Problems[0].Code);

        var accounts = await AccountsAsync(world);
        const string Others = "SELECT md5(string_agg(account_tag::text || account_tail || holder_name || known_from || version, ',' ORDER BY payee_no)) FROM channel";
        var others = await world.RowsAsync<string>(Others);
        var done = (await changes.RecipherAsync(administrator, "định kỳ")).Value;
        Assert.Equal(6 + 1, done.Columns.Sum(column => column.Items));
        Assert.All((await changes.ShowAsync(administrator)).Value.Sealed, count => Assert.Equal(2, count.Key));
        Assert.Equal(0, (await changes.RecipherAsync(administrator, "lần nữa")).Value.Columns.Sum(column => column.Items));
        Assert.True((await changes.RemoveAsync(administrator, 1, "hết hạn")).IsOk);
        Assert.Equal([2], Open().Value.DataKeys.Select(number => (int)number));

        Assert.Equal(6, accounts.Distinct().Count());
        Assert.Equal(accounts, await AccountsAsync(world));
        Assert.Equal(others, await world.RowsAsync<string>(Others));
        // The triggers that rested are awake.
        Assert.Empty(await world.RowsAsync<string>("SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE tgenabled = 'D'"));
        Assert.Equal(["keys.add", "keys.recipher", "keys.recipher", "keys.remove"], await world.RowsAsync<string>("SELECT kind FROM operation WHERE kind LIKE 'keys.%' ORDER BY operation_no"));
    }

    [PostgresFact]
    public async Task A_text_whose_key_is_missing_stops_the_change_of_its_column_with_nothing_lost()
    {
        await using var world = await OpenWorldAsync();
        await world.SqlAsync("ALTER TABLE channel DISABLE TRIGGER USER; UPDATE channel SET account_key = 9 WHERE payee_no = 11; ALTER TABLE channel ENABLE TRIGGER USER");
        await Changes(world).AddAsync(administrator, "định kỳ");
        Assert.Equal("keys.foreign", (await Changes(world).RecipherAsync(administrator, "định kỳ")).Problems[0].Code);
        Assert.Equal([1, 9], (await world.RowsAsync<short>("SELECT DISTINCT account_key FROM channel ORDER BY 1")).Select(key => (int)key));
    }

    /// <summary>A new column of cipher texts is known to the change of keys, or this fails.</summary>
    [PostgresFact]
    public async Task Every_column_of_cipher_texts_has_its_key_number_beside_it_and_can_be_sealed_anew()
    {
        await using var world = await OpenWorldAsync();
        await using var owner = await world.Database.OwnerAsync(default);
        var columns = await PaymentEngine.Postgres.Users.CipherStore.ColumnsAsync(owner, default);
        Assert.True(columns.Count >= 8, string.Join(", ", columns));
        Assert.Equal(columns.Count, await owner.SingleAsync<int>("SELECT count(*)::int FROM pg_attribute a JOIN unnest(@tables, @keys) k (t, c) ON a.attrelid = k.t::regclass AND a.attname = k.c",
            new { tables = columns.Select(column => column.Table).ToArray(), keys = columns.Select(column => column.KeyColumn).ToArray() }));
        Assert.True((await Changes(world).RecipherAsync(administrator, "thử")).IsOk);
    }

    [PostgresFact]
    public async Task A_new_signing_key_leaves_what_the_old_one_signed_in_force()
    {
        await using var world = await OpenWorldAsync();
        var runs = new PaymentRuns(world.Database, world.Clock, world.Law, BankingCalendars.VietNam) { Keys = Open };
        var view = (await runs.PlanAsync(world.Maker, world.November, null)).Value[0];
        Assert.True((await runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.DeclaredVnd)).IsOk);
        Assert.True((await runs.ApproveSeenAsync(world.Approver, view.Id, view.Total.DeclaredVnd)).IsOk);

        var before = (await Changes(world).ShowAsync(administrator)).Value.Fingerprint;
        var now = (await Changes(world).ChangeSigningAsync(administrator, "đổi máy")).Value;
        Assert.NotEqual(before, now);
        var keys = Open().Value;
        Assert.Null(keys.Try(null));
        Assert.Equal(new HashSet<string> { before, now }, keys.SigningFingerprints());
        var signed = Assert.Single((await new ApprovalSignatures(world.Database, new DiskFiles(new ActionCounter()), keys).OfAsync(world.Maker, view.Id, null)).Value);
        Assert.Equal((before, null), (signed.Fingerprint, signed.Problem));
        // A key that is none of this installation signs nothing here.
        File.Delete(Path.Combine(folder, "signing-1.crt"));
        Assert.NotNull(Assert.Single((await new ApprovalSignatures(world.Database, new DiskFiles(new ActionCounter()), Open().Value).OfAsync(world.Maker, view.Id, null)).Value).Problem);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
