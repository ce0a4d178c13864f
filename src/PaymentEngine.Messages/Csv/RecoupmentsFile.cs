using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>recoupments.csv: decisions to take back by instalments what was listed too much. Columns and rules: schemas/import/recoupments.md.</summary>
sealed class RecoupmentsFile() : RegisterFileFormat<RecoupmentDecision>(RegisterFileKind.Recoupments, "recoupments.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn awardId = columns.Add("award_id", Id);
    static readonly RegisterColumn decisionNo = columns.Add("decision_no", ColumnType.Text, required: true);
    static readonly RegisterColumn decidedOn = columns.Add("decided_on", Date, required: true);
    static readonly RegisterColumn fromMonth = columns.Add("from_month", Month, required: true);
    static readonly RegisterColumn monthly = columns.Add("monthly_vnd", Amount, required: true);
    static readonly RegisterColumn recordedOn = columns.Add("recorded_on", Date);

    public override string KeyInWords => "person_id, award_id and decision_no";

    public override UInt128 KeyOf(RecoupmentDecision value) => RegisterKey.Of(value.PersonId, value.AwardId, value.DecisionNo);

    public override RecoupmentDecision Read(RegisterRowFields row)
    {
        var decision = new RecoupmentDecision(row.RequiredId(personId), row.Id(awardId), row.RequiredText(decisionNo), row.Date(decidedOn) ?? default, row.Month(fromMonth) ?? default,
            row.RequiredAmount(monthly), row.Date(recordedOn));
        // An instalment before the decision would have been taken without one.
        if (decision.DecidedOn != default && decision.FromMonth != default) row.Period(fromMonth, decision.DecidedOn.ToYearMonth(), decision.FromMonth);
        return decision;
    }

    public override void Write(RegisterRowWriter row, RecoupmentDecision value)
    {
        row.Put(value.PersonId);
        row.Put(value.AwardId);
        row.Put(value.DecisionNo);
        row.Put(RegisterValues.Text(value.DecidedOn));
        row.Put(value.FromMonth.Text());
        row.Put(value.Monthly.ToString());
        row.Put(RegisterValues.Text(value.RecordedOn));
    }
}
