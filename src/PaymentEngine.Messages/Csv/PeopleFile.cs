using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>people.csv: one row per person and state of facts. Columns and rules: schemas/import/people.md.</summary>
sealed class PeopleFile() : RegisterFileFormat<PersonFacts>(RegisterFileKind.People, "people.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn idNumber = columns.Add("id_number", Id);
    static readonly RegisterColumn fullName = columns.Add("full_name", ColumnType.Text, required: true);
    static readonly RegisterColumn sex = columns.Add("sex", Choice, allowed: RegisterWords.Sex.All);
    static readonly RegisterColumn birth = columns.Add("birth", Birth, required: true);
    static readonly RegisterColumn death = columns.Add("death", Date);
    static readonly RegisterColumn factsFrom = columns.Add("facts_from", Month);
    static readonly RegisterColumn recordedOn = columns.Add("recorded_on", Date);
    static readonly RegisterColumn provinceCode = columns.Add("province_code", Code, required: true);
    static readonly RegisterColumn communeCode = columns.Add("commune_code", Code, required: true);
    static readonly RegisterColumn specialArea = columns.Add("special_area", YesNo);
    static readonly RegisterColumn householdId = columns.Add("household_id", Id);
    static readonly RegisterColumn spouseId = columns.Add("spouse_id", Id);
    static readonly RegisterColumn poverty = columns.Add("poverty", Choice, allowed: RegisterWords.Poverty.All);
    static readonly RegisterColumn supporter = columns.Add("supporter", Choice, allowed: RegisterWords.Supporter.All);
    static readonly RegisterColumn alone = columns.Add("alone", Choice, allowed: RegisterWords.Alone.All);
    static readonly RegisterColumn otherIncome = columns.Add("other_income", Choice, allowed: RegisterWords.OtherIncome.All);
    static readonly RegisterColumn otherIncomeVnd = columns.Add("other_income_vnd", Amount);
    static readonly RegisterColumn disability = columns.Add("disability", Choice, allowed: RegisterWords.Disability.All);
    static readonly RegisterColumn disabilityCertificateOn = columns.Add("disability_certificate_on", Date);
    static readonly RegisterColumn studying = columns.Add("studying", YesNo);
    static readonly RegisterColumn studyBroken = columns.Add("study_broken", YesNo);
    static readonly RegisterColumn hamlet = columns.Add("hamlet", ColumnType.Text);
    static readonly RegisterColumn address = columns.Add("address", ColumnType.Text);
    static readonly RegisterColumn phone = columns.Add("phone", ColumnType.Text);
    static readonly RegisterColumn contact = columns.Add("contact", ColumnType.Text);
    static readonly RegisterColumn inFacility = columns.Add("in_facility", YesNo);

    public override string KeyInWords => "person_id, facts_from and recorded_on";

    public override UInt128 KeyOf(PersonFacts value) => RegisterKey.Of(value.PersonId, RegisterValues.Text(value.FactsFrom), RegisterValues.Text(value.RecordedOn));

    public override PersonFacts Read(RegisterRowFields row)
    {
        var person = new PersonFacts
        {
            PersonId = row.RequiredId(personId),
            IdNumber = row.Text(idNumber),
            FullName = row.RequiredName(fullName),
            Sex = row.Choice(sex, RegisterWords.Sex),
            Birth = row.Birth(birth),
            Death = row.Date(death),
            FactsFrom = row.Month(factsFrom),
            RecordedOn = row.Date(recordedOn),
            ProvinceCode = row.Province(provinceCode),
            CommuneCode = row.Commune(communeCode) ?? "",
            SpecialArea = row.YesNo(specialArea),
            HouseholdId = row.Id(householdId),
            SpouseId = row.Id(spouseId),
            Poverty = row.Choice(poverty, RegisterWords.Poverty),
            Supporter = row.Choice(supporter, RegisterWords.Supporter),
            Alone = row.Choice(alone, RegisterWords.Alone),
            OtherIncome = row.Choice(otherIncome, RegisterWords.OtherIncome),
            OtherIncomeVnd = row.Amount(otherIncomeVnd)?.Amount,
            Disability = row.Choice(disability, RegisterWords.Disability),
            DisabilityCertificateOn = row.Date(disabilityCertificateOn),
            Studying = row.YesNo(studying),
            StudyBroken = row.YesNo(studyBroken),
            Hamlet = row.Text(hamlet),
            Address = row.Text(address),
            Phone = row.Text(phone),
            Contact = row.Text(contact),
            InFacility = row.YesNo(inFacility),
        };

        if (person.IdNumber is { } number)
        {
            if (!IdentityNumber.IsWellFormed(number))
                row.Refuse(idNumber, RegisterRefusals.IdNumberMalformed, $"An identity number has 12 digits (9 for an old one); this has {number.Length} characters.",
                    "Write the digits as text; a spreadsheet takes a leading 0 away.");
            else if (person.Birth.Year > 0)
                WarnDoubts(row, IdentityNumber.Doubts(number, person.Birth, person.Sex, RegisterCodes.IdentityPrefixes));
        }

        if (person.Death is { } died && person.Birth.Year > 0 && died < Earliest(person.Birth))
            row.Refuse(death, RegisterRefusals.DeathBeforeBirth, "The day of death is before the birth.", "Correct one of the two.");
        if (person.DisabilityCertificateOn is { } certificate && person.Birth.Year > 0 && certificate < Earliest(person.Birth))
            row.Refuse(disabilityCertificateOn, RegisterRefusals.CertificateBeforeBirth, "The disability certificate is older than the person.", "Correct birth or disability_certificate_on.");
        if (person.SpouseId is { } spouse && spouse == person.PersonId)
            row.Refuse(spouseId, RegisterRefusals.PersonSame, "A person cannot be their own spouse.", "Write the spouse's person_id, or leave the cell empty.");
        return person;
    }

    public override void Write(RegisterRowWriter row, PersonFacts value)
    {
        row.Put(value.PersonId);
        row.Put(value.IdNumber);
        row.Put(value.FullName);
        row.Put(RegisterWords.Sex.Of(value.Sex));
        row.Put(value.Birth.ToString());
        row.Put(RegisterValues.Text(value.Death));
        row.Put(RegisterValues.Text(value.FactsFrom));
        row.Put(RegisterValues.Text(value.RecordedOn));
        row.Put(value.ProvinceCode);
        row.Put(value.CommuneCode);
        row.Put(RegisterValues.Text(value.SpecialArea));
        row.Put(value.HouseholdId);
        row.Put(value.SpouseId);
        row.Put(RegisterWords.Poverty.Of(value.Poverty));
        row.Put(RegisterWords.Supporter.Of(value.Supporter));
        row.Put(RegisterWords.Alone.Of(value.Alone));
        row.Put(RegisterWords.OtherIncome.Of(value.OtherIncome));
        row.Put(RegisterValues.Text(value.OtherIncomeVnd));
        row.Put(RegisterWords.Disability.Of(value.Disability));
        row.Put(RegisterValues.Text(value.DisabilityCertificateOn));
        row.Put(RegisterValues.Text(value.Studying));
        row.Put(RegisterValues.Text(value.StudyBroken));
        row.Put(value.Hamlet);
        row.Put(value.Address);
        row.Put(value.Phone);
        row.Put(value.Contact);
        row.Put(RegisterValues.Text(value.InFacility));
    }

    static void WarnDoubts(RegisterRowFields row, IdentityDoubt doubts)
    {
        if (doubts == IdentityDoubt.None) return;
        if (doubts.HasFlag(IdentityDoubt.PrefixUnknown))
            row.Warn(idNumber, RegisterRefusals.IdNumberPrefix, "The first three digits are no province of birth registration.", "Check the number; a birth registered abroad has a code of its country.");
        if (doubts.HasFlag(IdentityDoubt.SexDiffers))
            row.Warn(idNumber, RegisterRefusals.IdNumberSex, "The fourth digit says the other sex.", "Check the number and the sex with the population database.");
        if (doubts.HasFlag(IdentityDoubt.BirthYearDiffers))
            row.Warn(idNumber, RegisterRefusals.IdNumberBirthYear, "The number says another year of birth.", "Check the number and the birth date with the population database.");
    }

    static NodaTime.LocalDate Earliest(BirthDate birth) => new(birth.Year, Math.Max((int)birth.Month, 1), Math.Max((int)birth.Day, 1));
}
