using System.Text;
using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Benchmarks;

/// <summary>Comparing holders with names of the register, beside what any comparison must do at least: taking the marks off both texts.</summary>
static class NameMatchBenchmark
{
    static readonly (string Holder, string Expected)[] accepted =
    [
        ("NGUYEN THI HOA", "Nguyễn Thị Hoa"), ("TRAN VAN DUC", "Trần Văn Đức"), ("LE THI ANH NGUYET", "Lê Thị Ánh Nguyệt"), ("HO THI KY", "Hồ Thị Kỷ"), ("Phạm Thị Thùy Dương", "Phạm Thị Thuỳ Dương"),
        ("ONG NGUYEN VAN HUNG", "Nguyễn Văn Hùng"), ("NGUYENTHIHOA", "Nguyễn Thị Hoa"), ("HOA NGUYEN THI", "Nguyễn Thị Hoa"),
    ];

    static readonly (string Holder, string Expected)[] refused =
    [
        ("NGUYEN THI LAM", "Nguyễn Thị Lan"), ("LE VAN BINH", "Nguyễn Thị Hoa"), ("NGUYEN HOA", "Nguyễn Thị Hoa"), ("N T HOA", "Nguyễn Thị Hoa"), ("LE ANH HOANG", "Lê Hoàng Anh"), ("NGUYEM VAN HUNH", "Nguyễn Văn Hùng"),
        ("NGUYỄN THỊ HÒA", "Nguyễn Thị Hoá"), ("PHAN VAN DUC", "Phạm Văn Đức"),
    ];

    public static void Print()
    {
        const int operations = 80_000;
        var neighbours = Enumerable.Range(0, 3_000).Select(i => NameForm.Of($"Nguyễn Văn {(char)('A' + (i % 26))}{i}")).ToArray();
        var (holder, expected) = (NameForm.Of("NGUYEM THI HOA"), NameForm.Of("Nguyễn Thị Hoa"));
        new Rounds(operations, 2, 9).Print(
            ("marks off both texts (limit)", () => Each(accepted, operations, (a, b) => (a.Normalize(NormalizationForm.FormD).Length + b.Normalize(NormalizationForm.FormD).Length) > 0)),
            ("normal form of both", () => Each(accepted, operations, (a, b) => NameForm.Of(a).Key.Length + NameForm.Of(b).Key.Length > 0)),
            ("one person, accepted", () => Each(accepted, operations, (a, b) => NameMatch.Compare(a, b).IsAccepted)),
            ("another, not accepted", () => Each(refused, operations, (a, b) => !NameMatch.Compare(a, b).IsAccepted)));
        Console.WriteLine("One near name among 3,000 people of a commune, an operation:");
        new Rounds(20, 2, 9).Print(("among 3,000", () =>
        {
            for (var i = 0; i < 20; i++)
                if (!NameMatch.Among(holder, expected, neighbours).IsAccepted) throw new InvalidOperationException("No neighbour has such a name.");
        }));
    }

    static void Each((string Holder, string Expected)[] pairs, int operations, Func<string, string, bool> holds)
    {
        for (var i = 0; i < operations; i++)
        {
            var (holder, expected) = pairs[i % pairs.Length];
            if (!holds(holder, expected)) throw new InvalidOperationException($"{holder} and {expected} are not compared as expected.");
        }
    }
}
