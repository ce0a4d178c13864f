using System.Globalization;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Register;

/// <summary>The real program, killed in the middle of an import, then started again with the same command.</summary>
[Collection(RegisterCollection.Name)]
public sealed class RegisterCrashTests(ScratchCluster scratch)
{
    static readonly int EveryActions = CrashPoints.Every(13);
    const int Killed = 137;

    [PostgresFact]
    public async Task An_import_killed_anywhere_and_given_again_has_the_rows_of_one_that_ran_through()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var files = world.Small();
        await world.ImportedAsync(files);
        var whole = await ComparableAsync(world.Database);
        // One home and one database in which somebody is logged in; each crash gets copies of both.
        var prepared = await scratch.CloneAsync();
        var origin = Directory.CreateDirectory(Path.Combine(world.Folder, "home")).FullName;
        var login = new Dictionary<string, string> { ["PAYENGINE_HOME"] = origin, ["PAYENGINE_DB"] = prepared };
        var password = world.Write("password", "bon-tu-roi-rac");
        Done(await TheProgram.RunAsync(login, "user", "add", "an", "--name", "Nguyễn Thị An", "--role", "administrator,maker", "--province", "40", "--password-file", password));
        Done(await TheProgram.RunAsync(login, "login", "an", "--password-file", password));
        var crashes = 0;
        for (var at = EveryActions; ; at += EveryActions)
        {
            var text = await scratch.CloneAsync(prepared);
            var home = Path.Combine(world.Folder, string.Create(CultureInfo.InvariantCulture, $"home-{at}"));
            Copy(origin, home);
            var environment = new Dictionary<string, string> { ["PAYENGINE_HOME"] = home, ["PAYENGINE_DB"] = text };
            var first = await TheProgram.RunAsync(new Dictionary<string, string>(environment) { ["PAYENGINE_CRASH_AT"] = at.ToString(CultureInfo.InvariantCulture) }, ["register", "import", .. files]);
            await using var database = (await Database.OpenAsync(scratch.Home, text, new ActionCounter(), null, CancellationToken.None)).Value;
            if (first.Exit == Killed)
            {
                crashes++;
                Assert.Contains((await ComparableAsync(database)).Count, new[] { 0, whole.Count });
                Done(await TheProgram.RunAsync(environment, ["register", "import", .. files]));
            }
            else
            {
                Done(first);
            }
            Assert.Equal(whole, await ComparableAsync(database));
            if (first.Exit != Killed) break;
        }
        Assert.True(crashes >= 5, $"Only {crashes} crashes: the import was not stopped in the middle.");
    }

    // The program's home has a tag key of its own, so equal numbers have other tags there.
    static async Task<IReadOnlyList<string>> ComparableAsync(Database database) =>
        [.. (await RegisterWorld.RowsAsync(database)).Select(row => System.Text.RegularExpressions.Regex.Replace(row, "\"(account|id_number)_tag\": \"[^\"]*\"", ""))];

    static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Copy(file, copy);
        }
    }

    static void Done((int Exit, string Out, string Error) answer) => Assert.True(answer.Exit == 0, answer.Out + answer.Error);
}
