using NodaTime;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.Operations;

/// <summary>What a person may do; several can be held, some pairs not on one run (separation of duties).</summary>
public static class Role
{
    public const string Maker = "maker";

    /// <summary>Hands to the approver what a maker has planned, having looked at it: as another person where the rules of runs ask for three.</summary>
    public const string Checker = "checker";
    public const string Approver = "approver";

    /// <summary>Gives the higher levels of approval, where the rules of runs ask for them.</summary>
    public const string ChiefApprover = "chief_approver";
    public const string AccountEditor = "account_editor";
    public const string CashOfficer = "cash_officer";
    public const string Reconciler = "reconciler";
    public const string CommuneOfficer = "commune_officer";
    public const string Auditor = "auditor";
    public const string Administrator = "administrator";

    /// <summary>Takes out as a file what another role lets this person read; by itself it opens nothing.</summary>
    public const string Exporter = "exporter";

    /// <summary>A bank's program: a service account of one bank.</summary>
    public const string Bank = "bank";

    /// <summary>A program of ours that works in the background: a service account.</summary>
    public const string Worker = "worker";

    /// <summary>What a person can hold.</summary>
    public static readonly IReadOnlyList<string> OfPeople = [Maker, Checker, Approver, ChiefApprover, AccountEditor, CashOfficer, Reconciler, CommuneOfficer, Auditor, Administrator, Exporter];

    public static readonly IReadOnlyList<string> All = [.. OfPeople, Bank, Worker];
}

/// <summary>The proven person behind an operation. Every operation takes one first; no flag can name another person.</summary>
/// <param name="ProvinceCode">The tenant.</param>
/// <param name="UserName">As logged in.</param>
/// <param name="FullName">For papers.</param>
/// <param name="Roles">See <see cref="Role"/>.</param>
/// <param name="Communes">The commune numbers they may see and act in; null is the whole province.</param>
public sealed record Caller(short ProvinceCode, string UserName, string FullName, IReadOnlySet<string> Roles, IReadOnlyList<int>? Communes)
{
    /// <summary>Of a bank's service account, the bank; otherwise null.</summary>
    public string? BankBin { get; init; }

    /// <summary>How long the second factor of the session counts as just shown; null: none was shown in it.</summary>
    public Instant? ProvenUntil { get; init; }

    /// <summary>Why this person must show the second factor again before money or rights move (step-up, ASVS 7.5.3); null when it was just shown. Exit code 4.</summary>
    public Problem? LacksProof(Instant now) => ProvenUntil > now ? null
        : new Problem("not_allowed.step_up", $"{UserName} has not shown a second factor in the last {(int)UserSessions.ProofLasts.TotalMinutes} minutes.",
            "Show it and repeat this: payengine confirm --code-file F. Whoever has none sets one up: payengine user totp --out F.");

    /// <summary>Whose eyes a desk session of this person has.</summary>
    public Scope Scope => new(UserName, ProvinceCode, Communes) { Glasses = Glasses, OwnCommunes = OwnCommunes ?? Communes ?? [] };

    /// <summary>Exceptions by two people (break-glass) that lend this person a role or communes now; communes lent stand among <see cref="Communes"/>.</summary>
    public IReadOnlyList<OpenGlass> Glasses { get; init; } = [];

    /// <summary>The communes without those an exception lends; null where none does.</summary>
    public IReadOnlyList<int>? OwnCommunes { get; init; }

    /// <summary>This person with what exceptions lend them now.</summary>
    public Caller With(IReadOnlyList<OpenGlass> glasses) => glasses.Count == 0 ? this : this with
    {
        Glasses = glasses, OwnCommunes = Communes, Communes = Communes is null ? null : [.. Communes.Concat(glasses.SelectMany(one => one.Communes ?? [])).Distinct().Order()],
    };

    /// <summary>Why this person may not do something that one of <paramref name="roles"/> may; null when they may. Exit code 4.</summary>
    public Problem? Lacks(params ReadOnlySpan<string> roles)
    {
        foreach (var role in roles)
            if (Roles.Contains(role)) return null;
        foreach (var role in roles)
        {
            if (Glasses.FirstOrDefault(one => one.Role == role) is not { } lent) continue;
            lent.IsUsed = true;
            return null;
        }

        return new Problem("not_allowed.role", $"{UserName} does not hold the role this needs ({string.Join(" or ", roles.ToArray())}).",
            "Ask an administrator for the role, or have a colleague who holds it do this.");
    }

    /// <summary>Why a row of the table of rules keeps this person out; null when it does not. Exit code 4.</summary>
    public Problem? Lacks(AccessRule rule) => rule.Refusal(this);

    /// <summary>Why this person may not act for the whole province; null when they may. Exit code 4.</summary>
    public Problem? LacksProvince() => Communes is null ? null
        : new Problem("not_allowed.territory", $"{UserName} acts for single communes, and this concerns the whole province.", "Have a colleague of the province do this.");
}
