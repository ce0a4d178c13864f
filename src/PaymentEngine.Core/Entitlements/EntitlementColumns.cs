using System.Runtime.InteropServices;
using NodaTime;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Facts of people and awards as columns, one row a component of an award: what the kernel computes from.</summary>
/// <remarks>Months are counts since year 0 (<see cref="Months.Index"/>) in 16 bits. The columns know no law of a month and no amount but what was listed; ages, starts, ends,
/// suspensions, amounts, combination and comparison are the kernel's. People whom the kernel does not cover are told apart here.</remarks>
public sealed class EntitlementColumns
{
    const short Ever = short.MinValue;
    const short Open = short.MaxValue;
    const int MajorityMonths = 18 * 12;

    /// <summary>More components than this no person has; the fold keeps that many sums on the stack.</summary>
    internal const int RowsMax = 24;

    readonly DenseLaw law;
    readonly List<int> personOffsets = [0];
    readonly List<int> foldedPeople = [];
    readonly List<ushort> slots = [];
    readonly List<short> births = [];
    readonly List<short> deaths = [];
    readonly List<short> firsts = [];
    readonly List<short> lasts = [];
    readonly List<short> suspendedFroms = [];
    readonly List<short> suspendedLasts = [];
    readonly List<byte> times = [];
    readonly List<FoldRule> folds = [];
    readonly List<short> listedFroms = [];
    readonly List<short> listedLasts = [];
    int[] listedVnd;
    int listedRoom = 1_024;
    readonly List<(string AwardId, string Component)> keys = [];
    readonly List<Row> adding = [];

    /// <summary>Empty columns for the months of a law.</summary>
    public EntitlementColumns(DenseLaw law)
    {
        this.law = law;
        listedVnd = new int[law.Periods * listedRoom];
    }

    /// <summary>People in the columns; those handed over are not.</summary>
    public int People => personOffsets.Count - 1;

    /// <summary>Rows of all people.</summary>
    public int Rows => slots.Count;

    internal DenseLaw Law => law;

    /// <summary>Where each person's rows begin; one more entry than people.</summary>
    public ReadOnlySpan<int> PersonOffsets => CollectionsMarshal.AsSpan(personOffsets);

    /// <summary>People whose components are paid instead of each other.</summary>
    internal ReadOnlySpan<int> FoldedPeople => CollectionsMarshal.AsSpan(foldedPeople);

    internal ReadOnlySpan<ushort> Slots => CollectionsMarshal.AsSpan(slots);

    /// <summary>Month of birth of the person whose age decides: the recipient, or the person cared for.</summary>
    internal ReadOnlySpan<short> Births => CollectionsMarshal.AsSpan(births);

    /// <summary>Month of the death that ends the award.</summary>
    internal ReadOnlySpan<short> Deaths => CollectionsMarshal.AsSpan(deaths);

    internal ReadOnlySpan<short> Firsts => CollectionsMarshal.AsSpan(firsts);

    internal ReadOnlySpan<short> Lasts => CollectionsMarshal.AsSpan(lasts);

    internal ReadOnlySpan<short> SuspendedFroms => CollectionsMarshal.AsSpan(suspendedFroms);

    internal ReadOnlySpan<short> SuspendedLasts => CollectionsMarshal.AsSpan(suspendedLasts);

    /// <summary>Children, seniority units; 1 for most.</summary>
    internal ReadOnlySpan<byte> Times => CollectionsMarshal.AsSpan(times);

    internal ReadOnlySpan<FoldRule> Folds => CollectionsMarshal.AsSpan(folds);

    internal ReadOnlySpan<short> ListedFroms => CollectionsMarshal.AsSpan(listedFroms);

    internal ReadOnlySpan<short> ListedLasts => CollectionsMarshal.AsSpan(listedLasts);

    /// <summary>What was listed for each month of a period, VND.</summary>
    internal ReadOnlySpan<int> ListedVnd(int period) => listedVnd.AsSpan(period * listedRoom, Rows);

    /// <summary>The columns of all periods, <see cref="ListedRoom"/> entries each.</summary>
    internal ReadOnlySpan<int> AllListedVnd => listedVnd;

    internal int ListedRoom => listedRoom;

    /// <summary>The award and component of a row, to bring its sums home.</summary>
    public (string AwardId, string Component) KeyOf(int row) => keys[row];

    /// <summary>How many columns the kernel reads.</summary>
    public int InputColumns => 13 + law.Periods;

    /// <summary>The bytes of one of the columns the kernel reads: what touching them all costs is its limit.</summary>
    public ReadOnlySpan<byte> InputColumn(int index) => index switch
    {
        0 => MemoryMarshal.AsBytes(PersonOffsets),
        1 => MemoryMarshal.AsBytes(FoldedPeople),
        2 => MemoryMarshal.AsBytes(Slots),
        3 => MemoryMarshal.AsBytes(Births),
        4 => MemoryMarshal.AsBytes(Deaths),
        5 => MemoryMarshal.AsBytes(Firsts),
        6 => MemoryMarshal.AsBytes(Lasts),
        7 => MemoryMarshal.AsBytes(SuspendedFroms),
        8 => MemoryMarshal.AsBytes(SuspendedLasts),
        9 => MemoryMarshal.AsBytes(ListedFroms),
        10 => MemoryMarshal.AsBytes(ListedLasts),
        11 => Times,
        12 => MemoryMarshal.AsBytes(Folds),
        _ => MemoryMarshal.AsBytes(ListedVnd(index - 13)),
    };

    /// <summary>Empties the columns and keeps their room.</summary>
    public void Clear()
    {
        personOffsets.RemoveRange(1, personOffsets.Count - 1);
        foldedPeople.Clear();
        slots.Clear();
        foreach (var column in (List<short>[])[births, deaths, firsts, lasts, suspendedFroms, suspendedLasts, listedFroms, listedLasts]) column.Clear();
        times.Clear();
        folds.Clear();
        keys.Clear();
    }

    /// <summary>Adds a person, or says why the rule functions must compute them; then nothing of the person is in the columns.</summary>
    /// <param name="person">Every row the register has of the person.</param>
    /// <param name="listedThrough">The last month of an approved regular list; null when there is none.</param>
    /// <param name="listed">The memory of this person's components.</param>
    /// <param name="others">Finds the person an award is about.</param>
    public HandOver Add(RegisterPerson person, YearMonth? listedThrough, IReadOnlyList<ListedComponent> listed, Func<string, RegisterPerson?> others)
    {
        adding.Clear();
        var reason = RowsOf(person, others);
        if (reason == HandOver.None) reason = Listed(person, listedThrough, listed);
        if (reason == HandOver.None && (adding.Count > RowsMax || adding.Exists(row => IsBeyond(row)))) reason = HandOver.BeyondColumns;
        // The nurturing allowance is paid once (Pháp lệnh 02/2020/UBTVQH14, Điều 6.6); a helper and a martyr's relative may each bring one.
        if (reason == HandOver.None && adding.Count(static row => row.Component == SurvivorRules.NurturingKind) > 1) reason = HandOver.SurvivorShares;
        if (reason != HandOver.None) return reason;
        foreach (var row in adding) Append(row);
        if (IsFolded()) foldedPeople.Add(People);
        personOffsets.Add(slots.Count);
        return HandOver.None;
    }

    void Append(in Row row)
    {
        slots.Add(row.Slot);
        births.Add(row.Birth);
        deaths.Add(row.Death);
        firsts.Add(row.First);
        lasts.Add(row.Last);
        suspendedFroms.Add(row.SuspendedFrom);
        suspendedLasts.Add(row.SuspendedLast);
        times.Add(row.Times);
        folds.Add(row.Fold);
        listedFroms.Add(row.ListedFrom);
        listedLasts.Add(row.ListedLast);
        if (slots.Count > listedRoom) MakeRoom();
        for (var period = 0; period < law.Periods; period++) listedVnd[(period * listedRoom) + slots.Count - 1] = row.Listed?[period] ?? 0;
        keys.Add((row.AwardId, row.Component));
    }

    void MakeRoom()
    {
        var (old, oldRoom) = (listedVnd, listedRoom);
        listedRoom *= 2;
        listedVnd = new int[law.Periods * listedRoom];
        for (var period = 0; period < law.Periods; period++) old.AsSpan(period * oldRoom, oldRoom).CopyTo(listedVnd.AsSpan(period * listedRoom));
    }

    /// <summary>May a sum of the months not fit 32 bits?</summary>
    bool IsBeyond(in Row row)
    {
        var monthMaxVnd = (long)law.UnitMaxVnd(row.Slot) * row.Times;
        foreach (var vnd in row.Listed ?? []) monthMaxVnd = Math.Max(monthMaxVnd, vnd);
        return monthMaxVnd * law.Laws.Count > int.MaxValue;
    }

    /// <summary>Are there two components of which one may be paid instead of the other?</summary>
    bool IsFolded()
    {
        var (carers, groups, pensions) = (0, 0, 0);
        foreach (var row in adding)
        {
            if (row.Fold == FoldRule.Carer) carers++;
            else if (row.Fold == FoldRule.SocialPension) pensions++;
            else if (row.Fold != FoldRule.Adds) groups++;
        }

        return carers > 1 || groups > 1 || groups + pensions > 1;
    }

    HandOver RowsOf(RegisterPerson person, Func<string, RegisterPerson?> others)
    {
        if (FactsOfMonth.Of(person, law.ListMonth, law.AsOf) is not { } facts) return HandOver.None;
        if (BeginOf(person.Facts, facts) is not { } begins) return HandOver.FactsChange;
        if (facts.ProvinceCode != law.ProvinceCode) return HandOver.OtherProvince;
        var month = MonthCase.Of(person, law.ListLaw, others)!;
        var death = FactsOfMonth.DeathOf(person, law.AsOf) is { } day ? (short)day.ToYearMonth().Index() : Open;
        var survivorLevels = 0;
        for (var i = 0; i < month.Awards.Count; i++)
        {
            var (award, row) = (month.Awards[i], month.Awards[i].Row!);
            if (OneOffRules.BenefitOf(row, law.ListLaw.Book) is not null || row is { Programme: Programme.Ncc, Category: "GIAODUC" }) return HandOver.OneOff;
            if (law.ListLaw.Book.IsProgramme(row.Category)) return HandOver.DeclaredProgramme;
            if (BeginOf(person, award) is not { } awardBegins) return HandOver.FactsChange;
            if (row.Programme == Programme.Ncc && row.Category is "LIETSI.TN" or "SURVIVOR" or "BMVNAH" && ++survivorLevels > 1) return HandOver.SurvivorShares;
            for (var earlier = 0; earlier < i; earlier++)
            {
                if (DecisionRules.AreSameThing(month.Awards[earlier].Row!, row)) return HandOver.TwoDecisions;
            }

            if (!ReferenceEquals(award.Latest, row) && row.SuspendedFrom is not null) return HandOver.TwoSuspensions;
            if (EntitlementCalculator.FirstMonth(month, award.AwardId) is not { } first) continue;
            var held = new Row
            {
                AwardId = award.AwardId,
                Programme = row.Programme,
                Category = row.Category,
                Component = "",
                Birth = (short)facts.Birth.MonthIndex,
                First = Math.Max((short)first.Index(), Math.Max(begins, awardBegins)),
                Last = award.Latest.LastMonth is { } last ? (short)last.Index() : Open,
                Death = EntitlementCalculator.IsOfHousehold(month, row) ? Open : death,
                SuspendedFrom = Open,
                SuspendedLast = Ever,
                Times = 1,
                ListedFrom = Open,
                ListedLast = Ever,
            };
            if (Suspensions.LostMonths(award.Latest) is { } lost)
                held = held with { SuspendedFrom = (short)lost.From.Index(), SuspendedLast = lost.Last is { } end ? (short)end.Index() : Open };
            var reason = row.Programme switch
            {
                Programme.Ncc => Merit(month, row, held),
                Programme.Btxh => SocialProtection(month, row, held),
                Programme.Htxh => SocialPension(month, row, held),
                _ => HandOver.None,
            };
            if (reason != HandOver.None) return reason;
        }

        return HandOver.None;
    }

    HandOver Merit(MonthCase month, Award award, Row held)
    {
        if (award.DegreePct is < 0 or > LawCells.DegreeMax || award.DeceasedPct is < 0 or > LawCells.DegreeMax || award.SeniorityUnits > byte.MaxValue) return HandOver.BeyondColumns;
        var isHome = award.AtHome == true && month.Facts.InFacility != true;
        var isAlone = month.Facts.Alone is Aloneness.Alone or Aloneness.OrphanOfBoth;
        // A degree of the deceased divides the levels of three categories only; beside the others it would be a fact without a column.
        if (isAlone && award.DeceasedPct is not null && award.Category is "BMVNAH" or "GDCM" or "LIETSI.TN") return HandOver.BeyondColumns;
        switch (award.Category)
        {
            case "TB" when award is { DegreePct: { } degree, Class: not InvalidClass.None }:
                Wounded(award.Class == InvalidClass.A ? "NCC.TB.A" : "NCC.TB.B", "NCC.TB", degree, award.Special == true, award.Special == true ? "PVDB81" : "PV81");
                break;
            case "BB" when award.DegreePct is { } degree:
                Wounded("NCC.BB", "NCC.BB", degree, award.Special == true, award.Special == true ? "PVDB81" : "PV81");
                break;
            case "CDHH" when award.DegreePct is { } degree:
                Wounded("NCC.CDHH", "NCC.CDHH", degree, award.Special == true && award.ValidExam != false, award.ValidExam != false ? "PV81" : null);
                break;
            case "CDHH.CON" when award.DegreePct is { } degree: AddRow(held, "NCC.CDHH.CON", degree); break;
            case "BMVNAH":
                AddRow(held, "NCC.BMVNAH");
                AddRow(held, "NCC.BMVNAH.PC", ofBase: "NCC.BMVNAH");
                if (isHome) AddRow(held, "NCC.BMVNAH.PV", ofBase: "NCC.BMVNAH");
                if (isAlone) AddRow(held, "NCC.LIETSI.TUATND", ofBase: "NCC.BMVNAH");
                break;
            case "AHLLVT" or "TIENKN45" or "TUDAY": AddRow(held, $"NCC.{award.Category}"); break;
            case "TIENKN" when award.FullTime is { } isFullTime:
                AddRow(held, isFullTime ? "NCC.TIENKN.THOATLY" : "NCC.TIENKN.KHONGTHOATLY");
                if (isFullTime && award.SeniorityUnits is > 0 and { } units) AddRow(held with { Times = (byte)units }, "NCC.TIENKN.THOATLY.PC", ofBase: "NCC.TIENKN.THOATLY");
                break;
            case "GDCM" when award.Decoration is "KNC" or "HCKC":
                var decoration = $"NCC.GDCM.{award.Decoration}";
                AddRow(held, decoration);
                if (isAlone) AddRow(held, "NCC.GDCM.ND", ofBase: decoration);
                break;
            case "LIETSI.VCTAIGIA": AddRow(held, "NCC.LIETSI.VCTAIGIA"); break;
            case "LIETSI.TN" or "SURVIVOR": return Survivor(month, award, held, isAlone);
        }

        return HandOver.None;

        void Wounded(string allowance, string category, int degree, bool isSpecial, string? carer)
        {
            AddRow(held, allowance, degree);
            AddRow(held, $"{category}.{(isSpecial ? "PCDB81" : "PC81")}", degree, allowance);
            if (isHome && carer is not null) AddRow(held, $"{category}.{carer}", degree, allowance);
        }
    }

    HandOver Survivor(MonthCase month, Award award, Row held, bool isAlone)
    {
        if (award.Relation == Relation.Child)
        {
            if (award.DegreePct >= SurvivorRules.DegreeMin) return HandOver.IncomeTest;
            // Due to the month of turning 18, longer while studying without a break (Pháp lệnh 02/2020/UBTVQH14, Điều 6.5đ).
            if (month.Facts is not { Studying: true, StudyBroken: not true }) held = held with { Last = Math.Min(held.Last, (short)(held.Birth + MajorityMonths)) };
        }

        if (award.Category == "LIETSI.TN")
        {
            var level = Math.Max(award.Martyrs ?? 1, 1) switch { 1 => "NCC.LIETSI.TUAT1", 2 => "NCC.LIETSI.TUAT2", _ => "NCC.LIETSI.TUAT3" };
            AddRow(held, level);
            if (isAlone) AddRow(held, "NCC.LIETSI.TUATND", ofBase: level);
            return HandOver.None;
        }

        if (!SurvivorRules.LeavesAllowance(award.DeceasedCategory)) return HandOver.None;
        var hasDegree = SurvivorRules.LeavesByDegree(award.DeceasedCategory);
        if (hasDegree && (award.DeceasedPct is null || award.DeceasedPct < SurvivorRules.DegreeMin)) return HandOver.None;
        if (!hasDegree && isAlone && award.DeceasedPct is not null) return HandOver.BeyondColumns;
        if (hasDegree && award.Relation == Relation.Spouse)
        {
            if (PensionAgeReached(month.Facts) is not { } reached) return HandOver.None;
            held = held with { First = Math.Max(held.First, reached) };
        }

        var group = $"NCC.{award.DeceasedCategory}.TUAT";
        var degree = hasDegree ? award.DeceasedPct : null;
        AddRow(held, group, degree);
        if (isAlone) AddRow(held, $"{group}ND", degree, group);
        return HandOver.None;
    }

    /// <summary>The first of the months in which the pension age is reached; null when it is not by the list month. Once reached it stays so.</summary>
    short? PensionAgeReached(PersonFacts facts)
    {
        if (PensionAge.ParameterOf(facts.Sex) is not { } parameter) return null;
        foreach (var month in law.Laws)
        {
            if (PensionAge.IsReached(parameter, facts.Birth, month) == true) return month.Month == law.First ? Ever : (short)month.Month.Index();
        }

        return null;
    }

    HandOver SocialProtection(MonthCase month, Award award, Row held)
    {
        if (award.Category.StartsWith('k')) return month.Facts.InFacility == true ? HandOver.None : Group(month, award, held);
        switch (award.Category)
        {
            case "CS.MANGTHAI": return PregnantOrNursing(month, award, held);
            case "COSO" when month.Facts.InFacility != false: AddAged(held, "BTXH.COSO"); break;
            case "CS.NUOITRE": return CaredFor(month, award.AboutPersonId, held, static (columns, row, _) => columns.AddAged(row, "BTXH.CS.NUOITRE"));
            case "CS.NCT": return CaredFor(month, award.AboutPersonId, held, static (columns, row, _) => columns.AddAged(row, "BTXH.CS.NCT"));
            case "CS.NHAN":
                return CaredFor(month, award.AboutPersonId, held, static (columns, row, about) =>
                {
                    if (about.Disability is not (Disability.None or Disability.Severe)) columns.AddAged(row, "BTXH.CS.NHAN");
                });
            case "CS.HOGD":
                return CaredFor(month, award.AboutPersonId ?? award.PersonId, held, static (columns, row, about) =>
                {
                    if (about.Disability is not (Disability.None or Disability.Severe)) columns.AddRow(row, "BTXH.CS.HOGD");
                });
        }

        return HandOver.None;
    }

    HandOver Group(MonthCase month, Award award, Row held)
    {
        var facts = month.Facts;
        var mayBePoor = facts.Poverty is Poverty.Poor or Poverty.Unknown;
        switch (award.Category)
        {
            case "k1": AddAged(held, "BTXH.K1"); break;
            case "k2" when facts.Studying != false: AddAged(held, "BTXH.K2", facts.StudyBroken == true ? CellCondition.StudyBroken : CellCondition.None); break;
            case "k3" when mayBePoor: AddAged(held, "BTXH.K3"); break;
            case "k4" when facts.Poverty != Poverty.None: return SingleParent(month, award, held);
            case "k5a" or "k5d" when mayBePoor && facts.Supporter != Supporter.Yes: AddAged(held, award.Category == "k5a" ? "BTXH.K5A" : "BTXH.K5D"); break;
            case "k5b" when facts.Poverty != Poverty.None && facts.SpecialArea != false: AddAged(held, "BTXH.K5B"); break;
            case "k5c" when facts.OtherIncome is not (OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor or OtherIncome.OtherMonthly): AddAged(held, "BTXH.K5C"); break;
            case "k6" when facts.Disability is Disability.Severe or Disability.ExtremelySevere:
                AddAged(held, facts.Disability == Disability.Severe ? "BTXH.K6.N" : "BTXH.K6.DBN");
                break;
            case "k7" when facts.Poverty != Poverty.None && facts.SpecialArea != false: AddAged(held, "BTXH.K7"); break;
            case "k8" when mayBePoor && facts.OtherIncome is not (OtherIncome.Wage or OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor):
                AddAged(held, "BTXH.K8", facts.OtherIncome == OtherIncome.OtherMonthly ? CellCondition.OtherMonthly : CellCondition.None);
                break;
        }

        return HandOver.None;
    }

    HandOver SingleParent(MonthCase month, Award award, Row held)
    {
        var children = SocialProtectionRules.CountedChildren(month, award);
        if (award.ChildrenBirths.Count > 0)
        {
            foreach (var other in law.Laws)
            {
                if (SocialProtectionRules.CountedChildren(month with { Law = other }, award) != children) return HandOver.ChildrenChange;
            }
        }

        if (children > byte.MaxValue) return HandOver.BeyondColumns;
        if (children is > 0 and { } counted) AddRow(held with { Times = (byte)counted }, "BTXH.K4");
        return HandOver.None;
    }

    HandOver PregnantOrNursing(MonthCase month, Award award, Row held)
    {
        if (month.Facts.Disability == Disability.None) return HandOver.None;
        if (month.Facts.SpouseId is not null) return HandOver.SpouseShare;
        if (award.ChildrenBirths.Count > 0) return HandOver.ChildrenChange;
        var shares = (award.Children ?? 0) + (award.Pregnant == true ? 1 : 0);
        if (shares > 0) AddRow(held, shares == 1 ? "BTXH.CS.MANGTHAI1" : "BTXH.CS.MANGTHAI2");
        return HandOver.None;
    }

    /// <summary>Support that hangs on another person: their age, their death, the beginning of what is known of them.</summary>
    HandOver CaredFor(MonthCase month, string? personId, Row held, Action<EntitlementColumns, Row, PersonFacts> add)
    {
        if (personId is null || month.Others(personId) is not { } other || FactsOfMonth.Of(other, law.ListMonth, law.AsOf) is not { } facts) return HandOver.None;
        if (BeginOf(other.Facts, facts) is not { } begins) return HandOver.FactsChange;
        if (facts.InFacility == true) return HandOver.None;
        var death = FactsOfMonth.DeathOf(other, law.AsOf) is { } day ? (short)day.ToYearMonth().Index() : Open;
        add(this, held with { Birth = (short)facts.Birth.MonthIndex, First = Math.Max(held.First, begins), Death = Math.Min(held.Death, death) }, facts);
        return HandOver.None;
    }

    HandOver SocialPension(MonthCase month, Award award, Row held)
    {
        if (award.Category != "HTXH") return HandOver.None;
        if (month.Facts.OtherIncome is OtherIncome.Pension or OtherIncome.BhxhMonthly or OtherIncome.BhxhSurvivor)
            return month.Facts.OtherIncomeVnd is null ? HandOver.None : HandOver.IncomeBelowLevel;
        AddAged(held, LawCells.SocialPension, month.Facts.Poverty == Poverty.None ? CellCondition.NotPoor : CellCondition.None);
        return HandOver.None;
    }

    /// <summary>From which month on the facts of the list month have held, <see cref="Ever"/> when at least from the first month compared; null when others held in between.</summary>
    short? BeginOf(IReadOnlyList<PersonFacts> rows, PersonFacts facts)
    {
        var changes = false;
        foreach (var row in rows)
        {
            if (ReferenceEquals(row, facts) || row.RecordedOn > law.AsOf || row.FactsFrom > law.ListMonth) continue;
            // Two rows known: if either begins within the months, the months have different facts.
            changes |= row.FactsFrom > law.First || facts.FactsFrom > law.First;
        }

        return changes ? null : facts.FactsFrom > law.First ? (short)facts.FactsFrom.Value.Index() : Ever;
    }

    /// <summary>The same for the rows of an award.</summary>
    short? BeginOf(RegisterPerson person, AwardOfMonth award)
    {
        var (row, changes) = (award.Row!, false);
        foreach (var other in person.Awards)
        {
            if (ReferenceEquals(other, row) || other.AwardId != award.AwardId || !FactsOfMonth.IsKnown(other, law.AsOf) || other.FactsFrom > law.ListMonth) continue;
            changes |= other.FactsFrom > law.First || row.FactsFrom > law.First;
        }

        return changes ? null : row.FactsFrom > law.First ? (short)row.FactsFrom.Value.Index() : Ever;
    }

    void AddRow(Row row, string group, int? degree = null, string? ofBase = null) => AddRow(row, LawCells.SlotOf(group, degree, ofBase));

    void AddAged(Row row, string group, CellCondition condition = CellCondition.None) =>
        AddRow(row, LawCells.AgedSlotOf(group, condition));

    void AddRow(Row row, ushort slot)
    {
        // A cell without a rate in any of the months pays nothing, whatever its facts.
        if (law.ComponentOf(slot) is not { } component) return;
        adding.Add(row with { Slot = slot, Component = component, Fold = EntitlementKernel.FoldOf(row.Programme, row.Category, component) });
    }

    /// <summary>Brings the memory to the rows; what was listed for a component that no rule pays gets a row of its own.</summary>
    HandOver Listed(RegisterPerson person, YearMonth? listedThrough, IReadOnlyList<ListedComponent> listed)
    {
        if (listedThrough >= law.ListMonth) return HandOver.IrregularMemory;
        foreach (var component in listed)
        {
            if (component.Ranges.Count == 0) continue;
            if (component.Ranges[0].From < law.First || !MonthList.ListedFor(component, law.ListMonth, listedThrough).IsZero) return HandOver.IrregularMemory;
            var amounts = new int[law.Periods];
            if (Range(component, listedThrough, amounts) is not { } range) return HandOver.IrregularMemory;
            var at = adding.FindIndex(row => row.AwardId == component.AwardId && row.Component == component.Component);
            if (at >= 0 && adding[at].Listed is not null) return HandOver.IrregularMemory;
            // Nobody knows whose money the memory of an award that left the register was.
            if (at < 0 && !person.Awards.Any(award => award.AwardId == component.AwardId)) return HandOver.IrregularMemory;
            if (at < 0)
            {
                at = adding.Count;
                adding.Add(new Row
                {
                    AwardId = component.AwardId, Component = component.Component, Slot = LawCells.Nothing, First = Open, Last = Ever, Death = Open, SuspendedFrom = Open, SuspendedLast = Ever,
                });
            }

            adding[at] = adding[at] with { ListedFrom = range.From, ListedLast = range.Last, Listed = amounts };
        }

        return HandOver.None;
    }

    /// <summary>The months listed, and the amount of each period; null when the memory has a gap, or two amounts in one period.</summary>
    (short From, short Last)? Range(ListedComponent component, YearMonth? listedThrough, int[] amounts)
    {
        var (from, last) = (Open, Ever);
        for (var month = law.First; month <= law.ListMonth; month = month.Plus(1))
        {
            var amount = MonthList.ListedFor(component, month, listedThrough).Amount;
            if (amount == 0) continue;
            var index = (short)month.Index();
            var period = law.PeriodOf(index);
            if (amount is < 0 or > int.MaxValue || (last != Ever && last != index - 1) || (amounts[period] != 0 && amounts[period] != amount)) return null;
            (from, last, amounts[period]) = (Math.Min(from, index), index, (int)amount);
        }

        return (from, last);
    }

    readonly record struct Row
    {
        public required string AwardId { get; init; }
        public required string Component { get; init; }
        public Programme Programme { get; init; }
        public string? Category { get; init; }
        public ushort Slot { get; init; }
        public short Birth { get; init; }
        public short Death { get; init; }
        public short First { get; init; }
        public short Last { get; init; }
        public short SuspendedFrom { get; init; }
        public short SuspendedLast { get; init; }
        public byte Times { get; init; }
        public FoldRule Fold { get; init; }
        public short ListedFrom { get; init; }
        public short ListedLast { get; init; }
        public int[]? Listed { get; init; }
    }
}
