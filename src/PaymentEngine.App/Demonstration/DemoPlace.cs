using PaymentEngine.Core;

namespace PaymentEngine.App.Demonstration;

/// <summary>The folder of a demonstration and what tells that a folder or a database is one: only such may be emptied for the next demonstration.</summary>
sealed class DemoPlace
{
    public const string Mark = ".payengine-demo";

    readonly string home;

    DemoPlace(string home, string folder) => (this.home, Folder) = (home, folder);

    public string Folder { get; }

    public string Register => Sub("register");

    public string Changes => Sub("register-changes");

    public string Files => Sub("files");

    /// <summary>What the bank gets.</summary>
    public string BankIn => Sub("bank-in");

    /// <summary>What the bank answers.</summary>
    public string BankOut => Sub("bank-out");

    public string Cash => Sub("cash");

    public string Certificates => Sub("certificates");

    public string People => Sub("people");

    /// <summary>The database of this home holds a demonstration and nothing else.</summary>
    public bool DatabaseIsDemo => File.Exists(Path.Combine(home, Mark));

    /// <summary>Prepares the folder: made, or emptied when an earlier demonstration left it.</summary>
    public static Result<DemoPlace> Prepare(string home, string folder)
    {
        var place = new DemoPlace(home, Path.GetFullPath(folder));
        if (Directory.Exists(place.Folder) && Directory.EnumerateFileSystemEntries(place.Folder).Any())
        {
            if (!File.Exists(Path.Combine(place.Folder, Mark)))
                return new Problem("demo.folder_in_use", $"{place.Folder} holds other files.", "Name an empty or new folder with --dir; a demonstration empties its own folder only.");
            Directory.Delete(place.Folder, recursive: true);
        }

        Directory.CreateDirectory(place.Folder);
        File.WriteAllText(Path.Combine(place.Folder, Mark), "");
        return place;
    }

    /// <summary>From now on the database of this home is known as a demonstration.</summary>
    public void MarkDatabase()
    {
        Directory.CreateDirectory(home);
        File.WriteAllText(Path.Combine(home, Mark), Folder + "\n");
    }

    string Sub(string name) => Path.Combine(Folder, name);
}
