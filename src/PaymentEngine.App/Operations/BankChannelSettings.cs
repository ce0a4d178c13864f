using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A bank's channel after it was set.</summary>
/// <param name="IsNew">False when it says what stood there already.</param>
public sealed record SetChannel(StoredChannel Channel, bool IsNew);

/// <summary>Where files to banks go: set by an administrator, kept in versions, in the chain of the audit.</summary>
public sealed partial class BankChannelSettings(Database database, IClock clock)
{
    const string Bytes = "sftp batch files take no quotes, backslashes, patterns or control characters";

    /// <summary>Sets the channel of a bank. The same again changes nothing.</summary>
    /// <param name="caller">An administrator of the whole province.</param>
    /// <param name="wanted">What it shall be; version, person and time are given here.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>The channel, or every field that cannot be right: <c>channel.*</c>.</returns>
    public async Task<Result<SetChannel>> SetAsync(Caller caller, StoredChannel wanted, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.BankChannelSet) is { } lacking) return lacking;
        var problems = Wrong(wanted).ToList();
        if (problems.Count > 0) return Result<SetChannel>.Refuse(problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<SetChannel>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var standing = await ChannelStore.FindAsync(session, caller.ProvinceCode, wanted.BankBin, cancel);
            if (standing is not null && standing == wanted with { Version = standing.Version, Person = standing.Person, At = standing.At }) return new SetChannel(standing, IsNew: false);
            var now = clock.GetCurrentInstant();
            var channel = wanted with { Version = (standing?.Version ?? 0) + 1, Person = caller.UserName, At = now };
            var key = string.Create(CultureInfo.InvariantCulture, $"bank.channel {channel.BankBin} {channel.Version}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "bank.channel", OperationLog.RequestHash(key), caller.UserName, now, cancel);
            await ChannelStore.InsertAsync(session, caller.ProvinceCode, channel, start.OperationNo, cancel);
            var said = JsonText.Write(new
            {
                bank = channel.BankBin, version = channel.Version, kind = channel.Kind, folder = channel.Folder, host = channel.Host, port = channel.Port, login = channel.Login, host_key = channel.HostKey,
                takes_away = channel.TakesAway, with_manifest = channel.WithManifest, tries = channel.Tries, time_out_seconds = channel.TimeOutSeconds, break_after = channel.BreakAfter, break_seconds = channel.BreakSeconds,
            });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return new SetChannel(channel, IsNew: true);
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }

    /// <summary>The channel of each bank that has one.</summary>
    public async Task<Result<IReadOnlyList<StoredChannel>>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredChannel>>.Ok(await ChannelStore.StandingAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Reads a host key as people have it: the line of a <c>.pub</c> file, of known_hosts, or of <c>ssh-keyscan</c>.</summary>
    /// <returns>Type and base64; or <c>channel.host_key</c>.</returns>
    public static Result<string> HostKey(string text)
    {
        var words = text.Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i++)
        {
            if (!HostKeyType().IsMatch(words[i])) continue;
            var blob = new byte[words[i + 1].Length];
            // The type stands once more inside the key: a line cut or pasted wrongly is seen here and not at the bank's door.
            if (Convert.TryFromBase64String(words[i + 1], blob, out var length) && length > 4 && BinaryPrimitives.ReadInt32BigEndian(blob) is var size && size == words[i].Length && length > 4 + size
                && Encoding.ASCII.GetString(blob, 4, size) == words[i]) return $"{words[i]} {words[i + 1]}";
        }

        return new Problem("channel.host_key", "That is not a server's public key.", "Give the line the bank gave you (ssh-ed25519 AAAA…), or a file with it: --host-key F. Ask for it by another way than the network it protects.");
    }

    static IEnumerable<Problem> Wrong(StoredChannel wanted)
    {
        if (BankDirectory.Find(wanted.BankBin) is null) yield return new Problem("channel.bank", $"'{wanted.BankBin}' is no bank of law/banks.csv.", "Use the six figures of the paying bank's NAPAS number, for example 970405.");
        if (wanted.Kind is not (ChannelKind.Folder or ChannelKind.Sftp or ChannelKind.Hand)) yield return new Problem("channel.kind", $"'{wanted.Kind}' is no kind of channel.", "Use folder, sftp or hand.");
        if ((wanted.Kind != ChannelKind.Hand) != wanted.Folder is { Length: > 0 })
            yield return new Problem("channel.folder", wanted.Kind == ChannelKind.Hand ? "A hand-over by a person has no folder." : "The channel has no folder.", "A folder or SFTP channel has --folder; a hand-over has none.");
        else if (wanted.Folder is { } folder && (!Path.IsPathRooted(folder) || !PlainPath().IsMatch(folder)))
            yield return new Problem("channel.folder", $"'{folder}' cannot be the folder.", $"Give a whole path that begins with /; {Bytes}.");
        if (wanted.Kind == ChannelKind.Sftp)
        {
            if (wanted.Host is null || !HostName().IsMatch(wanted.Host)) yield return new Problem("channel.host", $"'{wanted.Host}' is not a server's name or address.", "For example sftp.bank.example or 10.0.0.5: --host H.");
            if (wanted.Port is not (>= 1 and <= 65535)) yield return new Problem("channel.port", "The port is a number from 1 to 65535.", "Usually 22: --port N.");
            if (wanted.Login is null || !LoginName().IsMatch(wanted.Login)) yield return new Problem("channel.login", $"'{wanted.Login}' is not a login.", "Use the user name the bank gave you: --user U.");
            if (HostKey(wanted.HostKey ?? "") is { IsOk: false } unpinned) yield return unpinned.Problems[0];
            foreach (var problem in WrongKeyFile(wanted.KeyFile)) yield return problem;
        }
        else if (wanted is not { Host: null, Port: null, Login: null, KeyFile: null, HostKey: null })
        {
            yield return new Problem("channel.sftp_only", $"Host, port, user and keys belong to an SFTP channel, not to '{wanted.Kind}'.", "Leave them out, or set the kind sftp.");
        }

        if (wanted.Kind == ChannelKind.Hand && (wanted.TakesAway || wanted.WithManifest)) yield return new Problem("channel.by_hand", "A person carries what the bank wants.", "Leave --takes-away and --with-manifest out.");
        if (wanted.Tries is < 1 or > 10) yield return new Problem("channel.tries", "A step is tried 1 to 10 times.", "--tries N");
        if (wanted.TimeOutSeconds is < 5 or > 3600) yield return new Problem("channel.time_out", "A try has 5 to 3600 seconds.", "--time-out S");
        if (wanted.BreakAfter is < 2 or > 100) yield return new Problem("channel.break_after", "A channel is left alone after 2 to 100 failures.", "--break-after N");
        if (wanted.BreakSeconds is < 1 or > 3600) yield return new Problem("channel.break_for", "A channel is left alone for 1 to 3600 seconds.", "--break-for S");
    }

    static IEnumerable<Problem> WrongKeyFile(string? path)
    {
        if (path is null || !Path.IsPathRooted(path) || !PlainPath().IsMatch(path) || !File.Exists(path))
            yield return new Problem("channel.key_file", $"There is no key file '{path}'.", "Name the private key of the login, without a passphrase: --key F.");
        else if ((File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) != 0)
            yield return new Problem("keys.open_to_others", $"Other users may read the key file {path}.", $"Run: chmod 600 {path}");
    }

    [GeneratedRegex("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$")]
    private static partial Regex HostKeyType();

    [GeneratedRegex("^/[^\"'\\\\*?\\[\\]\\p{Cc}]*$")]
    private static partial Regex PlainPath();

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$")]
    private static partial Regex HostName();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex LoginName();
}
