using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Profiles;

public class BankProfileTests
{
    static readonly string Generic = File.ReadAllText(Path.Combine(Repository.Root, "bank-profiles", "generic.json"));

    static IReadOnlyList<Problem> ProblemsOf(string json) => BankProfiles.Parse(Encoding.UTF8.GetBytes(json), "new-bank.json").Problems;

    static string With(string field, string value)
    {
        var lines = Generic.Split('\n');
        var at = Array.FindIndex(lines, line => line.StartsWith($"  \"{field}\": ", StringComparison.Ordinal));
        Assert.True(at >= 0, $"generic.json has no line \"{field}\"");
        lines[at] = $"  \"{field}\": {value}{(lines[at].EndsWith(',') ? "," : "")}";
        return string.Join('\n', lines);
    }

    [Fact]
    public void Every_profile_that_ships_can_be_read_and_says_what_is_assumed()
    {
        Assert.Contains(BankProfiles.All, profile => profile.Id == BankProfiles.GenericId);
        Assert.All(BankProfiles.All, profile => Assert.NotEmpty(profile.Assumed));
        Assert.All(BankProfiles.All.Where(profile => profile.Id != BankProfiles.GenericId), profile => Assert.NotEmpty(profile.BankBins));
    }

    [Fact]
    public void A_bank_without_its_own_profile_is_paid_by_the_generic_one() => Assert.Same(BankProfiles.Generic, BankProfiles.ForBank("970438"));

    [Theory]
    [InlineData("remittanceLengthMax", "17", "18")]
    [InlineData("remittanceCharacters", "\"#\"", "null")]
    [InlineData("transactionsPerBatchMax", "10001", "batch")]
    [InlineData("fileKind", "\"Word\"", "Pain001, Csv, Xlsx")]
    [InlineData("fileKind", "\"Csv\"", "layout")]
    [InlineData("accountPattern", "\"[0-9\"", "regular expression")]
    [InlineData("accountPattern", "\"(?=a)b\"", "look-around")]
    [InlineData("returnPhrases", "[{ \"phrase\": \"TAI KHOAN DONG\", \"code\": \"ZZ99\" }]", "reason")]
    [InlineData("proprietaryCodes", "{ \"005\": \"ZZ99\" }", "reason")]
    [InlineData("bankBins", "[\"123456\"]", "banks.csv")]
    [InlineData("bankBins", "[\"970436\"]", "generic")]
    [InlineData("cutOff", "\"4 pm\"", "16:00")]
    [InlineData("stampOffset", "\"GMT+7\"", "+07:00")]
    [InlineData("messageVersion", "\"pain.001.001.05\"", "pain.001.001.09")]
    [InlineData("writesUetr", "1", "true or false")]
    [InlineData("statusLevels", "[]", "statusLevels")]
    [InlineData("sendsNotifications", "\"yes\"", "true or false")]
    [InlineData("statementAccountForm", "\"Last(2)\"", "Last(n)")]
    [InlineData("lowValueMax", "1.5", "whole number")]
    [InlineData("paymentMax", "499999998", "paymentMax")]
    [InlineData("categoryPurpose", "\"BENE\"", "category-purpose.csv")]
    [InlineData("lateReturnDays", "1", "confirmedDays")]
    public void A_field_that_cannot_be_is_refused_at_its_line(string field, string value, string says)
    {
        var problems = ProblemsOf(With(field, value));
        var problem = Assert.Single(problems, one => (one.Message + one.Remedy).Contains(says, StringComparison.Ordinal));
        Assert.Equal("new-bank.json", problem.At!.File);
        Assert.True(problem.At.Line > 1);
        Assert.NotNull(problem.At.Field);
    }

    [Fact]
    public void All_faults_are_told_at_once_with_misspelt_and_missing_fields_among_them()
    {
        var json = With("nameLengthMax", "7").Replace("\"batchBooking\"", "\"batchBoking\"", StringComparison.Ordinal);
        var problems = ProblemsOf(json);
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, one => one.At!.Field == "nameLengthMax" && one.Message.Contains('7', StringComparison.Ordinal));
        Assert.Contains(problems, one => one.At!.Field == "batchBooking" && one.Message.Contains("missing", StringComparison.Ordinal));
        Assert.Contains(problems, one => one.At!.Field == "batchBoking" && one.Message.Contains("not a field", StringComparison.Ordinal));
    }

    [Fact]
    public void An_assumption_about_a_field_that_does_not_exist_is_refused() =>
        Assert.Contains("colour", Assert.Single(ProblemsOf(Generic.Replace("\"field\": \"cutOff\"", "\"field\": \"colour\"", StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{ \"id\": \"a\" } x")]
    [InlineData("\"\\ud800\"")]
    public void What_is_no_profile_is_refused_and_not_thrown_at(string json) => Assert.NotEmpty(ProblemsOf(json));

    [Fact]
    public void Nothing_of_a_folder_is_known_when_one_file_of_it_is_wrong()
    {
        var good = Encoding.UTF8.GetBytes(With("id", "\"seabank\"").Replace("\"bankBins\": []", "\"bankBins\": [\"970440\"]", StringComparison.Ordinal));
        Assert.True(BankProfiles.With([("seabank.json", good)]).IsOk);
        Assert.False(BankProfiles.With([("seabank.json", good), ("bad.json", "{}"u8.ToArray())]).IsOk);
        Assert.Equal("bank_profile.twice", Assert.Single(BankProfiles.With([("a.json", good), ("b.json", good)]).Problems).Code);
        Assert.Null(BankProfiles.Find("seabank"));
    }

    [Theory]
    [InlineData("AsIs", "0012345678")]
    [InlineData("WithoutLeadingZeros", "12345678")]
    [InlineData("Last(4)", "5678")]
    public void An_account_is_written_as_the_statement_writes_it(string form, string written)
    {
        Assert.True(StatementAccountForm.TryParse(form, out var parsed));
        Assert.Equal(written, parsed.Of("0012345678"));
        Assert.Equal(form, parsed.ToString());
    }
}
