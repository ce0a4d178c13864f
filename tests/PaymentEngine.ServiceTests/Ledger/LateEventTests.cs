using NodaTime;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.House;
using static PaymentEngine.ServiceTests.Answers.AnswerWorld;

namespace PaymentEngine.ServiceTests.Ledger;

/// <summary>What comes late, before and after the close, each with the ledger printed as the program prints it. <c>PAYENGINE_UPDATE_GOLDEN=1</c> writes the prints anew.</summary>
[Collection(RegisterCollection.Name)]
public sealed class LateEventTests(ScratchCluster cluster)
{
    [PostgresFact]
    public async Task A_return_on_day_3_goes_to_cash_and_is_paid_there()
    {
        await using var world = await PaidAsync();
        world.On(11, 6);
        await world.ImportAsync(world.Answers.Statement(6, 6, Return(Id(1), Amount(1), "AC04", 6)));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        await world.PrintCashAsync();
        await world.CashAsync(1, "paid", "2026-11-12");
        await world.CloseRunAsync();
        await PrintsAsync(world, "return-on-day-3");
    }

    [PostgresFact]
    public async Task A_return_on_day_10_before_the_close_is_carried_over_where_it_stands()
    {
        await using var world = await PaidAsync();
        world.On(11, 13);
        await world.ImportAsync(world.Answers.Statement(6, 13, Return(Id(1), Amount(1), "AC04", 13)));
        await world.CloseRunAsync();
        world.On(11, 20);
        await world.Answers.ReconcileAsync();
        await world.PrintCashAsync();
        await world.CashAsync(1, "uncollected", "2026-11-20");
        await PrintsAsync(world, "return-on-day-10-before-close");
    }

    [PostgresFact]
    public async Task A_return_on_day_10_after_the_close_is_booked_in_the_open_month_and_points_back()
    {
        await using var world = await PaidAsync();
        world.On(11, 10);
        await world.CloseRunAsync();
        world.On(11, 13);
        await world.ImportAsync(world.Answers.Statement(6, 13, Return(Id(1), Amount(1), "AC04", 13)));
        await PrintsAsync(world, "return-on-day-10-after-close");
    }

    [PostgresFact]
    public async Task A_return_on_day_40_with_nothing_closed_is_booked_in_its_own_month()
    {
        await using var world = await PaidAsync();
        world.On(12, 14);
        await world.ImportAsync(December(world));
        await PrintsAsync(world, "return-on-day-40-before-close");
    }

    [PostgresFact]
    public async Task A_return_on_day_40_after_run_and_period_are_closed_leaves_both_as_they_were()
    {
        await using var world = await PaidAsync();
        world.On(11, 30);
        await world.CloseRunAsync();
        await world.ClosePeriodAsync();
        world.On(12, 14);
        await world.ImportAsync(December(world));
        await PrintsAsync(world, "return-on-day-40-after-close");
        // The close's own digest over the postings of November is checked again by I15.period, above.
        Assert.Equal([202612], await world.Answers.RowsAsync<int>("SELECT month FROM posting WHERE from_place = 6"));
    }

    [PostgresFact]
    public async Task A_late_paid_while_the_sum_stands_on_a_cash_list_opens_a_claim_and_moves_no_dong()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AC04")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        world.On(11, 12);
        await world.Answers.ReconcileAsync();
        await world.PrintCashAsync();
        await world.ImportAsync(world.Answers.Report(12, (Id(1), "ACSC", null)), world.Answers.StatementOf(new LocalDate(2026, 11, 6), new LocalDate(2026, 11, 12), Single(1, 12)));
        await PrintsAsync(world, "late-paid-while-on-a-cash-list");
    }

    [PostgresFact]
    public async Task Rejected_as_duplicate_never_reaches_cash_however_long_it_waits()
    {
        await using var world = await LedgerWorld.OpenAsync(cluster);
        await world.ImportAsync(world.Answers.Report(9, (Id(1), "RJCT", "AM05")), world.Answers.Statement(2, 5, Debit(world.Answers.Sum - Amount(1))));
        world.On(12, 31);
        await world.Answers.ReconcileAsync();
        Assert.Empty(await world.Answers.RowsAsync<int>("SELECT line_no FROM attempt WHERE kind = 2"));
        await PrintsAsync(world, "rejected-as-duplicate");
    }

    /// <summary>Four payments, all debited on 3 November.</summary>
    async Task<LedgerWorld> PaidAsync()
    {
        var world = await LedgerWorld.OpenAsync(cluster);
        await world.ImportAsync(world.Answers.Statement(2, 5, Debit(world.Answers.Sum)));
        return world;
    }

    static string December(LedgerWorld world)
    {
        var day = new LocalDate(2026, 12, 13);
        return world.Answers.StatementOf(new LocalDate(2026, 12, 12), new LocalDate(2026, 12, 14), Return(Id(1), Amount(1), "AC04") with { BookingDate = day, ValueDate = day });
    }

    /// <summary>A debit that names one payment.</summary>
    static StatementEntry Single(int line, int day) => Debit(Amount(line), day) with
    {
        EntryRef = $"E{day}", BatchMessageId = null, BatchId = null, Details = [new StatementDetail { EndToEndId = Id(line), Amount = new Core.Money.Vnd(Amount(line)), IsCredit = false }],
    };

    static async Task PrintsAsync(LedgerWorld world, string name)
    {
        Assert.Empty(await world.BrokenAsync());
        await world.Answers.LedgerClosesAsync();
        var printed = await world.PrintedAsync(1);
        var path = Path.Combine(Repository.Root, "tests", "PaymentEngine.ServiceTests", "Ledger", "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") await File.WriteAllTextAsync(path, printed);
        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with PAYENGINE_UPDATE_GOLDEN=1.");
        Assert.Equal(await File.ReadAllTextAsync(path), printed);
    }
}
