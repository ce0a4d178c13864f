using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Audit;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>What the register of sealed files says happened to a file.</summary>
public static class SealedStep
{
    public const string Sealed = "sealed";
    public const string Intended = "intended";
    public const string Sent = "sent";
    public const string Refused = "refused";
    public const string Unknown = "unknown";
    public const string Recovered = "recovered";
}

/// <summary>One line of the register.</summary>
/// <param name="No">From 1, without a gap.</param>
/// <param name="Epoch">The life of the database it was written in.</param>
/// <param name="At">By the program's clock.</param>
/// <param name="Step">See <see cref="SealedStep"/>.</param>
/// <param name="MsgId">The file.</param>
/// <param name="Sha256">Its bytes, lower-case hexadecimal.</param>
/// <param name="Run">The run whose payments it carries.</param>
/// <param name="NumberedAt">When its id was given; stands in the file and fixes its bytes.</param>
/// <param name="Path">Where it was written; of a hand-over null.</param>
/// <param name="HandOverNo">Which try; 0 for the sealing.</param>
/// <param name="Channel">By which way; null for the sealing.</param>
/// <param name="Evidence">What the channel or a person said; null where nothing was.</param>
/// <param name="Person">Who.</param>
/// <param name="BlockNo">The last block of the chain when the line was written; 0: there was none.</param>
/// <param name="BlockHash">Its hash: a database that does not hold it is not the one that sealed the file.</param>
/// <param name="Previous">SHA-256 of the line before, 64 zeros for the first.</param>
public sealed record SealedEntry(long No, int Epoch, Instant At, string Step, string MsgId, string Sha256, string Run, Instant NumberedAt, string? Path, int HandOverNo, string? Channel, string? Evidence,
    string Person, long BlockNo, string BlockHash, string Previous);

/// <summary>The register of sealed files: a file outside the database, in the data folder, to which each sealing and hand-over adds a line before the database keeps it,
/// each line tied to the one before. With it a database that was put back can be told what has left the house.</summary>
/// <remarks>Each line is one JSON document; its <c>previous</c> is the SHA-256 of the line before without its line feed. Never rewritten, never shortened.</remarks>
public sealed class SealedFiles
{
    static readonly InstantPattern At = InstantPattern.ExtendedIso;
    readonly IFiles files;

    SealedFiles(IFiles files, string path) => (this.files, Path) = (files, path);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The register of a database: named by the database, so that the copy that is put back under the same name finds it.</summary>
    public static SealedFiles Of(Database database, IFiles files, short provinceCode) =>
        new(files, System.IO.Path.Combine(FolderOf(database.Home), string.Create(CultureInfo.InvariantCulture, $"{database.DatabaseName}-{provinceCode:00}.txt")));

    /// <summary>The folder of the registers of a home.</summary>
    public static string FolderOf(string home) => System.IO.Path.Combine(home, "sealed-files");

    /// <summary>Adds a line and brings it to the disk. The same step of the same try of the same bytes, repeated after a crash, adds nothing.</summary>
    /// <param name="session">A session of the database, to name the block the line was written after.</param>
    /// <param name="run">The run.</param>
    /// <param name="row">The file as numbered.</param>
    /// <param name="step">See <see cref="SealedStep"/>.</param>
    /// <param name="sha256">The file's bytes, lower-case hexadecimal.</param>
    /// <param name="path">Where it stands; null for hand-overs.</param>
    /// <param name="handOver">Number of the try, channel, evidence; of a sealing (0, null, null).</param>
    /// <param name="person">Who.</param>
    /// <param name="now">By the program's clock.</param>
    /// <param name="cancel">Stops before the line is written.</param>
    public async Task AddAsync(DatabaseSession session, RunId run, BankFileRow row, string step, string sha256, string? path, (int No, string? Channel, string? Evidence) handOver, string person, Instant now,
        CancellationToken cancel)
    {
        var last = await BlockStore.LastAsync(session, run.ProvinceCode, cancel);
        var epoch = await FenceStore.EpochAsync(session, run.ProvinceCode, cancel);
        var known = Read();
        if (known.IsOk && known.Value.Any(entry => entry.Step == step && entry.MsgId == row.MsgId && entry.HandOverNo == handOver.No && entry.Sha256 == sha256)) return;
        files.MakeFolder(System.IO.Path.GetDirectoryName(Path)!);
        files.AppendLine(Path, before => JsonText.Write(new
        {
            no = before is null ? 1 : NumberOf(before) + 1, epoch, at = now, step, msg_id = row.MsgId, sha256, run = run.ToString(), numbered_at = row.NumberedAt, path, hand_over = handOver.No,
            channel = handOver.Channel, evidence = handOver.Evidence, person, block = last?.BlockNo ?? 0, block_hash = last?.Hash ?? Core.Audit.AuditBlock.Beginning, previous = HashOf(before),
        }));
    }

    /// <summary>All lines, in order.</summary>
    /// <returns>Empty when there is no register; <c>fence.register_broken</c> with the first line that does not follow the one before.</returns>
    public Result<IReadOnlyList<SealedEntry>> Read()
    {
        if (!files.Exists(Path)) return Result<IReadOnlyList<SealedEntry>>.Ok([]);
        var text = Text();
        // A line without its line feed was being written when the power failed: it was never acted upon.
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var entries = new List<SealedEntry>(lines.Length);
        string? before = null;
        foreach (var line in lines)
        {
            if (Entry(line) is not { } entry || entry.No != entries.Count + 1 || entry.Previous != HashOf(before))
            {
                return new Problem("fence.register_broken", string.Create(CultureInfo.InvariantCulture, $"Line {entries.Count + 1} of {Path} does not follow the line before: the register was changed."),
                    "Put the register back from its own backup; keep the changed one as evidence.") { At = new SourceLocation(Path, entries.Count + 1) };
            }

            entries.Add(entry);
            before = line;
        }

        return entries;
    }

    /// <summary>The file as it stands; while another program adds its line it waits, a matter of milliseconds.</summary>
    string Text()
    {
        const int tries = 400;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var reader = new StreamReader(files.Read(Path), new UTF8Encoding(false));
                return reader.ReadToEnd();
            }
            catch (IOException) when (attempt < tries && files.Exists(Path))
            {
                Thread.Sleep(10);
            }
        }
    }

    static SealedEntry? Entry(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return new(root.GetProperty("no").GetInt64(), root.GetProperty("epoch").GetInt32(), At.Parse(Text("at")).Value, Text("step"), Text("msg_id"), Text("sha256"), Text("run"), At.Parse(Text("numbered_at")).Value,
                root.GetProperty("path").GetString(), root.GetProperty("hand_over").GetInt32(), root.GetProperty("channel").GetString(), root.GetProperty("evidence").GetString(), Text("person"),
                root.GetProperty("block").GetInt64(), Text("block_hash"), Text("previous"));

            string Text(string name) => root.GetProperty(name).GetString() ?? "";
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or UnparsableValueException)
        {
            return null;
        }
    }

    static long NumberOf(string line) => Entry(line)?.No ?? throw new IOException("The last line of the register of sealed files cannot be read: nothing is sealed or sent until it is put right (payengine audit fence check).");

    static string HashOf(string? line) => line is null ? Core.Audit.AuditBlock.Beginning : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
}
