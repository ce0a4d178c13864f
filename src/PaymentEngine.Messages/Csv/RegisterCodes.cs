using System.Collections.Frozen;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Messages.Csv;

/// <summary>The codes a register may use: banks, provinces and one-off benefits from the law's tables, categories of the three programmes.</summary>
public static class RegisterCodes
{
    static readonly Lazy<FrozenSet<string>> banks = new(() => Column("banks.csv", "bin"));
    static readonly Lazy<FrozenSet<string>> provinces = new(() => Column("provinces.csv", "code"));
    static readonly Lazy<FrozenSet<string>> prefixes = new(() => Column("provinces.csv", "cccd_prefix"));
    static readonly Lazy<FrozenSet<string>> standards = new(() => LawFiles.LawFiles.LoadEmbedded() is var book
        ? book.Standards.Select(row => row.StandardCode)
            .Concat(book.Rates.Where(rate => rate.Coefficient is not null).Select(rate => rate.RateCode))
            .Concat(book.OneTimeBenefits.Where(benefit => benefit.Programme != Programme.Ncc).Select(benefit => benefit.BenefitCode)).ToFrozenSet(StringComparer.Ordinal)
        : []);
    static readonly Lazy<FrozenDictionary<Programme, FrozenSet<string>>> categories = new(Categories);

    static readonly string[] ncc =
        ["TB", "BB", "CDHH", "CDHH.CON", "BMVNAH", "AHLLVT", "TIENKN", "TIENKN45", "LIETSI.TN", "LIETSI.VCTAIGIA", "TUDAY", "GDCM", "GIAODUC", "HDKC", "SURVIVOR"];

    static readonly string[] btxh =
        ["k1", "k2", "k3", "k4", "k5a", "k5b", "k5c", "k5d", "k6", "k7", "k8", "CS.NUOITRE", "CS.NCT", "CS.MANGTHAI", "CS.HOGD", "CS.NHAN", "COSO"];

    /// <summary>NAPAS bank numbers, of present and former names.</summary>
    public static IReadOnlySet<string> BankBins => banks.Value;

    /// <summary>Codes of the 63 old and the 34 new provinces.</summary>
    public static IReadOnlySet<string> ProvinceCodes => provinces.Value;

    /// <summary>First three digits of identity numbers registered in Viet Nam.</summary>
    public static IReadOnlySet<string> IdentityPrefixes => prefixes.Value;

    /// <summary>What a province may set a figure of its own for: the standards, and the levels of social protection, social pension and their one-off benefits.</summary>
    public static IReadOnlySet<string> StandardCodes => standards.Value;

    /// <summary>The categories an award of the programme may have: monthly ones, and the codes of its one-off benefits and declared programmes.</summary>
    public static IReadOnlySet<string> CategoriesOf(Programme programme) => categories.Value[programme];

    static FrozenDictionary<Programme, FrozenSet<string>> Categories()
    {
        var book = LawFiles.LawFiles.LoadEmbedded();
        var oneOff = book.OneTimeBenefits.Select(row => (row.Programme, Code: row.BenefitCode)).Concat(book.Programmes.Select(row => (row.Programme, Code: row.ProgrammeCode)))
            .ToLookup(row => row.Programme, row => row.Code);
        return new Dictionary<Programme, FrozenSet<string>>
        {
            [Programme.Ncc] = ncc.Concat(oneOff[Programme.Ncc]).ToFrozenSet(StringComparer.Ordinal),
            [Programme.Btxh] = btxh.Concat(oneOff[Programme.Btxh]).ToFrozenSet(StringComparer.Ordinal),
            [Programme.Htxh] = oneOff[Programme.Htxh].Append("HTXH").ToFrozenSet(StringComparer.Ordinal),
            [Programme.Khac] = oneOff[Programme.Khac].ToFrozenSet(StringComparer.Ordinal),
        }.ToFrozenDictionary();
    }

    static FrozenSet<string> Column(string file, string column) =>
        EmbeddedTable.Rows("law/" + file, cell => cell(column)).Where(code => code.Length > 0).ToFrozenSet(StringComparer.Ordinal);
}
