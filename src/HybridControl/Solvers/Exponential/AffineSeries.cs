using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The Taylor series of an affine flow at a point: derivatives v_k of x, with v_(k+1) = A v_k after the second.</summary>
/// <remarks>Terms v_k / k! of n states, [term][state]: those that are summed, and two more that tell what the sum lacks.</remarks>
internal sealed class AffineSeries
{
    /// <summary>The highest degree of the sum.</summary>
    public const int Degree = 12;

    private const int Terms = Degree + 3;
    private const double Rounding = 1.1102230246251565e-16;
    private const double Shrink = 0.98;
    private const double LeastShrink = 0.02;
    private const double LargestGrowth = 8.0;
    private const double LeastTail = 1e-30;

    private readonly int _n;
    private readonly double[] _terms;
    private readonly double[] _powers = new double[Terms];
    private int _length; // terms above it are zero

    public AffineSeries(int dimension)
    {
        _n = dimension;
        _terms = new double[(dimension * Terms) + 1];
    }

    /// <summary>The degree that the last call of <see cref="Fit"/> found to suffice.</summary>
    public int Used { get; private set; }

    /// <summary>Where the first derivative belongs.</summary>
    public Span<double> Slopes => _terms.AsSpan(_n, _n);

    /// <summary>Where the value belongs.</summary>
    public Span<double> Values => _terms.AsSpan(0, _n);

    /// <summary>Completes the series from value and slopes.</summary>
    /// <param name="matrix">A, row by row.</param>
    /// <param name="ramp">c, the rate of the flow itself.</param>
    public void Extend(double[] matrix, double[] ramp)
    {
        int n = _n;
        ref double last = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_terms), n);
        _length = Terms - 1;
        for (int k = 2; k < Terms; k++)
        {
            ref double next = ref Unsafe.Add(ref last, n);
            ref double row = ref MemoryMarshal.GetArrayDataReference(matrix);
            double factor = 1.0 / k;
            double any = 0.0;
            for (int i = 0; i < n; i++)
            {
                double sum = k == 2 ? ramp[i] : 0.0;
                for (int j = 0; j < n; j++)
                {
                    sum += Unsafe.Add(ref row, j) * Unsafe.Add(ref last, j);
                }

                sum *= factor;
                Unsafe.Add(ref next, i) = sum;
                any = sum != 0.0 ? 1.0 : any;
                row = ref Unsafe.Add(ref row, n);
            }

            if (any == 0.0)
            {
                _length = k - 1;
                _terms.AsSpan(k * n).Clear();
                return;
            }

            last = ref next;
        }
    }

    /// <summary>The longest step, not above <paramref name="size"/>, over which the series is exact to rounding; sets <see cref="Used"/>.</summary>
    /// <param name="size">Size wanted, positive.</param>
    /// <param name="absolute">Below this a state counts as zero.</param>
    /// <param name="growth">How much longer the next step may be, at least one.</param>
    public double Fit(double size, double absolute, out double growth)
    {
        growth = LargestGrowth;
        while (true)
        {
            Measure(size);
            double lack = _length <= Degree ? 0.0 : LackOf(absolute);
            if (lack <= 1.0 || double.IsNaN(lack))
            {
                if (lack > 0.0)
                {
                    growth = Math.Clamp(Shrink * FactorFor(lack), 1.0, LargestGrowth);
                }

                Used = UsedAt(absolute);
                return size;
            }

            size *= Math.Clamp(Shrink * FactorFor(lack), LeastShrink, Shrink);
        }
    }

    /// <summary>The value of one state at the end of the step that was fitted last.</summary>
    public double AtEnd(int state)
    {
        double value = 0.0;
        for (int k = Used; k >= 0; k--)
        {
            value += _terms[(k * _n) + state] * _powers[k];
        }

        return value;
    }

    /// <summary>Writes the series of one state as powers of theta = time after the point / size of the step that was fitted last.</summary>
    public void Write(int state, Span<double> coefficients)
    {
        for (int k = 0; k <= Used; k++)
        {
            coefficients[k] = _terms[(k * _n) + state] * _powers[k];
        }

        coefficients[(Used + 1)..].Clear();
    }

    /// <summary>Exchanges the series with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(_terms);
        archive.Exchange(_powers);
        archive.Exchange(ref _length);
        Used = archive.Exchange(Used);
    }

    /// <summary>Takes a size, near the one that was fitted, for what follows.</summary>
    public void Measure(double size)
    {
        double power = 1.0;
        for (int k = 0; k < Terms; k++)
        {
            _powers[k] = power;
            power *= size;
        }
    }

    // The first term that is left out goes with the power Degree + 1 of the size.
    private static double FactorFor(double lack) => RoughMath.Exp2(RoughMath.Log2(Math.Max(lack, LeastTail)) * (-1.0 / (Degree + 1)));

    // What the sum lacks, against its rounding: the next two terms, since every other one may vanish.
    private double LackOf(double absolute)
    {
        double worst = 0.0;
        for (int i = 0; i < _n; i++)
        {
            ref double term = ref _terms[i];
            double sum = absolute;
            for (int k = 0; k <= Degree; k++)
            {
                sum += Math.Abs(Unsafe.Add(ref term, k * _n)) * _powers[k];
            }

            double tail = (Math.Abs(Unsafe.Add(ref term, (Degree + 1) * _n)) * _powers[Degree + 1]) +
                (Math.Abs(Unsafe.Add(ref term, (Degree + 2) * _n)) * _powers[Degree + 2]);
            worst = Math.Max(worst, tail / sum);
        }

        return worst / Rounding;
    }

    // Terms that change no state's sum need not be added, nor searched for events.
    private int UsedAt(double absolute)
    {
        int last = Math.Min(_length, Degree);
        int used = Math.Min(last, 1);
        for (int i = 0; i < _n; i++)
        {
            ref double term = ref _terms[i];
            double least = Rounding * (absolute + Math.Abs(term) + (Math.Abs(Unsafe.Add(ref term, _n)) * _powers[1]));
            double tail = 0.0;
            int k = last;
            for (; k > used; k--)
            {
                tail += Math.Abs(Unsafe.Add(ref term, k * _n)) * _powers[k];
                if (!(tail <= least))
                {
                    break;
                }
            }

            used = k > used ? k : used;
        }

        return used;
    }
}
