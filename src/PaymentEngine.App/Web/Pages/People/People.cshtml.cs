using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Web.Pages.People;

/// <summary>One box for people: a name without marks, a number, its last four figures, a key.</summary>
public sealed class PeoplePage(WebParts parts) : WebPage(parts)
{
    const int RowsDefault = 50;

    /// <summary>Figures of the shortest identity number.</summary>
    const int IdentityNumberMin = 9;

    public IReadOnlyList<FoundPerson> Found { get; private set; } = [];

    public string Query { get; private set; } = "";

    public string Commune { get; private set; } = "";

    public int FirstNo { get; private set; } = 1;

    public string? Next { get; private set; }

    public static string BirthOf(FoundPerson person) => new BirthDate(person.BirthYear, (byte)person.BirthMonth, (byte)person.BirthDay).ToString();

    public Task<IActionResult> OnGetAsync([FromQuery] string? q, [FromQuery] string? commune, [FromQuery] string? from)
    {
        (Query, Commune) = (q ?? "", (commune ?? "").Trim());
        FirstNo = int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > 0 ? first : 1;
        return Query.Length == 0 ? Task.FromResult<IActionResult>(Page()) : FindAsync();
    }

    /// <summary>What was typed comes in the body: an identity number never stands in an address, which a browser remembers. A name then does, so that its list can be paged and gone back to.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? q, [FromForm] string? commune)
    {
        (Query, Commune) = (q ?? "", (commune ?? "").Trim());
        if (!IsNumber(Query)) return Redirect("/people?q=" + Uri.EscapeDataString(Query) + (Commune.Length == 0 ? "" : "&commune=" + Uri.EscapeDataString(Commune)));
        var found = await FindAsync();
        return Found is [var only] ? Redirect("/people/" + Uri.EscapeDataString(only.PersonId)) : found;
    }

    static bool IsNumber(string typed) => typed.Count(char.IsAsciiDigit) >= IdentityNumberMin && typed.All(letter => char.IsAsciiDigit(letter) || letter is ' ' or '.' or '-');

    async Task<IActionResult> FindAsync()
    {
        if (HttpMethods.IsGet(Request.Method) && IsNumber(Query)) return Refused([new Problem("usage.search_number", "An identity number is not looked for from an address.", "Type it into the box.", new SourceLocation(Field: "q"))]);
        if (!Parts.Keys.TryGet(out var keys)) return Refused(Parts.Keys.Problems);
        using var cipher = keys.OpenCipher();
        var found = await new PersonPages(Parts.Database, Parts.Clock).FindAsync(Caller, Query, Commune.Length == 0 ? null : Commune, FirstNo - 1, RowsDefault, cipher, HttpContext.RequestAborted);
        if (!found.TryGet(out var people)) return Refused(found.Problems);
        Found = people.People;
        if (people.HasMore) Next = With(("from", (FirstNo + Found.Count).ToString(CultureInfo.InvariantCulture)));
        return Page();
    }
}
