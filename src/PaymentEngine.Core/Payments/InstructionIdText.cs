namespace PaymentEngine.Core.Payments;

/// <summary>Writes the ids of many attempts, one after another, as <see cref="InstructionId.Write"/> does: what the ids of one run, and of a thousand lines of it, share is made once.</summary>
public sealed class InstructionIdText
{
    const int RunLength = 1 + RunId.BodyLength;

    /// <summary>The last two of the six figures of the line, in base 32.</summary>
    const int LastBits = 10;
    const int Last = 1 << LastBits;
    readonly byte[] text = new byte[InstructionId.Length];
    short provinceCode;
    NodaTime.YearMonth month;
    int runNo = -1;
    int thousand = int.MinValue;
    ushort stateOfThousand;

    /// <summary>The 18 ASCII characters of an id; valid until the next call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part does not fit its place: a bug of the caller.</exception>
    public ReadOnlySpan<byte> Of(in InstructionId id)
    {
        if (id.Attempt is < 1 or > InstructionId.AttemptMax) throw new ArgumentOutOfRangeException(nameof(id), id.Attempt, "An attempt is 1 to 26.");
        if (id.RunNo != runNo || id.ProvinceCode != provinceCode || id.Month != month)
        {
            text[0] = (byte)'P';
            id.Run.WriteBody(text.AsSpan(1));
            (provinceCode, month, runNo, thousand) = (id.ProvinceCode, id.Month, id.RunNo, int.MinValue);
        }

        if (id.LineNo >> LastBits != thousand)
        {
            Crockford.Write(id.LineNo, text.AsSpan(RunLength, 6));
            thousand = id.LineNo >> LastBits;
            stateOfThousand = Iso7064.Walk(Iso7064.Start, text.AsSpan(0, RunLength + 4));
        }

        Crockford.Write(id.LineNo & (Last - 1), text.AsSpan(RunLength + 4, 2));
        text[16] = (byte)('A' + id.Attempt - 1);
        text[17] = (byte)Iso7064.CheckCharacter(Iso7064.Walk(stateOfThousand, text.AsSpan(RunLength + 4, 3)));
        return text;
    }
}
