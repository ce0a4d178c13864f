using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Payments;

public class BankTextTests
{
    // Base letter, then every Vietnamese letter that has it: 12 vowels with 5 tones each and without, and đ.
    static readonly (char Base, string Letters)[] Vietnamese =
    [
        ('a', "àáảãạăằắẳẵặâầấẩẫậ"), ('e', "èéẻẽẹêềếểễệ"), ('i', "ìíỉĩị"), ('o', "òóỏõọôồốổỗộơờớởỡợ"), ('u', "ùúủũụưừứửữự"), ('y', "ỳýỷỹỵ"), ('d', "đ"),
    ];

    [Fact]
    public void Every_Vietnamese_letter_becomes_its_base_letter_composed_or_decomposed_in_both_cases()
    {
        var count = 0;
        foreach (var (plain, letters) in Vietnamese)
        {
            foreach (var letter in letters)
            {
                foreach (var form in new[] { NormalizationForm.FormC, NormalizationForm.FormD })
                {
                    var lower = letter.ToString().Normalize(form);
                    var upper = letter.ToString().ToUpperInvariant().Normalize(form);
                    Assert.Equal(new BankTextResult(plain.ToString(), BankTextFindings.None), BankText.Text(lower, 10));
                    Assert.Equal(new BankTextResult(char.ToUpperInvariant(plain).ToString(), BankTextFindings.None), BankText.Text(upper, 10));
                    Assert.Equal(char.ToUpperInvariant(plain).ToString(), BankText.Name(lower, 10).Text);
                }

                count += 2;
            }
        }

        Assert.Equal(134, count);
    }

    [Theory]
    [InlineData("Nguyễn Thị Hường", "NGUYEN THI HUONG")]
    [InlineData("ĐẶNG  Ðức\tƉạt", "DANG DUC DAT")]
    [InlineData(" /Công ty A & B_1/ ", "CONG TY A VA B-1")]
    [InlineData("Würth Łódź ß", "WURTH LODZ SS")]
    [InlineData("O’Brien “X”", "O'BRIEN 'X'")]
    [InlineData("a//b", "A/B")]
    public void Names_are_transliterated_never_dropped(string name, string expected) => Assert.Equal(expected, BankText.Name(name, 70).Text);

    [Fact]
    public void What_has_no_plain_form_leaves_a_blank_and_a_finding()
    {
        Assert.Equal(new BankTextResult("A B", BankTextFindings.CharacterReplaced), BankText.Text("A中B", 70));
        Assert.Equal(new BankTextResult("A B", BankTextFindings.CharacterReplaced), BankText.Text("A\u0001B", 70));
        Assert.Equal(new BankTextResult("A B", BankTextFindings.CharacterReplaced), BankText.Text("A\uD800B", 70));
        Assert.Equal(new BankTextResult("A B", BankTextFindings.CharacterReplaced), BankText.Text("A😀B", 70));
    }

    [Fact]
    public void A_cut_is_counted_after_transliteration_and_is_a_finding()
    {
        Assert.Equal(new BankTextResult("NGUYEN", BankTextFindings.Cut), BankText.Name("Nguyễn Văn", 7));
        Assert.Equal(new BankTextResult("A VA", BankTextFindings.Cut), BankText.Name("A&B", 5));
        Assert.Equal(new BankTextResult("NGUYEN VAN", BankTextFindings.None), BankText.Name("Nguyễn Văn", 10));
    }

    [Fact]
    public void Nothing_but_the_allowed_characters_ever_comes_out() =>
        Prop.ForAll<string, byte>((text, length) =>
        {
            var result = BankText.Text(text ?? "", length + 1).Text;
            return result.Length <= length + 1 && (result.Length == 0 || BankText.IsClean(result)) && BankText.Text(result, 300).Text == result;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_character_of_the_basic_plane_comes_out_clean()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var result = BankText.Text("x" + (char)c + "x", 20).Text;
            Assert.True(BankText.IsClean(result), $"U+{c:X4} became '{result}'.");
        }
    }

    [Fact]
    public void Marks_typed_in_any_order_after_the_letter_fall_away_as_the_ready_made_letter_does()
    {
        // Keyboards and converters leave a letter in pieces: base, sign of the vowel and tone, in both orders, or a ready-made vowel with a loose tone.
        const string tones = "\u0300\u0301\u0303\u0309\u0323";
        var count = 0;
        foreach (var (vowel, sign) in new[] { ('a', "\u0302"), ('a', "\u0306"), ('e', "\u0302"), ('o', "\u0302"), ('o', "\u031B"), ('u', "\u031B"), ('a', ""), ('e', ""), ('i', ""), ('o', ""), ('u', ""), ('y', "") })
        {
            foreach (var tone in tones)
            {
                foreach (var text in new[] { $"{vowel}{sign}{tone}", $"{vowel}{tone}{sign}", $"{vowel}{sign}".Normalize(NormalizationForm.FormC) + tone })
                {
                    Assert.Equal(new BankTextResult($"x{vowel}n", BankTextFindings.None), BankText.Text($"x{text}n", 10));
                    Assert.Equal(new BankTextResult($"X{char.ToUpperInvariant(vowel)}N", BankTextFindings.None), BankText.Name($"x{text}n".ToUpperInvariant(), 10));
                    count++;
                }
            }
        }

        Assert.Equal(180, count);
    }

    [Theory]
    [InlineData("TRO CAP T11/2026", "-.", "TRO CAP T11 2026")]
    [InlineData("TRO CAP T11/2026", null, "TRO CAP T11/2026")]
    [InlineData("TRO CAP (T11)", "", "TRO CAP T11")]
    [InlineData("A & B_1", "-", "A VA B-1")]
    [InlineData("A<B", "<", "A B")]
    public void A_bank_that_takes_fewer_signs_gets_blanks_for_the_others(string text, string? marks, string expected)
    {
        var result = BankText.Remittance(text, 140, marks).Text;
        Assert.Equal(expected, result);
        Assert.True(BankText.IsClean(result, marks));
    }

    [Fact]
    public void A_text_is_written_as_bytes_exactly_when_it_is_clean() => Prop.ForAll<int>(seed =>
    {
        const string letters = "ABCZabz019 /-?:().,'+ AAAAAAAAAAAAAAA//&<_\u1EA0\u0141\u0001\uFFFF\u00FF\u0120~\u007F";
        var random = new PaymentEngine.Core.SeededRandom((ulong)(seed & int.MaxValue));
        var clean = random.Chance(7_000);
        var text = string.Concat(Enumerable.Range(0, random.Below(80)).Select(_ => letters[random.Below(clean ? 20 : letters.Length)]));
        var bytes = new byte[text.Length + 3];
        return BankText.TryWrite(text, bytes) == BankText.IsClean(text) && (!BankText.IsClean(text) || Encoding.ASCII.GetString(bytes, 0, text.Length) == text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_character_is_allowed_or_not_at_every_place_of_a_text_of_any_length()
    {
        var bytes = new byte[64];
        foreach (var length in new[] { 1, 2, 15, 16, 17, 18, 31, 32, 33, 40 })
        {
            for (var at = 0; at < length; at++)
            {
                for (var c = 0; c < 0x240; c++)
                {
                    var text = string.Create(length, (at, c), (span, one) =>
                    {
                        span.Fill('A');
                        span[one.at] = (char)one.c;
                    });
                    Assert.Equal(BankText.IsClean(text), BankText.TryWrite(text, bytes));
                }
            }
        }
    }
}
