using System.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.Csv;

/// <summary>A closed list of words and what each means; the same list reads and writes.</summary>
sealed class Words<T> where T : struct, Enum
{
    readonly (byte[] Bytes, string Word, T Value)[] entries;

    public Words(params (string Word, T Value)[] entries)
    {
        this.entries = [.. entries.Select(e => (Encoding.UTF8.GetBytes(e.Word), e.Word, e.Value))];
        All = [.. entries.Select(e => e.Word)];
    }

    public IReadOnlyList<string> All { get; }

    public bool TryFind(ReadOnlySpan<byte> text, out T value)
    {
        foreach (var entry in entries)
            if (Ascii.EqualsIgnoreCase(text, entry.Bytes))
            {
                value = entry.Value;
                return true;
            }

        value = default;
        return false;
    }

    /// <summary>The word of a value; null for a value without one, which is written as an empty cell.</summary>
    public string? Of(T value)
    {
        foreach (var entry in entries)
            if (EqualityComparer<T>.Default.Equals(entry.Value, value))
                return entry.Word;
        return null;
    }
}

/// <summary>The words of the register's closed lists, as register files write them.</summary>
static class RegisterWords
{
    public static readonly Words<Sex> Sex = new(("M", Core.Recipients.Sex.Male), ("F", Core.Recipients.Sex.Female));

    public static readonly Words<Poverty> Poverty = new(("none", Core.Recipients.Poverty.None), ("near", Core.Recipients.Poverty.Near), ("poor", Core.Recipients.Poverty.Poor));

    public static readonly Words<Supporter> Supporter = new(("none", Core.Recipients.Supporter.None), ("on_allowance", Core.Recipients.Supporter.OnAllowance), ("yes", Core.Recipients.Supporter.Yes));

    public static readonly Words<Aloneness> Alone = new(("no", Aloneness.No), ("alone", Aloneness.Alone), ("orphan_both", Aloneness.OrphanOfBoth));

    public static readonly Words<OtherIncome> OtherIncome = new(
        ("none", Core.Recipients.OtherIncome.None), ("pension", Core.Recipients.OtherIncome.Pension), ("bhxh_monthly", Core.Recipients.OtherIncome.BhxhMonthly),
        ("bhxh_survivor", Core.Recipients.OtherIncome.BhxhSurvivor), ("wage", Core.Recipients.OtherIncome.Wage), ("other_monthly", Core.Recipients.OtherIncome.OtherMonthly));

    public static readonly Words<Disability> Disability = new(("none", Core.Recipients.Disability.None), ("N", Core.Recipients.Disability.Severe), ("DBN", Core.Recipients.Disability.ExtremelySevere));

    public static readonly Words<Programme> Programme = new(("NCC", Core.Recipients.Programme.Ncc), ("BTXH", Core.Recipients.Programme.Btxh), ("HTXH", Core.Recipients.Programme.Htxh), ("KHAC", Core.Recipients.Programme.Khac));

    public static readonly Words<InvalidClass> Class = new(("A", InvalidClass.A), ("B", InvalidClass.B));

    public static readonly Words<Relation> Relation = new(
        ("spouse", Core.Recipients.Relation.Spouse), ("parent", Core.Recipients.Relation.Parent), ("child", Core.Recipients.Relation.Child),
        ("raised", Core.Recipients.Relation.Raised), ("worshipper", Core.Recipients.Relation.Worshipper));

    public static readonly Words<SuspendReason> SuspendReason = new(
        ("prison", Core.Recipients.SuspendReason.Prison), ("detained", Core.Recipients.SuspendReason.Detained), ("missing", Core.Recipients.SuspendReason.Missing),
        ("abroad", Core.Recipients.SuspendReason.Abroad), ("fraud_check", Core.Recipients.SuspendReason.FraudCheck),
        ("uncollected", Core.Recipients.SuspendReason.Uncollected), ("refuses_check", Core.Recipients.SuspendReason.RefusesCheck));

    public static readonly Words<ReviewResult> ReviewResult = new(
        ("unchanged", Core.Recipients.ReviewResult.Unchanged), ("changed", Core.Recipients.ReviewResult.Changed),
        ("ended", Core.Recipients.ReviewResult.Ended), ("cleared", Core.Recipients.ReviewResult.Cleared));

    public static readonly Words<PayeeRole> Role = new(
        ("self", PayeeRole.Self), ("guardian", PayeeRole.Guardian), ("carer", PayeeRole.Carer), ("household", PayeeRole.Household),
        ("foster", PayeeRole.Foster), ("authorised", PayeeRole.Authorised), ("facility", PayeeRole.Facility), ("worshipper", PayeeRole.Worshipper));

    public static readonly Words<PayoutChannel> Channel = new(
        ("bank", PayoutChannel.Bank), ("wallet", PayoutChannel.Wallet), ("mobile_money", PayoutChannel.MobileMoney), ("cash", PayoutChannel.Cash));

    public static readonly Words<Wish> Wish = new(("yes", Core.Recipients.Wish.Yes), ("no", Core.Recipients.Wish.No), ("unknown", Core.Recipients.Wish.Unknown));

    public static readonly Words<PaidOutcome> Outcome = new(("paid", PaidOutcome.Paid), ("uncollected", PaidOutcome.Uncollected), ("returned", PaidOutcome.Returned));

    public static readonly Words<PayerKind> PayerKind = new(("department", Core.Payments.PayerKind.Department), ("commune", Core.Payments.PayerKind.Commune));

    /// <summary>Decorations of a helper of the revolution (GDCM).</summary>
    public static readonly IReadOnlyList<string> Decorations = ["KNC", "HCKC", "HC"];

    public static readonly IReadOnlyList<string> YesNo = ["yes", "no"];
}
