using NodaTime;

namespace PaymentEngine.Core.Recipients.Notices;

/// <summary>A member of a household as succession asks for them.</summary>
public sealed record HouseholdMember(string PersonId, string FullName, BirthDate Birth, LocalDate? Death, string? SpouseId);

/// <summary>Who stands in for a dead head of household until the family names one (chủ hộ mất): the household and its receiver must go on, which the old system could not do.</summary>
/// <remarks>The Law on Residence (68/2020/QH14, Điều 10) leaves the choice to the members; its text is not among the sources read here, so this is a proposal of the program and marked so.</remarks>
public static class HouseholdSuccession
{
    const int AdultYears = 18;

    /// <summary>The spouse where one lives in the household, else its oldest adult, else nobody: then a guardian has to be named.</summary>
    /// <param name="members">Everybody of the household, the dead head too.</param>
    /// <param name="headId">The head who died.</param>
    /// <param name="diedOn">The day.</param>
    public static HouseholdMember? Successor(IReadOnlyList<HouseholdMember> members, string headId, LocalDate diedOn)
    {
        var head = members.FirstOrDefault(member => member.PersonId == headId);
        var adults = members.Where(member => member.PersonId != headId && member.Death is null && member.Birth.Latest.PlusYears(AdultYears) <= diedOn)
            .OrderBy(member => member.Birth.Latest).ThenBy(member => member.PersonId, StringComparer.Ordinal).ToList();
        return adults.Find(member => member.SpouseId == headId || (head?.SpouseId is { } spouse && spouse == member.PersonId)) ?? adults.FirstOrDefault();
    }
}
