using System.Globalization;
using System.Text;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Tests.Recipients.Duplicates;
using Xunit.Abstractions;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse case 3: somebody who is entered a second time, a little differently, to be paid twice.</summary>
public sealed class GhostBeneficiaryTests(ITestOutputHelper output)
{
    const string Name = "Đặng Thị Hoà";
    const string Number = "040150000123";
    static readonly DuplicateRecord Real = Entered("P1", Name, "1950-11-05", [Number], "17001");

    static DuplicateRecord Entered(string id, string name, string birth, string[] numbers, string commune, ulong account = 0, Sex sex = Sex.Female, string? household = null) =>
        new(id, name, BirthDate.Parse(birth).Value, sex, numbers, commune, household, account == 0 ? [] : [account]);

    /// <summary>Twenty ways to enter the same woman again.</summary>
    static IEnumerable<(string How, DuplicateRecord Ghost)> NearDuplicates()
    {
        DuplicateRecord Again(string name = Name, string birth = "1950-11-05", string? number = Number, string commune = "17001", Sex sex = Sex.Female) => Entered("G", name, birth, number is null ? [] : [number], commune, 0, sex);
        yield return ("the same again", Again());
        yield return ("one figure of the number wrong", Again(number: "040150000193"));
        yield return ("two figures of the number swapped", Again(number: "040150000132"));
        yield return ("no number", Again(number: null));
        yield return ("decomposed letters", Again(Name.Normalize(NormalizationForm.FormD), number: null));
        yield return ("eth for Đ", Again("Ðặng Thị Hoà", number: null));
        yield return ("African D for Đ", Again("Ɖặng Thị Hoà", number: null));
        yield return ("D for Đ", Again("Dặng Thị Hoà", number: null));
        yield return ("the tone on the other letter", Again("Đặng Thị Hòa", number: null));
        yield return ("without marks", Again("DANG THI HOA", number: null));
        yield return ("in another order", Again("Hoà Đặng Thị", number: null));
        yield return ("without the middle name", Again("Đặng Hoà", number: null));
        yield return ("two words in one", Again("Đặng Thịhoà", number: null));
        yield return ("many spaces", Again("  Đặng   Thị\u00A0Hoà ", number: null));
        yield return ("another last letter", Again("Đặng Thị Hoàn", number: null));
        yield return ("day and month swapped", Again(birth: "1950-05-11"));
        yield return ("only the year of birth", Again(birth: "1950", number: null));
        yield return ("another year of birth, one figure", Again(birth: "1960-11-05"));
        yield return ("in another commune", Again(commune: "17002"));
        yield return ("as a man", Again(sex: Sex.Male));
    }

    [Fact]
    public void AbuseCase03_A_ghost_beneficiary_entered_in_twenty_ways_is_found_each_time_and_few_others_with_them()
    {
        var ways = NearDuplicates().ToList();
        Assert.Equal(20, ways.Count);
        Assert.Empty(ways.Where(way => DuplicateSearch.Find([Real, way.Ghost], 1).Pairs.Count != 1).Select(way => way.How));

        // On 100,000 records shaped like a register: how many of what is flagged is truly the same person.
        var world = PlantedDuplicates.Make(95_000, 5_000, 3);
        var found = DuplicateSearch.Find(world.Records, world.FirstCopy).Pairs.Select(pair => (pair.First, pair.Second)).ToHashSet();
        var planted = world.OriginalOf.Select((original, copy) => (original, world.FirstCopy + copy)).ToHashSet();
        var hits = planted.Count(found.Contains);
        var (precision, recall) = (hits / (double)found.Count, hits / (double)planted.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{world.Records.Count} records: precision {precision:0.0000}, recall {recall:0.0000}; {found.Count - hits} flagged who are two people"));
        Assert.True(world.Records.Count >= 100_000);
        Assert.True(precision >= 0.97, $"precision {precision}");
        Assert.True(recall >= 0.97, $"recall {recall}");
    }
}
