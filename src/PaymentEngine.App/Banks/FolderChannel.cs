using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Banks;

/// <summary>A folder that the bank's transfer program empties or watches. A file appears in it whole or not at all.</summary>
public sealed class FolderChannel(IFiles files, string folder) : IBankChannel
{
    const string Unfinished = ".tmp";
    const string SetAside = ".back";

    public string Name => "folder " + folder;

    public Task<InChannel> LookAsync(string fileName, string sha256, CancellationToken cancel) => OnDiskAsync(() => Look(fileName, sha256), cancel);

    public Task BringAsync(string sealedPath, string fileName, string sha256, CancellationToken cancel) => OnDiskAsync(() =>
    {
        var beside = Path.Combine(folder, fileName + Unfinished);
        files.MakeFolder(folder);
        files.Delete(beside);
        // What an earlier sending left aside must not be taken for this one.
        files.Delete(Path.Combine(folder, fileName + SetAside));
        using (var source = files.Read(sealedPath))
        using (var copy = files.Create(beside))
        {
            source.CopyTo(copy, 256 * 1024);
            files.FlushToDisk(copy);
        }

        if (FileWriting.Sha256Of(files, beside) == sha256) return true;
        files.Delete(beside);
        throw new ChannelException(new Problem("neighbour.bank_channel", $"The copy of {fileName} in {folder} had other bytes and was deleted.", "Look at the disk of the folder, then do this again."), isPassing: true);
    }, cancel);

    public Task<SendReport> AppearAsync(string fileName, string sha256, CancellationToken cancel)
    {
        var path = Path.Combine(folder, fileName);
        SendReport sent = new(SendOutcome.Sent, $"In {folder} as {fileName}, SHA-256 {sha256}.");
        try
        {
            files.Rename(path + Unfinished, path);
            files.FlushFolder(folder);
            return Task.FromResult(sent);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // While the unfinished name stands nothing had the file's own; after that the bank may have taken the file away already.
            if (files.Exists(path + Unfinished)) return Task.FromResult(new SendReport(SendOutcome.Refused, refused.Message));
            return Task.FromResult(Look(fileName, sha256) == InChannel.SameBytes ? sent : new SendReport(SendOutcome.Unknown, refused.Message));
        }
    }

    public Task<TakeBackOutcome> SetAsideAsync(string fileName, string sha256, CancellationToken cancel) => OnDiskAsync(() =>
    {
        var (path, aside) = (Path.Combine(folder, fileName), Path.Combine(folder, fileName + SetAside));
        // The rename is the moment: whoever has the file then has it alone, the bank's program or we. One that was interrupted after it goes on here.
        if (!files.Exists(aside))
        {
            if (Look(fileName, sha256) is var found and not InChannel.SameBytes) return found == InChannel.Nothing ? TakeBackOutcome.Gone : TakeBackOutcome.OtherBytes;
            try
            {
                files.Rename(path, aside);
            }
            catch (FileNotFoundException)
            {
                return TakeBackOutcome.Gone;
            }
        }

        files.FlushFolder(folder);
        return FileWriting.Sha256Of(files, aside) == sha256 ? TakeBackOutcome.Recovered : TakeBackOutcome.OtherBytes;
    }, cancel);

    public Task ClearAsideAsync(string fileName, CancellationToken cancel) => OnDiskAsync(() =>
    {
        files.Delete(Path.Combine(folder, fileName + SetAside));
        return true;
    }, cancel);

    InChannel Look(string fileName, string sha256)
    {
        var path = Path.Combine(folder, fileName);
        return !files.Exists(path) ? InChannel.Nothing : FileWriting.Sha256Of(files, path) == sha256 ? InChannel.SameBytes : InChannel.OtherBytes;
    }

    Task<T> OnDiskAsync<T>(Func<T> work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Task.FromException<T>(new ChannelException(new Problem("neighbour.bank_channel", $"The folder {folder} does not take the file: {refused.Message}",
                "See that the folder is there, that this user may write in it and that its disk has room; then do this again."), isPassing: refused is not UnauthorizedAccessException));
        }
    }
}
