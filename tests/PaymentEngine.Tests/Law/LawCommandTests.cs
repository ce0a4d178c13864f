using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Tests.Law;

/// <summary><c>payengine law show</c> and <c>check</c>, and a decree checked on single cases, without a store.</summary>
public sealed class LawCommandTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("law-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("2023-09-04", "2055000", 0)]
    [InlineData("2023-09-05", "2055000", 1)]
    public async Task Show_says_what_counts_for_a_month_as_known_on_a_day(string asOf, string value, int count)
    {
        var (exit, json) = await Run(null, "law", "show", "NCC_STD", "--month", "2023-07", "--as-of", asOf);
        Assert.Equal(0, exit);
        var row = json.GetProperty("values").EnumerateArray().Single();
        Assert.Equal(count == 1, row.GetProperty("value").GetString() == value);
        Assert.Equal(count == 1 ? "55/2023/NĐ-CP" : "75/2021/NĐ-CP", row.GetProperty("instrument").GetString());
        Assert.NotEmpty(row.GetProperty("source").GetString()!);
    }

    [Fact]
    public async Task Show_without_a_code_lists_every_row_and_an_unknown_code_is_refused()
    {
        var (exit, json) = await Run(null, "law", "show");
        Assert.Equal((0, LawFiles.LoadEmbedded().Rows.Count), (exit, json.GetProperty("values").GetArrayLength()));
        var (refused, why) = await Run(null, "law", "show", "NCC.XYZ");
        Assert.Equal((3, "law.unknown_code"), (refused, why.GetProperty("problems")[0].GetProperty("code").GetString()));
        Assert.Equal(2, (await Run(null, "law", "show", "--month", "7/2026")).Exit);
    }

    [Fact]
    public async Task Check_takes_the_programs_own_law_a_whole_folder_or_the_files_of_a_decree()
    {
        var own = await Run(null, "law", "check");
        Assert.Equal((0, LawFiles.LoadEmbedded().ContentHash), (own.Exit, own.Json.GetProperty("law").GetString()));
        var whole = await Run(null, "law", "check", Decrees.Write(Path.Combine(folder, "law"), LawFiles.ReadEmbedded()));
        Assert.Equal((0, LawFiles.LoadEmbedded().ContentHash), (whole.Exit, whole.Json.GetProperty("law").GetString()));
        var decree = await Run(Decrees.ReleaseWithout("335/2026/NĐ-CP"), "law", "check", Decrees.Write(Path.Combine(folder, "335"), Decrees.FilesOf("335/2026/NĐ-CP", new LocalDate(2026, 10, 5))));
        Assert.Equal((0, "checked"), (decree.Exit, decree.Json.GetProperty("state").GetString()));
        // 24 coefficients of its own, 2 of other codes, 2 standards, 4 one-time amounts with the rows they end, and the group that is cut at 75.
        Assert.True(decree.Json.GetProperty("changes").GetArrayLength() >= 30);
        Assert.Equal((3, "file.missing"), Code(await Run(null, "law", "check", Path.Combine(folder, "không-có.csv"))));
        Directory.CreateDirectory(Path.Combine(folder, "trống"));
        Assert.Equal((3, "law.empty_folder"), Code(await Run(null, "law", "check", Path.Combine(folder, "trống"))));
        await File.WriteAllTextAsync(Path.Combine(folder, "hỏng.csv"), "standard_code,name_vi,amount_vnd\n\"BTXH_STD,x");
        Assert.Equal(3, (await Run(null, "law", "check", Path.Combine(folder, "hỏng.csv"))).Exit);
    }

    [Fact]
    public async Task Decree_55_2023_checked_on_a_case_before_it_is_loaded_owes_July_to_September_2023()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "people.csv"), "person_id,full_name,birth,facts_from,recorded_on,province_code,commune_code\np1,Trần Văn Tám,1950-03-01,,,40,17329\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "awards.csv"), "award_id,person_id,programme,category,decided_on,degree_pct,class\na1,p1,NCC,TB,2010-03-20,45,A\n");
        var before = Decrees.ReleaseWithout("55/2023/NĐ-CP", "77/2024/NĐ-CP", "321/2026/NĐ-CP");
        string[] question = ["entitlement", "--month", "2023-10", "--people", Path.Combine(folder, "people.csv"), "--awards", Path.Combine(folder, "awards.csv"), "--as-of", "2023-09-25"];
        // 75/2021, Phụ lục II: 45 % is 2,343,000 a month; nothing is owed.
        Assert.Equal([("regular", "2023-10", 2_343_000L)], Lines(await Run(before, question)));
        var decree = Decrees.Write(Path.Combine(folder, "55-2023"), Decrees.FilesOf("55/2023/NĐ-CP", new LocalDate(2023, 9, 5)));
        // In force 05/09/2023 and counting from 01/07/2023: 2,965,000; three lists had closed at 2,343,000, each month owes 622,000.
        Assert.Equal([("arrears", "2023-07", 622_000L), ("arrears", "2023-08", 622_000), ("arrears", "2023-09", 622_000), ("regular", "2023-10", 2_965_000)], Lines(await Run(before, [.. question, "--law", decree])));
        // The list of September closed on 25 August: the decree was not known.
        question[2] = "2023-09";
        question[^1] = "2023-08-25";
        Assert.Equal([("regular", "2023-09", 2_343_000L)], Lines(await Run(before, [.. question, "--law", decree])));
        // A decree that is not sound is refused, and nothing is computed.
        var lines = (await File.ReadAllTextAsync(Path.Combine(decree, "standards", "ncc-standard.csv"))).Replace(",2055000,", ",2055000.5,", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(decree, "standards", "ncc-standard.csv"), lines);
        Assert.Equal((3, "law.malformed_number"), Code(await Run(before, [.. question, "--law", decree])));
    }

    static (int, string?) Code((int Exit, JsonElement Json) answer) => (answer.Exit, answer.Json.GetProperty("problems")[0].GetProperty("code").GetString());

    static List<(string, string, long)> Lines((int Exit, JsonElement Json) answer)
    {
        Assert.True(answer.Exit == 0, answer.Json.ToString());
        return [.. answer.Json.GetProperty("recipients")[0].GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("kind").GetString()!, line.GetProperty("month").GetString()!, line.GetProperty("amount_vnd").GetInt64()))];
    }

    async Task<(int Exit, JsonElement Json)> Run(LawBook? release, params string[] args)
    {
        using var output = new StringWriter();
        var context = new CommandContext([.. args, "--json"], new FixedClock(InstantPattern.General.Parse("2026-11-21T02:00:00Z").Value), Settings.From(name => name == "PAYENGINE_HOME" ? folder : null), output, TextWriter.Null)
        {
            Law = release ?? LawFiles.LoadEmbedded(),
        };
        var exit = await PayEngine.RunAsync([.. args, "--json"], context, CancellationToken.None);
        return (exit, JsonDocument.Parse(output.ToString()).RootElement);
    }

    sealed class FixedClock(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }
}
