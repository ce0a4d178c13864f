using NodaTime;

namespace PaymentEngine.Postgres;

/// <summary>Kinds of a way to a bank, as stored.</summary>
public static class ChannelKind
{
    /// <summary>A folder that the bank's transfer program empties or watches.</summary>
    public const string Folder = "folder";

    /// <summary>A folder on the bank's SFTP server.</summary>
    public const string Sftp = "sftp";

    /// <summary>A person carries the file and records it.</summary>
    public const string Hand = "hand";
}

/// <summary>Where the files to a paying bank go. A change is a new version; the highest counts.</summary>
public sealed record StoredChannel
{
    /// <summary>NAPAS number of the paying bank.</summary>
    public string BankBin { get; init; } = "";
    public int Version { get; init; }

    /// <summary>See <see cref="ChannelKind"/>.</summary>
    public string Kind { get; init; } = "";
    public string? Folder { get; init; }
    public string? Host { get; init; }
    public int? Port { get; init; }
    public string? Login { get; init; }

    /// <summary>Path of the private key; the key itself never enters the database.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The server's public key as pinned: type and base64.</summary>
    public string? HostKey { get; init; }

    /// <summary>The bank takes files away as it loads them, so that one which is still there has not been loaded.</summary>
    public bool TakesAway { get; init; }

    /// <summary>Manifest and signature go with each file, before it.</summary>
    public bool WithManifest { get; init; }
    public int Tries { get; init; }
    public int TimeOutSeconds { get; init; }
    public int BreakAfter { get; init; }
    public int BreakSeconds { get; init; }
    public string Person { get; init; } = "";
    public Instant At { get; init; }
}

/// <summary>The settings of the ways to banks; only inserted, so that it can be shown where a file went and who had said so.</summary>
public static class ChannelStore
{
    const string Columns = """
        bank_bin, version, kind, folder, host, port, login, key_file, host_key, takes_away, with_manifest, tries, time_out_seconds, break_after, break_seconds, person, at
        """;

    const string Insert = """
        -- ChannelStore.Insert: two who set the same bank at once meet on the key.
        INSERT INTO bank_channel (province_code, bank_bin, version, kind, folder, host, port, login, key_file, host_key, takes_away, with_manifest, tries, time_out_seconds, break_after, break_seconds, person, at, operation_no)
        VALUES (@provinceCode, @BankBin, @Version, @Kind, @Folder, @Host, @Port, @Login, @KeyFile, @HostKey, @TakesAway, @WithManifest, @Tries, @TimeOutSeconds, @BreakAfter, @BreakSeconds, @Person, @At, @operationNo);
        """;

    const string Standing = $"""
        -- ChannelStore.Standing
        SELECT DISTINCT ON (bank_bin) {Columns} FROM bank_channel WHERE province_code = @provinceCode ORDER BY bank_bin, version DESC;
        """;

    const string Of = $"""
        -- ChannelStore.Of
        SELECT {Columns} FROM bank_channel WHERE province_code = @provinceCode AND bank_bin = @bankBin ORDER BY version DESC LIMIT 1;
        """;

    /// <summary>Stores a new version of a bank's channel.</summary>
    public static Task InsertAsync(DatabaseSession session, short provinceCode, StoredChannel channel, long operationNo, CancellationToken cancel) =>
        session.ExecuteAsync(Insert, new
        {
            provinceCode, channel.BankBin, channel.Version, channel.Kind, channel.Folder, channel.Host, channel.Port, channel.Login, channel.KeyFile, channel.HostKey, channel.TakesAway,
            channel.WithManifest, channel.Tries, channel.TimeOutSeconds, channel.BreakAfter, channel.BreakSeconds, channel.Person, channel.At, operationNo,
        }, cancel);

    /// <summary>The channel of each bank that has one.</summary>
    public static Task<IReadOnlyList<StoredChannel>> StandingAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        session.QueryAsync<StoredChannel>(Standing, new { provinceCode }, cancel);

    /// <summary>The channel of a bank, or null.</summary>
    public static Task<StoredChannel?> FindAsync(DatabaseSession session, short provinceCode, string bankBin, CancellationToken cancel) =>
        session.FindAsync<StoredChannel>(Of, new { provinceCode, bankBin }, cancel);
}
