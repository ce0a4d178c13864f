using NodaTime;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>A generated province held in memory, its month of changes included: for measurements and proofs over the register without files or a database.</summary>
sealed class GeneratedRegister
{
    readonly Dictionary<string, RegisterPerson> byId;

    GeneratedRegister(List<RegisterPerson> people)
    {
        People = people;
        byId = people.ToDictionary(person => person.PersonId, StringComparer.Ordinal);
    }

    /// <summary>Everybody, people without an award too.</summary>
    public IReadOnlyList<RegisterPerson> People { get; }

    /// <summary>A person by id, or null.</summary>
    public RegisterPerson? Find(string personId) => byId.GetValueOrDefault(personId);

    /// <summary>The register of <see cref="ProvinceGenerator"/> for the same options.</summary>
    /// <param name="recipients">People with an award in the first month.</param>
    /// <param name="seed">Another seed, another register of the same shape.</param>
    /// <param name="month">The first list month; the changes are known before the list of the next one closes.</param>
    public static GeneratedRegister Of(int recipients, ulong seed, YearMonth month)
    {
        var options = new GenerationOptions(recipients, seed, month);
        var world = new ProvinceWorld(options);
        var facts = new Dictionary<string, List<PersonFacts>>(StringComparer.Ordinal);
        var awards = new Dictionary<string, List<Award>>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var person in world.People()) Take(person);
        foreach (var change in new MonthOfChanges(options, world).Rows())
        {
            if (change is not null) Take(change);
        }

        return new GeneratedRegister(order.ConvertAll(id => new RegisterPerson(id, facts[id], awards[id])));

        void Take(GeneratedPerson person)
        {
            var id = person.Facts.PersonId;
            if (!facts.TryGetValue(id, out var rows))
            {
                order.Add(id);
                facts[id] = rows = [];
                awards[id] = [];
            }

            rows.AddRange(person.FactRows);
            awards[id].AddRange(person.Awards);
        }
    }
}
