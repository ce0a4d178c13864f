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

    /// <summary>SHA-256 of the certificate that signs files, heads of the audit chain and bundles; null where the key folder is not at hand.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Exceptions by two people (break-glass) that operations about this run used.</summary>
    public IReadOnlyList<(int Number, string What, string Persons, int Uses, string Reason)> Glasses { get; init; } = [];

    /// <summary>Disputes that two persons settled, with what the bank owes beyond it.</summary>
    public IReadOnlyList<(string Payment, string Outcome, Vnd Sum, Vnd BankOwes, string Ground, string Persons)> Settled { get; init; } = [];
}

/// <summary>The certificate of a run (biên bản xác nhận kết quả chi trả) for paper and spreadsheets.</summary>
public static class CertificatePage
{
    public static PaperDocument Of(CertificatePaper paper)
    {
        var tables = new List<PaperTable>
        {
            new("", ["Nơi", "Số khoản*", "Số tiền (đồng)*"], [.. paper.Places.Select(Row)], Total(paper.Places)),
            new("Theo chương trình", ["Chương trình", "Số khoản*", "Số tiền (đồng)*"], [.. paper.Programmes.Select(Row)], Total(paper.Programmes)),
            new("Theo ngân hàng nhận", ["Ngân hàng (BIN)", "Số khoản*", "Số tiền (đồng)*"], [.. paper.Banks.Select(Row)], Total(paper.Banks)),
            new("Theo xã", ["Xã", "Số khoản*", "Số tiền (đồng)*"], [.. paper.Communes.Select(Row)], Total(paper.Communes)),
        };
        if (paper.Files.Count > 0)
            tables.Add(new("Tệp gửi ngân hàng", ["Tệp", "Số lệnh*", "Số tiền (đồng)*", "SHA-256#"], [.. paper.Files.Select(file => (IReadOnlyList<PaperCell>)[file.MsgId, file.Items, file.Sum, file.Sha256])]));
        if (paper.Confirmed.Count > 0)
        {
            tables.Add(new("Không có sao kê: theo danh sách kết quả của ngân hàng, hai người xác nhận", ["Danh sách", "Đã chi*", "Số tiền (đồng)*", "Từ chối*", "Số tiền (đồng)*", "Hoàn trả*", "Số tiền (đồng)*", "Hai người xác nhận"],
                [.. paper.Confirmed.Select(one => (IReadOnlyList<PaperCell>)[one.List, one.Paid, one.PaidSum, one.Refused, one.RefusedSum, one.Returned, one.ReturnedSum, one.Persons])]));
        }

        if (paper.Settled.Count > 0)
        {
            tables.Add(new("Thông tin trái ngược, hai người kết luận", ["Lệnh chi", "Kết luận", "Số tiền (đồng)*", "Ngân hàng còn nợ (đồng)*", "Căn cứ", "Hai người kết luận"],
                [.. paper.Settled.Select(one => (IReadOnlyList<PaperCell>)[one.Payment, one.Outcome, one.Sum, one.BankOwes, one.Ground, one.Persons])]));
        }

        if (paper.Glasses.Count > 0)
        {
            tables.Add(new("Ngoại lệ khẩn cấp do hai người (người xin, người cho)", ["Số", "Vai trò hoặc xã", "Hai người", "Số lần dùng*", "Lý do"],
                [.. paper.Glasses.Select(one => (IReadOnlyList<PaperCell>)[one.Number, one.What, one.Persons, one.Uses, one.Reason])]));
        }

        if (paper.Claims.Count > 0) tables.Add(new("Khoản phải đòi (ngoài đẳng thức)", ["Loại", "Số khoản*", "Số tiền (đồng)*"], [.. paper.Claims.Select(Row)]));
        if (paper.Carried.Count > 0)
            tables.Add(new("Chuyển sang tháng sau", ["Xã", "Nơi", "Số khoản*", "Số tiền (đồng)*", "Phụ trách", "Hạn"], [.. paper.Carried.Select(sum => (IReadOnlyList<PaperCell>)[sum.Commune, sum.Place, sum.Items, sum.Sum, sum.Owner, sum.DueOn])]));
        return new PaperDocument($"BIÊN BẢN XÁC NHẬN ĐỢT CHI TRẢ {paper.Run}", paper.Run.ToString(), paper.PayerName)
        {
            Sub = $"Tháng chi trả {ViText.Month(paper.Run.Month)}. Lập: {paper.MadeBy}, {paper.PlannedAt}. Duyệt: {paper.ApprovedBy}, {paper.ApprovedAt}."
                + (paper.AtClose ? $" Đóng: {paper.ClosedAt}." : " Chưa đóng: số liệu tại thời điểm in."),
            Foot = $"Mã nội dung đợt: {paper.ContentHash}",
            Mark = paper.Closes ? null : "KHÔNG KHỚP",
            Sentences =
            [
                $"Đã lập danh sách: {ViText.Money(paper.Listed)} ({VndInWords.Of(paper.Listed)}).",
                paper.Closes ? "Tổng mười một nơi bằng đúng số đã lập danh sách; sổ bút toán và vị trí từng khoản chi cho cùng số." : "CẢNH BÁO: tổng mười một nơi KHÔNG bằng số đã lập danh sách.",
            ],
            Tables = tables,
            Closing =
            [
                .. paper.UnverifiedLines > 0 ? [$"{ViText.Count(paper.UnverifiedLines)} dòng dùng mức trợ cấp chưa được đối chiếu với văn bản gốc (derived-unverified)."] : Array.Empty<string>(),
                $"Vân tay nội dung đợt (SHA-256): {paper.ContentHash}",
                .. paper.Fingerprint is { } fingerprint ? [$"Dấu vân tay chứng thư ký tệp lệnh chi, nhật ký và hồ sơ chứng minh (SHA-256): {fingerprint}"] : Array.Empty<string>(),
            ],
            Signatures = ["Người lập", "Người duyệt", "Thủ trưởng đơn vị"],
        };
    }

    static IReadOnlyList<PaperCell> Row((string Name, int Items, Vnd Sum) row) => [row.Name, row.Items, row.Sum];

    static IReadOnlyList<PaperCell> Total(IReadOnlyList<(string Name, int Items, Vnd Sum)> rows) => ["Cộng", rows.Sum(row => row.Items), rows.Aggregate(Vnd.Zero, (sum, row) => sum + row.Sum)];
}
