using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.Postgres;

namespace PaymentEngine.Tests.Files;

public sealed class DiskFilesTests : IDisposable
{
    const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string folder = Directory.CreateTempSubdirectory("payengine-files-").FullName;
    readonly DiskFiles files = new(new ActionCounter());

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string At(string name) => Path.Combine(folder, name);

    string Given(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    [Fact]
    public void What_is_written_and_kept_is_for_its_owner_alone()
    {
        var archive = new Archive(files, At("archive"));
        var kept = archive.Keep(Given("people.csv", "person_id\n")).Value;

        Assert.Equal(OwnerOnlyFile, File.GetUnixFileMode(At(Path.Combine("archive", kept.StoredAs))));
        foreach (var inside in (string[])["archive", Path.GetDirectoryName(Path.Combine("archive", kept.StoredAs))!])
            Assert.Equal(OwnerOnlyFile | UnixFileMode.UserExecute, File.GetUnixFileMode(At(inside)));
        Assert.Equal([kept.StoredAs[..2]], Directory.EnumerateFileSystemEntries(At("archive")).Select(Path.GetFileName)); // nothing half-kept beside it
    }

    [Fact]
    public async Task Many_who_keep_the_same_and_other_files_at_once_lose_nothing()
    {
        var paths = Enumerable.Range(0, 24).Select(i => Given($"{i}.csv", new string((char)('a' + (i % 6)), 200_000))).ToList();
        var kept = await Task.WhenAll(paths.Select(path => Task.Run(() => new Archive(files, At("archive")).Keep(path).Value)));

        Assert.Equal(6, kept.Select(file => file.Hex).Distinct().Count());
        foreach (var (file, path) in kept.Zip(paths))
        {
            using var stored = new StreamReader(new Archive(files, At("archive")).Open(file.StoredAs), Encoding.ASCII);
            Assert.Equal(await File.ReadAllTextAsync(path), await stored.ReadToEndAsync());
        }
    }

    /// <summary>Every command that takes a file says the same of one that cannot be read, and exits with 3.</summary>
    [Theory]
    [InlineData("bank", "read")]
    [InlineData("register", "check")]
    [InlineData("entitlement", "--month", "2026-11", "--awards", "{missing}", "--people")]
    public async Task A_file_that_cannot_be_read_is_refused_with_its_name(params string[] command)
    {
        Directory.CreateDirectory(At("folder"));
        File.CreateSymbolicLink(At("link"), At("nowhere"));
        foreach (var (name, code) in ((string, string)[])[("missing.csv", "file.missing"), ("folder", "file.is_folder"), ("link", "file.missing")])
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] args = [.. command.Select(word => word == "{missing}" ? At("missing.csv") : word), At(name), "--json"];
            var settings = Settings.From(variable => variable is "PAYENGINE_HOME" ? At("home") : null);
            Assert.Equal(ExitCode.Refused, await PayEngine.RunAsync(args, new CommandContext(args, SystemClock.Instance, settings, output, error), CancellationToken.None));
            Assert.Contains($"\"code\":\"{code}\"", output.ToString() + error, StringComparison.Ordinal);
            Assert.Contains(At(name), output.ToString() + error, StringComparison.Ordinal);
        }
    }
}
