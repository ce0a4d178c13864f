using PaymentEngine.App.Operations.Users;

namespace PaymentEngine.Tests.CommandLine;

/// <summary>What a password must be (ASVS 6.2).</summary>
public sealed class PassphraseRuleTests
{
    [Fact]
    public void Common_short_and_own_names_are_refused_and_long_phrases_of_any_letters_are_taken()
    {
        foreach (var weak in new[] { "", "ngan", "mườimộtchữ", "123456789012", "qwertyuiop123", "aaaaaaaaaaaaaaaa", "nguyenlan123", "NguyenLan2026!", "payengine2026", "MatKhau123456", "1qaz2wsx3edc", "password1234" })
            Assert.True(Passphrase.WhyNot(weak, "nguyenlan") is { Remedy.Length: > 0 }, weak);
        // Any letters, signs and blanks; sixty-four characters and far more; no rule of kinds.
        foreach (var good in new[] { "trâu vàng qua cầu gỗ", "correct horse battery staple", "Nước chảy đá mòn 😀", new string([.. Enumerable.Range(0, 64).Select(no => (char)('a' + (no * 7 % 26)))]), string.Concat(Enumerable.Repeat("một hai ba bốn năm ", 12)) })
            Assert.Null(Passphrase.WhyNot(good, "nguyenlan"));
    }
}
