using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Messages;

/// <summary>A batch as a manifest announces it.</summary>
public sealed record ManifestBatch(string BatchId, LocalDate ExecutionDate, string DebtorAccount, int Count, Vnd Sum);

/// <summary>A manifest as read: what a file must be.</summary>
public sealed record ManifestContent
{
    public required string File { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Of the file's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required string Message { get; init; }
    public required string MessageId { get; init; }
    public required string CreatedAt { get; init; }
    public required string Run { get; init; }
    public required string BankProfile { get; init; }
    public required int BankProfileVersion { get; init; }
    public required int Count { get; init; }
    public required Vnd Sum { get; init; }
    public required string ListHash { get; init; }
    public required long AccountHashTotal { get; init; }
    public required IReadOnlyList<ManifestBatch> Batches { get; init; }
    public required string PreparedBy { get; init; }
    public required IReadOnlyList<ManifestApproval> ApprovedBy { get; init; }
}

/// <summary>Reads a manifest (<see cref="Manifest"/>), trusting nothing: it comes from outside.</summary>
public static class ManifestReader
{
    /// <summary>A manifest of 999 batches has some 200 KB; a larger file is none.</summary>
    public const int BytesMax = 1 << 20;

    const string Remedy = "Ask the sender for the manifest again; do not load the file without it.";

    /// <returns><c>manifest.too_large</c>, <c>manifest.malformed</c> (not JSON, a name twice) or <c>manifest.incomplete</c> (a field is missing or is not of its kind), with the place.</returns>
    public static Result<ManifestContent> Read(byte[] bytes, string? name = null)
    {
        if (bytes.Length > BytesMax) return new Problem("manifest.too_large", $"The manifest has {bytes.Length.ToString(CultureInfo.InvariantCulture)} bytes; none has more than {BytesMax.ToString(CultureInfo.InvariantCulture)}.", Remedy).In(name);
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var fields = new Fields(json.RootElement, "");
            if (fields.Whole("format") != 1) throw new FieldFault("format", "is a format this program does not know (1 is the only one)");
            return new ManifestContent
            {
                File = fields.Text("file"), Bytes = fields.Whole("bytes"), Sha256 = fields.Hash("sha256"), Message = fields.Text("message"), MessageId = fields.Text("msg_id"),
                CreatedAt = fields.Text("created_at"), Run = fields.Text("run"), BankProfile = fields.Text("bank_profile"), BankProfileVersion = fields.Count("bank_profile_version"),
                Count = fields.Count("count"), Sum = new Vnd(fields.Whole("sum_vnd")), ListHash = fields.Hash("list_hash"), AccountHashTotal = fields.Whole("account_hash_total"),
                Batches = fields.Each("batches", batch => new ManifestBatch(batch.Text("pmt_inf_id"), batch.Day("execution_date"), batch.Text("debtor_account"), batch.Count("count"), new Vnd(batch.Whole("sum_vnd")))),
                PreparedBy = fields.Text("prepared_by"), ApprovedBy = fields.Each("approved_by", approval => new ManifestApproval(approval.Text("person"), approval.Moment("at"))),
            };
        }
        catch (JsonException malformed)
        {
            return new Problem("manifest.malformed", $"The manifest is not JSON as ours is: {malformed.Message}", Remedy).In(name, (int?)(malformed.LineNumber + 1));
        }
        catch (InvalidOperationException malformed)
        {
            // A text that is not UTF-8 shows itself only when it is read.
            return new Problem("manifest.malformed", $"The manifest is not JSON as ours is: {malformed.Message}", Remedy).In(name);
        }
        catch (FieldFault fault)
        {
            return new Problem("manifest.incomplete", $"The manifest's field \"{fault.Field}\" {fault.Message}.", Remedy).In(name);
        }
    }

    sealed class FieldFault(string field, string what) : Exception(what)
    {
        public string Field { get; } = field;
    }

    readonly struct Fields(JsonElement element, string at)
    {
        public string Text(string name) => Of(name, JsonValueKind.String).GetString() is { Length: > 0 and <= 200 } text ? text : throw Fault(name, "is empty or too long");

        public long Whole(string name) => Of(name, JsonValueKind.Number).TryGetInt64(out var value) && value >= 0 ? value : throw Fault(name, "is not a whole number from 0 on");

        public int Count(string name) => Whole(name) is <= int.MaxValue and var value ? (int)value : throw Fault(name, "is too large");

        public string Hash(string name) => Text(name) is { Length: 64 } hash && hash.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f') ? hash : throw Fault(name, "is not a SHA-256 (64 figures 0-9 a-f)");

        public LocalDate Day(string name) => LocalDatePattern.Iso.Parse(Text(name)) is { Success: true, Value: var day } ? day : throw Fault(name, "is not a day (YYYY-MM-DD)");

        public Instant Moment(string name) => InstantPattern.General.Parse(Text(name)) is { Success: true, Value: var at } ? at : throw Fault(name, "is not a moment (YYYY-MM-DDThh:mm:ssZ)");

        public List<T> Each<T>(string name, Func<Fields, T> read)
        {
            var all = new List<T>();
            foreach (var item in Of(name, JsonValueKind.Array).EnumerateArray())
            {
                var place = $"{At(name)}[{all.Count.ToString(CultureInfo.InvariantCulture)}]";
                if (item.ValueKind != JsonValueKind.Object) throw new FieldFault(place, "is not a group of fields");
                all.Add(read(new Fields(item, place + ".")));
            }

            return all.Count > 0 ? all : throw Fault(name, "is empty");
        }

        JsonElement Of(string name, JsonValueKind kind) =>
            element.ValueKind != JsonValueKind.Object ? throw Fault(name, "is not there")
            : !element.TryGetProperty(name, out var value) ? throw Fault(name, "is not there")
            : value.ValueKind == kind ? value : throw Fault(name, "is of another kind than it must be");

        string At(string name) => at + name;

        FieldFault Fault(string name, string what) => new(At(name), what);
    }
}
