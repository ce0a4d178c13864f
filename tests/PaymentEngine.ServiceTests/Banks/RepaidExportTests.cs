using System.Globalization;
using PaymentEngine.ServiceTests.Runs;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.ServiceTests.Banks;

/// <summary>Files of regularisation runs: the same people may lawfully be paid again, and nobody else.</summary>
[Collection(BankCollection.Name)]
public sealed class RepaidExportTests(ApprovedRuns banks)
{
    [PostgresFact]
    public async Task The_same_payment_made_again_to_the_same_account_stands_in_a_file_of_its_own_with_the_next_letter()
    {
        banks.Clock.Now = ApprovedRuns.Morning;
        var run = await banks.AddAsync(1);
        var first = Assert.Single((await banks.Exports.ExportAsync(banks.Maker, run, banks.Folder("repaid-first"))).Value.Files);
        var (second, secondRun) = await AgainAsync(run, 1);
        var (third, thirdRun) = await AgainAsync(run, 2);
        Assert.Equal(["A", "B", "C"], new[] { first, second, third }.Select(LetterOf));
        Assert.Equal(3, new[] { first.ListHash, second.ListHash, third.ListHash }.Distinct().Count());
        Assert.True(secondRun.RunNo < thirdRun.RunNo);
        // Exporting again gives the same bytes, not another file.
        var again = await banks.Exports.ExportAsync(banks.Maker, thirdRun, banks.Folder("repaid-again"));
        Assert.Equal(third.Sha256, Assert.Single(again.Value.Files).Sha256);
        // Its hand-over moves the money of the run it was listed in.
        var bank = Directory.CreateDirectory(banks.Folder("repaid-bank")).FullName;
        var sent = await banks.HandOvers.SendAsync(banks.Maker, thirdRun, new FolderChannel(banks.Files, bank));
        Assert.True(sent.IsOk, string.Join('\n', sent.Problems));
        await using var session = await banks.Database.OwnerAsync(default);
        Assert.Equal(1, await session.SingleAsync<int>("SELECT count(*)::int FROM posting_member WHERE run_no = @RunNo AND from_place = 3 AND to_place = 4", new { run.RunNo }));
    }

    static string LetterOf(ExportedFile file)
    {
        var text = File.ReadAllText(file.Path);
        var at = text.IndexOf("<EndToEndId>", StringComparison.Ordinal) + "<EndToEndId>".Length;
        return text[(at + InstructionId.Length - 2)..(at + InstructionId.Length - 1)];
    }

    /// <summary>Ends an attempt as a bank's time-out that took nothing, and pays it again.</summary>
    async Task<(ExportedFile File, RunId Run)> AgainAsync(RunId run, int attempt)
    {
        await using (var session = await banks.Database.OwnerAsync(default))
        {
            var line = ApprovedRuns.LineNo(0);
            await session.ExecuteAsync("""
                UPDATE payee SET channel_version = 1 WHERE payee_no = (SELECT payee_no FROM disbursement WHERE run_no = @RunNo);
                INSERT INTO attempt_end (province_code, month, run_no, line_no, attempt, how, proof, reason_code, ended_on, operation_no) VALUES (40, 202611, @RunNo, @line, @attempt, 'rejected', 'a test', 'AB05', '2026-11-02', 1);
                INSERT INTO payment_case (province_code, case_no, kind, month, run_no, line_no, attempt, commune_id, amount_vnd, reason_code, next_action, owner, opened_at, due_on, operation_no)
                SELECT 40, coalesce(max(case_no), 0) + 1, 'rejected', 202611, @RunNo, @line, @attempt, 7, 500000, 'AB05', 'retry_later', 'reconciler', '2026-11-02 02:00Z', '2026-11-05', 1 FROM payment_case;
                INSERT INTO posting (province_code, month, operation_no, run_month, run_no, programme, commune_id, from_place, to_place, items, sum_vnd, digest) VALUES (40, 202611, 1, 202611, @RunNo, 2, 7, 3, 7, 1, 500000, sha256('d'));
                """, new { run.RunNo, line, attempt });
        }

        var runs = new PaymentRuns(banks.Database, banks.Clock, LawFiles.LoadEmbedded(), BankingCalendars.VietNam) { Keys = () => Result<KeyFolder>.Ok(banks.Keys) };
        // In the next month: the runs of this one are numbered by the world itself, and a file's number is by month.
        var planned = await runs.RegulariseAsync(banks.Maker, ApprovedRuns.Month.PlusMonths(1), null, null);
        Assert.True(planned.IsOk, string.Join('\n', planned.Problems));
        var again = Assert.Single(planned.Value).Id;
        Assert.True((await runs.SubmitAsync(banks.Maker, again, 1, 500_000)).IsOk);
        // Other tests of this world write by the machine's own clock, later than this one: an administrator has looked at it.
        await new Fences(banks.Database, banks.Files, banks.Clock, null).ConfirmClockAsync(banks.Approver with { UserName = "quan", Roles = new HashSet<string> { Role.Administrator } }, "đồng hồ của bài thử");
        var approved = await runs.ApproveSeenAsync(banks.Approver, again, 500_000);
        Assert.True(approved.IsOk, string.Join('\n', approved.Problems));
        var exported = await banks.Exports.ExportAsync(banks.Maker, again, banks.Folder(string.Create(CultureInfo.InvariantCulture, $"repaid-{attempt}")));
        Assert.True(exported.IsOk, string.Join('\n', exported.Problems));
        return (Assert.Single(exported.Value.Files), again);
    }
}
