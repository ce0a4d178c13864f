using PaymentEngine.Core.Areas;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>area-units.csv: terms of districts and communes. Columns and rules: schemas/import/area-units.md.</summary>
sealed class AreaUnitsFile() : RegisterFileFormat<AreaUnitRow>(RegisterFileKind.AreaUnits, "area-units.csv", columns)
{
    static readonly Words<AreaKind> kinds = new(("rural_district", AreaKind.RuralDistrict), ("urban_district", AreaKind.UrbanDistrict), ("town", AreaKind.Town), ("provincial_city", AreaKind.ProvincialCity),
        ("commune", AreaKind.Commune), ("ward", AreaKind.Ward), ("township", AreaKind.Township), ("special_zone", AreaKind.SpecialZone));

    static readonly ColumnSet columns = new();
    static readonly RegisterColumn code = columns.Add("code", Code, required: true);
    static readonly RegisterColumn name = columns.Add("name", ColumnType.Text, required: true);
    static readonly RegisterColumn kind = columns.Add("kind", Choice, required: true, allowed: kinds.All);
    static readonly RegisterColumn parentCode = columns.Add("parent_code", Code, required: true);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date);
    static readonly RegisterColumn validTo = columns.Add("valid_to", Date);
    static readonly RegisterColumn successorCodes = columns.Add("successor_codes", List);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);
    static readonly RegisterColumn withdrawn = columns.Add("withdrawn", YesNo);

    public override string KeyInWords => "code and valid_from";

    public override UInt128 KeyOf(AreaUnitRow value) => RegisterKey.Of(value.Unit.Code, RegisterValues.Text(value.Unit.ValidFrom));

    public override AreaUnitRow Read(RegisterRowFields row)
    {
        var level = row.Choice(kind, kinds);
        var unit = new AreaUnit(row.Figures(code, 3, 5), level == default ? AreaKind.Commune : level, row.RequiredText(name), row.Figures(parentCode, 2, 5), row.Date(validFrom), row.Date(validTo),
            [.. (row.Text(successorCodes) ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], row.RequiredText(source));
        row.Period(validTo, unit.ValidFrom, unit.ValidTo);
        return new AreaUnitRow(unit, row.YesNo(withdrawn) ?? false);
    }

    public override void Write(RegisterRowWriter row, AreaUnitRow value)
    {
        var unit = value.Unit;
        row.Put(unit.Code);
        row.Put(unit.Name);
        row.Put(kinds.Of(unit.Kind));
        row.Put(unit.ParentCode);
        row.Put(RegisterValues.Text(unit.ValidFrom));
        row.Put(RegisterValues.Text(unit.ValidTo));
        row.Put(unit.Successors.Count == 0 ? null : string.Join(';', unit.Successors));
        row.Put(unit.Source);
        row.Put(value.IsWithdrawn ? "yes" : null);
    }
}

/// <summary>area-divisions.csv: where parts of divided communes went. Columns and rules: schemas/import/area-divisions.md.</summary>
sealed class AreaDivisionsFile() : RegisterFileFormat<AreaDivisionRow>(RegisterFileKind.AreaDivisions, "area-divisions.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn fromCode = columns.Add("from_code", Code, required: true);
    static readonly RegisterColumn on = columns.Add("on", Date, required: true);
    static readonly RegisterColumn hamlet = columns.Add("hamlet", ColumnType.Text);
    static readonly RegisterColumn personId = columns.Add("person_id", Id);
    static readonly RegisterColumn toCode = columns.Add("to_code", Code, required: true);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "from_code, on, hamlet and person_id";

    public override UInt128 KeyOf(AreaDivisionRow value) => RegisterKey.Of(value.FromCode, RegisterValues.Text(value.On), HamletKey.Of(value.Hamlet), value.PersonId);

    public override AreaDivisionRow Read(RegisterRowFields row)
    {
        var part = new AreaDivisionRow(row.Commune(fromCode) ?? "", row.Date(on) ?? default, row.Text(hamlet), row.Id(personId), row.Commune(toCode) ?? "", row.RequiredText(source));
        if (part is { Hamlet: not null, PersonId: not null })
            row.Refuse(hamlet, "area.hamlet_and_person", "The row names a hamlet and a person.", "Give a row for the hamlet and another for the person; a person's row goes before that of the hamlet.");
        else if (part.Hamlet is not null && HamletKey.Of(part.Hamlet).Length == 0)
            row.Refuse(hamlet, "area.hamlet_unreadable", $"'{RegisterRowFields.Shown(part.Hamlet)}' has neither a letter nor a figure.", "Write the hamlet's name; leave the cell empty for everybody whom no other row names.");
        return part;
    }

    public override void Write(RegisterRowWriter row, AreaDivisionRow value)
    {
        row.Put(value.FromCode);
        row.Put(RegisterValues.Text(value.On));
        row.Put(value.Hamlet);
        row.Put(value.PersonId);
        row.Put(value.ToCode);
        row.Put(value.Source);
    }
}
