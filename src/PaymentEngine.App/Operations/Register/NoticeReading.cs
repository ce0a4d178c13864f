using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.App.Operations.Register;

/// <summary>A file of notices, read whole: its rows with their lines, and the digest of its bytes.</summary>
sealed record NoticeFile<T>(string Name, string Sha256, IReadOnlyList<RegisterRow<T>> Rows);

/// <summary>Reads files that report what happened to people: all rows or all refusals, never a part.</summary>
static class NoticeReading
{
    /// <summary>A province reports some hundreds a month; the population database answers for communes of some thousands.</summary>
    const long BytesMax = 256L << 20;

    public static Result<NoticeFile<T>> Read<T>(IFiles files, string path, Func<Stream, string, RegisterReading<T>> open)
    {
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        var name = Path.GetFileName(path);
        if (files.Size(path) > BytesMax) return new Problem("file.too_large", $"The file is larger than {BytesMax >> 20} MB.", "Is it the right file? Give it in parts.").In(name);
        string digest;
        using (var bytes = files.Read(path)) digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        using var reading = open(files.Read(path), name);
        var rows = reading.ToList();
        if (reading.Refusals.Count > 0) return Result<NoticeFile<T>>.Refuse([.. reading.Refusals.Kept]);
        return rows.Count == 0 ? new Problem("file.empty", "The file has a header and no rows.", "Give a row for each person.").In(name) : new NoticeFile<T>(name, digest, rows);
    }
}
