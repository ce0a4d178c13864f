using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;
using Xunit.Abstractions;

namespace PaymentEngine.Tests.Recipients.Duplicates;

public sealed class DuplicateSearchTests(ITestOutputHelper output)
{
    static DuplicateRecord Person(string name, string birth = "1950-11-05", string? number = null, string commune = "17001", Sex sex = Sex.Unknown, string? household = null, ulong account = 0) =>
        new(name, name, BirthDate.Parse(birth).Value, sex, number is null ? [] : number.Split(' '), commune, household, account == 0 ? [] : [account]);

    static DuplicateFinding? Found(DuplicateRecord left, DuplicateRecord right)
    {
        var one = DuplicateComparison.Of(left, right);
        Assert.Equal(one, DuplicateComparison.Of(right, left));
        // What the comparison finds the search must find too: a key that does not bring the two together would hide them.
        var pair = DuplicateSearch.Find([left, right]).Pairs;
        Assert.Equal(one is null ? 0 : 1, pair.Count);
        if (one is not null) Assert.Equal(one, pair[0].Finding);
        return one;
    }

    static DuplicateRule? Rule(DuplicateRecord left, DuplicateRecord right) => Found(left, right)?.Rule;

    [Fact]
    public void Ten_thousand_planted_near_duplicates_are_found_nearly_all_and_few_others_with_them()
    {
        var world = PlantedDuplicates.Make(20_000, 10_000, 42);
        var result = DuplicateSearch.Find(world.Records, world.FirstCopy);
        var planted = world.OriginalOf.Select((original, copy) => (original, world.FirstCopy + copy)).ToHashSet();
        var found = result.Pairs.Select(pair => (pair.First, pair.Second)).ToHashSet();
        var hits = planted.Count(found.Contains);
        var (recall, precision) = (hits / (double)planted.Count, hits / (double)found.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recall {recall:0.0000}, precision {precision:0.0000}: {hits} of {planted.Count} found, {found.Count - hits} others; {result.Comparisons} comparisons, {result.CrowdedBlocks} crowded"));
        foreach (var rule in result.Pairs.GroupBy(pair => pair.Finding.Rule).OrderBy(rule => rule.Key))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {rule.Key}: {rule.Count(pair => planted.Contains((pair.First, pair.Second)))} planted, {rule.Count(pair => !planted.Contains((pair.First, pair.Second)))} others"));
        foreach (var missed in world.SlipsOf.Where((_, copy) => !found.Contains((world.OriginalOf[copy], world.FirstCopy + copy))).GroupBy(slips => slips).OrderByDescending(slips => slips.Count()).Take(12))
            output.WriteLine($"  missed {missed.Count()} × {missed.Key}");
        Assert.True(recall >= 0.98, $"recall {recall}");
        Assert.True(precision >= 0.99, $"precision {precision}");
    }

    [Fact]
    public void All_against_all_finds_what_new_against_old_finds_and_the_order_of_the_list_does_not_matter()
    {
        var world = PlantedDuplicates.Make(2_000, 500, 7);
        var arriving = DuplicateSearch.Find(world.Records, world.FirstCopy).Pairs.Select(Key).ToHashSet();
        var all = DuplicateSearch.Find(world.Records).Pairs.Select(Key).ToHashSet();
        Assert.Subset(all, arriving);
        Assert.Equal(all.Where(pair => pair.Item1.StartsWith('D') || pair.Item2.StartsWith('D')).ToHashSet(), arriving);
        var turned = world.Records.Reverse().ToList();
        Assert.Equal(all, DuplicateSearch.Find(turned).Pairs.Select(pair => KeyOf(turned, pair)).ToHashSet());

        (string, string) Key(DuplicatePair pair) => KeyOf(world.Records, pair);
        static (string, string) KeyOf(IReadOnlyList<DuplicateRecord> records, DuplicatePair pair)
        {
            var (a, b) = (records[pair.First].PersonId, records[pair.Second].PersonId);
            return string.CompareOrdinal(a, b) < 0 ? (a, b) : (b, a);
        }
    }

    [Fact]
    public void What_every_pair_would_show_the_keys_find_too()
    {
        // The oracle holds every record against every other; the search only those that share a key.
        var world = PlantedDuplicates.Make(700, 300, 11);
        var every = new HashSet<(int, int)>();
        for (var second = 0; second < world.Records.Count; second++)
            for (var first = 0; first < second; first++)
                if (DuplicateComparison.Of(world.Records[first], world.Records[second]) is not null) every.Add((first, second));
        Assert.Equal(every, DuplicateSearch.Find(world.Records).Pairs.Select(pair => (pair.First, pair.Second)).ToHashSet());
    }

    [Fact]
    public void An_old_number_matches_the_record_that_still_carries_it()
    {
        Assert.Equal(DuplicateRule.SameNumber, Rule(Person("Nguyễn Thị Lan", number: "040150000123 181234567"), Person("Nguyễn Thị Lan", number: "181234567")));
        Assert.Null(Rule(Person("Nguyễn Thị Lan", "1950", "040150000123"), Person("Nguyễn Thị Lan", "1950", "181234567", commune: "17002"))); // old and new say nothing of each other
    }

    [Fact]
    public void One_number_with_nothing_else_alike_is_found_and_called_by_its_name() =>
        Assert.Equal(DuplicateRule.SharedNumber, Rule(Person("Nguyễn Thị Lan", "1950-11-05", "040150000123"), Person("Trần Văn Hùng", "1944-02-03", "040150000123")));

    [Fact]
    public void A_wrong_digit_and_two_swapped_ones_are_slips_of_the_hand_two_wrong_ones_are_not()
    {
        var lan = Person("Nguyễn Thị Lan", number: "040150000123");
        Assert.Equal(95, Found(lan, Person("Nguyễn Thị Lan", number: "040150000193"))?.Score);
        Assert.Equal(DuplicateRule.NumberTypo, Rule(lan, Person("Nguyen Thi Lan", number: "040150000132")));
        Assert.Equal(DuplicateRule.NumberTypo, Rule(lan, Person("Nguyễn Thị Lan", number: "400150000123")));
        Assert.Equal(DuplicateRule.NameAndBirth, Rule(lan, Person("Nguyễn Thị Lan", number: "040150000456"))); // the same commune: looked at, with a low score
        Assert.Null(Rule(lan, Person("Nguyễn Thị Lan", number: "040150000456", commune: "17002")));
    }

    [Fact]
    public void Twins_and_namesakes_are_two_people()
    {
        Assert.Null(Rule(Person("Nguyễn Thị Lan", number: "040150000123", household: "H1"), Person("Nguyễn Thị Lam", number: "040150004711", household: "H1")));
        Assert.Null(Rule(Person("Nguyễn Thị Lan", number: "040150000123"), Person("Nguyễn Thị Huệ", number: "040150000124"))); // neighbours by number, one birth, other names
        Assert.Null(Rule(Person("Nguyễn Văn Hùng", "1950-11-05", "040050000123", account: 5), Person("Nguyễn Văn Hùng", "1975-11-05", "040075000999", account: 5)));
        Assert.Null(Rule(Person("Nguyễn Thị Lan", "1950-11-05"), Person("Nguyễn Thị Lan", "1950-11-06", commune: "17002")));
    }

    [Theory]
    [InlineData("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", NameAgreement.Same)]
    [InlineData("Nguyễn Thị Thuỷ", "NGUYỄN THỊ THỦY", NameAgreement.Same)]
    [InlineData("Đặng Thị Hoá", "Đặng Thị Hòa", NameAgreement.SameLetters)]
    [InlineData("Đặng Thị Lan", "ĐANG THI LAN", NameAgreement.SameLetters)]
    [InlineData("Ðặng Thị Lan", "Đặng Thị Lan", NameAgreement.Same)]
    [InlineData("Lan Nguyễn Thị", "Nguyễn Thị Lan", NameAgreement.Reordered)]
    [InlineData("Nguyễn Lan", "Nguyễn Thị Lan", NameAgreement.Near)]
    [InlineData("Nguyễn Thịlan", "Nguyễn Thị Lan", NameAgreement.Near)]
    [InlineData("Nguyễn Thị Lam", "Nguyễn Thị Lan", NameAgreement.Near)]
    [InlineData("Nguyễn Văn Nam", "Nguyễn Thị Lan", NameAgreement.Other)]
    [InlineData("Thị Lan", "Nguyễn Thị Lan", NameAgreement.Other)]
    [InlineData("K'Brơi", "KBroi", NameAgreement.SameLetters)]
    public void Names_agree_as_far_as_their_letters_do(string left, string right, NameAgreement expected) =>
        Assert.Equal(expected, DuplicateComparison.NameOf(Person(left), Person(right)));

    [Theory]
    [InlineData("1950-11-05", "1950-11-05", BirthAgreement.Exact)]
    [InlineData("1950-11-05", "1950-05-11", BirthAgreement.Swapped)]
    [InlineData("1950-11-05", "1950-11-15", BirthAgreement.Near)]
    [InlineData("1950-11-05", "1960-11-05", BirthAgreement.Near)]
    [InlineData("1953-11-05", "1935-11-05", BirthAgreement.Near)]
    [InlineData("1953-11-05", "1944-11-05", BirthAgreement.Other)]
    [InlineData("1950-11-05", "1950", BirthAgreement.Compatible)]
    [InlineData("1950-11-05", "1950-11", BirthAgreement.Compatible)]
    [InlineData("1950-11-05", "1950-10", BirthAgreement.Other)]
    [InlineData("1950-01-01", "1950-11-05", BirthAgreement.Compatible)]
    [InlineData("1950", "1950", BirthAgreement.Compatible)]
    [InlineData("1950", "1951", BirthAgreement.Other)]
    public void Births_agree_as_far_as_they_are_known(string left, string right, BirthAgreement expected) =>
        Assert.Equal(expected, DuplicateComparison.BirthOf(Person("A", left), Person("A", right)));

    [Fact]
    public void A_merge_ends_what_both_have_and_carries_what_only_the_other_has()
    {
        Award Of(string person, string id, Programme programme, string category, string? last = null) =>
            new() { AwardId = id, PersonId = person, Programme = programme, Category = category, DecidedOn = new LocalDate(2025, 8, 1), LastMonth = last is null ? null : Core.Months.Parse(last).Value };
        var merged = DuplicateMerge.Of("P1", [Of("P1", "A1", Programme.Btxh, "k6")],
            [Of("P2", "B1", Programme.Btxh, "k6"), Of("P2", "B2", Programme.Htxh, "HTXH"), Of("P2", "B3", Programme.Btxh, "k5a", "2025-12"), Of("P2", "B4", Programme.Btxh, "BTXH.1L.MAITANG")], new YearMonth(2026, 11), new LocalDate(2026, 10, 20));
        Assert.Equal(["B1 2026-10", "B2 2026-10"], merged.Ended.Select(award => $"{award.AwardId} {Core.Months.Text(award.LastMonth!.Value)}"));
        var carried = Assert.Single(merged.Carried);
        Assert.Equal(("B2.P1", "P1", new YearMonth(2026, 11), (YearMonth?)null), (carried.AwardId, carried.PersonId, carried.FirstMonth, carried.LastMonth));
        Assert.Equal(["B3", "B4"], merged.Untouched);
    }
}
