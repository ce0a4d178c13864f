using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What a month costs by the law that stands and with a draft, of one programme in one commune or in all.</summary>
/// <param name="People">Who gets something under one of the two.</param>
/// <param name="Up">Who would get more; <paramref name="Down"/> less; the rest the same.</param>
public sealed record SimulatedCost(Programme? Programme, string? CommuneCode, string? CommuneName, int People, Vnd Now, Vnd Draft, int Up, int Down)
{
    public Vnd Difference => Draft - Now;

    public int Same => People - Up - Down;
}

/// <summary>The answer to a what-if. The register and the law stay as they are.</summary>
/// <param name="AsOf">The day of knowledge of both readings: today, or the in-force day of the draft when that is later.</param>
public sealed record LawSimulation(YearMonth Month, LocalDate AsOf, IReadOnlyList<LawChange> Changes, SimulatedCost Total, IReadOnlyList<SimulatedCost> Programmes, IReadOnlyList<SimulatedCost> Communes);

/// <summary>What would a decree cost (F50): the monthly sums of everybody in the register, by the law that stands and with the draft beside it.</summary>
/// <param name="database">The store.</param>
/// <param name="clock">The clock.</param>
/// <param name="release">The law the program carries.</param>
public sealed class LawSimulations(Database database, IClock clock, LawBook release)
{
    const int SlicePeople = 2_500;

    /// <summary>Computes both. Whoever asks sees their communes only; nothing can be written on this road.</summary>
    /// <param name="caller">Anybody with a territory.</param>
    /// <param name="files">The draft, as for a load.</param>
    /// <param name="month">The month whose money is compared; what the draft would owe for earlier months is not in it.</param>
    /// <param name="progress">Told after each slice: people done, people in all.</param>
    /// <param name="cancel">Stops between slices.</param>
    public async Task<Result<LawSimulation>> SimulateAsync(Caller caller, IReadOnlyDictionary<string, byte[]> files, YearMonth month, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        var read = LawFiles.ReadRows(files);
        if (!read.TryGet(out var rows)) return Result<LawSimulation>.Refuse(read.Problems);
        var now = clock.GetCurrentInstant();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var standing = await StandingLaw.AtAsync(session, release, caller.ProvinceCode, now, cancel);
        if (!standing.TryGet(out var law)) return Result<LawSimulation>.Refuse(standing.Problems);
        var amended = LawAmendment.Apply(law.Book, rows, Convert.ToHexStringLower(LawFiles.DigestOf(files.Values)));
        if (!amended.TryGet(out var draft)) return Result<LawSimulation>.Refuse(amended.Problems);
        var today = now.WithOffset(Offset.FromHours(7)).Date;
        var inForce = rows.Max(row => row.InForce);
        var asOf = inForce > today ? inForce : today;

        var reader = new RegisterReader(session, caller.ProvinceCode, now);
        var local = await reader.LocalStandardsAsync(cancel);
        var problems = draft.Book.Check(local);
        if (problems.Count > 0) return Result<LawSimulation>.Refuse(problems);
        var (before, after) = (new CompiledLaw(law.Book, local), new CompiledLaw(draft.Book, local));
        var people = await reader.PeopleOfMonthAsync(month, asOf, cancel);
        var sums = new Dictionary<(int Commune, Programme? Programme), Sums>();
        var done = 0;
        foreach (var slice in people.Chunk(SlicePeople))
        {
            var register = await reader.ReadAsync([.. slice.Select(one => one.RecipientId)], cancel);
            var communeOf = slice.ToDictionary(one => one.RecipientId, one => one.CommuneId);
            foreach (var entry in register.Entries) Add(sums, communeOf[entry.RecipientId], entry.Person, month, asOf, before, after, register.Others, caller.ProvinceCode);
            progress?.Invoke(done += slice.Length, people.Count);
        }

        var names = await reader.CommunesAsync(cancel);
        return new LawSimulation(month, asOf, draft.Changes,
            Cost(null, null, null, sums.Where(row => row.Key.Programme is null).Select(row => row.Value)),
            [.. sums.Where(row => row.Key.Programme is not null).GroupBy(row => row.Key.Programme).OrderBy(group => group.Key).Select(group => Cost(group.Key, null, null, group.Select(row => row.Value)))],
            [.. sums.Where(row => row.Key.Programme is null).OrderBy(row => names[row.Key.Commune].Code, StringComparer.Ordinal).Select(row => Cost(null, names[row.Key.Commune].Code, names[row.Key.Commune].Name, [row.Value]))]);
    }

    static void Add(Dictionary<(int Commune, Programme? Programme), Sums> sums, int commune, RegisterPerson person, YearMonth month, LocalDate asOf,
        CompiledLaw before, CompiledLaw after, IReadOnlyDictionary<string, RegisterPerson> others, short provinceCode)
    {
        var home = FactsOfMonth.Of(person, month, asOf)?.ProvinceCode ?? provinceCode.ToString("00", System.Globalization.CultureInfo.InvariantCulture);
        var now = EntitlementCalculator.ForMonth(person, before.Of(month, asOf, home), others.GetValueOrDefault);
        var then = EntitlementCalculator.ForMonth(person, after.Of(month, asOf, home), others.GetValueOrDefault);
        Count(null, now.Total, then.Total);
        foreach (var programme in now.Components.Concat(then.Components).Select(one => one.Programme).Distinct()) Count(programme, Of(now, programme), Of(then, programme));

        void Count(Programme? programme, Vnd nowVnd, Vnd thenVnd)
        {
            if (nowVnd.IsZero && thenVnd.IsZero) return;
            if (!sums.TryGetValue((commune, programme), out var sum)) sums.Add((commune, programme), sum = new Sums());
            sum.Add(nowVnd, thenVnd);
        }
    }

    static Vnd Of(MonthEntitlement due, Programme programme)
    {
        var sum = Vnd.Zero;
        foreach (var component in due.Components)
        {
            if (component.Programme == programme) sum += component.Amount;
        }

        return sum;
    }

    static SimulatedCost Cost(Programme? programme, string? code, string? name, IEnumerable<Sums> sums)
    {
        var total = new Sums();
        foreach (var sum in sums) total.Add(sum);
        return new SimulatedCost(programme, code, name, total.People, total.Now, total.Then, total.Up, total.Down);
    }

    sealed class Sums
    {
        public int People { get; private set; }

        public int Up { get; private set; }

        public int Down { get; private set; }

        public Vnd Now { get; private set; }

        public Vnd Then { get; private set; }

        public void Add(Vnd now, Vnd then)
        {
            People++;
            if (then > now) Up++;
            if (then < now) Down++;
            Now += now;
            Then += then;
        }

        public void Add(Sums other)
        {
            People += other.People;
            Up += other.Up;
            Down += other.Down;
            Now += other.Now;
            Then += other.Then;
        }
    }
}
