using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using Xunit.Abstractions;

namespace PaymentEngine.Tests.Reconciliation;

public class BankTextTests(ITestOutputHelper output)
{
    static readonly ReasonPolicy Policy = CodeLists.ReasonPolicy;
    static readonly BankTexts Texts = new(CodeLists.BankTexts, Policy);
    static readonly ReasonReading Reading = new(Policy, Texts, new Dictionary<string, string> { ["R03"] = "AC04" });

    [Theory]
    [InlineData("tai khoan khong ton tai", "AC03")]
    [InlineData("Tài khoản không tồn tại", "AC03")]
    [InlineData("TK KO TON TAI", "AC03")]
    [InlineData("sai ten nguoi huong", "BE01")]
    [InlineData("tk da dong", "AC04")]
    [InlineData("tai khoan bi phong toa", "AC06")]
    [InlineData("khong lien lac duoc", "NOAS")]
    [InlineData("nguoi huong da chet", "MD07")]
    [InlineData("qua han muc", "AM14")]
    [InlineData("sai so tai khoan", "AC01")]
    [InlineData("sai STK", "AC01")]
    [InlineData("tk khong hoat dong", "AC06")]
    [InlineData("trung lenh", "AM05")]
    [InlineData("giao dich thanh cong", "0000")]
    [InlineData("HOAN TRA LENH CHI P40261100100000KA5 DO TAI KHOAN NGUOI HUONG DA DONG", "AC04")]
    [InlineData("LY DO: SAI TEN TK, STK DUNG", "BE01")]
    [InlineData("taif khoanr khoong toonf taij", "AC03")]
    [InlineData("taikhoan khongtontai", "AC03")]
    [InlineData("account closed", "AC04")]
    public void What_clerks_write_is_read(string text, string code)
    {
        var read = Texts.Read(text);
        Assert.Equal(code, read.Code);
        Assert.True(read.IsSure, $"{read}");
    }

    [Theory]
    [InlineData("giao dich khong thanh cong")]
    [InlineData("giao dich chua thanh cong")]
    [InlineData("tai khoan hoat dong binh thuong")]
    [InlineData("TRO CAP T11 NGUYEN VAN AN")]
    [InlineData("da chot so thang 11")]
    [InlineData("khach hang khong sai ten")]
    [InlineData("HOAN TRA P40261100100000KA5")]
    [InlineData("xin lien he phong giao dich")]
    [InlineData("")]
    [InlineData("0123456789 / 17-11")]
    public void What_says_something_else_is_left_to_a_person(string text) => Assert.Null(Texts.Read(text).Code);

    [Fact]
    public void A_longer_phrase_takes_the_place_of_one_inside_it_and_the_strictest_of_several_decides()
    {
        Assert.Equal("BE01", Texts.Read("sai ten tai khoan").Code);
        Assert.Equal("AC06", Texts.Read("tai khoan dong bang").Code);
        var several = Texts.Read("tai khoan da dong do chu tai khoan da chet");
        Assert.Equal("MD07", several.Code);
        Assert.False(several.IsSure); // two reasons of two classes: a person looks
        Assert.False(Reading.Of(null, "tai khoan da dong, tai khoan bi phong toa").MayBecomeCash);
    }

    [Fact]
    public void Every_phrase_of_the_file_is_read_as_its_own_code_with_and_without_marks()
    {
        foreach (var rule in CodeLists.BankTexts)
        {
            Assert.True(Policy.Knows(rule.Code), rule.Source);
            Assert.InRange(rule.Confidence, BankTexts.MappedFrom, 99);
            foreach (var text in new[] { rule.Phrase, BankText.Text(rule.Phrase, 200).Text, rule.Phrase.ToUpperInvariant() })
            {
                var read = Texts.Read(text);
                Assert.True(read.Code == rule.Code, $"{rule.Source} '{text}' is read as {read}");
            }
        }
    }

    [Fact]
    public void Words_stand_for_a_code_that_says_nothing_and_only_make_others_stricter()
    {
        Assert.Equal("AC04", Reading.Of("NARR", "tài khoản đã đóng").Rule.Code);
        Assert.Equal("AC04", Reading.Of("ZZ99", "tai khoan da dong").Rule.Code);
        Assert.Equal("AC04", Reading.Of("R03", null).Rule.Code); // the bank's own code, by its profile
        Assert.True(Reading.Of(null, "tai khoan da dong").MayBecomeCash);
        Assert.Equal("MS03", Reading.Of("MS03", "tai khoan da dong").Rule.Code); // never less strict than the code
        Assert.Equal("MD07", Reading.Of("AC04", "nguoi huong da chet").Rule.Code);
        Assert.Equal("AC06", Reading.Of("AC04", "tai khoan bi phong toa").Rule.Code);
        Assert.False(Reading.Of("AC04", "tai khoan bi phong toa").MayBecomeCash);
        Assert.True(Reading.Of("NARR", "xin xem van ban kem theo").IsUnmapped);
        Assert.False(Reading.Of("NARR", "xin xem van ban kem theo").MayBecomeCash);
        Assert.Equal(ReasonClass.Information, Reading.Of("0000", null).Rule.Class);
        Assert.False(Reading.Of(null, "giao dich thanh cong").MayBecomeCash);
    }

    [Fact]
    public void Words_that_are_not_surely_read_never_become_cash_by_themselves()
    {
        var random = new SeededRandom(4);
        foreach (var (text, _) in Planted(random, 3))
        {
            var read = Texts.Read(text);
            if (read.Confidence < BankTexts.SureFrom) Assert.False(Reading.Of(null, text).MayBecomeCash, text);
            if (read.Code is { } code && !Policy.For(code).MayBecomeCash) Assert.False(Reading.Of(null, text).MayBecomeCash, text);
        }
    }

    [Fact]
    public void Planted_texts_with_faults_are_found_again_and_hardly_ever_as_something_else()
    {
        var random = new SeededRandom(20261122);
        var planted = Planted(random, 4).ToList();
        Assert.True(planted.Count >= 300);
        int read = 0, right = 0, sure = 0, sureWrongClass = 0;
        var wrong = new List<string>();
        foreach (var (text, code) in planted)
        {
            var found = Texts.Read(text);
            if (found.Code is null) continue;
            read++;
            if (found.Code == code) right++;
            else wrong.Add($"{text} → {found.Code}, meant {code}");
            if (!found.IsSure) continue;
            sure++;
            if (Policy.For(found.Code).Class != Policy.For(code).Class) sureWrongClass++;
        }

        var recall = (decimal)right / planted.Count;
        var precision = (decimal)right / read;
        output.WriteLine(FormattableString.Invariant($"{planted.Count} texts with faults: recall {recall:0.000}, precision {precision:0.000}; surely read {sure}, of them {sureWrongClass} as another class"));
        foreach (var line in wrong.Take(40)) output.WriteLine(line);
        Assert.True(recall >= 0.85m, $"recall {recall}");
        Assert.True(precision >= 0.98m, $"precision {precision}");
        Assert.Equal(0, sureWrongClass);
    }

    [Fact]
    public void Sentences_about_other_things_are_hardly_ever_read_as_a_reason()
    {
        string[] others =
        [
            "TRO CAP BAO TRO XA HOI THANG 11", "CHI TRA TRO CAP NGUOI CO CONG", "CHUYEN TIEN HO TRO HO NGHEO", "NOP TIEN MAT TAI QUAY", "PHI DICH VU THANG 10", "LAI TIEN GUI KHONG KY HAN", "CAP KINH PHI DOT 2",
            "THU PHI QUAN LY TAI KHOAN", "NGUYEN THI MAI HUONG CHUYEN TIEN", "TRAN VAN DONG", "LE THI CHET", "UBND XA MOT", "SO Y TE NGHE AN", "BAO HIEM XA HOI", "HOAN UNG KINH PHI", "BO SUNG DANH SACH CHI TRA",
            "TIEN LUONG THANG 11 NAM 2026", "THANH TOAN TIEN DIEN", "DIEU CHINH BUT TOAN", "CHUYEN TRA KINH PHI NAM TRUOC", "DOI SOAT CUOI NGAY", "KIEM TRA SO LIEU", "XIN XAC NHAN LAI", "DE NGHI KIEM TRA", "LIEN HE PHONG KE TOAN",
            "REMITTANCE NOVEMBER", "PAYMENT OF BENEFITS", "SALARY NOV 2026", "FUNDING FROM TREASURY", "MONTHLY FEE",
        ];
        var wrong = others.Where(text => Texts.Read(text).Code is not null).Select(text => $"{text} → {Texts.Read(text).Code}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Phrases of the file as a counter at the end of its day would send them: in a sentence, without marks, abbreviated, cut, glued, with slips of the finger.</summary>
    static IEnumerable<(string Text, string Code)> Planted(SeededRandom random, int each)
    {
        string[] before = ["", "LY DO: ", "HOAN TRA DO ", "TRA LAI LENH CHI DO ", "KHONG HACH TOAN DUOC: ", "NHTH TRA LAI - ", "GD BI TU CHOI, "];
        string[] after = ["", ".", " - DE NGHI KIEM TRA LAI", " NGAY 17/11/2026", " (0123456789)", " XIN HOAN TRA"];
        (string Long, string Short)[] shorts =
            [("tai khoan", "tk"), ("so tai khoan", "stk"), ("khong", "ko"), ("khong", "k"), ("ngan hang", "nh"), ("khach hang", "kh"), ("giao dich", "gd"), ("chi nhanh", "cn"), ("han muc", "hm"), ("account", "acct"), ("beneficiary", "bene")];
        foreach (var rule in CodeLists.BankTexts)
        {
            for (var i = 0; i < each; i++)
            {
                var text = random.Chance(5000) ? BankText.Text(rule.Phrase, 200).Text.ToLowerInvariant() : rule.Phrase;
                if (random.Chance(4000))
                {
                    var (whole, brief) = random.Pick(shorts);
                    text = BankText.Text(text, 200).Text.ToLowerInvariant().Replace(whole, brief, StringComparison.Ordinal);
                }

                var plainLetters = BankText.Text(text, 200).Text.Count(char.IsAsciiLetter);
                if (plainLetters > 10 && random.Chance(6000)) text = Slip(text, random);
                if (plainLetters > 16 && random.Chance(2000)) text = Slip(text, random);
                if (random.Chance(4000)) text = text.ToUpperInvariant();
                yield return (random.Pick(before) + text + random.Pick(after), rule.Code);
            }
        }
    }

    /// <summary>One slip in a word of four letters or more: a letter left out, doubled, swapped with its neighbour, or the key beside it; or a blank left out.</summary>
    static string Slip(string text, SeededRandom random)
    {
        var words = text.Split(' ');
        var long4 = Enumerable.Range(0, words.Length).Where(i => words[i].Length >= 4 && words[i].All(char.IsLetter)).ToList();
        if (long4.Count == 0) return text;
        var which = long4[random.Below(long4.Count)];
        var word = words[which];
        var at = 1 + random.Below(word.Length - 2);
        switch (random.Below(5))
        {
            case 0: words[which] = word.Remove(at, 1); break;
            case 1: words[which] = word.Insert(at, word[at].ToString()); break;
            case 2: words[which] = $"{word[..at]}{word[at + 1]}{word[at]}{word[(at + 2)..]}"; break;
            case 3: words[which] = $"{word[..at]}{Beside(word[at])}{word[(at + 1)..]}"; break;
            default:
                if (which + 1 < words.Length) return string.Join(' ', words[..which].Append(word + words[which + 1]).Concat(words[(which + 2)..]));
                break;
        }

        return string.Join(' ', words);
    }

    static char Beside(char letter) => char.ToLowerInvariant(letter) switch { 'n' => 'm', 'm' => 'n', 'h' => 'g', 'g' => 'h', 't' => 'r', 'k' => 'l', 'd' => 's', 'o' => 'p', 'i' => 'k', 'a' => 'q', 'u' => 'j', 'e' => 'w', _ => 'x' };
}
