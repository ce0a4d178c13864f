using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>One version of the rules of runs as people see it.</summary>
/// <param name="Stored">Null: the program's own rules, version 0.</param>
/// <param name="Rules">What it says.</param>
/// <param name="IsStanding">New plans are judged by it.</param>
/// <param name="IsNew">This call loaded or approved it.</param>
public sealed record RunRulesView(StoredRunRules? Stored, RunRules Rules, bool IsStanding, bool IsNew = false)
{
    public int Version => Stored?.Version ?? 0;
}

/// <summary>The rules of runs as data: levels of approval, what is unusual, what two people release. Loaded by one person, approved by another; a run keeps those it was planned with.</summary>
public sealed class RunRuleVersions(Database database, IClock clock)
{
    /// <summary>The rules that count now, and every version there was.</summary>
    public async Task<Result<IReadOnlyList<RunRulesView>>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var all = await RunRulesStore.AllAsync(session, caller.ProvinceCode, cancel);
        var standing = all.LastOrDefault(one => one.ApprovedBy is not null)?.Version ?? 0;
        return Result<IReadOnlyList<RunRulesView>>.Ok([new RunRulesView(null, RunRules.OfProgram, standing == 0), .. all.Select(one => new RunRulesView(one, Read(one), one.Version == standing))]);
    }

    /// <summary>Loads a file as the next version; it counts when another person has approved it. The same as the last version again changes nothing.</summary>
    /// <param name="caller">A maker or an administrator of the whole province.</param>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="file">Its name, for the places of faults.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<RunRulesView>> LoadAsync(Caller caller, byte[] content, string file, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunRulesLoad) is { } lacking) return lacking;
        var parsed = RunRulesFile.Parse(content, file, Role.All);
        if (!parsed.TryGet(out var rules)) return Result<RunRulesView>.Refuse(parsed.Problems);
        var sha256 = SHA256.HashData(content);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<RunRulesView>>(async () =>
        {
            await RunRulesStore.LockAsync(session, caller.ProvinceCode, cancel);
            var all = await RunRulesStore.AllAsync(session, caller.ProvinceCode, cancel);
            if (all.Count > 0 && all[^1].Sha256.AsSpan().SequenceEqual(sha256)) return new RunRulesView(all[^1], rules, all[^1].ApprovedBy is not null);
            var now = clock.GetCurrentInstant();
            var key = string.Create(CultureInfo.InvariantCulture, $"run_rules.load {all.Count + 1}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "run_rules.load", OperationLog.RequestHash(key, Convert.ToHexStringLower(sha256)), caller.UserName, now, cancel);
            var version = await RunRulesStore.InsertAsync(session, caller.ProvinceCode, Encoding.UTF8.GetString(content), sha256, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { version, sha256 = Convert.ToHexStringLower(sha256) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return new RunRulesView(await RunRulesStore.FindAsync(session, caller.ProvinceCode, version, cancel), rules, IsStanding: false, IsNew: true);
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }

    /// <summary>Makes a version count for plans from now on. Runs that are planned keep theirs.</summary>
    /// <param name="caller">An approver of the whole province who did not load it.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<RunRulesView>> ApproveAsync(Caller caller, int version, CancellationToken cancel = default)
    {
        if ((caller.Lacks(AccessRules.RunRulesApprove) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<RunRulesView>>(async () =>
        {
            await RunRulesStore.LockAsync(session, caller.ProvinceCode, cancel);
            if (await RunRulesStore.FindAsync(session, caller.ProvinceCode, version, cancel) is not { } stored)
                return new Problem("run_rules.unknown", $"There is no version {version} of the rules of runs.", "See them: payengine run rules show.");
            var standing = await RunRulesStore.StandingAsync(session, caller.ProvinceCode, cancel);
            if (stored.ApprovedBy is not null) return new RunRulesView(stored, Read(stored), standing?.Version == version);
            if (stored.Person == caller.UserName) return new Problem("not_allowed.own_rules", $"{caller.UserName} loaded version {version} and cannot approve it.", "A colleague reads and approves it.");
            if (standing?.Version > version)
                return new Problem("not_allowed.rules_overtaken", $"Version {standing.Version} of the rules counts already; {version} is older.", "Load the file again and have that version approved.");
            var now = clock.GetCurrentInstant();
            var key = string.Create(CultureInfo.InvariantCulture, $"run_rules.approve {version}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, "run_rules.approve", OperationLog.RequestHash(key), caller.UserName, now, cancel);
            await RunRulesStore.ApproveAsync(session, caller.ProvinceCode, version, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { version, loaded_by = stored.Person, sha256 = Convert.ToHexStringLower(stored.Sha256) });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return new RunRulesView(await RunRulesStore.FindAsync(session, caller.ProvinceCode, version, cancel), Read(stored), IsStanding: true, IsNew: true);
        }, result => result is { IsOk: true, Value.IsNew: true }, cancel: cancel);
    }

    /// <summary>The version that counts now, with what it says.</summary>
    internal static async Task<(int Version, RunRules Rules)> StandingAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        await RunRulesStore.StandingAsync(session, provinceCode, cancel) is { } stored ? (stored.Version, Read(stored)) : (0, RunRules.OfProgram);

    /// <summary>The rules a run was planned with.</summary>
    internal static async Task<RunRules> OfRunAsync(DatabaseSession session, StoredRun run, CancellationToken cancel) => run.RulesVersion == 0 ? RunRules.OfProgram
        : Read(await RunRulesStore.FindAsync(session, run.ProvinceCode, run.RulesVersion, cancel) ?? throw new InvalidOperationException($"Run {run.Id} was planned with version {run.RulesVersion} of the rules, which is not there."));

    static RunRules Read(StoredRunRules stored)
    {
        var parsed = RunRulesFile.Parse(Encoding.UTF8.GetBytes(stored.Content), string.Create(CultureInfo.InvariantCulture, $"version {stored.Version}"), Role.All);
        return parsed.TryGet(out var rules) ? rules : throw new InvalidOperationException($"Version {stored.Version} of the rules of runs was read when it was loaded and cannot be read any more: {parsed.Problems[0]}");
    }
}
