using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>df/dx by one-sided differences, one evaluation for each group of columns that share no row.</summary>
/// <remarks>
/// A. R. Curtis, M. J. D. Powell and J. K. Reid, IMA J. Appl. Math. 13 (1974), 117-119: a tridiagonal matrix takes
/// three evaluations, a full one n.
/// </remarks>
internal sealed class DifferenceJacobian : JacobianFunction
{
    private readonly int[][] _columns;
    private readonly (int Row, int Column, int Place)[][] _entries;

    public DifferenceJacobian(OdeFunction function)
        : base(function, function.Pattern ?? SparsityPattern.Dense(function.Dimension))
    {
        SparsityPattern pattern = function.Pattern ?? Pattern;
        if (pattern.IsDense)
        {
            _columns = [.. Enumerable.Range(0, pattern.Size).Select(column => new[] { column })];
            _entries = []; // every row, in order
            return;
        }

        int[] groups = Colour(pattern);
        int count = groups.Length == 0 ? 0 : groups.Max() + 1;
        ILookup<int, int> columns = Enumerable.Range(0, groups.Length).ToLookup(column => groups[column]);
        ILookup<int, (int Row, int Column)> entries = pattern.Entries().ToLookup(entry => groups[entry.Column]);
        _columns = [.. Enumerable.Range(0, count).Select(group => columns[group].ToArray())];
        _entries =
        [
            .. Enumerable.Range(0, count).Select(group =>
                entries[group].Select(entry => (entry.Row, entry.Column, Pattern.IndexOf(entry.Row, entry.Column))).ToArray()),
        ];
    }

    /// <inheritdoc/>
    public override bool IsExact => false;

    /// <inheritdoc/>
    public override bool DependsOnTime => true;

    /// <summary>Evaluations of the right-hand side for one Jacobian.</summary>
    public int Groups => _columns.Length;

    /// <inheritdoc/>
    public override JacobianWork Start() => new Work(this);

    // Every column takes the first colour that no column with a common row has.
    private static int[] Colour(SparsityPattern pattern)
    {
        int n = pattern.Size;
        ILookup<int, int> rowsOf = pattern.Entries().ToLookup(entry => entry.Column, entry => entry.Row);
        int[] colours = new int[n];
        Array.Fill(colours, -1);
        int[] takenFor = new int[n];
        Array.Fill(takenFor, -1);
        for (int column = 0; column < n; column++)
        {
            foreach (int row in rowsOf[column])
            {
                for (int k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                {
                    int colour = colours[pattern.Columns[k]];
                    if (colour >= 0)
                    {
                        takenFor[colour] = column;
                    }
                }
            }

            int free = 0;
            while (takenFor[free] == column)
            {
                free++;
            }

            colours[column] = free;
        }

        return colours;
    }

    private sealed class Work(DifferenceJacobian owner) : JacobianWork(owner.Pattern)
    {
        private readonly double[] _states = new double[owner.Function.Dimension + 1];
        private readonly double[] _slopes = new double[owner.Function.Dimension + 1];
        private readonly double[] _increments = new double[owner.Function.Dimension];

        /// <inheritdoc/>
        public override void Evaluate(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
        {
            states.CopyTo(_states);
            for (int group = 0; group < owner._columns.Length; group++)
            {
                foreach (int j in owner._columns[group])
                {
                    _increments[j] = Difference.Increment(states[j], slopes[j]);
                    _states[j] += _increments[j];
                }

                owner.Function.Derivatives(time, ref _states[0], ref MemoryMarshal.GetArrayDataReference(data), ref _slopes[0]);
                Evaluations++;
                Divide(group, slopes);

                foreach (int j in owner._columns[group])
                {
                    _states[j] = states[j];
                }
            }
        }

        private void Divide(int group, ReadOnlySpan<double> slopes)
        {
            int n = slopes.Length;
            if (owner._entries.Length == 0)
            {
                for (int row = 0; row < n; row++)
                {
                    Values[(row * n) + group] = (_slopes[row] - slopes[row]) / _increments[group];
                }

                return;
            }

            foreach ((int row, int column, int place) in owner._entries[group])
            {
                Values[place] = (_slopes[row] - slopes[row]) / _increments[column];
            }
        }

        /// <inheritdoc/>
        public override void TimeDerivative(
            double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> result)
        {
            Difference.InTime(owner.Function, time, states, slopes, data, result);
            Evaluations++;
        }
    }
}
