using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Files;
using PaymentEngine.Core.Money;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Banks;

/// <summary>
/// What the simulated bank really did with every payment (<c>truth.json</c>), written for those who check what was concluded from its answers: they never see it, and it
/// knows nothing of them.
/// </summary>
/// <remarks>Payments are written as they are taken, so that a million of them need no memory.</remarks>
sealed class SimulatedTruth : IDisposable
{
    public const string FileName = "truth.json";

    readonly Stream stream;
    readonly Utf8JsonWriter json;

    public SimulatedTruth(IFiles files, string folder, ulong seed, BankScenario scenario)
    {
        var path = Path.Combine(folder, FileName);
        files.Delete(path);
        stream = new BufferedStream(files.Create(path), 256 * 1024);
        json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("seed", seed);
        json.WriteStartArray("scenario");
        foreach (var word in BankScenarios.WordsOf(scenario)) json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteStartArray("payments");
    }

    /// <summary>One payment: <c>outcome</c> is paid, rejected, kept (rejected, but its money left the account and did not come back), returned or returned_in_part.</summary>
    /// <param name="messageId">Of the file.</param>
    /// <param name="payment">As instructed.</param>
    /// <param name="rejected">A code of the external lists; of the payment or its batch.</param>
    /// <param name="debitedOn">Null when its money never left the account.</param>
    /// <param name="outcome">What came back, if anything.</param>
    /// <param name="recall">What the bank said to a recall of it; null when it was not recalled.</param>
    public void Add(string messageId, Pain001Payment payment, string? rejected, LocalDate? debitedOn, SimulatedOutcome outcome, string? recall)
    {
        json.WriteStartObject();
        json.WriteString("end_to_end_id", payment.EndToEndId);
        json.WriteNumber("amount_vnd", payment.Amount!.Value.Amount);
        json.WriteString("msg_id", messageId);
        json.WriteString("pmt_inf_id", payment.BatchId);
        json.WriteString("outcome", (rejected, debitedOn, outcome.Returned) switch
        {
            (not null, null, _) => "rejected",
            (not null, _, _) => "kept",
            (_, _, not null) => outcome.ReturnedSum == payment.Amount ? "returned" : "returned_in_part",
            _ => "paid",
        });
        if ((rejected ?? outcome.Returned?.Code) is { } reason) json.WriteString("reason", reason);
        if (debitedOn is { } day) json.WriteString("debited_on", LocalDatePattern.Iso.Format(day));
        if (outcome.Returned is not null)
        {
            json.WriteString("returned_on", LocalDatePattern.Iso.Format(outcome.ReturnedOn));
            json.WriteNumber("returned_vnd", outcome.ReturnedSum.Amount);
        }

        if (recall is not null) json.WriteString("recall", recall);

        json.WriteEndObject();
    }

    /// <summary>The answers, and the sums of all payments.</summary>
    public void Finish(IReadOnlyList<SimulatedAnswer> answers, int count, Vnd sum)
    {
        json.WriteEndArray();
        json.WriteNumber("count", count);
        json.WriteNumber("sum_vnd", sum.Amount);
        json.WriteStartArray("answers");
        foreach (var answer in answers)
        {
            json.WriteStartObject();
            json.WriteString("file", answer.File);
            json.WriteString("message", answer.Message);
            json.WriteString("message_id", answer.MessageId);
            if (answer.Note is { } note) json.WriteString("note", note);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    public void Dispose()
    {
        json.Dispose();
        stream.Dispose();
    }
}
