using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Areas;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Areas;

namespace PaymentEngine.App.Operations.Areas;

/// <summary>What an import of units or divisions did. Rows = applied + unchanged.</summary>
/// <param name="File">Its name.</param>
/// <param name="Rows">Data rows.</param>
/// <param name="Applied">Rows that are new or say something else than before.</param>
/// <param name="Unchanged">Rows that say what stands.</param>
/// <param name="Renamed">Communes of the register that have another name or term now.</param>
/// <param name="Findings">What somebody should look at; nothing was refused for it.</param>
public sealed record AreasTaken(string File, int Rows, int Applied, int Unchanged, int Renamed, IReadOnlyList<Problem> Findings);

/// <summary>One code with everything the tree says of it.</summary>
/// <param name="Code">As asked.</param>
/// <param name="Day">The day asked for.</param>
/// <param name="Unit">Its unit on that day; null when it had none.</param>
/// <param name="Above">The units above it on that day, the nearest first.</param>
/// <param name="Below">The units directly under it on that day.</param>
/// <param name="Terms">All its terms.</param>
/// <param name="Tree">The tree, for what each term came from and became.</param>
/// <param name="Divisions">Where parts of it went.</param>
public sealed record AreaCard(string Code, LocalDate Day, AreaUnit? Unit, IReadOnlyList<AreaUnit> Above, IReadOnlyList<AreaUnit> Below, IReadOnlyList<AreaUnit> Terms, AreaTree Tree,
    IReadOnlyList<(string FromCode, LocalDate On, string? Hamlet, int People, string ToCode)> Divisions);

/// <summary>Where the people of a code stand on a day.</summary>
/// <param name="CommuneCode">The code of their last state.</param>
/// <param name="CommuneName">As the register names it.</param>
/// <param name="HomeProvince">The province their rows have.</param>
/// <param name="People">How many.</param>
/// <param name="Mapping">The unit of the day.</param>
/// <param name="Province">The province of the day; the code of before a merger is followed.</param>
public sealed record AreaOfPeople(string CommuneCode, string CommuneName, string HomeProvince, int People, AreaMapping Mapping, AreaUnit? Province);

/// <summary>The tree held against itself and against the register.</summary>
/// <param name="Day">The day.</param>
/// <param name="Communes">Communes that stand on it.</param>
/// <param name="Districts">Districts that stand on it.</param>
/// <param name="Findings">What the tree leaves open.</param>
/// <param name="NotInTree">Codes of people that the tree does not know.</param>
/// <param name="Ended">Codes of people whose unit has ended and that map to one of the day.</param>
/// <param name="Undecided">Codes of people whose unit was divided, with those no rule or list places.</param>
/// <param name="OldProvinces">People whose province code is one of before a merger.</param>
public sealed record AreaCheckResult(LocalDate Day, int Communes, int Districts, IReadOnlyList<Problem> Findings, IReadOnlyList<AreaOfPeople> NotInTree, IReadOnlyList<AreaOfPeople> Ended,
    IReadOnlyList<(AreaOfPeople Of, IReadOnlyList<AreaResident> People)> Undecided, IReadOnlyList<AreaOfPeople> OldProvinces)
{
    public bool HasTree => Communes > 0;

    public bool IsClean => HasTree && Findings.Count + NotInTree.Count + Ended.Count + Undecided.Count + OldProvinces.Count == 0;
}

/// <summary>A month's sums under the units of two days.</summary>
/// <param name="Month">The list month.</param>
/// <param name="Own">Under the units of the month's own first day.</param>
/// <param name="Other">Under the units of the day asked for.</param>
/// <param name="Unplaced">People whom a unit could be found for on neither of the two days, named.</param>
public sealed record AreaMonth(YearMonth Month, AreaSumsOnDay Own, AreaSumsOnDay Other, IReadOnlyList<AreaPerson> Unplaced)
{
    /// <summary>Both make up the same total, and each its own.</summary>
    public bool Ties => Own.Ties && Other.Ties && Own.Sum == Other.Sum && Own.Items == Other.Items;
}

/// <summary>What a list of moves after a merger holds.</summary>
public sealed record AreaMoves(string File, int People, int Undecided);

/// <summary>The administrative units of every time (F8): the tree by import, a code on a day, the road from one day to another, and sums under the units of any day.</summary>
public sealed class AreaTrees(Database database, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>People named at most in one answer; more are counted.</summary>
    public const int NamedMax = 200;

    /// <summary>Today in Viet Nam.</summary>
    public LocalDate Today => clock.GetCurrentInstant().InZone(Zone).Date;

    /// <summary>Takes terms of districts and communes in: every row, together with what stands, must make a tree, or nothing is taken.</summary>
    /// <param name="caller">A maker or administrator of the province.</param>
    /// <param name="path">area-units.csv or a workbook of the same columns.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<AreasTaken>> ImportAsync(Caller caller, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AreaImport) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, AreaFiles.ReadUnits);
        if (!read.TryGet(out var file)) return Result<AreasTaken>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<AreasTaken>>(async () =>
        {
            await AreaStore.LockAsync(session, caller.ProvinceCode, cancel);
            var stands = (await AreaStore.UnitsAsync(session, caller.ProvinceCode, cancel)).ToDictionary(unit => (unit.Code, unit.ValidFrom));
            var (next, lines, fresh, problems) = (new Dictionary<(string, LocalDate?), AreaUnit>(stands), new Dictionary<(string, LocalDate?), int>(), new List<AreaUnitRow>(), new List<Problem>());
            foreach (var (line, row) in file.Rows)
            {
                var key = (row.Unit.Code, row.Unit.ValidFrom);
                lines[key] = line;
                var known = stands.GetValueOrDefault(key);
                if (row.IsWithdrawn)
                {
                    if (known is null) problems.Add(new Problem("area.nothing_to_withdraw", $"No term of {row.Unit.Code} that begins on that day stands.", "See its terms: payengine area show CODE. Take the row out, or correct valid_from.").In(file.Name, line, "withdrawn"));
                    else if (next.Remove(key)) fresh.Add(row);
                    continue;
                }

                next[key] = row.Unit;
                if (known is null || !known.Says(row.Unit)) fresh.Add(row);
            }

            AreaUnit[] whole = [.. AreaFiles.Provinces, .. next.Values];
            // A fault of a row that stands already is caused by one of the file: it is told without a line.
            problems.AddRange(AreaChecks.Faults(whole).Select(fault => lines.TryGetValue((fault.Unit.Code, fault.Unit.ValidFrom), out var line) && next.ContainsValue(fault.Unit) ? fault.Problem.In(file.Name, line, fault.Column) : fault.Problem.In(file.Name)));
            if (problems.Count > 0) return Result<AreasTaken>.Refuse([.. problems.OrderBy(problem => problem.At?.Line ?? int.MaxValue)]);
            var renamed = 0;
            // The same file again, after the first day of a term it told in advance, brings that term's names.
            if (fresh.Count > 0 || await AreaStore.StaleNamesAsync(session, caller.ProvinceCode, Today, cancel) > 0)
            {
                var hash = OperationLog.RequestHash(file.Sha256, at.ToString());
                var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"area.import {Convert.ToHexStringLower(hash)}", "area.import", hash, caller.UserName, at, cancel);
                renamed = await AreaStore.InsertUnitsAsync(session, caller.ProvinceCode, fresh, Today, (caller.UserName, at, start.OperationNo), cancel);
                var said = JsonText.Write(new { file = file.Name, sha256 = file.Sha256, rows = file.Rows.Count, applied = fresh.Count, renamed });
                await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            }

            return new AreasTaken(file.Name, file.Rows.Count, fresh.Count, file.Rows.Count - fresh.Count, renamed, [.. AreaChecks.Findings(new AreaTree(whole)).Select(finding => finding.Problem)]);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Takes in where parts of divided communes went, by hamlet, by list, or the rest.</summary>
    /// <param name="caller">A maker or administrator of the province.</param>
    /// <param name="path">area-divisions.csv or a workbook of the same columns.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<AreasTaken>> DivideAsync(Caller caller, string path, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AreaDivide) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, AreaFiles.ReadDivisions);
        if (!read.TryGet(out var file)) return Result<AreasTaken>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<AreasTaken>>(async () =>
        {
            await AreaStore.LockAsync(session, caller.ProvinceCode, cancel);
            var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
            var persons = await AreaStore.KnownPersonsAsync(session, caller.ProvinceCode, [.. file.Rows.Select(row => row.Value.PersonId).OfType<string>().Distinct(StringComparer.Ordinal)], cancel);
            var (rows, problems) = (new List<(AreaDivisionRow, int)>(), new List<Problem>());
            foreach (var (line, row) in file.Rows)
            {
                var recipient = 0;
                var divided = tree.Terms(row.FromCode).FirstOrDefault(unit => unit.FollowedOn == row.On);
                if (tree.Terms(row.FromCode).Count == 0) Bad("from_code", "area.unknown", $"The tree does not know {row.FromCode}.", "Import its terms first: payengine area import area-units.csv.");
                else if (divided is null) Bad("on", "area.not_divided", $"No term of {row.FromCode} ended the day before {LocalDatePattern.Iso.Format(row.On)}.", "Write the first day of its successors; see payengine area show CODE.");
                else if (divided.Successors.Count < 2 && row is { Hamlet: null, PersonId: null }) Bad("from_code", "area.not_divided", $"{row.FromCode} became part of {string.Join(", ", divided.Successors)} as a whole.", "A row for the rest is needed only where a unit has several successors: take it out. Hamlets and people of a merged unit may be named: they lead back to it.");
                else if (!divided.Successors.Contains(row.ToCode)) Bad("to_code", "area.not_successor", $"{row.ToCode} is not a successor of {row.FromCode} on that day.", $"One of: {string.Join(", ", divided.Successors)}.");
                else if (row.PersonId is { } person && !persons.TryGetValue(person, out recipient)) Bad("person_id", "person.unknown", $"No person has the key '{person}'.", "Correct the key, or import the person first.");
                else rows.Add((row, recipient));

                void Bad(string column, string code, string message, string remedy) => problems.Add(new Problem(code, message, remedy).In(file.Name, line, column));
            }

            if (problems.Count > 0) return Result<AreasTaken>.Refuse(problems);
            var hash = OperationLog.RequestHash(file.Sha256, at.ToString());
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"area.divide {Convert.ToHexStringLower(hash)}", "area.divide", hash, caller.UserName, at, cancel);
            var applied = await AreaStore.InsertDivisionsAsync(session, caller.ProvinceCode, rows, (caller.UserName, at, start.OperationNo), cancel);
            var said = JsonText.Write(new { file = file.Name, sha256 = file.Sha256, rows = file.Rows.Count, applied });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return new AreasTaken(file.Name, file.Rows.Count, applied, file.Rows.Count - applied, 0, []);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Everything the tree says of a code, with its neighbours of a day.</summary>
    public async Task<Result<AreaCard>> ShowAsync(Caller caller, string code, LocalDate day, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
        if (tree.Terms(code).Count == 0) return Unknown(code);
        var unit = tree.On(code, day);
        var divisions = (await AreaStore.DivisionWordsAsync(session, caller.ProvinceCode, cancel)).Where(part => part.FromCode == code).ToList();
        return new AreaCard(code, day, unit, unit is null ? [] : [.. tree.PathUp(unit, day).Skip(1)], tree.Children(code, day), tree.Terms(code), tree, divisions);
    }

    /// <summary>The units under one (null: the provinces) on a day, with how many stand under each.</summary>
    public async Task<Result<(AreaUnit? Of, IReadOnlyList<(AreaUnit Unit, int Below)> Units)>> TreeAsync(Caller caller, string? code, LocalDate day, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
        if (code is not null && tree.Terms(code).Count == 0) return Unknown(code);
        if (code is not null && tree.On(code, day) is null)
            return new Problem("area.not_on_day", $"{code} is no unit on {LocalDatePattern.Iso.Format(day)}.", $"Its terms: payengine area show {code}.");
        return (code is null ? null : tree.On(code, day), (IReadOnlyList<(AreaUnit, int)>)[.. tree.Children(code, day).Select(unit => (unit, tree.Children(unit.Code, day).Count))]);
    }

    /// <summary>Which unit a code of one day is on another, as far as the code and a hamlet tell.</summary>
    public async Task<Result<AreaMapping>> MapAsync(Caller caller, string code, LocalDate asOf, LocalDate day, string? hamlet, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var mapping = (await TreeOfAsync(session, caller.ProvinceCode, cancel)).Map(code, asOf, day, await AreaStore.DivisionsAsync(session, caller.ProvinceCode, cancel), AreaHint.None with { HamletKey = HamletKey.Of(hamlet) });
        return mapping.Outcome == AreaOutcome.Unknown ? Unknown(code) : mapping;
    }

    /// <summary>Holds the tree against itself and the register's living people against the tree.</summary>
    public async Task<Result<AreaCheckResult>> CheckAsync(Caller caller, LocalDate day, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
        var divisions = await AreaStore.DivisionsAsync(session, caller.ProvinceCode, cancel);
        var communes = tree.Units.Count(unit => unit.Level == AreaLevel.Commune && unit.StandsOn(day));
        var people = (await AreaStore.PeopleAsync(session, caller.ProvinceCode, cancel)).Select(one =>
        {
            var province = tree.Map(one.HomeProvince, LocalDate.MinIsoValue, day);
            return new AreaOfPeople(one.CommuneCode, one.CommuneName, one.HomeProvince, one.People, tree.Map(one.CommuneCode, day, day), tree.On(one.HomeProvince, day) ?? province.Unit);
        }).ToList();
        // Without any commune the tree says nothing of codes; that is told once and not code by code.
        var checkable = communes == 0 ? [] : people.Where(one => IsOfTree(tree, one, day)).ToList();
        var undecided = new List<(AreaOfPeople, IReadOnlyList<AreaResident>)>();
        string[] split = [.. checkable.Where(one => one.Mapping.Outcome == AreaOutcome.Undecided).Select(one => one.CommuneCode).Distinct(StringComparer.Ordinal)];
        var residents = split.Length == 0 ? null : (await AreaStore.ResidentsAsync(session, caller.ProvinceCode, split, cancel)).ToLookup(one => one.CommuneCode, StringComparer.Ordinal);
        var placed = new List<AreaOfPeople>();
        foreach (var one in checkable.Where(one => one.Mapping.Outcome == AreaOutcome.Undecided).DistinctBy(one => one.CommuneCode))
        {
            var all = residents![one.CommuneCode].ToList();
            var open = all.Where(person => !tree.Map(person.CommuneCode, day, day, divisions, HintOf(person)).IsMapped).ToList();
            if (open.Count > 0) undecided.Add((one, open));
            if (all.Count > open.Count) placed.Add(one with { People = all.Count - open.Count });
        }

        return new AreaCheckResult(day, communes, tree.Units.Count(unit => unit.Level == AreaLevel.District && unit.StandsOn(day)), [.. AreaChecks.Findings(tree).Select(finding => finding.Problem)],
            [.. checkable.Where(one => one.Mapping.Outcome is AreaOutcome.Unknown or AreaOutcome.NoUnit)], [.. checkable.Where(one => one.Mapping.Outcome == AreaOutcome.Followed), .. placed], undecided,
            [.. people.Where(one => one.Province is not null && tree.On(one.HomeProvince, day) is null)]);
    }

    /// <summary>Writes the moves a merger asks for, as a file <c>people moves</c> takes: everybody whose commune has ended and whose new one is known.</summary>
    /// <param name="caller">A maker or administrator.</param>
    /// <param name="day">Under the units of this day; they are paid there from its month on.</param>
    /// <param name="path">A new .csv file.</param>
    /// <param name="export">What the file is known by; it stands in its last record. Null: a file that nobody takes out.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<AreaMoves>> MovesAsync(Caller caller, LocalDate day, string path, DataExport? export = null, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.AreaMoves) is { } lacking) return lacking;
        if (!path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return new Problem("file.form", $"'{Path.GetFileName(path)}' is no name of a CSV file.", "Name a file that ends in .csv.");
        if (files.Exists(path)) return new Problem("file.exists", $"{path} is there already.", "Name another file; files are never overwritten.", new SourceLocation(path));
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
        var divisions = await AreaStore.DivisionsAsync(session, caller.ProvinceCode, cancel);
        string[] ended = [.. (await AreaStore.PeopleAsync(session, caller.ProvinceCode, cancel)).Select(one => one.CommuneCode).Distinct(StringComparer.Ordinal).Where(code => tree.Terms(code).Count > 0 && tree.On(code, day) is null)];
        var people = ended.Length == 0 ? [] : await AreaStore.ResidentsAsync(session, caller.ProvinceCode, ended, cancel);
        var moves = people.Select(person => (Person: person, Mapping: tree.Map(person.CommuneCode, day, day, divisions, HintOf(person)))).ToList();
        var known = moves.Where(one => one.Mapping.IsMapped).ToList();
        if (known.Count == 0) return new Problem("area.nobody_to_move", $"Nobody's commune ended before {LocalDatePattern.Iso.Format(day)} with a successor that is known.", "See payengine area check.");
        files.WriteBeside(path, stream =>
        {
            var bytes = new MemoryStream();
            using (var writer = NoticeFiles.WriteMoves(bytes))
            {
                foreach (var (person, mapping) in known)
                    writer.Write(new Core.Recipients.Notices.MoveNotice(person.PersonId, person.FullName, tree.PathUp(mapping.Unit!, day)[^1].Code, mapping.Unit!.Code, day.ToYearMonth(), person.HouseholdId, null, $"{mapping.Unit.Source}: {person.CommuneCode} → {mapping.Unit.Code}"));
                if (export is not null) writer.Mark(export.Mark);
            }

            stream.Write(bytes.ToArray());
        });
        files.Appear(path);
        return new AreaMoves(path, known.Count, moves.Count - known.Count);
    }

    /// <summary>A month's sums under its own units and under those of another day: one total, nothing lost on the way.</summary>
    /// <param name="caller">Whoever may see reports; what they see is theirs.</param>
    /// <param name="month">The list month; only approved lists count.</param>
    /// <param name="day">The other day.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<AreaMonth>> SumsAsync(Caller caller, YearMonth month, LocalDate day, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<AreaMonth>>(async () =>
        {
            await session.PlanForSetsAsync(cancel);
            var tree = await TreeOfAsync(session, caller.ProvinceCode, cancel);
            if (!tree.Units.Any(unit => unit.Level == AreaLevel.Commune)) return new Problem("area.no_tree", "No tree of communes is known: sums cannot be put under the units of a day.", "Import it first: payengine area import area-units.csv.");
            var divisions = await AreaStore.DivisionsAsync(session, caller.ProvinceCode, cancel);
            var payments = await AreaStore.PaymentsAsync(session, caller.ProvinceCode, month.Key(), cancel);
            if (payments.Count == 0) return new Problem("area.no_payments", $"No approved list of {month.Text()} pays anybody.", "Name a month with an approved run: payengine run show.");
            var own = await OnAsync(month.OnDayOfMonth(1));
            var other = day == own.Sums.Day ? own : await OnAsync(day);
            return new AreaMonth(month, own.Sums, other.Sums, [.. own.Named.Concat(day == own.Sums.Day ? [] : other.Named).DistinctBy(person => person.PersonId).Take(NamedMax)]);

            async Task<(AreaSumsOnDay Sums, IReadOnlyList<AreaPerson> Named)> OnAsync(LocalDate on)
            {
                var written = month.OnDayOfMonth(1);
                var needs = AreaSums.NeedHints(tree, written, on, payments.Select(row => row.CommuneCode));
                var rows = payments.Where(row => needs.All(need => need.Code != row.CommuneCode)).ToList();
                if (needs.Count > 0) rows.AddRange(await AreaStore.PaymentsAsync(session, caller.ProvinceCode, month.Key(), on.ToYearMonth().Key(), needs, cancel));
                var groups = new Dictionary<AreaGroup, AreaPayments>(ReferenceEqualityComparer.Instance);
                foreach (var row in rows) groups.Add(new AreaGroup(row.CommuneCode, row.CommuneName, new AreaHint(HamletKey.Of(row.Hamlet), ListedOf(row.Listed), row.OwnCode), row.People, row.Items, new Core.Money.Vnd(row.SumVnd)), row);
                var sums = AreaSums.Of(tree, divisions, written, on, [.. groups.Keys]);
                var open = sums.Undecided.Where(one => needs.Any(need => need.Code == one.Group.CommuneCode)).Select(one => groups[one.Group]).ToList();
                return (sums, open.Count == 0 ? [] : await AreaStore.UndecidedPeopleAsync(session, caller.ProvinceCode, month.Key(), on.ToYearMonth().Key(), needs, open, NamedMax, cancel));
            }
        }, cancel: cancel);
    }

    /// <summary>The tree of the province's database: provinces from the law's files, districts and communes from imports.</summary>
    internal static async Task<AreaTree> TreeOfAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        new([.. AreaFiles.Provinces, .. await AreaStore.UnitsAsync(session, provinceCode, cancel)]);

    // A code is held against the tree only where the tree has communes of its people's province: another province's tree need not be here.
    static bool IsOfTree(AreaTree tree, AreaOfPeople one, LocalDate day) =>
        tree.Terms(one.CommuneCode).Count > 0 || (one.Province is { } province && tree.Units.Any(unit => unit.Level == AreaLevel.Commune && unit.StandsOn(day) && tree.PathUp(unit, day)[^1].Code == province.Code));

    static AreaHint HintOf(AreaResident person) => new(HamletKey.Of(person.Hamlet), ListedOf(person.Listed), null);

    // "from day to" joined by semicolons, as the store gathers them.
    static Dictionary<(string, LocalDate), string> ListedOf(string listed) => listed.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(' '))
        .ToDictionary(part => (part[0], LocalDatePattern.Iso.Parse(part[1]).Value), part => part[2]);

    static Problem Unknown(string code) => new("area.unknown", $"The tree does not know {code}.", "Provinces have 2 digits; districts (3) and communes (5) come by payengine area import area-units.csv.");
}
