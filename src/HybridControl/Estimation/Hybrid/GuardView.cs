using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>A guard as a belief sees it: how many standard deviations it is from being enabled, and how fast it comes nearer.</summary>
/// <remarks>Work space of one user; holds the last evaluation.</remarks>
internal sealed class GuardView
{
    private readonly EventEquations _equations;
    private readonly ChoiceSlots _choices;
    private readonly double _threshold;
    private readonly int _n;
    private readonly double[] _values;
    private readonly double[] _gradients;
    private readonly double[] _rates;
    private readonly double[] _rateGradients;
    private readonly double[] _scores;
    private readonly double[] _spreads;
    private readonly double[] _along;

    /// <summary>Makes room.</summary>
    /// <param name="equations">The transition.</param>
    /// <param name="threshold">Standard deviation of its threshold.</param>
    /// <param name="choices">Shared work space.</param>
    /// <param name="n">The number of states.</param>
    public GuardView(EventEquations equations, double threshold, ChoiceSlots choices, int n)
    {
        (_equations, _threshold, _choices, _n) = (equations, threshold, choices, n);
        int leaves = equations.Tree.Leaves.Length;
        _values = new double[leaves];
        _gradients = new double[leaves * n];
        _rates = new double[leaves];
        _rateGradients = new double[leaves * n];
        _scores = new double[leaves];
        _spreads = new double[leaves];
        _along = new double[n];
    }

    /// <summary>Standard deviation of the threshold.</summary>
    public double Threshold => _threshold;

    /// <summary>The leaf in force: the one whose distance in standard deviations decides.</summary>
    public int Leaf { get; private set; }

    /// <summary>The guard function at the mean.</summary>
    public double Margin => _values[Leaf];

    /// <summary>Standard deviation of the guard function, that of the threshold included.</summary>
    public double Spread => _spreads[Leaf];

    /// <summary>Margin over spread: the guard is enabled with probability Phi(score).</summary>
    public double Score => _scores[Leaf];

    /// <summary>Rate of the guard function along the flow at the mean.</summary>
    public double Rate => _rates[Leaf];

    /// <summary>Rate of the score; zero where it is not defined.</summary>
    public double Slope => Spread > 0.0 ? Rate / Spread : 0.0;

    /// <summary>Gradient of the guard function, n numbers.</summary>
    public ReadOnlySpan<double> Gradient => _gradients.AsSpan(Leaf * _n, _n);

    /// <summary>Evaluates everything for a belief.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="belief">The belief.</param>
    /// <param name="data">The data block; its choices are renewed.</param>
    public void Evaluate(double time, GaussianBelief belief, double[] data)
    {
        EvaluateAt(time, belief.Mean, data);
        for (int i = 0; i < _values.Length; i++)
        {
            double spread = double.Hypot(SpreadOf(belief.Factor, _gradients.AsSpan(i * _n, _n)), _threshold);
            _spreads[i] = spread;
            _scores[i] = double.IsNaN(_values[i]) ? double.NegativeInfinity
                : spread > 0.0 ? _values[i] / spread
                : _values[i] >= 0.0 ? double.PositiveInfinity : double.NegativeInfinity;
        }

        Leaf = _equations.Tree.Choose(_scores);
    }

    /// <summary>Evaluates values and rates at a point, and chooses the leaf by value.</summary>
    public void EvaluateAt(double time, ReadOnlySpan<double> x, double[] data)
    {
        _choices.Refresh(_equations.From, time, x, data);
        ref double states = ref MemoryMarshal.GetReference(x);
        ref double block = ref MemoryMarshal.GetArrayDataReference(data);
        _equations.Guards(time, ref states, ref block, ref _values[0]);
        _equations.Gradients(time, ref states, ref block, ref _gradients[0]);
        _equations.Rates(time, ref states, ref block, ref _rates[0]);
        Leaf = _equations.Tree.Choose(_values);
    }

    /// <summary>Value and rate of one leaf at a point.</summary>
    public (double Value, double Rate) LeafAt(int leaf, double time, ReadOnlySpan<double> x, double[] data)
    {
        ref double states = ref MemoryMarshal.GetReference(x);
        ref double block = ref MemoryMarshal.GetArrayDataReference(data);
        _equations.Guards(time, ref states, ref block, ref _values[0]);
        _equations.Rates(time, ref states, ref block, ref _rates[0]);
        return (_values[leaf], _rates[leaf]);
    }

    /// <summary>Standard deviation of the rate of a leaf over deviations given by a factor.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="time">Time in seconds.</param>
    /// <param name="x">The mean.</param>
    /// <param name="factor">n rows of <paramref name="columns"/> numbers.</param>
    /// <param name="columns">Columns of the factor.</param>
    /// <param name="data">The data block.</param>
    public double RateSpread(int leaf, double time, ReadOnlySpan<double> x, ReadOnlySpan<double> factor, int columns, double[] data)
    {
        _equations.RateGradients(
            time, ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetArrayDataReference(data), ref _rateGradients[0]);
        double sum = 0.0;
        for (int j = 0; j < columns; j++)
        {
            double entry = 0.0;
            for (int i = 0; i < _n; i++)
            {
                entry += _rateGradients[(leaf * _n) + i] * factor[(i * columns) + j];
            }

            sum += entry * entry;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Writes the covariance of the states with the margin, in deviations of the margin: P c / spread; zero where nothing is uncertain.</summary>
    /// <param name="belief">The belief of the last evaluation.</param>
    /// <param name="direction">Receives n numbers.</param>
    public void WriteDirection(GaussianBelief belief, Span<double> direction)
    {
        Whiten(belief.Factor, Gradient);
        double scale = Spread > 0.0 ? 1.0 / Spread : 0.0;
        for (int i = 0; i < _n; i++)
        {
            direction[i] = scale * Dense.Dot(belief.Factor.Slice(i * _n, i + 1), _along.AsSpan(0, i + 1));
        }
    }

    private double SpreadOf(ReadOnlySpan<double> factor, ReadOnlySpan<double> gradient)
    {
        Whiten(factor, gradient);
        return Math.Sqrt(Dense.Dot(_along, _along));
    }

    // L'c, the guard along the sources of uncertainty.
    private void Whiten(ReadOnlySpan<double> factor, ReadOnlySpan<double> gradient)
    {
        _along.AsSpan().Clear();
        for (int i = 0; i < _n; i++)
        {
            if (gradient[i] != 0.0)
            {
                Dense.Axpy(gradient[i], factor.Slice(i * _n, i + 1), _along);
            }
        }
    }
}
