using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>What earlier months had listed when nobody kept a record: each list closed on its own day, with what was known then.</summary>
public static class ClosingDays
{
    /// <summary>The day the list of a month closes: the 25th of the month before (44/2022/TT-BTC, Điều 8; 20/2021/NĐ-CP, Điều 34; 335/2026/NĐ-CP, Điều 28).</summary>
    public static LocalDate Of(YearMonth listMonth) => listMonth.Plus(-1).OnDayOfMonth(25);

    /// <summary>The memory of a person's components as the lists before <paramref name="listMonth"/> would have left it, arrears and recoupments of those lists included.</summary>
    /// <param name="person">Every row the register has of the person.</param>
    /// <param name="listMonth">The first list that is not assumed.</param>
    /// <param name="countsFrom">The first month whose list is assumed.</param>
    /// <param name="law">The law of a month as known on a day.</param>
    /// <param name="others">Finds the person an award is about, or a spouse.</param>
    /// <param name="recoupments">Decisions on instalments for this person.</param>
    public static IReadOnlyList<ListedComponent> ListedBefore(RegisterPerson person, YearMonth listMonth, YearMonth countsFrom,
        Func<YearMonth, LocalDate, MonthLaw> law, Func<string, RegisterPerson?> others, IReadOnlyList<RecoupmentDecision>? recoupments = null)
    {
        var memory = new List<ListedComponent>();
        var known = KnowledgeDays(person, others);
        int? epochBefore = null;
        var isTied = false;
        for (var month = countsFrom; month < listMonth; month = month.Plus(1))
        {
            var closing = Of(month);
            var now = law(month, closing);
            var epoch = Count(known, closing) + Count(now.Book.KnowledgeDays, closing);
            // Nothing new was known since the list before, and nothing was left open: the past ties already.
            var tiesBefore = isTied && epoch == epochBefore ? month : (YearMonth?)null;
            var list = MonthList.From(person, month, countsFrom, month.Plus(-1), m => EntitlementCalculator.ForMonth(person, law(m, closing), others), memory, tiesBefore, MonthList.KnownOn(recoupments, closing));
            foreach (var next in list.NextListed)
            {
                memory.RemoveAll(old => old.AwardId == next.AwardId && old.Component == next.Component);
                memory.Add(next);
            }

            (epochBefore, isTied) = (epoch, list.LeftToRecoup.IsZero);
        }

        return memory;
    }

    /// <summary>The days on which something new of the person, or of somebody an award is about, became known.</summary>
    static List<LocalDate> KnowledgeDays(RegisterPerson person, Func<string, RegisterPerson?> others)
    {
        var days = new SortedSet<LocalDate>();
        AddDays(person, days);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in person.Awards.Select(row => row.AboutPersonId).Concat(person.Awards.Select(row => row.DeceasedId)).Concat(person.Facts.Select(row => row.SpouseId)))
        {
            if (id is not null && asked.Add(id) && others(id) is { } other) AddDays(other, days);
        }

        return [.. days];
    }

    static void AddDays(RegisterPerson person, SortedSet<LocalDate> days)
    {
        foreach (var row in person.Facts)
        {
            if (row.RecordedOn is { } recorded) days.Add(recorded);
            if (row.Death is { } death) days.Add(death);
        }

        foreach (var row in person.Awards)
        {
            if ((row.RecordedOn ?? row.DecidedOn) is { } known) days.Add(known);
        }
    }

    static int Count(IReadOnlyList<LocalDate> days, LocalDate until)
    {
        var count = 0;
        foreach (var day in days)
        {
            if (day > until) break;
            count++;
        }

        return count;
    }
}
