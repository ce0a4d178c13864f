using System.Globalization;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>One payment as it stands in a pain.001, read without the writer's help. A field that is absent is null.</summary>
/// <param name="Bank">BIC or clearing member id of the payee's bank, as written.</param>
/// <param name="AmountText">As written; <paramref name="Amount"/> is set when it is whole đồng.</param>
/// <param name="Line">Where the payment begins, from 1.</param>
public sealed record Pain001Payment(
    string BatchId, string? InstructionId, string? EndToEndId, Vnd? Amount, string? AmountText, string? Currency, string? Bank, string? CreditorName,
    string? CreditorAccount, string? PurposeCode, string? RemittanceText, int Line, string? Uetr = null);

/// <summary>One PmtInf: what it says about itself and what was counted.</summary>
public sealed record Pain001Batch(
    string? BatchId, string? ExecutionDate, string? DebtorName, string? DebtorAccount, string? DebtorAgent, string? CategoryPurpose, string? ServiceLevel,
    long? AnnouncedCount, Vnd? AnnouncedSum, int Count, Vnd Sum);

/// <summary>A pain.001 read back: to be compared with the approved list before it leaves the house.</summary>
public sealed record Pain001ReadBack(
    string MessageVersion, string? MessageId, string? CreatedAt, long? AnnouncedCount, Vnd? AnnouncedSum, IReadOnlyList<Pain001Batch> Batches,
    int Count, Vnd Sum, string ListHash, long AccountHashTotal)
{
    /// <summary>What the business header before the message says of it (BizMsgIdr and MsgDefIdr with a blank between them); null where there is none.</summary>
    public string? Header { get; init; }
}

/// <summary>
/// Reads pain.001 of any version, streaming and independent of the writer: what it says is compared with the approved list before a file is
/// released.
/// </summary>
public static class Pain001Reader
{
    /// <summary>Reads the whole message once. Every payment is shown to <paramref name="each"/> as it comes.</summary>
    /// <returns>The summary; or problems: not well-formed, over a limit, not a pain.001, not in đồng, counts or sums that disagree with
    /// what the message announces, a list that is not sorted, an id that stands twice.</returns>
    public static Result<Pain001ReadBack> ReadBack(Stream input, Action<Pain001Payment>? each = null, BankXmlLimits? limits = null)
    {
        var walk = new Walk(each);
        var refusal = BankXml.Guard(() =>
        {
            using var xml = new BankXml(input, limits ?? new());
            walk.Read(xml);
        });
        if (refusal is not null) return refusal;
        var problems = walk.Problems;
        return problems.Count > 0 ? Result<Pain001ReadBack>.Refuse(problems) : walk.Finish();
    }

    sealed class Walk(Action<Pain001Payment>? each)
    {
        const int ProblemsMax = 20;
        readonly List<Problem> problems = [];
        readonly List<Pain001Batch> batches = [];
        ListHash? list;
        string version = "";
        string? messageId, createdAt, header;
        long? count;
        Vnd? sum;
        BankXml xml = null!;

        public IReadOnlyList<Problem> Problems => problems;

        public void Read(BankXml source)
        {
            xml = source;
            var found = false;
            while (!found && xml.NextElement())
            {
                found = xml.Name == "CstmrCdtTrfInitn";
                if (xml.Name is "BizMsgIdr" or "MsgDefIdr") header = header is null ? xml.Text() : $"{header} {xml.Text()}";
            }

            if (!found)
            {
                Add("pain001.unknown_message", "The file is not a pain.001.", 1);
                return;
            }

            version = xml.Namespace[(xml.Namespace.LastIndexOf(':') + 1)..];
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                if (xml.Name == "GrpHdr") ReadHeader();
                else if (xml.Name == "PmtInf") ReadBatch();
            }

            // The rest of the document must be well-formed too.
            while (xml.NextElement())
            {
            }

            if (list is null || list.Count == 0) Add("pain001.empty", "The file has no payment.", 1);
            else
            {
                if (count != list.Count) Add("pain001.count_differs", $"NbOfTxs says {count}, but the file has {list.Count} payments.", 1);
                if (sum is { } announced && announced != list.Sum) Add("pain001.sum_differs", $"CtrlSum says {announced}, but the payments add up to {list.Sum}.", 1);
            }
        }

        void ReadHeader()
        {
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                switch (xml.Name)
                {
                    case "MsgId": messageId = xml.Text(); break;
                    case "CreDtTm": createdAt = xml.Text(); break;
                    case "NbOfTxs": count = Whole(xml.Text()); break;
                    case "CtrlSum": sum = Whole(xml.Text()) is { } value ? new Vnd(value) : null; break;
                }
            }
        }

        void ReadBatch()
        {
            string? id = null, date = null, name = null, account = null, agent = null, purpose = null, level = null;
            long? announcedCount = null;
            Vnd? announcedSum = null;
            var (batchCount, batchSum, before, line) = (0, Vnd.Zero, "", xml.Line);
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                switch (xml.Name)
                {
                    case "PmtInfId": id = xml.Text(); break;
                    case "NbOfTxs": announcedCount = Whole(xml.Text()); break;
                    case "CtrlSum": announcedSum = Whole(xml.Text()) is { } value ? new Vnd(value) : null; break;
                    case "ReqdExctnDt": date = xml.DeepText(); break;
                    case "PmtTpInf": ReadPaymentType(ref level, ref purpose); break;
                    case "Dbtr": name = ReadName(); break;
                    case "DbtrAcct": account = ReadAccount(); break;
                    case "DbtrAgt": agent = ReadAgent(); break;
                    case "CdtTrfTxInf":
                        // One batch alone streams; ids of several batches interleave and have to be sorted.
                        list ??= new ListHash(sorted: announcedCount == count);
                        if (ReadPayment(id ?? "", ref before) is { } amount)
                        {
                            batchCount++;
                            batchSum += amount;
                        }

                        break;
                }
            }

            if (announcedCount is not null && announcedCount != batchCount) Add("pain001.count_differs", $"Batch {id}: NbOfTxs says {announcedCount}, but it has {batchCount} payments.", line);
            if (announcedSum is { } announced && announced != batchSum) Add("pain001.sum_differs", $"Batch {id}: CtrlSum says {announced}, but it adds up to {batchSum}.", line);
            batches.Add(new(id, date, name, account, agent, purpose, level, announcedCount, announcedSum, batchCount, batchSum));
        }

        void ReadPaymentType(ref string? level, ref string? purpose)
        {
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                if (xml.Name == "SvcLvl") level = xml.DeepText();
                else if (xml.Name == "CtgyPurp") purpose = xml.DeepText();
            }
        }

        Vnd? ReadPayment(string batchId, ref string before)
        {
            var line = xml.Line;
            string? instruction = null, endToEnd = null, uetr = null, amountText = null, currency = null, bank = null, name = null, account = null, purpose = null, remittance = null;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                switch (xml.Name)
                {
                    case "PmtId":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "InstrId") instruction = xml.Text();
                            else if (xml.Name == "EndToEndId") endToEnd = xml.Text();
                            else if (xml.Name == "UETR") uetr = xml.Text();
                        }

                        break;
                    case "Amt":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name != "InstdAmt") continue;
                            currency = xml.Attribute("Ccy");
                            amountText = xml.Text();
                        }

                        break;
                    case "CdtrAgt": bank = ReadAgent(); break;
                    case "Cdtr": name = ReadName(); break;
                    case "CdtrAcct": account = ReadAccount(); break;
                    case "Purp": purpose = xml.DeepText(); break;
                    case "RmtInf":
                        for (var inner = xml.Depth; xml.NextChild(inner);)
                        {
                            if (xml.Name == "Ustrd") remittance = remittance is null ? xml.Text() : $"{remittance} {xml.Text()}";
                        }

                        break;
                }
            }

            Vnd? amount = currency == "VND" && Whole(amountText) is > 0 and var value ? new Vnd(value) : null;
            each?.Invoke(new(batchId, instruction, endToEnd, amount, amountText, currency, bank, name, account, purpose, remittance, line, uetr));
            if (amount is not { } vnd || endToEnd is null || bank is null || account is null)
            {
                Add("pain001.payment_incomplete", $"Payment {endToEnd ?? "without id"} lacks a whole amount in VND, a bank or an account.", line);
                return null;
            }

            // Inside a batch the ids rise, so equality with the one before is also the test for an id used twice.
            if (string.CompareOrdinal(before, endToEnd) >= 0) Add("pain001.not_sorted", $"Payment {endToEnd} stands after {before}.", line);
            before = endToEnd;
            list!.Add(endToEnd, bank, account, vnd);
            return vnd;
        }

        string? ReadName()
        {
            string? name = null;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                if (xml.Name == "Nm") name = xml.Text();
            }

            return name;
        }

        /// <summary>Id/Othr/Id or Id/IBAN: the first text below Id.</summary>
        string? ReadAccount()
        {
            string? account = null;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                if (xml.Name == "Id") account = xml.DeepText();
            }

            return account;
        }

        /// <summary>FinInstnId with BICFI, BIC, or ClrSysMmbId/MmbId.</summary>
        string? ReadAgent()
        {
            string? agent = null;
            for (var depth = xml.Depth; xml.NextChild(depth);)
            {
                if (xml.Name != "FinInstnId") continue;
                for (var institution = xml.Depth; xml.NextChild(institution);)
                {
                    if (xml.Name is "BICFI" or "BIC") agent ??= xml.Text();
                    else if (xml.Name == "ClrSysMmbId")
                    {
                        for (var member = xml.Depth; xml.NextChild(member);)
                        {
                            if (xml.Name == "MmbId") agent ??= xml.Text();
                        }
                    }
                }
            }

            return agent;
        }

        static long? Whole(string? text) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

        void Add(string code, string message, int line)
        {
            if (problems.Count < ProblemsMax) problems.Add(new Problem(code, message, "Do not send the file. Export it again.").In(null, line));
        }

        public Result<Pain001ReadBack> Finish()
        {
            using (list)
            {
                var hash = list!.Finish();
                return list.Repeated is { } repeated
                    ? new Problem("pain001.id_repeated", $"The id {repeated} stands twice.", "Do not send the file. Export it again.")
                    : new Pain001ReadBack(version, messageId, createdAt, count, sum, batches, list.Count, list.Sum, hash, list.AccountHashTotal) { Header = header };
            }
        }
    }
}
