using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a written file holds: to be stored, put into the manifest and compared with the approved list and with the read-back.</summary>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="ListHash">See <see cref="Core.Payments.ListHash"/>.</param>
public sealed record WrittenFile(string FileName, long Bytes, string Sha256, int Count, Vnd Sum, string ListHash, long AccountHashTotal);

/// <summary>Writes pain.001.001.09 (customer credit transfer initiation), streaming, the same bytes for the same batch on any machine.</summary>
public static class Pain001Writer
{
    public const string MessageVersion = "pain.001.001.09";
    const long AmountMax = 999_999_999_999;

    /// <summary>Writes the file. Payments are pulled one at a time; counts and sums announced by the batch record are asserted.</summary>
    /// <exception cref="InvalidOperationException">What was pulled is not what was announced, is out of order, or holds a text or amount
    /// that must not reach a bank: a bug before this point. The bytes written so far are worthless.</exception>
    public static WrittenFile Write(Stream output, BatchFile file, BankProfile profile)
    {
        Require(profile.MessageVersion == MessageVersion, $"Profile {profile.Id} wants {profile.MessageVersion}.");
        Require(file.Batches.Count >= 1 && file.Batches.Count <= profile.BatchesPerFileMax, $"{file.MessageId} has {file.Batches.Count} batches.");
        Require(file.MessageId.Length <= profile.MessageIdLengthMax, $"{file.MessageId} is too long for the bank.");
        Require(file.Count <= profile.TransactionsPerFileMax, $"{file.MessageId} has {file.Count} payments, more than the bank takes in a file.");

        using var hashing = new HashingStream(output);
        using var list = new ListHash(sorted: file.Batches.Count == 1);
        using (var xml = new MessageWriter(hashing, MessageVersion))
        {
            xml.Start("CstmrCdtTrfInitn");
            xml.Line();
            WriteGroupHeader(xml, file);
            foreach (var batch in file.Batches) WriteBatch(xml, batch, profile, list);
            xml.End();
            xml.Line();
            xml.Finish();
        }

        hashing.Flush();
        Require(list.Count == file.Count && list.Sum == file.Sum,
            $"{file.MessageId} announced {file.Count} payments of {file.Sum}, but {list.Count} of {list.Sum} came.");
        Require(hashing.ByteCount <= profile.FileBytesMax, $"{file.MessageId} has {hashing.ByteCount} bytes, more than the bank takes.");
        var listHash = list.Finish();
        Require(list.Repeated is null, $"{list.Repeated} stands twice in {file.MessageId}.");
        return new(file.FileName, hashing.ByteCount, hashing.Sha256(), list.Count, list.Sum, listHash, list.AccountHashTotal);
    }

    static void WriteGroupHeader(MessageWriter xml, BatchFile file)
    {
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", file.MessageId);
        xml.Leaf("CreDtTm", file.CreatedAt);
        xml.Leaf("NbOfTxs", file.Count);
        xml.Leaf("CtrlSum", file.Sum.Amount);
        xml.Start("InitgPty");
        xml.Leaf("Nm", Clean(file.PayerName, 70, "payer name"));
        if (file.CustomerNumber is { } customer)
        {
            xml.Start("Id");
            xml.Start("OrgId");
            xml.Start("Othr");
            xml.Leaf("Id", Clean(customer, 35, "customer number"));
            xml.Nested("SchmeNm", "Cd", "CUST");
            xml.End(3);
        }

        xml.End(2);
        xml.Line();
    }

    static void WriteBatch(MessageWriter xml, PaymentBatch batch, BankProfile profile, ListHash list)
    {
        Require(batch.Count >= 1 && batch.Count <= profile.TransactionsPerBatchMax, $"{batch.BatchId} has {batch.Count} payments.");
        xml.Start("PmtInf");
        xml.Leaf("PmtInfId", batch.BatchId);
        xml.Leaf("PmtMtd", "TRF");
        xml.Leaf("BtchBookg", profile.BatchBooking ? "true" : "false");
        xml.Leaf("NbOfTxs", batch.Count);
        xml.Leaf("CtrlSum", batch.Sum.Amount);
        xml.Start("PmtTpInf");
        if (batch.ServiceLevel is { } level) xml.Nested("SvcLvl", "Cd", level);
        xml.Nested("CtgyPurp", "Cd", batch.CategoryPurpose);
        xml.End();
        xml.Start("ReqdExctnDt");
        xml.Leaf("Dt", batch.ExecutionDate);
        xml.End();
        xml.Nested("Dbtr", "Nm", Clean(batch.DebtorName, 70, "debtor name"));
        xml.Start("DbtrAcct");
        xml.Start("Id");
        xml.Start("Othr");
        xml.Leaf("Id", Account(batch.DebtorAccount, batch.BatchId));
        xml.Nested("SchmeNm", "Cd", "BBAN");
        xml.End(2);
        xml.Leaf("Ccy", "VND");
        xml.End();
        xml.Start("DbtrAgt");
        xml.Nested("FinInstnId", "BICFI", batch.DebtorBic);
        xml.End();
        xml.LeafIf("ChrgBr", profile.ChargeBearer);
        xml.Line();

        var (count, sum) = (0, Vnd.Zero);
        var before = "";
        foreach (var payment in batch.Payments)
        {
            var id = payment.EndToEndId.ToString();
            Require(string.CompareOrdinal(before, id) < 0, $"{id} stands after {before} in {batch.BatchId}.");
            before = id;
            WritePayment(xml, payment, id, profile, list);
            count++;
            sum += payment.Amount;
        }

        Require(count == batch.Count && sum == batch.Sum,
            $"{batch.BatchId} announced {batch.Count} payments of {batch.Sum}, but {count} of {sum} came.");
        xml.End();
        xml.Line();
    }

    static void WritePayment(MessageWriter xml, in PaymentInstruction payment, string id, BankProfile profile, ListHash list)
    {
        Require(payment.Amount.Amount is >= 1 and <= AmountMax && payment.Amount <= profile.PaymentMax, $"{id}: {payment.Amount} is no amount to pay.");
        var agent = profile.AgentOf(payment);
        var account = Account(payment.CreditorAccount, id);

        xml.Start("CdtTrfTxInf");
        xml.Start("PmtId");
        xml.Leaf("InstrId", id);
        xml.Leaf("EndToEndId", id);
        xml.End();
        xml.Start("Amt");
        xml.Amount("InstdAmt", payment.Amount.Amount);
        xml.End();
        xml.Start("CdtrAgt");
        xml.Start("FinInstnId");
        if (profile.CreditorAgent == AgentForm.Bic) xml.Leaf("BICFI", agent);
        else
        {
            xml.Start("ClrSysMmbId");
            xml.Nested("ClrSysId", "Cd", "VN");
            xml.Leaf("MmbId", agent);
            xml.End();
        }

        xml.End(2);
        xml.Nested("Cdtr", "Nm", Clean(payment.CreditorName, profile.NameLengthMax, id));
        xml.Start("CdtrAcct");
        xml.Start("Id");
        xml.Nested("Othr", "Id", account);
        xml.End(2);
        xml.Nested("Purp", "Cd", payment.PurposeCode);
        xml.Nested("RmtInf", "Ustrd", Remittance(id, payment.RemittanceText, profile.RemittanceLengthMax));
        xml.End();
        xml.Line();
        list.Add(id, agent, account, payment.Amount);
    }

    /// <summary>The id, then as much of the text as the bank's field holds.</summary>
    static string Remittance(string id, string text, int lengthMax)
    {
        Require(id.Length <= lengthMax, $"A remittance field of {lengthMax} characters cannot hold {id}.");
        if (text.Length == 0) return id;
        Require(BankText.IsClean(text), $"{id}: the remittance text has not been made ready for a bank.");
        var length = Math.Min(text.Length, lengthMax - id.Length - 1);
        while (length > 0 && text[length - 1] is ' ' or '/') length--;
        return length <= 0 ? id : string.Concat(id, " ", text.AsSpan(0, length));
    }

    static string Clean(string text, int lengthMax, string of)
    {
        Require(text.Length <= lengthMax && BankText.IsClean(text), $"{of}: a name has not been made ready for a bank.");
        return text;
    }

    static string Account(string account, string of)
    {
        var ok = account.Length is >= 1 and <= 34;
        foreach (var c in account) ok &= char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c);
        Require(ok, $"{of}: an account number has not been made ready for a bank.");
        return account;
    }

    static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
