using System.Globalization;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Reports;

/// <summary>A sum of the ledger or of a certificate that a report must agree with.</summary>
public readonly record struct BookedSum(bool InPeriod, Programme Programme, Place Place, long Payments, Vnd Sum);

/// <summary>What a report is held against: figures that come by other roads than its own rows.</summary>
/// <param name="Records">Records of the register known on the day, counted by themselves; null: the report is of some communes only.</param>
/// <param name="Ledger">Sums of postings made up to the day; null: not comparable, and <paramref name="WhyNoLedger"/> says why.</param>
/// <param name="Certificate">Today's places, folded from the facts; null: not comparable.</param>
public sealed record FunnelControls(long? Records, IReadOnlyList<BookedSum>? Ledger, (string Vi, string En) WhyNoLedger, IReadOnlyList<BookedSum>? Certificate, (string Vi, string En) WhyNoCertificate);

/// <summary>The cashless funnel of a register on a day (F130–F134): counts every record once and checks its own sums.</summary>
/// <param name="cross">Dimensions that are also crossed with each other; empty or one: none.</param>
public sealed class FunnelReport(IReadOnlyList<FunnelDimension> cross)
{
    readonly SortedDictionary<(FunnelStep Step, FunnelReason Reason), FunnelTally> reasons = [];
    readonly Dictionary<FunnelDimension, SortedDictionary<string, FunnelTally>> dimensions = Enum.GetValues<FunnelDimension>().ToDictionary(one => one, _ => new SortedDictionary<string, FunnelTally>(StringComparer.Ordinal));
    readonly SortedDictionary<string, (FunnelFigure Figure, FunnelTally Tally)> crossed = new(StringComparer.Ordinal);
    readonly FunnelTally[] steps = [.. FunnelSteps.All.Select(_ => new FunnelTally())];
    readonly long[] has = new long[FunnelSteps.All.Count], hasEarlier = new long[FunnelSteps.All.Count], paidWithout = new long[FunnelSteps.All.Count];
    readonly Dictionary<(FigureSum, FigureTime), long> people = [];
    readonly Dictionary<(bool, Programme, Place), (long Payments, Vnd Sum)> placed = [];

    /// <summary>Every record.</summary>
    public FunnelTally Total { get; } = new();

    /// <summary>The reasons on a step, in their order. Money on its way can be the reason on two steps.</summary>
    public IEnumerable<(FunnelReason Reason, FunnelTally Tally)> ReasonsOn(FunnelStep step) => reasons.Where(row => row.Key.Step == step).Select(row => (row.Key.Reason, row.Value));

    /// <summary>Rows of a dimension by value; every value that somebody has.</summary>
    public IReadOnlyDictionary<string, FunnelTally> By(FunnelDimension dimension) => dimensions[dimension];

    /// <summary>Rows of the crossed dimensions, each with its key.</summary>
    public IEnumerable<(FunnelFigure Figure, FunnelTally Tally)> Crossed => crossed.Values;

    public IReadOnlyList<FunnelDimension> Cross => cross;

    /// <summary>Those who stand on a step.</summary>
    public FunnelTally On(FunnelStep step) => steps[(int)step];

    /// <summary>People on the rolls who have the condition of a step, wherever they stand.</summary>
    public long Has(FunnelStep step) => has[(int)step];

    /// <summary>Of these, how many stand before the step, for want of something earlier.</summary>
    public long HasEarlier(FunnelStep step) => hasEarlier[(int)step];

    /// <summary>Paid by account without the condition of a step: nobody else stands beyond a step whose condition is missing.</summary>
    public long PaidWithout(FunnelStep step) => paidWithout[(int)step];

    /// <summary>People with a sum of a kind at a time.</summary>
    public long People(FigureSum sum, FigureTime time) => people.GetValueOrDefault((sum, time));

    /// <summary>Sums by programme and place.</summary>
    public IReadOnlyList<BookedSum> Placed => [.. placed.Select(row => new BookedSum(row.Key.Item1, row.Key.Item2, row.Key.Item3, row.Value.Payments, row.Value.Sum))];

    /// <summary>Counts a record. Each is given once.</summary>
    public void Add(FunnelPerson person)
    {
        var step = person.Standing.Step;
        var (money, before) = (person.Money(true), person.Money(false));
        Total.Add(step, money, before);
        steps[(int)step].Add(step, money, before);
        Row(reasons, (step, person.Standing.Reason)).Add(step, money, before);
        foreach (var (dimension, rows) in dimensions) Row(rows, person.Value(dimension)).Add(step, money, before);
        if (cross.Count > 1)
        {
            var key = string.Join('|', cross.Select(dimension => Order(dimension, person.Value(dimension))));
            if (!crossed.TryGetValue(key, out var row)) crossed.Add(key, row = (cross.Aggregate(new FunnelFigure(), (figure, dimension) => figure.With(dimension, person.Value(dimension))), new FunnelTally()));
            row.Tally.Add(step, money, before);
        }

        if (person.IsInside) AddConditions(person);
        if (person.Sums.Count == 0) return;
        foreach (var sum in Enum.GetValues<FigureSum>())
            foreach (var time in Enum.GetValues<FigureTime>())
                if (FunnelFigure.Counts(person, sum, time)) people[(sum, time)] = people.GetValueOrDefault((sum, time)) + 1;
        foreach (var one in person.Sums)
        {
            var so = placed.GetValueOrDefault((one.InPeriod, one.Programme, one.Place));
            placed[(one.InPeriod, one.Programme, one.Place)] = (so.Payments + one.Payments, so.Sum + one.Sum);
        }
    }

    void AddConditions(FunnelPerson person)
    {
        for (var step = FunnelStep.Information; step <= FunnelStep.PaidByAccount; step++)
        {
            if ((person.Conditions & FunnelSteps.Condition(step)) != 0)
            {
                has[(int)step]++;
                if (person.Standing.Step < step) hasEarlier[(int)step]++;
            }
            else if (person.Standing.Step >= step) paidWithout[(int)step]++;
        }
    }

    /// <summary>Groups and ages in the order of their tables, everything else by itself.</summary>
    static string Order(FunnelDimension dimension, string value) => dimension switch
    {
        FunnelDimension.Group => string.Create(CultureInfo.InvariantCulture, $"{RecipientGroups.All.ToList().FindIndex(group => group.Code == value):00}"),
        FunnelDimension.Age => string.Create(CultureInfo.InvariantCulture, $"{AgeBand.All.ToList().IndexOf(value):00}"),
        _ => value,
    };

    /// <summary>The values of a dimension in the order of its table.</summary>
    public IEnumerable<KeyValuePair<string, FunnelTally>> Rows(FunnelDimension dimension) => dimensions[dimension].OrderBy(row => Order(dimension, row.Key), StringComparer.Ordinal);

    /// <summary>Every check the report makes of itself (F133): parts to their whole, steps to the register, money to the ledger and to the certificate.</summary>
    public IReadOnlyList<ReportTie> Ties(FunnelControls controls)
    {
        var ties = new List<ReportTie>
        {
            controls.Records is null
                ? new("steps_register", $"không so với số hồ sơ trong sổ: {controls.WhyNoLedger.Vi}", $"not compared with the records of the register: {controls.WhyNoLedger.En}", steps.Sum(step => step.People), null)
                : new("steps_register", "cộng các bước (kể cả ngoài diện) = số hồ sơ trong sổ", "steps, those outside too = records of the register", steps.Sum(step => step.People), controls.Records),
            new("reasons_steps", "cộng các lý do = cộng các bước", "reasons = steps", reasons.Values.Sum(reason => reason.People), steps.Sum(step => step.People)),
        };
        foreach (var dimension in Enum.GetValues<FunnelDimension>())
        {
            var (vi, en) = Words(dimension);
            ties.Add(new($"people_{Code(dimension)}", $"người theo {vi} = tổng số", $"people by {en} = all", dimensions[dimension].Values.Sum(row => row.People), Total.People));
            ties.Add(new($"money_{Code(dimension)}", $"tiền theo {vi} = tổng số", $"money by {en} = all", dimensions[dimension].Values.Sum(row => row.Money.Listed.Amount), Total.Money.Listed.Amount, true));
        }

        if (cross.Count > 1) ties.Add(new("people_crossed", "người trong bảng chéo = tổng số", "people of the crossed table = all", crossed.Values.Sum(row => row.Tally.People), Total.People));
        for (var step = FunnelStep.Information; step <= FunnelStep.PaidByAccount; step++)
        {
            var words = FunnelSteps.All[(int)step];
            ties.Add(new($"reached_{words.Code}", $"đến bước “{words.Vi}” = có điều kiện − đứng ở bước trước + đã nhận qua tài khoản mà thiếu", $"reached “{words.En}” = has it − stands earlier + paid without it",
                Total.Reached(step), has[(int)step] - hasEarlier[(int)step] + paidWithout[(int)step]));
        }

        foreach (var (when, vi, en, money) in new[] { ("period", "trong kỳ", "of the period", Total.Money), ("before", "trước kỳ", "before the period", Total.Before) })
            ties.Add(new($"listed_parts_{when}", $"đã lập danh sách {vi} = qua tài khoản + tiền mặt + nộp trả + chưa chi", $"listed {en} = by account + cash + given back + not paid yet", money.Listed.Amount,
                (money.ByAccount + money.InCash + money.GivenBack + money.Elsewhere).Amount, true));
        foreach (var sum in Enum.GetValues<FigureSum>())
        {
            var code = sum.ToString().ToLowerInvariant();
            ties.Add(new($"cumulative_{code}", $"lũy kế = trước kỳ + mới trong kỳ, người ({code})", $"cumulative = before + new, people ({code})", People(sum, FigureTime.Total), People(sum, FigureTime.Before) + People(sum, FigureTime.New)));
        }

        AddBooks(ties, "ledger", ("sổ bút toán", "the ledger"), controls.Ledger, controls.WhyNoLedger, null);
        AddBooks(ties, "certificate", ("biên bản xác nhận", "the certificate"), controls.Certificate, controls.WhyNoCertificate, true);
        return ties;
    }

    // Place by place of every programme: what differs is named, and nothing hides behind a sum.
    void AddBooks(List<ReportTie> ties, string book, (string Vi, string En) name, IReadOnlyList<BookedSum>? booked, (string Vi, string En) whyNot, bool? inPeriod)
    {
        var paid = Total.Money.Paid + (inPeriod is null ? Total.Before.Paid : Vnd.Zero);
        if (booked is null)
        {
            ties.Add(new($"paid_{book}", $"không so với {name.Vi}: {whyNot.Vi}", $"not compared with {name.En}: {whyNot.En}", paid.Amount, null, true));
            return;
        }

        ties.Add(new($"paid_{book}", $"qua tài khoản + tiền mặt = đã chi theo {name.Vi}", $"by account + cash = paid by {name.En}", paid.Amount,
            booked.Where(row => row.Place is Place.PaidByAccount or Place.PaidInCash).Sum(row => row.Sum.Amount), true));
        ties.Add(new($"listed_{book}", $"đã lập danh sách = {name.Vi}", $"listed = {name.En}", (Total.Money.Listed + (inPeriod is null ? Total.Before.Listed : Vnd.Zero)).Amount, booked.Sum(row => row.Sum.Amount), true));
        var theirs = booked.ToDictionary(row => (row.InPeriod, row.Programme, row.Place), row => (row.Payments, row.Sum));
        foreach (var key in placed.Keys.Where(key => inPeriod is null || key.Item1 == inPeriod).Union(theirs.Keys).Order())
        {
            var (ours, other) = (placed.GetValueOrDefault(key), theirs.GetValueOrDefault(key));
            if (ours == other) continue;
            var place = Places.All[(int)key.Item3];
            var (vi, en) = ($"{key.Item2.ToString().ToUpperInvariant()}, {place.Vi}", $"{key.Item2.ToString().ToUpperInvariant()}, {place.En}");
            ties.Add(new($"place_{book}", $"{vi}: tiền", $"{en}: money", ours.Sum.Amount, other.Sum.Amount, true));
            ties.Add(new($"place_{book}", $"{vi}: số khoản", $"{en}: payments", ours.Payments, other.Payments));
        }
    }

    public static string Code(FunnelDimension dimension) => dimension.ToString().ToLowerInvariant();

    public static (string Vi, string En) Words(FunnelDimension dimension) => dimension switch
    {
        FunnelDimension.Group => ("nhóm", "group"),
        FunnelDimension.Sex => ("giới tính", "sex"),
        FunnelDimension.Age => ("độ tuổi", "age"),
        _ => ("xã", "commune"),
    };

    static FunnelTally Row<TKey>(SortedDictionary<TKey, FunnelTally> rows, TKey key) where TKey : notnull
    {
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new FunnelTally());
        return row;
    }
}
