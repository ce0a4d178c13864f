using System.Collections.Frozen;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>How a component behaves beside the person's other components of the month.</summary>
public enum FoldRule : byte
{
    /// <summary>Adds to everything: NCC allowances and supplements, support for care.</summary>
    Adds = 0,

    /// <summary>BTXH khoản 1, 2, 3, 7: of the groups only the highest.</summary>
    Group = 1,

    /// <summary>BTXH khoản 5, 6, 8: of the groups only the highest, but beside the poor single parent's.</summary>
    GroupBesideParent = 2,

    /// <summary>BTXH khoản 4: the poor single parent.</summary>
    SingleParent = 3,

    /// <summary>NCC carer allowance: once, the highest.</summary>
    Carer = 4,

    /// <summary>HTXH: instead of the BTXH groups unless they are higher.</summary>
    SocialPension = 5,
}

/// <summary>The rates of a month as one column of amounts, so that a component is a number of two bytes.</summary>
public sealed class DenseRates
{
    readonly FrozenDictionary<string, ushort> indexOf;
    readonly long[] amountsVnd;

    public DenseRates(MonthLaw law)
    {
        var rates = law.Rates.OrderBy(rate => rate.Row.RateCode, StringComparer.Ordinal).ToArray();
        amountsVnd = Array.ConvertAll(rates, rate => rate.Amount.Amount);
        indexOf = rates.Select((rate, index) => (rate.Row.RateCode, Index: (ushort)index)).ToFrozenDictionary(rate => rate.RateCode, rate => rate.Index, StringComparer.Ordinal);
    }

    /// <summary>VND a unit, by index.</summary>
    public ReadOnlySpan<long> AmountsVnd => amountsVnd;

    /// <summary>The index of a rate code of the law files; the month must know it.</summary>
    public ushort IndexOf(string rateCode) => indexOf[rateCode];
}

/// <summary>The bulk path: rates and rules of combination over columns of components, without an allocation.</summary>
/// <remarks>Its domain is what a month needs when nobody's state changed: the rules have chosen each component's rate, the kernel applies the month's amounts
/// and the highest-of rules. Survivor shares and the nurturing allowance stay with the rule functions. <see cref="EntitlementCalculator"/> is its oracle in the tests.</remarks>
public static class EntitlementKernel
{
    /// <summary>The fold of a component by its award's programme and category and its own kind; null outside the kernel's domain.</summary>
    public static FoldRule? FoldOf(Programme programme, string category, string component) => (programme, category, component) switch
    {
        (Programme.Ncc, _, "tuat" or "tuat_nuoi_duong") => null,
        (Programme.Ncc, _, MeritRules.CarerKind) => FoldRule.Carer,
        (Programme.Btxh, "k4", _) => FoldRule.SingleParent,
        (Programme.Btxh, "k5a" or "k5b" or "k5c" or "k5d" or "k6" or "k8", _) => FoldRule.GroupBesideParent,
        (Programme.Btxh, "k1" or "k2" or "k3" or "k7", _) => FoldRule.Group,
        (Programme.Htxh, _, _) => FoldRule.SocialPension,
        _ => FoldRule.Adds,
    };

    /// <summary>Computes what is due for each component and returns the sum of all, in VND.</summary>
    /// <param name="personOffsets">Where each person's components begin; one more entry than people, the last being their number.</param>
    /// <param name="rates">Index into <paramref name="amountsVnd"/>, a component each.</param>
    /// <param name="times">Children, seniority units; 1 for most.</param>
    /// <param name="folds">How each component combines.</param>
    /// <param name="amountsVnd">See <see cref="DenseRates.AmountsVnd"/>.</param>
    /// <param name="dueVnd">Filled: the amount due, 0 where another component is paid instead.</param>
    public static long Compute(ReadOnlySpan<int> personOffsets, ReadOnlySpan<ushort> rates, ReadOnlySpan<byte> times, ReadOnlySpan<FoldRule> folds,
        ReadOnlySpan<long> amountsVnd, Span<long> dueVnd)
    {
        if (rates.Length != times.Length || rates.Length != folds.Length || dueVnd.Length < rates.Length || personOffsets[^1] != rates.Length)
            throw new ArgumentException("The columns of a kernel call have different lengths.", nameof(rates));
        long total = 0;
        for (var i = 0; i < rates.Length; i++) total += dueVnd[i] = amountsVnd[rates[i]] * times[i];
        for (var person = 0; person + 1 < personOffsets.Length; person++)
        {
            var (from, to) = (personOffsets[person], personOffsets[person + 1]);
            // One component has nothing to be combined with: nearly everybody.
            if (to - from > 1) total -= Fold(folds[from..to], dueVnd[from..to]);
        }

        return total;
    }

    /// <summary>Sets to zero what another component is paid instead of; returns the sum taken away. Of equals the first is kept.</summary>
    static long Fold(ReadOnlySpan<FoldRule> folds, Span<long> due)
    {
        int carer = -1, group = -1, besides = -1, parent = -1, pension = -1;
        for (var i = 0; i < folds.Length; i++)
        {
            switch (folds[i])
            {
                case FoldRule.Carer: carer = Higher(due, i, carer); break;
                case FoldRule.Group: group = Higher(due, i, group); break;
                case FoldRule.GroupBesideParent: (group, besides) = (Higher(due, i, group), Higher(due, i, besides)); break;
                case FoldRule.SingleParent: parent = Higher(due, i, parent); break;
                case FoldRule.SocialPension: pension = i; break;
            }
        }

        // Điều 6.2: the highest group; but the poor single parent also in khoản 5, 6 or 8 gets both.
        int kept, keptToo = -1;
        if (parent >= 0 && besides >= 0 && due[parent] + due[besides] >= due[group]) (kept, keptToo) = (parent, besides);
        else kept = group < 0 || (parent >= 0 && due[parent] > due[group]) ? parent : group;
        var protection = (kept < 0 ? 0 : due[kept]) + (keptToo < 0 ? 0 : due[keptToo]);
        // 335/2026/NĐ-CP, Điều 31.1: the higher of the two, of equals the pension.
        var takesPension = pension >= 0 && protection <= due[pension];

        long taken = 0;
        for (var i = 0; i < folds.Length; i++)
        {
            var isPaid = folds[i] switch
            {
                FoldRule.Adds => true,
                FoldRule.Carer => i == carer,
                FoldRule.SocialPension => takesPension,
                _ => !takesPension && (i == kept || i == keptToo),
            };
            if (isPaid) continue;
            taken += due[i];
            due[i] = 0;
        }

        return taken;
    }

    static int Higher(ReadOnlySpan<long> due, int candidate, int best) => best < 0 || due[candidate] > due[best] ? candidate : best;
}
