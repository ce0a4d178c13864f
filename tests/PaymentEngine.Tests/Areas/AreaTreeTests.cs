using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core.Areas;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Areas;

public class AreaTreeTests
{
    static readonly LocalDate Before = new(2025, 6, 30);
    static readonly LocalDate After = new(2025, 7, 1);

    /// <summary>A district of five communes: one goes on, two merge into a new one under the code of the first, one is divided, one changes its name only.</summary>
    public static readonly AreaUnit[] Small =
    [
        Unit("412", AreaKind.RuralDistrict, "Huyện Một", "40", null, Before),
        Unit("17001", AreaKind.Commune, "Xã Nghi Hòa", "412", null, Before, "17001"),
        Unit("17002", AreaKind.Commune, "Xã Nghi Lâm", "412", null, Before, "17001"),
        Unit("17003", AreaKind.Commune, "Xã Nghi Văn", "412", null, Before, "17001", "17006"),
        Unit("17004", AreaKind.Township, "Thị trấn Quán Hành", "412", null, Before, "17004"),
        Unit("17001", AreaKind.Commune, "Xã Hải Lộc", "40", After, null),
        Unit("17006", AreaKind.Commune, "Xã Thần Lĩnh", "40", After, null),
        Unit("17004", AreaKind.Commune, "Xã Nghi Lộc", "40", After, null),
    ];

    static readonly AreaDivisions Divisions = new([("17003", After, HamletKey.Of("Xóm 1"), "17001"), ("17003", After, HamletKey.Of("Xóm 2"), "17006")]);

    static AreaTree Tree => new([.. AreaFiles.Provinces, .. Small]);

    static AreaUnit Unit(string code, AreaKind kind, string name, string parent, LocalDate? from, LocalDate? to, params string[] successors) => new(code, kind, name, parent, from, to, successors, "NQ thử");

    [Fact]
    public void There_were_63_provinces_and_there_are_34()
    {
        var provinces = new AreaTree(AreaFiles.Provinces);
        Assert.Empty(AreaChecks.Faults(AreaFiles.Provinces));
        Assert.Equal(63, provinces.Children(null, Before).Count);
        Assert.Equal(34, provinces.Children(null, After).Count);
        foreach (var old in provinces.Children(null, new LocalDate(2024, 12, 31)))
            Assert.True(provinces.Map(old.Code, Before, After).IsMapped, $"{old.Code} {old.Name}");
    }

    [Theory]
    [InlineData("72", "80", "Tây Ninh")] // the name kept, the code of the province it merged with
    [InlineData("80", "80", "Tây Ninh")]
    [InlineData("87", "82", "Đồng Tháp")]
    [InlineData("10", "15", "Lào Cai")]
    [InlineData("46", "46", "Huế")]
    [InlineData("40", "40", "Nghệ An")]
    public void A_province_of_before_the_mergers_is_found_today(string old, string code, string name)
    {
        var mapping = new AreaTree(AreaFiles.Provinces).Map(old, new LocalDate(2020, 1, 1), new LocalDate(2026, 11, 22));
        Assert.Equal((code, name), (mapping.Unit!.Code, mapping.Unit.Name));
    }

    [Fact]
    public void The_name_of_one_code_is_another_before_and_after()
    {
        var provinces = new AreaTree(AreaFiles.Provinces);
        Assert.Equal(("Long An", "Tây Ninh"), (provinces.On("80", Before)!.Name, provinces.On("80", After)!.Name));
        Assert.Equal(("Xã Nghi Hòa", "Xã Hải Lộc"), (Tree.On("17001", Before)!.Name, Tree.On("17001", After)!.Name));
        Assert.Equal(["17001 Xã Nghi Hòa", "412 Huyện Một", "40 Nghệ An"], Tree.PathUp(Tree.On("17001", Before)!, Before).Select(unit => $"{unit.Code} {unit.Name}"));
        Assert.Equal(["17001 Xã Hải Lộc", "40 Nghệ An"], Tree.PathUp(Tree.On("17001", After)!, After).Select(unit => $"{unit.Code} {unit.Name}"));
    }

    [Theory]
    [InlineData("17001", null, "17001", AreaOutcome.Followed)]
    [InlineData("17002", null, "17001", AreaOutcome.Followed)]
    [InlineData("17003", null, null, AreaOutcome.Undecided)]
    [InlineData("17003", "xóm  01", "17001", AreaOutcome.Divided)]
    [InlineData("17003", "Xóm 2", "17006", AreaOutcome.Divided)]
    [InlineData("17003", "Xóm 3", null, AreaOutcome.Undecided)]
    [InlineData("17004", null, "17004", AreaOutcome.Followed)]
    [InlineData("19999", null, null, AreaOutcome.Unknown)]
    public void An_old_commune_is_followed_to_the_new_one(string old, string? hamlet, string? now, AreaOutcome outcome)
    {
        var mapping = Tree.Map(old, Before, After, Divisions, AreaHint.None with { HamletKey = HamletKey.Of(hamlet) });
        Assert.Equal((now, outcome), (mapping.Unit?.Code, mapping.Outcome));
        if (outcome == AreaOutcome.Undecided) Assert.Equal(["17001", "17006"], mapping.Candidates.Select(unit => unit.Code));
    }

    [Fact]
    public void A_list_names_one_person_before_the_hamlet_and_the_rest_takes_who_is_left()
    {
        var listed = AreaHint.None with { HamletKey = HamletKey.Of("Xóm 1"), Listed = new Dictionary<(string, LocalDate), string> { [("17003", After)] = "17006" } };
        Assert.Equal("17006", Tree.Map("17003", Before, After, Divisions, listed).Unit!.Code);
        var rest = new AreaDivisions([("17003", After, HamletKey.Of("Xóm 1"), "17001"), ("17003", After, "", "17006")]);
        Assert.Equal("17006", Tree.Map("17003", Before, After, rest).Unit!.Code);
        Assert.Equal("17001", Tree.Map("17003", Before, After, rest, AreaHint.None with { HamletKey = HamletKey.Of("Xóm 1") }).Unit!.Code);
    }

    [Fact]
    public void Back_through_a_merger_only_the_record_of_that_day_or_a_hamlet_tells()
    {
        Assert.Equal(["17001", "17002", "17003"], Tree.Map("17001", After, Before).Candidates.Select(unit => unit.Code));
        Assert.Equal((AreaOutcome.OwnRecord, "Xã Nghi Lâm"), Outcome(AreaHint.None with { OwnCode = "17002" }));
        Assert.Equal((AreaOutcome.Divided, "Xã Nghi Văn"), Outcome(AreaHint.None with { HamletKey = HamletKey.Of("Xóm 1") }));
        Assert.Equal(AreaOutcome.Undecided, Tree.Map("17001", After, Before, Divisions, AreaHint.None with { OwnCode = "16999" }).Outcome);
        Assert.Equal("Xã Nghi Văn", Tree.Map("17006", After, Before).Unit!.Name); // all of it came from one
        // Hamlets and people of a merged commune may be named too: they lead back to it, a person before the hamlet.
        var named = new AreaDivisions([("17002", After, HamletKey.Of("Xóm 7"), "17001")]);
        Assert.Equal("17002", Tree.Map("17001", After, Before, named, AreaHint.None with { HamletKey = HamletKey.Of("Xóm 7") }).Unit!.Code);
        Assert.Equal("17003", Tree.Map("17001", After, Before, named, new AreaHint(HamletKey.Of("Xóm 7"), new Dictionary<(string, LocalDate), string> { [("17003", After)] = "17001" }, null)).Unit!.Code);

        (AreaOutcome, string) Outcome(AreaHint hint) => Tree.Map("17001", After, Before, Divisions, hint) is var mapping ? (mapping.Outcome, mapping.Unit!.Name) : default;
    }

    [Fact]
    public void A_register_that_follows_a_merger_late_is_still_read()
    {
        // 17002 ended; a list of a month after that still has it.
        Assert.Equal("17001", Tree.Map("17002", new LocalDate(2026, 1, 1), new LocalDate(2026, 11, 22)).Unit!.Code);
        Assert.Equal("Xã Nghi Lâm", Tree.Map("17002", new LocalDate(2026, 1, 1), Before).Unit!.Name);
        // 17006 begins later than the day it was written for.
        Assert.Equal("Xã Thần Lĩnh", Tree.Map("17006", new LocalDate(2025, 1, 1), After).Unit!.Name);
    }

    [Theory]
    [InlineData("Xóm 1", "xóm 01", true)]
    [InlineData("Xóm 1", "Xóm  1 ", true)]
    [InlineData("Xóm 1", "Xóm 11", false)]
    [InlineData("Xóm 5A", "xóm 5 a", true)]
    [InlineData("Bản Lá", "Bản La", false)]
    [InlineData("Xóm Hòa", "xóm hoà", true)]
    [InlineData("Tổ 10", "Tổ 1 0", false)]
    public void Hamlets_are_compared_with_their_figures(string left, string right, bool same) => Assert.Equal(same, HamletKey.Of(left) == HamletKey.Of(right));

    [Fact]
    public void Sums_by_old_and_by_new_units_agree_whatever_could_not_be_placed() =>
        Prop.ForAll<(byte Code, byte Hamlet, byte Own, uint Sum)[]>(rows =>
        {
            string[] codes = ["17001", "17002", "17003", "17004", "17006", "19999"];
            var groups = rows.Select((row, i) => new AreaGroup(codes[row.Code % codes.Length], "", new AreaHint(HamletKey.Of($"Xóm {row.Hamlet % 4}"), AreaHint.None.Listed, row.Own % 3 == 0 ? codes[row.Own % codes.Length] : null), 1, 1 + (i % 3), new Vnd(row.Sum))).ToList();
            foreach (var (written, day) in new[] { (Before, After), (After, Before), (Before, Before), (After, After), (new LocalDate(2026, 1, 1), Before) })
            {
                var sums = AreaSums.Of(Tree, Divisions, written, day, groups);
                if (!sums.Ties || sums.Sum.Amount != groups.Sum(group => group.Sum.Amount) || sums.Undecided.Any(one => one.Mapping.IsMapped)) return false;
                if (sums.Rows.Any(row => Tree.On(row.Code, day)?.Name != row.Name)) return false; // each row under a name of that very day
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_codes_that_depend_on_the_person_are_asked_about_person_by_person()
    {
        string[] codes = ["17001", "17002", "17003", "17004", "19999"];
        Assert.Equal(["17003"], AreaSums.NeedHints(Tree, Before, After, codes).Select(need => need.Code));
        var back = Assert.Single(AreaSums.NeedHints(Tree, After, Before, ["17001", "17004", "17006"]));
        Assert.Equal(("17001", After), back);
    }
}
