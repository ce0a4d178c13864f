namespace PaymentEngine.Postgres;

/// <summary>One person of a run: the commune they live in that month, and the last month whose approved list held them.</summary>
public readonly record struct RunPerson(int CommuneId, int RecipientId, int? ListedThrough);

/// <summary>The people of a run, gathered once for all lanes of a process: 16 bytes each, by commune and number.</summary>
/// <remarks>The answer is the same as long as the draft stands: it asks for what was known at the draft's moment.</remarks>
public sealed class RunPeople
{
    readonly RunPerson[] people;

    internal RunPeople(RunPerson[] people) => this.people = people;

    /// <summary>The people of a partition, by number.</summary>
    public IReadOnlyList<RunPerson> Of(RunPartition partition)
    {
        var members = new List<RunPerson>(partition.People);
        for (var at = FirstOf(partition.CommuneFrom); at < people.Length && people[at].CommuneId <= partition.CommuneTo; at++)
        {
            if (people[at].RecipientId >= partition.RecipientFrom && people[at].RecipientId <= partition.RecipientTo) members.Add(people[at]);
        }

        members.Sort((left, right) => left.RecipientId.CompareTo(right.RecipientId));
        return members;
    }

    int FirstOf(int communeId)
    {
        var (from, to) = (0, people.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (people[middle].CommuneId < communeId) from = middle + 1;
            else to = middle;
        }

        return from;
    }
}
