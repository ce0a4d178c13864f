using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Sixteen rows at a time: the arithmetic of <see cref="ComputeSteady"/> without a branch.</summary>
readonly ref partial struct KernelRows
{
    const int Lanes = 16;

    /// <summary>Gathers from the tables need AVX2; other machines go row by row.</summary>
    public static bool HasVectors => Avx2.IsSupported;

    /// <summary>Computes whole blocks of rows and says how many rows that were; rows with an age edge or a suspension within the months are done one by one.</summary>
    /// <remarks>Months are 16 bits and clamped to the months compared, so that no difference of two leaves them. Amounts and sums are 32 bits: a row whose sum could leave them
    /// is not in the columns (<see cref="HandOver.BeyondColumns"/>). Every index into the tables was given out by <see cref="LawCells"/>.</remarks>
    public unsafe int ComputeVectors()
    {
        var whole = dueVnd.Length - (dueVnd.Length % Lanes);
        var (firstMonth, lastMonth) = (Vector256.Create((short)first), Vector256.Create((short)listMonth));
        var (beforeFirst, beforeLast, afterLast) = (Vector256.Create((short)(first - 1)), Vector256.Create((short)(listMonth - 1)), Vector256.Create((short)(listMonth + 1)));
        var lastUnaged = Vector256.Create((short)(firstAged - 1));
        fixed (int* tables = amountsVnd, listed = listedVnd)
        {
            for (var row = 0; row < whole; row += Lanes)
            {
                var birth = Load(births, row);
                var (ageFirst, ageLast) = (firstMonth - birth, lastMonth - birth);
                var (bandFirst, bandLast) = (Vector256<short>.Zero, Vector256<short>.Zero);
                foreach (var edge in edges)
                {
                    var below = Vector256.Create((short)(edge - 1));
                    // A comparison that holds is −1 in its lane.
                    bandFirst -= Vector256.GreaterThan(ageFirst, below);
                    bandLast -= Vector256.GreaterThan(ageLast, below);
                }

                var slot = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(slots), (nuint)row).AsInt16();
                var aged = Vector256.GreaterThan(slot, lastUnaged);
                var suspended = Vector256.LessThanOrEqual(Load(suspendedFroms, row), lastMonth) & Vector256.GreaterThanOrEqual(Load(suspendedLasts, row), firstMonth);
                var alone = Vector256.AndNot(aged, Vector256.Equals(bandFirst, bandLast)) | suspended;
                var index = slot + (aged & bandLast);

                var (start, stop) = (Load(firsts, row), Vector256.Min(Load(lasts, row), Load(deaths, row)));
                var dueNow = Vector256.LessThanOrEqual(start, lastMonth) & Vector256.GreaterThanOrEqual(stop, lastMonth);
                var begin = Vector256.Min(Vector256.Max(start, firstMonth), afterLast);
                var end = Vector256.Max(Vector256.Min(stop, lastMonth), beforeFirst);
                var listedBegin = Vector256.Min(Vector256.Max(Load(listedFroms, row), firstMonth), lastMonth);
                var listedEnd = Vector256.Max(Vector256.Min(Load(listedLasts, row), beforeLast), beforeFirst);
                var (bothBegin, bothEnd) = (Vector256.Max(begin, listedBegin), Vector256.Min(end, listedEnd));

                var taken = Vector256.WidenLower(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(times), (nuint)row).ToVector256Unsafe()).AsInt16();
                var (timesLow, timesHigh) = Vector256.Widen(taken);
                var (indexLow, indexHigh) = Vector256.Widen(index);
                var (arrearsLow, arrearsHigh, excessLow, excessHigh) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                var (dueLow, dueHigh) = (Vector256<int>.Zero, Vector256<int>.Zero);
                for (var period = 0; period < periodFirsts.Length; period++)
                {
                    var (from, to) = (Vector256.Create(periodFirsts[period]), Vector256.Create((short)LastCompared(period)));
                    var both = Months(bothBegin, bothEnd, from, to);
                    var onlyDue = Months(begin, end, from, to) - both;
                    var onlyListed = Months(listedBegin, listedEnd, from, to) - both;
                    var (bothLow, bothHigh) = Vector256.Widen(both);
                    var (onlyDueLow, onlyDueHigh) = Vector256.Widen(onlyDue);
                    var (onlyListedLow, onlyListedHigh) = Vector256.Widen(onlyListed);
                    var table = tables + (period * slotted);
                    dueLow = Avx2.GatherVector256(table, indexLow, sizeof(int)) * timesLow;
                    dueHigh = Avx2.GatherVector256(table, indexHigh, sizeof(int)) * timesHigh;
                    Against(dueLow, Vector256.Load(listed + (period * listedRoom) + row), bothLow, onlyDueLow, onlyListedLow, ref arrearsLow, ref excessLow);
                    Against(dueHigh, Vector256.Load(listed + (period * listedRoom) + row + (Lanes / 2)), bothHigh, onlyDueHigh, onlyListedHigh, ref arrearsHigh, ref excessHigh);
                }

                var (nowLow, nowHigh) = Vector256.Widen(dueNow);
                Store(dueLow & nowLow, dueHigh & nowHigh, dueVnd, row);
                Store(arrearsLow, arrearsHigh, arrearsVnd, row);
                Store(excessLow, excessHigh, excessVnd, row);

                for (var left = alone.ExtractMostSignificantBits(); left != 0; left &= left - 1) ComputeRow(row + System.Numerics.BitOperations.TrailingZeroCount(left));
            }
        }

        return whole;
    }

    /// <summary>Months of one range within another; none is zero.</summary>
    static Vector256<short> Months(Vector256<short> begin, Vector256<short> end, Vector256<short> from, Vector256<short> to) =>
        Vector256.Max(Vector256.Min(end, to) - Vector256.Max(begin, from) + Vector256<short>.One, Vector256<short>.Zero);

    static void Against(Vector256<int> due, Vector256<int> listed, Vector256<int> both, Vector256<int> onlyDue, Vector256<int> onlyListed, ref Vector256<int> arrears, ref Vector256<int> excess)
    {
        var difference = due - listed;
        var missing = Vector256.Max(difference, Vector256<int>.Zero);
        arrears += (missing * both) + (due * onlyDue);
        excess += ((missing - difference) * both) + (listed * onlyListed);
    }

    static Vector256<short> Load(ReadOnlySpan<short> column, int row) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(column), (nuint)row);

    static void Store(Vector256<int> low, Vector256<int> high, Span<int> column, int row)
    {
        low.StoreUnsafe(ref MemoryMarshal.GetReference(column), (nuint)row);
        high.StoreUnsafe(ref MemoryMarshal.GetReference(column), (nuint)(row + (Lanes / 2)));
    }
}
