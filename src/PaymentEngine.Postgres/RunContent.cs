using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using NodaTime;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>One disbursement as it is hashed: who is owed what, through whom, and by which account.</summary>
public readonly record struct DisbursementContent(int LineNo, int RecipientId, int PayeeNo, int PayeeVersion, int Role, int Programme, int CommuneId,
    long GrossVnd, long RecoupedVnd, long AmountVnd, string HoldReason, int AttemptKind, long AttemptVnd, int ChannelVersion, int RouteNo, int PayCommuneId,
    string AccountTag, string BankBin, string HolderName);

/// <summary>One line as it is hashed.</summary>
public readonly record struct LineContent(int LineNo, int AwardNo, string Component, int ForMonth, int Kind, int ListedVersion, long AmountVnd);

/// <summary>The digest of one partition of a run: SHA-256 over the SHA-256 of its disbursements and the SHA-256 of its lines, each as text, one a line.</summary>
/// <remarks>Disbursements come by line number; lines by line number, award, component, month, kind. The plan hashes what it writes, the approval
/// what is stored: any row that changed in between changes the digest.</remarks>
sealed class PartitionDigest : IDisposable
{
    readonly IncrementalHash disbursements = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly IncrementalHash lines = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] buffer = new byte[2048];

    public void Add(in DisbursementContent d)
    {
        if (!Utf8.TryWrite(buffer, CultureInfo.InvariantCulture,
            $"{d.LineNo}|{d.RecipientId}|{d.PayeeNo}|{d.PayeeVersion}|{d.Role}|{d.Programme}|{d.CommuneId}|{d.GrossVnd}|{d.RecoupedVnd}|{d.AmountVnd}|{d.HoldReason}|{d.AttemptKind}|{d.AttemptVnd}|{d.ChannelVersion}|{d.RouteNo}|{d.PayCommuneId}|{d.AccountTag}|{d.BankBin}|{d.HolderName}\n",
            out var written)) throw new InvalidOperationException($"Disbursement {d.LineNo} is too long to be hashed: an account holder's name has at most a few hundred letters.");
        disbursements.AppendData(buffer, 0, written);
    }

    public void Add(in LineContent line)
    {
        if (!Utf8.TryWrite(buffer, CultureInfo.InvariantCulture,
            $"{line.LineNo}|{line.AwardNo}|{line.Component}|{line.ForMonth}|{line.Kind}|{line.ListedVersion}|{line.AmountVnd}\n",
            out var written)) throw new InvalidOperationException($"A line of disbursement {line.LineNo} is too long to be hashed.");
        lines.AppendData(buffer, 0, written);
    }

    public byte[] Finish()
    {
        Span<byte> both = stackalloc byte[64];
        disbursements.GetHashAndReset(both[..32]);
        lines.GetHashAndReset(both[32..]);
        return SHA256.HashData(both);
    }

    public void Dispose()
    {
        disbursements.Dispose();
        lines.Dispose();
    }
}

/// <summary>The content hash of a run, which approval binds to: payer, programmes, month, execution window, law, then the partition digests in order.</summary>
public static class RunContent
{
    /// <summary>A line number is the partition shifted by so many bits, and the place in it.</summary>
    public const int PartitionShift = 15;

    /// <summary>SHA-256 over the run's constants and the digests of its partitions.</summary>
    /// <param name="payerCode">The payer.</param>
    /// <param name="programmes">Numbers of the programmes, ascending.</param>
    /// <param name="month">The list month.</param>
    /// <param name="window">Execution dates that an approval covers.</param>
    /// <param name="lawHash">Hash of the law files the run was computed with.</param>
    /// <param name="routes">Digest of the routes with their accounts and profiles; null for a run planned before they were data.</param>
    /// <param name="rules">Kind of the run and version of the rules it is judged by; a regular run by the program's own rules says nothing of them.</param>
    /// <param name="partitions">Digests by ascending partition number.</param>
    /// <param name="repayments">Digest of the failed payments it makes again; null for a run that makes none.</param>
    public static byte[] Hash(string payerCode, IEnumerable<int> programmes, int month, (LocalDate From, LocalDate To) window, byte[] lawHash, byte[]? routes, (string Kind, int Version) rules, IEnumerable<(int PartitionNo, byte[] Digest)> partitions,
        byte[]? repayments = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"payengine run content 1\n{payerCode}|{string.Join(',', programmes)}|{month}|{window.From:uuuu-MM-dd}|{window.To:uuuu-MM-dd}|{Convert.ToHexStringLower(lawHash)}\n");
        if (routes is not null) text.Append(CultureInfo.InvariantCulture, $"routes|{Convert.ToHexStringLower(routes)}\n");
        if (rules != ("regular", 0) && rules != ("regularisation", 0)) text.Append(CultureInfo.InvariantCulture, $"rules|{rules.Kind}|{rules.Version}\n");
        if (repayments is not null) text.Append(CultureInfo.InvariantCulture, $"repayments|{Convert.ToHexStringLower(repayments)}\n");
        foreach (var (partitionNo, digest) in partitions) text.Append(CultureInfo.InvariantCulture, $"{partitionNo}|{Convert.ToHexStringLower(digest)}\n");
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>The partition digests of rows that lie outside the database, as in a bundle: disbursements by line number; lines by line number, award, component, month, kind.</summary>
    public static IReadOnlyList<(int PartitionNo, byte[] Digest)> DigestsOf(IEnumerable<DisbursementContent> disbursements, IEnumerable<LineContent> lines)
    {
        var digests = new SortedDictionary<int, PartitionDigest>();
        try
        {
            foreach (var one in disbursements) Of(one.LineNo).Add(one);
            foreach (var one in lines) Of(one.LineNo).Add(one);
            return [.. digests.Select(partition => (partition.Key, partition.Value.Finish()))];
        }
        finally
        {
            foreach (var digest in digests.Values) digest.Dispose();
        }

        PartitionDigest Of(int lineNo) => digests.TryGetValue(lineNo >> PartitionShift, out var digest) ? digest : digests[lineNo >> PartitionShift] = new PartitionDigest();
    }

    /// <summary>The partition digests as the stored rows give them today, in one pass over the disbursements and one over the lines.</summary>
    /// <remarks>What is held has no attempt in the list: one that follows a release comes later and is not what was approved.</remarks>
    /// <param name="session">A session of the run role.</param>
    /// <param name="run">The run.</param>
    /// <param name="partitionNos">Its partitions.</param>
    /// <param name="only">One of them alone; null: all.</param>
    /// <param name="cancel">Stops between rows.</param>
    internal static async Task<IReadOnlyList<(int PartitionNo, byte[] Digest)>> RecomputeAsync(DatabaseSession session, RunId run, IEnumerable<int> partitionNos, int? only, CancellationToken cancel)
    {
        var digests = new SortedDictionary<int, PartitionDigest>();
        try
        {
            foreach (var partitionNo in partitionNos) digests[partitionNo] = new PartitionDigest();
            var key = string.Create(CultureInfo.InvariantCulture, $"d.province_code = {run.ProvinceCode} AND d.month = {Core.Months.Key(run.Month)} AND d.run_no = {run.RunNo}");
            if (only is { } one) key += string.Create(CultureInfo.InvariantCulture, $" AND d.line_no BETWEEN {one << PartitionShift} AND {((one + 1) << PartitionShift) - 1}");
            await session.CopyOutAsync($"""
                COPY (SELECT d.line_no, d.recipient_id, d.payee_no, d.payee_version, d.payee_role, d.programme, d.commune_id, d.gross_vnd, d.recouped_vnd, d.amount_vnd, coalesce(d.hold_reason, ''),
                             coalesce(a.kind, 0::smallint), coalesce(a.amount_vnd, 0), coalesce(a.channel_version, 0), coalesce(a.route_no, 0::smallint), coalesce(a.pay_commune_id, 0),
                             coalesce(encode(c.account_tag, 'hex'), ''), coalesce(c.bank_bin, ''), coalesce(c.holder_name, '')
                        FROM disbursement d
                        LEFT JOIN attempt a ON a.province_code = d.province_code AND a.month = d.month AND a.run_no = d.run_no AND a.line_no = d.line_no AND a.attempt = 1 AND d.hold_reason IS NULL
                        LEFT JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
                       WHERE {key} ORDER BY d.line_no) TO STDOUT (FORMAT BINARY) -- RunContent.Disbursements
                """, async rows =>
            {
                while (await rows.StartRowAsync(cancel) != -1)
                {
                    var content = new DisbursementContent(rows.Read<int>(), rows.Read<int>(), rows.Read<int>(), rows.Read<int>(), rows.Read<short>(), rows.Read<short>(), rows.Read<int>(),
                        rows.Read<long>(), rows.Read<long>(), rows.Read<long>(), rows.Read<string>(), rows.Read<short>(), rows.Read<long>(), rows.Read<int>(), rows.Read<short>(), rows.Read<int>(),
                        rows.Read<string>(), rows.Read<string>(), rows.Read<string>());
                    Of(content.LineNo).Add(content);
                }
            }, cancel);
            await session.CopyOutAsync($"""
                COPY (SELECT d.line_no, d.award_no, d.component, d.for_month, d.kind, d.listed_version, d.amount_vnd
                        FROM line d WHERE {key} ORDER BY d.line_no, d.award_no, d.component COLLATE "C", d.for_month, d.kind) TO STDOUT (FORMAT BINARY) -- RunContent.Lines
                """, async rows =>
            {
                while (await rows.StartRowAsync(cancel) != -1)
                {
                    var content = new LineContent(rows.Read<int>(), rows.Read<int>(), rows.Read<string>(), rows.Read<int>(), rows.Read<short>(), rows.Read<int>(), rows.Read<long>());
                    Of(content.LineNo).Add(content);
                }
            }, cancel);
            return [.. digests.Select(partition => (partition.Key, partition.Value.Finish()))];
        }
        finally
        {
            foreach (var digest in digests.Values) digest.Dispose();
        }

        // A row of a partition that was never planned has no digest to compare with: it changes the hash by being there.
        PartitionDigest Of(int lineNo)
        {
            if (digests.TryGetValue(lineNo >> PartitionShift, out var digest)) return digest;
            return digests[lineNo >> PartitionShift] = new PartitionDigest();
        }
    }
}
