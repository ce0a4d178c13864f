using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>The group a person is counted in, once: of several programmes the first in this order. <see cref="None"/>: no running award.</summary>
public enum RecipientGroup : byte { None, Ncc, Btxh, Htxh, Khac }

/// <summary>Codes and words of the groups.</summary>
public static class RecipientGroups
{
    public static readonly IReadOnlyList<(RecipientGroup Group, string Code, string Vi, string En)> All =
    [
        (RecipientGroup.Ncc, "NCC", "Người có công", "People with merit"),
        (RecipientGroup.Btxh, "BTXH", "Bảo trợ xã hội", "Social protection"),
        (RecipientGroup.Htxh, "HTXH", "Hưu trí xã hội", "Social pension"),
        (RecipientGroup.Khac, "KHAC", "Chương trình khác", "Other programmes"),
        (RecipientGroup.None, "none", "Không có quyết định đang hưởng", "No running award"),
    ];

    /// <summary>The group of somebody with running awards of these programmes.</summary>
    /// <param name="programmes">Bit n: programme n + 1.</param>
    public static RecipientGroup Of(int programmes)
    {
        foreach (var programme in (Programme[])[Programme.Ncc, Programme.Btxh, Programme.Htxh, Programme.Khac])
            if ((programmes & (1 << ((int)programme - 1))) != 0) return (RecipientGroup)programme;
        return RecipientGroup.None;
    }

    public static string Code(RecipientGroup group) => group == RecipientGroup.None ? "none" : group.ToString().ToUpperInvariant();
}
