using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.ServiceTests.Register;
using PaymentEngine.ServiceTests.Runs;
using PaymentEngine.Tests.House;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse cases 15 and 16: texts that want to be a statement, a formula, an element or a line of a log.</summary>
[Collection(AbuseCollection.Name)]
public sealed partial class InjectionTests(ScratchCluster cluster)
{
    /// <summary>PAYENGINE_TEST_INJECTION=all puts a statement into every text alone; else into every third, and into all of a command at once.</summary>
    static readonly bool EveryText = Environment.GetEnvironmentVariable("PAYENGINE_TEST_INJECTION") == "all";

    /// <summary>Texts that end a literal, a name, a number or a comment and go on with a statement of their own.</summary>
    static readonly string[] Statements =
    [
        "'; DROP TABLE recipient CASCADE; --", "' OR '1'='1", "\"; DROP SCHEMA public CASCADE; --", "1; DELETE FROM attempt; --", "1 OR 1=1", "*/ DROP TABLE run; /*", "$$; ALTER ROLE payengine_run SUPERUSER; $$",
        "@provinceCode", "{0}", "E'\\'; DROP TABLE line; --", "%' UNION SELECT passwd FROM pg_shadow --", "\\copy recipient to '/tmp/x'", "'||(SELECT pg_sleep(5))||'", "P1'/**/UNION/**/SELECT/**/1", "COPY x FROM PROGRAM 'id'",
        "full_name; DROP TABLE payee", "1 ASC; DROP TABLE payee", "\uFF07; DROP TABLE payee; --", "'\0; DROP TABLE payee; --",
    ];

    /// <summary>Commands that make or end whole stores, or write what nobody asked of this store: not what is tested here.</summary>
    static readonly string[] Apart = ["demo", "db", "generate", "login", "logout", "web", "worker"];

    static IEnumerable<(string[] Path, Command Command)> Leaves(Command command, string[] path)
    {
        if (command.Subcommands.Count == 0) yield return (path, command);
        foreach (var child in command.Subcommands)
            foreach (var leaf in Leaves(child, [.. path, child.Name])) yield return leaf;
    }

    /// <summary>Tables, columns, rules, functions, roles and rights of a database, and how many rows stand in each table that only grows.</summary>
    static async Task<(string Schema, IReadOnlyDictionary<string, long> Rows)> StandingAsync(RunWorld world)
    {
        await using var session = await world.Database.OwnerAsync(default);
        var schema = string.Join('\n', await session.QueryAsync<string>("""
            -- test
            SELECT 'column ' || c.oid::regclass || '.' || attname || ' ' || atttypid::regtype || ' ' || attnotnull || ' ' || coalesce(attacl::text, '') FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
            UNION ALL SELECT 'relation ' || oid::regclass || ' ' || relkind::text || ' ' || relowner::regrole || ' ' || coalesce(relacl::text, '') || relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'function ' || oid::regprocedure || ' ' || md5(prosrc) || ' ' || proowner::regrole || prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'policy ' || polrelid::regclass || ' ' || polname || ' ' || coalesce(pg_get_expr(polqual, polrelid), '') FROM pg_policy
            UNION ALL SELECT 'role ' || rolname || ' ' || rolsuper || rolcreaterole || rolcreatedb || rolbypassrls FROM pg_roles WHERE rolname LIKE 'payengine%'
            UNION ALL SELECT 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname NOT LIKE 'pg_temp%' AND nspname NOT LIKE 'pg_toast%'
            ORDER BY 1
            """));
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await session.QueryAsync<string>("-- test\nSELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"))
            rows[table] = await session.SingleAsync<long>($"-- test\nSELECT count(*) FROM {table}");
        return (schema, rows);
    }

    /// <summary>A word that the option or argument takes by its name, so that the command goes on to the store; null when it need not be given.</summary>
    static string? Plausible(string name, Type type, string folder)
    {
        var plain = name.TrimStart('-');
        if (type == typeof(int) || type == typeof(int?) || type == typeof(int[]) || type == typeof(long) || type == typeof(ulong)) return "1";
        if (plain.Contains("month", StringComparison.OrdinalIgnoreCase)) return "2026-11";
        if (plain is "run" or "r" or "R" || plain.Contains("run", StringComparison.OrdinalIgnoreCase)) return "40-2611-001";
        if (plain.Contains("person", StringComparison.OrdinalIgnoreCase)) return "P000001";
        if (plain is "on" or "day" or "date" or "from" or "to" or "since" or "as-of" || plain.Contains("day", StringComparison.OrdinalIgnoreCase)) return "2026-11-05";
        if (plain.Contains("commune", StringComparison.OrdinalIgnoreCase) || plain.Contains("area", StringComparison.OrdinalIgnoreCase)) return "16690";
        if (plain.Contains("bank", StringComparison.OrdinalIgnoreCase)) return "970436";
        if (plain.Contains("programme", StringComparison.OrdinalIgnoreCase)) return "BTXH";
        if (plain.Contains("out", StringComparison.OrdinalIgnoreCase) || plain.Contains("dir", StringComparison.OrdinalIgnoreCase)) return Path.Combine(folder, "out");
        return plain.Contains("file", StringComparison.OrdinalIgnoreCase) ? Path.Combine(folder, "people.csv") : "thử";
    }

    [PostgresFact]
    public async Task AbuseCase15_SQL_injection_through_every_text_of_every_command_changes_no_schema_and_reaches_no_parser()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        await world.ApprovedAsync();
        var folder = Directory.CreateTempSubdirectory("pe-injection-").FullName;
        try
        {
            var settings = Settings.From(name => name switch
            {
                "PAYENGINE_DB" => world.ConnectionString, "PAYENGINE_HOME" => folder, "PAYENGINE_SESSION" => Path.Combine(folder, "session"), "PAYENGINE_LANG" => "en", _ => null,
            });
            await SignedIn.AllRolesAsync(world, settings);
            using (var cipher = KeyFolder.Open(settings.Keys.Value, world.Clock).Value.OpenCipher())
            {
                foreach (var row in (string[])["payer SET * WHERE payer_no = 1", "channel SET * WHERE payee_no = 1", "channel SET * WHERE payee_no = 3"])
                {
                    var held = cipher.Seal("970415", AccountNumber.Parse("1020304050").Value);
                    await world.TamperAsync("UPDATE " + row.Replace("*", FormattableString.Invariant($"account_key = {held.Key}, account_cipher = '\\x{Convert.ToHexString(held.Cipher)}', account_tag = '\\x{Convert.ToHexString(held.Tag)}'"), StringComparison.Ordinal));
                }
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "people.csv"), "person_id,full_name,birth,province_code,commune_code\n" + string.Join('\n', Statements.Where(text => !text.Contains('\0', StringComparison.Ordinal)).Select((text, no) => $"\"X{no}\",\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\",1950,40,16690")) + "\n");
            var before = await StandingAsync(world);
            var context0 = new CommandContext([], world.Clock, settings, TextWriter.Null, TextWriter.Null);
            var faults = new List<string>();
            var (calls, texts) = (0, 0);
            foreach (var (path, command) in AllCommands.Create(context0).Where(command => !Apart.Contains(command.Name)).SelectMany(command => Leaves(command, [command.Name])))
            {
                var options = command.Options.Where(option => !option.Hidden && option.ValueType != typeof(bool) && option.Name is not ("--help" or "--version")).ToList();
                var places = command.Arguments.Select(argument => (argument.Name, argument.ValueType)).Concat(options.Select(option => (option.Name, option.ValueType))).Where(place => IsText(place.ValueType)).ToList();
                // One call for each text alone, with the others plausible; and one with all of them hostile.
                foreach (var hostile in places.Where((_, at) => EveryText || at % 3 == 0).Select(place => place.Name).Append("*").ToList())
                {
                    string Value(string name, Type type)
                    {
                        if (!IsText(type) || (hostile != "*" && hostile != name)) return Plausible(name, type, folder) ?? "1";
                        texts++;
                        var text = Statements[texts % Statements.Length];
                        // What is written goes below the test's own folder, whatever it is called.
                        return name is "--out" or "--dir" or "--to-folder" or "--pdf" || type == typeof(DirectoryInfo) ? Path.Combine(folder, "out" + texts.ToString(CultureInfo.InvariantCulture), text.TrimStart('/', '\\').Replace("..", "", StringComparison.Ordinal)) : text;
                    }

                    var args = new List<string>(path);
                    foreach (var option in options.Where(option => option.Required || hostile == "*" || option.Name == hostile)) args.AddRange([option.Name, Value(option.Name, option.ValueType)]);
                    args.Add("--json");
                    args.Add("--");
                    foreach (var argument in command.Arguments) args.Add(Value(argument.Name, argument.ValueType));
                    if (command.Arguments.Count == 0) args.RemoveAt(args.Count - 1);
                    using var output = new StringWriter();
                    using var error = new StringWriter();
                    string[] given = [.. args];
                    var exit = await PayEngine.RunAsync(given, new CommandContext(given, world.Clock, settings, output, error), default);
                    Said.Keep(given, exit, output.ToString(), error.ToString());
                    calls++;
                    // A statement that the store could not parse, a wrong type or a fault of ours would show what got through.
                    if (exit == ExitCode.OurFault) faults.Add($"{string.Join(' ', given.Select(word => word.Replace("\0", "\\0", StringComparison.Ordinal)))}\n    {output.ToString().Trim()}");
                }
            }

            Assert.True(faults.Count == 0, $"{faults.Count} of {calls} calls:\n" + string.Join('\n', faults.Take(40)));
            Assert.True(calls > 300 && texts > 300, string.Create(CultureInfo.InvariantCulture, $"{calls} calls, {texts} texts"));
            var after = await StandingAsync(world);
            Assert.Equal(before.Schema, after.Schema);
            Assert.All(before.Rows, table => Assert.True(after.Rows[table.Key] >= table.Value, $"{table.Key} lost rows"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static bool IsText(Type type) => type == typeof(string) || type == typeof(string[]) || type == typeof(DirectoryInfo);
    }

    [Fact]
    public void AbuseCase15_SQL_injection_no_statement_is_put_together_from_what_somebody_typed()
    {
        var found = Repository.Files("src/PaymentEngine.Postgres", "*.cs").SelectMany(path => File.ReadLines(path).Select((line, no) => (Path: Path.GetRelativePath(Repository.Root, path), Line: line, No: no + 1)))
            // A constant can hold constants only: the compiler sees to it.
            .Where(row => !row.Line.Contains("const string", StringComparison.Ordinal) && (InterpolatedSql().IsMatch(row.Line) || (row.Line.Contains("$\"\"\"", StringComparison.Ordinal) && !row.Line.Contains("new(\"I", StringComparison.Ordinal)) || Concatenated().IsMatch(row.Line)))
            .ToList();
        Assert.True(found.Count > 5, "The test no longer finds the statements that take no parameters (COPY, names of partitions).");
        // What takes no parameters (COPY, the name of a partition, a role) is put together from figures and names of the source; no text that a person types goes into a hole.
        Assert.Empty(found.Where(row => TypedHole().IsMatch(row.Line)).Select(row => $"{row.Path}:{row.No} {row.Line.Trim()}"));
    }

    [GeneratedRegex("\\$\"[^\"]*\\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|COPY|TRUNCATE|GRANT|SET ROLE|SET TRANSACTION)\\b")]
    private static partial Regex InterpolatedSql();

    [GeneratedRegex("\"[^\"]*\\b(SELECT|INSERT INTO|UPDATE|DELETE FROM) [^\"]*\" \\+")]
    private static partial Regex Concatenated();

    [GeneratedRegex("\\{[a-zA-Z.]*([nN]ame|[tT]ext|[rR]emark|[rR]eason|[pP]erson|[cC]ode|[fF]older|[pP]ath)\\}")]
    private static partial Regex TypedHole();

    /// <summary>Texts that a person or a file may bring, and that each exit must give out as text.</summary>
    static readonly string[] Hostile =
    [
        "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "＝1+1", "<script>alert(1)</script>", "</td></tr><img src=x onerror=alert(1)>", "]]><!-- x -->", "&amp;&lt;&#0;", "a\"b'c", "A;B,C|D",
        "{{7*7}} ${7*7}", "</style><style>*{display:none}", "'; DROP TABLE recipient; --", "=cmd|' /C calc'!A0", "javascript:alert(1)", "%0d%0aSet-Cookie: a=b",
    ];

    [PostgresFact]
    public async Task AbuseCase16_CSV_formula_XML_HTML_and_log_injection_every_stored_text_comes_out_of_every_exit_as_text()
    {
        await using var world = await RegisterWorld.OpenAsync(cluster);
        // In by the door: what the register takes, it keeps as it was.
        static string Cell(string text) => "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        string[] names = [.. Hostile.Where(text => !text.Contains('\t', StringComparison.Ordinal))];
        await world.ImportedAsync(world.Write("hostile.csv", ["person_id,full_name,birth,province_code,commune_code,poverty", .. names.Select((name, no) => FormattableString.Invariant($"H{no},{Cell(name)},1950,40,17001,none"))]));

        // Out as CSV, read by a strict reader of RFC 4180: as many cells as columns, the very text, and none that a spreadsheet runs.
        var folder = Path.Combine(world.Folder, "out");
        Ok(await new RegisterExports(world.Database, world.Files, world.Cipher).ExportAsync(RegisterWorld.Person(Role.AccountEditor, Role.Exporter), folder, RegisterWorld.Export));
        var rows = StrictCsv(await File.ReadAllTextAsync(Path.Combine(folder, "people.csv")));
        Assert.All(rows, row => Assert.Equal(rows[0].Count, row.Count));
        Assert.All(rows.SelectMany(row => row), cell => Assert.False(StartsFormula(cell), cell));
        var nameAt = rows[0].IndexOf("full_name");
        // The last record is the export's own mark.
        Assert.StartsWith(Messages.Csv.RegisterFiles.ExportMark, rows[^1][0], StringComparison.Ordinal);
        Assert.Equal(names.Order(StringComparer.Ordinal), rows.Skip(1).SkipLast(1).Select(row => Messages.Csv.SpreadsheetSafeText.Unguard(row[nameAt])).Order(StringComparer.Ordinal));

        foreach (var hostile in Hostile)
        {
            // XML: one element more or less would break it; the text is in the banks' letters.
            using var order = new MemoryStream();
            var payment = new PaymentInstruction(new InstructionId(40, new YearMonth(2026, 11), 3, 1, 1), new Vnd(1_000), "970405", "VBAAVNVX", null, BankText.Name(hostile, 70).Text is { Length: > 0 } name ? name : "KHONG TEN", "0123456789", "SSBE", BankText.Text(hostile, 100).Text);
            var file = new BatchFile
            {
                MessageId = "B40261121-000007-01", CreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE", CustomerNumber = "KH1", Count = 1, Sum = payment.Amount,
                Batches = [new PaymentBatch { BatchId = "B40261121-000007-01-001", ExecutionDate = new LocalDate(2026, 11, 24), DebtorName = "SO Y TE", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX", CategoryPurpose = "SSBE", Count = 1, Sum = payment.Amount, Payments = [payment] }],
            };
            PaymentFileFormats.Write(order, file, BankProfiles.Generic);
            order.Position = 0;
            using (var reader = XmlReader.Create(order, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }))
            {
                var elements = 0;
                while (reader.Read()) if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "CdtTrfTxInf") elements++;
                Assert.Equal(1, elements);
            }

            // Spreadsheets for banks and for people: text cells, never a formula.
            foreach (var profile in BankProfiles.All.Where(profile => profile.FileKind != FileKind.Pain001))
            {
                using var list = new MemoryStream();
                PaymentFileFormats.Write(list, file, profile);
                var cells = new List<string>();
                Assert.Null(SheetReader.Read(list, profile.FileKind == FileKind.Csv ? SheetKind.Text : SheetKind.Xlsx, null, row => { cells.AddRange(row.Cells.Select(cell => cell.Text)); return true; }));
                Assert.All(cells.Where(cell => cell.Length > 1), cell => Assert.False(StartsFormula(cell), $"{profile.Id}: {cell}"));
            }

            var paper = new PaperDocument(hostile, "T-1", hostile) { Sub = hostile, Sentences = [hostile], Tables = [new PaperTable(hostile, ["A", hostile], [[hostile, hostile]])], Closing = [hostile], Signatures = [hostile] };
            using var workbook = new MemoryStream();
            paper.WriteWorkbook(workbook);
            using (var zip = new System.IO.Compression.ZipArchive(workbook))
                foreach (var sheet in zip.Entries.Where(entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal)))
                {
                    using var reader = XmlReader.Create(sheet.Open(), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
                    while (reader.Read()) Assert.False(reader.NodeType == XmlNodeType.Element && reader.LocalName == "f", "a formula in a workbook");
                }

            // HTML: the elements of the page with a harmless text, and no other.
            Assert.Equal(Elements(new PaperDocument("A", "T-1", "A") { Sub = "A", Sentences = ["A"], Tables = [new PaperTable("A", ["A", "A"], [["A", "A"]])], Closing = ["A"], Signatures = ["A"] }), Elements(paper));

            // JSON and the lines of talk: one document, one line a record.
            using var said = new StringWriter();
            using var talk = new StringWriter();
            var problem = new Problem("test.hostile", hostile, hostile).In(hostile, 1, hostile);
            var json = new CommandContext(["--json"], SystemClock.Instance, Settings.From(_ => null), said, TextWriter.Null);
            json.Output.Write(Answer.Refused(problem));
            Assert.Equal(hostile, JsonDocument.Parse(said.ToString()).RootElement.GetProperty("problems")[0].GetProperty("message").GetString());
            var plain = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), TextWriter.Null, talk);
            plain.Output.Write(Answer.Refused(new Problem("test.hostile", hostile + "\r\n2026-11-22 INFO approved by nobody\u001b[2J\u0007", "x")));
            Assert.DoesNotContain(talk.ToString().Split('\n'), line => line.StartsWith("2026-11-22 INFO", StringComparison.Ordinal));
            Assert.DoesNotContain('\u001b', talk.ToString());
            using var table = new StringWriter();
            var list2 = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), table, TextWriter.Null);
            list2.Output.Table(new TextTable(new TextColumn("A"), new TextColumn("B")).Row(hostile + "\nA\tB\r\n", "x\u001b[31m"));
            Assert.Equal(2, table.ToString().TrimEnd('\n').Split('\n').Length);
            Assert.Equal(2, table.ToString().TrimEnd('\n').Split('\n')[1].Split('\t').Length);
            Assert.DoesNotContain('\u001b', table.ToString());
            Assert.DoesNotContain('\r', table.ToString());
        }
    }

    static bool StartsFormula(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '@' or '\t' or '\r' or '＝' or '＋' or '＠' && !decimal.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _);

    /// <summary>Elements and attributes of a page, in their order, as a browser would open them.</summary>
    static string Elements(PaperDocument paper)
    {
        using var stream = new MemoryStream();
        paper.WritePage(stream);
        return string.Join(' ', Tag().Matches(Encoding.UTF8.GetString(stream.ToArray())).Select(match => match.Value));
    }

    [GeneratedRegex("<[!/]?[a-zA-Z][^>]*>")]
    private static partial Regex Tag();

    /// <summary>RFC 4180 without mercy: a quote inside an unquoted cell, or text behind a closing quote, is an error.</summary>
    static List<List<string>> StrictCsv(string text)
    {
        var (rows, row, cell, at) = (new List<List<string>>(), new List<string>(), new StringBuilder(), 0);
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (text[at] != '"') cell.Append(text[at]);
                    else if (at + 1 < text.Length && text[at + 1] == '"') cell.Append(text[at++]);
                    else break;
                }

                at++;
                Assert.True(at == text.Length || text[at] is ',' or '\n' or '\r', "text behind a closing quote");
            }
            else
            {
                for (; at < text.Length && text[at] is not (',' or '\n' or '\r'); at++)
                {
                    Assert.NotEqual('"', text[at]);
                    cell.Append(text[at]);
                }
            }

            row.Add(cell.ToString());
            cell.Clear();
            if (at < text.Length && text[at] == ',')
            {
                at++;
                if (at == text.Length || text[at] is '\n' or '\r') row.Add("");
                else continue;
            }

            while (at < text.Length && text[at] is '\n' or '\r') at++;
            rows.Add(row);
            row = [];
        }

        return rows;
    }
}
