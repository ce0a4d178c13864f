using System.Net.Sockets;
using Npgsql;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Access;

namespace PaymentEngine.App.CommandLine;

/// <summary>Turns an exception that reached the top into words: what happened, and what a person can do.</summary>
public static class Faults
{
    public static Problem ProblemOf(Exception fault) => fault switch
    {
        OperationKeyReusedException other => new Problem("operation.key_reused", $"This was done before with other content ({other.Key}).",
            "Nothing was changed. Look at what stands; what is to be different needs a new decision, not the same one again."),
        PostgresException { SqlState: LedgerStore.Stopped } => new Problem("not_allowed.writing_stopped", "Money is not moved: an invariant of the ledger is broken.",
            "See what broke: payengine verify. When it holds again, an approver says so: payengine ledger resume --reason \"…\"."),
        OtherGlassException other => new Problem("not_allowed.other_exception", $"Exception {other.Glass.GlassNo} is for {other.Glass.Subject}, and this is something else.",
            "Do what it was granted for, or ask for an exception of its own: payengine breakglass ask …"),
        PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: { } pair } when DutyPairs.RefusalOf(pair) is { } two => two,
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } outside => new Problem("not_allowed.scope", $"The store keeps this out of reach ({outside.MessageText}).",
            "Nothing was kept. Rows of other communes are for a colleague who acts there."),
        PostgresException refused => new Problem("fault.database", $"The database refused a statement ({refused.SqlState}): {refused.MessageText}.",
            "Nothing of this step was kept. Run the command again with --debug and report it if it repeats."),
        NpgsqlException or SocketException => new Problem("neighbour.database", $"The database does not answer: {fault.Message}.",
            "See payengine db status and payengine doctor, then run the same command again: finished parts are not repeated."),
        UnauthorizedAccessException => new Problem("fault.file_access", fault.Message, "Give this user the right to read and write there, or name another place."),
        DirectoryNotFoundException => new Problem("file.no_folder", fault.Message, "Make the folder first, or name another place."),
        IOException => new Problem("fault.file", fault.Message, "Check the place and the free space of the disk, then run the command again."),
        _ => new Problem("fault.unexpected", $"{fault.GetType().Name}: {fault.Message}",
            "This is a fault of the program. Run it again with --debug and report what it prints; nothing half-done was kept."),
    };
}
