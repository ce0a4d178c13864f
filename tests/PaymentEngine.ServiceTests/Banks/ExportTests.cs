using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.ServiceTests.Banks;

[Collection(BankCollection.Name)]
public class ExportTests(ApprovedRuns world)
{
    [PostgresFact]
    public async Task An_approved_run_becomes_sealed_files_with_manifest_and_signature()
    {
        var run = await world.AddAsync(9);
        var folder = world.Folder(nameof(An_approved_run_becomes_sealed_files_with_manifest_and_signature));
        var exported = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value;

        var file = Assert.Single(exported.Files);
        Assert.Equal(9, file.Items);
        Assert.Equal(4_500_000, file.SumVnd.Amount);
        Assert.Equal([file.MsgId + ".json", file.MsgId + ".json.p7s", file.MsgId + ".xml"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(OurSchema.CheckPain001(File.OpenRead(file.Path)));
        var ids = new List<string>();
        var read = Pain001Reader.ReadBack(File.OpenRead(file.Path), payment => ids.Add(payment.EndToEndId!)).Value;
        Assert.Equal(Enumerable.Range(0, 9).Select(order => new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(order), 1).ToString()).Order(StringComparer.Ordinal), ids);
        Assert.Equal(file.ListHash, read.ListHash);
        Assert.Equal("2026-11-02", read.Batches[0].ExecutionDate);
        Assert.Equal(["approved", "sealed"], (await Steps(run)).TakeLast(2));
    }

    [PostgresFact]
    public async Task A_name_that_was_cut_is_said_at_every_export_and_stops_nothing()
    {
        var run = await world.AddAsync(2, holderName: "Công Huyền Tôn Nữ Thị Bạch Tuyết Nhung Hoài Hương " + string.Join(' ', Enumerable.Repeat("Nguyễn", 6)) + " ☺");
        var folder = world.Folder("cut");
        foreach (var written in (bool[])[true, false])
        {
            var exported = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value;
            Assert.Equal(written, exported.Files[0].Written);
            Assert.Equal((4, "name_cut name_characters_replaced name_cut name_characters_replaced"), (exported.FindingCount, string.Join(' ', exported.Findings.Select(finding => finding.Code))));
            Assert.Equal(new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(0), 1).ToString(), exported.Findings[0].Payment);
        }

        Assert.Equal(0, (await world.Exports.ExportAsync(world.Maker, await world.AddAsync(1), world.Folder("whole"))).Value.FindingCount);
    }

    [PostgresFact]
    public async Task A_bank_that_wants_an_envelope_and_whose_account_is_not_the_payers_own_gets_both_said()
    {
        var text = System.Text.Encoding.UTF8.GetString(BankProfiles.FindKnown("agribank")!.Content.Span).Replace("\"id\": \"agribank\"", "\"id\": \"enveloped\"", StringComparison.Ordinal)
            .Replace("\"bankBins\": [\"970405\"]", "\"bankBins\": [\"970429\"]", StringComparison.Ordinal).Replace("\"envelope\": \"None\"", "\"envelope\": \"Head001\"", StringComparison.Ordinal);
        var loaded = BankProfiles.Load([("enveloped.json", System.Text.Encoding.UTF8.GetBytes(text))]);
        Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));
        var run = await world.AddAsync(2, profile: BankProfiles.FindKnown("enveloped"));
        var exported = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("enveloped"))).Value;
        var file = exported.Files[0];
        var written = File.ReadAllText(file.Path);
        Assert.Contains("<BizMsgIdr>" + file.MsgId + "</BizMsgIdr>", written, StringComparison.Ordinal);
        // The account is not held under the payer's own name.
        Assert.Contains("<UltmtDbtr><Nm>SO NOI VU TINH NGHE AN</Nm></UltmtDbtr>", written, StringComparison.Ordinal);
        // The manifest is over the file with its envelope, and the bank's side reads it so.
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.Path))), File.ReadAllText(Path.ChangeExtension(file.Path, ".json")), StringComparison.Ordinal);
        Assert.All(new FileVerification(world.Files, new TrustedSigner(null, null)).Verify(Path.GetDirectoryName(file.Path)!).Value, one => Assert.Empty(one.Problems));
        File.WriteAllText(file.Path, written.Replace("<MsgDefIdr>pain.001", "<MsgDefIdr>pain.008", StringComparison.Ordinal));
        Assert.Contains(new FileVerification(world.Files, new TrustedSigner(null, null)).Verify(file.Path).Value[0].Problems, problem => problem.Code.EndsWith("header", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task Exporting_again_writes_nothing_and_elsewhere_writes_the_same_bytes_in_any_culture()
    {
        var run = await world.AddAsync(5);
        var folder = world.Folder("first");
        var first = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value;
        var written = File.GetLastWriteTimeUtc(first.Files[0].Path);
        var again = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value;
        Assert.False(again.Files[0].Written);
        Assert.Equal(written, File.GetLastWriteTimeUtc(first.Files[0].Path));
        foreach (var culture in new[] { "vi-VN", "th-TH", "tr-TR" })
        {
            CultureInfo.DefaultThreadCurrentCulture = new CultureInfo(culture);
            world.Clock.Now += Duration.FromDays(1);
            var elsewhere = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("elsewhere"))).Value;
            CultureInfo.DefaultThreadCurrentCulture = null;
            Assert.Equal(first.Files[0].Sha256, elsewhere.Files[0].Sha256);
            Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(first.Files[0].Path, "json")), File.ReadAllBytes(Path.ChangeExtension(elsewhere.Files[0].Path, "json")));
        }

        world.Clock.Now = ApprovedRuns.Morning;
    }

    [PostgresFact]
    public async Task The_signature_of_a_manifest_is_checked_with_openssl_alone()
    {
        var run = await world.AddAsync(1);
        var exported = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("signed"))).Value;
        var manifest = Path.ChangeExtension(exported.Files[0].Path, "json");
        Assert.Contains(exported.Files[0].Sha256, await File.ReadAllTextAsync(manifest), StringComparison.Ordinal);
        Assert.Equal(0, await OpensslAsync(manifest));
        await File.AppendAllTextAsync(manifest, " ");
        Assert.NotEqual(0, await OpensslAsync(manifest));
    }

    [PostgresFact]
    public async Task A_file_that_is_not_ours_is_never_overwritten()
    {
        var run = await world.AddAsync(2);
        var folder = world.Folder("foreign");
        var exported = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value;
        await File.AppendAllTextAsync(exported.Files[0].Path, "\n");
        var refused = await world.Exports.ExportAsync(world.Maker, run, folder);
        Assert.Equal("not_allowed.other_file", refused.Problems[0].Code);
    }

    [PostgresFact]
    public async Task Only_an_approved_list_is_written_and_only_within_its_window()
    {
        var run = await world.AddAsync(1);
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("""
                INSERT INTO run_step (province_code, month, run_no, step_no, step, person, made_by, content_hash, at, operation_no)
                SELECT province_code, month, run_no, 4, 'voided', person, made_by, content_hash, at, operation_no FROM run_step WHERE run_no = @RunNo AND step_no = 3
                """, new { run.RunNo });
        }

        Assert.Equal("not_allowed.run_not_approved", (await world.Exports.ExportAsync(world.Maker, run, world.Folder("voided"))).Problems[0].Code);
        var late = await world.AddAsync(1, windowTo: "2026-11-02");
        world.Clock.Now = ApprovedRuns.Morning + Duration.FromDays(1);
        Assert.Equal("not_allowed.window_over", (await world.Exports.ExportAsync(world.Maker, late, world.Folder("late"))).Problems[0].Code);
        world.Clock.Now = ApprovedRuns.Morning;
        Assert.Equal(1, (await world.Exports.ExportAsync(world.Maker, late, world.Folder("late"))).Value.Items);
    }

    [PostgresFact]
    public async Task A_name_no_bank_can_write_and_an_account_that_was_changed_stop_the_export_before_anything_is_stored()
    {
        var unwritable = await world.AddAsync(2, holderName: "李明");
        var refused = await world.Exports.ExportAsync(world.Maker, unwritable, world.Folder("unwritable"));
        Assert.Equal(["payment.name_unwritable", "payment.name_unwritable"], refused.Problems.Select(problem => problem.Code));

        var tampered = await world.AddAsync(1);
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("UPDATE channel SET account_cipher = set_byte(account_cipher, 14, get_byte(account_cipher, 14) # 1) WHERE payee_no = (SELECT max(payee_no) FROM channel)");
        }

        Assert.Equal("account.tampered", (await world.Exports.ExportAsync(world.Maker, tampered, world.Folder("tampered"))).Problems[0].Code);
        await using var look = await world.Database.RunAsync(default);
        Assert.Equal(0, await look.SingleAsync<int>("SELECT count(*)::int FROM bank_file WHERE run_no = ANY (@runs)", new { runs = new[] { unwritable.RunNo, tampered.RunNo } }));
    }

    [PostgresFact]
    public async Task A_second_file_with_the_list_of_a_live_one_is_refused_by_the_store()
    {
        var run = await world.AddAsync(2);
        await world.Exports.ExportAsync(world.Maker, run, world.Folder("live"));
        await using var session = await world.Database.RunAsync(default);
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.ExecuteAsync("""
            INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, operation_no)
            SELECT province_code, month, 9999, run_no, profile, 'B40261102-009999-01', numbered_at, items, sum_vnd, sha256('other'), list_hash_plain, operation_no FROM bank_file WHERE run_no = @RunNo
            """, new { run.RunNo }));
        Assert.Equal("bank_file_province_code_list_hash_plain_key", refused.ConstraintName);
    }

    [PostgresFact]
    public async Task A_payment_is_found_in_its_file_batch_and_line_by_its_id()
    {
        var run = await world.AddAsync(6);
        var exported = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("found"))).Value;
        var lines = await File.ReadAllLinesAsync(exported.Files[0].Path);
        for (var order = 0; order < 6; order++)
        {
            var id = new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(order), 1);
            var found = (await new PaymentsInFiles(world.Database).FindAsync(world.Maker, id)).Value;
            Assert.Equal(exported.Files[0].MsgId, found.MsgId);
            Assert.Contains(id.ToString(), lines[PaymentsInFiles.LineOf(found) - 1], StringComparison.Ordinal);
            Assert.Equal(id.LineNo, Assert.Single((await new PaymentsInFiles(world.Database).FindAsync(world.Maker, run, found.PersonId)).Value).LineNo);
        }

        var elsewhere = world.Maker with { Communes = [8] };
        Assert.Equal("payment.not_in_a_file", (await new PaymentsInFiles(world.Database).FindAsync(elsewhere, new InstructionId(40, run.Month, run.RunNo, ApprovedRuns.LineNo(0), 1))).Problems[0].Code);
    }

    [PostgresFact]
    public async Task Nothing_is_exported_by_somebody_without_the_role_or_the_province()
    {
        var run = await world.AddAsync(1);
        Assert.Equal("not_allowed.role", (await world.Exports.ExportAsync(world.Maker with { Roles = new HashSet<string> { Role.Auditor } }, run, world.Folder("role"))).Problems[0].Code);
        Assert.Equal("not_allowed.territory", (await world.Exports.ExportAsync(world.Maker with { Communes = [7] }, run, world.Folder("role"))).Problems[0].Code);
    }

    async Task<IReadOnlyList<string>> Steps(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<string>("SELECT step FROM run_step WHERE run_no = @RunNo ORDER BY step_no", new { run.RunNo });
    }

    async Task<int> OpensslAsync(string manifest)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl",
            ["cms", "-verify", "-binary", "-inform", "DER", "-in", manifest + ".p7s", "-content", manifest, "-CAfile", Path.Combine(world.Keys.Folder, "signing.crt"), "-purpose", "any", "-out", "/dev/null"])
        { RedirectStandardError = true })!;
        _ = await openssl.StandardError.ReadToEndAsync();
        await openssl.WaitForExitAsync();
        return openssl.ExitCode;
    }
}
