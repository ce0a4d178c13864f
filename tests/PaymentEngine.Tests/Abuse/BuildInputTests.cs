using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse case 35: what goes into a build is named, locked by its hash, and the same a second time.</summary>
public sealed partial class BuildInputTests
{
    static IEnumerable<string> Projects => Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")).Concat(Repository.Files("benchmarks", "*.csproj"));

    static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);

    [Fact]
    public void AbuseCase35_A_hostile_dependency_or_build_every_package_is_locked_to_one_version_and_one_hash()
    {
        var pinned = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using (var reader = XmlReader.Create(Path.Combine(Repository.Root, "Directory.Packages.props")))
            while (reader.Read())
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "PackageVersion" }) pinned.Add(reader.GetAttribute("Include")!, reader.GetAttribute("Version")!);
        Assert.Empty(pinned.Where(package => !ExactVersion().IsMatch(package.Value)).Select(package => $"{package.Key} {package.Value}: a range or a floating version"));

        var faults = new List<string>();
        var hashes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var project in Projects)
        {
            var text = File.ReadAllText(project);
            if (PackageWithVersion().IsMatch(text)) faults.Add($"{Relative(project)} names a version of its own");
            if (text.Contains("RestoreSources", StringComparison.Ordinal) || text.Contains("<Exec ", StringComparison.Ordinal)) faults.Add($"{Relative(project)} runs something or restores from elsewhere");
            var file = Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json");
            if (!File.Exists(file))
            {
                faults.Add($"{Relative(project)} has no packages.lock.json");
                continue;
            }

            using var locked = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var framework in locked.RootElement.GetProperty("dependencies").EnumerateObject())
            {
                foreach (var package in framework.Value.EnumerateObject())
                {
                    if (package.Value.GetProperty("type").GetString() == "Project") continue;
                    var (version, hash) = (package.Value.GetProperty("resolved").GetString()!, package.Value.TryGetProperty("contentHash", out var content) ? content.GetString() : null);
                    if (hash is null || Convert.FromBase64String(hash).Length != 64) faults.Add($"{Relative(file)}: {package.Name} has no hash");
                    else if (!hashes.TryAdd($"{package.Name}/{version}", hash) && hashes[$"{package.Name}/{version}"] != hash) faults.Add($"{package.Name} {version} has two hashes");
                    if (pinned.TryGetValue(package.Name, out var wanted) && wanted != version) faults.Add($"{Relative(file)}: {package.Name} {version} is not the pinned {wanted}");
                }
            }
        }

        Assert.Empty(faults);
        Assert.True(hashes.Count > 20, string.Create(CultureInfo.InvariantCulture, $"{hashes.Count} packages"));

        // The same sources give the same bytes, a restore in CI takes nothing that the lock files do not name, and nothing of the machine gets in.
        var props = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        foreach (var line in new[] { "<Deterministic>true</Deterministic>", "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>", "<RestoreLockedMode Condition=\"'$(CI)' == 'true'\">true</RestoreLockedMode>",
            "<ContinuousIntegrationBuild Condition=\"'$(CI)' == 'true'\">true</ContinuousIntegrationBuild>", "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>" })
            Assert.Contains(line, props, StringComparison.Ordinal);
        Assert.Empty(Repository.Files(".", "nuget.config").Concat(Repository.Files(".", "NuGet.Config")));
        Assert.Empty(Repository.Files("src", "*.cs").Where(path => File.ReadAllText(path).Contains("DllImport(", StringComparison.Ordinal) && !File.ReadAllText(path).Contains("\"libc\"", StringComparison.Ordinal)).Select(Relative));
    }

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+){1,3}$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex("<PackageReference[^>]* Version=")]
    private static partial Regex PackageWithVersion();
}
