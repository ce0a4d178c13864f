using System.Numerics;

namespace PaymentEngine.Core;

/// <summary>A generator whose sequence is ours (SplitMix64 seeding xoshiro256**), so that a seed gives the same world on every machine and version.</summary>
/// <remarks>Algorithms: Vigna and Blackman, public domain. Not for secrets.</remarks>
public sealed class SeededRandom
{
    readonly ulong[] state = new ulong[4];

    public SeededRandom(ulong seed)
    {
        for (var i = 0; i < 4; i++)
        {
            seed = unchecked(seed + 0x9E3779B97F4A7C15UL);
            var z = seed;
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
            state[i] = z ^ (z >> 31);
        }
    }

    /// <summary>A generator for a named part of a world, independent of how much the other parts draw.</summary>
    public static SeededRandom For(ulong seed, ulong part) => new(unchecked((seed * 0xD1342543DE82EF95UL) + part));

    public ulong NextUInt64()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(state[1] * 5, 7) * 9;
            var t = state[1] << 17;
            state[2] ^= state[0];
            state[3] ^= state[1];
            state[1] ^= state[2];
            state[0] ^= state[3];
            state[2] ^= t;
            state[3] = BitOperations.RotateLeft(state[3], 45);
            return result;
        }
    }

    /// <summary>A number from 0 to <paramref name="exclusive"/> − 1.</summary>
    public int Below(int exclusive) => (int)Math.BigMul(NextUInt64(), (ulong)exclusive, out _);

    /// <summary>A number from <paramref name="from"/> to <paramref name="to"/>, both possible.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>True in <paramref name="perTenThousand"/> of 10,000 draws.</summary>
    public bool Chance(int perTenThousand) => Below(10_000) < perTenThousand;

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];
}
