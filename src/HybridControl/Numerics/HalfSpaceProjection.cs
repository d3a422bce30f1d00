namespace HybridControl.Numerics;

/// <summary>The point of a polyhedron that is nearest to a given one: min |u - u0| subject to C u &gt;= b.</summary>
/// <remarks>
/// Dual active-set method in the Euclidean metric: constraints enter one by one, the most violated first, and leave when their
/// multiplier would change its sign; each pass ends at the solution of a larger problem, so that it ends after finitely many. Any strictly convex
/// quadratic program is such a projection in the coordinates of the Cholesky factor of its Hessian. Work space of one user; grows only.
/// D. Goldfarb and A. Idnani, Mathematical Programming 27 (1983), 1-33.
/// </remarks>
internal sealed class HalfSpaceProjection
{
    private int[] _active = [];
    private int _count;
    private double[] _multipliers = [];
    private double[] _weights = [];
    private double[] _work = [];
    private double[] _direction = [];
    private double[] _triangle = [];
    private double[] _array = [];

    /// <summary>The number of constraints that hold with equality at the last solution.</summary>
    public int ActiveCount => _count;

    /// <summary>Projects a point.</summary>
    /// <param name="u">u0, then the projection; n numbers.</param>
    /// <param name="c">C, one row of n numbers for each constraint.</param>
    /// <param name="b">b, one number for each constraint.</param>
    /// <param name="tolerance">How far a constraint may be violated, relative to 1 + |b|.</param>
    /// <returns>False if no point satisfies all constraints.</returns>
    public bool Apply(Span<double> u, ReadOnlySpan<double> c, ReadOnlySpan<double> b, double tolerance = 1e-11)
    {
        int n = u.Length;
        Reserve(n, b.Length);
        _count = 0;
        for (int pass = 0; pass < 20 * (b.Length + n); pass++)
        {
            int entering = MostViolated(u, c, b, tolerance);
            if (entering < 0)
            {
                return true;
            }

            double multiplier = 0.0;
            while (true)
            {
                ReadOnlySpan<double> normal = c.Slice(entering * n, n);
                double length = Split(normal, c, n);
                (double dualStep, int leaving) = LargestDualStep();
                double size = Dense.Dot(normal, normal);
                double primalStep = length > 1e-12 * size ? (b[entering] - Dense.Dot(normal, u)) / length : double.PositiveInfinity;
                double step = Math.Min(dualStep, primalStep);
                if (double.IsPositiveInfinity(step))
                {
                    return false;
                }

                if (!double.IsPositiveInfinity(primalStep))
                {
                    Dense.Axpy(step, _direction.AsSpan(0, n), u);
                }

                for (int i = 0; i < _count; i++)
                {
                    _multipliers[i] -= step * _weights[i];
                }

                multiplier += step;
                if (primalStep <= dualStep)
                {
                    (_active[_count], _multipliers[_count]) = (entering, multiplier);
                    _count++;
                    break;
                }

                for (int i = leaving; i < _count - 1; i++)
                {
                    (_active[i], _multipliers[i]) = (_active[i + 1], _multipliers[i + 1]);
                }

                _count--;
            }
        }

        return false;
    }

    private int MostViolated(ReadOnlySpan<double> u, ReadOnlySpan<double> c, ReadOnlySpan<double> b, double tolerance)
    {
        int n = u.Length;
        int worst = -1;
        double most = 0.0;
        for (int j = 0; j < b.Length; j++)
        {
            ReadOnlySpan<double> normal = c.Slice(j * n, n);
            double violation = b[j] - Dense.Dot(normal, u);
            if (violation > tolerance * (1.0 + Math.Abs(b[j])) && violation > most && !_active.AsSpan(0, _count).Contains(j))
            {
                (worst, most) = (j, violation);
            }
        }

        return worst;
    }

    // normal = W' r + z with z orthogonal to the active normals W; r in _weights, z in _direction. Returns z'normal = |z|^2.
    private double Split(ReadOnlySpan<double> normal, ReadOnlySpan<double> c, int n)
    {
        int k = _count;
        Span<double> z = _direction.AsSpan(0, n);
        normal.CopyTo(z);
        _weights.AsSpan(0, k).Clear();
        if (k == 0)
        {
            return Dense.Dot(z, z);
        }

        Span<double> array = _array.AsSpan(0, k * n);
        for (int i = 0; i < k; i++)
        {
            c.Slice(_active[i] * n, n).CopyTo(array[(i * n)..]);
        }

        LowerTriangularization.Apply(array, k, n);
        LowerTriangularization.CopyTriangle(array, n, 0, _triangle, k);
        // Semi-normal equations L L' r = W z, and once more for what is left.
        for (int refinement = 0; refinement < 3; refinement++)
        {
            Span<double> r = _work.AsSpan(0, k);
            for (int i = 0; i < k; i++)
            {
                r[i] = Dense.Dot(c.Slice(_active[i] * n, n), z);
            }

            LowerTriangular.Solve(_triangle.AsSpan(0, k * k), r);
            LowerTriangular.SolveTransposed(_triangle.AsSpan(0, k * k), r);
            for (int i = 0; i < k; i++)
            {
                _weights[i] += r[i];
                Dense.Axpy(-r[i], c.Slice(_active[i] * n, n), z);
            }
        }

        return Dense.Dot(z, z);
    }

    private (double Step, int Leaving) LargestDualStep()
    {
        (double step, int leaving) = (double.PositiveInfinity, -1);
        for (int i = 0; i < _count; i++)
        {
            if (_weights[i] > 1e-13 && _multipliers[i] / _weights[i] < step)
            {
                (step, leaving) = (Math.Max(0.0, _multipliers[i] / _weights[i]), i);
            }
        }

        return (step, leaving);
    }

    private void Reserve(int n, int constraints)
    {
        int most = Math.Min(n, constraints) + 1;
        if (_direction.Length < n || _active.Length < most)
        {
            most = Math.Max(most, _active.Length);
            n = Math.Max(n, _direction.Length);
            _active = new int[most];
            _multipliers = new double[most];
            _weights = new double[most];
            _work = new double[most];
            _direction = new double[n];
            _triangle = new double[most * most];
            _array = new double[most * n];
        }
    }
}
