using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>local-standards.csv: the province's own standards. Columns and rules: schemas/import/local-standards.md.</summary>
sealed class LocalStandardsFile() : RegisterFileFormat<LocalStandard>(RegisterFileKind.LocalStandards, "local-standards.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn provinceCode = columns.Add("province_code", Code, required: true);
    static readonly RegisterColumn standardCode = columns.Add("standard_code", Code, required: true);
    static readonly RegisterColumn amount = columns.Add("amount_vnd", Amount, required: true);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date, required: true);
    static readonly RegisterColumn validTo = columns.Add("valid_to", Date);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);
    static readonly RegisterColumn status = columns.Add("status", ColumnType.Text, required: true);

    public override string KeyInWords => "province_code, standard_code and valid_from";

    public override UInt128 KeyOf(LocalStandard value) => RegisterKey.Of(value.ProvinceCode, value.StandardCode, RegisterValues.Text(value.ValidFrom));

    public override LocalStandard Read(RegisterRowFields row)
    {
        var standard = new LocalStandard(
            row.Province(provinceCode), row.RequiredText(standardCode), row.RequiredAmount(amount),
            row.Date(validFrom) ?? default, row.Date(validTo), row.RequiredText(source), row.RequiredText(status));
        if (standard.StandardCode.Length > 0 && !RegisterCodes.StandardCodes.Contains(standard.StandardCode))
            row.Refuse(standardCode, RegisterRefusals.StandardUnknown, $"'{RegisterRowFields.Shown(standard.StandardCode)}' is no standard.",
                $"Write one of: {string.Join(", ", RegisterCodes.StandardCodes.Order(StringComparer.Ordinal))}.");
        row.Period(validTo, standard.ValidFrom, standard.ValidTo);
        return standard;
    }

    public override void Write(RegisterRowWriter row, LocalStandard value)
    {
        row.Put(value.ProvinceCode);
        row.Put(value.StandardCode);
        row.Put(value.Amount.ToString());
        row.Put(RegisterValues.Text(value.ValidFrom));
        row.Put(RegisterValues.Text(value.ValidTo));
        row.Put(value.Source);
        row.Put(value.Status);
    }
}
