using NodaTime;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Core.Recipients;

/// <summary>One row of recoupments.csv: a decision by which what was listed too much is taken back in monthly instalments (thu hồi từng tháng).</summary>
/// <param name="PersonId">Whose lists it is taken off.</param>
/// <param name="AwardId">Scope: one award; null: every award of the person.</param>
/// <param name="DecisionNo">Number of the decision, for the sentence of each instalment.</param>
/// <param name="DecidedOn">Day it was signed; it is not known before.</param>
/// <param name="FromMonth">First list month with an instalment; nothing is taken before.</param>
/// <param name="Monthly">At most this much is taken off one list, VND.</param>
/// <param name="RecordedOn">Day the register knew of it; null: the day it was signed.</param>
/// <remarks>The sum to be taken back is no part of the decision: it is what was listed minus what is due, month by month, until nothing is left.
/// Law: 131/2021/NĐ-CP and 44/2022/TT-BTC, Điều 15.1 (recovery); instalments are the decision's own.</remarks>
public sealed record RecoupmentDecision(string PersonId, string? AwardId, string DecisionNo, LocalDate DecidedOn, YearMonth FromMonth, Vnd Monthly, LocalDate? RecordedOn)
{
    /// <summary>Is the decision known on the day?</summary>
    public bool IsKnownOn(LocalDate day) => DecidedOn <= day && !(RecordedOn > day);
}
