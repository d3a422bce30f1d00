using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>A guarded transition, compiled: splits a belief into what jumps and what does not.</summary>
/// <remarks>
/// One comparison splits a Gaussian into two whose first two moments are exact for an affine guard. Comparisons that are
/// joined by "and" are taken one after the other, each on the Gaussian with the moments of what passed those before: the
/// error that is left is that of taking a truncated Gaussian for a Gaussian. What fails at one of them does not jump.
/// Work space of one user.
/// </remarks>
internal sealed class GuardPassage
{
    private readonly ExpressionMeasurement _guard;
    private readonly ExpressionMeasurement? _reset;
    private readonly double _deviation;
    private readonly ThresholdLaw _law;
    private readonly StateGeometry _geometry;
    private readonly TruncatedGaussian _truncated;
    private readonly BeliefMixture _mixture;
    private readonly GaussianBelief[] _failed;
    private readonly double[] _weights;
    private readonly double[] _margins;
    private readonly double[] _gradients;
    private readonly double[] _opposite;
    private readonly double[] _jacobian;
    private readonly double[] _array;

    /// <summary>Compiles a transition.</summary>
    /// <exception cref="ModelException">A name is unknown, or the guard has crossings.</exception>
    public GuardPassage(GuardedTransition transition, IReadOnlyList<string> states, StateGeometry geometry)
    {
        (From, To) = (transition.From, transition.To);
        int n = states.Count;
        Expr[] margins = [.. Comparisons(transition.Guard).Select(part => part.ToGuardFunction())];
        int count = margins.Length;
        _guard = new ExpressionMeasurement(
            states, [.. margins.Select((margin, i) => (FormattableString.Invariant($"guard {From} to {To}[{i}]"), margin))], new double[count, count]);
        if (transition.Reset.Count > 0)
        {
            Expr After(string name) => transition.Reset.LastOrDefault(
                entry => entry.State == name, (State: name, Value: Expr.Variable(VariableKind.State, name))).Value;
            _reset = new ExpressionMeasurement(states, [.. states.Select(name => (name, After(name)))], new double[n, n]);
        }

        (_deviation, _law, _geometry) = (transition.Deviation, transition.Law, geometry);
        _truncated = new TruncatedGaussian(n);
        _mixture = new BeliefMixture(n, count);
        _failed = new GaussianBelief[count];
        for (int i = 0; i < count; i++)
        {
            _failed[i] = GaussianBelief.WithRoom(n);
        }

        _weights = new double[count];
        _margins = new double[Math.Max(count, n)];
        _gradients = new double[count * n];
        _opposite = new double[n];
        _jacobian = new double[n * n];
        _array = new double[n * n];
    }

    /// <summary>The mode it leaves.</summary>
    public int From { get; }

    /// <summary>The mode it enters.</summary>
    public int To { get; }

    /// <summary>Splits a belief.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="belief">The belief; receives that of what does not jump, if anything is left.</param>
    /// <param name="jumped">Receives the belief of what jumps, after the reset.</param>
    /// <returns>The probability to jump.</returns>
    public double Split(double time, GaussianBelief belief, GaussianBelief jumped)
    {
        jumped.CopyFrom(belief);
        double passed = 1.0;
        double failed = 0.0;
        for (int i = 0; i < _weights.Length; i++)
        {
            double share = passed > 0.0 ? Pass(time, i, jumped) : 0.0;
            _weights[i] = passed * (1.0 - share);
            passed *= share;
            failed += _weights[i];
        }

        if (failed > 0.0)
        {
            for (int i = 0; i < _weights.Length; i++)
            {
                _weights[i] /= failed;
            }

            _mixture.Match(_weights, _failed, _geometry, belief);
        }

        if (passed > 0.0 && _reset is not null)
        {
            Reset(time, jumped);
        }

        return passed / (passed + failed);
    }

    // Conditions a belief on one comparison, keeps what fails it, and returns the probability to pass.
    private double Pass(double time, int comparison, GaussianBelief belief)
    {
        int n = belief.Dimension;
        _guard.Linearize(time, belief.Mean, _margins, _gradients);
        double margin = _margins[comparison];
        ReadOnlySpan<double> gradient = _gradients.AsSpan(comparison * n, n);
        if (double.IsNaN(margin) || !Dense.IsFinite(gradient))
        {
            _failed[comparison].CopyFrom(belief); // where a guard has no value it does not let pass
            return 0.0;
        }

        for (int i = 0; i < n; i++)
        {
            _opposite[i] = -gradient[i];
        }

        NormalTail over = _truncated.Beyond(belief, gradient, margin, _deviation, _law);
        NormalTail under = _truncated.Beyond(belief, _opposite, -margin, _deviation, _law);
        if (under.Probability > 0.0)
        {
            _truncated.Condition(belief, _opposite, under, _geometry, _failed[comparison]);
        }

        if (over.Probability > 0.0)
        {
            _truncated.Condition(belief, gradient, over, _geometry, belief);
        }

        // A sharp guard of a state that is known lets pass on the boundary.
        return over.Probability == 1.0 ? 1.0 : over.Probability / (over.Probability + under.Probability);
    }

    // First order: L+ from triangularising (dr/dx) L.
    private void Reset(double time, GaussianBelief belief)
    {
        int n = belief.Dimension;
        _reset!.Linearize(time, belief.Mean, _margins.AsSpan(0, n), _jacobian);
        Dense.MultiplyLower(_jacobian, belief.Factor, _array, n, n, n);
        LowerTriangularization.Apply(_array, n, n);
        LowerTriangularization.CopyTriangle(_array, n, 0, belief.MutableFactor, n);
        _margins.AsSpan(0, n).CopyTo(belief.MutableMean);
    }

    private static IEnumerable<Condition> Comparisons(Condition condition) => condition.Kind switch
    {
        ConditionKind.And => Comparisons(condition.First!).Concat(Comparisons(condition.Second!)),
        ConditionKind.Crosses => throw new ModelException(
            "switching.guard", $"'{condition}' asks for an instant, not for a place", "Compare the expression with a threshold."),
        _ => [condition],
    };
}
