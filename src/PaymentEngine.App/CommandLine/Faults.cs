using System.Net.Sockets;
using Npgsql;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>Turns an exception that reached the top into words: what happened, and what a person can do.</summary>
public static class Faults
{
    public static Problem ProblemOf(Exception fault) => fault switch
    {
        PostgresException refused => new Problem("fault.database", $"The database refused a statement ({refused.SqlState}): {refused.MessageText}.",
            "Nothing of this step was kept. Run the command again with --debug and report it if it repeats."),
        NpgsqlException or SocketException => new Problem("neighbour.database", $"The database does not answer: {fault.Message}.",
            "See payengine db status and payengine doctor, then run the same command again: finished parts are not repeated."),
        UnauthorizedAccessException => new Problem("fault.file_access", fault.Message, "Give this user the right to read and write there, or name another place."),
        IOException => new Problem("fault.file", fault.Message, "Check the place and the free space of the disk, then run the command again."),
        _ => new Problem("fault.unexpected", $"{fault.GetType().Name}: {fault.Message}",
            "This is a fault of the program. Run it again with --debug and report what it prints; nothing half-done was kept."),
    };
}
