using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>areas.csv: communes with their terms and successors. Columns and rules: schemas/import/areas.md.</summary>
sealed class AreasFile() : RegisterFileFormat<Area>(RegisterFileKind.Areas, "areas.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn communeCode = columns.Add("commune_code", Code, required: true);
    static readonly RegisterColumn name = columns.Add("name", ColumnType.Text, required: true);
    static readonly RegisterColumn provinceCode = columns.Add("province_code", Code, required: true);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date);
    static readonly RegisterColumn validTo = columns.Add("valid_to", Date);
    static readonly RegisterColumn successorCodes = columns.Add("successor_codes", List);

    public override string KeyInWords => "commune_code and valid_from";

    public override UInt128 KeyOf(Area value) => RegisterKey.Of(value.CommuneCode, RegisterValues.Text(value.ValidFrom));

    public override Area Read(RegisterRowFields row)
    {
        var area = new Area(row.Commune(communeCode) ?? "", row.RequiredText(name), row.Province(provinceCode), row.Date(validFrom), row.Date(validTo), row.Communes(successorCodes));
        row.Period(validTo, area.ValidFrom, area.ValidTo);
        return area;
    }

    public override void Write(RegisterRowWriter row, Area value)
    {
        row.Put(value.CommuneCode);
        row.Put(value.Name);
        row.Put(value.ProvinceCode);
        row.Put(RegisterValues.Text(value.ValidFrom));
        row.Put(RegisterValues.Text(value.ValidTo));
        row.Put(value.SuccessorCodes.Count == 0 ? null : string.Join(';', value.SuccessorCodes));
    }
}
