using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.ServiceTests.Runs;

namespace PaymentEngine.ServiceTests.Abuse;

/// <summary>Short words of the abuse cases.</summary>
static class AbuseScenes
{
    public static Caller Person(string name, params string[] roles) =>
        new(RunWorld.Province, name, name, roles.ToHashSet(StringComparer.Ordinal), null) { ProvenUntil = NodaTime.Instant.MaxValue };

    public static T Ok<T>(Result<T> result)
    {
        Assert.True(result.IsOk, string.Join('\n', result.Problems));
        return result.Value;
    }

    public static string Code<T>(Result<T> result) => Assert.Single(result.Problems).Code;
}
