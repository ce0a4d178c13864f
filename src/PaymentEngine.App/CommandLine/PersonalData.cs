using System.Text.Json;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Audit;

namespace PaymentEngine.App.CommandLine;

/// <summary>Whose data an answer shows: every <c>person_id</c> in it. A command that begins to show people is logged without being asked to.</summary>
static class PersonalData
{
    /// <summary>Writes the read down, when the answer shows or the command exported data of people.</summary>
    public static async Task RecordAsync(ReadLog reads, Caller caller, string command, Answer answer)
    {
        if (answer.Exported is { } exported) await reads.RecordAsync(caller, "export", command, exported.People, exported.Files);
        if (answer.Json is null) return;
        var people = new SortedSet<string>(StringComparer.Ordinal);
        Collect(JsonSerializer.SerializeToElement(answer.Json, JsonText.Options), people);
        if (people.Count == 1) await reads.RecordAsync(caller, "person", command, people.Min!);
        else if (people.Count > 1) await reads.RecordAsync(caller, "list", command, people.Count, people);
    }

    /// <summary>The keys of the people in a document.</summary>
    internal static void Collect(JsonElement element, ISet<string> people)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray()) Collect(one, people);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String) Collect(property.Value, people);
                else if (property.Name is "person_id" or "recipient_id" && property.Value.GetString() is { Length: > 0 } id) people.Add(id);
            }
        }
    }
}
