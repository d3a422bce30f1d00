using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The saltation of a transition at a point: new states, matrix, and what a shift of the threshold does.</summary>
/// <remarks>
/// Xi = D_x R + (f+ - D_x R f- - D_t R) D_x g / (D_t g + D_x g f-): how a neighbour that is delta x away before the event is
/// away after it, both taken at the same time, although it jumps earlier or later. R. I. Leine and H. Nijmeijer, Dynamics and
/// Bifurcations of Non-Smooth Mechanical Systems (2004); N. J. Kong, J. J. Payne, G. Council and A. M. Johnson,
/// The Salted Kalman Filter, Automatica 131 (2021). Work space of one user.
/// </remarks>
internal sealed class EventMap
{
    private readonly EventEquations _equations;
    private readonly FlowEquations _after;
    private readonly ChoiceSlots _choices;
    private readonly int _n;
    private readonly double[] _values;
    private readonly double[] _gradients;
    private readonly double[] _rates;
    private readonly double[] _reset;
    private readonly double[] _dataAfter;

    /// <summary>Makes room.</summary>
    /// <param name="equations">The transition.</param>
    /// <param name="after">The flow of the mode it enters.</param>
    /// <param name="choices">Shared work space.</param>
    public EventMap(EventEquations equations, FlowEquations after, ChoiceSlots choices)
    {
        (_equations, _after, _choices) = (equations, after, choices);
        _n = after.Compiled.StateCount;
        int leaves = equations.Tree.Leaves.Length;
        _values = new double[leaves];
        _gradients = new double[leaves * _n];
        _rates = new double[Math.Max(leaves, _n)];
        _reset = new double[_n + equations.DiscreteSlots.Length];
        _dataAfter = new double[after.Compiled.DataCount];
        Matrix = new double[_n * _n];
        Late = new double[_n];
        Shift = new double[_n];
        After = new double[_n];
    }

    /// <summary>New states.</summary>
    public double[] After { get; }

    /// <summary>The data block after the jump.</summary>
    public double[] DataAfter => _dataAfter;

    /// <summary>Xi, n by n, row-major.</summary>
    public double[] Matrix { get; }

    /// <summary>How the states after the event change with its time: f+ - D_x R f- - D_t R, n numbers; less of it for a later event.</summary>
    public double[] Late { get; }

    /// <summary>Whether the reset turns the guard, or one of its comparisons, around: a neighbour beyond it is sent before it.</summary>
    public bool IsReversing { get; private set; }

    /// <summary>Change of the states after the event for a guard function that is one unit larger, n numbers.</summary>
    public double[] Shift { get; }

    /// <summary>Rate of the guard along the flow before the event.</summary>
    public double Rate { get; private set; }

    /// <summary>The leaf of the guard that was in force.</summary>
    public int Leaf { get; private set; }

    /// <summary>The gradient of the guard, n numbers.</summary>
    public ReadOnlySpan<double> Gradient => _gradients.AsSpan(Leaf * _n, _n);

    /// <summary>Evaluates everything at a point.</summary>
    /// <param name="time">Time of the event.</param>
    /// <param name="before">States before it.</param>
    /// <param name="data">The data block before it; its choices are renewed.</param>
    /// <param name="located">Whether the event happens where the guard vanishes; if not, it happens at a given time, and Xi = D_x R.</param>
    /// <param name="leaf">The leaf of the guard; -1 for the one in force.</param>
    /// <returns>False if a number is not finite.</returns>
    public bool Evaluate(double time, ReadOnlySpan<double> before, double[] data, bool located, int leaf = -1)
    {
        _choices.Refresh(_equations.From, time, before, data);
        ref double x = ref FlowEquations.First(before);
        ref double d = ref MemoryMarshal.GetArrayDataReference(data);
        _equations.Reset(time, ref x, ref d, ref _reset[0]);
        _reset.AsSpan(0, _n).CopyTo(After);
        data.CopyTo(_dataAfter, 0);
        for (int i = 0; i < _equations.DiscreteSlots.Length; i++)
        {
            _dataAfter[_equations.DiscreteSlots[i]] = _reset[_n + i];
        }

        _equations.ResetJacobian(time, ref x, ref d, ref Matrix[0]);
        _equations.ResetRates(time, ref x, ref d, ref _rates[0]);
        _after.Flow(time, ref After[0], ref MemoryMarshal.GetArrayDataReference(_dataAfter), ref Late[0]);
        Dense.Axpy(-1.0, _rates.AsSpan(0, _n), Late);
        Face(time, ref x, ref d, leaf);
        Shift.AsSpan().Clear();
        if (located)
        {
            Delay();
        }

        return Dense.IsFinite(After) && Dense.IsFinite(Matrix);
    }

    // The guard where the event happens, and whether the reset turns it around.
    private void Face(double time, ref double x, ref double d, int leaf)
    {
        _equations.Guards(time, ref x, ref d, ref _values[0]);
        _equations.Gradients(time, ref x, ref d, ref _gradients[0]);
        _equations.Rates(time, ref x, ref d, ref _rates[0]);
        Leaf = leaf >= 0 ? leaf : _equations.Tree.Choose(_values);
        Rate = _rates[Leaf];
        IsReversing = IsTurned();
    }

    private void Delay()
    {
        // An event at a time of its own: neighbours jump at the same instant.
        if (Rate == 0.0 && Gradient.IndexOfAnyExcept(0.0) < 0)
        {
            return;
        }

        for (int i = 0; i < _n; i++)
        {
            Shift[i] = Late[i] / Rate;
            Dense.Axpy(Shift[i], Gradient, Matrix.AsSpan(i * _n, _n));
        }
    }

    // A leaf whose gradient has turned against itself under the reset.
    private bool IsTurned()
    {
        for (int leaf = 0; leaf < _values.Length; leaf++)
        {
            ReadOnlySpan<double> gradient = _gradients.AsSpan(leaf * _n, _n);
            double along = 0.0;
            for (int i = 0; i < _n; i++)
            {
                along += gradient[i] * Dense.Dot(Matrix.AsSpan(i * _n, _n), gradient);
            }

            if (along < 0.0)
            {
                return true;
            }
        }

        return false;
    }
}
