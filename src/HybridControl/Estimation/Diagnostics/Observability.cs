using HybridControl.Diagnostics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Observability of constant pairs (F, H).</summary>
public static class Observability
{
    // A direction of which less than this is new is taken for seen.
    internal const double Tolerance = 1e-10;

    /// <summary>Which states can be told from measurements z = H x of x+ = F x.</summary>
    /// <param name="f">F, n by n, row-major.</param>
    /// <param name="h">H, m by n, row-major.</param>
    /// <param name="states">Names of the n states.</param>
    /// <param name="scales">Units of states and measurements; null for 1.</param>
    /// <exception cref="ModelException">The sizes do not fit, a number is not finite, or a scale is not positive.</exception>
    /// <remarks>
    /// Rank and unobservable subspace come from the observability staircase: what H sees, then what F carries into it, made orthogonal
    /// at each stage, so that neither short steps nor large powers of F decide. The singular values are those of [H; HF; ...; HF^(n-1)].
    /// P. Van Dooren, IEEE Trans. Autom. Control 26 (1981), 111-129. Cost O(n^3 (n + m)).
    /// </remarks>
    public static ObservabilityReport Of(
        ReadOnlySpan<double> f, ReadOnlySpan<double> h, IReadOnlyList<string> states, ObservabilityScales? scales = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        var sequence = new ObservabilityAccumulator(states, scales);
        int n = states.Count;
        for (int k = 0; k < n; k++)
        {
            sequence.Measure(h);
            sequence.Advance(f);
        }

        Matrix<double> transition = Matrix<double>.Build.DenseOfRowMajor(n, n, sequence.ScaledTransition(f));
        Matrix<double> measurement = Matrix<double>.Build.DenseOfRowMajor(h.Length / n, n, sequence.ScaledMeasurement(h));
        return sequence.ToReport(Seen(transition, measurement));
    }

    /// <summary>Which states of a model can be told from a sensor, near one state.</summary>
    /// <param name="transition">How the states move; linearised.</param>
    /// <param name="sensor">What is measured; linearised.</param>
    /// <param name="state">The state at which both are linearised.</param>
    /// <param name="step">Time from one measurement to the next, in seconds.</param>
    /// <param name="input">The inputs; none if the model has none.</param>
    /// <param name="scales">Units of states and measurements; null for 1.</param>
    /// <exception cref="ModelException">The sizes do not fit, or the flow cannot be integrated from this state.</exception>
    public static ObservabilityReport Of(
        TransitionModel transition,
        MeasurementModel sensor,
        ReadOnlySpan<double> state,
        double step,
        ReadOnlySpan<double> input = default,
        ObservabilityScales? scales = null)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(sensor);
        int n = transition.StateCount;
        CovarianceFactor.CheckCount("state", state.Length, n);
        CovarianceFactor.CheckCount("input", input.Length, transition.InputCount);
        CovarianceFactor.CheckCount("sensor: states", sensor.StateCount, n);
        double[] f = new double[n * n];
        double[] h = new double[sensor.Count * n];
        if (!transition.Linearize(0.0, step, state, input, new double[n], f, new double[n * transition.NoiseCount]))
        {
            throw new ModelException("observability", "the flow cannot be integrated from this state", "Choose a state in the domain of the model.");
        }

        sensor.Linearize(0.0, state, new double[sensor.Count], h);
        return Of(f, h, transition.StateNames, scales);
    }

    // Orthonormal rows that span what can be seen.
    private static Matrix<double> Seen(Matrix<double> f, Matrix<double> h)
    {
        int n = f.RowCount;
        var seen = new List<Vector<double>>();
        Matrix<double> fresh = h;
        double size = h.FrobeniusNorm();
        while (seen.Count < n && fresh.RowCount > 0 && size > 0.0)
        {
            for (int i = 0; i < fresh.RowCount; i++)
            {
                Vector<double> row = fresh.Row(i);

                // Twice is enough (W. Kahan and B. N. Parlett): the second pass removes what rounding left of the first.
                for (int pass = 0; pass < 2; pass++)
                {
                    foreach (Vector<double> old in seen)
                    {
                        row -= old * row.DotProduct(old);
                    }
                }

                fresh.SetRow(i, row);
            }

            var parts = fresh.Svd();
            int kept = parts.S.Count(value => value > Tolerance * size);
            if (kept == 0)
            {
                break;
            }

            Matrix<double> news = parts.VT.SubMatrix(0, kept, 0, n);
            seen.AddRange(news.EnumerateRows());
            fresh = news * f;
            size = f.FrobeniusNorm();
        }

        return seen.Count == 0 ? Matrix<double>.Build.Dense(1, n) : Matrix<double>.Build.DenseOfRowVectors(seen);
    }
}
