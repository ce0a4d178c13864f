namespace PaymentEngine.App.Files;

/// <summary>Files that appear under their names whole or not at all: written beside the place, brought to the disk, renamed.</summary>
static class WholeFile
{
    const string Unfinished = ".tmp";

    /// <summary>Writes a file that can be made again at any time (a printed page, a list); an older one of the same name gives way.</summary>
    public static void Replace(this IFiles files, string path, Action<Stream> write)
    {
        files.WriteBeside(path, write);
        files.Delete(path);
        files.Appear(path);
        files.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Writes a file beside its place; nobody takes it for the file before <see cref="Appear"/>.</summary>
    public static void WriteBeside(this IFiles files, string path, Action<Stream> write)
    {
        using var stream = files.CreateBeside(path);
        write(stream);
        files.FlushToDisk(stream);
    }

    /// <summary>A new file beside the place of <paramref name="path"/>; what an earlier try left there is gone.</summary>
    public static Stream CreateBeside(this IFiles files, string path)
    {
        files.Delete(path + Unfinished);
        return files.Create(path + Unfinished);
    }

    /// <summary>Gives a file that was written beside its place its name. The caller brings the folder to the disk.</summary>
    public static void Appear(this IFiles files, string path) => files.Rename(path + Unfinished, path);

    /// <summary>Removes what was written beside the place and will not appear.</summary>
    public static void Discard(this IFiles files, string path) => files.Delete(path + Unfinished);
}
