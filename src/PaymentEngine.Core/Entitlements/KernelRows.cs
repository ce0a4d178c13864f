namespace PaymentEngine.Core.Entitlements;

/// <summary>The columns of one computation side by side, and what is asked of a row.</summary>
readonly ref partial struct KernelRows
{
    readonly DenseLaw law;
    readonly int first;
    readonly int listMonth;
    readonly ReadOnlySpan<ushort> slots;
    readonly ReadOnlySpan<short> births;
    readonly ReadOnlySpan<short> deaths;
    readonly ReadOnlySpan<short> firsts;
    readonly ReadOnlySpan<short> lasts;
    readonly ReadOnlySpan<short> suspendedFroms;
    readonly ReadOnlySpan<short> suspendedLasts;
    readonly ReadOnlySpan<byte> times;
    readonly ReadOnlySpan<FoldRule> folds;
    readonly ReadOnlySpan<short> listedFroms;
    readonly ReadOnlySpan<short> listedLasts;
    readonly ReadOnlySpan<int> amountsVnd;
    readonly ReadOnlySpan<int> listedVnd;
    readonly int listedRoom;
    readonly ReadOnlySpan<short> edges;
    readonly ReadOnlySpan<short> periodFirsts;
    readonly int firstAged;
    readonly int slotted;
    readonly Span<int> dueVnd;
    readonly Span<int> arrearsVnd;
    readonly Span<int> excessVnd;

    public KernelRows(EntitlementColumns columns, KernelSums sums)
    {
        law = columns.Law;
        (first, listMonth, firstAged, slotted) = (law.First.Index(), law.ListMonth.Index(), LawCells.FirstAged, LawCells.Slotted);
        slots = columns.Slots;
        births = columns.Births;
        deaths = columns.Deaths;
        firsts = columns.Firsts;
        lasts = columns.Lasts;
        suspendedFroms = columns.SuspendedFroms;
        suspendedLasts = columns.SuspendedLasts;
        times = columns.Times;
        folds = columns.Folds;
        listedFroms = columns.ListedFroms;
        listedLasts = columns.ListedLasts;
        amountsVnd = law.AllAmountsVnd;
        listedVnd = columns.AllListedVnd;
        listedRoom = columns.ListedRoom;
        edges = law.AgeEdges;
        periodFirsts = law.PeriodFirsts;
        dueVnd = sums.DueVnd[..columns.Rows];
        arrearsVnd = sums.ArrearsVnd[..columns.Rows];
        excessVnd = sums.ExcessVnd[..columns.Rows];
    }

    /// <summary>One row, as if it stood alone.</summary>
    public void ComputeRow(int row)
    {
        if (IsSteady(row)) ComputeSteady(row);
        else Walk(row, row + 1);
    }

    /// <summary>The rows of one person, combined, against what was listed: from change to change, since nothing differs between the months of a stretch without one.</summary>
    public void Walk(int from, int to)
    {
        Span<int> due = stackalloc int[EntitlementColumns.RowsMax];
        due = due[..(to - from)];
        arrearsVnd[from..to].Clear();
        excessVnd[from..to].Clear();
        for (var month = first; month < listMonth;)
        {
            var next = listMonth;
            for (var row = from; row < to; row++) next = NextChange(row, month, next);
            Combine(from, due, month);
            for (var i = 0; i < due.Length; i++) Compare(from + i, month, due[i], next - month);
            month = next;
        }

        Combine(from, due, listMonth);
        due.CopyTo(dueVnd[from..to]);
    }

    void Combine(int from, Span<int> due, int month)
    {
        for (var i = 0; i < due.Length; i++) due[i] = DueIn(from + i, month);
        if (due.Length > 1) KernelFold.Combine(folds.Slice(from, due.Length), due);
    }

    void Compare(int row, int month, int due, int months)
    {
        var listed = month >= listedFroms[row] && month <= listedLasts[row] ? listedVnd[(law.PeriodOf(month) * listedRoom) + row] : 0;
        if (due > listed) arrearsVnd[row] += (due - listed) * months;
        else excessVnd[row] += (listed - due) * months;
    }

    int DueIn(int row, int month)
    {
        if (month < firsts[row] || month > lasts[row] || month > deaths[row]) return 0;
        if (month >= suspendedFroms[row] && month <= suspendedLasts[row]) return 0;
        return UnitIn(row, law.PeriodOf(month), month) * times[row];
    }

    /// <summary>The first month after this one in which the sum or the listed sum of the row may be another, at most <paramref name="next"/>.</summary>
    int NextChange(int row, int month, int next)
    {
        next = Sooner(firsts[row], month, next);
        next = Sooner(Math.Min(lasts[row], deaths[row]) + 1, month, next);
        next = Sooner(suspendedFroms[row], month, next);
        next = Sooner(suspendedLasts[row] + 1, month, next);
        next = Sooner(listedFroms[row], month, next);
        next = Sooner(listedLasts[row] + 1, month, next);
        foreach (var period in periodFirsts) next = Sooner(period, month, next);
        if (slots[row] < firstAged) return next;
        foreach (var edge in edges) next = Sooner(births[row] + edge, month, next);
        return next;
    }

    static int Sooner(int candidate, int month, int next) => candidate > month && candidate < next ? candidate : next;

    /// <summary>Neither an age limit of its cell nor a suspension falls into the months.</summary>
    bool IsSteady(int row) => (suspendedFroms[row] > listMonth || suspendedLasts[row] < first)
        && (slots[row] < firstAged || law.IsLevel(slots[row], law.BandOf(first - births[row]), law.BandOf(listMonth - births[row])));

    /// <summary>A row with one amount a period: months due, months listed and months of both say all of it.</summary>
    void ComputeSteady(int row)
    {
        var (begin, end) = ((int)firsts[row], (int)Math.Min(lasts[row], deaths[row]));
        var cell = slots[row] + (slots[row] >= firstAged ? law.BandOf(listMonth - births[row]) : 0);
        int arrears = 0, excess = 0, due = 0;
        for (var period = 0; period < periodFirsts.Length; period++)
        {
            var (from, to) = (periodFirsts[period], LastCompared(period));
            due = amountsVnd[(period * slotted) + cell] * times[row];
            var listed = listedVnd[(period * listedRoom) + row];
            var dueMonths = Overlap(begin, end, from, to);
            var listedMonths = Overlap(listedFroms[row], listedLasts[row], from, to);
            var both = Overlap(Math.Max(begin, (int)listedFroms[row]), Math.Min(end, (int)listedLasts[row]), from, to);
            arrears += (Math.Max(due - listed, 0) * both) + (due * (dueMonths - both));
            excess += (Math.Max(listed - due, 0) * both) + (listed * (listedMonths - both));
        }

        // The last period is the list month's.
        dueVnd[row] = begin <= listMonth && listMonth <= end ? due : 0;
        (arrearsVnd[row], excessVnd[row]) = (arrears, excess);
    }

    /// <summary>The last month of a period that is compared: the list month is not.</summary>
    int LastCompared(int period) => period + 1 < periodFirsts.Length ? periodFirsts[period + 1] - 1 : listMonth - 1;

    int UnitIn(int row, int period, int month) => amountsVnd[(period * slotted) + slots[row] + (slots[row] >= firstAged ? law.BandOf(month - births[row]) : 0)];

    static int Overlap(int begin, int end, int from, int to) => Math.Max(Math.Min(end, to) - Math.Max(begin, from) + 1, 0);
}
