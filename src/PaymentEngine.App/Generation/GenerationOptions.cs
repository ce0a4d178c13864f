using NodaTime;
using PaymentEngine.Core;

namespace PaymentEngine.App.Generation;

/// <summary>Which register to generate. The same options give the same bytes on every machine.</summary>
/// <param name="Recipients">People with at least one award, exactly.</param>
/// <param name="Seed">Another seed, another register of the same shape.</param>
/// <param name="Month">The first list month (M0): everybody is payable for it.</param>
public sealed record GenerationOptions(int Recipients, ulong Seed, YearMonth Month)
{
    /// <summary>40 Nghệ An or 38 Thanh Hóa.</summary>
    public string ProvinceCode { get; init; } = "40";

    /// <summary>Recipients in a hundred who are paid to an account; null takes the published share of the province.</summary>
    public int? AccountRatePercent { get; init; }

    /// <summary>Adds the poor and near-poor people who wanted an account and have no award; they stand in people.csv only.</summary>
    public bool WithPoor { get; init; }

    /// <summary>The options, or what is wrong with them.</summary>
    public Result<GenerationOptions> Checked()
    {
        if (Recipients is < 1 or > 10_000_000)
            return new Problem("generate.recipients", $"{Recipients} recipients cannot be generated.", "Ask for 1 to 10,000,000.", new SourceLocation(Field: "recipients"));
        if (Month < new YearMonth(2025, 10) || Month > new YearMonth(2040, 12))
            return new Problem("generate.month", $"No register is generated for {Month.Text()}.",
                "Take a month from 2025-10, when the social pension was running, to 2040-12.", new SourceLocation(Field: "month"));
        if (AccountRatePercent is < 0 or > 100)
            return new Problem("generate.account_rate", $"{AccountRatePercent} per cent is no share.", "Write 0 to 100.", new SourceLocation(Field: "account_rate"));
        return ProvinceProfile.Find(ProvinceCode) is null
            ? new Problem("generate.province", $"There is no profile of province {ProvinceCode}.", "Use 40 (Nghệ An) or 38 (Thanh Hóa).", new SourceLocation(Field: "province"))
            : this;
    }
}
