using Xunit.Abstractions;

[assembly: TestCollectionOrderer("PaymentEngine.ServiceTests.LongestFirst", "PaymentEngine.ServiceTests")]

namespace PaymentEngine.ServiceTests;

/// <summary>Collections run side by side on two cores: what takes longest begins first, so that neither core waits for the other at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Long = [Audit.TwoMonthsCollection.Name, PostgresCollection.Name, RegisterCollection.Name, Banks.BankCollection.Name, AnswersCollection.Name, MatchesCollection.Name, AbuseCollection.Name];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(Long, collection.DisplayName) is >= 0 and var at ? at : Long.Length).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
