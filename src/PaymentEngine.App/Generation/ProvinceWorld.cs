using System.Globalization;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.App.Generation;

/// <summary>A generated province, made household by household and never held as a whole.</summary>
/// <remarks>Each commune draws from its own part of the seed, so the people of one do not depend on how many draws another took.</remarks>
sealed class ProvinceWorld
{
    static readonly LocalDate merged = new(2025, 7, 1);

    readonly GenerationOptions options;

    public ProvinceWorld(GenerationOptions options)
    {
        this.options = options;
        Profile = ProvinceProfile.Find(options.ProvinceCode) ?? throw new ArgumentException($"No profile of province {options.ProvinceCode}.", nameof(options));
        var count = Math.Clamp(options.Recipients / 150, Math.Min(4, options.Recipients), Profile.CommunesMax);
        var random = SeededRandom.For(options.Seed, Part.Communes);
        Communes = [.. Enumerable.Range(1, count).Select(n => new GeneratedCommune(
            n, string.Create(CultureInfo.InvariantCulture, $"{options.ProvinceCode}{n:000}"), VietnameseNames.Place(n - 1), random.Chance(1_200) ? "Phường" : "Xã", random.Chance(2_000)))];
    }

    public ProvinceProfile Profile { get; }

    public IReadOnlyList<GeneratedCommune> Communes { get; }

    /// <summary>Everybody, by commune and then by person_id.</summary>
    public IEnumerable<GeneratedPerson> People()
    {
        var index = 0L;
        var quotas = Quotas(options.Recipients, Part.Quotas);
        foreach (var commune in Communes)
        {
            var maker = new HouseholdMaker(options, Profile, commune, SeededRandom.For(options.Seed, Part.People + (ulong)commune.Number), index);
            var left = quotas[commune.Number - 1];
            while (left > 0)
            {
                foreach (var person in maker.Next(left))
                {
                    if (person.IsRecipient) left--;
                    yield return person;
                }
            }

            index = maker.LastIndex;
        }
    }

    /// <summary>How many of a total each commune has: between half and one and a half of the mean, and exactly the total together.</summary>
    public int[] Quotas(int total, ulong part)
    {
        var random = SeededRandom.For(options.Seed, part);
        var weights = Communes.Select(_ => random.Between(50, 150)).ToArray();
        var sum = weights.Sum();
        var quotas = weights.Select(weight => (int)((long)total * weight / sum)).ToArray();
        for (var i = 0; quotas.Sum() < total; i++) quotas[i % quotas.Length]++;
        return quotas;
    }

    /// <summary>The communes, and before the merger of 01/07/2025 the former ones that a few of them were made of.</summary>
    public IEnumerable<Area> Areas()
    {
        foreach (var commune in Communes)
            yield return new Area(commune.Code, $"{commune.Kind} {commune.Name}", options.ProvinceCode, merged, null, []);
        foreach (var commune in Communes.Take(5))
            for (var former = 1; former <= 2; former++)
                yield return new Area(string.Create(CultureInfo.InvariantCulture, $"{options.ProvinceCode}{800 + (commune.Number * 2) + former:000}"),
                    $"Xã {commune.Name} {former}", options.ProvinceCode, null, merged.PlusDays(-1), [commune.Code]);
    }

    /// <summary>Two departments pay: home affairs for NCC, health for BTXH and HTXH (law/README.md §5).</summary>
    public IEnumerable<PayerRow> Payers()
    {
        var random = SeededRandom.For(options.Seed, Part.Payers);
        yield return Payer("NCC", "Sở Nội vụ", [Programme.Ncc], "970405");
        yield return Payer("BTXH", "Sở Y tế", [Programme.Btxh, Programme.Htxh], "970418");

        PayerRow Payer(string code, string department, IReadOnlyList<Programme> programmes, string bank) => new()
        {
            PayerCode = $"{options.ProvinceCode}-{code}",
            Name = $"{department} {Profile.Name}",
            ShortName = $"{department} ({code})",
            Kind = PayerKind.Department,
            ProvinceCode = options.ProvinceCode,
            Programmes = programmes,
            CountsFrom = options.Month,
            DebtorBankBin = bank,
            DebtorAccountNo = AccountNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"3{random.Below(1_000_000):000000}{random.Below(1_000_000):000000}")).Value,
            DebtorAccountName = VietnameseNames.AtBank($"{department} {Profile.Name}"),
            CustomerNo = string.Create(CultureInfo.InvariantCulture, $"{random.Below(100_000_000):00000000}"),
            ValidFrom = merged,
        };
    }
}

/// <summary>The parts of a seed: each draws its own sequence.</summary>
static class Part
{
    public const ulong Communes = 1;
    public const ulong Quotas = 2;
    public const ulong Payers = 3;
    public const ulong NewQuotas = 4;
    public const ulong People = 1_000;
    public const ulong NewPeople = 10_000;
    public const ulong Changes = 1UL << 40;
}
