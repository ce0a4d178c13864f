using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.Postgres.Portals;

namespace PaymentEngine.App.Operations.Cases;

/// <summary>A case with all that is known about it and what may be done about it now.</summary>
/// <param name="Roads">What the policy says to each road: null where it is open, else why it is not.</param>
public sealed record CaseView(CaseRow Case, CasePayment? Payment, IReadOnlyList<CaseEvent> Events, IReadOnlyList<CaseAttempt> Attempts, IReadOnlyList<AccountChange> Changes, IReadOnlyList<CaseDecision> Decisions,
    CaseRoads? Roads, bool AlreadyDone = false)
{
    /// <summary>Settlements proposed for any attempt of the payment, answered or not.</summary>
    public IReadOnlyList<StoredSettlement> Settlements { get; init; } = [];

    /// <summary>Other open cases of the same payment.</summary>
    public IReadOnlyList<CaseRow> Beside { get; init; } = [];

    /// <summary>Where a bank says that the payee has died: payments to the same payee that are on their way.</summary>
    public IReadOnlyList<PaymentOnItsWay> OnTheirWay { get; init; } = [];
}

/// <summary>The roads out of a failed payment's case.</summary>
/// <param name="RetriesLeft">Tries by account that need nobody's decision.</param>
/// <param name="Fallback">What happens by itself when the term is over: <c>cash</c>, or null: nothing, a person decides.</param>
public sealed record CaseRoads(Problem? Correct, Problem? Repay, Problem? Cash, int RetriesLeft, string? Fallback);

/// <summary>A page of cases.</summary>
/// <param name="HasMore">There are others after its last.</param>
/// <param name="All">The figures of all that were asked for.</param>
public sealed record CasePage(IReadOnlyList<CaseRow> Rows, bool HasMore, CaseSums All);

/// <summary>What waits and what is stuck, for a person.</summary>
public sealed record StartPage(CasesWaiting Cases, IReadOnlyList<WaitingStep> Steps)
{
    /// <summary>Exceptions by two people (break-glass) that stand, or wait to be granted.</summary>
    public IReadOnlyList<ListedGlass> Glasses { get; init; } = [];
}

/// <summary>Work with cases (việc phải xử lý): list, look, take, give, free, note, contact, escalate, resolve. The one way in; money moves by <see cref="CaseRepairs"/> and the runs.</summary>
public sealed class Casework(Database database, IClock clock)
{
    internal static readonly BankingCalendar Calendar = BankingCalendars.VietNam;
    internal static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    const int RemarkLengthMax = 1_000;

    /// <summary>Cases as far as the caller sees them, the most urgent first.</summary>
    /// <param name="caller">Anybody; the store shows the cases of their communes.</param>
    /// <param name="filter">Which.</param>
    /// <param name="ageDays">Only those opened at least so many days ago.</param>
    /// <param name="stuckOnly">Only those past their term, or taken and left alone.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<CaseRow>>> ListAsync(Caller caller, CaseFilter filter, int? ageDays, bool stuckOnly, CancellationToken cancel)
    {
        if (filter.State is not ("open" or "free" or "taken" or "closed" or "all")) return new Problem("usage.case_state", $"'{filter.State}' is not a state of a case.", "Use open, free, taken, closed or all.");
        if (ageDays < 0) return new Problem("usage.case_age", $"{ageDays} is not an age in days.", "Use a whole number from 0.");
        var (now, today) = Times();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var terms = await TermsAsync(session, caller.ProvinceCode, cancel);
        if (ageDays is { } days) filter = filter with { OpenedBefore = today.PlusDays(1 - days).AtStartOfDayInZone(Zone).ToInstant() };
        if (stuckOnly) filter = filter with { StuckSince = IdleSince(today, terms.Idle), Today = today };
        return Result<IReadOnlyList<CaseRow>>.Ok(await CaseStore.ListAsync(session, caller.ProvinceCode, filter, cancel));
    }

    /// <summary>A page of cases as far as the caller sees them, the most urgent first, with the figures of all that were asked for.</summary>
    /// <param name="caller">Anybody; the store shows the cases of their communes.</param>
    /// <param name="filter">Which.</param>
    /// <param name="stuckOnly">Only those past their term, or taken and left alone.</param>
    /// <param name="after">The last case of the page before; null: the first page.</param>
    /// <param name="most">Rows of a page, 1 to <see cref="PageMax"/>.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<CasePage>> PageAsync(Caller caller, CaseFilter filter, bool stuckOnly, (LocalDate DueOn, int CaseNo)? after, int most, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseList) is { } lacks) return lacks;
        if (filter.State is not ("open" or "free" or "taken" or "closed" or "all")) return new Problem("usage.case_state", $"'{filter.State}' is not a state of a case.", "Use open, free, taken, closed or all.", new SourceLocation(Field: "state"));
        if (most is < 1 or > PageMax) return new Problem("usage.page", $"{most} is no number of rows of a page.", $"Use 1 to {PageMax}.");
        var (_, today) = Times();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        if (stuckOnly) filter = filter with { StuckSince = IdleSince(today, (await TermsAsync(session, caller.ProvinceCode, cancel)).Idle), Today = today };
        // One more than is shown says whether there is a next page.
        var rows = await CaseStore.PageAsync(session, caller.ProvinceCode, filter, after, most + 1, cancel);
        return new CasePage([.. rows.Take(most)], rows.Count > most, await CaseStore.SumsAsync(session, caller.ProvinceCode, filter, today, cancel));
    }

    /// <summary>Rows of the largest page.</summary>
    public const int PageMax = 500;

    /// <summary>One case with its payment, its story and the roads out of it.</summary>
    public async Task<Result<CaseView>> ShowAsync(Caller caller, int caseNo, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await CaseStore.FindAsync(session, caller.ProvinceCode, caseNo, cancel) is { } found ? await ViewAsync(session, caller.ProvinceCode, found, cancel) : Unknown(caseNo);
    }

    /// <summary>The first page: what waits for the caller, what is stuck.</summary>
    public async Task<Result<StartPage>> StartAsync(Caller caller, CancellationToken cancel)
    {
        var (now, today) = Times();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var terms = await TermsAsync(session, caller.ProvinceCode, cancel);
        var waiting = await CaseStore.WaitingAsync(session, caller.ProvinceCode, caller.UserName, caller.Roles.Order(StringComparer.Ordinal), now, today, IdleSince(today, terms.Idle), cancel);
        var glasses = (await GlassStore.ListAsync(session, caller.ProvinceCode, 0, cancel)).Where(one => one.EndedAt is null && one.EndsAt > now && BreakGlasses.Sees(caller, one));
        return new StartPage(waiting, [.. (await StartStore.StepsAsync(session, caller.ProvinceCode, caller.UserName, today, cancel)).Concat(await PapersOutAsync(session, caller.ProvinceCode, terms, today, cancel))]) { Glasses = [.. glasses] };
    }

    /// <summary>Proposals to give back that nobody has answered, each with its term; printed lists whose results are late, by month; applications of portals whose term is over, by who has them.</summary>
    static async Task<IEnumerable<WaitingStep>> PapersOutAsync(DatabaseSession session, short province, CaseTerms terms, LocalDate today, CancellationToken cancel)
    {
        var proposals = (await StartStore.GiveBacksAsync(session, province, cancel)).Select(one => Step("give_back_to_decide", one, Role.Approver, Calendar.Plus(one.Since, terms.Decide)));
        var lists = (await StartStore.ListsOutAsync(session, province, cancel)).Select(one => Step("cash_list_late", one, Role.CashOfficer, Calendar.Plus(one.Since, terms.CashList))).Where(one => one.DueOn < today)
            .GroupBy(one => one.Subject).Select(month => new WaitingStep("cash_list_late", month.Key, month.Sum(one => one.Items), month.Sum(one => one.SumVnd), Stuck: true, Role.CashOfficer, month.Min(one => one.DueOn), null));
        var applications = (await PortalStore.CasesAsync(session, province, null, 0, open: true, today, differing: false, cancel)).GroupBy(one => one.Worker ?? Role.CommuneOfficer)
            .Select(worker => new WaitingStep("portal_case_late", worker.First().CaseId, worker.Count(), 0, Stuck: true, worker.Key, worker.Min(one => one.DueOn), null));
        return proposals.Concat(lists).Concat(applications);

        WaitingStep Step(string what, PaperOut one, string owner, LocalDate dueOn) => new(what, one.Subject, one.Items, one.SumVnd, dueOn < today, owner, dueOn, null);
    }

    /// <summary>Takes a case. Somebody of its desk, or a reconciler.</summary>
    public Task<Result<CaseView>> TakeAsync(Caller caller, int caseNo, CancellationToken cancel) => ActAsync(caller, caseNo, "case.take", [], async work =>
    {
        if (work.Case.TakenBy == caller.UserName) return true;
        if (WhyNotOnDesk(caller.Roles, work.Case) is { } refused) return refused;
        if (work.Case.TakenBy is { } other) return Taken(work.Case, other);
        await CaseStore.TakeAsync(work.Session, caller.ProvinceCode, caseNo, caller.UserName, cancel);
        await work.AddAsync(new(caseNo, "taken", caller.UserName, work.Now), cancel);
        return false;
    }, cancel);

    /// <summary>Hands a case to a colleague: by who has it, by its desk while nobody has it, or by a supervisor (approver, administrator).</summary>
    /// <param name="caller">See above.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="to">User name of the colleague, who may act in the case's commune and holds its role.</param>
    /// <param name="remark">What they should know; optional.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<CaseView>> GiveAsync(Caller caller, int caseNo, string to, string? remark, CancellationToken cancel) => ActAsync(caller, caseNo, "case.give", [to, remark ?? ""], async work =>
    {
        if (work.Case.TakenBy == to) return true;
        if (work.Case.TakenBy is { } other && other != caller.UserName && !IsSupervisor(caller)) return Taken(work.Case, other);
        if (work.Case.TakenBy is null && !IsSupervisor(caller) && WhyNotOnDesk(caller.Roles, work.Case) is { } refused) return refused;
        if (await CaseStore.PersonAsync(work.Session, caller.ProvinceCode, to, work.Now, cancel) is not { } person) return new Problem("case.unknown_person", $"There is no user '{to}'.", "See them: payengine user list.");
        if (person.Communes is { } communes && (work.Case.CommuneId is not { } commune || !communes.Contains(commune)))
            return new Problem("not_allowed.not_their_commune", $"{to} does not act in the commune of case {caseNo}.", "Give it to somebody who does.");
        if (WhyNotOnDesk(person.Roles.ToHashSet(StringComparer.Ordinal), work.Case) is not null && !person.Roles.Contains(Role.Approver))
            return new Problem("not_allowed.not_their_role", $"{to} holds neither the role {work.Case.Owner} nor that of a reconciler.", "Give it to somebody who does, or escalate it.");
        await CaseStore.TakeAsync(work.Session, caller.ProvinceCode, caseNo, to, cancel);
        await work.AddAsync(new(caseNo, "given", caller.UserName, work.Now) { ToPerson = to, Remark = Text(remark) }, cancel);
        return false;
    }, cancel);

    /// <summary>Takes a case from somebody who is absent, so that others can work on it (F151).</summary>
    /// <param name="caller">A supervisor (approver, administrator), or who has it.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="reason">Why; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<CaseView>> FreeAsync(Caller caller, int caseNo, string reason, CancellationToken cancel) => ActAsync(caller, caseNo, "case.free", [reason], async work =>
    {
        if (Text(reason) is not { } why) return new Problem("usage.reason_missing", "A case is freed with a reason.", "Say why: --reason \"…\".");
        if (work.Case.TakenBy is not { } holder) return true;
        if (holder != caller.UserName && !IsSupervisor(caller))
            return new Problem("not_allowed.role", $"{caller.UserName} cannot free a case that {holder} has.", "An approver or administrator frees it.");
        await CaseStore.TakeAsync(work.Session, caller.ProvinceCode, caseNo, null, cancel);
        await work.AddAsync(new(caseNo, "freed", caller.UserName, work.Now) { Remark = why }, cancel);
        return false;
    }, cancel);

    /// <summary>Writes something down about a case. Anybody who sees it.</summary>
    public Task<Result<CaseView>> NoteAsync(Caller caller, int caseNo, string text, CancellationToken cancel) => ActAsync(caller, caseNo, "case.note", [text], async work =>
    {
        if (Text(text) is not { } said) return new Problem("usage.note_missing", "A note has words.", "Write them after the number: payengine case note 12 \"…\".");
        if (said.Length > RemarkLengthMax) return TooLong(said);
        await work.AddAsync(new(caseNo, "note", caller.UserName, work.Now) { Remark = said }, cancel);
        return false;
    }, cancel, needsOpen: false);

    /// <summary>Writes down an attempt to reach the payee (F109).</summary>
    /// <param name="caller">Anybody who sees the case.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="channel">phone, visit, letter, message or office.</param>
    /// <param name="outcome">reached, not_reached, promised, refused, moved or deceased.</param>
    /// <param name="when">When it was, in Viet Nam; null: now. A contact entered later keeps both times.</param>
    /// <param name="remark">What was said; optional.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<CaseView>> ContactAsync(Caller caller, int caseNo, string channel, string outcome, LocalDateTime? when, string? remark, CancellationToken cancel) => ActAsync(caller, caseNo, "case.contact",
        [channel, outcome, when?.ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture) ?? "", remark ?? ""], async work =>
    {
        if (channel is not ("phone" or "visit" or "letter" or "message" or "office")) return new Problem("usage.contact_channel", $"'{channel}' is not a way to reach somebody.", "Use phone, visit, letter, message or office.");
        if (outcome is not ("reached" or "not_reached" or "promised" or "refused" or "moved" or "deceased"))
            return new Problem("usage.contact_outcome", $"'{outcome}' is not an outcome of a contact.", "Use reached, not_reached, promised, refused, moved or deceased.");
        if (remark?.Length > RemarkLengthMax) return TooLong(remark);
        var happened = when?.InZoneLeniently(Zone).ToInstant() ?? work.Now;
        if (happened > work.Now) return new Problem("case.contact_in_future", "A contact cannot lie in the future.", "Give the day and time it was, for example --when 2026-11-05T09:30.");
        await work.AddAsync(new(caseNo, "contact", caller.UserName, work.Now) { Channel = channel, Outcome = outcome, HappenedAt = happened, Remark = Text(remark) }, cancel);
        return false;
    }, cancel);

    /// <summary>Lays a case on the approver's desk.</summary>
    public Task<Result<CaseView>> EscalateAsync(Caller caller, int caseNo, string why, CancellationToken cancel) => ActAsync(caller, caseNo, "case.escalate", [why], async work =>
    {
        if (Text(why) is not { } reason) return new Problem("usage.why_missing", "A case is escalated with a reason.", "Say why: --why \"…\".");
        if (NotTheirs(caller, work.Case) is { } refused) return refused;
        if (work.Case.Owner == Role.Approver && work.Case.NextAction == "escalate") return true;
        await CaseStore.TakeAsync(work.Session, caller.ProvinceCode, caseNo, null, cancel);
        await CaseStore.TurnAsync(work.Session, caller.ProvinceCode, caseNo, "escalate", Role.Approver, Calendar.Plus(work.Today, (await TermsAsync(work.Session, caller.ProvinceCode, cancel)).Decide), cancel);
        await work.AddAsync(new(caseNo, "escalated", caller.UserName, work.Now) { Remark = reason }, cancel);
        return false;
    }, cancel);

    /// <summary>Ends a case that no evidence ends by itself. A case about money that is not in its final place stays open: the roads out of it end it.</summary>
    /// <param name="caller">A reconciler or approver who has the case, or finds it free.</param>
    /// <param name="caseNo">The case.</param>
    /// <param name="how">What ended it, with the paper that says so; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<CaseView>> ResolveAsync(Caller caller, int caseNo, string how, CancellationToken cancel) => ActAsync(caller, caseNo, "case.resolve", [how], async work =>
    {
        if (Text(how) is not { } evidence) return new Problem("usage.how_missing", "A case is resolved with what ended it.", "Say it: --how \"…\".");
        if (caller.Lacks(AccessRules.CaseResolve) is { } lacks) return lacks;
        if (NotTheirs(caller, work.Case) is { } refused) return refused;
        if (await WhyNotResolveAsync(work, cancel) is { } open) return open;
        await CaseStore.CloseAsync(work.Session, caller.ProvinceCode, caseNo, "resolved", work.Now, cancel);
        await work.AddAsync(new(caseNo, "resolved", caller.UserName, work.Now) { Remark = evidence }, cancel);
        return false;
    }, cancel);

    /// <summary>Whose desk the cases of each role lie on.</summary>
    public async Task<Result<IReadOnlyList<CaseDesk>>> DesksAsync(Caller caller, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<CaseDesk>>.Ok(await CaseStore.DesksAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Names who sits at a desk.</summary>
    /// <param name="caller">An administrator or approver of the whole province.</param>
    /// <param name="role">The role whose cases come to the desk.</param>
    /// <param name="communeCode">One commune; null: every commune without a desk of its own.</param>
    /// <param name="userName">The person, who holds the role; null: nobody is named any more.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<IReadOnlyList<CaseDesk>>> SetDeskAsync(Caller caller, string role, string? communeCode, string? userName, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseDeskSet) is { } refused) return refused;
        if (!Role.All.Contains(role)) return new Problem("usage.role", $"'{role}' is not a role.", $"Use: {string.Join(", ", Role.All)}.");
        var (now, _) = Times();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<IReadOnlyList<CaseDesk>>>(async () =>
        {
            await FactStore.LockAsync(session, province, cancel);
            var communeId = 0;
            if (communeCode is not null)
            {
                var found = await PeopleStore.FindCommunesAsync(session, province, [communeCode], cancel);
                if (!found.TryGetValue(communeCode, out communeId)) return new Problem("case.commune_unknown", $"No commune has the code '{communeCode}'.", "Use a code of areas.csv.");
            }

            if (userName is not null)
            {
                if (await CaseStore.PersonAsync(session, province, userName, now, cancel) is not { } person) return new Problem("case.unknown_person", $"There is no user '{userName}'.", "See them: payengine user list.");
                if (!person.Roles.Contains(role)) return new Problem("not_allowed.not_their_role", $"{userName} does not hold the role {role}.", "Name somebody who does.");
                if (person.Communes is { } communes && (communeId == 0 || !communes.Contains(communeId))) return new Problem("not_allowed.not_their_commune", $"{userName} does not act there.", "Name somebody who does, or a commune of theirs.");
            }

            if ((await CaseStore.DesksAsync(session, province, cancel)).FirstOrDefault(desk => desk.Role == role && desk.CommuneCode == communeCode) is { } before && before.UserName == userName)
                return Result<IReadOnlyList<CaseDesk>>.Ok(await CaseStore.DesksAsync(session, province, cancel));
            var last = await OutcomeStore.LastOperationAsync(session, province, cancel);
            var key = string.Create(CultureInfo.InvariantCulture, $"case.desk {role} {communeId} after {last}");
            var start = await OperationLog.BeginAsync(session, province, key, "case.desk", OperationLog.RequestHash(role, communeCode ?? "", userName ?? ""), caller.UserName, now, cancel);
            await CaseStore.SetDeskAsync(session, province, role, communeId, userName, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { role, commune = communeCode, user = userName });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, said, said, now, cancel);
            return Result<IReadOnlyList<CaseDesk>>.Ok(await CaseStore.DesksAsync(session, province, cancel));
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>The terms an office works by.</summary>
    public async Task<Result<CaseTerms>> TermsAsync(Caller caller, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await TermsAsync(session, caller.ProvinceCode, cancel);
    }

    /// <summary>The terms that stand in a session's province.</summary>
    internal static async Task<CaseTerms> TermsAsync(DatabaseSession session, short province, CancellationToken cancel) =>
        (await CaseStore.TermsAsync(session, province, cancel)).Aggregate(CaseTerms.Default, (terms, one) => terms.With(one.Term, one.Days) ?? throw new InvalidOperationException($"The store has a term '{one.Term}' that nobody knows."));

    /// <summary>Sets a term; it counts for what begins from now on.</summary>
    /// <param name="caller">An administrator of the whole province.</param>
    /// <param name="term">One of <see cref="CaseTerms.All"/>.</param>
    /// <param name="days">Banking days, 0 to <see cref="CaseTerms.DaysMax"/>; 0 only for <c>account_wait</c>.</param>
    /// <param name="why">On what ground; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<CaseTerms>> SetTermAsync(Caller caller, string term, int days, string why, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.CaseTerms) is { } refused) return refused;
        if (CaseTerms.Default.With(term, days) is null) return new Problem("usage.case_term", $"'{term}' is not a term of cases.", $"Use one of: {string.Join(", ", CaseTerms.Default.All.Select(one => one.Name))}.");
        // A case that is due when it opens would be stuck before anybody has seen it; an account may be used at once where an office wants that.
        var fewest = term == "account_wait" ? 0 : 1;
        if (days < fewest || days > CaseTerms.DaysMax) return new Problem("usage.case_term_days", $"{days} banking days are no term.", $"Use {fewest} to {CaseTerms.DaysMax}.");
        if (Text(why) is not { } ground) return new Problem("usage.why_missing", "A term is set with its ground.", "Say on what ground: --why \"…\".");
        var (now, _) = Times();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<CaseTerms>>(async () =>
        {
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if ((await CaseStore.TermsAsync(session, caller.ProvinceCode, cancel)).Any(one => one.Term == term && one.Days == days && one.Why == ground)) return await TermsAsync(session, caller.ProvinceCode, cancel);
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"case.term {term} after {last}"), "case.term",
                OperationLog.RequestHash(term, days.ToString(CultureInfo.InvariantCulture), ground), caller.UserName, now, cancel);
            await CaseStore.SetTermAsync(session, caller.ProvinceCode, term, days, ground, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { term, days, why = ground });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return await TermsAsync(session, caller.ProvinceCode, cancel);
        }, result => result.IsOk, cancel: cancel);
    }

    // ------------------------------------------------------------------------------------------------------------------

    /// <summary>One act on one case: locked, checked that the caller sees it, done and kept in one transaction. The act answers with a problem, true when there was nothing to do, false when it was done now.</summary>
    internal async Task<Result<CaseView>> ActAsync(Caller caller, int caseNo, string kind, IEnumerable<string> request, Func<CaseAct, Task<Result<bool>>> act, CancellationToken cancel, bool needsOpen = true)
    {
        var (now, today) = Times();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var done = await session.InTransactionAsync<Result<bool>>(async () =>
        {
            // What moves money and what moves cases wait for each other: a case is judged by what stands now.
            await FactStore.LockAsync(session, province, cancel);
            if (await CaseStore.FindAsync(session, province, caseNo, cancel) is not { } found || !Sees(caller, found)) return Unknown(caseNo);
            if (needsOpen && !found.IsOpen)
                return new Problem("not_allowed.case_closed", $"Case {caseNo} was closed ({found.ClosedHow}).", $"See it: payengine case show {caseNo}.");
            // A case's story only grows: what was done so far makes this request this one.
            var key = string.Create(CultureInfo.InvariantCulture, $"{kind} {caseNo} after {found.Events}");
            var start = await OperationLog.BeginAsync(session, province, key, kind, OperationLog.RequestHash([caller.UserName, .. request]), caller.UserName, now, cancel);
            var work = new CaseAct(session, province, found, now, today, start.OperationNo);
            var answer = await act(work);
            if (!answer.IsOk || answer.Value) return answer;
            var said = JsonText.Write(new { @case = caseNo, events = work.Events });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, JsonText.Write(new { @case = caseNo }), said, now, cancel);
            return answer;
        }, result => result is { IsOk: true, Value: false }, cancel: cancel);
        if (!done.TryGet(out var already)) return Result<CaseView>.Refuse(done.Problems);
        var after = await CaseStore.FindAsync(session, province, caseNo, cancel) ?? throw new InvalidOperationException($"Case {caseNo} is gone.");
        return await ViewAsync(session, province, after, cancel) with { AlreadyDone = already };
    }

    internal async Task<CaseView> ViewAsync(DatabaseSession session, short province, CaseRow found, CancellationToken cancel)
    {
        var payment = found.LineNo is null ? null : await CaseStore.PaymentAsync(session, province, found.CaseNo, cancel);
        CaseRoads? roads = null;
        if (payment is not null && found.IsOpen && CaseWork.IsFailedPayment(found.Kind))
        {
            var facts = Facts(found, payment);
            var cash = CaseWork.WhyNotCash(facts with { IsDecided = payment.Decided == "cash" }, Times().Today);
            roads = new(CaseWork.WhyNotCorrect(facts), CaseWork.WhyNotRepay(facts), cash, CaseWork.RetriesLeft(facts.Reason, facts.BankAttempts),
                found.Kind is "rejected" or "returned" && facts.Reason.MayBecomeCash ? "cash" : null);
        }

        return new(found, payment, await CaseStore.EventsAsync(session, province, found.CaseNo, cancel), payment is null ? [] : await CaseStore.AttemptsAsync(session, province, found.CaseNo, cancel),
            payment is null ? [] : await AccountChangeStore.OfCaseAsync(session, province, found.CaseNo, cancel), await CaseStore.DecisionsAsync(session, province, found.CaseNo, cancel), roads)
        {
            Settlements = found is { Month: { } month, RunNo: { } run, LineNo: { } line } ? await SettlementStore.OfPaymentAsync(session, province, month, run, line, cancel) : [],
            Beside = payment is null ? [] : await CaseStore.OfPaymentAsync(session, province, found.CaseNo, cancel),
            OnTheirWay = payment is not null && found is { Kind: "deceased", IsOpen: true } ? await CaseStore.OnTheirWayAsync(session, province, found.CaseNo, cancel) : [],
        };
    }

    /// <summary>What the policy needs to know; decided means: for paying by account.</summary>
    internal static CaseFacts Facts(CaseRow found, CasePayment payment) => new(found.CaseNo, found.Kind, ReasonRules.Policy.For(found.ReasonCode), payment.IsEnded, payment.IsLatest, payment.IsDisputed, payment.BankAttempts,
        payment.HasOtherAccount, payment.Decided == "repay", found.OpenedAt.InZone(Zone).Date) { Attempts = found.Attempt ?? 0 };

    internal (Instant Now, LocalDate Today) Times()
    {
        // The store keeps microseconds: what is kept must be what was asked with.
        var now = Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
        return (now, now.InZone(Zone).Date);
    }

    /// <summary>Why a person may not work on a case that another has.</summary>
    internal static Problem? NotTheirs(Caller caller, CaseRow found) => found.TakenBy is { } other && other != caller.UserName ? Taken(found, other) : null;

    internal static string? Text(string? said) => string.IsNullOrWhiteSpace(said) ? null : said.Trim();

    internal static Problem Unknown(int caseNo) => new("case.unknown", $"There is no case {caseNo} in your communes.", "See them: payengine case list.");

    static Problem Taken(CaseRow found, string other) =>
        new("not_allowed.case_taken", $"Case {found.CaseNo} is with {other}.", $"{other} gives it on (payengine case give {found.CaseNo} --to …), or an approver or administrator frees it (payengine case free {found.CaseNo} --reason …).");

    static Problem TooLong(string said) => new("usage.text_long", $"{said.Length} characters are too many for one entry.", $"Use at most {RemarkLengthMax}.");

    static bool Sees(Caller caller, CaseRow found) => caller.Communes is null || (found.CommuneId is { } commune && caller.Communes.Contains(commune));

    static bool IsSupervisor(Caller caller) => caller.Roles.Contains(Role.Approver) || caller.Roles.Contains(Role.Administrator);

    /// <summary>A case lies on the desk of its role; reconcilers stand in where nobody holds it.</summary>
    static Problem? WhyNotOnDesk(IReadOnlySet<string> roles, CaseRow found) => roles.Contains(found.Owner) || roles.Contains(Role.Reconciler) ? null
        : new Problem("not_allowed.role", $"Case {found.CaseNo} is the business of the role {found.Owner}.", "Have somebody who holds it, or a reconciler, take it.");

    async Task<Problem?> WhyNotResolveAsync(CaseAct work, CancellationToken cancel)
    {
        var (one, no) = (work.Case, work.Case.CaseNo);
        if (one.ClaimNo is { } claim) return new Problem("not_allowed.claim_open", $"Case {no} ends when claim {claim} is settled.", $"Record what was paid back or written off: payengine claim record {claim} ….");
        if (one.Kind is "suspense" or "suspense_old")
            return new Problem("not_allowed.entry_open", $"Case {no} ends when its entry is matched or classified.", $"Decide it: payengine match decide {one.ImportNo}/{one.EntryNo} ….");
        if (one.Kind is "paid_twice" or "bank_short")
        {
            if (await PaymentClaimStore.LeftAsync(work.Session, work.ProvinceCode, one.Kind, one.Month!.Value, one.RunNo!.Value, one.LineNo!.Value, one.Attempt!.Value, cancel) is > 0)
                return new Problem("not_allowed.claim_open", $"Case {no} ends when its claim is settled.", $"Record what came back or was written off: payengine case claim {no} --recovered … --evidence \"…\".");
            // Paid after its end, and not paid again: no claim yet, and the sum is in dispute. A word would leave it there without a case.
            return one.Kind == "paid_twice" && await CaseStore.PaymentAsync(work.Session, work.ProvinceCode, no, cancel) is { IsLatest: true }
                ? new Problem("not_allowed.money_not_final", $"Case {no}: its sum is in dispute, so a word does not end it.", $"Import the bank's corrected file, or two persons settle it: payengine case settle {no} --as paid|returned --evidence \"…\".") : null;
        }

        if (one.Kind == "held")
        {
            return new Problem("not_allowed.money_not_final", $"Case {no}: its sum is held or waits to be paid, so a word does not end it.",
                $"Release it, or give it back: payengine run release-hold {new RunId(work.ProvinceCode, Months.FromKey(one.Month!.Value), one.RunNo!.Value)} --person {one.PersonId} ….");
        }

        // The last try of a payment is a warning: what becomes of its money is said by the try itself.
        if (one.LineNo is null || one.Kind is "recall" or "last_attempt") return null;
        // Money on its way out of a failed payment leaves by a road, never by a word.
        return new Problem("not_allowed.money_not_final", $"Case {no}: its money is not in a final place, so a word does not end it.",
            CaseWork.IsFailedPayment(one.Kind) ? $"Pay it again or in cash; see which roads are open: payengine case show {no}."
            : one.Kind == "cash_correction" ? "An approver decides about the correction: payengine cash corrections."
            : $"It ends by itself when the evidence agrees again: import the bank's corrected file, or match the entry by hand. Where no file will say more, two persons settle it: payengine case settle {no} --as paid|returned --evidence \"…\".");
    }

    static Instant IdleSince(LocalDate today, int idleDays)
    {
        var day = today;
        while (Calendar.Plus(day, idleDays) >= today) day = day.PlusDays(-1);
        return day.PlusDays(1).AtStartOfDayInZone(Zone).ToInstant();
    }
}

/// <summary>A case being worked on, within its transaction.</summary>
sealed class CaseAct(DatabaseSession session, short provinceCode, CaseRow found, Instant now, LocalDate today, long operationNo)
{
    readonly List<object> events = [];

    public DatabaseSession Session => session;

    public short ProvinceCode => provinceCode;

    public CaseRow Case => found;

    public Instant Now => now;

    /// <summary>Today in Viet Nam.</summary>
    public LocalDate Today => today;

    public long OperationNo => operationNo;

    public IReadOnlyList<object> Events => events;

    /// <summary>Keeps what was done, in the case's story and in the audit block.</summary>
    public async Task AddAsync(NewCaseEvent done, CancellationToken cancel)
    {
        await CaseStore.AddEventAsync(session, provinceCode, done, operationNo, cancel);
        // The chain is for ever and remarks speak of people: it keeps their fingerprint.
        events.Add(new
        {
            done.Event, done.Person, done.Channel, done.Outcome, done.ToPerson, remark_sha256 = done.Remark is { } remark ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(remark))) : null,
            happened_at = done.HappenedAt ?? done.At,
        });
    }
}
