using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

/// <summary>Every kind of hold has a way to payment once its cause is mended, and none before.</summary>
public sealed class HoldReleaseTests
{
    static readonly YearMonth December = new(2026, 12);
    static readonly LocalDate Died = new(2026, 11, 3);
    static readonly RouteTable Ours = RouteTable.OfOwnAccount("970415", BankProfiles.Generic, _ => null);
    static readonly RouteTable None = new([], _ => null);

    static PayeeRight Right(int payeeNo, PayeeRole role) => new(payeeNo, 1, null, null, role, null, null, PayoutChannel.Bank, Wish.Yes, new PayoutAccount(1, "970436", "aa", "NGUYEN VAN A"), null);

    static PayeeRight InCash(PayeeRight right, int? commune = null) => right with { Channel = PayoutChannel.Cash, Wish = Wish.Unknown, Account = null, PayCommuneId = commune };

    static HeldSum Held(string reason, PayeeRole moneyOf = PayeeRole.Self, params string[] awards) => new("P1", reason, Programme.Btxh, moneyOf, new Vnd(810_000), awards.Length > 0 ? awards : ["A"], 7);

    static PersonToday Person(params PayeeRight[] rights) => new(rights, null, false);

    static Result<HoldRoad> Road(HeldSum held, PersonToday today, HoldWay way = HoldWay.AsDue, int? payee = null, RouteTable? routes = null) => HoldRelease.Of(held, today, December, routes ?? Ours, way, payee);

    static void Stands(string reason, Result<HoldRoad> road)
    {
        var problem = Assert.Single(road.Problems);
        Assert.Equal("not_allowed.hold_stands", problem.Code);
        Assert.Contains(HoldReasons.Words(reason).En, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
    }

    [Theory]
    [InlineData(HoldReasons.ByPerson)]
    [InlineData(HoldReasons.AmountOutlier)]
    [InlineData(HoldReasons.OverCap)]
    [InlineData(HoldReasons.OldArrears)]
    [InlineData(HoldReasons.SharedAccount)]
    public void What_only_waits_for_a_yes_goes_as_the_register_says_today(string reason)
    {
        Assert.Equal(new HoldRoad(Right(1, PayeeRole.Self), true, 7), Road(Held(reason), Person(Right(1, PayeeRole.Self))).Value);
        Assert.Equal((0, false, 7), Way(Road(Held(reason), Person())));
        Assert.Equal((1, false, 9), Way(Road(Held(reason), Person(InCash(Right(1, PayeeRole.Self), 9)))));
        Assert.Equal((1, false, 7), Way(Road(Held(reason), Person(Right(1, PayeeRole.Self)), HoldWay.Cash)));
    }

    [Fact]
    public void A_carers_money_goes_once_a_carer_is_recorded_or_their_right_is_renewed()
    {
        var held = Held(HoldReasons.NoPayee, PayeeRole.Carer);
        Stands(HoldReasons.NoPayee, Road(held, Person(Right(1, PayeeRole.Self))));
        Stands(HoldReasons.NoPayee, Road(held, Person(), HoldWay.Cash));
        Stands(HoldReasons.PayeeExpired, Road(Held(HoldReasons.PayeeExpired, PayeeRole.Carer), Person(Right(2, PayeeRole.Carer) with { To = new LocalDate(2026, 11, 30) })));
        Assert.Equal((2, true, 7), Way(Road(held, Person(Right(1, PayeeRole.Self), Right(2, PayeeRole.Carer)))));
        Assert.Equal((2, true, 7), Way(Road(Held(HoldReasons.PayeeExpired, PayeeRole.Carer), Person(Right(2, PayeeRole.Carer) with { To = new LocalDate(2027, 11, 30) }))));
    }

    [Fact]
    public void What_is_left_of_the_dead_goes_in_cash_to_a_payee_recorded_since_and_named_by_people()
    {
        var held = Held(HoldReasons.Deceased);
        var heir = Right(2, PayeeRole.Authorised) with { From = Died };
        var dead = new PersonToday([Right(1, PayeeRole.Self), heir], Died, false);
        Stands(HoldReasons.Deceased, Road(held, dead));
        Stands(HoldReasons.Deceased, Road(held, dead, HoldWay.Cash));
        Stands(HoldReasons.Deceased, Road(held, dead, payee: 1));
        // Who acted for the living person acts no longer.
        Stands(HoldReasons.Deceased, Road(held, dead with { Rights = [heir with { From = Died.PlusDays(-1) }] }, payee: 2));
        Stands(HoldReasons.Deceased, Road(held, dead with { Rights = [heir with { From = null }] }, payee: 2));
        Assert.Equal((2, false, 7), Way(Road(held, dead, payee: 2)));
        Assert.Equal((1, true, 7), Way(Road(held, dead with { Death = null, Rights = [Right(1, PayeeRole.Self)] })));
        // A carer's money is the carer's: the death of the cared-for does not touch it.
        Assert.Equal((3, true, 7), Way(Road(Held(HoldReasons.NoPayee, PayeeRole.Carer), dead with { Rights = [Right(3, PayeeRole.Carer)] })));
    }

    [Fact]
    public void A_death_that_became_known_since_stops_a_sum_that_only_waited_for_a_yes() =>
        Stands(HoldReasons.Deceased, Road(Held(HoldReasons.AmountOutlier), new PersonToday([Right(1, PayeeRole.Self)], Died, false)));

    [Fact]
    public void Facts_that_contradict_each_other_are_corrected_first()
    {
        Stands(HoldReasons.Contradicted, Road(Held(HoldReasons.Contradicted), Person(Right(1, PayeeRole.Self)) with { IsContradicted = true }));
        Assert.Equal((1, true, 7), Way(Road(Held(HoldReasons.Contradicted), Person(Right(1, PayeeRole.Self)))));
    }

    [Fact]
    public void Without_a_route_or_a_fitting_account_cash_is_the_other_way()
    {
        Stands(HoldReasons.NoRoute, Road(Held(HoldReasons.NoRoute), Person(Right(1, PayeeRole.Self)), routes: None));
        Assert.Equal((1, false, 7), Way(Road(Held(HoldReasons.NoRoute), Person(Right(1, PayeeRole.Self)), HoldWay.Cash, routes: None)));
        Assert.Equal((1, true, 7), Way(Road(Held(HoldReasons.NoRoute), Person(Right(1, PayeeRole.Self)))));
        var unfit = Right(1, PayeeRole.Self) with { Account = new PayoutAccount(1, "970436", "aa", "A") { FitsItsBank = false } };
        Stands(HoldReasons.AccountNotAtBank, Road(Held(HoldReasons.AccountNotAtBank), Person(unfit)));
        Assert.Equal((1, false, 7), Way(Road(Held(HoldReasons.AccountNotAtBank), Person(unfit), HoldWay.Cash)));
        Assert.Equal((1, true, 7), Way(Road(Held(HoldReasons.AccountNotAtBank), Person(Right(1, PayeeRole.Self)))));
    }

    [Fact]
    public void A_sum_of_several_payees_goes_to_the_one_people_name()
    {
        var held = Held(HoldReasons.RecoupmentAcrossPayees, PayeeRole.Carer, "A", "B");
        var two = Person(Right(1, PayeeRole.Carer) with { AwardId = "A" }, Right(2, PayeeRole.Carer) with { AwardId = "B" }, Right(3, PayeeRole.Self), Right(4, PayeeRole.Carer) with { AwardId = "C" });
        Assert.Equal("hold.payee", Assert.Single(Road(held, two).Problems).Code);
        Assert.Equal((2, true, 7), Way(Road(held, two, payee: 2)));
        foreach (var other in (int[])[3, 4, 5]) Assert.Equal("hold.payee", Assert.Single(Road(held, two, payee: other).Problems).Code);
        Assert.Equal("hold.payee", Assert.Single(Road(held, Person(Right(1, PayeeRole.Carer) with { To = new LocalDate(2026, 11, 30) }), payee: 1).Problems).Code);
    }

    [Fact]
    public void Every_reason_says_what_ends_it() =>
        Assert.All(HoldReasons.All, reason => Assert.True(HoldReasons.Exit(reason) is { Vi.Length: > 10, En.Length: > 10 } && HoldReasons.Words(reason).Vi != reason, reason));

    static (int, bool, int) Way(Result<HoldRoad> road)
    {
        Assert.True(road.IsOk, string.Join('\n', road.Problems));
        return (road.Value.PayeeNo, road.Value.IsBank, road.Value.PayCommuneId);
    }
}
