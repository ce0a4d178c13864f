using System.Buffers;
using System.Text;
using System.Text.Json;

namespace PaymentEngine.Tests.House;

/// <summary>The software bill of materials: every package of the committed lock files with its content hash and licence, as CycloneDX 1.6. Made of committed files alone, so that the same commit gives the same bytes anywhere.</summary>
static class BillOfMaterials
{
    /// <summary>Licences by SPDX, read from the packages themselves when each was taken in. A package without a line here is refused.</summary>
    static readonly Dictionary<string, string> Licences = Read("""
        MIT: Microsoft.Bcl.AsyncInterfaces, Microsoft.Playwright, System.ComponentModel.Annotations, BenchmarkDotNet, BenchmarkDotNet.Annotations, CommandLineParser, DocumentFormat.OpenXml, ExcelDataReader, FSharp.Core, Gee.External.Capstone, Iced, Microsoft.CodeAnalysis.Analyzers,
          Microsoft.CodeAnalysis.BannedApiAnalyzers, Microsoft.CodeAnalysis.CSharp, Microsoft.CodeAnalysis.Common, Microsoft.CodeCoverage, Microsoft.Diagnostics.NETCore.Client, Microsoft.Diagnostics.Runtime,
          Microsoft.Diagnostics.Tracing.TraceEvent, Microsoft.DotNet.PlatformAbstractions, Microsoft.Extensions.DependencyInjection, Microsoft.Extensions.DependencyInjection.Abstractions, Microsoft.Extensions.Logging,
          Microsoft.Extensions.Logging.Abstractions, Microsoft.Extensions.Options, Microsoft.Extensions.Primitives, Microsoft.NET.Test.Sdk, Microsoft.TestPlatform.ObjectModel, Microsoft.TestPlatform.TestHost, Microsoft.Win32.SystemEvents,
          Newtonsoft.Json, Perfolizer, QRCoder, Spectre.Console, System.CodeDom, System.CommandLine, System.Drawing.Common, System.IO.Packaging, System.Management, System.Reflection.TypeExtensions, System.Security.Cryptography.Pkcs
        Apache-2.0: Dapper, NodaTime, xunit, xunit.abstractions, xunit.analyzers, xunit.assert, xunit.core, xunit.extensibility.core, xunit.extensibility.execution, xunit.runner.visualstudio
        BSD-3-Clause: FsCheck, Polly.Core
        PostgreSQL: Npgsql
        MS-PL OR Apache-2.0: CsvHelper
        """);

    /// <summary>A package of one version.</summary>
    /// <param name="Sha512">Of the package as the lock file has it, in base64.</param>
    /// <param name="IsShipped">The program carries it; false: tests, benchmarks or the build alone.</param>
    sealed record Component(string Name, string Version, string Sha512, bool IsShipped, IReadOnlySet<string> Needs);

    /// <summary>Packages that build or test and are in no program, although a project of the program names them.</summary>
    static readonly string[] BuildOnly = ["Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    public static byte[] Draw()
    {
        var components = Components();
        var unknown = components.Where(one => !Licences.ContainsKey(one.Name)).Select(one => one.Name).ToList();
        if (unknown.Count > 0) throw new InvalidOperationException($"Without a licence in BillOfMaterials: {string.Join(", ", unknown)}.");
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WriteStartObject("component");
            json.WriteString("type", "application");
            json.WriteString("bom-ref", "payengine");
            json.WriteString("name", "PaymentEngine");
            json.WriteString("version", ProgramVersion());
            json.WriteStartArray("licenses");
            WriteLicence(json, "Apache-2.0");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("components");
            foreach (var one in components) WriteComponent(json, one);
            json.WriteEndArray();
            json.WriteStartArray("dependencies");
            WriteNeeds(json, "payengine", components.Where(one => one.IsShipped && !components.Any(other => other.IsShipped && other.Needs.Contains(one.Name))));
            foreach (var one in components) WriteNeeds(json, Url(one), components.Where(other => one.Needs.Contains(other.Name) && other.IsShipped == one.IsShipped || one.Needs.Contains(other.Name) && other.IsShipped));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. bytes.WrittenSpan, (byte)'\n'];
    }

    static List<Component> Components()
    {
        var found = new Dictionary<(string Name, string Version), Component>();
        foreach (var folder in (string[])["src", "tests", "benchmarks"])
            foreach (var file in Repository.Files(folder, "packages.lock.json"))
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(file));
                foreach (var framework in document.RootElement.GetProperty("dependencies").EnumerateObject())
                    foreach (var package in framework.Value.EnumerateObject())
                    {
                        if (package.Value.GetProperty("type").GetString() == "Project") continue;
                        var key = (package.Name, package.Value.GetProperty("resolved").GetString()!);
                        var hash = package.Value.GetProperty("contentHash").GetString()!;
                        var needs = package.Value.TryGetProperty("dependencies", out var named) ? named.EnumerateObject().Select(one => one.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) : [];
                        var shipped = folder == "src" && !BuildOnly.Contains(package.Name);
                        if (!found.TryGetValue(key, out var known)) found[key] = new Component(key.Name, key.Item2, hash, shipped, needs);
                        else if (known.Sha512 != hash) throw new InvalidOperationException($"{key.Name} {key.Item2} has two content hashes: {file} differs from another lock file.");
                        else found[key] = known with { IsShipped = known.IsShipped || shipped };
                    }
            }

        return [.. found.Values.OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.Version, StringComparer.Ordinal)];
    }

    static void WriteComponent(Utf8JsonWriter json, Component one)
    {
        json.WriteStartObject();
        json.WriteString("type", "library");
        json.WriteString("bom-ref", Url(one));
        json.WriteString("name", one.Name);
        json.WriteString("version", one.Version);
        json.WriteString("scope", one.IsShipped ? "required" : "excluded");
        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", "SHA-512");
        json.WriteString("content", Convert.ToHexStringLower(Convert.FromBase64String(one.Sha512)));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("licenses");
        WriteLicence(json, Licences[one.Name]);
        json.WriteEndArray();
        json.WriteString("purl", Url(one));
        json.WriteEndObject();
    }

    static void WriteLicence(Utf8JsonWriter json, string licence)
    {
        json.WriteStartObject();
        if (licence.Contains(' ', StringComparison.Ordinal))
        {
            json.WriteString("expression", licence);
        }
        else
        {
            json.WriteStartObject("license");
            json.WriteString("id", licence);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    static void WriteNeeds(Utf8JsonWriter json, string from, IEnumerable<Component> needs)
    {
        json.WriteStartObject();
        json.WriteString("ref", from);
        json.WriteStartArray("dependsOn");
        foreach (var one in needs) json.WriteStringValue(Url(one));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static string Url(Component one) => $"pkg:nuget/{one.Name}@{one.Version}";

    static string ProgramVersion() =>
        System.Text.RegularExpressions.Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"), Encoding.UTF8), "<Version>([^<]+)</Version>").Groups[1].Value;

    static Dictionary<string, string> Read(string lines)
    {
        var licences = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var licence = "";
        foreach (var line in lines.Split('\n'))
        {
            var names = line;
            if (line.Length > 0 && line[0] != ' ') (licence, names) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            foreach (var name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) licences[name] = licence;
        }

        return licences;
    }
}
