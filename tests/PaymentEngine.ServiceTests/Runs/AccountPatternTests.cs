using NodaTime;
using System.Text;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>An account that cannot be one of its bank holds its payment, and nobody else's.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AccountPatternTests(ScratchCluster cluster)
{
    const string Bank = "970427";

    [PostgresFact]
    public async Task A_plan_holds_who_is_to_be_paid_to_an_account_that_cannot_be_at_its_bank()
    {
        var text = Encoding.UTF8.GetString(BankProfiles.FindKnown("lpbank")!.Content.Span).Replace("\"id\": \"lpbank\"", "\"id\": \"patterned\"", StringComparison.Ordinal)
            .Replace("\"bankBins\": [\"970449\"]", $"\"bankBins\": [\"{Bank}\"]", StringComparison.Ordinal).Replace("\"accountPattern\": null", "\"accountPattern\": \"[0-9]{8}|9[0-9]{9}\"", StringComparison.Ordinal);
        var loaded = BankProfiles.Load([("patterned.json", Encoding.UTF8.GetBytes(text))]);
        Assert.True(loaded.IsOk, string.Join('\n', loaded.Problems));

        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 8); // 1, 3, 5 and 7 by account
        var home = Directory.CreateTempSubdirectory("pe-pattern-").FullName;
        try
        {
            var keys = KeyFolder.Open(Path.Combine(home, "keys"), world.Clock).Value;
            using (var cipher = keys.OpenCipher())
            {
                foreach (var (payee, account) in ((int, string)[])[(1, "12345678"), (3, "9123456789"), (5, "123456789")])
                {
                    var held = cipher.Seal(Bank, AccountNumber.Parse(account).Value);
                    await world.TamperAsync(FormattableString.Invariant($"UPDATE channel SET bank_bin = '{Bank}', account_key = {held.Key}, account_cipher = '\\x{Convert.ToHexString(held.Cipher)}', account_tag = '\\x{Convert.ToHexString(held.Tag)}' WHERE payee_no = {payee}"));
                }
            }

            // A corrected account is read by the same pattern, before anything is looked up; somebody who knows better says why.
            using (var cipher = keys.OpenCipher())
            {
                var editor = new Caller(RunWorld.Province, "editor", "Người sửa tài khoản", new HashSet<string> { Role.AccountEditor }, null) { ProvenUntil = Instant.MaxValue };
                var repairs = new CaseRepairs(world.Database, world.Clock);
                Assert.Equal("account.not_at_bank", Assert.Single((await repairs.CorrectAsync(editor, 1, new CorrectedAccount(Bank, "123456789", "NGUYEN VAN 5", "giấy đề nghị số 3", null), cipher, default)).Problems).Code);
                Assert.NotEqual("account.not_at_bank", (await repairs.CorrectAsync(editor, 1, new CorrectedAccount(Bank, "123456789", "NGUYEN VAN 5", "giấy đề nghị số 3", "tài khoản số đẹp"), cipher, default)).Problems[0].Code);
            }

            var runs = new PaymentRuns(world.Database, world.Clock, world.Law, BankingCalendars.VietNam) { Keys = () => KeyFolder.Open(Path.Combine(home, "keys"), world.Clock) };
            var planned = await runs.PlanAsync(world.Maker, world.November, null);
            Assert.True(planned.IsOk, string.Join('\n', planned.Problems));
            var hold = Assert.Single(Assert.Single(planned.Value).Holds);
            Assert.Equal((HoldReasons.AccountNotAtBank, 1), (hold.Reason, hold.Items));
            Assert.Equal([5], await world.RowsAsync<int>("SELECT recipient_id FROM disbursement WHERE hold_reason IS NOT NULL"));
            Assert.Equal([1, 3, 7], await world.RowsAsync<int>("SELECT d.recipient_id FROM disbursement d JOIN attempt a USING (province_code, month, run_no, line_no) WHERE a.kind = 1 ORDER BY 1"));

            // The approved list holds it until the register has an account that can be one of its bank.
            var run = planned.Value[0];
            Assert.True((await runs.SubmitAsync(world.Maker, run.Id, run.Total!.Recipients, run.Total.ListedVnd)).IsOk);
            Assert.True((await runs.ApproveSeenAsync(world.Approver, run.Id, run.Total.ListedVnd)).IsOk);
            var holds = new PaymentHolds(world.Database, world.Clock, BankingCalendars.VietNam) { Keys = () => KeyFolder.Open(Path.Combine(home, "keys"), world.Clock) };
            Assert.Equal("not_allowed.hold_stands", Assert.Single((await holds.ReleaseAsync(world.Maker, run.Id, "P000005", null, "đã hỏi ngân hàng")).Problems).Code);
            using (var cipher = keys.OpenCipher())
            {
                var mended = cipher.Seal(Bank, AccountNumber.Parse("87654321").Value);
                await world.SqlAsync(FormattableString.Invariant($"""
                    INSERT INTO channel (province_code, payee_no, version, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
                    VALUES (40, 5, 2, 1, '{Bank}', {mended.Key}, '\x{Convert.ToHexString(mended.Cipher)}', '\x{Convert.ToHexString(mended.Tag)}', '4321', 'NGUYEN VAN 5', '2026-10-24', 1);
                    INSERT INTO payee (province_code, payee_no, version, recipient_id, payee_name, role, channel, wish, channel_version, known_from, operation_no) VALUES (40, 5, 2, 5, 'Nguyễn Văn 5', 1, 1, 1, 2, '2026-10-24', 1);
                    UPDATE payee SET known_to = '2026-10-24' WHERE payee_no = 5 AND version = 1;
                    """));
            }

            Assert.True((await holds.ReleaseAsync(world.Maker, run.Id, "P000005", null, "tài khoản đã sửa")).IsOk);
            Assert.True((await holds.ApproveReleaseAsync(world.Approver, run.Id, "P000005", null)).IsOk);
            Assert.Equal(1, Assert.Single((await runs.RegulariseAsync(world.Maker, world.November, null, null)).Value).Total!.BankAttempts);
            Assert.Equal([2], await world.RowsAsync<int>("SELECT channel_version FROM run_repayment"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
