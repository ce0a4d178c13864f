namespace PaymentEngine.Core.Payments;

/// <summary>Writes the ids of many attempts, one after another, as <see cref="InstructionId.Write"/> does: what the ids of one run share is made once.</summary>
public sealed class InstructionIdText
{
    const int RunLength = 1 + RunId.BodyLength;
    readonly byte[] text = new byte[InstructionId.Length];
    short provinceCode;
    NodaTime.YearMonth month;
    int runNo = -1;
    byte stateOfRun;

    /// <summary>The 18 ASCII characters of an id; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part does not fit its place: a bug of the caller.</exception>
    public ReadOnlySpan<byte> Of(in InstructionId id)
    {
        if (id.Attempt is < 1 or > InstructionId.AttemptMax) throw new ArgumentOutOfRangeException(nameof(id), id.Attempt, "An attempt is 1 to 26.");
        if (id.RunNo != runNo || id.ProvinceCode != provinceCode || id.Month != month)
        {
            text[0] = (byte)'P';
            id.Run.WriteBody(text.AsSpan(1));
            (provinceCode, month, runNo) = (id.ProvinceCode, id.Month, id.RunNo);
            stateOfRun = Iso7064.Walk(Iso7064.Start, text.AsSpan(0, RunLength));
        }

        Crockford.Write(id.LineNo, text.AsSpan(RunLength, 6));
        text[16] = (byte)('A' + id.Attempt - 1);
        text[17] = (byte)Iso7064.CheckCharacter(Iso7064.Walk(stateOfRun, text.AsSpan(RunLength, 7)));
        return text;
    }
}
