using NodaTime;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.ServiceTests.Cash;
using PaymentEngine.ServiceTests.Ledger;
using static PaymentEngine.ServiceTests.Abuse.AbuseScenes;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Abuse case 28: one sum paid at two counters, or in cash and by the bank.</summary>
[Collection(AbuseCollection.Name)]
public sealed class CashTwiceTests(ScratchCluster cluster)
{
    /// <summary>The debit of one payment by itself, late.</summary>
    static StatementEntry Taken(int line, int day) => Unnamed(false, Amount(line), day, $"FT{line}", new StatementDetail { EndToEndId = Id(line), InstructionId = Id(line), Amount = new Vnd(Amount(line)), IsCredit = false }) with { Code = StatementCodes.DomesticTransfer };

    /// <summary>Payment 1 was refused for its account and proven never taken; the rest is paid.</summary>
    async Task<LedgerWorld> RefusedAsync()
    {
        var world = await LedgerWorld.OpenAsync(cluster);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        return world;
    }

    static async Task<string> CasesAsync(LedgerWorld world) => string.Join(' ', await world.Answers.RowsAsync<string>("SELECT kind FROM payment_case WHERE line_no = 1 AND closed_at IS NULL ORDER BY 1"));

    [PostgresFact]
    public async Task AbuseCase28_Cash_paid_twice_or_cash_and_bank_a_late_success_stops_the_cash_or_becomes_a_claim()
    {
        // Success of the bank after the cash became due and before a list was printed: nothing is printed any more.
        await using (var world = await RefusedAsync())
        {
            world.On(11, 12);
            await world.Answers.ReconcileAsync();
            Assert.Contains("1: cash_due", await world.Answers.StateAsync(), StringComparison.Ordinal);
            await world.ImportAsync(world.Answers.Report(12, (Id(1), "ACSC", null)), world.Answers.StatementOf(new LocalDate(2026, 11, 6), new LocalDate(2026, 11, 12), Taken(1, 12)));
            Assert.Contains("paid_twice", await CasesAsync(world), StringComparison.Ordinal);
            Assert.Empty(Ok(await world.Cash.PrintAsync(world.CashOfficer, new YearMonth(2026, 11), null, Directory.CreateTempSubdirectory("pe-twice-").FullName, false, default)));
            Assert.Empty(await world.BrokenAsync());
        }

        // After the cash was paid: a claim on the payee, with the sum, an owner and a day; the books stay whole.
        await using (var world = await RefusedAsync())
        {
            world.On(11, 12);
            await world.Answers.ReconcileAsync();
            await world.PrintCashAsync();
            await world.CashAsync(1, "paid", "2026-11-12");
            world.On(11, 13);
            await world.ImportAsync(world.Answers.Report(13, (Id(1), "ACSC", null)), world.Answers.StatementOf(new LocalDate(2026, 11, 6), new LocalDate(2026, 11, 13), Taken(1, 13)));
            Assert.Contains("paid_twice", await CasesAsync(world), StringComparison.Ordinal);
            var claim = Assert.Single(await world.Answers.RowsAsync<(long AmountVnd, string Owner, DateTime DueOn)>("SELECT amount_vnd, owner, due_on FROM payment_case WHERE line_no = 1 AND kind = 'paid_twice' AND closed_at IS NULL"));
            Assert.Equal(Amount(1), claim.AmountVnd);
            Assert.NotEmpty(claim.Owner);
            Assert.Empty(await world.BrokenAsync());

            // And when that money comes back by the bank after all, it is the claim that ends, not the cash.
            world.On(11, 20);
            await world.ImportAsync(world.Answers.StatementOf(new LocalDate(2026, 11, 14), new LocalDate(2026, 11, 20), Return(Id(1), Amount(1), "AC04", 20)));
            Assert.DoesNotContain("paid_twice", await CasesAsync(world), StringComparison.Ordinal);
            Assert.Contains("1: paid_in_cash", await world.Answers.StateAsync(), StringComparison.Ordinal);
            Assert.Empty(await world.BrokenAsync());
        }
    }

    [PostgresFact]
    public async Task AbuseCase28_Cash_paid_twice_the_same_voucher_at_two_counters_at_once_counts_once()
    {
        await using var world = await CashWorld.OpenAsync(cluster);
        await world.Runs.ApprovedAsync();
        var lists = await world.PrintAsync(Instant.FromUtc(2026, 11, 2, 3, 0));
        var counters = new[] { world.Cashier, world.Cashier with { UserName = "thu2" } };
        foreach (var list in lists)
        {
            // Six reports at once, from two counters: the same words on all of them.
            var papers = Enumerable.Range(0, 6).Select(no =>
            {
                var path = CashWorld.Fill(list, "2026-11-02", _ => "paid");
                var copy = Path.ChangeExtension(path, FormattableString.Invariant($".{no}.csv"));
                File.Copy(path, copy);
                return copy;
            }).ToList();
            var answers = await Task.WhenAll(papers.Select((paper, no) => Task.Run(async () => Assert.Single(await world.Cash.ConfirmAsync(counters[no % 2], [paper], null, default)))));
            Assert.All(answers, answer => Assert.True(answer.IsOk, string.Join('\n', answer.Problems)));
            Assert.Equal(list.Items, answers.Sum(answer => answer.Value.Paid));
            Assert.Equal(5 * list.Items, answers.Sum(answer => answer.Value.KnownBefore));
            // The contrary of what stands is refused, whoever says it.
            Assert.Equal("cash_results.decided", (await world.Cash.ConfirmAsync(counters[1], [CashWorld.Fill(list, "2026-11-02", _ => "uncollected")], null, default))[0].Problems[0].Code);
        }

        Assert.Equal(3, Assert.Single(await world.Runs.RowsAsync<int>("SELECT count(*)::int FROM cash_result")));

        // Paid at one counter and nobody came at the other, at the same moment: one word stands, the other is told so.
        await using var other = await CashWorld.OpenAsync(cluster);
        await other.Runs.ApprovedAsync();
        foreach (var list in await other.PrintAsync(Instant.FromUtc(2026, 11, 2, 3, 0)))
        {
            var paid = CashWorld.Fill(list, "2026-11-02", _ => "paid");
            File.Move(paid, paid + ".paid.csv");
            var nobody = CashWorld.Fill(list, "2026-11-02", _ => "uncollected");
            var said = await Task.WhenAll(((string[])[paid + ".paid.csv", nobody]).Select((paper, no) => Task.Run(async () => Assert.Single(await other.Cash.ConfirmAsync(other.Cashier with { UserName = "thu" + no }, [paper], null, default)))));
            Assert.Equal(1, said.Count(answer => answer.IsOk));
            Assert.All(said.Where(answer => !answer.IsOk), answer => Assert.Equal("cash_results.decided", answer.Problems[0].Code));
        }

        await other.HoldsAsync();
        await world.HoldsAsync();
    }
}
