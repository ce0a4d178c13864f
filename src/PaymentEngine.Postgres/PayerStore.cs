using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>A payer as the store knows it (đơn vị chi trả), with what a run needs of it.</summary>
/// <param name="CommuneIds">The communes it pays for; null: the whole province.</param>
/// <param name="CountsFrom">First list month this system answers for.</param>
/// <param name="DebtorBin">NAPAS number of the bank that holds its account.</param>
public sealed record StoredPayer(int PayerNo, int Version, string Code, string Name, string ShortName, bool IsCommune, IReadOnlyList<Programme> Programmes,
    IReadOnlyList<int>? CommuneIds, YearMonth CountsFrom, string DebtorBin);

/// <summary>Reads payers as they were known at a moment.</summary>
public static class PayerStore
{
    const string Payers = """
        -- PayerStore.Payers
        SELECT p.payer_no, p.version, p.payer_code, p.name, p.short_name, p.kind, p.programmes, cardinality(p.commune_codes) = 0 AS whole_province,
               coalesce((SELECT array_agg(DISTINCT a.commune_id ORDER BY a.commune_id) FROM area a WHERE a.province_code = p.province_code AND a.commune_code = ANY (p.commune_codes)), '{}') AS communes,
               p.counts_from, p.debtor_bin
          FROM payer p
         WHERE p.province_code = @provinceCode AND p.known_from <= @knownAt AND p.known_to > @knownAt
           AND (p.valid_from IS NULL OR p.valid_from <= @lastDay) AND (p.valid_to IS NULL OR p.valid_to >= @firstDay)
         ORDER BY p.payer_no;
        """;

    /// <summary>The payers whose term touches the month, by number.</summary>
    public static async Task<IReadOnlyList<StoredPayer>> OfMonthAsync(DatabaseSession session, short provinceCode, YearMonth month, Instant knownAt, CancellationToken cancel = default)
    {
        var firstDay = month.OnDayOfMonth(1);
        var rows = await session.QueryAsync<PayerRow>(Payers, new { provinceCode, knownAt, firstDay, lastDay = firstDay.PlusMonths(1).PlusDays(-1) }, cancel);
        return [.. rows.Select(row => new StoredPayer(row.PayerNo, row.Version, row.PayerCode, row.Name, row.ShortName, row.Kind == "commune",
            [.. row.Programmes.Select(number => (Programme)number).Order()], row.WholeProvince ? null : row.Communes, Months.FromKey(row.CountsFrom), row.DebtorBin))];
    }

    sealed class PayerRow
    {
        public int PayerNo { get; init; }
        public int Version { get; init; }
        public string PayerCode { get; init; } = "";
        public string Name { get; init; } = "";
        public string ShortName { get; init; } = "";
        public string Kind { get; init; } = "";
        public short[] Programmes { get; init; } = [];
        public bool WholeProvince { get; init; }
        public int[] Communes { get; init; } = [];
        public int CountsFrom { get; init; }
        public string DebtorBin { get; init; } = "";
    }
}
