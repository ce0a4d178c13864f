using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>Which file, batch and line holds a payment: by arithmetic on its id, and only what the caller may see.</summary>
public sealed class PaymentsInFiles(Database database)
{
    /// <summary>The file, batch and place of a payment.</summary>
    public async Task<Result<OrderInFile>> FindAsync(Caller caller, InstructionId id, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        return await BankFileStore.FindAsync(session, id, cancel) is { } found
            ? found
            : new Problem("payment.not_in_a_file", $"{id} stands in no file to a bank that you may see.", "Check the id; a payment in cash has none.");
    }

    /// <summary>The payments of a person in the files of a run.</summary>
    public async Task<Result<IReadOnlyList<OrderInFile>>> FindAsync(Caller caller, RunId run, string personId, CancellationToken cancel = default)
    {
        await using var session = await database.DeskAsync(caller.Scope, cancel);
        var found = await BankFileStore.FindAsync(session, run, personId, cancel);
        return found.Count > 0
            ? Result<IReadOnlyList<OrderInFile>>.Ok(found)
            : new Problem("payment.not_in_a_file", $"Person {personId} stands in no file of run {run} that you may see.", "Check the person's number; a payment in cash has no file.");
    }

    /// <summary>The line of the file on which a payment stands, from 1. A message: four lines of head (two more of an envelope and its header), then for each batch one, its payments, and one.
    /// A list: its head, its titles, then a row each.</summary>
    public static int LineOf(OrderInFile found)
    {
        var profile = PaymentProfiles.Of(found.Profile, found.ProfileContent);
        return profile.Layout is { } layout ? layout.HeaderRows.Count + 1 + found.LinesBefore + found.PlaceInBatch
            : (profile.Envelope == EnvelopeKind.None ? 4 : 6) + (2 * (found.BatchNo - 1)) + 1 + found.LinesBefore + found.PlaceInBatch;
    }
}
