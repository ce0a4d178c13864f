using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Core.Recipients.Notices;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>What a file of notices did. Rows = applied + unchanged + not ours.</summary>
/// <param name="File">Its name.</param>
/// <param name="Rows">Data rows.</param>
/// <param name="Applied">Rows that changed the register.</param>
/// <param name="Unchanged">Rows that say what the register says.</param>
/// <param name="NotOurs">Deaths of people no record carries the number of: nothing to do.</param>
/// <param name="Heads">Heads of household proposed because the head died.</param>
/// <param name="ReceiversEnded">Rights to receive that ended because the receiver died.</param>
/// <param name="AwardsEnded">Awards that end because the person is paid in another province.</param>
/// <param name="Notes">What somebody has to look at, in words.</param>
public sealed record NoticesApplied(string File, int Rows, int Applied, int Unchanged, int NotOurs, int Heads, int ReceiversEnded, int AwardsEnded, IReadOnlyList<string> Notes);

/// <summary>What happened to people of the register, from files: deaths (F6 F7), moves (F9), births, numbers (F4), heads of households (F2). All rows of a file or none.</summary>
/// <remarks>Each row is a new row of the register, never an edited one; the same file again changes nothing. Docs: docs/people.md.</remarks>
public sealed class PeopleNotices(Database database, AccountCipher cipher, IClock clock, IFiles files)
{
    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    const int PregnancyMonths = 9;

    /// <summary>Everything a notice is applied with.</summary>
    sealed record Work(Caller Caller, DatabaseSession Session, RegisterChanges Changes, LocalDate Today, Instant At, string File, CancellationToken Cancel)
    {
        public List<Problem> Problems { get; } = [];
        public NewRows Rows { get; } = new();
        public List<NotedChange> Noted { get; } = [];
        public List<string> Notes { get; } = [];
        public List<(string Household, int RecipientId, LocalDate From, bool IsProposed, string Source)> Heads { get; } = [];
        public List<DeclaredNumber> Numbers { get; } = [];
        public int Unchanged { get; set; }
        public int NotOurs { get; set; }
        public int ReceiversEnded { get; set; }
        public int AwardsEnded { get; set; }

        public void Bad(int line, string column, string code, string message, string remedy) => Problems.Add(new Problem(code, message, remedy).In(File, line, column));

        /// <summary>May this caller say so of this person?</summary>
        public bool IsTheirs(int line, StoredPerson person)
        {
            if (Caller.Communes is null || Caller.Communes.Contains(person.CommuneId)) return true;
            Bad(line, "person_id", "not_allowed.territory", $"{person.PersonId} is not of your communes.", "Have a colleague of the province, or of that commune, do this.");
            return false;
        }

        /// <summary>The name in the notice must be that of the record: a wrong key must not change a stranger's record.</summary>
        public bool NameAgrees(int line, string name, StoredPerson person)
        {
            if (DuplicateComparison.NameOf(person.FullName, name) >= NameAgreement.Reordered) return true;
            Bad(line, "full_name", "notice.other_name", $"The register calls {person.PersonId} '{person.FullName}', the notice '{name}'.", "Is it the right person? Correct the key or number; or correct the register first, when its name is wrong.");
            return false;
        }
    }

    /// <summary>Deaths: the register knows them from their known day on; the next payment stops with the month after the death. Heads of households get a proposed successor, receivers who died receive no more.</summary>
    public Task<Result<NoticesApplied>> DeathsAsync(Caller caller, string path, CancellationToken cancel = default) =>
        ApplyAsync(caller, path, NoticeFiles.ReadDeaths, "people.deaths", AccessRules.PeopleDeaths, DeathsAsync, cancel);

    /// <summary>Moves: paid in another commune from a month on. Months already listed stay where they were listed; none is paid twice or skipped.</summary>
    public Task<Result<NoticesApplied>> MovesAsync(Caller caller, string path, CancellationToken cancel = default) =>
        ApplyAsync(caller, path, NoticeFiles.ReadMoves, "people.moves", AccessRules.PeopleMoves, MovesAsync, cancel);

    /// <summary>Births: the child counts for the awards whose amount asks for children.</summary>
    public Task<Result<NoticesApplied>> BirthsAsync(Caller caller, string path, CancellationToken cancel = default) =>
        ApplyAsync(caller, path, NoticeFiles.ReadBirths, "people.births", AccessRules.PeopleBirths, BirthsAsync, cancel);

    /// <summary>Numbers beside the one the register carries: old ones, or those of before a correction.</summary>
    public Task<Result<NoticesApplied>> IdentifiersAsync(Caller caller, string path, CancellationToken cancel = default) =>
        ApplyAsync(caller, path, NoticeFiles.ReadIdentifiers, "people.identifiers", AccessRules.PeopleIdentifiers, IdentifiersAsync, cancel);

    /// <summary>Heads of households, as the families name them.</summary>
    public Task<Result<NoticesApplied>> HeadsAsync(Caller caller, string path, CancellationToken cancel = default) =>
        ApplyAsync(caller, path, NoticeFiles.ReadHeads, "people.heads", AccessRules.PeopleHeads, HeadsAsync, cancel);

    /// <summary>The heads of households as these eyes see them.</summary>
    public async Task<IReadOnlyList<StoredHead>> ListHeadsAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await HouseholdStore.HeadsAsync(session, caller.ProvinceCode, null, cancel);
    }

    async Task<Result<NoticesApplied>> ApplyAsync<T>(Caller caller, string path, Func<Stream, string, RegisterReading<T>> open, string kind, AccessRule rule, Func<Work, IReadOnlyList<RegisterRow<T>>, Task> decide, CancellationToken cancel)
    {
        if (caller.Lacks(rule) is { } lacking) return lacking;
        var read = NoticeReading.Read(files, path, open);
        if (!read.TryGet(out var file)) return Result<NoticesApplied>.Refuse(read.Problems);
        var at = clock.GetCurrentInstant();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<NoticesApplied>>(async () =>
        {
            await new RegisterStore(session, caller.ProvinceCode).LockAsync(cancel);
            var work = new Work(caller, session, new RegisterChanges(cipher), at.InZone(Zone).Date, at, file.Name, cancel);
            await decide(work, file.Rows);
            if (work.Problems.Count > 0) return Result<NoticesApplied>.Refuse([.. work.Problems.OrderBy(problem => problem.At?.Line)]);
            var applied = file.Rows.Count - work.Unchanged - work.NotOurs;
            if (applied == 0) return Done(0);

            // What the rows change makes it this operation: the same file again has nothing to change and never comes here; a later one with a mistake corrected does.
            var hash = OperationLog.RequestHash([file.Sha256, .. work.Noted.Select(noted => $"{noted.RecipientId} {noted.Kind} {noted.EventOn} {noted.Source}")]);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, $"{kind} {Convert.ToHexStringLower(OperationLog.RequestHash(Convert.ToHexString(hash), at.ToString()))}", kind, hash, caller.UserName, at, cancel);
            var by = (caller.UserName, at, start.OperationNo);
            var refused = await work.Changes.ApplyAsync(session, caller.ProvinceCode, work.Rows, file.Name, start.OperationNo, at, cancel);
            if (refused.Count > 0) return Result<NoticesApplied>.Refuse(refused);
            foreach (var head in work.Heads) await HouseholdStore.InsertAsync(session, caller.ProvinceCode, head, by, cancel);
            if (work.Numbers.Count > 0) await PersonStore.InsertNumbersAsync(session, caller.ProvinceCode, work.Numbers, by, cancel);
            await PersonStore.InsertChangesAsync(session, caller.ProvinceCode, [.. work.Noted.DistinctBy(noted => (noted.RecipientId, noted.Kind))], by, cancel);
            var said = JsonText.Write(new { file = file.Name, sha256 = file.Sha256, rows = file.Rows.Count, applied, unchanged = work.Unchanged, not_ours = work.NotOurs, heads = work.Heads.Count, receivers_ended = work.ReceiversEnded, awards_ended = work.AwardsEnded });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return Done(applied);

            NoticesApplied Done(int count) => new(file.Name, file.Rows.Count, count, work.Unchanged, work.NotOurs, work.Heads.Count(head => head.IsProposed), work.ReceiversEnded, work.AwardsEnded, work.Notes);
        }, result => result.IsOk, cancel: cancel);
    }

    static async Task DeathsAsync(Work work, IReadOnlyList<RegisterRow<DeathNotice>> rows)
    {
        var (session, province, cancel) = (work.Session, work.Caller.ProvinceCode, work.Cancel);
        // By key, else by any number the person ever had.
        var tags = rows.Where(row => row.Value.PersonId is null).ToDictionary(row => row.Line, row => work.Changes.IdNumber(row.Value.IdNumber!).Tag);
        var byNumber = await PersonStore.ByNumberAsync(session, province, tags.Values, cancel);
        var keys = rows.Select(row => row.Value.PersonId).OfType<string>().Concat(byNumber.SelectMany(found => found)).Distinct(StringComparer.Ordinal).ToList();
        var people = (await PersonStore.ByKeyAsync(session, province, keys, cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var dead = new List<(int Line, StoredPerson Person, DeathNotice Notice)>();
        foreach (var (line, notice) in rows)
        {
            var key = notice.PersonId;
            if (key is null)
            {
                var found = byNumber[Convert.ToHexString(tags[line])].ToList();
                if (found.Count == 0)
                {
                    work.NotOurs++;
                    continue;
                }

                if (found.Count > 1)
                {
                    work.Bad(line, "id_number", "person.several", $"{found.Count} records carry this number: {string.Join(", ", found)}.", "Give the person_id of the one who died; then decide whether they are one person: payengine people duplicates.");
                    continue;
                }

                key = found[0];
            }

            if (!people.TryGetValue(key, out var person))
            {
                work.Bad(line, "person_id", "person.unknown", $"No person has the key '{key}'.", "Correct the key, or give id_number instead.");
                continue;
            }

            if (!work.IsTheirs(line, person) || !work.NameAgrees(line, notice.FullName, person)) continue;
            var born = new BirthDate(person.BirthYear, (byte)person.BirthMonth, (byte)person.BirthDay);
            if (notice.Birth is { } said && said.Year != born.Year)
                work.Bad(line, "birth", "notice.other_birth", $"The register has {person.PersonId} born in {born}, the notice in {said}.", "Is it the right person? Correct the notice, or the register first.");
            else if (notice.DiedOn > work.Today)
                work.Bad(line, "died_on", "notice.future", $"{NodaTime.Text.LocalDatePattern.Iso.Format(notice.DiedOn)} is after today.", "Correct the day.");
            else if (notice.KnownOn > work.Today)
                work.Bad(line, "known_on", "notice.future", $"{NodaTime.Text.LocalDatePattern.Iso.Format(notice.KnownOn.Value)} is after today.", "Correct the day.");
            else if (notice.DiedOn < new LocalDate(born.Year, Math.Max((int)born.Month, 1), Math.Max((int)born.Day, 1)))
                work.Bad(line, "died_on", "death.before_birth", $"The register has {person.PersonId} born in {born}.", "Correct the notice, or the register first.");
            else if (person.Death is { } known && known != notice.DiedOn)
                work.Bad(line, "died_on", "notice.other_death", $"The register has {person.PersonId} dead since {NodaTime.Text.LocalDatePattern.Iso.Format(known)}.", "If that day is wrong, correct it by an import of people.csv: a day of death decides months that were paid.");
            else if (person.Death is not null) work.Unchanged++;
            else if (dead.Exists(other => other.Person.RecipientId == person.RecipientId))
                work.Bad(line, "person_id", "row.twice", $"{person.PersonId} stands in this file twice, by key and by number.", "Keep one of the two rows.");
            else dead.Add((line, person, notice));
        }

        if (work.Problems.Count > 0 || dead.Count == 0) return;
        var deadIds = dead.Select(one => one.Person.PersonId).ToHashSet(StringComparer.Ordinal);
        var paidThrough = await HouseholdStore.PaidThroughAsync(session, province, [.. deadIds], cancel);
        var register = await work.Changes.ReadAsync(session, province, [.. deadIds, .. paidThrough], cancel, withPayees: true);
        string[] households = [.. dead.Select(one => one.Person.HouseholdId).OfType<string>().Distinct(StringComparer.Ordinal)];
        var heads = (await HouseholdStore.HeadsAsync(session, province, households, cancel)).ToDictionary(head => head.HouseholdId, StringComparer.Ordinal);
        var members = (await PersonStore.OfHouseholdsAsync(session, province, households, cancel)).ToLookup(member => member.HouseholdId, StringComparer.Ordinal);
        var facts = await work.Changes.ReadAsync(session, province, [.. members.SelectMany(household => household).Select(member => member.PersonId)], cancel);
        foreach (var (line, person, notice) in dead)
        {
            var knownOn = notice.KnownOn ?? work.Today;
            var latest = register[person.PersonId].Latest;
            work.Rows.Facts.Add((new StagedAt(1, line), latest with { Death = notice.DiedOn, RecordedOn = latest.RecordedOn > knownOn ? latest.RecordedOn : knownOn }));
            work.Noted.Add(new NotedChange(person.RecipientId, "death", notice.DiedOn, knownOn, "death notice", notice.Source));

            // The household goes on: a living adult stands in for the head until the family names one.
            HouseholdMember? successor = null;
            if (person.HouseholdId is { } household && heads.TryGetValue(household, out var head) && head.PersonId == person.PersonId)
            {
                var all = members[household].Select(member => new HouseholdMember(member.PersonId, member.FullName, new BirthDate(member.BirthYear, (byte)member.BirthMonth, (byte)member.BirthDay),
                    deadIds.Contains(member.PersonId) ? notice.DiedOn : member.Death, facts[member.PersonId].Latest.SpouseId)).ToList();
                successor = HouseholdSuccession.Successor(all, person.PersonId, notice.DiedOn);
                if (successor is null) work.Notes.Add($"household {household}: the head {person.PersonId} died and no adult is left; name a guardian");
                else
                {
                    var next = members[household].Single(member => member.PersonId == successor.PersonId);
                    work.Heads.Add((household, next.RecipientId, notice.DiedOn.PlusDays(1), true, $"proposed: {person.PersonId} died, {notice.Source}"));
                    work.Noted.Add(new NotedChange(next.RecipientId, "head", notice.DiedOn.PlusDays(1), knownOn, $"head of household {household} after {person.PersonId}, proposed", notice.Source));
                }
            }

            EndReceiving(work, line, person, notice.DiedOn, register, successor);
        }
    }

    /// <summary>Rights that the dead person held to receive somebody's money, or a household's, end on the day of death; the household's goes on with its new head, in cash until there is an account.</summary>
    static void EndReceiving(Work work, int line, StoredPerson dead, LocalDate diedOn, IReadOnlyDictionary<string, PersonRows> register, HouseholdMember? successor)
    {
        foreach (var payee in register.Values.SelectMany(rows => rows.Payees))
        {
            var isOwnHousehold = payee.PersonId == dead.PersonId && payee is { Role: PayeeRole.Household, PayeeId: null };
            if ((payee.PayeeId != dead.PersonId || payee.PersonId == dead.PersonId && payee.Role == PayeeRole.Self) && !isOwnHousehold) continue;
            if (payee.To <= diedOn || payee.From > diedOn) continue;
            if (work.Rows.Payees.Exists(other => other.Row.PersonId == payee.PersonId && other.Row.AwardId == payee.AwardId && other.Row.Programme == payee.Programme && other.Row.Role == payee.Role && other.Row.From == payee.From)) continue;
            work.Rows.Payees.Add((new StagedAt(1, line), payee with { To = diedOn }));
            work.ReceiversEnded++;
            if (payee.Role == PayeeRole.Household && successor is not null)
            {
                work.Rows.Payees.Add((new StagedAt(1, line), payee with
                {
                    PayeeId = successor.PersonId, PayeeName = successor.FullName, From = diedOn.PlusDays(1), Basis = $"chủ hộ thay {dead.PersonId}", BasisNo = null, Channel = PayoutChannel.Cash, Wish = Wish.Unknown, WishOn = null,
                    BankBin = null, AccountNo = null, AccountName = null,
                }));
            }
            else work.Notes.Add($"{payee.PersonId}: the receiver {dead.PersonId} died; name another, until then the payment is held");
        }
    }

    static async Task MovesAsync(Work work, IReadOnlyList<RegisterRow<MoveNotice>> rows)
    {
        var province = work.Caller.ProvinceCode;
        var home = province.ToString("00", CultureInfo.InvariantCulture);
        var people = (await PersonStore.ByKeyAsync(work.Session, province, [.. rows.Select(row => row.Value.PersonId)], work.Cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var register = await work.Changes.ReadAsync(work.Session, province, people.Keys, work.Cancel);
        foreach (var (line, move) in rows)
        {
            if (!people.TryGetValue(move.PersonId, out var person))
            {
                work.Bad(line, "person_id", "person.unknown", $"No person has the key '{move.PersonId}'.", "Correct the key. Whoever comes from another province is entered by people.csv and awards.csv.");
                continue;
            }

            if (!work.IsTheirs(line, person) || !work.NameAgrees(line, move.FullName, person)) continue;
            if (person.MergedInto is { } into)
            {
                work.Bad(line, "person_id", "notice.merged", $"{move.PersonId} was merged into {into}.", $"Write {into}.");
                continue;
            }

            var knownOn = move.KnownOn ?? work.Today;
            if (knownOn > work.Today)
            {
                work.Bad(line, "known_on", "notice.future", $"{NodaTime.Text.LocalDatePattern.Iso.Format(knownOn)} is after today.", "Correct the day.");
                continue;
            }

            if (person.Death is { } died && move.FromMonth > died.ToYearMonth())
            {
                work.Bad(line, "from_month", "notice.dead", $"{move.PersonId} died on {NodaTime.Text.LocalDatePattern.Iso.Format(died)}.", "Take the row out.");
                continue;
            }

            var rowsOf = register[move.PersonId];
            if (move.ToProvince != home)
            {
                Leave(work, line, move, person, rowsOf, knownOn);
                continue;
            }

            // The state that holds in the month of the move; a later one would say another commune again.
            var states = rowsOf.Facts.OrderBy(row => row.FactsFrom?.Index() ?? 0).ToList();
            var standing = states.LastOrDefault(row => row.FactsFrom is null || row.FactsFrom <= move.FromMonth) ?? states[0];
            if (states.Exists(row => row.FactsFrom > move.FromMonth && row.CommuneCode != move.ToCommune))
            {
                work.Bad(line, "from_month", "notice.later_state", $"The register has a later state of {move.PersonId} in another commune, from {states.First(row => row.FactsFrom > move.FromMonth && row.CommuneCode != move.ToCommune).FactsFrom!.Value.Text()}.",
                    "Give the moves in their order, or correct the later state by an import of people.csv.");
                continue;
            }

            if (standing.CommuneCode == move.ToCommune)
            {
                work.Unchanged++;
                continue;
            }

            work.Rows.Facts.Add((new StagedAt(1, line), standing with
            {
                FactsFrom = move.FromMonth, CommuneCode = move.ToCommune, ProvinceCode = home, HouseholdId = move.HouseholdId, Hamlet = null, Address = null, SpecialArea = null,
                RecordedOn = standing.RecordedOn > knownOn ? standing.RecordedOn : knownOn,
            }));
            if (standing.SpecialArea is true) work.Notes.Add($"{move.PersonId}: whether {move.ToCommune} is a special area is not known; say so by people.csv when an award asks for it");
            work.Noted.Add(new NotedChange(person.RecipientId, "move", move.FromMonth.OnDayOfMonth(1), knownOn, $"{standing.CommuneCode} → {move.ToCommune} from {move.FromMonth.Text()}", move.Source));
        }
    }

    /// <summary>Paid in another province from the month on: every running award ends the month before; the new place pays from the stop month (335/2026/NĐ-CP, Điều 8).</summary>
    static void Leave(Work work, int line, MoveNotice move, StoredPerson person, PersonRows rows, LocalDate knownOn)
    {
        var ended = 0;
        foreach (var award in rows.Awards.GroupBy(row => row.AwardId, StringComparer.Ordinal).Select(of => of.OrderBy(row => row.RecordedOn ?? LocalDate.MinIsoValue).ThenBy(row => row.FactsFrom?.Index() ?? 0).Last()))
        {
            if (award.LastMonth < move.FromMonth) continue;
            work.Rows.Awards.Add((new StagedAt(1, line), award with { LastMonth = move.FromMonth.Plus(-1), EndReason = "moved", RecordedOn = award.RecordedOn > knownOn ? award.RecordedOn : knownOn }));
            ended++;
        }

        if (ended == 0)
        {
            work.Unchanged++;
            return;
        }

        work.AwardsEnded += ended;
        work.Noted.Add(new NotedChange(person.RecipientId, "move", move.FromMonth.OnDayOfMonth(1), knownOn, $"{person.CommuneCode} → province {move.ToProvince}, {move.ToCommune} from {move.FromMonth.Text()}", move.Source));
    }

    static async Task BirthsAsync(Work work, IReadOnlyList<RegisterRow<BirthNotice>> rows)
    {
        var province = work.Caller.ProvinceCode;
        var people = (await PersonStore.ByKeyAsync(work.Session, province, [.. rows.Select(row => row.Value.PersonId)], work.Cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var register = await work.Changes.ReadAsync(work.Session, province, people.Keys, work.Cancel);
        var states = new Dictionary<string, SortedList<int, Award>>(StringComparer.Ordinal);
        foreach (var (line, birth) in rows)
        {
            if (!people.TryGetValue(birth.PersonId, out var person))
            {
                work.Bad(line, "person_id", "person.unknown", $"No person has the key '{birth.PersonId}'.", "Correct the key.");
                continue;
            }

            if (!work.IsTheirs(line, person) || !work.NameAgrees(line, birth.FullName, person)) continue;
            var knownOn = birth.KnownOn ?? work.Today;
            if (birth.BornOn > work.Today || knownOn > work.Today)
            {
                work.Bad(line, "born_on", "notice.future", "The day is after today.", "Correct the day.");
                continue;
            }

            var awards = register[birth.PersonId].Awards.Where(award => award.Category is "k4" or "CS.MANGTHAI").GroupBy(award => award.AwardId, StringComparer.Ordinal)
                .Select(of => of.OrderBy(row => row.RecordedOn ?? LocalDate.MinIsoValue).ThenBy(row => row.FactsFrom?.Index() ?? 0).Last()).Where(award => !(award.LastMonth < birth.BornOn.ToYearMonth())).ToList();
            if (awards.Count == 0)
            {
                work.Bad(line, "person_id", "notice.no_award", $"{birth.PersonId} has no award whose amount asks for children (k4, CS.MANGTHAI).", "Take the row out; an award for the child is entered by awards.csv when it is decided.");
                continue;
            }

            var changed = false;
            var month = birth.BornOn.ToYearMonth();
            foreach (var stored in awards)
            {
                if (!states.TryGetValue(stored.AwardId, out var of))
                    states[stored.AwardId] = of = new SortedList<int, Award>(register[birth.PersonId].Awards.Where(row => row.AwardId == stored.AwardId).GroupBy(row => row.FactsFrom?.Index() ?? 0)
                        .ToDictionary(state => state.Key, state => state.OrderBy(row => row.RecordedOn ?? LocalDate.MinIsoValue).Last()));
                // The state of the month of birth gets the child, and so does every state after it: a birth that is told late counts from its own month, not from that of a sibling.
                if (of.Values.LastOrDefault(row => !(row.FactsFrom > month)) is { } before) of.TryAdd(month.Index(), before with { FactsFrom = month });
                foreach (var state in of.Where(state => state.Key >= month.Index()).ToList())
                {
                    var award = state.Value;
                    if (award.ChildrenBirths.Contains(birth.BornOn)) continue;
                    if (award.ChildrenBirths.Count == 0 && award.Children > 0)
                    {
                        work.Bad(line, "born_on", "notice.children_counted", $"{award.AwardId} counts {award.Children} children without their birth dates.", "Give the award's row once more by awards.csv, with children_births of all of them.");
                        break;
                    }

                    of[state.Key] = award with
                    {
                        ChildrenBirths = [.. award.ChildrenBirths.Append(birth.BornOn).Order()], Children = null, RecordedOn = award.RecordedOn > knownOn ? award.RecordedOn : knownOn,
                        // A state of nine months later may speak of the next child.
                        Pregnant = award.Pregnant is true && state.Key < month.PlusMonths(PregnancyMonths).Index() ? false : award.Pregnant,
                    };
                    work.Rows.Awards.RemoveAll(row => row.Row.AwardId == award.AwardId && (row.Row.FactsFrom?.Index() ?? 0) == state.Key);
                    work.Rows.Awards.Add((new StagedAt(1, line), of[state.Key]));
                    changed = true;
                }
            }

            if (!changed) work.Unchanged++;
            else work.Noted.Add(new NotedChange(person.RecipientId, "birth", birth.BornOn, knownOn, "child born", birth.Source));
        }
    }

    async Task IdentifiersAsync(Work work, IReadOnlyList<RegisterRow<DeclaredIdentifier>> rows)
    {
        var province = work.Caller.ProvinceCode;
        var people = (await PersonStore.ByKeyAsync(work.Session, province, [.. rows.Select(row => row.Value.PersonId)], work.Cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var known = new Dictionary<int, IReadOnlyList<PersonNumber>>();
        foreach (var (line, number) in rows)
        {
            if (!people.TryGetValue(number.PersonId, out var person))
            {
                work.Bad(line, "person_id", "person.unknown", $"No person has the key '{number.PersonId}'.", "Add the person to people.csv, or correct the key.");
                continue;
            }

            if (!work.IsTheirs(line, person)) continue;
            var prefixes = RegisterCodes.IdentityPrefixes;
            var doubts = IdentityNumber.Doubts(number.IdNumber, new BirthDate(person.BirthYear, (byte)person.BirthMonth, (byte)person.BirthDay), (Sex)person.Sex, prefixes);
            if (doubts != IdentityDoubt.None) work.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{work.File}:{line}: the number of {number.PersonId} disagrees with the record ({doubts})"));
            var secret = cipher.SealIdNumber(number.IdNumber);
            if (!known.TryGetValue(person.RecipientId, out var numbers)) known.Add(person.RecipientId, numbers = await PersonStore.NumbersAsync(work.Session, province, person.RecipientId, work.Cancel));
            if (numbers.Any(one => one.Tail == secret.Tail && one.Figures == number.IdNumber.Length && one.ValidFrom == number.ValidFrom && one.ValidTo == number.ValidTo && one.Source == number.Source))
            {
                work.Unchanged++;
                continue;
            }

            work.Numbers.Add(new DeclaredNumber(person.RecipientId, new SealedNumber(secret.Key, secret.Cipher, secret.Tag, secret.Tail), (short)number.IdNumber.Length, number.ValidFrom, number.ValidTo, number.Source));
            work.Noted.Add(new NotedChange(person.RecipientId, "identifier", number.ValidFrom, work.Today, $"number of {number.IdNumber.Length} digits ending in {secret.Tail}", number.Source));
        }
    }

    static async Task HeadsAsync(Work work, IReadOnlyList<RegisterRow<HouseholdHead>> rows)
    {
        var province = work.Caller.ProvinceCode;
        var people = (await PersonStore.ByKeyAsync(work.Session, province, [.. rows.Select(row => row.Value.PersonId)], work.Cancel)).ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var heads = (await HouseholdStore.HeadsAsync(work.Session, province, [.. rows.Select(row => row.Value.HouseholdId).Distinct(StringComparer.Ordinal)], work.Cancel)).ToDictionary(head => head.HouseholdId, StringComparer.Ordinal);
        foreach (var (line, head) in rows)
        {
            if (!people.TryGetValue(head.PersonId, out var person))
                work.Bad(line, "head_person_id", "person.unknown", $"No person has the key '{head.PersonId}'.", "Add the person to people.csv, or correct the key.");
            else if (!work.IsTheirs(line, person))
                continue;
            else if (person.HouseholdId != head.HouseholdId)
                work.Bad(line, "household_id", "head.other_household", $"{head.PersonId} belongs to household {person.HouseholdId ?? "–"}.", "The head is a member of the household: correct one of the two, or the register's household_id.");
            else if (person.Death is not null)
                work.Bad(line, "head_person_id", "head.dead", $"{head.PersonId} is dead.", "Name a living member.");
            else if (heads.TryGetValue(head.HouseholdId, out var stands) && stands.FromDay > head.From)
                work.Bad(line, "from", "head.earlier", $"The household has a head from {NodaTime.Text.LocalDatePattern.Iso.Format(stands.FromDay)} on.", "A new head begins no earlier than the one before.");
            else if (heads.TryGetValue(head.HouseholdId, out var same) && same.PersonId == head.PersonId && !same.IsProposed)
                work.Unchanged++;
            else
            {
                work.Heads.Add((head.HouseholdId, person.RecipientId, head.From, false, head.Source));
                work.Noted.Add(new NotedChange(person.RecipientId, "head", head.From, work.Today, $"head of household {head.HouseholdId}", head.Source));
            }
        }
    }
}
