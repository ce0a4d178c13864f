using PaymentEngine.App.Files;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Banks;

/// <summary>A folder that the bank's transfer program empties or watches. A file appears in it whole or not at all.</summary>
public sealed class FolderChannel(IFiles files, string folder) : IBankChannel
{
    const string Unfinished = ".tmp";

    public string Name => "folder " + folder;

    public InChannel Look(string fileName, string sha256)
    {
        var path = Path.Combine(folder, fileName);
        return !files.Exists(path) ? InChannel.Nothing : FileWriting.Sha256Of(files, path) == sha256 ? InChannel.SameBytes : InChannel.OtherBytes;
    }

    public (SendOutcome Outcome, string Evidence) Send(string sealedPath, string fileName, string sha256)
    {
        var path = Path.Combine(folder, fileName);
        var mayHaveAppeared = false;
        try
        {
            files.MakeFolder(folder);
            files.Delete(path + Unfinished);
            using (var source = files.Read(sealedPath))
            using (var copy = files.Create(path + Unfinished))
            {
                source.CopyTo(copy, 256 * 1024);
                files.FlushToDisk(copy);
            }

            if (FileWriting.Sha256Of(files, path + Unfinished) != sha256)
            {
                files.Delete(path + Unfinished);
                return (SendOutcome.Refused, "The copy in the folder had other bytes and was deleted.");
            }

            mayHaveAppeared = true;
            files.Rename(path + Unfinished, path);
            files.FlushFolder(folder);
            return (SendOutcome.Sent, $"In {folder} as {fileName}, SHA-256 {sha256}.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Before the rename nothing stood under the name; after it the bank may have taken the file away already.
            if (!mayHaveAppeared || files.Exists(path + Unfinished)) return (SendOutcome.Refused, refused.Message);
            return Look(fileName, sha256) == InChannel.SameBytes ? (SendOutcome.Sent, $"In {folder} as {fileName}, SHA-256 {sha256}.") : (SendOutcome.Unknown, refused.Message);
        }
    }
}
