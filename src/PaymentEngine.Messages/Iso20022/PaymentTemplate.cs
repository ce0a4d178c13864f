using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>
/// One transaction (CdtTrfTxInf) as constant bytes with holes. XmlWriter lays the transaction out once; its bytes are cut at the holes, and every
/// payment after that is copying. What fills a hole has been checked to need no escaping, so the bytes are those XmlWriter would write.
/// </summary>
sealed class PaymentTemplate
{
    /// <summary>Stands for a hole while XmlWriter lays the transaction out; no text of ours can hold it.</summary>
    const string Hole = "~";

    /// <summary>Different banks, purposes and texts that are kept as bytes; a run has a few dozen. More are written all the same, only slower.</summary>
    const int KeptMax = 512;
    const int NearAgents = 64;
    const int RemittanceRoom = 256;
    const int AmountRoom = 20;

    readonly BankProfile profile;
    readonly bool writesUetr;
    readonly byte[] opening;         // up to the amount, the id's places filled again for each payment
    readonly int instructionAt, endToEndAt, uetrAt;
    readonly byte[] beforeAgent, beforeName, beforeAccount, beforePurpose, beforeRemittance, closing;
    readonly (string Agent, byte[] Part)[] nearAgents = new (string, byte[])[NearAgents];
    readonly Dictionary<string, byte[]> agents = new(StringComparer.Ordinal);
    readonly Dictionary<string, byte[]> purposes = new(StringComparer.Ordinal);
    readonly Dictionary<string, byte[]> texts = new(StringComparer.Ordinal);
    string? lastAgent, lastPurpose, lastText;
    byte[] agentPart = [], purposePart = [], textPart = [];

    public PaymentTemplate(BankProfile profile, Pain001Version version)
    {
        this.profile = profile;
        writesUetr = profile.WritesUetr && version.TakesUetr;
        var pieces = Pieces(profile, version, writesUetr);
        var at = 0;
        instructionAt = pieces[at++].Length;
        endToEndAt = instructionAt + InstructionId.Length + pieces[at++].Length;
        uetrAt = endToEndAt + InstructionId.Length;
        opening = [.. pieces[0], .. new byte[InstructionId.Length], .. pieces[1], .. new byte[InstructionId.Length]];
        if (writesUetr)
        {
            uetrAt += pieces[at].Length;
            opening = [.. opening, .. pieces[at++], .. new byte[Uetr.Length]];
        }

        opening = [.. opening, .. pieces[at++]];
        (beforeAgent, beforeName, beforeAccount, beforePurpose, beforeRemittance, closing) = (pieces[at++], pieces[at++], pieces[at++], pieces[at++], pieces[at++], pieces[at]);
        BytesMax = pieces.Sum(piece => piece.Length) + (3 * InstructionId.Length) + Uetr.Length + AmountRoom + 35 + profile.NameLengthMax + AccountLengthMax + 35 + RemittanceRoom;
    }

    /// <summary>The longest account number of the message.</summary>
    public const int AccountLengthMax = 34;

    /// <summary>More than any transaction of this template takes.</summary>
    public int BytesMax { get; }

    /// <summary>Where the account number of the payment written last begins in its bytes, and its length.</summary>
    public (int From, int Length) Account { get; private set; }

    /// <summary>The bank of the payment written last, as it was written.</summary>
    public ReadOnlySpan<byte> Agent => agentPart.AsSpan(beforeAgent.Length, agentPart.Length - beforeAgent.Length - beforeName.Length);

    /// <summary>Writes a transaction.</summary>
    /// <param name="into">At least <see cref="BytesMax"/>.</param>
    /// <returns>How many bytes it took.</returns>
    /// <exception cref="InvalidOperationException">A text that must not reach a bank.</exception>
    public int Write(Span<byte> into, in PaymentInstruction payment, ReadOnlySpan<byte> id)
    {
        id = id[..InstructionId.Length]; // a length known beforehand is copied without a call
        opening.CopyTo(into);
        id.CopyTo(into[instructionAt..]);
        id.CopyTo(into[endToEndAt..]);
        if (writesUetr) Uetr.Write(payment.EndToEndId, id, into.Slice(uetrAt, Uetr.Length));
        var at = opening.Length;
        Utf8Formatter.TryFormat(payment.Amount.Amount, into[at..], out var figures);
        at += figures;

        var agent = profile.AgentOf(payment);
        if (!ReferenceEquals(agent, lastAgent)) (lastAgent, agentPart) = (agent, AgentPartOf(agent));
        agentPart.CopyTo(into[at..]);
        at += agentPart.Length;

        var name = payment.CreditorName;
        if (name.Length > profile.NameLengthMax || !BankText.TryWrite(name, into[at..])) throw Fault(payment, "a name has not been made ready for a bank");
        at += name.Length;
        beforeAccount.CopyTo(into[at..]);
        at += beforeAccount.Length;

        if (!TryWriteAccount(payment.CreditorAccount, into[at..])) throw Fault(payment, "an account number has not been made ready for a bank");
        Account = (at, payment.CreditorAccount.Length);
        at += payment.CreditorAccount.Length;

        if (!ReferenceEquals(payment.PurposeCode, lastPurpose)) purposePart = Kept(purposes, lastPurpose = payment.PurposeCode, PurposePart);
        purposePart.CopyTo(into[at..]);
        at += purposePart.Length;

        id.CopyTo(into[at..]);
        at += id.Length;
        if (!ReferenceEquals(payment.RemittanceText, lastText)) textPart = Kept(texts, lastText = payment.RemittanceText, TextPart);
        textPart.CopyTo(into[at..]);
        return at + textPart.Length;
    }

    /// <summary>Writes figures and capital letters; false for any other character.</summary>
    public static bool TryWriteAccount(ReadOnlySpan<char> account, Span<byte> into)
    {
        if (account.Length is 0 or > AccountLengthMax) return false;
        var wide = MemoryMarshal.Cast<char, ushort>(account);
        if (Vector128.IsHardwareAccelerated && wide.Length is >= 8 and <= 16)
        {
            // The first eight characters and the last eight, which may overlap, narrowed together: what does not fit becomes 255.
            var bytes = Vector128.NarrowWithSaturation(Vector128.Create(wide), Vector128.Create(wide[^8..]));
            var figure = Vector128.LessThan(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
            var capital = Vector128.LessThan(bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)26));
            if ((figure | capital) != Vector128<byte>.AllBitsSet) return false;
            bytes.GetLower().CopyTo(into);
            bytes.GetUpper().CopyTo(into[(wide.Length - 8)..]);
            return true;
        }

        for (var i = 0; i < account.Length; i++)
        {
            var c = account[i];
            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c)) return false;
            into[i] = (byte)c;
        }

        return true;
    }

    // Banks change from payment to payment: a look at the last two characters finds nearly all of them.
    byte[] AgentPartOf(string agent)
    {
        if (agent.Length < 2) return AgentPart(agent);
        ref var near = ref nearAgents[((agent[^1] * 7) + agent[^2]) & (NearAgents - 1)];
        if (agent != near.Agent) near = (agent, Kept(agents, agent, AgentPart));
        return near.Part;
    }

    // From the amount's end over the bank to where the name begins.
    byte[] AgentPart(string agent)
    {
        Span<byte> written = stackalloc byte[AccountLengthMax];
        return TryWriteAccount(agent, written) ? [.. beforeAgent, .. written[..agent.Length], .. beforeName] : throw new InvalidOperationException($"'{agent}' is no code of a bank.");
    }

    byte[] PurposePart(string purpose)
    {
        Span<byte> written = stackalloc byte[AccountLengthMax];
        return purpose.Length == 4 && TryWriteAccount(purpose, written) ? [.. beforePurpose, .. written[..4], .. beforeRemittance] : throw new InvalidOperationException($"'{purpose}' is no code of a purpose.");
    }

    // As much of the text after the id as the bank's field holds, and the end of the transaction.
    byte[] TextPart(string text)
    {
        if (InstructionId.Length > profile.RemittanceLengthMax) throw new InvalidOperationException($"A remittance field of {profile.RemittanceLengthMax} characters cannot hold an id.");
        if (text.Length == 0) return closing;
        if (!BankText.IsClean(text, profile.RemittanceCharacters)) throw new InvalidOperationException("A remittance text has not been made ready for a bank.");
        var length = Math.Min(text.Length, Math.Min(profile.RemittanceLengthMax, RemittanceMax) - InstructionId.Length - 1);
        while (length > 0 && text[length - 1] is ' ' or '/') length--;
        return length <= 0 ? closing : [(byte)' ', .. Encoding.ASCII.GetBytes(text[..length]), .. closing];
    }

    /// <summary>The longest Ustrd of the message.</summary>
    const int RemittanceMax = 140;

    static byte[] Kept(Dictionary<string, byte[]> kept, string text, Func<string, byte[]> make)
    {
        if (kept.TryGetValue(text, out var bytes)) return bytes;
        bytes = make(text);
        if (kept.Count < KeptMax) kept.Add(text, bytes);
        return bytes;
    }

    static InvalidOperationException Fault(in PaymentInstruction payment, string what) => new($"{payment.EndToEndId}: {what}.");

    static byte[][] Pieces(BankProfile profile, Pain001Version version, bool writesUetr)
    {
        using var stream = new MemoryStream();
        var from = 0;
        using (var xml = new MessageWriter(stream, version.Message))
        {
            xml.Flush();
            from = (int)stream.Length;
            Lay(xml, profile, version, writesUetr);
            xml.Flush();
        }

        var bytes = stream.GetBuffer().AsSpan(from, (int)stream.Length - from);
        // What the writer closes after the transaction does not belong to it.
        bytes = bytes[..(bytes.IndexOf((byte)'\n') + 1)];
        var pieces = new List<byte[]>();
        for (int hole; (hole = bytes.IndexOf((byte)Hole[0])) >= 0; bytes = bytes[(hole + 1)..]) pieces.Add(bytes[..hole].ToArray());
        pieces.Add(bytes.ToArray());
        return [.. pieces];
    }

    /// <summary>The transaction, element by element (profile of the message, schemas/iso20022).</summary>
    static void Lay(MessageWriter xml, BankProfile profile, Pain001Version version, bool writesUetr)
    {
        xml.Start("CdtTrfTxInf");
        xml.Start("PmtId");
        xml.Leaf("InstrId", Hole);
        xml.Leaf("EndToEndId", Hole);
        if (writesUetr) xml.Leaf("UETR", Hole);
        xml.End();
        xml.Start("Amt");
        xml.Amount("InstdAmt", Hole);
        xml.End();
        xml.Start("CdtrAgt");
        Pain001Writer.WriteAgent(xml, profile.CreditorAgent, Hole, version);
        xml.End();
        xml.Nested("Cdtr", "Nm", Hole);
        xml.Start("CdtrAcct");
        xml.Start("Id");
        xml.Nested("Othr", "Id", Hole);
        xml.End(2);
        xml.Nested("Purp", "Cd", Hole);
        xml.Nested("RmtInf", "Ustrd", Hole);
        xml.End();
        xml.Line();
    }
}
