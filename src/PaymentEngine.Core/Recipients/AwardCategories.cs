using System.Collections.Frozen;

namespace PaymentEngine.Core.Recipients;

/// <summary>Categories and variants as dense numbers, for columns and for the kernel. Part of the store: a number once given never changes its meaning.</summary>
public static class AwardCategories
{
    /// <summary>Codes of one-off benefits and everything else that has no monthly rate.</summary>
    public const short NotMonthly = 0;

    // New categories are added at the end of the list of their programme; each programme has room for its own tens.
    static readonly FrozenDictionary<string, short> numbers = Numbers().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The dense number of a monthly category code (TB, k5a, CS.NUOITRE, HTXH …); <see cref="NotMonthly"/> for the codes of one-off benefits.</summary>
    public static short NumberOf(string category) => numbers.GetValueOrDefault(category, NotMonthly);

    /// <summary>Codes of the categories that are paid by the month.</summary>
    public static IReadOnlyCollection<string> Monthly => numbers.Keys;

    /// <summary>Class and degree in one number: class × 128 + degree in per cent, 0 where there is none.</summary>
    public static short VariantOf(InvalidClass invalidClass, int? degreePct) => (short)(((int)invalidClass * 128) + (degreePct ?? 0));

    static IEnumerable<KeyValuePair<string, short>> Numbers()
    {
        (short First, string[] Codes)[] programmes =
        [
            (1, ["TB", "BB", "CDHH", "CDHH.CON", "BMVNAH", "AHLLVT", "TIENKN", "TIENKN45", "LIETSI.TN", "LIETSI.VCTAIGIA", "TUDAY", "GDCM", "GIAODUC", "HDKC", "SURVIVOR"]),
            (41, ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8", "CS.NUOITRE", "CS.NCT", "CS.MANGTHAI", "CS.HOGD", "CS.NHAN", "COSO"]),
            (81, ["HTXH"]),
        ];
        foreach (var (first, codes) in programmes)
            for (var i = 0; i < codes.Length; i++) yield return new(codes[i], (short)(first + i));
    }
}
