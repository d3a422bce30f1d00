using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>What is believed of n states: a mean, and a covariance with its Cholesky factor.</summary>
/// <remarks>
/// P = L L' with L lower triangular, row-major, so that P cannot lose its symmetry or become indefinite, and keeps twice
/// the digits; P itself is kept instead while it is proven to have its digits. A singular P (a state that is known exactly) is allowed, and so are directions of which nothing is known
/// (<see cref="Unknown"/>): P is then the limit of L L' + kappa B B' as kappa grows without bound. A belief that an
/// estimator shows changes with the estimator, and may be factored only when it is asked for L; <see cref="Copy"/> keeps it.
/// One thread at a time may read the belief of an estimator, any number a copy.
/// </remarks>
public sealed class GaussianBelief
{
    private Numbers _own; // in one place, so that two beliefs are exchanged by two references

    /// <summary>Creates a belief with mean zero and no uncertainty.</summary>
    /// <param name="dimension">The number n of states.</param>
    public GaussianBelief(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        Dimension = dimension;
        _own = new Numbers(dimension);
    }

    /// <summary>A belief for the work of an estimator: with mean zero, no uncertainty, and room for a covariance, so that no step has to make it.</summary>
    internal static GaussianBelief WithRoom(int dimension)
    {
        var belief = new GaussianBelief(dimension);
        belief._own.Form = new CovarianceForm(dimension);
        return belief;
    }

    /// <summary>A copy for the work of an estimator.</summary>
    internal GaussianBelief CopyWithRoom()
    {
        GaussianBelief copy = WithRoom(Dimension);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>The number n of states.</summary>
    public int Dimension { get; }

    /// <summary>The mean, n numbers.</summary>
    public ReadOnlySpan<double> Mean => _own.Mean;

    /// <summary>The factor L of the covariance, n by n, row-major, lower triangular.</summary>
    public ReadOnlySpan<double> Factor => CurrentFactor();

    /// <summary>The number d of directions of which nothing is known; zero for an ordinary belief.</summary>
    public int DiffuseRank => _own.DiffuseRank;

    /// <summary>The directions B of which nothing is known, n by d, row-major.</summary>
    public ReadOnlySpan<double> DiffuseFactor => _own.Diffuse.AsSpan(0, Dimension * DiffuseRank);

    /// <summary>What is known of the process noise that a correlated sensor has felt; null if none ever has.</summary>
    internal NoiseMemory? Memory => _own.Memory;

    /// <summary>The mean, to write.</summary>
    internal Span<double> MutableMean => _own.Mean;

    /// <summary>The factor, to write; zeros above the diagonal must stay.</summary>
    internal Span<double> MutableFactor
    {
        get
        {
            double[] factor = CurrentFactor();
            _own.HasForm = false;
            return factor;
        }
    }

    /// <summary>The covariance as it is, where its digits are vouched for; else null.</summary>
    internal CovarianceForm? Form => _own.HasForm ? _own.Form : null;

    /// <summary>A belief from a covariance.</summary>
    /// <param name="mean">Mean, n numbers.</param>
    /// <param name="covariance">Covariance, n by n, row-major, symmetric positive semidefinite.</param>
    /// <exception cref="ModelException">Sizes differ, a number is not finite, or the covariance is not symmetric or not positive semidefinite.</exception>
    public static GaussianBelief FromCovariance(ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance)
    {
        double[] factor = CovarianceFactor.Of(covariance, mean.Length, "belief.covariance");
        return FromFactor(mean, factor);
    }

    /// <summary>A belief from standard deviations of independent states.</summary>
    /// <param name="mean">Mean, n numbers.</param>
    /// <param name="deviations">Standard deviations, n numbers, not negative.</param>
    /// <exception cref="ModelException">Sizes differ, a number is not finite, or a deviation is negative.</exception>
    public static GaussianBelief FromDeviations(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations)
    {
        int n = mean.Length;
        double[] factor = new double[n * n];
        CovarianceFactor.CheckCount("belief.deviations", deviations.Length, n);
        for (int i = 0; i < n; i++)
        {
            if (!(deviations[i] >= 0.0 && double.IsFinite(deviations[i])))
            {
                throw new ModelException(
                    FormattableString.Invariant($"belief.deviations[{i}]"),
                    FormattableString.Invariant($"the standard deviation {deviations[i]}"),
                    "Give a finite number that is not negative.");
            }

            factor[i * (n + 1)] = deviations[i];
        }

        return FromFactor(mean, factor);
    }

    /// <summary>A belief from any factor of the covariance.</summary>
    /// <param name="mean">Mean, n numbers.</param>
    /// <param name="factor">A with P = A A', n rows, row-major; it need not be square or triangular.</param>
    /// <exception cref="ModelException">Sizes differ or a number is not finite.</exception>
    public static GaussianBelief FromFactor(ReadOnlySpan<double> mean, ReadOnlySpan<double> factor)
    {
        int n = mean.Length;
        if (n == 0 || factor.Length % n != 0)
        {
            throw new ModelException(
                "belief.factor", $"{factor.Length} numbers for {n} states", "Give n rows of equal length, row after row.");
        }

        if (!Dense.IsFinite(mean) || !Dense.IsFinite(factor))
        {
            throw new ModelException("belief", "a number is NaN or infinite", "Give finite numbers.");
        }

        var belief = new GaussianBelief(n);
        mean.CopyTo(belief._own.Mean);
        int given = factor.Length / n;
        int columns = Math.Max(n, given);
        var array = new double[n * columns];
        for (int i = 0; i < n; i++)
        {
            factor.Slice(i * given, given).CopyTo(array.AsSpan(i * columns));
        }

        LowerTriangularization.Apply(array, n, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, belief._own.Factor, n);
        return belief;
    }

    /// <summary>No information at all: every direction is unknown.</summary>
    /// <param name="dimension">The number n of states.</param>
    /// <remarks>The exact diffuse start of <see cref="KalmanFilter"/>.</remarks>
    public static GaussianBelief Unknown(int dimension)
    {
        var belief = new GaussianBelief(dimension);
        Span<double> identity = belief.MutableDiffuse(dimension);
        for (int i = 0; i < dimension; i++)
        {
            identity[i * (dimension + 1)] = 1.0;
        }

        return belief;
    }

    /// <summary>The same belief, but for directions of which nothing is known.</summary>
    /// <param name="directions">B, n by d; one column for each direction.</param>
    /// <exception cref="ModelException">It has not n rows, or a number is not finite.</exception>
    public GaussianBelief WithUnknown(double[,] directions)
    {
        ArgumentNullException.ThrowIfNull(directions);
        Matrices.CheckSize("belief.unknown", directions, Dimension, directions.GetLength(1));
        GaussianBelief belief = Copy();
        Matrices.Flatten(directions, "belief.unknown").CopyTo(belief.MutableDiffuse(directions.GetLength(1)));
        return belief;
    }

    /// <summary>The covariance P, n by n, row-major; a new array. Infinite where nothing is known.</summary>
    public double[] Covariance()
    {
        double[] covariance = new double[_own.Factor.Length];
        WriteCovariance(covariance);
        return covariance;
    }

    /// <summary>Writes the covariance P, n by n, row-major. Infinite where nothing is known.</summary>
    public void WriteCovariance(Span<double> covariance)
    {
        if (Form is { } form)
        {
            form.Write(covariance);
        }
        else
        {
            Dense.LowerSquare(_own.Factor, covariance, Dimension);
        }

        for (int i = 0; DiffuseRank > 0 && i < covariance.Length; i++)
        {
            double unknown = Dense.Dot(DiffuseRow(i / Dimension), DiffuseRow(i % Dimension));
            if (unknown != 0.0)
            {
                covariance[i] = unknown * double.PositiveInfinity;
            }
        }
    }

    /// <summary>The variance of a state.</summary>
    public double Variance(int state)
    {
        ReadOnlySpan<double> unknown = DiffuseRow(state);
        if (Dense.Dot(unknown, unknown) > 0.0)
        {
            return double.PositiveInfinity;
        }

        ReadOnlySpan<double> row = _own.Factor.AsSpan(state * Dimension, state + 1);
        return Form?.Variance(state) ?? Dense.Dot(row, row);
    }

    /// <summary>The standard deviation of a state.</summary>
    public double Deviation(int state) => Math.Sqrt(Variance(state));

    /// <summary>Whether every number is finite.</summary>
    public bool IsFinite =>
        Dense.IsFinite(Mean) && (Form?.IsFinite ?? Dense.IsFinite(_own.Factor)) && (DiffuseRank == 0 || Dense.IsFinite(DiffuseFactor));

    /// <summary>A belief of its own with the same numbers.</summary>
    public GaussianBelief Copy()
    {
        var copy = new GaussianBelief(Dimension);
        copy.CopyFrom(this);
        copy.CurrentFactor(); // from now on nothing changes
        return copy;
    }

    /// <summary>Draws states from the belief.</summary>
    /// <param name="count">The number of members, at least one.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <returns>A new ensemble, all in mode 0.</returns>
    /// <exception cref="ModelException">Directions of the belief are unknown.</exception>
    public StateEnsemble Sample(int count, ulong seed)
    {
        if (DiffuseRank > 0)
        {
            throw new ModelException(
                "belief", $"{DiffuseRank} directions are unknown, from which nothing can be drawn", "Give a finite covariance.");
        }

        var members = new StateEnsemble(Dimension, count);
        EnsembleNoise noise = new EnsembleNoise(seed, 0).For(FilterStreams.Initial);
        double[] normals = new double[count];
        for (int i = 0; i < Dimension; i++)
        {
            members.Component(i).Fill(_own.Mean[i]);
        }

        for (int j = 0; j < Dimension; j++)
        {
            noise.Fill(0, j, 0, normals);
            for (int i = j; i < Dimension; i++)
            {
                Dense.Axpy(Factor[(i * Dimension) + j], normals, members.Component(i));
            }
        }

        return members;
    }

    /// <summary>Exchanges the numbers with those of another belief of the same dimension.</summary>
    internal void Swap(GaussianBelief other) => (_own, other._own) = (other._own, _own);

    /// <summary>Takes over the numbers of another belief of the same dimension.</summary>
    internal void CopyFrom(GaussianBelief other)
    {
        other._own.Mean.CopyTo(_own.Mean, 0);
        if (other._own.HasFactor)
        {
            other._own.Factor.CopyTo(_own.Factor, 0);
        }

        if (other.Form is { } form)
        {
            RoomForForm().CopyFrom(form);
        }

        (_own.HasForm, _own.HasFactor) = (other._own.HasForm, other._own.HasFactor);
        other.DiffuseFactor.CopyTo(MutableDiffuse(other.DiffuseRank));
        if (other._own.Memory is { IsActive: true } memory)
        {
            MutableMemory(memory.Count).CopyFrom(memory);
        }
        else
        {
            _own.Memory?.Forget();
        }
    }

    /// <summary>Room for a covariance, which counts once it is held.</summary>
    internal CovarianceForm RoomForForm()
    {
        (_own.HasForm, _own.HasFactor) = (false, true);
        return _own.Form ??= new CovarianceForm(Dimension);
    }

    /// <summary>Holds the covariance that has been written in place of the factor.</summary>
    internal void HoldForm() => (_own.HasForm, _own.HasFactor) = (true, false);

    /// <summary>Makes <paramref name="rank"/> directions unknown and gives the room for B, n by rank, not cleared.</summary>
    internal Span<double> MutableDiffuse(int rank)
    {
        if (_own.Diffuse.Length < Dimension * rank)
        {
            _own.Diffuse = new double[Dimension * rank];
        }

        _own.DiffuseRank = rank;
        return _own.Diffuse.AsSpan(0, Dimension * rank);
    }

    /// <summary>Room for what is known of <paramref name="count"/> sources of noise.</summary>
    internal NoiseMemory MutableMemory(int count) => _own.Memory ??= new NoiseMemory(Dimension, count);

    private double[] CurrentFactor()
    {
        if (!_own.HasFactor)
        {
            _own.HasFactor = true;
            _own.Form!.WriteFactor(_own.Factor);
        }

        return _own.Factor;
    }

    private ReadOnlySpan<double> DiffuseRow(int state) => _own.Diffuse.AsSpan(state * DiffuseRank, DiffuseRank);

    private sealed class Numbers(int n)
    {
        public readonly double[] Mean = new double[n];
        public readonly double[] Factor = new double[n * n];
        public double[] Diffuse = [];
        public int DiffuseRank;
        public NoiseMemory? Memory;
        public CovarianceForm? Form;
        public bool HasForm;
        public bool HasFactor = true;
    }
}
