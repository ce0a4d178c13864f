using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>What one month brings to a generated register: deaths, ends, re-examinations, moves, other accounts and payees, first wishes for an account, new people.</summary>
/// <remarks>
/// Everything is recorded in the first list month (M0) before its list for the next month closes on the 25th, so it decides that next list.
/// Every change is a new row (facts_from, recorded_on); a payee that ends is written again with its last day. At most one change a person.
/// </remarks>
sealed class MonthOfChanges(GenerationOptions options, ProvinceWorld world)
{
    YearMonth Known => options.Month;

    YearMonth Next => options.Month.Plus(1);

    /// <summary>For each person of the register the new rows, or null when nothing happened; then the new people.</summary>
    public IEnumerable<GeneratedPerson?> Rows()
    {
        var last = 0L;
        foreach (var person in world.People())
        {
            last = person.Index;
            yield return person.IsRecipient ? Change(person, SeededRandom.For(options.Seed, Part.Changes + (ulong)person.Index)) : null;
        }

        foreach (var person in NewPeople(last)) yield return person;
    }

    GeneratedPerson? Change(GeneratedPerson person, SeededRandom random) => random.Below(10_000) switch
    {
        < 60 => Death(person, random),
        < 90 => End(person, random),
        < 190 => Reexamined(person, random),
        < 270 => Move(person, random),
        < 500 => OtherAccount(person, random),
        < 540 => OtherPayee(person, random),
        _ => null,
    };

    GeneratedPerson Death(GeneratedPerson person, SeededRandom random)
    {
        // One death in twelve is reported two months late: what was paid meanwhile is to be recovered.
        var late = random.Below(12) == 0;
        var death = (late ? Known.Plus(-2) : Known).OnDayOfMonth(random.Between(1, 18));
        return new GeneratedPerson(person.Index, person.Facts with { Death = death, FactsFrom = death.ToYearMonth(), RecordedOn = Known.OnDayOfMonth(random.Between(18, 24)) });
    }

    GeneratedPerson End(GeneratedPerson person, SeededRandom random)
    {
        var ended = new GeneratedPerson(person.Index, person.Facts) { WithoutFacts = true };
        ended.Awards.Add(person.Awards[0] with { FactsFrom = Next, RecordedOn = Recorded(random), LastMonth = Known, EndReason = "ended" });
        return ended;
    }

    /// <summary>A higher degree: war invalids, sick soldiers and exposed people by a new board conclusion, disabled people by a new certificate.</summary>
    GeneratedPerson? Reexamined(GeneratedPerson person, SeededRandom random)
    {
        var award = person.Awards[0];
        var board = Known.OnDayOfMonth(random.Between(1, 12));
        if (award is { Category: "TB" or "BB" or "CDHH", DegreePct: { } degree and < 75 })
        {
            var raised = new GeneratedPerson(person.Index, person.Facts) { WithoutFacts = true };
            raised.Awards.Add(award with { FactsFrom = Known, RecordedOn = Recorded(random), BoardOn = board, DegreePct = degree + random.Between(3, 5) });
            return raised;
        }

        return award.Category == "k6" && person.Facts.Disability == Disability.Severe
            ? new GeneratedPerson(person.Index, person.Facts with { Disability = Disability.ExtremelySevere, DisabilityCertificateOn = board, FactsFrom = Known, RecordedOn = Recorded(random) })
            : null;
    }

    GeneratedPerson? Move(GeneratedPerson person, SeededRandom random)
    {
        var to = random.Pick(world.Communes);
        return to.Code == person.Facts.CommuneCode
            ? null
            : new GeneratedPerson(person.Index, person.Facts with
            {
                CommuneCode = to.Code,
                SpecialArea = person.Awards[0].Category == "k7" ? person.Facts.SpecialArea : to.IsSpecialArea,
                Address = $"{person.Facts.Hamlet}, {to.Kind.ToLowerInvariant()} {to.Name}",
                FactsFrom = Next,
                RecordedOn = Recorded(random),
            });
    }

    /// <summary>Another account for those paid to one; the first account for those paid in cash.</summary>
    GeneratedPerson? OtherAccount(GeneratedPerson person, SeededRandom random)
    {
        var old = person.Payees[0];
        if (old.Role == PayeeRole.Facility || (old.Channel != PayoutChannel.Cash && !random.Chance(5_000))) return null;
        var account = GeneratedAccounts.Make(random, 100_000_000 + person.Index, VietnameseNames.AtBank(old.PayeeName), isUsed: true);
        return Replaced(person, old, random, row => row with
        {
            Channel = account.Channel, BankBin = account.BankBin, AccountNo = account.Number, AccountName = account.Holder, Wish = Wish.Yes, WishOn = row.From,
        });
    }

    GeneratedPerson? OtherPayee(GeneratedPerson person, SeededRandom random)
    {
        var old = person.Payees[0];
        if (old.Role is PayeeRole.Facility or PayeeRole.Household or PayeeRole.Foster or PayeeRole.Carer) return null;
        return Replaced(person, old, random, row => row with
        {
            PayeeId = null,
            PayeeName = VietnameseNames.Person(random, Sex.Female),
            Role = old.Role == PayeeRole.Guardian ? PayeeRole.Guardian : PayeeRole.Authorised,
            Basis = old.Role == PayeeRole.Guardian ? "Quyết định cử người giám hộ" : "Giấy ủy quyền",
            BasisNo = string.Create(CultureInfo.InvariantCulture, $"{random.Between(1, 999)}/{Known.Year}"),
            To = old.Role == PayeeRole.Guardian ? null : row.From!.Value.PlusYears(2),
            Channel = PayoutChannel.Cash, BankBin = null, AccountNo = null, AccountName = null, Wish = Wish.Unknown, WishOn = null,
        });
    }

    GeneratedPerson Replaced(GeneratedPerson person, Payee old, SeededRandom random, Func<Payee, Payee> change)
    {
        var from = Known.OnDayOfMonth(random.Between(3, 20));
        var changed = new GeneratedPerson(person.Index, person.Facts) { WithoutFacts = true };
        changed.Payees.Add(old with { To = from.PlusDays(-1) });
        changed.Payees.Add(change(old with { From = from }));
        return changed;
    }

    /// <summary>New people, one in a hundred: their decisions are signed in M0, so the next list holds that month as arrears too.</summary>
    IEnumerable<GeneratedPerson> NewPeople(long last)
    {
        var quotas = world.Quotas(Math.Max(1, options.Recipients / 100), Part.NewQuotas);
        foreach (var commune in world.Communes)
        {
            var random = SeededRandom.For(options.Seed, Part.NewPeople + (ulong)commune.Number);
            var maker = new HouseholdMaker(options, world.Profile, commune, random, last);
            for (var i = 0; i < quotas[commune.Number - 1]; i++)
            {
                var person = maker.NewThisMonth(Known.OnDayOfMonth(random.Between(2, 16)), Recorded(random));
                yield return person;
            }

            last = maker.LastIndex;
        }
    }

    LocalDate Recorded(SeededRandom random) => Known.OnDayOfMonth(random.Between(17, 24));
}
