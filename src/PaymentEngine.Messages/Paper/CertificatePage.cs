using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Paper;

/// <summary>What stands on a certificate. Texts are ready for people; sums are đồng.</summary>
public sealed record CertificatePaper(RunId Run, string PayerName, bool AtClose, string MadeBy, string PlannedAt, string ApprovedBy, string ApprovedAt, string ClosedAt, string ContentHash, Vnd Listed,
    bool Closes, int UnverifiedLines, IReadOnlyList<(string Place, int Items, Vnd Sum)> Places, IReadOnlyList<(string Name, int Items, Vnd Sum)> Programmes,
    IReadOnlyList<(string Name, int Items, Vnd Sum)> Banks, IReadOnlyList<(string Name, int Items, Vnd Sum)> Communes, IReadOnlyList<(string MsgId, int Items, Vnd Sum, string Sha256)> Files,
    IReadOnlyList<(string Kind, int Items, Vnd Sum)> Claims, IReadOnlyList<(string Commune, string Place, int Items, Vnd Sum, string Owner, string DueOn)> Carried)
{
    /// <summary>Result lists of banks that send no statements, with the two persons who confirmed each.</summary>
    public IReadOnlyList<(string List, int Paid, Vnd PaidSum, int Refused, Vnd RefusedSum, int Returned, Vnd ReturnedSum, string Persons)> Confirmed { get; init; } = [];
}

/// <summary>The certificate of a run as a printable page (biên bản xác nhận kết quả chi trả).</summary>
public static class CertificatePage
{
    public static void Write(Stream stream, CertificatePaper paper)
    {
        var page = new PaperPage($"BIÊN BẢN XÁC NHẬN ĐỢT CHI TRẢ {paper.Run}", paper.Run.ToString(), paper.PayerName)
            .Sub($"Tháng chi trả {ViText.Month(paper.Run.Month)}. Lập: {paper.MadeBy}, {paper.PlannedAt}. Duyệt: {paper.ApprovedBy}, {paper.ApprovedAt}."
                + (paper.AtClose ? $" Đóng: {paper.ClosedAt}." : " Chưa đóng: số liệu tại thời điểm in."))
            .Paragraph($"Đã lập danh sách: {ViText.Money(paper.Listed)} ({VndInWords.Of(paper.Listed)}).")
            .Paragraph(paper.Closes ? "Tổng mười một nơi bằng đúng số đã lập danh sách; sổ bút toán và vị trí từng khoản chi cho cùng số." : "CẢNH BÁO: tổng mười một nơi KHÔNG bằng số đã lập danh sách.")
            .Table(["Nơi", "Số khoản*", "Số tiền (đồng)*"], paper.Places.Select(Row), Total(paper.Places))
            .Heading("Theo chương trình").Table(["Chương trình", "Số khoản*", "Số tiền (đồng)*"], paper.Programmes.Select(Row), Total(paper.Programmes))
            .Heading("Theo ngân hàng nhận").Table(["Ngân hàng (BIN)", "Số khoản*", "Số tiền (đồng)*"], paper.Banks.Select(Row), Total(paper.Banks))
            .Heading("Theo xã").Table(["Xã", "Số khoản*", "Số tiền (đồng)*"], paper.Communes.Select(Row), Total(paper.Communes));
        if (paper.Files.Count > 0)
            page.Heading("Tệp gửi ngân hàng").Table(["Tệp", "Số lệnh*", "Số tiền (đồng)*", "SHA-256#"], paper.Files.Select(file => (IReadOnlyList<string>)[file.MsgId, ViText.Count(file.Items), ViText.Count(file.Sum.Amount), file.Sha256]));
        if (paper.Confirmed.Count > 0)
        {
            page.Heading("Không có sao kê: theo danh sách kết quả của ngân hàng, hai người xác nhận").Table(["Danh sách", "Đã chi*", "Số tiền (đồng)*", "Từ chối*", "Số tiền (đồng)*", "Hoàn trả*", "Số tiền (đồng)*", "Hai người xác nhận"],
                paper.Confirmed.Select(one => (IReadOnlyList<string>)[one.List, ViText.Count(one.Paid), ViText.Count(one.PaidSum.Amount), ViText.Count(one.Refused), ViText.Count(one.RefusedSum.Amount),
                    ViText.Count(one.Returned), ViText.Count(one.ReturnedSum.Amount), one.Persons]));
        }

        if (paper.Claims.Count > 0)
            page.Heading("Khoản phải đòi (ngoài đẳng thức)").Table(["Loại", "Số khoản*", "Số tiền (đồng)*"], paper.Claims.Select(Row));
        if (paper.Carried.Count > 0)
            page.Heading("Chuyển sang tháng sau").Table(["Xã", "Nơi", "Số khoản*", "Số tiền (đồng)*", "Phụ trách", "Hạn"],
                paper.Carried.Select(sum => (IReadOnlyList<string>)[sum.Commune, sum.Place, ViText.Count(sum.Items), ViText.Count(sum.Sum.Amount), sum.Owner, sum.DueOn]));
        if (paper.UnverifiedLines > 0) page.Paragraph($"{ViText.Count(paper.UnverifiedLines)} dòng dùng mức trợ cấp chưa được đối chiếu với văn bản gốc (derived-unverified).");
        page.Paragraph($"Vân tay nội dung đợt (SHA-256): {paper.ContentHash}").Signatures("Người lập", "Người duyệt", "Thủ trưởng đơn vị").Save(stream);
    }

    static IReadOnlyList<string> Row((string Name, int Items, Vnd Sum) row) => [row.Name, ViText.Count(row.Items), ViText.Count(row.Sum.Amount)];

    static IReadOnlyList<string> Total(IReadOnlyList<(string Name, int Items, Vnd Sum)> rows) =>
        ["Cộng", ViText.Count(rows.Sum(row => row.Items)), ViText.Count(rows.Sum(row => row.Sum.Amount))];
}
