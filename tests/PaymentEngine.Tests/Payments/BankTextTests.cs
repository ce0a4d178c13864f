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
}
