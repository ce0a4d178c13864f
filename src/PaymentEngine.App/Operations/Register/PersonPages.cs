using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations.Register;

/// <summary>People found, a page of them.</summary>
/// <param name="HasMore">There are others after these.</param>
public sealed record FoundPeople(IReadOnlyList<FoundPerson> People, bool HasMore);

/// <summary>A person as the office and the person see it: rights, amounts with their reasons, payments with what happened to each.</summary>
/// <param name="Since">The first list month that is shown.</param>
public sealed record PersonPage(StoredPerson Person, YearMonth Since, IReadOnlyList<PersonAward> Awards, IReadOnlyList<PersonPayee> Payees, IReadOnlyList<PersonLine> Lines, IReadOnlyList<PersonPayment> Payments,
    IReadOnlyList<PersonPaymentEvent> Events);

/// <summary>Finds a person by name without marks, number or last figures, and shows where their money is. F29.</summary>
public sealed class PersonPages(Database database, IClock clock)
{
    /// <summary>People of one page.</summary>
    public const int PageMax = 500;

    /// <summary>List months behind today's that a page shows: the year a person asks about, and the December before it.</summary>
    const int MonthsBack = 12;

    const int LettersMin = 2, LettersMax = 80;

    /// <summary>Finds people by what somebody types into one box: a name without marks, its beginning or its end; an identity number; the last four figures of a number or account; a key.</summary>
    /// <param name="caller">Sees people of their communes.</param>
    /// <param name="typed">As it was typed; blanks, dots and dashes in figures are forgiven.</param>
    /// <param name="commune">Code of one commune, or null.</param>
    /// <param name="skip">So many are passed over.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cipher">Finds identity numbers by their tag.</param>
    /// <param name="cancel">Cancels the question.</param>
    public async Task<Result<FoundPeople>> FindAsync(Caller caller, string typed, string? commune, int skip, int most, AccountCipher cipher, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleShow) is { } lacks) return lacks;
        var asked = typed.Trim();
        if (asked.Length is < LettersMin or > LettersMax) return new Problem("usage.search", $"Between {LettersMin} and {LettersMax} letters are looked for.", "Type a name, the last four figures of a number, or the whole number.", new SourceLocation(Field: "q"));
        if (most is < 1 or > PageMax || skip < 0) return new Problem("usage.page", $"{most} is no number of rows of a page.", $"Use 1 to {PageMax}.");
        var (province, figures) = (caller.ProvinceCode, string.Concat(asked.Where(char.IsAsciiDigit)));
        var isNumber = asked.All(letter => char.IsAsciiDigit(letter) || letter is ' ' or '.' or '-');
        // One number or key finds its person by a key; row security stands over it.
        await using var desk = await database.DeskAsync(caller.Scope, cancel);
        if (isNumber && IdentityNumber.IsWellFormed(figures))
        {
            var tag = cipher.SealIdNumber(figures).Tag;
            var keys = (await PersonStore.ByNumberAsync(desk, province, [tag], cancel))[Convert.ToHexString(tag)].ToList();
            // Keys of some registers look like old numbers: "40-0000123" has nine figures.
            return new FoundPeople(await PersonPageStore.ByKeysAsync(desk, province, keys.Count > 0 ? keys : [asked], most, cancel), false);
        }

        if (isNumber && figures.Length == 4) return Of(await PersonPageStore.ByTailAsync(desk, province, figures, commune, skip, most + 1, cancel), most);
        if (asked.Any(char.IsAsciiDigit))
        {
            var found = await PersonPageStore.ByKeysAsync(desk, province, [asked], most, cancel);
            return found.Count > 0 ? new FoundPeople(found, false) : new Problem("person.unknown", "No person of your communes has this key or number.", "Type the whole key, a number of 9 or 12 figures, its last four figures, or a name.", new SourceLocation(Field: "q"));
        }

        var bare = BareName(asked);
        if (bare.Length < LettersMin) return new Problem("usage.search", "There are too few letters to look for.", "Type more of the name.", new SourceLocation(Field: "q"));
        if (caller.Communes is { } own) return Of(await PersonPageStore.ByNameAsync(desk, province, bare, own, commune, skip, most + 1, cancel), most);
        await using var session = await database.RunAsync(caller.Scope, cancel);
        return Of(await PersonPageStore.ByNameAsync(session, province, bare, commune, skip, most + 1, cancel), most);
    }

    /// <summary>A person's page.</summary>
    /// <param name="caller">Sees people of their communes.</param>
    /// <param name="personId">Key of the register.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <returns><c>person.unknown</c>, of another commune's people too.</returns>
    public async Task<Result<PersonPage>> ShowAsync(Caller caller, string personId, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.PeopleShow) is { } lacks) return lacks;
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        if (await PersonStore.ByKeyAsync(session, caller.ProvinceCode, [personId], cancel) is not [var person])
            return new Problem("person.unknown", "No person of your communes has this key.", "Look for the person by name or number.");
        var since = clock.GetCurrentInstant().InZone(Casework.Zone).Date.ToYearMonth().PlusMonths(-MonthsBack);
        var (province, id, from) = (caller.ProvinceCode, person.RecipientId, since.Key());
        return new PersonPage(person, since, await PersonPageStore.AwardsAsync(session, province, id, cancel), await PersonPageStore.PayeesAsync(session, province, id, cancel), await PersonPageStore.LinesAsync(session, province, id, from, cancel),
            await PersonPageStore.PaymentsAsync(session, province, id, from, cancel), await PersonPageStore.EventsAsync(session, province, id, from, cancel));
    }

    /// <summary>A name as it is looked for: small letters without marks, one blank between words; whatever is no letter is left out.</summary>
    public static string BareName(string name)
    {
        var bare = new StringBuilder();
        foreach (var letter in name.Normalize(NormalizationForm.FormD))
        {
            if (letter is 'đ' or 'Đ') bare.Append('d');
            else if (char.IsAsciiLetter(letter)) bare.Append(char.ToLowerInvariant(letter));
            else if (char.IsWhiteSpace(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.DashPunctuation) bare.Append(' ');
        }

        return string.Join(' ', bare.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    static Result<FoundPeople> Of(IReadOnlyList<FoundPerson> found, int most) => new FoundPeople([.. found.Take(most)], found.Count > most);
}
