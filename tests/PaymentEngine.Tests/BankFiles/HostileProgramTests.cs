using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace PaymentEngine.Tests.BankFiles;

/// <summary>Files made to do harm, given to the real program in a process whose memory is bounded by the runtime itself: it refuses them within it.</summary>
public sealed class HostileProgramTests : IDisposable
{
    /// <summary>Bytes of the whole managed heap; what the runtime and the code take beside it is some 40 MB, so that the process stays under 100 MB.</summary>
    const int HeapMax = 48 << 20;

    const string Begins = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt><Id>1</Id>";
    const string Ends = "</Stmt></BkToCstmrStmt></Document>";
    readonly string folder = Directory.CreateTempSubdirectory("pe-hostile-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_program_refuses_a_bomb_within_its_memory()
    {
        var path = Path.Combine(folder, "answer.xml.gz");
        using (var packing = new GZipStream(File.Create(path), CompressionLevel.SmallestSize)) new RepeatedStream(Begins, new string(' ', 1000), 200_000, Ends).CopyTo(packing);
        Assert.Equal("bank_file.packed_too_large", Refusal(path));
    }

    [Fact]
    public void The_program_refuses_nesting_without_an_end_within_its_memory()
    {
        var path = Path.Combine(folder, "answer.xml");
        using (var file = File.Create(path)) new RepeatedStream(Begins, "<a>", 200_000, Ends).CopyTo(file);
        Assert.Equal("bank_file.too_deep", Refusal(path));
    }

    [Fact]
    public void The_program_refuses_an_outside_entity_and_a_text_of_a_hundred_megabytes_within_its_memory()
    {
        var path = Path.Combine(folder, "entity.xml");
        File.WriteAllText(path, "<?xml version=\"1.0\"?><!DOCTYPE Document [<!ENTITY x SYSTEM \"http://127.0.0.1:9/x\">]><Document>&x;</Document>", Encoding.UTF8);
        Assert.Equal("bank_file.doctype", Refusal(path));

        path = Path.Combine(folder, "text.xml");
        using (var file = File.Create(path)) new RepeatedStream(Begins + "<Ntry><NtryRef>", new string('x', 1000), 100_000, "</NtryRef></Ntry>" + Ends).CopyTo(file);
        Assert.Contains(Refusal(path), (string[])["bank_file.too_large", "bank_file.text_too_long"]);
    }

    /// <summary>The code the program refuses the file with, as <c>bank read --json</c> prints it.</summary>
    string Refusal(string path)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "payengine.dll"), "bank", "read", path, "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PAYENGINE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["PAYENGINE_HOME"] = folder;
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapMax.ToString("X", System.Globalization.CultureInfo.InvariantCulture);
        using var program = Process.Start(start)!;
        var errors = program.StandardError.ReadToEndAsync();
        var output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        Assert.True(program.ExitCode == 3, $"exit {program.ExitCode}: {output} {errors.Result}");
        return JsonDocument.Parse(output).RootElement.GetProperty("problems")[0].GetProperty("code").GetString()!;
    }
}
