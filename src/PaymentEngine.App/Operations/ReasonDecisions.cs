using System.Globalization;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>What a bank said behind open cases, and how it is read now.</summary>
public sealed record SaidAndRead(SaidReason Said, ReadReason Read);

/// <summary>A rule for words or a code of a bank, and what became of it.</summary>
/// <param name="Touches">Payments with an open case whose reason it reads anew.</param>
/// <param name="Redecided">Cases that were decided anew when it was approved.</param>
public sealed record ReasonRuleView(int RuleNo, string State, string Kind, string Said, string Code, string Profile, string MadeBy, int Touches, int Redecided, bool AlreadyDone = false);

/// <summary>Words and codes of banks that no rule reads go to a person; the decision, approved by a second one, is a rule from then on (F92). The one way in.</summary>
public sealed class ReasonDecisions(Database database, IClock clock)
{
    const int SaidLengthMax = 500;

    static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"];

    /// <summary>What banks said behind the open cases of failed payments, the commonest first.</summary>
    /// <param name="caller">A reconciler or auditor of the whole province.</param>
    /// <param name="unmappedOnly">Only what nobody can read yet.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<IReadOnlyList<SaidAndRead>>> ListAsync(Caller caller, bool unmappedOnly, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ReasonList) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        var rules = await ReasonRules.LoadAsync(session, caller.ProvinceCode, cancel);
        var said = await ReasonStore.SaidAsync(session, caller.ProvinceCode, cancel);
        return said.Select(one => new SaidAndRead(one, rules.For(one.Profile).Of(one.Code, one.Text))).Where(one => !unmappedOnly || one.Read.IsUnmapped).ToList();
    }

    /// <summary>Reads words by the phrases of the program alone.</summary>
    public static ReadReason Read(string text) => ReasonRules.Program.Of(null, text);

    /// <summary>Every rule, decided or waiting, by number.</summary>
    public async Task<Result<IReadOnlyList<StoredReasonRule>>> RulesAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ReasonList) is { } refused) return refused;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Result<IReadOnlyList<StoredReasonRule>>.Ok(await ReasonStore.RulesAsync(session, caller.ProvinceCode, cancel));
    }

    /// <summary>Proposes what some words, or a code of a bank's own, mean. It counts once another person has approved it.</summary>
    /// <param name="caller">A reconciler of the whole province.</param>
    /// <param name="said">The words, the code, or an entry (<c>7/12</c>) that says them.</param>
    /// <param name="isOwnCode">It is a code of the bank's own, not words.</param>
    /// <param name="code">Of the reason policy.</param>
    /// <param name="profile">Id of the bank profile it is for; null: every bank.</param>
    /// <param name="why">On what ground; it is kept.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public async Task<Result<ReasonRuleView>> ProposeAsync(Caller caller, string said, bool isOwnCode, string code, string? profile, string why, CancellationToken cancel)
    {
        if (caller.Lacks(AccessRules.ReasonPropose) is { } refused) return refused;
        if (string.IsNullOrWhiteSpace(why)) return new Problem("usage.why_missing", "A rule needs its ground.", "Say on what ground: --why \"…\".");
        if (!ReasonRules.Policy.Knows(code)) return new Problem("reason.unknown_code", $"'{code}' is not a code of the reason policy.", "Use one of codes/reason-codes.csv, for example AC04; 0000 for words that say the payment succeeded.");
        if (profile is not null && BankProfiles.Find(profile) is null) return new Problem("reason.unknown_bank", $"There is no bank profile '{profile}'.", "See them: payengine bank profile list.");
        var at = Now();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ReasonRuleView>>(async () =>
        {
            var kind = isOwnCode ? "code" : "text";
            if (!isOwnCode && EntryNumbers.TryParse(said, out var entry))
            {
                if (await ReasonStore.WordsOfAsync(session, province, entry.ImportNo, entry.EntryNo, entry.DetailNo, cancel) is not { } words || (words.Code ?? words.Text) is null)
                    return new Problem("reason.nothing_said", $"Entry {entry} gives no reason.", "See what banks said: payengine reason list.");
                (kind, said) = words.Text is { } text ? ("text", text) : ("code", words.Code!);
            }

            said = said.Trim();
            if (said.Length is 0 or > SaidLengthMax) return new Problem("usage.reason_said", "Words for a rule are between 1 and 500 characters.", "Give the part of the bank's sentence that says the reason.");
            if (kind == "code" && ReasonRules.Policy.Knows(said)) return new Problem("reason.known_code", $"'{said}' is a code of the external lists and speaks for itself.", "Only a code of the bank's own is given a meaning.");
            if (kind == "text" && BankTextWords.Of(said).Sum(word => word.Length) < 6)
                return new Problem("reason.too_short", $"'{said}' is too short: it would be found in sentences that say something else.", "Give at least six letters that say the reason.");
            await ReasonStore.LockAsync(session, province, cancel);
            var rules = await ReasonStore.RulesAsync(session, province, cancel);
            if (rules.FirstOrDefault(rule => rule.Decision != "rejected" && rule.Kind == kind && rule.Said == said && rule.Code == code && rule.Profile == (profile ?? "")) is { } same)
                return View(same, 0, 0) with { AlreadyDone = true };
            var ruleNo = rules.Count + 1;
            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"reason.propose {ruleNo}"), "reason.propose", OperationLog.RequestHash(kind, said, code, profile ?? ""), caller.UserName, at, cancel);
            await ReasonStore.ProposeAsync(session, province, ruleNo, profile ?? "", kind, said, code, why.Trim(), caller.UserName, at, start.OperationNo, cancel);
            var touches = await TouchesAsync(session, province, kind, said, code, profile, cancel);
            var json = JsonText.Write(new { rule = ruleNo, kind, said, code, profile, why, touches });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, json, json, at, cancel);
            return new ReasonRuleView(ruleNo, "pending", kind, said, code, profile ?? "", caller.UserName, touches, 0);
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    /// <summary>Makes a proposed rule count. Cases whose reason it reads anew are decided anew; nothing goes to cash by that alone.</summary>
    /// <param name="caller">A reconciler or approver of the whole province who did not propose it.</param>
    /// <param name="ruleNo">The rule.</param>
    /// <param name="cancel">Cancels before anything is kept.</param>
    public Task<Result<ReasonRuleView>> ApproveAsync(Caller caller, int ruleNo, CancellationToken cancel) => DecideAsync(caller, ruleNo, true, null, cancel);

    /// <summary>Refuses a proposed rule, or takes an own one back.</summary>
    public async Task<Result<ReasonRuleView>> RejectAsync(Caller caller, int ruleNo, string remark, CancellationToken cancel) =>
        string.IsNullOrWhiteSpace(remark) ? new Problem("usage.remark_missing", "A rule is rejected with a remark.", "Say why: --remark \"…\".") : await DecideAsync(caller, ruleNo, false, remark.Trim(), cancel);

    async Task<Result<ReasonRuleView>> DecideAsync(Caller caller, int ruleNo, bool approved, string? remark, CancellationToken cancel)
    {
        if ((caller.Lacks(AccessRules.ReasonDecide) ?? (approved ? caller.LacksProof(Now()) : null)) is { } refused) return refused;
        var at = Now();
        var province = caller.ProvinceCode;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return await session.InTransactionAsync<Result<ReasonRuleView>>(async () =>
        {
            // Its consequences move cases: it waits for answers that are being applied.
            await FactStore.LockAsync(session, province, cancel);
            await ReasonStore.LockAsync(session, province, cancel);
            if ((await ReasonStore.RulesAsync(session, province, cancel)).FirstOrDefault(one => one.RuleNo == ruleNo) is not { } rule)
                return new Problem("reason.unknown_rule", string.Create(CultureInfo.InvariantCulture, $"There is no rule {ruleNo}."), "See them: payengine reason list --rules.");
            var decision = approved ? "approved" : "rejected";
            if (rule.Decision == decision && rule.DecidedBy == caller.UserName) return View(rule, 0, 0) with { AlreadyDone = true };
            if (rule.Decision is { } before) return new Problem("not_allowed.rule_decided", string.Create(CultureInfo.InvariantCulture, $"Rule {ruleNo} was {before} by {rule.DecidedBy}."), "A decision stands; propose another rule for the same words to change it.");
            if (approved && rule.MadeBy == caller.UserName)
                return new Problem("not_allowed.own_rule", string.Create(CultureInfo.InvariantCulture, $"{caller.UserName} proposed rule {ruleNo} and cannot approve it."), "A colleague who had no part in it approves.");
            var start = await OperationLog.BeginAsync(session, province, string.Create(CultureInfo.InvariantCulture, $"reason.{decision} {ruleNo}"), $"reason.{decision}", OperationLog.RequestHash(rule.Said, rule.Code, caller.UserName), caller.UserName, at, cancel);
            await ReasonStore.DecideAsync(session, province, rule, approved, caller.UserName, remark, at, start.OperationNo, cancel);
            var redecided = approved ? await ReviewAsync(session, province, at, start.OperationNo, cancel) : 0;
            var json = JsonText.Write(new { rule = ruleNo, decision, rule.Kind, rule.Said, rule.Code, rule.MadeBy, remark, redecided });
            await OperationLog.CompleteAsync(session, province, start.OperationNo, json, json, at, cancel);
            return View(rule with { Decision = decision }, 0, redecided);
        }, result => result is { IsOk: true, Value.AlreadyDone: false }, cancel: cancel);
    }

    /// <summary>Reads the reasons behind every open case of a failed payment anew.</summary>
    static async Task<int> ReviewAsync(DatabaseSession session, short province, Instant at, long operationNo, CancellationToken cancel)
    {
        var outcomes = new AnswerOutcomes(session, province, await ReasonRules.LoadAsync(session, province, cancel), BankingCalendars.VietNam, at, at.InZone(Zone).Date, operationNo);
        var book = new OrderBook(session, province, new OrderedLines());
        var open = new Dictionary<SentFile, List<CaseToReview>>();
        foreach (var one in await ReasonStore.ReviewAsync(session, province, cancel))
        {
            if (await book.LoadAsync(new FactRow(FactTarget.Attempt, one.Month, one.RunNo, one.LineNo, one.Attempt), cancel) is not { } file) continue;
            if (!open.TryGetValue(file, out var cases)) open[file] = cases = [];
            cases.Add(one);
        }

        var redecided = 0;
        foreach (var (file, cases) in open.OrderBy(pair => (pair.Key.Order.Month, pair.Key.Order.FileNo))) redecided += await outcomes.ReviewAsync(file, cases, cancel);
        await outcomes.SaveAsync(cancel);
        return redecided;
    }

    static async Task<int> TouchesAsync(DatabaseSession session, short province, string kind, string said, string code, string? profile, CancellationToken cancel)
    {
        var alone = new ReasonReading(ReasonRules.Policy, new BankTexts(kind == "text" ? [new BankTextRule(said, code, ReasonRules.DecidedConfidence, "proposed")] : [], ReasonRules.Policy),
            kind == "code" ? new Dictionary<string, string> { [said] = code } : new Dictionary<string, string>());
        return (await ReasonStore.SaidAsync(session, province, cancel)).Where(one => (profile is null || one.Profile == profile) && alone.Of(one.Code, one.Text) is { IsUnmapped: false } read && read.Rule.Code == code
            && (read.By is not null || one.Code == said)).Sum(one => one.Payments);
    }

    static ReasonRuleView View(StoredReasonRule rule, int touches, int redecided) =>
        new(rule.RuleNo, rule.Decision ?? "pending", rule.Kind, rule.Said, rule.Code, rule.Profile, rule.MadeBy, touches, redecided);

    Instant Now() => Instant.FromUnixTimeTicks(clock.GetCurrentInstant().ToUnixTimeTicks() / 10 * 10);
}

/// <summary>An entry as people write it: <c>7/12</c>, or <c>7/12/3</c> for one of its details.</summary>
public static class EntryNumbers
{
    public static bool TryParse(string text, out EntryNumber number)
    {
        number = default;
        var parts = text.Trim().Split('/');
        if (parts.Length is not (2 or 3)) return false;
        var numbers = new int[3];
        for (var i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || (numbers[i] == 0 && i < 2)) return false;
        number = new(numbers[0], numbers[1], numbers[2]);
        return true;
    }
}
