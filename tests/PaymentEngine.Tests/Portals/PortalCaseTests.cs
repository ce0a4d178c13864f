using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core.Portals;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Portals;

public partial class PortalCaseTests
{
    [Fact]
    public void The_life_of_an_application_is_the_table_of_its_page()
    {
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "portals.md"));
        var head = page.Single(line => line.StartsWith("| from |", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries)[2..^1];
        foreach (var row in page.SkipWhile(line => !line.StartsWith("| from |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')))
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries)[1..^1];
            foreach (var state in Parenthesis().Replace(cells[0], "").Split(',', StringSplitOptions.TrimEntries).Select(word => Enum.GetValues<PortalState>().Single(one => PortalFiles.Word(one).Replace('_', ' ') == word)))
                foreach (var (step, after) in head.Zip(cells[1..]))
                    Assert.Equal((state, step, after), (state, step, PortalCases.Next(state, Enum.Parse<PortalStep>(step, ignoreCase: true)) is { } next ? PortalFiles.Word(next).Replace('_', ' ') : ""));
        }

        Assert.Equal(PortalState.Received, PortalCases.Next(null, PortalStep.Receive));
        Assert.All(Enum.GetValues<PortalState>(), state => Assert.Null(PortalCases.Next(state, PortalStep.Receive)));
        Assert.Equal([PortalState.Closed, PortalState.Withdrawn], Enum.GetValues<PortalState>().Where(PortalCases.IsOver));
    }

    [Theory]
    [InlineData("2026-11-05", 1, "2026-11-06")] // Thursday
    [InlineData("2026-11-06", 1, "2026-11-09")] // Friday: the weekend is not counted
    [InlineData("2026-11-07", 1, "2026-11-09")] // Saturday: the day of the event is not counted, Monday is the first
    [InlineData("2026-11-16", 7, "2026-11-26")] // over 24 November, a holiday
    [InlineData("2026-12-30", 2, "2027-01-04")] // over New Year
    public void A_term_counts_working_days_after_the_day_of_the_event(string on, int days, string due) =>
        Assert.Equal(due, NodaTime.Text.LocalDatePattern.Iso.Format(PortalCases.DueOn(NodaTime.Text.LocalDatePattern.Iso.Parse(on).Value, days, BankingCalendars.VietNam)));

    [Fact]
    public void What_they_say_against_what_we_say_names_every_application_once_with_what_to_do()
    {
        var at = new LocalDateTime(2026, 11, 5, 9, 0);
        OurPortalCase Our(string id, PortalState state, PortalDelivery delivery = PortalDelivery.Acknowledged) => new(id, state, at, delivery);
        PortalStatus Their(string id, PortalState state) => new(id, null, state, at, null, null);
        var rows = PortalReconciliation.Compare(
            [Our("A", PortalState.InWork), Our("B", PortalState.Received), Our("D", PortalState.Decided, PortalDelivery.NotSent), Our("E", PortalState.Decided, PortalDelivery.Sent), Our("F", PortalState.Decided, PortalDelivery.Refused), Our("G", PortalState.Decided), Our("H", PortalState.Accepted), Our("I", PortalState.Refused), Our("J", PortalState.Closed)],
            [Their("A", PortalState.InWork), Their("C", PortalState.Accepted), Their("D", PortalState.InWork), Their("E", PortalState.InWork), Their("F", PortalState.Received), Their("G", PortalState.Accepted), Their("H", PortalState.Withdrawn), Their("I", PortalState.Decided), Their("J", PortalState.Withdrawn)]);
        Assert.Equal(
        [
            "A Same None", "B OnlyOurs AskWhetherKnown", "C OnlyTheirs AskForApplication", "D WeAreAhead Send", "E WeAreAhead AskForReceipt", "F WeAreAhead ReadRefusal", "G WeAreAhead ReportToPortal", "H TheyAreAhead RecordStep", "I Contradicts Decide", "J Contradicts Decide",
        ], rows.Select(row => $"{row.CaseId} {row.Agreement} {row.Action}"));
    }

    [Fact]
    public void Every_pair_of_lists_is_compared_whole_and_only_what_agrees_needs_nothing() => Prop.ForAll<(byte Id, byte State, byte Delivery)[], (byte Id, byte State)[]>((left, right) =>
    {
        static PortalState State(byte of) => (PortalState)(1 + (of % 7));
        var ours = left.DistinctBy(one => one.Id).Select(one => new OurPortalCase($"{one.Id}", State(one.State), default, (PortalDelivery)(1 + (one.Delivery % 4)))).ToList();
        var theirs = right.DistinctBy(one => one.Id).Select(one => new PortalStatus($"{one.Id}", null, State(one.State), default, null, null)).ToList();
        var rows = PortalReconciliation.Compare(ours, theirs);
        return rows.Select(row => row.CaseId).Order(StringComparer.Ordinal).SequenceEqual(ours.Select(one => one.CaseId).Union(theirs.Select(one => one.CaseId)).Order(StringComparer.Ordinal))
            && rows.All(row => row.Agreement == PortalAgreement.Same == (row.Action == PortalAction.None) && row.Agreement == PortalAgreement.Same == (row.Ours == row.Theirs));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_bad_application_is_told_with_line_and_column_and_leaves_the_others()
    {
        var text = "case_id,procedure_code,id_number,full_name,commune_code,submitted_at,event_at,note\n"
            + "H1,1.001776,040150000001,Lê Thị Ánh,17001,2026-11-05T09:30,2026-11-05T09:45:10,\nH2,1.001776,04015000000,Lê Thị Ánh,,2026-11-05T09:30,2026-11-05T09:45,\nH3,1.001776,,Lê Thị Ánh,,2026-11-05 09:30,2026-11-31T09:45,\n"
            + "H4,1.001776,,Lê Thị Ánh,,2026-11-05T09:30,2026-11-04T09:45,\nH5,,,,1700,2026-11-05T09:30,2026-11-05T09:45,\nH1,1.001776,,Lê Thị Ánh,,2026-11-05T09:30,2026-11-05T09:45,\n";
        using var reading = PortalFiles.ReadApplications(new MemoryStream(Encoding.UTF8.GetBytes(text)), "in.csv");
        Assert.Equal(new PortalApplication("H1", "1.001776", "040150000001", "Lê Thị Ánh", "17001", new LocalDateTime(2026, 11, 5, 9, 30), new LocalDateTime(2026, 11, 5, 9, 45, 10), null), Assert.Single(reading.ToList()).Value);
        Assert.Equal(["3 id_number.malformed id_number", "4 time.malformed submitted_at", "4 time.malformed event_at", "5 period.backwards event_at", "6 cell.empty procedure_code", "6 cell.empty full_name", "6 commune_code.malformed commune_code", "7 row.twice case_id"],
            reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void A_receipt_names_its_file_by_digest_and_a_refusal_its_reason()
    {
        var digest = new string('a', 64);
        var text = $"file_sha256,line,case_id,result,code,reason\n{digest.ToUpperInvariant()},2,H1,accepted,,\n{digest},3,H2,refused,,\n123,4,H3,same,,\n{digest},1,H4,same,,\n{digest},2,H1,same,,\n";
        using var reading = PortalFiles.ReadReceipts(new MemoryStream(Encoding.UTF8.GetBytes(text)), "receipts.csv");
        Assert.Equal(new PortalReceipt(digest, 2, "H1", PortalResult.Accepted, null, null), Assert.Single(reading.ToList()).Value);
        Assert.Equal(["3 cell.empty reason", "4 portal.digest_malformed file_sha256", "5 integer.out_of_range line", "6 row.twice file_sha256"], reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void Statuses_and_receipts_written_are_those_read()
    {
        var status = new PortalStatus("H1", "1.001776", PortalState.Refused, new LocalDateTime(2026, 11, 5, 9, 30, 1), new LocalDate(2026, 11, 16), "=thiếu, \"giấy\"");
        using var bytes = new MemoryStream();
        using (var writer = PortalFiles.WriteStatuses(bytes)) writer.Write(status);
        using var reading = PortalFiles.ReadStatuses(new MemoryStream(bytes.ToArray()), "s.csv");
        Assert.Equal(status, Assert.Single(reading.ToList()).Value);
    }

    [Fact]
    public void Each_file_page_lists_the_columns_that_are_read()
    {
        foreach (var kind in PortalFiles.Kinds)
        {
            var page = File.ReadAllLines(Path.Combine(Repository.Root, "schemas", "import", Path.ChangeExtension(PortalFiles.FileName(kind), ".md")));
            var documented = page.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value == "yes"));
            Assert.Equal(PortalFiles.Columns(kind).Select(column => (column.Name, column.Required)), documented);
        }
    }

    [GeneratedRegex(@"^\| `([a-z_0-9]+)` \| (yes|) ?\|")]
    private static partial Regex Row();

    [GeneratedRegex(@" \([^)]*\)")]
    private static partial Regex Parenthesis();
}
