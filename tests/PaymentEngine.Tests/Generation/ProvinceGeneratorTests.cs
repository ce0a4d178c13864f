using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Generation;

public sealed class ProvinceGeneratorTests
{
    static readonly YearMonth October = new(2026, 10);

    [Fact]
    public void Every_generated_file_reads_without_a_problem_and_the_files_agree()
    {
        var files = new MemoryFiles();
        var made = ProvinceGenerator.Generate(new GenerationOptions(3_000, 7, October) { AccountRatePercent = 65 }, files.Create);
        var check = new RegisterCrossCheck();

        var people = Read(RegisterFiles.ReadPeople(files.Open("people.csv"), "people.csv"), row => check.Add("people.csv", row));
        var awards = Read(RegisterFiles.ReadAwards(files.Open("awards.csv"), "awards.csv"), row => check.Add("awards.csv", row));
        var payees = Read(RegisterFiles.ReadPayees(files.Open("payees.csv"), "payees.csv"), row => check.Add("payees.csv", row));
        var areas = Read(RegisterFiles.ReadAreas(files.Open("areas.csv"), "areas.csv"), _ => { });
        var payers = Read(RegisterFiles.ReadPayers(files.Open("payers.csv"), "payers.csv"), _ => { });
        Read(RegisterFiles.ReadLocalStandards(files.Open("local-standards.csv"), "local-standards.csv"), _ => { });
        check.Finish(_ => false, _ => false);

        Assert.Equal(0, check.Refusals.Count);
        Assert.Equal(0, check.Warnings.Count);
        Assert.Equal(3_000, awards.Select(award => award.PersonId).Distinct().Count());
        Assert.Equal((made.People, made.Awards, made.Payees), (people.Count, awards.Count, payees.Count));
        Assert.Equal(people.OrderBy(p => p.CommuneCode, StringComparer.Ordinal).ThenBy(p => p.PersonId, StringComparer.Ordinal).Select(p => p.PersonId), people.Select(p => p.PersonId));
        Assert.Superset(people.Select(p => p.CommuneCode).ToHashSet(), areas.Select(a => a.CommuneCode).ToHashSet());
        Assert.Equal([Programme.Ncc, Programme.Btxh, Programme.Htxh], payers.SelectMany(payer => payer.Programmes));
        Assert.All(payers, payer => Assert.Equal(October, payer.CountsFrom));
    }

    [Fact]
    public void The_shape_is_that_of_the_published_figures()
    {
        var files = new MemoryFiles();
        ProvinceGenerator.Generate(new GenerationOptions(20_000, 3, October), files.Create);
        var people = Read(RegisterFiles.ReadPeople(files.Open("people.csv"), "people.csv"), _ => { }).ToDictionary(p => p.PersonId);
        var awards = Read(RegisterFiles.ReadAwards(files.Open("awards.csv"), "awards.csv"), _ => { });
        var payees = Read(RegisterFiles.ReadPayees(files.Open("payees.csv"), "payees.csv"), _ => { }).Where(p => p.AwardId is null).ToList();

        var merit = awards.Where(a => a.Programme == Programme.Ncc).Select(a => a.PersonId).Distinct().Count();
        Assert.InRange(merit, 20_000 * 0.305, 20_000 * 0.335); // 63,853 of 198,619
        Assert.InRange(awards.Count(a => a.Programme == Programme.Htxh), 6_800, 8_400);
        Assert.InRange(payees.Count(p => p.Channel != PayoutChannel.Cash), 20_000 * 0.040, 20_000 * 0.058); // 14,301 of 294,015
        Assert.InRange(payees.Count(p => p.AccountNo is not null), 20_000 * 0.73, 20_000 * 0.77); // about 220,000 of 294,015
        var old = people.Values.Where(p => p.Birth.Year < 1960).ToList();
        Assert.InRange(old.Count(p => p.Birth.IsYearOnly), old.Count * 0.12, old.Count * 0.18);
        Assert.Contains(payees.Where(p => p.AccountNo is not null && p.Role == PayeeRole.Guardian).GroupBy(p => p.AccountNo), account => account.Count() is 2 or 3);
        Assert.Contains(awards, a => a is { Category: "TB", DegreePct: >= 81, AtHome: true });

        var letters = people.Values.SelectMany(p => p.FullName.ToLowerInvariant()).ToHashSet();
        Assert.Empty("aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ".Except(letters));
        Assert.Contains("full_name", Encoding.UTF8.GetString(files.Bytes("people.csv")), StringComparison.Ordinal);
        Assert.False(Encoding.UTF8.GetString(files.Bytes("people.csv")).IsNormalized(NormalizationForm.FormC), "some rows of the file are decomposed");
        Assert.All(people.Values, p => Assert.True(p.FullName.IsNormalized(NormalizationForm.FormC)));
    }

    [Fact]
    public void Thanh_Hoa_has_fewer_accounts_and_more_people_without_an_identity_number()
    {
        var files = new MemoryFiles();
        ProvinceGenerator.Generate(new GenerationOptions(10_000, 3, October) { ProvinceCode = "38" }, files.Create);
        var people = Read(RegisterFiles.ReadPeople(files.Open("people.csv"), "people.csv"), _ => { });
        var payees = Read(RegisterFiles.ReadPayees(files.Open("payees.csv"), "payees.csv"), _ => { }).Where(p => p.AwardId is null).ToList();

        Assert.InRange(people.Count(p => p.IdNumber is not null), people.Count * 0.88, people.Count * 0.91); // 227,080 of 253,582
        Assert.InRange(payees.Count(p => p.AccountNo is not null), payees.Count * 0.105, payees.Count * 0.13); // 29,698 of 253,582
        Assert.InRange(payees.Count(p => p.Channel != PayoutChannel.Cash), payees.Count * 0.06, payees.Count * 0.085); // 18,175 of 253,582
    }

    [Theory]
    [InlineData("vi-VN")]
    [InlineData("tr-TR")]
    [InlineData("th-TH")]
    public void The_same_seed_gives_the_same_bytes_in_every_culture(string culture)
    {
        var options = new GenerationOptions(1_500, 11, October) { AccountRatePercent = 40, WithPoor = true };
        var here = Hashes(options);

        var there = InCulture(culture, () => Hashes(options));

        Assert.Equal(here, there);
        Assert.NotEqual(here, Hashes(options with { Seed = 12 }));
    }

    [Fact]
    public void Poor_people_without_an_award_come_only_when_asked_for()
    {
        var files = new MemoryFiles();
        var made = ProvinceGenerator.Generate(new GenerationOptions(2_000, 5, October) { WithPoor = true }, files.Create);

        Assert.Equal(2_000, made.Recipients);
        Assert.InRange(made.People, 2_700, 3_200); // 95,396 for 198,619 recipients
    }

    [Fact]
    public void The_changes_of_the_next_month_are_new_rows_of_the_same_register()
    {
        var options = new GenerationOptions(10_000, 9, October) { AccountRatePercent = 65 };
        var (files, changes) = (new MemoryFiles(), new MemoryFiles());
        ProvinceGenerator.Generate(options, files.Create);
        ProvinceGenerator.NextMonthChanges(options, changes.Create);
        var check = new RegisterCrossCheck();
        var before = Read(RegisterFiles.ReadPeople(files.Open("people.csv"), "people.csv"), row => check.Add("people.csv", row)).ToDictionary(p => p.PersonId);
        Read(RegisterFiles.ReadAwards(files.Open("awards.csv"), "awards.csv"), row => check.Add("awards.csv", row));

        var people = Read(RegisterFiles.ReadPeople(changes.Open("people.csv"), "changes/people.csv"), row => check.Add("changes/people.csv", row));
        var awards = Read(RegisterFiles.ReadAwards(changes.Open("awards.csv"), "changes/awards.csv"), row => check.Add("changes/awards.csv", row));
        var payees = Read(RegisterFiles.ReadPayees(changes.Open("payees.csv"), "changes/payees.csv"), row => check.Add("changes/payees.csv", row));
        check.Finish(_ => false, _ => false);

        Assert.Equal(0, check.Refusals.Count);
        var added = people.Where(p => !before.ContainsKey(p.PersonId)).ToList();
        Assert.Equal(100, added.Count);
        Assert.InRange(people.Count(p => p.Death is not null), 35, 90);
        Assert.Contains(people, p => p.Death is { } death && death.ToYearMonth() == new YearMonth(2026, 8));
        Assert.InRange(people.Count(p => before.TryGetValue(p.PersonId, out var old) && old.CommuneCode != p.CommuneCode), 50, 110);
        Assert.InRange(awards.Count(a => a.LastMonth is not null), 15, 50);
        Assert.Contains(awards, a => a is { Category: "TB", FactsFrom: not null });
        Assert.InRange(payees.Count(p => p.To is null && p.Wish == Wish.Yes), 60, 300);
        Assert.All(people.Select(p => p.RecordedOn).Concat(awards.Select(a => a.RecordedOn)), day => Assert.True(day >= new LocalDate(2026, 10, 17) && day <= new LocalDate(2026, 10, 24)));
    }

    [Fact]
    public void Options_that_cannot_be_generated_are_refused()
    {
        var good = new GenerationOptions(1, 1, October);

        Assert.True(good.Checked().IsOk);
        Assert.Equal("generate.recipients", (good with { Recipients = 0 }).Checked().Problems[0].Code);
        Assert.Equal("generate.month", (good with { Month = new YearMonth(2025, 9) }).Checked().Problems[0].Code);
        Assert.Equal("generate.account_rate", (good with { AccountRatePercent = 101 }).Checked().Problems[0].Code);
        Assert.Equal("generate.province", (good with { ProvinceCode = "01" }).Checked().Problems[0].Code);
    }

    static List<T> Read<T>(RegisterReading<T> reading, Action<RegisterRow<T>> also)
    {
        using (reading)
        {
            var values = new List<T>();
            foreach (var row in reading)
            {
                also(row);
                values.Add(row.Value);
            }

            Assert.True(reading.IsClean, string.Join('\n', reading.Refusals.Kept.Take(5)));
            return values;
        }
    }

    static string Hashes(GenerationOptions options)
    {
        var (files, changes) = (new MemoryFiles(), new MemoryFiles());
        ProvinceGenerator.Generate(options, files.Create);
        ProvinceGenerator.NextMonthChanges(options, changes.Create);
        return files.Hashes + changes.Hashes;
    }

    static T InCulture<T>(string name, Func<T> work)
    {
        var answer = default(T);
        var thread = new Thread(() => answer = work());
        thread.CurrentCulture = thread.CurrentUICulture = CultureInfo.GetCultureInfo(name);
        thread.Start();
        thread.Join();
        return answer!;
    }

    sealed class MemoryFiles
    {
        readonly SortedDictionary<string, MemoryStream> files = new(StringComparer.Ordinal);

        public string Hashes => string.Join(' ', files.Select(file => $"{file.Key}:{Convert.ToHexString(SHA256.HashData(file.Value.ToArray()))}"));

        public Stream Create(string name) => files[name] = new MemoryStream();

        public byte[] Bytes(string name) => files[name].ToArray();

        public MemoryStream Open(string name) => new MemoryStream(Bytes(name));
    }
}
