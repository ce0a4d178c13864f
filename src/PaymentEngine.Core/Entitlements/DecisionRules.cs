using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Two decisions for the same thing: a person who moved, or was examined again, may stand in the register under both.</summary>
static class DecisionRules
{
    /// <summary>Of two awards of one category in one month the later decision is paid: no month twice after a move
    /// (20/2021/NĐ-CP, Điều 8; 335/2026/NĐ-CP, Điều 8), none under a level that a new conclusion replaced (131/2021/NĐ-CP, Điều 45.1c).</summary>
    /// <remarks>Survivors hold one award per deceased and carers one per person cared for: those are different things. The groups of BTXH have the rule of the highest.</remarks>
    public static void LaterOfTwo(List<Offer> offers)
    {
        for (var i = 0; i < offers.Count; i++)
        {
            if (!IsOnce(offers[i])) continue;
            var rivals = offers.FindAll(other => IsOnce(other) && IsSameThing(other.Award, offers[i].Award) && other.Award.AwardId != offers[i].Award.AwardId);
            if (rivals.Count == 0) continue;
            // Latest decision; of equals the one that stands first in the register.
            var latest = rivals.Prepend(offers[i]).OrderByDescending(offer => offer.Award.DecidedOn).First().Award.AwardId;
            var lost = offers.FindAll(offer => IsOnce(offer) && IsSameThing(offer.Award, offers[i].Award) && offer.Award.AwardId != latest);
            offers.RemoveAll(lost.Contains);
            for (var at = 0; at < offers.Count; at++)
            {
                if (offers[at].Award.AwardId == latest) offers[at] = offers[at].InPlaceOf(lost.FindAll(other => other.Kind == offers[at].Kind), ExplanationNotes.LaterDecision);
            }

            i = -1;
        }
    }

    /// <summary>Are the awards two decisions for the same thing, of which only one is paid?</summary>
    internal static bool AreSameThing(Award left, Award right) =>
        IsSameThing(left, right) && (left.Programme == Programme.Ncc ? left.Category is not ("SURVIVOR" or "LIETSI.TN") : !SocialProtectionRules.IsGroup(left));

    static bool IsOnce(Offer offer) => !offer.IsOneOff && offer.Sum is null
        && (offer.Award is { Programme: Programme.Ncc, Category: not ("SURVIVOR" or "LIETSI.TN") } || (offer.Award.Programme != Programme.Ncc && !SocialProtectionRules.IsOwnGroup(offer)));

    static bool IsSameThing(Award left, Award right) => left.Programme == right.Programme && left.Category == right.Category && left.AboutPersonId == right.AboutPersonId;
}
