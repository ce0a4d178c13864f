using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Paper;

/// <summary>One month of a claim as its letter shows it.</summary>
/// <param name="Month">The month it was listed for.</param>
/// <param name="Listed">What was listed and paid.</param>
/// <param name="Way">How it went out, in Vietnamese.</param>
/// <param name="Outstanding">What is asked back of it.</param>
public sealed record ClaimLetterMonth(YearMonth Month, Vnd Listed, string Way, Vnd Outstanding);

/// <summary>One payment as a letter to its bank shows it.</summary>
public sealed record ClaimLetterPayment(string PaymentId, YearMonth Month, string Holder, string Account, Vnd Amount);

/// <summary>What a letter about a claim says.</summary>
/// <param name="ClaimNo">Number of the claim, its reference.</param>
/// <param name="PayerName">Who asks.</param>
/// <param name="PersonName">The recipient.</param>
/// <param name="PersonId">The register's key of the person.</param>
/// <param name="Death">Day of death where that is why; else null.</param>
/// <param name="Place">Where the person lives or lived.</param>
/// <param name="Sentence">Why it is not due, in Vietnamese, with its article.</param>
/// <param name="Months">What was paid too much, by month.</param>
/// <param name="Instalments">An agreed plan; empty for none.</param>
/// <param name="PayBackTo">The payer's account, bank and holder.</param>
/// <param name="Due">Until when an answer is asked for.</param>
public sealed record ClaimLetterContent(int ClaimNo, string PayerName, string PersonName, string PersonId, LocalDate? Death, string Place, string Sentence, IReadOnlyList<ClaimLetterMonth> Months,
    IReadOnlyList<(LocalDate DueOn, Vnd Amount)> Instalments, string PayBackTo, LocalDate? Due)
{
    /// <summary>What is asked back, VND.</summary>
    public Vnd Sum => Months.Aggregate(Vnd.Zero, (sum, month) => sum + month.Outstanding);
}

/// <summary>Letters about money paid too much (công văn thu hồi): to the person or the family, and to the bank where the money went. To be numbered and signed.</summary>
public static class ClaimLetter
{
    /// <summary>To the person, or to the family of a person who died. The same content gives the same bytes.</summary>
    public static void ToPerson(Stream stream, ClaimLetterContent claim)
    {
        var page = PaperPage.Letter(claim.Death is null ? "nộp lại tiền trợ cấp đã chi quá mức" : "nộp lại tiền trợ cấp đã chi sau khi đối tượng chết", $"THU-HOI-{claim.ClaimNo}", claim.PayerName,
                claim.Death is null ? $"Ông/bà {claim.PersonName}{Where(claim)}" : $"Gia đình ông/bà {claim.PersonName}{Where(claim)}")
            .Paragraph($"{claim.PayerName} đã chi trợ cấp cho ông/bà {claim.PersonName} (mã đối tượng {claim.PersonId}) như sau."
                + (claim.Death is { } death ? $" Ông/bà {claim.PersonName} chết ngày {ViText.Date(death)}; tin báo đến sau khi danh sách chi trả đã được duyệt." : ""))
            .Paragraph($"Căn cứ: {claim.Sentence}")
            .Table(["STT*", "Tháng", "Đã chi (đồng)*", "Cách chi", "Phải nộp lại (đồng)*"],
                claim.Months.Select((month, i) => (IReadOnlyList<string>)[ViText.Count(i + 1), ViText.Month(month.Month), ViText.Count(month.Listed.Amount), month.Way, ViText.Count(month.Outstanding.Amount)]),
                ["", "Tổng cộng", "", "", ViText.Count(claim.Sum.Amount)])
            .Paragraph($"Tổng số tiền phải nộp lại: {ViText.Money(claim.Sum)} ({VndInWords.Of(claim.Sum)}).");
        if (claim.Instalments.Count > 0)
        {
            page.Paragraph("Số tiền được nộp dần theo thỏa thuận:")
                .Table(["Lần*", "Hạn nộp", "Số tiền (đồng)*"], claim.Instalments.Select((part, i) => (IReadOnlyList<string>)[ViText.Count(i + 1), ViText.Date(part.DueOn), ViText.Count(part.Amount.Amount)]));
        }

        page.Paragraph($"Đề nghị nộp tại trụ sở {claim.PayerName} (có phiếu thu) hoặc chuyển vào tài khoản {claim.PayBackTo}, nội dung: THU HOI {claim.ClaimNo} {claim.PersonId}.")
            .Paragraph((claim.Due is { } due ? $"Đề nghị thực hiện hoặc trả lời trước ngày {ViText.Date(due)}. " : "") + "Nếu có lý do khác hoặc gặp khó khăn, xin trả lời bằng văn bản để được xem xét.")
            .Signed("THỦ TRƯỞNG ĐƠN VỊ", "Như trên", "Ủy ban nhân dân xã", "Lưu: VT, kế toán")
            .Save(stream);
    }

    /// <summary>To a bank that credited the payments: it is asked to keep and send back what is still on the account.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="bankName">The bank.</param>
    /// <param name="payments">The payments it credited.</param>
    public static void ToBank(Stream stream, ClaimLetterContent claim, string bankName, IReadOnlyList<ClaimLetterPayment> payments)
    {
        var sum = payments.Aggregate(Vnd.Zero, (total, payment) => total + payment.Amount);
        PaperPage.Letter("đề nghị phối hợp thu hồi tiền trợ cấp", $"THU-HOI-{claim.ClaimNo}", claim.PayerName, bankName)
            .Paragraph($"{claim.PayerName} đã chuyển trợ cấp cho ông/bà {claim.PersonName} vào các tài khoản dưới đây." + (claim.Death is { } death ? $" Người hưởng chết ngày {ViText.Date(death)}; các khoản này không còn được hưởng." : " Các khoản này đã chi quá mức được hưởng."))
            .Paragraph($"Căn cứ: {claim.Sentence}")
            .Table(["STT*", "Mã lệnh chi#", "Tháng", "Chủ tài khoản", "Số tài khoản#", "Đề nghị chuyển lại (đồng)*"],
                payments.Select((payment, i) => (IReadOnlyList<string>)[ViText.Count(i + 1), payment.PaymentId, ViText.Month(payment.Month), payment.Holder, payment.Account, ViText.Count(payment.Amount.Amount)]),
                ["", "Tổng cộng", "", "", "", ViText.Count(sum.Amount)])
            .Paragraph($"Đề nghị quý ngân hàng kiểm tra số dư và, theo quy định và thỏa thuận với chủ tài khoản hoặc người thừa kế, chuyển lại {ViText.Money(sum)} ({VndInWords.Of(sum)}) vào tài khoản {claim.PayBackTo}, nội dung ghi mã lệnh chi.")
            .Paragraph("Khoản nào không thu hồi được, xin trả lời bằng văn bản, nêu lý do.")
            .Signed("THỦ TRƯỞNG ĐƠN VỊ", "Như trên", "Lưu: VT, kế toán")
            .Save(stream);
    }

    static string Where(ClaimLetterContent claim) => claim.Place.Length > 0 ? $", {claim.Place}" : "";
}
