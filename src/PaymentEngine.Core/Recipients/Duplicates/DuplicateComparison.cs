namespace PaymentEngine.Core.Recipients.Duplicates;

/// <summary>How the identity numbers of two records stand to each other, at their best over all pairs.</summary>
public enum NumberAgreement : byte
{
    /// <summary>One has none, or one has only an old number and the other only a new one: nothing follows.</summary>
    Unknown,

    /// <summary>A number of one is a number of the other.</summary>
    Same,

    /// <summary>One wrong digit, or two neighbouring digits swapped.</summary>
    Near,

    /// <summary>Two numbers of one kind that are neither equal nor near.</summary>
    Other,
}

/// <summary>How two names stand to each other.</summary>
public enum NameAgreement : byte
{
    Other,

    /// <summary>One letter typed wrongly, left out or doubled, two swapped; a middle name missing; two words written as one.</summary>
    Near,

    /// <summary>The same words in another order.</summary>
    Reordered,

    /// <summary>The same letters, other marks (Hòa, Hoá).</summary>
    SameLetters,

    /// <summary>The same letters and marks, wherever the tone was placed.</summary>
    Same,
}

/// <summary>How two birth dates stand to each other.</summary>
public enum BirthAgreement : byte
{
    Other,

    /// <summary>One of day, month and year is wrong by one digit or by swapped digits.</summary>
    Near,

    /// <summary>Day and month changed places.</summary>
    Swapped,

    /// <summary>One is known less precisely and does not contradict the other; two equal years without a day too, and 1 January beside any day of the year.</summary>
    Compatible,

    /// <summary>The same day, known in both.</summary>
    Exact,
}

/// <summary>The rule that found a pair, in the order in which they are asked.</summary>
public enum DuplicateRule : byte
{
    /// <summary>One number, and name or birth agree: trùng số định danh.</summary>
    SameNumber = 1,

    /// <summary>One number, and neither name nor birth agree: two people cannot both have it.</summary>
    SharedNumber,

    /// <summary>Numbers differ by a slip of the hand, and the name agrees.</summary>
    NumberTypo,

    /// <summary>Paid to one account under nearly one name, and the births do not contradict.</summary>
    SameAccount,

    /// <summary>One name and one day of birth.</summary>
    NameAndBirth,

    /// <summary>One name, and a birth date with day and month swapped or a digit wrong.</summary>
    NameAndNearBirth,

    /// <summary>One name in one commune, household or account, and births that do not contradict as far as they are known.</summary>
    NameAndYear,

    /// <summary>A name with a slip; one day of birth and one commune, household or account, or a birth with a slip and one household or account.</summary>
    NearNameAndBirth,
}

/// <summary>Two records that may be one person, and why.</summary>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Score">0 to 100: how sure the rule is. It orders the queue and decides nothing: a person does.</param>
/// <param name="Number">How the numbers agree.</param>
/// <param name="Name">How the names agree.</param>
/// <param name="Birth">How the births agree.</param>
public readonly record struct DuplicateFinding(DuplicateRule Rule, int Score, NumberAgreement Number, NameAgreement Name, BirthAgreement Birth);

/// <summary>Holds two records against each other.</summary>
public static class DuplicateComparison
{
    /// <summary>The finding, or null when the two are taken for two people. The order of the two does not matter.</summary>
    public static DuplicateFinding? Of(DuplicateRecord left, DuplicateRecord right)
    {
        // What is cheap comes first: most candidates of a block are told apart by it.
        var birth = BirthOf(left, right);
        var number = NumberOf(left.IdNumbers, right.IdNumbers);
        if (birth == BirthAgreement.Other && number is not (NumberAgreement.Same or NumberAgreement.Near)) return null;

        var name = NameOf(left, right);
        var sexAgrees = left.Sex == Sex.Unknown || right.Sex == Sex.Unknown || left.Sex == right.Sex;
        var sameAccount = Share(left.Accounts, right.Accounts);
        var sameHousehold = left.HouseholdId is { } household && household == right.HouseholdId;
        var isTied = sameAccount || sameHousehold || left.CommuneCode == right.CommuneCode;
        var sameName = name >= NameAgreement.Reordered;

        (DuplicateRule Rule, int Score)? found = number switch
        {
            NumberAgreement.Same when name != NameAgreement.Other && birth != BirthAgreement.Other => (DuplicateRule.SameNumber, 100),
            NumberAgreement.Same when name != NameAgreement.Other || birth is BirthAgreement.Exact or BirthAgreement.Swapped => (DuplicateRule.SameNumber, 90),
            NumberAgreement.Same => (DuplicateRule.SharedNumber, 75),
            NumberAgreement.Near when sameName && birth == BirthAgreement.Exact => (DuplicateRule.NumberTypo, 95),
            NumberAgreement.Near when name != NameAgreement.Other && birth != BirthAgreement.Other && sexAgrees => (DuplicateRule.NumberTypo, 85),
            NumberAgreement.Near when sameName => (DuplicateRule.NumberTypo, 65),
            // From here on the numbers do not speak for one person.
            _ when name == NameAgreement.Other || birth == BirthAgreement.Other => null,
            // Another sex is a slip of its own: only where everything else agrees.
            NumberAgreement.Unknown when !sexAgrees && sameName && birth == BirthAgreement.Exact && isTied => (DuplicateRule.NameAndBirth, 60),
            _ when !sexAgrees => null,
            NumberAgreement.Unknown when sameAccount => (DuplicateRule.SameAccount, 85),
            NumberAgreement.Other when sameAccount && sameName => (DuplicateRule.SameAccount, 70),
            NumberAgreement.Unknown when sameName && birth == BirthAgreement.Exact => (DuplicateRule.NameAndBirth, isTied ? 90 : 80),
            NumberAgreement.Other when sameName && birth == BirthAgreement.Exact && isTied => (DuplicateRule.NameAndBirth, 65),
            NumberAgreement.Unknown when sameName && birth == BirthAgreement.Swapped => (DuplicateRule.NameAndNearBirth, isTied ? 80 : 70),
            NumberAgreement.Unknown when sameName && birth == BirthAgreement.Near && isTied => (DuplicateRule.NameAndNearBirth, 75),
            NumberAgreement.Other when sameName && birth == BirthAgreement.Swapped && isTied => (DuplicateRule.NameAndNearBirth, 60),
            NumberAgreement.Unknown when sameName && birth == BirthAgreement.Compatible && isTied => (DuplicateRule.NameAndYear, sameHousehold ? 80 : 70),
            NumberAgreement.Unknown when name == NameAgreement.Near && birth is BirthAgreement.Exact or BirthAgreement.Swapped && isTied => (DuplicateRule.NearNameAndBirth, 65),
            // Two slips, or a slip and a move: the weakest of the queue.
            NumberAgreement.Unknown when name == NameAgreement.Near && (sameHousehold || sameAccount) => (DuplicateRule.NearNameAndBirth, 55),
            NumberAgreement.Unknown when name == NameAgreement.Near && isTied && left.Birth.Year == right.Birth.Year => (DuplicateRule.NearNameAndBirth, 50),
            NumberAgreement.Unknown when name == NameAgreement.Near && birth == BirthAgreement.Exact && left.Sex != Sex.Unknown && left.Sex == right.Sex => (DuplicateRule.NearNameAndBirth, 45),
            _ => null,
        };
        return found is { } one ? new DuplicateFinding(one.Rule, one.Score, number, name, birth) : null;
    }

    internal static NumberAgreement NumberOf(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var best = NumberAgreement.Unknown;
        for (var i = 0; i < left.Count; i++)
        {
            for (var j = 0; j < right.Count; j++)
            {
                var (a, b) = (left[i], right[j]);
                if (a.Length != b.Length) continue;
                if (string.Equals(a, b, StringComparison.Ordinal)) return NumberAgreement.Same;
                best = best == NumberAgreement.Near || IsSlip(a, b) ? NumberAgreement.Near : NumberAgreement.Other;
            }
        }

        return best;
    }

    /// <summary>Equal lengths; one character differs, or two neighbours are swapped.</summary>
    static bool IsSlip(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var first = a.CommonPrefixLength(b);
        return a[(first + 1)..].SequenceEqual(b[(first + 1)..])
            || (first + 1 < a.Length && a[first] == b[first + 1] && a[first + 1] == b[first] && a[(first + 2)..].SequenceEqual(b[(first + 2)..]));
    }

    internal static BirthAgreement BirthOf(DuplicateRecord left, DuplicateRecord right)
    {
        var (a, b) = (left.Birth, right.Birth);
        if (left.HasKnownDay && right.HasKnownDay)
        {
            if (a == b) return BirthAgreement.Exact;
            if (a.Year == b.Year && a.Month == b.Day && a.Day == b.Month) return BirthAgreement.Swapped;
            var differing = (a.Year == b.Year ? 0 : 1) + (a.Month == b.Month ? 0 : 1) + (a.Day == b.Day ? 0 : 1);
            return differing == 1 && (a.Year == b.Year || IsSlipOfYear(a.Year, b.Year)) ? BirthAgreement.Near : BirthAgreement.Other;
        }

        if (a.Year != b.Year) return BirthAgreement.Other;
        // Known to the month in both: another month contradicts. 1 January says the year alone.
        var (monthA, monthB) = (MonthKnown(left), MonthKnown(right));
        return monthA == 0 || monthB == 0 || monthA == monthB ? BirthAgreement.Compatible : BirthAgreement.Other;
    }

    static int MonthKnown(DuplicateRecord record) => record.Birth.Month == 1 && record.Birth.Day == 1 ? 0 : record.Birth.Month;

    /// <summary>One digit of the four differs, or the last two changed places: 1953 and 1935, 1953 and 1963.</summary>
    static bool IsSlipOfYear(int a, int b)
    {
        if (a / 100 != b / 100) return a % 100 == b % 100;
        var (tensA, unitsA, tensB, unitsB) = (a / 10 % 10, a % 10, b / 10 % 10, b % 10);
        return tensA == tensB || unitsA == unitsB || (tensA == unitsB && unitsA == tensB);
    }

    /// <summary>How two names as written stand to each other.</summary>
    public static NameAgreement NameOf(string left, string right)
    {
        return NameOf(Named(left), Named(right));

        static DuplicateRecord Named(string name) => new("", name, default, Sex.Unknown, [], "", null, []);
    }

    internal static NameAgreement NameOf(DuplicateRecord left, DuplicateRecord right)
    {
        if (left.Words.Length == 0 || right.Words.Length == 0) return NameAgreement.Other;
        if (string.Equals(left.Name, right.Name, StringComparison.Ordinal))
            return string.Equals(left.NameWithMarks, right.NameWithMarks, StringComparison.Ordinal) ? NameAgreement.Same : NameAgreement.SameLetters;
        if (left.SortedWords.AsSpan().SequenceEqual(right.SortedWords)) return NameAgreement.Reordered;
        return IsNear(left.Words, right.Words) ? NameAgreement.Near : NameAgreement.Other;
    }

    static bool IsNear(string[] a, string[] b)
    {
        if (a.Length == b.Length)
        {
            var slips = 0;
            for (var i = 0; i < a.Length; i++)
            {
                if (string.Equals(a[i], b[i], StringComparison.Ordinal)) continue;
                if (++slips > 1 || !IsOneEdit(a[i], b[i])) return false;
            }

            return slips == 1;
        }

        var (longer, shorter) = a.Length > b.Length ? (a, b) : (b, a);
        if (longer.Length - shorter.Length == 1 && shorter.Length >= 2)
        {
            // A middle name that one of them does not have: family name and given name stay where they are.
            var at = 0;
            while (at < shorter.Length && string.Equals(longer[at], shorter[at], StringComparison.Ordinal)) at++;
            if (at > 0 && at < shorter.Length && longer.AsSpan(at + 1).SequenceEqual(shorter.AsSpan(at))) return true;
        }

        return string.Equals(string.Concat(a), string.Concat(b), StringComparison.Ordinal);
    }

    /// <summary>One letter more, less or other, or two neighbours swapped. A word of one letter is never near another.</summary>
    static bool IsOneEdit(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length == b.Length) return a.Length > 1 && IsSlip(a, b);
        if (a.Length < b.Length)
        {
            var swap = a;
            a = b;
            b = swap;
        }

        if (a.Length - b.Length != 1 || b.Length == 0) return false;
        var first = a[..b.Length].CommonPrefixLength(b);
        return a[(first + 1)..].SequenceEqual(b[first..]);
    }

    static bool Share(IReadOnlyList<ulong> left, IReadOnlyList<ulong> right)
    {
        for (var i = 0; i < left.Count; i++)
            for (var j = 0; j < right.Count; j++)
                if (left[i] == right[j]) return true;
        return false;
    }
}
