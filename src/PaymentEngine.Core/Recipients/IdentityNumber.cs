namespace PaymentEngine.Core.Recipients;

/// <summary>Where an identity number and the rest of a person's row disagree. A doubt is a warning: records are wrong on either side.</summary>
[Flags]
public enum IdentityDoubt : byte { None = 0, PrefixUnknown = 1, SexDiffers = 2, BirthYearDiffers = 4 }

/// <summary>Số định danh / CCCD of 12 digits (<c>PPP C YY SSSSSS</c>), or an old CMND of 9.</summary>
/// <remarks>137/2015/NĐ-CP Điều 13; 59/2021/TT-BCA Điều 4: PPP is the province of birth registration by the old 63 codes, C century and sex,
/// YY the birth year. No check digit exists, and nothing is ever computed from an old number.</remarks>
public static class IdentityNumber
{
    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length is 9 or 12 && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>What disagrees between a 12-digit number and the row; an old number of 9 digits gives no doubts.</summary>
    /// <param name="idNumber">A well-formed number.</param>
    /// <param name="birth">The birth date of the row.</param>
    /// <param name="sex">The sex of the row; unknown raises no doubt.</param>
    /// <param name="prefixes">The three-digit prefixes in use; a birth registered abroad is not among them and is doubted.</param>
    public static IdentityDoubt Doubts(string idNumber, BirthDate birth, Sex sex, IReadOnlySet<string> prefixes)
    {
        if (idNumber.Length != 12) return IdentityDoubt.None;

        var doubts = prefixes.Contains(idNumber[..3]) ? IdentityDoubt.None : IdentityDoubt.PrefixUnknown;
        var centuryAndSex = idNumber[3] - '0';
        var year = 1900 + (centuryAndSex / 2 * 100) + ((idNumber[4] - '0') * 10) + (idNumber[5] - '0');
        if (year != birth.Year) doubts |= IdentityDoubt.BirthYearDiffers;
        var written = centuryAndSex % 2 == 0 ? Sex.Male : Sex.Female;
        if (sex != Sex.Unknown && sex != written) doubts |= IdentityDoubt.SexDiffers;
        return doubts;
    }
}
