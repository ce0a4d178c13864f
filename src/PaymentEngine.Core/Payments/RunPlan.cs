using NodaTime;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>What a plan must know of one person: where they are paid, what is on their list, who may take it, what they got last month.</summary>
/// <param name="CommuneId">Commune of the list month.</param>
/// <param name="IsDead">The register knows of the recipient's death.</param>
/// <param name="Lines">The person's lines of the run's programmes.</param>
/// <param name="LastMonth">Listed for the person in the regular run before, by programme; absent where there was none.</param>
public sealed record PlanPerson(int RecipientId, int CommuneId, bool IsDead, IReadOnlyList<EntitlementLine> Lines, IReadOnlyList<PayeeRight> Rights,
    IReadOnlyDictionary<Programme, Vnd> LastMonth)
{
    /// <summary>Facts of the person cannot be true together (<see cref="Contradictions"/>).</summary>
    public bool IsContradicted { get; init; }

    /// <summary>Whom banks have called dead, in cases that are still open.</summary>
    public ReportedDeaths ReportedDead { get; init; } = ReportedDeaths.None;

    /// <summary>Tags of accounts that serve this person among people they have nothing to do with (<see cref="Recipients.Accounts.AccountSharing"/>).</summary>
    public IReadOnlySet<string> AccountsAmongStrangers { get; init; } = NoTags;

    static readonly IReadOnlySet<string> NoTags = new HashSet<string>();
}

/// <summary>Whom banks have called dead (MD07) in cases that are still open.</summary>
/// <param name="Payees">Numbers of the rights whose account's holder it was: nothing goes by them.</param>
/// <param name="Recipients">Recipients who were paid themselves: their own money waits, by whatever right it would go.</param>
public sealed record ReportedDeaths(IReadOnlySet<int> Payees, IReadOnlySet<int> Recipients)
{
    public static readonly ReportedDeaths None = new(new HashSet<int>(), new HashSet<int>());

    /// <summary>Whether a sum waits for somebody's look.</summary>
    public bool Stops(int recipientId, int payeeNo, bool isOwnMoney) => Payees.Contains(payeeNo) || (isOwnMoney && Recipients.Contains(recipientId));
}

/// <summary>The first try to pay a disbursement: a payment order when it has a route, otherwise cash at a commune.</summary>
public readonly record struct PlannedAttempt(short? RouteNo, int PayCommuneId)
{
    public bool IsBank => RouteNo is not null;
}

/// <summary>What one recipient is owed in one run for one programme through one payee (khoản chi), with its lines and its first attempt.</summary>
/// <param name="Right">The payee's right; null: the recipient in cash, or nobody (held).</param>
/// <param name="Role">In what capacity the payee takes it; without a right, whose money it is.</param>
/// <param name="Recouped">Taken back from what was listed too much before; never more than <paramref name="Gross"/>.</param>
/// <param name="HoldReason">One of <see cref="HoldReasons"/>; then there is no attempt.</param>
/// <param name="Attempt">Null when held or when nothing is left to pay.</param>
public sealed record PlannedDisbursement(Programme Programme, PayeeRight? Right, PayeeRole Role, int CommuneId, Vnd Gross, Vnd Recouped, string? HoldReason,
    PlannedAttempt? Attempt, PlanFindings Findings, IReadOnlyList<EntitlementLine> Lines)
{
    public Vnd Amount => Gross - Recouped;

    public int PayeeNo => Right?.PayeeNo ?? 0;

    /// <summary>The attempt that the hold keeps back, where a person's yes is all that is missing; otherwise null.</summary>
    public PlannedAttempt? KeptBack { get; init; }

    /// <summary>What the reason of the hold leaves open: the flag that stands on the account. Null: the reason says it all.</summary>
    public string? HoldRemark { get; init; }
}

/// <summary>From a person's lines to disbursements: grouped by programme and payee, recoupments netted, held or given a first attempt.</summary>
public static class RunPlan
{
    /// <summary>The disbursements of a person, in the order in which they are numbered: by programme, payee and whose money it is.</summary>
    /// <param name="person">The person.</param>
    /// <param name="month">The list month.</param>
    /// <param name="routes">The payer's routes.</param>
    /// <param name="outliers">What is unusual; null: the program's own rules.</param>
    /// <param name="crowded">Tags of accounts that serve more people than the rules let pass; null: none.</param>
    /// <remarks>Every line is in exactly one disbursement. A person without lines has none.</remarks>
    public static IReadOnlyList<PlannedDisbursement> For(PlanPerson person, YearMonth month, RouteTable routes, OutlierRules? outliers = null, IReadOnlySet<string>? crowded = null)
    {
        if (person.Lines.Count == 0) return [];
        var groups = new List<Group>(2);
        foreach (var line in person.Lines)
        {
            if (line.Amount > Vnd.Zero) GroupOf(groups, person, line, month).Add(line);
        }

        foreach (var line in person.Lines.Where(line => line.Amount < Vnd.Zero).OrderBy(line => line.ForMonth)) TakeBack(groups, person, line, month);
        groups.Sort(Group.Compare);
        var planned = new PlannedDisbursement[groups.Count];
        for (var i = 0; i < planned.Length; i++) planned[i] = Plan(groups[i], person, month, routes, outliers ?? RunRules.OfProgram.Outliers, crowded);
        return planned;
    }

    static Group GroupOf(List<Group> groups, PlanPerson person, EntitlementLine line, YearMonth month)
    {
        var choice = PayeeChoice.Of(person.Rights, line.AwardId, line.Programme, line.PayeeRole, month);
        var payeeNo = choice.Right?.PayeeNo ?? 0;
        foreach (var group in groups)
        {
            if (group.Programme == line.Programme && group.MoneyOf == line.PayeeRole && group.PayeeNo == payeeNo)
            {
                group.Findings |= choice.Findings;
                return group;
            }
        }

        var added = new Group(line.Programme, line.PayeeRole, choice.Right) { HoldReason = choice.HoldReason, Findings = choice.Findings };
        groups.Add(added);
        return added;
    }

    /// <summary>A recoupment comes off the payee it was paid to; where that one gets too little now, off another of the same programme and role.</summary>
    static void TakeBack(List<Group> groups, PlanPerson person, EntitlementLine line, YearMonth month)
    {
        var own = GroupOf(groups, person, line, month);
        if (own.Left + line.Amount >= Vnd.Zero)
        {
            own.Add(line);
            return;
        }

        Group? roomiest = null;
        foreach (var group in groups)
        {
            if (group.Programme == line.Programme && group.MoneyOf == line.PayeeRole && (roomiest is null || group.Left > roomiest.Left)) roomiest = group;
        }

        if (roomiest!.Left + line.Amount < Vnd.Zero)
        {
            // No payee alone gets enough, all together do: one sum, and a person decides who is paid.
            foreach (var other in groups.Where(group => group != roomiest && group.Programme == line.Programme && group.MoneyOf == line.PayeeRole).ToList())
            {
                foreach (var moved in other.Lines) roomiest.Add(moved);
                roomiest.Findings |= other.Findings;
                groups.Remove(other);
            }

            roomiest.HoldReason ??= HoldReasons.RecoupmentAcrossPayees;
        }

        roomiest.Add(line);
        if (own.Lines.Count == 0) groups.Remove(own);
        if (roomiest.Left < Vnd.Zero)
            throw new InvalidOperationException($"Recoupments of a person are greater than what is listed for {line.Programme} and {line.PayeeRole}: the list must not net below zero.");
    }

    static PlannedDisbursement Plan(Group group, PlanPerson person, YearMonth month, RouteTable routes, OutlierRules outliers, IReadOnlySet<string>? crowded)
    {
        var right = group.Right;
        var amount = group.Left;
        var (way, noWay) = WayOf(group, person, amount, routes, outliers);
        var hold = amount.IsZero ? null
            // Of the dead the heirs are asked for, not a new guardian.
            : group.HoldReason == HoldReasons.PayeeExpired && PayeeChoice.IsOwnMoney(group.MoneyOf) && person.IsDead ? HoldReasons.Deceased
            : group.HoldReason
            // A household goes on after its head died, but not through the head's own account: a person names who takes it.
            ?? ((PayeeChoice.IsOwnMoney(group.MoneyOf) || group.MoneyOf == PayeeRole.Household) && person.IsDead ? HoldReasons.Deceased : null)
            ?? (person.ReportedDead.Stops(person.RecipientId, group.PayeeNo, PayeeChoice.IsOwnMoney(group.MoneyOf)) ? HoldReasons.BankSaysDeceased : null)
            ?? (person.IsContradicted ? HoldReasons.Contradicted : null)
            ?? outliers.Unusual(amount, group.OneOff, UsualOf(group, person), group.Programme, group.OldestArrears, month)
            ?? (way is { IsBank: true } && group.MoneyOf != PayeeRole.Facility && crowded is not null && crowded.Contains(right!.Account!.Tag) ? HoldReasons.SharedAccount : null)
            ?? (way is { IsBank: true } && group.MoneyOf != PayeeRole.Facility && person.AccountsAmongStrangers.Contains(right!.Account!.Tag) ? HoldReasons.UnrelatedPeople : null)
            ?? noWay;
        return new PlannedDisbursement(group.Programme, right, right?.Role ?? group.MoneyOf, person.CommuneId, group.Gross, group.Recouped, hold, hold is null ? way : null, group.Findings, group.Lines)
        {
            KeptBack = hold is not null && HoldReasons.IsReleasable(hold) ? way : null,
            HoldRemark = hold == HoldReasons.AccountFlagged ? right!.Account!.Flag : null,
        };
    }

    /// <summary>How the sum would go: by a route of the payer, in cash, or not at all (then why).</summary>
    static (PlannedAttempt? Way, string? NoWay) WayOf(Group group, PlanPerson person, Vnd amount, RouteTable routes, OutlierRules outliers)
    {
        if (amount.IsZero) return (null, null);
        if (group.Right is not { IsPaidByAccount: true, Account: { } account }) return (new PlannedAttempt(null, group.Right?.PayCommuneId ?? person.CommuneId), null);
        if (account.WhyNot(outliers) is { } noWay) return (null, noWay);
        return routes.RouteNoOf(group.Programme, account.BankBin, amount) is { } routeNo ? (new PlannedAttempt(routeNo, person.CommuneId), null) : (null, HoldReasons.NoRoute);
    }

    /// <summary>The usual sum is last month's, or this month's regular lines when the person is new.</summary>
    static Vnd UsualOf(Group group, PlanPerson person) => person.LastMonth.TryGetValue(group.Programme, out var last) && last > Vnd.Zero ? last : group.Regular;

    sealed class Group(Programme programme, PayeeRole moneyOf, PayeeRight? right)
    {
        public Programme Programme => programme;

        public PayeeRole MoneyOf => moneyOf;

        public PayeeRight? Right => right;

        public int PayeeNo => right?.PayeeNo ?? 0;

        public List<EntitlementLine> Lines { get; } = [];

        public Vnd Gross { get; private set; }

        public Vnd Recouped { get; private set; }

        public Vnd Regular { get; private set; }

        public Vnd OneOff { get; private set; }

        public YearMonth? OldestArrears { get; private set; }

        public Vnd Left => Gross - Recouped;

        public string? HoldReason { get; set; }

        public PlanFindings Findings { get; set; }

        public void Add(EntitlementLine line)
        {
            Lines.Add(line);
            if (line.Amount < Vnd.Zero) Recouped -= line.Amount;
            else Gross += line.Amount;
            if (line.Kind == LineKind.Regular) Regular += line.Amount;
            if (line.Kind == LineKind.OneOff) OneOff += line.Amount;
            if (line.Kind == LineKind.Arrears && !(OldestArrears <= line.ForMonth)) OldestArrears = line.ForMonth;
        }

        public static int Compare(Group left, Group right)
        {
            var byProgramme = left.Programme.CompareTo(right.Programme);
            if (byProgramme != 0) return byProgramme;
            var byPayee = left.PayeeNo.CompareTo(right.PayeeNo);
            return byPayee != 0 ? byPayee : left.MoneyOf.CompareTo(right.MoneyOf);
        }
    }
}
