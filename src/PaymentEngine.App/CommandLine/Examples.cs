using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace PaymentEngine.App.CommandLine;

/// <summary>The examples that <c>--help</c> shows before anything else (examples.txt).</summary>
static class Examples
{
    static readonly Lazy<IReadOnlyList<string>> Lines = new(Read);

    /// <summary>Every example, without the program's name.</summary>
    public static IReadOnlyList<string> All => Lines.Value;

    /// <summary>The examples of a command by its words (<c>run plan</c>); of a noun those of its verbs, the first of each.</summary>
    public static IReadOnlyList<string> Of(Command command)
    {
        var path = PathOf(command);
        if (path.Length == 0) return [];
        var all = All.Where(line => line == path || line.StartsWith(path + " ", StringComparison.Ordinal)).ToList();
        return command.Action is not null ? all : [.. command.Subcommands.Select(verb => all.FirstOrDefault(line => (line + " ").StartsWith($"{path} {verb.Name} ", StringComparison.Ordinal))).OfType<string>()];
    }

    /// <summary>Lets every command show its examples before the parser's own help.</summary>
    public static void ShowFirst(RootCommand root, CommandContext context)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples((HelpAction)help.Action!, context);
    }

    internal static string PathOf(Command command)
    {
        var words = new List<string>();
        for (Symbol? at = command; at is Command one and not RootCommand; at = at.Parents.FirstOrDefault()) words.Insert(0, one.Name);
        return string.Join(' ', words);
    }

    static IReadOnlyList<string> Read()
    {
        using var stream = typeof(Examples).Assembly.GetManifestResourceStream("command-line/examples.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
    }

    sealed class WithExamples(HelpAction help, CommandContext context) : SynchronousCommandLineAction
    {
        /// <summary>Whoever asks for help is not told what is missing.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            if (Of(parseResult.CommandResult.Command) is { Count: > 0 } examples)
            {
                output.WriteLine(context.Text("Ví dụ:", "Examples:"));
                foreach (var example in examples) output.WriteLine($"  payengine {example}");
                output.WriteLine();
            }

            return help.Invoke(parseResult);
        }
    }
}
