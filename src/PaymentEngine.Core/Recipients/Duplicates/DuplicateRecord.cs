using PaymentEngine.Core.Recipients.Names;

namespace PaymentEngine.Core.Recipients.Duplicates;

/// <summary>What of a person's record is held against others to find one person registered twice.</summary>
/// <remarks>Numbers are those of every time: an old CMND matches the record that still carries it. Accounts are equality tags, never numbers in clear.</remarks>
public sealed class DuplicateRecord
{
    /// <param name="personId">Key of the record.</param>
    /// <param name="fullName">As written.</param>
    /// <param name="birth">As far as it is known.</param>
    /// <param name="sex">Unknown agrees with both.</param>
    /// <param name="idNumbers">Every number the person ever had here, of 9 or 12 digits.</param>
    /// <param name="communeCode">Of residence now.</param>
    /// <param name="householdId">Null when unknown.</param>
    /// <param name="accounts">Equality tags of the accounts the person is paid to.</param>
    public DuplicateRecord(string personId, string fullName, BirthDate birth, Sex sex, IReadOnlyList<string> idNumbers, string communeCode, string? householdId, IReadOnlyList<ulong> accounts)
    {
        (PersonId, FullName, Birth, Sex, IdNumbers, CommuneCode, HouseholdId, Accounts) = (personId, fullName, birth, sex, idNumbers, communeCode, householdId, accounts);
        var name = NameForm.Of(fullName);
        NameWithMarks = name.MarkedKey;
        Name = name.Key;
        Words = name.Words;
        var sorted = (string[])Words.Clone();
        Array.Sort(sorted, StringComparer.Ordinal);
        SortedWords = sorted;
    }

    public string PersonId { get; }
    public string FullName { get; }
    public BirthDate Birth { get; }
    public Sex Sex { get; }
    public IReadOnlyList<string> IdNumbers { get; }
    public string CommuneCode { get; }
    public string? HouseholdId { get; }
    public IReadOnlyList<ulong> Accounts { get; }

    internal string NameWithMarks { get; }
    internal string Name { get; }
    internal string[] Words { get; }
    internal string[] SortedWords { get; }

    /// <summary>A day that is known: 1 January is what offices write for "some day of the year", so it counts as known by year only.</summary>
    internal bool HasKnownDay => Birth.IsExact && !(Birth.Month == 1 && Birth.Day == 1);
}
