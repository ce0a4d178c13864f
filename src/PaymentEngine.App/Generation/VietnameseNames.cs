using System.Globalization;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>Invented names in the usual shape: family, middle, given. Together the lists hold every letter of Vietnamese.</summary>
static class VietnameseNames
{
    static readonly string[] frequentFamilies = ["Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hồ", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương"];
    static readonly string[] rareFamilies = ["Lý", "Cao", "Đinh", "Thái", "Trương", "Lương", "Lô", "Vi", "Kha", "Cụt", "Moong", "Xồng", "Lầu", "Và", "Hà", "Tạ", "Chế", "Uông", "Đậu", "Từ", "La", "Lã", "Ông", "Kỷ"];
    static readonly string[] middlesOfMen = ["Văn", "Văn", "Văn", "Văn", "Hữu", "Đức", "Xuân", "Công", "Đình", "Trọng", "Quốc", "Viết", "Bá", "Sỹ", "Ngọc", "Minh", "Khắc", "Thế", "Duy", "Cảnh"];
    static readonly string[] middlesOfWomen = ["Thị", "Thị", "Thị", "Thị", "Thị", "Thị", "Ngọc", "Thu", "Thanh", "Minh", "Hồng", "Kim", "Bích", "Diệu", "Quỳnh", "Mỹ"];

    static readonly string[] givenOfMen =
    [
        "An", "Ấn", "Bảo", "Bằng", "Bình", "Bỉnh", "Bốn", "Cả", "Cẩn", "Chí", "Chiến", "Cử", "Cường", "Dũng", "Dần", "Đạt", "Đắc", "Định", "Đồng", "Đức", "Giáp", "Hải", "Hiển", "Hổ", "Hợi", "Hùng", "Hướng",
        "Khẳng", "Khởi", "Kiên", "Kỵ", "Lộc", "Lợi", "Lực", "Lưỡng", "Mão", "Mẫn", "Mười", "Nghĩa", "Ngọ", "Nhã", "Nhị", "Phổ", "Phụng", "Quảng", "Quý", "Sửu", "Sáu", "Tám", "Tấn", "Thắng", "Thìn", "Thời", "Thỏa", "Thụ", "Thuận", "Tỉnh", "Tuất",
        "Tuệ", "Tùng", "Tự", "Vẻ", "Vỹ", "Vượng", "Xứng", "Ý", "Bẵng", "Lễ", "Kỳ", "Nhõn", "Cõi", "Khôi", "Thừa",
    ];

    static readonly string[] givenOfWomen =
    [
        "Ánh", "Bé", "Bưởi", "Chè", "Cúc", "Dẻ", "Diệp", "Đào", "Gái", "Hà", "Hạnh", "Hằng", "Hậu", "Hẹ", "Hiền", "Hoa", "Hòa", "Huế", "Huệ", "Hường", "Khẽ", "Kiều", "Lan", "Liễu", "Lựu", "Lụa", "Mai", "Mận", "Mỡ", "Mùi", "Nga", "Ngọc", "Nhẫn", "Nhẽ",
        "Nở", "Nụ", "Nữ", "Oanh", "Phượng", "Quế", "Sen", "Son", "Tẻo", "Thảo", "Thấm", "Thêm", "Thỉ", "Thọ", "Thơm", "Thỷ", "Thủy", "Tím", "Trà", "Tuyết", "Tý", "Út", "Vóc", "Xuân", "Yến", "Yên", "Hẵng", "Tố", "Mẹo", "Gấm", "Lài", "Vĩ", "Ngỗi", "Tợi", "Sự", "Mỹ",
    ];

    static readonly string[] placeFirst = ["Tân", "Hưng", "Nghi", "Diễn", "Quỳnh", "Yên", "Thanh", "Nam", "Đông", "Phú", "Kim", "Minh", "Thạch", "Châu", "Vĩnh", "Hợp", "Ngọc", "Xuân", "Trung", "Lộc"];
    static readonly string[] placeSecond = ["Sơn", "Thành", "Hòa", "Lâm", "Thịnh", "Đồng", "Lĩnh", "Khê", "Thủy", "Phúc", "Tiến", "Mỹ", "Hải", "Giang", "Trạch", "Bình", "Lạc", "Cường", "Hậu", "Xá"];

    public static string Person(SeededRandom random, Sex sex)
    {
        var woman = sex == Sex.Female;
        var family = random.Chance(9_000) ? random.Pick(frequentFamilies) : random.Pick(rareFamilies);
        var middle = random.Pick(woman ? middlesOfWomen : middlesOfMen);
        var given = random.Pick(woman ? givenOfWomen : givenOfMen);
        return random.Chance(600) ? $"{family} {given}" : $"{family} {middle} {given}";
    }

    /// <summary>The name of the n-th commune of a province; different for every n below 400.</summary>
    public static string Place(int n) => $"{placeFirst[n % placeFirst.Length]} {placeSecond[(n + (n / placeFirst.Length)) % placeSecond.Length]}";

    /// <summary>The name as banks write account holders: capitals of A to Z.</summary>
    public static string AtBank(string name)
    {
        var letters = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormD))
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                letters.Append(c is 'đ' or 'Đ' ? 'D' : char.ToUpperInvariant(c));
        return letters.ToString();
    }
}
