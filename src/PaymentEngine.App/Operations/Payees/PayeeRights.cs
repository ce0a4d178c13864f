using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Accounts;

namespace PaymentEngine.App.Operations.Payees;

/// <summary>The paper a right is renewed by (căn cứ nhận thay).</summary>
/// <param name="Kind">What it is: giấy ủy quyền, quyết định cử người giám hộ …</param>
/// <param name="Number">Its number.</param>
/// <param name="Day">Its day.</param>
/// <param name="Issuer">Who issued or certified it.</param>
public sealed record RightBasis(string Kind, string Number, LocalDate Day, string Issuer);

/// <summary>Rights to take other people's money: guardians, carers, authorised persons, heads of household; whose term ends, whose paper wants its yearly look, renewed or ended by two people (F10, F11).</summary>
/// <remarks>A right that ends holds that person's money and nobody else's. No act read so far fixes the form or term of an authorisation (law/README §4.2); a year between two looks is the custom of a city's decision (49/2012, TP.HCM) and ours.</remarks>
public sealed class PayeeRights(Database database, IClock clock)
{
    /// <summary>Rights that ended so many days ago are listed still: somebody's money waits for them.</summary>
    const int PastDays = 62;

    const int DaysMax = 366;

    const int TextLengthMax = 500;

    readonly Casework casework = new(database, clock);

    /// <summary>All rights recorded for a person, ended ones too.</summary>
    /// <returns>Refused: <c>payee.unknown_person</c>.</returns>
    public async Task<Result<IReadOnlyList<StoredRight>>> OfPersonAsync(Caller caller, string personId, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var rights = await PayeeChangeStore.OfPersonAsync(session, caller.ProvinceCode, personId, cancel);
        return rights.Count > 0 ? Result<IReadOnlyList<StoredRight>>.Ok(rights) : Unknown(personId);
    }

    /// <summary>Rights of others whose term ends within so many days or has ended lately, and papers whose yearly look is due by then; the soonest first.</summary>
    /// <param name="caller">Sees those of their communes.</param>
    /// <param name="days">0 to 366.</param>
    /// <param name="cancel">Stops the statement.</param>
    public async Task<Result<(LocalDate Today, IReadOnlyList<StoredRight> Rights)>> ExpiringAsync(Caller caller, int days, CancellationToken cancel = default)
    {
        if (days is < 0 or > DaysMax) return new Problem("usage.days", $"{days} is no number of days to look ahead.", $"Give 0 to {DaysMax}.");
        var (_, today) = casework.Times();
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return (today, await PayeeChangeStore.ExpiringAsync(session, caller.ProvinceCode, today.PlusDays(-PastDays), today.PlusDays(days), cancel));
    }

    /// <summary>Changes that wait for an answer.</summary>
    public async Task<IReadOnlyList<PayeeChange>> WaitingAsync(Caller caller, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await PayeeChangeStore.ChangesAsync(session, caller.ProvinceCode, 0, cancel);
    }

    /// <summary>Asks that a right runs on, by a new paper. It does once another person has approved it.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="personId">Whose money it is.</param>
    /// <param name="payeeNo">The right.</param>
    /// <param name="to">Its last day from now on: after the one it has, and not past.</param>
    /// <param name="basis">The paper.</param>
    /// <param name="reason">Why, or what was seen; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<PayeeChange>> RenewAsync(Caller caller, string personId, int payeeNo, LocalDate to, RightBasis basis, string reason, CancellationToken cancel = default) =>
        ProposeAsync(caller, "renew", personId, payeeNo, to, basis, reason, (right, today) =>
        {
            if (to < today || to <= right.ValidTo) return new Problem("payee.term", $"The right of {right.PayeeName} runs until {Day(right.ValidTo)}; {ViText.Date(to)} is not later, or past.", "Give a later last day.");
            if (right.ValidTo is null) return new Problem("payee.term", $"The right of {right.PayeeName} has no last day: there is nothing to renew.", "Record the yearly look instead (payengine payee check), or end it (payengine payee end).");
            if (basis.Day > today) return new Problem("payee.basis", $"A paper of {ViText.Date(basis.Day)} is not written yet.", "Correct --basis-on.");
            return basis.Day < right.ValidFrom ? new Problem("payee.basis", $"A paper of {ViText.Date(basis.Day)} is older than the right itself ({Day(right.ValidFrom)}).", "A right is renewed by a new paper.") : null;
        }, cancel);

    /// <summary>Asks that a right ends. It does once another person has approved it; what is due after that day waits for whoever is recorded next.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="personId">Whose money it is.</param>
    /// <param name="payeeNo">The right.</param>
    /// <param name="on">Its last day.</param>
    /// <param name="reason">Why; it is kept.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public Task<Result<PayeeChange>> EndAsync(Caller caller, string personId, int payeeNo, LocalDate on, string reason, CancellationToken cancel = default) =>
        ProposeAsync(caller, "end", personId, payeeNo, on, null, reason, (right, _) => right.ValidTo <= on || on < right.ValidFrom
            ? new Problem("payee.term", $"The right of {right.PayeeName} runs from {Day(right.ValidFrom)} to {Day(right.ValidTo)}: {ViText.Date(on)} ends nothing.", "Give a day inside the term.") : null, cancel);

    /// <summary>Approves or rejects a change. Approved, it is a version of the register at once.</summary>
    /// <param name="caller">An account editor or approver who did not ask; whoever asked may take it back.</param>
    /// <param name="changeNo">The change.</param>
    /// <param name="rejection">Null approves; else why it is rejected.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<PayeeChange>> AnswerAsync(Caller caller, int changeNo, string? rejection, CancellationToken cancel = default)
    {
        if ((caller.Lacks(AccessRules.PayeeReject) ?? (rejection is null ? caller.LacksProof(clock.GetCurrentInstant()) : null)) is { } lacks) return lacks;
        if (rejection is not null && Casework.Text(rejection) is null) return new Problem("usage.remark_missing", "A change is rejected with a remark.", "Say why: --remark \"…\".");
        return await ActAsync(caller, rejection is null ? "payee.approve" : "payee.reject", [changeNo.ToString(CultureInfo.InvariantCulture), rejection ?? ""], async (session, _, by) =>
        {
            if (await PayeeChangeStore.ChangesAsync(session, caller.ProvinceCode, changeNo, cancel) is not [var change] || !Sees(caller, change.CommuneId)) return new Problem("payee.unknown_change", $"There is no change {changeNo} of a right.", "See them: payengine payee changes.");
            if (change.State != "proposed") return new Problem("not_allowed.no_change", $"Change {changeNo} was answered ({change.State}).", "See the right: payengine payee list --person ID.");
            if ((rejection is null || change.MadeBy != caller.UserName) && caller.Lacks(Role.AccountEditor, Role.Approver) is { } lacksRole) return lacksRole;
            if (rejection is null && change.MadeBy == caller.UserName) return new Problem("not_allowed.own_change", $"{caller.UserName} asked for change {changeNo} and cannot approve it.", "A colleague who had no part in it approves.");
            await PayeeChangeStore.AnswerAsync(session, caller.ProvinceCode, changeNo, Casework.Text(rejection), by, cancel);
            return changeNo;
        }, cancel);
    }

    /// <summary>Records the yearly look at the paper of a right: it still holds, and the money reaches whom it is for.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="personId">Whose money it is.</param>
    /// <param name="payeeNo">The right.</param>
    /// <param name="on">The day of the look; null: today.</param>
    /// <param name="source">What was looked at, with whom was spoken.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    public async Task<Result<IReadOnlyList<StoredRight>>> CheckAsync(Caller caller, string personId, int payeeNo, LocalDate? on, string source, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PayeeCheck) is { } lacks) return lacks;
        if (Casework.Text(source) is not { } seen || seen.Length > TextLengthMax) return new Problem("usage.source_missing", "A yearly look says what was looked at, in at most 500 characters.", "Say it: --source \"gặp người giám hộ ngày …, giấy còn hiệu lực\".");
        var done = await InTransactionAsync(caller, "payee.check", [personId, payeeNo.ToString(CultureInfo.InvariantCulture), Day(on), seen], async (session, today, by) =>
        {
            var found = await RightAsync(session, caller, personId, payeeNo, cancel);
            if (!found.TryGet(out var right)) return Result<int>.Refuse(found.Problems);
            if (right.ReviewDueOn is null) return new Problem("payee.no_paper", $"{right.PayeeName} takes the money in a capacity that needs no yearly look.", "Look at guardians, carers, foster families, authorised persons and worshippers.");
            var day = on ?? today;
            if (day > today || day <= right.ReviewedOn) return new Problem("payee.review_day", $"A look on {ViText.Date(day)} is to come, or not after the last one{(right.ReviewedOn is { } last ? $" ({ViText.Date(last)})" : "")}.", "Give the day on which it was done.");
            await PayeeChangeStore.ReviewAsync(session, caller.ProvinceCode, right.PayeeNo, day, seen, by, cancel);
            return right.PayeeNo;
        }, cancel);
        return done.IsOk ? await OfPersonAsync(caller, personId, cancel) : Result<IReadOnlyList<StoredRight>>.Refuse(done.Problems);
    }

    async Task<Result<PayeeChange>> ProposeAsync(Caller caller, string kind, string personId, int payeeNo, LocalDate to, RightBasis? basis, string reason, Func<StoredRight, LocalDate, Problem?> judge, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.PayeeRenew) is { } lacks) return lacks;
        if (Casework.Text(reason) is not { } why) return new Problem("usage.reason_missing", "A right is changed with a reason.", "Say why: --reason \"…\".");
        if (new[] { why, basis?.Kind, basis?.Number, basis?.Issuer }.Any(text => text?.Length > TextLengthMax)) return new Problem("usage.text_long", "A text is at most 500 characters.", "Shorten it.");
        if (basis is not null && (Casework.Text(basis.Kind) is null || Casework.Text(basis.Number) is null || Casework.Text(basis.Issuer) is null))
            return new Problem("payee.basis", "A right runs on by a paper: what it is, its number, its day and who issued it.", "Give --basis, --basis-no, --basis-on and --issuer.");
        return await ActAsync(caller, $"payee.{kind}", [personId, payeeNo.ToString(CultureInfo.InvariantCulture), ViText.Date(to), basis?.ToString() ?? "", why], async (session, today, by) =>
        {
            var found = await RightAsync(session, caller, personId, payeeNo, cancel);
            if (!found.TryGet(out var right)) return Result<int>.Refuse(found.Problems);
            if (right.Role == (short)PayeeRole.Self) return new Problem("payee.own_right", $"{right.PayeeName} takes their own money: that right has no term to renew or end.", "What changes of it comes with payees.csv.");
            if (judge(right, today) is { } refused) return refused;
            if ((await PayeeChangeStore.ChangesAsync(session, caller.ProvinceCode, 0, cancel)).FirstOrDefault(one => one.PayeeNo == right.PayeeNo) is { } waits)
                return new Problem("not_allowed.change_waits", $"Change {waits.ChangeNo} of this right waits for an answer.", $"Another person answers it: payengine payee approve {waits.ChangeNo} | payengine payee reject {waits.ChangeNo} --remark ….");
            return await PayeeChangeStore.InsertAsync(session, caller.ProvinceCode, new PayeeChange
            {
                Kind = kind, CommuneId = right.CommuneId, PayeeNo = right.PayeeNo, PayeeVersion = right.Version, ValidTo = to, Basis = Casework.Text(basis?.Kind), BasisNo = Casework.Text(basis?.Number), BasisOn = basis?.Day, BasisIssuer = Casework.Text(basis?.Issuer), Reason = why,
            }, by, cancel);
        }, cancel);
    }

    static async Task<Result<StoredRight>> RightAsync(DatabaseSession session, Caller caller, string personId, int payeeNo, CancellationToken cancel)
    {
        var rights = (await PayeeChangeStore.OfPersonAsync(session, caller.ProvinceCode, personId, cancel)).Where(right => Sees(caller, right.CommuneId)).ToList();
        if (rights.Count == 0) return Unknown(personId);
        return rights.FirstOrDefault(right => right.PayeeNo == payeeNo) is { } found ? found
            : new Problem("payee.unknown_right", $"'{personId}' has no right {payeeNo}; recorded are {string.Join("; ", rights.Select(right => string.Create(CultureInfo.InvariantCulture, $"{right.PayeeNo} {right.PayeeName}")))}.", "Name one of them with --payee N.");
    }

    static bool Sees(Caller caller, int commune) => caller.Communes is null || caller.Communes.Contains(commune);

    static string Day(LocalDate? day) => day is { } one ? ViText.Date(one) : "–";

    static Problem Unknown(string personId) => new("payee.unknown_person", $"The register knows nobody who takes the money of '{personId}' here.", "Use the person_id of the register; a person of another commune is another office's.");

    async Task<Result<PayeeChange>> ActAsync(Caller caller, string kind, IReadOnlyList<string> request, Func<DatabaseSession, LocalDate, (string Person, Instant At, long OperationNo), Task<Result<int>>> act, CancellationToken cancel)
    {
        var done = await InTransactionAsync(caller, kind, request, act, cancel);
        if (!done.TryGet(out var changeNo)) return Result<PayeeChange>.Refuse(done.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return (await PayeeChangeStore.ChangesAsync(session, caller.ProvinceCode, changeNo, cancel))[0];
    }

    async Task<Result<int>> InTransactionAsync(Caller caller, string kind, IReadOnlyList<string> request, Func<DatabaseSession, LocalDate, (string Person, Instant At, long OperationNo), Task<Result<int>>> act, CancellationToken cancel)
    {
        var (now, today) = casework.Times();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<int>>(async () =>
        {
            // Changes of the register's rights wait for those of accounts and of money, as those do for each other.
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, string.Create(CultureInfo.InvariantCulture, $"{kind} after {last}"), kind, OperationLog.RequestHash([caller.UserName, .. request]), caller.UserName, now, cancel);
            var answer = await act(session, today, (caller.UserName, now, start.OperationNo));
            if (answer.TryGet(out var number)) await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, JsonText.Write(new { number }), JsonText.Write(new { number, said = request }), now, cancel);
            return answer;
        }, result => result.IsOk, cancel: cancel);
    }
}
