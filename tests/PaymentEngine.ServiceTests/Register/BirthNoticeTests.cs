using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;

namespace PaymentEngine.ServiceTests.Register;

[Collection(RegisterCollection.Name)]
public sealed class BirthNoticeTests(ScratchCluster scratch)
{
    [PostgresFact]
    public async Task A_birth_counts_from_its_month_for_awards_that_ask_for_children_whatever_the_order_of_the_notices()
    {
        await using var world = await RegisterWorld.OpenAsync(scratch);
        await world.ImportedAsync(world.Write("people.csv", "person_id,full_name,sex,birth,province_code,commune_code", "P1,Trần Thị Mẹ,F,1995,40,17001", "P2,Lê Thị Đếm,F,1994,40,17001", "P3,Lê Văn Không,M,1990,40,17001"),
            world.Write("awards.csv", "award_id,person_id,programme,category,facts_from,decided_on,children,children_births,pregnant", "A1,P1,BTXH,k4,2025-01,2025-01-10,,2020-05-06,", "A2,P2,BTXH,k4,2025-01,2025-01-10,2,,", "A3,P1,BTXH,CS.MANGTHAI,2026-03,2026-03-10,,,yes", "A4,P3,BTXH,k6,2025-01,2025-01-10,,,"));
        world.Clock.Now += Duration.FromHours(1);
        var notices = new PeopleNotices(world.Database, world.Cipher, world.Clock, world.Files);
        const string header = "person_id,full_name,born_on,known_on,source";
        var rows = await world.RowsAsync();
        var refused = await notices.BirthsAsync(world.Maker, world.Write("bad.csv", header, "P1,Lê Thị Khác,2026-09-01,,KS 1", "P2,Lê Thị Đếm,2026-09-01,,KS 2", "P3,Lê Văn Không,2026-09-01,,KS 3", "P7,Ai,2026-09-01,,KS 4", "P1,Trần Thị Mẹ,2026-12-01,2026-12-02,KS 5", "P1,Trần Thị Mẹ,2026-09-01,,KS 6"));
        Assert.Equal(["2 notice.other_name", "3 notice.children_counted", "4 notice.no_award", "5 person.unknown", "6 notice.future"], refused.Problems.Select(problem => $"{problem.At!.Line} {problem.Code}"));
        Assert.Equal(rows, await world.RowsAsync());
        Assert.Equal("not_allowed.role", (await notices.BirthsAsync(RegisterWorld.Person(Role.Approver), world.Write("births.csv", header, "P1,Trần Thị Mẹ,2026-09-01,,KS 6"))).Problems[0].Code);

        var births = world.Write("births.csv", header, "P1,Trần Thị Mẹ,2026-09-01,2026-09-20,KS 6");
        var applied = await notices.BirthsAsync(world.Maker, births);
        Assert.True(applied.IsOk, Said(applied));
        Assert.Equal((1, 1, 0), (applied.Value.Rows, applied.Value.Applied, applied.Value.Unchanged));
        Assert.Equal(["A1 202501 2020-05-06 -", "A1 202609 2020-05-06;2026-09-01 -", "A3 202603  t", "A3 202609 2026-09-01 f"], await StatesAsync());
        Assert.Equal(1, (await notices.BirthsAsync(world.Maker, births)).Value.Unchanged);

        // A birth that is told late counts from its own month, and for every month after it.
        world.Clock.Now += Duration.FromHours(1);
        var late = await notices.BirthsAsync(world.Maker, world.Write("late.csv", header, "P1,Trần Thị Mẹ,2025-06-15,2026-10-01,KS 0"));
        Assert.True(late.IsOk, Said(late));
        Assert.Equal(["A1 202501 2020-05-06 -", "A1 202506 2020-05-06;2025-06-15 -", "A1 202609 2020-05-06;2025-06-15;2026-09-01 -", "A3 202603 2025-06-15 t", "A3 202609 2025-06-15;2026-09-01 f"], await StatesAsync());
        await using var session = await world.Database.RunAsync(default);
        Assert.Equal(["2025-06-15 KS 0", "2026-09-01 KS 6"], await session.QueryAsync<string>("-- test\nSELECT event_on || ' ' || source FROM person_change WHERE kind = 'birth' ORDER BY 1"));

        async Task<IReadOnlyList<string>> StatesAsync()
        {
            await using var look = await world.Database.RunAsync(default);
            return await look.QueryAsync<string>("""
                -- test
                SELECT award_id || ' ' || facts_from || ' ' || coalesce(array_to_string(children_births, ';'), '') || ' ' || coalesce(left(pregnant::text, 1), '-') FROM award WHERE known_to = 'infinity' AND award_id IN ('A1', 'A3') ORDER BY award_id, facts_from
                """);
        }
    }

    static string Said<T>(Result<T> result) => string.Join('\n', result.Problems);
}
