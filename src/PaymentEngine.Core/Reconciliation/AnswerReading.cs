using System.Runtime.InteropServices;
using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>Takes a bank's file as it streams by and keeps what matching needs, without asking what we ordered.</summary>
/// <param name="trust">What the bank's profile says about believing it.</param>
/// <param name="policy">Says which of several reasons decides: a death or a duplicate anywhere among them.</param>
/// <param name="receivedAt">Stands for the creation time of a message that gives none.</param>
public sealed class AnswerReading(BankTrust trust, Instant receivedAt, ReasonPolicy policy) : IBankMessageVisitor
{
    const int FindingsMax = 1000;
    readonly List<Observation> observations = [];
    readonly List<StatementSeen> statements = [];
    readonly List<BankFileHeader> headers = [];
    readonly List<(int Place, Payments.InstructionId Payment, string Account)> repeatedAccounts = [];
    readonly List<BankFinding> findings = [];
    readonly Dictionary<string, string> known = new(StringComparer.Ordinal);
    readonly Dictionary<ulong, int> occurrences = [];
    readonly List<PendingDetail> pending = [];
    readonly List<int> reversals = [];
    EvidenceLevel money = EvidenceLevel.Statement;
    Instant? createdAt;
    int entries;

    public IReadOnlyList<Observation> Observations => observations;

    public IReadOnlyList<StatementSeen> Statements => statements;

    public IReadOnlyList<BankFileHeader> Headers => headers;

    /// <summary>The first thousand; <see cref="FindingCount"/> counts all.</summary>
    public IReadOnlyList<BankFinding> Findings => findings;

    public int FindingCount { get; private set; }

    public int Entries => entries;

    public BankTrust Trust => trust;

    public void Header(BankFileHeader header)
    {
        headers.Add(header);
        createdAt = header.CreatedAt;
        money = header.Name == "camt.053" ? EvidenceLevel.Statement : EvidenceLevel.Notification;
    }

    public void Status(StatusReport report)
    {
        if (IsAboutSomethingElse(report.OriginalMessageName))
        {
            if (report.Level == EvidenceLevel.File) Finding(new("status.other_message", $"The report is about {report.OriginalMessageName}, not about a payment file; it is kept and changes nothing.", report.Line));
            return;
        }

        // A file's row comes with every report, also with one that says nothing about the file.
        if (report.Level != EvidenceLevel.Transaction && report.Status is null && report.OriginalCount is null && report.OriginalSum is null && report.OriginalMessageId is null) return;
        // What the code is evidence of depends on the bank, which is known once the report is matched; whether it is odd does not.
        StatusEvidence.Of(report.Status, report.Level, false, false, out var odd);
        if (odd is not null) Finding(new("status.code", odd, report.Line));
        var (code, text) = Reason(report.Reasons);
        var id = report.Level == EvidenceLevel.Transaction ? Matching.PaymentId(report.EndToEndId, report.InstructionId, null, null, out var rule, report.Uetr) : Neither(out rule);
        observations.Add(new Observation
        {
            EntryNo = ++entries, Level = report.Level, Id = id, IdRule = rule, BatchId = Keep(report.OriginalBatchId), MessageId = Keep(report.OriginalMessageId),
            StatusCode = Keep(report.Status), Status = report.IsReturn ? Evidence.ReturnAnnounced : Evidence.None, BankReference = report.AccountServicerRef, ReasonCode = code, ReasonText = text, AmountVnd = report.Amount?.Vnd?.Amount, ReportedAt = createdAt ?? receivedAt,
            IsNotAsSent = report.Amount is { Vnd: null }, OriginalCount = report.OriginalCount, OriginalSum = report.OriginalSum, EventKey = EventKey.OfStatus(headers.Count > 0 ? headers[^1].MessageId : null, entries),
        });
        if (id is { } payment && report.CreditorAccount is { Length: > 0 } account) repeatedAccounts.Add((observations.Count - 1, payment, account));
    }

    /// <summary>Accounts that statuses repeat, as the bank writes them, with the payment they speak of.</summary>
    public IReadOnlyList<(int Place, Payments.InstructionId Payment, string Account)> RepeatedAccounts => repeatedAccounts;

    /// <summary>Notes that a status repeats its payment with another account than we sent.</summary>
    public void SaysOtherAccount(int place) => CollectionsMarshal.AsSpan(observations)[place].IsNotAsSent = true;

    /// <summary>An answer to a recall is a promise (evidence of the third rank): money is back when its credit is booked.</summary>
    public void Resolution(Resolution resolution)
    {
        var payment = resolution.Level == EvidenceLevel.Transaction;
        AddPassedOn(payment ? EvidenceLevel.Notification : resolution.Level, payment ? resolution.EndToEndId : null, payment ? resolution.InstructionId : null, payment ? resolution.Uetr : null, new Observation
        {
            BatchId = Keep(resolution.OriginalBatchId), MessageId = Keep(resolution.OriginalMessageId), AmountVnd = resolution.Amount?.Vnd?.Amount,
            Status = payment && resolution.Answer == RecallAnswer.Agreed ? Evidence.RecallAgreed : Evidence.None,
            // Codes against a recall are another list than codes of a refused payment: they stand in the text and decide nothing.
            ReasonText = Words("camt.029", resolution.CaseId, resolution.Status, resolution.Reasons),
        });
    }

    public void AnnouncedReturn(AnnouncedReturn announced)
    {
        var (code, text) = Reason(announced.Reasons);
        AddPassedOn(announced.No > 0 ? EvidenceLevel.Notification : EvidenceLevel.File, announced.EndToEndId, announced.InstructionId, announced.Uetr, new Observation
        {
            MessageId = Keep(announced.OriginalMessageId), AmountVnd = announced.Amount?.Vnd?.Amount, Status = announced.No > 0 ? Evidence.ReturnAnnounced : Evidence.None,
            ReasonCode = code, ReasonText = text, EventDate = announced.SettlementDate,
        });
    }

    /// <summary>Information: kept, and evidence of nothing.</summary>
    public void RecallRequest(RecallRequest request) =>
        AddPassedOn(request.No > 0 ? EvidenceLevel.Notification : EvidenceLevel.File, request.EndToEndId, request.InstructionId, request.Uetr, new Observation
        {
            MessageId = Keep(request.OriginalMessageId), AmountVnd = request.Amount?.Vnd?.Amount, ReasonText = Words("camt.056", request.CaseId, request.CancellationId, request.Reasons),
        });

    void AddPassedOn(EvidenceLevel level, string? endToEndId, string? instructionId, string? uetr, Observation seen)
    {
        seen.EntryNo = ++entries;
        seen.Level = level;
        seen.Id = Matching.PaymentId(endToEndId, instructionId, null, null, out var rule, uetr);
        seen.IdRule = rule;
        seen.ReportedAt = createdAt ?? receivedAt;
        seen.EventKey = EventKey.OfStatus(headers.Count > 0 ? headers[^1].MessageId : null, entries);
        observations.Add(seen);
    }

    static string Words(string message, string? id, string? code, IReadOnlyList<BankReason> reasons) =>
        string.Join(' ', new[] { message, id, code }.Concat(reasons.Select(reason => $"{reason.Code ?? reason.Proprietary} {reason.Text}".Trim())).Where(word => !string.IsNullOrEmpty(word)));

    public void StatementBegins(BankStatement statement)
    {
        occurrences.Clear();
        reversals.Clear();
    }

    public void Detail(BankEntry entry, EntryDetail detail)
    {
        var id = Matching.PaymentId(detail.EndToEndId, detail.InstructionId, detail.RemittanceText, detail.Text, out var rule, detail.Uetr);
        var (code, text) = detail.ReturnReason is { } reason ? Reason([reason]) : (null, null);
        // What belongs to the entry is filled in at its end: a bank may write its elements in any order.
        observations.Add(new Observation
        {
            EntryNo = entries + 1, DetailNo = detail.No, StatementNo = entry.Statement.No, Level = money, IsMoney = true, Id = id, IdRule = rule, BatchId = Keep(detail.BatchId), MessageId = Keep(detail.MessageId),
            ReasonCode = code, ReasonText = text ?? (code is null ? detail.Text : null), AmountVnd = detail.Amount?.Vnd?.Amount,
            SaysReturned = detail.ReturnReason is not null || detail.Code.SaysReturned, Class = Matching.ClassOf(detail.Code), ReportedAt = createdAt ?? receivedAt,
        });
        pending.Add(id is null
            ? new(detail.AccountServicerRef, detail.Amount?.Vnd?.Amount, detail.IsCredit, detail.CreditorName, detail.CreditorAccount, detail.DebtorName, detail.DebtorAccount, detail.EndToEndId, detail.RemittanceText)
            : new(detail.AccountServicerRef, detail.Amount?.Vnd?.Amount, detail.IsCredit, null, null, null, null, null, null));
    }

    public void Entry(BankEntry entry)
    {
        var first = observations.Count - pending.Count;
        Take(entry);
        if (!entry.IsReversal) return;
        for (var i = first; i < observations.Count; i++) reversals.Add(i);
    }

    void Take(BankEntry entry)
    {
        var entryNo = ++entries;
        var booked = entry.Status is "BOOK" || (entry.Status is null && money == EvidenceLevel.Statement);
        if (entry.Status is null && booked) Finding(new("entry.no_status", "The entry has no status; in a statement it counts as booked.", entry.Line));
        var credit = entry.IsCredit ?? false;
        if (entry.IsCredit is null)
        {
            booked = false;
            Finding(new("entry.no_side", "The entry does not say whether it is a debit or a credit; it moves nothing.", entry.Line));
        }

        var entryVnd = entry.Amount?.Vnd?.Amount;
        var entryClass = Matching.ClassOf(entry.Code);
        for (var i = 0; i < pending.Count; i++)
        {
            var (own, amount, side) = (pending[i].Own, pending[i].Amount, pending[i].IsCredit);
            ref var detail = ref CollectionsMarshal.AsSpan(observations)[observations.Count - pending.Count + i];
            detail.AmountVnd = amount ?? (pending.Count == 1 ? entryVnd : null);
            detail.IsCredit = side ?? credit;
            detail.IsBooked = booked;
            detail.SaysReturned |= entry.Code.SaysReturned;
            if (detail.Class == BookingClass.Other) detail.Class = entryClass;
            if (pending.Count == 1 && detail.Id is null)
            {
                detail.Id = Matching.PaymentId(null, null, entry.Text, null, out var inText);
                detail.IdRule = inText;
            }

            detail.IsReversal = entry.IsReversal;
            detail.BankReference = own ?? Keep(entry.AccountServicerRef);
            if (detail.Id is null) detail.Unnamed = pending[i].Unnamed(entry.Statement.Account, detail.IsCredit);
            // A return often gives its reason where the payment's text stood.
            if (detail is { Id: null, IsCredit: true, ReasonCode: null, ReasonText: null }) detail.ReasonText = pending[i].Remittance ?? entry.Text;
            detail.EventDate = entry.BookingDate ?? entry.ValueDate;
            // A running number of the statement (NtryRef) comes last: overlapping statements count it anew.
            detail.EventKey = Key(entry, detail.AmountVnd ?? 0, detail.IsCredit, own ?? entry.AccountServicerRef ?? (detail.Id is null ? entry.EntryRef : null), detail.Id?.ToString());
        }

        var hasDetails = pending.Count > 0;
        pending.Clear();
        if (hasDetails && ((credit && !entry.IsReversal) || !booked)) return; // each detail speaks for itself; only a debit also speaks for its batch
        var rule = MatchRule.Unknown;
        var id = hasDetails ? null : Matching.PaymentId(null, null, entry.Text, null, out rule);
        observations.Add(new Observation
        {
            EntryNo = entryNo, StatementNo = entry.Statement.No, Level = money, IsMoney = true, HasDetails = hasDetails, IsReversal = entry.IsReversal, BankReference = Keep(entry.AccountServicerRef), Id = id, IdRule = rule, BatchId = Keep(entry.BatchId), MessageId = Keep(entry.BatchMessageId),
            ReasonText = hasDetails ? null : entry.Text, AmountVnd = entryVnd, IsCredit = credit, IsBooked = booked, SaysReturned = entry.Code.SaysReturned, Class = entryClass,
            EventDate = entry.BookingDate ?? entry.ValueDate, ReportedAt = createdAt ?? receivedAt,
            EventKey = Key(entry, entryVnd ?? 0, credit, entry.AccountServicerRef ?? (id is null && entry.BatchId is null ? entry.EntryRef : null), id?.ToString() ?? entry.BatchId),
        });
    }

    public void StatementEnds(BankStatement statement)
    {
        if (statement.ReversalsProven) SettleReversals(statement.ReversalsTurned);
        long? opening = null, closing = null;
        LocalDate? openingDay = null, closingDay = null;
        foreach (var balance in statement.Balances)
        {
            var signed = balance.Amount.Vnd is { } sum ? balance.IsCredit ? sum.Amount : -sum.Amount : (long?)null;
            if (balance.Code is "OPBD" or "PRCD") (opening, openingDay) = (signed, balance.Date);
            if (balance.Code == "CLBD") (closing, closingDay) = (signed, balance.Date);
        }

        var to = Day(statement.To) ?? closingDay;
        statements.Add(new StatementSeen(statements.Count + 1, statement.Id, statement.Account, statement.ServicerBic,
            long.TryParse(statement.SequenceNo, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null,
            Day(statement.From) ?? openingDay ?? to, to, opening, closing, statement.Currency ?? "VND", money == EvidenceLevel.Statement) { CopyDuplicate = statement.CopyDuplicate });
    }

    /// <summary>Where a statement's balances prove which way its reversals went, no profile is asked. Their keys stay those of the side written: the same booking has them in every message.</summary>
    void SettleReversals(bool turned)
    {
        var all = CollectionsMarshal.AsSpan(observations);
        foreach (var i in reversals)
        {
            all[i].IsCredit ^= turned;
            all[i].IsReversal = false;
        }
    }

    public void Finding(BankFinding finding)
    {
        FindingCount++;
        if (findings.Count < FindingsMax) findings.Add(finding);
    }

    /// <summary>What of a detail must wait for its entry.</summary>
    readonly record struct PendingDetail(string? Own, long? Amount, bool? IsCredit, string? CreditorName, string? CreditorAccount, string? DebtorName, string? DebtorAccount, string? SaidId, string? Remittance)
    {
        /// <summary>The other side: of a debit the creditor; of a credit whichever of the two is not ourselves, since banks repeat the first payment's parties or turn them round.</summary>
        public UnnamedBooking? Unnamed(string? ourAccount, bool isCredit)
        {
            var useCreditor = !isCredit ? CreditorAccount is not null || CreditorName is not null
                : CreditorAccount is { } creditor ? creditor != ourAccount : DebtorAccount is null && DebtorName is null;
            var (name, account) = useCreditor ? (CreditorName, CreditorAccount) : (DebtorName, DebtorAccount);
            if (account is not null && account == ourAccount) (name, account) = (null, null);
            return name is null && account is null && SaidId is null && Remittance is null ? null : new(name, account, SaidId, Remittance);
        }
    }

    ulong Key(BankEntry entry, long amountVnd, bool isCredit, string? reference, string? id)
    {
        var whole = $"{reference}/{id}";
        var first = EventKey.Of(entry.Statement.Account, entry.BookingDate, entry.ValueDate, amountVnd, isCredit, whole, 1);
        ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(occurrences, first, out _);
        times++;
        return times == 1 ? first : EventKey.Of(entry.Statement.Account, entry.BookingDate, entry.ValueDate, amountVnd, isCredit, whole, times);
    }

    /// <summary>All reasons are one: the code that decides by the policy, and all texts. Codes that do not decide stand in the text, so that none is lost.</summary>
    (string? Code, string? Text) Reason(IReadOnlyList<BankReason> reasons)
    {
        var code = policy.For(reasons).Code is { Length: > 0 } decides ? decides : null;
        var parts = reasons.Select(reason => (reason.Code ?? reason.Proprietary) is { } own && (own != code || reasons.Count > 1) ? $"{own} {reason.Text}".TrimEnd() : reason.Text);
        return (code, string.Join(" | ", parts.Where(part => !string.IsNullOrEmpty(part))) is { Length: > 0 } text ? text : null);
    }

    static Payments.InstructionId? Neither(out MatchRule rule)
    {
        rule = MatchRule.Unknown;
        return null;
    }

    /// <summary>Reports in the form of a payment status about transfers of files, direct debits and the like.</summary>
    static bool IsAboutSomethingElse(string? name) =>
        name is not null && (name.Contains("EBICS", StringComparison.OrdinalIgnoreCase) || name.StartsWith("pain.008", StringComparison.Ordinal) || name.StartsWith("camt.", StringComparison.Ordinal));

    static LocalDate? Day(string? text) =>
        text is { Length: >= 10 } && LocalDatePattern.Iso.Parse(text[..10]) is { Success: true } parsed ? parsed.Value : null;

    string? Keep(string? text)
    {
        if (text is null) return null;
        if (known.TryGetValue(text, out var same)) return same;
        known[text] = text;
        return text;
    }
}
