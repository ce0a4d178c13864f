using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Operations.Secrets;

/// <summary>The keys of the installation and what is sealed with them.</summary>
/// <param name="Writes">The data key that writes.</param>
/// <param name="Fingerprint">SHA-256 of the signing certificate, lower-case hexadecimal.</param>
public sealed record KeysView(string Folder, short Writes, IReadOnlyList<short> DataKeys, IReadOnlyList<CipherCount> Sealed, string Fingerprint, Instant SignsUntil);

/// <summary>Texts put under another key.</summary>
public sealed record Reciphered(short Key, IReadOnlyList<(CipherColumn Column, long Items)> Columns);

/// <summary>Changes of keys: a new data key or signing key, everything sealed anew under it, an old key destroyed when nothing is under it any more (ASVS 11.1, Law 91/2025/QH15 on protecting personal data).</summary>
/// <remarks>The key of equality tags is never changed: tags would no longer meet. It opens nothing.</remarks>
public sealed class KeyChanges(Database database, Func<Result<KeyFolder>> keys, IClock clock)
{
    /// <summary>What the columns of cipher texts hold, by the first word of their name.</summary>
    static readonly Dictionary<string, SecretKind> Kinds = new(StringComparer.Ordinal)
    {
        ["account_cipher"] = SecretKind.Account, ["id_number_cipher"] = SecretKind.IdNumber, ["secret_cipher"] = SecretKind.AuthenticatorSecret,
    };

    /// <summary>Which keys there are and how many texts each has sealed.</summary>
    public async Task<Result<KeysView>> ShowAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(Role.Administrator, Role.Auditor) is { } lacks) return lacks;
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Result<KeysView>.Refuse(opened.Problems);
        await using var session = await database.OwnerAsync(cancel);
        using var certificate = folder.SigningCertificate();
        return new KeysView(folder.Folder, folder.CurrentKey, folder.DataKeys, await CipherStore.CountsAsync(session, cancel), Fingerprints.Of(certificate), Instant.FromDateTimeUtc(certificate.NotAfter.ToUniversalTime()));
    }

    /// <summary>Makes a new data key; what is written from now on is under it.</summary>
    public async Task<Result<short>> AddAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        short made = 0;
        var done = await OperateAsync(caller, "keys.add", reason, (folder, _) =>
        {
            made = folder.AddDataKey();
            return Task.FromResult(Result<object>.Ok(new { key = made }));
        }, cancel);
        return done.Select(_ => made);
    }

    /// <summary>Makes a new signing key; its fingerprint. The old certificate stays for what it signed.</summary>
    public async Task<Result<string>> ChangeSigningAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        var fingerprint = "";
        var done = await OperateAsync(caller, "keys.signing", reason, (folder, now) =>
        {
            using (var old = folder.SigningCertificate()) fingerprint = Fingerprints.Of(old);
            var before = fingerprint;
            folder.ChangeSigningKey(now);
            var opened = keys();
            if (!opened.TryGet(out var changed)) return Task.FromResult(Result<object>.Refuse(opened.Problems));
            using var certificate = changed.SigningCertificate();
            fingerprint = Fingerprints.Of(certificate);
            return Task.FromResult(Result<object>.Ok(new { before, now = fingerprint }));
        }, cancel);
        return done.Select(_ => fingerprint);
    }

    /// <summary>Seals everything that is under an older key anew under the one that writes: column by column, each whole or not at all. Stopped in between, the same call goes on.</summary>
    public async Task<Result<Reciphered>> RecipherAsync(Caller caller, string reason, CancellationToken cancel = default)
    {
        if (May(caller, reason) is { } not) return not;
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Result<Reciphered>.Refuse(opened.Problems);
        using var cipher = folder.OpenCipher();
        var done = new List<(CipherColumn, long)>();
        await using (var owner = await database.OwnerAsync(cancel))
        {
            foreach (var column in await CipherStore.ColumnsAsync(owner, cancel))
            {
                if (!Kinds.TryGetValue(column.Column, out var kind)) throw new InvalidOperationException($"Nobody knows what {column.Table}.{column.Column} holds.");
                try
                {
                    done.Add((column, await owner.InTransactionAsync(() => CipherStore.RecipherAsync(owner, column, folder.CurrentKey, (key, text) => Again(cipher, kind, key, text), cancel), cancel: cancel)));
                }
                catch (CryptographicException unreadable)
                {
                    return new Problem("keys.foreign", $"A text of {column.Table} cannot be opened: {unreadable.Message}", $"Put the missing key back into {folder.Folder} and repeat this; the columns before it are done.");
                }
            }
        }

        var said = new { key = folder.CurrentKey, columns = done.Select(one => new { one.Item1.Table, one.Item1.Column, items = one.Item2 }) };
        var noted = await OperateAsync(caller, "keys.recipher", reason, (_, _) => Task.FromResult(Result<object>.Ok(said)), cancel);
        return noted.Select(_ => new Reciphered(folder.CurrentKey, done));
    }

    /// <summary>Destroys a data key that nothing in this database is sealed with.</summary>
    /// <returns><c>keys.unknown</c>, <c>not_allowed.key_writes</c>, <c>not_allowed.key_in_use</c>.</returns>
    public Task<Result<bool>> RemoveAsync(Caller caller, short key, string reason, CancellationToken cancel = default) => OperateAsync(caller, "keys.remove", reason, async (folder, _) =>
    {
        if (!folder.DataKeys.Contains(key)) return new Problem("keys.unknown", string.Create(CultureInfo.InvariantCulture, $"There is no data key {key}."), "See: payengine keys show");
        if (key == folder.CurrentKey) return new Problem("not_allowed.key_writes", string.Create(CultureInfo.InvariantCulture, $"Data key {key} is the one that writes."), "Make another first: payengine keys add");
        await using var session = await database.OwnerAsync(cancel);
        var held = (await CipherStore.CountsAsync(session, cancel)).Where(count => count.Key == key).Sum(count => count.Items);
        if (held > 0) return new Problem("not_allowed.key_in_use", string.Create(CultureInfo.InvariantCulture, $"{held} texts are sealed with data key {key}."), "Seal them anew first: payengine keys recipher");
        folder.RemoveDataKey(key);
        return Result<object>.Ok(new { key });
    }, cancel);

    static byte[] Again(AccountCipher cipher, SecretKind kind, short key, byte[] text)
    {
        Span<byte> plain = stackalloc byte[AccountCipher.PlainBytesMax];
        plain = plain[..cipher.Decrypt(kind, key, text, plain)];
        try
        {
            return cipher.Encrypt(kind, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    Problem? May(Caller caller, string reason) => caller.Lacks(Role.Administrator) ?? caller.LacksProvince() ?? caller.LacksProof(clock.GetCurrentInstant())
        ?? (string.IsNullOrWhiteSpace(reason) ? new Problem("usage.reason_missing", "A key changes with a reason.", "Add --reason \"…\".") : null);

    async Task<Result<bool>> OperateAsync(Caller caller, string kind, string reason, Func<KeyFolder, Instant, Task<Result<object>>> work, CancellationToken cancel)
    {
        if (May(caller, reason) is { } not) return not;
        var opened = keys();
        if (!opened.TryGet(out var folder)) return Result<bool>.Refuse(opened.Problems);
        var now = clock.GetCurrentInstant();
        // A file is no part of a transaction, which may be repeated: the key first, then the note of it.
        var done = await work(folder, now);
        if (!done.TryGet(out var what)) return Result<bool>.Refuse(done.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        await session.InTransactionAsync(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            var count = await OperationLog.CountAsync(session, caller.ProvinceCode, kind, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"{kind} {count + 1}"), kind, OperationLog.RequestHash([kind, reason]), caller.UserName, now, cancel);
            var said = JsonText.Write(new { reason = reason.Trim(), what });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
        }, cancel: cancel);
        return true;
    }
}
