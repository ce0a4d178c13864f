using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A statement's own arithmetic: what it announces against what was read. A difference is a finding, never a refusal.</summary>
/// <param name="noStatusIsBooked">An entry without a status counts as booked: in a camt.053 only.</param>
sealed class StatementSums(bool noStatusIsBooked)
{
    const int CurrenciesMax = 100;
    int creditCount, debitCount;
    decimal credits, debits;

    // Booked sums by currency: a balance says nothing about entries in another. One or two in any real statement.
    readonly List<Booked> booked = [];
    Announced creditsAnnounced, debitsAnnounced, allAnnounced;
    decimal? net;

    public void Add(BankEntry entry)
    {
        if (entry.Amount is not { } amount || entry.IsCredit is not { } credit) return;
        if (credit)
        {
            creditCount++;
            credits += amount.Value;
        }
        else
        {
            debitCount++;
            debits += amount.Value;
        }

        if (entry.Status != "BOOK" && (entry.Status is not null || !noStatusIsBooked)) return;
        var sum = In(amount.Currency);
        sum.AsWritten += credit ? amount.Value : -amount.Value;
        // What reversal flags would change: usually nothing.
        if (entry.IsReversal) sum.ByTurning -= credit ? 2 * amount.Value : -2 * amount.Value;
    }

    Booked In(string currency)
    {
        foreach (var one in booked)
        {
            if (one.Currency == currency) return one;
        }

        var added = new Booked(currency);
        if (booked.Count < CurrenciesMax) booked.Add(added);
        return added;
    }

    /// <summary>TxsSummry.</summary>
    public void ReadSummary(BankElements elements)
    {
        var xml = elements.Xml;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "TtlCdtNtries": creditsAnnounced = Announced.Read(elements, out _); break;
                case "TtlDbtNtries": debitsAnnounced = Announced.Read(elements, out _); break;
                case "TtlNtries": allAnnounced = Announced.Read(elements, out net); break;
            }
        }
    }

    /// <summary>Compares, and says how the statement's reversal flags are meant.</summary>
    /// <param name="elements">Takes the findings.</param>
    /// <param name="statement">Complete; <see cref="BankStatement.ReversalsTurned"/> is set.</param>
    /// <param name="opening">Its opening balance, or null.</param>
    /// <param name="closing">Its closing balance, or null.</param>
    public void Compare(BankElements elements, BankStatement statement, BankBalance? opening, BankBalance? closing)
    {
        CompareCount(creditsAnnounced.Count, creditCount, "credits");
        CompareCount(debitsAnnounced.Count, debitCount, "debits");
        CompareCount(allAnnounced.Count, creditCount + debitCount, "entries");
        CompareSum(creditsAnnounced.Sum, credits, "Credits");
        CompareSum(debitsAnnounced.Sum, debits, "Debits");
        CompareSum(allAnnounced.Sum, credits + debits, "Entries");
        CompareSum(net, Math.Abs(credits - debits), "A net sum");

        statement.ReversalsTurned = elements.Rules.ReversalTurnsSide;
        if (opening is null || closing is null || opening.Amount.Currency != closing.Amount.Currency) return;
        var moved = FileFindings.Signed(closing) - FileFindings.Signed(opening);
        var entries = In(opening.Amount.Currency);
        if (moved == entries.AsWritten)
        {
            if (entries.ByTurning != 0 && statement.ReversalsTurned) Find("reversals_as_written", "The balances hold only when entries with a reversal flag keep the side that is written, against the bank's profile.");
            (statement.ReversalsTurned, statement.ReversalsProven) = (false, entries.ByTurning != 0);
        }
        else if (moved == entries.AsWritten + entries.ByTurning)
        {
            Find("reversals_turned", "The balances hold only when entries with a reversal flag are turned round.");
            (statement.ReversalsTurned, statement.ReversalsProven) = (true, true);
        }
        else
        {
            Find("balance_differs", $"The balances moved by {BankElements.Show(moved)}, the booked entries by {BankElements.Show(entries.AsWritten)}.");
        }

        void CompareCount(decimal? announced, int read, string what)
        {
            if (announced is { } count && count != read) Find("count_differs", $"{BankElements.Show(count)} {what} announced, {read} read.");
        }

        void CompareSum(decimal? announced, decimal read, string what)
        {
            if (announced is { } sum && sum != read) Find("sum_differs", $"{what} of {BankElements.Show(sum)} announced, {BankElements.Show(read)} read.");
        }

        void Find(string what, string message) => elements.Find("statement." + what, message, statement.Line);
    }

    sealed class Booked(string currency)
    {
        public string Currency => currency;

        /// <summary>By the sides that are written.</summary>
        public decimal AsWritten { get; set; }

        /// <summary>What turning the entries with a reversal flag would add.</summary>
        public decimal ByTurning { get; set; }
    }

    readonly record struct Announced(decimal? Count, decimal? Sum)
    {
        public static Announced Read(BankElements elements, out decimal? net)
        {
            var xml = elements.Xml;
            decimal? count = null, sum = null;
            net = null;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                switch (xml.Name)
                {
                    case "NbOfNtries": count = elements.Number(xml.Text()); break;
                    case "Sum": sum = elements.Number(xml.Text()); break;
                    case "TtlNetNtryAmt": net = elements.Number(xml.Text()); break;
                    case "TtlNetNtry":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "Amt") net = elements.Number(xml.Text());
                        }

                        break;
                }
            }

            return new(count, sum);
        }
    }
}
