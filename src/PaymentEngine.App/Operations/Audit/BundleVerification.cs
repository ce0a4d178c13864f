using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodaTime.Text;
using PaymentEngine.App.Banks;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;
using PaymentEngine.Core.Law;
using PaymentEngine.Messages;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>A bundle that was checked.</summary>
/// <param name="Run">The run it proves; empty when that cannot be read.</param>
/// <param name="Files">Files that were looked at.</param>
/// <param name="Blocks">Blocks of the run.</param>
/// <param name="Links">Links from the first of them to the signed head.</param>
/// <param name="ListedVnd">The sum that was listed, by the rows.</param>
/// <param name="Fingerprint">The certificate whose word it is.</param>
/// <param name="Pinned">It was compared with one named by the reader; else the reader must compare it with paper.</param>
/// <param name="Broken">What is wrong, each with its file.</param>
public sealed record VerifiedBundle(string Run, int Files, int Blocks, int Links, long ListedVnd, string Fingerprint, bool Pinned, IReadOnlyList<Problem> Broken);

/// <summary>Checks a bundle with no database and no keys: every byte, the chain, the signatures, the sums.</summary>
public sealed class BundleVerification
{
    const int BrokenMax = 50;
    const string Again = "Ask whoever gave you the folder for it again, and compare; what was changed is named here.";

    readonly IFiles files;
    readonly string folder;
    readonly List<Problem> broken = [];
    readonly SortedDictionary<string, byte[]> content = new(StringComparer.Ordinal);

    BundleVerification(IFiles files, string folder) => (this.files, this.folder) = (files, folder);

    /// <summary>Checks everything; all that is wrong is told, not only the first.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The bundle.</param>
    /// <param name="fingerprint">SHA-256 of the certificate that is trusted, as printed on paper; null: the one inside is told, to be compared with paper.</param>
    /// <returns><c>audit.no_bundle</c> when the folder is none.</returns>
    public static Result<VerifiedBundle> Verify(IFiles files, string folder, string? fingerprint) => new BundleVerification(files, Path.GetFullPath(folder)).Verify(fingerprint);

    Result<VerifiedBundle> Verify(string? fingerprint)
    {
        if (!Directory.Exists(folder)) return new Problem("audit.no_bundle", $"There is no folder {folder}.", "Name the folder of a bundle.").In(folder);
        Collect("");
        if (!content.ContainsKey(RunBundles.Sums) && !content.ContainsKey(RunBundles.Check)) return new Problem("audit.no_bundle", $"{folder} has no {RunBundles.Sums}: it is no bundle.", "Name the folder itself, not one above or below it.").In(folder);
        var signer = Digests(fingerprint);
        // What the digests name is enough; what follows would only repeat it in other words.
        if (broken.Count > 0) return new VerifiedBundle("", content.Count, 0, 0, 0, signer, fingerprint is not null, broken);
        var links = Chain();
        var run = Rows(out var listed);
        Sent();
        return new VerifiedBundle(run, content.Count, content.Keys.Count(name => name.StartsWith("chain/block-", StringComparison.Ordinal)), links, listed, signer, fingerprint is not null, broken);
    }

    void Collect(string below)
    {
        foreach (var name in files.List(Path.Combine(folder, below)))
        {
            var relative = below.Length == 0 ? name : $"{below}/{name}";
            if (Directory.Exists(Path.Combine(folder, relative))) Collect(relative);
            else content[relative] = ReadAll(relative);
        }
    }

    byte[] ReadAll(string name)
    {
        using var stream = files.Read(Path.Combine(folder, name));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Every file against the list, the list against its signature, the signature against the certificate. The fingerprint of the certificate is given back.</summary>
    string Digests(string? fingerprint)
    {
        var (sums, signature, check) = (Of(RunBundles.Sums), Of(RunBundles.Signature), Of(RunBundles.Check));
        if (sums is null || signature is null || check is null) return "";
        var said = Encoding.UTF8.GetString(check);
        var end = said.LastIndexOf("# ", StringComparison.Ordinal);
        var (two, own) = end < 0 ? ("", "") : (said[..end], said[end..]);
        var checkHolds = own == $"# {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(two)))}\n";
        if (!checkHolds) Wrong(RunBundles.Check, "audit.bundle_changed", "was changed: its last line is not the digest of those before it");
        else
        {
            foreach (var (name, bytes) in new[] { (RunBundles.Sums, sums), (RunBundles.Signature, signature) })
            {
                if (!two.Contains($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {name}\n", StringComparison.Ordinal))
                    Wrong(name, "audit.bundle_changed", $"was changed: its bytes are not those whose digest stands in {RunBundles.Check}");
            }
        }

        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(sums).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 66 && line[64] == ' ' && line[65] == ' ') listed[line[66..]] = line[..64];
        }

        var stands = content.Where(file => file.Key is not (RunBundles.Sums or RunBundles.Signature or RunBundles.Check)).ToDictionary(file => file.Key, file => Convert.ToHexStringLower(SHA256.HashData(file.Value)));
        // When the list itself was changed every file would be accused of its fault.
        if (broken.Count == 0) Compare(listed, stands);
        var certificate = Certificate();
        if (certificate is null) return "";
        using (certificate)
        {
            var found = Fingerprints.Of(certificate);
            if (fingerprint is not null && found != fingerprint) Wrong(RunBundles.Certificate, "audit.other_certificate", $"has the fingerprint {found}, and you trust {fingerprint}");
            if (broken.Count == 0 && !ManifestSignature.Fits(signature, sums, certificate)) Wrong(RunBundles.Signature, "audit.bundle_signature", $"is not a signature of {RunBundles.Certificate} over {RunBundles.Sums}");
            return found;
        }
    }

    void Compare(Dictionary<string, string> listed, Dictionary<string, string> stands)
    {
        foreach (var (name, sha256) in listed.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (stands.TryGetValue(name, out var found))
            {
                if (found == sha256) continue;
                var elsewhere = listed.FirstOrDefault(other => other.Value == found).Key;
                Wrong(name, elsewhere is null ? "audit.bundle_changed" : "audit.bundle_swapped", elsewhere is null ? "was changed: its bytes have another digest than the list says" : $"holds the bytes of {elsewhere}: files were exchanged");
            }
            else
            {
                var renamed = stands.FirstOrDefault(other => other.Value == sha256 && !listed.ContainsKey(other.Key)).Key;
                Wrong(name, renamed is null ? "audit.bundle_missing" : "audit.bundle_renamed", renamed is null ? "is missing" : $"is missing: its bytes stand under the name {renamed}");
            }
        }

        foreach (var (name, found) in stands.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            if (!listed.ContainsKey(name)) Wrong(name, "audit.bundle_added", listed.ContainsValue(found) ? "was put in: a copy of a file of the bundle under another name" : "was put in: the list does not know it");
        }
    }

    X509Certificate2? Certificate()
    {
        if (Of(RunBundles.Certificate) is not { } pem) return null;
        try
        {
            return X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem));
        }
        catch (CryptographicException)
        {
            Wrong(RunBundles.Certificate, "audit.bundle_changed", "is not a certificate");
            return null;
        }
    }

    /// <summary>The links from the run's first block to the signed head, and the blocks of the run in them. How many links there are.</summary>
    int Chain()
    {
        if (Table(RunBundles.Links) is not { Count: > 0 } links) return 0;
        var contents = new Dictionary<long, string>();
        string? previous = null;
        long last = 0;
        foreach (var link in links)
        {
            var no = Long(link, "block_no");
            if (link["hash"] != AuditBlock.LinkHash(link["previous"], link["content_sha256"])) Wrong(RunBundles.Links, "audit.bundle_chain", Text($"block {no} does not have the hash of its link"));
            else if (previous is not null && (link["previous"] != previous || no != last + 1)) Wrong(RunBundles.Links, "audit.bundle_chain", Text($"block {no} does not follow block {last}"));
            (previous, last) = (link["hash"], no);
            contents[no] = link["content_sha256"];
        }

        var blocks = content.Where(file => file.Key.StartsWith("chain/block-", StringComparison.Ordinal)).ToDictionary(file => RunBundles.BlockNoOf(file.Key), file => (Name: file.Key, Bytes: file.Value));
        foreach (var (no, (name, bytes)) in blocks)
        {
            if (contents.GetValueOrDefault(no) != Convert.ToHexStringLower(SHA256.HashData(bytes)) || !Encoding.UTF8.GetString(bytes).StartsWith("payengine block 1\n", StringComparison.Ordinal)
                || !Encoding.UTF8.GetString(bytes).Contains(Text($"\nblock {no}\n"), StringComparison.Ordinal))
                Wrong(name, "audit.bundle_chain", Text($"is not the content that link {no} of {RunBundles.Links} ties into the chain"));
        }

        foreach (var operation in Table(RunBundles.OperationsFile) ?? [])
        {
            var no = Long(operation, "block_no");
            if (!blocks.TryGetValue(no, out var block) || !Encoding.UTF8.GetString(block.Bytes).Contains($"\noperation {operation["operation_no"]}\n", StringComparison.Ordinal))
                Wrong(RunBundles.OperationsFile, "audit.bundle_chain", Text($"names block {no} for operation {operation["operation_no"]}, and that block is not here or is another's"));
        }

        Head(last, previous ?? "");
        return links.Count;
    }

    void Head(long lastBlock, string lastHash)
    {
        var name = content.Keys.FirstOrDefault(name => name.StartsWith("head/", StringComparison.Ordinal) && name.EndsWith(Heads.Extension, StringComparison.Ordinal));
        if (name is null || Heads.Parse(content[name]) is not { } head)
        {
            Wrong(name ?? "head/", "audit.bundle_head", "is no head of the audit chain");
            return;
        }

        if (head.BlockNo != lastBlock || head.Hash != lastHash) Wrong(name, "audit.bundle_head", Text($"is the head at block {head.BlockNo}, and the links end at block {lastBlock} with another hash"));
        using var certificate = Certificate();
        var signature = name[..^Heads.Extension.Length] + Heads.SignatureExtension;
        if (certificate is null || Of(signature) is not { } signed) return;
        if (!ManifestSignature.Fits(signed, content[name], certificate)) Wrong(signature, "audit.bundle_signature", $"is not a signature of {RunBundles.Certificate} over {name}");
    }

    /// <summary>The tables against each other and against the content hash that was approved.</summary>
    string Rows(out long listed)
    {
        listed = 0;
        if (Table(RunBundles.RunFile) is not { } facts || Table("csv/disbursements.csv") is not { } disbursements || Table("csv/lines.csv") is not { } lines || Table("csv/attempts.csv") is not { } attempts
            || Table("csv/files.csv") is not { } sent || Table("csv/places.csv") is not { } places || Table("csv/postings.csv") is not { } postings || Table("csv/steps.csv") is not { } steps) return "";
        var run = facts.ToDictionary(row => row["name"], row => row["value"]);
        try
        {
            listed = disbursements.Sum(row => Long(row, "amount_vnd"));
            Same(RunBundles.RunFile, "listed_vnd", run["listed_vnd"], listed, "the sum of csv/disbursements.csv");
            Same(RunBundles.RunFile, "disbursements", run["disbursements"], disbursements.Count, "the rows of csv/disbursements.csv");
            Same(RunBundles.RunFile, "lines", run["lines"], lines.Count, "the rows of csv/lines.csv");
            var byLine = lines.GroupBy(row => Long(row, "line_no")).ToDictionary(group => group.Key, group => group.Sum(row => Long(row, "amount_vnd")));
            foreach (var row in disbursements)
            {
                if (byLine.GetValueOrDefault(Long(row, "line_no")) != Long(row, "amount_vnd")) Wrong("csv/lines.csv", "audit.bundle_sums", $"does not add up to line {row["line_no"]} of csv/disbursements.csv");
            }

            foreach (var file in sent.Where(row => row["withdrawn"].Length == 0))
            {
                var own = attempts.Where(row => row["msg_id"] == file["msg_id"]).ToList();
                // A file of a run that pays failed payments again carries attempts of other runs: they stand in the bundles of those.
                if (own.Count == Long(file, "items") && own.Sum(row => Long(row, "amount_vnd")) != Long(file, "sum_vnd")) Wrong("csv/files.csv", "audit.bundle_sums", $"says {file["sum_vnd"]} for {file["msg_id"]}, its payments are another sum");
            }

            Same("csv/places.csv", "sum", listed.ToString(CultureInfo.InvariantCulture), places.Sum(row => Long(row, "sum_vnd")), "its own sum over all places");
            TwoRoads(places, postings);
            Content(run, disbursements, lines, steps);
            Law(run["law_hash"]);
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or FormatException or OverflowException)
        {
            Wrong(RunBundles.RunFile, "audit.bundle_malformed", "or a table beside it does not have the columns of a bundle");
        }

        return run.GetValueOrDefault("run", "");
    }

    void TwoRoads(IReadOnlyList<IReadOnlyDictionary<string, string>> places, IReadOnlyList<IReadOnlyDictionary<string, string>> postings)
    {
        var moved = new Dictionary<string, (long Items, long Sum)>();
        foreach (var row in postings)
        {
            foreach (var (place, sign) in new[] { (row["to_place"], 1), (row["from_place"], -1) })
            {
                var (items, sum) = moved.GetValueOrDefault(place);
                moved[place] = (items + (sign * Long(row, "items")), sum + (sign * Long(row, "sum_vnd")));
            }
        }

        foreach (var place in places.GroupBy(row => row["place"]))
        {
            var stands = (place.Sum(row => Long(row, "items")), place.Sum(row => Long(row, "sum_vnd")));
            if (moved.GetValueOrDefault(place.Key) != stands) Wrong("csv/postings.csv", "audit.bundle_sums", Text($"leads to {moved.GetValueOrDefault(place.Key).Sum} đồng in place {place.Key}, csv/places.csv says {stands.Item2}"));
        }
    }

    /// <summary>The content hash from the rows: what was approved is what stands here, to the đồng and the account.</summary>
    void Content(Dictionary<string, string> run, IReadOnlyList<IReadOnlyDictionary<string, string>> disbursements, IReadOnlyList<IReadOnlyDictionary<string, string>> lines, IReadOnlyList<IReadOnlyDictionary<string, string>> steps)
    {
        var digests = RunContent.DigestsOf(disbursements.Select(d => new DisbursementContent(Int(d, "line_no"), Int(d, "recipient_id"), Int(d, "payee_no"), Int(d, "payee_version"), Int(d, "payee_role"), Int(d, "programme"), Int(d, "commune_id"),
                Long(d, "gross_vnd"), Long(d, "recouped_vnd"), Long(d, "amount_vnd"), d["hold_reason"], Int(d, "attempt_kind"), Long(d, "attempt_vnd"), Int(d, "channel_version"), Int(d, "route_no"), Int(d, "pay_commune_id"),
                d["account_tag"], d["bank_bin"], d["holder_name"])),
            lines.Select(l => new LineContent(Int(l, "line_no"), Int(l, "award_no"), l["component"], Int(l, "for_month"), Int(l, "kind"), Int(l, "listed_version"), Long(l, "amount_vnd"))));
        var hash = Convert.ToHexStringLower(RunContent.Hash(run["payer_code"], run["programmes"].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(no => int.Parse(no, CultureInfo.InvariantCulture)), int.Parse(run["month"], CultureInfo.InvariantCulture),
            (LocalDatePattern.Iso.Parse(run["execution_from"]).Value, LocalDatePattern.Iso.Parse(run["execution_to"]).Value), Convert.FromHexString(run["law_hash"]), Bytes("routes_digest"),
            (run["kind"], int.Parse(run["rules_version"], CultureInfo.InvariantCulture)), digests, Bytes("repayments_digest")));
        if (hash != run["content_hash"]) Wrong("csv/disbursements.csv", "audit.bundle_content", $"and the tables beside it give the content {hash}, and {run["content_hash"]} was approved");
        foreach (var step in steps.Where(step => step["content_hash"] != run["content_hash"] && step["step"] is "approved" or "sealed" or "handed_over" or "closed"))
            if (step["content_hash"] != run["content_hash"]) Wrong("csv/steps.csv", "audit.bundle_content", $"says that step {step["step_no"]} ({step["step"]}) was for the content {step["content_hash"]}");
        if (!content.Any(file => file.Key.StartsWith("chain/block-", StringComparison.Ordinal) && Encoding.UTF8.GetString(file.Value).Contains($"\"content_hash\":\"{run["content_hash"]}\"", StringComparison.Ordinal)))
            Wrong(RunBundles.RunFile, "audit.bundle_content", $"says content {run["content_hash"]}, which no block of the chain knows");
        foreach (var step in steps.Where(step => step["step"] == "approved" && step["person"] == run["made_by"]))
            Wrong("csv/steps.csv", "audit.bundle_approval", $"says that {step["person"]} approved what they made");

        byte[]? Bytes(string name) => run.GetValueOrDefault(name, "") is { Length: > 0 } hex ? Convert.FromHexString(hex) : null;
    }

    /// <summary>The law the run was computed by: the files of the program, then each load in the order in which it became law.</summary>
    void Law(string lawHash)
    {
        var release = LawFiles.Load(Below("law/release/"));
        if (!release.TryGet(out var book))
        {
            Wrong("law/release", "audit.bundle_law", "cannot be read as law");
            return;
        }

        foreach (var load in (Table("csv/law-loads.csv") ?? []).Select(row => row["load_no"]).Distinct())
        {
            var added = Below($"law/load-{load}/");
            var amended = LawFiles.ReadRows(added).Then(rows => LawAmendment.Reapply(book, rows, Convert.ToHexStringLower(LawFiles.DigestOf(added.Values))));
            if (!amended.TryGet(out var found))
            {
                Wrong($"law/load-{load}", "audit.bundle_law", "does not fit the law before it");
                return;
            }

            book = found.Book;
        }

        // A newer release of the program carries newer files than the run was planned with: then this part cannot be checked here, and says so.
        if (book.ContentHash != lawHash) Wrong("law", "audit.bundle_law", $"has the hash {book.ContentHash}, the run was computed by {lawHash}: the bundle was made by another release of the program than the plan");
    }

    SortedDictionary<string, byte[]> Below(string folderName) =>
        new(content.Where(file => file.Key.StartsWith(folderName, StringComparison.Ordinal)).ToDictionary(file => file.Key[folderName.Length..], file => file.Value), StringComparer.Ordinal);

    /// <summary>Files as sent against their manifests, the tables and the blocks of their sealing; files as received against theirs.</summary>
    void Sent()
    {
        var blocks = content.Where(file => file.Key.StartsWith("chain/block-", StringComparison.Ordinal)).Select(file => Encoding.UTF8.GetString(file.Value)).ToList();
        foreach (var file in (Table("csv/files.csv") ?? []).Where(row => row["sha256"].Length > 0 && row["withdrawn"].Length == 0))
        {
            var (msgId, manifestName) = (file["msg_id"], $"sent/{file["msg_id"]}{Manifest.Extension}");
            var name = content.Keys.FirstOrDefault(name => name.StartsWith($"sent/{msgId}.", StringComparison.Ordinal) && !name.EndsWith(Manifest.Extension, StringComparison.Ordinal) && !name.EndsWith(Manifest.SignatureExtension, StringComparison.Ordinal));
            if (name is null || Of(manifestName) is not { } manifest) continue;
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(content[name]));
            if (sha256 != file["sha256"]) Wrong(name, "audit.bundle_sent", "is not the file that csv/files.csv says was sealed");
            if (Convert.ToHexStringLower(SHA256.HashData(manifest)) != file["manifest_sha256"]) Wrong(manifestName, "audit.bundle_sent", "is not the manifest that csv/files.csv says was sealed");
            if (!blocks.Exists(block => block.Contains($"\"sha256\":\"{sha256}\"", StringComparison.Ordinal))) Wrong(name, "audit.bundle_sent", "has a digest that no block of the chain knows");
            try
            {
                using var json = JsonDocument.Parse(manifest);
                var root = json.RootElement;
                if (root.GetProperty("sha256").GetString() != sha256 || root.GetProperty("count").GetInt64() != Long(file, "items") || root.GetProperty("sum_vnd").GetInt64() != Long(file, "sum_vnd"))
                    Wrong(manifestName, "audit.bundle_sent", "does not fit its file or csv/files.csv");
            }
            catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                Wrong(manifestName, "audit.bundle_sent", "is not a manifest");
            }

            var signatureName = $"sent/{msgId}{Manifest.SignatureExtension}";
            if (!content.TryGetValue(signatureName, out var signature)) continue;
            if (!ManifestSignature.Read(signature, manifest).TryGet(out var signers)) Wrong(signatureName, "audit.bundle_signature", $"is not a signature over {manifestName}");
            else foreach (var one in signers) one.Dispose();
        }

        foreach (var file in Table("csv/received.csv") ?? [])
        {
            if (Of(file["file"]) is not { } bytes) continue;
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (sha256 != file["sha256"]) Wrong(file["file"], "audit.bundle_received", "is not the file that csv/received.csv names");
        }
    }

    byte[]? Of(string name)
    {
        if (content.TryGetValue(name, out var bytes)) return bytes;
        Wrong(name, "audit.bundle_missing", "is missing");
        return null;
    }

    IReadOnlyList<IReadOnlyDictionary<string, string>>? Table(string name)
    {
        if (Of(name) is not { } bytes) return null;
        var table = BundleCsv.Read(bytes);
        if (table is null) Wrong(name, "audit.bundle_malformed", "is not a table");
        return table;
    }

    void Same(string name, string what, string said, long is_, string by)
    {
        if (said != is_.ToString(CultureInfo.InvariantCulture)) Wrong(name, "audit.bundle_sums", Text($"says {what} {said}, and {by} is {is_}"));
    }

    void Wrong(string name, string code, string what)
    {
        if (broken.Count < BrokenMax && !broken.Exists(one => one.At?.File == name && one.Code == code)) broken.Add(new Problem(code, $"{name} {what}.", Again).In(name));
    }

    static long Long(IReadOnlyDictionary<string, string> row, string column) => long.Parse(row[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    static int Int(IReadOnlyDictionary<string, string> row, string column) => checked((int)Long(row, column));

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
