using NodaTime;
using PaymentEngine.App.Commands.Reports;
using PaymentEngine.App.Operations.Reports;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reports;

namespace PaymentEngine.Tests.Reports;

/// <summary>The funnel: one step, one reason and one next action for each record, and figures that are the people they name.</summary>
public sealed class FunnelTests
{
    static readonly FunnelFacts Ready = new()
    {
        HasAward = true, NumberDigits = 12, BirthIsExact = true, Sex = Sex.Female, HasCommune = true, HasPayee = true, HasAccount = true, WantsAccount = true, ChannelIsAccount = true, IsVerified = true,
    };

    static int In(params Place[] places) => places.Aggregate(0, (all, place) => all | (1 << (int)place));

    static FunnelStanding Of(FunnelFacts facts) => facts.Standing;

    [Fact]
    public void Everybody_stands_before_the_first_condition_that_is_missing()
    {
        Assert.Equal(new(FunnelStep.Registered, FunnelReason.NoNumber), Of(Ready with { NumberDigits = 0, HasAccount = false }));
        Assert.Equal(new(FunnelStep.Registered, FunnelReason.OldNumber), Of(Ready with { NumberDigits = 9 }));
        Assert.Equal(new(FunnelStep.Registered, FunnelReason.NoDayOfBirth), Of(Ready with { BirthIsExact = false }));
        Assert.Equal(new(FunnelStep.Registered, FunnelReason.NoSex), Of(Ready with { Sex = Sex.Unknown }));
        Assert.Equal(new(FunnelStep.Registered, FunnelReason.NoCommune), Of(Ready with { HasCommune = false }));
        Assert.Equal(new(FunnelStep.Information, FunnelReason.NoAccount), Of(Ready with { HasAccount = false }));
        Assert.Equal(new(FunnelStep.Information, FunnelReason.PayeeExpired), Of(Ready with { HasAccount = false, HasPayee = false, PayeeExpired = true }));
        Assert.Equal(new(FunnelStep.Information, FunnelReason.NoPayee), Of(Ready with { HasAccount = false, HasPayee = false }));
        Assert.Equal(new(FunnelStep.Account, FunnelReason.WishUnknown), Of(Ready with { WantsAccount = false }));
        Assert.Equal(new(FunnelStep.Account, FunnelReason.WishDeclined), Of(Ready with { WantsAccount = false, HasDeclined = true }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.NotVerified), Of(Ready with { IsVerified = false }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.ChannelIsCash), Of(Ready with { IsVerified = false, ChannelIsAccount = false }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.NameDiffers), Of(Ready with { IsVerified = false, Answer = AccountAnswer.NameDiffers }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.AccountRefused), Of(Ready with { IsVerified = false, Answer = AccountAnswer.Refused }));
        Assert.Equal(new(FunnelStep.Verified, FunnelReason.NotListed), Of(Ready));
        Assert.Equal(new(FunnelStep.Verified, FunnelReason.Suspended), Of(Ready with { IsSuspended = true }));
    }

    [Fact]
    public void Who_is_outside_is_outside_whatever_else_is_known()
    {
        Assert.Equal(new(FunnelStep.Outside, FunnelReason.NoRunningAward), Of(Ready with { HasAward = false, Places = In(Place.PaidByAccount) }));
        Assert.Equal(new(FunnelStep.Outside, FunnelReason.Dead), Of(Ready with { IsDead = true }));
        Assert.Equal(new(FunnelStep.Outside, FunnelReason.LeftProvince), Of(Ready with { HasLeftProvince = true }));
        Assert.Equal(new(FunnelStep.Outside, FunnelReason.MergedRecord), Of(Ready with { IsMerged = true, IsDead = true }));
    }

    [Theory]
    [InlineData(FunnelReason.Held, Place.Held)]
    [InlineData(FunnelReason.NotSent, Place.Open)]
    [InlineData(FunnelReason.NotSent, Place.Ordered)]
    [InlineData(FunnelReason.UnderWay, Place.InTransit)]
    [InlineData(FunnelReason.Disputed, Place.Disputed)]
    [InlineData(FunnelReason.Returned, Place.Returned)]
    [InlineData(FunnelReason.InCash, Place.CashDue)]
    [InlineData(FunnelReason.InCash, Place.OnCashList)]
    [InlineData(FunnelReason.InCash, Place.PaidInCash)]
    [InlineData(FunnelReason.GivenBack, Place.GivenBack)]
    public void Each_place_of_the_money_is_a_reason_of_its_own(FunnelReason reason, Place place) =>
        Assert.Equal(new(FunnelStep.Verified, reason), Of(Ready with { Places = In(place) }));

    [Fact]
    public void A_first_payment_on_its_way_is_what_an_unproven_account_waits_for()
    {
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.UnderWay), Of(Ready with { IsVerified = false, Places = In(Place.InTransit) }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.Returned), Of(Ready with { IsVerified = false, Places = In(Place.Returned) }));
        Assert.Equal(new(FunnelStep.Wish, FunnelReason.NotVerified), Of(Ready with { IsVerified = false, Places = In(Place.PaidInCash) }));
    }

    [Fact]
    public void Paid_by_account_is_said_by_the_ledger_and_a_gap_of_the_record_is_its_reason()
    {
        Assert.Equal(new(FunnelStep.PaidByAccount, FunnelReason.ByAccount), Of(Ready with { Places = In(Place.PaidByAccount, Place.InTransit) }));
        Assert.Equal(new(FunnelStep.PaidByAccount, FunnelReason.ByAccountInformationMissing), Of(Ready with { NumberDigits = 9, Places = In(Place.PaidByAccount) }));
        Assert.Equal(new(FunnelStep.PaidByAccount, FunnelReason.ByAccountWishMissing), Of(Ready with { WantsAccount = false, Places = In(Place.PaidByAccount) }));
        Assert.Equal(new(FunnelStep.PaidByAccount, FunnelReason.ByAccountAccountMissing), Of(Ready with { HasAccount = false, Places = In(Place.PaidByAccount) }));
        Assert.Equal(new(FunnelStep.Verified, FunnelReason.PartlyInCash), Of(Ready with { Places = In(Place.PaidByAccount, Place.PaidInCash) }));
    }

    [Fact]
    public void Every_reason_has_words_a_next_action_and_a_code_of_its_own()
    {
        Assert.Equal(Enum.GetValues<FunnelReason>(), FunnelReasons.All.Select(words => words.Reason));
        Assert.Equal(FunnelReasons.All.Count, FunnelReasons.All.Select(words => words.Code).Distinct().Count());
        Assert.All(FunnelReasons.All, words => Assert.All((string[])[words.Vi, words.En, words.NextVi, words.NextEn], text => Assert.NotEmpty(text)));
        Assert.All(FunnelReasons.All, words => Assert.Equal(words.Actor == FunnelActor.Nobody, words.NextEn == "none"));
        Assert.Equal(Enum.GetValues<FunnelStep>(), FunnelSteps.All.Select(step => step.Step));
    }

    [Theory]
    [InlineData(1, 3, 333)]
    [InlineData(2, 3, 667)]
    [InlineData(1, 2000, 1)]
    [InlineData(1, 2001, 0)]
    [InlineData(14_301, 220_015, 65)]
    [InlineData(18_175, 253_582, 72)]
    [InlineData(5, 5, 1000)]
    [InlineData(0, 7, 0)]
    public void A_share_is_rounded_half_away_from_zero_to_one_decimal(long part, long whole, long tenths) => Assert.Equal(tenths, Share.Of(part, whole)!.Value.Tenths);

    [Fact]
    public void A_share_of_nothing_is_none_and_a_share_of_all_money_does_not_overflow()
    {
        Assert.Null(Share.Of(0, 0));
        Assert.Equal("–", Share.Text(Share.Of(0, 0)));
        Assert.Equal("6,5 %", Share.Of(14_301, 220_015).ToString());
        Assert.Equal(1000, Share.Of(long.MaxValue / 2, long.MaxValue / 2)!.Value.Tenths);
    }

    [Theory]
    [InlineData("2022-11-23", "4-15")]
    [InlineData("2022-11-24", "0-3")]
    [InlineData("1951-11-23", "75-79")]
    [InlineData("1951-11-24", "70-74")]
    [InlineData("1951", "70-74")]
    [InlineData("1946-10", "80+")]
    [InlineData("1966-11-23", "60-69")]
    [InlineData("1966-11-24", "16-59")]
    public void An_age_breaks_on_the_birthday_and_a_year_alone_counts_at_its_end(string birth, string band) => Assert.Equal(band, AgeBand.Of(BirthDate.Parse(birth).Value, new LocalDate(2026, 11, 23)));

    [Fact]
    public void Of_several_programmes_the_first_group_counts_once()
    {
        Assert.Equal(RecipientGroup.Ncc, RecipientGroups.Of(0b0101));
        Assert.Equal(RecipientGroup.Btxh, RecipientGroups.Of(0b0110));
        Assert.Equal(RecipientGroup.Khac, RecipientGroups.Of(0b1000));
        Assert.Equal(RecipientGroup.None, RecipientGroups.Of(0));
    }

    // Drawn by hand of a seed: people of every kind, so that each table has rows.
    static List<FunnelPerson> Drawn(ulong seed, int count)
    {
        var random = SeededRandom.For(seed, 1);
        var people = new List<FunnelPerson>();
        bool Chance(int percent) => random.Below(100) < percent;
        for (var at = 0; at < count; at++)
        {
            var sums = new List<PlacedSum>();
            for (var programme = Programme.Ncc; programme <= Programme.Htxh; programme++)
                foreach (var inPeriod in (bool[])[true, false])
                    if (Chance(40)) sums.Add(new PlacedSum(inPeriod, programme, (Place)(1 + random.Below(11)), 1 + random.Below(3), new Vnd(1_000 * (1 + random.Below(900)))));
            var facts = new FunnelFacts
            {
                IsMerged = Chance(2), IsDead = Chance(3), HasLeftProvince = Chance(2), HasAward = Chance(90), IsSuspended = Chance(5), NumberDigits = Chance(85) ? 12 : Chance(50) ? 9 : 0, BirthIsExact = Chance(90), Sex = (Sex)random.Below(3), HasCommune = Chance(97),
                HasPayee = Chance(90), PayeeExpired = Chance(10), HasAccount = Chance(70), WantsAccount = Chance(70), IsVerified = Chance(60), ChannelIsAccount = Chance(80), HasDeclined = Chance(20),
                Places = sums.Where(sum => sum.InPeriod).Aggregate(0, (all, sum) => all | (1 << (int)sum.Place)),
            };
            people.Add(new FunnelPerson
            {
                Standing = facts.Standing, Conditions = facts.Conditions, Group = RecipientGroups.Of((int)random.Below(16)), Sex = facts.Sex, Age = AgeBand.All[(int)random.Below(7)], CommuneCode = facts.HasCommune ? $"1700{random.Below(4)}" : "", Sums = sums,
            });
        }

        return people;
    }

    static FunnelReport Counted(IEnumerable<FunnelPerson> people, params FunnelDimension[] cross)
    {
        var report = new FunnelReport(cross);
        foreach (var person in people) report.Add(person);
        return report;
    }

    static FunnelControls Controls(FunnelReport report) => new(report.Total.People, report.Placed, ("", ""), [.. report.Placed.Where(row => row.InPeriod)], ("", ""));

    static FunnelView View(FunnelReport report, IReadOnlyList<ReportTie> ties) =>
        new(new FunnelBasis(new(2026, 11), new(2026, 11), new(2026, 1), new(2026, 11, 22), new(2026, 11, 22), null, true, default), report, ties, new Dictionary<string, string> { ["17001"] = "Xã Một" }, "Nghệ An");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_figure_counts_exactly_the_people_its_key_names(int seed)
    {
        var people = Drawn((ulong)seed, 800);
        var report = Counted(people, FunnelDimension.Group, FunnelDimension.Sex, FunnelDimension.Commune);
        var figures = FunnelPaper.Figures(static (_, en) => en, View(report, [])).ToList();
        Assert.True(figures.Count > 300);
        Assert.All(figures, figure =>
        {
            var read = FunnelFigure.Parse(figure.Figure.ToString());
            Assert.True(read.IsOk, figure.Figure.ToString());
            var named = people.Where(read.Value.Includes).ToList();
            Assert.True(figure.People == named.Count, $"{figure.Table} {figure.Figure}: {figure.People} and {named.Count}");
            if (figure.Money is { } money) Assert.Equal(money, named.Aggregate(default(FunnelMoney), (sum, person) => sum + person.Money(true)));
        });
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_report_ties_to_itself_and_to_its_books(int seed)
    {
        var report = Counted(Drawn((ulong)seed, 500), FunnelDimension.Age, FunnelDimension.Sex);
        var ties = report.Ties(Controls(report));
        Assert.All(ties, tie => Assert.True(tie.Holds, tie.En));
        Assert.True(ties.Count >= 20);
    }

    [Fact]
    public void What_does_not_tie_is_named_with_its_place_and_marks_the_paper()
    {
        var report = Counted(Drawn(6, 500));
        var controls = Controls(report);
        var lost = controls.Ledger!.First(row => row.Place == Place.PaidByAccount && row.InPeriod);
        var ledger = controls.Ledger!.Select(row => row == lost ? row with { Sum = row.Sum + new Vnd(1) } : row).ToList();
        var ties = report.Ties(controls with { Records = 501, Ledger = ledger });
        var broken = ties.Where(tie => !tie.Holds).ToList();
        Assert.Equal(["steps_register", "paid_ledger", "listed_ledger", "place_ledger"], broken.Select(tie => tie.Code));
        Assert.Equal([-1, -1, -1, -1], broken.Select(tie => tie.Difference));
        Assert.Contains("paid by account", broken[3].En, StringComparison.Ordinal);
        Assert.Equal("KHÔNG KHỚP – CHƯA KÝ", FunnelPaper.Document(View(report, ties), [FunnelDimension.Group]).Mark);
        Assert.Null(FunnelPaper.Document(View(report, report.Ties(controls)), [FunnelDimension.Group]).Mark);
    }

    [Fact]
    public void The_paper_says_what_the_screen_says_as_page_and_as_workbook()
    {
        var report = Counted(Drawn(8, 200), FunnelDimension.Group, FunnelDimension.Commune);
        var paper = FunnelPaper.Document(View(report, report.Ties(Controls(report))), Enum.GetValues<FunnelDimension>());
        using var page = new MemoryStream();
        paper.WritePage(page);
        var text = System.Net.WebUtility.HtmlDecode(System.Text.Encoding.UTF8.GetString(page.ToArray()));
        Assert.All((string[])["Đủ thông tin", "chưa hỏi nguyện vọng", "17001 Xã Một", "cán bộ xã", "Báo cáo tự kiểm tra", "step=account,reason=wish_unknown"], word => Assert.Contains(word, text, StringComparison.Ordinal));
        using var book = new MemoryStream();
        paper.WriteWorkbook(book);
        Assert.True(book.Length > 5_000);
    }

    [Fact]
    public void What_cannot_be_compared_is_said_and_breaks_nothing()
    {
        var ties = Counted(Drawn(7, 100)).Ties(new FunnelControls(null, null, ("một xã", "one commune"), null, ("hôm qua", "yesterday")));
        Assert.All(ties, tie => Assert.True(tie.Holds));
        Assert.Equal(3, ties.Count(tie => tie.Right is null));
        Assert.Contains(ties, tie => tie.En.Contains("one commune", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("step=everywhere", "step")]
    [InlineData("colour=red", "colour")]
    [InlineData("step=account,step=wish", "twice")]
    [InlineData("reason=lazy", "reason")]
    [InlineData("age=75", "age")]
    [InlineData("commune=Xã Một", "commune")]
    [InlineData("account=period,cash=period", "cash")]
    [InlineData("listed=2", "listed")]
    [InlineData("has=all", "has")]
    [InlineData("step", "step")]
    public void A_key_that_is_none_is_refused_by_its_part(string key, string named)
    {
        var refused = FunnelFigure.Parse(key);
        Assert.False(refused.IsOk);
        Assert.All(refused.Problems, problem => Assert.Equal("usage.figure", problem.Code));
        Assert.Contains(named, refused.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_read_whatever_its_order_and_written_in_one() =>
        Assert.Equal("group=BTXH,sex=F,step=account,reason=wish_unknown", FunnelFigure.Parse(" reason=wish_unknown , sex=F,step=account,group=BTXH").Value.ToString());
}
