using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Demonstration;

/// <summary>The two people of a demonstration: one makes the run, the other approves it. Each logs in with the password left in the folder.</summary>
sealed record DemoPeople(Caller Maker, Caller Approver)
{
    public const string MakerName = "lan";
    public const string ApproverName = "minh";

    /// <summary>Adds both, writes their password files (readable by the owner alone) and proves each by password.</summary>
    public static async Task<Result<DemoPeople>> MakeAsync(Database database, IClock clock, short provinceCode, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var people = new People(database, clock);
        var approver = await AddAsync(people, null, ApproverName, "Trần Văn Minh", [Role.Approver, Role.Auditor, Role.Administrator], provinceCode, folder, cancel);
        if (!approver.IsOk) return Result<DemoPeople>.Refuse(approver.Problems);
        var maker = await AddAsync(people, approver.Value, MakerName, "Nguyễn Thị Lan", [Role.Maker, Role.AccountEditor, Role.CashOfficer, Role.Reconciler], null, folder, cancel);
        return maker.Select(made => new DemoPeople(made, approver.Value));
    }

    public static string PasswordFile(string folder, string name) => Path.Combine(folder, $"{name}.password");

    static async Task<Result<Caller>> AddAsync(People people, Caller? administrator, string name, string fullName, IReadOnlyList<string> roles, short? provinceCode, string folder, CancellationToken cancel)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        var file = PasswordFile(folder, name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var stream = new FileStream(file, options))
        await using (var text = new StreamWriter(stream)) await text.WriteLineAsync(password.AsMemory(), cancel);
        var added = await people.AddAsync(administrator, new NewUser(name, fullName, password, roles, []), provinceCode, cancel);
        if (!added.IsOk) return Result<Caller>.Refuse(added.Problems);
        var session = await people.LoginAsync(name, password, cancel);
        return session.IsOk ? await people.CallerOfAsync(session.Value.ProvinceCode, session.Value.Token, cancel) : Result<Caller>.Refuse(session.Problems);
    }
}
