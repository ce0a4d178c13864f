using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Core.Reconciliation;

/// <summary>As what two persons settle a dispute about an attempt (xử lý khoản trái ngược) that no evidence resolves.</summary>
public enum SettledAs : byte
{
    /// <summary>The payee has the money.</summary>
    Paid = 1,

    /// <summary>The payee has it not: the sum is back, or the bank owes it, and it may be paid again.</summary>
    Returned,
}

/// <summary>A settlement that two persons agreed on, with what it rests on.</summary>
/// <param name="As">What it says.</param>
/// <param name="Evidence">All evidence of the attempt as it stood, the booking of its batch included.</param>
/// <param name="FactsDigest">SHA-256 of the facts about the attempt as they stood (<see cref="AttemptFacts.Digest"/>).</param>
/// <param name="BankOwesVnd">Đồng that the bank took beyond what the settlement explains: a claim on the bank while it stands.</param>
public sealed record Settlement(SettledAs As, Evidence Evidence, byte[] FactsDigest, long BankOwesVnd)
{
    /// <summary>It counts exactly while the evidence is what it was bound to. Another fact and it is void; the same evidence again, and it stands again: the order of the files cannot matter.</summary>
    public bool StandsOn(Evidence now, byte[] factsDigest) => Evidence == now && FactsDigest.AsSpan().SequenceEqual(factsDigest);
}

/// <summary>The facts about one attempt as a set: what a settlement is bound to, and what was booked out and back.</summary>
/// <remarks>A booking counts once, in however many messages it is told, and once more when a statement shows it; a later report is a word of its own even when it says the same. The store makes the same digest (settlement_facts_digest); a test compares them.</remarks>
public sealed class AttemptFacts
{
    readonly SortedSet<string> told = new(StringComparer.Ordinal);
    readonly Dictionary<ulong, long> debits = [];
    readonly Dictionary<ulong, long> returns = [];

    /// <summary>Adds a fact, in any order and any number of times; one that says nothing is passed over.</summary>
    public void Add(in FoldedFact fact)
    {
        if (fact.Evidence == Evidence.None) return;
        if (fact.Level is not (EvidenceLevel.Statement or EvidenceLevel.Notification))
        {
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)fact.Evidence} said {(int)fact.Level} {fact.ReportedAtTicks / 10}"));
            return;
        }

        told.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)fact.Evidence} booked {fact.EventKey:x16} {fact.AmountVnd}"));
        if (fact.Level != EvidenceLevel.Statement) return;
        // What was only notified and now stands on a statement is news.
        told.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)fact.Evidence} stated {fact.EventKey:x16} {fact.AmountVnd}"));
        var bookings = fact.Evidence == Evidence.DebitBooked ? debits : fact.Evidence is Evidence.ReturnBooked or Evidence.PartBooked ? returns : null;
        if (bookings is not null) bookings[fact.EventKey] = Math.Max(fact.AmountVnd, bookings.GetValueOrDefault(fact.EventKey));
    }

    /// <summary>Đồng debited for this attempt alone by booked statements, each booking once.</summary>
    public long DebitedVnd => debits.Values.Sum();

    /// <summary>Đồng booked back on statements, each booking once.</summary>
    public long ReturnedVnd => returns.Values.Sum();

    /// <summary>SHA-256 over the facts in their order, one a line.</summary>
    public byte[] Digest() => SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', told)));
}

/// <summary>When two persons may settle a dispute, and what follows. Nothing here is decided by one person, and nothing outlasts the evidence it was bound to.</summary>
public static class Settlements
{
    const Evidence Returns = Evidence.ReturnBooked | Evidence.PartBooked;

    /// <summary>Whether the evidence about an attempt disagrees with itself or with its proven end, whatever was settled.</summary>
    public static bool IsDisputed(Evidence evidence, bool hasEnd, OwnStep step) =>
        Places.Of(held: false, AttemptStanding.OfBank(evidence, hasEnd, step)) == Place.Disputed;

    /// <summary>Why an attempt may not be settled so; null when it may.</summary>
    /// <param name="evidence">All evidence of the attempt.</param>
    /// <param name="hasEnd">Its end is proven.</param>
    /// <param name="step">How far we are with its file.</param>
    /// <param name="isFollowed">A later attempt exists: where the sum is now is said by that one.</param>
    /// <param name="wanted">As what it is to be settled.</param>
    /// <param name="stands">The settlement that stands now, or null.</param>
    public static Problem? WhyNot(Evidence evidence, bool hasEnd, OwnStep step, bool isFollowed, SettledAs wanted, Settlement? stands)
    {
        if (!IsDisputed(evidence, hasEnd, step))
        {
            return new Problem("not_allowed.nothing_disputed", "The evidence about this payment does not disagree: there is nothing to settle.",
                "What the bank's files say counts. If one of them is wrong, ask the bank for a corrected one: payengine bank accept.");
        }

        if (stands?.As == wanted)
            return new Problem("not_allowed.settled_already", $"The payment is settled so already ({Word(wanted)}), and no new fact has come since.", "Nothing is to be done.");
        if (wanted == SettledAs.Paid && IsAllBack(evidence))
        {
            return new Problem("not_allowed.money_is_back", "Statements show the money back in our account as often as it left: it cannot be with the payee.",
                "Settle it as returned, or ask the bank to correct its statement.");
        }

        return wanted == SettledAs.Paid && isFollowed && BankViews.Of(evidence) == BankView.Paid
            ? new Problem("not_allowed.claim_open", "The payment counts as paid already, and the sum went out again: what is open is a claim on the payee.", "Record what comes back: payengine case claim N --recovered SUM --evidence \"…\".")
            : null;
    }

    /// <summary>Why a person may not approve a settlement; null when they may. The store refuses it too.</summary>
    public static Problem? WhyNotApprove(string proposer, string approver) => proposer != approver ? null
        : new Problem("not_allowed.own_settlement", $"{approver} proposed this settlement and cannot approve it.", "A colleague who had no part in it approves.");

    /// <summary>Đồng that the bank took beyond what the settlement explains: all debits less returns, less what the payee has.</summary>
    /// <param name="wanted">As what it is settled.</param>
    /// <param name="evidence">All evidence; a debit of the batch may hold the payment without a fact of its own.</param>
    /// <param name="facts">The attempt's own facts.</param>
    /// <param name="amountVnd">Đồng of the payment.</param>
    public static long BankOwesVnd(SettledAs wanted, Evidence evidence, AttemptFacts facts, long amountVnd)
    {
        var taken = facts.DebitedVnd > 0 ? facts.DebitedVnd : (evidence & Evidence.DebitBooked) != 0 ? amountVnd : 0;
        return Math.Max(0, taken - facts.ReturnedVnd - (wanted == SettledAs.Paid ? amountVnd : 0));
    }

    /// <summary>What the evidence adds up to once a settlement stands on it.</summary>
    public static BankView ViewOf(Evidence evidence, Settlement? stands) => stands?.As switch
    {
        SettledAs.Paid => BankView.Paid,
        SettledAs.Returned => BankView.Returned,
        _ => BankViews.Of(evidence),
    };

    /// <summary>Code of an outcome in the store.</summary>
    public static string Word(SettledAs outcome) => outcome == SettledAs.Paid ? "paid" : "returned";

    // Two returns of one debit, or one of one: nothing is left that the payee could have.
    static bool IsAllBack(Evidence evidence)
    {
        var back = (evidence & Evidence.SecondReturn) != 0 ? 2 : (evidence & Returns) != 0 ? 1 : 0;
        var left = (evidence & Evidence.SecondDebit) != 0 ? 2 : 1;
        return back >= left;
    }
}
