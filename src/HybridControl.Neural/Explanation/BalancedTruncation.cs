using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Neural.Explanation;

/// <summary>Smaller systems that behave almost as a given one, with a bound of the error.</summary>
/// <remarks>
/// Square-root method on factors of the closed-form Gramians: Hankel singular values tell how much each balanced state carries from past
/// inputs to future outputs; the weakest are cut off. The largest gain of the error over all frequencies is at most twice the sum of the
/// values cut. Immutable. B. C. Moore, IEEE Trans. Autom. Control 26 (1981), 17-32; K. Glover, Int. J. Control 39 (1984), 1115-1193.
/// </remarks>
public sealed class BalancedTruncation
{
    private const double Negligible = 2.220446049250313e-16;

    private readonly LinearModel _model;
    private readonly double[] _reach;
    private readonly double[] _sight;
    private readonly double[] _u;
    private readonly double[] _v;
    private readonly double[] _values;

    private BalancedTruncation(ModalModel modal)
    {
        _model = modal.ToReal();
        int n = _model.Order;
        _reach = Factor(Gramians.Controllability(modal), n);
        _sight = Factor(Gramians.Observability(modal), n);
        _u = new double[n * n];
        _v = new double[n * n];
        _values = new double[n];

        // Column j of (sight' reach) is row j of (reach' sight).
        Dense.MultiplyTransposed(_reach, _sight, _u, n, n, n);
        SingularValues.Decompose(_u, _v, _values);
        HankelValues = [.. _values];
    }

    /// <summary>Hankel singular values of the real states, falling.</summary>
    public ImmutableArray<double> HankelValues { get; }

    /// <summary>Prepares the reduction of a model. Cost about 40 n^3 for n real states.</summary>
    /// <exception cref="ModelException">A mode does not decay.</exception>
    public static BalancedTruncation Of(ModalModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Gramians.CheckStable(model);
        return new(model);
    }

    /// <summary>Bound of the gain of the error at every frequency if this many states are kept: twice the sum of the other Hankel values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many states.</exception>
    public double ErrorBound(int order)
    {
        CheckOrder(order);
        return 2.0 * HankelValues.Skip(order).Sum();
    }

    /// <summary>The smallest order whose bound is not above an error.</summary>
    public int OrderFor(double error)
    {
        int order = 1;
        while (order < _values.Length && ErrorBound(order) > error)
        {
            order++;
        }

        return order;
    }

    /// <summary>The balanced system of an order.</summary>
    /// <param name="order">States to keep, at least one; states whose Hankel value is zero to rounding are never kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many states.</exception>
    /// <exception cref="ModelException">Nothing passes from inputs to outputs but by the direct path.</exception>
    public LinearModel Reduce(int order)
    {
        CheckOrder(order);
        int n = _model.Order;
        int r = Math.Min(order, _values.Count(value => value > n * Negligible * _values[0]));
        if (r == 0)
        {
            throw new ModelException("BalancedTruncation", "no state is both driven and seen", "The direct path D is all there is.");
        }

        var right = new double[r * n]; // rows: columns of T
        var left = new double[r * n];
        for (int k = 0; k < r; k++)
        {
            double scale = 1.0 / Math.Sqrt(_values[k]);
            for (int j = 0; j < n; j++)
            {
                Dense.Axpy(scale * _v[(k * n) + j], _reach.AsSpan(j * n, n), right.AsSpan(k * n, n));
                Dense.Axpy(scale * _u[(k * n) + j], _sight.AsSpan(j * n, n), left.AsSpan(k * n, n));
            }
        }

        (int m, int p) = (_model.Inputs, _model.Outputs);
        var half = new double[r * n];
        var a = new double[r * r];
        var b = new double[r * m];
        var c = new double[p * r];
        Dense.Multiply(left, _model.A.AsSpan(), half, r, n, n);
        Dense.MultiplyTransposed(half, right, a, r, n, r);
        Dense.Multiply(left, _model.B.AsSpan(), b, r, n, m);
        Dense.MultiplyTransposed(_model.C.AsSpan(), right, c, p, n, r);
        return new(r, m, p, [.. a], [.. b], [.. c], _model.D);
    }

    // Rows sqrt(lambda) v' of the eigen-decomposition: W = R' R. A Gramian is semidefinite; what is below zero is rounding.
    private static double[] Factor(double[] w, int n)
    {
        var rows = new double[n * n];
        SymmetricEigen.Decompose(w, rows, n);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = rows.AsSpan(i * n, n);
            Dense.Scale(Math.Sqrt(Math.Max(0.0, w[i * (n + 1)])), row, row);
        }

        return rows;
    }

    private void CheckOrder(int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, _values.Length);
    }
}
