using System.Text;
using System.Text.RegularExpressions;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Api;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.ServiceTests.Web;

[Collection(RegisterCollection.Name)]
public sealed class WebAccessTests(ScratchCluster scratch)
{
    /// <summary>Every page, asked by nobody and by a person of each role, and every route of the API by nobody: let through or refused exactly as its rule says, before its form is looked at. Roles at the API
    /// are the access matrix's.</summary>
    [PostgresFact]
    public async Task Every_route_answers_each_role_as_its_rule_says()
    {
        await using var world = await WebWorld.OpenAsync(scratch, new RequestLimits { RequestsOfAddress = 1_000_000, RequestsOfSession = 1_000_000 });
        await world.AddPeopleAsync([.. Role.OfPeople.Where(role => role != Role.Administrator).Select(role => (NameOf(role), role))]);
        var cookies = new Dictionary<string, string> { [""] = "" };
        foreach (var role in Role.OfPeople)
        {
            var opened = await world.Users.LoginAsync(NameOf(role), WebWorld.Password, null);
            Assert.True(opened.IsOk, string.Join('\n', opened.Problems));
            cookies[role] = "payengine-loopback=" + SessionCookie.Text(opened.Value.ProvinceCode, opened.Value.Token);
        }

        using var browser = world.Open(cookies: false);
        var unexpected = new List<string>();
        var cells = 0;
        foreach (var route in WebRoutes.All)
        {
            var isApi = ApiTable.Routes.Contains(route);
            var path = Regex.Replace(route.Pattern, "{[a-z_]+}", found => found.Value switch { "{run}" => "40-2611-001", "{name}" => "site.css", "{lang}" => "vi", _ => "1" });
            foreach (var (role, cookie) in cookies)
            {
                if (isApi && role.Length > 0) continue;
                var request = new HttpRequestMessage(new HttpMethod(route.Verb), path);
                if (route.Takes is { } type) request.Content = new StringContent(type == "application/json" ? "{}" : "", Encoding.UTF8, type.Split(", ")[0]);
                var answer = await browser.SendAsync(request, ("Cookie", cookie));
                var told = (answer.Status, answer.Location?.StartsWith("/login?return=", StringComparison.Ordinal) == true) switch
                {
                    (302, true) or (401, _) => "to the door",
                    (403, _) when answer.Text.Contains("not_allowed.role", StringComparison.Ordinal) => "refused",
                    ( >= 500, _) => "fault",
                    _ => "let through",
                };
                var roles = route.Rule.Command?.Roles ?? route.Rule.Roles;
                var expected = route.Rule.IsPublic ? "let through" : role.Length == 0 ? "to the door" : roles.Count == 0 || roles.Contains(role) ? "let through" : "refused";
                cells++;
                if (told != expected) unexpected.Add($"{route.Verb} {route.Pattern} by {(role.Length == 0 ? "nobody" : role)}: {answer.Status}, {told} instead of {expected}");
            }
        }

        Assert.Empty(unexpected);
        Assert.Equal(PageRoutes.All.Count * (Role.OfPeople.Count + 1) + ApiTable.Routes.Count, cells);
        Assert.True(cells >= 250, $"{cells} cells");
    }

    static string NameOf(string role) => role == Role.Administrator ? "an" : role.Replace('_', '-');
}
