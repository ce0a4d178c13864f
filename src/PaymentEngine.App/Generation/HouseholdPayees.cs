using System.Globalization;
using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>Who takes the money and how: self, guardian, authorised relative, carer; bank account, mobile money or cash.</summary>
sealed partial class HouseholdMaker
{
    void PaidToSelf(GeneratedPerson person) =>
        PaidTo(person, person.Facts.FullName, person.Facts.PersonId, PayeeRole.Self, OwnAccount(person.Index, person.Facts.FullName), null);

    /// <summary>Old people mostly take their money themselves; for some a relative does, by an authorisation with a term.</summary>
    void PaidAsOld(GeneratedPerson person)
    {
        var isVeryOld = person.Facts.Birth.AgeInMonths(Month) > 85 * 12;
        if (random.Chance(isVeryOld ? 3_000 : 600)) PaidThroughRelative(person);
        else PaidToSelf(person);
    }

    void PaidThroughRelative(GeneratedPerson person)
    {
        var name = VietnameseNames.Person(random, random.Chance(5_500) ? Sex.Female : Sex.Male);
        var isChild = person.Facts.Birth.AgeInMonths(Month) < 18 * 12;
        PaidTo(person, name, null, isChild ? PayeeRole.Guardian : PayeeRole.Authorised, OwnAccount(person.Index, name), null, isChild ? "Giấy khai sinh" : "Giấy ủy quyền");
    }

    /// <summary>The carer allowance is the carer's money: a row for this award only, with the carer's own account or the household's.</summary>
    void PaidToCarer(GeneratedPerson person, Award award)
    {
        var name = VietnameseNames.Person(random, random.Chance(8_000) ? Sex.Female : Sex.Male);
        PaidTo(person, name, null, PayeeRole.Carer, OwnAccount(-person.Index, name), award.AwardId, "Xác nhận của UBND cấp xã");
    }

    void PaidTo(GeneratedPerson person, string payeeName, string? payeeId, PayeeRole role, GeneratedAccount? account, string? awardId, string? basis = null)
    {
        var hasTerm = role == PayeeRole.Authorised;
        var from = hasTerm ? Day(Month.Plus(-random.Between(3, 20))) : Day(Month.Plus(-random.Between(3, 60)));
        var (channel, wish) = Choose(account);
        person.Payees.Add(new Payee
        {
            PersonId = person.Facts.PersonId,
            AwardId = awardId,
            PayeeId = payeeId,
            PayeeName = payeeName,
            Role = role,
            Basis = basis,
            BasisNo = basis is null ? null : string.Create(CultureInfo.InvariantCulture, $"{random.Between(1, 999)}/{from.Year}"),
            From = from,
            To = hasTerm ? from.PlusYears(random.Between(2, 5)) : null,
            Channel = channel,
            Wish = wish,
            WishOn = wish == Wish.Unknown ? null : from.PlusDays(random.Between(0, 30)),
            BankBin = account?.BankBin,
            AccountNo = account?.Number,
            AccountName = account?.Holder,
            PayCommune = commune.Code,
            PayPoint = $"Nhà văn hóa {person.Facts.Hamlet!.ToLowerInvariant()}",
            AtHome = channel == PayoutChannel.Cash && person.Facts.Birth.AgeInMonths(Month) > 85 * 12 ? random.Chance(4_000) : null,
        });
    }

    // An account that is only known is drawn as one with an empty channel; the shares decide which is which.
    (PayoutChannel Channel, Wish Wish) Choose(GeneratedAccount? account)
    {
        if (account is not { } known) return (PayoutChannel.Cash, random.Chance(1_500) ? Wish.No : Wish.Unknown);
        if (known.Channel != default) return (known.Channel, Wish.Yes);
        return (PayoutChannel.Cash, options.AccountRatePercent is null && profile.UnusedIsWished ? Wish.Yes : Wish.No);
    }

    /// <summary>The account a payee is paid to, one that is known and unused, or none, by the shares of the options or the province.</summary>
    GeneratedAccount? OwnAccount(long number, string holder)
    {
        var paid = options.AccountRatePercent * 100 ?? profile.PaidByAccountPerTenThousand;
        var unused = options.AccountRatePercent is null ? profile.AccountUnusedPerTenThousand : (10_000 - paid) / 10;
        var draw = random.Below(10_000);
        return draw < paid + unused ? GeneratedAccounts.Make(random, number, HolderName(holder), isUsed: draw < paid) : null;
    }

    /// <summary>The account of the commune's facility; the same for everybody in it.</summary>
    GeneratedAccount FacilityAccount(string name) =>
        GeneratedAccounts.Make(SeededRandom.For(options.Seed, Part.Payers + 100_000 + (ulong)commune.Number), 50_000_000L + commune.Number, VietnameseNames.AtBank(name), isUsed: true);

    // Most holders are written as banks do; some with accents; a few accounts are somebody else's, for the name match to find.
    string HolderName(string payeeName) => random.Below(1_000) switch
    {
        < 970 => VietnameseNames.AtBank(payeeName),
        < 985 => payeeName.Normalize(NormalizationForm.FormC),
        _ => VietnameseNames.AtBank(VietnameseNames.Person(random, Sex.Female)),
    };
}

/// <summary>Account numbers in the form of each bank, different for every payee.</summary>
static class GeneratedAccounts
{
    // Shares of a rural province; the last is a mobile-money wallet, whose number is a telephone number.
    static readonly (int Upto, string Bin, PayoutChannel Channel, string Prefix, int Digits)[] banks =
    [
        (460, "970405", PayoutChannel.Bank, "3611", 9), (590, "970415", PayoutChannel.Bank, "10", 10), (710, "970418", PayoutChannel.Bank, "510", 9), (810, "970436", PayoutChannel.Bank, "1", 9),
        (890, "970449", PayoutChannel.Bank, "03", 10), (955, "970422", PayoutChannel.Bank, "09", 11), (980, "999888", PayoutChannel.Bank, "7", 9), (1_000, "971005", PayoutChannel.MobileMoney, "09", 8),
    ];

    /// <summary>An account for a number that no other payee has; negative numbers are a second row of numbers.</summary>
    public static GeneratedAccount Make(SeededRandom random, long number, string holder, bool isUsed)
    {
        var draw = random.Below(1_000);
        var bank = banks.First(b => draw < b.Upto);
        var range = 1L;
        for (var i = 0; i < bank.Digits; i++) range *= 10;
        // 7,368,787 has no factor in common with a power of ten: different numbers stay different.
        var serial = ((Math.Abs(number) * 2) + (number < 0 ? 1 : 0)) * 7_368_787 % range;
        var text = bank.Prefix + serial.ToString(CultureInfo.InvariantCulture).PadLeft(bank.Digits, '0');
        return new GeneratedAccount(isUsed ? bank.Channel : default, bank.Bin, AccountNumber.Parse(text).Value, holder);
    }
}
