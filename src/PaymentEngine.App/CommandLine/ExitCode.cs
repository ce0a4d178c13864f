using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>What the program says to a script. Contract: these figures never change their meaning.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>A fault of ours: a bug, a full disk, a broken installation.</summary>
    public const int OurFault = 1;

    public const int WrongUsage = 2;

    /// <summary>The input was refused and nothing was applied.</summary>
    public const int Refused = 3;

    /// <summary>Rights, separation of duties or state do not allow it.</summary>
    public const int NotAllowed = 4;

    /// <summary>A neighbour (database, bank channel) does not answer.</summary>
    public const int NeighbourSilent = 5;

    /// <summary>Stopped by the person at the keyboard (Ctrl-C) or by SIGTERM, as shells count it.</summary>
    public const int Stopped = 130;

    /// <summary>The exit code a problem asks for, read from the first part of its code: <c>usage.</c>, <c>not_allowed.</c>, <c>neighbour.</c>,
    /// <c>fault.</c>; everything else is an input that was refused.</summary>
    public static int For(Problem problem) => problem.Code.Split('.')[0] switch
    {
        "fault" => OurFault,
        "usage" => WrongUsage,
        "not_allowed" => NotAllowed,
        "neighbour" => NeighbourSilent,
        _ => Refused,
    };
}
