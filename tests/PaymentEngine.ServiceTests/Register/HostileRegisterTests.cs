using System.IO.Compression;
using System.Text;
using PaymentEngine.App.Operations;

namespace PaymentEngine.ServiceTests.Register;

/// <summary>Register files as they must never come, and do: each is refused at its place with nothing applied, or taken in a way that is defined.</summary>
[Collection(RegisterCollection.Name)]
public sealed class HostileRegisterTests(ScratchCluster scratch)
{
    const string Head = "person_id,id_number,full_name,birth,death,facts_from,recorded_on,province_code,commune_code,poverty\n";
    const string AwardHead = "award_id,person_id,programme,category,facts_from,decided_on,degree_pct\n";
    const string PayeeHead = "person_id,award_id,payee_name,role,from,to,channel,bank_bin,account_no,account_name,wish\n";

    static string Person(string id = "P9", string number = "", string name = "Võ Thị Dần", string birth = "1944", string commune = "17001") => $"{id},{number},{name},{birth},,,,40,{commune},none\n";

    /// <summary>File, bytes, and the first refusal as code:line:column.</summary>
    static IEnumerable<(string Name, byte[] Bytes, string Refusal)> Refused()
    {
        static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
        yield return ("utf-16.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Head + Person())], "encoding.utf16:1:");
        yield return ("tcvn3-as-unicode.csv", Utf8(Head + Person(name: "NguyÔn ThÞ Hång")), "text.old_encoding:2:full_name");
        yield return ("vni-as-unicode.csv", Utf8(Head + Person(name: "Nguyeãn Thò Hoàng")), "text.old_encoding:2:full_name");
        yield return ("western-bytes.csv", [.. Utf8(Head), .. Encoding.Latin1.GetBytes(Person(name: "Trần Thị Bé"))], "encoding.not_utf8:2:");
        yield return ("cyrillic-in-name.csv", Utf8(Head + Person(name: "Võ Thị \u0410n")), "text.other_script:2:full_name");
        yield return ("cyrillic-in-key.csv", Utf8(Head + Person(id: "\u04201")), "text.other_script:2:person_id");
        yield return ("right-to-left.csv", Utf8(Head + Person(name: "Võ Thị \u202EnầD")), "text.invisible:2:full_name");
        yield return ("zero-width-in-key.csv", Utf8(Head + Person(id: "P1\u200B")), "text.invisible:2:person_id");
        yield return ("nul.csv", Utf8(Head + Person(name: "Võ\0Thị Dần")), "text.control:2:full_name");
        yield return ("ten-megabytes.csv", Utf8(Head + Person(name: new string('x', 10_000_000))), "row.too_long:2:");
        yield return ("no-birth.csv", Utf8("person_id,full_name,province_code,commune_code,poverty\nP9,Võ Thị Dần,40,17001,none\n"), "column.missing:1:birth");
        yield return ("unknown-column.csv", Utf8(Head.Replace("poverty", "poverty,salary", StringComparison.Ordinal) + Person().TrimEnd('\n') + ",1\n"), "column.unknown:1:salary");
        yield return ("column-twice.csv", Utf8(Head.Replace("poverty", "poverty,Birth", StringComparison.Ordinal) + Person().TrimEnd('\n') + ",1950\n"), "column.twice:1:birth");
        yield return ("cell-too-many.csv", Utf8(Head + Person().TrimEnd('\n') + ",x\n"), "row.fields_count:2:");
        yield return ("open-quote.csv", Utf8(Head + "P9,,\"Võ Thị Dần,1944,,,,40,17001,none\n" + Person("P10")), "row.quotes:2:");
        yield return ("same-key-twice.csv", Utf8(Head + Person() + Person(name: "Võ Thị Mão")), "row.twice:3:person_id");
        yield return ("same-key-two-cases.csv", Utf8(Head + Person(number: "040040000123") + Person("P9", "040040000124")), "row.twice:3:person_id");
        yield return ("thirtieth-of-february.csv", Utf8(Head + Person(birth: "1950-02-30")), "date.not_real:2:birth");
        yield return ("number-of-a-spreadsheet.csv", Utf8(Head + Person(number: "4.00401E+11")), "id_number.malformed:2:id_number");
        yield return ("full-width-figures.csv", Utf8(Head + Person(number: "０４００４００００１２３")), "id_number.malformed:2:id_number");
        yield return ("workbook-called-csv.csv", Workbook(), "file.kind_unknown:1:");
        yield return ("empty.csv", [], "file.empty:1:");
        yield return ("hundred-and-one-percent.csv", Utf8(AwardHead + "A9,P1,NCC,TB,,2026-01-05,101\n"), "integer.out_of_range:2:degree_pct");
        yield return ("account-of-a-spreadsheet.csv", Utf8(PayeeHead + "P1,,Nguyễn Văn A,self,2026-12-01,,bank,970436,1.23E+15,NGUYEN VAN A,yes\n"), "account_number.malformed:2:account_no");
        yield return ("nobodys-right.csv", Utf8(PayeeHead + "P404,,Nguyễn Văn A,self,,,cash,,,,\n"), "person.unknown:2:person_id");
    }

    [PostgresFact]
    public async Task A_hostile_file_is_refused_at_its_place_and_nothing_of_it_or_of_its_neighbours_is_applied()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var rows = await world.RowsAsync();
        var other = new List<string>();
        foreach (var (name, bytes, refusal) in Refused())
        {
            var path = Path.Combine(world.Folder, name);
            await File.WriteAllBytesAsync(path, bytes);
            // A good file beside it: the two are one unit.
            var good = world.Write("good-" + name, Head.TrimEnd('\n'), Person("P77", name: "Hồ Thị Tốt").TrimEnd('\n'));
            var answer = await world.ImportAsync(path, good);
            var first = answer.IsOk ? "taken" : $"{answer.Problems[0].Code}:{answer.Problems[0].At?.Line}:{answer.Problems[0].At?.Column}";
            if (first != refusal) other.Add($"{name}: {first} instead of {refusal}");
            if (!answer.IsOk && (answer.Problems[0].Message.Length == 0 || answer.Problems[0].Remedy.Length == 0)) other.Add($"{name}: no cause or no remedy");
            if (!rows.SequenceEqual(await world.RowsAsync())) other.Add($"{name}: something was applied");
        }

        Assert.Empty(other);
        Assert.True(Refused().Count() >= 20);
    }

    [PostgresFact]
    public async Task Odd_forms_of_a_right_file_are_the_same_rows()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Small());
        var right = Head + Person("P9", "", "Võ Thị Hoà", "1944") + Person("P10", "", "=HYPERLINK(http://x)");
        await world.ImportedAsync(Bytes(world, "right.csv", Encoding.UTF8.GetBytes(right)));
        var rows = await world.RowsAsync();
        foreach (var (name, bytes) in new (string, byte[])[]
        {
            ("with-mark.csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(right)]),
            ("decomposed.csv", Encoding.UTF8.GetBytes(right.Normalize(NormalizationForm.FormD))),
            ("semicolons.csv", Encoding.UTF8.GetBytes(right.Replace(',', ';'))),
            ("windows-lines.csv", Encoding.UTF8.GetBytes(right.Replace("\n", "\r\n", StringComparison.Ordinal))),
            ("upper-header.csv", Encoding.UTF8.GetBytes(right.Replace(Head, Head.ToUpperInvariant(), StringComparison.Ordinal))),
            ("spaces-around.csv", Encoding.UTF8.GetBytes(right.Replace("Võ Thị Hoà", "  Võ Thị Hoà\u00A0", StringComparison.Ordinal))),
            ("guarded-formula.csv", Encoding.UTF8.GetBytes(right.Replace("=HYPER", "'=HYPER", StringComparison.Ordinal))),
        })
        {
            var receipt = await world.ImportedAsync(Bytes(world, name, bytes));
            Assert.True(receipt.Files.All(file => file.New + file.Changed == 0), name);
            Assert.Equal(rows, await world.RowsAsync());
        }

        // What a spreadsheet would run goes out again as text.
        var folder = Path.Combine(world.Folder, "out");
        var exported = await new RegisterExports(world.Database, world.Files, world.Cipher).ExportAsync(RegisterWorld.Person(Role.AccountEditor, Role.Exporter), folder, RegisterWorld.Export);
        Assert.True(exported.IsOk, string.Join('\n', exported.IsOk ? [] : exported.Problems));
        Assert.Contains(",'=HYPERLINK(http://x),", await File.ReadAllTextAsync(Path.Combine(folder, "people.csv")), StringComparison.Ordinal);
    }

    static string Bytes(RegisterWorld world, string name, byte[] bytes)
    {
        var path = Path.Combine(world.Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static byte[] Workbook()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var part = zip.CreateEntry("xl/workbook.xml").Open())
            part.Write("<workbook/>"u8);
        return bytes.ToArray();
    }
}
