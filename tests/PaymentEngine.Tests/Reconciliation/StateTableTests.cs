using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.Reconciliation;

/// <summary>
/// The table of what a bank's next word does to a payment in each state: a test for each row, a case for each cell. The facts are told in every order
/// and twice, because the view is a function of the set.
/// </summary>
/// <remarks>
/// submitted and acknowledged, accepted, pending, in settlement are shown as Silent and AtBank; paid and paid_confirmed as Paid; conflict as Contradicted.
/// Of an accepting and a rejecting report of one level the later counts: a rejection after an acceptance stands, and the other way round.
/// </remarks>
public class StateTableTests
{
    static readonly string[] Acknowledging = ["ACTC", "ACCP", "ACFC", "ACWC", "PDNG"], InSettlement = ["ACSP", "ACPD"], Settled = ["ACSC", "ACWP"], Credited = ["ACCC", "CPUC"];

    /// <summary>A fact by its name: a status code, a booked debit, a booked return, or a second one of these.</summary>
    static FoldedFact Fact(string word, long at) => word switch
    {
        "debit" => new(Evidence.DebitBooked, EvidenceLevel.Statement, 500, 11, at),
        "second debit" => new(Evidence.DebitBooked, EvidenceLevel.Statement, 500, 12, at),
        "return" => new(Evidence.ReturnBooked, EvidenceLevel.Statement, 500, 21, at),
        "second return" => new(Evidence.ReturnBooked, EvidenceLevel.Statement, 500, 22, at),
        _ => new(StatusEvidence.Of(word, EvidenceLevel.Transaction, settledCountsAsPaid: true, silenceInPartMeansAccepted: false, out _), EvidenceLevel.Transaction, 0, (ulong)(100 + at), at),
    };

    /// <summary>The view of a story told in its order of time, whatever the order in which the files came.</summary>
    static BankView View(params string[] story)
    {
        var facts = story.Select((word, at) => Fact(word, at + 1)).ToArray();
        var views = Orders(facts).Select(order =>
        {
            var fold = new AttemptFold();
            foreach (var fact in order.Concat(order)) fold.Add(fact);
            return BankViews.Of(fold.With(default, default));
        }).Distinct().ToArray();
        return Assert.Single(views);
    }

    static IEnumerable<FoldedFact[]> Orders(FoldedFact[] facts) => facts.Length < 2
        ? [facts]
        : facts.SelectMany((first, i) => Orders([.. facts[..i], .. facts[(i + 1)..]]).Select(rest => (FoldedFact[])[first, .. rest]));

    static void Each(IEnumerable<string> states, IEnumerable<string> words, BankView view)
    {
        foreach (var state in states)
            foreach (var word in words) Assert.True(View([.. Words(state), word]) == view, $"{state}, then {word}: {View([.. Words(state), word])}");
    }

    static string[] Words(string state) => state.Split('+', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Row_submitted()
    {
        Each([""], [.. Acknowledging, .. InSettlement], BankView.AtBank);
        Each([""], [.. Settled, .. Credited, "debit"], BankView.Paid);
        Each([""], ["RJCT"], BankView.Rejected);
        Each([""], ["CANC"], BankView.CancelledByBank);
        Each([""], ["return"], BankView.Returned);
    }

    [Fact]
    public void Row_acknowledged_accepted_pending()
    {
        Each(Acknowledging, [.. Acknowledging, .. InSettlement], BankView.AtBank);
        Each(Acknowledging, [.. Settled, .. Credited, "debit"], BankView.Paid);
        Each(Acknowledging, ["RJCT"], BankView.Rejected);
        Each(Acknowledging, ["CANC"], BankView.CancelledByBank);
        Each(Acknowledging, ["return"], BankView.Returned);
    }

    [Fact]
    public void Row_in_settlement()
    {
        Each(InSettlement, [.. Acknowledging, .. InSettlement], BankView.AtBank);
        Each(InSettlement, [.. Settled, .. Credited, "debit"], BankView.Paid);
        Each(InSettlement, ["RJCT"], BankView.Rejected);
        Each(["ACSP+debit"], ["RJCT"], BankView.Contradicted);
        Each(InSettlement, ["CANC"], BankView.CancelledByBank);
        Each(["ACSP+debit"], ["CANC"], BankView.Contradicted);
        Each(InSettlement, ["return"], BankView.Returned);
    }

    [Fact]
    public void Row_paid()
    {
        string[] paid = ["debit", "ACSC", "ACWP", "ACSP+debit"];
        Each(paid, [.. Acknowledging, .. InSettlement, .. Settled, .. Credited], BankView.Paid);
        Each(["ACSC", "ACWP"], ["debit"], BankView.Paid);
        Each(paid, ["RJCT"], BankView.Contradicted);
        Each(paid, ["CANC"], BankView.Contradicted);
        Each(["debit+CANC", "debit+RJCT"], ["return"], BankView.Returned); // unless a return follows
        Each(paid, ["return"], BankView.Returned);
    }

    [Fact]
    public void Row_paid_confirmed()
    {
        string[] confirmed = ["ACCC", "CPUC", "debit+ACCC"];
        Each(confirmed, [.. Acknowledging, .. InSettlement, .. Settled, .. Credited], BankView.Paid);
        Each(["ACCC", "CPUC"], ["debit"], BankView.Paid);
        Each(confirmed, ["RJCT", "CANC"], BankView.Contradicted);
        Each(confirmed, ["return"], BankView.Returned); // a late return
    }

    [Fact]
    public void Row_rejected()
    {
        // A newer report of the same level takes the rejection back: the payment is at the bank and nothing may be paid again. An older one changes nothing.
        Each(["RJCT"], [.. Acknowledging, .. InSettlement], BankView.AtBank);
        foreach (var older in (string[])[.. Acknowledging, .. InSettlement]) Assert.Equal(BankView.Rejected, View(older, "RJCT"));
        Each(["RJCT"], [.. Settled, .. Credited], BankView.Contradicted);
        Each(["RJCT"], ["RJCT", "CANC"], BankView.Rejected);
        Each(["RJCT"], ["debit"], BankView.Contradicted); // money is out
        Each(["RJCT", "RJCT+debit"], ["return"], BankView.Returned); // settles the conflict
    }

    [Fact]
    public void Row_returned()
    {
        string[] returned = ["debit+return", "return", "ACSC+debit+return", "ACCC+debit+return"];
        Each(returned, [.. Acknowledging, .. InSettlement, .. Settled, .. Credited, "RJCT", "CANC"], BankView.Returned);
        Each(["debit+return"], ["second debit"], BankView.Contradicted);
        Each(returned, ["second return"], BankView.Contradicted);
    }

    [Fact]
    public void A_status_that_the_profile_does_not_count_is_no_payment()
    {
        foreach (var code in Settled) Assert.Equal(Evidence.InSettlement, StatusEvidence.Of(code, EvidenceLevel.Transaction, false, false, out _));
    }

    /// <summary>What is true of all 65,536 sets of evidence.</summary>
    [Fact]
    public void No_set_of_evidence_lets_money_out_be_paid_again_unless_a_return_is_booked()
    {
        const Evidence MoneyOut = Evidence.DebitBooked | Evidence.Settled | Evidence.Credited | Evidence.SecondDebit;
        const Evidence Back = Evidence.ReturnBooked | Evidence.PartBooked;
        for (var set = 0; set < 65_536; set++)
        {
            var seen = (Evidence)set;
            foreach (var debit in Enum.GetValues<BatchDebit>())
            {
                foreach (var (onStatement, complete) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
                {
                    var end = Proof.Of(seen, new BatchMoney(debit, onStatement, complete));
                    if (end is null) continue;
                    Assert.False((seen & MoneyOut) != 0 && (seen & Back) == 0, $"{seen} ends as {end}");
                    Assert.False((seen & (Evidence.SecondDebit | Evidence.SecondReturn)) != 0, $"{seen} ends as {end}");
                    Assert.True((seen & (Back | Evidence.Rejected | Evidence.CancelledByBank)) != 0, $"{seen} ends as {end}");
                    if ((seen & Back) == 0) Assert.True((debit == BatchDebit.Unrefused && onStatement) || (debit == BatchDebit.None && complete), $"{seen} ends as {end} without proof");
                }
            }
        }
    }

    [Fact]
    public void A_set_with_a_second_booking_is_contradicted_whatever_else_it_holds()
    {
        for (var set = 0; set < 65_536; set++)
        {
            var seen = (Evidence)set;
            if ((seen & (Evidence.SecondDebit | Evidence.SecondReturn)) != 0) Assert.Equal(BankView.Contradicted, BankViews.Of(seen));
            else if ((seen & (Evidence.ReturnBooked | Evidence.PartBooked)) != 0) Assert.Equal(BankView.Returned, BankViews.Of(seen));
            else if (BankViews.Of(seen) == BankView.Paid) Assert.Equal(Evidence.None, seen & (Evidence.Rejected | Evidence.CancelledByBank | Evidence.ReturnAnnounced));
        }
    }
}
