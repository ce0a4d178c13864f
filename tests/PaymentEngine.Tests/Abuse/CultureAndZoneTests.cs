using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.Spreadsheets;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse cases 22 and 23: the settings of whoever's machine it is, and the hours around the end of a month.</summary>
public sealed class CultureAndZoneTests : IDisposable
{
    static readonly string[] Cultures = ["", "vi-VN", "en-US", "de-DE", "tr-TR", "th-TH", "ar-SA"];
    static readonly string[] Zones = ["UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "Antarctica/Troll"];

    readonly string folder = Directory.CreateTempSubdirectory("pe-culture-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    sealed class StandingClock(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }

    static async Task<string> SaidAsync(Instant now, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var context = new CommandContext(args, new StandingClock(now), Settings.From(_ => null), output, error);
        var exit = await PayEngine.RunAsync(args, context, CancellationToken.None);
        return $"{exit}\n{output}\n{error}";
    }

    /// <summary>The culture the machine is set to, which the product never reads: that is what is tested.</summary>
    static CultureInfo Machine
    {
#pragma warning disable RS0030 // The one place that sets what nothing may read.
        get => CultureInfo.CurrentCulture;
        set => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (value, value);
#pragma warning restore RS0030
    }

    [Fact]
    public async Task AbuseCase22_Culture_and_separators_seven_cultures_give_the_same_bytes_and_the_same_refusals()
    {
        var now = Instant.FromUtc(2026, 11, 26, 2, 0);
        var told = new Dictionary<string, string>();
        foreach (var culture in Cultures)
        {
            var before = Machine;
            Machine = CultureInfo.GetCultureInfo(culture);
            try
            {
                var all = new StringBuilder();
                var here = Path.Combine(folder, "c" + culture);
                all.Append((await SaidAsync(now, "generate", "--recipients", "30", "--seed", "5", "--month", "2026-11", "--out", here, "--json")).Replace(here, "", StringComparison.Ordinal));
                foreach (var file in Directory.GetFiles(here).Order(StringComparer.Ordinal)) all.AppendLine(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
                foreach (var form in new[] { "--json", "--quiet" })
                    all.Append(await SaidAsync(now, "entitlement", "--people", Path.Combine(here, "people.csv"), "--awards", Path.Combine(here, "awards.csv"), "--month", "2026-11", form));
                foreach (var profile in BankProfiles.All)
                {
                    using var stream = new MemoryStream();
                    all.AppendLine(PaymentFileFormats.Write(stream, PaymentListTests.FileOf(PaymentListTests.Payment(1, 1_500_000), PaymentListTests.Payment(2, 12_345_678)), profile).Sha256);
                }

                // 500.000 is five hundred thousand, five hundred, or a question; for us it is a question whatever the machine says.
                foreach (var amount in new[] { "500.000", "500,000", "500 000", "1.5", "٥٠٠", "５００", "1e5", "+5", "(500)", "500đ" })
                {
                    using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes($"person_id;full_name;birth;province_code;commune_code;other_income_vnd\nP1;An;1950;40;40001;{amount}\n")), "people.csv");
                    Assert.Empty(reading);
                    all.AppendLine(Assert.Single(reading.Refusals.Kept).ToString());
                }

                told[culture] = all.ToString();
            }
            finally
            {
                Machine = before;
            }
        }

        Assert.All(told.Values, text => Assert.Equal(told[""], text));
        Assert.Contains("\"recipients\"", told[""], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-10-31T16:59:59Z", "2026-10-31")]
    [InlineData("2026-10-31T17:00:00Z", "2026-11-01")]
    [InlineData("2026-10-31T23:30:00Z", "2026-11-01")]
    [InlineData("2026-12-31T16:59:59Z", "2026-12-31")]
    [InlineData("2026-12-31T23:30:00Z", "2027-01-01")]
    [InlineData("2028-02-28T16:59:59Z", "2028-02-28")]
    [InlineData("2028-02-28T23:30:00Z", "2028-02-29")]
    [InlineData("2028-02-29T23:30:00Z", "2028-03-01")]
    public async Task AbuseCase23_Time_zone_month_edge_the_day_is_that_of_Viet_Nam(string instant, string day)
    {
        var now = NodaTime.Text.InstantPattern.General.Parse(instant).Value;
        Assert.Equal(day, NodaTime.Text.LocalDatePattern.Iso.Format(PaymentFiles.DayOf(now)));
        // Where nobody names a month it is this month of Viet Nam; what was known is what was known by today there.
        var here = Path.Combine(folder, "edge");
        Assert.Contains($"\"month\":\"{day[..7]}\"", await SaidAsync(now, "generate", "--recipients", "2", "--out", here, "--json"), StringComparison.Ordinal);
        if (!instant.Contains("23:30", StringComparison.Ordinal) || now > Instant.FromUtc(2028, 2, 28, 23, 59)) return;
        string Entitlement(string? asOf) => string.Join(' ', "entitlement", "--people", Path.Combine(here, "people.csv"), "--awards", Path.Combine(here, "awards.csv"), "--month", day[..7], "--json", asOf is null ? "" : "--as-of " + asOf).TrimEnd();
        Assert.Equal(await SaidAsync(now, Entitlement(day).Split(' ')), await SaidAsync(now, Entitlement(null).Split(' ')));
    }

    [Fact]
    public void AbuseCase23_Time_zone_month_edge_six_zones_of_the_machine_print_the_same()
    {
        var people = Path.Combine(folder, "people.csv");
        var awards = Path.Combine(folder, "awards.csv");
        File.WriteAllText(people, "person_id,full_name,birth,death,province_code,commune_code,poverty,supporter\np1,Nguyễn Thị Sáu,1950-11-05,2026-10-31,40,17329,poor,none\np2,Lê Văn Bảy,1946-11-01,,40,17329,poor,none\n");
        File.WriteAllText(awards, "award_id,person_id,programme,category,decided_on\na1,p1,BTXH,k5a,2015-03-20\na2,p2,BTXH,k5a,2026-10-31\n");
        var said = Zones.Select(zone =>
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "payengine.dll"), "entitlement", "--people", people, "--awards", awards, "--month", "2026-09..2026-12", "--as-of", "2026-11-24", "--json"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            };
            foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PAYENGINE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
            start.Environment["PAYENGINE_HOME"] = folder;
            start.Environment["TZ"] = zone;
            using var program = Process.Start(start)!;
            var errors = program.StandardError.ReadToEndAsync();
            var output = program.StandardOutput.ReadToEnd();
            program.WaitForExit();
            Assert.True(program.ExitCode == 0, errors.Result);
            return output;
        }).ToList();
        Assert.All(said, text => Assert.Equal(said[0], text));
        Assert.Contains("\"2026-11\"", said[0], StringComparison.Ordinal);
    }
}
