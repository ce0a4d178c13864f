using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>A statement's own arithmetic: what it announces against what was read. A difference is a finding, never a refusal.</summary>
sealed class StatementSums
{
    int creditCount, debitCount;
    decimal credits, debits, booked, turned;
    decimal? announcedCreditCount, announcedDebitCount, announcedCredits, announcedDebits;

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

        if (entry.Status is not (null or "BOOK")) return;
        booked += credit ? amount.Value : -amount.Value;
        turned += credit != entry.IsReversal ? amount.Value : -amount.Value;
    }

    /// <summary>TxsSummry.</summary>
    public void ReadSummary(BankElements elements)
    {
        var xml = elements.Xml;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            var credit = xml.Name == "TtlCdtNtries";
            if (!credit && xml.Name != "TtlDbtNtries") continue;
            for (var inner = xml.Depth; xml.NextChild(inner);)
            {
                var count = xml.Name == "NbOfNtries";
                if (!count && xml.Name != "Sum") continue;
                var number = elements.Number(xml.Text());
                if (credit && count) announcedCreditCount = number;
                else if (credit) announcedCredits = number;
                else if (count) announcedDebitCount = number;
                else announcedDebits = number;
            }
        }
    }

    public void Compare(BankElements elements, BankStatement statement)
    {
        if (announcedCreditCount is { } cc && cc != creditCount) Find("count", $"{BankElements.Show(cc)} credits announced, {creditCount} read.");
        if (announcedDebitCount is { } dc && dc != debitCount) Find("count", $"{BankElements.Show(dc)} debits announced, {debitCount} read.");
        if (announcedCredits is { } cs && cs != credits) Find("sum", $"Credits of {BankElements.Show(cs)} announced, {BankElements.Show(credits)} read.");
        if (announcedDebits is { } ds && ds != debits) Find("sum", $"Debits of {BankElements.Show(ds)} announced, {BankElements.Show(debits)} read.");

        var opening = statement.Balances.FirstOrDefault(b => b.Code is "OPBD" or "PRCD");
        var closing = statement.Balances.LastOrDefault(b => b.Code == "CLBD");
        if (opening is null || closing is null || opening.Amount.Currency != closing.Amount.Currency) return;
        var moved = Signed(closing) - Signed(opening);
        if (moved == booked) return;
        if (moved == turned) elements.Find("statement.reversals_turned", "The balances hold only when entries with a reversal flag are turned round.", statement.Line);
        else Find("balance", $"The balances moved by {BankElements.Show(moved)}, the booked entries by {BankElements.Show(booked)}.");

        void Find(string what, string message) => elements.Find($"statement.{what}_differs", message, statement.Line);

        static decimal Signed(BankBalance balance) => balance.IsCredit ? balance.Amount.Value : -balance.Amount.Value;
    }
}
