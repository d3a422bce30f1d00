using System.Numerics;
using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>One trial step of a large system, or of a delegate: loops over the states around calls of the right-hand side.</summary>
internal sealed class SpanStep
{
    /// <summary>Weight of the companion estimate in the sum of squares.</summary>
    internal const double CompanionWeight = 0.01;

    /// <summary>What keeps a quotient of two errors from being 0 / 0.</summary>
    internal const double Tiny = 1e-300;

    private readonly ButcherTableau _tableau;
    private readonly OdeFunction _function;
    private readonly int _n;
    private readonly SparseStageSum[] _stages;
    private readonly SparseStageSum[] _extra;
    private readonly double[] _extraNodes;
    private readonly SparseStageSum[] _dense;
    private readonly SparseStageSum? _error;
    private readonly SparseStageSum? _companion;

    public SpanStep(ButcherTableau tableau, OdeFunction function)
    {
        _tableau = tableau;
        _function = function;
        _n = function.Dimension;
        _stages = [.. tableau.A.Select(row => new SparseStageSum(row))];
        _extra = [.. tableau.Extra.Select(row => new SparseStageSum(row))];
        _extraNodes = [.. tableau.Extra.Select(row => ButcherTableau.NodeOf(row.AsSpan()))];
        _dense = [.. tableau.D.Select(row => new SparseStageSum(row))];
        _error = tableau.E.IsEmpty ? null : new SparseStageSum(tableau.E);
        _companion = tableau.Companion.IsEmpty ? null : new SparseStageSum(tableau.Companion);
    }

    /// <summary>Takes the step; the signature is <see cref="StepFunction"/>.</summary>
    public double Take(
        double time, double size, ref double states, ref double data, ref double work, double relative, double absolute)
    {
        int n = _n;
        int last = _stages.Length;
        ref double k = ref Unsafe.Add(ref work, n);
        for (int s = 1; s < last; s++)
        {
            _stages[s - 1].Advance(ref states, size, ref k, ref work, n);
            _function.Derivatives(time + (_tableau.C[s] * size), ref work, ref data, ref Unsafe.Add(ref k, s * n));
        }

        _stages[last - 1].Advance(ref states, size, ref k, ref work, n);
        ref double end = ref Unsafe.Add(ref k, last * n);
        double error = 0.0;
        bool early = _tableau.RefusesEarly;
        if (early)
        {
            error = ErrorOf(ref states, ref work, size, ref k, relative, absolute);
            if (!(error <= 1.0))
            {
                return error;
            }
        }

        _function.Derivatives(time + (_tableau.C[last] * size), ref work, ref data, ref end);
        return early ? Tainted(error, ref end, n) : ErrorOf(ref states, ref work, size, ref k, relative, absolute);
    }

    /// <summary>Does the work of the dense output; the signature is <see cref="DenseFunction"/>.</summary>
    public void Extend(double time, double size, ref double states, ref double data, ref double work)
    {
        int n = _n;
        ref double k = ref Unsafe.Add(ref work, n);
        int stage = _stages.Length + 1;
        ref double point = ref Unsafe.Add(ref k, (stage + _extra.Length) * n); // the sums come here later
        for (int s = 0; s < _extra.Length; s++, stage++)
        {
            _extra[s].Advance(ref states, size, ref k, ref point, n);
            _function.Derivatives(time + (_extraNodes[s] * size), ref point, ref data, ref Unsafe.Add(ref k, stage * n));
        }

        for (int m = 0; m < _dense.Length; m++)
        {
            _dense[m].Scale(size, ref k, ref Unsafe.Add(ref k, (stage + m) * n), n);
        }
    }

    // NaN if a slope is not finite: 0 * NaN and 0 * infinity are.
    private static double Tainted(double error, ref double slopes, int n)
    {
        for (int i = 0; i < n; i++)
        {
            error = Math.FusedMultiplyAdd(0.0, Unsafe.Add(ref slopes, i), error);
        }

        return error;
    }

    private double ErrorOf(ref double start, ref double end, double h, ref double k, double relative, double absolute)
    {
        if (_error is null || _n == 0)
        {
            return 0.0;
        }

        double sum = SquaresOf(_error, ref start, ref end, h, ref k, relative, absolute);
        if (_companion is not null)
        {
            double companion = SquaresOf(_companion, ref start, ref end, h, ref k, relative, absolute);
            sum *= sum / (sum + (CompanionWeight * companion) + Tiny);
        }

        return sum / _n;
    }

    private double SquaresOf(
        SparseStageSum weights, ref double start, ref double end, double h, ref double k, double relative, double absolute)
    {
        int n = _n;
        int width = Vector<double>.Count;
        int i = 0;
        Vector<double> sums = Vector<double>.Zero;
        for (; i <= n - width; i += width)
        {
            Vector<double> larger = Vector.Max(
                Vector.Abs(Vector.LoadUnsafe(ref start, (nuint)i)), Vector.Abs(Vector.LoadUnsafe(ref end, (nuint)i)));
            Vector<double> ratio = weights.SumOne(ref Unsafe.Add(ref k, i), n) * h / ((larger * relative) + new Vector<double>(absolute));
            sums = Vector.FusedMultiplyAdd(ratio, ratio, sums);
        }

        double sum = Vector.Sum(sums);
        for (; i < n; i++)
        {
            double scale = absolute + (relative * Math.Max(Math.Abs(Unsafe.Add(ref start, i)), Math.Abs(Unsafe.Add(ref end, i))));
            double ratio = h * weights.At(ref Unsafe.Add(ref k, i), n) / scale;
            sum = Math.FusedMultiplyAdd(ratio, ratio, sum);
        }

        return sum;
    }
}
