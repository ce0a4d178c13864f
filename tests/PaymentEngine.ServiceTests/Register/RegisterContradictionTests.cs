using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.ServiceTests.Register;

/// <summary>Rows that cannot be true together are refused with their place, wherever the other row stands: in a file of the command or in the store.</summary>
[Collection(RegisterCollection.Name)]
public sealed class RegisterContradictionTests(ScratchCluster scratch)
{
    const string PeopleHeader = "person_id,full_name,sex,birth,death,facts_from,recorded_on,province_code,commune_code,in_facility";
    const string AwardsHeader = "award_id,person_id,programme,category,facts_from,recorded_on,decided_on,last_month,degree_pct,class,at_home,pregnant,deceased_id";

    static readonly string[] People =
    [
        PeopleHeader,
        "P1,Nguyễn Văn A,M,1950,,,,40,17001,no", "P1,Nguyễn Văn A,M,1950,,2026-06,,40,17001,yes", "P2,Trần Văn B,M,1990-05,,,,40,17001,", "P3,Lê Thị C,F,2020-05-02,,,,40,17001,",
        "P4,Lê Thị D,F,1940,2026-09-02,,,40,17001,", "P5,Lê Văn E,M,1970,,,,40,17001,", "P6,Lê Văn G,M,1972,,,,40,17001,",
    ];

    /// <summary>What each award row is refused for; null: it is taken. P1 moves into a facility in June 2026.</summary>
    public static TheoryData<string, string?, string?> Rows => new()
    {
        { "A1,P1,NCC,TB,,,2015-03-20,,85,A,yes,,", "award.at_home_in_facility", "at_home" },
        { "A1,P1,NCC,TB,,,2015-03-20,2026-05,85,A,yes,,", null, null },
        { "A1,P1,NCC,TB,,,2015-03-20,,85,A,no,,", null, null },
        { "A1,P2,BTXH,CS.MANGTHAI,,,2026-03-20,,,,,yes,", "award.pregnant_man", "pregnant" },
        { "A1,P2,NCC,BMVNAH,,,2015-03-20,,,,,,", "award.mother_man", "category" },
        { "A1,P3,BTXH,k6,,,2020-04-30,,,,,,", "award.before_birth", "decided_on" },
        { "A1,P3,BTXH,k6,,,2020-05-01,,,,,,", null, null },
    };

    [PostgresTheory]
    [MemberData(nameof(Rows))]
    public async Task An_award_is_held_against_the_person_in_the_file_and_in_the_store(string row, string? code, string? column)
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var (people, awards) = (world.Write("people.csv", People), world.Write("awards.csv", AwardsHeader, row));

        // Files alone, without a store; then both at once; then the award alone, the people stored before.
        Same((await Registers.CheckAsync(null, [people, awards], world.Files, null, null)).Problems);
        Same((await Registers.CheckAsync(world.Maker, [people, awards], world.Files, world.Database, world.Cipher)).Problems);
        await world.ImportedAsync(people);
        var imported = await world.ImportAsync(awards);
        Same(imported.Problems);
        Assert.Equal(code is null ? 1 : 0, (await world.RowsAsync()).Count(stored => stored.StartsWith("award ", StringComparison.Ordinal)));

        void Same(IReadOnlyList<Problem> problems) =>
            Assert.Equal(code is null ? [] : [(code, "awards.csv", 2, column)], problems.Select(problem => (problem.Code, Path.GetFileName(problem.At!.File!), problem.At.Line!.Value, problem.At.Column)));
    }

    [PostgresFact]
    public async Task A_person_is_held_against_awards_stored_before_and_what_was_stored_so_stays_importable()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Write("people.csv", PeopleHeader, "P1,Nguyễn Văn A,M,1950,,,,40,17001,no"), world.Write("awards.csv", AwardsHeader, "A1,P1,NCC,TB,,,2015-03-20,,85,A,yes,,"));
        var refused = await world.ImportAsync(world.Write("people2.csv", PeopleHeader, "P1,Nguyễn Văn A,M,1950,,2026-06,2026-09-01,40,17001,yes"));
        Assert.Equal(("award.at_home_in_facility", 2, "in_facility"), (refused.Problems.Single().Code, refused.Problems.Single().At!.Line, refused.Problems.Single().At!.Column));
        // A refusal that was told breaks no invariant.
        Assert.True(Assert.Single(await PaymentEngine.Postgres.Invariants.CheckAsync(world.Database, 40, 0, 0, default), finding => finding.Id == "I10.whole").Holds);

        // With the award's own new state in the same command it is consistent.
        await world.ImportedAsync(world.Write("people2.csv", PeopleHeader, "P1,Nguyễn Văn A,M,1950,,2026-06,2026-09-01,40,17001,yes"),
            world.Write("awards2.csv", AwardsHeader, "A1,P1,NCC,TB,2026-06,2026-09-01,2015-03-20,,85,A,no,,"));
    }

    [PostgresFact]
    public async Task One_funeral_is_decided_for_one_deceased_and_a_withdrawn_decision_makes_room()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        var people = world.Write("people.csv", People);
        var both = world.Write("awards.csv", AwardsHeader, "A5,P5,BTXH,BTXH.MAITANG,,,2026-09-10,,,,,,P4", "A6,P6,BTXH,BTXH.MAITANG,,,2026-09-08,,,,,,P4");
        foreach (var problems in (IReadOnlyList<Problem>[])[(await Registers.CheckAsync(null, [people, both], world.Files, null, null)).Problems, (await world.ImportAsync(people, both)).Problems])
            Assert.Equal(("funeral.second", 2, "deceased_id"), (problems.Single().Code, problems.Single().At!.Line!.Value, problems.Single().At!.Column));

        await world.ImportedAsync(people, world.Write("first.csv", AwardsHeader, "A5,P5,BTXH,BTXH.MAITANG,,,2026-09-10,,,,,,P4"));
        // The stored one was decided later, and stands.
        var second = world.Write("second.csv", AwardsHeader, "A6,P6,BTXH,BTXH.MAITANG,,,2026-09-08,,,,,,P4");
        Assert.Equal("funeral.second", (await world.ImportAsync(second)).Problems.Single().Code);
        world.Clock.Now += Duration.FromDays(1);
        await world.ImportedAsync(world.Write("back.csv", AwardsHeader, "A5,P5,BTXH,BTXH.MAITANG,,2026-09-20,2026-09-10,2026-08,,,,,P4"));
        await world.ImportedAsync(second);
    }
}
