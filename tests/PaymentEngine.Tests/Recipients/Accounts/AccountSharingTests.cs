using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;

namespace PaymentEngine.Tests.Recipients.Accounts;

/// <summary>One account of a guardian or a family, told from one that collects the money of strangers.</summary>
public sealed class AccountSharingTests
{
    const string Holder = "LE THI LAN";

    static AccountShare Self(int person, string name, string? household = null) => new("aa", person, PayeeRole.Self, person, name, false, household, Holder);

    static AccountShare By(int person, string taker, int? takerId = null, PayeeRole role = PayeeRole.Guardian, bool basis = true, string? household = null) => new("aa", person, role, takerId, taker, basis, household, Holder);

    static IReadOnlyList<int> Held(params AccountShare[] shares)
    {
        var held = AccountSharing.Unrelated(shares, 3);
        // The order of rows decides nothing.
        Assert.Equal(held.Order(), AccountSharing.Unrelated(Enumerable.Reverse(shares), 3).Order());
        return [.. held.Select(one => one.RecipientId).Order()];
    }

    [Fact]
    public void The_guardian_of_three_passes() => Assert.Empty(Held(By(1, "Lê Thị Lan"), By(2, "Lê Thị Lan"), By(3, "Lê Thị Lan")));

    [Fact]
    public void So_does_a_guardian_who_is_paid_there_too()
    {
        Assert.Empty(Held(By(1, "Lê Thị Lan"), By(2, "Lê Thị Lan"), By(3, "Lê Thị Lan"), Self(9, "Lê Thị Lan")));
        Assert.Empty(Held(By(1, "Lê Thị Lan", takerId: 9), By(2, "Le Thi Lan", takerId: 9), Self(9, "Lê Thị Lan")));
    }

    [Fact]
    public void Three_strangers_on_one_account_are_held() => Assert.Equal([1, 2, 3], Held(Self(1, "Nguyễn Văn An"), Self(2, "Trần Thị Bình"), Self(3, "Phạm Văn Cường")));

    [Fact]
    public void Three_namesakes_are_three_strangers() => Assert.Equal([1, 2, 3], Held(Self(1, "Nguyễn Văn An"), Self(2, "Nguyễn Văn An"), Self(3, "Nguyễn Văn An")));

    [Fact]
    public void The_fourth_person_on_a_guardians_account_is_held_alone() =>
        Assert.Equal([4], Held(By(1, "Lê Thị Lan"), By(2, "Lê Thị Lan"), By(3, "Lê Thị Lan"), Self(4, "Trần Thị Bình")));

    [Fact]
    public void Whoever_borrows_the_guardians_name_without_a_paper_is_held() =>
        Assert.Equal([4], Held(By(1, "Lê Thị Lan"), By(2, "Lê Thị Lan"), By(3, "Lê Thị Lan"), By(4, "Lê Thị Lan", basis: false)));

    [Fact]
    public void Two_parties_that_both_have_the_holders_name_are_held_both() =>
        Assert.Equal([1, 2, 3], Held(By(1, "Lê Thị Lan", takerId: 8), By(2, "Lê Thị Lan", takerId: 8), By(3, "Lê Thị Lan", takerId: 9)));

    [Fact]
    public void A_guardian_without_a_recorded_basis_links_nobody() => Assert.Equal([1, 2, 3], Held(By(1, "Lê Thị Lan", basis: false), By(2, "Lê Thị Lan", basis: false), By(3, "Lê Thị Lan", basis: false)));

    [Fact]
    public void A_family_passes_on_a_relatives_account()
    {
        Assert.Empty(Held(Self(1, "Nguyễn Văn An", "H1"), Self(2, "Trần Thị Bình", "H1"), Self(3, "Nguyễn Văn Con", "H1")));
        // A guardian's wards live with different relatives, and one of them lives with an old man who is paid there too.
        Assert.Empty(Held(By(1, "Lê Thị Lan", household: "H1"), By(2, "Lê Thị Lan", household: "H2"), Self(3, "Nguyễn Văn Ông", "H2")));
    }

    [Fact]
    public void Two_families_on_the_account_of_a_third_are_held_both() =>
        Assert.Equal([1, 2, 3, 4], Held(Self(1, "Nguyễn Văn An", "H1"), Self(2, "Trần Thị Bình", "H1"), Self(3, "Phạm Văn Cường", "H2"), Self(4, "Phạm Thị Dung", "H2")));

    [Fact]
    public void Two_people_are_asked_nothing() => Assert.Empty(Held(Self(1, "Nguyễn Văn An"), Self(2, "Trần Thị Bình")));

    [Fact]
    public void One_person_with_three_rights_is_one() => Assert.Empty(Held(Self(1, "Nguyễn Văn An"), Self(1, "Nguyễn Văn An"), By(1, "Lê Thị Lan")));

    [Fact]
    public void Accounts_are_judged_apart() => Assert.Equal([("bb", 5), ("bb", 6), ("bb", 7)], AccountSharing.Unrelated(
        [By(1, "Lê Thị Lan"), By(2, "Lê Thị Lan"), By(3, "Lê Thị Lan"), Self(5, "A B") with { Tag = "bb" }, Self(6, "C D") with { Tag = "bb" }, Self(7, "E F") with { Tag = "bb" }], 3).Order());
}
