using NodaTime;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;

namespace PaymentEngine.Tests.Access;

public class RouteRuleTests
{
    static Caller Of(string role, params int[] communes) => new(40, "x", "X", new HashSet<string> { role }, communes.Length == 0 ? null : communes) { ProvenUntil = Instant.MaxValue };

    [Fact]
    public void A_route_lets_in_whom_the_row_of_its_command_lets_in()
    {
        foreach (var route in WebRoutes.All)
        {
            if (route.Rule.Command is not { } command) continue;
            foreach (var role in Role.All)
                foreach (var caller in new[] { Of(role), Of(role, 1) })
                    Assert.Equal(command.Refusal(caller)?.Code, route.Rule.Refuses(caller)?.Code);
            Assert.Equal("not_allowed.session", route.Rule.Refuses(null)!.Code);
        }
    }

    [Fact]
    public void A_route_without_a_command_says_why_and_one_is_in_the_table_once()
    {
        Assert.All(WebRoutes.All.Where(route => route.Rule.Command is null), route => Assert.True(route.Rule.Reason.Length > 0, route.Pattern));
        Assert.Equal(WebRoutes.All.Count, WebRoutes.All.Select(route => (route.Verb, route.Pattern)).Distinct().Count());
    }

    [Theory]
    [InlineData("db restore")]
    [InlineData("login")]
    [InlineData("no such command")]
    public void No_route_has_the_rule_of_what_is_the_machine_s_own(string command) => Assert.Throws<InvalidOperationException>(() => RouteRule.As(command));

    sealed record Row(string PersonId, int No);

    sealed record Shown(string Title, IReadOnlyList<Row> Rows, (string PersonId, Row Inner) Pair);

    sealed class FirstPage
    {
        public Shown? View { get; init; }

        public LocalDate Day => new(2026, 11, 5);

        public string PersonId { get; init; } = "";

        public FirstPage Self => this;
    }

    [Fact]
    public void A_page_shows_the_people_whose_keys_are_in_its_properties_each_once()
    {
        var page = new FirstPage { View = new Shown("P9", [new("P2", 1), new("P1", 2), new("P2", 3)], ("x", new("P4", 4))), PersonId = "P3" };
        Assert.Equal(["P1", "P2", "P3", "P4"], ShownPeople.Of(page));
        Assert.Empty(ShownPeople.Of(new FirstPage()));
    }
}
