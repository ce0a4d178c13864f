using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

public sealed class RunPlanTests
{
    const string OurBank = "970415";
    static readonly RouteTable Ours = RouteTable.OfOwnAccount(OurBank, BankProfiles.Generic, _ => null);
    static readonly YearMonth November = new(2026, 11);
    static readonly Explanation Why = new("vi", "en", "rule", "law", "verified");
    static readonly IReadOnlyDictionary<Programme, Vnd> NothingBefore = new Dictionary<Programme, Vnd>();

    [Fact]
    public void A_run_pays_each_entitlement_once_and_totals_equal_the_sum_of_lines() => Prop.ForAll<int>(seed =>
    {
        var person = AnyPerson(new SeededRandom(unchecked((ulong)seed)));
        var planned = RunPlan.For(person, November, Ours);
        var lines = planned.SelectMany(one => one.Lines).ToList();
        Assert.Equal(person.Lines.Count, lines.Count);
        Assert.Equal(person.Lines.ToHashSet(), lines.ToHashSet());
        foreach (var one in planned)
        {
            Assert.Equal(one.Lines.Sum(line => line.Amount.Amount), one.Amount.Amount);
            Assert.True(one.Amount >= Vnd.Zero);
            Assert.All(one.Lines, line => Assert.Equal(one.Programme, line.Programme));
            Assert.Equal(one.HoldReason is null && !one.Amount.IsZero, one.Attempt is not null);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_rights_does_not_matter() => Prop.ForAll<int>(seed =>
    {
        var person = AnyPerson(new SeededRandom(unchecked((ulong)seed)));
        var turned = person with { Rights = [.. person.Rights.Reverse()] };
        Assert.Equal(RunPlan.For(person, November, Ours).Select(one => (one.PayeeNo, one.Role, one.Amount, one.HoldReason)),
            RunPlan.For(turned, November, Ours).Select(one => (one.PayeeNo, one.Role, one.Amount, one.HoldReason)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_narrowest_right_takes_the_money()
    {
        var all = Right(1, PayeeRole.Self);
        var programme = Right(2, PayeeRole.Authorised) with { Programme = Programme.Btxh };
        var award = Right(3, PayeeRole.Self) with { AwardId = "A" };
        Assert.Equal(3, Assert.Single(Plan([all, programme, award], Line("A", 500))).PayeeNo);
        Assert.Equal(2, Assert.Single(Plan([all, programme, award], Line("B", 500))).PayeeNo);
        Assert.Equal(1, Assert.Single(Plan([all, programme, award], Line("C", 500, Programme.Ncc))).PayeeNo);
    }

    [Fact]
    public void A_guardian_takes_the_money_before_the_recipient() =>
        Assert.Equal(PayeeRole.Guardian, Assert.Single(Plan([Right(1, PayeeRole.Self), Right(2, PayeeRole.Guardian)], Line("A", 500))).Role);

    [Fact]
    public void A_right_that_has_ended_sends_the_recipients_money_home_in_cash()
    {
        var ended = Right(1, PayeeRole.Self) with { To = new LocalDate(2026, 10, 31) };
        var planned = Assert.Single(Plan([ended], Line("A", 500)));
        Assert.Equal((0, PayeeRole.Self, PlanFindings.ExpiredRight, (string?)null), (planned.PayeeNo, planned.Role, planned.Findings, planned.HoldReason));
        Assert.Equal(new PlannedAttempt(null, 7), planned.Attempt);
        // The last day of the term lies in the list month: still valid.
        Assert.Equal(1, Assert.Single(Plan([ended with { To = new LocalDate(2026, 11, 1) }], Line("A", 500))).PayeeNo);
    }

    [Fact]
    public void A_carers_money_waits_until_a_carer_is_recorded()
    {
        var carers = Line("A", 500) with { PayeeRole = PayeeRole.Carer };
        var planned = Assert.Single(Plan([Right(1, PayeeRole.Self)], carers));
        Assert.Equal((HoldReasons.NoPayee, (PlannedAttempt?)null), (planned.HoldReason, planned.Attempt));
        Assert.Equal(2, Assert.Single(Plan([Right(1, PayeeRole.Self), Right(2, PayeeRole.Carer)], carers)).PayeeNo);
        Assert.Equal(HoldReasons.PayeeExpired, Assert.Single(Plan([Right(2, PayeeRole.Carer) with { To = new LocalDate(2026, 10, 1) }], carers)).HoldReason);
    }

    [Fact]
    public void The_own_money_and_the_carers_money_are_two_disbursements() =>
        Assert.Equal(2, Plan([Right(1, PayeeRole.Self), Right(2, PayeeRole.Carer)], Line("A", 500), Line("A", 300) with { Component = "nguoi_phuc_vu", PayeeRole = PayeeRole.Carer }).Count);

    [Fact]
    public void An_account_alone_is_not_a_wish()
    {
        Assert.True(Assert.Single(Plan([Right(1, PayeeRole.Self)], Line("A", 500))).Attempt!.Value.IsBank);
        var unasked = Assert.Single(Plan([Right(1, PayeeRole.Self) with { Wish = Wish.Unknown }], Line("A", 500)));
        Assert.False(unasked.Attempt!.Value.IsBank);
        Assert.Equal(PlanFindings.AccountWithoutWish, unasked.Findings);
        Assert.False(Assert.Single(Plan([Right(1, PayeeRole.Self) with { Channel = PayoutChannel.Cash }], Line("A", 500))).Attempt!.Value.IsBank);
    }

    [Theory]
    [InlineData(OurBank, 499_999_999, 5)]
    [InlineData("970436", 499_999_999, 6)]
    [InlineData("970436", 500_000_000, 7)]
    [InlineData(OurBank, 500_000_000, 5)]
    public void A_payment_goes_by_its_bank_and_its_amount(string bin, long vnd, int routeNo) => Assert.Equal((short?)routeNo, Ours.RouteNoOf(Programme.Btxh, bin, new Vnd(vnd)));

    [Fact]
    public void A_recoupment_that_eats_the_whole_sum_leaves_a_disbursement_without_attempt()
    {
        var planned = Assert.Single(Plan([Right(1, PayeeRole.Self)], Line("A", 500), Line("A", -500) with { Kind = LineKind.Recoupment, ForMonth = new YearMonth(2026, 9) }));
        Assert.Equal((new Vnd(500), new Vnd(500), (PlannedAttempt?)null, (string?)null), (planned.Gross, planned.Recouped, planned.Attempt, planned.HoldReason));
    }

    [Fact]
    public void A_recoupment_comes_off_another_payee_of_the_same_money_when_its_own_gets_too_little()
    {
        IReadOnlyList<PayeeRight> rights = [Right(1, PayeeRole.Self) with { AwardId = "A" }, Right(2, PayeeRole.Self) with { AwardId = "B" }];
        var planned = Plan(rights, Line("A", 100), Line("B", 500), Line("A", -300) with { Kind = LineKind.Recoupment });
        Assert.Equal([(1, 100L), (2, 200L)], planned.Select(one => (one.PayeeNo, one.Amount.Amount)));
        var together = Assert.Single(Plan(rights, Line("A", 200), Line("B", 250), Line("A", -300) with { Kind = LineKind.Recoupment }));
        Assert.Equal((HoldReasons.RecoupmentAcrossPayees, 150L), (together.HoldReason, together.Amount.Amount));
    }

    [Fact]
    public void Far_more_than_usual_is_held_and_common_arrears_pass()
    {
        var right = Right(1, PayeeRole.Self);
        var arrears = Line("A", 30_000_000) with { Kind = LineKind.Arrears };
        Assert.Equal(HoldReasons.AmountOutlier, Assert.Single(Plan([right], Line("A", 800_000), arrears)).HoldReason);
        Assert.Null(Assert.Single(Plan([right], Line("A", 800_000), arrears with { Amount = new Vnd(5_000_000) })).HoldReason);
        var usual = new PlanPerson(1, 7, false, [Line("A", 800_000), arrears], [right], new Dictionary<Programme, Vnd> { [Programme.Btxh] = new(15_000_000) });
        Assert.Null(Assert.Single(RunPlan.For(usual, November, Ours)).HoldReason);
    }

    [Fact]
    public void What_waits_for_a_yes_keeps_its_way_and_what_waits_for_the_register_has_none()
    {
        var right = Right(1, PayeeRole.Self);
        var jump = Assert.Single(Plan([right], Line("A", 800_000), Line("A", 30_000_000) with { Kind = LineKind.Arrears }));
        Assert.Equal((HoldReasons.AmountOutlier, true), (jump.HoldReason, jump.KeptBack is not null && jump.Attempt is null));
        var old = Assert.Single(Plan([right], Line("A", 800_000), Line("A", 500_000) with { Kind = LineKind.Arrears, ForMonth = new YearMonth(2024, 10) }));
        Assert.Equal((HoldReasons.OldArrears, true), (old.HoldReason, old.KeptBack is not null));
        var contradicted = Assert.Single(RunPlan.For(new PlanPerson(1, 7, false, [Line("A", 500)], [right], NothingBefore) { IsContradicted = true }, November, Ours));
        Assert.Equal((HoldReasons.Contradicted, (PlannedAttempt?)null, (PlannedAttempt?)null), (contradicted.HoldReason, contradicted.KeptBack, contradicted.Attempt));
    }

    [Fact]
    public void Money_for_an_account_that_serves_too_many_waits_and_cash_does_not()
    {
        var right = Right(1, PayeeRole.Self) with { Channel = PayoutChannel.Bank, Wish = Wish.Yes, Account = new PayoutAccount(1, OurBank, "aa", "A") };
        var crowded = new HashSet<string> { "aa" };
        IReadOnlyList<PlannedDisbursement> Planned(PayeeRight of, EntitlementLine line) => RunPlan.For(new PlanPerson(1, 7, false, [line], [of], NothingBefore), November, Ours, null, crowded);
        Assert.Equal((HoldReasons.SharedAccount, true), (Planned(right, Line("A", 500)).Single().HoldReason, Planned(right, Line("A", 500)).Single().KeptBack!.Value.IsBank));
        Assert.Null(Planned(right with { Account = right.Account! with { Tag = "bb" } }, Line("A", 500)).Single().HoldReason);
        Assert.Null(Planned(right with { Wish = Wish.No, Channel = PayoutChannel.Cash }, Line("A", 500)).Single().HoldReason);
        // A facility's account serves everybody who lives there.
        Assert.Null(Planned(right with { Role = PayeeRole.Facility }, Line("A", 500) with { PayeeRole = PayeeRole.Facility }).Single().HoldReason);
    }

    [Fact]
    public void The_money_of_a_recipient_known_to_be_dead_waits_for_the_heirs() =>
        Assert.Equal(HoldReasons.Deceased, Assert.Single(RunPlan.For(new PlanPerson(1, 7, true, [Line("A", 500)], [Right(1, PayeeRole.Self)], NothingBefore), November, Ours)).HoldReason);

    [Fact]
    public void Whom_a_bank_calls_dead_gets_nothing_before_somebody_has_looked()
    {
        var reported = new ReportedDeaths(new HashSet<int> { 1 }, new HashSet<int> { 1 });
        PlannedDisbursement Planned(int recipient, PayeeRight right, PayeeRole moneyOf = PayeeRole.Self) =>
            Assert.Single(RunPlan.For(new PlanPerson(recipient, 7, false, [Line("A", 500) with { PayeeRole = moneyOf }], [right], NothingBefore) { ReportedDead = reported }, November, Ours));
        var own = Planned(1, Right(1, PayeeRole.Self));
        Assert.Equal((HoldReasons.BankSaysDeceased, true), (own.HoldReason, own.KeptBack is not null));
        // The same person's money by another right, and another person's by the right of the dead one, wait as well.
        Assert.Equal(HoldReasons.BankSaysDeceased, Planned(1, Right(5, PayeeRole.Guardian)).HoldReason);
        Assert.Equal(HoldReasons.BankSaysDeceased, Planned(2, Right(1, PayeeRole.Guardian)).HoldReason);
        Assert.Null(Planned(2, Right(5, PayeeRole.Self)).HoldReason);
        // A carer of the dead person is owed the carer's own money.
        Assert.Null(Planned(1, Right(5, PayeeRole.Carer), PayeeRole.Carer).HoldReason);
    }

    [Theory]
    [InlineData("2026-10-24", "2026-11-02", "2026-11-13")]
    // 24/11/2026 is a public holiday.
    [InlineData("2026-11-20", "2026-11-20", "2026-12-04")]
    public void The_window_of_execution_dates_opens_with_the_month_and_never_in_the_past(string today, string from, string to)
    {
        var day = NodaTime.Text.LocalDatePattern.Iso;
        var (first, last) = new BankingCalendar([new LocalDate(2026, 11, 24)]).Window(November, day.Parse(today).Value);
        Assert.Equal((from, to), (day.Format(first), day.Format(last)));
    }

    static IReadOnlyList<PlannedDisbursement> Plan(IReadOnlyList<PayeeRight> rights, params EntitlementLine[] lines) => RunPlan.For(new PlanPerson(1, 7, false, lines, rights, NothingBefore), November, Ours);

    static EntitlementLine Line(string awardId, long vnd, Programme programme = Programme.Btxh) => new(awardId, programme, "tro_cap", PayeeRole.Self, November, LineKind.Regular, new Vnd(vnd), 0, Why);

    static PayeeRight Right(int payeeNo, PayeeRole role) => new(payeeNo, 1, null, null, role, null, null, PayoutChannel.Bank, Wish.Yes, new PayoutAccount(1, "970436", "aa", "NGUYEN VAN A"), null);

    static PlanPerson AnyPerson(SeededRandom random)
    {
        string[] awards = ["A", "B", "C"];
        var lines = new List<EntitlementLine>();
        foreach (var awardId in awards)
        {
            var (programme, role) = (awardId == "C" ? Programme.Ncc : Programme.Btxh, random.Chance(2_000) ? PayeeRole.Carer : PayeeRole.Self);
            if (random.Chance(8_000)) lines.Add(Line(awardId, random.Between(1, 30) * 1_000_000L, programme) with { PayeeRole = role });
            if (random.Chance(3_000)) lines.Add(Line(awardId, random.Between(1, 9) * 1_000L, programme) with { PayeeRole = role, Kind = LineKind.Arrears, ForMonth = new YearMonth(2026, 9) });
        }

        // As the month's list does: never more taken back than listed for the programme and role.
        foreach (var group in lines.GroupBy(line => (line.Programme, line.PayeeRole)).ToList())
        {
            if (random.Chance(5_000))
                lines.Add(Line(random.Pick(group.ToList()).AwardId, -Math.Max(1, group.Sum(line => line.Amount.Amount) * random.Between(1, 100) / 100), group.Key.Programme) with { PayeeRole = group.Key.PayeeRole, Kind = LineKind.Recoupment, ForMonth = new YearMonth(2026, 8) });
        }

        var rights = new List<PayeeRight>();
        for (var payeeNo = 1; payeeNo <= random.Below(5); payeeNo++)
        {
            rights.Add(Right(payeeNo, random.Pick<PayeeRole>([PayeeRole.Self, PayeeRole.Guardian, PayeeRole.Authorised, PayeeRole.Carer])) with
            {
                AwardId = random.Chance(3_000) ? random.Pick(awards) : null,
                Programme = random.Chance(2_000) ? Programme.Btxh : null,
                To = random.Chance(2_000) ? new LocalDate(2026, 10, 31) : null,
                Wish = random.Chance(7_000) ? Wish.Yes : Wish.Unknown,
            });
        }

        return new PlanPerson(1, 7, random.Chance(500), lines, rights, NothingBefore);
    }
}
