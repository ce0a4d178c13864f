using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.App.CommandLine;

/// <summary>The JSON of the program: snake_case names, sums as whole đồng, days as 2026-11-21, months as 2026-11, instants in UTC with Z.</summary>
public static class JsonText
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // Vietnamese stays readable; the document is never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
            new As<Vnd>((writer, value) => writer.WriteNumberValue(value.Amount)),
            new As<LocalDate>((writer, value) => writer.WriteStringValue(LocalDatePattern.Iso.Format(value))),
            new As<YearMonth>((writer, value) => writer.WriteStringValue(value.Text())),
            new As<Instant>((writer, value) => writer.WriteStringValue(InstantPattern.ExtendedIso.Format(value))),
        },
    };

    public static string Write(object? value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A problem with exactly the seven members of the contract; absent places are null.</summary>
    public static object Of(Problem problem) => new
    {
        code = problem.Code,
        message = problem.Message,
        remedy = problem.Remedy,
        file = problem.At?.File,
        line = problem.At?.Line,
        column = problem.At?.Column,
        field = problem.At?.Field,
    };

    sealed class As<T>(Action<Utf8JsonWriter, T> write) : JsonConverter<T> where T : struct
    {
        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => write(writer, value);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"{typeof(T).Name} is written, not read, in this program's answers."));
    }
}
