using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Banks;

/// <summary>The channels of this process, one a bank, made from the stored settings as they are first wanted.</summary>
/// <param name="files">The disk.</param>
/// <param name="workFolder">Where a channel keeps what it needs for a moment (what it read back, the pinned host key); for the owner alone.</param>
/// <param name="time">The clock of pauses and time-outs; null: the system's.</param>
public sealed class BankChannels(IFiles files, string workFolder, TimeProvider? time = null)
{
    readonly Dictionary<(string Bank, int Version), SteadyChannel> made = [];

    /// <summary>The channel to a bank.</summary>
    /// <returns><c>not_allowed.channel_by_hand</c> when its files are handed over by a person.</returns>
    public Result<IBankChannel> Of(StoredChannel settings)
    {
        if (settings.Kind == ChannelKind.Hand)
        {
            return new Problem("not_allowed.channel_by_hand", $"Files to bank {settings.BankBin} are handed over by a person.",
                "Hand them over, then record it: payengine run send R --recorded \"who, when, how\".");
        }

        if (made.TryGetValue((settings.BankBin, settings.Version), out var known)) return known;
        IBankChannel plain = settings.Kind == ChannelKind.Folder
            ? new FolderChannel(files, settings.Folder!)
            : new SftpChannel(files, new(settings.Host!, settings.Port!.Value, settings.Login!, settings.KeyFile!, settings.HostKey!, settings.Folder!), workFolder);
        return made[(settings.BankBin, settings.Version)] = new SteadyChannel(plain, new(settings.Tries, settings.TimeOutSeconds, settings.BreakAfter, settings.BreakSeconds), time);
    }
}
