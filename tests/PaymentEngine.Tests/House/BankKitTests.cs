using System.Diagnostics;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Tests.House;

/// <summary>docs/bank-kit.md says what the program does: its examples are drawn, its commands are run.</summary>
public sealed class BankKitTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-bank-kit-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static string PagePath => Path.Combine(Repository.Root, "docs", "bank-kit.md");

    [Fact]
    public void The_page_is_what_the_program_draws()
    {
        var page = File.ReadAllText(PagePath);
        var drawn = BankKitPage.Draw(page);
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(PagePath, drawn);
        Assert.Equal(drawn, File.ReadAllText(PagePath));
    }

    [Fact]
    public void Its_example_is_a_file_we_would_release()
    {
        var bytes = BankKitPage.ExampleFile(out var written);
        Assert.Empty(OurSchema.CheckPain001(new MemoryStream(bytes)));
        Assert.Equal(written.ListHash, Pain001Reader.ReadBack(new MemoryStream(bytes)).Value.ListHash);
    }

    [Fact]
    public void Its_commands_check_what_they_say_and_see_a_changed_byte()
    {
        var keys = KeyFolder.Open(Path.Combine(folder, "keys"), SystemClock.Instance).Value;
        var manifest = BankKitPage.ExampleManifest();
        var xml = Path.Combine(folder, BankKitPage.FileName);
        File.WriteAllBytes(xml, BankKitPage.ExampleFile(out _));
        File.WriteAllBytes(Path.ChangeExtension(xml, ".json"), manifest);
        using (var certificate = keys.SigningCertificate()) File.WriteAllBytes(xml[..^4] + ".json.p7s", ManifestSignature.Sign(manifest, certificate, Instant.FromUtc(2026, 11, 2, 1, 30)));
        File.Copy(Path.Combine(keys.Folder, "signing.crt"), Path.Combine(folder, "payer.crt"));

        var commands = BankKitPage.Commands(File.ReadAllText(PagePath));
        Assert.Equal((0, BankKitPage.Id(1).ToString()), Run(commands["check"]));
        Assert.True(InstructionId.Parse(Run(commands["check"]).Out).IsOk);
        var fingerprint = Run(commands["fingerprint"]);
        Assert.Equal(0, fingerprint.Exit);
        Assert.Matches("Fingerprint=([0-9A-F]{2}:){31}[0-9A-F]{2}$", fingerprint.Out);
        Assert.Equal(0, Run(commands["signature"]).Exit);
        Assert.Equal((0, "same"), Run(commands["hash"]));
        Assert.Equal((0, "3 2500000"), Run(commands["sums"]));

        File.AppendAllText(xml, "\n");
        Assert.Equal((1, ""), Run(commands["hash"]));
        File.AppendAllText(Path.ChangeExtension(xml, ".json"), " ");
        Assert.NotEqual(0, Run(commands["signature"]).Exit);
    }

    (int Exit, string Out) Run(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = shell.StandardError.ReadToEndAsync();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        _ = errors.Result;
        return (shell.ExitCode, output.TrimEnd('\n'));
    }
}
