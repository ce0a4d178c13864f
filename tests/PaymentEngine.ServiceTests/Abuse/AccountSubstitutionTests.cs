using System.Globalization;
using NodaTime;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;
using PaymentEngine.Postgres;
using PaymentEngine.ServiceTests.Runs;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse cases 1 and 2: the insider who turns payments to an account of his own.</summary>
[Collection(AbuseCollection.Name)]
public sealed class AccountSubstitutionTests(ScratchCluster cluster)
{
    static readonly Caller Editor = Person("editor", Role.AccountEditor);
    static readonly Caller Second = Person("second", Role.AccountEditor);

    static string Before(int person) => string.Create(CultureInfo.InvariantCulture, $"00110000{person:0000}");

    static string After(int person) => string.Create(CultureInfo.InvariantCulture, $"99887766{person:00}");

    [PostgresFact]
    public async Task AbuseCase01_Account_substitution_just_before_a_run_reaches_no_file_and_is_shown_to_who_approves()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 8); // 1, 3, 5 and 7 by account
        var home = Directory.CreateTempSubdirectory("pe-substitution-").FullName;
        try
        {
            var keys = ReadAndApproved.Keys().Value;
            using var cipher = keys.OpenCipher();
            async Task SealAsync(string table, string where, string bin, string account)
            {
                var held = cipher.Seal(bin, AccountNumber.Parse(account).Value);
                await world.TamperAsync(FormattableString.Invariant($"UPDATE {table} SET account_key = {held.Key}, account_cipher = '\\x{Convert.ToHexString(held.Cipher)}', account_tag = '\\x{Convert.ToHexString(held.Tag)}', account_tail = '{held.Tail}' WHERE {where}"));
            }

            await SealAsync("payer", "payer_no = 1", "970415", "1020304050");
            foreach (var person in (int[])[1, 3, 5, 7]) await SealAsync("channel", $"payee_no = {person}", person % 4 == 1 ? "970415" : "970436", Before(person));

            var accounts = new PayeeAccounts(world.Database, world.Clock);
            // Asked for by one person, approved by another, and past its waiting time: everything an insider can do by the rules.
            async Task ChangeAsync(int person, Instant until)
            {
                var asked = new CorrectedAccount("Vietcombank", After(person), $"NGUYEN VAN {person}", $"giấy đề nghị số {person}", null);
                var change = Ok(await accounts.ProposeAsync(Editor, $"P{person:000000}", null, asked, cipher, default));
                Assert.Equal("not_allowed.own_change", Code(await accounts.AnswerAsync(Editor, change.ChangeNo, null, default)));
                Ok(await accounts.AnswerAsync(Second, change.ChangeNo, null, default));
                world.Clock.Now = until;
                Ok(await new CaseRepairs(world.Database, world.Clock).SettleAsync(world.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Reconciler } }, default));
                Assert.Equal(2, Assert.Single(await world.RowsAsync<int>($"SELECT channel_version FROM payee WHERE payee_no = {person} AND known_to = 'infinity'")));
            }

            world.Clock.Now = Instant.FromUtc(2026, 10, 12, 3, 0);
            await ChangeAsync(1, Instant.FromUtc(2026, 10, 20, 3, 0)); // before the list is computed
            var november = await world.PlanAsync();
            await ChangeAsync(3, Instant.FromUtc(2026, 10, 28, 3, 0)); // after it, before anybody approves
            Ok(await world.Runs.SubmitAsync(world.Maker, november.Id, november.Total!.Recipients, november.Total.ListedVnd));
            Ok(await world.Runs.ApproveAsync(world.Approver, november.Id, november.Total.ListedVnd, Convert.ToHexStringLower(november.Total.ContentHash)));
            await ChangeAsync(5, Instant.FromUtc(2026, 11, 3, 3, 0)); // after the approval
            var exports = new Exports(world.Database, new DiskFiles(new ActionCounter()), keys, world.Clock);
            var first = Ok(await exports.ExportAsync(world.Maker, november.Id, Path.Combine(home, "first")));
            await ChangeAsync(7, Instant.FromUtc(2026, 11, 10, 3, 0)); // after the file is sealed
            var again = Ok(await exports.ExportAsync(world.Maker, november.Id, Path.Combine(home, "again")));

            // The account that was frozen when the list was computed, at every stage and in every file; nothing else.
            foreach (var exported in new[] { first, again })
            {
                var paid = new List<string>();
                foreach (var file in exported.Files) Ok(PaymentListReader.ReadBack(File.OpenRead(file.Path), BankProfiles.ForBank("970415"), payment => paid.Add(payment.CreditorAccount!)));
                Assert.Equal(new[] { After(1), Before(3), Before(5), Before(7) }.Order(StringComparer.Ordinal), paid.Order(StringComparer.Ordinal));
            }

            Assert.Equal(first.Files.Select(file => file.Sha256), again.Files.Select(file => file.Sha256));

            // The list that is computed after the changes has them, and says so first to who approves it.
            world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
            var december = await world.PlanAsync(new YearMonth(2026, 12));
            Assert.Equal((3, false), december.Difference.Single(row => row.Cause == "other_account") is var row ? (row.Items, row.InBridge) : default);
            var people = Ok(await world.Runs.DifferenceAsync(world.Approver, december.Id, 10)).People.Where(one => one.Cause == "other_account").Select(one => one.PersonId).Order(StringComparer.Ordinal);
            Assert.Equal(["P000003", "P000005", "P000007"], people);
            Assert.Equal([(1, 2), (3, 2), (5, 2), (7, 2)], await world.RowsAsync<(int, int)>("SELECT payee_no, channel_version FROM attempt WHERE month = 202612 AND kind = 1 ORDER BY 1"));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [PostgresFact]
    public async Task AbuseCase02_An_insider_redirects_several_people_to_one_account_and_their_money_is_held()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 32); // the odd ones by account
        // Two, three and ten people who have nothing to do with each other, each group on one account.
        int[] two = [1, 3], three = [5, 7, 9], ten = [11, 13, 15, 17, 19, 21, 23, 25, 27, 29];
        foreach (var (tag, group) in new[] { ("a1", two), ("a2", three), ("a3", ten) })
            await world.SqlAsync($"UPDATE channel SET account_tag = decode(repeat('{tag}', 16), 'hex'), bank_bin = '970436', holder_name = 'TRAN VAN KHAC' WHERE payee_no IN ({string.Join(", ", group)})");
        var planned = await world.PlanAsync();
        var held = await world.RowsAsync<(int Person, string Reason)>("SELECT recipient_id, hold_reason FROM disbursement WHERE hold_reason IS NOT NULL ORDER BY 1");
        Assert.Equal(three.Concat(ten), held.Select(row => row.Person));
        Assert.All(held, row => Assert.Contains(row.Reason, (string[])[HoldReasons.UnrelatedPeople, HoldReasons.SharedAccount]));
        Assert.Equal(13, planned.Total!.Held);
        Assert.Equal([1, 3, 31], await world.RowsAsync<int>("SELECT d.recipient_id FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE a.kind = 1 ORDER BY 1"));
        // Nobody lets them go alone, and what is held after approval takes two.
        Ok(await world.Runs.SubmitAsync(world.Maker, planned.Id, planned.Total.Recipients, planned.Total.ListedVnd));
        Ok(await world.Runs.ApproveAsync(world.Approver, planned.Id, planned.Total.ListedVnd, Convert.ToHexStringLower(planned.Total.ContentHash)));
        var holds = new PaymentHolds(world.Database, world.Clock, BankingCalendars.VietNam);
        Ok(await holds.ReleaseAsync(world.Maker, planned.Id, "P000005", null, "xin trả"));
        Assert.Equal([5, 7, 9], await world.RowsAsync<int>("SELECT recipient_id FROM disbursement d WHERE hold_reason IS NOT NULL AND recipient_id < 10 AND NOT EXISTS (SELECT FROM attempt a WHERE a.line_no = d.line_no AND a.run_no = d.run_no) ORDER BY 1"));
        Assert.StartsWith("not_allowed.", Code(await holds.ApproveReleaseAsync(world.Maker with { Roles = new HashSet<string> { Role.Maker, Role.Approver } }, planned.Id, "P000005", null)), StringComparison.Ordinal);

        // The same account in another form is no other account: it is read as itself, or it is not read.
        Assert.Equal("0011002233445", AccountNumber.Parse(" 0011002233445\u00A0").Value.Text);
        foreach (var form in new[] { "0011 0022 33445", "0011-0022-33445", "0011.0022.33445", "００１１００２２３３４４５", "0011002233445\u200B", "00110022\u202E33445", "1.1002233445E+11" }) Assert.Equal("account_number.malformed", Code(AccountNumber.Parse(form)));
    }
}
