using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

/// <summary>Who may take the money and to which account it goes, through a plan: one line is held with its reason, the rest of the run goes.</summary>
public sealed class PayeesAndAccountsTests
{
    static readonly RouteTable Ours = RouteTable.OfOwnAccount("970415", BankProfiles.Generic, _ => null);
    static readonly YearMonth November = new(2026, 11);
    static readonly OutlierRules Rules = RunRules.OfProgram.Outliers;

    static PayoutAccount Account(string tag) => new(1, "970436", tag, "LE THI LAN");

    static PayeeRight Right(int payeeNo, PayeeRole role, string tag = "aa") => new(payeeNo, 1, null, null, role, null, null, PayoutChannel.Bank, Wish.Yes, Account(tag), null);

    static EntitlementLine Line(string awardId, Programme programme = Programme.Btxh) => new(awardId, programme, "tro_cap", PayeeRole.Self, November, LineKind.Regular, new Vnd(810_000), 0, new("vi", "en", "rule", "law", "verified"));

    static PlannedDisbursement Plan(PayeeRight right, Func<PlanPerson, PlanPerson>? with = null, OutlierRules? rules = null)
    {
        var person = new PlanPerson(1, 7, false, [Line("A")], [right], new Dictionary<Programme, Vnd>());
        return Assert.Single(RunPlan.For(with?.Invoke(person) ?? person, November, Ours, rules));
    }

    [Theory]
    [InlineData(PayeeRole.Guardian)]
    [InlineData(PayeeRole.Authorised)]
    public void A_basis_that_ran_out_holds_its_line_and_no_other(PayeeRole role)
    {
        var ended = Right(1, role) with { To = new LocalDate(2026, 10, 31) };
        var held = Plan(ended);
        Assert.Equal((HoldReasons.PayeeExpired, (PlannedAttempt?)null, (PlannedAttempt?)null), (held.HoldReason, held.Attempt, held.KeptBack));
        Assert.Contains("renew", HoldReasons.Exit(HoldReasons.PayeeExpired).En, StringComparison.Ordinal);
        // The last day lies in the month, or the term runs on: paid.
        Assert.Null(Plan(ended with { To = new LocalDate(2026, 11, 1) }).HoldReason);
        // By scope: what ran out for one programme holds that programme's line alone.
        var both = RunPlan.For(new PlanPerson(1, 7, false, [Line("A"), Line("B", Programme.Ncc)], [ended with { Programme = Programme.Btxh }, Right(2, PayeeRole.Guardian, "bb") with { Programme = Programme.Ncc }], new Dictionary<Programme, Vnd>()), November, Ours);
        Assert.Equal([(Programme.Ncc, (string?)null), (Programme.Btxh, HoldReasons.PayeeExpired)], both.Select(one => (one.Programme, one.HoldReason)));
        // Another right that stands takes it instead.
        Assert.Equal(2, Assert.Single(RunPlan.For(new PlanPerson(1, 7, false, [Line("A")], [ended, Right(2, PayeeRole.Self, "bb")], new Dictionary<Programme, Vnd>()), November, Ours)).PayeeNo);
    }

    [Fact]
    public void A_payee_who_has_died_takes_nothing_whatever_the_term_says()
    {
        var dead = Right(1, PayeeRole.Guardian) with { To = new LocalDate(2030, 1, 1), PayeeDied = true };
        Assert.Equal(HoldReasons.PayeeExpired, Plan(dead).HoldReason);
        Assert.Equal(2, Assert.Single(RunPlan.For(new PlanPerson(1, 7, false, [Line("A")], [dead, Right(2, PayeeRole.Authorised)], new Dictionary<Programme, Vnd>()), November, Ours)).PayeeNo);
        // Where the recipient is dead too the heirs are asked for, not a new guardian.
        Assert.Equal(HoldReasons.Deceased, Plan(dead, person => person with { IsDead = true }).HoldReason);
    }

    [Fact]
    public void A_wish_that_is_taken_back_sends_the_next_list_to_cash()
    {
        Assert.True(Plan(Right(1, PayeeRole.Self)).Attempt!.Value.IsBank);
        Assert.False(Plan(Right(1, PayeeRole.Self) with { Wish = Wish.No }).Attempt!.Value.IsBank);
    }

    [Fact]
    public void A_programme_goes_to_its_own_primary_account_and_the_others_to_the_rights()
    {
        ProgrammeAccount Primary(string tag, int fromMonth, int? toMonth) => new(Programme.Ncc, new LocalDate(2026, fromMonth, 1), toMonth is { } month ? new LocalDate(2026, month, 1).PlusMonths(1).PlusDays(-1) : null, PayoutChannel.MobileMoney, new PayoutAccount(9, "971005", tag, "LE THI LAN"));
        var right = Right(1, PayeeRole.Self) with { Primaries = [Primary("old", 1, 9), Primary("now", 10, null)] };
        var planned = RunPlan.For(new PlanPerson(1, 7, false, [Line("A"), Line("B", Programme.Ncc)], [right], new Dictionary<Programme, Vnd>()), November, Ours);
        Assert.Equal([(Programme.Ncc, "now", PayoutChannel.MobileMoney), (Programme.Btxh, "aa", PayoutChannel.Bank)], planned.Select(one => (one.Programme, one.Right!.Account!.Tag, one.Right.Channel)));
        Assert.Equal("old", right.For(Programme.Ncc, new YearMonth(2026, 9)).Account!.Tag);
        Assert.Equal("aa", right.For(Programme.Ncc, new YearMonth(2025, 9)).Account!.Tag);
        // One that begins in the month serves that month's list.
        Assert.Equal("now", (right with { Primaries = [Primary("old", 1, 10), Primary("now", 11, null)] }).For(Programme.Ncc, November).Account!.Tag);
        // A primary account makes a right that was paid in cash one that is paid by account, for that programme alone, and only with the wish.
        var cash = right with { Channel = PayoutChannel.Cash, Account = null };
        Assert.Equal([true, false], RunPlan.For(new PlanPerson(1, 7, false, [Line("A"), Line("B", Programme.Ncc)], [cash], new Dictionary<Programme, Vnd>()), November, Ours).Select(one => one.Attempt!.Value.IsBank));
        Assert.All(RunPlan.For(new PlanPerson(1, 7, false, [Line("A"), Line("B", Programme.Ncc)], [cash with { Wish = Wish.No }], new Dictionary<Programme, Vnd>()), November, Ours), one => Assert.False(one.Attempt!.Value.IsBank));
    }

    [Fact]
    public void A_flag_holds_with_its_name_and_cash_passes_it()
    {
        var flagged = Right(1, PayeeRole.Self) with { Account = Account("aa") with { Flag = "police_list: CV 12/CA (02/11/2026–30/11/2026)" } };
        var held = Plan(flagged);
        Assert.Equal((HoldReasons.AccountFlagged, "police_list: CV 12/CA (02/11/2026–30/11/2026)", (PlannedAttempt?)null), (held.HoldReason, held.HoldRemark, held.KeptBack));
        Assert.Null(Plan(flagged with { Wish = Wish.No }).HoldReason);
        Assert.Null(Plan(flagged with { Account = Account("aa") }).HoldReason);
    }

    [Theory]
    [InlineData(AccountCheck.Unverified, null, HoldReasons.AccountUnverified)]
    [InlineData(AccountCheck.Verified, null, null)]
    [InlineData(AccountCheck.NameDiffers, HoldReasons.AccountRefused, HoldReasons.AccountRefused)]
    [InlineData(AccountCheck.Closed, HoldReasons.AccountRefused, HoldReasons.AccountRefused)]
    [InlineData(AccountCheck.NotFound, HoldReasons.AccountRefused, HoldReasons.AccountRefused)]
    public void What_a_bank_said_holds_and_what_it_did_not_say_holds_by_rule_only(AccountCheck check, string? usually, string? byRule)
    {
        var right = Right(1, PayeeRole.Self) with { Account = Account("aa") with { Check = check } };
        Assert.Equal((usually, byRule), (Plan(right).HoldReason, Plan(right, rules: Rules with { VerifiedAccountsOnly = true }).HoldReason));
    }

    [Fact]
    public void Whoever_is_on_an_account_among_strangers_waits_for_a_yes()
    {
        PlannedDisbursement Among(PayeeRight right) => Plan(right, person => person with { AccountsAmongStrangers = new HashSet<string> { "aa" } });
        Assert.Equal((HoldReasons.UnrelatedPeople, true), (Among(Right(1, PayeeRole.Self)).HoldReason, Among(Right(1, PayeeRole.Self)).KeptBack!.Value.IsBank));
        Assert.Null(Among(Right(1, PayeeRole.Self, "bb")).HoldReason);
        Assert.Null(Among(Right(1, PayeeRole.Self) with { Wish = Wish.No }).HoldReason);
    }

    [Fact]
    public void A_hold_is_released_by_what_the_register_and_the_banks_say_then()
    {
        Result<HoldRoad> Road(string reason, PayeeRight right, HoldWay way = HoldWay.AsDue, OutlierRules? rules = null) =>
            HoldRelease.Of(new HeldSum("P1", reason, Programme.Btxh, PayeeRole.Self, new Vnd(810_000), ["A"], 7), new PersonToday([right], null, false), November, Ours, way, rules: rules);
        var ended = Right(1, PayeeRole.Guardian) with { To = new LocalDate(2026, 10, 31) };
        Assert.Equal("not_allowed.hold_stands", Assert.Single(Road(HoldReasons.PayeeExpired, ended).Problems).Code);
        Assert.True(Road(HoldReasons.PayeeExpired, ended with { To = new LocalDate(2027, 10, 31) }).Value.IsBank);
        Assert.Equal((0, false, 7), (Road(HoldReasons.PayeeExpired, ended, HoldWay.Cash).Value.PayeeNo, Road(HoldReasons.PayeeExpired, ended, HoldWay.Cash).Value.IsBank, Road(HoldReasons.PayeeExpired, ended, HoldWay.Cash).Value.PayCommuneId));
        var flagged = Right(1, PayeeRole.Self) with { Account = Account("aa") with { Flag = "police_list: CV 12/CA" } };
        Assert.Contains("CV 12/CA", Assert.Single(Road(HoldReasons.AccountFlagged, flagged).Problems).Remedy, StringComparison.Ordinal);
        Assert.False(Road(HoldReasons.AccountFlagged, flagged, HoldWay.Cash).Value.IsBank);
        Assert.True(Road(HoldReasons.AccountFlagged, Right(1, PayeeRole.Self)).Value.IsBank);
        Assert.Equal("not_allowed.hold_stands", Assert.Single(Road(HoldReasons.AccountUnverified, Right(1, PayeeRole.Self), rules: Rules with { VerifiedAccountsOnly = true }).Problems).Code);
    }

    [Fact]
    public void A_provider_that_the_switch_does_not_reach_is_paid_by_a_route_that_names_it()
    {
        static bool ByName(string bin) => bin == "971133";
        var ours = RouteTable.OfOwnAccount("970415", BankProfiles.Generic, _ => null, ByName);
        Assert.Null(ours.RouteNoOf(Programme.Btxh, "971133", new Vnd(810_000)));
        Assert.NotNull(ours.RouteNoOf(Programme.Btxh, "971005", new Vnd(810_000)));
        var named = new RouteTable([new PayerRoute(1, [], ["971133"], null, null, null, "970415", BankProfiles.Generic)], _ => null, ByName);
        Assert.NotNull(named.RouteNoOf(Programme.Btxh, "971133", new Vnd(810_000)));
        Assert.NotNull(RouteTable.OfOwnAccount("971133", BankProfiles.Generic, _ => null, ByName).RouteNoOf(Programme.Btxh, "971133", new Vnd(810_000)));
        Assert.True(BankDirectory.Find("971133")!.IsReachedByName);
    }
}
