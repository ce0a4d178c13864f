namespace PaymentEngine.Tests.Iso20022;

/// <summary>The official schemas and the samples of others are not ours to ship: tests that need them skip, visibly, where they are not at hand.</summary>
static class OfficialSchemas
{
    /// <summary>The folder with files like pain.001.001.09.xsd, or null.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("PAYENGINE_XSD") is { Length: > 0 } named && Directory.Exists(named) ? named : Beside("xsd");

    /// <summary>The folder with the eight sample files and their index.csv, or null.</summary>
    public static string? FindSamples() =>
        Beside("samples") ?? (Find() is { } xsd && Directory.Exists(Path.Combine(xsd, "..", "samples")) ? Path.Combine(xsd, "..", "samples") : null);

    static string? Beside(string folder)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "PaymentEngine.sln"))) continue;
            var path = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "iso20022", folder));
            return Directory.Exists(path) ? path : null;
        }

        return null;
    }
}

/// <summary>A test that needs the official schemas.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OfficialSchemaFactAttribute : FactAttribute
{
    public OfficialSchemaFactAttribute()
    {
        if (OfficialSchemas.Find() is null) Skip = "The official ISO 20022 schemas are not at hand (PAYENGINE_XSD names their folder).";
    }
}

/// <summary>A test that needs the sample files made by others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SamplesFactAttribute : FactAttribute
{
    public SamplesFactAttribute()
    {
        if (OfficialSchemas.FindSamples() is null) Skip = "The sample files made by others are not at hand.";
    }
}
