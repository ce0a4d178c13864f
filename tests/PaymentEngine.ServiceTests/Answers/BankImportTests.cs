using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Answers;

[Collection(AnswersCollection.Name)]
public sealed class BankImportTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task A_rejection_ends_when_the_batch_debit_leaves_exactly_it_out_and_becomes_cash_after_its_wait()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(2), "RJCT", "AC04")));
        Assert.Contains("2: in_transit, case rejected", await world.StateAsync(), StringComparison.Ordinal);
        var imported = await world.ImportAsync(world.Statement(2, 5, Debit(world.Sum - Amount(2))));
        Assert.Equal("applied", imported[0].Outcome);
        Assert.Equal("1: paid_by_account\n2: returned, ended rejected, case rejected\n3: paid_by_account\n4: paid_by_account", await world.StateAsync());

        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        world.Clock.Now += Duration.FromDays(5);
        Assert.Equal(new PaymentEngine.App.Operations.Reconciliation(0, 1, Amount(2)), await world.ReconcileAsync() with { Late = new(0, 0) });
        Assert.Contains("2: cash_due, ended rejected", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Equal("to_cash", Assert.Single(await world.RowsAsync<string>("SELECT closed_how FROM payment_case WHERE line_no = 2")));
        Assert.Equal(2, Assert.Single(await world.RowsAsync<int>("SELECT pay_commune_id FROM attempt WHERE line_no = 2 AND attempt = 2 AND kind = 2"))); // where the payee wants it
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
    }

    [PostgresFact]
    public async Task A_booked_return_ends_the_attempt_also_before_its_debit_and_weeks_after_it_was_paid()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Statement(2, 4, Return(Id(1), Amount(1), "AC04", 4)));
        Assert.StartsWith("1: returned, ended returned, case returned\n2: in_transit", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(5, 6, Debit(world.Sum, 5)));
        Assert.StartsWith("1: returned, ended returned, case returned\n2: paid_by_account", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(25, 27, Return(Id(3), Amount(3), null, 26)));
        Assert.Contains("3: returned, ended returned, case returned", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("AM05", "rejected")]
    [InlineData("MD07", "deceased")]
    [InlineData("AC06", "rejected")]
    [InlineData("ZZ99", "rejected")]
    [InlineData(null, "rejected")]
    public async Task Duplicates_deaths_blocks_and_unknown_reasons_never_become_cash(string? reason, string kind)
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", reason)), world.Statement(2, 5, Debit(world.Sum - Amount(1))));
        world.Clock.Now += Duration.FromDays(60);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.StartsWith($"1: returned, ended rejected, case {kind}\n", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_harmless_reason_beside_a_death_does_not_become_cash()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 5, Debit(world.Sum - Amount(1))), world.Report(10, (Id(1), "RJCT", "MD07")));
        world.Clock.Now += Duration.FromDays(60);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.StartsWith("1: returned, ended rejected, case deceased\n", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Rejected_but_debited_is_disputed_and_not_paid_again_until_the_money_is_back()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "RJCT", "AC04")), world.Statement(2, 4, Debit(world.Sum)));
        world.Clock.Now += Duration.FromDays(20);
        Assert.Equal(0, (await world.ReconcileAsync()).ToCash);
        Assert.StartsWith("1: disputed, case contradicted\n", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(5, 6, Return(Id(1), Amount(1), null, 6)));
        Assert.StartsWith("1: returned, ended returned, case returned\n", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_refused_file_ends_only_when_statements_without_a_gap_show_no_debit()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Refusal("AC04"), world.Statement(2, 3));
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(5, 6)); // the 4th is missing
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
        await world.ImportAsync(world.Statement(4, 4));
        Assert.Equal("1: returned, ended rejected, case rejected\n2: returned, ended rejected, case rejected\n3: returned, ended rejected, case rejected\n4: returned, ended rejected, case rejected", await world.StateAsync());
    }

    [PostgresFact]
    public async Task A_part_return_owes_the_person_the_whole_sum_and_claims_the_rest_from_the_bank()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Statement(2, 5, Debit(world.Sum), Return(Id(1), Amount(1) - 11_000, "AC04")));
        Assert.StartsWith("1: returned, ended returned, case bank_short+returned\n", await world.StateAsync(), StringComparison.Ordinal);
        Assert.Equal(11_000, Assert.Single(await world.RowsAsync<long>("SELECT amount_vnd FROM payment_case WHERE kind = 'bank_short'")));
    }

    [PostgresFact]
    public async Task What_nobody_can_place_waits_in_suspense_with_a_case()
    {
        await using var world = await OpenAsync(cluster);
        var imported = await world.ImportAsync(
            world.Statement(2, 5, Debit(world.Sum), Return(Id(99), 5_000, "AC04"), Return(Id(1), Amount(1) + 1, "AC04"), Return("HOADON 17", 7_000, null)),
            world.Report(9, (Id(98), "RJCT", "AC04"), (Id(1), "ACSP", null)));
        Assert.Equal([3, 1], imported.Select(one => one.Suspense));
        Assert.Equal(4, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM payment_case WHERE kind = 'suspense' AND closed_at IS NULL")));
        Assert.DoesNotContain("ended", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_file_seen_before_is_counted_and_changes_nothing()
    {
        await using var world = await OpenAsync(cluster);
        var file = world.Report(9, (Id(2), "RJCT", "AC04"));
        await world.ImportAsync(file);
        var state = await world.StateAsync();
        var operations = (await world.RowsAsync<long>("SELECT max(operation_no) FROM operation")).Single();
        Assert.Equal("known", (await world.ImportAsync(file))[0].Outcome);
        Assert.Equal(state, await world.StateAsync());
        Assert.Equal(operations, (await world.RowsAsync<long>("SELECT max(operation_no) FROM operation")).Single());
    }

    [PostgresFact]
    public async Task Bank_evidence_before_our_own_record_proves_the_hand_over()
    {
        await using var world = await OpenAsync(cluster, handedOver: false);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSP", null)));
        Assert.StartsWith("1: in_transit\n2: ordered", await world.StateAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Files_that_a_person_must_look_at_first_are_parked_and_change_nothing()
    {
        await using var world = await OpenAsync(cluster);
        await world.ImportAsync(world.Report(9, (Id(1), "ACSP", null)));
        var state = await world.StateAsync();
        var broken = world.Report(12, (Id(1), "RJCT", null));
        System.IO.File.WriteAllText(broken, System.IO.File.ReadAllText(broken)[..200]);
        var parked = await world.ImportAsync(
            world.Report(9, (Id(1), "RJCT", "AC04")),                                       // the same message id, other bytes
            world.Report(10, 5, (Id(1), "RJCT", "AC04")),                                   // we sent four
            world.Statement("9999999999", "OTHER", 2, 5, Debit(world.Sum)),                 // not our account
            broken);
        Assert.Equal(["bank_file.same_id_other_bytes", "bank_file.not_as_sent", "bank_file.wrong_account", "bank_file.not_well_formed"], parked.Select(one => one.Problem!.Code));
        Assert.Equal(state, await world.StateAsync());
        Assert.Equal(4, Assert.Single(await world.RowsAsync<int>("SELECT count(*)::int FROM inbox_file WHERE parked IS NOT NULL")));
    }

    [PostgresFact]
    public async Task Packed_files_are_taken_in_as_what_they_hold_each_whole_or_not_at_all()
    {
        await using var world = await OpenAsync(cluster);
        var report = world.Report(9, (Id(1), "RJCT", "AC04"));
        var zipped = Zip(world.Statement(2, 4, Debit(world.Sum - Amount(1))), world.Statement(5, 6, Return(Id(2), Amount(2), "AC01")));
        var imported = await world.ImportAsync(Gzip(report), zipped);
        Assert.Equal(["applied", "applied"], imported.Select(one => one.Outcome));
        Assert.Equal("1: returned, ended rejected, case rejected\n2: returned, ended returned, case returned\n3: paid_by_account\n4: paid_by_account", await world.StateAsync());
        Assert.Equal("known", (await world.ImportAsync(zipped))[0].Outcome);
        // The same report unpacked is another file with a known message id: it waits and changes nothing.
        Assert.Equal("bank_file.same_id_other_bytes", (await world.ImportAsync(report))[0].Problem!.Code);

        // One broken member refuses the whole.
        await using var other = await OpenAsync(cluster);
        var good = other.Report(9, (Id(1), "RJCT", "AC04"));
        var cut = other.Report(10, (Id(2), "RJCT", "AC04"));
        System.IO.File.WriteAllText(cut, System.IO.File.ReadAllText(cut)[..^20]);
        var whole = Gzip(other.Report(11, (Id(3), "RJCT", "AC04")));
        System.IO.File.WriteAllBytes(whole, System.IO.File.ReadAllBytes(whole)[..^9]);
        var refused = await other.ImportAsync(Zip(good, cut), whole);
        Assert.Equal("bank_file.not_well_formed", refused[0].Problem!.Code);
        Assert.Contains(refused[1].Problem!.Code, (string[])["bank_file.packed_malformed", "bank_file.not_well_formed"]);
        Assert.DoesNotContain("case", await other.StateAsync(), StringComparison.Ordinal);
    }

    static string Zip(params string[] members)
    {
        var path = Path.ChangeExtension(members[0], ".zip");
        using var archive = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create);
        foreach (var member in members) System.IO.Compression.ZipFileExtensions.CreateEntryFromFile(archive, member, Path.GetFileName(member));
        return path;
    }

    static string Gzip(string member)
    {
        using var output = System.IO.File.Create(member + ".gz");
        using var packing = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest);
        packing.Write(System.IO.File.ReadAllBytes(member));
        return member + ".gz";
    }

    [PostgresFact]
    public async Task The_same_files_in_any_order_and_twice_give_the_same_end()
    {
        string? expected = null;
        for (var seed = 0; seed < 6; seed++)
        {
            await using var world = await OpenAsync(cluster, payments: 8);
            var files = new List<string>
            {
                world.Report(8, [.. Enumerable.Range(1, 8).Select(line => (Id(line), "ACTC", (string?)null))]),
                world.Report(9, (Id(1), "RJCT", "AC04"), (Id(2), "RJCT", "MD07"), (Id(3), "ACSP", null)),
                world.Notification(5, Return(Id(3), Amount(3), "AC04")),
                world.Statement(2, 4, Debit(world.Sum - Amount(1) - Amount(2))),
                world.Statement(5, 6, Return(Id(3), Amount(3), "AC04"), Return(Id(4), Amount(4) - 5_500, null), Return("KHONG RO", 12_345, null)),
                world.Statement(9, 12, Return(Id(5), Amount(5), "AC01", 10)),
            };
            var random = new SeededRandom((ulong)seed);
            var order = files.Concat(files).ToList();
            for (var i = order.Count - 1; seed > 0 && i > 0; i--)
            {
                var other = random.Below(i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }

            await world.ImportAsync([.. order]);
            var state = await world.StateAsync();
            expected ??= state;
            Assert.True(expected == state, $"seed {seed}:\n{expected}\n--\n{state}");
        }

        Assert.Equal("""
            1: returned, ended rejected, case rejected
            2: returned, ended rejected, case deceased
            3: returned, ended returned, case returned
            4: returned, ended returned, case bank_short+returned
            5: returned, ended returned, case returned
            6: paid_by_account
            7: paid_by_account
            8: paid_by_account
            """.ReplaceLineEndings("\n"), expected);
    }

    [PostgresFact]
    public async Task Core_s_tables_stand_as_rows()
    {
        await using var world = await OpenAsync(cluster);
        var states = await world.RowsAsync<(int Evidence, short View)>("SELECT evidence, view FROM evidence_state ORDER BY evidence");
        Assert.Equal(Enumerable.Range(0, 65_536).Select(i => (i, (short)BankViews.Of((Evidence)i))), states);
        Assert.Equal(Places.LegalMoves.Select(move => ((short)move.From, (short)move.To)).Order(), await world.RowsAsync<(short, short)>("SELECT from_place, to_place FROM legal_move ORDER BY 1, 2"));
        Assert.Equal(Places.All.Select(row => ((short)row.Place, row.Code)), await world.RowsAsync<(short, string)>("SELECT place, code FROM place ORDER BY place"));
    }

    [PostgresFact]
    public async Task The_view_of_the_store_is_core_s_fold_on_random_facts()
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            await using var world = await OpenAsync(cluster, payments: 6);
            var random = new SeededRandom((ulong)seed);
            await using var session = await world.Database.OwnerAsync(default);
            for (var i = 1; i <= 14; i++)
            {
                var target = random.Below(10) switch { < 7 => 1, < 9 => 2, _ => 3 };
                var money = target < 3 && random.Chance(4000);
                var evidence = money ? target == 2 ? 512 : random.Pick([512, 2048, 4096, 8192]) : target == 1 ? random.Pick([1, 2, 4, 8, 64, 128, 0, 16]) : random.Pick([1, 64, 0]);
                await session.ExecuteAsync("""
                    INSERT INTO bank_fact (province_code, month, import_no, entry_no, detail_no, target, target_month, target_run, target_no, target_part, evidence, level, amount_vnd, event_key, reported_at)
                    VALUES (40, 202611, @i, 1, 0, @target, 202611, @run, @no, @part, @evidence, @level, @amount, decode(lpad(to_hex(@key), 16, '0'), 'hex'), timestamptz '2026-11-03 00:00Z' + @hour * interval '1 hour');
                    """, new
                {
                    i, target = (short)target, run = target == 1 ? 1 : (int?)null, no = target == 1 ? random.Between(1, 6) : 1, part = target == 3 ? null : (short?)1, evidence,
                    level = (short)(money ? random.Between(1, 2) : target + 2), amount = random.Pick([world.Sum, world.Sum - Amount(1), world.Sum - Amount(2), world.Sum - Amount(1) - Amount(2), Amount(1)]), key = random.Between(1, 3), hour = random.Below(5),
                });
            }

            var stored = await world.RowsAsync<(int Line, int Evidence)>("SELECT line_no, evidence FROM attempt_evidence ORDER BY line_no");
            await using var run = await world.Database.RunAsync(default);
            var file = await new PaymentEngine.Postgres.OrderBook(run, Province, new PaymentEngine.Postgres.OrderedLines()).LoadAsync(202611, 1, default);
            var fold = new FileFold(file);
            await PaymentEngine.Postgres.FactStore.ReadAsync(run, Province, file, 0, 0, false, (_, row, fact, _, _) => fold.Add(row, fact), default);
            Assert.Equal(fold.Result().Evidence.Select((evidence, i) => (file.Attempts[i].LineNo, (int)evidence)), stored);
        }
    }
}
