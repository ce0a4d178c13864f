using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.App.Operations.Privacy;

/// <summary>Somebody whose data need not be kept any longer, from a day on.</summary>
/// <param name="Ground"><c>never_paid</c> or <c>retention_over</c>.</param>
/// <param name="DueOn">From this day on they may be erased.</param>
public sealed record RetentionLine(string PersonId, string Ground, LocalDate DueOn, string? LastMonth);

/// <summary>A page of people by the register's key.</summary>
/// <param name="Next">The key to go on after; null: this was the last page.</param>
public sealed record RetentionPage(LocalDate Today, IReadOnlyList<RetentionLine> People, string? Next);

/// <summary>What an erasure emptied.</summary>
/// <param name="Stays">What was not, with the reason and until when it is kept.</param>
public sealed record ErasureDone(StoredErasure Erasure, long OperationNo, IReadOnlyDictionary<string, long> Emptied, IReadOnlyList<string> Stays);

/// <summary>How long data of people are kept, and erasing who they were while what was paid stays provable (Law 91/2025/QH15; docs/personal-data.md).</summary>
/// <remarks>
/// A person who was listed is kept until ten years after the end of the year of the last payment: vouchers that accounts are kept by (Law on Accounting 88/2015/QH13; Decree 174/2016/NĐ-CP, Điều 13,
/// known from secondary sources). Who was never listed can be erased at once. Two persons; the key of the register, sums, dates, states and references stay.
/// </remarks>
public sealed class Erasures(Database database, IClock clock)
{
    /// <summary>Years after the end of the year of the last payment.</summary>
    public const int YearsKept = 10;

    const int PageRows = 200, ReasonMin = 8;

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>Who need not be kept any longer, a page by the register's key.</summary>
    /// <param name="caller">Account editor, auditor or administrator of the whole province.</param>
    /// <param name="after">The key the last page ended with; null: from the beginning.</param>
    /// <param name="all">Those too whose day has not come.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<RetentionPage>> RetentionAsync(Caller caller, string? after, bool all, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleRetention) is { } lacking) return lacking;
        var today = Today();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var ended = await ErasureStore.EndedAsync(session, caller.ProvinceCode, today.ToYearMonth().Key(), after, null, PageRows, cancel);
        var lines = ended.Select(person => Line(person, today)).Where(line => all || line.DueOn <= today).ToList();
        return new RetentionPage(today, lines, ended.Count == PageRows ? ended[^1].PersonId : null);
    }

    /// <summary>Asks for the erasure of one person.</summary>
    /// <param name="caller">An account editor of the whole province.</param>
    /// <param name="personId">The key of the register.</param>
    /// <param name="reason">The person's request, or the rule; kept.</param>
    /// <param name="cancel">Cancels before it is kept.</param>
    /// <returns>Its number. Refused: <c>person.unknown</c>, <c>usage.reason_missing</c>, <c>erasure.not_due</c>, <c>erasure.running_award</c>, <c>erasure.open_case</c>, <c>erasure.open_run</c>, <c>erasure.waits</c>, <c>erasure.done</c>.</returns>
    public async Task<Result<StoredErasure>> AskAsync(Caller caller, string personId, string reason, CancellationToken cancel = default)
    {
        var at = clock.GetCurrentInstant();
        if (caller.Lacks(AccessRules.PeopleEraseAsk) is { } lacking) return lacking;
        if (reason.Trim().Length < ReasonMin) return new Problem("usage.reason_missing", $"An erasure has a reason of at least {ReasonMin} letters.", "Name the person's request or the rule: --reason \"…\".");
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<StoredErasure>>(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            var found = await FindAsync(session, caller, personId, cancel);
            if (!found.TryGet(out var person)) return Result<StoredErasure>.Refuse(found.Problems);
            var obstacles = await ErasureStore.ObstaclesAsync(session, caller.ProvinceCode, person.RecipientId, Today().ToYearMonth().Key(), cancel);
            if (WhyNot(person, obstacles, obstacles.OpenErasure) is { } not) return not;
            var line = Line(person, Today());
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"people.erase {personId} after {last}"), "people.erase_ask", OperationLog.RequestHash(personId, reason), caller.UserName, at, cancel);
            var number = await ErasureStore.AskAsync(session, caller.ProvinceCode, person.RecipientId, (line.Ground, line.DueOn, reason.Trim()), caller.UserName, at, start.OperationNo, cancel);
            var said = JsonText.Write(new { erasure = number, person_id = personId, ground = line.Ground, due_on = line.DueOn });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            return (await ErasureStore.ListAsync(session, caller.ProvinceCode, number, 1, cancel))[0];
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>Erasures that wait or were decided, the latest first.</summary>
    public async Task<Result<IReadOnlyList<StoredErasure>>> ListAsync(Caller caller, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleErase) is { } lacking) return lacking;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredErasure>>.Ok(await ErasureStore.ListAsync(session, caller.ProvinceCode, 0, PageRows, cancel));
    }

    /// <summary>Decides an erasure as the second person. Approved, it is done in the same transaction and cannot be undone.</summary>
    /// <param name="caller">An approver who did not ask for it and has just shown the second factor.</param>
    /// <param name="erasureNo">Its number.</param>
    /// <param name="approve">True erases; false leaves everything as it is.</param>
    /// <param name="remark">Why not, where it is rejected.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <returns>Refused: <c>erasure.unknown</c>, <c>not_allowed.erasure_decided</c>, <c>not_allowed.erasure_by_two_persons</c>, <c>not_allowed.step_up</c>, and what stands against it by now.</returns>
    public async Task<Result<ErasureDone>> DecideAsync(Caller caller, int erasureNo, bool approve, string? remark, CancellationToken cancel = default)
    {
        var at = clock.GetCurrentInstant();
        if ((caller.Lacks(approve ? AccessRules.PeopleEraseApprove : AccessRules.PeopleEraseReject) ?? caller.LacksProof(at)) is { } lacking) return lacking;
        // Rows that nobody may change are emptied by their owner, in the transaction that keeps who decided it.
        await using var session = await database.OwnerAsync(cancel);
        return await session.InTransactionAsync<Result<ErasureDone>>(async () =>
        {
            await PeopleStore.OneAtATimeAsync(session, cancel);
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            if ((await ErasureStore.ListAsync(session, caller.ProvinceCode, erasureNo, 1, cancel)) is not [var erasure]) return new Problem("erasure.unknown", $"There is no erasure {erasureNo}.", "See: payengine people erase");
            if (erasure.IsApproved is not null) return new Problem("not_allowed.erasure_decided", $"Erasure {erasureNo} was decided by {erasure.AnsweredBy}.", "Nothing is left to do.");
            if (erasure.AskedBy == caller.UserName) return new Problem("not_allowed.erasure_by_two_persons", "An erasure is decided by another person than the one who asked for it.", "A colleague decides.");
            if (approve)
            {
                var found = await FindAsync(session, caller, erasure.PersonId, cancel);
                if (!found.TryGet(out var person)) return Result<ErasureDone>.Refuse(found.Problems);
                var obstacles = await ErasureStore.ObstaclesAsync(session, caller.ProvinceCode, erasure.RecipientId, Today().ToYearMonth().Key(), cancel);
                if (WhyNot(person, obstacles, null) is { } not) return not;
            }

            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"people.erase answer {erasureNo}"), approve ? "people.erase" : "people.erase_reject",
                OperationLog.RequestHash(erasureNo.ToString(CultureInfo.InvariantCulture), approve ? "yes" : "no"), caller.UserName, at, cancel);
            await ErasureStore.AnswerAsync(session, caller.ProvinceCode, erasure, approve, caller.UserName, remark?.Trim(), at, start.OperationNo, cancel);
            IReadOnlyDictionary<string, long> emptied = approve
                ? (await ErasureStore.EraseAsync(session, caller.ProvinceCode, erasure, start.OperationNo, cancel)).ToDictionary(table => table.TableName, table => table.Items) : new Dictionary<string, long>();
            var said = JsonText.Write(new { erasure = erasureNo, person_id = erasure.PersonId, approved = approve, emptied });
            await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, said, said, at, cancel);
            var done = (await ErasureStore.ListAsync(session, caller.ProvinceCode, erasureNo, 1, cancel))[0];
            return new ErasureDone(done, start.OperationNo, emptied, approve ? Stays : []);
        }, result => result.IsOk, cancel: cancel);
    }

    /// <summary>What an erasure does not reach, and why.</summary>
    static readonly IReadOnlyList<string> Stays =
    [
        "Bank files as sent and answers as received, in the archive: sealed by their digest, vouchers of the accounts; kept ten years after the end of the year they were paid in, then deleted by file.",
        "Bundles of runs and printed papers that were handed out: they are with whoever holds them.",
        "Register files in the archive: they hold many people; kept as long as the youngest payment made from them, then deleted by file.",
        "Free words people wrote (notes of cases, receivers of cash, grounds of decisions), names on bank statements, applications of portals: vouchers and records of acts; kept as long as the payments.",
        "Backups made before: they are overwritten in their own course.",
    ];

    Problem? WhyNot(EndedPerson person, ErasureObstacles obstacles, int? waiting)
    {
        if (obstacles.IsErased) return new Problem("erasure.done", $"{person.PersonId} was erased before.", "Nothing is left to do.");
        if (waiting is { } number) return new Problem("erasure.waits", $"Erasure {number} of {person.PersonId} waits for a second person.", $"payengine people erase approve {number}");
        if (obstacles.RunningAwards > 0) return new Problem("erasure.running_award", $"{person.PersonId} has {obstacles.RunningAwards} running award(s): the data are needed to pay them.", "End the awards first, by the decision that ends them.");
        if (obstacles.OpenDrafts > 0) return new Problem("erasure.open_run", $"{person.PersonId} is in a run that is not decided.", "Wait until it is approved, or return it.");
        if (obstacles.OpenCases > 0) return new Problem("erasure.open_case", $"{obstacles.OpenCases} case(s) about payments of {person.PersonId} are open.", "Close them first: payengine case list.");
        var line = Line(person, Today());
        return line.DueOn <= Today() ? null
            : new Problem("erasure.not_due", $"{person.PersonId} was last paid in {line.LastMonth}: records of accounts are kept until {line.DueOn.PlusDays(-1):uuuu-MM-dd}.", $"Ask again from {line.DueOn:uuuu-MM-dd} on (Law 88/2015/QH13; Decree 174/2016/NĐ-CP).");
    }

    static RetentionLine Line(EndedPerson person, LocalDate today) => person.LastMonth is { } last
        ? new RetentionLine(person.PersonId, "retention_over", new LocalDate((last / 100) + YearsKept + 1, 1, 1), Months.FromKey(last).Text())
        : new RetentionLine(person.PersonId, "never_paid", today, null);

    async Task<Result<EndedPerson>> FindAsync(DatabaseSession session, Caller caller, string personId, CancellationToken cancel) =>
        await ErasureStore.EndedAsync(session, caller.ProvinceCode, Today().ToYearMonth().Key(), null, personId, 1, cancel) is [var person] ? person
            : new Problem("person.unknown", $"The register has no person {personId}.", "Give the person_id of the register.");

    LocalDate Today() => clock.GetCurrentInstant().InZone(Zone).Date;
}
