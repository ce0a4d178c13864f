using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Notices;
using PaymentEngine.Core.Recipients.Population;

namespace PaymentEngine.Tests.Recipients.Population;

public sealed class PopulationTests
{
    static readonly LocalDate Today = new(2026, 10, 20);
    static readonly HashSet<string> Prefixes = ["040", "038"];

    static PersonFacts Ours(string name = "Nguyễn Thị Hoà", string birth = "1950-11-05", string? number = "040150000123", Sex sex = Sex.Female, string commune = "17001") =>
        new() { PersonId = "P1", FullName = name, Birth = BirthDate.Parse(birth).Value, IdNumber = number, Sex = sex, ProvinceCode = "40", CommuneCode = commune };

    static PopulationAnswer Theirs(string name = "NGUYỄN THỊ HÒA", string birth = "1950-11-05", string? number = "040150000123", Sex sex = Sex.Female, LocalDate? death = null, string? commune = "17001") =>
        new("P1", PopulationOutcome.Found, number, name, BirthDate.Parse(birth).Value, sex, death, commune, Today, null);

    [Fact]
    public void The_same_person_written_otherwise_matches() => Assert.Equal(PopulationDifference.None, PopulationMatch.Of(Ours(), Theirs()));

    [Fact]
    public void Each_difference_is_called_by_its_name()
    {
        Assert.Equal(PopulationDifference.NumberMissing, PopulationMatch.Of(Ours(number: null), Theirs()));
        Assert.Equal(PopulationDifference.NumberMissing, PopulationMatch.Of(Ours(number: "181234567"), Theirs())); // an old number: theirs completes ours
        Assert.Equal(PopulationDifference.Number, PopulationMatch.Of(Ours(number: "040150000124"), Theirs()));
        Assert.Equal(PopulationDifference.NameMarks, PopulationMatch.Of(Ours(), Theirs(name: "Nguyễn Thị Hoa")));
        Assert.Equal(PopulationDifference.Name, PopulationMatch.Of(Ours(), Theirs(name: "Nguyễn Thị Hoàn")));
        Assert.Equal(PopulationDifference.BirthPrecision, PopulationMatch.Of(Ours(birth: "1950"), Theirs()));
        Assert.Equal(PopulationDifference.BirthPrecision, PopulationMatch.Of(Ours(birth: "1950-11"), Theirs()));
        Assert.Equal(PopulationDifference.BirthPrecision, PopulationMatch.Of(Ours(birth: "1950-01-01"), Theirs()));
        Assert.Equal(PopulationDifference.None, PopulationMatch.Of(Ours(), Theirs(birth: "1950"))); // their coarser day does not make ours wrong
        Assert.Equal(PopulationDifference.Birth, PopulationMatch.Of(Ours(), Theirs(birth: "1950-05-11")));
        Assert.Equal(PopulationDifference.SexMissing, PopulationMatch.Of(Ours(sex: Sex.Unknown), Theirs()));
        Assert.Equal(PopulationDifference.Sex, PopulationMatch.Of(Ours(sex: Sex.Male), Theirs()));
        Assert.Equal(PopulationDifference.Death, PopulationMatch.Of(Ours(), Theirs(death: new LocalDate(2026, 10, 3))));
        Assert.Equal(PopulationDifference.Commune, PopulationMatch.Of(Ours(), Theirs(commune: "17002")));
        Assert.Equal(PopulationDifference.None, PopulationMatch.Of(Ours(), Theirs() with { Outcome = PopulationOutcome.NotFound }));
    }

    [Fact]
    public void A_corrected_record_differs_no_more_but_in_its_commune()
    {
        var theirs = Theirs("Nguyễn Thị Hoàn", "1951-12-06", "040151000999", Sex.Female, new LocalDate(2026, 10, 3), "17002");
        foreach (var ours in new[] { Ours(), Ours(number: null, sex: Sex.Unknown, birth: "1951"), Ours(number: "181234567", name: "Nguyễn Thị Hoan", birth: "1950") })
        {
            var differences = PopulationMatch.Of(ours, theirs);
            var corrected = PopulationMatch.Corrected(ours, theirs, differences, Today);
            Assert.Equal(PopulationDifference.Commune, PopulationMatch.Of(corrected, theirs));
            Assert.Equal((Today, ours.CommuneCode), (corrected.RecordedOn, corrected.CommuneCode));
            Assert.Equal(ours with { RecordedOn = Today }, PopulationMatch.Corrected(ours, theirs, PopulationDifference.None, Today));
        }
    }

    [Fact]
    public void A_record_has_the_marks_it_has_earned_and_says_what_it_lacks()
    {
        var whole = new DataFacts { IdNumber = "040150000123", Birth = new BirthDate(1950, 11, 5), Sex = Sex.Female, Outcome = PopulationOutcome.Found, CheckedOn = Today.PlusMonths(-3), HasAward = true, HasPayee = true };
        Assert.Equal(new DataQuality(DataQuality.All, DataGap.None), DataQuality.Of(whole, Today, Prefixes));

        var old = DataQuality.Of(whole with { CheckedOn = Today.PlusMonths(-13) }, Today, Prefixes);
        Assert.Equal((DataMark.Correct | DataMark.Complete | DataMark.Clean, DataGap.AnswerOld, true), (old.Marks, old.Gaps, old.IsPayable));

        var unknown = DataQuality.Of(whole with { Outcome = null, CheckedOn = null, IdNumber = null, Birth = new BirthDate(1950, 0, 0) }, Today, Prefixes);
        Assert.Equal((DataMark.Clean, DataGap.NotAnswered | DataGap.NoNumber | DataGap.NoDayOfBirth), (unknown.Marks, unknown.Gaps));
        Assert.True(unknown.IsPayable); // whom the database does not know is paid all the same

        var doubted = DataQuality.Of(whole with { Sex = Sex.Male, HasOpenPair = true, IsUndecided = true }, Today, Prefixes);
        Assert.Equal((DataMark.Complete | DataMark.Alive, DataGap.NumberDoubted | DataGap.PossibleDuplicate | DataGap.Undecided), (doubted.Marks, doubted.Gaps));

        var unpayable = DataQuality.Of(whole with { Death = new LocalDate(2026, 10, 3), HasPayee = false, SharesNumber = true }, Today, Prefixes);
        Assert.False(unpayable.IsPayable);
        Assert.Equal(DataGap.Dead | DataGap.NoPayee | DataGap.SharedNumber, unpayable.MissingToPay);
        Assert.False(unpayable.Marks.HasFlag(DataMark.Alive));
    }

    [Fact]
    public void The_household_of_a_dead_head_goes_on_with_the_spouse_else_the_oldest_adult()
    {
        static HouseholdMember Member(string id, string birth, string? spouse = null, LocalDate? death = null) => new(id, id, BirthDate.Parse(birth).Value, death, spouse);
        var diedOn = new LocalDate(2026, 10, 3);
        Assert.Equal("WIFE", HouseholdSuccession.Successor([Member("HEAD", "1940", death: diedOn), Member("MOTHER", "1920"), Member("WIFE", "1945", "HEAD"), Member("SON", "1970")], "HEAD", diedOn)?.PersonId);
        Assert.Equal("WIFE", HouseholdSuccession.Successor([Member("HEAD", "1940", "WIFE", diedOn), Member("WIFE", "1945"), Member("SON", "1970")], "HEAD", diedOn)?.PersonId);
        Assert.Equal("SON", HouseholdSuccession.Successor([Member("HEAD", "1940", "WIFE", diedOn), Member("WIFE", "1945", death: diedOn), Member("SON", "1970"), Member("CHILD", "2010")], "HEAD", diedOn)?.PersonId);
        Assert.Null(HouseholdSuccession.Successor([Member("HEAD", "1980", death: diedOn), Member("CHILD", "2010"), Member("ALMOST", "2008-10-04")], "HEAD", diedOn));
        Assert.Equal("JUST", HouseholdSuccession.Successor([Member("HEAD", "1980", death: diedOn), Member("JUST", "2008-10-03")], "HEAD", diedOn)?.PersonId);
    }
}
