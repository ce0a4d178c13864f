using System.Globalization;
using System.Security.Cryptography;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>The real program, killed in the middle of an export and a hand-over, then started again with the same command.</summary>
[Collection(BankCollection.Name)]
public class ExportCrashTests(ApprovedRuns world)
{
    static readonly int EveryActions = CrashPoints.Every(13);
    const int Killed = 137;

    [PostgresFact]
    public async Task An_export_killed_anywhere_and_started_again_leaves_one_set_of_files_with_the_same_bytes()
    {
        var environment = await LoggedInAsync();
        var crashes = 0;
        for (var at = EveryActions; ; at += EveryActions)
        {
            var run = await world.AddAsync(3, windowTo: "2199-12-31");
            var folder = world.Folder(string.Create(CultureInfo.InvariantCulture, $"crash-{at}"));
            var first = await TheProgram.RunAsync(Crashing(environment, at), "run", "export", run.ToString(), "--out", folder);
            if (first.Exit != Killed)
            {
                Assert.True(first.Exit == 0, first.Error);
                break;
            }

            crashes++;
            var second = await TheProgram.RunAsync(environment, "run", "export", run.ToString(), "--out", folder);
            Assert.True(second.Exit == 0, $"{at}: {second.Error}");
            await OneSealedSetAsync(run, folder);
            var elsewhere = world.Folder("again");
            Assert.Equal(0, (await TheProgram.RunAsync(environment, "run", "export", run.ToString(), "--out", elsewhere)).Exit);
            Assert.Equal(Hash(folder), Hash(elsewhere));
        }

        Assert.True(crashes >= 5, $"Only {crashes} crashes: the export was not stopped in the middle.");
    }

    [PostgresFact]
    public async Task A_hand_over_killed_anywhere_ends_with_the_file_in_the_folder_once_or_with_a_doubt_that_a_person_ends()
    {
        var environment = await LoggedInAsync();
        var (proven, doubts) = (0, 0);
        for (var at = EveryActions; ; at += EveryActions)
        {
            var run = await world.AddAsync(2, windowTo: "2199-12-31");
            var name = string.Create(CultureInfo.InvariantCulture, $"send-{at}");
            Assert.Equal(0, (await TheProgram.RunAsync(environment, "run", "export", run.ToString(), "--out", world.Folder(name))).Exit);
            var bank = world.Folder("bank-" + name);
            var first = await TheProgram.RunAsync(Crashing(environment, at), "run", "send", run.ToString(), "--to-folder", bank);
            if (first.Exit != Killed)
            {
                Assert.True(first.Exit == 0, first.Error);
                break;
            }

            var second = await TheProgram.RunAsync(environment, "run", "send", run.ToString(), "--to-folder", bank);
            if (second.Exit != 0)
            {
                Assert.Contains("--recorded", second.Error, StringComparison.Ordinal);
                Assert.Empty(Directory.Exists(bank) ? Directory.GetFiles(bank, "*.xml") : []);
                Assert.Equal(0, (await TheProgram.RunAsync(environment, "run", "send", run.ToString(), "--not-sent", "Hỏi ngân hàng: chưa có")).Exit);
                Assert.Equal(0, (await TheProgram.RunAsync(environment, "run", "send", run.ToString(), "--to-folder", bank)).Exit);
                doubts++;
            }
            else proven++;

            Assert.Single(Directory.GetFiles(bank));
            await using var session = await world.Database.RunAsync(default);
            Assert.Equal(1, await session.SingleAsync<int>("""
                SELECT count(*)::int FROM hand_over_outcome o JOIN bank_file f USING (province_code, month, file_no) WHERE f.run_no = @RunNo AND o.outcome = 'sent'
                """, new { run.RunNo }));
            Assert.Equal(2, await session.SingleAsync<long>("SELECT sum(CASE WHEN to_place = 4 THEN items ELSE -items END) FROM posting WHERE run_no = @RunNo AND file_no IS NOT NULL", new { run.RunNo }));
        }

        Assert.True(proven > 0 && proven + doubts >= 3, $"{proven} proven, {doubts} in doubt");
    }

    async Task OneSealedSetAsync(RunId run, string folder)
    {
        await using var session = await world.Database.RunAsync(default);
        var (msgId, sha256) = await session.SingleAsync<(string, byte[])>("SELECT msg_id, sha256 FROM bank_file JOIN bank_file_seal USING (province_code, month, file_no) WHERE run_no = @RunNo", new { run.RunNo });
        Assert.Equal([msgId + ".json", msgId + ".json.p7s", msgId + ".xml"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Convert.ToHexString(sha256), Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, msgId + ".xml")))));
        Assert.Equal(1, await session.SingleAsync<int>("SELECT count(*)::int FROM run_step WHERE run_no = @RunNo AND step = 'sealed'", new { run.RunNo }));
    }

    static string Hash(string folder) =>
        string.Join(' ', Directory.GetFiles(folder).Where(file => !file.EndsWith(".p7s", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));

    async Task<Dictionary<string, string>> LoggedInAsync()
    {
        var environment = new Dictionary<string, string> { ["PAYENGINE_HOME"] = world.Home, ["PAYENGINE_LANG"] = "en" };
        var password = Path.Combine(world.Home, "password");
        await File.WriteAllTextAsync(password, "bon-tu-roi-rac");
        if (!File.Exists(Path.Combine(world.Home, "session")))
        {
            var added = await TheProgram.RunAsync(environment, "user", "add", "lan", "--role", "administrator,maker", "--province", "40", "--password-file", password);
            Assert.True(added.Exit == 0, added.Error);
            await Proven.LogInAsync(environment, "lan", password);
        }

        return environment;
    }

    static Dictionary<string, string> Crashing(Dictionary<string, string> environment, int at) =>
        new(environment) { ["PAYENGINE_CRASH_AT"] = at.ToString(CultureInfo.InvariantCulture) };
}
