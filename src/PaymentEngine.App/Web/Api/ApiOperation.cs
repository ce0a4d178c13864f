using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Access;

namespace PaymentEngine.App.Web.Api;

/// <summary>What a value of a request is.</summary>
public enum ApiKind
{
    Text,

    /// <summary>A whole number; sums are in đồng.</summary>
    Integer,
    Decimal,
    Boolean,

    /// <summary>Bytes that come with the request.</summary>
    Upload,

    /// <summary>Text that stands in no argument: it reaches the command in a file of its own, readable by its owner alone.</summary>
    Secret,

    /// <summary>In which form a file is wanted that the answer then is, or carries.</summary>
    Form,
}

/// <summary>One thing a request may say.</summary>
/// <param name="Name">In path, query or body: <c>snake_case</c>.</param>
/// <param name="Kind">See there.</param>
/// <param name="IsMany">Several values.</param>
/// <param name="IsRequired">Missing, it is refused.</param>
/// <param name="InPath">It stands in the pattern.</param>
/// <param name="Values">What alone is taken; empty: whatever the command takes.</param>
/// <param name="Symbol">The argument or option of the command.</param>
/// <param name="Vi">What it is.</param>
/// <param name="En">The same in English.</param>
public sealed record ApiParameter(string Name, ApiKind Kind, bool IsMany, bool IsRequired, bool InPath, IReadOnlyList<string> Values, Symbol Symbol, string Vi, string En)
{
    public bool IsOption => Symbol is Option;
}

/// <summary>One operation of the API: a verb and a pattern, and the command that does it. What the command's arguments and options are, path, query and body are.</summary>
/// <param name="Verb">GET for what reads, POST for what acts or takes files.</param>
/// <param name="Pattern">As routing writes it.</param>
/// <param name="Command">As it is typed, without <c>payengine</c>.</param>
public sealed record ApiOperation(string Verb, string Pattern, string Command)
{
    static readonly Lazy<IReadOnlyDictionary<string, Command>> Vi = new(() => Leaves("vi")), En = new(() => Leaves("en"));

    /// <summary>Arguments and options (by the names of requests) whose files come with the request.</summary>
    public IReadOnlyList<string> Uploads { get; init; } = [];

    /// <summary>Uploads that are a folder together.</summary>
    public bool TakesFolder { get; init; }

    /// <summary>Options that name a file the command writes: the request says its form instead, the answer is the file (GET) or names it (POST).</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];

    /// <summary>The forms of <see cref="Writes"/>; the first is taken where the file must be and none is asked for.</summary>
    public IReadOnlyList<string> Forms { get; init; } = [];

    /// <summary>An option that names a folder the command writes into: its files are fetched from the job.</summary>
    public string? WritesFolder { get; init; }

    /// <summary>The folder stays in the program's home, under the name of the thing it is about: what was sealed is sent from where it was written.</summary>
    public bool KeepsFolder { get; init; }

    /// <summary>Options that name a file with a secret in its first line: the request says the secret in its body.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Options that only make sense on the machine itself: its folders and keys. They are not taken.</summary>
    public IReadOnlyList<string> Withheld { get; init; } = [];

    /// <summary>Other names in requests: the request's name, then the command's (with its dashes where an argument is called like an option).</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the command may leave out and a request may not.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>The list in the answer that is given in pages.</summary>
    public string? Page { get; init; }

    /// <summary>It can take longer than a request should: answered 202 with the place to look.</summary>
    public bool IsLong { get; init; }

    /// <summary>The operation asks for a fresh second factor.</summary>
    public bool AsksProof { get; init; }

    /// <summary>Who may, where it is not whoever may give the command; then <see cref="Instead"/> does it.</summary>
    internal RouteRule? Rule { get; init; }

    /// <summary>Does it in place of the command, whose words the request still has.</summary>
    internal Func<WebParts, Caller, ApiRequest, bool, CancellationToken, Task<Answer>>? Instead { get; init; }

    /// <summary>The month is that of today in Viet Nam when none is said.</summary>
    public bool ThisMonth { get; init; }

    public WebRoute Route => new(Pattern, Verb, Rule ?? (AsksProof ? RouteRule.As(Command).WithProof : RouteRule.As(Command)), Verb == "GET" ? null : Uploads.Count > 0 ? WebRoutes.Upload : WebRoutes.Json);

    /// <summary>What a request may say, path first.</summary>
    public IReadOnlyList<ApiParameter> Parameters => parameters ??= Read();

    /// <summary>What the command is for.</summary>
    public (string Vi, string En) Summary => (Vi.Value[Command].Description ?? "", En.Value[Command].Description ?? "");

    IReadOnlyList<ApiParameter>? parameters;

    /// <summary>Every command that does something, by its words.</summary>
    internal static IReadOnlyDictionary<string, Command> Commands => En.Value;

    IReadOnlyList<ApiParameter> Read()
    {
        var (vi, en) = (Vi.Value[Command], En.Value[Command]);
        var found = new List<ApiParameter>();
        foreach (var (argument, other) in en.Arguments.Zip(vi.Arguments)) Add(argument, argument.ValueType, argument.HelpName, argument.Arity.MinimumNumberOfValues > 0, argument.Arity.MaximumNumberOfValues > 1, other.Description);
        foreach (var (option, other) in en.Options.Zip(vi.Options))
            if (option.Name is not ("--help" or "--version")) Add(option, option.ValueType, option.HelpName, option.Required, option.ValueType.IsArray, other.Description);
        return [.. found.OrderBy(one => one.InPath ? Pattern.IndexOf("{" + one.Name + "}", StringComparison.Ordinal) : int.MaxValue)];

        void Add(Symbol symbol, Type type, string? help, bool isRequired, bool isMany, string? other)
        {
            var own = NameOf(symbol);
            if (Withheld.Contains(own) || own == WritesFolder) return;
            var inner = Nullable.GetUnderlyingType(type) ?? (type.IsArray ? type.GetElementType()! : type);
            var kind = Uploads.Contains(own) ? ApiKind.Upload : Secrets.Contains(own) ? ApiKind.Secret : Writes.Contains(own) ? ApiKind.Form
                : inner == typeof(bool) ? ApiKind.Boolean : inner == typeof(decimal) ? ApiKind.Decimal : inner == typeof(int) || inner == typeof(long) || inner == typeof(short) || help is "SUM" or "VND" ? ApiKind.Integer : ApiKind.Text;
            var name = Names.FirstOrDefault(one => one.Value == own || one.Value == symbol.Name).Key ?? kind switch
            {
                ApiKind.Secret => own.Replace("_file", "", StringComparison.Ordinal),
                ApiKind.Form => own is "out" ? "format" : own,
                _ => own,
            };
            var inPath = Pattern.Contains("{" + name + "}", StringComparison.Ordinal);
            IReadOnlyList<string> values = kind == ApiKind.Form ? own is "out" ? Forms : ["true"] : [];
            found.Add(new ApiParameter(name, kind, isMany, inPath || Required.Contains(name) || (isRequired && kind != ApiKind.Form && !ThisMonth), inPath, values, symbol, other ?? "", symbol.Description ?? ""));
        }
    }

    /// <summary>The name of an argument or option as requests write it.</summary>
    internal static string NameOf(Symbol symbol) => symbol.Name.TrimStart('-').Replace('-', '_').Replace('|', '_').ToLowerInvariant();

    static Dictionary<string, Command> Leaves(string lang)
    {
        var found = new Dictionary<string, Command>(StringComparer.Ordinal);
        var context = new CommandContext(["--lang", lang], SystemClock.Instance, Settings.From(_ => null), TextWriter.Null, TextWriter.Null);
        foreach (var command in AllCommands.Create(context)) Add(command, command.Name);
        return found;

        void Add(Command command, string path)
        {
            if (command.Action is not null) found.Add(path, command);
            foreach (var inner in command.Subcommands) Add(inner, $"{path} {inner.Name}");
        }
    }
}
