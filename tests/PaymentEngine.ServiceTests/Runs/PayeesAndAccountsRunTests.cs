using System.Globalization;
using NodaTime;
using Npgsql;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Accounts;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.App.Operations.Payees;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Runs;

/// <summary>Who may take the money and where it goes, through whole plans: each cause holds its own lines, the rest of the run is approved.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PayeesAndAccountsRunTests(ScratchCluster cluster)
{
    static Caller Person(string name, params string[] roles) => new(RunWorld.Province, name, name, roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = Instant.MaxValue };

    static readonly Caller Editor = Person("editor", Role.AccountEditor);
    static readonly Caller Second = Person("second", Role.AccountEditor);

    static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, string.Join('\n', result.Problems));
        return result.Value;
    }

    static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;

    static string Tag(int n) => n.ToString("x32", CultureInfo.InvariantCulture);

    static Task<IReadOnlyList<(int, string)>> HeldAsync(RunWorld world, RunId run) => world.RowsAsync<(int, string)>(string.Create(CultureInfo.InvariantCulture, $"SELECT recipient_id, hold_reason FROM disbursement WHERE month = {run.Month.Key()} AND run_no = {run.RunNo} AND hold_reason IS NOT NULL ORDER BY recipient_id"));

    [PostgresFact]
    public async Task Each_cause_holds_its_own_lines_and_the_rest_of_the_run_goes()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 40);
        await world.SqlAsync($"""
            -- 1, 3 and 5 have one guardian, who has a paper and one account; 13 is nobody of hers.
            UPDATE payee SET role = 2, payee_name = 'Lê Thị Lan', basis = 'Quyết định cử người giám hộ', basis_no = '12/2026' WHERE payee_no IN (1, 3, 5);
            UPDATE channel SET account_tag = decode('{Tag(1001)}', 'hex'), holder_name = 'LE THI LAN' WHERE payee_no IN (1, 3, 5, 13);
            -- 7, 9 and 11 are strangers on one account.
            UPDATE channel SET account_tag = decode('{Tag(1002)}', 'hex'), holder_name = 'PHAM VAN THU' WHERE payee_no IN (7, 9, 11);
            -- 15's authorisation has run out; 17's guardian 99 has died, by a record of their own that nobody tied to the right.
            UPDATE payee SET role = 6, payee_name = 'Trần Văn Thay', valid_to = '2026-09-30' WHERE payee_no = 15;
            UPDATE payee SET role = 2, payee_name = 'Đỗ Văn Mất', payee_ref = 'P099', basis = 'Quyết định', valid_to = '2030-01-01' WHERE payee_no = 17;
            -- 19's guardian 98 was registered twice and lives; 21's guardian 96 was too, and is dead by the record that was kept.
            UPDATE payee SET role = 2, payee_name = 'Vũ Thị Hai', payee_ref = 'P098', basis = 'Quyết định' WHERE payee_no = 19;
            UPDATE payee SET role = 2, payee_name = 'Vũ Thị Sáu', payee_ref = 'P096', basis = 'Quyết định' WHERE payee_no = 21;
            INSERT INTO recipient (province_code, recipient_id, version, person_id, full_name, sex, birth_year, birth_month, birth_day, death, known_from, operation_no)
            VALUES (40, 99, 1, 'P099', 'Đỗ Văn Mất', 1, 1950, 1, 1, '2026-09-20', '2026-01-01', 1), (40, 98, 1, 'P098', 'Vũ Thị Hai', 2, 1960, 1, 1, NULL, '2026-01-01', 1), (40, 97, 1, 'P097', 'Vũ Thị Hai', 2, 1960, 1, 1, NULL, '2026-01-01', 1),
                   (40, 96, 1, 'P096', 'Vũ Thị Sáu', 2, 1960, 1, 1, NULL, '2026-01-01', 1), (40, 95, 1, 'P095', 'Vũ Thị Sáu', 2, 1960, 1, 1, '2026-09-20', '2026-01-01', 1);
            INSERT INTO duplicate_pair (province_code, pair_no, first_id, second_id, rule, score, number, name, birth, at, operation_no) VALUES (40, 1, 97, 98, 5, 80, 0, 0, 0, '2026-02-01', 1), (40, 2, 95, 96, 5, 80, 0, 0, 0, '2026-02-01', 1);
            INSERT INTO duplicate_decision (province_code, pair_no, decision_no, is_same, kept_id, merged_id, from_month, reason, person, at, operation_no)
            VALUES (40, 1, 1, true, 97, 98, 202603, 'một người', 'editor', '2026-02-02', 1), (40, 2, 1, true, 95, 96, 202603, 'một người', 'editor', '2026-02-02', 1);
            -- Flags: 23's stands when the money goes, 25's is over by then, 27's was ended by another person.
            INSERT INTO account_flag (province_code, flag_no, bank_bin, account_tag, account_tail, kind, source, valid_from, expires_on, made_by, at, operation_no)
            VALUES (40, 1, '970436', decode('{Tag(23)}', 'hex'), '0000', 2, 'CV 12/CA', '2026-10-01', '2026-11-30', 'editor', '2026-10-01', 1),
                   (40, 2, '970415', decode('{Tag(25)}', 'hex'), '0000', 1, 'đơn tố giác', '2026-09-01', '2026-11-01', 'editor', '2026-10-01', 1),
                   (40, 3, '970436', decode('{Tag(27)}', 'hex'), '0000', 3, 'NH cảnh báo', '2026-10-01', '2026-12-31', 'editor', '2026-10-01', 1);
            INSERT INTO account_flag_end (province_code, flag_no, ended_on, reason, person, made_by, at, operation_no) VALUES (40, 3, '2026-10-20', 'nhầm số', 'second', 'editor', '2026-10-20', 1);
            -- The bank's words: 29 closed, 31 verified, 33 verified for a holder the register has no longer, 35 another holder.
            INSERT INTO account_inquiry (province_code, inquiry_no, bank_bin, accounts, file_name, sha256, person, at, operation_no) VALUES (40, 1, '970436', 4, 'a.csv', sha256('a'), 'editor', '2026-10-10', 1);
            INSERT INTO account_asked (province_code, inquiry_no, row_no, payee_no, channel_version, account_tag, holder_name)
            SELECT 40, 1, n, 27 + 2 * n, 1, decode(lpad(to_hex(27 + 2 * n), 32, '0'), 'hex'), CASE n WHEN 3 THEN 'AI DO KHAC' ELSE 'NGUYEN VAN ' || (27 + 2 * n) END FROM generate_series(1, 4) n;
            INSERT INTO account_answer (province_code, inquiry_no, row_no, answer_no, state, answered_on, file_name, sha256, person, at, operation_no)
            VALUES (40, 1, 1, 1, 3, '2026-10-12', 'b.csv', sha256('b'), 'editor', '2026-10-12', 1), (40, 1, 2, 1, 1, '2026-10-12', 'b.csv', sha256('b'), 'editor', '2026-10-12', 1),
                   (40, 1, 3, 1, 1, '2026-10-12', 'b.csv', sha256('b'), 'editor', '2026-10-12', 1), (40, 1, 4, 1, 2, '2026-10-12', 'b.csv', sha256('b'), 'editor', '2026-10-12', 1);
            """);
        var approved = await world.ApprovedAsync();
        Assert.Equal(
            [(7, HoldReasons.UnrelatedPeople), (9, HoldReasons.UnrelatedPeople), (11, HoldReasons.UnrelatedPeople), (13, HoldReasons.UnrelatedPeople), (15, HoldReasons.PayeeExpired), (17, HoldReasons.PayeeExpired), (21, HoldReasons.PayeeExpired),
             (23, HoldReasons.AccountFlagged), (29, HoldReasons.AccountRefused), (35, HoldReasons.AccountRefused)],
            await HeldAsync(world, approved.Id));
        Assert.Equal("police_list: CV 12/CA (01/10/2026–30/11/2026)", Assert.Single(await world.RowsAsync<string>("SELECT remark FROM run_hold WHERE remark IS NOT NULL")));
        // The guardian's three, the one whose guardian's record was merged, and the others by account go: 20 accounts less 10 held.
        Assert.Equal((40, 10, 10), (approved.Total!.Recipients, approved.Total.BankAttempts, approved.Total.Held));
        // What no bank has confirmed is told: all that go but 31.
        var told = Assert.Single(approved.Conflicts);
        Assert.Equal((RunConflicts.AccountUnverified, false, 9), (told.Code, told.IsHard, told.Items));
        await world.HoldsAsync();

        // The authorisation is renewed by two people, by a new paper; then its sum goes.
        var rights = new PayeeRights(world.Database, world.Clock);
        var holds = new PaymentHolds(world.Database, world.Clock, PaymentEngine.Messages.BankingCalendars.VietNam);
        var paper = new RightBasis("Giấy ủy quyền", "45/2026", new LocalDate(2026, 10, 23), "UBND xã Một");
        var expiring = Ok(await rights.ExpiringAsync(Editor, 30));
        Assert.Equal("P000015", Assert.Single(expiring.Rights, right => right.ValidTo is not null && right.ValidTo <= new LocalDate(2026, 11, 23)).PersonId);
        Assert.Contains(expiring.Rights, right => right.PersonId == "P000001" && right.ReviewDueOn < expiring.Today);
        Assert.Equal("payee.term", Code(await rights.RenewAsync(Editor, "P000015", 15, new LocalDate(2026, 10, 20), paper, "gia hạn")));
        Assert.Equal("payee.basis", Code(await rights.RenewAsync(Editor, "P000015", 15, new LocalDate(2027, 10, 31), paper with { Issuer = " " }, "gia hạn")));
        Assert.Equal("payee.own_right", Code(await rights.EndAsync(Editor, "P000002", 2, new LocalDate(2026, 10, 31), "thử")));
        Assert.Equal("not_allowed.hold_stands", Code(await holds.ReleaseAsync(world.Maker, approved.Id, "P000015", null, "đã có giấy")));
        var change = Ok(await rights.RenewAsync(Editor, "P000015", 15, new LocalDate(2027, 10, 31), paper, "gia hạn theo đơn"));
        Assert.Equal("not_allowed.own_change", Code(await rights.AnswerAsync(Editor, change.ChangeNo, null)));
        Assert.Equal("not_allowed.change_waits", Code(await rights.EndAsync(Second, "P000015", 15, new LocalDate(2026, 9, 25), "thử")));
        Assert.Equal("approved", Ok(await rights.AnswerAsync(Second, change.ChangeNo, null)).State);
        Ok(await rights.CheckAsync(Editor, "P000001", 1, null, "gặp người giám hộ, giấy còn hiệu lực"));
        Assert.Equal(new LocalDate(2027, 10, 24), Ok(await rights.OfPersonAsync(Editor, "P000001"))[0].ReviewDueOn);
        Ok(await holds.ReleaseAsync(world.Maker, approved.Id, "P000015", null, "đã có giấy"));
        Assert.Equal("released", Ok(await holds.ApproveReleaseAsync(world.Approver, approved.Id, "P000015", null)).Holds[0].State);
        // In cash to the recipient where no new guardian is found, by two people too.
        Ok(await holds.ReleaseAsync(world.Maker, approved.Id, "P000017", null, "chi tận tay", HoldWay.Cash));
        Ok(await holds.ApproveReleaseAsync(world.Approver, approved.Id, "P000017", null));
        Assert.Equal([(17, 0)], await world.RowsAsync<(int, int)>("SELECT d.recipient_id, a.payee_no FROM attempt a JOIN disbursement d USING (province_code, month, run_no, line_no) WHERE d.recipient_id IN (15, 17)"));
        await world.HoldsAsync();

        // The rule that asks for confirmed accounts holds what is not.
        var rules = new RunRuleVersions(world.Database, world.Clock);
        Ok(await rules.LoadAsync(world.Maker, System.Text.Encoding.UTF8.GetBytes(PaymentEngine.Messages.RunRulesFile.Write(RunRules.OfProgram with { Outliers = RunRules.OfProgram.Outliers with { VerifiedAccountsOnly = true } })), "rules.json"));
        Ok(await rules.ApproveAsync(world.Approver, 1));
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        var december = await world.PlanAsync(new YearMonth(2026, 12));
        var held = (await HeldAsync(world, december.Id)).ToDictionary(row => row.Item1, row => row.Item2);
        Assert.Equal((HoldReasons.AccountUnverified, HoldReasons.AccountUnverified, false, HoldReasons.AccountRefused), (held[1], held[33], held.ContainsKey(31), held[29]));
        // 23's flag is over, but nobody has asked the bank.
        Assert.Equal(HoldReasons.AccountUnverified, held[23]);
    }

    [PostgresFact]
    public async Task One_primary_account_a_programme_and_day_chosen_by_the_run_and_a_wish_taken_back_goes_in_cash()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 4);
        var home = Directory.CreateTempSubdirectory("pe-primary-").FullName;
        using var cipher = KeyFolder.Open(Path.Combine(home, "keys"), world.Clock).Value.OpenCipher();
        var accounts = new PayeeAccounts(world.Database, world.Clock);
        var settle = new CaseRepairs(world.Database, world.Clock);
        async Task<int> PrimaryAsync(string number, LocalDate from, LocalDate? to, string bank = "970436", PayoutChannel channel = PayoutChannel.Bank)
        {
            var asked = new CorrectedAccount(bank, number, "NGUYEN VAN 1", "giấy đề nghị", null, channel) { Programme = Programme.Btxh, From = from, To = to };
            var change = Ok(await accounts.ProposeAsync(Editor, "P000001", null, asked, cipher, default));
            Ok(await accounts.AnswerAsync(Second, change.ChangeNo, null, default));
            world.Clock.Now += Duration.FromDays(4);
            Ok(await settle.SettleAsync(world.Maker, default));
            return change.ChangeNo;
        }

        world.Clock.Now = Instant.FromUtc(2026, 10, 1, 3, 0);
        var refused = new CorrectedAccount("971005", "0412345678", "NGUYEN VAN 1", "giấy", null, PayoutChannel.MobileMoney);
        Assert.Equal("account_number.not_a_phone", Code(await accounts.ProposeAsync(Editor, "P000001", null, refused, cipher, default)));
        Assert.Equal("bank.gone", Code(await accounts.ProposeAsync(Editor, "P000001", null, refused with { Bank = "Citibank", Account = "0011001234567", Channel = PayoutChannel.Bank }, cipher, default)));
        Assert.Equal("account.kind_not_at_provider", Code(await accounts.ProposeAsync(Editor, "P000001", null, refused with { Bank = "970436" }, cipher, default)));
        Assert.Equal("usage.programme_missing", Code(await accounts.ProposeAsync(Editor, "P000001", null, refused with { Account = "0912345678", From = new LocalDate(2026, 11, 1) }, cipher, default)));
        await PrimaryAsync("0011001234567", new LocalDate(2026, 10, 1), null);
        await PrimaryAsync("0912345678", new LocalDate(2026, 11, 1), null, "971005", PayoutChannel.MobileMoney);
        Assert.Equal([("01/10–31/10", "970436"), ("01/11–", "971005")],
            await world.RowsAsync<(string, string)>("SELECT to_char(valid_from, 'DD/MM') || '–' || coalesce(to_char(valid_to, 'DD/MM'), ''), bank_bin FROM channel WHERE programme IS NOT NULL AND known_to = 'infinity' ORDER BY valid_from"));
        // A later version ends the days of an earlier one; a row that goes past that is refused by the store.
        static string Raw(int version) => string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO channel (province_code, payee_no, version, programme, valid_from, kind, bank_bin, account_key, account_cipher, account_tag, account_tail, holder_name, known_from, operation_no)
            VALUES (40, 3, {version}, 2, '2026-11-01', 1, '970436', 1, '\x00', decode(repeat('0e', 16), 'hex'), '0000', 'NGUYEN VAN 3', '2026-10-02', 1);
            """);
        await world.RunAsync(Raw(95));
        var overlap = await Assert.ThrowsAsync<PostgresException>(() => world.RunAsync(Raw(94)));
        Assert.Equal("one_primary_account_a_day", overlap.ConstraintName);
        world.Clock.Now = Instant.FromUtc(2026, 10, 24, 3, 0);
        var november = await world.ApprovedAsync();
        Assert.Equal([(1, "971005"), (3, "970436")], await world.RowsAsync<(int, string)>("SELECT a.payee_no, c.bank_bin FROM attempt a JOIN channel c ON c.payee_no = a.payee_no AND c.version = a.channel_version WHERE a.kind = 1 ORDER BY a.payee_no"));
        Assert.Equal([(null, "970415"), (2, "970436"), (2, "970436"), (2, "971005")], Ok(await accounts.HistoryAsync(Editor, "P000001", default)).GroupBy(one => (one.Programme, one.BankBin, one.ValidFrom, one.ValidTo)).Select(one => ((int?)one.Key.Programme, one.Key.BankBin!)));

        // Taken back: the account stays known, the next list pays in cash.
        Ok(await accounts.WishAsync(Editor, "P000001", null, Wish.No, null, "phiếu 7", default));
        world.Clock.Now = Instant.FromUtc(2026, 11, 24, 3, 0);
        var december = await world.PlanAsync(new YearMonth(2026, 12));
        Assert.Equal([(1, 2)], await world.RowsAsync<(int, int)>("SELECT payee_no, kind::int FROM attempt WHERE month = 202612 AND payee_no = 1"));
        Assert.Empty(await HeldAsync(world, december.Id));
        await world.HoldsAsync();
    }

    [PostgresFact]
    public async Task A_bank_is_asked_answers_and_corrects_by_files()
    {
        await using var world = await RunWorld.OpenAsync(cluster);
        await world.AddPeopleAsync(1, 7);
        var home = Directory.CreateTempSubdirectory("pe-verify-").FullName;
        using var cipher = KeyFolder.Open(Path.Combine(home, "keys"), world.Clock).Value.OpenCipher();
        // 3 and 7 are at Vietcombank, 1 and 5 at VietinBank (people 1 and 5 share one guardian's account there).
        foreach (var (payee, bin, number) in new[] { (1, "970415", "10000000001"), (3, "970436", "1000000003"), (5, "970415", "10000000001"), (7, "970436", "1000000007") })
        {
            var held = cipher.Seal(bin, AccountNumber.Parse(number).Value);
            await world.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE channel SET bank_bin = '{bin}', account_key = {held.Key}, account_cipher = decode('{Convert.ToHexString(held.Cipher)}', 'hex'), account_tag = decode('{Convert.ToHexString(held.Tag)}', 'hex'), account_tail = '{held.Tail}', holder_name = 'NGUYEN VAN {(bin == "970415" ? 1 : payee)}' WHERE payee_no = {payee}"));
        }

        var disk = new DiskFiles(new ActionCounter());
        var checks = new AccountChecks(world.Database, cipher, world.Clock, disk);
        string InHome(string name) => Path.Combine(home, name);
        Assert.Equal("not_allowed.role", Code(await checks.RequestAsync(world.Approver, "970436", InHome("x.csv"), false)));
        Assert.Equal("account.unknown_bank", Code(await checks.RequestAsync(Editor, "Ngân hàng Lạ", InHome("x.csv"), false)));
        Assert.Equal("account_check.nothing", Code(await checks.RequestAsync(Editor, "970405", InHome("x.csv"), false)));
        var asked = Ok(await checks.RequestAsync(Editor, "Vietcombank", InHome("vcb.csv"), false));
        Assert.Equal((1, 2), (asked.InquiryNo, asked.Accounts));
        Assert.Equal(1, Ok(await checks.RequestAsync(Editor, "970415", InHome("ctg.xlsx"), false)).Accounts);
        Assert.Equal("file.exists", Code(await checks.RequestAsync(Editor, "970436", InHome("vcb.csv"), true)));
        var sent = await File.ReadAllLinesAsync(InHome("vcb.csv"));
        Assert.Equal(3, sent.Length);
        Assert.Contains("1000000003", string.Concat(sent), StringComparison.Ordinal);

        // Every faulty row is told, and nothing is applied.
        var reference = sent.Skip(1).ToDictionary(line => line.Split(',')[2], line => line.Split(',')[0]);
        const string head = "ref,bank_bin,account_no,account_name,result,bank_name,answered_on,note\n";
        await File.WriteAllTextAsync(InHome("bad.csv"), head + $"{reference["1000000003"]},,1000000007,,open,,2026-10-20,\n1-9,,1000000003,,open,,2026-10-20,\n{reference["1000000007"]},,1000000007,,open,,2026-12-20,\n");
        Assert.Equal(["account_check.other_account bad.csv:2", "account_check.not_asked bad.csv:3", "account_check.future bad.csv:4"], (await checks.ImportAsync(Editor, 1, InHome("bad.csv"))).Problems.Select(problem => $"{problem.Code} {problem.At!.File}:{problem.At.Line}"));
        Assert.Equal("account_check.unknown", Code(await checks.ImportAsync(Editor, 9, InHome("bad.csv"))));
        await File.WriteAllTextAsync(InHome("good.csv"), head + $"{reference["1000000003"]},,1000000003,,open,Nguyễn Văn 3,2026-10-20,\n{reference["1000000007"]},,1000000007,,open,TRAN THI KHAC,2026-10-20,ghi nhầm?\n");
        var taken = Ok(await checks.ImportAsync(Editor, 1, InHome("good.csv")));
        Assert.Equal((2, 1, 1, 0), (taken.New, taken.Verified, taken.NameDiffers, taken.Unanswered));
        Assert.Equal(0, Ok(await checks.ImportAsync(Editor, 1, InHome("good.csv"))).New);
        var evidence = Ok(await checks.ShowAsync(Editor, 1)).Accounts.Single(one => one.State == (short)AccountCheck.NameDiffers);
        Assert.Equal(("TRAN THI KHAC", "different"), (evidence.BankName, evidence.NameRule));
        Assert.Equal("account_check.nothing", Code(await checks.RequestAsync(Editor, "970436", InHome("vcb2.csv"), false)));
        Assert.Equal(2, Ok(await checks.RequestAsync(Editor, "970436", InHome("vcb2.csv"), true)).Accounts);

        // The bank corrects the guardian's account: two rights change, by another person, after the wait.
        var corrections = new BankCorrections(world.Database, cipher, world.Clock, disk);
        const string heads = "old_account_no,account_name,new_account_no,new_bank_bin,reason\n";
        await File.WriteAllTextAsync(InHome("wrong.csv"), heads + "10000000009,NGUYEN VAN 1,10000000011,,\n10000000001,TRAN THI KHAC,10000000011,,\n");
        Assert.Equal(["correction.unknown_account", "correction.other_holder", "correction.other_holder"], (await corrections.ImportAsync(Editor, InHome("wrong.csv"), "970415", "CV 88/NH")).Problems.Select(problem => problem.Code));
        await File.WriteAllTextAsync(InHome("right.csv"), heads + "10000000001,Nguyễn Văn 1,10000000011,,đổi đầu số\n");
        var corrected = Ok(await corrections.ImportAsync(Editor, InHome("right.csv"), "VietinBank", "CV 88/NH"));
        Assert.Equal((1, 2, true), (corrected.Rows, corrected.Changes.Count, corrected.IsNew));
        Assert.False(Ok(await corrections.ImportAsync(Editor, InHome("right.csv"), "VietinBank", "CV 88/NH")).IsNew);
        var accounts = new PayeeAccounts(world.Database, world.Clock);
        Assert.Equal(["not_allowed.own_change", "not_allowed.own_change"], (await accounts.ApproveAsync(Editor, corrected.Changes, default)).Problems.Select(problem => problem.Code));
        Assert.All(Ok(await accounts.ApproveAsync(Second, corrected.Changes, default)), one => Assert.Equal("approved", one.State));
        world.Clock.Now += Duration.FromDays(4);
        Assert.Equal(2, Ok(await new CaseRepairs(world.Database, world.Clock).SettleAsync(world.Maker, default)).Applied);
        Assert.Equal([(1, "0011"), (5, "0011")], await world.RowsAsync<(int, string)>("SELECT p.payee_no, c.account_tail FROM payee p JOIN channel c ON c.payee_no = p.payee_no AND c.version = p.channel_version WHERE p.known_to = 'infinity' AND p.payee_no IN (1, 5) ORDER BY 1"));
        Assert.Contains("CV 88/NH; right.csv:2 đổi đầu số", Ok(await accounts.HistoryAsync(Editor, "P000001", default))[^1].Source, StringComparison.Ordinal);

        // Flags: set by one, ended by another.
        var flags = new RiskFlags(world.Database, world.Clock);
        var wanted = new FlagRequest("970436", "1000000003", AccountFlagKind.FraudReported, "đơn số 5", null, new LocalDate(2026, 12, 31));
        Assert.Equal("flag.days", Code(await flags.SetAsync(Editor, wanted with { Until = new LocalDate(2028, 1, 1) }, cipher)));
        Assert.Equal("usage.source_missing", Code(await flags.SetAsync(Editor, wanted with { Source = " " }, cipher)));
        var flag = Ok(await flags.SetAsync(Editor, wanted, cipher));
        Assert.Equal((1, 1), (flag.FlagNo, flag.Payees));
        Assert.Equal("not_allowed.own_flag", Code(await flags.EndAsync(Editor, 1, "nhầm")));
        Assert.Equal("flag.unknown", Code(await flags.EndAsync(Second, 9, "nhầm")));
        var planned = await world.PlanAsync();
        Assert.Equal([(3, HoldReasons.AccountFlagged), (7, HoldReasons.AccountRefused)], await HeldAsync(world, planned.Id));
        Assert.Equal("second", Ok(await flags.EndAsync(Second, 1, "đã xác minh")).EndedBy);
        Assert.Equal("not_allowed.flag_over", Code(await flags.EndAsync(Second, 1, "nữa")));
        Assert.Empty(await flags.ListAsync(Editor, ended: false));
        Ok(await world.Runs.ReturnAsync(world.Maker, planned.Id, "hết cảnh báo"));
        Assert.Equal([(7, HoldReasons.AccountRefused)], await HeldAsync(world, (await world.PlanAsync()).Id));
    }
}
