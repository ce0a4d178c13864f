using NodaTime;
using PaymentEngine.Core.Law;

namespace PaymentEngine.Core.Entitlements;

/// <summary>The law of a range of months in one province, as known on one day, as tables of whole đồng: period × cell × age band.</summary>
/// <remarks>A period is a run of months with the same table: months between two decrees share one, so that a range is a few multiplications and not a walk over months.
/// An age band lies between two ages at which any amount of any month changes.</remarks>
public sealed class DenseLaw
{
    readonly MonthLaw[] months;
    readonly int[] amountsVnd;
    readonly short[] periodFirsts;
    readonly byte[] periodOfMonth;
    readonly short[] ageEdges;
    readonly string?[] componentOf;
    readonly int[] unitMaxVnd;
    readonly byte[] stepOf;

    DenseLaw(MonthLaw[] months, short[] ageEdges, int[] amountsVnd, short[] periodFirsts, byte[] periodOfMonth, string?[] componentOf)
    {
        (this.months, this.ageEdges, this.amountsVnd, this.periodFirsts, this.periodOfMonth, this.componentOf) = (months, ageEdges, amountsVnd, periodFirsts, periodOfMonth, componentOf);
        stepOf = StepsOf(amountsVnd, ageEdges.Length);
        unitMaxVnd = new int[LawCells.Slotted];
        for (var i = 0; i < amountsVnd.Length; i++) unitMaxVnd[i % LawCells.Slotted] = Math.Max(unitMaxVnd[i % LawCells.Slotted], amountsVnd[i]);
    }

    /// <summary>The first month that is compared with what was listed.</summary>
    public YearMonth First => months[0].Month;

    /// <summary>The month whose list is made.</summary>
    public YearMonth ListMonth => months[^1].Month;

    /// <summary>The day of knowledge, of the law and of the register.</summary>
    public LocalDate AsOf => months[^1].AsOf;

    public string ProvinceCode => months[^1].ProvinceCode;

    /// <summary>The law of each month, the first first.</summary>
    public IReadOnlyList<MonthLaw> Laws => months;

    internal MonthLaw ListLaw => months[^1];

    /// <summary>First month of each period, as <see cref="Months.Index"/>.</summary>
    internal ReadOnlySpan<short> PeriodFirsts => periodFirsts;

    internal int Periods => periodFirsts.Length;

    internal int PeriodOf(int monthIndex) => periodOfMonth[monthIndex - First.Index()];

    /// <summary>Ages in months from which another amount may count, ascending.</summary>
    internal ReadOnlySpan<short> AgeEdges => ageEdges;

    /// <summary>VND a unit of a period, by slot; an aged slot has an amount a band.</summary>
    internal ReadOnlySpan<int> AmountsVnd(int period) => amountsVnd.AsSpan(period * LawCells.Slotted, LawCells.Slotted);

    /// <summary>The tables of all periods, one after another, <see cref="LawCells.Slotted"/> amounts each.</summary>
    internal ReadOnlySpan<int> AllAmountsVnd => amountsVnd;

    /// <summary>The highest amount a unit of the slot has in any month and at any age.</summary>
    internal int UnitMaxVnd(ushort slot) => slot < LawCells.FirstAged ? unitMaxVnd[slot] : unitMaxVnd.AsSpan(slot, LawCells.BandsMax).ToArray().Max();

    /// <summary>The component of the pay list that a slot pays; null when no month of the range has a rate for it.</summary>
    internal string? ComponentOf(ushort slot) => componentOf[slot];

    /// <summary>How many age edges the age has reached.</summary>
    internal int BandOf(int ageInMonths)
    {
        var band = 0;
        foreach (var edge in ageEdges) band += ageInMonths >= edge ? 1 : 0;
        return band;
    }

    /// <summary>Has the aged slot the same amounts in all bands from one to a later one? Most edges are another cell's.</summary>
    internal bool IsLevel(ushort slot, int fromBand, int toBand) => stepOf[slot + fromBand] == stepOf[slot + toBand];

    /// <summary>How many times the amounts of a slot changed, in any period, up to each band.</summary>
    static byte[] StepsOf(int[] amountsVnd, int edges)
    {
        var steps = new byte[LawCells.Slotted];
        for (var slot = (int)LawCells.FirstAged; slot < LawCells.Slotted; slot += LawCells.BandsMax)
        {
            for (var band = 1; band <= edges; band++)
            {
                var changes = false;
                for (var at = slot + band; at < amountsVnd.Length; at += LawCells.Slotted) changes |= amountsVnd[at] != amountsVnd[at - 1];
                steps[slot + band] = (byte)(steps[slot + band - 1] + (changes ? 1 : 0));
            }
        }

        return steps;
    }

    /// <summary>Compiles the months from <paramref name="first"/> to <paramref name="listMonth"/>.</summary>
    /// <param name="first">The first month to compare.</param>
    /// <param name="listMonth">The month whose list is made.</param>
    /// <param name="law">The law of a month; all of one province and one day of knowledge.</param>
    /// <exception cref="ArgumentException">The months run backwards, or are of several provinces or days.</exception>
    /// <exception cref="InvalidOperationException">The law has more age limits, or a higher amount, than the tables have room for.</exception>
    public static DenseLaw Compile(YearMonth first, YearMonth listMonth, Func<YearMonth, MonthLaw> law)
    {
        if (first > listMonth) throw new ArgumentException($"{first} is after {listMonth}.", nameof(first));
        var months = new MonthLaw[listMonth.Index() - first.Index() + 1];
        for (var i = 0; i < months.Length; i++) months[i] = law(first.Plus(i));
        if (Array.Exists(months, month => month.AsOf != months[0].AsOf || month.ProvinceCode != months[0].ProvinceCode))
            throw new ArgumentException("The months are of several provinces or days of knowledge.", nameof(law));
        var edges = EdgesOf(months);
        if (edges.Length >= LawCells.BandsMax) throw new InvalidOperationException($"{edges.Length} ages change an amount; the tables have room for {LawCells.BandsMax - 1}.");
        var component = new string?[LawCells.Slotted];
        var tables = Array.ConvertAll(months, month => TableOf(month, edges, component));
        var (firsts, of, amounts) = (new List<short>(), new byte[months.Length], new List<int>());
        for (var i = 0; i < months.Length; i++)
        {
            if (i == 0 || !tables[i].AsSpan().SequenceEqual(tables[i - 1]))
            {
                firsts.Add((short)months[i].Month.Index());
                amounts.AddRange(tables[i]);
            }

            of[i] = (byte)(firsts.Count - 1);
        }

        return new DenseLaw(months, edges, [.. amounts], [.. firsts], of, component);
    }

    static int[] TableOf(MonthLaw month, short[] edges, string?[] componentOf)
    {
        var amounts = new int[LawCells.Slotted];
        for (var i = 0; i < LawCells.Cells.Length; i++)
        {
            var (cell, slot) = (LawCells.Cells[i], LawCells.SlotOfEach[i]);
            for (var band = 0; band < (cell.IsAged ? edges.Length + 1 : 1); band++)
            {
                // Below the first edge any age speaks for its band: a month before it does.
                var age = band == 0 ? edges.Length == 0 ? 0 : edges[0] - 1 : edges[band - 1];
                if (cell.RateIn(month, age) is not { } rate) continue;
                if (rate.Amount.Amount is < 0 or > int.MaxValue) throw new InvalidOperationException($"{rate.Row.RateCode}: {rate.Amount} does not fit the tables.");
                if ((componentOf[slot] ??= rate.Row.BenefitKind) != rate.Row.BenefitKind) throw new InvalidOperationException($"{cell.Group} pays {componentOf[slot]} and {rate.Row.BenefitKind}.");
                amounts[slot + band] = (int)rate.Amount.Amount;
            }
        }

        return amounts;
    }

    /// <summary>Every age at which an aged cell changes its amount in any of the months.</summary>
    static short[] EdgesOf(MonthLaw[] months)
    {
        var candidates = new SortedSet<int> { SocialPensionRules.FullAgeMonths };
        foreach (var month in months)
        {
            foreach (var rate in month.Rates)
            {
                if (!LawCells.IsAged(rate.Row.Group)) continue;
                if (rate.Row.From is { } from) candidates.Add(from);
                // The month of reaching a last age limit is still paid, so the month after it is an edge too.
                if (rate.Row.Below is { } below) candidates.UnionWith([below, below + 1]);
            }
        }

        return [.. candidates.Where(age => Array.Exists(months, month => Changes(month, age))).Select(age => (short)age)];
    }

    static bool Changes(MonthLaw month, int age)
    {
        foreach (var cell in LawCells.Cells)
        {
            if (cell.IsAged && cell.RateIn(month, age)?.Amount != cell.RateIn(month, age - 1)?.Amount) return true;
        }

        return false;
    }
}
