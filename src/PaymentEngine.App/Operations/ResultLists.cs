using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.App.Operations;

/// <summary>What concerns a bank's result lists before any of them counts: whose they are, and giving a bad one back with its errors.</summary>
public static class ResultLists
{
    sealed class Nobody : IBankMessageVisitor;

    /// <summary>The profile a person named; null when none was.</summary>
    public static Result<BankProfile?> ProfileOf(string? id) => id is null ? Result<BankProfile?>.Ok(null)
        : BankProfiles.Find(id) is not { } profile ? new Problem("bank_profile.unknown", $"There is no profile '{id}'.", $"Profiles: {string.Join(", ", BankProfiles.All.Select(one => one.Id))}.")
        : profile.Results is null ? new Problem("bank_profile.no_result_list", $"Profile {id} has no result list.", "Leave --profile out for a message, or add the list's titles to the profile.")
        : Result<BankProfile?>.Ok(profile);

    /// <summary>Writes the list again with one more column that says what is wrong in each row.</summary>
    /// <param name="profile">Whose list it is; null: found by its titles.</param>
    /// <returns>How many errors it has; 0 writes nothing.</returns>
    public static Result<int> GiveBack(IFiles files, string path, string outPath, BankProfile? profile)
    {
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        using var stream = files.Read(path);
        if (SheetReader.KindOf(stream, path) is not { } kind)
            return new Problem("usage.errors_of_message", $"{Path.GetFileName(path)} is no list: it cannot be given back with a column of errors.", "Ask the bank for a right message; its findings: payengine bank read.");
        var read = ResultListReader.Read(stream, kind, profile is null ? BankProfiles.All : [profile], new Nobody());
        if (read.IsOk) return 0;
        if (files.Exists(outPath)) return new Problem("not_allowed.other_file", $"{outPath} is there already.", "Nothing is overwritten: name another file.");
        using var output = files.Create(outPath);
        if (ResultListErrors.Write(stream, kind, output, read.Problems) is { } refused) return refused;
        files.FlushToDisk(output);
        return read.Problems.Count;
    }
}
