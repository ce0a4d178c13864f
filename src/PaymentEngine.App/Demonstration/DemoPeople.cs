using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Demonstration;

/// <summary>The two people of a demonstration: one makes the run, the other approves it. Each logs in with the password and the authenticator's secret left in the folder.</summary>
sealed class DemoPeople
{
    public const string MakerName = "lan";
    public const string ApproverName = "minh";

    readonly UserSessions sessions;
    readonly IClock clock;
    readonly Dictionary<string, (string Password, byte[] Secret)> secrets = [];

    DemoPeople(UserSessions sessions, IClock clock) => (this.sessions, this.clock) = (sessions, clock);

    public Caller Maker { get; private set; } = null!;

    public Caller Approver { get; private set; } = null!;

    /// <summary>Adds both, writes their passwords and authenticators' secrets (readable by the owner alone) and proves each by both.</summary>
    public static async Task<Result<DemoPeople>> MakeAsync(Database database, IClock clock, KeyFolder keys, short provinceCode, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var people = new DemoPeople(new UserSessions(database, clock, () => Result<KeyFolder>.Ok(keys)), clock);
        var administration = new UserAdministration(database, clock);
        var approver = await people.AddAsync(administration, null, ApproverName, "Trần Văn Minh", [Role.Approver, Role.Auditor, Role.Administrator], provinceCode, folder, cancel);
        if (!approver.IsOk) return Result<DemoPeople>.Refuse(approver.Problems);
        people.Approver = approver.Value;
        var maker = await people.AddAsync(administration, approver.Value, MakerName, "Nguyễn Thị Lan", [Role.Maker, Role.AccountEditor, Role.CashOfficer, Role.Reconciler, Role.Exporter], null, folder, cancel);
        if (!maker.IsOk) return Result<DemoPeople>.Refuse(maker.Problems);
        people.Maker = maker.Value;
        return people;
    }

    public static string PasswordFile(string folder, string name) => Path.Combine(folder, $"{name}.password");

    public static string AuthenticatorFile(string folder, string name) => Path.Combine(folder, $"{name}.totp");

    /// <summary>Both come to the office on another day and log in again.</summary>
    public async Task<Result<bool>> LogInAsync(CancellationToken cancel)
    {
        var (maker, approver) = (await ProveAsync(MakerName, cancel), await ProveAsync(ApproverName, cancel));
        if (!maker.IsOk) return Result<bool>.Refuse(maker.Problems);
        if (!approver.IsOk) return Result<bool>.Refuse(approver.Problems);
        (Maker, Approver) = (maker.Value, approver.Value);
        return true;
    }

    async Task<Result<Caller>> AddAsync(UserAdministration administration, Caller? administrator, string name, string fullName, IReadOnlyList<string> roles, short? provinceCode, string folder, CancellationToken cancel)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        await WriteAsync(PasswordFile(folder, name), password, cancel);
        var added = await administration.AddAsync(administrator, new NewUser(name, fullName, password, roles, []), provinceCode, cancel);
        if (!added.IsOk) return Result<Caller>.Refuse(added.Problems);
        var first = await sessions.LoginAsync(name, password, null, cancel: cancel);
        if (!first.IsOk) return Result<Caller>.Refuse(first.Problems);
        var caller = await sessions.CallerOfAsync(first.Value.ProvinceCode, first.Value.Token, cancel);
        if (!caller.IsOk) return caller;
        var begun = await sessions.BeginAuthenticatorAsync(caller.Value, cancel);
        if (!begun.IsOk) return Result<Caller>.Refuse(begun.Problems);
        await WriteAsync(AuthenticatorFile(folder, name), begun.Value.Uri, cancel);
        secrets[name] = (password, begun.Value.Secret);
        var confirmed = await sessions.ConfirmAuthenticatorAsync(caller.Value, TimedCode.Of(begun.Value.Secret, Step()), cancel: cancel);
        return confirmed.IsOk ? await ProveAsync(name, cancel) : Result<Caller>.Refuse(confirmed.Problems);
    }

    async Task<Result<Caller>> ProveAsync(string name, CancellationToken cancel)
    {
        var (password, secret) = secrets[name];
        // The story's clock stands still within a step: a code that was used has a neighbour that was not.
        var opened = await sessions.LoginAsync(name, password, TimedCode.Of(secret, Step()), cancel: cancel);
        if (!opened.IsOk && opened.Problems[0].Code == "not_allowed.code_used") opened = await sessions.LoginAsync(name, password, TimedCode.Of(secret, Step() + 1), cancel: cancel);
        return opened.IsOk ? await sessions.CallerOfAsync(opened.Value.ProvinceCode, opened.Value.Token, cancel) : Result<Caller>.Refuse(opened.Problems);
    }

    long Step() => TimedCode.StepOf(clock.GetCurrentInstant());

    static async Task WriteAsync(string file, string text, CancellationToken cancel)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var stream = new FileStream(file, options);
        await using var writer = new StreamWriter(stream);
        await writer.WriteLineAsync(text.AsMemory(), cancel);
    }
}
