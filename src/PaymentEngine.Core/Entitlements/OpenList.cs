using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>A person's list while it is made: compares month by month, then nets recoupments and writes the memory.</summary>
sealed class OpenList
{
    readonly RegisterPerson person;
    readonly YearMonth listMonth;
    readonly YearMonth? listedThrough;
    readonly IReadOnlyList<RecoupmentDecision> decisions;
    readonly List<Track> tracks = [];

    public OpenList(RegisterPerson person, YearMonth listMonth, YearMonth? listedThrough, IReadOnlyList<ListedComponent> listed, IReadOnlyList<RecoupmentDecision> decisions)
    {
        this.decisions = decisions;
        this.person = person;
        this.listMonth = listMonth;
        this.listedThrough = listedThrough;
        foreach (var component in listed) tracks.Add(TrackOf(component));
    }

    /// <summary>Takes one month: what is due, against what was listed.</summary>
    public void Compare(YearMonth month, YearMonth countsFrom, MonthEntitlement entitlement)
    {
        foreach (var component in entitlement.Components)
        {
            var track = Find(component);
            track.Due += component.Amount;
            track.Why ??= component.Explanation;
            track.IsOneOff = component.IsOneOff;
        }

        foreach (var track in tracks)
        {
            if (month >= countsFrom || track.Listed is { Ranges.Count: > 0 } memory && month >= memory.Ranges[0].From) Compare(track, month, entitlement.Zero);
            (track.Due, track.Why, track.IsOneOff) = (Vnd.Zero, null, false);
        }
    }

    void Compare(Track track, YearMonth month, Explanation? zero)
    {
        var listed = track.Listed is null ? Vnd.Zero : MonthList.ListedFor(track.Listed, month, listedThrough);
        // A one-off belongs to its month alone, whenever it is listed: neither arrears of a past month nor the beginning of a monthly sum.
        if (track.IsOneOff && listed.IsZero && track.Due > Vnd.Zero)
        {
            track.Add(month, LineKind.OneOff, track.Due, track.Why!);
            return;
        }

        if (month == listMonth)
        {
            track.DueNow = track.IsOneOff ? Vnd.Zero : track.Due;
            if (listed.IsZero && !(listMonth <= listedThrough))
            {
                if (track.Due > Vnd.Zero) track.Add(listMonth, LineKind.Regular, track.Due, track.Why!);
                return;
            }
        }

        if (track.Due > listed) track.Add(month, LineKind.Arrears, track.Due - listed, Sentences.Arrears(track.Programme, month, track.Due, listed, track.Why));
        else if (track.Due < listed) track.TooMuch.Add(new Excess(month, track.Due, listed, track.Why ?? zero ?? NotDue.NoLonger));
    }

    /// <summary>Nets what was listed too much and says what the memory becomes.</summary>
    public PersonMonthList Close(MonthEntitlement now)
    {
        var outstanding = Net();
        var lines = new List<EntitlementLine>();
        List<ListedComponent>? next = null;
        foreach (var track in tracks)
        {
            lines.AddRange(track.Lines);
            if (NextOf(track) is { } changed) (next ??= []).Add(changed);
        }

        var left = Vnd.Zero;
        foreach (var excess in outstanding) left += excess.Amount;
        return new PersonMonthList(lines, next is null ? [] : next, left, lines.Count > 0 ? null : now.Zero ?? NotDue.AlreadyListed) { Outstanding = outstanding };
    }

    /// <summary>Takes excesses, oldest month first, off the positive sums of the same programme and payee role, never below zero, and where a decision sets
    /// instalments no more than one of them. What is not taken stays outstanding: it keeps standing in the memory and is found again next month
    /// (law/README.md §8: never netted silently below zero).</summary>
    List<OutstandingExcess> Net()
    {
        var left = new List<OutstandingExcess>();
        Dictionary<RecoupmentDecision, Vnd>? instalments = null;
        foreach (var (track, excess) in tracks.SelectMany(track => track.TooMuch.Select(excess => (track, excess))).OrderBy(item => item.excess.Month).ToList())
        {
            var room = Vnd.Zero;
            foreach (var other in tracks)
            {
                if (other.Programme != track.Programme || other.Role != track.Role) continue;
                foreach (var line in other.Lines) room += line.Amount;
            }

            var wanted = excess.Listed - excess.Due;
            var decision = DecisionFor(track.AwardId);
            if (decision is not null)
            {
                instalments ??= [];
                var rest = instalments.TryGetValue(decision, out var known) ? known : decision.FromMonth > listMonth ? Vnd.Zero : decision.Monthly;
                if (rest < room) room = rest;
            }

            var taken = track.Programme == 0 ? Vnd.Zero : room < wanted ? room : wanted;
            if (decision is not null) instalments![decision] = (instalments.TryGetValue(decision, out var before) ? before : decision.FromMonth > listMonth ? Vnd.Zero : decision.Monthly) - taken;
            if (taken > Vnd.Zero) track.Add(excess.Month, LineKind.Recoupment, -taken, Sentences.Recoupment(track.Programme, excess.Month, excess.Due, excess.Listed, taken, excess.Why, decision));
            if (wanted > taken)
                left.Add(new OutstandingExcess(track.AwardId, track.Programme, track.Component, track.Role, excess.Month, wanted - taken,
                    Sentences.Outstanding(track.Programme, excess.Month, excess.Due, excess.Listed, wanted - taken, excess.Why, decision)) { IsAfterDeath = NotDue.IsDeath(excess.Why) });
        }

        return left;
    }

    /// <summary>The decision on instalments that covers an award: one for the award before one for the person, then the one signed last.</summary>
    RecoupmentDecision? DecisionFor(string awardId)
    {
        RecoupmentDecision? found = null;
        foreach (var decision in decisions)
        {
            if (decision.AwardId is not null && decision.AwardId != awardId) continue;
            if (found is null || (decision.AwardId is not null, decision.DecidedOn).CompareTo((found.AwardId is not null, found.DecidedOn)) > 0) found = decision;
        }

        return found;
    }

    /// <summary>The next version of a component's memory, or null when nothing changes: the steady month costs no row.</summary>
    ListedComponent? NextOf(Track track)
    {
        var open = track.Listed is { Ranges: [.., { To: null } last] } ? last : (ListedRange?)null;
        var isOnlyRegular = track.Lines.Count == 1 && track.Lines[0].Kind == LineKind.Regular;
        if (track.Lines.Count == 0 && open is null) return null;
        // The open range goes on by itself when the list is approved, provided that it was listed up to the month before.
        if (isOnlyRegular && open?.Amount == track.DueNow && listedThrough?.Plus(1) == listMonth) return null;
        if (track.Lines.Count == 0 && open?.Amount == track.DueNow && listMonth <= listedThrough) return null;

        var ranges = RangesOf(track, open);
        return new ListedComponent(track.AwardId, track.Component, (track.Listed?.Version ?? 0) + 1, ranges);
    }

    List<ListedRange> RangesOf(Track track, ListedRange? open)
    {
        var first = track.Listed is { Ranges.Count: > 0 } memory ? memory.Ranges[0].From : listMonth;
        foreach (var line in track.Lines)
        {
            if (line.ForMonth < first) first = line.ForMonth;
        }

        var last = listedThrough > listMonth ? listedThrough.Value : listMonth;
        var amounts = new long[Math.Max(last.Index() - first.Index() + 1, 0)];
        for (var i = 0; i < amounts.Length; i++) amounts[i] = track.Listed is null ? 0 : MonthList.ListedFor(track.Listed, first.Plus(i), listedThrough).Amount;
        foreach (var line in track.Lines) amounts[line.ForMonth.Index() - first.Index()] += line.Amount.Amount;

        var ranges = new List<ListedRange>();
        for (var i = 0; i < amounts.Length; i++)
        {
            if (amounts[i] == 0) continue;
            var month = first.Plus(i);
            if (ranges is [.., { } previous] && previous.Amount.Amount == amounts[i] && previous.To == month.Plus(-1)) ranges[^1] = previous with { To = month };
            else ranges.Add(new ListedRange(month, month, new Vnd(amounts[i])));
        }

        var goesOn = last > listMonth ? open is { } still && amounts[^1] == still.Amount.Amount : track.DueNow > Vnd.Zero && amounts[^1] == track.DueNow.Amount;
        if (goesOn) ranges[^1] = ranges[^1] with { To = null };
        return ranges;
    }

    Track Find(DueComponent component)
    {
        foreach (var track in tracks)
        {
            if (track.AwardId == component.AwardId && track.Component == component.Component) return track;
        }

        var added = new Track(component.AwardId, component.Component, component.Programme, component.PayeeRole, null);
        tracks.Add(added);
        return added;
    }

    Track TrackOf(ListedComponent listed)
    {
        foreach (var row in person.Awards)
        {
            if (row.AwardId == listed.AwardId)
                return new Track(listed.AwardId, listed.Component, row.Programme, EntitlementCalculator.RoleOf(row.Category, listed.Component), listed);
        }

        // The award is no longer in the register: nothing is due for it, and nothing can be netted because nobody knows whose money it was.
        return new Track(listed.AwardId, listed.Component, 0, PayeeRole.Self, listed);
    }

    readonly record struct Excess(YearMonth Month, Vnd Due, Vnd Listed, Explanation Why);

    sealed class Track(string awardId, string component, Programme programme, PayeeRole role, ListedComponent? listed)
    {
        public string AwardId => awardId;

        public string Component => component;

        public Programme Programme => programme;

        public PayeeRole Role => role;

        public ListedComponent? Listed => listed;

        public List<EntitlementLine> Lines { get; } = [];

        public List<Excess> TooMuch { get; } = [];

        public Vnd Due { get; set; }

        public Explanation? Why { get; set; }

        /// <summary>What is due for the month being compared is due for that month alone.</summary>
        public bool IsOneOff { get; set; }

        public Vnd DueNow { get; set; }

        public void Add(YearMonth month, LineKind kind, Vnd amount, Explanation why) =>
            Lines.Add(new EntitlementLine(awardId, programme, component, role, month, kind, amount, kind == LineKind.Regular ? 0 : listed?.Version ?? 0, why));
    }
}
