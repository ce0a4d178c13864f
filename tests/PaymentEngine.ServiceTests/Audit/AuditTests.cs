using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.ServiceTests.Audit;

/// <summary>The chain over two real months: what it covers, who finds what was changed past the program, and the proof of a run without a server.</summary>
[Collection(TwoMonthsCollection.Name)]
public sealed class AuditTests(AuditWorld world)
{
    static T Ok<T>(Result<T> result) => result.TryGet(out var value) ? value : throw new Xunit.Sdk.XunitException(string.Join('\n', result.Problems));

    [PostgresFact]
    public async Task Every_operation_of_two_months_has_one_block_and_every_row_of_it_is_covered()
    {
        var verified = Ok(await world.VerifyAsync());
        Assert.Empty(verified.Broken);
        Assert.True(verified is { Runs: 2 or 4, Files: > 3 } && verified.Sets > verified.Blocks * 2 && verified.Rows > 500, verified.ToString());
        await using var session = await world.Database.RunAsync(default);
        var kinds = await session.QueryAsync<(string Kind, int Operations, int Blocks)>("SELECT o.kind, count(*)::int, count(b.block_no)::int FROM operation o LEFT JOIN audit_block b USING (province_code, operation_no) GROUP BY o.kind ORDER BY 1");
        Assert.All(kinds, kind => Assert.Equal(kind.Operations, kind.Blocks));
        foreach (var kind in new[] { "run.draft", "run.plan", "run.submit", "run.approve", "run.number", "file.seal", "run.seal", "file.intend", "file.sent", "cash.print", "register.import" })
            Assert.Contains(kinds, one => one.Kind == kind);

        // Every posting and every change of a person's data names its operation, which the store itself demands.
        var loose = await session.QueryAsync<string>("""
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'operation_no' AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attnotnull AND c.relname NOT IN ('run_hold', 'user_scope') AND NOT c.relispartition
            """);
        Assert.Empty(loose);
        var uncovered = await session.QueryAsync<string>("""
            SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'operation_no' AND NOT a.attisdropped)
               AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'cover_rows') ORDER BY 1
            """);
        // The chain itself, what waits for its block, what is worked on, and territory, whose end is written into its row.
        Assert.Equal(["audit_block", "covered_row", "payment_case", "user_scope"], uncovered);
    }

    [PostgresFact]
    public async Task Blocks_name_people_by_number_and_never_by_account_or_identity_number()
    {
        await using var session = await world.Database.RunAsync(default);
        using var cipher = world.Keys.OpenCipher();
        var numbers = (await session.QueryAsync<(short Key, byte[] Cipher)>("SELECT account_key, account_cipher FROM channel")).Select(one => cipher.Decrypt(App.Keys.SecretKind.Account, one.Key, one.Cipher))
            .Concat((await session.QueryAsync<(short Key, byte[] Cipher)>("SELECT id_number_key, id_number_cipher FROM recipient WHERE id_number_cipher IS NOT NULL")).Select(one => cipher.Decrypt(App.Keys.SecretKind.IdNumber, one.Key, one.Cipher))).ToList();
        var blocks = string.Join('\n', await session.QueryAsync<string>("SELECT covers || events || r.result::text FROM audit_block JOIN operation_result r USING (province_code, operation_no)"));
        Assert.True(numbers.Count > 50);
        Assert.All(numbers, number => Assert.DoesNotContain(number, blocks, StringComparison.Ordinal));
    }

    /// <summary>Edits past triggers and rights that leave the audit alone: what to expect, and in which table.</summary>
    static readonly (string Sql, string Codes, string Table)[] Edits =
    [
        ("UPDATE channel SET holder_name = 'KE GIAN' WHERE payee_no = (SELECT min(payee_no) FROM channel)", "audit.rows_changed", "channel"),
        ("UPDATE posting SET sum_vnd = sum_vnd + 1 WHERE posting_no = (SELECT min(posting_no) FROM posting)", "audit.rows_changed", "posting"),
        ("DELETE FROM posting WHERE posting_no = (SELECT max(posting_no) FROM posting)", "audit.rows_counted audit.rows_missing", "posting"),
        ("UPDATE run_step SET person = 'ai_do' WHERE step = 'approved'", "audit.rows_changed", "run_step"),
        ("UPDATE cash_result SET result = 'uncollected' WHERE (month, list_no, cash_line_no) IN (SELECT month, list_no, cash_line_no FROM cash_result WHERE result = 'paid' LIMIT 1)", "audit.rows_changed", "cash_result"),
        ("UPDATE bank_file_seal SET sha256 = sha256('x') WHERE (month, file_no) IN (SELECT month, file_no FROM bank_file_seal ORDER BY 1, 2 LIMIT 1)", "audit.rows_changed", "bank_file_seal"),
        ("DELETE FROM hand_over_outcome", "audit.rows_missing", "hand_over_outcome"),
        ("UPDATE operation SET person = 'ai do' WHERE kind = 'run.approve'", "audit.rows_changed", "operation"),
        ("UPDATE operation_result SET result = '{}' WHERE operation_no = (SELECT max(operation_no) FROM operation_result)", "audit.rows_changed", "operation_result"),
        ("INSERT INTO cash_list SELECT province_code, month, list_no + 900, commune_id, printed_at, printed_by, items, sum_vnd, 1 FROM cash_list LIMIT 1", "audit.rows_uncovered", "cash_list"),
        ("INSERT INTO operation (province_code, key, kind, request_hash, person, epoch, at) VALUES (40, 'x', 'x', sha256('x'), 'x', 1, now())", "audit.operation_without_block", "operation"),
        ("UPDATE cash_line SET amount_vnd = amount_vnd + 1 WHERE (month, list_no, cash_line_no) IN (SELECT month, list_no, cash_line_no FROM cash_line LIMIT 1)", "audit.rows_changed", "cash_line"),
        ("UPDATE batch SET sum_vnd = sum_vnd + 1 WHERE (month, file_no, batch_no) IN (SELECT month, file_no, batch_no FROM batch LIMIT 1)", "audit.rows_changed", "batch"),
        ("UPDATE recipient SET death = '2026-01-01' WHERE recipient_id = 1", "audit.rows_changed", "recipient"),
    ];

    [PostgresFact]
    public async Task AbuseCase29_Whoever_edits_rows_past_the_program_is_found()
    {
        var broken = await world.AfterAsync(string.Join("; ", Edits.Select(edit => edit.Sql)));
        foreach (var (sql, codes, table) in Edits)
            Assert.True(broken.Any(one => codes.Split(' ').Contains(one.Code) && one.At!.File == table), sql + "\n" + string.Join('\n', broken));
    }

    [PostgresTheory]
    [InlineData("UPDATE disbursement SET amount_vnd = amount_vnd + 1, gross_vnd = gross_vnd + 1 WHERE (month, run_no, line_no) IN (SELECT month, run_no, line_no FROM disbursement LIMIT 1)", "audit.run_changed", "disbursement")]
    [InlineData("UPDATE line SET amount_vnd = amount_vnd + 1 WHERE (month, award_no, component, for_month) IN (SELECT month, award_no, component, for_month FROM line LIMIT 1)", "audit.run_changed", "disbursement")]
    [InlineData("UPDATE attempt SET amount_vnd = 1 WHERE (month, run_no, line_no, attempt) IN (SELECT month, run_no, line_no, attempt FROM attempt WHERE attempt = 1 LIMIT 1)", "audit.run_changed", "disbursement")]
    [InlineData("UPDATE audit_block SET events = events || ' ' WHERE block_no = 7", "audit.block_changed", "audit_block")]
    [InlineData("DELETE FROM audit_block WHERE block_no = 7", "audit.block_missing", "audit_block")]
    public async Task AbuseCase29_The_first_broken_place_is_named_first(string sql, string code, string table)
    {
        var first = (await world.AfterAsync(sql))[0];
        Assert.Equal((code, table), (first.Code, first.At!.File));
    }

    [PostgresFact]
    public async Task AbuseCase29_A_tail_that_was_cut_off_with_everything_it_did_is_found_against_the_exported_head()
    {
        var heads = world.Folder("heads");
        var keeper = new Heads(world.Database, world.Files, world.Keys.Folder, world.Clock);
        var head = Ok(await keeper.ExportAsync(40, heads));
        Assert.False(Ok(await keeper.ExportAsync(40, heads)).IsNew);
        Assert.Empty(Ok(await world.VerifyAsync(heads: heads)).Broken);
        var broken = await world.AfterAsync("DELETE FROM audit_block WHERE block_no > (SELECT max(block_no) - 3 FROM audit_block)", heads);
        Assert.Equal("audit.tail_cut", broken[0].Code);

        // Anybody checks a head with openssl; a changed one is refused by name, and nothing that stands is overwritten.
        var signing = Directory.EnumerateFiles(heads, "signing-*.crt").Single();
        var (exit, said) = await ShellAsync(heads, $"openssl cms -verify -binary -inform DER -in 40-{head.HeadNo:000000}.head.p7s -content 40-{head.HeadNo:000000}.head.json -certfile {signing} -noverify -out /dev/null");
        Assert.True(exit == 0, said);
        var text = await File.ReadAllTextAsync(head.Path!);
        await File.WriteAllTextAsync(head.Path!, text.Replace("\"epoch\":1", "\"epoch\":2", StringComparison.Ordinal));
        Assert.Equal("audit.head_signature", Assert.Single((await world.VerifyAsync(heads: heads)).Problems).Code);
        Assert.Equal("audit.head_other", Assert.Single((await keeper.ExportAsync(40, heads)).Problems).Code);
        await File.WriteAllTextAsync(head.Path!, text);
    }

    [PostgresFact]
    public async Task Reads_of_personal_data_are_in_the_chain_before_the_answer_is_given_and_share_blocks()
    {
        var reads = new ReadLog(world.Database, world.Clock);
        var reader = world.Auditor with { UserName = "doc" };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => reads.RecordAsync(reader, "person", "people show", FormattableString.Invariant($"P{i}"))));
        await reads.RecordAsync(reader, "export", "register export", 60, ["a", "b"]);
        Assert.Equal(110, await reads.CountAsync(reader));
        var found = Ok(await reads.FindAsync(world.Auditor, new ReadQuery("doc", null, null, 100)));
        Assert.Equal(51, found.Count);
        Assert.Equal("P7", Assert.Single(Ok(await reads.FindAsync(world.Auditor, new ReadQuery(null, "P7", null, 100)))).PersonId);
        Assert.Equal("not_allowed.role", Assert.Single((await reads.FindAsync(reader with { Roles = new HashSet<string> { Role.Maker } }, new ReadQuery(null, null, null, 1))).Problems).Code);
        await using var session = await world.Database.RunAsync(default);
        Assert.InRange(await session.SingleAsync<int>("SELECT count(DISTINCT operation_no)::int FROM personal_read WHERE person = 'doc'"), 2, 20);
        Assert.Empty(Ok(await world.VerifyAsync()).Broken);
    }

    [PostgresFact]
    public async Task A_bundle_proves_a_run_to_a_stranger_and_is_the_same_each_time()
    {
        var run = world.Runs[^1];
        var written = Ok(await world.Bundles.WriteAsync(world.Auditor, run, world.Folder("bundle")));
        var again = Ok(await world.Bundles.WriteAsync(world.Auditor, run, world.Folder("again")));
        Assert.Equal(Hashes(written.Folder), Hashes(again.Folder));
        Assert.Equal("audit.folder_not_empty", Assert.Single((await world.Bundles.WriteAsync(world.Auditor, run, written.Folder)).Problems).Code);
        Assert.Equal("not_allowed.role", Assert.Single((await world.Bundles.WriteAsync(world.Auditor with { Roles = new HashSet<string> { Role.Maker } }, run, world.Folder("x"))).Problems).Code);

        var verified = Ok(BundleVerification.Verify(world.Files, written.Folder, written.Fingerprint));
        Assert.Empty(verified.Broken);
        Assert.True(verified is { Pinned: true, Blocks: > 10, ListedVnd: > 0 } && verified.Run == run.ToString(), verified.ToString());
        Assert.Equal("audit.other_certificate", Assert.Single(Ok(BundleVerification.Verify(world.Files, written.Folder, new string('0', 64))).Broken).Code);

        // Its own page, command by command, with the tools of any machine.
        var guide = await File.ReadAllTextAsync(Path.Combine(written.Folder, "VERIFY.md"));
        var commands = guide.Split("```sh\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToList();
        Assert.True(commands.Count >= 8);
        var said = "";
        foreach (var command in commands)
        {
            var (exit, output) = await ShellAsync(written.Folder, command);
            Assert.True(exit == 0, command + output);
            said += output;
        }

        foreach (var word in new[] { "FILES ARE WHOLE", "LINKS FOLLOWED", "HEAD REACHED", "BLOCKS FIT", "MANIFESTS FIT" }) Assert.Contains(word, said, StringComparison.Ordinal);
        foreach (var word in new[] { "BROKEN", "ADDED", "FAILED", "rror" }) Assert.DoesNotContain(word, said, StringComparison.Ordinal);
        Assert.Contains(string.Join(':', Enumerable.Range(0, 32).Select(i => written.Fingerprint.Substring(2 * i, 2))).ToUpperInvariant(), said, StringComparison.Ordinal);

        // Accounts stand in full only in the files as sent and received.
        using var cipher = world.Keys.OpenCipher();
        await using var session = await world.Database.RunAsync(default);
        var accounts = (await session.QueryAsync<(short Key, byte[] Cipher)>("SELECT account_key, account_cipher FROM channel")).Select(one => cipher.Decrypt(App.Keys.SecretKind.Account, one.Key, one.Cipher)).ToList();
        foreach (var file in Directory.EnumerateFiles(written.Folder, "*", SearchOption.AllDirectories).Where(path => !path.Contains("/sent/", StringComparison.Ordinal) && !path.Contains("/received/", StringComparison.Ordinal)))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.All(accounts, account => Assert.DoesNotContain(account, text, StringComparison.Ordinal));
        }

        Flips(written.Folder);
        Moves(written.Folder);
    }

    /// <summary>One byte flipped, at several places of every file: the file is named each time.</summary>
    void Flips(string folder)
    {
        var flips = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            var name = Path.GetRelativePath(folder, path);
            // The files that hold the others together are gone through more closely.
            var step = Math.Max(1, bytes.Length / (name.StartsWith("SHA256SUMS", StringComparison.Ordinal) ? 12 : 2));
            for (var at = 0; at < bytes.Length; at += step, flips++)
            {
                bytes[at] ^= 0x01;
                File.WriteAllBytes(path, bytes);
                var broken = Ok(BundleVerification.Verify(world.Files, folder, null)).Broken;
                bytes[at] ^= 0x01;
                Assert.True(broken.Any(one => one.At!.File == name), $"byte {at} of {name}: {string.Join("; ", broken)}");
                Assert.True(broken.All(one => one.At!.File == name), $"byte {at} of {name} accuses others too: {string.Join("; ", broken)}");
            }

            File.WriteAllBytes(path, bytes);
        }

        Assert.True(flips > 100);
    }

    void Moves(string folder)
    {
        string At(string name) => Path.Combine(folder, name);
        void Found(string code, string name) => Assert.Contains(Ok(BundleVerification.Verify(world.Files, folder, null)).Broken, one => one.Code == code && one.At!.File == name);

        File.Move(At("csv/steps.csv"), At("csv/old.csv"));
        Found("audit.bundle_renamed", "csv/steps.csv");
        Found("audit.bundle_added", "csv/old.csv");
        File.Move(At("csv/old.csv"), At("csv/steps.csv"));

        File.Copy(At("csv/steps.csv"), At("steps.csv"));
        Found("audit.bundle_added", "steps.csv");
        File.Delete(At("steps.csv"));

        var (one, two) = (File.ReadAllBytes(At("csv/lines.csv")), File.ReadAllBytes(At("csv/steps.csv")));
        File.WriteAllBytes(At("csv/lines.csv"), two);
        File.WriteAllBytes(At("csv/steps.csv"), one);
        Found("audit.bundle_swapped", "csv/lines.csv");
        Found("audit.bundle_swapped", "csv/steps.csv");
        File.WriteAllBytes(At("csv/lines.csv"), one);
        File.WriteAllBytes(At("csv/steps.csv"), two);

        File.Delete(At("csv/cash.csv"));
        Found("audit.bundle_missing", "csv/cash.csv");
    }

    /// <summary>Whoever has the signing key too can make every digest fit: then the rows and the chain speak.</summary>
    [PostgresFact]
    public async Task A_bundle_whose_tables_were_changed_and_signed_anew_does_not_add_up()
    {
        var written = Ok(await world.Bundles.WriteAsync(world.Auditor, world.Runs[0], world.Folder("forged")));
        void Forge(string name, Func<string, string> change)
        {
            var path = Path.Combine(written.Folder, name);
            var before = File.ReadAllText(path);
            var after = change(before);
            Assert.NotEqual(before, after);
            File.WriteAllText(path, after);
            Sign();
            var broken = Ok(BundleVerification.Verify(world.Files, written.Folder, written.Fingerprint)).Broken;
            Assert.True(broken.Count > 0, name);
            File.WriteAllText(path, before);
            Sign();
        }

        void Sign()
        {
            var all = Directory.EnumerateFiles(written.Folder, "*", SearchOption.AllDirectories).Select(path => (Name: Path.GetRelativePath(written.Folder, path), Bytes: File.ReadAllBytes(path)))
                .Where(file => !file.Name.StartsWith(RunBundles.Sums, StringComparison.Ordinal)).ToList();
            var sums = RunBundles.SumsOf(all);
            using var certificate = world.Keys.SigningCertificate();
            var signature = App.Keys.ManifestSignature.Sign(sums, certificate, world.Clock.GetCurrentInstant());
            File.WriteAllBytes(Path.Combine(written.Folder, RunBundles.Sums), sums);
            File.WriteAllBytes(Path.Combine(written.Folder, RunBundles.Signature), signature);
            File.WriteAllBytes(Path.Combine(written.Folder, RunBundles.Check), RunBundles.CheckOf(sums, signature));
        }

        Sign();
        Assert.Empty(Ok(BundleVerification.Verify(world.Files, written.Folder, null)).Broken);
        Forge("csv/disbursements.csv", text => new Regex(@",(\d{6,8}),").Replace(text, sum => $",{sum.Groups[1].Value[..^1]}1,", 1));
        Forge("csv/lines.csv", text => text[..text[..^1].LastIndexOf('\n')] + "\n");
        Forge("csv/places.csv", text => text.Replace(",paid_by_account,", ",paid_in_cash,", StringComparison.Ordinal));
        Forge("csv/run.csv", text => text.Replace("listed_vnd,", "listed_vnd,1", StringComparison.Ordinal));
        Forge("csv/steps.csv", text => text.Replace(",approved,1,minh,", ",approved,1,lan,", StringComparison.Ordinal));
        Forge(Directory.EnumerateFiles(Path.Combine(written.Folder, "chain"), "block-*.txt").Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(written.Folder, path)).First(), text => text.Replace("\nevents ", "\nevents  ", StringComparison.Ordinal));
        Forge("chain/links.csv", text => text[..text[..^1].LastIndexOf('\n')] + "\n");
        Forge("law/release/standards/btxh-standard.csv", text => text + "\n");
    }

    static IReadOnlyList<string> Hashes(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => $"{Path.GetRelativePath(folder, path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}")];

    static async Task<(int Exit, string Said)> ShellAsync(string folder, string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash") { ArgumentList = { "-c", command }, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
