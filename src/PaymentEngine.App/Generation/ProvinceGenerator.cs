using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.App.Generation;

/// <summary>How many rows were written.</summary>
public sealed record GenerationSummary(long Recipients, long People, long Awards, long Payees, long PaidByAccount, int Communes);

/// <summary>Writes a generated province as register files. Streaming: memory does not grow with the number of people.</summary>
public static class ProvinceGenerator
{
    /// <summary>Writes the whole register: areas, payers, people, awards, payees, local-standards (empty).</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="create">Makes a file of this name for writing; it is closed when done.</param>
    /// <param name="written">Told now and then how many recipients are written.</param>
    /// <param name="cancel">Stops between two people.</param>
    public static GenerationSummary Generate(GenerationOptions options, Func<string, Stream> create, Action<long>? written = null, CancellationToken cancel = default)
    {
        var world = new ProvinceWorld(options);
        using (var areas = RegisterFilesWriter.Areas(create(RegisterFiles.FileName(RegisterFileKind.Areas))))
            foreach (var area in world.Areas()) areas.Write(area);
        using (var payers = RegisterFilesWriter.Payers(create(RegisterFiles.FileName(RegisterFileKind.Payers))))
            foreach (var payer in world.Payers()) payers.Write(payer);
        RegisterFilesWriter.LocalStandards(create(RegisterFiles.FileName(RegisterFileKind.LocalStandards))).Dispose();

        using var files = new GeneratedFiles(create);
        foreach (var person in world.People())
        {
            cancel.ThrowIfCancellationRequested();
            files.Write(person);
            if (files.Recipients % 1_000 == 0) written?.Invoke(files.Recipients);
        }

        return files.Summary(world.Communes.Count);
    }

    /// <summary>Writes what the month after the first one brings: people, awards and payees with new rows only.</summary>
    /// <inheritdoc cref="Generate"/>
    public static GenerationSummary NextMonthChanges(GenerationOptions options, Func<string, Stream> create, Action<long>? written = null, CancellationToken cancel = default)
    {
        var world = new ProvinceWorld(options);
        using var files = new GeneratedFiles(create);
        var seen = 0L;
        foreach (var change in new MonthOfChanges(options, world).Rows())
        {
            cancel.ThrowIfCancellationRequested();
            if (change is { } person) files.Write(person);
            if (++seen % 1_000 == 0) written?.Invoke(seen);
        }

        return files.Summary(world.Communes.Count);
    }

    /// <summary>The three files that grow with people, open at the same time.</summary>
    sealed class GeneratedFiles(Func<string, Stream> create) : IDisposable
    {
        readonly RegisterWriter<PersonFacts> people = RegisterFilesWriter.People(create(RegisterFiles.FileName(RegisterFileKind.People)));
        readonly RegisterWriter<Award> awards = RegisterFilesWriter.Awards(create(RegisterFiles.FileName(RegisterFileKind.Awards)));
        readonly RegisterWriter<Payee> payees = RegisterFilesWriter.Payees(create(RegisterFiles.FileName(RegisterFileKind.Payees)));
        long paidByAccount;

        public long Recipients { get; private set; }

        public void Write(GeneratedPerson person)
        {
            if (person.IsRecipient) Recipients++;
            foreach (var row in person.FactRows) people.Write(row);
            foreach (var award in person.Awards) awards.Write(award);
            foreach (var payee in person.Payees)
            {
                payees.Write(payee);
                if (payee.AwardId is null && payee.Channel != PayoutChannel.Cash) paidByAccount++;
            }
        }

        public GenerationSummary Summary(int communes) => new(Recipients, people.RowsWritten, awards.RowsWritten, payees.RowsWritten, paidByAccount, communes);

        public void Dispose()
        {
            people.Dispose();
            awards.Dispose();
            payees.Dispose();
        }
    }
}
