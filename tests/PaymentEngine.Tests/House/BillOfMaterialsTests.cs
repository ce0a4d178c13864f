using System.Text.Json;

namespace PaymentEngine.Tests.House;

public class BillOfMaterialsTests
{
    static readonly string BillFile = Path.Combine(Repository.Root, "sbom.cdx.json");

    [Fact]
    public void The_bill_of_materials_is_what_the_lock_files_say()
    {
        var drawn = BillOfMaterials.Draw();
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllBytes(BillFile, drawn);
        Assert.True(File.Exists(BillFile), "sbom.cdx.json is missing: run ./sbom.");
        Assert.True(File.ReadAllBytes(BillFile).AsSpan().SequenceEqual(drawn), "A packages.lock.json differs from sbom.cdx.json: read what changed, then run ./sbom and commit it.");
    }

    [Fact]
    public void Every_package_has_its_version_hash_licence_and_a_place_in_the_graph()
    {
        using var document = JsonDocument.Parse(BillOfMaterials.Draw());
        var root = document.RootElement;
        Assert.Equal(("CycloneDX", "1.6"), (root.GetProperty("bomFormat").GetString(), root.GetProperty("specVersion").GetString()));
        var components = root.GetProperty("components").EnumerateArray().ToList();
        Assert.True(components.Count > 30);
        foreach (var one in components)
        {
            Assert.Equal(128, one.GetProperty("hashes")[0].GetProperty("content").GetString()!.Length);
            Assert.Equal(1, one.GetProperty("licenses").GetArrayLength());
            Assert.StartsWith("pkg:nuget/", one.GetProperty("purl").GetString(), StringComparison.Ordinal);
        }

        var names = components.Select(one => one.GetProperty("bom-ref").GetString()).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(components.Count, names.Count);
        Assert.Contains(components, one => one.GetProperty("name").GetString() == "Npgsql" && one.GetProperty("scope").GetString() == "required");
        Assert.Contains(components, one => one.GetProperty("name").GetString() == "xunit" && one.GetProperty("scope").GetString() == "excluded");
        foreach (var dependency in root.GetProperty("dependencies").EnumerateArray())
            Assert.All(dependency.GetProperty("dependsOn").EnumerateArray(), needed => Assert.Contains(needed.GetString(), names));
    }

    [Fact]
    public void Every_project_is_restored_by_its_committed_lock_file()
    {
        var projects = new[] { "src", "tests", "benchmarks" }.SelectMany(folder => Repository.Files(folder, "*.csproj")).ToList();
        Assert.True(projects.Count >= 6);
        Assert.All(projects, project => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), project));
        var properties = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Contains("<RestorePackagesWithLockFile>true", properties, StringComparison.Ordinal);
        Assert.Contains("<RestoreLockedMode Condition=\"'$(CI)' == 'true'\">true", properties, StringComparison.Ordinal);
    }
}
