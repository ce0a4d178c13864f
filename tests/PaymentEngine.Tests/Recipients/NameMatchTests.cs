using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Recipients.Names;
using PaymentEngine.Tests.Recipients.NamePairs;
using Xunit.Abstractions;

namespace PaymentEngine.Tests.Recipients;

public class NameMatchTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", NameRule.Exact, 100)]
    [InlineData("NGUYEN THI HOA", "Nguyễn Thị Hoa", NameRule.ExactUnaccented, 99)]
    [InlineData("BA NGUYEN THI HOA", "Nguyễn Thị Hoa", NameRule.Title, 97)]
    [InlineData("LI THI HOA", "Lý Thị Hoa", NameRule.LetterIOrY, 97)]
    [InlineData("NGUYENTHIHOA", "Nguyễn Thị Hoa", NameRule.WordBreaks, 96)]
    [InlineData("NGUYEENX THIJ HOA", "Nguyễn Thị Hoa", NameRule.TypingCodes, 96)]
    [InlineData("NGUYÊN THI HÔNG", "Nguyễn Thị Hồng", NameRule.MarksPartlyLost, 96)]
    [InlineData("HOA NGUYEN THI", "Nguyễn Thị Hoa", NameRule.OtherOrder, 95)]
    [InlineData("CONG TANG TON NU THI HOANG PHUONG T", "Công Tằng Tôn Nữ Thị Hoàng Phương Thảo", NameRule.CutOff, 93)]
    [InlineData("NGUYEN VAN AN VA TRAN THI BINH", "Trần Thị Bình", NameRule.JointHolder, 93)]
    [InlineData("NGUY?N TH? HOA", "Nguyễn Thị Hoa", NameRule.LostLetters, 92)]
    [InlineData("NGUYEM THI HOA", "Nguyễn Thị Hoa", NameRule.OneTypo, 91)]
    public void The_rule_that_decides_is_named_and_scored(string holder, string expected, NameRule rule, int score)
    {
        var match = NameMatch.Compare(holder, expected);
        Assert.Equal((rule, score), (match.Rule, match.Score));
        Assert.Equal((holder, expected), (match.Holder.Original, match.Expected.Original));
    }

    [Theory]
    [InlineData("Nguyễn Thị Hoà", "Nguyễn Thị Hoá", NameRule.AccentsDiffer)]
    [InlineData("N T HOA", "Nguyễn Thị Hoa", NameRule.Initials)]
    [InlineData("NGUYEN HOA", "Nguyễn Thị Hoa", NameRule.MissingWord)]
    [InlineData("TRAN VAN LAM", "Trần Văn Lan", NameRule.OneLetter)]
    [InlineData("LE ANH HOANG", "Lê Hoàng Anh", NameRule.WordsReordered)]
    [InlineData("NGUY?N V?N H?NG", "Nguyễn Văn Hùng", NameRule.TooMuchLost)]
    [InlineData("LE VAN BINH", "Nguyễn Thị Hoa", NameRule.Different)]
    [InlineData("NGUYEN THI HОA", "Nguyễn Thị Hoa", NameRule.ForeignLetters)]
    [InlineData("", "Nguyễn Thị Hoa", NameRule.Unreadable)]
    public void What_is_not_accepted_names_its_rule_too(string holder, string expected, NameRule rule)
    {
        var match = NameMatch.Compare(holder, expected);
        Assert.Equal((rule, false), (match.Rule, match.IsAccepted));
        Assert.InRange(match.Score, 0, NameMatch.Same - 1);
    }

    [Fact]
    public void Both_names_are_kept_as_they_were_and_in_normal_form()
    {
        var match = NameMatch.Compare(" ðỗ  thị thuỷ ", "Đỗ Thị Thủy");
        Assert.Equal(" ðỗ  thị thuỷ ", match.Holder.Original);
        Assert.Equal(("ĐỖ THỊ THUỶ", "DO THI THUY"), (match.Holder.Accented, match.Holder.Key));
        Assert.Equal(match.Holder.Accented, match.Expected.Accented);
        Assert.Equal("exact", match.RuleCode);
    }

    [Theory]
    [InlineData("hòa", "HOÀ")]
    [InlineData("khỏe", "KHOẺ")]
    [InlineData("thủy", "THUỶ")]
    [InlineData("qúy", "QUÝ")]
    [InlineData("gìa", "GIÀ")]
    [InlineData("nguyễn", "NGUYỄN")]
    [InlineData("hoàng", "HOÀNG")]
    [InlineData("mùa", "MÙA")]
    [InlineData("khuỷu", "KHUỶU")]
    [InlineData("trưởng", "TRƯỞNG")]
    [InlineData("H’Ƀrông", "HɃRÔNG")]
    public void A_tone_has_one_place(string name, string accented) => Assert.Equal(accented, NameForm.Of(name).Accented);

    [Fact]
    public void Qui_and_quy_are_two_words_of_one_name_and_never_one_word() => Assert.NotEqual(NameForm.Of("Quí").Accented, NameForm.Of("Quý").Accented);

    [Fact]
    public void A_near_name_that_fits_two_people_is_nobodys()
    {
        var (holder, expected) = (NameForm.Of("NGUYEM THI HOA"), NameForm.Of("Nguyễn Thị Hoa"));
        Assert.Equal(NameRule.OneTypo, NameMatch.Among(holder, expected, [NameForm.Of("Trần Văn An")]).Rule);
        var two = NameMatch.Among(holder, expected, [NameForm.Of("Trần Văn An"), NameForm.Of("Nguyễn Thị Hoá")]);
        Assert.Equal((NameRule.Ambiguous, false, NameMatch.Same - 1), (two.Rule, two.IsAccepted, two.Score));
    }

    [Fact]
    public void A_bare_name_fits_no_one_when_two_registered_names_differ_by_their_marks_only()
    {
        var hoa = NameForm.Of("Phạm Thị Hoà");
        Assert.Equal(NameRule.Ambiguous, NameMatch.Among(NameForm.Of("PHAM THI HOA"), hoa, [NameForm.Of("Phạm Thị Hoá")]).Rule);
        Assert.Equal(NameRule.Exact, NameMatch.Among(NameForm.Of("PHẠM THỊ HÒA"), hoa, [NameForm.Of("Phạm Thị Hoá")]).Rule);
        Assert.Equal(NameRule.ExactUnaccented, NameMatch.Among(NameForm.Of("PHAM THI HOA"), hoa, [NameForm.Of("Phạm Thị Hòa")]).Rule);
    }

    [Fact]
    public void Every_rule_has_a_code_of_its_own_and_an_acceptance_that_its_score_shows()
    {
        Assert.Equal(NameRules.All.Count, NameRules.All.Select(NameRules.Code).Distinct().Count());
        Assert.All(NameRules.All.Where(rule => NameRules.AcceptanceOf(rule) >= NameAcceptance.Near), rule => Assert.InRange(NameRules.Score(rule), NameMatch.Same, 100));
    }

    [Fact]
    public void The_labelled_pairs_are_taken_as_promised()
    {
        var byHand = NamePairFiles.Read("by-hand.csv");
        var generated = NamePairFiles.Read("generated.csv");
        Assert.True(byHand.Count >= 300 && byHand.Count + generated.Count >= 2_000);
        var wrong = new List<string>();
        foreach (var (file, pairs) in new (string, IReadOnlyList<NamePair>)[] { ("by hand", byHand), ("generated", generated), ("all", [.. byHand, .. generated]) })
        {
            var (same, taken, others, exactFalse, nearFalse, exactTaken) = (0, 0, 0, 0, 0, 0);
            foreach (var pair in pairs)
            {
                var match = NameMatch.Among(NameForm.Of(pair.Holder), NameForm.Of(pair.Expected), pair.Others.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(NameForm.Of));
                if (pair.Label == NameLabel.Same)
                {
                    same++;
                    if (match.IsAccepted) taken++;
                    if (match.Acceptance == NameAcceptance.Exact) exactTaken++;
                }
                else
                {
                    others++;
                    if (match.Acceptance == NameAcceptance.Exact) exactFalse++;
                    if (match.IsAccepted) nearFalse++;
                }

                if (file == "all" && match.IsAccepted != (pair.Label == NameLabel.Same)) wrong.Add($"{pair} -> {match.RuleCode} {match.Score}");
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {pairs.Count} pairs, {same} of one person, {others} not; exact rule takes {exactTaken}, wrongly {exactFalse}; near rule takes {taken} ({100.0 * taken / same:0.00} %), wrongly {nearFalse}"));
            Assert.Equal(0, exactFalse);
            Assert.True(nearFalse * 1_000 <= others, string.Join('\n', wrong));
            Assert.True(taken * 100 >= same * 98, string.Join('\n', wrong));
        }

        foreach (var line in wrong) output.WriteLine(line);
    }

    [Fact]
    public void The_generated_pairs_are_what_the_generator_draws()
    {
        var expected = NamePairFiles.Write(NamePairGenerator.Pairs(NamePairFiles.Seed, NamePairFiles.Generated));
        var path = NamePairFiles.PathOf("generated.csv");
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, expected);
        Assert.Equal(expected, File.ReadAllText(path));
    }

    [Fact]
    public void Any_two_texts_are_compared_without_a_fault_and_accepted_from_one_score_on() => Prop.ForAll<string?, string?>((left, right) =>
    {
        var (a, b) = (left ?? "", right ?? "");
        var match = NameMatch.Compare(a, b);
        return match.Score is >= 0 and <= 100 && match.IsAccepted == (match.Score >= NameMatch.Same) && NameMatch.Compare(a, b).Rule == match.Rule;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_expected_name_is_exactly_itself_in_every_way_of_writing_it()
    {
        foreach (var name in NamePairFiles.Read("by-hand.csv").Select(pair => pair.Expected).Distinct())
            foreach (var written in (string[])[name, name.ToUpperInvariant(), name.ToLowerInvariant(), name.Normalize(NormalizationForm.FormD), $"  {name.Replace(" ", "   ", StringComparison.Ordinal)} "])
                Assert.Equal(NameRule.Exact, NameMatch.Compare(written, name).Rule);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(10_000_000)]
    public void A_text_too_long_for_a_name_is_refused_unread(int length) => Assert.Equal(NameRule.Unreadable, NameMatch.Compare(new string('A', length), "Nguyễn Thị Hoa").Rule);
}
