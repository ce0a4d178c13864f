using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;

namespace PaymentEngine.Tests.Payments;

public class BatchingTests
{
    static readonly RunId Run = new(40, new YearMonth(2026, 11), 1);

    [Fact]
    public void Every_order_stands_in_exactly_one_batch_and_the_sums_close() => Prop.ForAll(Worlds(), world =>
    {
        var files = Batching.Cut(world.Orders, _ => world.Limits);
        var batches = files.SelectMany(file => file.Batches).ToList();
        return world.Orders.All(order => batches.Count(batch => Holds(batch, order)) == 1)
            && batches.All(batch => world.Orders.Count(order => Holds(batch, order)) == batch.Count && Sum(world.Orders.Where(order => Holds(batch, order))) == batch.Sum)
            && files.All(file => file.Count == file.Batches.Sum(batch => batch.Count) && file.Sum == new Vnd(file.Batches.Sum(batch => batch.Sum.Amount)))
            && files.Sum(file => file.Count) == world.Orders.Count;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_file_and_no_batch_is_larger_than_its_bank_takes_and_no_file_mixes_routes() => Prop.ForAll(Worlds(), world =>
        Batching.Cut(world.Orders, _ => world.Limits).All(file =>
            file.Count <= world.Limits.TransactionsPerFile && file.Batches.Count <= world.Limits.BatchesPerFile
            && file.Batches.All(batch => batch.Count <= world.Limits.TransactionsPerBatch && batch.RouteNo == file.RouteNo)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Ten_thousand_orders_are_one_file_of_five_batches_and_one_more_opens_the_next()
    {
        var limits = BatchLimits.Of(BankProfiles.Generic);
        var full = Batching.Cut(Enumerable.Range(1, 10_000).Select(line => new OrderToBatch(1, Run, line, new Vnd(500_000))), _ => limits);
        Assert.Equal([2_000, 2_000, 2_000, 2_000, 2_000], Assert.Single(full).Batches.Select(batch => batch.Count));
        var more = Batching.Cut(Enumerable.Range(1, 10_001).Select(line => new OrderToBatch(1, Run, line, new Vnd(500_000))), _ => limits);
        Assert.Equal([10_000, 1], more.Select(file => file.Count));
    }

    [Fact]
    public void A_bank_with_small_files_gets_fewer_payments_in_each()
    {
        var limits = BatchLimits.Of(BankProfiles.Generic with { FileBytesMax = 100_000 });
        Assert.Equal(91, limits.TransactionsPerFile);
        Assert.Equal(91, limits.TransactionsPerBatch);
    }

    [Fact]
    public void Rows_out_of_order_or_twice_are_a_bug()
    {
        var limits = BatchLimits.Of(BankProfiles.Generic);
        OrderToBatch Order(int line) => new(1, Run, line, new Vnd(1));
        Assert.Throws<InvalidOperationException>(() => Batching.Cut([Order(2), Order(1)], _ => limits));
        Assert.Throws<InvalidOperationException>(() => Batching.Cut([Order(2), Order(2)], _ => limits));
    }

    [Theory]
    [InlineData(20, 26, 21, 23)] // numbered on a Saturday: Monday
    [InlineData(20, 26, 24, 25)] // numbered on 24 November, since 2026 a public holiday: the day after
    [InlineData(25, 26, 10, 25)] // not before the window
    [InlineData(20, 26, 26, 26)] // its last day
    public void The_execution_date_is_the_first_banking_day_left_in_the_window(int from, int to, int numbered, int expected) =>
        Assert.Equal(Day(expected), Batching.ExecutionDate(Day(from), Day(to), Day(numbered), BankingCalendars.VietNam).Value);

    [Fact]
    public void A_window_that_is_over_needs_a_new_approval() =>
        Assert.Equal("not_allowed.window_over", Batching.ExecutionDate(Day(20), Day(22), Day(21), BankingCalendars.VietNam).Problems[0].Code);

    static LocalDate Day(int day) => new(2026, 11, day);

    static bool Holds(PlannedBatch batch, OrderToBatch order) =>
        batch.RouteNo == order.RouteNo && batch.Origin == order.Origin && order.LineNo >= batch.LineFrom && order.LineNo <= batch.LineTo;

    static Vnd Sum(IEnumerable<OrderToBatch> orders) => new(orders.Sum(order => order.Amount.Amount));

    sealed record World(List<OrderToBatch> Orders, BatchLimits Limits);

    static Arbitrary<World> Worlds() =>
        (from rows in Gen.Choose(1, 6_000).Two().ListOf()
         from perBatch in Gen.Choose(1, 7)
         from perFile in Gen.Choose(7, 20)
         from batchesMax in Gen.Choose(1, 4)
         select new World(
             [.. rows.Select(row => new OrderToBatch((short)(1 + (row.Item1 % 3)), Run with { RunNo = 1 + (row.Item2 % 2) }, row.Item1, new Vnd(row.Item2)))
                 .DistinctBy(order => (order.RouteNo, order.Origin.RunNo, order.LineNo)).OrderBy(order => order.RouteNo).ThenBy(order => order.Origin.RunNo).ThenBy(order => order.LineNo)],
             new BatchLimits(perFile, perBatch, batchesMax))).ToArbitrary();
}
