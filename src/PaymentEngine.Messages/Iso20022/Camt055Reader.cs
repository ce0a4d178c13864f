using System.Globalization;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>One request of a camt.055 as it stands there; what is absent is null.</summary>
public sealed record ReadRecall(string? CancellationId, string? BatchId, string? EndToEndId, string? Uetr, Vnd? Amount, string? ReasonCode, int Line);

/// <summary>A camt.055 read back.</summary>
public sealed record Camt055ReadBack(string? MessageId, string? CreatedAt, long? AnnouncedCount, Vnd? AnnouncedSum, string? OriginalMessageId, IReadOnlyList<ReadRecall> Requests);

/// <summary>Reads camt.055 of any version, independent of the writer: what it says is compared with the stored recall before it leaves the house.</summary>
public static class Camt055Reader
{
    /// <summary>Reads the whole message.</summary>
    /// <returns>What it says; or a problem: not well-formed, over a limit, <c>camt055.unknown_message</c>, counts or sums that disagree (<c>camt055.count_differs</c>, <c>camt055.sum_differs</c>).</returns>
    public static Result<Camt055ReadBack> ReadBack(Stream input, BankXmlLimits? limits = null)
    {
        string? id = null, created = null, original = null;
        long? count = null;
        Vnd? sum = null;
        var (found, requests) = (false, new List<ReadRecall>());
        var refusal = BankXml.Guard(() =>
        {
            using var xml = new BankXml(input, limits ?? new());
            while (!found && xml.NextElement()) found = xml.Name == "CstmrPmtCxlReq";
            if (!found) return;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                switch (xml.Name)
                {
                    case "Assgnmt":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "Id") id = xml.Text();
                            else if (xml.Name == "CreDtTm") created = xml.Text();
                        }

                        break;
                    case "CtrlData":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "NbOfTxs") count = Whole(xml.Text());
                            else if (xml.Name == "CtrlSum") sum = Whole(xml.Text()) is { } value ? new Vnd(value) : null;
                        }

                        break;
                    case "Undrlyg":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "OrgnlPmtInfAndCxl") ReadBatch(xml, requests, ref original);
                        }

                        break;
                }
            }

            // The rest of the document must be well-formed too.
            while (xml.NextElement())
            {
            }
        });
        if (refusal is not null) return refusal;
        if (!found) return Differs("camt055.unknown_message", "The file is not a camt.055.");
        var total = requests.Aggregate(Vnd.Zero, (so, request) => so + (request.Amount ?? Vnd.Zero));
        if (count != requests.Count) return Differs("camt055.count_differs", $"NbOfTxs says {count}, but the file has {requests.Count} requests.");
        if (sum != total) return Differs("camt055.sum_differs", $"CtrlSum says {sum}, but the requests add up to {total}.");
        return new Camt055ReadBack(id, created, count, sum, original, requests);
    }

    static void ReadBatch(BankXml xml, List<ReadRecall> requests, ref string? original)
    {
        string? batch = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "OrgnlPmtInfId": batch = xml.Text(); break;
                case "OrgnlGrpInf":
                    for (var inner = xml.Depth; xml.NextChild(inner);)
                    {
                        if (xml.Name == "OrgnlMsgId") original = xml.Text();
                    }

                    break;
                case "TxInf": requests.Add(ReadRequest(xml, batch)); break;
            }
        }
    }

    static ReadRecall ReadRequest(BankXml xml, string? batch)
    {
        var line = xml.Line;
        string? id = null, endToEnd = null, uetr = null, reason = null;
        Vnd? amount = null;
        for (var depth = xml.Depth; xml.NextChild(depth);)
        {
            switch (xml.Name)
            {
                case "CxlId": id = xml.Text(); break;
                case "OrgnlEndToEndId": endToEnd = xml.Text(); break;
                case "OrgnlUETR": uetr = xml.Text(); break;
                case "OrgnlInstdAmt":
                    var currency = xml.Attribute("Ccy");
                    amount = Whole(xml.Text()) is { } value && currency == "VND" ? new Vnd(value) : null;
                    break;
                case "CxlRsnInf":
                    for (var inner = xml.Depth; xml.NextChild(inner);)
                    {
                        if (xml.Name == "Rsn") reason = xml.DeepText();
                    }

                    break;
            }
        }

        return new(id, batch, endToEnd, uetr, amount, reason, line);
    }

    static long? Whole(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    static Problem Differs(string code, string message) => new(code, message, "Do not send the file. Make the recall again.");
}
