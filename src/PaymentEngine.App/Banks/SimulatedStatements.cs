using System.Globalization;
using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>Statements, notifications and reports in the course of the day (camt.053, .054, .052) of the simulated bank about one account, as its habit has them.</summary>
sealed class SimulatedStatements(SimulatedMail mail, string tag, BankScenario scenario, BankingCalendar calendar)
{
    static readonly Offset VietNam = Offset.FromHours(7);
    static readonly LocalTime Evening = new(19, 0);
    static readonly LocalTime Noon = new(12, 0);

    /// <summary>Says how many entries came on a line whose totals are wrong: one thousand đồng more than they are.</summary>
    static readonly Vnd Miscounted = new(1_000);

    bool isFirst = true;

    /// <summary>One statement a banking day without a gap, from the day of the funding to some days after the last movement; notifications on days that have something to notify.</summary>
    public void Write(SimulatedAccount account)
    {
        var habit = account.Habit;
        var balance = account.OpeningBalance;
        var (before, beforeOpening, beforeEntries) = (account.FirstDay, balance, new List<StatementEntry>());
        var last = account.LastDay(calendar);
        for (var day = account.FirstDay; day <= last; day = calendar.OnOrAfter(day.PlusDays(1)))
        {
            var bookings = account.EntriesOf(day);
            // What this bank books as one sum is one sum wherever it is told; only its details may stand elsewhere.
            var booked = Summed(account, day, bookings);
            var onStatement = habit.DetailsInNotification || scenario.Has(BankScenario.LumpBare) ? [.. booked.Select(WithoutDetails)] : booked;
            var noticed = scenario.Has(BankScenario.LumpBare) ? [.. booked.Select(WithoutDetails)] : booked;
            if (scenario.Has(BankScenario.ThreeMessages) && booked.Count > 0) Send052(account, Statement(account, "RD", day, Noon, onStatement, Vnd.Zero));
            if (habit.Statements)
            {
                if (scenario.Has(BankScenario.Halves)) WriteHalves(account, day, onStatement, balance);
                else if (scenario.Has(BankScenario.Overlap) && day > account.FirstDay)
                    Send053(account, Statement(account, "ST", day, Evening, [.. beforeEntries, .. onStatement], beforeOpening) with { From = before });
                else if (scenario.Has(BankScenario.Corrected) && day == account.FirstReturnDay) WriteCorrected(account, day, onStatement, balance);
                else Send053(account, Statement(account, "ST", day, Evening, onStatement, balance));
            }

            var wanted = noticed.Where(entry => entry.Code == StatementCodes.Returned || scenario.Has(BankScenario.ThreeMessages) || (habit.DetailsInNotification && entry.Code == StatementCodes.DomesticTransfer)).ToList();
            if (habit.Notifications && wanted.Count > 0)
            {
                var notice = Statement(account, "NT", day, new LocalTime(17, 30), wanted, Vnd.Zero);
                mail.Send("camt054-" + notice.MessageId, Head("camt.054", account, notice), habit, null, output => Camt054Writer.Write(output, notice, habit.AccountVersion));
            }

            if (habit.PassesReturnsOn) WritePassedOn(account, day, bookings);
            (before, beforeOpening, beforeEntries) = (day, balance, onStatement);
            balance += new Vnd(booked.Sum(entry => entry.IsCredit ? entry.Amount.Amount : -entry.Amount.Amount));
        }
    }

    void Send053(SimulatedAccount account, AccountStatementFile statement, string? note = null)
    {
        var version = account.Habit.AccountVersion;
        if (scenario.Has(BankScenario.WrongTotals) && statement.DebitCount > 0) (statement, note) = (statement with { TotalsWrongBy = Miscounted }, "announces other totals than it shows");
        if (isFirst && scenario.Has(BankScenario.WrongEncoding))
        {
            statement = statement with { Entries = [.. statement.Entries.Select(entry => entry with { Text = "Số dư và bút toán trong ngày" })] };
            mail.SendUnreadable("camt053-" + statement.MessageId, Head("camt.053", account, statement), output => Camt053Writer.Write(output, statement, version));
        }

        isFirst = false;
        mail.Send("camt053-" + statement.MessageId, Head("camt.053", account, statement), account.Habit, note, output => Camt053Writer.Write(output, statement, version));
    }

    void Send052(SimulatedAccount account, AccountStatementFile report) =>
        mail.Send("camt052-" + report.MessageId, Head("camt.052", account, report), account.Habit, null, output => Camt052Writer.Write(output, report, account.Habit.AccountVersion));

    /// <summary>The morning's statement and the afternoon's, each with its own number; the first hands its balance over to the second.</summary>
    void WriteHalves(SimulatedAccount account, LocalDate day, List<StatementEntry> entries, Vnd opening)
    {
        var morning = Statement(account, "ST", day, new LocalTime(12, 30), entries[..(entries.Count / 2)], opening);
        var afternoon = Statement(account, "ST", day, Evening, entries[(entries.Count / 2)..], morning.ClosingBalance);
        Send053(account, morning with { MessageId = morning.MessageId + "a", StatementId = morning.StatementId + "a", SequenceNo = morning.SequenceNo * 2, ToTime = new LocalTime(11, 59, 59) });
        Send053(account, afternoon with { MessageId = afternoon.MessageId + "b", StatementId = afternoon.StatementId + "b", SequenceNo = (afternoon.SequenceNo * 2) + 1, FromTime = Noon });
    }

    /// <summary>A statement without its last entry; the next morning the right one under the same number.</summary>
    void WriteCorrected(SimulatedAccount account, LocalDate day, List<StatementEntry> entries, Vnd opening)
    {
        Send053(account, Statement(account, "ST", day, Evening, entries[..^1], opening), "lacks its last entry");
        var right = Statement(account, "ST", day, Evening, entries, opening);
        Send053(account, right with
        {
            MessageId = "SC" + right.MessageId[2..], CreatedAt = (calendar.OnOrAfter(day.PlusDays(1)) + new LocalTime(8, 0)).WithOffset(VietNam), CopyDuplicate = "CODU",
        }, "corrects the statement of the same number");
    }

    /// <summary>The pacs.004 of the payees' banks, passed on as they came.</summary>
    void WritePassedOn(SimulatedAccount account, LocalDate day, List<StatementEntry> bookings)
    {
        var returns = bookings.Where(entry => entry.Code == StatementCodes.Returned).SelectMany(entry => entry.Details).ToList();
        if (returns.Count == 0) return;
        var id = Id(account, "PR", day);
        var file = new PaymentReturnFile { MessageId = id, CreatedAt = (day + new LocalTime(14, 0)).WithOffset(VietNam), SettledOn = day, Returns = returns };
        mail.Send("pacs004-" + id, new(Pacs004Writer.MessageVersion, id, account.BankBic, file.CreatedAt), account.Habit, null, output => Pacs004Writer.Write(output, file));
    }

    /// <summary>The bookings of a day as this bank sums them: what comes back, and where only totals are shown also what goes out one by one.</summary>
    List<StatementEntry> Summed(SimulatedAccount account, LocalDate day, List<StatementEntry> bookings)
    {
        var sums = scenario.Has(BankScenario.Lump) || scenario.Has(BankScenario.LumpBare) || account.Habit.DetailsInNotification;
        if (!sums) return bookings;
        var result = new List<StatementEntry>();
        result.AddRange(bookings.Where(entry => entry.Code == StatementCodes.DomesticCredit));
        var debits = bookings.Where(entry => entry.Code == StatementCodes.DomesticTransfer).ToList();
        if (account.Habit is { SingleDebits: true, DetailsInNotification: true } && debits.Count > 1) result.Add(Sum(debits, "DL", "CHI TRO CAP TRONG NGAY"));
        else result.AddRange(debits);
        var returns = bookings.Where(entry => entry.Code == StatementCodes.Returned).ToList();
        if (returns.Count > 0) result.Add(returns.Count == 1 ? returns[0] : Sum(returns, "RL", string.Create(CultureInfo.InvariantCulture, $"HOAN TRA {returns.Count} LENH CHI")));
        return result;

        StatementEntry Sum(List<StatementEntry> entries, string kind, string text) => entries[0] with
        {
            Amount = new Vnd(entries.Sum(entry => entry.Amount.Amount)), AccountServicerRef = Id(account, kind, day), Text = text, Details = [.. entries.SelectMany(entry => entry.Details)],
        };
    }

    static StatementEntry WithoutDetails(StatementEntry entry) => entry with { Details = [] };

    AccountStatementFile Statement(SimulatedAccount account, string kind, LocalDate day, LocalTime at, List<StatementEntry> entries, Vnd opening)
    {
        var numbered = entries.Select((entry, index) => entry with { EntryRef = (index + 1).ToString(CultureInfo.InvariantCulture) }).ToList();
        var (credits, debits) = (entries.Where(entry => entry.IsCredit).ToList(), entries.Where(entry => !entry.IsCredit).ToList());
        var id = Id(account, kind, day);
        return new AccountStatementFile
        {
            MessageId = id,
            StatementId = id,
            CreatedAt = (day + at).WithOffset(VietNam),
            // Counts days, so that what is simulated on one account in two goes is in order too.
            SequenceNo = Period.DaysBetween(new LocalDate(2020, 1, 1), day),
            Account = account.Habit.AccountForm.Of(account.Number),
            BankBic = account.BankBic,
            From = day,
            To = day,
            OpeningBalance = opening,
            CreditCount = credits.Count,
            Credits = new Vnd(credits.Sum(entry => entry.Amount.Amount)),
            DebitCount = debits.Count,
            Debits = new Vnd(debits.Sum(entry => entry.Amount.Amount)),
            Entries = numbered,
        };
    }

    string Id(SimulatedAccount account, string kind, LocalDate day) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}{tag}-{SimulatedOutcomes.Hash(account.Number) & 0xFFFFFF:x6}-{day.Year % 100:00}{day.Month:00}{day.Day:00}");

    static AnswerHead Head(string message, SimulatedAccount account, AccountStatementFile file) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{message}.001.{account.Habit.AccountVersion:00}"), file.MessageId, account.BankBic, file.CreatedAt);
}
