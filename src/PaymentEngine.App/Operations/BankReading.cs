using PaymentEngine.Core;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;

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
    sealed class Nobody : IBankMessageVisitor;

    /// <summary>Reads every file; one that is unreadable refuses all, each with its own problem.</summary>
    /// <param name="schemas">The official schemas, or null.</param>
    public static Result<IReadOnlyList<BankFileReading>> Read(IReadOnlyList<string> paths, SchemaFolder? schemas, CancellationToken cancel)
    {
        var readings = new List<BankFileReading>();
        var problems = new List<Problem>();
        foreach (var path in paths)
        {
            cancel.ThrowIfCancellationRequested();
            var read = Read(path, schemas);
            if (read.TryGet(out var reading)) readings.Add(reading);
            else problems.AddRange(read.Problems);
        }

        return problems.Count == 0 ? readings : Result<IReadOnlyList<BankFileReading>>.Refuse(problems);
    }

    static Result<BankFileReading> Read(string path, SchemaFolder? schemas)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var hashing = new HashingStream(file);
            var read = BankMessageReader.Read(hashing, new Nobody());
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
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return new Problem("bank_file.not_found", $"'{path}' cannot be opened: {e.Message}", "Check the name and the rights on the file.").In(path);
        }
    }
}
