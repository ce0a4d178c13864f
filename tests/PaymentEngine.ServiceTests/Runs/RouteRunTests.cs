using System.Text;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>Two accounts of a payer at one bank, one of them for instant payments, and a plan that stopped half-way while somebody changed the routes.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RouteRunTests(ScratchCluster cluster)
{
    const string Head = "payer_code,place,programmes,creditor_banks,amount_from_vnd,amount_to_vnd,channel,profile,debtor_bank_bin,debtor_account_no,debtor_account_name,customer_no,valid_from,valid_to\n";
    const string Bank = "970433";

    [PostgresFact]
    public async Task A_plan_taken_up_again_keeps_the_routes_it_was_begun_with_two_accounts_at_one_bank_and_the_instant_channel()
    {
        var text = Encoding.UTF8.GetString(BankProfiles.FindKnown("lpbank")!.Content.Span).Replace("\"id\": \"lpbank\"", "\"id\": \"any-account\"", StringComparison.Ordinal)
            .Replace("\"bankBins\": [\"970449\"]", $"\"bankBins\": [\"{Bank}\"]", StringComparison.Ordinal).Replace("\"accountPattern\": null", "\"accountPattern\": \"[0-9A-Z]+\"", StringComparison.Ordinal);
        Assert.True(BankProfiles.Load([("any-account.json", Encoding.UTF8.GetBytes(text))]).IsOk);
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 8); // by account: 1 and 5, 3 and 7
        var home = Directory.CreateTempSubdirectory("pe-routes-").FullName;
        try
        {
            var files = new DiskFiles(new ActionCounter());
            var keys = KeyFolder.Open(Path.Combine(home, "keys"), world.Clock).Value;
            using var cipher = keys.OpenCipher();
            foreach (var (payee, bin) in ((int, string)[])[(1, Bank), (3, "970436"), (5, "970415"), (7, "970436")])
            {
                var held = cipher.Seal(bin, AccountNumber.Parse($"00110000{payee}").Value);
                await world.TamperAsync(FormattableString.Invariant($"UPDATE channel SET bank_bin = '{bin}', account_key = {held.Key}, account_cipher = '\\x{Convert.ToHexString(held.Cipher)}', account_tag = '\\x{Convert.ToHexString(held.Tag)}' WHERE payee_no = {payee}"));
            }

            async Task LoadAsync(params string[] rows)
            {
                var path = Path.Combine(home, $"routes-{rows.Length}.csv");
                await File.WriteAllTextAsync(path, Head + string.Concat(rows.Select(row => row + "\n")));
                var loaded = await new PayerRoutes(world.Database, files, world.Clock).LoadAsync(new Caller(RunWorld.Province, "editor", "Người sửa tài khoản", new HashSet<string> { Role.AccountEditor }, null) { ProvenUntil = Instant.MaxValue }, path, cipher, default);
                Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));
            }

            await LoadAsync("SO,1,,970436,,,instant,,970405,3600111111111,SO Y TE,KH1,,", "SO,2,,,,,,,970405,3600222222222,SO Y TE,KH2,,");

            // The plan is begun and stops before its first partition: here because the keys cannot be read.
            var stopped = new PaymentRuns(world.Database, world.Clock, world.Law, BankingCalendars.VietNam) { Keys = () => throw new IOException("no keys") };
            await Assert.ThrowsAsync<IOException>(() => stopped.PlanAsync(world.Maker, world.November, null));
            await LoadAsync("SO,1,,,,,,,970415,1112223334,SO Y TE,,,");
            var runs = new PaymentRuns(world.Database, world.Clock, world.Law, BankingCalendars.VietNam) { Keys = () => KeyFolder.Open(Path.Combine(home, "keys"), world.Clock) };
            var view = Assert.Single((await runs.PlanAsync(world.Maker, world.November, null)).Value);
            Assert.True(view.Resumed);
            Assert.True((await runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.ListedVnd)).IsOk);
            Assert.True((await runs.ApproveSeenAsync(world.Approver, view.Id, view.Total.ListedVnd)).IsOk);

            world.Clock.Now = Instant.FromUtc(2026, 11, 2, 1, 0);
            var exported = await new Exports(world.Database, files, keys, world.Clock).ExportAsync(world.Maker, view.Id, Path.Combine(home, "out"));
            Assert.True(exported.IsOk, string.Join('\n', exported.Problems));
            var batches = exported.Value.Files.SelectMany(file =>
            {
                using var stream = File.OpenRead(file.Path);
                return Pain001Reader.ReadBack(stream).Value.Batches;
            }).OrderBy(batch => batch.DebtorAccount, StringComparer.Ordinal).Select(batch => (batch.DebtorAccount, batch.ServiceLevel, batch.Count));
            Assert.Equal([("3600111111111", "INST", 2), ("3600222222222", "NURG", 2)], batches);
            Assert.Equal([3, 7], await world.RowsAsync<int>("SELECT d.recipient_id FROM disbursement d JOIN attempt a USING (province_code, month, run_no, line_no) JOIN run_route r ON r.month = a.month AND r.run_no = a.run_no AND r.route_no = a.route_no WHERE r.channel = 'instant' ORDER BY 1"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
