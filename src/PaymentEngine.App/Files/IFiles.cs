namespace PaymentEngine.App.Files;

/// <summary>The disk, as far as payment files need it. A seam: crash tests count its actions, the simulation stands in for it.</summary>
/// <remarks>A file that counts is written as: create beside its place, write, fsync, close, rename, fsync the folder. After a crash at any point there is
/// the whole file under its name or none.</remarks>
public interface IFiles
{
    bool Exists(string path);

    /// <summary>The names (not paths) in a folder in ordinal order; empty when the folder is not there.</summary>
    IReadOnlyList<string> List(string folder);

    long Size(string path);

    Stream Read(string path);

    /// <summary>Opens a new file for writing, readable by its owner alone; an older one of the same name is an error, since nothing that counts is overwritten.</summary>
    Stream Create(string path);

    /// <summary>Makes a folder and its parents, for their owner alone; nothing happens when it is there.</summary>
    void MakeFolder(string folder);

    /// <summary>Brings everything written to <paramref name="created"/> (a stream of <see cref="Create"/>) to the disk itself.</summary>
    void FlushToDisk(Stream created);

    /// <summary>Gives a file its final name in the same folder or another of the same disk. Refused when something stands there.</summary>
    void Rename(string from, string to);

    /// <summary>Brings the folder's list of names to the disk: before that a rename can be lost.</summary>
    void FlushFolder(string folder);

    /// <summary>Deletes a file; nothing happens when it is not there.</summary>
    void Delete(string path);

    /// <summary>Adds a line to a file that only grows and brings it to the disk; alone with the file while it does, also among programs. A line that a crash left
    /// unfinished is dropped first. The file is made, for its owner alone, when it is not there.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="line">Makes the line, without its line feed, from the last whole line; null when there is none. Null: nothing is added.</param>
    void AppendLine(string path, Func<string?, string?> line);
}
