using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Banks;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Audit;

/// <summary>Erasing who a person was: by two persons, when the years are over, and so that what was paid stays provable.</summary>
[Collection(TwoMonthsCollection.Name)]
public sealed class ErasureTests(AuditWorld world)
{
    [PostgresFact]
    public async Task Who_a_person_was_is_erased_by_two_and_the_chain_says_so_instead_of_broken()
    {
        await using var copy = await world.CopyAsync();
        var clock = new TestClock { Now = Instant.FromUtc(2027, 3, 1, 1, 0) };
        var erasures = new Erasures(copy, clock);
        var (editor, approver, auditor) = (Person("lan", Role.AccountEditor, Role.Maker), Person("minh", Role.Approver), Person("kiem", Role.Auditor));
        // Somebody paid by account whose payments left nothing open.
        (string PersonId, string FullName, int RecipientId, int RunNo, int Month) who;
        await using (var session = await copy.RunAsync(default))
        {
            who = await session.SingleAsync<(string, string, int, int, int)>("""
                SELECT r.person_id, r.full_name, r.recipient_id, d.run_no, d.month FROM recipient r JOIN disbursement d USING (province_code, recipient_id) JOIN attempt a USING (province_code, month, run_no, line_no)
                 WHERE r.known_to = 'infinity' AND r.death IS NULL AND a.kind = 1 AND a.attempt = 1 AND r.id_number_tag IS NOT NULL AND NOT EXISTS (SELECT FROM household_head h WHERE h.recipient_id = r.recipient_id)
                   AND NOT EXISTS (SELECT FROM payment_case c WHERE c.closed_at IS NULL AND (c.month, c.run_no, c.line_no) = (d.month, d.run_no, d.line_no)) ORDER BY d.month, r.recipient_id LIMIT 1
                """);
        }

        Assert.Equal("not_allowed.role", Code(await erasures.AskAsync(approver, who.PersonId, "người dân yêu cầu")));
        Assert.Equal("person.unknown", Code(await erasures.AskAsync(editor, "P-KHONG-CO", "người dân yêu cầu")));
        Assert.Equal("erasure.running_award", Code(await erasures.AskAsync(editor, who.PersonId, "người dân yêu cầu")));
        using (var cipher = world.Keys.OpenCipher())
        {
            var deaths = Path.Combine(world.Home, "erasure-deaths.csv");
            await File.WriteAllTextAsync(deaths, $"person_id,full_name,died_on,known_on,source\n{who.PersonId},{who.FullName},2027-02-20,2027-02-25,giấy báo tử 12\n");
            Ok(await new PeopleNotices(copy, cipher, clock, world.Files).DeathsAsync(editor, deaths));
        }

        // Records of accounts first: ten years after the year of the last payment.
        var early = await erasures.AskAsync(editor, who.PersonId, "người dân yêu cầu");
        Assert.Equal("erasure.not_due", Code(early));
        Assert.DoesNotContain(Ok(await erasures.RetentionAsync(auditor, null, all: false)).People, line => line.PersonId == who.PersonId);
        clock.Now = Instant.FromUtc(2039, 1, 5, 1, 0);
        Assert.Contains(Ok(await erasures.RetentionAsync(auditor, null, all: false)).People, line => line.PersonId == who.PersonId && line.Ground == "retention_over");

        var asked = Ok(await erasures.AskAsync(editor, who.PersonId, "hết thời hạn lưu trữ"));
        Assert.Equal("erasure.waits", Code(await erasures.AskAsync(editor, who.PersonId, "hết thời hạn lưu trữ")));
        Assert.Equal("not_allowed.erasure_by_two_persons", Code(await erasures.DecideAsync(Person("lan", Role.Approver), asked.ErasureNo, true, null)));
        Assert.Equal("not_allowed.step_up", Code(await erasures.DecideAsync(approver with { ProvenUntil = null }, asked.ErasureNo, true, null)));
        Assert.Equal("erasure.unknown", Code(await erasures.DecideAsync(approver, 99, true, null)));
        var done = Ok(await erasures.DecideAsync(approver, asked.ErasureNo, true, null));
        Assert.All((string[])["recipient", "dated_fact", "payee", "channel"], table => Assert.True(done.Emptied[table] > 0, table));
        Assert.NotEmpty(done.Stays);
        Assert.Equal("not_allowed.erasure_decided", Code(await erasures.DecideAsync(approver, asked.ErasureNo, false, "x")));
        Assert.Equal("erasure.done", Code(await erasures.AskAsync(editor, who.PersonId, "hết thời hạn lưu trữ")));

        await using (var session = await copy.RunAsync(default))
        {
            Assert.Equal(("đã xóa", 0, 0), await session.SingleAsync<(string, int, int)>("SELECT min(full_name), max(birth_day)::int, count(id_number_tag)::int FROM recipient WHERE recipient_id = @RecipientId", new { who.RecipientId }));
            Assert.Equal(0, await session.SingleAsync<int>("SELECT count(*)::int FROM channel c JOIN payee p USING (province_code, payee_no) WHERE p.recipient_id = @RecipientId AND (length(c.account_cipher) > 0 OR c.holder_name <> 'đã xóa' OR c.account_tail <> '')", new { who.RecipientId }));
            // The money is what it was.
            Assert.True(await session.SingleAsync<long>("SELECT sum(amount_vnd)::bigint FROM disbursement WHERE recipient_id = @RecipientId", new { who.RecipientId }) > 0);
        }

        var verified = Ok(await world.VerifyAsync(copy));
        Assert.Empty(verified.Broken);
        Assert.Equal(done.OperationNo, Assert.Single(verified.Erased).OperationNo);
        var findings = await Invariants.CheckAsync(copy, 40, 0, 0, default);
        Assert.Empty(findings.Where(finding => !finding.Holds).SelectMany(finding => finding.Violations.Select(violation => $"{finding.Id}: {violation}")));
        // A bundle written now could not prove the list that was approved.
        var run = new RunId(40, Core.Months.FromKey(who.Month), who.RunNo);
        Assert.Equal("not_allowed.erased", Code(await new RunBundles(copy, world.Files, world.Keys, world.Archive, clock).WriteAsync(auditor, run, Path.Combine(world.Home, "erased-bundle"))));

        // What anybody else changes in an emptied row is found all the same.
        await using (var owner = await copy.OwnerAsync(default))
            await owner.ExecuteAsync("UPDATE recipient SET full_name = 'Kẻ Gian' WHERE recipient_id = @RecipientId", new { who.RecipientId });
        Assert.Contains(Ok(await world.VerifyAsync(copy)).Broken, problem => problem.Code == "audit.rows_changed" && problem.Message.StartsWith("recipient", StringComparison.Ordinal));
    }
}
