using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Simulation;

/// <summary>What must hold after every event. Written plainly and apart from the product's rules: a bug in those must show here.</summary>
static class BookChecks
{
    /// <summary>Reasons that say the account cannot take the money, and nothing else: the only ones after which cash may come by itself.</summary>
    static readonly string[] AccountReasons = ["AC01", "AC04", "AC07", "BE01"];

    /// <summary>Everything that is broken, in words.</summary>
    public static List<string> Broken(DisbursementBook book)
    {
        var broken = new List<string>(book.Faults);
        Conserved(book, broken);
        foreach (var line in book.Lines.Where(line => line.Attempts.Count > 1 || line.Cash is not null || line.Attempts[0].HasEnd || line.Attempts[0].Evidence != Evidence.None))
        {
            AttemptsFollowProof(line, broken);
            NobodyIsPaidTwiceInSilence(book, line, broken);
            NobodyIsForgotten(book, line, broken);
            TwoPersonsSettle(book, line, broken);
            WhatPlacesSay(book, line, broken);
        }

        return broken;
    }

    /// <summary>Every listed đồng is in one place, by two roads: what was posted, and what the facts of each disbursement say.</summary>
    static void Conserved(DisbursementBook book, List<string> broken)
    {
        var (items, sums) = (new int[12], new long[12]);
        foreach (var line in book.Lines)
        {
            var place = (int)book.PlaceOf(line);
            items[place]++;
            sums[place] += line.Amount;
        }

        foreach (var (place, code, _, _) in Places.All.Skip(1))
            if (book.Posted(place) != (items[(int)place], sums[(int)place])) broken.Add($"{code}: postings {book.Posted(place)}, facts ({items[(int)place]}, {sums[(int)place]})");
        if (-book.Posted(Place.Unlisted).Sum != book.Lines.Sum(line => line.Amount)) broken.Add("what was listed is not what the lines add up to");
    }

    /// <summary>No attempt without the end of the one before, and no end without proof by what was known when the next one was made.</summary>
    static void AttemptsFollowProof(BookLine line, List<string> broken)
    {
        if (line.Attempts.Count(attempt => !attempt.HasEnd) + (line.CashCause is null ? 0 : 1) > 1) broken.Add($"line {line.No}: two live attempts");
        foreach (var attempt in line.Attempts.Where(attempt => attempt.Followed is not null))
        {
            if (!attempt.HasEnd) broken.Add($"line {line.No}: attempt {attempt.No} was followed before its end");
            if (attempt.SettledWhenFollowed == SettledAs.Paid) broken.Add($"line {line.No}: attempt {attempt.No} stood settled as paid, and the sum went out again");
            // What two persons settled as returned is proven by them; so is an end that was theirs.
            if (attempt.Settlements.All(one => one.Says.As != SettledAs.Returned) && !NotPaid(attempt, attempt.File.Facts.Take(attempt.Followed!.Value).ToList())) broken.Add($"line {line.No}: attempt {attempt.No} was followed and nothing proves that it was not paid");
        }

        if (line.CashCause is not { BySelf: true } cause) return;
        var codes = DisbursementBook.CodesOf(cause.After);
        if (cause.After.Followed is { } known && known == cause.After.File.Facts.Count && (codes.Count == 0 || codes.Any(code => !AccountReasons.Contains(code))))
            broken.Add($"line {line.No}: became cash by itself for {string.Join(", ", codes.Select(code => code ?? "no reason"))}");
    }

    /// <summary>The plain truth of the statements: the money is booked back, or the bank refused it and no booked debit can be this payment.</summary>
    static bool NotPaid(BookAttempt attempt, List<BookFact> facts)
    {
        var own = facts.Where(told => told.Row == attempt.Row).Select(told => told.Told).ToList();
        var booked = own.Where(fact => fact.Level == EvidenceLevel.Statement).ToList();
        var debits = booked.Where(fact => fact.Evidence == Evidence.DebitBooked).Select(fact => fact.EventKey).Distinct().Count();
        var returns = booked.Where(fact => fact.Evidence is Evidence.ReturnBooked or Evidence.PartBooked).Select(fact => fact.EventKey).Distinct().Count();
        if (returns == 1) return debits <= 1;
        if (returns > 1 || own.Any(fact => fact.Evidence == Evidence.DebitBooked)) return false;
        var refusals = facts.Where(told => (told.Row == attempt.Row || told.Row.Target is FactTarget.Batch or FactTarget.File) && (told.Told.Evidence is Evidence.Rejected or Evidence.CancelledByBank)).ToList();
        if (refusals.Count == 0) return false;
        if (own.Any(fact => (fact.Evidence & (Evidence.Settled | Evidence.Credited)) != 0)) return false;
        // Of the batch's money: nothing booked and complete statements, or a debit that leaves out at least this payment.
        var ofBatch = facts.Where(told => told.Row.Target == FactTarget.Batch && told.Told.Evidence == Evidence.DebitBooked && told.Told.Level == EvidenceLevel.Statement)
            .GroupBy(told => told.Told.EventKey).Sum(booking => booking.Max(told => told.Told.AmountVnd));
        return ofBatch == 0 ? attempt.File.StatementsComplete : ofBatch <= attempt.File.Attempts.Sum(one => one.Line.Amount) - attempt.Line.Amount;
    }

    /// <summary>At most one payment of a disbursement, or a claim stands beside it.</summary>
    static void NobodyIsPaidTwiceInSilence(DisbursementBook book, BookLine line, List<string> broken)
    {
        // Two persons said that the payee has not the money of such a one: what the bank took is the bank's debt.
        foreach (var owed in line.Attempts.Where(attempt => book.StandingOf(attempt)?.Says.As == SettledAs.Returned && IsDebitOut(attempt) && (book.CasesOf(attempt) & CaseKinds.BankShort) == 0))
            broken.Add($"line {line.No}: attempt {owed.No} is settled as returned, its debit stands, and nobody asks the bank for it");
        var paid = line.Attempts.Where(attempt => MoneyIsOut(attempt) && book.StandingOf(attempt)?.Says.As != SettledAs.Returned).ToList();
        if (paid.Count + (line.Cash == CashStanding.Paid ? 1 : 0) > 1 && !paid.Any(attempt => (book.CasesOf(attempt) & (CaseKinds.PaidTwice | CaseKinds.Contradicted)) != 0)) broken.Add($"line {line.No}: paid twice, and no case says so");
    }

    static bool MoneyIsOut(BookAttempt attempt) => (attempt.Evidence & (Evidence.DebitBooked | Evidence.Settled | Evidence.Credited)) != 0 && (attempt.Evidence & (Evidence.ReturnBooked | Evidence.PartBooked)) == 0;

    static bool IsDebitOut(BookAttempt attempt) => (attempt.Evidence & Evidence.DebitBooked) != 0 && (attempt.Evidence & (Evidence.ReturnBooked | Evidence.PartBooked)) == 0;

    /// <summary>No settlement of one person alone, and none that outlasts a booking it did not know.</summary>
    static void TwoPersonsSettle(DisbursementBook book, BookLine line, List<string> broken)
    {
        foreach (var attempt in line.Attempts.Where(attempt => attempt.Settlements.Count > 0))
        {
            if (attempt.Settlements.Any(one => one.Proposer == one.Approver)) broken.Add($"line {line.No}: a settlement of one person alone");
            if (book.StandingOf(attempt) is not { } stands) continue;
            if (stands.Bookings != attempt.Bookings()) broken.Add($"line {line.No}: a settlement outlasts a booking that came after it");
            if (line.Latest == attempt && line.Place != (stands.Says.As == SettledAs.Paid ? Place.PaidByAccount : Place.Returned)) broken.Add($"line {line.No}: settled as {stands.Says.As}, and {line.Place}");
        }
    }

    /// <summary>What failed or disagrees has a case: somebody's task.</summary>
    static void NobodyIsForgotten(DisbursementBook book, BookLine line, List<string> broken)
    {
        if (line.Latest is { } latest && (line.Place is Place.Returned or Place.Disputed) && book.CasesOf(latest) == CaseKinds.None) broken.Add($"line {line.No}: {line.Place}, and nobody has a case");
    }

    /// <summary>Paid means money is out; returned means it is proven back or never taken; two bookings of one kind, or a refusal beside a debit, are a dispute and nothing else.</summary>
    static void WhatPlacesSay(DisbursementBook book, BookLine line, List<string> broken)
    {
        if (line.Latest is not { } latest || book.StandingOf(latest) is not null) return;
        var seen = latest.Evidence;
        var isOut = (seen & (Evidence.DebitBooked | Evidence.Settled | Evidence.Credited)) != 0;
        var back = (seen & (Evidence.ReturnBooked | Evidence.PartBooked)) != 0;
        var facts = latest.File.Facts.Where(told => told.Row == latest.Row && told.Told.Level == EvidenceLevel.Statement).Select(told => told.Told).ToList();
        var twice = facts.Where(fact => fact.Evidence == Evidence.DebitBooked).Select(fact => fact.EventKey).Distinct().Count() > 1
            || facts.Where(fact => fact.Evidence is Evidence.ReturnBooked or Evidence.PartBooked).Select(fact => fact.EventKey).Distinct().Count() > 1;
        if (twice && line.Place != Place.Disputed) broken.Add($"line {line.No}: booked twice, and {line.Place}");
        if (line.Place == Place.PaidByAccount && (!isOut || back)) broken.Add($"line {line.No}: paid by account without money out");
        if (!back && isOut && (seen & Evidence.Rejected) != 0 && line.Place != Place.Disputed) broken.Add($"line {line.No}: refused and debited, and {line.Place}");
        if (latest.HasEnd && isOut && !back && line.Place != Place.Disputed) broken.Add($"line {line.No}: ended, then paid, and {line.Place}");
        if (back && !twice && line.Place != Place.Returned) broken.Add($"line {line.No}: booked back, and {line.Place}");
        if (line.Place == Place.Returned && (!latest.HasEnd || (latest.Settlements.Count == 0 && !NotPaid(latest, latest.File.Facts)))) broken.Add($"line {line.No}: returned, and nothing proves it");
    }
}
