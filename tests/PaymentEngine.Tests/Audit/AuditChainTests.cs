using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Audit;

namespace PaymentEngine.Tests.Audit;

public class AuditChainTests
{
    const int Length = 10_000;
    const int Places = 1_000;
    const ulong Seed = 0x_A0D1_7C4A;

    static readonly List<AuditBlock> Chain = Build(Length);

    static List<AuditBlock> Build(int length)
    {
        var blocks = new List<AuditBlock>(length);
        var (previous, at) = (AuditBlock.Beginning, Instant.FromUtc(2026, 11, 2, 1, 0));
        for (var no = 1; no <= length; no++)
        {
            at += Duration.FromMilliseconds(250);
            var block = Sealed(new(40, no, no, at, FormattableString.Invariant($"[{{\"table\":\"posting\",\"rows\":{no % 7 + 1}}}]"), FormattableString.Invariant($"{{\"sum_vnd\":{no * 540_000L}}}"), previous, ""));
            blocks.Add(block);
            previous = block.Hash;
        }

        return blocks;
    }

    static AuditBlock Sealed(AuditBlock block) => block with { Hash = block.ComputedHash };

    static IEnumerable<int> RandomPlaces(int from, int upTo)
    {
        var random = new SeededRandom(Seed);
        for (var i = 0; i < Places; i++) yield return from + (int)(random.NextUInt64() % (ulong)(upTo - from));
    }

    /// <summary>Applies the attack at each place to a fresh copy, and demands that the first break is exactly where the attack was.</summary>
    static void AllFound(int from, int upTo, Func<List<AuditBlock>, int, long> attack, Func<string, bool> says, IReadOnlyList<KnownHead>? heads = null)
    {
        foreach (var place in RandomPlaces(from, upTo))
        {
            var attacked = new List<AuditBlock>(Chain);
            var expected = attack(attacked, place);
            var broken = AuditChain.FirstBreak(attacked, heads);
            Assert.True(broken is not null, $"an attack at {place} was not found");
            Assert.Equal(expected, broken.BlockNo);
            Assert.True(says(broken.Problem.Code), $"{broken.Problem.Code} at {place}");
        }
    }

    [Fact]
    public void A_whole_chain_is_whole()
    {
        Assert.Null(AuditChain.FirstBreak(Chain));
        Assert.Null(AuditChain.FirstBreak(Chain, [new(1, Chain[0].Hash, "head 1"), new(Length, Chain[^1].Hash, "head 2")]));
        Assert.Null(AuditChain.FirstBreak([]));
    }

    [Fact]
    public void A_block_that_was_edited_is_found_at_each_of_1000_places() => AllFound(0, Length, (chain, i) =>
    {
        chain[i] = (i % 5) switch
        {
            0 => chain[i] with { Events = chain[i].Events.Replace("sum_vnd\":", "sum_vnd\":1", StringComparison.Ordinal) },
            1 => chain[i] with { Covers = "[]" },
            2 => chain[i] with { At = chain[i].At + Duration.FromMilliseconds(1) },
            3 => chain[i] with { OperationNo = chain[i].OperationNo + 1 },
            _ => chain[i] with { Hash = chain[(i + 1) % Length].Hash },
        };
        return i + 1;
    }, code => code == "audit.block_changed");

    [Fact]
    public void A_block_that_was_edited_and_hashed_anew_is_found_by_the_one_after_it() => AllFound(0, Length - 1, (chain, i) =>
    {
        chain[i] = Sealed(chain[i] with { Events = "{\"sum_vnd\":1}" });
        return i + 2;
    }, code => code == "audit.block_does_not_follow");

    [Fact]
    public void A_block_that_was_deleted_is_found_at_each_of_1000_places() => AllFound(0, Length - 1, (chain, i) =>
    {
        chain.RemoveAt(i);
        return i + 1;
    }, code => code == "audit.block_missing");

    [Fact]
    public void Blocks_that_were_exchanged_are_found_at_each_of_1000_places() => AllFound(0, Length - 2, (chain, i) =>
    {
        // Their contents change places and take each other's number: as somebody would who can write everything.
        var (first, second) = (chain[i], chain[i + 1]);
        chain[i] = Sealed(second with { BlockNo = first.BlockNo, PreviousHash = first.PreviousHash });
        chain[i + 1] = Sealed(first with { BlockNo = second.BlockNo, PreviousHash = chain[i].Hash });
        return i + 3;
    }, code => code == "audit.block_does_not_follow");

    [Fact]
    public void A_block_that_was_put_in_is_found_at_each_of_1000_places() => AllFound(1, Length, (chain, i) =>
    {
        // The stranger stands in the chain as if it followed; the true block behind it comes with a number that was given.
        chain.Insert(i, Sealed(chain[i] with { Events = "{\"sum_vnd\":2}", PreviousHash = chain[i - 1].Hash }));
        return i + 1;
    }, code => code == "audit.block_twice");

    [Fact]
    public void A_tail_that_was_cut_is_found_against_the_exported_head_at_each_of_1000_places() => AllFound(1, Length, (chain, i) =>
    {
        chain.RemoveRange(i, chain.Count - i);
        return i + 1;
    }, code => code == "audit.tail_cut", [new(Length / 2, Chain[(Length / 2) - 1].Hash, "head 1"), new(Length, Chain[^1].Hash, "head 2")]);

    [Fact]
    public void A_chain_written_anew_from_a_place_on_is_found_against_the_exported_head()
    {
        foreach (var place in RandomPlaces(Length - 200, Length).Take(50))
        {
            var anew = new List<AuditBlock>(Chain);
            var previous = anew[place].PreviousHash;
            for (var i = place; i < anew.Count; i++)
            {
                anew[i] = Sealed(anew[i] with { Events = "{}", PreviousHash = previous });
                previous = anew[i].Hash;
            }

            Assert.Null(AuditChain.FirstBreak(anew));
            Assert.Equal("audit.head_differs", AuditChain.FirstBreak(anew, [new(Length, Chain[^1].Hash, "head 2")])!.Problem.Code);
        }
    }

    [Fact]
    public void The_hash_of_a_block_is_what_sha256sum_prints_of_its_two_texts()
    {
        var block = new AuditBlock(40, 1, 7, Instant.FromUtc(2026, 11, 2, 1, 0), "[]", "{\"run\":\"40-2611-001\"}", AuditBlock.Beginning, "");
        Assert.Equal("payengine block 1\nprovince 40\nblock 1\noperation 7\nat 2026-11-02T01:00:00.000000Z\ncovers []\nevents {\"run\":\"40-2611-001\"}\n", block.Content);
        Assert.Equal(AuditBlock.LinkHash(AuditBlock.Beginning, block.ContentHash), block.ComputedHash);
    }

    [Fact]
    public void The_digest_of_a_set_does_not_depend_on_the_order_or_the_statements_that_wrote_it()
    {
        byte[] one = [.. Enumerable.Repeat((byte)1, 32)], two = [.. Enumerable.Repeat((byte)2, 32)], three = [.. Enumerable.Repeat((byte)3, 32)];
        var set = CoveredSets.Of("posting", 3, [[.. one, .. two], three]);
        Assert.Equal(set, CoveredSets.Of("posting", 3, [[.. three, .. two, .. one]]));
        Assert.NotEqual(set, CoveredSets.Of("posting", 3, [[.. three, .. two, .. two]]));
        Assert.Null(CoveredSets.Of("recipient", 300_000, [null]).Sha256);
        Assert.Equal([set], CoveredSets.Read(CoveredSets.Write([set])));
        Assert.Null(CoveredSets.Read("{"));
    }
}
