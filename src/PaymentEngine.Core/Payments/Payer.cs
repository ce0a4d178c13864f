using NodaTime;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>Who pays: a department (sở) or, since 335/2026/NĐ-CP Điều 28, a commune's People's Committee (UBND cấp xã).</summary>
public enum PayerKind : byte { Department = 1, Commune }

/// <summary>One row of payers.csv: an authority whose money it is (đơn vị chi trả), what it pays for, and the account it pays from.</summary>
public sealed record PayerRow
{
    public required string PayerCode { get; init; }
    public required string Name { get; init; }

    /// <summary>For tables and bank texts.</summary>
    public required string ShortName { get; init; }
    public required PayerKind Kind { get; init; }
    public required string ProvinceCode { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Programme> Programmes { get; init; }

    /// <summary>Communes it pays for; empty means the whole province.</summary>
    public IReadOnlyList<string> CommuneCodes { get; init; } = [];

    /// <summary>The first list month this system answers for; earlier months count as due only where paid.csv lists them.</summary>
    public required YearMonth CountsFrom { get; init; }

    /// <summary>NAPAS bank number of the bank that holds the payer's account, 6 digits.</summary>
    public required string DebtorBankBin { get; init; }
    public required AccountNumber DebtorAccountNo { get; init; }

    /// <summary>The holder as the bank writes it.</summary>
    public required string DebtorAccountName { get; init; }

    /// <summary>The payer's customer number at that bank, when the bank asks for one in its files.</summary>
    public string? CustomerNo { get; init; }
    public LocalDate? ValidFrom { get; init; }
    public LocalDate? ValidTo { get; init; }
}
