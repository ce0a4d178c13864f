using System.Text;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Golden;

/// <summary>Files that were read by a person once and must stay as they are, byte for byte. <c>PAYENGINE_UPDATE_GOLDEN=1</c> writes them anew.</summary>
static class GoldenFile
{
    /// <param name="path">Below <c>Golden</c>: <c>pain.001/two-batches/expected.xml</c>.</param>
    public static void Equal(string path, byte[] bytes)
    {
        var full = Path.Combine(Repository.Root, "tests", "PaymentEngine.Tests", "Golden", path);
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, bytes);
        }

        Assert.True(File.Exists(full), $"{path} is missing; run the tests once with PAYENGINE_UPDATE_GOLDEN=1.");
        Assert.Equal(File.ReadAllText(full), Encoding.UTF8.GetString(bytes));
        Assert.Equal(File.ReadAllBytes(full), bytes);
    }
}
