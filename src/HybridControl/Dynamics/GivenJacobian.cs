using System.Runtime.InteropServices;
using HybridControl.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;

namespace HybridControl.Dynamics;

/// <summary>df/dx as a method of the user writes it; df/dt by a difference.</summary>
internal sealed class GivenJacobian : JacobianFunction
{
    private readonly MatrixFunction _method;
    private readonly int _size;
    private readonly int[] _sources; // place in the columns of the matrix, for each entry of the pattern

    /// <summary>Describes the Jacobian.</summary>
    /// <param name="function">The right-hand side.</param>
    /// <param name="method">Writes df/dx.</param>
    /// <param name="size">Rows and columns that it writes: those of the first states, as others may be hidden from it.</param>
    public GivenJacobian(OdeFunction function, MatrixFunction method, int size)
        : base(function, function.Pattern ?? SparsityPattern.Dense(function.Dimension))
    {
        (_method, _size) = (method, size);
        _sources = [.. Pattern.Entries().Select(entry => entry.Row < size && entry.Column < size ? (entry.Column * size) + entry.Row : -1)];
    }

    /// <inheritdoc/>
    public override bool IsExact => true;

    /// <inheritdoc/>
    public override bool DependsOnTime => true;

    /// <inheritdoc/>
    public override JacobianWork Start() => new Work(this);

    private sealed class Work : JacobianWork
    {
        private readonly GivenJacobian _owner;
        private readonly double[] _columns;
        private readonly DenseMatrix _matrix; // over these columns

        public Work(GivenJacobian owner)
            : base(owner.Pattern)
        {
            _owner = owner;
            int size = Math.Max(1, owner._size);
            _columns = new double[size * size];
            _matrix = new(size, size, _columns);
        }

        /// <inheritdoc/>
        public override void Evaluate(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data)
        {
            Array.Clear(_columns);
            _owner._method(
                time, ref MemoryMarshal.GetReference(states), ref MemoryMarshal.GetArrayDataReference(data), _matrix);
            int[] sources = _owner._sources;
            for (int k = 0; k < sources.Length; k++)
            {
                Values[k] = sources[k] < 0 ? 0.0 : _columns[sources[k]];
            }
        }

        /// <inheritdoc/>
        public override void TimeDerivative(
            double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> result)
        {
            Difference.InTime(_owner.Function, time, states, slopes, data, result);
            Evaluations++;
        }
    }
}
