using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.ServiceTests.Answers;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Cases;

/// <summary>Accounts and wishes of payees without a failed payment.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PayeeAccountTests(ScratchCluster cluster)
{
    static Caller Person(string name, params string[] roles) => new(Province, name, name, roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = Instant.MaxValue };

    static readonly Caller Editor = Person("editor", Role.AccountEditor);
    static readonly Caller Second = Person("second", Role.AccountEditor);

    static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, string.Join('\n', result.Problems));
        return result.Value;
    }

    static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;

    [PostgresFact]
    public async Task An_account_asked_for_takes_two_people_and_a_wait_and_a_wish_has_its_day_and_can_be_taken_back()
    {
        await using var world = await OpenAsync(cluster);
        await world.AddAccountsAsync();
        await using (var session = await world.Database.OwnerAsync(default))
        {
            await session.ExecuteAsync("""
                UPDATE payee SET channel_version = 1;
                INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, known_from, operation_no)
                SELECT 40, n, 1, 'P' || n, CASE n WHEN 3 THEN 'Nguyễn Văn Hoà' WHEN 4 THEN 'Nguyễn Văn Hoá' ELSE 'Nguyễn Văn ' || n END, 1, 1950, 1, 1, '2026-01-01', 1 FROM generate_series(1, 4) n;
                INSERT INTO dated_fact (province_code, recipient_id, version, facts_from, home_province, commune_id, poverty, supporter, alone, other_income, disability, known_from, operation_no)
                SELECT 40, n, 1, 0, '40', 1, 0, 0, 0, 0, 0, '2026-01-01', 1 FROM generate_series(1, 4) n;
                UPDATE payee p SET payee_name = r.full_name FROM recipient r WHERE r.recipient_id = p.recipient_id;
                """);
        }

        using var cipher = KeyFolder.Open(Directory.CreateTempSubdirectory("pe-account-keys-").FullName, world.Clock).Value.OpenCipher();
        var accounts = new PayeeAccounts(world.Database, world.Clock);
        var asked = new CorrectedAccount("Vietcombank", "0011009998887", "ONG NGUYEN VAN 1", "giấy đề nghị số 12", null);

        // Refusals apply nothing.
        Assert.Equal("account.unknown_person", Code(await accounts.ProposeAsync(Editor, "P9", null, asked, cipher, default)));
        Assert.Equal("account.unknown_person", Code(await accounts.ProposeAsync(Editor with { Communes = [2] }, "P1", null, asked, cipher, default)));
        Assert.Equal("account_number.malformed", Code(await accounts.ProposeAsync(Editor, "P1", null, asked with { Account = "12 345" }, cipher, default)));
        Assert.Equal("not_allowed.role", Code(await accounts.ProposeAsync(Person("maker", Role.Maker), "P1", null, asked, cipher, default)));
        var other = await accounts.ProposeAsync(Editor, "P1", null, asked with { Holder = "NGUYEN VAN 2" }, cipher, default);
        Assert.Equal("account.name_differs", Code(other));
        // Without marks the holder could be either brother of the commune.
        Assert.Contains("more than one person", Assert.Single((await accounts.ProposeAsync(Editor, "P3", null, asked with { Holder = "NGUYEN VAN HOA" }, cipher, default)).Problems).Message, StringComparison.Ordinal);
        Assert.Empty(Ok(await accounts.ListAsync(Editor, null, default)));

        var change = Ok(await accounts.ProposeAsync(Editor, "P1", null, asked, cipher, default));
        Assert.Equal(("ONG NGUYEN VAN 1", "NGUYỄN VĂN 1", "proposed"), (change.HolderForm, change.ExpectedForm, change.State));
        Assert.Equal(("title", (short)97), (change.NameRule, change.NameScore));
        Assert.Equal("not_allowed.change_waits", Code(await accounts.ProposeAsync(Editor, "P1", null, asked, cipher, default)));
        Assert.Equal("not_allowed.own_change", Code(await accounts.AnswerAsync(Editor, change.ChangeNo, null, default)));
        Assert.Contains(Ok(await new Casework(world.Database, world.Clock).StartAsync(Second, default)).Steps, step => step.What == "asked_account_to_approve" && step.Subject == "1");
        var approved = Ok(await accounts.AnswerAsync(Second, change.ChangeNo, null, default));
        Assert.Equal(("approved", "second"), (approved.State, approved.ApprovedBy));
        Assert.Equal("not_allowed.no_change", Code(await accounts.AnswerAsync(Second, change.ChangeNo, "nhầm", default)));
        var settle = new CaseRepairs(world.Database, world.Clock);
        Assert.Equal(0, Ok(await settle.SettleAsync(world.Reconciler, default)).Applied);
        world.Clock.Now += Duration.FromDays(5);
        Assert.Equal(1, Ok(await settle.SettleAsync(world.Reconciler, default)).Applied);
        Assert.Equal("970436 ONG NGUYEN VAN 1", Assert.Single(await world.RowsAsync<string>("SELECT h.bank_bin || ' ' || h.holder_name FROM payee p JOIN channel h ON h.payee_no = p.payee_no AND h.version = p.channel_version WHERE p.payee_no = 1 AND p.known_to = 'infinity'")));
        Assert.Equal("account.same", Code(await accounts.ProposeAsync(Editor, "P1", null, asked, cipher, default)));

        // A wish is said on a day, and taken back on a later one.
        var today = world.Clock.Now.InUtc().Date;
        Assert.Equal("account.wish_in_future", Code(await accounts.WishAsync(Editor, "P1", null, Wish.No, today.PlusDays(3), "phiếu 7", default)));
        var history = Ok(await accounts.WishAsync(Editor, "P1", null, Wish.No, today.PlusDays(-1), "phiếu 7", default));
        Assert.Equal([(Wish.Yes, (int?)null), (Wish.Yes, 1), (Wish.No, null)], history.Select(one => ((Wish)one.Wish, one.ChangeNo)));
        Assert.Equal("account.wish_older", Code(await accounts.WishAsync(Editor, "P1", null, Wish.Yes, today.PlusDays(-2), "phiếu 6", default)));
        Assert.Equal("account.no_wish", Code(await accounts.ProposeAsync(Editor, "P1", null, asked with { Account = "0011009998888" }, cipher, default)));

        // An account that is rejected leaves the register as it was.
        var second = Ok(await accounts.ProposeAsync(Editor, "P2", null, asked with { Account = "0011009998889", Holder = "Nguyễn Văn 2" }, cipher, default));
        Assert.Equal("usage.remark_missing", Code(await accounts.AnswerAsync(Second, second.ChangeNo, " ", default)));
        Assert.Equal("rejected", Ok(await accounts.AnswerAsync(Second, second.ChangeNo, "không có giấy", default)).State);
        Assert.Equal("1", Assert.Single(await world.RowsAsync<string>("SELECT max(version)::text FROM payee WHERE payee_no = 2")));
    }
}
