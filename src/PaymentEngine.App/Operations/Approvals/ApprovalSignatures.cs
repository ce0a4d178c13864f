using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodaTime;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Approvals;

namespace PaymentEngine.App.Operations.Approvals;

/// <summary>How an approver signs by a means of their own.</summary>
/// <param name="Certificate">With its private key; it stays its owner's to dispose. Null: the signature was made elsewhere.</param>
/// <param name="Signature">Detached CMS over the statement, made elsewhere (a token). Null: it is made with <paramref name="Certificate"/>.</param>
public sealed record ApprovalSigner(X509Certificate2? Certificate, byte[]? Signature);

/// <summary>One signature of an approval, checked.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hexadecimal.</param>
/// <param name="Problem">Why it does not hold; null when it does.</param>
public sealed record CheckedApproval(int Level, string Person, string Subject, string Fingerprint, bool IsOwn, Instant? SignedAt, string Statement, byte[] Signature, Problem? Problem);

/// <summary>Signatures of approvers over what they approved (F56, F57): made with the approval, checked before a file is sealed, given out for <c>openssl cms -verify</c>.</summary>
public sealed class ApprovalSignatures(Database database, IFiles files, KeyFolder keys)
{
    /// <summary>The approvals of a run with their signatures, each checked: the statement is that of the approved content, the signature fits it, and the certificate is the one that was recorded.</summary>
    /// <param name="caller">Anybody whose territory holds the run.</param>
    /// <param name="run">An approved run.</param>
    /// <param name="folder">Statements and signatures are written there; null: nowhere.</param>
    /// <param name="cancel">Stops between statements.</param>
    public async Task<Result<IReadOnlyList<CheckedApproval>>> OfAsync(Caller caller, RunId run, string? folder, CancellationToken cancel = default)
    {
        await using var session = await database.RunOfPayerAsync(caller.Scope, cancel);
        var found = await PaymentRuns.FindAsync(session, caller, run, cancel);
        if (!found.IsOk) return Result<IReadOnlyList<CheckedApproval>>.Refuse(found.Problems);
        var all = await CheckAsync(session, run, keys, cancel);
        if (all.Count == 0) return new Problem("not_allowed.state", $"Run {run} is not approved: nobody has signed it.", $"See where it stands: payengine run show {run}.");
        if (folder is null) return Result<IReadOnlyList<CheckedApproval>>.Ok(all);
        files.MakeFolder(folder);
        foreach (var one in all.Where(one => one.Signature.Length > 0))
        {
            var name = Path.Combine(folder, FormattableString.Invariant($"{run}-{one.Level}"));
            foreach (var path in (string[])[name + ApprovalStatement.Extension, name + ApprovalStatement.SignatureExtension])
                if (files.Exists(path)) return new Problem("not_allowed.other_file", $"{path} is there already.", "Nothing is overwritten: name another folder.");
            Write(name + ApprovalStatement.Extension, Encoding.UTF8.GetBytes(one.Statement));
            Write(name + ApprovalStatement.SignatureExtension, one.Signature);
        }

        files.FlushFolder(folder);
        return Result<IReadOnlyList<CheckedApproval>>.Ok(all);
    }

    /// <summary>Why the approval of a run does not hold; null when it is approved, at each of its levels by another person, and every level is signed over the approved content.</summary>
    /// <param name="session">Open on the province of the run.</param>
    /// <param name="run">The run.</param>
    /// <param name="keys">The installation's keys, by which its own signatures are known; null: any certificate that was recorded (the sealing has asked for the keys).</param>
    /// <param name="cancel">Stops between statements.</param>
    public static async Task<Problem?> WhyNotAsync(DatabaseSession session, RunId run, KeyFolder? keys, CancellationToken cancel)
    {
        var all = await CheckAsync(session, run, keys, cancel);
        return all.Count == 0 ? Broken(run, null, "nobody has given it") : all.FirstOrDefault(one => one.Problem is not null)?.Problem;
    }

    /// <summary>Every approval of the approved content with its signature; one that has none says so. What is wrong with them as a whole (totals gone, a level missing) is wrong with each. Empty: nobody approved.</summary>
    internal static async Task<IReadOnlyList<CheckedApproval>> CheckAsync(DatabaseSession session, RunId run, KeyFolder? keys, CancellationToken cancel)
    {
        var approvals = await ApprovalSignatureStore.ApprovalsAsync(session, run, cancel);
        if (approvals.Count == 0) return [];
        var total = await RunSteps.TotalAsync(session, run, cancel);
        var signatures = await ApprovalSignatureStore.OfRunAsync(session, run, cancel);
        var known = keys?.SigningFingerprints();
        var incomplete = WhyIncomplete(total, approvals);
        return [.. approvals.Select(approval =>
        {
            var stored = signatures.FirstOrDefault(one => one.Level == approval.Level && one.ContentHash.AsSpan().SequenceEqual(approval.ContentHash));
            if (total is null || incomplete is not null) return Unfit(run, approval.Level, approval.Person, stored, incomplete!);
            return Check(run, total, approval, stored, known);
        })];
    }

    /// <summary>An approval is as many signatures by as many people as the run's total asks for: fewer, more, or none to be held against, and it is none.</summary>
    static string? WhyIncomplete(RunTotal? total, IReadOnlyList<(short Level, string Person, byte[] ContentHash)> approvals)
    {
        if (total is null) return "the run's totals are gone";
        if (approvals.Count != total.ApprovalLevels) return FormattableString.Invariant($"it has {approvals.Count} of {total.ApprovalLevels} levels");
        if (approvals.Where((approval, place) => approval.Level != place + 1).Any()) return "a level of it is missing";
        return approvals.Select(approval => approval.Person).Distinct(StringComparer.Ordinal).Count() == approvals.Count ? null : "one person gave two of its levels";
    }

    static CheckedApproval Unfit(RunId run, short level, string person, StoredApprovalSignature? stored, string why) =>
        new(level, person, stored?.Subject ?? "", stored is null ? "" : Convert.ToHexStringLower(stored.CertificateSha256), stored?.IsOwn ?? false, null, stored?.Statement ?? "", stored?.Signature ?? [], Broken(run, level, why));

    static CheckedApproval Check(RunId run, RunTotal total, (short Level, string Person, byte[] ContentHash) approval, StoredApprovalSignature? stored, IReadOnlySet<string>? known)
    {
        if (stored is null) return Unfit(run, approval.Level, approval.Person, null, "it is not signed");
        var fingerprint = Convert.ToHexStringLower(stored.CertificateSha256);
        var (signedAt, why) = Why();
        return new(approval.Level, approval.Person, stored.Subject, fingerprint, stored.IsOwn, signedAt, stored.Statement, stored.Signature, why is null ? null : Broken(run, approval.Level, why));

        (Instant? SignedAt, string? Why) Why()
        {
            if (!approval.ContentHash.AsSpan().SequenceEqual(total.ContentHash)) return (null, "the run's totals are of another content");
            var role = stored.Statement.Split('\n').FirstOrDefault(line => line.StartsWith("approver|", StringComparison.Ordinal))?.Split('|').ElementAtOrDefault(1) ?? "";
            if (stored.Person != approval.Person || stored.Statement != ApprovalStatement.Of(run, total, approval.Level, role, approval.Person)) return (null, "the signed statement is not that of this approval");
            var read = ManifestSignature.Read(stored.Signature, Encoding.UTF8.GetBytes(stored.Statement));
            if (!read.TryGet(out var signers)) return (null, read.Problems[0].Message);
            try
            {
                if (signers.Count != 1 || Fingerprints.Of(signers[0].Certificate) != fingerprint) return (null, "it is signed with another certificate than the one that was recorded");
                if (!stored.IsOwn && known is not null && !known.Contains(fingerprint)) return (null, "it is signed with a key that is none of this installation");
                return (signers[0].SignedAt, null);
            }
            finally
            {
                foreach (var signer in signers) signer.Dispose();
            }
        }
    }

    /// <summary>Signs an approval inside its transaction, by the approver's own means or by the key of the installation.</summary>
    /// <returns>The fingerprint of the certificate; or why the signature cannot stand: <c>signature.…</c>, <c>not_allowed.other_certificate</c>.</returns>
    internal static async Task<Result<string>> SignAsync(DatabaseSession session, RunId run, RunTotal total, (int Level, string Role, string Person) approval, ApprovalSigner? own, Func<Result<KeyFolder>> keys, long operationNo, Instant now, CancellationToken cancel)
    {
        var statement = ApprovalStatement.Of(run, total, approval.Level, approval.Role, approval.Person);
        var bytes = Encoding.UTF8.GetBytes(statement);
        byte[] signature;
        if (own?.Signature is { } given)
        {
            signature = given;
        }
        else if (own?.Certificate is { } certificate)
        {
            signature = ManifestSignature.Sign(bytes, certificate, now);
        }
        else
        {
            var opened = keys();
            if (!opened.TryGet(out var folder)) return Result<string>.Refuse(opened.Problems);
            using var server = folder.SigningCertificate();
            signature = ManifestSignature.Sign(bytes, server, now);
        }

        var read = ManifestSignature.Read(signature, bytes);
        if (!read.TryGet(out var signers))
        {
            return read.Problems[0].Code == "signature.does_not_fit"
                ? read.Problems[0] with { Message = $"The signature is not one over the statement of this approval of run {run}.", Remedy = $"Write the statement out and sign exactly that file: payengine run statement {run} --out F." }
                : read.Problems[0];
        }

        try
        {
            var signer = signers[0];
            if (signers.Count != 1) return new Problem("signature.several", "The signature has several signers.", "One approver signs one approval.");
            var at = (signer.SignedAt ?? now).ToDateTimeUtc();
            if (own is not null && (signer.Certificate.NotBefore.ToUniversalTime() > at || signer.Certificate.NotAfter.ToUniversalTime() < at))
                return new Problem("signature.not_valid_then", $"The certificate {signer.Certificate.Subject} was not valid when it was signed with.", "Sign with a certificate that is valid.");
            var kept = new StoredApprovalSignature(total.ContentHash, (short)approval.Level, approval.Person, statement, signature, SHA256.HashData(signer.Certificate.RawData), signer.Certificate.Subject, own is not null, now);
            if (own is not null && await ApprovalSignatureStore.ClaimCertificateAsync(session, run, kept, operationNo, cancel) is var owner && owner != approval.Person)
                return new Problem("not_allowed.other_certificate", $"The certificate {kept.Subject} is {owner}'s.", "Sign with your own certificate.");
            await ApprovalSignatureStore.InsertAsync(session, run, kept, operationNo, cancel);
            return Convert.ToHexStringLower(kept.CertificateSha256);
        }
        finally
        {
            foreach (var signer in signers) signer.Dispose();
        }
    }

    void Write(string path, byte[] bytes)
    {
        files.WriteBeside(path, output => output.Write(bytes));
        files.Appear(path);
    }

    static Problem Broken(RunId run, int? level, string why) => new("not_allowed.approval_broken", $"The approval of run {run}{(level is null ? "" : $", level {level}")} does not hold: {why}.", "Nothing is sealed or sent. Find out who changed it: payengine verify.");
}
