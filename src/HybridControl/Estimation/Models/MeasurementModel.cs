using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Estimation;

/// <summary>What a sensor sees of the states: z = h(x) + v, v ~ N(0, R).</summary>
/// <remarks>A sensor is apart from the dynamics: an estimator may have any number of them. One thread at a time, see <see cref="Fork"/>.</remarks>
public abstract class MeasurementModel
{
    private readonly StateGeometry _geometry;
    private double[] _work = [];

    /// <summary>Creates a model.</summary>
    /// <param name="names">Names of the m components.</param>
    /// <param name="stateCount">The number n of states.</param>
    protected MeasurementModel(IReadOnlyList<string> names, int stateCount)
    {
        ArgumentNullException.ThrowIfNull(names);
        Names = names;
        Count = names.Count;
        StateCount = stateCount;
        _geometry = StateGeometry.Flat(names.Count);
    }

    /// <summary>Names of the components.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The number m of components.</summary>
    public int Count { get; }

    /// <summary>The number n of states.</summary>
    public int StateCount { get; }

    /// <summary>Whether h is affine in the states.</summary>
    public virtual bool IsLinear => false;

    /// <summary>Whether the noise is the same for all states and times.</summary>
    public virtual bool HasConstantNoise => false;

    /// <summary>Whether Jacobian and noise are the same for all states and times.</summary>
    internal virtual bool HasConstantLinearization => false;

    /// <summary>How measurements are subtracted; plain vectors by default.</summary>
    /// <exception cref="ModelException">Its dimension is not that of the model.</exception>
    public StateGeometry Geometry
    {
        get => _geometry;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            CovarianceFactor.CheckCount("geometry", value.Dimension, Count);
            _geometry = value;
        }
    }

    /// <summary>The measurement without noise.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="z">Receives h(x), m numbers.</param>
    public abstract void Predict(double time, ReadOnlySpan<double> x, Span<double> z);

    /// <summary>The measurements of many states without noise.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="members">The states.</param>
    /// <param name="predicted">Receives h(x) by component, then member: m times the stride of the members.</param>
    public virtual void Predict(double time, StateEnsemble members, Span<double> predicted)
    {
        ArgumentNullException.ThrowIfNull(members);
        Span<double> work = _work.Length < StateCount + Count ? _work = new double[StateCount + Count] : _work;
        Span<double> x = work[..StateCount];
        Span<double> z = work.Slice(StateCount, Count);
        for (int member = 0; member < members.Count; member++)
        {
            members.Read(member, x);
            Predict(time, x, z);
            for (int i = 0; i < z.Length; i++)
            {
                predicted[(i * members.Stride) + member] = z[i];
            }
        }
    }

    /// <summary>The measurement without noise and its Jacobian.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="z">Receives h(x), m numbers.</param>
    /// <param name="jacobian">Receives dh/dx, m by n, row-major.</param>
    public abstract void Linearize(double time, ReadOnlySpan<double> x, Span<double> z, Span<double> jacobian);

    /// <summary>The factor of the noise: R = A A'.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="factor">Receives A, m by m, row-major.</param>
    public abstract void Noise(double time, ReadOnlySpan<double> x, Span<double> factor);

    /// <summary>A copy with work space of its own, for another thread; the model itself if it has none.</summary>
    public virtual MeasurementModel Fork() => this;

    /// <summary>Names z0, z1, ... for models that have none.</summary>
    protected static IReadOnlyList<string> NumberedNames(int count) => [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"z{i}"))];
}
