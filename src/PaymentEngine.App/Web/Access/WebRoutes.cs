using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Web.Api;

namespace PaymentEngine.App.Web.Access;

/// <summary>A route with one verb and its rule.</summary>
/// <param name="Pattern">As routing writes it: <c>/runs/{run}</c>.</param>
/// <param name="Verb">GET or POST; HEAD passes as GET.</param>
/// <param name="Rule">Who may use it.</param>
/// <param name="Takes">The one content type its body may have; null: it has no body.</param>
public sealed record WebRoute(string Pattern, string Verb, RouteRule Rule, string? Takes = null);

/// <summary>The rules of one endpoint, by verb. An endpoint without this is never run.</summary>
public sealed record EndpointRules(string Pattern, IReadOnlyDictionary<string, WebRoute> ByVerb);

/// <summary>Every route of the web door with its verbs and rules: the table the access matrix is generated from. A route that is not here is not answered, and the door does not start with one.</summary>
public static class WebRoutes
{
    internal const string Form = "application/x-www-form-urlencoded";
    internal const string Json = "application/json";

    /// <summary>Files, as a form or one as raw bytes; JSON where a file can be left out.</summary>
    internal const string Upload = "multipart/form-data, application/octet-stream, application/json";

    /// <summary>Files from a page. Their addresses have no parts in braces, so that their limit is known before routing.</summary>
    internal const string Files = "multipart/form-data";

    /// <summary>Pages first (<see cref="PageRoutes"/>), then the API (<see cref="ApiTable"/>).</summary>
    public static IReadOnlyList<WebRoute> All { get; } = [.. PageRoutes.All, .. ApiTable.Routes];

    /// <summary>Whether an address takes files.</summary>
    internal static bool TakesFiles(string path) => All.Any(route => route.Takes == Files && route.Pattern == path);

    /// <summary>Gives the endpoint of a pattern its rules.</summary>
    /// <exception cref="InvalidOperationException">The pattern is not in the table.</exception>
    public static TBuilder RequireRule<TBuilder>(this TBuilder builder, string? pattern = null) where TBuilder : IEndpointConventionBuilder
    {
        builder.Finally(endpoint =>
        {
            var own = PatternOf((RouteEndpointBuilder)endpoint);
            if (pattern is not null && pattern != own) return;
            endpoint.Metadata.Add(RulesOf(own) ?? throw new InvalidOperationException($"The route {own} has no rule: declare it in WebRoutes."));
        });
        return builder;
    }

    /// <summary>The rules of a pattern, or null.</summary>
    public static EndpointRules? RulesOf(string pattern)
    {
        var routes = All.Where(route => route.Pattern == pattern).ToDictionary(route => route.Verb, StringComparer.Ordinal);
        return routes.Count == 0 ? null : new EndpointRules(pattern, routes);
    }

    /// <summary>What is wrong between the endpoints of a door and the table: routes without a rule, verbs without one, rules without a route. Empty when all is well.</summary>
    public static IReadOnlyList<string> Differences(IEnumerable<Endpoint> endpoints)
    {
        var found = new List<string>();
        var seen = new HashSet<(string Pattern, string Verb)>();
        foreach (var endpoint in endpoints)
        {
            if (endpoint is not RouteEndpoint route)
            {
                found.Add($"{endpoint.DisplayName} is no route");
                continue;
            }

            var pattern = "/" + route.RoutePattern.RawText?.TrimStart('/');
            if (endpoint.Metadata.GetMetadata<EndpointRules>() is not { } rules || rules.Pattern != pattern)
            {
                found.Add($"{pattern} has no rule");
                continue;
            }

            // A page answers every verb its rules name; a mapped method says its own.
            var verbs = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } said ? said : rules.ByVerb.Keys;
            foreach (var verb in verbs)
            {
                if (!rules.ByVerb.ContainsKey(verb)) found.Add($"{verb} {pattern} has no rule");
                seen.Add((pattern, verb));
            }
        }

        found.AddRange(All.Where(route => !seen.Contains((route.Pattern, route.Verb))).Select(route => $"{route.Verb} {route.Pattern} has a rule and no route"));
        return found;
    }

    static string PatternOf(RouteEndpointBuilder builder) => "/" + builder.RoutePattern.RawText?.TrimStart('/');
}
