using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Banks;

/// <summary>What became of an act of sending.</summary>
public enum SendOutcome : byte
{
    /// <summary>The bank has it.</summary>
    Sent = 1,

    /// <summary>It is certain that the bank has it not.</summary>
    Refused,

    /// <summary>Nobody can know yet.</summary>
    Unknown,
}

/// <summary>The outcome of an act of sending, and in words what speaks for it.</summary>
public sealed record SendReport(SendOutcome Outcome, string Evidence);

/// <summary>What became of taking a file back out of a channel.</summary>
public enum TakeBackOutcome : byte
{
    /// <summary>It was there with the same bytes, and is out: the bank has not taken it.</summary>
    Recovered = 1,

    /// <summary>It is no longer there: the bank has it.</summary>
    Gone,

    /// <summary>Another file has its name.</summary>
    OtherBytes,

    /// <summary>Nobody can know yet.</summary>
    Unknown,
}

/// <summary>A way to a bank. A seam: the simulation and crash tests stand in for it.</summary>
/// <remarks>
/// Sending is two steps. <see cref="BringAsync"/> carries the bytes beside their place and may be repeated, since nothing stands under the file's name.
/// <see cref="AppearAsync"/> is the act: from its first moment nobody can be sure, so it is done once and never again by itself.
/// Trouble on the way is a <see cref="ChannelException"/>.
/// </remarks>
public interface IBankChannel
{
    /// <summary>As recorded with the intent.</summary>
    string Name { get; }

    /// <summary>What the channel holds under a file's name. May be repeated.</summary>
    Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel);

    /// <summary>Carries a sealed file into the channel under an unfinished name and proves that it arrived whole. May be repeated.</summary>
    Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel);

    /// <summary>Gives the file that was brought its name, never over another one. Throws nothing that leaves the outcome open.</summary>
    Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel);

    /// <summary>Sets a file aside in the channel when the same bytes are still there, so that the bank can no longer take it. Says something about the bank only where the bank
    /// takes files away (a setting of the channel). Interrupted, it is done again: what was set aside is found.</summary>
    Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel);

    /// <summary>Removes what was set aside, once that is written down. May be repeated.</summary>
    Task ClearAsideAsync(string fileName, CancellationToken cancel);
}

/// <summary>The channel does not work: what happened and what a person can do.</summary>
/// <param name="problem">For people.</param>
/// <param name="isPassing">True when the same thing may work a moment later: no connection, no answer. False when a person must change something first: host key, login, folder.</param>
public sealed class ChannelException(Problem problem, bool isPassing) : Exception(problem.ToString())
{
    public Problem Problem { get; } = problem;

    public bool IsPassing { get; } = isPassing;
}
