using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>The elements that all messages share, in the shapes of all versions, read by local name.</summary>
sealed class BankElements(BankXml xml, IBankMessageVisitor visitor, FileFindings findings, BankReadingRules rules)
{
    // A message repeats none of these a hundred times; a hostile one would.
    const int ReasonsMax = 100, HintsMax = 20, JoinedLengthMax = 10_000;

    // ISO 20022: at most 18 figures in all, so that sums of any number of them stay exact.
    const int FiguresMax = 18;

    List<string> envelope = [];
    (string? Text, LocalDate Day) lastDay;

    public BankXml Xml => xml;

    public IBankMessageVisitor Visitor => visitor;

    public FileFindings Findings => findings;

    public BankReadingRules Rules => rules;

    public void Find(string code, string message, int? line = null) => findings.Add(code, message, line ?? xml.Line);

    /// <summary>AppHdr (head.001): who sends what, beside the message itself.</summary>
    /// <returns>MsgDefIdr: the message it announces.</returns>
    public string? ReadBusinessHeader()
    {
        string? announced = null;
        envelope = [];
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "MsgDefIdr": announced = xml.Text(); break;
                case "Fr": ReadHints(envelope); break;
                case "PssblDplct":
                    if (xml.Word() is "true" or "1") Find("envelope.possible_duplicate", "The sender says that it may have sent this message before.");
                    break;
                case "CpyDplct":
                    if (xml.Word() is { } copy) Find("envelope.copy", $"The sender marks the message as {FileFindings.Short(copy)}.");
                    break;
            }
        }

        return announced;
    }

    /// <summary>GrpHdr, or Assgnmt of a resolution. Elements that only one message has go to <paramref name="other"/>, which says whether it took them.</summary>
    public void ReadHeader(string name, string version, Func<string, bool>? other = null)
    {
        string? id = null, created = null;
        var hints = envelope.ToList();
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "MsgId": id = xml.Text(); break;
                case "Id" when name is "camt.029" or "camt.055" or "camt.056": id = xml.Text(); break;
                case "CreDtTm": created = xml.Text(); break;
                case "InitgPty" or "FwdgAgt" or "DbtrAgt" or "CdtrAgt" or "InstgAgt" or "InstdAgt" or "MsgRcpt" or "Assgnr" or "Assgne":
                    ReadHints(hints);
                    break;
                case "MsgPgntn":
                    if (ReadPage(out var page) is false) Find("message.more_pages", $"This is page {page} of a message, and more pages follow.");
                    break;
                default: other?.Invoke(xml.Name); break;
            }
        }

        visitor.Header(new(name, version, id, created, Stamp(created), hints));
    }

    /// <summary>MsgPgntn or StmtPgntn.</summary>
    /// <returns>LastPgInd: whether this is the last page; null when it does not say.</returns>
    public bool? ReadPage(out string? page)
    {
        bool? last = null;
        page = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "PgNb") page = xml.Text();
            else if (xml.Name == "LastPgInd") last = xml.Word() is "true" or "1";
        }

        return last;
    }

    void ReadHints(List<string> hints)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name is "Nm" or "BIC" or "BICFI" or "AnyBIC" or "BICOrBEI" or "MmbId")
            {
                if (xml.Text() is { } text && hints.Count < HintsMax) hints.Add(text);
            }
            else if (xml.Name is "Id" or "Othr" or "OrgId" or "FinInstnId" or "Pty" or "ClrSysMmbId" or "FIId" or "Agt")
            {
                // Id is a container in a party and a text in Othr: a container has no text of its own.
                if (xml.Name != "Id") ReadHints(hints);
                else if (xml.DeepText() is { } text && hints.Count < HintsMax) hints.Add(text);
            }
        }
    }

    /// <summary>The amount in this element; null with a finding when it is none.</summary>
    public BankAmount? Amount()
    {
        var currency = xml.Attribute("Ccy") ?? "";
        if (currency == "VND") currency = "VND"; // one object, not one for every amount
        var characters = xml.Characters();
        if (!TryNumber(characters, out var value))
        {
            Find("amount.malformed", $"'{FileFindings.Short(new string(characters))}' is not an amount.");
            return null;
        }

        if (currency.Length == 0) findings.AddOnce("amount.no_currency", "", "An amount names no currency.", xml.Line);
        else if (currency != "VND") findings.AddOnce("amount.other_currency", currency, $"Amounts in {FileFindings.Short(currency)}: benefits are paid in VND.", xml.Line);
        else if (!decimal.IsInteger(value)) Find("amount.fraction_of_dong", $"{Show(value)} VND: the đồng has no fractions.");
        return new BankAmount(currency, value);
    }

    /// <summary>An exact number: figures with at most one point, a plus sign and leading zeros forgiven; at most 18 figures that count.</summary>
    public decimal? Number(string? text) => TryNumber(text, out var value) ? value : null;

    static bool TryNumber(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        if (text.StartsWith('+')) text = text[1..];
        long figures = 0;
        var (count, behind, point, any) = (0, 0, false, false);
        foreach (var c in text)
        {
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }

            if (!char.IsAsciiDigit(c)) return false;
            any = true;
            if (point) behind++;
            if (count == 0 && c == '0') continue;
            // Zeros at the end of a fraction say nothing: 1500000.000000000000 is 1500000.
            if (++count > FiguresMax) return text.Contains('.') && text[^1] == '0' && TryNumber(text.TrimEnd('0'), out value);
            figures = (figures * 10) + (c - '0');
        }

        if (!any || behind > 28) return false;
        value = new decimal(unchecked((int)figures), unchecked((int)(figures >> 32)), 0, false, (byte)behind);
        return true;
    }

    public static string Show(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Dt or DtTm (or a bare date): the day as written.</summary>
    public LocalDate? Day()
    {
        var characters = xml.DeepCharacters();
        if (characters.IsEmpty) return null;
        // The entries of a statement have one day or two.
        if (characters.SequenceEqual(lastDay.Text)) return lastDay.Day;
        if (TryDay(characters, out var day))
        {
            lastDay = (new string(characters), day);
            return day;
        }

        Find("date.malformed", $"'{FileFindings.Short(new string(characters))}' is not a date.");
        return null;
    }

    static bool TryDay(ReadOnlySpan<char> text, out LocalDate day)
    {
        day = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !TryFigures(text[..4], out var year) || !TryFigures(text.Slice(5, 2), out var month) || !TryFigures(text.Slice(8, 2), out var dayOfMonth)) return false;
        if (year < 1 || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > CalendarSystem.Iso.GetDaysInMonth(year, month)) return false;
        day = new LocalDate(year, month, dayOfMonth);
        return true;
    }

    static bool TryFigures(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = (number * 10) + (c - '0');
        }

        return true;
    }

    /// <summary>A date and time; without a zone of its own it is in the zone of the bank's profile.</summary>
    public Instant? Stamp(string? text)
    {
        if (text is null) return null;
        OffsetDateTime? stamp = OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } zoned ? zoned.Value
            : LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } local ? local.Value.WithOffset(rules.StampOffset)
            : null;
        // The first and the last year cannot be turned round the globe: their other side lies outside the calendar.
        if (stamp is { Year: > 1 and < 9999 } known) return known.ToInstant();
        Find("stamp.malformed", $"'{FileFindings.Short(text)}' is not a date and time.");
        return null;
    }

    /// <summary>CdtDbtInd: true for CRDT.</summary>
    public bool? Side() => xml.Characters() switch
    {
        "CRDT" => true,
        "DBIT" => false,
        _ => null,
    };

    /// <summary>An id of a payment; null when the bank says that it has none.</summary>
    public string? Id() => xml.Text() is { } id and not ("NOTPROVIDED" or "NOTAVAILABLE") ? id : null;

    /// <summary>An id that many payments share: of a file, a batch.</summary>
    public string? SharedId() => xml.Word() is { } id and not ("NOTPROVIDED" or "NOTAVAILABLE") ? id : null;

    /// <summary>A count; null when it is none.</summary>
    public long? Count() => TryNumber(xml.Characters(), out var number) && decimal.IsInteger(number) && number < 1_000_000_000_000_000 ? (long)number : null;

    /// <summary>Keeps a reason with those of the same level.</summary>
    public void AddReason(ref List<BankReason>? reasons, CodeKind kind = CodeKind.Reason)
    {
        var line = xml.Line;
        var reason = Reason();
        findings.Check(kind, reason.Code, line);
        reasons ??= new(1);
        if (reasons.Count < ReasonsMax) reasons.Add(reason);
        else findings.AddOnce("reason.too_many", "", $"More than {ReasonsMax} reasons for one thing; the others are left out.", line);
    }

    /// <summary>StsRsnInf, RtrInf or the like: Rsn/Cd, Rsn/Prtry and all AddtlInf; the oldest versions have StsRsn.</summary>
    public BankReason Reason()
    {
        string? code = null, proprietary = null, text = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name is "Rsn" or "StsRsn" or "RtrRsn" or "CxlRsn")
            {
                for (var reason = xml.Depth; xml.NextChild(reason);)
                {
                    if (xml.Name == "Cd") code = xml.Word();
                    else if (xml.Name == "Prtry") proprietary = xml.DeepWord();
                }
            }
            else if (xml.Name is "AddtlInf" or "AddtlStsRsnInf" or "AddtlRtrRsnInf" or "AddtlCxlRsnInf")
            {
                text = Joined(text, xml.Text());
            }
        }

        return new(code, proprietary, text);
    }

    /// <summary>A party's name, direct or under Pty (from the 2019 versions on).</summary>
    public string? PartyName()
    {
        string? name = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Nm") name ??= xml.Text();
            else if (xml.Name is "Pty" or "Agt" or "FinInstnId") name ??= PartyName();
        }

        return name;
    }

    /// <summary>An account's number: Id/IBAN or Id/Othr/Id.</summary>
    public string? Account()
    {
        string? account = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Id") account ??= xml.DeepText();
        }

        return account;
    }

    /// <summary>The element of this name below: Case/Id, OrgnlGrpInf/OrgnlMsgId, Amt/InstdAmt; the last when there are several.</summary>
    public string? TextOf(string name)
    {
        string? text = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == name) text = xml.Word();
        }

        return text;
    }

    /// <summary>OrgnlTxRef: the payment's amount and account, as far as the message repeats them.</summary>
    public void ReadOriginal(ref BankAmount? amount, ref string? account)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "CdtrAcct") account = Account();
            else if (xml.Name == "IntrBkSttlmAmt") amount ??= Amount();
            else if (xml.Name == "Amt")
            {
                for (var amounts = xml.Depth; xml.NextChild(amounts);)
                {
                    if (xml.Name == "InstdAmt") amount = Amount();
                }
            }
        }
    }

    BankTransactionCode lastCode = BankTransactionCode.None;

    /// <summary>BkTxCd.</summary>
    public BankTransactionCode TransactionCode()
    {
        string? domain = null, family = null, sub = null, proprietary = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Prtry") proprietary = xml.DeepWord();
            if (xml.Name != "Domn") continue;
            for (var inner = xml.Depth; xml.NextChild(inner);)
            {
                if (xml.Name == "Cd") domain = xml.Word();
                if (xml.Name != "Fmly") continue;
                for (var deepest = xml.Depth; xml.NextChild(deepest);)
                {
                    if (xml.Name == "Cd") family = xml.Word();
                    else if (xml.Name == "SubFmlyCd") sub = xml.Word();
                }
            }
        }

        // Most entries of a statement have the code of the one before.
        if (lastCode.Domain == domain && lastCode.Family == family && lastCode.SubFamily == sub && lastCode.Proprietary == proprietary) return lastCode;
        return lastCode = new(domain, family, sub, proprietary);
    }

    public static string? Joined(string? before, string? text) =>
        text is null ? before : before is null ? text : before.Length >= JoinedLengthMax ? before : $"{before} {text}";
}
