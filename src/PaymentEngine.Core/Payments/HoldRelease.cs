using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>Where a sum that an approved list holds is to go.</summary>
public enum HoldWay : byte
{
    /// <summary>To whoever the register now says takes it, by account or in cash.</summary>
    AsDue = 1,

    /// <summary>To the same person, in cash.</summary>
    Cash,

    /// <summary>Back to the budget: nobody is to get it.</summary>
    GiveBack,
}

/// <summary>A sum that an approved list holds.</summary>
/// <param name="PersonId">Code of the recipient.</param>
/// <param name="Reason">Why: one of <see cref="HoldReasons"/>.</param>
/// <param name="MoneyOf">Whose money it is, or in what capacity it was to be taken.</param>
/// <param name="AwardIds">The awards of its lines.</param>
/// <param name="CommuneId">Commune of the list: where cash is handed out when the payee's right names no other.</param>
public sealed record HeldSum(string PersonId, string Reason, Programme Programme, PayeeRole MoneyOf, Vnd Amount, IReadOnlyList<string> AwardIds, int CommuneId);

/// <summary>What is known of the person today.</summary>
/// <param name="Rights">All rights recorded for the recipient, each account with what its bank's pattern says.</param>
/// <param name="Death">The day of death the register knows of; null: none.</param>
/// <param name="IsContradicted">Facts of the person cannot be true together in the list month.</param>
public sealed record PersonToday(IReadOnlyList<PayeeRight> Rights, LocalDate? Death, bool IsContradicted);

/// <summary>How a held sum goes when its hold is released.</summary>
/// <param name="Right">The right it is taken by; null: the recipient, for whom none is recorded.</param>
/// <param name="IsBank">By the account of that right, in the next regularisation run; otherwise in cash, at once due.</param>
/// <param name="PayCommuneId">Where cash is handed out.</param>
public readonly record struct HoldRoad(PayeeRight? Right, bool IsBank, int PayCommuneId)
{
    public int PayeeNo => Right?.PayeeNo ?? 0;
}

/// <summary>Whether the cause of a hold has gone, and which way its sum may go then: the same rules as the plan's, asked with what the register says today.</summary>
/// <remarks>
/// An approved list is not planned again: its sum stays on its disbursement, and who takes it is decided when the hold is released. What an outlier rule or a person held needs a yes only;
/// what the register lacked must be in the register.
/// </remarks>
public static class HoldRelease
{
    /// <summary>The way of a held sum.</summary>
    /// <param name="held">The sum.</param>
    /// <param name="today">The person, as the register is now.</param>
    /// <param name="month">Month of today: a right that is valid in it may take the sum.</param>
    /// <param name="routes">The payer's routes that stand.</param>
    /// <param name="way"><see cref="HoldWay.AsDue"/> or <see cref="HoldWay.Cash"/>.</param>
    /// <param name="payeeNo">The right that people have decided for; null: the one the register's rules choose.</param>
    /// <param name="rules">The rules of the run; null: the program's own.</param>
    /// <returns>The way; or <c>not_allowed.hold_stands</c> with what is still to be mended, <c>hold.payee</c> where a payee must be named or the named one may not take it.</returns>
    public static Result<HoldRoad> Of(HeldSum held, PersonToday today, YearMonth month, RouteTable routes, HoldWay way, int? payeeNo = null, OutlierRules? rules = null)
    {
        var chosen = payeeNo is { } named ? Named(held, today, month, named) : Chosen(held, today, month, way == HoldWay.Cash);
        if (!chosen.IsOk) return Result<HoldRoad>.Refuse(chosen.Problems);
        var right = chosen.Value.Right;
        var isOwn = PayeeChoice.IsOwnMoney(held.MoneyOf);
        // Who acts for a living person acts no longer once they are dead: only a right recorded since may take what is left, and only when people have named it.
        if (today.Death is { } death && (isOwn || held.MoneyOf == PayeeRole.Household) && !(payeeNo is not null && right is { Role: not PayeeRole.Self, From: { } from } && from >= death))
        {
            return Stands(held, HoldReasons.Deceased, $"If the person lives, correct the register. If not, record who takes the sum (payees.csv, valid from {ViText.Date(death)} or later) and name that payee with --payee N; or give the sum back with --give-back.");
        }

        if (today.IsContradicted) return Stands(held, HoldReasons.Contradicted, "Correct the facts in the register (payengine register import …), then release the hold again; or give the sum back with --give-back.");
        var cash = new HoldRoad(right, false, right?.PayCommuneId ?? held.CommuneId);
        // Heirs sign for it: what is left of the dead goes to no account.
        if (way == HoldWay.Cash || right is not { IsPaidByAccount: true, Account: { } account } || (isOwn && today.Death is not null)) return cash;
        if (account.WhyNot(rules ?? RunRules.OfProgram.Outliers) is { } notThere)
        {
            return Stands(held, notThere, notThere switch
            {
                HoldReasons.AccountFlagged => $"The flag: {account.Flag}. Wait for its last day or end it (payengine account flag list), then release the hold again; or pay in cash with --cash.",
                HoldReasons.AccountNotAtBank => "Correct the account in the register (payees.csv), then release the hold again; or pay in cash with --cash.",
                _ => "Record another account (payengine account propose) or ask the bank (payengine account verify request), then release the hold again; or pay in cash with --cash.",
            });
        }

        return routes.RouteNoOf(held.Programme, account.BankBin, held.Amount) is null
            ? Stands(held, HoldReasons.NoRoute, "Complete the payer's routes (payengine bank route load routes.csv), then release the hold again; or pay in cash with --cash.")
            : new HoldRoad(right, true, held.CommuneId);
    }

    static Result<PayeeChoice> Chosen(HeldSum held, PersonToday today, YearMonth month, bool inCash)
    {
        var choices = held.AwardIds.Select(award => PayeeChoice.Of(today.Rights, award, held.Programme, held.MoneyOf, month)).ToList();
        // Two people may decide that the recipients take their own money in cash although the paper of whoever took it for them ran out.
        if (choices.FirstOrDefault(choice => choice.HoldReason is not null && !(inCash && PayeeChoice.IsOwnMoney(held.MoneyOf) && choice.HoldReason == HoldReasons.PayeeExpired)) is { HoldReason: { } missing })
            return Result<PayeeChoice>.Refuse(Stands(held, missing, "Record who takes the money (payengine register import payees.csv, payengine payee renew), then release the hold again; or give the sum back with --give-back."
                + (missing == HoldReasons.PayeeExpired && PayeeChoice.IsOwnMoney(held.MoneyOf) ? " Or let the recipient take it in cash with --cash." : "")).Problems);
        return choices.Select(choice => choice.Right?.PayeeNo ?? 0).Distinct().Count() == 1 ? choices[0]
            : new Problem("hold.payee", $"The sum held for {held.PersonId} is for several payees, and one of them must take it.", "Name the payee with --payee N.");
    }

    static Result<PayeeChoice> Named(HeldSum held, PersonToday today, YearMonth month, int payeeNo)
    {
        var right = today.Rights.FirstOrDefault(one => one.PayeeNo == payeeNo);
        return right is not null && right.IsValidIn(month) && (PayeeChoice.IsOwnMoney(held.MoneyOf) ? PayeeChoice.IsOwnMoney(right.Role) : right.Role == held.MoneyOf)
            && held.AwardIds.Any(award => right.Covers(award, held.Programme) > 0) ? new PayeeChoice(right.For(held.Programme, month), null, PlanFindings.None)
            : new Problem("hold.payee", $"Payee {payeeNo} is not recorded as one who may take what is held for {held.PersonId} today.", "Name a payee of this person whose right is valid and of the same kind.");
    }

    static Result<HoldRoad> Stands(HeldSum held, string reason, string remedy) =>
        new Problem("not_allowed.hold_stands", $"{held.PersonId} cannot be paid yet: {HoldReasons.Words(reason).En}{(reason == held.Reason ? "" : $" (held because {HoldReasons.Words(held.Reason).En})")}.", remedy);
}
