using System.Globalization;
using System.Text.RegularExpressions;
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

    /// <summary>Elements inside the messages whose name the standard does not have; they were passed over.</summary>
    public int UnknownElements { get; init; }
}

/// <summary>
/// Reads what banks send: pain.002, camt.029, camt.052, .053 and .054 of every version, pacs.002, pacs.004 and camt.056 that a bank passed on, and
/// our own pain.001 and camt.055 for counting; as they are or in a gzip or zip file. Streaming, by local name, in any order; a file that breaks the schema is read and the oddity is a finding.
/// </summary>
public static partial class BankMessageReader
{
    static readonly Dictionary<string, string> MessageByContent = new(StringComparer.Ordinal)
    {
        ["CstmrPmtStsRpt"] = "pain.002", ["FIToFIPmtStsRpt"] = "pacs.002", ["BkToCstmrStmt"] = "camt.053", ["BkToCstmrDbtCdtNtfctn"] = "camt.054",
        ["BkToCstmrAcctRpt"] = "camt.052", ["CstmrCdtTrfInitn"] = "pain.001", ["RsltnOfInvstgtn"] = "camt.029", ["PmtRtr"] = "pacs.004", ["FIToFIPmtCxlReq"] = "camt.056",
        ["CstmrPmtCxlReq"] = "camt.055",
    };

    /// <summary>Newest version of each message that this reader was written for; a newer one is read by the same rules.</summary>
    static readonly Dictionary<string, int> NewestVersion = new(StringComparer.Ordinal)
    {
        ["pain.001"] = 13, ["pain.002"] = 15, ["pacs.002"] = 16, ["pacs.004"] = 15, ["camt.029"] = 14, ["camt.052"] = 14, ["camt.053"] = 14, ["camt.054"] = 14, ["camt.055"] = 12, ["camt.056"] = 12,
    };

    /// <summary>Reads the file to its end and shows its content to the visitor.</summary>
    /// <param name="input">The bytes, from the start; a zip file must be seekable. It stays open.</param>
    /// <param name="visitor">Takes the content; nothing of it is kept here.</param>
    /// <param name="limits">What the file may cost; null for the defaults.</param>
    /// <param name="rules">What the bank's profile says; null for Viet Nam time and reversal flags that turn nothing.</param>
    /// <returns>What was counted; or one problem with its line: not well-formed, a DOCTYPE, over a limit, not a message we know. The visitor may have
    /// seen a part of such a file by then and must forget it.</returns>
    public static Result<BankFileTotals> Read(Stream input, IBankMessageVisitor visitor, BankXmlLimits? limits = null, BankReadingRules? rules = null)
    {
        limits ??= new();
        var counting = new CountingVisitor(visitor);
        var findings = new FileFindings(counting);
        DocumentStream? documents = null;
        var any = false;
        while (true)
        {
            var (more, known) = (false, true);
            var refusal = BankXml.Guard(() =>
            {
                documents ??= new DocumentStream(input, limits);
                more = documents.Next();
                if (more) known = ReadDocument(documents, counting, findings, limits, rules ?? BankReadingRules.Default);
            }, () => documents?.LinesBefore ?? 0, () => documents?.LinesGiven ?? 0);
            if (refusal is not null) return refusal;
            if (!more) break;
            if (!known)
            {
                return new Problem("bank_file.unknown_message", "The file is XML, but none of the messages a bank answers with (pain.002, camt.029, camt.052, camt.053, camt.054).",
                    "Check that this is the bank's answer and not another file.").In(null, documents!.LinesBefore + 1);
            }

            any = true;
        }

        return any
            ? counting.Totals()
            : new Problem("bank_file.not_well_formed", "The file is empty.", "Ask the bank for the file again.").In(null, 1);
    }

    /// <summary>Whether a file begins as a gzip or zip file does. Its position is as before.</summary>
    /// <param name="file">Seekable.</param>
    public static bool IsPacked(Stream file)
    {
        Span<byte> head = stackalloc byte[4];
        var read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position -= read;
        return UnpackedStream.IsPackedHead(head[..read]);
    }

    static bool ReadDocument(DocumentStream documents, CountingVisitor counting, FileFindings findings, BankXmlLimits limits, BankReadingRules rules)
    {
        var (line, encoding) = (documents.LinesBefore + 1, documents.Encoding);
        if (encoding.Lie) findings.Add("encoding.declared_otherwise", $"The file declares {FileFindings.Short(encoding.Name!)}, but is not in it; it is read in what it is.", line);
        using var xml = new BankXml(documents, limits with { Bytes = Math.Max(1, limits.Bytes - documents.BytesGiven) }, linesBefore: documents.LinesBefore, encoding: encoding.Override);
        var known = ReadMessages(new BankElements(xml, counting, findings, rules), counting, limits);
        if (documents.IsUtf8AfterAll)
            findings.Add("encoding.declared_otherwise", $"The file declares {FileFindings.Short(encoding.Name!)}, but its letters are UTF-8: names and texts are misread.", line);
        return known;
    }

    /// <summary>Looks through envelopes (business header, SOAP, transport wrappers) for the messages, reads them, and demands a well-formed rest.</summary>
    static bool ReadMessages(BankElements elements, CountingVisitor counting, BankXmlLimits limits)
    {
        var xml = elements.Xml;
        var found = false;
        string? announced = null;
        while (xml.NextElement())
        {
            if (xml.Name == "AppHdr")
            {
                announced = elements.ReadBusinessHeader();
                continue;
            }

            // The oldest versions name the content after the message itself: <pain.002.001.02>.
            var name = MessageByContent.GetValueOrDefault(xml.Name) ?? (MessageName().Match(xml.Name) is { Success: true } own && MessageByContent.ContainsValue(own.Value[..8]) ? own.Value[..8] : null);
            if (name is null) continue;
            found = true;
            if (counting.Messages >= limits.Messages)
                throw new BankXmlRefused(new Problem("bank_file.too_many_messages", $"The file holds more than {limits.Messages} messages.", "Ask the bank to split the file.").In(null, xml.Line));
            var version = Version(elements, name);
            if (announced is not null && MessageName().Match(announced) is { Success: true } said && said.Value != version && version != name)
                elements.Find("envelope.message_differs", $"The envelope announces {FileFindings.Short(announced)}, but the content is {version}.");
            announced = null;
            xml.CountStrangers(true);
            if (name is "pain.002" or "pacs.002") new StatusReportWalk(elements, name, version).Read();
            else if (name == "pain.001") ReadInstructed(elements, name, version);
            else if (name == "camt.029") new ResolutionWalk(elements, name, version).Read();
            else if (name is "pacs.004" or "camt.055" or "camt.056") new PassedOnWalk(elements, name, version).Read();
            else new StatementWalk(elements, name, version).Read();
            xml.CountStrangers(false);
            counting.UnknownElements += xml.Strangers;
            if (xml.Strangers > 0)
                elements.Find("message.unknown_elements", $"{xml.Strangers} elements that the standard does not have were passed over; the first is {FileFindings.Short(xml.FirstStranger!)}.", xml.FirstStrangerLine);
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
            elements.Find("message.version_unknown", $"The namespace '{FileFindings.Short(xml.Namespace)}' names no version of {name}.");
            return name;
        }

        if (!match.Value.StartsWith(name, StringComparison.Ordinal))
        {
            elements.Find("message.namespace_differs", $"The namespace says {match.Value}, but the content is {name}.");
            return name;
        }

        if (xml.Namespace != "urn:iso:std:iso:20022:tech:xsd:" + match.Value)
        {
            elements.Find("message.dialect", $"The namespace '{(xml.Namespace.Length <= 120 ? xml.Namespace : xml.Namespace[..120] + "…")}' is a dialect of {match.Value}.");
        }

        if (int.Parse(match.ValueSpan[^2..], NumberStyles.None, CultureInfo.InvariantCulture) is var version && (version > NewestVersion[name] || version == 0))
            elements.Find("message.version_newer", $"{match.Value} is not a version known here; it is read by the rules of version {NewestVersion[name]:00}.");
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

    [GeneratedRegex(@"(pain|camt|pacs)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex MessageName();
}
