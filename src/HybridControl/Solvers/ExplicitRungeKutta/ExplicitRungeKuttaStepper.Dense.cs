using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridControl.Solvers;

/// <content>Dense output: at once from the stages of a step, or from extra stages that are computed when it is first asked for.</content>
internal sealed partial class ExplicitRungeKuttaStepper
{
    private const int LongDense = 7; // weights of the dense output of both pairs of order 5

    private readonly double[] _dense; // weights of the one sum of a tableau that needs no work of its own
    private readonly int _sums; // where the sums of the other tableaus begin in the work block
    private readonly bool _extends;
    private bool _extended;

    /// <inheritdoc/>
    public override int DenseDegree => _tableau.DenseDegree;

    /// <inheritdoc/>
    public override void WriteDense(Span<double> coefficients)
    {
        for (int i = 0; i < N; i++)
        {
            WriteDense(i, coefficients.Slice((DenseDegree + 1) * i, DenseDegree + 1));
        }
    }

    /// <inheritdoc/>
    public override void WriteDense(int state, Span<double> coefficients) =>
        WriteDense(state, ref MemoryMarshal.GetReference(coefficients[..(DenseDegree + 1)]));

    /// <inheritdoc/>
    internal override void WriteDense(ReadOnlySpan<int> states, Span<double> coefficients, int stride)
    {
        int above = stride - DenseDegree - 1;
        foreach (int i in states)
        {
            Span<double> place = coefficients.Slice(i * stride, stride);
            WriteDense(i, ref MemoryMarshal.GetReference(place));
            if (above > 0)
            {
                place[^above..].Clear();
            }
        }
    }

    // Without a loop, and in three sums, so that none waits for another: every step of a watched flow comes here.
    private static double LongSum(ref double d, ref double k, int n)
    {
        double a = (d * k) + (Unsafe.Add(ref d, 3) * Unsafe.Add(ref k, 3 * n));
        double b = (Unsafe.Add(ref d, 1) * Unsafe.Add(ref k, n)) + (Unsafe.Add(ref d, 4) * Unsafe.Add(ref k, 4 * n));
        double c = (Unsafe.Add(ref d, 2) * Unsafe.Add(ref k, 2 * n)) + (Unsafe.Add(ref d, 5) * Unsafe.Add(ref k, 5 * n));
        return a + b + (c + (Unsafe.Add(ref d, 6) * Unsafe.Add(ref k, 6 * n)));
    }

    private double Sum(ref double k)
    {
        double sum = 0.0;
        for (int j = 0; j < _dense.Length; j++)
        {
            sum += _dense[j] * Unsafe.Add(ref k, j * N);
        }

        return sum;
    }

    private void WriteDense(int state, ref double c)
    {
        if (_extends)
        {
            WriteLongDense(state, ref c);
            return;
        }

        double h = Size;
        ref double slope = ref Work[N + state];
        double start = h * slope;
        double end = h * Unsafe.Add(ref slope, N * (_stages - 1));
        double value = Unsafe.Add(ref FirstState, state);
        double change = Work[state] - value;
        double quartic = h * (_dense.Length == LongDense ? LongSum(ref _dense[0], ref slope, N) : Sum(ref slope));
        Unsafe.Add(ref c, 4) = quartic;
        Unsafe.Add(ref c, 3) = start + end - (2.0 * (change + quartic));
        Unsafe.Add(ref c, 2) = (3.0 * change) - (2.0 * start) - end + quartic;
        Unsafe.Add(ref c, 1) = start;
        c = value;
    }

    // The cubic Hermite polynomial and theta^2 (1 - 2 theta + theta^2) times the sums.
    private void WriteLongDense(int state, ref double c)
    {
        if (!_extended)
        {
            Extend();
        }

        ref double work = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Work), state);
        double value = Unsafe.Add(ref FirstState, state);
        double start = Size * Unsafe.Add(ref work, N);
        double end = Size * Unsafe.Add(ref work, N * _stages);
        double change = work - value;
        ref double sum = ref Unsafe.Add(ref work, _sums);
        int terms = _tableau.D.Length;
        double two = sum;
        double one = terms > 1 ? Unsafe.Add(ref sum, N) : 0.0;
        c = value;
        Unsafe.Add(ref c, 1) = start;
        Unsafe.Add(ref c, 2) = (3.0 * change) - (2.0 * start) - end + two;
        Unsafe.Add(ref c, 3) = start + end - (2.0 * change) + (one - two - two);
        for (int m = 2; m < terms + 2; m++)
        {
            double next = m < terms ? Unsafe.Add(ref sum, m * N) : 0.0;
            Unsafe.Add(ref c, m + 2) = next - one - (one - two);
            (one, two) = (next, one);
        }
    }

    private void Extend()
    {
        _code.Dense(Time, Size, ref FirstState, ref MemoryMarshal.GetArrayDataReference(Data), ref Work[0]);
        Evaluations += _tableau.Extra.Length;
        _extended = true;
    }
}
