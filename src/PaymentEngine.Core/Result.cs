using System.Diagnostics.CodeAnalysis;

namespace PaymentEngine.Core;

/// <summary>A value, or the problems that kept it from being one. The one such type of the solution; refusals are values, bugs are exceptions.</summary>
public readonly struct Result<T>
{
    readonly T? value;
    readonly IReadOnlyList<Problem>? problems;

    Result(T? value, IReadOnlyList<Problem>? problems)
    {
        this.value = value;
        this.problems = problems;
    }

    public bool IsOk => problems is null;

    /// <summary>The value. Reading it from a refusal is a bug and throws.</summary>
    public T Value => problems is null ? value! : throw new InvalidOperationException($"A refused result has no value: {problems[0]}");

    /// <summary>Empty when there is a value; at least one problem otherwise.</summary>
    public IReadOnlyList<Problem> Problems => problems ?? [];

    public bool TryGet([MaybeNullWhen(false)] out T found)
    {
        found = value;
        return problems is null;
    }

    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next) => problems is null ? next(value!) : Result<TNext>.Refuse(problems);

    public Result<TNext> Select<TNext>(Func<T, TNext> map) => problems is null ? Result<TNext>.Ok(map(value!)) : Result<TNext>.Refuse(problems);

    public static Result<T> Ok(T value) => new(value, null);

    public static Result<T> Refuse(IReadOnlyList<Problem> problems) =>
        problems.Count > 0 ? new(default, problems) : throw new ArgumentException("A refusal says at least one problem.", nameof(problems));

    public static implicit operator Result<T>(T value) => Ok(value);

    public static implicit operator Result<T>(Problem problem) => new(default, [problem]);
}
