using NodaTime;

namespace PaymentEngine.Core.Recipients;

/// <summary>One row of areas.csv: a commune, ward or special zone (xã, phường, đặc khu), its province, its term and what it became.</summary>
/// <param name="CommuneCode">5 digits, leading zeros kept. A code may be used again after its term: the code and a day name an area.</param>
/// <param name="Name">As in the resolution that made it, NFC.</param>
/// <param name="ProvinceCode">2 digits.</param>
/// <param name="ValidFrom">First day; null: from ever.</param>
/// <param name="ValidTo">Last day; null: open.</param>
/// <param name="SuccessorCodes">Communes it became part of when its term ended; empty while it stands.</param>
public sealed record Area(string CommuneCode, string Name, string ProvinceCode, LocalDate? ValidFrom, LocalDate? ValidTo, IReadOnlyList<string> SuccessorCodes);
