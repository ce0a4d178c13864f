using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.Recipients;

public class NameMatchTests
{
    [Theory]
    [InlineData("NGUYEN THI HOA", "Nguyễn Thị Hoa", 100)]
    [InlineData("NGUYENTHIHOA", "Nguyễn Thị Hoa", 100)]
    [InlineData("BA NGUYEN THI HOA", "Nguyễn Thị Hoa", 100)]
    [InlineData("HOA NGUYEN THI", "Nguyễn Thị Hoa", 95)]
    [InlineData("", "Nguyễn Thị Hoa", 0)]
    public void Marks_case_titles_and_order_do_not_make_another_person(string holder, string expected, int score) => Assert.Equal(score, NameMatch.Score(holder, expected));

    [Theory]
    [InlineData("TRAN VAN LAM", "Trần Văn Lan")]     // one letter is another person
    [InlineData("NGUYEN HOA", "Nguyễn Thị Hoa")]     // a middle name is missing
    [InlineData("LE VAN BINH", "Nguyễn Thị Hoa")]
    public void Other_names_are_never_called_the_same(string holder, string expected) => Assert.InRange(NameMatch.Score(holder, expected), 0, NameMatch.Same - 1);

    [Fact]
    public void A_closer_name_scores_higher() =>
        Assert.True(NameMatch.Score("TRAN VAN LAM", "Trần Văn Lan") > NameMatch.Score("LE VAN LAM", "Trần Văn Lan"));

    [Fact]
    public void The_score_is_the_same_both_ways_and_between_0_and_100() => Prop.ForAll<string?, string?>((left, right) =>
    {
        var score = NameMatch.Score(left ?? "", right ?? "");
        return score is >= 0 and <= 100 && (score >= NameMatch.Same) == (NameMatch.Score(right ?? "", left ?? "") >= NameMatch.Same);
    }).QuickCheckThrowOnFailure();
}
