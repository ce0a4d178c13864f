using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Cases;

namespace PaymentEngine.App.Operations.Accounts;

/// <summary>Accounts of payees without a failed payment: asked for, answered by another person, used after the wait; wishes; history.</summary>
/// <remarks>A change becomes a version of the register by the look after the cases (<see cref="CaseRepairs.SettleAsync"/>), which every plan and reconcile does.</remarks>
public sealed class PayeeAccounts(Database database, IClock clock)
{
    readonly Casework casework = new(database, clock);

    /// <summary>What waits for an answer or for its day; with a person, all that was ever asked for them.</summary>
    public async Task<Result<IReadOnlyList<AccountChange>>> ListAsync(Caller caller, string? personId, CancellationToken cancel)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<AccountChange>>.Ok(await AccountChangeStore.StandingAsync(session, caller.ProvinceCode, personId, cancel));
    }

    /// <summary>The accounts and wishes of a person's payees over time, as the register knew them.</summary>
    /// <returns>Refused: <c>account.unknown_person</c>.</returns>
    public async Task<Result<IReadOnlyList<AccountEpoch>>> HistoryAsync(Caller caller, string personId, CancellationToken cancel)
    {
        var (_, today) = casework.Times();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var rights = (await AccountChangeStore.RightsAsync(session, caller.ProvinceCode, personId, today, cancel)).Where(right => Sees(caller, right)).ToList();
        if (rights.Count == 0) return Unknown(personId);
        return Result<IReadOnlyList<AccountEpoch>>.Ok(await AccountChangeStore.HistoryAsync(session, caller.ProvinceCode, personId, cancel));
    }

    /// <summary>Asks for another account for a payee. It counts once another person has approved it and its wait is over.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="personId">The recipient, by the register's key.</param>
    /// <param name="payeeNo">Which right, where the person has several; null: the only one.</param>
    /// <param name="account">The account.</param>
    /// <param name="cipher">Seals its number.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    /// <returns>Refused among others: <c>account.no_wish</c>, <c>account.name_differs</c> with the rule, <c>account.same</c>, <c>account.several_payees</c>, <c>not_allowed.change_waits</c>.</returns>
    public async Task<Result<AccountChange>> ProposeAsync(Caller caller, string personId, int? payeeNo, CorrectedAccount account, AccountCipher cipher, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.AccountPropose) is { } lacks) return lacks;
        var read = AccountProposal.Read(account, casework.Times().Today, cipher);
        if (!read.TryGet(out var proposal)) return Result<AccountChange>.Refuse(read.Problems);
        return await ActAsync(caller, "account.propose", [personId, .. proposal.Request], async work =>
        {
            var found = await RightAsync(work, caller, personId, payeeNo, cancel);
            if (!found.TryGet(out var right)) return Result<int>.Refuse(found.Problems);
            if ((await AccountChangeStore.StandingAsync(work.Session, caller.ProvinceCode, personId, cancel)).FirstOrDefault(one => one.PayeeNo == right.PayeeNo && one.State is "proposed" or "approved") is { } waits)
            {
                return new Problem("not_allowed.change_waits", $"An account ending in {waits.AccountTail} is {waits.State} already for {right.PayeeName}.",
                    waits.State == "approved" ? "Wait until it is in use." : waits.CaseNo is { } number ? $"Another person answers it: payengine case approve {number}." : $"Another person answers it: payengine account approve {waits.ChangeNo} | payengine account reject {waits.ChangeNo} --remark ….");
            }

            if (right.Wish != (short)Wish.Yes)
                return new Problem("account.no_wish", $"No wish to be paid by account is recorded for {right.PayeeName}.", $"Record it first: payengine account wish {personId} --yes --source \"…\". An account alone is not a wish.");
            if (account.Programme is null && right.AccountTag is { } now && now.AsSpan().SequenceEqual(proposal.Secret.Tag))
                return new Problem("account.same", $"{right.PayeeName} is paid to this account already.", "Nothing needs to be changed.");
            var judged = await proposal.JudgeAsync(work.Session, caller.ProvinceCode, right.CommuneId, right.PayeeNo, right.PayeeVersion, right.PayeeName, caller.UserName, cancel);
            return judged.TryGet(out var change) ? await AccountChangeStore.InsertAsync(work.Session, caller.ProvinceCode, change, work.Now, work.OperationNo, cancel) : Result<int>.Refuse(judged.Problems);
        }, cancel);
    }

    /// <summary>Approves several accounts that were asked for, as those of a bank's file: all of them or, with every refusal told, none.</summary>
    /// <param name="caller">As of <see cref="AnswerAsync"/>.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="cancel">Cancels between them.</param>
    public async Task<Result<IReadOnlyList<AccountChange>>> ApproveAsync(Caller caller, IReadOnlyList<int> changes, CancellationToken cancel)
    {
        if ((caller.Lacks(AccessRules.AccountApprove) ?? caller.LacksProof(clock.GetCurrentInstant())) is { } lacks) return lacks;
        var approved = await InTransactionAsync(caller, "account.approve", changes.Select(number => number.ToString(CultureInfo.InvariantCulture)), null, async work =>
        {
            var problems = new List<Problem>();
            foreach (var number in changes.Distinct())
            {
                var answered = await AnswerOneAsync(work, caller, number, null, cancel);
                if (!answered.IsOk) problems.AddRange(answered.Problems);
            }

            return problems.Count > 0 ? Result<int>.Refuse(problems) : changes.Count;
        }, cancel);
        if (!approved.IsOk) return Result<IReadOnlyList<AccountChange>>.Refuse(approved.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var found = new List<AccountChange>();
        foreach (var number in changes.Distinct()) found.Add(await AccountChangeStore.FindAsync(session, caller.ProvinceCode, number, cancel) ?? throw new InvalidOperationException($"Change {number} is gone."));
        return found;
    }

    /// <summary>Approves or rejects an account that was asked for. Approved, it is used after its wait in banking days.</summary>
    /// <param name="caller">An account editor or approver who did not ask for it; its maker may reject, that is: take it back.</param>
    /// <param name="changeNo">The change, as <c>account list</c> shows it.</param>
    /// <param name="rejection">Null approves; else why it is rejected.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<AccountChange>> AnswerAsync(Caller caller, int changeNo, string? rejection, CancellationToken cancel)
    {
        if ((caller.Lacks(AccessRules.AccountReject) ?? (rejection is null ? caller.LacksProof(clock.GetCurrentInstant()) : null)) is { } lacks) return lacks;
        if (rejection is not null && Casework.Text(rejection) is null) return new Problem("usage.remark_missing", "An account is rejected with a remark.", "Say why: --remark \"…\".");
        return await ActAsync(caller, rejection is null ? "account.approve" : "account.reject", [changeNo.ToString(CultureInfo.InvariantCulture), rejection ?? ""], work => AnswerOneAsync(work, caller, changeNo, rejection, cancel), cancel);
    }

    static async Task<Result<int>> AnswerOneAsync(AccountAct work, Caller caller, int changeNo, string? rejection, CancellationToken cancel)
    {
        if (await AccountChangeStore.FindAsync(work.Session, caller.ProvinceCode, changeNo, cancel) is not { } change || !Sees(caller, change.CommuneId))
            return new Problem("account.unknown_change", $"There is no change {changeNo} of an account.", "See them: payengine account list.");
        if (change.CaseNo is { } caseNo) return new Problem("not_allowed.of_a_case", $"Change {changeNo} belongs to case {caseNo}.", $"Answer it there: payengine case approve {caseNo} | payengine case reject {caseNo} --remark ….");
        if (change.State != "proposed") return new Problem("not_allowed.no_change", $"Change {changeNo} was answered ({change.State}).", "See it: payengine account list.");
        if ((rejection is null || change.MadeBy != caller.UserName) && caller.Lacks(Role.AccountEditor, Role.Approver) is { } lacksRole) return lacksRole;
        if (rejection is null && change.MadeBy == caller.UserName) return new Problem("not_allowed.own_change", $"{caller.UserName} asked for change {changeNo} and cannot approve it.", "A colleague who had no part in it approves.");
        LocalDate? usableOn = rejection is not null ? null : change.WaitDays == 0 ? work.Today : Casework.Calendar.Plus(work.Today, change.WaitDays);
        await AccountChangeStore.StepAsync(work.Session, caller.ProvinceCode, changeNo, rejection is null ? "approved" : "rejected", caller.UserName, Casework.Text(rejection), usableOn, work.Now, work.OperationNo, cancel);
        if (usableOn <= work.Today) await CaseRepairs.ApplyAsync(work.Session, caller.ProvinceCode, change, caller.UserName, work.Now, work.Today, work.OperationNo, cancel);
        return changeNo;
    }

    /// <summary>Records or takes back the wish to be paid by account, with its day. A person who takes it back is paid in cash from the next list on; the account stays known.</summary>
    /// <param name="caller">An account editor or commune officer.</param>
    /// <param name="personId">The recipient, by the register's key.</param>
    /// <param name="payeeNo">Which right, where the person has several; null: the only one.</param>
    /// <param name="wish">Yes or no.</param>
    /// <param name="on">The day it was said; null: today. Not in the future, and not before the day of the wish it replaces.</param>
    /// <param name="source">The paper or call; it is kept with the operation.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<IReadOnlyList<AccountEpoch>>> WishAsync(Caller caller, string personId, int? payeeNo, Wish wish, LocalDate? on, string source, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.AccountWish) is { } lacks) return lacks;
        if (Casework.Text(source) is not { } ground) return new Problem("usage.source_missing", "A wish needs its source.", "Say where it comes from: --source \"phiếu đăng ký số …\".");
        var done = await InTransactionAsync(caller, "account.wish", [personId, payeeNo?.ToString(CultureInfo.InvariantCulture) ?? "", wish.ToString(), on?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) ?? "", ground], $"{personId}: {wish}; {ground}", async work =>
        {
            var found = await RightAsync(work, caller, personId, payeeNo, cancel);
            if (!found.TryGet(out var right)) return Result<int>.Refuse(found.Problems);
            var day = on ?? work.Today;
            if (day > work.Today) return new Problem("account.wish_in_future", $"A wish of {day:uuuu-MM-dd} lies in the future.", "Record it on its day.");
            if (right.WishOn is { } before && day < before) return new Problem("account.wish_older", $"{right.PayeeName} said otherwise later, on {before:uuuu-MM-dd}.", "The latest word stands; record a newer one.");
            if (right.Wish == (short)wish) return new Problem("account.wish_same", $"This wish of {right.PayeeName} is recorded already.", "Nothing needs to be changed.");
            await AccountChangeStore.RecordWishAsync(work.Session, caller.ProvinceCode, right, (short)wish, day, work.Now, work.OperationNo, cancel);
            return right.PayeeNo;
        }, cancel);
        return done.IsOk ? await HistoryAsync(caller, personId, cancel) : Result<IReadOnlyList<AccountEpoch>>.Refuse(done.Problems);
    }

    static bool Sees(Caller caller, PayeeAccount right) => Sees(caller, right.CommuneId);

    static bool Sees(Caller caller, int commune) => caller.Communes is null || caller.Communes.Contains(commune);

    static Problem Unknown(string personId) => new("account.unknown_person", $"The register knows no payee of '{personId}' here.", "Use the person_id of the register; a person of another commune is another office's.");

    static async Task<Result<PayeeAccount>> RightAsync(AccountAct work, Caller caller, string personId, int? payeeNo, CancellationToken cancel)
    {
        var rights = (await AccountChangeStore.RightsAsync(work.Session, caller.ProvinceCode, personId, work.Today, cancel)).Where(right => Sees(caller, right) && (payeeNo is null || right.PayeeNo == payeeNo)).ToList();
        if (rights is [var only]) return only;
        if (rights.Count == 0) return Unknown(personId);
        var each = string.Join("; ", rights.Select(right => string.Create(CultureInfo.InvariantCulture, $"{right.PayeeNo} {right.PayeeName} ({(PayeeRole)right.Role})")));
        return new Problem("account.several_payees", $"'{personId}' has {rights.Count} payees: {each}.", "Name one: --payee N.");
    }

    async Task<Result<AccountChange>> ActAsync(Caller caller, string kind, IEnumerable<string> request, Func<AccountAct, Task<Result<int>>> act, CancellationToken cancel)
    {
        var done = await InTransactionAsync(caller, kind, request, null, act, cancel);
        if (!done.TryGet(out var changeNo)) return Result<AccountChange>.Refuse(done.Problems);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await AccountChangeStore.FindAsync(session, caller.ProvinceCode, changeNo, cancel) ?? throw new InvalidOperationException($"Change {changeNo} is gone.");
    }

    async Task<Result<int>> InTransactionAsync(Caller caller, string kind, IEnumerable<string> request, string? kept, Func<AccountAct, Task<Result<int>>> act, CancellationToken cancel)
    {
        var (now, today) = casework.Times();
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<int>>(async () =>
        {
            // As with cases: what moves money, what plans it and what changes accounts wait for each other.
            await FactStore.LockAsync(session, caller.ProvinceCode, cancel);
            var last = await OutcomeStore.LastOperationAsync(session, caller.ProvinceCode, cancel);
            var key = string.Create(CultureInfo.InvariantCulture, $"{kind} after {last}");
            var start = await OperationLog.BeginAsync(session, caller.ProvinceCode, key, kind, OperationLog.RequestHash([caller.UserName, .. request]), caller.UserName, now, cancel);
            var answer = await act(new(session, now, today, start.OperationNo));
            if (answer.TryGet(out var number)) await OperationLog.CompleteAsync(session, caller.ProvinceCode, start.OperationNo, JsonText.Write(new { number }), JsonText.Write(new { number, said = kept }), now, cancel);
            return answer;
        }, result => result.IsOk, cancel: cancel);
    }

    sealed record AccountAct(DatabaseSession Session, Instant Now, LocalDate Today, long OperationNo);
}
