using NodaTime;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Funds;

/// <summary>A provider's contract: who pays in cash, which programmes, where and how long.</summary>
/// <param name="CommuneIds">Empty: the whole province.</param>
public sealed record ProviderContract(string No, string Provider, IReadOnlyList<Programme> Programmes, IReadOnlyList<int> CommuneIds, LocalDate From, LocalDate? To)
{
    /// <summary>Whether two contracts cover one programme in one commune on one day: then nobody could say who pays.</summary>
    public bool Overlaps(ProviderContract other) =>
        Programmes.Intersect(other.Programmes).Any() && (To is null || other.From <= To) && (other.To is null || From <= other.To)
        && (CommuneIds.Count == 0 || other.CommuneIds.Count == 0 || CommuneIds.Intersect(other.CommuneIds).Any());
}

/// <summary>A fee of a contract, by programme and month: a share of what was paid, or a sum for each payout.</summary>
/// <param name="Per100000">Thousandths of a per cent of the sum paid (0.75 % is 750); null for a sum each.</param>
/// <param name="Each">Đồng for each payout; null for a share.</param>
/// <param name="Source">The decision that sets it (BTXH: the province, 76/2021/TT-BTC Điều 3.7; NCC: the ministry, 44/2022/TT-BTC Điều 7).</param>
public sealed record ProviderFee(string Contract, Programme Programme, YearMonth From, int? Per100000, Vnd? Each, string Source)
{
    /// <summary>The fee for what was paid in a month.</summary>
    /// <remarks>A share is rounded once a programme and month, to the đồng, a half away from zero: the contract's papers show one sum a programme.</remarks>
    public Vnd Of(int items, Vnd paid)
    {
        if (Each is { } each) return new(checked(each.Amount * items));
        var (whole, rest) = Int128.DivRem((Int128)paid.Amount * Per100000!.Value, 100_000);
        return new(checked((long)(whole + (rest * 2 >= 100_000 ? 1 : 0))));
    }

    /// <summary>The fee that holds in a month: the latest that has begun; null when none has.</summary>
    public static ProviderFee? InForce(IEnumerable<ProviderFee> fees, string contract, Programme programme, YearMonth month) =>
        fees.Where(fee => fee.Contract == contract && fee.Programme == programme && fee.From <= month).MaxBy(fee => fee.From);
}

/// <summary>One list of a provider's monthly report, as the provider counts it.</summary>
public sealed record ReportedList(string List, int PaidItems, Vnd Paid, int UnpaidItems, Vnd Unpaid, int FileLine);

/// <summary>A list as our results have it.</summary>
public sealed record KnownList(string List, int PaidItems, Vnd Paid, int UncollectedItems, Vnd Uncollected, int OpenItems, Vnd Open);

/// <summary>A provider's report held against our lists (44/2022/TT-BTC Điều 8; 335/2026/NĐ-CP Điều 28: before the 20th).</summary>
public static class ProviderReports
{
    /// <summary>The report is due on the 20th of the list month.</summary>
    public const int DueDay = 20;

    /// <summary>Every difference between the report and the lists: it is taken when there is none.</summary>
    /// <param name="reported">What the provider says.</param>
    /// <param name="known">Our lists of the month in the provider's communes.</param>
    /// <param name="file">Name of the report, for the place of a difference.</param>
    public static IReadOnlyList<Problem> Differences(IReadOnlyList<ReportedList> reported, IReadOnlyList<KnownList> known, string file)
    {
        var problems = new List<Problem>();
        var ours = known.ToDictionary(list => list.List, StringComparer.Ordinal);
        foreach (var row in reported)
        {
            if (!ours.Remove(row.List, out var list))
            {
                problems.Add(new Problem("provider_report.unknown_list", $"{row.List} is no list of this provider in this month.", "Check the list's number and the month of the report.").In(file, row.FileLine, "list"));
                continue;
            }

            if (list.OpenItems > 0)
            {
                problems.Add(new Problem("provider_report.list_open", $"{ViText.Count(list.OpenItems)} payouts of {row.List}, {ViText.Money(list.Open)}, have no result yet.",
                    $"Take the signed list in first (payengine cash confirm), or end it: payengine cash close {row.List}.").In(file, row.FileLine, "list"));
                continue;
            }

            Compare(row, "paid_items", row.PaidItems, list.PaidItems, value => ViText.Count(value));
            Compare(row, "paid_vnd", row.Paid.Amount, list.Paid.Amount, value => ViText.Money(new Vnd(value)));
            Compare(row, "unpaid_items", row.UnpaidItems, list.UncollectedItems, value => ViText.Count(value));
            Compare(row, "unpaid_vnd", row.Unpaid.Amount, list.Uncollected.Amount, value => ViText.Money(new Vnd(value)));
        }

        foreach (var missing in ours.Values.OrderBy(list => list.List, StringComparer.Ordinal))
            problems.Add(new Problem("provider_report.list_missing", $"The report lacks {missing.List}: {ViText.Count(missing.PaidItems + missing.UncollectedItems + missing.OpenItems)} payouts.", "Have the provider report every list it was given.").In(file));
        return problems;

        void Compare<T>(ReportedList row, string column, T says, T is_, Func<T, string> show) where T : struct, IEquatable<T>
        {
            if (!says.Equals(is_))
                problems.Add(new Problem("provider_report.differs", $"{row.List}: the report says {show(says)}, our results {show(is_)}.", "Compare the signed list with both; correct the report, or enter the missing results.").In(file, row.FileLine, column));
        }
    }
}
