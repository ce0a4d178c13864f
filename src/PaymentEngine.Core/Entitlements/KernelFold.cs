namespace PaymentEngine.Core.Entitlements;

/// <summary>The rules of combination over the sums of one person's components in one month.</summary>
/// <remarks>Pháp lệnh 02/2020/UBTVQH14, Điều 6.3 (carer once, the highest); 20/2021/NĐ-CP and 335/2026/NĐ-CP, Điều 6.2 (the highest group; the poor single parent also in khoản 5, 6 or 8
/// gets both); 335/2026/NĐ-CP, Điều 31.1 (the higher of social pension and social allowance, of equals the pension).</remarks>
static class KernelFold
{
    /// <summary>Sets to zero what another component is paid instead of. Of equals the first is kept.</summary>
    public static void Combine(ReadOnlySpan<FoldRule> folds, Span<int> due)
    {
        int carer = -1, group = -1, besides = -1, parent = -1, pension = -1;
        for (var i = 0; i < folds.Length; i++)
        {
            // What is not due is no rival: of a parent whose children grew up the other group is paid.
            if (due[i] == 0) continue;
            switch (folds[i])
            {
                case FoldRule.Carer: carer = Higher(due, i, carer); break;
                case FoldRule.Group: group = Higher(due, i, group); break;
                case FoldRule.GroupBesideParent: (group, besides) = (Higher(due, i, group), Higher(due, i, besides)); break;
                case FoldRule.SingleParent: parent = Higher(due, i, parent); break;
                case FoldRule.SocialPension: pension = i; break;
            }
        }

        int kept, keptToo = -1;
        if (parent >= 0 && besides >= 0 && due[parent] + due[besides] >= due[group]) (kept, keptToo) = (parent, besides);
        else kept = group < 0 || (parent >= 0 && due[parent] > due[group]) ? parent : group;
        var protection = (kept < 0 ? 0 : due[kept]) + (keptToo < 0 ? 0 : due[keptToo]);
        var takesPension = pension >= 0 && protection <= due[pension];
        for (var i = 0; i < folds.Length; i++)
        {
            var isPaid = folds[i] switch
            {
                FoldRule.Adds => true,
                FoldRule.Carer => i == carer,
                FoldRule.SocialPension => takesPension,
                _ => !takesPension && (i == kept || i == keptToo),
            };
            if (!isPaid) due[i] = 0;
        }
    }

    static int Higher(ReadOnlySpan<int> due, int candidate, int best) => best < 0 || due[candidate] > due[best] ? candidate : best;
}
