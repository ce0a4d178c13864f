using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>What a written file holds: to be stored, put into the manifest and compared with the approved list and with the read-back.</summary>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="ListHash">See <see cref="Core.Payments.ListHash"/>.</param>
public sealed record WrittenFile(string FileName, long Bytes, string Sha256, int Count, Vnd Sum, string ListHash, long AccountHashTotal);

/// <summary>
/// Writes pain.001 (customer credit transfer initiation) in the version of the bank's profile, streaming, the same bytes for the same batch on any machine.
/// </summary>
/// <remarks>
/// XmlWriter writes declaration, namespace, heads and ends; the transactions go between them as bytes (<see cref="PaymentTemplate"/>). A test compares the whole with
/// what XmlWriter alone writes.
/// </remarks>
public static class Pain001Writer
{
    /// <summary>The version where no profile says otherwise.</summary>
    public const string MessageVersion = "pain.001.001.09";
    const long AmountMax = 999_999_999_999;
    const int ChunkBytes = 128 * 1024;

    /// <summary>Writes the file. Payments are pulled one at a time; counts and sums announced by the batch record are asserted.</summary>
    /// <exception cref="InvalidOperationException">What was pulled is not what was announced, is out of order, or holds a text or amount
    /// that must not reach a bank: a bug before this point. The bytes written so far are worthless.</exception>
    public static WrittenFile Write(Stream output, BatchFile file, BankProfile profile)
    {
        using var hashing = new HashingStream(output);
        using var list = new ListHash(sorted: file.Batches.Count == 1);
        WriteBytes(hashing, file, profile, list);
        var listHash = list.Finish();
        Require(list.Repeated is null, $"{list.Repeated} stands twice in {file.MessageId}.");
        return new(file.FileName, hashing.ByteCount, hashing.Sha256(), list.Count, list.Sum, listHash, list.AccountHashTotal);
    }

    /// <summary>Writes the bytes alone. An id that stands in two batches is found by the list hash only.</summary>
    /// <param name="list">Takes each payment as it was written; null: nobody asks for the list hash.</param>
    /// <exception cref="InvalidOperationException">As <see cref="Write"/>.</exception>
    public static void WriteBytes(Stream output, BatchFile file, BankProfile profile, ListHash? list)
    {
        var version = Pain001Version.Find(profile.MessageVersion) ?? throw new InvalidOperationException($"Profile {profile.Id} wants {profile.MessageVersion}, which is not written.");
        Require(profile.FileKind == FileKind.Pain001, $"Profile {profile.Id} wants no message but {profile.FileKind}.");
        Require(file.Batches.Count >= 1 && file.Batches.Count <= profile.BatchesPerFileMax, $"{file.MessageId} has {file.Batches.Count} batches.");
        Require(file.MessageId.Length <= profile.MessageIdLengthMax, $"{file.MessageId} is too long for the bank.");
        Require(file.Count <= profile.TransactionsPerFileMax, $"{file.MessageId} has {file.Count} payments, more than the bank takes in a file.");

        using var counted = new CountedOutput(output, profile.FileBytesMax, file.MessageId);
        var (count, sum) = (0, Vnd.Zero);
        using (var xml = new MessageWriter(counted, version.Message, BusinessHeader.Of(file, profile)))
        {
            var payments = new PaymentWriter(counted, profile, version, list);
            xml.Start("CstmrCdtTrfInitn");
            xml.Line();
            WriteGroupHeader(xml, file, profile);
            foreach (var batch in file.Batches)
            {
                Require(batch.Count >= 1 && batch.Count <= profile.TransactionsPerBatchMax, $"{batch.BatchId} has {batch.Count} payments.");
                WriteBatchHead(xml, batch, profile, version);
                xml.Flush();
                payments.Write(batch);
                count += batch.Count;
                sum += batch.Sum;
                xml.End();
                xml.Line();
            }

            xml.End();
            xml.Line();
            xml.Finish();
        }

        output.Flush();
        Require(count == file.Count && sum == file.Sum, $"{file.MessageId} announced {file.Count} payments of {file.Sum}, but {count} of {sum} came.");
    }

    static void WriteGroupHeader(MessageWriter xml, BatchFile file, BankProfile profile)
    {
        xml.Start("GrpHdr");
        xml.Leaf("MsgId", file.MessageId);
        xml.Leaf("CreDtTm", file.CreatedAt);
        xml.Leaf("NbOfTxs", file.Count);
        xml.Leaf("CtrlSum", file.Sum.Amount);
        xml.Start("InitgPty");
        xml.Leaf("Nm", Clean(file.PayerName, 70, "payer name"));
        if (file.CustomerNumber is { } customer) WriteOrganisationId(xml, Clean(customer, 35, "customer number"), "Cd", profile.CustomerNumberScheme);
        xml.End(2);
        xml.Line();
    }

    static void WriteBatchHead(MessageWriter xml, PaymentBatch batch, BankProfile profile, Pain001Version version)
    {
        xml.Start("PmtInf");
        xml.Leaf("PmtInfId", batch.BatchId);
        xml.Leaf("PmtMtd", "TRF");
        xml.Leaf("BtchBookg", profile.BatchBooking ? "true" : "false");
        xml.Leaf("NbOfTxs", batch.Count);
        xml.Leaf("CtrlSum", batch.Sum.Amount);
        xml.Start("PmtTpInf");
        xml.LeafIf("InstrPrty", profile.InstructionPriority);
        if (batch.ServiceLevel is { } level) xml.Nested("SvcLvl", "Cd", level);
        if (profile.LocalInstrument is { } instrument) xml.Nested("LclInstrm", "Prtry", Clean(instrument, 35, "local instrument"));
        xml.Nested("CtgyPurp", "Cd", batch.CategoryPurpose);
        xml.End();
        if (version.DateIsChoice)
        {
            xml.Start("ReqdExctnDt");
            xml.Leaf("Dt", batch.ExecutionDate);
            xml.End();
        }
        else
        {
            xml.Leaf("ReqdExctnDt", batch.ExecutionDate);
        }

        xml.Start("Dbtr");
        xml.Leaf("Nm", Clean(batch.DebtorName, 70, "debtor name"));
        if (batch.DebtorIdFor(profile) is { } id)
        {
            // TXID is the code of a tax number in ISO's list; a code of the State budget's own (mã đơn vị có quan hệ với ngân sách) has none there.
            var (element, scheme) = profile.DebtorId == DebtorIdKind.TaxCode ? ("Cd", "TXID") : ("Prtry", "MDVQHNS");
            WriteOrganisationId(xml, Clean(id, 35, "id of the payer"), element, scheme);
        }

        xml.End();
        xml.Start("DbtrAcct");
        xml.Start("Id");
        xml.Start("Othr");
        xml.Leaf("Id", Account(batch.DebtorAccount, batch.BatchId));
        xml.Nested("SchmeNm", "Cd", "BBAN");
        xml.End(2);
        xml.Leaf("Ccy", "VND");
        xml.End();
        xml.Start("DbtrAgt");
        WriteAgent(xml, profile.DebtorAgent, batch.DebtorAgentFor(profile), version);
        xml.End();
        if (batch.UltimateDebtorName is { } owner) xml.Nested("UltmtDbtr", "Nm", Clean(owner, 70, "programme owner"));
        xml.LeafIf("ChrgBr", profile.ChargeBearer);
        xml.Line();
    }

    /// <summary>FinInstnId: a bank by its BIC, or by its number in the country's clearing system (VN).</summary>
    internal static void WriteAgent(MessageWriter xml, AgentForm form, string agent, Pain001Version version)
    {
        xml.Start("FinInstnId");
        if (form == AgentForm.Bic)
        {
            xml.Leaf(version.BicElement, agent);
        }
        else
        {
            xml.Start("ClrSysMmbId");
            xml.Nested("ClrSysId", "Cd", "VN");
            xml.Leaf("MmbId", agent);
            xml.End();
        }

        xml.End();
    }

    internal static void WriteOrganisationId(MessageWriter xml, string id, string schemeElement, string scheme)
    {
        xml.Start("Id");
        xml.Start("OrgId");
        xml.Start("Othr");
        xml.Leaf("Id", id);
        xml.Nested("SchmeNm", schemeElement, scheme);
        xml.End(3);
    }

    static string Clean(string text, int lengthMax, string of)
    {
        Require(text.Length <= lengthMax && BankText.IsClean(text), $"{of}: a name has not been made ready for a bank.");
        return text;
    }

    static string Account(string account, string of)
    {
        Span<byte> written = stackalloc byte[PaymentTemplate.AccountLengthMax];
        Require(PaymentTemplate.TryWriteAccount(account, written), $"{of}: an account number has not been made ready for a bank.");
        return account;
    }

    static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    /// <summary>The transactions of a file's batches, written past XmlWriter in large pieces.</summary>
    sealed class PaymentWriter(Stream output, BankProfile profile, Pain001Version version, ListHash? list)
    {
        readonly PaymentTemplate template = new(profile, version);
        readonly InstructionIdText ids = new();
        readonly byte[] chunk = new byte[ChunkBytes];
        readonly byte[] before = new byte[InstructionId.Length];

        public void Write(PaymentBatch batch)
        {
            var (count, sum, used) = (0, 0L, 0);
            var amountMax = Math.Min(AmountMax, profile.PaymentMax.Amount);
            before.AsSpan().Clear();
            foreach (var payment in batch.Payments)
            {
                var id = ids.Of(payment.EndToEndId);
                if (id.SequenceCompareTo(before) <= 0) throw new InvalidOperationException($"{payment.EndToEndId} stands out of its order, or twice, in {batch.BatchId}.");
                id.CopyTo(before);
                var amount = payment.Amount.Amount;
                if (amount < 1 || amount > amountMax) throw new InvalidOperationException($"{payment.EndToEndId}: {payment.Amount} is no amount to pay.");
                if (chunk.Length - used < template.BytesMax)
                {
                    output.Write(chunk.AsSpan(0, used));
                    used = 0;
                }

                var written = chunk.AsSpan(used);
                used += template.Write(written, payment, id);
                list?.Add(id, template.Agent, written.Slice(template.Account.From, template.Account.Length), payment.Amount);
                count++;
                sum += amount;
            }

            output.Write(chunk.AsSpan(0, used));
            Require(count == batch.Count && sum == batch.Sum.Amount, $"{batch.BatchId} announced {batch.Count} payments of {batch.Sum}, but {count} of {new Vnd(sum)} came.");
        }
    }

    /// <summary>Stops at the size the bank takes.</summary>
    sealed class CountedOutput(Stream inner, long bytesMax, string of) : Stream
    {
        long written;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => written;
        public override long Position { get => written; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            written += buffer.Length;
            Require(written <= bytesMax, $"{of} has more than {bytesMax} bytes, more than the bank takes.");
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        // XmlWriter flushes before each batch. Nothing waits here, and what is below is flushed once, at the end of the file.
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
