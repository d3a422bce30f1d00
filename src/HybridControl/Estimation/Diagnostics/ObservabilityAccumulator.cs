using System.Collections.Immutable;
using HybridControl.Diagnostics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Which combinations of the states at the start a time-varying sequence of measurements and transitions can tell.</summary>
/// <remarks>
/// Stacks H_k F_(k-1) ... F_0 into a triangular factor by rotations: O(n^2) a row, O(n^3) a transition, nothing allocated. Fit for
/// linearised and switched systems, over stretches in which no direction grows or decays by more than about 10^8. Not thread-safe.
/// </remarks>
public sealed class ObservabilityAccumulator
{
    private readonly ImmutableArray<string> _states;
    private readonly double[] _stateScales;
    private readonly ImmutableArray<double> _measurementScales;
    private readonly double[] _factor;
    private readonly double[] _row;
    private double[] _transition;
    private double[] _next;

    /// <summary>Starts with nothing measured.</summary>
    /// <param name="states">Names of the n states.</param>
    /// <param name="scales">Units of states and measurements; null for 1.</param>
    /// <exception cref="ModelException">There is no state, or a scale is not positive or missing.</exception>
    public ObservabilityAccumulator(IReadOnlyList<string> states, ObservabilityScales? scales = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        scales ??= new();
        int n = states.Count;
        if (n == 0 || (!scales.States.IsEmpty && scales.States.Length != n) || scales.States.Concat(scales.Measurements).Any(scale => !(scale > 0.0) || !double.IsFinite(scale)))
        {
            throw new ModelException("observability", $"{n} states with {scales.States.Length} scales", "Name a state at least, and give positive scales, one for each or none.");
        }

        _states = [.. states];
        _stateScales = scales.States.IsEmpty ? [.. Enumerable.Repeat(1.0, n)] : [.. scales.States];
        _measurementScales = scales.Measurements;
        _factor = new double[n * n];
        _row = new double[n];
        _transition = new double[n * n];
        _next = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            _transition[(i * n) + i] = 1.0;
        }
    }

    private int Size => _states.Length;

    /// <summary>Adds measurements of the state as it is now.</summary>
    /// <param name="h">H, m by n, row-major.</param>
    /// <exception cref="ModelException">The size does not fit, or a number is not finite.</exception>
    public void Measure(ReadOnlySpan<double> h)
    {
        int n = Size;
        Check("H", h, h.Length > 0 && h.Length % n == 0 && (_measurementScales.IsEmpty || h.Length == n * _measurementScales.Length));
        for (int i = 0; i < h.Length / n; i++)
        {
            double unit = _measurementScales.IsEmpty ? 1.0 : 1.0 / _measurementScales[i];
            for (int j = 0; j < n; j++)
            {
                double sum = 0.0;
                for (int k = 0; k < n; k++)
                {
                    sum += h[(i * n) + k] * _transition[(k * n) + j];
                }

                _row[j] = sum * unit * _stateScales[j];
            }

            Insert();
        }
    }

    /// <summary>Moves the state on.</summary>
    /// <param name="f">F, n by n, row-major.</param>
    /// <exception cref="ModelException">The size does not fit, or a number is not finite.</exception>
    public void Advance(ReadOnlySpan<double> f)
    {
        int n = Size;
        Check("F", f, f.Length == n * n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0.0;
                for (int k = 0; k < n; k++)
                {
                    sum += f[(i * n) + k] * _transition[(k * n) + j];
                }

                _next[(i * n) + j] = sum;
            }
        }

        (_transition, _next) = (_next, _transition);
    }

    /// <summary>What can be told from the measurements so far.</summary>
    /// <exception cref="ModelException">A product of transitions has left the range of numbers.</exception>
    public ObservabilityReport ToReport()
    {
        var parts = Factor().Svd();
        int rank = parts.S.Count(value => value > Observability.Tolerance * parts.S[0]);
        return ToReport(parts.VT.SubMatrix(0, Math.Max(1, rank), 0, Size) * (rank == 0 ? 0.0 : 1.0));
    }

    /// <param name="seen">Rows that span what can be seen, in scaled units.</param>
    internal ObservabilityReport ToReport(Matrix<double> seen)
    {
        int n = Size;
        var parts = Factor().Svd();
        var span = seen.Svd();
        int rank = span.S.Count(value => value > 0.5);
        double[][] hidden = UnobservableDirections.Simplify([.. Enumerable.Range(rank, n - rank).Select(i => span.VT.Row(i).ToArray())]);
        double[] weakest = rank == n ? parts.VT.Row(n - 1).ToArray() : [];
        return new()
        {
            States = _states,
            Rank = rank,
            SingularValues = [.. parts.S],
            Unobservable = [.. hidden.Select(Unscale)],
            Findings = UnobservableDirections.Findings(
                _states, hidden.Select(Unscale), weakest.Length > 0 && parts.S[n - 1] < 1e-6 * parts.S[0] ? Unscale(weakest) : [], parts.S[0] / parts.S[n - 1]),
        };
    }

    internal double[] ScaledTransition(ReadOnlySpan<double> f)
    {
        double[] scaled = f.ToArray();
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] *= _stateScales[i % Size] / _stateScales[i / Size];
        }

        return scaled;
    }

    internal double[] ScaledMeasurement(ReadOnlySpan<double> h)
    {
        double[] scaled = h.ToArray();
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] *= _stateScales[i % Size] / (_measurementScales.IsEmpty ? 1.0 : _measurementScales[i / Size]);
        }

        return scaled;
    }

    private Matrix<double> Factor() => Numerics.Dense.IsFinite(_factor)
        ? Matrix<double>.Build.DenseOfRowMajor(Size, Size, _factor)
        : throw new ModelException(
            "observability", "a product of transitions has left the range of numbers", "Take a shorter stretch, or give ObservabilityScales.");

    private ImmutableArray<double> Unscale(double[] direction) => [.. direction.Select((value, i) => value * _stateScales[i])];

    private static void Check(string what, ReadOnlySpan<double> matrix, bool fits)
    {
        foreach (double value in matrix)
        {
            if (!double.IsFinite(value))
            {
                throw new ModelException(what, FormattableString.Invariant($"it holds {value}"), "Observability needs finite numbers.");
            }
        }

        if (!fits)
        {
            throw new ModelException(what, $"it holds {matrix.Length} numbers", "F is n by n and H m by n, row-major, with a scale for each row of H or none.");
        }
    }

    // Rotations carry the new row into the triangle above it.
    private void Insert()
    {
        int n = Size;
        for (int i = 0; i < n; i++)
        {
            if (_row[i] == 0.0)
            {
                continue;
            }

            Span<double> above = _factor.AsSpan((i * n) + i, n - i);
            Span<double> row = _row.AsSpan(i);
            double length = double.Hypot(above[0], row[0]);
            (double c, double s) = (above[0] / length, row[0] / length);
            for (int j = 0; j < row.Length; j++)
            {
                (above[j], row[j]) = ((c * above[j]) + (s * row[j]), (c * row[j]) - (s * above[j]));
            }
        }
    }
}
