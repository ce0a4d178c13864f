namespace PaymentEngine.App.Web;

/// <summary>Where a page leads back to: an address of this site and no other, whatever a link says.</summary>
static class LocalAddress
{
    /// <summary>The path and query asked for; <paramref name="otherwise"/> when it is not one of ours: another host, a scheme, a backslash or a control character that a browser might read as one.</summary>
    public static string Or(string? asked, string otherwise) =>
        asked is ['/', ..] and not ['/', '/', ..] && !asked.Contains('\\', StringComparison.Ordinal) && !asked.Any(char.IsControl) && asked.Length <= 512
        && Uri.TryCreate(asked, UriKind.Relative, out _) && Uri.UnescapeDataString(asked) is not ['/', '/' or '\\', ..] ? asked : otherwise;
}
