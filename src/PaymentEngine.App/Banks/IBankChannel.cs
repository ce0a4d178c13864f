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

/// <summary>A way to a bank. A seam: the simulation and crash tests stand in for it.</summary>
public interface IBankChannel
{
    /// <summary>As recorded with the intent.</summary>
    string Name { get; }

    /// <summary>What the channel holds under a file's name.</summary>
    InChannel Look(string fileName, string sha256);

    /// <summary>Brings a sealed file into the channel, never over another one.</summary>
    /// <returns>The outcome, and in words what speaks for it.</returns>
    (SendOutcome Outcome, string Evidence) Send(string sealedPath, string fileName, string sha256);
}
