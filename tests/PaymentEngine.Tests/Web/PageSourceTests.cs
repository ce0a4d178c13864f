using System.Text.RegularExpressions;
using PaymentEngine.Tests.House;

namespace PaymentEngine.Tests.Web;

/// <summary>What the sources of pages and scripts must and must not hold (ASVS chapters 6, 7, 14, 15).</summary>
public sealed partial class PageSourceTests
{
    static List<(string Name, string Text)> Sources(params string[] patterns) =>
        [.. patterns.SelectMany(pattern => Repository.Files("src/PaymentEngine.App/Web", pattern)).Select(path => (Path.GetFileName(path), File.ReadAllText(path)))];

    [Fact]
    public void Passwords_are_typed_into_password_fields_that_a_manager_fills_and_nobody_blocks_pasting()
    {
        var inputs = Sources("*.cshtml").SelectMany(page => Input().Matches(page.Text).Select(match => (page.Name, Tag: match.Value))).ToList();
        var passwords = inputs.Where(input => Named(input.Tag).Contains("password", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.True(passwords.Count >= 2);
        Assert.All(passwords, input => Assert.Contains("type=\"password\"", input.Tag, StringComparison.Ordinal));
        Assert.All(passwords, input => Assert.Contains("autocomplete=\"", input.Tag, StringComparison.Ordinal));
        Assert.DoesNotContain(Sources("*.cshtml", "*.js"), source => Blocking().IsMatch(source.Text));
    }

    [Fact]
    public void Every_page_of_a_logged_in_person_has_the_way_out()
    {
        var layout = Sources("_Layout.cshtml").Single().Text;
        Assert.Contains("href=\"/logout\"", layout, StringComparison.Ordinal);
        // No page brings a layout of its own.
        Assert.Empty(Sources("*.cshtml").Where(page => page.Name != "_ViewStart.cshtml" && page.Text.Contains("Layout =", StringComparison.Ordinal)).Select(page => page.Name));
    }

    [Fact]
    public void What_is_typed_goes_in_the_body_of_a_request_and_nothing_is_kept_in_the_browser()
    {
        var forms = Sources("*.cshtml").SelectMany(page => Form().Matches(page.Text).Select(match => (page.Name, Form: match.Value))).ToList();
        Assert.NotEmpty(forms);
        // A form that is sent in an address asks for nothing secret.
        Assert.Empty(forms.Where(form => !form.Form.Contains("method=\"post\"", StringComparison.Ordinal) && Secret().IsMatch(form.Form)).Select(form => form.Name));
        Assert.Empty(Sources("*.cshtml", "*.js").Where(source => Storage().IsMatch(source.Text)).Select(source => source.Name));
    }

    [Fact]
    public void The_address_of_a_caller_is_that_of_the_connection_and_no_header_says_otherwise() =>
        Assert.Empty(Repository.Files("src", "*.cs").Where(path => ForwardedUse().IsMatch(File.ReadAllText(path))).Select(Path.GetFileName));

    static string Named(string tag) => NameOf().Match(tag).Groups[1].Value;

    [GeneratedRegex("<input\\b[^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("<form\\b.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("\\bname=\"([^\"]*)\"")]
    private static partial Regex NameOf();

    [GeneratedRegex("onpaste|addEventListener\\(\\s*[\"']paste", RegexOptions.IgnoreCase)]
    private static partial Regex Blocking();

    [GeneratedRegex("name=\"(?:password|newPassword|code|account|id_number)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex("localStorage|sessionStorage|indexedDB|caches\\.open")]
    private static partial Regex Storage();

    [GeneratedRegex("UseForwardedHeaders|\"X-Forwarded-For\"|\"X-Real-IP\"|\"Forwarded\"")]
    private static partial Regex ForwardedUse();
}
