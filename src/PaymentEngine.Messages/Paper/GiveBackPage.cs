using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Paper;

/// <summary>One payment of a proposal to give back, as its paper shows it.</summary>
public sealed record GiveBackPageLine(string PaymentId, string PersonName, string PersonId, string CommuneName, string Programme, YearMonth Month, string Rule, Vnd Amount);

/// <summary>The paper of sums nobody collected that are to go back to the budget (bảng đề nghị nộp trả ngân sách), to be signed by who proposes and who decides.</summary>
public static class GiveBackPage
{
    /// <summary>Writes the page; the same proposal gives the same bytes.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="giveBackNo">Number of the proposal.</param>
    /// <param name="payerName">Whose money it is.</param>
    /// <param name="asOf">The day it was proposed.</param>
    /// <param name="decision">What was decided; null: nothing yet.</param>
    /// <param name="lines">Its payments.</param>
    public static void Write(Stream stream, int giveBackNo, string payerName, LocalDate asOf, string? decision, IReadOnlyList<GiveBackPageLine> lines)
    {
        var sum = lines.Aggregate(Vnd.Zero, (total, line) => total + line.Amount);
        new PaperPage($"BẢNG ĐỀ NGHỊ NỘP TRẢ NGÂN SÁCH SỐ {giveBackNo}", $"NOP-TRA-{giveBackNo}", payerName)
            .Sub($"Tiền mặt quá thời hạn không ai nhận, tính đến ngày {ViText.Date(asOf)}: {ViText.Count(lines.Count)} khoản, {ViText.Money(sum)}{(decision is null ? "" : $". Quyết định: {decision}")}")
            .Table(["STT*", "Mã khoản chi#", "Họ và tên", "Mã đối tượng", "Xã", "Chương trình", "Tháng", "Thời hạn, căn cứ", "Số tiền (đồng)*"],
                lines.Select((line, i) => (IReadOnlyList<string>)[ViText.Count(i + 1), line.PaymentId, line.PersonName, line.PersonId, line.CommuneName, line.Programme, ViText.Month(line.Month), line.Rule, ViText.Count(line.Amount.Amount)]),
                ["", "Tổng cộng", "", "", "", "", "", "", ViText.Count(sum.Amount)])
            .Paragraph($"Bằng chữ: {VndInWords.Of(sum)}./.")
            .Signatures("Người lập", "Kế toán", "Thủ trưởng đơn vị")
            .Save(stream);
    }
}
