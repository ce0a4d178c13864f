using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.App.Operations;

/// <summary>What a bank's file holds, found out without storing anything.</summary>
/// <param name="SchemaValid">Against the official schema; null without one.</param>
public sealed record BankFileReading(string File, string Sha256, bool? SchemaValid, BankFileTotals Totals, IReadOnlyList<BankFinding> Findings)
{
    public string Message => Totals.Messages.Count > 0 ? Totals.Messages[0].Version : "unknown";
}

/// <summary>Reading a bank's file to see what is in it, before it is imported or sent.</summary>
public static class BankReading
{
    const int BufferBytes = 1 << 16;

    sealed class Nobody : IBankMessageVisitor;

    /// <summary>Reads every file; one that is unreadable refuses all, each with its own problem.</summary>
    /// <param name="paths">The files, packed or not.</param>
    /// <param name="files">The disk.</param>
    /// <param name="schemas">The official schemas, or null.</param>
    /// <param name="cancel">Between two files.</param>
    /// <param name="listProfile">Whose result list it is; null: found by its titles.</param>
    /// <param name="rules">What the bank's profile says of its messages, or null.</param>
    public static Result<IReadOnlyList<BankFileReading>> Read(IReadOnlyList<string> paths, IFiles files, SchemaFolder? schemas, CancellationToken cancel, BankProfile? listProfile = null,
        BankReadingRules? rules = null)
    {
        var readings = new List<BankFileReading>();
        var problems = new List<Problem>();
        foreach (var path in paths)
        {
            cancel.ThrowIfCancellationRequested();
            var read = Read(path, files, schemas, listProfile, rules);
            if (read.TryGet(out var reading)) readings.Add(reading);
            else problems.AddRange(read.Problems);
        }

        return problems.Count == 0 ? readings : Result<IReadOnlyList<BankFileReading>>.Refuse(problems);
    }

    static Result<BankFileReading> Read(string path, IFiles files, SchemaFolder? schemas, BankProfile? listProfile, BankReadingRules? rules)
    {
        if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        using var file = new BufferedStream(files.Read(path), BufferBytes);
        if (SheetReader.KindOf(file, path) is { } kind) return List(path, file, kind, listProfile);
        using var hashing = new HashingStream(file);
        // A packed file is read to and fro: its hash is taken first. Any other is hashed while it passes.
        var packed = BankMessageReader.IsPacked(file);
        if (packed)
        {
            hashing.CopyTo(Stream.Null);
            file.Position = 0;
        }

        var read = BankMessageReader.Read(packed ? file : hashing, new Nobody(), rules: rules);
        if (!read.TryGet(out var totals)) return Result<BankFileReading>.Refuse([.. read.Problems.Select(problem => problem.In(path, problem.At?.Line))]);

        var findings = totals.Findings.ToList();
        bool? valid = null;
        if (schemas is not null && totals.Messages.Count > 0)
        {
            file.Position = 0;
            valid = schemas.IsValid(file, totals.Messages[0].Version, findings.Add);
        }

        return new BankFileReading(path, hashing.Sha256(), valid, totals, findings);
    }

    /// <summary>A result list: its hash is taken apart, because the parts of a workbook are not read in the order of its bytes.</summary>
    static Result<BankFileReading> List(string path, Stream file, SheetKind kind, BankProfile? listProfile)
    {
        var read = ResultListReader.Read(file, kind, listProfile is null ? BankProfiles.All : [listProfile], new Nobody());
        if (!read.TryGet(out var totals)) return Result<BankFileReading>.Refuse([.. read.Problems.Select(problem => problem.In(path, problem.At?.Line, problem.At?.Column))]);
        file.Position = 0;
        return new BankFileReading(path, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), null, totals, totals.Findings);
    }
}
