using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Notices;
using PaymentEngine.Core.Recipients.Population;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>deaths.csv. Columns and rules: schemas/import/deaths.md.</summary>
sealed class DeathsFile() : RegisterFileFormat<DeathNotice>(RegisterFileKind.Deaths, "deaths.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id);
    static readonly RegisterColumn idNumber = columns.Add("id_number", Id);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text, required: true);
    static readonly RegisterColumn birth = columns.Add("birth", Birth);
    static readonly RegisterColumn diedOn = columns.Add("died_on", Date, required: true);
    static readonly RegisterColumn knownOn = columns.Add("known_on", Date);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "person_id and id_number";

    public override UInt128 KeyOf(DeathNotice value) => RegisterKey.Of(value.PersonId, value.IdNumber);

    public override DeathNotice Read(RegisterRowFields row)
    {
        var born = row.Birth(birth);
        var notice = new DeathNotice(row.Id(personId), NoticeNumbers.Read(row, idNumber), row.RequiredName(fullName), born == default ? null : born, row.Date(diedOn) ?? default, row.Date(knownOn), row.RequiredText(source));
        if (notice.PersonId is null && notice.IdNumber is null && !row.IsRefused)
            row.Refuse(idNumber, "notice.nobody", "The row names nobody: person_id and id_number are both empty.", "Give one of the two; an old number of 9 digits will do.");
        if (notice.KnownOn < notice.DiedOn)
            row.Refuse(knownOn, RegisterRefusals.PeriodBackwards, "The office knew of the death before it happened.", "Correct one of the two days.");
        if (notice.Birth is { } known && notice.DiedOn != default && notice.DiedOn < new LocalDate(known.Year, Math.Max((int)known.Month, 1), Math.Max((int)known.Day, 1)))
            row.Refuse(diedOn, RegisterRefusals.DeathBeforeBirth, "The day of death is before the birth.", "Correct one of the two.");
        return notice;
    }

    public override void Write(RegisterRowWriter row, DeathNotice value)
    {
        row.Put(value.PersonId);
        row.Put(value.IdNumber);
        row.Put(value.FullName);
        row.Put(value.Birth?.ToString());
        row.Put(RegisterValues.Text(value.DiedOn));
        row.Put(RegisterValues.Text(value.KnownOn));
        row.Put(value.Source);
    }
}

/// <summary>moves.csv. Columns and rules: schemas/import/moves.md.</summary>
sealed class MovesFile() : RegisterFileFormat<MoveNotice>(RegisterFileKind.Moves, "moves.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text, required: true);
    static readonly RegisterColumn toProvince = columns.Add("to_province_code", Code, required: true);
    static readonly RegisterColumn toCommune = columns.Add("to_commune_code", Code, required: true);
    static readonly RegisterColumn fromMonth = columns.Add("from_month", Month, required: true);
    static readonly RegisterColumn householdId = columns.Add("household_id", Id);
    static readonly RegisterColumn knownOn = columns.Add("known_on", Date);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "person_id";

    public override UInt128 KeyOf(MoveNotice value) => RegisterKey.Of(value.PersonId);

    public override MoveNotice Read(RegisterRowFields row) =>
        new(row.RequiredId(personId), row.RequiredName(fullName), row.Province(toProvince), row.Commune(toCommune) ?? "", row.Month(fromMonth) ?? default, row.Id(householdId), row.Date(knownOn), row.RequiredText(source));

    public override void Write(RegisterRowWriter row, MoveNotice value)
    {
        row.Put(value.PersonId);
        row.Put(value.FullName);
        row.Put(value.ToProvince);
        row.Put(value.ToCommune);
        row.Put(value.FromMonth.Text());
        row.Put(value.HouseholdId);
        row.Put(RegisterValues.Text(value.KnownOn));
        row.Put(value.Source);
    }
}

/// <summary>births.csv. Columns and rules: schemas/import/births.md.</summary>
sealed class BirthsFile() : RegisterFileFormat<BirthNotice>(RegisterFileKind.Births, "births.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text, required: true);
    static readonly RegisterColumn bornOn = columns.Add("born_on", Date, required: true);
    static readonly RegisterColumn knownOn = columns.Add("known_on", Date);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "person_id, born_on and source";

    public override UInt128 KeyOf(BirthNotice value) => RegisterKey.Of(value.PersonId, RegisterValues.Text(value.BornOn), value.Source);

    public override BirthNotice Read(RegisterRowFields row)
    {
        var notice = new BirthNotice(row.RequiredId(personId), row.RequiredName(fullName), row.Date(bornOn) ?? default, row.Date(knownOn), row.RequiredText(source));
        if (notice.KnownOn < notice.BornOn)
            row.Refuse(knownOn, RegisterRefusals.PeriodBackwards, "The office knew of the birth before it happened.", "Correct one of the two days.");
        return notice;
    }

    public override void Write(RegisterRowWriter row, BirthNotice value)
    {
        row.Put(value.PersonId);
        row.Put(value.FullName);
        row.Put(RegisterValues.Text(value.BornOn));
        row.Put(RegisterValues.Text(value.KnownOn));
        row.Put(value.Source);
    }
}

/// <summary>identifiers.csv. Columns and rules: schemas/import/identifiers.md.</summary>
sealed class IdentifiersFile() : RegisterFileFormat<DeclaredIdentifier>(RegisterFileKind.Identifiers, "identifiers.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn idNumber = columns.Add("id_number", Id, required: true);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date);
    static readonly RegisterColumn validTo = columns.Add("valid_to", Date);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "person_id and id_number";

    public override UInt128 KeyOf(DeclaredIdentifier value) => RegisterKey.Of(value.PersonId, value.IdNumber);

    public override DeclaredIdentifier Read(RegisterRowFields row)
    {
        var number = new DeclaredIdentifier(row.RequiredId(personId), NoticeNumbers.Read(row, idNumber) ?? "", row.Date(validFrom), row.Date(validTo), row.RequiredText(source));
        row.Period(validTo, number.ValidFrom, number.ValidTo);
        return number;
    }

    public override void Write(RegisterRowWriter row, DeclaredIdentifier value)
    {
        row.Put(value.PersonId);
        row.Put(value.IdNumber);
        row.Put(RegisterValues.Text(value.ValidFrom));
        row.Put(RegisterValues.Text(value.ValidTo));
        row.Put(value.Source);
    }
}

/// <summary>heads.csv. Columns and rules: schemas/import/heads.md.</summary>
sealed class HeadsFile() : RegisterFileFormat<HouseholdHead>(RegisterFileKind.Heads, "heads.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn householdId = columns.Add("household_id", Id, required: true);
    static readonly RegisterColumn headId = columns.Add("head_person_id", Id, required: true);
    static readonly RegisterColumn from = columns.Add("from", Date, required: true);
    static readonly RegisterColumn source = columns.Add("source", ColumnType.Text, required: true);

    public override string KeyInWords => "household_id and from";

    public override UInt128 KeyOf(HouseholdHead value) => RegisterKey.Of(value.HouseholdId, RegisterValues.Text(value.From));

    public override HouseholdHead Read(RegisterRowFields row) => new(row.RequiredId(householdId), row.RequiredId(headId), row.Date(from) ?? default, row.RequiredText(source));

    public override void Write(RegisterRowWriter row, HouseholdHead value)
    {
        row.Put(value.HouseholdId);
        row.Put(value.PersonId);
        row.Put(RegisterValues.Text(value.From));
        row.Put(value.Source);
    }
}

/// <summary>population-answers.csv: the answer of the population database. Columns and rules: schemas/import/population-answers.md.</summary>
sealed class PopulationAnswersFile() : RegisterFileFormat<PopulationAnswer>(RegisterFileKind.PopulationAnswers, "population-answers.csv", columns)
{
    static readonly Words<PopulationOutcome> outcomes = new(("found", PopulationOutcome.Found), ("not_found", PopulationOutcome.NotFound), ("several", PopulationOutcome.Several));
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn outcome = columns.Add("outcome", Choice, required: true, allowed: outcomes.All);
    static readonly RegisterColumn idNumber = columns.Add("id_number", Id);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text);
    static readonly RegisterColumn birth = columns.Add("birth", Birth);
    static readonly RegisterColumn sex = columns.Add("sex", Choice, allowed: RegisterWords.Sex.All);
    static readonly RegisterColumn death = columns.Add("death", Date);
    static readonly RegisterColumn communeCode = columns.Add("commune_code", Code);
    static readonly RegisterColumn checkedOn = columns.Add("checked_on", Date, required: true);
    static readonly RegisterColumn note = columns.Add("note", ColumnType.Text);

    public override string KeyInWords => "person_id";

    public override UInt128 KeyOf(PopulationAnswer value) => RegisterKey.Of(value.PersonId);

    public override PopulationAnswer Read(RegisterRowFields row)
    {
        var born = row.Birth(birth);
        var answer = new PopulationAnswer(row.RequiredId(personId), row.Choice(outcome, outcomes), NoticeNumbers.Read(row, idNumber), row.Name(fullName), born == default ? null : born, row.Choice(sex, RegisterWords.Sex),
            row.Date(death), row.IsEmpty(communeCode) ? null : row.Commune(communeCode), row.Date(checkedOn) ?? default, row.Text(note));
        if (answer.IdNumber is { Length: 9 })
            row.Refuse(idNumber, RegisterRefusals.IdNumberMalformed, "The population database gives numbers of 12 digits; this has 9.", "Write the 12 digits as text, with leading zeros.");
        if (!row.IsRefused && answer.Outcome == PopulationOutcome.Found && (answer.IdNumber is null || answer.FullName is null || answer.Birth is null))
            row.Refuse(outcome, RegisterRefusals.CellEmpty, "The person was found, and number, name or birth is empty.", "Fill in id_number, full_name and birth, or write not_found.");
        if (answer.Birth is { } known && answer.Death is { } died && died < new LocalDate(known.Year, Math.Max((int)known.Month, 1), Math.Max((int)known.Day, 1)))
            row.Refuse(death, RegisterRefusals.DeathBeforeBirth, "The day of death is before the birth.", "Correct one of the two.");
        return answer;
    }

    public override void Write(RegisterRowWriter row, PopulationAnswer value)
    {
        row.Put(value.PersonId);
        row.Put(outcomes.Of(value.Outcome));
        row.Put(value.IdNumber);
        row.Put(value.FullName);
        row.Put(value.Birth?.ToString());
        row.Put(RegisterWords.Sex.Of(value.Sex));
        row.Put(RegisterValues.Text(value.Death));
        row.Put(value.CommuneCode);
        row.Put(RegisterValues.Text(value.CheckedOn));
        row.Put(value.Note);
    }
}

/// <summary>Identity numbers in files that report events.</summary>
static class NoticeNumbers
{
    /// <summary>9 or 12 digits; null when empty or refused.</summary>
    public static string? Read(RegisterRowFields row, RegisterColumn column)
    {
        var number = row.Text(column);
        if (number is null || IdentityNumber.IsWellFormed(number)) return number;
        row.Refuse(column, RegisterRefusals.IdNumberMalformed, $"An identity number has 12 digits (9 for an old one); this has {number.Length} characters.", "Write the digits as text; a spreadsheet takes a leading 0 away.");
        return null;
    }
}
