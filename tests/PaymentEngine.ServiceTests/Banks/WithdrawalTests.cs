using System.Diagnostics;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>The hour of the bank, files taken back, withdrawn and written again, days approved anew, signatures made elsewhere.</summary>
[Collection(BankCollection.Name)]
public sealed class WithdrawalTests(ApprovedRuns world) : IDisposable
{
    public void Dispose() => world.Clock.Now = ApprovedRuns.Morning;

    [PostgresFact]
    public async Task A_file_is_not_sent_after_the_hour_of_its_day_and_goes_out_withdrawn_and_written_again_for_the_next()
    {
        var run = await world.AddAsync(3);
        var folder = world.Folder("evening");
        var first = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value.Files[0];
        Assert.Equal(new LocalDate(2026, 11, 2), first.ExecutionDate);

        world.Clock.Now = At(2, 16, 30);
        var bank = new FolderChannel(world.Files, world.Folder("bank-evening"));
        Assert.Equal("not_allowed.cut_off_passed", (await world.HandOvers.SendAsync(world.Maker, run, bank)).Problems[0].Code);
        Assert.Equal("usage.reason_missing", (await world.HandOvers.WithdrawAsync(world.Maker, run, first.MsgId, " ")).Problems[0].Code);
        Assert.False((await world.HandOvers.WithdrawAsync(world.Maker, run, first.MsgId, "quá giờ")).Value.AllSent);
        // Nobody can take it for a file to be sent, and nobody sends it.
        Assert.DoesNotContain(Directory.GetFiles(folder), path => path.EndsWith(".xml", StringComparison.Ordinal));
        Assert.Equal("not_allowed.withdrawn", (await world.HandOvers.RecordAsync(world.Maker, run, "bà Hoa", first.MsgId)).Problems[0].Code);
        Assert.False((await world.HandOvers.SendAsync(world.Maker, run, bank)).Value.AllSent);
        await world.VerifyAsync(run);

        var again = (await world.Exports.ExportAsync(world.Maker, run, folder)).Value.Files;
        var second = Assert.Single(again);
        Assert.Equal(new LocalDate(2026, 11, 3), second.ExecutionDate);
        var (oldId, newId) = (MessageId.Parse(first.MsgId).Value, MessageId.Parse(second.MsgId).Value);
        Assert.Equal((oldId.Sequence, oldId.Attempt + 1), (newId.Sequence, newId.Attempt));
        Assert.Equal(first.ListHash, second.ListHash);
        Assert.NotEqual(first.Sha256, second.Sha256);
        Assert.Equal(second.Sha256, (await world.Exports.ExportAsync(world.Maker, run, world.Folder("evening-again"))).Value.Files[0].Sha256);
        Assert.True((await world.HandOvers.SendAsync(world.Maker, run, bank)).Value.AllSent);
        Assert.Equal(3, await world.StandingAsync(run, 4));
        await world.VerifyAsync(run);
        Assert.Equal("not_allowed.may_be_at_bank", (await world.HandOvers.WithdrawAsync(world.Maker, run, second.MsgId, "nhầm")).Problems[0].Code);
        using var bytes = File.OpenRead(Directory.GetFiles(world.Home, second.MsgId + ".xml", SearchOption.AllDirectories)[0]);
        Assert.Equal(second.MsgId, Pain001Reader.ReadBack(bytes).Value.MessageId);
    }

    [PostgresFact]
    public async Task A_file_in_doubt_is_not_withdrawn_and_one_that_the_channel_refused_is()
    {
        var run = await world.AddAsync(2);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("doubtful"))).Value.Files[0];
        var channel = new DoubtfulChannel(SendOutcome.Unknown);
        Assert.Equal("neighbour.bank_channel_unknown", (await world.HandOvers.SendAsync(world.Maker, run, channel)).Problems[0].Code);
        Assert.Equal("not_allowed.may_be_at_bank", (await world.HandOvers.WithdrawAsync(world.Maker, run, file.MsgId, "quá giờ")).Problems[0].Code);
        Assert.Equal("not_allowed.in_doubt", (await world.HandOvers.SendAsync(world.Maker, run, channel)).Problems[0].Code);
        Assert.True((await world.HandOvers.RecordNotSentAsync(world.Maker, run, "bà Hoa nói chưa có")).IsOk);
        await world.VerifyAsync(run);
        Assert.True((await world.HandOvers.WithdrawAsync(world.Maker, run, file.MsgId, "quá giờ")).IsOk);
        Assert.Equal(2, await world.StandingAsync(run, 3));
        await world.VerifyAsync(run);
        var renewed = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("doubtful-2"))).Value.Files[0];
        Assert.EndsWith("-02", renewed.MsgId, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_file_comes_back_out_of_a_folder_while_it_lies_there_and_not_when_the_bank_has_taken_it_or_keeps_files()
    {
        var run = await world.AddAsync(2);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("back"))).Value.Files[0];
        var bank = world.Folder("bank-back");
        var way = new WayToBank(new FolderChannel(world.Files, bank), WithManifest: false, TakesAway: true);
        var channels = new BankChannels(world.Files, Path.Combine(world.Home, "channels"));
        Assert.Equal("not_allowed.not_handed_over", (await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels, way)).Problems[0].Code);
        await world.HandOvers.SendAsync(world.Maker, run, way.Channel);
        Assert.Equal("not_allowed.bank_keeps_files", (await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels, way with { TakesAway = false })).Problems[0].Code);
        var elsewhere = way with { Channel = new FolderChannel(world.Files, world.Folder("bank-elsewhere")) };
        Assert.Equal("not_allowed.other_channel", (await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels, elsewhere)).Problems[0].Code);

        Assert.True((await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels, way)).IsOk);
        Assert.Empty(Directory.GetFiles(bank));
        Assert.Equal(2, await world.StandingAsync(run, 3));
        await world.VerifyAsync(run);
        Assert.True((await world.HandOvers.WithdrawAsync(world.Maker, run, file.MsgId, "sai ngày")).IsOk);
        await world.VerifyAsync(run);
    }

    [PostgresFact]
    public async Task A_taking_back_that_was_interrupted_is_finished_by_the_same_command()
    {
        var run = await world.AddAsync(2);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("cutback"))).Value.Files[0];
        var bank = world.Folder("bank-cutback");
        var channel = new FolderChannel(world.Files, bank);
        await world.HandOvers.SendAsync(world.Maker, run, channel);
        // The power goes when the file is aside and before that is written down.
        Assert.Equal(TakeBackOutcome.Recovered, await channel.SetAsideAsync(file.MsgId + ".xml", file.Sha256, default));
        Assert.Equal([file.MsgId + ".xml.back"], Directory.GetFiles(bank).Select(Path.GetFileName));
        var channels = new BankChannels(world.Files, Path.Combine(world.Home, "channels"));
        Assert.True((await world.HandOvers.CancelAsync(world.Maker, run, file.MsgId, channels, new(channel, false, true))).IsOk);
        Assert.Empty(Directory.GetFiles(bank));
        Assert.True((await world.HandOvers.SendAsync(world.Maker, run, channel)).Value.AllSent);
        Assert.Equal([file.MsgId + ".xml"], Directory.GetFiles(bank).Select(Path.GetFileName));
        await world.VerifyAsync(run);
    }

    [PostgresFact]
    public async Task Days_that_are_over_are_asked_for_by_one_person_and_approved_by_another_for_the_list_that_was_approved()
    {
        var run = await world.AddAsync(2, windowTo: "2026-11-03");
        world.Clock.Now = At(5, 9, 0);
        Assert.Equal("not_allowed.window_over", (await world.Exports.ExportAsync(world.Maker, run, world.Folder("over"))).Problems[0].Code);
        var windows = new RunWindows(world.Database, world.Clock, PaymentEngine.Messages.BankingCalendars.VietNam);
        Assert.Equal("not_allowed.no_window", (await windows.ApproveAsync(world.Approver, run)).Problems[0].Code);
        Assert.Equal("not_allowed.role", (await windows.AskAsync(world.Approver, run, "nghỉ ốm")).Problems[0].Code);
        var asked = (await windows.AskAsync(world.Maker, run, "kế toán nghỉ ốm")).Value;
        Assert.Equal((new LocalDate(2026, 11, 5), true), (asked.ExecutionFrom, asked.IsNew));
        Assert.False((await windows.AskAsync(world.Maker, run, "kế toán nghỉ ốm")).Value.IsNew);
        // Asked for is not approved.
        Assert.Equal("not_allowed.window_over", (await world.Exports.ExportAsync(world.Maker, run, world.Folder("over"))).Problems[0].Code);
        var both = world.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Approver } };
        Assert.Equal("not_allowed.own_run", (await windows.ApproveAsync(both, run)).Problems[0].Code);
        Assert.True((await windows.ApproveAsync(world.Approver, run)).Value.IsNew);
        Assert.False((await windows.ApproveAsync(world.Approver, run)).Value.IsNew);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("over"))).Value.Files[0];
        Assert.Equal(new LocalDate(2026, 11, 5), file.ExecutionDate);
        await world.VerifyAsync(run);
    }

    [PostgresFact]
    public async Task The_store_refuses_a_window_approved_by_who_asked_a_second_live_file_of_a_list_and_a_second_withdrawal()
    {
        var run = await world.AddAsync(1);
        await new RunWindows(world.Database, world.Clock, PaymentEngine.Messages.BankingCalendars.VietNam).AskAsync(world.Maker with { UserName = "tam" }, run, "thử");
        await using var session = await world.Database.RunAsync(default);
        async Task<string?> RefusedAsync(string sql) => (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.ExecuteAsync(sql, new { run.RunNo }))).ConstraintName;
        foreach (var person in new[] { "lan", "tam" })
        {
            Assert.Equal("window_approver_is_another", await RefusedAsync($"""
                INSERT INTO run_window_approval SELECT province_code, month, run_no, window_no, '{person}', asked_by, 'lan', content_hash, at, operation_no FROM run_window WHERE run_no = @RunNo
                """));
        }

        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("store"))).Value.Files[0];
        const string renewal = """
            INSERT INTO bank_file (province_code, month, file_no, run_no, profile, msg_id, numbered_at, items, sum_vnd, list_hash, list_hash_plain, renewal, operation_no)
            SELECT province_code, month, 8888, run_no, profile, 'B40261102-008888-02', numbered_at, items, sum_vnd, list_hash, list_hash_plain, 2, operation_no FROM bank_file WHERE run_no = @RunNo
            """;
        Assert.Equal("renewed_after_withdrawal", await RefusedAsync(renewal));
        await world.HandOvers.WithdrawAsync(world.Maker, run, file.MsgId, "thử");
        Assert.Equal("bank_file_withdrawal_pkey", await RefusedAsync("""
            INSERT INTO bank_file_withdrawal SELECT province_code, month, file_no, list_hash_plain, renewal, 'lan', 'again', at, operation_no FROM bank_file_withdrawal JOIN bank_file USING (province_code, month, file_no, list_hash_plain, renewal, operation_no) WHERE false
            UNION ALL SELECT w.province_code, w.month, w.file_no, w.list_hash_plain, w.renewal, 'lan', 'again', w.at, w.operation_no FROM bank_file_withdrawal w JOIN bank_file f USING (province_code, month, file_no) WHERE f.run_no = @RunNo
            """));
    }

    [PostgresFact]
    public async Task A_signature_made_elsewhere_by_openssl_is_attached_and_everything_else_is_refused()
    {
        var run = await world.AddAsync(2);
        var folder = world.Folder("token");
        var file = (await new Exports(world.Database, world.Files, world.Keys, world.Clock) { Unsigned = true }.ExportAsync(world.Maker, run, folder)).Value.Files[0];
        var manifest = Path.ChangeExtension(file.Path, "json");
        Assert.False(File.Exists(manifest + ".p7s"));
        Directory.CreateDirectory(world.Folder("token-keys"));
        var (key, certificate, signature) = (Path.Combine(world.Home, "out", "token-keys", "key.pem"), Path.Combine(world.Home, "out", "token-keys", "cert.pem"), Path.Combine(world.Home, "out", "token-keys", "made.p7s"));
        await OpensslAsync("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Token cua ke toan truong", "-days", "3650");
        world.Clock.Now = SystemClock.Instance.GetCurrentInstant();
        var signatures = new Signatures(world.Database, world.Files, world.Clock);

        await OpensslAsync("cms", "-sign", "-binary", "-md", "sha256", "-in", file.Path, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", signature);
        Assert.Equal("signature.does_not_fit", (await signatures.AttachAsync(world.Maker, run, [signature])).Problems[0].Code);
        await OpensslAsync("cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-in", manifest, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", signature);
        Assert.Equal("signature.not_detached", (await signatures.AttachAsync(world.Maker, run, [signature])).Problems[0].Code);
        await OpensslAsync("cms", "-sign", "-binary", "-md", "sha256", "-in", manifest, "-signer", certificate, "-inkey", key, "-outform", "PEM", "-out", signature);
        Assert.Equal("signature.malformed", (await signatures.AttachAsync(world.Maker, run, [signature])).Problems[0].Code);
        Assert.False(File.Exists(manifest + ".p7s"));

        await OpensslAsync("cms", "-sign", "-binary", "-md", "sha256", "-in", manifest, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", signature);
        var attached = Assert.Single((await signatures.AttachAsync(world.Maker, run, [signature])).Value);
        Assert.Equal(("CN=Token cua ke toan truong", true), (attached.Subject, attached.IsNew));
        Assert.False((await signatures.AttachAsync(world.Maker, run, [signature])).Value[0].IsNew);
        Assert.Equal(File.ReadAllBytes(signature), File.ReadAllBytes(manifest + ".p7s"));
        Assert.Empty(Assert.Single(new FileVerification(world.Files, new(System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(certificate), null)).Verify(folder).Value).Problems);
        // The export given again leaves the attached signature where it is; another one is never put over it.
        Assert.True((await world.Exports.ExportAsync(world.Maker, run, folder)).IsOk);
        Assert.Equal(File.ReadAllBytes(signature), File.ReadAllBytes(manifest + ".p7s"));
        await OpensslAsync("cms", "-sign", "-binary", "-md", "sha512", "-in", manifest, "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", signature);
        Assert.Equal("not_allowed.other_signature", (await signatures.AttachAsync(world.Maker, run, [signature])).Problems[0].Code);
    }

    [PostgresFact]
    public async Task What_was_sent_is_kept_byte_for_byte()
    {
        var run = await world.AddAsync(1);
        var file = (await world.Exports.ExportAsync(world.Maker, run, world.Folder("kept"))).Value.Files[0];
        await world.HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, world.Folder("bank-kept")));
        foreach (var path in new[] { file.Path, Path.ChangeExtension(file.Path, "json"), Path.ChangeExtension(file.Path, "json") + ".p7s" })
        {
            var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(path)));
            using var kept = world.Archive.Open(Path.Combine(hash[..2], hash));
            Assert.Equal(new FileInfo(path).Length, kept.Length);
        }
    }

    [PostgresFact]
    public async Task An_answer_that_is_late_opens_a_case_once_and_changes_nothing_else()
    {
        var run = await world.AddAsync(2);
        await world.Exports.ExportAsync(world.Maker, run, world.Folder("late"));
        await world.HandOvers.SendAsync(world.Maker, run, new FolderChannel(world.Files, world.Folder("bank-late")));
        var late = new LateAnswerCases(world.Database, world.Clock);
        Assert.Equal("not_allowed.role", (await late.RaiseAsync(world.Maker)).Problems[0].Code);
        world.Clock.Now = At(2, 12, 0);
        await late.RaiseAsync(world.Reconciler);
        Assert.Empty(await KindsAsync(run));
        world.Clock.Now = At(2, 13, 0);
        await late.RaiseAsync(world.Reconciler);
        Assert.Equal(["acknowledgement_late"], await KindsAsync(run));
        world.Clock.Now = At(5, 9, 0);
        await late.RaiseAsync(world.Reconciler);
        Assert.Equal(["acknowledgement_late", "debit_late", "status_late"], await KindsAsync(run));
        Assert.Equal(new LateAnswersFound(0, 0), (await late.RaiseAsync(world.Reconciler)).Value);
        Assert.Equal(2, await world.StandingAsync(run, 4));
        await world.VerifyAsync(run);

        // The bank's debits are booked: all three have their answer, and none is opened again.
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("""
                INSERT INTO bank_fact (province_code, month, import_no, entry_no, detail_no, target, target_month, target_run, target_no, target_part, evidence, level, amount_vnd, event_key, event_date, reported_at)
                SELECT 40, 202611, 900000 + @RunNo, row_number() OVER (), 0, 1, 202611, @RunNo, line_no, 1, 512, 1, amount_vnd, sha256(line_no::text::bytea), '2026-11-02', '2026-11-05' FROM attempt WHERE run_no = @RunNo
                """, new { run.RunNo });
        }

        Assert.Equal(3, (await late.RaiseAsync(world.Reconciler)).Value.Closed);
        Assert.Empty(await KindsAsync(run));
        Assert.Equal(new LateAnswersFound(0, 0), (await late.RaiseAsync(world.Reconciler)).Value);
    }

    async Task<IReadOnlyList<string>> KindsAsync(RunId run)
    {
        await using var session = await world.Database.RunAsync(default);
        return await session.QueryAsync<string>("SELECT kind FROM payment_case WHERE run_no = @RunNo AND file_no IS NOT NULL AND closed_at IS NULL ORDER BY kind", new { run.RunNo });
    }

    static Instant At(int day, int hour, int minute) => new LocalDateTime(2026, 11, day, hour, minute).WithOffset(Offset.FromHours(7)).ToInstant();

    static async Task OpensslAsync(params string[] arguments)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = openssl.StandardError.ReadToEndAsync();
        await openssl.WaitForExitAsync();
        Assert.True(openssl.ExitCode == 0, await error);
    }

    sealed class DoubtfulChannel(SendOutcome outcome) : IBankChannel
    {
        public string Name => "doubtful";

        public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => Task.FromResult(InChannel.Nothing);

        public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => Task.CompletedTask;

        public Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel) => Task.FromResult(new SendReport(outcome, "as the test says"));

        public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => Task.FromResult(TakeBackOutcome.Gone);

        public Task ClearAsideAsync(string fileName, CancellationToken cancel) => Task.CompletedTask;
    }
}
