using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Banks;

/// <summary>Where and as whom files are carried by SFTP.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Login">The user there.</param>
/// <param name="KeyFile">Private key of that login, without a passphrase, readable by its owner alone.</param>
/// <param name="HostKey">The server's public key as pinned: type and base64, as in its <c>.pub</c> file.</param>
/// <param name="Folder">Folder on the server.</param>
public sealed record SftpPlace(string Host, int Port, string Login, string KeyFile, string HostKey, string Folder);

/// <summary>A folder on a bank's SFTP server, by the system's OpenSSH (<c>sftp -b</c>), with the server's key pinned.</summary>
/// <remarks>
/// Every step is a session of its own. What is brought is read back and hashed. The file appears by the rename that refuses an existing name; a session that is lost
/// after that was asked leaves the outcome unknown until somebody looks.
/// </remarks>
public sealed class SftpChannel(IFiles files, SftpPlace place, string workFolder) : IBankChannel
{
    const string Unfinished = ".part";
    const string SetAside = ".back";
    static int sessions;

    public string Name => string.Create(CultureInfo.InvariantCulture, $"sftp {place.Login}@{place.Host}:{place.Port} {place.Folder}");

    public async Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel)
    {
        var found = await FetchAsync(fileName, cancel);
        return found is null ? InChannel.Nothing : found == sha256 ? InChannel.SameBytes : InChannel.OtherBytes;
    }

    public async Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel)
    {
        var beside = fileName + Unfinished;
        var put = await RunAsync([$"-rm {Quoted(beside)}", $"-rm {Quoted(fileName + SetAside)}", $"put {Quoted(sealedPath)} {Quoted(beside)}"], cancel);
        if (put.Exit != 0) throw Fault(put, $"{fileName} could not be brought to {Name}");
        // Not the size alone: what will appear is what was sealed, byte for byte.
        if (await FetchAsync(beside, cancel) is var arrived && arrived != sha256)
        {
            throw new ChannelException(new Problem("neighbour.bank_channel", $"What arrived at {Name} as {beside} is not what was sent ({arrived ?? "nothing can be read there"}).",
                "Do this again. If it stays so, ask the bank: the login must be able to read what it has written."), isPassing: true);
        }
    }

    public async Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
    {
        SftpRun run;
        try
        {
            // -l: the rename that fails when the name is taken; the other one overwrites.
            run = await RunAsync([$"rename -l {Quoted(fileName + Unfinished)} {Quoted(fileName)}"], cancel);
        }
        catch (OperationCanceledException)
        {
            return new(SendOutcome.Unknown, $"The session with {Name} was ended before it answered.");
        }

        if (run.Exit == 0) return new(SendOutcome.Sent, $"At {Name} as {fileName}, SHA-256 {sha256}, read back there before it was renamed.");
        if (!run.Asked("rename")) return new(SendOutcome.Refused, $"No session with {Name}, nothing was asked: {run.LastError}");
        if (run.IsLost) return new(SendOutcome.Unknown, $"The session with {Name} was lost while the file was being renamed: {run.LastError}");
        try
        {
            // The server said no. A server that had done half of it (the new name made, the old one not removed) shows it.
            return await LookAsync(fileName, sha256, cancel) == InChannel.SameBytes
                ? new(SendOutcome.Sent, $"Found at {Name} as {fileName}, SHA-256 {sha256}.")
                : new(SendOutcome.Refused, $"{Name} refused to rename the file: {run.LastError}");
        }
        catch (ChannelException lost)
        {
            return new(SendOutcome.Unknown, $"{Name} refused to rename the file ({run.LastError}), and could not be looked at after that: {lost.Problem.Message}");
        }
    }

    public async Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel)
    {
        var aside = fileName + SetAside;
        if (await FetchAsync(aside, cancel) is null)
        {
            if (await LookAsync(fileName, sha256, cancel) is var found and not InChannel.SameBytes) return found == InChannel.Nothing ? TakeBackOutcome.Gone : TakeBackOutcome.OtherBytes;
            var run = await RunAsync([$"rename -l {Quoted(fileName)} {Quoted(aside)}"], cancel);
            if (run.Exit != 0 && !run.Asked("rename")) throw Fault(run, $"{fileName} could not be taken back from {Name}");
            if (run.IsLost) return TakeBackOutcome.Unknown;
            if (run.Exit != 0) return await LookAsync(fileName, sha256, cancel) == InChannel.Nothing ? TakeBackOutcome.Gone : throw Fault(run, $"{fileName} could not be taken back from {Name}");
        }

        return await FetchAsync(aside, cancel) == sha256 ? TakeBackOutcome.Recovered : TakeBackOutcome.OtherBytes;
    }

    public async Task ClearAsideAsync(string fileName, CancellationToken cancel)
    {
        var removed = await RunAsync([$"-rm {Quoted(fileName + SetAside)}"], cancel);
        if (removed.Exit != 0) throw Fault(removed, $"{Name} could not be cleared");
    }

    /// <summary>SHA-256 of a file there, downloaded; null when there is none of that name.</summary>
    async Task<string?> FetchAsync(string name, CancellationToken cancel)
    {
        files.MakeFolder(workFolder);
        var local = Path.Combine(workFolder, Unique("fetched"));
        try
        {
            // The hyphen lets the session end well when there is nothing, so that "nothing" and "no answer" cannot be mistaken for each other.
            var run = await RunAsync([$"-get {Quoted(name)} {Quoted(local)}", "pwd"], cancel);
            if (run.Exit != 0 || !run.Asked("pwd")) throw Fault(run, $"{Name} could not be looked at");
            if (run.Error.Contains("not found.", StringComparison.Ordinal)) return null;
            if (!files.Exists(local) || run.LastError.Length > 0) throw Fault(run, $"{name} at {Name} could not be read");
            return FileWriting.Sha256Of(files, local);
        }
        finally
        {
            files.Delete(local);
        }
    }

    async Task<SftpRun> RunAsync(IEnumerable<string> commands, CancellationToken cancel)
    {
        files.MakeFolder(workFolder);
        var known = Path.Combine(workFolder, Unique("known-hosts"));
        try
        {
            using (var stream = files.Create(known)) stream.Write(System.Text.Encoding.ASCII.GetBytes(KnownHost() + "\n"));
            return await SftpRun.StartAsync(Arguments(known), [$"cd {Quoted(place.Folder)}", .. commands], cancel);
        }
        finally
        {
            files.Delete(known);
        }
    }

    string KnownHost() => place.Port == 22 ? $"{place.Host} {place.HostKey}" : string.Create(CultureInfo.InvariantCulture, $"[{place.Host}]:{place.Port} {place.HostKey}");

    /// <summary>Nothing of the person's own SSH settings counts: no configuration, agent, password, other key or other host list; one host key and one type of it.</summary>
    IReadOnlyList<string> Arguments(string known) =>
    [
        "-F", "/dev/null", "-b", "-", "-P", place.Port.ToString(CultureInfo.InvariantCulture),
        "-oStrictHostKeyChecking=yes", $"-oUserKnownHostsFile={known}", "-oGlobalKnownHostsFile=/dev/null", "-oUpdateHostKeys=no", $"-oHostKeyAlgorithms={HostKeyTypes(place.HostKey)}",
        "-oIdentitiesOnly=yes", $"-oIdentityFile={place.KeyFile}", "-oIdentityAgent=none", "-oPreferredAuthentications=publickey", "-oPasswordAuthentication=no", "-oKbdInteractiveAuthentication=no",
        "-oBatchMode=yes", "-oClearAllForwardings=yes", "-oConnectTimeout=20", "-oServerAliveInterval=10", "-oServerAliveCountMax=3", "-oLogLevel=ERROR",
        $"{place.Login}@{place.Host}",
    ];

    /// <summary>The signature algorithms that the pinned key can be proven with.</summary>
    static string HostKeyTypes(string hostKey) => hostKey.Split(' ')[0] is var type and not "ssh-rsa" ? type : "rsa-sha2-512,rsa-sha2-256";

    ChannelException Fault(SftpRun run, string what)
    {
        var said = run.LastError;
        if (run.Exit == SftpRun.NotInstalled)
            return new(new Problem("neighbour.sftp_missing", "This machine has no sftp program.", "Install your system's OpenSSH client (openssh-client, openssh-clients)."), isPassing: false);
        if (run.Error.Contains("Host key verification failed", StringComparison.Ordinal) || run.Error.Contains("no matching host key type", StringComparison.Ordinal))
        {
            return new(new Problem("neighbour.host_key", $"{place.Host} showed another host key than the pinned one ({Fingerprints.OfHostKey(place.HostKey)}): nothing was sent.",
                "Do not send. Ask the bank, by another way than this network, whether it changed its key; then pin the new one: payengine bank channel set."), isPassing: false);
        }

        if (run.Error.Contains("Permission denied (", StringComparison.Ordinal) || run.Error.Contains("Load key", StringComparison.Ordinal))
        {
            return new(new Problem("neighbour.login", $"{place.Host} does not let {place.Login} in with the key {place.KeyFile}: {said}",
                "See that the key file is there, is a private key without a passphrase and is readable by its owner alone, and that the bank has its public half."), isPassing: false);
        }

        return run.IsLost
            ? new(new Problem("neighbour.bank_channel", $"{what}: {said}", "See that the bank's server can be reached from this machine, then do this again."), isPassing: true)
            : new(new Problem("neighbour.bank_channel", $"{what}: {said}", $"Ask the bank what {place.Login} may do in {place.Folder}, then do this again."), isPassing: false);
    }

    static string Unique(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}-{Environment.ProcessId}-{Interlocked.Increment(ref sessions)}");

    /// <summary>In quotes nothing is a pattern. Names with a quote or backslash never get here: ours have none, and settings with one are refused.</summary>
    static string Quoted(string path) => $"\"{path}\"";
}
