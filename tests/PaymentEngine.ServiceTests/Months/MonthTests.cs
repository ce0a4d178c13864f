using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Demonstration;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Months;

/// <summary>A month, end to end, as a newcomer sees it and as the bank may tell it.</summary>
[Collection(Audit.TwoMonthsCollection.Name)]
public sealed class MonthTests(Audit.AuditWorld months) : IDisposable
{
    readonly List<string> homes = [];

    public void Dispose() => homes.ForEach(ScratchCluster.Remove);

    string NewHome()
    {
        homes.Add(Directory.CreateTempSubdirectory("pe-month-").FullName);
        return homes[^1];
    }

    [PostgresFact]
    public async Task The_real_program_pays_two_months_and_every_dong_has_its_place()
    {
        var environment = new Dictionary<string, string> { ["PAYENGINE_HOME"] = NewHome() };
        var (exit, output, error) = await TheProgram.RunAsync(environment, "demo", "--recipients", "200", "--month", "2026-11", "--json");
        Assert.True(exit == 0, error + output);
        using var told = JsonDocument.Parse(output);
        var certificates = told.RootElement.GetProperty("certificates").EnumerateArray().ToList();
        Assert.Equal(4, certificates.Count);
        Assert.All(certificates, certificate =>
        {
            Assert.True(certificate.GetProperty("closes").GetBoolean());
            Assert.Equal(certificate.GetProperty("listed_vnd").GetInt64(), certificate.GetProperty("places").EnumerateArray().Sum(place => place.GetProperty("sum_vnd").GetInt64()));
        });
        Assert.All(told.RootElement.GetProperty("invariants").EnumerateArray(), finding => Assert.True(finding.GetProperty("holds").GetBoolean(), finding.ToString()));
        Assert.Contains(certificates, certificate => certificate.GetProperty("places").EnumerateArray().Any(place => place.GetProperty("place").GetString() == "paid_in_cash" && place.GetProperty("items").GetInt32() > 0));

        // Its two people can log in; the first figures are the ones that every later question gives.
        var folder = told.RootElement.GetProperty("folder").GetString()!;
        var run = certificates[3].GetProperty("run").GetString()!;
        Assert.Equal(0, (await TheProgram.RunAsync(environment, "login", "lan", "--password-file", Path.Combine(folder, "people", "lan.password"), "--code-file", Path.Combine(folder, "people", "lan.totp"))).Exit);
        var (certified, paper, _) = await TheProgram.RunAsync(environment, "run", "certificate", run, "--json");
        Assert.Equal(0, certified);
        using (var certificate = JsonDocument.Parse(paper)) Assert.Equal(certificates[3].GetProperty("listed_vnd").GetInt64(), certificate.RootElement.GetProperty("listed_vnd").GetInt64());
        Assert.Equal(0, (await TheProgram.RunAsync(environment, "verify")).Exit);

        // Exporting again, elsewhere: the same bytes.
        var again = Path.Combine(environment["PAYENGINE_HOME"], "again");
        var (exported, _, why) = await TheProgram.RunAsync(environment, "run", "export", run, "--out", again);
        Assert.True(exported == 0, why);
        Assert.Equal(Hashes(Path.Combine(folder, "files", run)), Hashes(again));

        // Returned cash lists, several at once: what is known does no harm, and a list that is not ours is refused beside them.
        var returned = Directory.EnumerateFiles(Path.Combine(folder, "cash"), "*.returned.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(2).ToList();
        var foreign = Path.Combine(environment["PAYENGINE_HOME"], "foreign.csv");
        File.WriteAllText(foreign, "receipt_code,result,paid_on\n0000-0000,paid,2026-11-05\n");
        var confirmed = await TheProgram.RunAsync(environment, ["cash", "confirm", .. returned, foreign, "--json"]);
        Assert.Equal(ExitCode.Refused, confirmed.Exit);
        using (var lists = JsonDocument.Parse(confirmed.Out))
        {
            var files = lists.RootElement.GetProperty("files").EnumerateArray().ToList();
            Assert.Equal(3, files.Count);
            Assert.All(files.Take(2), list => Assert.True(list.GetProperty("known_before").GetInt32() > 0 && list.GetProperty("paid").GetInt32() == 0, list.ToString()));
            Assert.Equal("foreign.csv", files[2].GetProperty("problems")[0].GetProperty("file").GetString());
        }

        // A second demonstration is harmless and tells the same story.
        var second = await TheProgram.RunAsync(environment, "demo", "--recipients", "200", "--month", "2026-11", "--json");
        Assert.True(second.Exit == 0, second.Error);
        using var retold = JsonDocument.Parse(second.Out);
        Assert.Equal(told.RootElement.GetProperty("certificates").ToString(), retold.RootElement.GetProperty("certificates").ToString());
    }

    [PostgresFact]
    public async Task Bank_answers_shuffled_and_twice_give_the_same_states()
    {
        var inOrder = await EndOfAsync(months.Context);
        var shuffled = await EndOfAsync(files =>
        {
            var random = new SeededRandom(77);
            return [.. files.Concat(files).OrderBy(_ => random.NextUInt64())];
        });
        Assert.NotEmpty(inOrder);
        Assert.Equal(inOrder, shuffled);
    }

    async Task<IReadOnlyList<string>> EndOfAsync(Func<IReadOnlyList<string>, IReadOnlyList<string>> answersAs)
    {
        var home = NewHome();
        var settings = Settings.From(name => name == "PAYENGINE_HOME" ? home : null);
        var context = new CommandContext(["--quiet"], SystemClock.Instance, settings, TextWriter.Null, TextWriter.Null);
        var ended = await new Demonstration(context, Audit.AuditWorld.Story(home) with { AnswersAs = answersAs }).RunAsync(CancellationToken.None);
        Assert.True(ended.IsOk, ended.IsOk ? "" : ended.Problems[0].ToString());
        Assert.All(ended.Value.Invariants, finding => Assert.True(finding.Holds, string.Join("; ", finding.Violations)));
        return await EndOfAsync(context);
    }

    /// <summary>The end of a demonstration: the place of every disbursement, how every attempt ended, every open case.</summary>
    static async Task<IReadOnlyList<string>> EndOfAsync(CommandContext context)
    {
        await using var database = (await context.OpenDatabaseAsync(CancellationToken.None)).Value;
        await using var session = await database.RunAsync(CancellationToken.None);
        return await session.QueryAsync<string>("""
            -- test
            SELECT 'place ' || month || '/' || run_no || '/' || line_no || ' ' || place || ' ' || amount_vnd FROM position
            UNION ALL SELECT 'end ' || month || '/' || run_no || '/' || line_no || '/' || attempt || ' ' || how FROM attempt_end
            UNION ALL SELECT 'case ' || kind || ' ' || coalesce(month, 0) || '/' || coalesce(run_no, 0) || '/' || coalesce(line_no, 0) || ' ' || amount_vnd FROM payment_case WHERE closed_at IS NULL
            ORDER BY 1
            """);
    }

    static IReadOnlyList<string> Hashes(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}")];
}
