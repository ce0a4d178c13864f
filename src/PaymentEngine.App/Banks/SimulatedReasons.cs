using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Banks;

/// <summary>One reason in the words of banks: their own codes, and what their clerks and systems write.</summary>
/// <remarks>Written for the simulation alone and kept apart from the rules by which texts are read: what is understood of them is a test of those rules.</remarks>
static class SimulatedReasons
{
    static readonly Dictionary<string, (string Own, string[] Texts)> Spoken = new(StringComparer.Ordinal)
    {
        ["AC01"] = ("E12", ["Sai số tài khoản", "Số tài khoản không tồn tại", "TK người hưởng không đúng"]),
        ["AC04"] = ("E14", ["Tài khoản đã đóng", "TK đã tất toán", "Tài khoản người hưởng đã đóng"]),
        ["AC06"] = ("E16", ["Tài khoản bị phong tỏa", "Tài khoản tạm khóa"]),
        ["AM04"] = ("E51", ["Tài khoản không đủ số dư", "Không đủ số dư để chi"]),
        ["AM05"] = ("E94", ["Giao dịch trùng lặp", "Lệnh chi trùng"]),
        ["BE01"] = ("E21", ["Tên người hưởng không khớp số tài khoản", "Sai tên người thụ hưởng"]),
        ["BE04"] = ("E24", ["Thiếu địa chỉ người hưởng"]),
        ["MD07"] = ("E70", ["Chủ tài khoản đã chết", "Khách hàng đã qua đời"]),
        ["MS03"] = ("E99", ["Không nêu lý do"]),
        ["NARR"] = ("E98", ["Tài khoản không hoạt động", "Tên người hưởng không khớp"]),
    };

    /// <summary>How a bank with this habit says a reason.</summary>
    /// <param name="reason">A code of the external lists.</param>
    /// <param name="bank">Its habits, with codes and phrases of its own where its profile has them.</param>
    /// <param name="draw">Chooses among phrases, and where a typing fault falls.</param>
    public static BankReason Say(BankReason reason, BankHabit bank, ulong draw)
    {
        var habit = bank.Reasons;
        if (habit == ReasonHabit.Codes || reason.Code is not { } code || !Spoken.TryGetValue(code, out var spoken)) return reason;
        if (habit == ReasonHabit.OwnCodes) return new(null, bank.OwnCodes.GetValueOrDefault(code, spoken.Own), null);
        if (bank.OwnPhrases.TryGetValue(code, out var phrase)) return new(null, null, phrase);
        var accented = spoken.Texts[(int)(draw % (ulong)spoken.Texts.Length)];
        if (habit == ReasonHabit.TextWithAccents) return new(null, null, accented);
        var plain = BankText.Name(accented, 140).Text;
        return new(null, null, habit == ReasonHabit.Text ? plain : WithFault(plain, draw / 7));
    }

    /// <summary>Two letters of one word change places, as under hurried fingers.</summary>
    static string WithFault(string text, ulong draw)
    {
        var places = Enumerable.Range(1, text.Length - 2).Where(i => text[i] != ' ' && text[i + 1] != ' ' && text[i] != text[i + 1]).ToList();
        if (places.Count == 0) return text;
        var at = places[(int)(draw % (ulong)places.Count)];
        return string.Concat(text.AsSpan(0, at), text.AsSpan(at + 1, 1), text.AsSpan(at, 1), text.AsSpan(at + 2));
    }
}
