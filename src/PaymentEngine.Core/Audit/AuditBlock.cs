using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using NodaTime.Text;

namespace PaymentEngine.Core.Audit;

/// <summary>One block of the audit chain: what one operation did, tied to the block before it. An immutable value: its hashes are those of what it says.</summary>
/// <remarks>
/// Two texts, so that a stranger can follow the chain with <c>sha256sum</c> past blocks whose content is not shown to them. The content (<see cref="Content"/>) is what happened;
/// the link is three lines, <c>payengine link 1</c>, the hash of the block before and the SHA-256 of the content, in lower-case hexadecimal, each ended by a line feed.
/// The hash of the block is the SHA-256 of its link.
/// </remarks>
/// <param name="ProvinceCode">The tenant, whose chain it is.</param>
/// <param name="BlockNo">From 1, without a gap.</param>
/// <param name="OperationNo">The operation; each has one block.</param>
/// <param name="At">By the program's clock, to the microsecond.</param>
/// <param name="Covers">The sets of rows the operation wrote, as canonical JSON: <see cref="CoveredSets"/>.</param>
/// <param name="Events">Canonical JSON of what happened.</param>
/// <param name="PreviousHash">Hash of the block before, 64 hexadecimal figures; zeros for the first.</param>
/// <param name="Hash">As stored: what it should be is <see cref="ComputedHash"/>.</param>
public sealed record AuditBlock(short ProvinceCode, long BlockNo, long OperationNo, Instant At, string Covers, string Events, string PreviousHash, string Hash)
{
    /// <summary>What stands before the first block.</summary>
    public static readonly string Beginning = new('0', 64);

    // The store keeps microseconds: text of the same instant is always the same.
    static readonly InstantPattern AtPattern = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss'.'ffffff'Z'");

    string? content;
    string? contentHash;
    string? computedHash;

    /// <summary>The text whose SHA-256 stands in the link, with a line feed after its last line.</summary>
    public string Content => content ??= string.Create(CultureInfo.InvariantCulture,
        $"payengine block 1\nprovince {ProvinceCode}\nblock {BlockNo}\noperation {OperationNo}\nat {AtPattern.Format(At)}\ncovers {Covers}\nevents {Events}\n");

    /// <summary>SHA-256 of <see cref="Content"/> in UTF-8.</summary>
    public string ContentHash => contentHash ??= HashOf(Content);

    /// <summary>The hash that this block has by what it says.</summary>
    public string ComputedHash => computedHash ??= LinkHash(PreviousHash, ContentHash);

    /// <summary>The hash of a block of which only its link is known.</summary>
    public static string LinkHash(string previousHash, string contentHash) => HashOf($"payengine link 1\n{previousHash}\n{contentHash}\n");

    static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The remembered hashes are no part of what a block is; a copy with other content starts without them.
    AuditBlock(AuditBlock original)
    {
        (ProvinceCode, BlockNo, OperationNo, At, Covers, Events, PreviousHash, Hash) =
            (original.ProvinceCode, original.BlockNo, original.OperationNo, original.At, original.Covers, original.Events, original.PreviousHash, original.Hash);
    }

    public bool Equals(AuditBlock? other) => other is not null && (BlockNo, OperationNo, At, ProvinceCode) == (other.BlockNo, other.OperationNo, other.At, other.ProvinceCode)
        && Covers == other.Covers && Events == other.Events && PreviousHash == other.PreviousHash && Hash == other.Hash;

    public override int GetHashCode() => HashCode.Combine(BlockNo, Hash);
}

/// <summary>The head of the chain at a moment, as it was signed and exported.</summary>
/// <param name="BlockNo">The last block then.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Where">The file that says so.</param>
public sealed record KnownHead(long BlockNo, string Hash, string Where);

/// <summary>The first place at which a chain is broken.</summary>
/// <param name="BlockNo">The block.</param>
/// <param name="Problem">What is wrong there and what to do.</param>
public sealed record ChainBreak(long BlockNo, Problem Problem);

/// <summary>Follows a chain from its first block: numbers without a gap, each block tied to the one before it and hashed as it says.</summary>
public static class AuditChain
{
    const string Remedy = "Somebody changed the database past the program. Keep it as it is, compare with the last exported head (payengine audit verify --database --heads FOLDER) and with backups, and have it looked into before anything is approved or sent.";

    /// <summary>The first break, or null when the chain is whole as far as it goes and holds every head that is known from outside.</summary>
    /// <param name="blocks">As stored, by number.</param>
    /// <param name="heads">Heads that were exported to a place the database's administrator does not own: a tail that was cut shows against them alone.</param>
    public static ChainBreak? FirstBreak(IEnumerable<AuditBlock> blocks, IEnumerable<KnownHead>? heads = null)
    {
        var follower = new ChainFollower(heads ?? []);
        foreach (var block in blocks)
        {
            if (follower.Next(block) is { } broken) return broken;
        }

        return follower.End();
    }

    internal static ChainBreak Broken(long blockNo, string code, string message) => new(blockNo, new Problem(code, message, Remedy).In("audit_block"));
}

/// <summary>The same, block by block, for chains that do not fit into memory.</summary>
public sealed class ChainFollower
{
    readonly Dictionary<long, List<KnownHead>> heads = [];
    long last;
    string previous = AuditBlock.Beginning;

    public ChainFollower(IEnumerable<KnownHead> heads)
    {
        foreach (var head in heads)
        {
            if (!this.heads.TryGetValue(head.BlockNo, out var same)) this.heads[head.BlockNo] = same = [];
            same.Add(head);
        }
    }

    /// <summary>The last block that was followed; 0 before the first.</summary>
    public long LastBlock => last;

    /// <summary>Its hash.</summary>
    public string LastHash => previous;

    /// <summary>Takes the next block. Null: it follows.</summary>
    public ChainBreak? Next(AuditBlock block)
    {
        var expected = last + 1;
        if (block.BlockNo > expected) return AuditChain.Broken(expected, "audit.block_missing", Text($"Block {expected} is missing: after block {last} comes block {block.BlockNo}."));
        if (block.BlockNo < expected) return AuditChain.Broken(block.BlockNo, "audit.block_twice", Text($"Block {block.BlockNo} comes twice or out of order."));
        // What a block says is judged before whom it follows: an edited block is named itself, not the one after it.
        if (block.ComputedHash != block.Hash) return AuditChain.Broken(block.BlockNo, "audit.block_changed", Text($"Block {block.BlockNo} (operation {block.OperationNo}) was changed: what it says has another hash than the one it carries."));
        if (block.PreviousHash != previous) return AuditChain.Broken(block.BlockNo, "audit.block_does_not_follow", Text($"Block {block.BlockNo} (operation {block.OperationNo}) does not follow block {last}: blocks were exchanged, put in or written anew."));
        (last, previous) = (block.BlockNo, block.Hash);
        if (heads.Remove(block.BlockNo, out var known) && known.Find(head => head.Hash != block.Hash) is { } other)
            return AuditChain.Broken(block.BlockNo, "audit.head_differs", Text($"Block {block.BlockNo} has another hash than when its head was exported ({other.Where}): the chain was written anew."));
        return null;
    }

    /// <summary>After the last block: heads that were exported and that the chain no longer reaches.</summary>
    public ChainBreak? End() => heads.Count == 0 ? null
        : heads.OrderByDescending(pair => pair.Key).First().Value[0] is var head
            ? AuditChain.Broken(last + 1, "audit.tail_cut", Text($"The chain ends at block {last}, and {head.Where} knows block {head.BlockNo}: its tail was cut off, or an older copy of the database was put back."))
            : null;

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
