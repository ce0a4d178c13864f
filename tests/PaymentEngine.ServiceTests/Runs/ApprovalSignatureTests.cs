using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>An approval is signed over the digest of what was read (F56, F57): by the installation's key, the approver's own certificate, or a token elsewhere.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ApprovalSignatureTests(ScratchCluster cluster) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-approvals-").FullName;

    static X509Certificate2 Certificate(string subject, int from = 2026, int to = 2030)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=" + subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(new DateTimeOffset(from, 1, 1, 0, 0, 0, default), new DateTimeOffset(to, 1, 1, 0, 0, 0, default));
    }

    static ApprovalSignatures Signatures(RunWorld world) => new(world.Database, new DiskFiles(new ActionCounter()), ReadAndApproved.Keys().Value);

    static async Task<RunView> SubmittedAsync(RunWorld world)
    {
        var view = (await world.Runs.PlanAsync(world.Maker, world.November, null)).Value[0];
        Assert.True((await world.Runs.SubmitAsync(world.Maker, view.Id, view.Total!.Recipients, view.Total.DeclaredVnd)).IsOk);
        return view;
    }

    static string Hash(RunView view) => Convert.ToHexStringLower(view.Total!.ContentHash);

    [PostgresFact]
    public async Task The_installation_signs_what_was_approved_and_openssl_checks_it_with_nothing_of_ours()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await SubmittedAsync(world);
        Assert.True((await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total!.DeclaredVnd, Hash(view))).IsOk);
        var one = Assert.Single((await Signatures(world).OfAsync(world.Maker, view.Id, folder)).Value);
        Assert.Equal((1, "approver", false, null), (one.Level, one.Person, one.IsOwn, one.Problem));
        Assert.Contains($"content_sha256|{Hash(view)}\n", one.Statement, StringComparison.Ordinal);
        var name = Path.Combine(folder, $"{view.Id}-1");
        Assert.Equal(0, OpenSsl("cms", "-verify", "-binary", "-inform", "DER", "-noverify", "-content", name + ".approval.txt", "-in", name + ".approval.p7s", "-out", "/dev/null"));
        File.WriteAllText(name + ".approval.txt", one.Statement.Replace("recipients|3", "recipients|4", StringComparison.Ordinal));
        Assert.NotEqual(0, OpenSsl("cms", "-verify", "-binary", "-inform", "DER", "-noverify", "-content", name + ".approval.txt", "-in", name + ".approval.p7s", "-out", "/dev/null"));
        Assert.Equal("not_allowed.other_file", (await Signatures(world).OfAsync(world.Maker, view.Id, folder)).Problems[0].Code);
    }

    [PostgresFact]
    public async Task An_approver_signs_with_an_own_certificate_or_a_token_and_with_nobody_elses()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await SubmittedAsync(world);
        using var own = Certificate("Người duyệt");
        using var over = Certificate("Người duyệt", 2020, 2021);
        var statement = Encoding.UTF8.GetBytes((await world.Runs.StatementAsync(world.Approver, view.Id)).Value);
        Assert.Equal("not_allowed.role", (await world.Runs.StatementAsync(world.Maker, view.Id)).Problems[0].Code);

        async Task<string> Refused(ApprovalSigner signer) => (await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total!.DeclaredVnd, Hash(view), signer)).Problems[0].Code;
        Assert.Equal("signature.malformed", await Refused(new(null, "no signature"u8.ToArray())));
        Assert.Equal("signature.does_not_fit", await Refused(new(null, ManifestSignature.Sign([.. statement, 10], own, world.Clock.Now))));
        Assert.Equal("signature.not_valid_then", await Refused(new(over, null)));
        await world.SqlAsync("INSERT INTO approver_certificate VALUES (40, decode('" + Convert.ToHexString(SHA256.HashData(own.RawData)) + "', 'hex'), 'somebody', 'CN=x', now(), 1)");
        Assert.Equal("not_allowed.other_certificate", await Refused(new(own, null)));
        Assert.Equal("submitted", (await world.Runs.ShowAsync(world.Approver, view.Id)).Value.Run.Step);

        using var mine = Certificate("Trần Văn Duyệt");
        Assert.True((await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total!.DeclaredVnd, Hash(view), new(null, ManifestSignature.Sign(statement, mine, world.Clock.Now)))).IsOk);
        var one = Assert.Single((await Signatures(world).OfAsync(world.Maker, view.Id, null)).Value);
        Assert.Equal((true, "CN=Trần Văn Duyệt", null), (one.IsOwn, one.Subject, one.Problem));
    }

    [PostgresFact]
    public async Task A_changed_statement_signature_or_person_and_an_approval_past_the_program_are_found()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 3);
        var view = await SubmittedAsync(world);
        Assert.True((await world.Runs.ApproveAsync(world.Approver, view.Id, view.Total!.DeclaredVnd, Hash(view))).IsOk);
        async Task<string?> Why() => (await Signatures(world).OfAsync(world.Maker, view.Id, null)).Value[0].Problem?.Message;
        Assert.Null(await Why());
        await world.SqlAsync("ALTER TABLE approval_signature DISABLE TRIGGER append_only");
        foreach (var change in (string[])
                 [
                     "SET statement = replace(statement, 'recipients|3', 'recipients|4')", "SET person = 'another'", "SET signature = set_byte(signature, length(signature) - 5, (get_byte(signature, length(signature) - 5) + 1) % 256)",
                     "SET certificate_sha256 = sha256('x')", "SET level = 2",
                 ])
        {
            await world.SqlAsync("CREATE TABLE kept AS SELECT province_code, month, run_no, content_hash, level, person, statement, signature, certificate_sha256, subject, is_own, at, operation_no FROM approval_signature; UPDATE approval_signature " + change);
            Assert.NotNull(await Why());
            await world.SqlAsync("DELETE FROM approval_signature; INSERT INTO approval_signature (province_code, month, run_no, content_hash, level, person, statement, signature, certificate_sha256, subject, is_own, at, operation_no) SELECT * FROM kept; DROP TABLE kept");
            Assert.Null(await Why());
        }

        // Totals that were changed with the approval's own hash left as it was.
        await world.SqlAsync("ALTER TABLE run_total DISABLE TRIGGER USER; UPDATE run_total SET recipients = recipients + 1");
        Assert.NotNull(await Why());
        await world.SqlAsync("UPDATE run_total SET recipients = recipients - 1");
        Assert.Null(await Why());

        // What is not there proves nothing: a level that is missing, totals that are gone, an approval that nobody gave.
        async Task<Problem?> WhyNot()
        {
            await using var session = await world.Database.RunAsync(default);
            return await ApprovalSignatures.WhyNotAsync(session, view.Id, null, default);
        }

        // Past every trigger and foreign key, as whoever owns the server can.
        async Task SuperuserAsync(string sql)
        {
            await using var connection = new Npgsql.NpgsqlConnection(world.ConnectionString);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("SET session_replication_role = replica; " + sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        Assert.Null(await WhyNot());
        await world.SqlAsync("UPDATE run_total SET approval_levels = 2");
        Assert.Equal(("not_allowed.approval_broken", true), ((await WhyNot())?.Code, (await WhyNot())?.Message.Contains("1 of 2 levels", StringComparison.Ordinal)));
        await SuperuserAsync("DELETE FROM run_total");
        Assert.Contains("totals are gone", (await WhyNot())?.Message, StringComparison.Ordinal);
        await SuperuserAsync("DELETE FROM run_step WHERE step = 'approved'");
        Assert.Contains("nobody has given it", (await WhyNot())?.Message, StringComparison.Ordinal);
    }

    static int OpenSsl(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
