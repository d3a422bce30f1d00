using System.Numerics;
using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Solves M (c e + psi) = f(t, p + e) for e with a matrix c M - J that serves as long as it converges.</summary>
/// <remarks>
/// The Jacobian is evaluated anew where the iteration asks for it, and with the factors where it is exact and they are cheap. Costly factors serve other c
/// too, as long as they are near: corrections are then scaled by 2 / (1 + c / c0), the best for the whole spectrum
/// (P. N. Brown, G. D. Byrne and A. C. Hindmarsh, VODE, SIAM J. Sci. Stat. Comput. 10 (1989), 1038-1051). Allocates nothing after it was made. Not
/// thread-safe.
/// </remarks>
internal sealed class ModifiedNewton
{
    private const int MostIterations = 4;
    private const double Tolerance = 0.2; // of the error tolerance
    private const double Coarsest = 1e-4; // relative tolerance that algebraic equations are solved to, however coarse that of the steps
    private const double UnknownRate = 0.2;
    private const double LeastRate = 0.01;
    private const double SlowestRate = 0.9;
    private const double Aging = 2.0; // a rate of earlier steps that is too good lets a Jacobian grow too old
    private const double FarScale = 0.3;
    private const int CheapSize = 32;

    private readonly JacobianFunction _function;
    private readonly NewtonSystem _system;
    private readonly bool _isCostly;
    private readonly double _tolerance;
    private readonly double[] _data;
    private readonly double[] _slopes;
    private readonly double[] _work;
    private readonly double[] _product;
    private bool _hasJacobian;
    private bool _hasFactors;
    private double _scale;
    private double _rate;
    private double _last; // size of the last change
    private long _evaluations;
    private long _jacobians;
    private long _factorizations;

    public ModifiedNewton(JacobianFunction jacobian, double relative, double[] data)
    {
        SparsityPattern pattern = jacobian.Pattern;
        _function = jacobian;
        _system = new(jacobian);
        _isCostly = pattern.Size > CheapSize && Math.Min(pattern.LowerBandwidth, pattern.UpperBandwidth) > CheapSize;
        _data = data;
        _tolerance = HasMass ? Tolerance * Math.Min(1.0, Coarsest / relative) : Tolerance;
        _slopes = new double[pattern.Size + 1];
        _work = new double[pattern.Size + 1];
        _product = new double[_system.HasMass ? pattern.Size : 0];
    }

    /// <summary>Whether there is a mass matrix.</summary>
    public bool HasMass => _system.HasMass;

    /// <summary>The right-hand side that was evaluated last.</summary>
    public ReadOnlySpan<double> Slopes => _slopes.AsSpan(0, _function.Pattern.Size);

    /// <summary>Evaluations of the right-hand side since the last call.</summary>
    public long TakeEvaluations()
    {
        (long spent, _evaluations) = (_evaluations, 0);
        return spent;
    }

    /// <summary>Jacobians and factorisations since the last call.</summary>
    public (long Jacobians, long Factorizations) TakeMatrices()
    {
        (long, long) spent = (_jacobians, _factorizations);
        (_jacobians, _factorizations) = (0, 0);
        return spent;
    }

    /// <summary>Where the last matrix had no pivot, or the correction that would not converge is largest.</summary>
    public int WorstOf(ReadOnlySpan<double> weights) =>
        _system.SingularColumn >= 0 ? _system.SingularColumn : ErrorWeights.Largest(_work.AsSpan(0, weights.Length), weights);

    /// <summary>How far rounding alone may move what was solved: a mean square under the weights.</summary>
    /// <param name="time">End of the step.</param>
    /// <param name="states">The states p + e.</param>
    /// <param name="weights">Weights of the error norm.</param>
    /// <param name="errorScale">Factor on mean squares.</param>
    public double RoundingOf(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> weights, double errorScale)
    {
        ReadOnlySpan<double> squares = _system.RoundingAt(time, states, Slopes, _data, ref _evaluations);
        double sum = 0.0;
        for (int i = 0; i < squares.Length; i++)
        {
            sum += weights[i] * weights[i] * squares[i];
        }

        return errorScale * sum / Math.Max(1, squares.Length);
    }

    /// <summary>Forgets Jacobian and factors, and takes the mass matrix from the data.</summary>
    public void Reset()
    {
        _hasJacobian = _hasFactors = false;
        _system.ReadMass(_data);
    }

    /// <summary>Solves for a step.</summary>
    /// <param name="time">End of the step.</param>
    /// <param name="scale">c.</param>
    /// <param name="predicted">p.</param>
    /// <param name="psi">psi.</param>
    /// <param name="weights">Weights of the error norm.</param>
    /// <param name="errorScale">Factor on mean squares.</param>
    /// <param name="states">First of the states p + e, which are written.</param>
    /// <param name="correction">Receives e.</param>
    public StepStatus Solve(
        double time,
        double scale,
        ReadOnlySpan<double> predicted,
        ReadOnlySpan<double> psi,
        ReadOnlySpan<double> weights,
        double errorScale,
        ref double states,
        Span<double> correction)
    {
        int n = weights.Length;
        Span<double> end = MemoryMarshal.CreateSpan(ref states, n);
        Span<double> slopes = _slopes.AsSpan(0, n);
        predicted.CopyTo(end);
        Evaluate(time, ref states, slopes);
        if (!Dense.IsFinite(slopes))
        {
            return StepStatus.NotFinite;
        }

        bool isFresh = !_hasJacobian;
        if (isFresh)
        {
            Refresh(time, end, slopes);
        }

        double ratio = scale / _scale;
        if (!_hasFactors || (_isCostly ? Math.Abs(ratio - 1.0) > FarScale : ratio != 1.0))
        {
            if (!isFresh && _function.IsExact && !_isCostly)
            {
                Refresh(time, end, slopes);
                isFresh = true;
            }

            StepStatus factored = Factor(scale);
            if (factored != StepStatus.Accepted)
            {
                return factored;
            }
        }

        StepStatus status = Iterate(time, scale, predicted, psi, weights, errorScale, ref states, correction);
        if (status != StepStatus.Accepted && !isFresh)
        {
            predicted.CopyTo(end);
            Evaluate(time, ref states, slopes);
            Refresh(time, end, slopes);
            status = Factor(scale);
            if (status != StepStatus.Accepted)
            {
                return status;
            }

            status = Iterate(time, scale, predicted, psi, weights, errorScale, ref states, correction);
        }

        return status == StepStatus.NoConvergence && _last * _last <= RoundingOf(time, end, weights, errorScale) ? StepStatus.Accepted : status;
    }

    /// <summary>Exchanges the state with an archive: factors are made again from the numbers they were made of.</summary>
    public void Exchange(StateArchive archive)
    {
        _system.Exchange(archive);
        archive.Exchange(ref _hasJacobian);
        archive.Exchange(ref _hasFactors);
        archive.Exchange(ref _scale);
        archive.Exchange(ref _rate);
        if (archive.IsReading && _hasFactors)
        {
            _system.Factor(_scale);
        }
    }

    // A rate of earlier steps is no promise for algebraic variables, which may turn within a step: what it leaves of their equations
    // makes every later step too long, however short. Unless the first change is small itself, it is measured.
    private StepStatus Iterate(
        double time,
        double scale,
        ReadOnlySpan<double> predicted,
        ReadOnlySpan<double> psi,
        ReadOnlySpan<double> weights,
        double errorScale,
        ref double states,
        Span<double> correction)
    {
        int n = weights.Length;
        Span<double> change = _work.AsSpan(0, n);
        Span<double> slopes = _slopes.AsSpan(0, n);
        double relaxation = scale == _scale ? 1.0 : 2.0 / (1.0 + (scale / _scale));
        correction.Clear();
        for (int k = 1; ; k++)
        {
            double last = _last;
            WriteResidual(scale, psi, slopes, correction, change);
            _system.Solve(change);
            double size = Math.Sqrt(errorScale * Correct(relaxation, change, predicted, weights, ref states, correction));
            if (k > 1)
            {
                double rate = size / last;
                _rate = Math.Max(LeastRate, rate);
                if (!(rate < SlowestRate))
                {
                    return double.IsFinite(size) ? StepStatus.NoConvergence : StepStatus.NotFinite;
                }
            }

            _last = size;
            double rest = size * _rate / (1.0 - _rate);
            if (rest <= _tolerance && (k > 1 || !HasMass || size <= _tolerance))
            {
                _rate = k == 1 ? Math.Min(Aging * _rate, SlowestRate) : _rate;
                return StepStatus.Accepted;
            }

            if (k == MostIterations || (k > 1 && rest * Math.Pow(_rate, MostIterations - k) > _tolerance) || !double.IsFinite(size))
            {
                return double.IsFinite(size) ? StepStatus.NoConvergence : StepStatus.NotFinite;
            }

            Evaluate(time, ref states, slopes);
        }
    }

    // f - M (c e + psi)
    private void WriteResidual(
        double scale, ReadOnlySpan<double> psi, ReadOnlySpan<double> slopes, ReadOnlySpan<double> correction, Span<double> residual)
    {
        if (!HasMass)
        {
            MultistepSums.Residual(slopes, scale, correction, psi, residual);
            return;
        }

        Span<double> negative = _product;
        negative.Clear();
        MultistepSums.Residual(negative, scale, correction, psi, negative);
        slopes.CopyTo(residual);
        _system.AddMass(1.0, negative, residual);
    }

    // Adds the relaxed change, and returns the mean square of it under the weights.
    private static double Correct(
        double relaxation,
        Span<double> change,
        ReadOnlySpan<double> predicted,
        ReadOnlySpan<double> weights,
        ref double states,
        Span<double> correction)
    {
        int n = weights.Length;
        ref double d = ref MemoryMarshal.GetReference(change);
        ref double e = ref MemoryMarshal.GetReference(correction);
        ref double p = ref MemoryMarshal.GetReference(predicted);
        ref double w = ref MemoryMarshal.GetReference(weights);
        double sum = 0.0;
        int i = 0;
        if (n >= Vector<double>.Count)
        {
            Vector<double> sums = Vector<double>.Zero;
            for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
            {
                Vector<double> step = relaxation * Vector.LoadUnsafe(ref d, (nuint)i);
                Vector<double> whole = Vector.LoadUnsafe(ref e, (nuint)i) + step;
                step.StoreUnsafe(ref d, (nuint)i);
                whole.StoreUnsafe(ref e, (nuint)i);
                (Vector.LoadUnsafe(ref p, (nuint)i) + whole).StoreUnsafe(ref states, (nuint)i);
                Vector<double> scaled = step * Vector.LoadUnsafe(ref w, (nuint)i);
                sums += scaled * scaled;
            }

            sum = Vector.Sum(sums);
        }

        for (; i < n; i++)
        {
            double step = relaxation * change[i];
            change[i] = step;
            correction[i] += step;
            System.Runtime.CompilerServices.Unsafe.Add(ref states, i) = predicted[i] + correction[i];
            double scaled = step * weights[i];
            sum += scaled * scaled;
        }

        return n == 0 ? 0.0 : sum / n;
    }

    private StepStatus Factor(double scale)
    {
        _scale = scale;
        _rate = UnknownRate;
        _factorizations++;
        StepStatus status = _system.Factor(scale);
        _hasFactors = status == StepStatus.Accepted;
        return status;
    }

    private void Refresh(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes)
    {
        _jacobians++;
        _evaluations += _system.Linearize(time, states, slopes, _data, inTime: false);
        _hasJacobian = true;
        _hasFactors = false;
    }

    private void Evaluate(double time, ref double states, Span<double> slopes)
    {
        _function.Function.Derivatives(
            time, ref states, ref MemoryMarshal.GetArrayDataReference(_data), ref MemoryMarshal.GetReference(slopes));
        _evaluations++;
    }
}
