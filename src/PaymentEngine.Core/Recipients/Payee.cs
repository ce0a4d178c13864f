using NodaTime;

namespace PaymentEngine.Core.Recipients;

/// <summary>Who takes the money, and in what capacity. The amounts of carers, households, foster families and facilities are theirs, not the recipient's.</summary>
public enum PayeeRole : byte { Self = 1, Guardian, Carer, Household, Foster, Authorised, Facility, Worshipper }

public enum PayoutChannel : byte { Bank = 1, Wallet, MobileMoney, Cash }

public enum Wish : byte { Unknown, Yes, No }

/// <summary>One row of payees.csv: a dated right to receive (người nhận tiền) and the channel it is paid through.</summary>
public sealed record Payee
{
    public required string PersonId { get; init; }

    /// <summary>Scope: one award; null with <see cref="Programme"/> null means all.</summary>
    public string? AwardId { get; init; }
    public Programme? Programme { get; init; }
    public string? PayeeId { get; init; }
    public required string PayeeName { get; init; }
    public required PayeeRole Role { get; init; }
    public string? Basis { get; init; }
    public string? BasisNo { get; init; }

    /// <summary>The day of the document.</summary>
    public LocalDate? BasisOn { get; init; }

    /// <summary>Who issued or certified it.</summary>
    public string? BasisIssuer { get; init; }
    public LocalDate? From { get; init; }
    public LocalDate? To { get; init; }
    public required PayoutChannel Channel { get; init; }
    public Wish Wish { get; init; }
    public LocalDate? WishOn { get; init; }

    /// <summary>NAPAS bank number, 6 digits.</summary>
    public string? BankBin { get; init; }
    public AccountNumber? AccountNo { get; init; }

    /// <summary>The account holder as the bank writes it; what a name match compares with.</summary>
    public string? AccountName { get; init; }
    public string? PayCommune { get; init; }
    public string? PayPoint { get; init; }
    public bool? AtHome { get; init; }
}

public enum PaidOutcome : byte { Unknown, Paid, Uncollected, Returned }

/// <summary>One row of paid.csv: what an earlier list, here or in another system, ordered or paid for one component and month.</summary>
public sealed record PaidComponent(string PersonId, string AwardId, YearMonth Month, string Component, Money.Vnd Amount, PaidOutcome Outcome, LocalDate? OutcomeOn);

/// <summary>One row of local-standards.csv: what the provincial People's Council set. The amount due is the higher of this and the national one.</summary>
public sealed record LocalStandard(string ProvinceCode, string StandardCode, Money.Vnd Amount, LocalDate ValidFrom, LocalDate? ValidTo, string Source, string Status);
