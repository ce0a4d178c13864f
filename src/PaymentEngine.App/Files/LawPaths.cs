using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.App.Files;

/// <summary>Files of law as a person names them: files, or folders whose CSV files are meant.</summary>
public static class LawPaths
{
    /// <summary>The bytes by name: a file's own name, below a folder its path there.</summary>
    /// <returns>Or every path that is missing, unreadable, too large, or named alike.</returns>
    public static Result<IReadOnlyDictionary<string, byte[]>> Read(IFiles disk, IReadOnlyList<string> paths)
    {
        var problems = new List<Problem>();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                var before = files.Count;
                foreach (var file in Directory.EnumerateFiles(path, "*.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                    Add(disk, Path.GetRelativePath(path, file).Replace('\\', '/'), file, files, problems);
                if (files.Count == before) problems.Add(new Problem("law.empty_folder", "The folder has no CSV file.", "Name the folder that holds the law's files.").In(path));
            }
            else if (disk.WhyUnreadable(path) is { } unreadable) problems.Add(unreadable);
            else Add(disk, Path.GetFileName(path), path, files, problems);
        }

        return problems.Count > 0 ? Result<IReadOnlyDictionary<string, byte[]>>.Refuse(problems) : files;
    }

    static void Add(IFiles disk, string name, string path, SortedDictionary<string, byte[]> files, List<Problem> problems)
    {
        if (disk.WhyUnreadable(path) is { } unreadable)
        {
            problems.Add(unreadable);
            return;
        }

        if (disk.Size(path) > Laws.FileBytesMax)
        {
            problems.Add(new Problem("law.too_large", "The file is larger than any table of law.", $"A file of law has at most {Laws.FileBytesMax / (1024 * 1024)} MB; is it the right one?").In(path));
            return;
        }

        using var stream = disk.Read(path);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        if (!files.TryAdd(name, memory.ToArray())) problems.Add(new Problem("law.name_twice", $"Two files are called {name}.", "Give each its own name.").In(path));
    }
}
