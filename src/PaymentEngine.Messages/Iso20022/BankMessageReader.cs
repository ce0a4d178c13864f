using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What was counted in a bank's file while it was read.</summary>
public sealed record BankFileTotals
{
    /// <summary>The messages in the file, usually one.</summary>
    public required IReadOnlyList<BankFileHeader> Messages { get; init; }
    public required int Entries { get; init; }

    /// <summary>Details of entries (camt), named payments (pain.002), instructed payments (pain.001).</summary>
    public required int Transactions { get; init; }

    /// <summary>By currency: over all entries by their side; instructed amounts of a pain.001 as debits, for they leave the payer's account.</summary>
    public required IReadOnlyDictionary<string, (decimal Credit, decimal Debit)> Sums { get; init; }

    /// <summary>Credits that the message itself calls a payment come back.</summary>
    public required int Returns { get; init; }

    /// <summary>Status RJCT of files, batches and payments.</summary>
    public required int RejectedFiles { get; init; }
    public required int RejectedBatches { get; init; }
    public required int RejectedTransactions { get; init; }

    /// <summary>Rejects at the lowest level that has one.</summary>
    public int Rejects => RejectedTransactions > 0 ? RejectedTransactions : RejectedBatches > 0 ? RejectedBatches : RejectedFiles;

    /// <summary>The first thousand; <see cref="FindingCount"/> counts all.</summary>
    public required IReadOnlyList<BankFinding> Findings { get; init; }
    public required int FindingCount { get; init; }
}

/// <summary>
/// Reads what banks send: pain.002 and camt.052, .053, .054 of every version, pacs.002, and pain.001 for counting. Streaming, by local name, in any
/// order; a file that breaks the schema is read and the oddity is a finding.
/// </summary>
public static partial class BankMessageReader
{
    static readonly Dictionary<string, string> MessageByContent = new(StringComparer.Ordinal)
    {
        ["CstmrPmtStsRpt"] = "pain.002", ["FIToFIPmtStsRpt"] = "pacs.002", ["BkToCstmrStmt"] = "camt.053", ["BkToCstmrDbtCdtNtfctn"] = "camt.054",
        ["BkToCstmrAcctRpt"] = "camt.052", ["CstmrCdtTrfInitn"] = "pain.001",
    };

    /// <summary>Reads the file to its end and shows its content to the visitor.</summary>
    /// <param name="input">The bytes, from the start.</param>
    /// <param name="visitor">Takes the content; nothing of it is kept here.</param>
    /// <param name="limits">What the file may cost; null for the defaults.</param>
    /// <param name="stampOffset">Zone of stamps that carry none; null for Viet Nam time.</param>
    /// <returns>What was counted; or one problem with its line: not well-formed, a DOCTYPE, over a limit, not a message we know. The visitor may have
    /// seen a part of such a file by then and must forget it.</returns>
    public static Result<BankFileTotals> Read(Stream input, IBankMessageVisitor visitor, BankXmlLimits? limits = null, Offset? stampOffset = null)
    {
        limits ??= new();
        var counting = new CountingVisitor(visitor);
        using var documents = new DocumentStream(input);
        var any = false;
        while (documents.Next())
        {
            var known = true;
            var refusal = BankXml.Guard(() =>
            {
                using var xml = new BankXml(documents, limits, linesBefore: documents.LinesBefore);
                known = ReadMessage(new BankElements(xml, counting, stampOffset ?? Offset.FromHours(7)));
            }, documents.LinesBefore);
            if (refusal is not null) return refusal;
            if (!known)
            {
                return new Problem("bank_file.unknown_message", "The file is XML, but none of the messages a bank answers with (pain.002, camt.052, camt.053, camt.054).",
                    "Check that this is the bank's answer and not another file.").In(null, documents.LinesBefore + 1);
            }

            any = true;
        }

        return any
            ? counting.Totals()
            : new Problem("bank_file.not_well_formed", "The file is empty.", "Ask the bank for the file again.").In(null, 1);
    }

    /// <summary>Looks through envelopes (business header, SOAP, transport wrappers) for the message, reads it, and demands a well-formed rest.</summary>
    static bool ReadMessage(BankElements elements)
    {
        var xml = elements.Xml;
        var found = false;
        while (xml.NextElement())
        {
            // The oldest versions name the content after the message itself: <pain.002.001.02>.
            var name = MessageByContent.GetValueOrDefault(xml.Name) ?? (MessageName().Match(xml.Name) is { Success: true } own && MessageByContent.ContainsValue(own.Value[..8]) ? own.Value[..8] : null);
            if (name is null) continue;
            found = true;
            var version = Version(elements, name);
            if (name is "pain.002" or "pacs.002") new StatusReportWalk(elements, name, version).Read();
            else if (name == "pain.001") ReadInstructed(elements, name, version);
            else new StatementWalk(elements, name, version).Read();
        }

        return found;
    }

    static string Version(BankElements elements, string name)
    {
        var xml = elements.Xml;
        var match = MessageName().Match(xml.Namespace);
        if (!match.Success)
        {
            var own = MessageName().Match(xml.Name);
            if (own.Success) return own.Value;
            elements.Find("message.version_unknown", $"The namespace '{xml.Namespace}' names no version of {name}.");
            return name;
        }

        if (!match.Value.StartsWith(name, StringComparison.Ordinal))
        {
            elements.Find("message.namespace_differs", $"The namespace says {match.Value}, but the content is {name}.");
            return name;
        }

        if (xml.Namespace != "urn:iso:std:iso:20022:tech:xsd:" + match.Value)
        {
            elements.Find("message.dialect", $"The namespace '{xml.Namespace}' is a dialect of {match.Value}.");
        }

        return match.Value;
    }

    static void ReadInstructed(BankElements elements, string name, string version)
    {
        var xml = elements.Xml;
        var (count, headerLine) = (0L, xml.Line);
        string? announced = null;
        decimal sum = 0;
        decimal? announcedSum = null;
        for (var message = xml.Depth; xml.NextChild(message);)
        {
            if (xml.Name == "GrpHdr")
            {
                headerLine = xml.Line;
                elements.ReadHeader(name, version, inside =>
                {
                    if (inside == "NbOfTxs") announced = xml.Text();
                    else if (inside == "CtrlSum") announcedSum = elements.Number(xml.Text());
                    else return false;
                    return true;
                });
            }
            else if (xml.Name == "PmtInf")
            {
                for (var batch = xml.Depth; xml.NextChild(batch);)
                {
                    if (xml.Name != "CdtTrfTxInf") continue;
                    var line = xml.Line;
                    string? id = null;
                    BankAmount? amount = null;
                    for (var payment = xml.Depth; xml.NextChild(payment);)
                    {
                        if (xml.Name == "PmtId")
                        {
                            for (var ids = xml.Depth; xml.NextChild(ids);)
                            {
                                if (xml.Name == "EndToEndId") id = xml.Text();
                            }
                        }
                        else if (xml.Name == "Amt")
                        {
                            for (var amounts = xml.Depth; xml.NextChild(amounts);)
                            {
                                if (xml.Name == "InstdAmt") amount = elements.Amount();
                            }
                        }
                    }

                    count++;
                    sum += amount?.Value ?? 0;
                    elements.Visitor.Instructed(id, amount, line);
                }
            }
        }

        if (announced is not null && elements.Number(announced) != count) elements.Find("header.count_differs", $"NbOfTxs says {announced}, but there are {count} payments.", headerLine);
        if (announcedSum is not null && announcedSum != sum) elements.Find("header.sum_differs", $"CtrlSum says {BankElements.Show(announcedSum.Value)}, but the payments add up to {BankElements.Show(sum)}.", headerLine);
    }

    [GeneratedRegex(@"(pain|camt|pacs)\.\d{3}\.\d{3}\.\d{2}", RegexOptions.CultureInvariant)]
    private static partial Regex MessageName();
}
