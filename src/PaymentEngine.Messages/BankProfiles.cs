using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Messages;

/// <summary>The bank profiles that ship with the program (bank-profiles/*.json), and the reading of further ones.</summary>
public static class BankProfiles
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<CreditorAgentForm>(), new VndConverter(), new OffsetConverter() },
    };

    static readonly Lazy<BankProfile> Loaded = new(() => Parse(Embedded("generic"), "bank-profiles/generic.json").Value);

    /// <summary>The profile for a bank that has not told us anything yet.</summary>
    public static BankProfile Generic => Loaded.Value;

    /// <summary>Reads a profile; an unknown or missing field is a refusal, so that a misspelt one cannot be ignored.</summary>
    public static Result<BankProfile> Parse(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<BankProfile>(json, Options) is { } profile
                ? profile
                : new Problem("bank_profile.malformed", "The bank profile is empty.", "Start from bank-profiles/generic.json.").In(file);
        }
        catch (JsonException e)
        {
            return new Problem("bank_profile.malformed", $"The bank profile cannot be read: {e.Message}", "Start from bank-profiles/generic.json.")
                .In(file, (int?)(e.LineNumber + 1));
        }
    }

    static byte[] Embedded(string id)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"bank-profiles/{id}.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    sealed class VndConverter : JsonConverter<Vnd>
    {
        public override Vnd Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Vnd value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Amount);
    }

    sealed class OffsetConverter : JsonConverter<Offset>
    {
        public override Offset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            OffsetPattern.CreateWithInvariantCulture("+HH:mm").Parse(reader.GetString()!) is { Success: true } parsed
                ? parsed.Value
                : throw new JsonException("An offset is written like +07:00.");

        public override void Write(Utf8JsonWriter writer, Offset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(OffsetPattern.CreateWithInvariantCulture("+HH:mm").Format(value));
    }
}
