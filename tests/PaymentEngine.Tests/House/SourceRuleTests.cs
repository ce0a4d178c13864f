using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.House;

/// <summary>Rules of secure coding that the source itself can be asked about; docs/asvs.md points here.</summary>
public sealed partial class SourceRuleTests
{
    static IEnumerable<(string Place, string Line)> Lines(string pattern = "*.cs") => Repository.Files("src", pattern)
        .SelectMany(path => File.ReadLines(path).Select((line, at) => (Path.GetRelativePath(Repository.Root, path) + ":" + (at + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), line)))
        .Where(row => !row.line.TrimStart().StartsWith("//", StringComparison.Ordinal));

    static IEnumerable<string> Found(Regex what, params string[] exceptIn) => Lines().Where(row => what.IsMatch(row.Line) && !exceptIn.Any(place => row.Place.StartsWith(place, StringComparison.Ordinal))).Select(row => $"{row.Place} {row.Line.Trim()}");

    [Fact]
    public void Other_programs_get_their_arguments_as_a_list_and_never_through_a_shell()
    {
        // The server's own user is reached by su, which takes one line: our own words, each quoted, and nothing of anybody's data.
        // The names of shells whose completion scripts are printed start nothing.
        Assert.Empty(Found(ShellUse(), "src/PaymentEngine.Postgres/Cluster/PrivateCluster.cs", "src/PaymentEngine.App/Commands/CompletionCommand.cs"));
        // The only places that start anything: the tools of PostgreSQL, OpenSSH's sftp, the browser that prints.
        Assert.Empty(Found(ProcessStart(), "src/PaymentEngine.Postgres/Cluster/", "src/PaymentEngine.App/Banks/SftpRun.cs", "src/PaymentEngine.App/Paper/PaperPrinter.cs"));
    }

    [GeneratedRegex("""\.Arguments\s*=|UseShellExecute\s*=\s*true|"(/bin/)?(ba)?sh"|cmd\.exe""")]
    private static partial Regex ShellUse();

    [GeneratedRegex(@"\bnew ProcessStartInfo\b|\bProcess\.Start\(\x22")]
    private static partial Regex ProcessStart();

    [Fact]
    public void Nothing_is_read_as_a_tree_evaluated_compiled_or_deserialized_by_a_name_from_outside() => Assert.Empty(Found(Dangerous()));

    // What reads a whole tree, evaluates a path or style sheet, compiles or loads code, or makes objects of a type that the data names.
    [GeneratedRegex(@"\b(XDocument|XElement|XmlDocument|XPathNavigator|XslCompiledTransform|BinaryFormatter|NetDataContractSerializer|LosFormatter|SoapFormatter|JavaScriptSerializer|CSharpScript|AssemblyLoadContext|DynamicMethod|XmlSerializer|DataContractSerializer)\b|\bActivator\.CreateInstance|\bType\.GetType\(|\bAssembly\.Load|DtdProcessing\.Parse|XmlUrlResolver|JsonPolymorphic|TypeNameHandling|\bDeserialize<object>|\bdynamic\s+\w+\s*=")]
    private static partial Regex Dangerous();

    [Fact]
    public void Every_regular_expression_is_a_constant_or_checked_and_none_backtracks_without_a_limit()
    {
        // A pattern that is made at run time comes from a bank's profile and is matched by the engine that does not backtrack.
        Assert.Empty(Lines().Where(row => row.Line.Contains("new Regex(", StringComparison.Ordinal) && !row.Line.Contains("RegexOptions.NonBacktracking", StringComparison.Ordinal)).Select(row => $"{row.Place} {row.Line.Trim()}"));
        var patterns = Lines().SelectMany(row => ConstantPattern().Matches(row.Line).Select(match => (row.Place, Pattern: match.Groups[1].Value.Replace("\\\\", "\\", StringComparison.Ordinal)))).ToList();
        Assert.True(patterns.Count >= 8, "The test no longer finds the expressions.");
        // A repetition inside a repetition is what makes an expression run for ever.
        Assert.Empty(patterns.Where(one => NestedRepetition().IsMatch(one.Pattern)).Select(one => $"{one.Place} {one.Pattern}"));
        // A pattern of a profile that would run for ever answers at once.
        var hostile = new Regex(@"\A(?:(a+)+b)\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        Assert.DoesNotMatch(hostile, new string('a', 50_000));
    }

    [GeneratedRegex("""(?:GeneratedRegex|Regex\.(?:IsMatch|Match|Replace|Split))\([^"]*@?"((?:[^"\\]|\\.)+)"\s*[,)]""")]
    private static partial Regex ConstantPattern();

    [GeneratedRegex(@"\((?:[^()]*[^\\(])?[+*]\)[+*{]")]
    private static partial Regex NestedRepetition();

    [Fact]
    public void Memory_is_managed_and_arithmetic_is_checked()
    {
        var props = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        foreach (var rule in new[] { "<CheckForOverflowUnderflow>true</CheckForOverflowUnderflow>", "<Nullable>enable</Nullable>", "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>" }) Assert.Contains(rule, props, StringComparison.Ordinal);
        // One kernel works on vectors; it is proven equal to the rules it stands for (KernelSweepTests).
        Assert.Empty(Found(UnsafeCode(), "src/PaymentEngine.Core/Entitlements/KernelRows.Vectors.cs"));
        Assert.Empty(Lines().Where(row => row.Line.Contains("stackalloc", StringComparison.Ordinal) && !row.Line.Contains("Span<", StringComparison.Ordinal) && !row.Line.Contains("? stackalloc", StringComparison.Ordinal)).Select(row => $"{row.Place} {row.Line.Trim()}"));
        Assert.DoesNotContain(Repository.Files("src", "*.csproj"), path => !path.EndsWith("PaymentEngine.Core.csproj", StringComparison.Ordinal) && File.ReadAllText(path).Contains("AllowUnsafeBlocks", StringComparison.Ordinal));
        // Hashes and generators of numbers may wrap; sums never.
        Assert.Empty(Found(UncheckedMoney()));
    }

    [GeneratedRegex(@"\bunsafe\b|\bfixed\s*\(|\bMarshal\.(AllocHGlobal|Copy)")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex(@"unchecked.*(Vnd|[aA]mount|[sS]um)")]
    private static partial Regex UncheckedMoney();

    [Fact]
    public void Cryptography_is_the_platform_s_and_only_the_approved_kinds_are_named() =>
        // SHA-1 stands where RFC 6238 asks for it, in codes of authenticators; nowhere else.
        Assert.Empty(Found(WeakCryptography(), "src/PaymentEngine.App/Keys/TimedCode.cs"));

    [GeneratedRegex(@"\b(MD5|SHA1|HMACMD5|HMACSHA1|TripleDES|DES|RC2|Rijndael\w*|AesManaged|CipherMode\.(ECB|CBC|CFB)|RSAEncryptionPadding\.Pkcs1|Org\.BouncyCastle)\b|\bAes\.Create\(")]
    private static partial Regex WeakCryptography();

    [Fact]
    public void Secrets_come_from_the_system_s_generator()
    {
        // The seeded generator makes test data, simulated banks and demonstrations, never a key, token or code.
        Assert.Empty(Found(SeededUse(), "src/PaymentEngine.Core/SeededRandom.cs", "src/PaymentEngine.App/Generation/", "src/PaymentEngine.App/Banks/Simulated", "src/PaymentEngine.App/Demonstration/", "src/PaymentEngine.Core/BannedSymbols"));
        Assert.Contains(Lines(), row => row.Place.StartsWith("src/PaymentEngine.App/Keys/KeyFolder.cs", StringComparison.Ordinal) && row.Line.Contains("RandomNumberGenerator.", StringComparison.Ordinal));
        Assert.Empty(Found(GuidUse()));
    }

    [GeneratedRegex(@"\bSeededRandom\b|\bnew Random\b")]
    private static partial Regex SeededUse();

    [GeneratedRegex(@"\bGuid\.NewGuid\b")]
    private static partial Regex GuidUse();

    [Fact]
    public void No_secret_stands_in_the_source()
    {
        Assert.Empty(Repository.Files("src", "*").Concat(Repository.Files("schemas", "*")).Concat(Repository.Files("scripts", "*")).Where(path => !path.EndsWith(".dll", StringComparison.Ordinal))
            .Where(path => Secret().IsMatch(File.ReadAllText(path))).Select(path => Path.GetRelativePath(Repository.Root, path)));
    }

    [GeneratedRegex("""-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]|\b[Pp]assword\s*=\s*"[^"{]{4,}"|[Pp]wd=[^;"]{3,}|AKIA[0-9A-Z]{16}""")]
    private static partial Regex Secret();

    [Fact]
    public void Test_projects_are_not_in_the_program()
    {
        foreach (var project in Repository.Files("src", "*.csproj"))
        {
            var text = File.ReadAllText(project);
            Assert.DoesNotContain("xunit", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("FsCheck", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("..\\tests", text.Replace('/', '\\'), StringComparison.OrdinalIgnoreCase);
        }
    }

    sealed class BrokenClock : IClock
    {
        public Instant GetCurrentInstant() => throw new InvalidOperationException("nobody expected this");
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--quiet")]
    public async Task One_door_catches_what_nobody_expected_and_names_no_line_of_the_program(string form)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] args = ["entitlement", "--people", "nobody.csv", "--awards", "nothing.csv", "--month", "2026-11", form];
        var exit = await PayEngine.RunAsync(args, new CommandContext(args, new BrokenClock(), Settings.From(_ => null), output, error), CancellationToken.None);
        var said = output.ToString() + error;
        Assert.Equal(ExitCode.OurFault, exit);
        Assert.Contains(form == "--json" ? "fault.unexpected" : "fault of the program", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at PaymentEngine", said, StringComparison.Ordinal);
        Assert.DoesNotContain(".cs:line", said, StringComparison.Ordinal);
    }
}
