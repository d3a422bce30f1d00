using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The past slopes of a solution as modified divided differences phi_0 ... phi_k on a grid of any steps.</summary>
/// <remarks>
/// With theta = (t - t_n) / h the slope is continued as the sum over j of beta_j phi_j c_j(theta), where c_0 = 1 and c_(j+1) = c_j (theta + a_j) / (1 + a_j),
/// a_j = (t_n - t_(n-j)) / h, so that c_j(1) = 1 and g_j = the integral of c_j over the step. For equal steps beta_j = 1 and phi_j are backward differences.
/// After F. T. Krogh and L. F. Shampine, as in E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I (1993), section III.5.
/// </remarks>
internal sealed class DividedDifferences(int dimension)
{
    /// <summary>The most slopes that a step uses.</summary>
    public const int Most = 11;

    private const int Rows = Most + 2;

    private static readonly double[] Reciprocals = [.. Enumerable.Range(1, Rows + 1).Select(k => 1.0 / k)];

    private readonly double[] _rows = new double[(Rows * dimension) + 1];
    private readonly double[] _ages = new double[Rows]; // t_n - t_(n-j)
    private readonly double[] _beta = new double[Rows];
    private readonly double[] _g = new double[Rows + 1];
    private readonly double[] _c = MakeFirst();
    private readonly double[] _weights = new double[Rows];
    private int _count;
    private double _size;
    private int _prepared;

    /// <summary>How many differences are known.</summary>
    public int Count => _count;

    /// <summary>g_0 ... of the step that was prepared.</summary>
    public ReadOnlySpan<double> Integrals => _g;

    /// <summary>phi_j of every state.</summary>
    public Span<double> Row(int j) => _rows.AsSpan(j * dimension, dimension);

    /// <summary>beta_j.</summary>
    public double Factor(int j) => _beta[j];

    /// <summary>Computes coefficients for a step of a size, for all that is known and for one order more.</summary>
    public void Prepare(double size)
    {
        if (size == _size && _prepared == _count)
        {
            return;
        }

        (_size, _prepared) = (size, _count);
        _beta[0] = 1.0;
        for (int j = 1; j < _count; j++)
        {
            _beta[j] = _beta[j - 1] * (size + _ages[j - 1]) / _ages[j];
        }

        const int width = Rows + 1;
        double inverse = 1.0 / size;
        for (int j = 0; j <= _count; j++)
        {
            Span<double> c = _c.AsSpan(j * width, width);
            double sum = 0.0;
            for (int k = j; k >= 0; k--)
            {
                sum += c[k] * Reciprocals[k];
            }

            _g[j] = sum;
            if (j < _count)
            {
                double a = _ages[j] * inverse;
                double scale = 1.0 / (1.0 + a);
                a *= scale;
                Span<double> next = _c.AsSpan((j + 1) * width, width);
                next[0] = a * c[0];
                for (int k = 1; k <= j; k++)
                {
                    next[k] = (a * c[k]) + (scale * c[k - 1]);
                }

                next[j + 1] = scale * c[j];
            }
        }
    }

    /// <summary>Writes the states after the step that k slopes predict, and the slopes there.</summary>
    public void Predict(int k, ReadOnlySpan<double> start, Span<double> states, Span<double> slopes)
    {
        int n = dimension;
        for (int j = 0; j < k; j++)
        {
            _weights[j] = _g[j] * _size;
        }

        ref double first = ref MemoryMarshal.GetArrayDataReference(_rows);
        ref double from = ref MemoryMarshal.GetReference(start);
        ref double x = ref MemoryMarshal.GetReference(states);
        ref double f = ref MemoryMarshal.GetReference(slopes);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> sum = Vector<double>.Zero;
            Vector<double> step = Vector<double>.Zero;
            for (int j = k - 1; j >= 0; j--)
            {
                Vector<double> phi = new Vector<double>(_beta[j]) * Load(ref first, (j * n) + i);
                sum += phi;
                step = Vector.MultiplyAddEstimate(new Vector<double>(_weights[j]), phi, step);
            }

            (Load(ref from, i) + step).StoreUnsafe(ref x, (nuint)i);
            sum.StoreUnsafe(ref f, (nuint)i);
        }

        for (; i < n; i++)
        {
            double sum = 0.0;
            double step = 0.0;
            for (int j = k - 1; j >= 0; j--)
            {
                double phi = _beta[j] * Unsafe.Add(ref first, (j * n) + i);
                sum += phi;
                step = Math.FusedMultiplyAdd(_weights[j], phi, step);
            }

            Unsafe.Add(ref x, i) = Unsafe.Add(ref from, i) + step;
            Unsafe.Add(ref f, i) = sum;
        }
    }

    /// <summary>Moves on by the step that was prepared, to a point with other slopes; at most <paramref name="most"/> differences stay.</summary>
    public void Advance(ReadOnlySpan<double> slopes, int most)
    {
        int n = dimension;
        int last = Math.Min(_count, most - 1);
        ref double first = ref MemoryMarshal.GetArrayDataReference(_rows);
        ref double f = ref MemoryMarshal.GetReference(slopes);
        int i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> phi = Load(ref f, i);
            for (int j = 0; j < last; j++)
            {
                Vector<double> old = Load(ref first, (j * n) + i);
                phi.StoreUnsafe(ref first, (nuint)((j * n) + i));
                phi -= new Vector<double>(_beta[j]) * old;
            }

            phi.StoreUnsafe(ref first, (nuint)((last * n) + i));
        }

        for (; i < n; i++)
        {
            double phi = Unsafe.Add(ref f, i);
            for (int j = 0; j < last; j++)
            {
                double old = Unsafe.Add(ref first, (j * n) + i);
                Unsafe.Add(ref first, (j * n) + i) = phi;
                phi -= _beta[j] * old;
            }

            Unsafe.Add(ref first, (last * n) + i) = phi;
        }

        for (int j = last; j >= 1; j--)
        {
            _ages[j] = _size + _ages[j - 1];
        }

        (_count, _prepared) = (last + 1, 0);
    }

    /// <summary>Writes power coefficients of one state over the step that was prepared: what k slopes and the one at the end integrate to.</summary>
    /// <param name="k">Slopes used.</param>
    /// <param name="change">phi_k at the end: the slope there less the predicted one.</param>
    /// <param name="state">Number of the state.</param>
    /// <param name="start">Its value at the start.</param>
    /// <param name="coefficients">Receives powers 0 to k + 1, and zeros above.</param>
    public void WriteDense(int k, double change, int state, double start, Span<double> coefficients)
    {
        const int width = Rows + 1;
        coefficients.Clear();
        for (int j = 0; j <= k; j++)
        {
            double phi = _size * (j < k ? _beta[j] * _rows[(j * dimension) + state] : change);
            ReadOnlySpan<double> c = _c.AsSpan(j * width, j + 1);
            for (int power = 0; power <= j; power++)
            {
                coefficients[power + 1] = Math.FusedMultiplyAdd(phi, c[power], coefficients[power + 1]);
            }
        }

        for (int power = 2; power <= k + 1; power++)
        {
            coefficients[power] /= power;
        }

        coefficients[0] = start;
    }

    /// <summary>The mean square of phi_m at the end of the step, from that of phi_k.</summary>
    /// <param name="m">k - 1, k - 2, or k + 1.</param>
    /// <param name="k">Slopes used.</param>
    /// <param name="change">phi_k at the end.</param>
    /// <param name="weights">Weights of the norm.</param>
    public double MeanSquare(int m, int k, ReadOnlySpan<double> change, ReadOnlySpan<double> weights)
    {
        int n = dimension;
        int from = Math.Min(m, k);
        double sign = m < k ? 1.0 : -1.0;
        int rows = Math.Abs(m - k);
        double total = 0.0;
        for (int i = 0; i < n; i++)
        {
            double phi = change[i];
            for (int j = from; j < from + rows; j++)
            {
                phi += sign * _beta[j] * _rows[(j * n) + i];
            }

            double scaled = phi * weights[i];
            total += scaled * scaled;
        }

        return n == 0 ? 0.0 : total / n;
    }

    /// <summary>Takes equal steps of a size for the past, whose slopes at the present, one step before, and so on are in the rows.</summary>
    public void Fill(int count, double size)
    {
        int n = dimension;
        for (int j = 1; j < count; j++)
        {
            _ages[j] = j * size;
            for (int m = count - 1; m >= j; m--)
            {
                Dense.Subtract(Row(m - 1), Row(m), Row(m));
            }
        }

        (_count, _prepared) = (count, 0);
    }

    /// <summary>Exchanges the state with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_rows);
        archive.Exchange(_ages);
        archive.Exchange(ref _count);
        if (archive.IsReading)
        {
            _prepared = 0;
        }
    }

    private static double[] MakeFirst()
    {
        double[] c = new double[(Rows + 1) * (Rows + 1)];
        c[0] = 1.0;
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int index) => Vector.LoadUnsafe(ref first, (nuint)index);
}
