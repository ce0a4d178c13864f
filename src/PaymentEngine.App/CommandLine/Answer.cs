using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>What a command has to say: data for programs, the same for people, or why it was refused.</summary>
public sealed record Answer
{
    Answer(int exit, object? json, Action<Output>? people, IReadOnlyList<Problem> problems) => (Exit, Json, People, Problems) = (exit, json, people, problems);

    /// <summary>See <see cref="ExitCode"/>.</summary>
    public int Exit { get; init; }

    /// <summary>Written to standard output as one JSON document when <c>--json</c> is given. Its property names become snake_case.</summary>
    public object? Json { get; }

    /// <summary>Writes the same for people.</summary>
    public Action<Output>? People { get; }

    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Personal data that were written into files by this command: how many people, and what the files are known by. What an answer shows of people is counted from
    /// <see cref="Json"/> and needs no word here.</summary>
    public (int People, IReadOnlyList<string> Files)? Exported { get; init; }

    /// <summary>It is done.</summary>
    /// <param name="json">For programs: an anonymous object, record or dictionary.</param>
    /// <param name="people">For people: lines and tables.</param>
    public static Answer Of(object json, Action<Output> people) => new(ExitCode.Done, json, people, []);

    /// <summary>It is done and a sentence says so; <c>{"message": …}</c> for programs.</summary>
    public static Answer Said(string sentence) => new(ExitCode.Done, new { message = sentence }, output => output.Line(sentence), []);

    /// <summary>It was refused. The exit code is the gravest that the problems' codes ask for, or the one given.</summary>
    public static Answer Refused(IReadOnlyList<Problem> problems, int? exit = null) =>
        new(exit ?? problems.Select(ExitCode.For).OrderBy(Gravity).First(), null, null, problems);

    /// <inheritdoc cref="Refused(IReadOnlyList{Problem}, int?)"/>
    public static Answer Refused(Problem problem, int? exit = null) => Refused([problem], exit);

    /// <summary>The answer to a result: what <paramref name="say"/> makes of its value, or the refusal.</summary>
    public static Answer From<T>(Result<T> result, Func<T, Answer> say) => result.TryGet(out var value) ? say(value) : Refused(result.Problems);

    // A fault of ours hides everything else; a silent neighbour explains a refusal; then rights, usage, input.
    static int Gravity(int exit) => exit switch
    {
        ExitCode.OurFault => 0, ExitCode.NeighbourSilent => 1, ExitCode.NotAllowed => 2, ExitCode.WrongUsage => 3, _ => 4,
    };
}
