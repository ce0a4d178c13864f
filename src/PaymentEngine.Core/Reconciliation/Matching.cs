using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>What the bank's profile says about believing it.</summary>
/// <param name="SettledStatusCountsAsPaid">ACSC and ACWP count before the statement shows the debit.</param>
/// <param name="NotificationIsFinal">A booked camt.054 counts like the statement.</param>
/// <param name="SilenceInPartMeansAccepted">A PART report accepts what it does not name.</param>
public readonly record struct BankTrust(bool SettledStatusCountsAsPaid, bool NotificationIsFinal, bool SilenceInPartMeansAccepted)
{
    /// <summary>RvslInd turns the side of a booking.</summary>
    public bool ReversalTurnsSide { get; init; }

    /// <summary>Đồng by which a booking may differ from the payment it names and still be that payment.</summary>
    public long ToleranceVnd { get; init; }

    public static BankTrust Of(BankProfile profile) => new(profile.SettledStatusCountsAsPaid, profile.NotificationIsFinal, profile.SilenceInPartMeansAccepted)
    {
        ReversalTurnsSide = profile.ReversalTurnsSide, ToleranceVnd = profile.ToleranceVnd.Amount,
    };
}

/// <summary>Whose words the parts of a file are: by the account of a statement, by the file that a status is about.</summary>
public interface IBankVoices
{
    /// <summary>NAPAS number of the bank that keeps the account of a statement; empty when it is not known.</summary>
    string BankOf(int statementNo);

    BankTrust TrustOf(int statementNo);

    BankTrust TrustOf(OrderedFile? file);
}

/// <summary>One bank says all of it.</summary>
public sealed class OneVoice(BankTrust trust) : IBankVoices
{
    public string BankOf(int statementNo) => "";

    public BankTrust TrustOf(int statementNo) => trust;

    public BankTrust TrustOf(OrderedFile? file) => trust;
}

/// <summary>What a word of the bank is about, and which evidence it is.</summary>
public readonly record struct Match(FactRow Row, MatchRule Rule, Evidence Evidence);

/// <summary>Finds what a bank's word is about (profile §8, §9): ids first, then the payee's account with the amount near the day. Names alone never match here.</summary>
/// <remarks>Pure, and it asks only what was fixed when we sent the file: the order in which answers come cannot change a match.</remarks>
public static class Matching
{
    /// <summary>The ladder: UETR, EndToEndId, InstrId, then our id inside the texts. The first step that gives an id of ours decides.</summary>
    /// <remarks>Only an id with a valid check character, and no second one beside it, is found in text.</remarks>
    public static InstructionId? PaymentId(string? endToEndId, string? instructionId, string? firstText, string? secondText, out MatchRule rule, string? uetr = null)
    {
        rule = MatchRule.Uetr;
        if (uetr is not null && Uetr.Read(uetr) is { } named) return named;
        rule = MatchRule.PaymentId;
        if (Own(endToEndId) is { } endToEnd) return endToEnd;
        if (Own(instructionId) is { } instruction) return instruction;
        rule = MatchRule.IdInText;
        if ((InText(firstText) ?? InText(secondText)) is { } inText) return inText;
        rule = MatchRule.Unknown;
        return null;
    }

    static InstructionId? Own(string? text) => text is { Length: >= InstructionId.Length } && InstructionId.Parse(text).TryGet(out var id) ? id : null;

    static InstructionId? InText(string? text) => text is { Length: >= InstructionId.Length } ? InstructionId.Find(text) : null;

    /// <summary>A status (pain.002) of a payment, batch or file; or what a bank passed on about a payment.</summary>
    public static Match OfStatus(in Observation seen, IBankVoices voices, IOrderBook book)
    {
        switch (seen.Level)
        {
            case EvidenceLevel.Transaction or EvidenceLevel.Notification:
                if (seen.Id is not { } id) return new(FactRow.Suspense, MatchRule.Unknown, Said(seen, null));
                if (!IsOurs(id, book, out var payment)) return new(FactRow.Suspense, MatchRule.NeverSent, Said(seen, null));
                var file = book.FileOf(id);
                return IsAsSent(seen, payment, voices.TrustOf(file)) ? new(FactRow.Of(id), seen.IdRule, Said(seen, file)) : new(FactRow.Suspense, MatchRule.OtherAmount, Said(seen, file));
            case EvidenceLevel.Batch:
                return seen.BatchId is { } batchId && book.File(batchId) is { } holds && BatchOf(holds, batchId) is { } batch
                    ? new(BatchRow(batch), MatchRule.BatchId, Said(seen, holds))
                    : new(FactRow.Suspense, MatchRule.Unknown, Said(seen, null));
            default:
                return seen.MessageId is { } messageId && book.File(messageId) is { } whole && whole.MessageId == messageId
                    ? new(new FactRow(FactTarget.File, whole.Month, 0, whole.FileNo, 0), MatchRule.MessageId, Said(seen, whole))
                    : new(FactRow.Suspense, MatchRule.Unknown, Said(seen, null));
        }

        Evidence Said(in Observation status, OrderedFile? file)
        {
            if (status.Status != Evidence.None) return status.Status;
            var trust = voices.TrustOf(file);
            return StatusEvidence.Of(status.StatusCode, status.Level, trust.SettledStatusCountsAsPaid, trust.SilenceInPartMeansAccepted, out _);
        }
    }

    /// <summary>Whether an account that a bank repeats is the one we sent: blanks, points and hyphens between its figures and zeros before them do not count; where the bank hides figures the rest decides.</summary>
    public static bool IsSameAccount(string said, string sent)
    {
        var plain = string.Concat(said.Where(c => c is not (' ' or '.' or '-' or '\u00A0'))).ToUpperInvariant();
        var hidden = plain.LastIndexOfAny(['*', 'X']);
        // VN00X7 has an X of its own: only a run of them hides something.
        if (hidden > 0 && plain[hidden - 1] == plain[hidden]) return sent.EndsWith(plain[(hidden + 1)..], StringComparison.Ordinal);
        return plain.TrimStart('0') == sent.TrimStart('0');
    }

    // A status is about what we sent only when what it repeats of it is what we sent: an amount, currency or account of another payment under an id of ours is a mistake or a forgery.
    static bool IsAsSent(in Observation status, in OrderedPayment payment, in BankTrust trust) => status.Level != EvidenceLevel.Transaction || status.Status == Evidence.ReturnAnnounced
        || (!status.IsNotAsSent && (status.AmountVnd is not { } said || Math.Abs(said - payment.AmountVnd) <= trust.ToleranceVnd));

    static bool IsOurs(InstructionId id, IOrderBook book, out OrderedPayment payment)
    {
        payment = default;
        return id.ProvinceCode == book.ProvinceCode && book.TryFind(id, out payment);
    }

    /// <summary>A booking or one payment of it. What matches nothing of ours is classified by its bank transaction code or waits in suspense.</summary>
    public static Match OfMoney(in Observation seen, in BankTrust trust, IOrderBook book)
    {
        OrderedPayment payment = default;
        var known = seen.Id is { } candidate && IsOurs(candidate, book, out payment);
        if (!seen.IsBooked)
            return new(known ? FactRow.Of(seen.Id!.Value) : FactRow.Suspense, MatchRule.NotBooked, Evidence.None); // PDNG, INFO and FUTR move no money

        // In suspense the evidence is kept too: it is what a person's later decision makes count.
        var final = seen.Level == EvidenceLevel.Statement || trust.NotificationIsFinal;
        var credit = IsCredit(seen, trust);
        var open = !credit ? Evidence.DebitBooked : final ? Evidence.ReturnBooked : Evidence.ReturnAnnounced;
        if (seen.AmountVnd is not { } amount) return new(FactRow.Suspense, MatchRule.OtherAmount, open);
        if (known && !credit)
        {
            if (seen.SaysReturned) return new(FactRow.Suspense, MatchRule.CreditTakenBack, open);
            return Math.Abs(amount - payment.AmountVnd) <= trust.ToleranceVnd
                ? new(FactRow.Of(seen.Id!.Value), seen.IdRule, Evidence.DebitBooked)
                : new(FactRow.Suspense, MatchRule.OtherAmount, open);
        }

        if (known)
        {
            // A credit that names a payment of ours is that payment come back (profile §9 a, c, d), unless it is larger.
            if (amount > payment.AmountVnd + trust.ToleranceVnd) return new(FactRow.Suspense, MatchRule.OtherAmount, open);
            return new(FactRow.Of(seen.Id!.Value), seen.IdRule, !final || amount >= payment.AmountVnd - trust.ToleranceVnd ? open : Evidence.PartBooked);
        }

        if (seen.Id is not null) return new(FactRow.Suspense, MatchRule.NeverSent, open);
        if (!credit && !seen.SaysReturned && BatchFor(seen.BatchId, seen.MessageId, amount, book) is { } batch)
            return amount <= batch.SumVnd ? new(BatchRow(batch), MatchRule.BatchId, Evidence.DebitBooked) : new(FactRow.Suspense, MatchRule.OtherAmount, open);
        // By account only what is a payment of ours going out, or says itself that it came back: any other credit from a payee may be something else.
        if (credit == seen.SaysReturned && seen.Unnamed?.PartyAccount is { } account && seen.EventDate is { } day)
        {
            var fitting = book.ByAccount(account, amount, day);
            if (fitting.Count == 1) return new(fitting[0], MatchRule.AccountAmountDay, open);
            if (fitting.Count > 1) return new(FactRow.Suspense, MatchRule.Several, open);
        }

        if (seen.SaysReturned) return new(FactRow.Suspense, credit ? MatchRule.Unknown : MatchRule.CreditTakenBack, open);
        return new(FactRow.Suspense, Classify(seen, credit, amount, book), open);
    }

    /// <summary>Whether money came in, by the side of the booking and the bank's habit with reversals.</summary>
    public static bool IsCredit(in Observation seen, in BankTrust trust) => seen.IsCredit ^ (seen.IsReversal && trust.ReversalTurnsSide);

    /// <summary>Funding, charge or interest by the bank transaction code; everything else waits for a person.</summary>
    static MatchRule Classify(in Observation seen, bool credit, long amountVnd, IOrderBook book) => seen.Class switch
    {
        BookingClass.Charge => MatchRule.Charge,
        BookingClass.Interest => MatchRule.Interest,
        BookingClass.Sweep => MatchRule.Funding,
        // A return can be booked as a new credit, so only a credit larger than any single payment of ours is funding by itself.
        BookingClass.CreditTransferIn when credit && amountVnd > book.LargestPaymentVnd => MatchRule.Funding,
        _ => MatchRule.Unknown,
    };

    /// <summary>What a bank transaction code says about a booking that names nothing of ours.</summary>
    public static BookingClass ClassOf(BankTransactionCode code) => (code.Domain, code.Family, code.SubFamily) switch
    {
        (_, _, "CHRG" or "FEES") => BookingClass.Charge,
        (_, _, "INTR") => BookingClass.Interest,
        ("CAMT", "ACCB", "SWEP" or "ZABA") => BookingClass.Sweep,
        ("PMNT", "RCDT" or "RRCT", _) => BookingClass.CreditTransferIn,
        _ => BookingClass.Other,
    };

    /// <summary>The batch that a booking without an id of a payment is about: by PmtInfId, or by MsgId and the one batch of that file with this sum.</summary>
    public static OrderedBatch? BatchFor(string? ofBatchId, string? ofMessageId, long amountVnd, IOrderBook book)
    {
        if (ofBatchId is { } batchId && BatchOf(book.File(batchId), batchId) is { } named) return named;
        if (ofMessageId is not { } messageId || book.File(messageId) is not { } file) return null;
        if (BatchOf(file, messageId) is { } asBatch) return asBatch; // some banks write the PmtInfId where the MsgId belongs
        if (file.Batches.Count == 1) return file.Batches[0];
        OrderedBatch? found = null;
        foreach (var batch in file.Batches)
        {
            if (batch.SumVnd != amountVnd) continue;
            if (found is not null) return null; // more than one: nobody may guess
            found = batch;
        }

        return found;
    }

    static OrderedBatch? BatchOf(OrderedFile? file, string batchId)
    {
        if (file is null) return null;
        foreach (var batch in file.Batches)
            if (batch.BatchId == batchId) return batch;
        return null;
    }

    public static FactRow BatchRow(OrderedBatch batch) => new(FactTarget.Batch, batch.FileMonth, 0, batch.FileNo, batch.BatchNo);
}
