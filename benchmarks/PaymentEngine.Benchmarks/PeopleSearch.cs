using System.Diagnostics;
using System.Globalization;
using NodaTime;
using PaymentEngine.App.Generation;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Core.Recipients.Population;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Tests.Recipients.Duplicates;

namespace PaymentEngine.Benchmarks;

/// <summary>Duplicates among registers of growing size, with recall and precision on planted ones; and 100,000 answers of the population database read and matched.</summary>
static class PeopleSearch
{
    public static void Print()
    {
        foreach (var size in (int[])[75_000, 150_000, 300_000]) Search(size);
        Match(100_000);
    }

    /// <summary>Half of the records are in the register, the other half arrive; 10,000 of those that arrive are people the register has.</summary>
    static void Search(int size)
    {
        var world = PlantedDuplicates.Make((size * 2) - 20_000, 10_000, 42);
        var records = world.Records;
        var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var result = DuplicateSearch.Find(records, size);
        var (seconds, busy) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        var planted = world.OriginalOf.Select((original, copy) => (original, world.FirstCopy + copy)).ToHashSet();
        var hits = result.Pairs.Count(pair => planted.Contains((pair.First, pair.Second)));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{records.Count - size,9:N0} against {size,9:N0}: {seconds,6:0.00} s, {busy,6:0.00} s of processor, {busy * 1e6 / records.Count,6:0.0} µs a record; {result.Comparisons,11:N0} comparisons, {result.CrowdedBlocks} crowded; recall {hits / (double)planted.Count:0.0000}, precision {hits / (double)result.Pairs.Count:0.0000}; {process.PeakWorkingSet64 / 1e6:0} MB highest so far"));
    }

    static void Match(int people)
    {
        var ours = new ProvinceWorld(new GenerationOptions(people, 7, new YearMonth(2026, 10))).People().Select(person => person.Facts).Take(people).ToList();
        using var bytes = new MemoryStream();
        using (var writer = NoticeFiles.WriteAnswers(bytes))
        {
            for (var place = 0; place < people; place++)
            {
                var person = ours[place];
                var number = person.IdNumber is { Length: 12 } known ? known : string.Create(CultureInfo.InvariantCulture, $"040150{place:000000}");
                writer.Write(place % 50 == 0
                    ? new PopulationAnswer(person.PersonId, PopulationOutcome.NotFound, null, null, null, Sex.Unknown, null, null, new LocalDate(2026, 10, 5), null)
                    : new PopulationAnswer(person.PersonId, PopulationOutcome.Found, number, place % 20 == 0 ? person.FullName + " Hai" : person.FullName, person.Birth.IsExact ? person.Birth : new BirthDate(person.Birth.Year, 5, 6), person.Sex, null, person.CommuneCode, new LocalDate(2026, 10, 5), null));
            }
        }

        var register = ours.ToDictionary(person => person.PersonId, StringComparer.Ordinal);
        var (cpu, watch, counts) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), new Dictionary<PopulationDifference, int>());
        using var reading = NoticeFiles.ReadAnswers(new MemoryStream(bytes.ToArray()), "answers.csv");
        foreach (var row in reading)
        {
            var differences = PopulationMatch.Of(register[row.Value.PersonId], row.Value);
            counts[differences] = counts.GetValueOrDefault(differences) + 1;
        }

        if (reading.Refusals.Count > 0) throw new InvalidOperationException(reading.Refusals.Kept[0].ToString());
        var (seconds, busy) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{people:N0} answers ({bytes.ToArray().Length / 1e6:0.0} MB) read and matched: {seconds:0.00} s, {busy * 1e6 / people:0.0} µs of processor a person; {string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"))}"));
    }
}
