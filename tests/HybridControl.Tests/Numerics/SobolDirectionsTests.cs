using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class SobolDirectionsTests
{
    // The first ten points in three dimensions as S. Joe and F. Y. Kuo print them, in the order of the Gray code.
    private static readonly double[][] Published =
    [
        [0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625], [0.875, 0.875, 0.125],
        [0.625, 0.125, 0.875], [0.125, 0.625, 0.375], [0.1875, 0.3125, 0.9375], [0.6875, 0.8125, 0.4375],
    ];

    [Test]
    public void The_first_points_are_the_published_ones()
    {
        uint[] directions = SobolDirections.Of(3);
        for (uint i = 0; i < Published.Length; i++)
        {
            uint index = i ^ (i >> 1);
            double[] point = [.. Enumerable.Range(0, 3).Select(dimension => Coordinate(directions, dimension, index) / Math.Pow(2.0, 32))];
            Assert.That(point, Is.EqualTo(Published[i]));
        }
    }

    [Test]
    public void Every_dimension_puts_one_point_in_each_interval()
    {
        const int m = 11;
        uint[] directions = SobolDirections.Of(SobolDirections.Dimensions);
        for (int dimension = 0; dimension < SobolDirections.Dimensions; dimension++)
        {
            IEnumerable<uint> intervals = Enumerable.Range(0, 1 << m).Select(i => Coordinate(directions, dimension, (uint)i) >> (32 - m));
            Assert.That(intervals, Is.Unique, $"dimension {dimension}");
        }
    }

    // I. M. Sobol's Property A: the first digits of the first d points of index 2^k in d dimensions are independent modulo two.
    [Test]
    public void The_first_points_fill_all_orthants()
    {
        const int dimensions = 32;
        uint[] directions = SobolDirections.Of(dimensions);
        uint[] rows = [.. Enumerable.Range(0, dimensions).Select(dimension =>
            Enumerable.Range(0, dimensions).Aggregate(0u, (row, bit) => (row << 1) | (directions[(dimension * 32) + bit] >> 31)))];
        for (int size = 1; size <= dimensions; size++)
        {
            Assert.That(Rank([.. rows[..size].Select(row => row >> (dimensions - size))]), Is.EqualTo(size));
        }
    }

    [Test]
    public void The_first_two_dimensions_are_a_net_of_quality_zero()
    {
        const int m = 8;
        uint[] directions = SobolDirections.Of(2);
        for (int first = 0; first <= m; first++)
        {
            IEnumerable<(uint, uint)> boxes = Enumerable.Range(0, 1 << m).Select(i => (
                (uint)((ulong)Coordinate(directions, 0, (uint)i) >> (32 - first)),
                (uint)((ulong)Coordinate(directions, 1, (uint)i) >> (32 - m + first))));
            Assert.That(boxes, Is.Unique);
        }
    }

    private static uint Coordinate(uint[] directions, int dimension, uint index) =>
        SobolDirections.Coordinate(directions.AsSpan(dimension * SobolDirections.Bits, SobolDirections.Bits), index);

    private static int Rank(uint[] rows)
    {
        int rank = 0;
        for (int bit = 31; bit >= 0; bit--)
        {
            int pivot = Array.FindIndex(rows, rank, row => ((row >> bit) & 1) != 0);
            if (pivot < 0)
            {
                continue;
            }

            (rows[rank], rows[pivot]) = (rows[pivot], rows[rank]);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] ^= i != rank && ((rows[i] >> bit) & 1) != 0 ? rows[rank] : 0;
            }

            rank++;
        }

        return rank;
    }
}
