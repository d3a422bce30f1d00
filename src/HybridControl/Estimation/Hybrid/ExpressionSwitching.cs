using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Estimation;

/// <summary>Modes that follow each other with probabilities written as expressions of states and time: soft guards.</summary>
/// <remarks>
/// One prediction is one step, however long. What the switches leave of one is the probability of staying. At a point the
/// probabilities are those of the expressions; of a belief they are averaged, and the parts conditioned on the switch, over
/// the 2n + 1 points of the unscented transformation (S. J. Julier and J. K. Uhlmann, Proc. IEEE 92 (2004), 401-422). One
/// thread at a time.
/// </remarks>
/// <example><code>
/// Expr x = Expr.Variable(VariableKind.State, "x");
/// var heating = new ExpressionSwitching(
///     ["x"], 2, (0, 1, 1.0 / (1.0 + Expr.Exp(3.0 * (x - 19.0)))), (1, 0, 1.0 / (1.0 + Expr.Exp(3.0 * (22.0 - x)))));
/// </code></example>
public sealed class ExpressionSwitching : ModeSwitching
{
    private readonly VectorFunction _function;
    private readonly int[] _targets;
    private readonly int[] _first;
    private readonly int _states;
    private readonly double[] _values;
    private readonly double[] _data = new double[1];
    private readonly double[] _points;
    private readonly double[] _weights;
    private readonly double[] _shares;
    private readonly double[] _spread;

    /// <summary>Creates a switching.</summary>
    /// <param name="stateNames">Names of the n states, in the order of the transition models.</param>
    /// <param name="modeCount">The number of modes.</param>
    /// <param name="switches">Mode before, mode after, and the probability of that switch within a step; pairs that are not named never occur.</param>
    /// <exception cref="ModelException">A mode or a name is unknown, or a pair is given twice; with every finding.</exception>
    public ExpressionSwitching(IReadOnlyList<string> stateNames, int modeCount, params IReadOnlyList<(int From, int To, Expr Probability)> switches)
        : base(modeCount)
    {
        ArgumentNullException.ThrowIfNull(stateNames);
        ArgumentNullException.ThrowIfNull(switches);
        Check(stateNames, modeCount, switches);
        var slots = new SlotMap();
        foreach (string name in stateNames)
        {
            slots.Add(VariableKind.State, name);
        }

        (int From, int To, Expr Probability)[] sorted = [.. switches.OrderBy(entry => entry.From)];
        _targets = [.. sorted.Select(entry => entry.To)];
        _first = [.. Enumerable.Range(0, modeCount + 1).Select(mode => sorted.Count(entry => entry.From < mode))];
        _values = new double[sorted.Length + 1];
        _function = VectorFunctions.Compile("switching", slots, [.. sorted.Select(entry => entry.Probability)])[0];
        int n = _states = stateNames.Count;
        _points = new double[((2 * n) + 1) * n];
        _weights = new double[(2 * n) + 1];
        _shares = new double[_weights.Length * modeCount];
        _spread = new double[n * _weights.Length];
        double scale = Math.Max(n, 3.0);
        _weights.AsSpan().Fill(0.5 / scale);
        _weights[0] = 1.0 - (n / scale);
    }

    /// <inheritdoc/>
    public override bool DependsOnState => true;

    /// <inheritdoc/>
    internal override void CheckStates(int states) => CovarianceFactor.CheckCount("switching: states", _states, states);

    /// <summary>The probabilities of the next mode at a point.</summary>
    /// <param name="mode">The mode before.</param>
    /// <param name="time">Time of the point, in seconds.</param>
    /// <param name="x">The n states.</param>
    /// <param name="probabilities">Receives a number for each mode.</param>
    public void At(int mode, double time, ReadOnlySpan<double> x, Span<double> probabilities)
    {
        _function(time, ref MemoryMarshal.GetReference(x), ref _data[0], ref _values[0]);
        probabilities.Clear();
        double left = 1.0;
        for (int i = _first[mode]; i < _first[mode + 1]; i++)
        {
            double p = Math.Clamp(_values[i], 0.0, left);
            probabilities[_targets[i]] = p;
            left -= p;
        }

        probabilities[mode] += left;
    }

    /// <inheritdoc/>
    internal override void Divide(
        int mode, double from, double to, GaussianBelief belief, Span<double> probabilities, ReadOnlySpan<GaussianBelief> parts)
    {
        if (!belief.Factor.ContainsAnyExcept(0.0))
        {
            At(mode, from, belief.Mean, probabilities);
            foreach (GaussianBelief part in parts)
            {
                part.CopyFrom(belief);
            }

            return;
        }

        PlacePoints(belief);
        probabilities.Clear();
        for (int i = 0; i < _weights.Length; i++)
        {
            Span<double> shares = _shares.AsSpan(i * ModeCount, ModeCount);
            At(mode, from, _points.AsSpan(i * _states, _states), shares);
            Dense.Axpy(_weights[i], shares, probabilities);
        }

        for (int next = 0; next < ModeCount; next++)
        {
            if (probabilities[next] > 0.0 && next < parts.Length)
            {
                WritePart(next, probabilities[next], parts[next]);
            }
        }
    }

    private void PlacePoints(GaussianBelief belief)
    {
        int n = _states;
        double reach = Math.Sqrt(Math.Max(n, 3.0));
        for (int i = 0; i < _weights.Length; i++)
        {
            belief.Mean.CopyTo(_points.AsSpan(i * n));
        }

        for (int column = 0; column < n; column++)
        {
            for (int row = column; row < n; row++)
            {
                double shift = reach * belief.Factor[(row * n) + column];
                _points[((1 + column) * n) + row] += shift;
                _points[((1 + n + column) * n) + row] -= shift;
            }
        }
    }

    // The moments of the points, weighted by the probability that each goes on in the mode.
    private void WritePart(int next, double probability, GaussianBelief part)
    {
        int n = _states;
        Span<double> mean = part.MutableMean;
        mean.Clear();
        for (int i = 0; i < _weights.Length; i++)
        {
            Dense.Axpy(_weights[i] * _shares[(i * ModeCount) + next] / probability, _points.AsSpan(i * n, n), mean);
        }

        for (int i = 0; i < _weights.Length; i++)
        {
            double root = Math.Sqrt(_weights[i] * _shares[(i * ModeCount) + next] / probability);
            for (int row = 0; row < n; row++)
            {
                _spread[(row * _weights.Length) + i] = root * (_points[(i * n) + row] - mean[row]);
            }
        }

        LowerTriangularization.Apply(_spread, n, _weights.Length);
        LowerTriangularization.CopyTriangle(_spread, _weights.Length, 0, part.MutableFactor, n);
    }

    private static void Check(IReadOnlyList<string> stateNames, int modeCount, IReadOnlyList<(int From, int To, Expr Probability)> switches)
    {
        var findings = new FindingList();
        var seen = new HashSet<(int From, int To)>();
        foreach ((int from, int to, Expr probability) in switches)
        {
            string where = FormattableString.Invariant($"switching, {from} to {to}");
            if (from < 0 || from >= modeCount || to < 0 || to >= modeCount || from == to)
            {
                findings.Error(where, "no such switch", FormattableString.Invariant($"Modes are numbered from 0 to {modeCount - 1}; what is left of one stays."));
            }
            else if (!seen.Add((from, to)))
            {
                findings.Error(where, "the switch is given twice", "Keep one.");
            }

            foreach (Expr variable in ExpressionVariables.Of([probability]))
            {
                if (variable.Kind != VariableKind.Time && !(variable.Kind == VariableKind.State && stateNames.Contains(variable.Name!)))
                {
                    findings.Error(where, $"unknown name '{variable.Name}'", Suggestions.For(variable.Name!, stateNames));
                }
            }
        }

        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
