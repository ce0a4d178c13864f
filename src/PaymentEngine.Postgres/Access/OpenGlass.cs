using NodaTime;

namespace PaymentEngine.Postgres.Access;

/// <summary>An exception by two people (break-glass) that has been granted and is not over: one role more, or some communes more, for one run or one case.</summary>
/// <param name="GlassNo">Its number.</param>
/// <param name="Role">The role it lends; null: it lends communes.</param>
/// <param name="Communes">The communes it lends; null: it lends a role.</param>
/// <param name="Subject">What it is for: <c>run 40-2611-001</c> or <c>case 12</c>.</param>
/// <param name="EndsAt">When it ends by itself.</param>
public sealed record OpenGlass(int GlassNo, string? Role, int[]? Communes, string Subject, Instant EndsAt)
{
    /// <summary>True once the person did something they could not have done without it.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whether an operation is about what the exception is for: its key names the run or the case.</summary>
    public bool Covers(string key)
    {
        var words = key.Split(' ');
        return Subject.StartsWith("run ", StringComparison.Ordinal)
            ? words.Contains(Subject[4..])
            : words.Length > 1 && words[0].StartsWith("case.", StringComparison.Ordinal) && words[1] == Subject[5..];
    }
}

/// <summary>An operation that needed an exception (break-glass) granted for something else: refused, and nothing of it is kept.</summary>
public sealed class OtherGlassException(OpenGlass glass) : Exception($"Exception {glass.GlassNo} is for {glass.Subject}.")
{
    public OpenGlass Glass { get; } = glass;
}
