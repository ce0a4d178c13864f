using System.CommandLine;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>Wrong usage gets a short hint: what is wrong, what was perhaps meant, how the command is called. The long help is for <c>--help</c>.</summary>
static class WrongUsage
{
    /// <summary>Words further apart than this are not offered as "did you mean".</summary>
    const int DistanceMax = 2;

    public static Answer Of(ParseResult parse, CommandContext context)
    {
        var command = parse.CommandResult.Command;
        var path = PathOf(parse);
        var unknown = parse.UnmatchedTokens is [var first, ..] ? first : null;
        var problems = new List<Problem>();
        if (unknown is not null)
        {
            var meant = Meant(unknown, command);
            problems.Add(new Problem("usage.unknown_word", context.Text($"'{path}' không có '{unknown}'.", $"'{path}' has no '{unknown}'."),
                meant is null ? Hint() : context.Text($"Có phải ý bạn là '{meant}'? {Hint()}", $"Did you mean '{meant}'? {Hint()}")));
        }
        else
        {
            problems.AddRange(parse.Errors.Select(error => new Problem("usage.wrong", error.Message, Hint())));
        }
        return Answer.Refused(problems.DistinctBy(problem => problem.Message).ToList(), ExitCode.WrongUsage);

        string Hint()
        {
            var verbs = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name).ToList();
            var words = verbs.Count > 0 ? $" {string.Join('|', verbs)}" : string.Concat(command.Arguments.Select(argument => $" {argument.Name}"));
            var required = string.Concat(command.Options.Where(option => option.Required).Select(option => $" {option.Name} …"));
            return context.Text($"Cách gọi: {path}{words}{required}. Xem thêm: {path} --help", $"Usage: {path}{words}{required}. More: {path} --help");
        }
    }

    static string PathOf(ParseResult parse)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parse.CommandResult; at is System.CommandLine.Parsing.CommandResult result; at = result.Parent)
            names.Insert(0, result.Command is RootCommand ? "payengine" : result.Command.Name);
        return string.Join(' ', names);
    }

    static string? Meant(string word, Command command) =>
        command.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb => verb.Aliases.Append(verb.Name))
            .Concat(command.Options.SelectMany(option => option.Aliases.Append(option.Name)))
            .Select(name => (name, distance: Distance(word, name)))
            .Where(found => found.distance <= DistanceMax || found.name.StartsWith(word, StringComparison.Ordinal))
            .OrderBy(found => found.distance).ThenBy(found => found.name, StringComparer.Ordinal)
            .Select(found => found.name).FirstOrDefault();

    /// <summary>Insertions, deletions, substitutions and swapped neighbours that turn one word into the other.</summary>
    static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) table[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(substituted, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[left.Length, right.Length];
    }
}
