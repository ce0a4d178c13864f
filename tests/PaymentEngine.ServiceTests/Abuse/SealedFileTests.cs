using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Paper;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Banks;
using PaymentEngine.ServiceTests.Cash;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse cases 5, 6, 7 and 25: the file between approval and bank, and the disk it stands on.</summary>
[Collection(BankCollection.Name)]
public sealed class SealedFileTests(ApprovedRuns world)
{
    Exports ExportsOn(IFiles files) => new(world.Database, files, world.Keys, world.Clock);

    HandOvers HandOversOn(IFiles files) => new(world.Database, files, new Archive(files, Path.Combine(world.Home, "archive")), world.Clock);

    static string Hash(string folder) => string.Join(' ', Directory.GetFiles(folder).Where(file => !file.EndsWith(".p7s", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(file => Path.GetFileName(file) + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));

    static IReadOnlyList<string> Ids(string folder)
    {
        var ids = new List<string>();
        foreach (var file in Directory.GetFiles(folder, "*.xml")) Assert.True(Pain001Reader.ReadBack(File.OpenRead(file), payment => ids.Add(payment.EndToEndId!)).IsOk);
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    /// <summary>Everything in a folder is whole or is an unfinished file that the next export takes away; a name that counts never stands for half a file.</summary>
    async Task FailsAtEachActionAsync(bool full)
    {
        var failures = 0;
        for (var at = 1; ; at++)
        {
            var run = await world.AddAsync(2);
            var folder = world.Folder(string.Create(CultureInfo.InvariantCulture, $"abuse-{(full ? "full" : "cut")}-{at}"));
            var failing = new FailingFiles(world.Files, at, full);
            Exception? stopped = null;
            try
            {
                Ok(await ExportsOn(failing).ExportAsync(world.Maker, run, folder));
            }
            catch (Exception fault) when (fault is PowerCutException or IOException)
            {
                stopped = fault;
            }

            Assert.Equal(failing.Failed, stopped is not null);
            var left = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.xml").ToDictionary(file => file, File.ReadAllBytes) : [];
            Assert.All(left.Keys, file => Assert.Empty(OurSchema.CheckPain001(File.OpenRead(file))));
            if (stopped is not null)
            {
                failures++;
                // Nothing that did not come to its end can be sent.
                Assert.StartsWith("not_allowed.", Code(await world.HandOvers.RecordAsync(world.Maker, run, "on a stick")), StringComparison.Ordinal);
            }

            // The same command again, with room and power: the same names with the same bytes, and nothing beside them.
            Ok(await ExportsOn(world.Files).ExportAsync(world.Maker, run, folder));
            var names = Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(3, names.Count);
            Assert.All(left, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
            Assert.Equal([new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(0), 1).ToString(), new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(1), 1).ToString()], Ids(folder));
            var elsewhere = world.Folder("abuse-elsewhere");
            Ok(await ExportsOn(world.Files).ExportAsync(world.Maker, run, elsewhere));
            Assert.Equal(Hash(folder), Hash(elsewhere));
            await world.VerifyAsync(run);
            if (stopped is null) break;
        }

        Assert.True(failures >= 6, $"The export was stopped only {failures} times.");
    }

    [PostgresFact]
    public async Task AbuseCase05_Double_payment_by_re_export_ten_exports_are_one_set_of_ids_and_one_file()
    {
        await FailsAtEachActionAsync(full: false);
        var run = await world.AddAsync(3);
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var time = 0; time < 10; time++)
        {
            var folder = world.Folder(string.Create(CultureInfo.InvariantCulture, $"abuse-ten-{time}"));
            Ok(await world.Exports.ExportAsync(world.Maker, run, folder));
            hashes.Add(Hash(folder));
            ids.Add(string.Join(' ', Ids(folder)));
        }

        Assert.Single(hashes);
        Assert.Single(ids);
        Assert.Equal(3, ids.Single().Split(' ').Length);

        // A second live payment has no place in the store: the chain of attempts refuses it, whoever writes it.
        await using var session = await world.Database.RunAsync(default);
        foreach (var attempt in (int[])[2, 3])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => session.ExecuteAsync($"""
                INSERT INTO attempt (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run)
                SELECT province_code, month, run_no, line_no, {attempt}, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run FROM attempt WHERE run_no = {run.RunNo} AND attempt = 1;
                """));
            Assert.Equal("attempt_after_proven_end", refused.ConstraintName);
        }
    }

    [PostgresFact]
    public async Task AbuseCase06_A_batch_file_edited_between_approval_and_transmission_is_not_sent_whatever_byte_it_is()
    {
        var run = await world.AddAsync(1);
        var folder = world.Folder("abuse-edited");
        var file = Assert.Single(Ok(await world.Exports.ExportAsync(world.Maker, run, folder)).Files);
        var bank = world.Folder("abuse-edited-bank");
        var channel = new FolderChannel(world.Files, bank);
        var bytes = await File.ReadAllBytesAsync(file.Path);
        var refusals = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(file.Path, flipped);
            var sent = await world.HandOvers.SendAsync(world.Maker, run, channel);
            Assert.True(!sent.IsOk && sent.Problems[0].Code == "not_allowed.sealed_file_changed", $"byte {at}");
            refusals++;
        }

        Assert.Equal(bytes.Length, refusals);

        // Longer, shorter, empty, gone; another sealed file under this name, the two swapped, and an older one put back.
        var otherRun = await world.AddAsync(1);
        var other = Assert.Single(Ok(await world.Exports.ExportAsync(world.Maker, otherRun, folder)).Files);
        foreach (var bad in new byte[][] { [.. bytes, (byte)'\n'], bytes[..^1], [], await File.ReadAllBytesAsync(other.Path) })
        {
            await File.WriteAllBytesAsync(file.Path, bad);
            Assert.Equal("not_allowed.sealed_file_changed", Code(await world.HandOvers.SendAsync(world.Maker, run, channel)));
        }

        var otherBytes = await File.ReadAllBytesAsync(other.Path);
        await File.WriteAllBytesAsync(file.Path, otherBytes);
        await File.WriteAllBytesAsync(other.Path, bytes);
        Assert.Equal("not_allowed.sealed_file_changed", Code(await world.HandOvers.SendAsync(world.Maker, run, channel)));
        Assert.Equal("not_allowed.sealed_file_changed", Code(await world.HandOvers.SendAsync(world.Maker, otherRun, channel)));
        File.Delete(file.Path);
        Assert.False((await world.HandOvers.SendAsync(world.Maker, run, channel)).IsOk);
        Assert.Empty(Directory.Exists(bank) ? Directory.GetFiles(bank) : []);

        // Neither can a person say that they carried it over; the bytes that were approved can.
        await File.WriteAllBytesAsync(file.Path, bytes[..^1]);
        Assert.Equal("not_allowed.sealed_file_changed", Code(await world.HandOvers.RecordAsync(world.Maker, run, "on a stick")));
        await File.WriteAllBytesAsync(file.Path, bytes);
        Assert.True(Ok(await world.HandOvers.SendAsync(world.Maker, run, channel)).AllSent);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(bank, file.MsgId + ".xml")));
    }

    sealed class CutAfterSending(IBankChannel channel) : IBankChannel
    {
        public string Name => channel.Name;

        public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => channel.LookAsync(fileName, sha256, cancel);

        public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => channel.BringAsync(sealedPath, fileName, sha256, cancel);

        public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
        {
            await channel.AppearAsync(fileName, sha256, cancel);
            throw new PowerCutException();
        }

        public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => channel.SetAsideAsync(fileName, sha256, cancel);

        public Task ClearAsideAsync(string fileName, CancellationToken cancel) => channel.ClearAsideAsync(fileName, cancel);
    }

    /// <summary>A channel that counts how often a file was given its name there.</summary>
    sealed class CountedChannel(IBankChannel channel) : IBankChannel
    {
        int appeared;

        public int Appeared => appeared;

        public string Name => channel.Name;

        public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => channel.LookAsync(fileName, sha256, cancel);

        public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => channel.BringAsync(sealedPath, fileName, sha256, cancel);

        public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
        {
            var report = await channel.AppearAsync(fileName, sha256, cancel);
            if (report.Outcome == SendOutcome.Sent) Interlocked.Increment(ref appeared);
            return report;
        }

        public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => channel.SetAsideAsync(fileName, sha256, cancel);

        public Task ClearAsideAsync(string fileName, CancellationToken cancel) => channel.ClearAsideAsync(fileName, cancel);
    }

    async Task<int> SentOutcomesAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.SingleAsync<int>("SELECT count(*)::int FROM hand_over_outcome o JOIN bank_file f USING (province_code, month, file_no) WHERE f.run_no = @RunNo AND o.outcome = 'sent'", new { run.RunNo });
    }

    [PostgresFact]
    public async Task AbuseCase07_The_same_file_transmitted_twice_after_a_crash_a_second_press_and_from_two_servers_reaches_the_bank_once()
    {
        // The power goes after the file is with the bank and before anybody wrote that down.
        var run = await world.AddAsync(2);
        var file = Assert.Single(Ok(await world.Exports.ExportAsync(world.Maker, run, world.Folder("abuse-twice"))).Files);
        var bank = world.Folder("abuse-twice-bank");
        var channel = new CountedChannel(new FolderChannel(world.Files, bank));
        await Assert.ThrowsAsync<PowerCutException>(() => world.HandOvers.SendAsync(world.Maker, run, new CutAfterSending(channel)));
        // The bank has taken it away: the program cannot know, and does not send it again by itself.
        var taken = Path.Combine(bank, file.MsgId + ".xml");
        var bytes = await File.ReadAllBytesAsync(taken);
        File.Delete(taken);
        for (var press = 0; press < 3; press++) Assert.Equal("not_allowed.in_doubt", Code(await world.HandOvers.SendAsync(world.Maker, run, channel)));
        Assert.Equal("usage.evidence_missing", Code(await world.HandOvers.RecordNotSentAsync(world.Maker, run, " ")));
        Assert.Equal(1, channel.Appeared);
        // It lies there after all: proven, not sent again.
        await File.WriteAllBytesAsync(taken, bytes);
        Assert.True(Ok(await world.HandOvers.SendAsync(world.Maker, run, channel)).AllSent);
        for (var press = 0; press < 3; press++) Assert.False(Ok(await world.HandOvers.SendAsync(world.Maker, run, channel)).Files[0].IsNew);
        Assert.Equal((1, 1), (channel.Appeared, await SentOutcomesAsync(run)));

        // Two servers, and a finger that presses twice, all at once.
        await using var otherServer = (await Database.OpenAsync(world.Home, "", new ActionCounter(), null, default)).Value;
        for (var round = 0; round < 5; round++)
        {
            var raced = await world.AddAsync(2);
            var racedFile = Assert.Single(Ok(await world.Exports.ExportAsync(world.Maker, raced, world.Folder(string.Create(CultureInfo.InvariantCulture, $"abuse-race-{round}")))).Files);
            var there = world.Folder(string.Create(CultureInfo.InvariantCulture, $"abuse-race-bank-{round}"));
            var counted = new CountedChannel(new FolderChannel(world.Files, there));
            var presses = Enumerable.Range(0, 6).Select(press => Task.Run(() =>
                new HandOvers(press % 2 == 0 ? world.Database : otherServer, world.Files, world.Archive, world.Clock).SendAsync(world.Maker, raced, counted))).ToList();
            var answers = await Task.WhenAll(presses);
            Assert.All(answers.Where(answer => !answer.IsOk), answer => Assert.True(answer.Problems[0].Message.Length > 0 && answer.Problems[0].Remedy.Length > 0));
            Assert.Equal((1, 1), (counted.Appeared, await SentOutcomesAsync(raced)));
            Assert.Equal([racedFile.MsgId + ".xml"], Directory.GetFiles(there).Select(Path.GetFileName));
            Assert.Equal(2, await world.StandingAsync(raced, 4));
        }
    }

    [PostgresFact]
    public async Task AbuseCase25_A_partial_write_of_a_file_on_crash_or_full_disk_leaves_the_whole_file_or_none()
    {
        await FailsAtEachActionAsync(full: true);

        // What comes in: kept whole under its digest, or not there.
        var incoming = Path.Combine(world.Home, "incoming.xml");
        await File.WriteAllTextAsync(incoming, string.Concat(Enumerable.Repeat("<a>một tệp của ngân hàng</a>\n", 5_000)));
        var digest = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(incoming)));
        foreach (var full in (bool[])[false, true])
        {
            var inbox = world.Folder(full ? "abuse-inbox-full" : "abuse-inbox-cut");
            for (var at = 1; ; at++)
            {
                var failing = new FailingFiles(world.Files, at, full);
                try
                {
                    Ok(new Archive(failing, inbox).Keep(incoming));
                }
                catch (Exception fault) when (fault is PowerCutException or IOException)
                {
                    Assert.All(Directory.Exists(inbox) ? Directory.GetFiles(inbox, digest, SearchOption.AllDirectories) : [], kept => Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(kept)))));
                }

                if (!failing.Failed) break;
                var again = Ok(new Archive(world.Files, inbox).Keep(incoming));
                Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(inbox, again.StoredAs)))));
                File.Delete(Path.Combine(inbox, again.StoredAs));
            }
        }
    }
}

/// <summary>Abuse case 25, the lists that people are paid by.</summary>
[Collection(AbuseCollection.Name)]
public sealed class CashListOnFullDiskTests(ScratchCluster cluster)
{
    static readonly int Every = CrashPoints.Every(4);

    [PostgresFact]
    public async Task AbuseCase25_A_partial_write_of_a_cash_list_is_written_again_with_the_same_bytes()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.Runs.ApprovedAsync();
        var list = (await world.PrintAsync(NodaTime.Instant.FromUtc(2026, 11, 2, 3, 0)))[0];
        var right = new[] { list.CsvFile, list.PageFile }.ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
        var disk = new DiskFiles(new ActionCounter());
        foreach (var full in (bool[])[false, true])
        {
            for (var at = 1; ; at += Every)
            {
                var folder = Path.Combine(world.Folder, string.Create(CultureInfo.InvariantCulture, $"{full}-{at}"));
                var failing = new FailingFiles(disk, at, full);
                try
                {
                    Ok(await new CashPayouts(world.Runs.Database, world.Runs.Clock, failing, new PaperPrinter(failing, "")).WriteAsync(world.Cashier, list.Id, folder, false, default));
                }
                catch (Exception fault) when (fault is PowerCutException or IOException)
                {
                    foreach (var (name, bytes) in right)
                        if (File.Exists(Path.Combine(folder, name))) Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder, name)));
                }

                Ok(await world.Cash.WriteAsync(world.Cashier, list.Id, folder, false, default));
                foreach (var (name, bytes) in right) Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder, name)));
                if (!failing.Failed) break;
                Assert.True(at < 200);
            }
        }
    }
}
