using System.Text;
using System.Text.Json;
using PaymentEngine.Core;

namespace PaymentEngine.Messages;

/// <summary>A JSON value with its place in the file, so that a refusal can say where it stands. For small files that people write: the whole of it is held.</summary>
/// <param name="Text">Of a text its content, of a number its figures.</param>
sealed record LocatedJson(JsonValueKind Kind, string Text, int Line, IReadOnlyList<(string Name, LocatedJson Value)> Members, IReadOnlyList<LocatedJson> Items)
{
    const int BytesMax = 1_000_000;

    /// <returns><c>json.malformed</c> with the line, or <c>file.too_large</c>.</returns>
    public static Result<LocatedJson> Parse(ReadOnlySpan<byte> json, string file, string pattern = "bank-profiles/generic.json")
    {
        if (json.Length > BytesMax) return new Problem("file.too_large", "The file has more than 1 MB.", "Give the right file.").In(file);
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        try
        {
            var lines = new LineCount();
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
            reader.Read();
            var value = Value(ref reader, json, ref lines);
            reader.Read(); // What stands behind the value is a fault of the file, told by the reader.
            return value;
        }
        catch (JsonException e)
        {
            return new Problem("json.malformed", $"The file is not JSON: {e.Message}", $"Write it in the form of {pattern}.").In(file, (int?)(e.LineNumber + 1));
        }
    }

    static LocatedJson Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref LineCount lines)
    {
        var line = lines.At(json, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string, LocatedJson)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add((name, Value(ref reader, json, ref lines)));
                }

                return new(JsonValueKind.Object, "", line, members, []);
            case JsonTokenType.StartArray:
                var items = new List<LocatedJson>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, json, ref lines));
                return new(JsonValueKind.Array, "", line, [], items);
            case JsonTokenType.String: return new(JsonValueKind.String, Words(ref reader), line, [], []);
            case JsonTokenType.Number: return new(JsonValueKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), line, [], []);
            case JsonTokenType.True: return new(JsonValueKind.True, "true", line, [], []);
            case JsonTokenType.False: return new(JsonValueKind.False, "false", line, [], []);
            default: return new(JsonValueKind.Null, "null", line, [], []);
        }
    }

    /// <exception cref="JsonException">Half of a character, which JSON lets through and no text can hold.</exception>
    static string Words(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text holds half of a character.", null, null, null, e);
        }
    }

    struct LineCount
    {
        int position;
        int line;

        public int At(ReadOnlySpan<byte> json, long at)
        {
            line += json[position..(int)at].Count((byte)'\n');
            position = (int)at;
            return line + 1;
        }
    }
}

/// <summary>Reads the members of one JSON object, each once: every fault is told with its line and field, and a member nobody asked for is one of them.</summary>
/// <param name="code">Code of a fault of a field.</param>
/// <param name="pattern">Where such a file is shown whole.</param>
sealed class JsonFields(LocatedJson value, string path, string file, List<Problem> problems, string code = "bank_profile.field", string pattern = "bank-profiles/generic.json")
{
    readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public string File => file;

    /// <summary>The object of a file or of an item; anything else is told and read as empty.</summary>
    public static JsonFields Of(LocatedJson value, string path, string file, List<Problem> problems, string code = "bank_profile.field", string pattern = "bank-profiles/generic.json")
    {
        var fields = new JsonFields(value, path, file, problems, code, pattern);
        if (value.Kind != JsonValueKind.Object) fields.Refuse(path, value.Line, "is not an object", "Write { … } with the fields the page names.");
        return fields;
    }

    public string Text(string name, int lengthMin, int lengthMax) => OptionalText(name, lengthMin, lengthMax, nullAllowed: false) ?? "";

    public string? OptionalText(string name, int lengthMin, int lengthMax) => OptionalText(name, lengthMin, lengthMax, nullAllowed: true);

    public long Number(string name, long min, long max)
    {
        if (Find(name) is not { } found) return min;
        if (found.Kind == JsonValueKind.Number && long.TryParse(found.Text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Refuse(name, $"is {Shown(found)}", $"Write a whole number from {ViText.Count(min)} to {ViText.Count(max)}, without separators.");
        return min;
    }

    public bool Flag(string name)
    {
        if (Find(name) is not { } found) return false;
        if (found.Kind is not (JsonValueKind.True or JsonValueKind.False)) Refuse(name, $"is {Shown(found)}", "Write true or false.");
        return found.Kind == JsonValueKind.True;
    }

    public T Choice<T>(string name) where T : struct, Enum => Find(name) is { } found ? Choice<T>(name, found) ?? default : default;

    public T? OptionalChoice<T>(string name) where T : struct, Enum => Find(name) is { Kind: not JsonValueKind.Null } found ? Choice<T>(name, found) : null;

    public IReadOnlyList<T> Choices<T>(string name) where T : struct, Enum
    {
        var chosen = new List<T>();
        foreach (var item in Items(name))
        {
            if (Choice<T>(name, item) is not { } one) continue;
            if (chosen.Contains(one)) Refuse(name, item.Line, $"names {one} twice", "Name it once.");
            else chosen.Add(one);
        }

        return chosen;
    }

    public IReadOnlyList<LocatedJson> Items(string name)
    {
        if (Find(name) is not { } found) return [];
        if (found.Kind != JsonValueKind.Array) Refuse(name, $"is {Shown(found)}", "Write a list: [ … ].");
        return found.Items;
    }

    public IReadOnlyList<string> Texts(string name, int lengthMax)
    {
        var texts = new List<string>();
        foreach (var item in Items(name))
        {
            if (item.Kind == JsonValueKind.String && item.Text.Length <= lengthMax) texts.Add(item.Text);
            else Refuse(name, item.Line, $"holds {Shown(item)}", $"Write texts of at most {ViText.Count(lengthMax)} characters.");
        }

        return texts;
    }

    /// <summary>The members of an object, each a text.</summary>
    public IReadOnlyList<(string Name, string Text, int Line)> Pairs(string name)
    {
        if (Find(name) is not { } found) return [];
        if (found.Kind != JsonValueKind.Object) Refuse(name, $"is {Shown(found)}", "Write an object: { \"own code\": \"code\" }.");
        var pairs = new List<(string, string, int)>();
        foreach (var (own, item) in found.Members)
        {
            if (item.Kind != JsonValueKind.String) Refuse(name, item.Line, $"has {Shown(item)} for '{own}'", "Write a text.");
            else if (pairs.Exists(pair => pair.Item1 == own)) Refuse(name, item.Line, $"names '{own}' twice", "Name it once.");
            else pairs.Add((own, item.Text, item.Line));
        }

        return pairs;
    }

    /// <summary>The fields of a member that is an object; null when it says null.</summary>
    public JsonFields? Object(string name) => Find(name) is { Kind: not JsonValueKind.Null } found ? Of(found, Path(name), file, problems, code, pattern) : null;

    public JsonFields Item(string name, LocatedJson item, int number) => Of(item, $"{Path(name)}[{number.ToString(System.Globalization.CultureInfo.InvariantCulture)}]", file, problems, code, pattern);

    /// <summary>Tells the members that nobody asked for; to be called last.</summary>
    public void EndUnknown()
    {
        foreach (var (name, found) in value.Members)
            if (asked.Add(name)) Refuse(name, found.Line, "is not a field here", $"Correct its spelling or take it out. Fields: {string.Join(", ", asked.Where(one => value.Members.All(member => member.Name != one) || one != name).Order(StringComparer.Ordinal))}.");
    }

    /// <summary>Tells a fault of a field at its place.</summary>
    public void Refuse(string name, string what, string remedy) => Refuse(name, value.Members.FirstOrDefault(member => member.Name == name).Value?.Line ?? value.Line, what, remedy);

    public void Refuse(string name, int line, string what, string remedy) =>
        problems.Add(new Problem(code, $"\"{name}\" {what}.", remedy, new SourceLocation(file, line, null, Path(name))));

    static string Shown(LocatedJson found) => found.Kind switch
    {
        JsonValueKind.String => $"'{(found.Text.Length <= 60 ? found.Text : found.Text[..60] + "…")}'",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => found.Text,
    };

    string? OptionalText(string name, int lengthMin, int lengthMax, bool nullAllowed)
    {
        if (Find(name) is not { } found || (nullAllowed && found.Kind == JsonValueKind.Null)) return null;
        if (found.Kind == JsonValueKind.String && found.Text.Length >= lengthMin && found.Text.Length <= lengthMax && !found.Text.Any(char.IsControl)) return found.Text;
        Refuse(name, $"is {Shown(found)}", lengthMin == lengthMax ? $"Write a text of {lengthMin} characters{(nullAllowed ? " or null" : "")}." : $"Write a text of {lengthMin} to {lengthMax} characters without control characters{(nullAllowed ? ", or null" : "")}.");
        return null;
    }

    T? Choice<T>(string name, LocatedJson found) where T : struct, Enum
    {
        foreach (var one in Enum.GetValues<T>())
            if (found.Kind == JsonValueKind.String && found.Text == one.ToString()) return one;
        Refuse(name, found.Line, $"is {Shown(found)}", $"Write one of {string.Join(", ", Enum.GetNames<T>())}.");
        return null;
    }

    LocatedJson? Find(string name)
    {
        asked.Add(name);
        LocatedJson? found = null;
        foreach (var (member, at) in value.Members)
        {
            if (member != name) continue;
            if (found is null) found = at;
            else Refuse(name, at.Line, "stands there twice", "Keep one of the two.");
        }

        if (found is null && value.Kind == JsonValueKind.Object) Refuse(name, value.Line, "is missing", $"Every field stands in the file; copy it from {pattern}. What does not apply is null or empty.");
        return found;
    }

    string Path(string name) => path.Length == 0 || path == name ? name : $"{path}.{name}";
}
