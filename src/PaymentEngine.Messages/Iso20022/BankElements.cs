using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>The elements that all messages share, in the shapes of all versions, read by local name.</summary>
sealed class BankElements(BankXml xml, IBankMessageVisitor visitor, Offset stampOffset)
{
    public BankXml Xml => xml;

    public IBankMessageVisitor Visitor => visitor;

    public void Find(string code, string message, int? line = null) => visitor.Finding(new(code, message, line ?? xml.Line));

    /// <summary>GrpHdr. Elements that only one message has go to <paramref name="other"/>, which says whether it took them.</summary>
    public void ReadHeader(string name, string version, Func<string, bool>? other = null)
    {
        string? id = null, created = null;
        var hints = new List<string>();
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "MsgId": id = xml.Text(); break;
                case "CreDtTm": created = xml.Text(); break;
                case "InitgPty" or "FwdgAgt" or "DbtrAgt" or "CdtrAgt" or "InstgAgt" or "InstdAgt" or "MsgRcpt":
                    ReadHints(hints);
                    break;
                default: other?.Invoke(xml.Name); break;
            }
        }

        visitor.Header(new(name, version, id, created, Stamp(created), hints));
    }

    void ReadHints(List<string> hints)
    {
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name is "Nm" or "BIC" or "BICFI" or "AnyBIC" or "BICOrBEI" or "MmbId")
            {
                if (xml.Text() is { } text) hints.Add(text);
            }
            else if (xml.Name is "Id" or "Othr" or "OrgId" or "FinInstnId" or "Pty" or "ClrSysMmbId")
            {
                // Id is a container in a party and a text in Othr: a container has no text of its own.
                ReadHintsOrText(hints);
            }
        }
    }

    void ReadHintsOrText(List<string> hints)
    {
        if (xml.Name != "Id")
        {
            ReadHints(hints);
            return;
        }

        if (xml.DeepText(out _) is { } text) hints.Add(text);
    }

    /// <summary>The amount in this element; null with a finding when it is none.</summary>
    public BankAmount? Amount()
    {
        var line = xml.Line;
        var currency = xml.Attribute("Ccy") ?? "";
        var text = xml.Text();
        if (Number(text) is not { } value)
        {
            Find("amount.malformed", $"'{text}' is not an amount.", line);
            return null;
        }

        if (currency.Length == 0) Find("amount.no_currency", "An amount names no currency.", line);
        if (currency == "VND" && !decimal.IsInteger(value)) Find("amount.fraction_of_dong", $"{text} VND: the đồng has no fractions.", line);
        return new BankAmount(currency, value);
    }

    /// <summary>An exact number: figures with at most one point, a plus sign and leading zeros forgiven; at most 24 figures.</summary>
    public decimal? Number(string? text) =>
        text is { Length: <= 25 } && decimal.TryParse(text.StartsWith('+') ? text.AsSpan(1) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    public static string Show(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Dt or DtTm (or a bare date): the day as written.</summary>
    public LocalDate? Day()
    {
        var line = xml.Line;
        var text = xml.DeepText(out _);
        if (text is null) return null;
        if (text.Length >= 10 && LocalDatePattern.Iso.Parse(text[..10]) is { Success: true } parsed) return parsed.Value;
        Find("date.malformed", $"'{text}' is not a date.", line);
        return null;
    }

    public Instant? Stamp(string? text)
    {
        if (text is null) return null;
        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } zoned) return zoned.Value.ToInstant();
        if (LocalDateTimePattern.ExtendedIso.Parse(text) is { Success: true } local) return local.Value.WithOffset(stampOffset).ToInstant();
        Find("stamp.malformed", $"'{text}' is not a date and time.");
        return null;
    }

    /// <summary>CdtDbtInd: true for CRDT.</summary>
    public bool? Side() => xml.Text() switch
    {
        "CRDT" => true,
        "DBIT" => false,
        _ => null,
    };

    public static string? Given(string? id) => id is "NOTPROVIDED" or "NOTAVAILABLE" ? null : id;

    /// <summary>StsRsnInf or RtrInf: Rsn/Cd, Rsn/Prtry and all AddtlInf; the oldest versions have StsRsn.</summary>
    public BankReason Reason()
    {
        string? code = null, proprietary = null, text = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name is "Rsn" or "StsRsn" or "RtrRsn")
            {
                for (var reason = xml.Depth; xml.NextChild(reason);)
                {
                    if (xml.Name == "Cd") code = xml.Text();
                    else if (xml.Name == "Prtry") proprietary = xml.Text();
                }
            }
            else if (xml.Name is "AddtlInf" or "AddtlStsRsnInf" or "AddtlRtrRsnInf")
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
            if (xml.Name == "Id") account ??= xml.DeepText(out _);
        }

        return account;
    }

    /// <summary>BkTxCd.</summary>
    public BankTransactionCode TransactionCode()
    {
        string? domain = null, family = null, sub = null, proprietary = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            if (xml.Name == "Prtry") proprietary = xml.DeepText(out _);
            if (xml.Name != "Domn") continue;
            for (var inner = xml.Depth; xml.NextChild(inner);)
            {
                if (xml.Name == "Cd") domain = xml.Text();
                if (xml.Name != "Fmly") continue;
                for (var deepest = xml.Depth; xml.NextChild(deepest);)
                {
                    if (xml.Name == "Cd") family = xml.Text();
                    else if (xml.Name == "SubFmlyCd") sub = xml.Text();
                }
            }
        }

        return new(domain, family, sub, proprietary);
    }

    public static string? Joined(string? before, string? text) => text is null ? before : before is null ? text : $"{before} {text}";
}
