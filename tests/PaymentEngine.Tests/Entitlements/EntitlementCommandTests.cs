using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.Tests.Entitlements;

/// <summary>The command as a person calls it: register files in, JSON of the contract out.</summary>
public sealed class EntitlementCommandTests : IDisposable
{
    const string PeopleHeader = "person_id,full_name,birth,facts_from,recorded_on,province_code,commune_code,poverty,supporter,disability";
    const string AwardsHeader = "award_id,person_id,programme,category,decided_on,degree_pct,class,at_home,special";

    readonly string folder = Directory.CreateTempSubdirectory("entitlement-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Arrears_of_the_decree_of_2026_appear_on_the_first_list_that_closed_after_it()
    {
        File("people.csv", PeopleHeader, "p1,Nguyễn Thị Sáu,1950-11-05,,,40,17329,poor,none,none", "p2,Lê Văn Bảy,1960,,,40,17329,,,");
        File("awards.csv", AwardsHeader, "a1,p1,BTXH,k5a,2015-03-20,,,,");
        // October closed on 25 September, before 335/2026 was in force: four months are owed in November.
        var (exit, json) = await Run("2026-11");
        Assert.Equal(0, exit);
        var people = json.RootElement.GetProperty("recipients");
        Assert.Equal(2, people.GetArrayLength());
        Assert.Equal(1_080_000 + (4 * 330_000), people[0].GetProperty("total_vnd").GetInt64());
        Assert.Equal(["award_id", "component", "payee", "month", "kind", "amount_vnd", "source", "status", "text"],
            people[0].GetProperty("lines")[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["arrears", "arrears", "arrears", "arrears", "regular"], people[0].GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("kind").GetString()));
        Assert.Equal(JsonValueKind.Null, people[0].GetProperty("zero_reason").ValueKind);
        Assert.Equal("p2", people[1].GetProperty("person_id").GetString());
        Assert.NotEmpty(people[1].GetProperty("zero_reason").GetString()!);

        // In December they were listed already.
        var december = await Run("2026-12");
        Assert.Equal(1_080_000, december.Json.RootElement.GetProperty("recipients")[0].GetProperty("total_vnd").GetInt64());
    }

    [Theory]
    [InlineData("p2", "")]
    [InlineData("", "p1")]
    [InlineData("p2", "p1")]
    public async Task A_couple_has_one_share_of_care_support_whichever_of_the_two_rows_says_that_they_are_married(string spouseOfFirst, string spouseOfSecond)
    {
        File("people.csv", PeopleHeader + ",spouse_id", "p1,Cao Văn Tư,1990-02-02,,,40,17329,none,none,N," + spouseOfFirst, "p2,Tạ Thị Năm,1992-02-02,,,40,17329,none,none,N," + spouseOfSecond);
        File("awards.csv", AwardsHeader + ",children", "a1,p1,BTXH,CS.MANGTHAI,2026-11-02,,,,,1", "a2,p2,BTXH,CS.MANGTHAI,2026-11-02,,,,,1");
        var (_, json) = await Run("2026-11");
        Assert.Equal([810_000, 0], json.RootElement.GetProperty("recipients").EnumerateArray().Select(person => person.GetProperty("total_vnd").GetInt64())); // 1.5 × 540,000, once
    }

    [Fact]
    public async Task What_paid_csv_says_is_taken_off_and_a_range_puts_no_sum_on_two_lists()
    {
        File("people.csv", PeopleHeader, "p1,Nguyễn Thị Sáu,1950-11-05,,,40,17329,poor,none,none");
        File("awards.csv", AwardsHeader, "a1,p1,BTXH,k5a,2015-03-20,,,,");
        File("paid.csv", "person_id,award_id,month,component,amount_vnd", "p1,a1,2026-07,tro_cap,750000", "p1,a1,2026-08,tro_cap,750000", "p1,a1,2026-09,tro_cap,750000");
        var (_, json) = await Run("2026-10..2026-11", "--paid", Path.Combine(folder, "paid.csv"));
        var lines = json.RootElement.GetProperty("recipients")[0].GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(990_000, lines.Where(line => line.GetProperty("kind").GetString() == "arrears").Sum(line => line.GetProperty("amount_vnd").GetInt64()));
        Assert.Equal(2_160_000, lines.Where(line => line.GetProperty("kind").GetString() == "regular").Sum(line => line.GetProperty("amount_vnd").GetInt64()));
    }

    [Fact]
    public async Task Who_takes_the_money_is_chosen_as_in_a_run_whatever_the_order_of_the_rows()
    {
        File("people.csv", PeopleHeader, "p1,Nguyễn Thị Sáu,1950-11-05,,,40,17329,poor,none,none");
        File("awards.csv", AwardsHeader, "a1,p1,BTXH,k5a,2015-03-20,,,,");
        string[] rows = ["p1,Nguyễn Thị Sáu,self,2026-01-01,,cash", "p1,Nguyễn Văn Bảy,guardian,2025-01-01,,cash", "p1,Lê Văn Chín,authorised,,2026-06-30,cash"];
        foreach (var order in (string[][])[rows, [.. rows.Reverse()]])
        {
            File("payees.csv", ["person_id,payee_name,role,from,to,channel", .. order]);
            var (_, json) = await Run("2026-11", "--payees", Path.Combine(folder, "payees.csv"));
            Assert.All(json.RootElement.GetProperty("recipients")[0].GetProperty("lines").EnumerateArray(), line => Assert.Equal("guardian", line.GetProperty("payee").GetString()));
        }
    }

    [Fact]
    public async Task A_carers_line_says_carer_and_an_unverified_figure_its_status()
    {
        File("people.csv", PeopleHeader, "p1,Trần Văn Tám,1950,,,40,17329,,,");
        File("awards.csv", AwardsHeader, "a1,p1,NCC,TB,2010-03-20,85,A,yes,no");
        var (_, json) = await Run("2026-06");
        Assert.Equal(["self", "self", "carer"], json.RootElement.GetProperty("recipients")[0].GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("payee").GetString()));
        var (_, later) = await Run("2026-10..2026-10");
        Assert.All(later.RootElement.GetProperty("recipients")[0].GetProperty("lines").EnumerateArray(), line => Assert.Equal("derived-unverified", line.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_bad_row_refuses_the_whole_with_exit_3_and_its_place()
    {
        File("people.csv", PeopleHeader, "p1,Trần Văn Tám,19x0,,,40,17329,,,");
        File("awards.csv", AwardsHeader, "a1,p1,NCC,TB,2010-03-20,85,A,yes,no");
        var (exit, json) = await Run("2026-06");
        Assert.Equal(3, exit);
        Assert.Equal(2, json.RootElement.GetProperty("problems")[0].GetProperty("line").GetInt32());
    }

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-11..2026-10")]
    public async Task A_month_that_is_none_is_wrong_usage(string month)
    {
        File("people.csv", PeopleHeader);
        File("awards.csv", AwardsHeader);
        Assert.Equal(2, (await Run(month)).Exit);
    }

    [Fact]
    public async Task From_and_to_say_the_range_and_the_months_after_a_death_are_listed_for_claiming_back()
    {
        File("people.csv", PeopleHeader + ",death", "p1,Nguyễn Thị Sáu,1950-11-05,,,40,17329,poor,none,none,2026-08-20");
        File("awards.csv", AwardsHeader, "a1,p1,BTXH,k5a,2015-03-20,,,,");
        File("paid.csv", "person_id,award_id,month,component,amount_vnd", "p1,a1,2026-08,tro_cap,1080000", "p1,a1,2026-09,tro_cap,1080000", "p1,a1,2026-10,tro_cap,1080000");
        var (exit, json) = await RunArgs("--from", "2026-11", "--to", "2026-12", "--paid", Path.Combine(folder, "paid.csv"));
        Assert.Equal(0, exit);
        var person = json.RootElement.GetProperty("recipients")[0];
        Assert.Equal(0, person.GetProperty("total_vnd").GetInt64());
        Assert.Equal(["2026-09", "2026-10"], person.GetProperty("outstanding").EnumerateArray().Select(excess => excess.GetProperty("month").GetString()));
        Assert.Equal(2_160_000, person.GetProperty("outstanding").EnumerateArray().Sum(excess => excess.GetProperty("amount_vnd").GetInt64()));
        Assert.Contains("10.800.000", person.GetProperty("zero_reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instalments_by_decision_come_from_recoupments_csv()
    {
        File("people.csv", PeopleHeader, "p1,Lê Văn Bảy,1990-01-01,,,40,17329,,,N");
        File("awards.csv", AwardsHeader, "a1,p1,BTXH,k6,2015-03-20,,,,");
        File("paid.csv", "person_id,award_id,month,component,amount_vnd", "p1,a1,2026-10,tro_cap,1080000");
        File("recoupments.csv", "person_id,award_id,decision_no,decided_on,from_month,monthly_vnd", "p1,,15/QĐ-UBND,2026-10-20,2026-11,100000");
        var (_, json) = await Run("2026-11", "--paid", Path.Combine(folder, "paid.csv"), "--recoupments", Path.Combine(folder, "recoupments.csv"));
        // 1,080,000 was listed for October and 810,000 was due.
        Assert.Equal(810_000 - 100_000, json.RootElement.GetProperty("recipients")[0].GetProperty("total_vnd").GetInt64());
        Assert.Equal(170_000, json.RootElement.GetProperty("recipients")[0].GetProperty("outstanding")[0].GetProperty("amount_vnd").GetInt64());
    }

    [Theory]
    [InlineData("a1,p1,NCC,TB,2010-03-20,85,A,yes,no", ",yes", "award.at_home_in_facility")]
    [InlineData("a1,p1,NCC,TB,2010-03-20,80,A,yes,yes", ",no", "special.below_81")]
    [InlineData("a1,p1,NCC,TB,2010-03-20,4,A,yes,no", ",no", "integer.out_of_range")]
    public async Task Facts_that_contradict_themselves_are_refused_with_place_and_remedy(string award, string facility, string code)
    {
        File("people.csv", PeopleHeader + ",in_facility", "p1,Trần Văn Tám,1950,,,40,17329,,," + facility);
        File("awards.csv", AwardsHeader, award);
        var (exit, json) = await Run("2026-06");
        Assert.Equal(3, exit);
        var problem = json.RootElement.GetProperty("problems")[0];
        Assert.Equal((code, "awards.csv", 2), (problem.GetProperty("code").GetString(), problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32()));
        Assert.NotEmpty(problem.GetProperty("remedy").GetString()!);
    }

    [Theory]
    [InlineData("2010-03-20", "M", ",sex", "BMVNAH", "award.mother_man")]
    [InlineData("1949-12-20", "M", ",sex", "TB", "award.before_birth")]
    public async Task An_award_that_its_holder_cannot_have_is_refused(string decided, string sex, string column, string category, string code)
    {
        File("people.csv", PeopleHeader + column, "p1,Trần Văn Tám,1950,,,40,17329,,," + "," + sex);
        File("awards.csv", AwardsHeader, $"a1,p1,NCC,{category},{decided},45,A,,");
        var (exit, json) = await Run("2026-06");
        Assert.Equal((3, code), (exit, json.RootElement.GetProperty("problems")[0].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Two_relatives_bury_one_person_and_one_is_paid()
    {
        File("people.csv", PeopleHeader + ",death", "d1,Trần Văn Tám,1940,,,40,17329,,,,2026-09-02", "p1,Trần Thị Chín,1970,,,40,17329,,,,", "p2,Trần Văn Mười,1972,,,40,17329,,,,");
        File("awards.csv", AwardsHeader + ",deceased_id", "a0,d1,NCC,TUDAY,2015-03-20,,,,,", "a1,p1,NCC,NCC.MAITANG,2026-09-10,,,,,d1", "a2,p2,NCC,NCC.MAITANG,2026-09-08,,,,,d1");
        var (_, json) = await Run("2026-09");
        var (later, earlier) = (json.RootElement.GetProperty("recipients")[1], json.RootElement.GetProperty("recipients")[2]);
        // 10 × 2,530,000 to the one decided on the 8th.
        Assert.Equal((0, 25_300_000), (later.GetProperty("total_vnd").GetInt64(), earlier.GetProperty("total_vnd").GetInt64()));
        Assert.Contains("người khác", later.GetProperty("zero_reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Months_are_given_in_one_way()
    {
        File("people.csv", PeopleHeader);
        File("awards.csv", AwardsHeader);
        Assert.Equal(2, (await RunArgs("--from", "2026-10")).Exit);
        Assert.Equal(2, (await RunArgs("--month", "2026-10", "--from", "2026-10", "--to", "2026-11")).Exit);
    }

    void File(string name, params string[] lines) => System.IO.File.WriteAllText(Path.Combine(folder, name), string.Join('\n', lines) + "\n", new UTF8Encoding(false));

    Task<(int Exit, JsonDocument Json)> Run(string month, params string[] more) => RunArgs(["--month", month, .. more]);

    async Task<(int Exit, JsonDocument Json)> RunArgs(params string[] more)
    {
        string[] args = ["entitlement", "--people", Path.Combine(folder, "people.csv"), "--awards", Path.Combine(folder, "awards.csv"), "--json", .. more];
        var output = new StringWriter();
        var clock = new FixedClock(InstantPattern.General.Parse("2026-11-26T02:00:00Z").Value);
        var context = new CommandContext(args, clock, Settings.From(_ => null), output, new StringWriter());
        var exit = await PayEngine.RunAsync(args, context, CancellationToken.None);
        return (exit, JsonDocument.Parse(output.ToString()));
    }

    sealed class FixedClock(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }
}
