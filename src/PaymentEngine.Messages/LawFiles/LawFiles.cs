using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>Reads the law: the CSV files of law/, carried inside the program. A value without source, status or dates is refused.</summary>
public static class LawFiles
{
    static readonly string[] Shared = ["applies_from", "applies_to", "instrument", "in_force", "end_in_force", "source", "status", "note"];
    static readonly string[] ReferenceLists = ["banks.csv", "holidays.csv", "provinces.csv"];

    /// <summary>The law the program was built with.</summary>
    /// <exception cref="InvalidOperationException">A file inside the program is unsound: the build is broken.</exception>
    public static LawBook LoadEmbedded()
    {
        var loaded = Load(ReadEmbedded());
        return loaded.TryGet(out var book) ? book : throw new InvalidOperationException($"The built-in law is unsound: {string.Join("; ", loaded.Problems.Take(5))}");
    }

    /// <summary>The bytes of every law file inside the program, by file name.</summary>
    public static IReadOnlyDictionary<string, byte[]> ReadEmbedded()
    {
        var assembly = typeof(LawFiles).Assembly;
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith("law/", StringComparison.Ordinal) || !name.EndsWith(".csv", StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            files[name["law/".Length..]] = memory.ToArray();
        }

        return files;
    }

    /// <summary>Reads a set of law files. All problems of all files are reported together, each with file, line and column.</summary>
    public static Result<LawBook> Load(IReadOnlyDictionary<string, byte[]> files)
    {
        var problems = new List<Problem>();
        var standards = Standards(Table(files, "standards.csv", ["standard_code", "name_vi", "amount_vnd", .. Shared], problems));
        var merit = MeritRates(Table(files, "ncc-rates.csv",
            ["rate_code", "rate_group", "benefit_kind", "degree_from", "degree_to", "name_vi", "name_en", "amount_vnd", .. Shared], problems));
        var social = SocialRates(Table(files, "btxh-rates.csv",
            ["rate_code", "rate_group", "benefit_kind", "name_vi", "name_en", "age_from_months", "age_to_months_exclusive", "coefficient", "standard_code", .. Shared], problems));
        var parameters = Parameters(Table(files, "parameters.csv", ["parameter_code", "name_vi", "value", "unit", .. Shared], problems));
        var oneTime = OneTime(Table(files, "one-time-benefits.csv",
            ["benefit_code", "program", "name_vi", "name_en", "basis", "multiple", "amount_vnd", "event_date_rule", .. Shared], problems));
        foreach (var list in ReferenceLists)
        {
            Table(files, list, ["source", "status"], problems)?.Rows(static row => (row.Source(), row.Status()));
        }

        LawRate[] rates = [.. merit, .. social];
        if (problems.Count == 0) CheckProducts(standards, rates, problems);
        return problems.Count > 0 ? Result<LawBook>.Refuse(problems) : new LawBook(standards, rates, parameters, oneTime, HashOf(files));
    }

    /// <summary>A coefficient times any standard it can meet must be a whole sum, because the law gives no rounding rule for it.</summary>
    static void CheckProducts(List<LawStandard> standards, LawRate[] rates, List<Problem> problems)
    {
        foreach (var rate in rates)
        {
            if (rate.Coefficient is not { } coefficient) continue;
            foreach (var standard in standards)
            {
                if (standard.StandardCode == rate.StandardCode && standard.Amount.Amount * coefficient.Hundredths % 100 != 0)
                    problems.Add(new Problem("law.fractional_product", $"{rate.RateCode}: {standard.Amount} × {coefficient} is not a whole sum.", "Correct the coefficient or the standard."));
            }
        }
    }

    /// <summary>SHA-256 over name, length and bytes of each CSV file in the order of their names.</summary>
    static string HashOf(IReadOnlyDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{content.Length}\n")));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static LawTable? Table(IReadOnlyDictionary<string, byte[]> files, string file, string[] columns, List<Problem> problems)
    {
        if (files.TryGetValue(file, out var content)) return LawTable.Read(file, content, columns, problems);
        problems.Add(new Problem("law.missing_file", $"The law file {file} is missing.", "Restore it from the release.").In(file));
        return null;
    }

    static List<LawStandard> Standards(LawTable? table) => table?.Rows(static row => new LawStandard
    {
        StandardCode = row.Required("standard_code"),
        NameVi = row.Required("name_vi"),
        Amount = new Vnd(row.Number("amount_vnd")),
        AppliesFrom = AppliesFrom(row),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.OptionalDate("in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    }) ?? [];

    static List<LawRate> MeritRates(LawTable? table) => table?.Rows(static row => new LawRate
    {
        RateCode = row.Required("rate_code"),
        Group = row.Required("rate_group"),
        BenefitKind = row.Required("benefit_kind"),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        From = (int?)row.OptionalNumber("degree_from"),
        // The file says the last per cent of a band, the engine the first beyond it.
        Below = (int?)row.OptionalNumber("degree_to") + 1,
        Amount = new Vnd(row.Number("amount_vnd")),
        AppliesFrom = AppliesFrom(row),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.OptionalDate("in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    }) ?? [];

    static List<LawRate> SocialRates(LawTable? table) => table?.Rows(static row => new LawRate
    {
        RateCode = row.Required("rate_code"),
        Group = row.Required("rate_group"),
        BenefitKind = row.Required("benefit_kind"),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        From = (int?)row.OptionalNumber("age_from_months"),
        Below = (int?)row.OptionalNumber("age_to_months_exclusive"),
        Coefficient = CoefficientOf(row, "coefficient", isRequired: true),
        StandardCode = row.Required("standard_code"),
        AppliesFrom = AppliesFrom(row),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.OptionalDate("in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    }) ?? [];

    static List<LawParameter> Parameters(LawTable? table) => table?.Rows(static row => new LawParameter
    {
        ParameterCode = row.Required("parameter_code"),
        NameVi = row.Required("name_vi"),
        Value = (int)row.Number("value"),
        Unit = row.Required("unit"),
        AppliesFrom = AppliesFrom(row),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.OptionalDate("in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    }) ?? [];

    static List<OneTimeBenefit> OneTime(LawTable? table) => table?.Rows(static row => new OneTimeBenefit
    {
        BenefitCode = row.Required("benefit_code"),
        Programme = ProgrammeOf(row),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        Basis = row.Text("basis"),
        Multiple = CoefficientOf(row, "multiple", isRequired: false),
        Amount = row.OptionalNumber("amount_vnd") is { } amount ? new Vnd(amount) : null,
        EventDateRule = row.Text("event_date_rule"),
        AppliesFrom = AppliesFrom(row),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.OptionalDate("in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    }) ?? [];

    static LocalDate AppliesFrom(LawTable.Row row) => row.Date("applies_from", "law.missing_applies_from");

    static Coefficient? CoefficientOf(LawTable.Row row, string column, bool isRequired)
    {
        var text = isRequired ? row.Required(column) : row.Text(column);
        if (text.Length == 0) return null;
        var parsed = Coefficient.Parse(text);
        if (parsed.TryGet(out var coefficient)) return coefficient;
        row.Refuse(column, parsed.Problems[0]);
        return null;
    }

    static Programme ProgrammeOf(LawTable.Row row)
    {
        switch (row.Required("program"))
        {
            case "NCC": return Programme.Ncc;
            case "BTXH": return Programme.Btxh;
            case "HTXH": return Programme.Htxh;
            default:
                row.Refuse("program", new Problem("law.unknown_programme", $"'{row.Text("program")}' is not a programme.", "Use NCC, BTXH or HTXH."));
                return Programme.Ncc;
        }
    }
}
