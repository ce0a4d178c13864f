using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Operations.Access;

/// <summary>Pairs of acts that one person may not hold on one run (F55), and the constraint of the store that keeps each, whoever writes.</summary>
/// <param name="First">One act.</param>
/// <param name="Second">The other; another person's.</param>
/// <param name="Constraint">Name of the constraint or trigger.</param>
/// <param name="Message">What is said to whoever holds both.</param>
/// <param name="Remedy">What to do.</param>
public sealed record DutyPair(string First, string Second, string Constraint, string Message, string Remedy);

/// <summary>The list of them; docs/access.md is drawn from it.</summary>
public static class DutyPairs
{
    const string Colleague = "A colleague who had no part in it does this.";

    public static readonly IReadOnlyList<DutyPair> All =
    [
        new("makes a run", "approves it, any level", "approver_is_not_maker", "Whoever made a run cannot approve it.", Colleague),
        new("plans, changes, submits a run, declares its totals, or asked for an account that it is the first to pay", "approves it, any level", "approver_has_no_part", "Whoever had a part in a run cannot approve it.", Colleague),
        new("makes a run", "approves a lower level of it", "level_approver_is_not_maker", "Whoever made a run cannot approve it.", Colleague),
        new("approves one level of a run", "approves another level of it", "one_level_a_person", "One person gives one level of a run's approval.", Colleague),
        new("makes or changes a run, where the rules of runs ask for three people", "submits it", "checker_has_no_part", "Whoever made or changed a run cannot check it.", "A checker who had no part in it submits it."),
        new("approves a run", "hands its files over", "releaser_is_not_approver", "Whoever approved a run cannot hand its files over.", "A maker hands them over."),
        new("approves a run", "records that its cash was paid out", "cashier_is_not_approver", "Whoever approved a run cannot record the results of its cash.", "A cash officer without a part in the approval does this."),
        new("asks for other execution days", "approves them", "window_approver_is_another", "Other execution days are approved by another person.", Colleague),
        new("asks for the release of a held sum, where two are needed", "approves it", "release_by_two_people", "A release is approved by another person.", Colleague),
        new("asks for another way of a held sum", "approves it", "redirected_by_two_people", "Another way is approved by another person.", Colleague),
        new("asks for another account", "approves it", "account_approver_is_not_maker", "An account is approved by another person.", Colleague),
        new("asks for a change of a right to receive", "approves it", "payee_approver_is_not_maker", "A change of a payee is approved by another person.", Colleague),
        new("proposes a decision about a failed payment", "approves it", "decision_approver_is_not_maker", "A decision is approved by another person.", Colleague),
        new("proposes the end of a dispute", "approves it", "settled_by_two_persons", "A dispute is settled by two persons.", Colleague),
        new("confirms a bank's result list", "confirms it as the second", "list_confirmed_by_two", "A list is confirmed by two persons.", Colleague),
        new("proposes the correction of a cash result", "accepts it", "correction_decided_by_another", "A correction is decided by another person.", Colleague),
        new("proposes giving sums back to the budget", "decides it", "give_back_decided_by_another", "Giving back is decided by another person.", Colleague),
        new("proposes a suspension", "decides it", "suspension_decided_by_another", "A suspension is decided by another person.", Colleague),
        new("sets a flag on an account", "ends it", "flag_ends_by_another", "A flag is ended by another person.", Colleague),
        new("loads law", "approves it", "law_approver_is_not_maker", "Law is approved by another person.", Colleague),
        new("proposes a rule for reasons", "approves it", "reason_approver_is_not_maker", "A rule for reasons is approved by another person.", Colleague),
        new("loads rules of runs", "approves them", "rules_approver_is_not_loader", "Rules of runs are approved by another person.", Colleague),
        new("asks for the erasure of a person", "approves it", "erasure_by_two_persons", "An erasure is decided by another person.", Colleague),
        new("is stopped from reading on", "lets that person read on", "nobody_lifts_their_own", "Nobody lifts the stop of their own reading.", "An administrator and an auditor do it, both others."),
        new("asks for an exception (break-glass)", "grants it", "nobody_grants_themselves", "Nobody grants an exception to themselves.", "An administrator or chief approver who did not ask grants it."),
    ];

    /// <summary>The refusal of a pair by the name of its constraint; null where it is none of them. Exit code 4.</summary>
    public static Problem? RefusalOf(string constraint) =>
        All.FirstOrDefault(pair => pair.Constraint == constraint) is { } held ? new Problem($"not_allowed.{held.Constraint}", held.Message, held.Remedy) : null;

    /// <summary>Why somebody with a part in a run cannot approve it. Exit code 4.</summary>
    /// <param name="person">Who.</param>
    /// <param name="run">The run.</param>
    /// <param name="part">As the store names it: <c>made</c>, <c>submitted</c>, <c>changed</c>, <c>declared</c>, <c>account</c>.</param>
    public static Problem OwnRun(string person, RunId run, string part) => part switch
    {
        "account" => new("not_allowed.own_account", $"{person} asked for an account that run {run} is the first to pay, and cannot approve it.", "A colleague who had no part in it approves."),
        "declared" => new("not_allowed.own_run", $"{person} declared the control totals of run {run} and cannot approve it.", "A colleague who had no part in it approves."),
        _ => new("not_allowed.own_run", $"{person} made, changed or submitted run {run} and cannot approve it.", "A colleague who had no part in it approves."),
    };
}
