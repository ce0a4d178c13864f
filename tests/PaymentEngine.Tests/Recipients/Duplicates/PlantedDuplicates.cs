using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;

namespace PaymentEngine.Tests.Recipients.Duplicates;

/// <summary>A generated register with people entered a second time, each with the slips that offices make, and with people who only look like one: twins, namesakes, relatives on one account.</summary>
/// <remarks>Slips are in the number (a digit wrong, two swapped, missing, an old number), the name (marks lost or wrong, tone elsewhere, a letter, order, a middle name, two words in one),
/// the birth (day and month swapped, a digit, the year alone, 1 January), the commune (moved) and the sex. Of 100 copies 50 have one slip, 38 two, 12 three; each slip is of another kind.</remarks>
static class PlantedDuplicates
{
    enum Slip { NumberDigit, NumberSwap, NumberMissing, NumberOld, MarksLost, MarksWrong, ToneMoved, Letter, Order, Middle, Joined, BirthSwapped, BirthDigit, YearOnly, NewYear, Commune, Sex }

    // Weights of the slips, of 100.
    static readonly (Slip Slip, int Weight)[] weights =
    [
        (Slip.NumberDigit, 14), (Slip.NumberSwap, 6), (Slip.NumberMissing, 12), (Slip.NumberOld, 8), (Slip.MarksLost, 10), (Slip.MarksWrong, 6), (Slip.ToneMoved, 4), (Slip.Letter, 7), (Slip.Order, 4), (Slip.Middle, 4),
        (Slip.Joined, 3), (Slip.BirthSwapped, 5), (Slip.BirthDigit, 5), (Slip.YearOnly, 4), (Slip.NewYear, 2), (Slip.Commune, 4), (Slip.Sex, 2),
    ];

    /// <summary>A register: <paramref name="Records"/> first, then the copies from <see cref="FirstCopy"/> on.</summary>
    /// <param name="OriginalOf">For each copy the place of its original.</param>
    /// <param name="SlipsOf">For each copy its slips, in words.</param>
    public sealed record World(IReadOnlyList<DuplicateRecord> Records, int FirstCopy, IReadOnlyList<int> OriginalOf, IReadOnlyList<string> SlipsOf);

    public static World Make(int recipients, int copies, ulong seed)
    {
        var people = new ProvinceWorld(new GenerationOptions(recipients, seed, new YearMonth(2026, 10))).People().Select(person => person.Facts).ToList();
        var random = SeededRandom.For(seed, 77);
        var records = new List<DuplicateRecord>(people.Count + copies + (recipients / 50));
        foreach (var person in people) records.Add(Record(person, person.IdNumber is { } number ? [number] : [], []));

        // People who are two: twins in one house, sisters with names a letter apart, parent and child of one name on one account.
        for (var i = 0; i < recipients / 100; i++)
        {
            var one = people[random.Below(people.Count)];
            var other = one with { PersonId = $"T{i}", FullName = Replaced(one.FullName, random.Pick<string>(["Lan", "Lam", "Hoa", "Hoan", "Tâm", "Tám", "Sơn", "Sen"])), IdNumber = Number(one.IdNumber ?? "040150000000", random) };
            records.Add(Record(other, [other.IdNumber!], []));
            var account = random.NextUInt64();
            var parent = people[random.Below(people.Count)];
            records.Add(Record(parent with { PersonId = $"C{i}", Birth = new BirthDate((short)(parent.Birth.Year + 25), parent.Birth.Month, parent.Birth.Day) }, [Number("040175000000", random)], [account]));
        }

        var firstCopy = records.Count;
        var (originals, slips) = (new List<int>(), new List<string>());
        var taken = new HashSet<int>();
        while (originals.Count < copies)
        {
            var place = random.Below(people.Count);
            if (!taken.Add(place)) continue;
            var (copy, numbers, made) = Copy(people[place], originals.Count, people, random);
            originals.Add(place);
            slips.Add(string.Join('+', made.Order()));
            records.Add(Record(copy, numbers, []));
        }

        return new World(records, firstCopy, originals, slips);
    }

    static (PersonFacts Copy, IReadOnlyList<string> Numbers, IReadOnlyList<Slip> Made) Copy(PersonFacts person, int index, List<PersonFacts> people, SeededRandom random)
    {
        var wanted = random.Below(100) switch { < 50 => 1, < 88 => 2, _ => 3 };
        var made = new List<Slip>();
        var copy = person with { PersonId = string.Create(CultureInfo.InvariantCulture, $"D{index:000000}"), FullName = person.FullName.Normalize(NormalizationForm.FormC), HouseholdId = random.Chance(5_000) ? person.HouseholdId : null };
        string[] numbers = person.IdNumber is { } number ? [number] : [];
        for (var attempt = 0; made.Count < wanted && attempt < 100; attempt++)
        {
            var draw = random.Below(100);
            var slip = weights.First(weight => (draw -= weight.Weight) < 0).Slip;
            if (made.Any(other => KindOf(other) == KindOf(slip))) continue;
            if (KindOf(slip) == 0)
            {
                if (numbers is not [var old]) continue;
                numbers = slip switch { Slip.NumberMissing => [], Slip.NumberOld => [Number("123456789", random)], Slip.NumberSwap => [Swapped(old, random)], _ => [Digit(old, random)] };
                if (numbers is [var now] && now == old) numbers = [Digit(old, random)];
            }
            else
            {
                var next = Slipped(copy, slip, people, random);
                if (next == copy) continue;
                copy = next;
            }

            made.Add(slip);
        }

        return (copy, numbers, made);
    }

    static int KindOf(Slip slip) => slip <= Slip.NumberOld ? 0 : slip <= Slip.Joined ? 1 : slip <= Slip.NewYear ? 2 : slip == Slip.Commune ? 3 : 4;

    static PersonFacts Slipped(PersonFacts person, Slip slip, List<PersonFacts> people, SeededRandom random)
    {
        var words = person.FullName.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var birth = person.Birth;
        switch (slip)
        {
            case Slip.MarksLost: return person with { FullName = VietnameseNames.AtBank(person.FullName) };
            case Slip.MarksWrong: return person with { FullName = Retoned(person.FullName, random) };
            case Slip.ToneMoved: return person with { FullName = person.FullName.Replace("òa", "oà", StringComparison.Ordinal).Replace("ủy", "uỷ", StringComparison.Ordinal).Replace("ỏa", "oả", StringComparison.Ordinal).Replace("úy", "uý", StringComparison.Ordinal) };
            case Slip.Letter:
                var at = random.Below(words.Length);
                var letter = random.Below(words[at].Length);
                words[at] = random.Below(3) switch
                {
                    0 => words[at].Remove(letter, 1).Insert(letter, random.Pick<string>(["n", "m", "t", "h", "a", "u", "i"])),
                    1 when words[at].Length > 2 => words[at].Remove(letter, 1),
                    _ => words[at].Insert(letter, random.Pick<string>(["h", "n", "g", "i"])),
                };
                return person with { FullName = string.Join(' ', words) };
            case Slip.Order: return words.Length < 2 ? person : person with { FullName = string.Join(' ', words.Skip(1).Append(words[0])) };
            case Slip.Middle: return words.Length < 3 ? person : person with { FullName = string.Join(' ', words.Where((_, place) => place != 1)) };
            case Slip.Joined: return words.Length < 3 ? person : person with { FullName = $"{words[0]} {words[1]}{words[2].ToLowerInvariant()}" };
            case Slip.BirthSwapped: return birth.IsExact && birth.Day <= 12 && birth.Day != birth.Month ? person with { Birth = birth with { Month = birth.Day, Day = birth.Month } } : person;
            case Slip.BirthDigit: return birth.IsExact && birth.Day <= 28 ? person with { Birth = random.Below(3) switch
            {
                0 => birth with { Day = (byte)(1 + (birth.Day % 28)) },
                1 => birth with { Month = (byte)(1 + (birth.Month % 12)) },
                _ => birth with { Year = (short)(birth.Year + (birth.Year % 10 == 9 ? -1 : 1)) },
            } } : person;
            case Slip.YearOnly: return birth.Month == 0 ? person : person with { Birth = new BirthDate(birth.Year, 0, 0) };
            case Slip.NewYear: return person with { Birth = new BirthDate(birth.Year, 1, 1) };
            case Slip.Commune: return person with { CommuneCode = people[random.Below(people.Count)].CommuneCode, HouseholdId = null };
            default: return person with { Sex = random.Chance(7_000) ? Sex.Unknown : person.Sex == Sex.Male ? Sex.Female : Sex.Male };
        }
    }

    /// <summary>One mark of a tone replaced by another.</summary>
    static string Retoned(string name, SeededRandom random)
    {
        var letters = name.Normalize(NormalizationForm.FormD).ToCharArray();
        var places = Enumerable.Range(0, letters.Length).Where(place => letters[place] is '\u0300' or '\u0301' or '\u0303' or '\u0309' or '\u0323').ToList();
        if (places.Count == 0) return name;
        var at = random.Pick(places);
        letters[at] = letters[at] == '\u0301' ? '\u0300' : '\u0301';
        return new string(letters).Normalize(NormalizationForm.FormC);
    }

    static string Digit(string number, SeededRandom random)
    {
        var at = random.Below(number.Length);
        var digits = number.ToCharArray();
        digits[at] = (char)('0' + ((digits[at] - '0' + 1 + random.Below(9)) % 10));
        return new string(digits);
    }

    static string Swapped(string number, SeededRandom random)
    {
        var digits = number.ToCharArray();
        var at = random.Below(number.Length - 1);
        (digits[at], digits[at + 1]) = (digits[at + 1], digits[at]);
        return new string(digits);
    }

    static string Number(string like, SeededRandom random) =>
        string.Concat(like.Select((c, place) => place < like.Length - 6 ? c : (char)('0' + random.Below(10))));

    static string Replaced(string name, string given)
    {
        var words = name.Split(' ');
        words[^1] = given;
        return string.Join(' ', words);
    }

    static DuplicateRecord Record(PersonFacts person, IReadOnlyList<string> numbers, IReadOnlyList<ulong> accounts) =>
        new(person.PersonId, person.FullName, person.Birth, person.Sex, numbers, person.CommuneCode, person.HouseholdId, accounts);
}
