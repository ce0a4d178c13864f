using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Tests.Entitlements.Cases;

namespace PaymentEngine.Tests.Entitlements;

public class EntitlementKernelTests
{
    static readonly YearMonth LawBegins = new(2021, 7);
    static readonly YearMonth LastMonth = new(2026, 12);
    static readonly CompiledLaw compiled = new(Cases.Law, []);

    /// <summary>Any people, any months from July 2021 to December 2026, any day of knowledge, any memory: where the kernel answers, it answers what the rules answer.</summary>
    [Fact]
    public void The_kernel_says_what_the_rules_say()
    {
        var answered = 0;
        Prop.ForAll(Gen.Choose(0, 1_000_000_000).ToArbitrary(), seed =>
        {
            var (text, differs, people) = Compared(seed);
            answered += people;
            return (!differs).Label(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(250).WithStartSize(1));
        Assert.InRange(answered, 3_000, 10_000);
    }

    /// <summary>Forty people of a seed in months of its own, by the kernel and by the rules.</summary>
    internal static (string Text, bool Differs, int Answered) Compared(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        var listMonth = LawBegins.Plus(random.Below(LastMonth.Index() - LawBegins.Index() + 1));
        var first = random.Below(4) == 0 ? LawBegins : listMonth.Plus(-Math.Min(random.Below(18), listMonth.Index() - LawBegins.Index()));
        var asOf = random.Chance(5_000) ? new LocalDate(2026, 12, 20) : listMonth.OnDayOfMonth(1).PlusDays(random.Between(-20, 120));
        var law = LawOver(first, listMonth, asOf);
        var proof = new KernelProof(law);
        var register = new AnyRegister(random);
        for (var i = 0; i < 40; i++)
        {
            var (person, other) = register.Next(listMonth);
            AddTo(proof, law, person, Finder(person, other), register);
        }

        var differences = proof.Compare();
        return ($"{first.Text()}..{listMonth.Text()} as of {asOf}: {string.Join("; ", differences)}", differences.Count > 0, proof.Compared);
    }

    /// <summary>Vectors are the same arithmetic as the rows one by one, on whatever machine the list is made.</summary>
    [Fact]
    public void Vectors_say_what_single_rows_say()
    {
        var law = LawOver(new YearMonth(2024, 3), new YearMonth(2026, 11), Now);
        var columns = Filled(law, people: 2_000, seed: 7);
        var (vectors, rows) = (new KernelSums(columns.Rows), new KernelSums(columns.Rows));

        EntitlementKernel.Compute(columns, vectors, KernelRows.HasVectors);
        EntitlementKernel.Compute(columns, rows, withVectors: false);

        Assert.InRange(columns.Rows, 1_000, 20_000);
        Assert.Equal(rows.DueVnd, vectors.DueVnd);
        Assert.Equal(rows.ArrearsVnd, vectors.ArrearsVnd);
        Assert.Equal(rows.ExcessVnd, vectors.ExcessVnd);
        Assert.Contains(rows.ArrearsVnd.ToArray(), sum => sum > 0);
        Assert.Contains(rows.ExcessVnd.ToArray(), sum => sum > 0);
    }

    [Fact]
    public void A_computation_allocates_nothing()
    {
        var columns = Filled(LawOver(new YearMonth(2025, 12), new YearMonth(2026, 11), Now), people: 2_000, seed: 11);
        var sums = new KernelSums(columns.Rows);
        EntitlementKernel.Compute(columns, sums);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) EntitlementKernel.Compute(columns, sums);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Sums_shorter_than_the_columns_are_a_bug_and_throw()
    {
        var columns = Filled(LawOver(new YearMonth(2026, 11), new YearMonth(2026, 11), Now), people: 20, seed: 3);
        Assert.Throws<ArgumentException>(() => EntitlementKernel.Compute(columns, new KernelSums(columns.Rows - 1)));
    }

    /// <summary>The hand-over is decided by facts, each reason by its own; the month of the list is November 2026, compared from August.</summary>
    [Theory]
    [MemberData(nameof(HandedOver))]
    public void Who_is_left_to_the_rules_and_why(string reason, RegisterPerson person, IReadOnlyList<ListedComponent> listed)
    {
        var columns = new EntitlementColumns(LawOver(new YearMonth(2026, 8), new YearMonth(2026, 11), Now));
        Assert.Equal(Enum.Parse<HandOver>(reason), columns.Add(person, new YearMonth(2026, 10), listed, _ => null));
        Assert.Equal(reason == nameof(HandOver.None) ? 1 : 0, columns.People);
        if (reason != nameof(HandOver.None)) Assert.Equal(0, columns.Rows);
    }

    [Fact]
    public void Every_reason_of_a_hand_over_has_its_example() =>
        Assert.Equal(Enum.GetNames<HandOver>().Order(), HandedOver().Select(row => (string)row[0]!).Distinct().Order());

    public static TheoryData<string, RegisterPerson, IReadOnlyList<ListedComponent>> HandedOver()
    {
        var old = Person("1940-01-01") with { Poverty = Poverty.Poor };
        var rows = new TheoryData<string, RegisterPerson, IReadOnlyList<ListedComponent>>
        {
            { nameof(HandOver.None), old.With(Htxh("2025-07-01")), [Listed("h1", "tro_cap", "2026-09", null, 500_000)] },
            { nameof(HandOver.None), old.With(Ncc("LIETSI.TN") with { Martyrs = 2 }, Ncc("TB", "a2") with { DegreePct = 85, Class = InvalidClass.A }), [] },
            { nameof(HandOver.FactsChange), new RegisterPerson("p1", [old, old with { FactsFrom = Month("2026-09"), Poverty = Poverty.Near }], [Htxh("2025-07-01")]), [] },
            { nameof(HandOver.FactsChange), old.With(Ncc("TB"), Ncc("TB") with { FactsFrom = Month("2026-11"), DegreePct = 50 }), [] },
            { nameof(HandOver.OtherProvince), (old with { ProvinceCode = "38" }).With(Htxh("2025-07-01")), [] },
            { nameof(HandOver.OneOff), old.With(Ncc("HDKC") with { ServiceHalfYears = 5 }), [] },
            { nameof(HandOver.OneOff), old.With(Ncc("GIAODUC")), [] },
            { nameof(HandOver.DeclaredProgramme), old.With(Ncc(Cases.Law.Programmes[0].ProgrammeCode)), [] },
            { nameof(HandOver.SurvivorShares), (old with { Alone = Aloneness.Alone }).With(Ncc("LIETSI.TN"), Ncc("GDCM", "a2") with { Decoration = "KNC" }), [] },
            { nameof(HandOver.SurvivorShares), old.With(Ncc("LIETSI.TN"), Ncc("SURVIVOR", "a2") with { DeceasedCategory = "TB", DeceasedPct = 70 }), [] },
            { nameof(HandOver.IncomeTest), Person("1990-01-01").With(Ncc("LIETSI.TN") with { Relation = Relation.Child, DegreePct = 65 }), [] },
            { nameof(HandOver.IncomeBelowLevel), (old with { OtherIncome = OtherIncome.Pension, OtherIncomeVnd = 300_000 }).With(Htxh("2025-07-01")), [] },
            { nameof(HandOver.TwoDecisions), old.With(Htxh("2025-07-01"), Htxh("2026-01-01", "h2")), [] },
            { nameof(HandOver.ChildrenChange), (Person("1990-01-01") with { Poverty = Poverty.Poor }).With(Btxh("k4") with { ChildrenBirths = [Day("2010-09-05"), Day("2018-01-05")] }), [] },
            { nameof(HandOver.SpouseShare), (Person("1990-01-01") with { Disability = Disability.Severe, SpouseId = "p2" }).With(Btxh("CS.MANGTHAI") with { Children = 1 }), [] },
            { nameof(HandOver.TwoSuspensions), old.With(Suspended(null), Suspended("2026-01-10") with { FactsFrom = Month("2026-01") }, Suspended("2026-02-10")), [] },
            { nameof(HandOver.BeyondColumns), old.With(Ncc("TB") with { DegreePct = 101, Class = InvalidClass.A }), [] },
            { nameof(HandOver.IrregularMemory), old.With(Htxh("2025-07-01")), [Listed("h1", "tro_cap", "2026-07", null, 500_000)] },
            { nameof(HandOver.IrregularMemory), old.With(Htxh("2025-07-01")), [Listed("h1", "tro_cap", "2026-08", "2026-11", 500_000)] },
            { nameof(HandOver.IrregularMemory), old.With(Htxh("2025-07-01")), [Listed("h1", "tro_cap", "2026-08", null, 500_000), Listed("h1", "tro_cap", "2026-09", null, 100_000)] },
            { nameof(HandOver.IrregularMemory), old.With(Htxh("2025-07-01")), [Listed("gone", "tro_cap", "2026-08", null, 500_000)] },
            { nameof(HandOver.IrregularMemory), old.With(Htxh("2025-07-01")), [new ListedComponent("h1", "tro_cap", 1, [new(Month("2026-08"), Month("2026-08"), new Vnd(500_000)), new(Month("2026-10"), null, new Vnd(500_000))])] },
        };
        return rows;

        static Award Suspended(string? recorded) => Ncc("TUDAY") with { SuspendedFrom = Month("2026-03"), SuspendReason = SuspendReason.Missing, RecordedOn = recorded is null ? null : Day(recorded) };
    }

    /// <summary>A generated province, its first month and the month of changes after it: nearly everybody is the kernel's, and everybody gets what the rules say.</summary>
    [Fact]
    public void A_generated_register_is_the_kernels_and_agrees_with_the_rules()
    {
        var month = new YearMonth(2026, 10);
        var register = GeneratedRegister.Of(recipients: 3_000, seed: 1, month);
        var (countsFrom, memory) = (month, new Dictionary<string, IReadOnlyList<ListedComponent>>(StringComparer.Ordinal));
        for (var listMonth = month; listMonth <= month.Plus(1); listMonth = listMonth.Plus(1))
        {
            var asOf = ClosingDays.Of(listMonth);
            var proof = new KernelProof(LawOver(countsFrom, listMonth, asOf));
            foreach (var person in register.People)
            {
                var listed = memory.GetValueOrDefault(person.PersonId, []);
                var list = MonthList.For(person, listMonth, countsFrom, listMonth.Plus(-1), m => compiled.Of(m, asOf, "40"), listed, register.Find);
                proof.Add(person, listMonth.Plus(-1), listed, register.Find, list);
                memory[person.PersonId] = [.. listed.Where(old => !list.NextListed.Any(next => next.AwardId == old.AwardId && next.Component == old.Component)), .. list.NextListed];
            }

            Assert.Empty(proof.Compare());
            Assert.InRange(proof.Compared, register.People.Count * 95 / 100, register.People.Count);
        }
    }

    static EntitlementColumns Filled(DenseLaw law, int people, ulong seed)
    {
        var random = new SeededRandom(seed);
        var register = new AnyRegister(random);
        var columns = new EntitlementColumns(law);
        for (var i = 0; i < people; i++)
        {
            var (person, other) = register.Next(law.ListMonth);
            var others = Finder(person, other);
            var listed = register.Memory(person, law.First, law.ListMonth, month => EntitlementCalculator.ForMonth(person, law.Laws[month.Index() - law.First.Index()], others));
            columns.Add(person, law.ListMonth.Plus(-1), listed, others);
        }

        return columns;
    }

    static void AddTo(KernelProof proof, DenseLaw law, RegisterPerson person, Func<string, RegisterPerson?> others, AnyRegister register)
    {
        MonthLaw LawOf(YearMonth month) => law.Laws[month.Index() - law.First.Index()];
        var listed = register.Memory(person, law.First, law.ListMonth, month => EntitlementCalculator.ForMonth(person, LawOf(month), others));
        var listedThrough = law.ListMonth.Plus(-1);
        // The rules of another province are asked only of people the kernel does not answer for; the months before the tables likewise.
        var list = MonthList.For(person, law.ListMonth, law.First, listedThrough, month => compiled.Of(month, law.AsOf, "40"), listed, others);
        proof.Add(person, listedThrough, listed, others, list);
    }

    static DenseLaw LawOver(YearMonth first, YearMonth listMonth, LocalDate asOf, string province = "40") =>
        DenseLaw.Compile(first, listMonth, month => compiled.Of(month, asOf, province));
}
