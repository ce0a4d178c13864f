using System.CommandLine;
using System.Text.RegularExpressions;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations.Access;

namespace PaymentEngine.ServiceTests.Access;

/// <summary>Every command of the command line as a door: its required words are made up, or name a thing of somebody.</summary>
sealed class CommandDoor(AccessWorld world) : IAccessDoor
{
    /// <summary>Commands that name one thing. In braces what is named: a person, a case, a cash list, a run.</summary>
    static readonly Dictionary<string, string> Templates = new(StringComparer.Ordinal)
    {
        ["people show"] = "{person}", ["account history"] = "{person}", ["account wish"] = "{person} --yes --source giấy", ["account list"] = "--person {person}",
        ["payee list"] = "--person {person}", ["payee renew"] = "{person} --payee {payee} --to 2027-01-01 --basis giấy-ủy-quyền --basis-no 12 --basis-on 2026-10-01 --issuer UBND --reason gia-hạn", ["payee end"] = "{person} --payee {payee} --on 2026-12-31 --reason thôi",
        ["case show"] = "{case}", ["case take"] = "{case}", ["case note"] = "{case} ghi-chú", ["case contact"] = "{case} --channel phone --outcome reached", ["case escalate"] = "{case} --why cần-xem",
        ["case resolve"] = "{case} --how giấy-xác-nhận", ["case free"] = "{case} --reason vắng", ["case give"] = "{case} --to province", ["case cash"] = "{case}", ["case approve"] = "{case}",
        ["cash show"] = "{list}", ["cash close"] = "{list}", ["cash handback"] = "{list} --amount 1 --voucher PT1", ["cash print"] = "--list {list} --out lists",
        ["run show"] = "{run}", ["run diff"] = "{run}", ["run holds"] = "{run}", ["run outliers"] = "{run}", ["run return"] = "{run} --remark sai", ["run submit"] = "{run} --confirm-count 1 --confirm-total 1",
        ["run approve"] = "{run} --hash 00000000 --confirm-total 1", ["run hold"] = "{run} --person P000001 --reason xem-lại", ["run paper"] = "{run} --out paper.html",
    };

    /// <summary>Words that cannot be made up: a password is asked for at the keyboard, verdicts are of a list.</summary>
    static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["user add"] = "x --role maker --password-file /nowhere/password", ["people duplicates decide"] = "9999 different --reason đã-xem", ["keys remove"] = "7 --reason hết-hạn", ["people exchange decide"] = "9999 keep --reason đã-xem",
    };

    readonly Dictionary<string, Command> leaves = new(StringComparer.Ordinal);

    /// <summary>Whether a command names one thing of somebody.</summary>
    public static bool NamesOneThing(string command) => Templates.ContainsKey(command);

    public string Kind => "command";

    public IEnumerable<(string Name, AccessRule Rule)> Doors => Leaves().Keys.Select(name => (name, AccessRules.Of(name)!));

    public IEnumerable<string> Named => Templates.Keys;

    public Task<Knocked> KnockAsync(string name, string user, Whose whose)
    {
        var words = new List<string>(name.Split(' '));
        if (Templates.TryGetValue(name, out var template)) words.AddRange(template.Split(' ').Select(word => Fill(word, whose)));
        else if (Words.TryGetValue(name, out var given)) words.AddRange(given.Split(' '));
        else words.AddRange(MadeUp(Leaves()[name]));
        return world.KnockAsync(user, [.. words]);
    }

    /// <summary>The words of an answer without the thing it names.</summary>
    public static string Anonymous(string words, AccessWorld world) => Enum.GetValues<Whose>().Aggregate(words, (text, whose) =>
        new[] { "{list}", "{run}", "{person}", "{payee}", "{case}" }.Aggregate(text, (inner, what) => Regex.Replace(inner, $@"(?<![\w-]){Regex.Escape(Of(world, what, whose))}(?![\w-])", "…")));

    string Fill(string word, Whose whose) => word.StartsWith('{') ? Of(world, word, whose) : word is "lists" or "paper.html" ? Path.Combine(world.Folder, word) : word;

    internal static string Of(AccessWorld world, string what, Whose whose) => (what, whose) switch
    {
        ("{person}", Whose.Own) => "P000001", ("{person}", Whose.Other) => "P000003", ("{person}", Whose.Former) => "P000090", ("{person}", _) => "P009999",
        ("{payee}", Whose.Own) => "1", ("{payee}", Whose.Other) => "3", ("{payee}", Whose.Former) => "90", ("{payee}", _) => "9999",
        ("{case}", Whose.Own) => "1001", ("{case}", Whose.Other) => "1002", ("{case}", Whose.Former) => "1003", ("{case}", _) => "9999",
        ("{list}", Whose.Own) => world.Lists[0], ("{list}", Whose.Other or Whose.Former) => world.Lists[1], ("{list}", _) => "40-2611-C0099",
        // The run is the whole province's: whoever has single communes may not see it.
        ("{run}", Whose.Absent) => "40-2611-099", _ => world.Run,
    };

    Dictionary<string, Command> Leaves()
    {
        if (leaves.Count > 0) return leaves;
        var context = new CommandContext([], SystemClock.Instance, Settings.From(_ => null), TextWriter.Null, TextWriter.Null);
        foreach (var command in AllCommands.Create(context)) Add(command, command.Name);
        return leaves;

        void Add(Command command, string path)
        {
            if (command.Action is not null) leaves.Add(path, command);
            foreach (var inner in command.Subcommands) Add(inner, $"{path} {inner.Name}");
        }
    }

    static IEnumerable<string> MadeUp(Command command)
    {
        foreach (var argument in command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0)) yield return Value(argument.Name, argument.ValueType);
        foreach (var option in command.Options.Where(option => option.Required))
        {
            yield return option.Name;
            yield return Value(option.Name.TrimStart('-'), option.ValueType);
        }
    }

    static string Value(string name, Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? (type.IsArray ? type.GetElementType()! : type);
        if (inner == typeof(int) || inner == typeof(long)) return "99999";
        return name switch
        {
            "run" or "R" or "for" => "40-2611-099", "month" or "M" => "2026-11", "on" or "from" or "until" or "to" => "2026-11-05", "list" => "40-2611-C0099", _ => "/nowhere/x.csv",
        };
    }
}
