using PaymentEngine.Core;

namespace PaymentEngine.App.Files;

/// <summary>A file that a person has named on the command line, looked at before anything is begun.</summary>
static class GivenFile
{
    /// <summary>Why the file cannot be read, or null when it can.</summary>
    /// <returns><c>file.missing</c>, <c>file.is_folder</c>, or <c>file.unreadable</c> (no right to read it, or the disk does not give it).</returns>
    public static Problem? WhyUnreadable(this IFiles files, string path)
    {
        if (Directory.Exists(path)) return new Problem("file.is_folder", $"{path} is a folder.", "Name the files in it.").In(path);
        if (!files.Exists(path)) return Missing(path);
        try
        {
            files.Read(path).Dispose();
            return null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing(path); // A link that leads nowhere.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Problem("file.unreadable", $"{path} cannot be read: {refused.Message}", "Check the rights on the file and the disk it lies on.").In(path);
        }
    }

    static Problem Missing(string path) =>
        path.Length == 0 ? new Problem("file.missing", "The name of a file is empty.", "Name the file.") : new Problem("file.missing", $"There is no file {path}.", "Check the name and the folder.").In(path);
}
