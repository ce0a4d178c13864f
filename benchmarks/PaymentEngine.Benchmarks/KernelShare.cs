using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Benchmarks;

/// <summary>How many people of a generated register are the kernel's, in the first month and in the month of changes after it, and why the others are not.</summary>
static class KernelShare
{
    /// <summary>Prints the share a month, and compares every amount with the rules while it is at it.</summary>
    public static void Print(int recipients)
    {
        var (book, first) = (new CompiledLaw(LawFiles.LoadEmbedded(), []), new YearMonth(2026, 10));
        var register = GeneratedRegister.Of(recipients, seed: 1, first);
        var memory = new Dictionary<string, IReadOnlyList<ListedComponent>>(StringComparer.Ordinal);
        for (var month = first; month <= first.Plus(1); month = month.Plus(1))
        {
            var asOf = ClosingDays.Of(month);
            MonthLaw LawOf(YearMonth of) => book.Of(of, asOf, "40");
            var proof = new KernelProof(DenseLaw.Compile(first, month, LawOf));
            foreach (var person in register.People)
            {
                var listed = memory.GetValueOrDefault(person.PersonId, []);
                var list = MonthList.For(person, month, first, month.Plus(-1), LawOf, listed, register.Find);
                proof.Add(person, month.Plus(-1), listed, register.Find, list);
                memory[person.PersonId] = [.. listed.Where(old => !list.NextListed.Any(next => next.AwardId == old.AwardId && next.Component == old.Component)), .. list.NextListed];
            }

            var differences = proof.Compare();
            Console.WriteLine(FormattableString.Invariant($"{month.Text()}: {proof.Compared} of {register.People.Count} people in the kernel ({100.0 * proof.Compared / register.People.Count:0.00} %), {differences.Count} differences"));
            foreach (var reason in Enum.GetValues<HandOver>())
            {
                if (reason != HandOver.None && proof.HandedOver(reason) > 0) Console.WriteLine($"  left to the rules: {reason} {proof.HandedOver(reason)}");
            }
        }
    }
}
