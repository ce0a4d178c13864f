using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Messages;

/// <summary>Who approved, and when.</summary>
public sealed record ManifestApproval(string Person, Instant At);

/// <summary>
/// What stands beside a file to a bank: its hash, counts, sums and list hash, who prepared and who approved it. A detached signature over the manifest is
/// enough, because it fixes the file's hash.
/// </summary>
public static class Manifest
{
    public const string Extension = ".json";
    public const string SignatureExtension = ".json.p7s";

    /// <summary>Rises when the bytes of a file or manifest of the same run would come out differently.</summary>
    const string Builder = "payengine pain.001 writer 1";

    static readonly OffsetDateTimePattern Stamp = OffsetDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:sso<+HH:mm>");

    /// <summary>The manifest's bytes: JSON with sorted keys, two blanks of indentation, LF; the same for the same file on any machine.</summary>
    public static byte[] Write(WrittenFile written, BatchFile file, BankProfile profile, string runId, string preparedBy, IEnumerable<ManifestApproval> approvals)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("account_hash_total", written.AccountHashTotal);
            json.WriteStartArray("approved_by");
            foreach (var approval in approvals)
            {
                json.WriteStartObject();
                json.WriteString("at", InstantPattern.General.Format(approval.At));
                json.WriteString("person", approval.Person);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("bank_profile", profile.Id);
            json.WriteNumber("bank_profile_version", profile.Version);
            json.WriteStartArray("batches");
            foreach (var batch in file.Batches)
            {
                json.WriteStartObject();
                json.WriteNumber("count", batch.Count);
                json.WriteString("debtor_account", Masked(batch.DebtorAccount));
                json.WriteString("execution_date", LocalDatePattern.Iso.Format(batch.ExecutionDate));
                json.WriteString("pmt_inf_id", batch.BatchId);
                json.WriteNumber("sum_vnd", batch.Sum.Amount);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("builder", Builder);
            json.WriteNumber("bytes", written.Bytes);
            json.WriteNumber("count", written.Count);
            json.WriteString("created_at", Stamp.Format(file.CreatedAt));
            json.WriteString("file", written.FileName);
            json.WriteNumber("format", 1);
            json.WriteString("list_hash", written.ListHash);
            json.WriteString("message", profile.MessageVersion);
            json.WriteString("msg_id", file.MessageId);
            json.WriteString("prepared_by", preparedBy);
            json.WriteString("run", runId);
            json.WriteString("sha256", written.Sha256);
            json.WriteNumber("sum_vnd", written.Sum.Amount);
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>The last four characters; the rest as stars.</summary>
    static string Masked(string account) => account.Length <= 4 ? new string('*', account.Length) : new string('*', account.Length - 4) + account[^4..];
}
