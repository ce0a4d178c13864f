using System.Text;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Sessions;

namespace PaymentEngine.ServiceTests.Web;

[Collection(RegisterCollection.Name)]
public sealed class WebAccessTests(ScratchCluster scratch)
{
    /// <summary>Every route of the table, asked by nobody and by a person of each role: let through or refused exactly as its rule says, before its form is looked at.</summary>
    [PostgresFact]
    public async Task Every_route_answers_each_role_as_its_rule_says()
    {
        await using var world = await WebWorld.OpenAsync(scratch);
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
            var path = route.Pattern.Replace("{run}", "40-2611-001", StringComparison.Ordinal).Replace("{name}", "site.css", StringComparison.Ordinal).Replace("{lang}", "vi", StringComparison.Ordinal);
            foreach (var (role, cookie) in cookies)
            {
                var request = new HttpRequestMessage(new HttpMethod(route.Verb), path);
                if (route.Takes is { } type) request.Content = new StringContent(type == "application/json" ? "{}" : "", Encoding.UTF8, type);
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
        Assert.Equal(WebRoutes.All.Count * (Role.OfPeople.Count + 1), cells);
        Assert.True(cells >= 250, $"{cells} cells");
    }

    static string NameOf(string role) => role == Role.Administrator ? "an" : role.Replace('_', '-');
}
