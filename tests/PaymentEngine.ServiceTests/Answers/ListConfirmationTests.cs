using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Answers;

/// <summary>A wallet that sends no statements: its result list is proof once two persons have confirmed it.</summary>
[Collection(AnswersCollection.Name)]
public sealed class ListConfirmationTests(ScratchCluster cluster)
{
    const string Why = "đối chiếu bảng kê có dấu số 12/2026";

    static Caller Colleague { get; } = new(Province, "colleague", "Người đối soát thứ hai", new HashSet<string> { Role.Reconciler }, null) { ProvenUntil = Instant.MaxValue };

    static string Row(int line, string status, string reason = "", long? amountVnd = null) => FormattableString.Invariant($"{Id(line)} TRO CAP T11/2026,{PayeeAccount(line)},{amountVnd ?? Amount(line)},{status},{reason},04/11/2026\r\n");

    static async Task<string> ListAsync(params string[] rows)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("pe-list-").FullName, "ket-qua.csv");
        await File.WriteAllTextAsync(path, "NoiDung,SoTaiKhoan,SoTien,TrangThai,LyDo,NgayGiaoDich\r\n" + string.Concat(rows));
        return path;
    }

    static async Task<ListConfirmation> ConfirmAsync(AnswerWorld world, Caller caller, int importNo)
    {
        var done = await new ListConfirmations(world.Database, world.Clock).ConfirmAsync(caller, importNo, Why, default);
        Assert.True(done.IsOk, string.Join('\n', done.Problems));
        return done.Value;
    }

    static async Task<Problem> RefusedAsync(AnswerWorld world, Caller caller, int importNo, string why = Why) =>
        Assert.Single((await new ListConfirmations(world.Database, world.Clock).ConfirmAsync(caller, importNo, why, default)).Problems);

    [PostgresFact]
    public async Task A_list_without_statements_proves_once_two_persons_have_confirmed_it()
    {
        await using var world = await OpenAsync(cluster, payments: 6, profile: "viettel-money");
        var list = (await world.ImportAsync(await ListAsync(Row(1, "Thành công"), Row(2, "Từ chối", "Tài khoản đã đóng"), Row(3, "Đã hoàn trả", "Sai số tài khoản"), Row(4, "Đang xử lý"), Row(5, "Đã hoàn trả", "", Amount(5) - 11_000))))[0];
        var told = await world.StateAsync();
        Assert.Equal(6, told.Split('\n').Count(line => line.Contains("in_transit", StringComparison.Ordinal)));
        Assert.Equal("usage.why_missing", (await RefusedAsync(world, world.Reconciler, list.ImportNo, " ")).Code);
        var waiting = Assert.Single((await new ListConfirmations(world.Database, world.Clock).WaitingAsync(world.Reconciler, default)).Value);
        Assert.Equal((1, 1, 2, 1, (string?)null), (waiting.Paid.Items, waiting.Refused.Items, waiting.Returned.Items, waiting.Open.Items, waiting.First));

        // One person's word changes nothing, said twice neither.
        Assert.Null((await ConfirmAsync(world, world.Reconciler, list.ImportNo)).Second);
        Assert.Equal("not_allowed.own_confirmation", (await RefusedAsync(world, world.Reconciler, list.ImportNo)).Code);
        Assert.Equal(told, await world.StateAsync());

        var done = await ConfirmAsync(world, Colleague, list.ImportNo);
        Assert.Equal((3, false), (done.Ended, done.AlreadyDone));
        Assert.Equal("""
            1: paid_by_account
            2: returned, ended rejected, case rejected
            3: returned, ended returned, case returned
            4: in_transit
            5: returned, ended returned, case bank_short+returned
            6: in_transit
            """.ReplaceLineEndings("\n"), await world.StateAsync());
        Assert.Equal(11_000, Assert.Single(await world.RowsAsync<long>("SELECT amount_vnd FROM payment_case WHERE kind = 'bank_short'")));
        Assert.All(await world.RowsAsync<string>("SELECT proof FROM attempt_end"), proof => Assert.EndsWith(Core.Reconciliation.Proof.ConfirmedByTwo, proof, StringComparison.Ordinal));
        Assert.True((await ConfirmAsync(world, world.Reconciler, list.ImportNo)).AlreadyDone);
        Assert.Empty((await new ListConfirmations(world.Database, world.Clock).WaitingAsync(world.Reconciler, default)).Value);

        // The certificate names it, the invariants hold it, and a row slipped in without the two is found.
        await using (var session = await world.Database.RunAsync(default))
        {
            var confirmed = Assert.Single(await CertificateStore.ConfirmedAsync(session, Province, 202611, 1, default));
            Assert.Equal(("reconciler", "colleague", 1, Amount(1), 1, Amount(2), 2, Amount(3) + Amount(5) - 11_000),
                (confirmed.FirstPerson, confirmed.SecondPerson, confirmed.Paid, confirmed.PaidVnd, confirmed.Refused, confirmed.RefusedVnd, confirmed.Returned, confirmed.ReturnedVnd));
        }

        Assert.True(await HoldsAsync(world));
        await using (var owner = await world.Database.OwnerAsync(default))
        {
            await owner.ExecuteAsync("INSERT INTO bank_fact SELECT province_code, month, import_no, 999, 1, target, target_month, target_run, 4, target_part, 16, 6, amount_vnd, reason_code, reason_text, event_key, event_date, reported_at, rule, bank_ref FROM bank_fact WHERE level = 6 AND target_no = 1");
        }

        Assert.False(await HoldsAsync(world));
    }

    static async Task<bool> HoldsAsync(AnswerWorld world) => (await Invariants.CheckAsync(world.Database, Province, 202611, 1, default)).Single(one => one.Id == "I6.lists").Holds;

    [PostgresFact]
    public async Task What_cannot_be_confirmed_is_refused_and_proves_nothing()
    {
        await using var world = await OpenAsync(cluster, profile: "viettel-money");
        var imported = await world.ImportAsync(await ListAsync(Row(1, "Từ chối", "", Amount(1) + 1)), world.Report(9, (Id(2), "RJCT", "AC04")), await ListAsync(Row(3, "Trúng thưởng")));
        Assert.Equal("not_allowed.not_applied", (await RefusedAsync(world, world.Reconciler, imported[0].ImportNo)).Code);
        Assert.Equal("not_allowed.no_result_list", (await RefusedAsync(world, world.Reconciler, imported[1].ImportNo)).Code);
        Assert.Equal("not_allowed.no_result_list", (await RefusedAsync(world, world.Reconciler, imported[2].ImportNo)).Code); // parked: a word nobody knows
        Assert.Equal("bank_file.unknown", (await RefusedAsync(world, world.Reconciler, 99)).Code);
        Assert.Equal("not_allowed.role", (await RefusedAsync(world, new Caller(Province, "lan", "Lan", new HashSet<string> { Role.Maker }, null) { ProvenUntil = Instant.MaxValue }, imported[0].ImportNo)).Code);
        Assert.Empty(await world.RowsAsync<int>("SELECT 1 FROM list_confirmation"));

        await using var other = await OpenAsync(cluster); // the generic bank sends statements
        var list = (await other.ImportAsync(await ListAsync(Row(1, "Từ chối"))))[0];
        Assert.Equal("not_allowed.bank_sends_statements", (await RefusedAsync(other, other.Reconciler, list.ImportNo)).Code);
        Assert.DoesNotContain("ended", await other.StateAsync(), StringComparison.Ordinal);
    }
}
