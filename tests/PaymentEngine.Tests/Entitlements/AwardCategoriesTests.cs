using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Tests.Entitlements;

public class AwardCategoriesTests
{
    /// <summary>Rows of the database carry these numbers: one that changed its meaning would change what people are paid.</summary>
    [Fact]
    public void A_number_once_given_never_changes_its_meaning()
    {
        (short First, string[] Codes)[] given =
        [
            (1, ["TB", "BB", "CDHH", "CDHH.CON", "BMVNAH", "AHLLVT", "TIENKN", "TIENKN45", "LIETSI.TN", "LIETSI.VCTAIGIA", "TUDAY", "GDCM", "GIAODUC", "HDKC", "SURVIVOR"]),
            (41, ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8", "CS.NUOITRE", "CS.NCT", "CS.MANGTHAI", "CS.HOGD", "CS.NHAN", "COSO"]),
            (81, ["HTXH"]),
        ];
        foreach (var (first, codes) in given)
            for (var i = 0; i < codes.Length; i++) Assert.Equal((codes[i], (short)(first + i)), (codes[i], AwardCategories.NumberOf(codes[i])));
    }

    /// <summary>A category that the kernel combines with others has a number of its programme; those without a number are outside its domain of monthly rates.</summary>
    [Fact]
    public void Every_category_that_the_kernel_combines_has_a_number_of_its_programme()
    {
        string[] combined = ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8"];
        Assert.All(combined, code => Assert.NotEqual(FoldRule.Adds, EntitlementKernel.FoldOf(Programme.Btxh, code, "tro_cap")));
        Assert.All(combined, code => Assert.InRange(AwardCategories.NumberOf(code), 41, 80));
        Assert.Equal(FoldRule.SocialPension, EntitlementKernel.FoldOf(Programme.Htxh, "HTXH", "tro_cap"));
        Assert.InRange(AwardCategories.NumberOf("HTXH"), 81, 120);
        Assert.Equal(combined.Length, combined.Select(AwardCategories.NumberOf).Distinct().Count());
    }

    [Fact]
    public void Class_and_degree_come_back_from_a_variant()
    {
        foreach (var invalidClass in Enum.GetValues<InvalidClass>())
            for (var degree = 0; degree <= 100; degree++)
                Assert.Equal(((int)invalidClass, degree), (AwardCategories.VariantOf(invalidClass, degree) / 128, AwardCategories.VariantOf(invalidClass, degree) % 128));
    }
}
