using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.App.Web.Guard;

/// <summary>One JSON object a line. Control characters are escaped, and figures long enough to be an account or an identity number are masked to their last four, wherever they stand.</summary>
sealed partial class MaskedJsonFormatter(IClock clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "payengine";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default }))
        {
            json.WriteStartObject();
            json.WriteString("at", InstantPattern.ExtendedIso.Format(clock.GetCurrentInstant()));
            json.WriteString("level", entry.LogLevel.ToString());
            json.WriteString("source", entry.Category);
            json.WriteNumber("event", entry.EventId.Id);
            json.WriteString("message", Masked(entry.Formatter(entry.State, entry.Exception)));
            if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> state)
            {
                foreach (var (name, value) in state)
                    if (name != "{OriginalFormat}" && char.IsAsciiLetterUpper(name[0])) json.WriteString(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), Masked(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? ""));
            }

            if (entry.Exception is { } fault) json.WriteString("exception", Masked(fault.ToString()));
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    /// <summary>Masks runs of six or more figures, and of eight or more with single spaces or dots between them: <c>0123 456 789</c> becomes <c>…6789</c>.</summary>
    public static string Masked(string text) => Figures().Replace(text, match =>
    {
        var figures = new string([.. match.Value.Where(char.IsAsciiDigit)]);
        return "…" + figures[^4..];
    });

    [GeneratedRegex(@"(?<![\d-])\d(?:[ .]?\d){7,}(?![\d])|\d{6,}")]
    private static partial Regex Figures();
}
