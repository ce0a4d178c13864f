using NodaTime;

namespace PaymentEngine.Postgres.Cases;

/// <summary>One right to take a person's money, with the account it goes to now.</summary>
public sealed record PayeeAccount
{
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }
    public string PayeeName { get; init; } = "";
    public short Role { get; init; }
    public short? Programme { get; init; }
    public string? AwardId { get; init; }
    public short Channel { get; init; }
    public short Wish { get; init; }
    public LocalDate? WishOn { get; init; }
    public int CommuneId { get; init; }
    public byte[]? AccountTag { get; init; }
    public string? BankBin { get; init; }
    public string? AccountTail { get; init; }
    public string? HolderName { get; init; }
}

/// <summary>What the register said about one right from a moment to a moment: the way of payment, the wish and the account.</summary>
public sealed record AccountEpoch
{
    public int PayeeNo { get; init; }
    public int PayeeVersion { get; init; }
    public string PayeeName { get; init; } = "";
    public short Role { get; init; }
    public short Channel { get; init; }
    public short Wish { get; init; }
    public LocalDate? WishOn { get; init; }
    public string? BankBin { get; init; }
    public string? AccountTail { get; init; }
    public string? HolderName { get; init; }

    /// <summary>The account is primary for this programme alone, on these days; null: it is the account of the right.</summary>
    public short? Programme { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }
    public Instant KnownFrom { get; init; }

    /// <summary>Null: it still says so.</summary>
    public Instant? KnownTo { get; init; }

    /// <summary>Who recorded it, by which operation.</summary>
    public string RecordedBy { get; init; } = "";
    public string Operation { get; init; } = "";

    /// <summary>The change of two persons that made it, or null: an import or a wish did.</summary>
    public int? ChangeNo { get; init; }
    public string? MadeBy { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>The paper or file the change came from.</summary>
    public string? Source { get; init; }
}
