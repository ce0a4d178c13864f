using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>paid.csv: what earlier lists ordered or paid. Columns and rules: schemas/import/paid.md.</summary>
sealed class PaidFile() : RegisterFileFormat<PaidComponent>(RegisterFileKind.Paid, "paid.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn awardId = columns.Add("award_id", Id, required: true);
    static readonly RegisterColumn month = columns.Add("month", Month, required: true);
    static readonly RegisterColumn component = columns.Add("component", Id, required: true);
    static readonly RegisterColumn amount = columns.Add("amount_vnd", Amount, required: true);
    static readonly RegisterColumn outcome = columns.Add("outcome", Choice, allowed: RegisterWords.Outcome.All);
    static readonly RegisterColumn outcomeOn = columns.Add("outcome_on", Date);

    public override string KeyInWords => "award_id, month and component";

    public override UInt128 KeyOf(PaidComponent value) => RegisterKey.Of(value.PersonId, value.AwardId, value.Month.Text(), value.Component);

    public override PaidComponent Read(RegisterRowFields row) => new(
        row.RequiredId(personId), row.RequiredId(awardId), row.Month(month) ?? default, row.RequiredId(component),
        row.RequiredAmount(amount), row.Choice(outcome, RegisterWords.Outcome), row.Date(outcomeOn));

    public override void Write(RegisterRowWriter row, PaidComponent value)
    {
        row.Put(value.PersonId);
        row.Put(value.AwardId);
        row.Put(value.Month.Text());
        row.Put(value.Component);
        row.Put(value.Amount.ToString());
        row.Put(RegisterWords.Outcome.Of(value.Outcome));
        row.Put(RegisterValues.Text(value.OutcomeOn));
    }
}
