using System.Text;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>A bank that no code has heard of: a profile file in a folder, a spreadsheet out, a spreadsheet back.</summary>
[Collection(BankCollection.Name)]
public class NewBankTests(ApprovedRuns world)
{
    const string NewBank = "970440";

    Caller Reconciler { get; } = new(ApprovedRuns.Province, "hoa", "Lê Thị Hoa", new HashSet<string> { Role.Reconciler }, null) { ProvenUntil = Instant.MaxValue };

    /// <summary>What a bank's own people would write: the shipped spreadsheet profile with another name, bank, and words.</summary>
    static KnownProfile ProfileFile()
    {
        var folder = Directory.CreateTempSubdirectory("pe-profiles-").FullName;
        var path = Path.Combine(folder, "seabank.json");
        var text = Encoding.UTF8.GetString(BankProfiles.FindKnown("vietcombank")!.Content.Span)
            .Replace("\"id\": \"vietcombank\"", "\"id\": \"seabank\"", StringComparison.Ordinal).Replace("\"bankBins\": [\"970436\"]", $"\"bankBins\": [\"{NewBank}\"]", StringComparison.Ordinal)
            .Replace("Mã nhân viên", "Mã tham chiếu", StringComparison.Ordinal).Replace("\"word\": \"Thành công\"", "\"word\": \"ĐÃ GHI CÓ\"", StringComparison.Ordinal);
        File.WriteAllText(path, text);
        var loaded = BankProfiles.Load([(path, File.ReadAllBytes(path))]);
        Assert.True(loaded.IsOk, string.Join("; ", loaded.Problems));
        return BankProfiles.FindKnown("seabank")!;
    }

    [PostgresFact]
    public async Task A_new_bank_is_a_profile_file_alone()
    {
        var profile = ProfileFile();
        Assert.Equal("seabank", BankProfiles.ForBank(NewBank).Id);
        var run = await world.AddAsync(3, profile: profile);
        var exported = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("seabank"))).Value;
        var file = Assert.Single(exported.Files);
        Assert.EndsWith(".xlsx", file.Path, StringComparison.Ordinal);
        var rows = new List<SheetRow>();
        using (var stream = File.OpenRead(file.Path))
        {
            Assert.Null(SheetReader.Read(stream, SheetKind.Xlsx, null, row =>
            {
                rows.Add(row);
                return true;
            }));
        }

        Assert.Equal(["STT", "Mã tham chiếu", "Số tài khoản nhận", "Tên người thụ hưởng", "Ngân hàng thụ hưởng", "Số tiền", "Nội dung"], rows[0].Cells.Select(cell => cell.Text));
        Assert.Equal(3, rows.Count - 1);
        Assert.StartsWith("00110", rows[1][2].Text, StringComparison.Ordinal);
        // Where a payment stands in a list: its row, as the spreadsheet counts.
        foreach (var row in rows.Skip(1))
            Assert.Equal(row.Line, PaymentsInFiles.LineOf((await new PaymentsInFiles(world.Database).FindAsync(world.Maker, InstructionId.Parse(row[1].Text).Value)).Value));
        Assert.True((await world.HandOvers.RecordAsync(world.Maker, run, "nộp trên cổng của ngân hàng")).IsOk);

        // The bank's answer: the same rows with its words, one payment not named.
        var answer = Path.Combine(world.Home, "ket-qua.csv");
        await File.WriteAllTextAsync(answer, $"Kết quả chi lương\nMã tham chiếu;Số tài khoản nhận;Số tiền;Trạng thái;Lý do;Ngày giao dịch\n{rows[1][1].Text};{rows[1][2].Text};500.000;Đã ghi có;;03/11/2026\n{rows[2][1].Text};{rows[2][2].Text};500.000;Từ chối;Tài khoản đã đóng;03/11/2026\n");
        using var cipher = world.Keys.OpenCipher();
        var imports = new BankImports(world.Database, world.Clock, world.Files, new Archive(world.Files, Path.Combine(world.Home, "archive")), cipher);
        var taken = Assert.Single((await imports.ImportAsync(Reconciler, [answer], default)).Value);
        Assert.Equal(("applied", "result-list.seabank", 2, 1), (taken.Outcome, taken.Message, taken.Matched, taken.Rejected));
        Assert.Equal("known", Assert.Single((await imports.ImportAsync(Reconciler, [answer], default)).Value).Outcome);
        Assert.Equal([(rows[1][1].Text, "AtBank"), (rows[2][1].Text, "Rejected"), (rows[3][1].Text, "Silent")], await StatesAsync(run));
    }

    [PostgresFact]
    public async Task A_profile_that_changes_later_changes_no_byte_of_an_earlier_run()
    {
        var profile = ProfileFile();
        var run = await world.AddAsync(2, profile: profile);
        var first = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("before"))).Value.Files[0];
        var changed = Encoding.UTF8.GetString(profile.Content.Span).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal).Replace("Số tài khoản nhận", "Số TK", StringComparison.Ordinal);
        Assert.True(BankProfiles.Load([("seabank.json", Encoding.UTF8.GetBytes(changed))]).IsOk);
        var again = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("after"))).Value.Files[0];
        Assert.Equal((first.Sha256, first.ListHash), (again.Sha256, again.ListHash));
        Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(first.Path, "json")), File.ReadAllBytes(Path.ChangeExtension(again.Path, "json")));
    }

    async Task<IReadOnlyList<(string Id, string View)>> StatesAsync(RunId run)
    {
        await using var session = await world.Database.OwnerAsync(default);
        var rows = await session.QueryAsync<(int LineNo, int Attempt, int View)>("""
            SELECT line_no, attempt::int, bank_view::int FROM attempt_state WHERE province_code = 40 AND month = 202611 AND run_no = @runNo ORDER BY line_no
            """, new { runNo = run.RunNo });
        return [.. rows.Select(row => (new InstructionId(ApprovedRuns.Province, ApprovedRuns.Month, run.RunNo, row.LineNo, row.Attempt).ToString(), ((Core.Reconciliation.BankView)row.View).ToString()))];
    }
}
