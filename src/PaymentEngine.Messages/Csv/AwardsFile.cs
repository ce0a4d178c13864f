using System.Globalization;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>awards.csv: one row per decision and state of its facts. Columns and rules: schemas/import/awards.md.</summary>
sealed class AwardsFile() : RegisterFileFormat<Award>(RegisterFileKind.Awards, "awards.csv", columns)
{
    const int SpecialFromPct = 81;
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn awardId = columns.Add("award_id", Id, required: true);
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn programme = columns.Add("programme", Choice, required: true, RegisterWords.Programme.All);
    static readonly RegisterColumn category = columns.Add("category", Code, required: true);
    static readonly RegisterColumn factsFrom = columns.Add("facts_from", Month);
    static readonly RegisterColumn recordedOn = columns.Add("recorded_on", Date);
    static readonly RegisterColumn filedOn = columns.Add("filed_on", Date);
    static readonly RegisterColumn decisionNo = columns.Add("decision_no", ColumnType.Text);
    static readonly RegisterColumn decidedOn = columns.Add("decided_on", Date);
    static readonly RegisterColumn boardOn = columns.Add("board_on", Date);
    static readonly RegisterColumn eventOn = columns.Add("event_on", Date);
    static readonly RegisterColumn firstMonth = columns.Add("first_month", Month);
    static readonly RegisterColumn lastMonth = columns.Add("last_month", Month);
    static readonly RegisterColumn endReason = columns.Add("end_reason", ColumnType.Text);
    static readonly RegisterColumn onRollSince = columns.Add("on_roll_since", Month);
    static readonly RegisterColumn convertedFrom = columns.Add("converted_from", Code);
    static readonly RegisterColumn degreePct = columns.Add("degree_pct", Integer);
    static readonly RegisterColumn invalidClass = columns.Add("class", Choice, allowed: RegisterWords.Class.All);
    static readonly RegisterColumn special = columns.Add("special", YesNo);
    static readonly RegisterColumn atHome = columns.Add("at_home", YesNo);
    static readonly RegisterColumn validExam = columns.Add("valid_exam", YesNo);
    static readonly RegisterColumn fullTime = columns.Add("full_time", YesNo);
    static readonly RegisterColumn seniorityUnits = columns.Add("seniority_units", Integer);
    static readonly RegisterColumn decoration = columns.Add("decoration", Choice, allowed: RegisterWords.Decorations);
    static readonly RegisterColumn martyrs = columns.Add("martyrs", Integer);
    static readonly RegisterColumn serviceYears = columns.Add("service_years", HalfYears);
    static readonly RegisterColumn deceasedId = columns.Add("deceased_id", Id);
    static readonly RegisterColumn deceasedCategory = columns.Add("deceased_category", Code);
    static readonly RegisterColumn deceasedPct = columns.Add("deceased_pct", Integer);
    static readonly RegisterColumn deceasedOn = columns.Add("deceased_on", Date);
    static readonly RegisterColumn relation = columns.Add("relation", Choice, allowed: RegisterWords.Relation.All);
    static readonly RegisterColumn children = columns.Add("children", Integer);
    static readonly RegisterColumn childrenBirths = columns.Add("children_births", List);
    static readonly RegisterColumn pregnant = columns.Add("pregnant", YesNo);
    static readonly RegisterColumn aboutPersonId = columns.Add("about_person_id", Id);
    static readonly RegisterColumn treatmentDays = columns.Add("treatment_days", Integer);
    static readonly RegisterColumn declaredWage = columns.Add("declared_wage_vnd", Amount);
    static readonly RegisterColumn suspendedFrom = columns.Add("suspended_from", MonthOrDate);
    static readonly RegisterColumn suspendedTo = columns.Add("suspended_to", MonthOrDate);
    static readonly RegisterColumn suspendReason = columns.Add("suspend_reason", Choice, allowed: RegisterWords.SuspendReason.All);
    static readonly RegisterColumn releasedOn = columns.Add("released_on", Date);
    static readonly RegisterColumn reappliedOn = columns.Add("reapplied_on", Date);
    static readonly RegisterColumn reviewedOn = columns.Add("reviewed_on", Date);
    static readonly RegisterColumn reviewResult = columns.Add("review_result", Choice, allowed: RegisterWords.ReviewResult.All);

    public override string KeyInWords => "award_id, facts_from and recorded_on";

    public override UInt128 KeyOf(Award value) => RegisterKey.Of(value.AwardId, RegisterValues.Text(value.FactsFrom), RegisterValues.Text(value.RecordedOn));

    public override Award Read(RegisterRowFields row)
    {
        var award = new Award
        {
            AwardId = row.RequiredId(awardId),
            PersonId = row.RequiredId(personId),
            Programme = row.Choice(programme, RegisterWords.Programme),
            Category = row.RequiredText(category),
            FactsFrom = row.Month(factsFrom),
            RecordedOn = row.Date(recordedOn),
            FiledOn = row.Date(filedOn),
            DecisionNo = row.Text(decisionNo),
            DecidedOn = row.Date(decidedOn),
            BoardOn = row.Date(boardOn),
            EventOn = row.Date(eventOn),
            FirstMonth = row.Month(firstMonth),
            LastMonth = row.Month(lastMonth),
            EndReason = row.Text(endReason),
            OnRollSince = row.Month(onRollSince),
            ConvertedFrom = row.Text(convertedFrom),
            DegreePct = row.Integer(degreePct, 5, 100),
            Class = row.Choice(invalidClass, RegisterWords.Class),
            Special = row.YesNo(special),
            AtHome = row.YesNo(atHome),
            ValidExam = row.YesNo(validExam),
            FullTime = row.YesNo(fullTime),
            SeniorityUnits = row.Integer(seniorityUnits, 0, 100),
            Decoration = row.Word(decoration, RegisterWords.Decorations),
            Martyrs = row.Integer(martyrs, 1, 20),
            ServiceHalfYears = row.HalfYears(serviceYears),
            DeceasedId = row.Id(deceasedId),
            DeceasedCategory = row.Text(deceasedCategory),
            DeceasedPct = row.Integer(deceasedPct, 5, 100),
            DeceasedOn = row.Date(deceasedOn),
            Relation = row.Choice(relation, RegisterWords.Relation),
            Children = row.Integer(children, 0, 20),
            ChildrenBirths = row.Dates(childrenBirths),
            Pregnant = row.YesNo(pregnant),
            AboutPersonId = row.Id(aboutPersonId),
            TreatmentDays = row.Integer(treatmentDays, 0, 3_660),
            DeclaredWageVnd = row.Amount(declaredWage)?.Amount,
            SuspendedFrom = row.Month(suspendedFrom),
            SuspendedTo = row.Month(suspendedTo),
            SuspendReason = row.Choice(suspendReason, RegisterWords.SuspendReason),
            ReleasedOn = row.Date(releasedOn),
            ReappliedOn = row.Date(reappliedOn),
            ReviewedOn = row.Date(reviewedOn),
            ReviewResult = row.Choice(reviewResult, RegisterWords.ReviewResult),
        };

        if (award.Programme != default && award.Category.Length > 0) CheckCategory(row, category, award.Programme, award.Category);
        if (award.DeceasedCategory is { } deceased) CheckCategory(row, deceasedCategory, Programme.Ncc, deceased);
        if (award.ConvertedFrom is { } former && !Enum.GetValues<Programme>().Any(p => RegisterCodes.CategoriesOf(p).Contains(former)))
            row.Refuse(convertedFrom, RegisterRefusals.CategoryUnknown, $"'{RegisterRowFields.Shown(former)}' is no category.", "Write the category it continues, for example k5c.");
        row.Period(lastMonth, award.FirstMonth, award.LastMonth);
        row.Period(suspendedTo, award.SuspendedFrom, award.SuspendedTo);
        if (award.SuspendedFrom is null && row.IsEmpty(suspendedFrom) && (award.SuspendedTo is not null || award.SuspendReason != SuspendReason.None))
            row.Refuse(suspendedFrom, RegisterRefusals.SuspensionWithoutStart, "A suspension has an end or a reason and no start.", "Write the month from which it is suspended.");
        if (award is { Special: true, DegreePct: < SpecialFromPct })
            row.Refuse(special, RegisterRefusals.SpecialBelow81, $"A specially severe wound or illness with a degree of {award.DegreePct} %.",
                $"special counts from {SpecialFromPct} % (Pháp lệnh 02/2020/UBTVQH14, Điều 24.1d, 27.1d): correct special or degree_pct.");
        if (award.ChildrenBirths.Count > 0 && award.Children > award.ChildrenBirths.Count)
            row.Refuse(children, RegisterRefusals.ChildrenMoreThanBirths, $"{award.Children} children count, and {award.ChildrenBirths.Count} births are given.",
                "Give the birth of each child that counts, or leave children empty.");
        row.Period(releasedOn, award.SuspendedFrom, award.ReleasedOn?.ToYearMonth());
        row.Period(reappliedOn, award.SuspendedFrom, award.ReappliedOn?.ToYearMonth());
        if (award.Category is "SURVIVOR" or "LIETSI.TN" or "LIETSI.VCTAIGIA" && award.DeceasedId == award.PersonId && award.PersonId.Length > 0)
            row.Refuse(deceasedId, RegisterRefusals.PersonSame, "The holder of a survivor's award is the deceased.", "The award belongs to the survivor; deceased_id names the one who died.");
        // A household's support may stand on the disabled person themselves (CS.HOGD); the others are always somebody else's.
        if (award.AboutPersonId is { } about && about == award.PersonId && award.Category != "CS.HOGD")
            row.Refuse(aboutPersonId, RegisterRefusals.PersonSame, "The person cared for is the holder of the award.", "The carer, foster or household award belongs to the person who cares; about_person_id names the one cared for.");
        if (award.AboutPersonId is null && award.Category is "CS.NUOITRE" or "CS.NCT" or "CS.NHAN" && row.IsEmpty(aboutPersonId))
            row.Refuse(aboutPersonId, RegisterRefusals.AboutMissing, $"A {award.Category} award does not say whom it is for.", "Write the person_id of the person cared for, fostered or taken in.");
        return award;
    }

    public override void Write(RegisterRowWriter row, Award value)
    {
        row.Put(value.AwardId);
        row.Put(value.PersonId);
        row.Put(RegisterWords.Programme.Of(value.Programme));
        row.Put(value.Category);
        row.Put(RegisterValues.Text(value.FactsFrom));
        row.Put(RegisterValues.Text(value.RecordedOn));
        row.Put(RegisterValues.Text(value.FiledOn));
        row.Put(value.DecisionNo);
        row.Put(RegisterValues.Text(value.DecidedOn));
        row.Put(RegisterValues.Text(value.BoardOn));
        row.Put(RegisterValues.Text(value.EventOn));
        row.Put(RegisterValues.Text(value.FirstMonth));
        row.Put(RegisterValues.Text(value.LastMonth));
        row.Put(value.EndReason);
        row.Put(RegisterValues.Text(value.OnRollSince));
        row.Put(value.ConvertedFrom);
        row.Put(RegisterValues.Text(value.DegreePct));
        row.Put(RegisterWords.Class.Of(value.Class));
        row.Put(RegisterValues.Text(value.Special));
        row.Put(RegisterValues.Text(value.AtHome));
        row.Put(RegisterValues.Text(value.ValidExam));
        row.Put(RegisterValues.Text(value.FullTime));
        row.Put(RegisterValues.Text(value.SeniorityUnits));
        row.Put(value.Decoration);
        row.Put(RegisterValues.Text(value.Martyrs));
        row.Put(value.ServiceHalfYears is { } halves ? string.Create(CultureInfo.InvariantCulture, $"{halves / 2}{(halves % 2 == 0 ? "" : ".5")}") : null);
        row.Put(value.DeceasedId);
        row.Put(value.DeceasedCategory);
        row.Put(RegisterValues.Text(value.DeceasedPct));
        row.Put(RegisterValues.Text(value.DeceasedOn));
        row.Put(RegisterWords.Relation.Of(value.Relation));
        row.Put(RegisterValues.Text(value.Children));
        row.Put(value.ChildrenBirths.Count == 0 ? null : string.Join(';', value.ChildrenBirths.Select(birth => RegisterValues.Text(birth))));
        row.Put(RegisterValues.Text(value.Pregnant));
        row.Put(value.AboutPersonId);
        row.Put(RegisterValues.Text(value.TreatmentDays));
        row.Put(RegisterValues.Text(value.DeclaredWageVnd));
        row.Put(RegisterValues.Text(value.SuspendedFrom));
        row.Put(RegisterValues.Text(value.SuspendedTo));
        row.Put(RegisterWords.SuspendReason.Of(value.SuspendReason));
        row.Put(RegisterValues.Text(value.ReleasedOn));
        row.Put(RegisterValues.Text(value.ReappliedOn));
        row.Put(RegisterValues.Text(value.ReviewedOn));
        row.Put(RegisterWords.ReviewResult.Of(value.ReviewResult));
    }

    static void CheckCategory(RegisterRowFields row, RegisterColumn column, Programme programme, string category)
    {
        var known = RegisterCodes.CategoriesOf(programme);
        if (known.Contains(category)) return;
        var word = RegisterWords.Programme.Of(programme);
        row.Refuse(column, RegisterRefusals.CategoryUnknown, $"'{RegisterRowFields.Shown(category)}' is no category of {word}.",
            $"Monthly categories of {word}: {string.Join(", ", known.Where(code => !code.StartsWith(word + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal))}; one-off ones are in law/one-time.");
    }
}
