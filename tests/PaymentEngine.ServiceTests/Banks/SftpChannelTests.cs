using System.Security.Cryptography;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>Sending by the system's sftp to a real OpenSSH server on loopback.</summary>
[Collection(BankCollection.Name)]
public sealed class SftpChannelTests(ApprovedRuns world)
{
    string Work => Path.Combine(world.Home, "channels");

    [SftpFact]
    public async Task A_file_appears_at_the_server_whole_and_by_its_name_only()
    {
        await using var server = await SftpServer.StartAsync();
        var (path, name, sha256) = File("whole.xml", 300_000);
        var channel = new SftpChannel(world.Files, server.Place, Work);
        Assert.Equal(InChannel.Nothing, await channel.LookAsync(name, sha256, default));
        await channel.BringAsync(path, name, sha256, default);
        Assert.Equal(["whole.xml.part"], Names(server));
        Assert.Equal(SendOutcome.Sent, (await channel.AppearAsync(name, sha256, default)).Outcome);
        Assert.Equal(["whole.xml"], Names(server));
        Assert.Equal(await System.IO.File.ReadAllBytesAsync(path), await System.IO.File.ReadAllBytesAsync(Path.Combine(server.Drop, name)));
        Assert.Equal(InChannel.SameBytes, await channel.LookAsync(name, sha256, default));
        Assert.Equal(InChannel.OtherBytes, await channel.LookAsync(name, new string('0', 64), default));
        // What it needed for a moment is gone again.
        Assert.Empty(Directory.GetFiles(Work));
    }

    [SftpFact]
    public async Task A_name_that_is_taken_is_refused_and_stays_as_it_is()
    {
        await using var server = await SftpServer.StartAsync();
        var (path, name, sha256) = File("taken.xml", 100);
        await System.IO.File.WriteAllTextAsync(Path.Combine(server.Drop, name), "theirs");
        var channel = new SftpChannel(world.Files, server.Place, Work);
        await channel.BringAsync(path, name, sha256, default);
        Assert.Equal(SendOutcome.Refused, (await channel.AppearAsync(name, sha256, default)).Outcome);
        Assert.Equal("theirs", await System.IO.File.ReadAllTextAsync(Path.Combine(server.Drop, name)));
    }

    [SftpFact]
    public async Task A_server_with_another_host_key_gets_nothing()
    {
        await using var server = await SftpServer.StartAsync();
        var (path, name, sha256) = File("key.xml", 100);
        var channel = new SftpChannel(world.Files, server.Place with { HostKey = server.OtherHostKey }, Work);
        var fault = await Assert.ThrowsAsync<ChannelException>(() => channel.BringAsync(path, name, sha256, default));
        Assert.Equal("neighbour.host_key", fault.Problem.Code);
        Assert.False(fault.IsPassing);
        Assert.Contains(Fingerprints.OfHostKey(server.OtherHostKey), fault.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(SendOutcome.Refused, (await channel.AppearAsync(name, sha256, default)).Outcome);
        Assert.Empty(Names(server));
    }

    [SftpFact]
    public async Task A_login_a_folder_and_a_server_that_are_not_there_are_told_apart()
    {
        await using var server = await SftpServer.StartAsync();
        var (_, name, sha256) = File("apart.xml", 100);
        async Task<ChannelException> LookAsync(SftpPlace place) => await Assert.ThrowsAsync<ChannelException>(() => new SftpChannel(world.Files, place, Work).LookAsync(name, sha256, default));
        Assert.Equal(("neighbour.login", false), await LookAsync(server.Place with { KeyFile = server.OtherKey }) is var login ? (login.Problem.Code, login.IsPassing) : default);
        Assert.Equal(("neighbour.bank_channel", false), await LookAsync(server.Place with { Folder = server.Drop + "/nowhere" }) is var folder ? (folder.Problem.Code, folder.IsPassing) : default);
        await server.DownAsync();
        Assert.Equal(("neighbour.bank_channel", true), await LookAsync(server.Place) is var gone ? (gone.Problem.Code, gone.IsPassing) : default);
        Assert.Equal(SendOutcome.Refused, (await new SftpChannel(world.Files, server.Place, Work).AppearAsync(name, sha256, default)).Outcome);
    }

    [SftpFact]
    public async Task A_connection_lost_while_the_file_is_renamed_is_unknown_until_somebody_looks()
    {
        var (path, name, sha256) = File("lost.xml", 100);
        await using var server = await SftpServer.StartAsync(drop => CutAtRename(world.Folder("cut"), Path.Combine(drop, name)));
        var channel = new SftpChannel(world.Files, server.Place, Work);
        await channel.BringAsync(path, name, sha256, default);
        var report = await channel.AppearAsync(name, sha256, default);
        Assert.Equal(SendOutcome.Unknown, report.Outcome);
        Assert.Contains("lost while the file was being renamed", report.Evidence, StringComparison.Ordinal);
        Assert.Equal(InChannel.SameBytes, await channel.LookAsync(name, sha256, default));
    }

    [SftpFact]
    public async Task A_hand_over_whose_answer_was_lost_stays_in_doubt_and_is_proven_by_the_next_look()
    {
        var run = await world.AddAsync(2);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("lost-run"))).Value.Files[0];
        await using var server = await SftpServer.StartAsync(drop => CutAtRename(world.Folder("cut-run"), Path.Combine(drop, file.MsgId + ".xml")));
        var channel = new SftpChannel(world.Files, server.Place, Work);
        Assert.Equal("neighbour.bank_channel_unknown", (await world.HandOvers.SendAsync(world.Maker, run, channel)).Problems[0].Code);
        Assert.Equal(2, await world.StandingAsync(run, 4));
        var sent = (await world.HandOvers.SendAsync(world.Maker, run, channel)).Value;
        Assert.True(sent.AllSent);
        Assert.Contains("Found in sftp", sent.Files[0].Evidence, StringComparison.Ordinal);
        await world.VerifyAsync(run);
    }

    [SftpFact]
    public async Task A_run_goes_to_its_bank_by_the_set_channel_with_manifest_and_signature_and_comes_back_while_it_lies_there()
    {
        await using var server = await SftpServer.StartAsync();
        var administrator = world.Maker with { Roles = new HashSet<string> { Role.Administrator } };
        var settings = new BankChannelSettings(world.Database, world.Clock);
        var wanted = new StoredChannel
        {
            BankBin = "970405", Kind = ChannelKind.Sftp, Folder = server.Drop, Host = "127.0.0.1", Port = server.Port, Login = Environment.UserName, KeyFile = server.Key, HostKey = server.HostKey,
            TakesAway = true, WithManifest = true, Tries = 2, TimeOutSeconds = 30, BreakAfter = 5, BreakSeconds = 60,
        };
        Assert.Equal("not_allowed.role", (await settings.SetAsync(world.Maker, wanted)).Problems[0].Code);
        Assert.Equal(["channel.host_key", "channel.key_file"], (await settings.SetAsync(administrator, wanted with { HostKey = "ssh-ed25519 AAAA", KeyFile = "/nowhere" })).Problems.Select(problem => problem.Code));
        Assert.Equal(["channel.folder"], (await settings.SetAsync(administrator, wanted with { Folder = "/a\"; rm *" })).Problems.Select(problem => problem.Code));
        Assert.True((await settings.SetAsync(administrator, wanted)).Value.IsNew);
        Assert.False((await settings.SetAsync(administrator, wanted)).Value.IsNew);

        var run = await world.AddAsync(3);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("sftp-run"))).Value.Files[0];
        var channels = new BankChannels(world.Files, Work);
        var sent = (await world.HandOvers.SendAsync(world.Maker, run, channels)).Value;
        Assert.True(sent.AllSent);
        Assert.Equal([file.MsgId + ".json", file.MsgId + ".json.p7s", file.MsgId + ".xml"], Names(server));
        // The bank's side needs nothing of ours.
        Assert.Empty(Assert.Single(new FileVerification(world.Files, new(world.Keys.SigningCertificate(), null)).Verify(server.Drop).Value).Problems);

        var back = (await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels)).Value;
        Assert.False(back.AllSent);
        Assert.Equal([file.MsgId + ".json", file.MsgId + ".json.p7s"], Names(server));
        Assert.Equal(3, await world.StandingAsync(run, 3));

        // Sent once more the same bytes have the same name; the bank takes them, and then nothing comes back.
        Assert.True((await world.HandOvers.SendAsync(world.Maker, run, channels)).Value.AllSent);
        System.IO.File.Delete(Path.Combine(server.Drop, file.MsgId + ".xml"));
        Assert.Equal("not_allowed.bank_has_it", (await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels)).Problems[0].Code);
        Assert.Equal(3, await world.StandingAsync(run, 4));
        await world.VerifyAsync(run);
    }

    (string Path, string Name, string Sha256) File(string name, int bytes)
    {
        var folder = world.Folder("sftp-" + name);
        Directory.CreateDirectory(folder);
        var content = new byte[bytes];
        for (var i = 0; i < bytes; i++) content[i] = (byte)(((i * 31) + (i >> 8)) & 255);
        System.IO.File.WriteAllBytes(Path.Combine(folder, name), content);
        return (Path.Combine(folder, name), name, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    static IEnumerable<string?> Names(SftpServer server) => Directory.GetFiles(server.Drop).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>A server program that passes everything on to the real one; a request to rename (SSH_FXP_RENAME, type 18) is done there, and its answer never comes back.</summary>
    static string CutAtRename(string folder, string appears)
    {
        Directory.CreateDirectory(folder);
        var script = Path.Combine(folder, "cut.pl");
        System.IO.File.WriteAllText(script, $$"""
            #!/usr/bin/perl
            use strict; use IPC::Open2;
            my ($server) = grep { -x $_ } qw(/usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server /usr/lib/ssh/sftp-server);
            my $pid = open2(my $from, my $to, $server);
            my $answers = fork;
            if ($answers == 0) { close $to; my $b; while (sysread($from, $b, 65536)) { syswrite(STDOUT, $b) } exit }
            my $rest = "";
            while (sysread(STDIN, my $b, 65536)) {
                $rest .= $b;
                while (length($rest) >= 5) {
                    my $size = 4 + unpack("N", $rest);
                    last if length($rest) < $size;
                    my $packet = substr($rest, 0, $size, "");
                    if (unpack("C", substr($packet, 4, 1)) == 18) { kill 9, $answers; waitpid($answers, 0); }
                    syswrite($to, $packet);
                    next if unpack("C", substr($packet, 4, 1)) != 18;
                    for (1 .. 500) { last if -e "{{appears}}"; select(undef, undef, undef, 0.01) }
                    kill 9, $pid;
                    exit;
                }
            }
            # A session that asked for no rename ends as it should: the real server is told, and its last answers pass.
            close $to; waitpid($answers, 0); waitpid($pid, 0);

            """);
        System.IO.File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return script;
    }
}
