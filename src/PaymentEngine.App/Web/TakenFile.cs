using Microsoft.AspNetCore.Http;

namespace PaymentEngine.App.Web;

/// <summary>A file a person gave to a page: laid into a folder of its own, for the program's owner alone, under a name that is only a name; gone when its reading is over.</summary>
sealed class TakenFile : IDisposable
{
    const int NameMax = 100;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("payengine-taken-");

    /// <summary>Where it lies.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Takes what was sent. Its size was limited before it was read.</summary>
    public static async Task<TakenFile> OfAsync(IFormFile sent, CancellationToken cancel)
    {
        var taken = new TakenFile();
        try
        {
            var name = string.Concat(System.IO.Path.GetFileName(sent.FileName.Replace('\\', '/')).Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ' ? letter : '_'));
            taken.Path = System.IO.Path.Combine(taken.folder.FullName, name.Trim('.', ' ').Length == 0 ? "file" : name.Length > NameMax ? name[^NameMax..] : name);
            await using var to = new FileStream(taken.Path, FileMode.CreateNew, FileAccess.Write);
            await sent.CopyToAsync(to, cancel);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (folder.Exists) folder.Delete(recursive: true);
    }
}
