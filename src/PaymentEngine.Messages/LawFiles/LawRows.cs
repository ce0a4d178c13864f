using System.Collections.Frozen;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Messages.LawFiles;

/// <summary>Cells of a law file to rows of the law. Which of the six shapes a file has is known by its columns.</summary>
static class LawRows
{
    static readonly string[] Validity = ["place", "applies_from", "applies_to", "instrument", "in_force", "end_in_force", "source", "status", "note"];

    static readonly (LawShape Shape, string[] Columns, Func<LawTable.Row, LawRow> Read)[] Shapes =
    [
        (LawShape.Standard, ["standard_code", "name_vi", "amount_vnd"], Standard),
        (LawShape.Amount, ["rate_code", "rate_group", "benefit_kind", "degree_from", "degree_to", "name_vi", "name_en", "amount_vnd"], AmountRate),
        (LawShape.Coefficient, ["rate_code", "rate_group", "benefit_kind", "name_vi", "name_en", "age_from_months", "age_to_months_exclusive", "coefficient", "standard_code"], CoefficientRate),
        (LawShape.Parameter, ["parameter_code", "name_vi", "value", "unit"], Parameter),
        (LawShape.Programme, ["programme_code", "program", "name_vi", "name_en", "formula", "frequency", "paid_in_month", "months_max", "per", "table", "standard_code", "factor", "amount_vnd",
            "share_pct", "floor_vnd", "cap_factor", "cap_standard_code", "round_to_vnd"], ProgrammeRow),
        (LawShape.OneTime, ["benefit_code", "program", "name_vi", "name_en", "basis", "multiple", "amount_vnd", "event_date_rule"], OneTime),
    ];

    static readonly FrozenSet<string> Provinces = ProvinceNames.Today.Keys.Select(code => code.ToString("00", System.Globalization.CultureInfo.InvariantCulture)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The sound rows of a file; a row with a problem yields nothing.</summary>
    public static List<LawRow> Read(string file, byte[] content, List<Problem> problems)
    {
        if (LawTable.Read(file, content, [], problems) is not { } table) return [];
        // A column every file of the shape has and no other shape: a coefficient table has a standard's code too.
        var fitting = Shapes.Where(shape => shape.Columns.All(table.Has)).ToList();
        if (fitting.Count == 0)
        {
            var (nearest, columns, _) = Shapes.MaxBy(shape => (double)shape.Columns.Count(table.Has) / shape.Columns.Length);
            problems.Add(new Problem("law.unknown_shape", $"The columns are those of no law table; nearest is {NameOf(nearest)}, which lacks {string.Join(", ", columns.Where(column => !table.Has(column)))}.",
                "Name the columns as a file of law/ does; law/README.md says what they hold.").In(file, 1));
            return [];
        }

        var (_, _, read) = fitting.MaxBy(shape => shape.Columns.Length);
        var missing = Validity.Where(column => !table.Has(column)).ToList();
        if (missing.Count == 0) return table.Rows(read);
        problems.Add(new Problem("law.missing_column", $"The law file lacks the column {string.Join(", ", missing)}.", "Add the column; law/README.md says what it holds.").In(file, 1));
        return [];
    }

    public static string NameOf(LawShape shape) => shape switch
    {
        LawShape.Standard => "standards (standard_code)",
        LawShape.Amount => "rates with amounts (rate_code, amount_vnd)",
        LawShape.Coefficient => "coefficients (rate_code, coefficient)",
        LawShape.Parameter => "parameters (parameter_code)",
        LawShape.Programme => "programmes (programme_code, formula)",
        _ => "one-time benefits (benefit_code)",
    };

    static LawValidity ValidityOf(LawTable.Row row) => new()
    {
        Place = PlaceOf(row),
        AppliesFrom = row.Date("applies_from", "law.missing_applies_from"),
        AppliesTo = row.OptionalDate("applies_to"),
        Instrument = row.Required("instrument"),
        InForce = row.Date("in_force", "law.missing_in_force"),
        EndInForce = row.OptionalDate("end_in_force"),
        Source = row.Source(),
        Status = row.Status(),
        Note = row.Text("note"),
    };

    static LawStandard Standard(LawTable.Row row) => new()
    {
        StandardCode = row.Required("standard_code"),
        NameVi = row.Required("name_vi"),
        Amount = AmountOf(row),
        Validity = ValidityOf(row),
        At = row.At,
    };

    static LawRate AmountRate(LawTable.Row row) => new()
    {
        RateCode = row.Required("rate_code"),
        Group = row.Required("rate_group"),
        BenefitKind = row.Required("benefit_kind"),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        From = row.OptionalSmall("degree_from"),
        // The file says the last per cent of a band, the engine the first beyond it.
        Below = row.OptionalSmall("degree_to") + 1,
        Amount = AmountOf(row),
        Validity = ValidityOf(row),
        At = row.At,
    };

    static LawRate CoefficientRate(LawTable.Row row) => new()
    {
        RateCode = row.Required("rate_code"),
        Group = row.Required("rate_group"),
        BenefitKind = row.Required("benefit_kind"),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        From = row.OptionalSmall("age_from_months"),
        Below = row.OptionalSmall("age_to_months_exclusive"),
        Coefficient = CoefficientOf(row, "coefficient", isRequired: true),
        StandardCode = row.Required("standard_code"),
        Validity = ValidityOf(row),
        At = row.At,
    };

    static LawParameter Parameter(LawTable.Row row) => new()
    {
        ParameterCode = row.Required("parameter_code"),
        NameVi = row.Required("name_vi"),
        Value = row.Required("value").Length == 0 ? 0 : row.OptionalSmall("value") ?? 0,
        Unit = row.Required("unit"),
        Validity = ValidityOf(row),
        At = row.At,
    };

    static OneTimeBenefit OneTime(LawTable.Row row) => new()
    {
        BenefitCode = row.Required("benefit_code"),
        Programme = ProgrammeOf(row),
        NameVi = row.Required("name_vi"),
        NameEn = row.Required("name_en"),
        Basis = row.Text("basis"),
        Multiple = CoefficientOf(row, "multiple", isRequired: false),
        Amount = row.Text("amount_vnd").Length == 0 ? null : AmountOf(row),
        EventDateRule = row.Text("event_date_rule"),
        Validity = ValidityOf(row),
        At = row.At,
    };

    static LawProgramme ProgrammeRow(LawTable.Row row)
    {
        var programme = new LawProgramme
        {
            ProgrammeCode = row.Required("programme_code"),
            Programme = ProgrammeOf(row),
            NameVi = row.Required("name_vi"),
            NameEn = row.Required("name_en"),
            Formula = Word(row, "formula", ("table", ProgrammeFormula.Table), ("coefficient", ProgrammeFormula.Coefficient), ("multiple", ProgrammeFormula.Multiple),
                ("fixed", ProgrammeFormula.Fixed), ("wage_share", ProgrammeFormula.WageShare)),
            Frequency = Word(row, "frequency", ("monthly", PaymentFrequency.Monthly), ("yearly", PaymentFrequency.Yearly), ("one_off", PaymentFrequency.OneOff)),
            PaidInMonth = row.OptionalSmall("paid_in_month"),
            MonthsMax = row.OptionalSmall("months_max"),
            Unit = Word(row, "per", ("person", ProgrammeUnit.Person), ("martyr", ProgrammeUnit.Martyr), ("child", ProgrammeUnit.Child)),
            Table = Filled(row, "table"),
            StandardCode = Filled(row, "standard_code"),
            Factor = CoefficientOf(row, "factor", isRequired: false),
            Amount = row.Text("amount_vnd").Length == 0 ? null : AmountOf(row),
            SharePct = row.OptionalSmall("share_pct"),
            Floor = row.OptionalNumber("floor_vnd") is { } floor ? new Vnd(floor) : null,
            CapFactor = CoefficientOf(row, "cap_factor", isRequired: false),
            CapStandardCode = Filled(row, "cap_standard_code"),
            RoundToVnd = row.OptionalSmall("round_to_vnd"),
            Validity = ValidityOf(row),
            At = row.At,
        };
        if (row.IsSound) CheckFormula(row, programme);
        return programme;
    }

    /// <summary>A formula has the figures it needs, and a yearly benefit its month.</summary>
    static void CheckFormula(LawTable.Row row, LawProgramme programme)
    {
        (string Column, bool IsThere)[] needed = programme.Formula switch
        {
            ProgrammeFormula.Table => [("table", programme.Table is not null)],
            ProgrammeFormula.Fixed => [("amount_vnd", programme.Amount is not null)],
            ProgrammeFormula.WageShare => [("share_pct", programme.SharePct is > 0 and <= 100), (programme.CapFactor is null ? "cap_factor" : "cap_standard_code", programme.CapFactor is null == programme.CapStandardCode is null)],
            _ => [("standard_code", programme.StandardCode is not null), ("factor", programme.Factor is not null)],
        };
        foreach (var (column, isThere) in needed)
        {
            if (!isThere) row.Refuse(column, new Problem("law.formula_incomplete", $"{programme.ProgrammeCode}: the formula '{row.Text("formula")}' needs {column}.", "Fill it in; law/README.md has the figures of each formula."));
        }

        if (programme.Frequency == PaymentFrequency.Yearly ? programme.PaidInMonth is not (>= 1 and <= 12) : programme.PaidInMonth is not null)
            row.Refuse("paid_in_month", new Problem("law.formula_incomplete", $"{programme.ProgrammeCode}: a yearly benefit has its month, 1 to 12, and no other has one.", "Correct paid_in_month or frequency."));
        if (programme.RoundToVnd == 0) row.Refuse("round_to_vnd", new Problem("law.formula_incomplete", $"{programme.ProgrammeCode}: nothing is rounded to 0.", "Write 1000, or leave it empty."));
    }

    static string? Filled(LawTable.Row row, string column) => row.Text(column) is { Length: > 0 } text ? text : null;

    static T Word<T>(LawTable.Row row, string column, params (string Word, T Value)[] words)
        where T : struct
    {
        var text = row.Required(column);
        foreach (var (word, value) in words)
        {
            if (word == text) return value;
        }

        if (text.Length > 0) row.Refuse(column, new Problem("law.unknown_word", $"'{text}' is no {column}.", $"Use one of {string.Join(", ", words.Select(word => word.Word))}."));
        return default;
    }

    /// <summary>Whole đồng above 0: a figure with a point, a comma or a fraction is refused, never rounded.</summary>
    static Vnd AmountOf(LawTable.Row row)
    {
        var amount = row.Number("amount_vnd");
        if (row.IsSound && amount == 0) row.Refuse("amount_vnd", new Problem("law.no_amount", "The amount is 0.", "A value that ended has a last day (applies_to); a value nobody has read yet is left out."));
        return new Vnd(amount);
    }

    static string? PlaceOf(LawTable.Row row)
    {
        var text = row.Required("place", "law.missing_place");
        if (text is "national" or "") return null;
        if (!Provinces.Contains(text)) row.Refuse("place", new Problem("law.unknown_place", $"'{text}' is not a place.", "Write national, or the two digits of a province of today (law/provinces.csv)."));
        return text;
    }

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
            case "KHAC": return Programme.Khac;
            default:
                row.Refuse("program", new Problem("law.unknown_programme", $"'{row.Text("program")}' is not a programme.", "Use NCC, BTXH, HTXH or KHAC."));
                return Programme.Ncc;
        }
    }
}
