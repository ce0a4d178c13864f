using System.Security.Cryptography;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>A signature beside its file.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hexadecimal.</param>
/// <param name="IsNew">False when it had been attached before.</param>
public sealed record AttachedSignature(string MsgId, string Path, string Subject, string Fingerprint, Instant? SignedAt, bool IsNew);

/// <summary>Signatures over manifests that were made elsewhere (a token, an HSM): checked, put beside their files, recorded.</summary>
public sealed class Signatures(Database database, IFiles files, IClock clock)
{
    /// <summary>Attaches signatures to the files of a run; each finds the manifest it was made over by itself.</summary>
    /// <param name="caller">A maker or an approver of the whole province.</param>
    /// <param name="run">A run whose files are sealed.</param>
    /// <param name="paths">Detached CMS signatures in DER.</param>
    /// <param name="cancel">Stops between files.</param>
    /// <returns>What was attached; or, with nothing attached, <c>signature.does_not_fit</c> and its like for a file that is no signature over a manifest of this run,
    /// <c>signature.not_valid_then</c>, <c>run.manifest_missing</c>, <c>not_allowed.other_signature</c>.</returns>
    public async Task<Result<IReadOnlyList<AttachedSignature>>> AttachAsync(Caller caller, RunId run, IReadOnlyList<string> paths, CancellationToken cancel = default)
    {
        if (caller.Lacks(AccessRules.RunSign) is { } lacking) return lacking;
        if (run.ProvinceCode != caller.ProvinceCode) return RunProblems.Unknown(run);
        foreach (var path in paths)
            if (files.WhyUnreadable(path) is { } unreadable) return unreadable;
        await using var session = await database.RunAsync(caller.Scope, cancel);
        if (!await BankFileStore.TryLockAsync(session, run, cancel)) return RunProblems.InWork(run);
        try
        {
            var manifests = await ManifestsAsync(session, run, cancel);
            if (!manifests.TryGet(out var known)) return Result<IReadOnlyList<AttachedSignature>>.Refuse(manifests.Problems);
            // All are checked before the first is put anywhere.
            var found = new List<(Signed File, byte[] Signature, ManifestSigner Signer)>();
            try
            {
                foreach (var path in paths)
                {
                    var one = Check(path, run, known);
                    if (!one.IsOk) return Result<IReadOnlyList<AttachedSignature>>.Refuse(one.Problems);
                    found.Add(one.Value);
                }

                var attached = new List<AttachedSignature>();
                foreach (var (file, signature, signer) in found)
                {
                    cancel.ThrowIfCancellationRequested();
                    attached.Add(await AttachOneAsync(session, caller, run, file, signature, signer, cancel));
                }

                return attached;
            }
            finally
            {
                foreach (var (_, _, signer) in found) signer.Dispose();
            }
        }
        finally
        {
            await BankFileStore.UnlockAsync(session, run);
        }
    }

    /// <summary>The manifests of the run as they lie beside its files, each with the bytes that were sealed.</summary>
    async Task<Result<List<Signed>>> ManifestsAsync(DatabaseSession session, RunId run, CancellationToken cancel)
    {
        var (known, paths) = (new List<Signed>(), await BankFileStore.PathsAsync(session, run, cancel));
        foreach (var row in await BankFileStore.FilesAsync(session, run, cancel))
        {
            if (row.ManifestSha256 is null || !paths.TryGetValue(row.FileNo, out var path))
                return new Problem("not_allowed.run_not_sealed", $"{row.MsgId} of run {run} is not written yet.", "Write it first: payengine run export R --out D --unsigned.");
            var manifest = Path.Combine(Path.GetDirectoryName(path)!, row.MsgId + Messages.Manifest.Extension);
            if (!files.Exists(manifest)) return new Problem("run.manifest_missing", $"The manifest {manifest} is not there.", "Export the run again: the bytes are the same.");
            var bytes = Bytes(manifest, ManifestReader.BytesMax);
            if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(row.ManifestSha256))
                return new Problem("not_allowed.sealed_file_changed", $"{manifest} no longer has the bytes that were sealed.", "Sign nothing. Find out who changed it; export the run into another folder: the bytes are the same.");
            known.Add(new(row, bytes, Path.Combine(Path.GetDirectoryName(path)!, row.MsgId + Messages.Manifest.SignatureExtension)));
        }

        return known.Count > 0 ? known : new Problem("not_allowed.run_not_sealed", $"Run {run} has no sealed files yet.", "Write them first: payengine run export R --out D --unsigned.");
    }

    Result<(Signed File, byte[] Signature, ManifestSigner Signer)> Check(string path, RunId run, List<Signed> known)
    {
        var signature = Bytes(path, ManifestSignature.BytesMax);
        Result<IReadOnlyList<ManifestSigner>>? last = null;
        foreach (var file in known)
        {
            var read = ManifestSignature.Read(signature, file.Manifest);
            last = read;
            if (!read.TryGet(out var signers)) continue;
            foreach (var more in signers.Skip(1)) more.Dispose();
            var signer = signers[0];
            var at = (signer.SignedAt ?? clock.GetCurrentInstant()).ToDateTimeUtc();
            if (signer.Certificate.NotBefore.ToUniversalTime() > at || signer.Certificate.NotAfter.ToUniversalTime() < at)
            {
                var subject = signer.Certificate.Subject;
                signer.Dispose();
                return new Problem("signature.not_valid_then", $"The certificate {subject} was not valid on {InstantPattern.General.Format(Instant.FromDateTimeUtc(at))}, when it was signed with.", "Sign with a certificate that is valid.").In(path);
            }

            if (files.Exists(file.SignaturePath) && FileWriting.Sha256Of(files, file.SignaturePath) != Convert.ToHexStringLower(SHA256.HashData(signature)))
            {
                signer.Dispose();
                return new Problem("not_allowed.other_signature", $"{file.SignaturePath} is there already and is another signature.", "Nothing that counts is overwritten. Export the run into another folder with --unsigned, then attach.").In(path);
            }

            return (file, signature, signer);
        }

        var why = last!.Value.Problems[0];
        return (why.Code == "signature.does_not_fit" ? why with { Message = $"The signature fits no manifest of run {run}." } : why).In(path);
    }

    async Task<AttachedSignature> AttachOneAsync(DatabaseSession session, Caller caller, RunId run, Signed file, byte[] signature, ManifestSigner signer, CancellationToken cancel)
    {
        var (sha256, fingerprint) = (SHA256.HashData(signature), Fingerprints.Of(signer.Certificate));
        var isNew = await session.InTransactionAsync(async () =>
        {
            var now = clock.GetCurrentInstant();
            var start = await OperationLog.BeginAsync(session, run.ProvinceCode, $"file.sign {file.Row.MsgId} {Convert.ToHexStringLower(sha256)}", "file.sign",
                OperationLog.RequestHash(file.Row.MsgId, Convert.ToHexStringLower(sha256)), caller.UserName, now, cancel);
            if (start.DoneResult is not null) return false;
            await SignatureStore.InsertAsync(session, run, file.Row.FileNo, file.Row.ManifestSha256!, sha256, Convert.FromHexString(fingerprint), signer.Certificate.Subject, caller.UserName, now, start.OperationNo, cancel);
            var said = JsonText.Write(new { msg_id = file.Row.MsgId, manifest_sha256 = Convert.ToHexStringLower(file.Row.ManifestSha256!), signature_sha256 = Convert.ToHexStringLower(sha256), certificate = signer.Certificate.Subject, fingerprint });
            await OperationLog.CompleteAsync(session, run.ProvinceCode, start.OperationNo, said, said, now, cancel);
            return true;
        }, cancel: cancel);
        // After the row that allows it: stopped in between, the same command puts it there.
        FileWriting.Attach(files, file.SignaturePath, signature);
        return new(file.Row.MsgId, file.SignaturePath, signer.Certificate.Subject, fingerprint, signer.SignedAt, isNew);
    }

    byte[] Bytes(string path, int bytesMax)
    {
        using var stream = files.Read(path);
        var bytes = new byte[bytesMax];
        return bytes[..stream.ReadAtLeast(bytes, bytesMax, throwOnEndOfStream: false)];
    }

    sealed record Signed(BankFileRow Row, byte[] Manifest, string SignaturePath);
}
