namespace PaymentEngine.App.CommandLine;

/// <summary>A setting and where it came from, as <c>doctor</c> shows it: an environment variable's name, or "default".</summary>
public sealed record Setting(string Name, string Value, string Origin)
{
    public bool IsDefault => Origin == Default;

    internal const string Default = "default";
}

/// <summary>The program's settings. All come from the environment; flags of single commands come before them.</summary>
public sealed record Settings
{
    /// <summary>The data folder: cluster, keys, session, files (<c>PAYENGINE_HOME</c>; default: <c>payengine</c> in the XDG data home).</summary>
    public required Setting Home { get; init; }

    /// <summary>Connection string of a server (<c>PAYENGINE_DB</c>), or empty: then the program keeps its own private cluster.</summary>
    public required Setting Database { get; init; }

    /// <summary>The key folder (<c>PAYENGINE_KEYS</c>; default: <c>keys</c> in the home).</summary>
    public required Setting Keys { get; init; }

    /// <summary>The session file (<c>PAYENGINE_SESSION</c>; default: <c>session</c> in the home).</summary>
    public required Setting Session { get; init; }

    /// <summary>Folder to which signed heads of the audit chain are exported (<c>PAYENGINE_HEADS</c>), where the database's administrator may change nothing; or empty.</summary>
    public required Setting Heads { get; init; }

    /// <summary>Folder with the official ISO 20022 schemas (<c>PAYENGINE_XSD</c>), or empty.</summary>
    public required Setting Schemas { get; init; }

    /// <summary>Folder with further bank profiles (<c>PAYENGINE_PROFILES</c>), or empty.</summary>
    public required Setting Profiles { get; init; }

    /// <summary>The browser that prints papers as PDF (<c>PAYENGINE_CHROMIUM</c>), or empty: the one on the search path.</summary>
    public required Setting Chromium { get; init; }

    /// <summary><c>vi</c> or <c>en</c> (<c>PAYENGINE_LANG</c>).</summary>
    public required Setting Language { get; init; }

    /// <summary>Crash tests only: the durable action at which the process kills itself (<c>PAYENGINE_CRASH_AT</c>), or 0.</summary>
    public required Setting CrashAt { get; init; }

    /// <summary><c>1</c>: a plan computes everybody by the kernel too and stops when it does not agree with the rules (<c>PAYENGINE_PROVE_KERNEL</c>).</summary>
    public required Setting ProveKernel { get; init; }

    /// <summary>False when <c>NO_COLOR</c> is set or the terminal is dumb.</summary>
    public bool ColorAllowed { get; init; } = true;

    public IReadOnlyList<Setting> All => [Home, Database, Keys, Session, Heads, Schemas, Profiles, Chromium, Language];

    /// <summary>Reads the settings from the process's environment.</summary>
    public static Settings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>Reads the settings with <paramref name="read"/>, which gives a variable's value or null. An empty variable counts as not set.</summary>
    public static Settings From(Func<string, string?> read)
    {
        var dataHome = read("XDG_DATA_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(read("HOME") is { Length: > 0 } user ? user : Path.GetTempPath(), ".local", "share");
        var home = Read("PAYENGINE_HOME", Path.Combine(dataHome, "payengine"));
        home = home with { Value = Path.GetFullPath(home.Value) };
        return new Settings
        {
            Home = home,
            Database = Read("PAYENGINE_DB", ""),
            Keys = Full(Read("PAYENGINE_KEYS", Path.Combine(home.Value, "keys"))),
            Session = Full(Read("PAYENGINE_SESSION", Path.Combine(home.Value, "session"))),
            Heads = Read("PAYENGINE_HEADS", "") is { Value.Length: > 0 } heads ? Full(heads) : new Setting("PAYENGINE_HEADS", "", Setting.Default),
            Schemas = Read("PAYENGINE_XSD", ""),
            Profiles = Read("PAYENGINE_PROFILES", ""),
            Chromium = Read("PAYENGINE_CHROMIUM", ""),
            Language = Read("PAYENGINE_LANG", "vi") is { Value: "vi" or "en" } known ? known : new Setting("PAYENGINE_LANG", "vi", Setting.Default),
            CrashAt = Read("PAYENGINE_CRASH_AT", "0"),
            ProveKernel = Read("PAYENGINE_PROVE_KERNEL", "0"),
            ColorAllowed = read("NO_COLOR") is not { Length: > 0 } && read("TERM") != "dumb",
        };

        Setting Read(string name, string otherwise) =>
            read(name) is { Length: > 0 } value ? new Setting(name, value, name) : new Setting(name, otherwise, Setting.Default);

        static Setting Full(Setting path) => path with { Value = Path.GetFullPath(path.Value) };
    }
}
