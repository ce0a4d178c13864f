using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.BankFiles;

namespace PaymentEngine.Tests.Csv;

/// <summary>Register files broken in several ways: rows come out or refusals with their places, never an exception, and memory stays bounded.</summary>
public class BrokenRegisterTests
{
    const int VariantsPerKind = 50;
    const long AllocatedMax = 64L << 20;

    // One good row of each kind (columns named), to be broken.
    static readonly Dictionary<RegisterFileKind, string> Good = new()
    {
        [RegisterFileKind.People] = "person_id,full_name,birth,sex,id_number,province_code,commune_code,death\nP1,Nguyễn Văn Một,1941-03-05,M,,40,40001,\nP2,\"Trần Thị, Hai\",1950,F,,40,40001,2026-05-01\n",
        [RegisterFileKind.Awards] = "award_id,person_id,programme,category,degree_pct,children,suspended_from\nA1,P1,NCC,TB,81,,\nA2,P2,BTXH,k4,,2,2026-05\n",
        [RegisterFileKind.Payees] = "person_id,payee_name,role,channel,bank_bin,account_no,account_name,from,to\nP1,Nguyễn Văn Một,self,bank,970405,3611029475148,NGUYEN VAN MOT,2026-01-01,\nP2,Trần Thị Hai,self,cash,,,,,\n",
        [RegisterFileKind.Paid] = "person_id,award_id,month,component,amount_vnd,outcome\nP1,A1,2026-10,tro_cap,500000,paid\nP2,A2,2026-10,tro_cap,750000,\n",
        [RegisterFileKind.LocalStandards] = "province_code,standard_code,amount_vnd,valid_from,source,status\n40,BTXH_STD,600000,2026-07-01,NQ 1,verified\n",
        [RegisterFileKind.Areas] = "", [RegisterFileKind.Payers] = "", [RegisterFileKind.Recoupments] = "",
    };

    [Theory]
    [InlineData(RegisterFileKind.Areas)]
    [InlineData(RegisterFileKind.Payers)]
    [InlineData(RegisterFileKind.People)]
    [InlineData(RegisterFileKind.Awards)]
    [InlineData(RegisterFileKind.Payees)]
    [InlineData(RegisterFileKind.Recoupments)]
    [InlineData(RegisterFileKind.Paid)]
    [InlineData(RegisterFileKind.LocalStandards)]
    public void A_broken_register_file_is_refused_by_place_or_read(RegisterFileKind kind)
    {
        for (var variant = 0; variant < VariantsPerKind; variant++)
        {
            var seed = ((ulong)kind * VariantsPerKind) + (ulong)variant;
            var random = new SeededRandom(seed);
            var text = Good[kind].Length > 0 && random.Chance(6_000) ? Good[kind] : Filled(kind, random);
            var broken = new FileMutator(seed).Mutate(Encoding.UTF8.GetBytes(random.Chance(3_000) ? text.Replace(",", ";", StringComparison.Ordinal) : text), "a,b;c\td\n\"x\"\"y\",\r\n"u8.ToArray());
            ReadWhole(kind, new MemoryStream(broken), $"{kind}, seed {seed}");
        }
    }

    [Fact]
    public void Hostile_shapes_are_refused_within_their_bounds()
    {
        const string Head = "person_id,full_name,birth,province_code,commune_code\n";
        foreach (var kind in RegisterFiles.Kinds)
        {
            foreach (var text in (string[])[
                "", "\n\n\n", "\uFEFF", "\0", "\0\0\0\0", ",", ";;;;", "\"", "\"\"\"", "\"a\nb", "\t", "=cmd|' /C calc'!A0", new string(',', 100_000), new string('"', 100_000), new string('a', 100_000),
                Head + "\"\n\"\n\"\n", Head + new string('"', 65_000), Head + string.Concat(Enumerable.Repeat("P1,An\n", 1_000)), Head + "P1,\uD800,1950,40,40001\n", Head + "P1,A\0n,1950,40,40001\n",
                Head + "P1,=1+1,1950,40,40001\n", Head + "P1,+84,1950,40,40001\nP2,-1,1950,40,40001\nP3,@x,1950,40,40001\n", Head.Replace('\n', '\r') + "P1,An,1950,40,40001\r",
                Head + "99999999999999999999999999,An,0000,99999999999999999999,-1\n", Head + "P1,An,9999-99-99,40,40001\n", "<?xml version=\"1.0\"?><Document/>", "PK\u0003\u0004", "{\"a\":1}"])
                ReadWhole(kind, new MemoryStream(Encoding.UTF8.GetBytes(text)), $"{kind}: {text[..Math.Min(40, text.Length)]}");
        }
    }

    [Fact]
    public void A_row_and_a_file_without_an_end_are_refused_at_their_limits()
    {
        const string Head = "person_id,full_name,birth,province_code,commune_code\n";
        var limits = new RegisterLimits { FileBytesMax = 3_000_000 };
        foreach (var endless in (RepeatedStream[])[new("", "a"), new("", "a,"), new("", "\""), new(Head + "P1,\"", "x"), new(Head, "P1,An,1950,40,40001\n"), new(Head, "\n"), new(Head, ","), new(Head, "P1,An\n"), new("", "\0")])
        {
            using var reading = RegisterFiles.ReadPeople(endless, "people.csv", limits);
            Assert.All(reading, row => Assert.Equal("P1", row.Value.PersonId));
            Assert.False(reading.IsClean);
            Assert.NotEmpty(reading.Refusals.Kept);
            Assert.InRange(endless.Taken, 0, limits.FileBytesMax + (1 << 20));
        }
    }

    /// <summary>A header of all columns and rows of values that may or may not be ones.</summary>
    static string Filled(RegisterFileKind kind, SeededRandom random)
    {
        string[] values = ["", "1", "P1", "A1", "40", "40001", "2026-10", "2026-10-31", "2026", "yes", "no", "NCC", "BTXH", "self", "bank", "cash", "970405", "3611029475148", "500000", "Xã A", "nam", "verified", "-", "\"a\"\"b\"", "tro_cap"];
        var columns = RegisterFiles.Columns(kind);
        var text = new StringBuilder(string.Join(',', columns.Select(column => column.Name))).Append('\n');
        for (var row = 0; row < 4; row++) text.AppendJoin(',', columns.Select(_ => values[random.Below(values.Length)])).Append('\n');
        return text.ToString();
    }

    static void ReadWhole(RegisterFileKind kind, Stream stream, string about)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            switch (kind)
            {
                case RegisterFileKind.Areas: Walk(RegisterFiles.ReadAreas(stream, "x.csv")); break;
                case RegisterFileKind.Payers: Walk(RegisterFiles.ReadPayers(stream, "x.csv")); break;
                case RegisterFileKind.People: Walk(RegisterFiles.ReadPeople(stream, "x.csv")); break;
                case RegisterFileKind.Awards: Walk(RegisterFiles.ReadAwards(stream, "x.csv")); break;
                case RegisterFileKind.Payees: Walk(RegisterFiles.ReadPayees(stream, "x.csv")); break;
                case RegisterFileKind.Paid: Walk(RegisterFiles.ReadPaid(stream, "x.csv")); break;
                case RegisterFileKind.LocalStandards: Walk(RegisterFiles.ReadLocalStandards(stream, "x.csv")); break;
                default: Walk(RegisterFiles.ReadRecoupments(stream, "x.csv")); break;
            }
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new Xunit.Sdk.XunitException($"{about}: {e}");
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < AllocatedMax, $"{about}: too much memory");
    }

    static void Walk<T>(RegisterReading<T> reading)
    {
        using (reading)
        {
            long given = 0;
            foreach (var row in reading)
            {
                Assert.True(row.Line > 1);
                given++;
            }

            Assert.Equal(given, reading.RowsAccepted);
            Assert.Equal(reading.RowsRead, reading.RowsAccepted + reading.RowsRefused);
            Assert.Equal(reading.IsClean, reading.Refusals.Count == 0);
            Assert.All(reading.Refusals.Kept, problem =>
            {
                Assert.Equal("x.csv", problem.At?.File);
                Assert.False(string.IsNullOrWhiteSpace(problem.Remedy));
            });
        }
    }
}
