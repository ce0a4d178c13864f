using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>What an office declares that a run holds, counted by somebody else than this program (F58).</summary>
/// <param name="Programme">Null: all programmes of the run.</param>
/// <param name="CommuneCode">Null: all communes.</param>
/// <param name="People">People with something on the list.</param>
/// <param name="Sum">What they are listed for.</param>
/// <param name="Place">Where it is declared: file and line, or the flag.</param>
public sealed record ControlTotal(Programme? Programme, string? CommuneCode, int People, Vnd Sum, string Place)
{
    /// <summary>Compares with what the run holds; null when it is the same.</summary>
    public Problem? Against(RunId run, int people, Vnd sum)
    {
        if (people == People && sum == Sum) return null;
        var of = (Programme, CommuneCode) switch
        {
            (null, null) => "the run",
            ({ } programme, null) => $"{programme.ToString().ToUpperInvariant()}",
            (null, { } commune) => $"commune {commune}",
            ({ } programme, { } commune) => $"{programme.ToString().ToUpperInvariant()} in commune {commune}",
        };
        return new Problem("run.control_differs", $"{Place}: declared for {of} are {ViText.Count(People)} people and {ViText.Money(Sum)}; {run} holds {ViText.Count(people)} and {ViText.Money(sum)}.",
            $"Find out which is right. If it is the plan, declare anew (payengine run expect {run} …); if not, correct the register, return the run and plan again.");
    }
}
