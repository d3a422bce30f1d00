using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>What an update saw: the innovation nu = z - h(x), its covariance S, and how likely it was.</summary>
/// <remarks>
/// Components that were missing are left out; <see cref="Component"/> tells which one an entry belongs to. A live view of
/// the last update: it changes with the estimator. Not thread-safe.
/// </remarks>
public sealed class Innovation
{
    private const double LogTwoPi = 1.8378770664093454836;

    // Differences of numbers beyond this may leave the range of doubles.
    private const double Farthest = 0.125 * double.MaxValue;

    private double[] _value = [];
    private double[] _factor = [];
    private double[] _white = [];
    private int[] _components = [];

    /// <summary>The number of components that were used, m.</summary>
    public int Count { get; private set; }

    /// <summary>The innovation nu, m numbers.</summary>
    public ReadOnlySpan<double> Value => _value.AsSpan(0, Count);

    /// <summary>The factor of its covariance S = L L', m by m, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Factor => _factor.AsSpan(0, Count * Count);

    /// <summary>The whitened innovation L^-1 nu, m numbers of variance one.</summary>
    public ReadOnlySpan<double> Whitened => _white.AsSpan(0, Count);

    /// <summary>Number of the component of the measurement that an entry belongs to.</summary>
    public int Component(int entry) => _components[entry];

    /// <summary>The normalised innovation squared nu' S^-1 nu: chi-square with m degrees of freedom for a right model.</summary>
    public double NormalizedSquare { get; private set; }

    /// <summary>Logarithm of the density of the measurement before it was used.</summary>
    public double LogLikelihood { get; internal set; }

    /// <summary>How the update ended.</summary>
    public EstimationStatus Status { get; internal set; } = EstimationStatus.Missing;

    /// <summary>The standard deviation of an entry of the innovation.</summary>
    public double Deviation(int entry)
    {
        ReadOnlySpan<double> row = Factor.Slice(entry * Count, entry + 1);
        return Math.Sqrt(Dense.Dot(row, row));
    }

    /// <summary>Why <see cref="Weigh"/> was false: of NaN no pivot is positive, which is no contradiction.</summary>
    internal EstimationStatus Misfit =>
        Dense.IsFinite(Value) && Dense.IsFinite(Factor) ? EstimationStatus.Contradiction : EstimationStatus.NotFinite;

    /// <summary>Whether what was seen is a number and likely enough to be used.</summary>
    /// <param name="bound">The largest normalised square that passes the gate.</param>
    internal EstimationStatus Judge(double bound) =>
        !(Dense.IsFinite(Value) && Dense.IsFinite(Factor)) ? EstimationStatus.NotFinite
        : NormalizedSquare > bound ? EstimationStatus.Gated
        : !double.IsFinite(LogLikelihood) ? EstimationStatus.OutOfRange
        : EstimationStatus.Done;

    /// <summary>Copies everything from another innovation.</summary>
    internal void CopyFrom(Innovation other)
    {
        Reserve(other.Count);
        Count = other.Count;
        other.Value.CopyTo(_value);
        other.Factor.CopyTo(_factor);
        other.Whitened.CopyTo(_white);
        other._components.AsSpan(0, Count).CopyTo(_components);
        NormalizedSquare = other.NormalizedSquare;
        LogLikelihood = other.LogLikelihood;
        Status = other.Status;
    }

    /// <summary>Makes room for <paramref name="capacity"/> components; allocates only when that grows.</summary>
    internal void Reserve(int capacity)
    {
        if (_value.Length < capacity)
        {
            _value = new double[capacity];
            _white = new double[capacity];
            _factor = new double[capacity * capacity];
            _components = new int[capacity];
        }
    }

    /// <summary>Begins an update: which components of the measurement are there.</summary>
    /// <returns>How it stands: <see cref="EstimationStatus.Done"/> to go on, or why there is nothing to do.</returns>
    internal EstimationStatus Begin(ReadOnlySpan<double> measurement)
    {
        Reserve(measurement.Length);
        Count = 0;
        NormalizedSquare = 0.0;
        LogLikelihood = 0.0;
        for (int i = 0; i < measurement.Length; i++)
        {
            if (Math.Abs(measurement[i]) > Farthest)
            {
                Count = 0;
                return Status = double.IsInfinity(measurement[i]) ? EstimationStatus.InfiniteMeasurement : EstimationStatus.OutOfRange;
            }

            if (!double.IsNaN(measurement[i]))
            {
                _components[Count++] = i;
            }
        }

        return Status = Count == 0 ? EstimationStatus.Missing : EstimationStatus.Done;
    }

    /// <summary>The innovation, to write.</summary>
    internal Span<double> MutableValue => _value.AsSpan(0, Count);

    /// <summary>The factor of its covariance, to write.</summary>
    internal Span<double> MutableFactor => _factor.AsSpan(0, Count * Count);

    /// <summary>The components in use.</summary>
    internal ReadOnlySpan<int> Components => _components.AsSpan(0, Count);

    /// <summary>Sets an entry that is independent of those before; the entry must not be after the one that was read last.</summary>
    internal void Set(int entry, int component, double value, double deviation)
    {
        _components[entry] = component;
        _value[entry] = value;
        _white[entry] = deviation;
    }

    /// <summary>Keeps the first entries, which were set as independent ones, and weighs them.</summary>
    internal void KeepIndependent(int count)
    {
        Count = count;
        Span<double> factor = MutableFactor;
        factor.Clear();
        for (int i = 0; i < count; i++)
        {
            factor[i * (count + 1)] = _white[i];
        }

        Weigh();
    }

    /// <summary>Computes the whitened innovation, its square and the likelihood from value and factor.</summary>
    /// <returns>False if the innovation is outside what a singular S allows.</returns>
    internal bool Weigh()
    {
        Span<double> white = _white.AsSpan(0, Count);
        Value.CopyTo(white);
        LowerTriangular.Solve(Factor, white);
        double largest = 0.0;
        foreach (double value in Value)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return Score() == Count || LowerTriangular.ResidualOfZeroPivots(Factor, Value, Whitened) <= 1e-9 * (1.0 + largest);
    }

    /// <summary>Takes over the whitened innovation, and computes its square and the likelihood; the factor is regular.</summary>
    /// <param name="white">Its entries, <paramref name="stride"/> apart.</param>
    /// <param name="stride">Distance between entries.</param>
    internal void WeighWhitened(ReadOnlySpan<double> white, int stride)
    {
        for (int i = 0; i < Count; i++)
        {
            _white[i] = white[i * stride];
        }

        Score();
    }

    // Square and likelihood; returns the rank of S.
    private int Score()
    {
        NormalizedSquare = Dense.Dot(Whitened, Whitened);
        double logPivots = 0.0;
        double product = 1.0;
        int rank = 0;
        for (int i = 0; i < Count; i++)
        {
            double pivot = Math.Abs(_factor[i * (Count + 1)]);
            if (pivot > 0.0)
            {
                rank++;
                product *= pivot;
                if (!(product > 1e-100 && product < 1e100)) // one logarithm for many pivots, unless they leave the range
                {
                    logPivots += Math.Log(product / pivot) + Math.Log(pivot);
                    product = 1.0;
                }
            }
        }

        LogLikelihood = -0.5 * ((rank * LogTwoPi) + NormalizedSquare) - logPivots - Math.Log(product);
        return rank;
    }
}
