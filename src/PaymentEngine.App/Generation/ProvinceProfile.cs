namespace PaymentEngine.App.Generation;

/// <summary>The published figures a generated province is shaped after (law/README.md §10), and what had to be assumed beside them.</summary>
/// <param name="Code">Province code.</param>
/// <param name="Name">With its kind, as in names of departments.</param>
/// <param name="CommunesMax">Communes of the whole province.</param>
/// <param name="MeritPerTenThousand">NCC among 10,000 recipients.</param>
/// <param name="PaidByAccountPerTenThousand">Paid by account.</param>
/// <param name="AccountUnusedPerTenThousand">An account is known, and the money still goes in cash.</param>
/// <param name="UnusedIsWished">Whether those wish to be paid by that account.</param>
/// <param name="WithIdentityPerTenThousand">With an identity number in the register.</param>
/// <param name="PoorPerTenThousand">Poor and near-poor people without an award for 10,000 recipients.</param>
/// <param name="IdentityPrefix">First three digits of most identity numbers.</param>
sealed record ProvinceProfile(
    string Code, string Name, int CommunesMax, int MeritPerTenThousand, int PaidByAccountPerTenThousand,
    int AccountUnusedPerTenThousand, bool UnusedIsWished, int WithIdentityPerTenThousand, int PoorPerTenThousand, string IdentityPrefix)
{
    // Nghệ An, 06/2024: 294,015 people wanted an account: 63,853 NCC, 134,766 BTXH, 95,396 poor and near-poor; 14,301 were paid by account, which
    // was 6.5 % of the accounts opened, so about 220,000 had one. Per 10,000: 63,853 / 198,619; 14,301 / 294,015; 205,714 / 294,015; 95,396 / 198,619.
    // The share with an identity number is assumed.
    static readonly ProvinceProfile ngheAn = new("40", "tỉnh Nghệ An", 130, 3_215, 486, 6_997, true, 9_700, 4_803, "040");

    // Thanh Hóa, 08/2024: 253,582 people, 227,080 with information checked, 29,698 with an account, of whom 18,175 wished to be paid by it.
    // Per 10,000: 18,175 / 253,582; 11,523 / 253,582; 227,080 / 253,582. The share of NCC and of the poor is not published: Nghệ An's is taken.
    static readonly ProvinceProfile thanhHoa = new("38", "tỉnh Thanh Hóa", 166, 3_215, 717, 454, false, 8_955, 4_803, "038");

    public static ProvinceProfile? Find(string code) => code switch { "40" => ngheAn, "38" => thanhHoa, _ => null };
}
