using System.Runtime.CompilerServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The work space of one integration: it takes steps that its user accepts, cuts or takes back.</summary>
/// <remarks>
/// A step runs from (<see cref="Time"/>, <see cref="States"/>) to (<see cref="EndTime"/>, <see cref="EndStates"/>) and is
/// pending until <see cref="Accept"/> or <see cref="MoveTo"/>. Allocates nothing after it was made. Not thread-safe.
/// </remarks>
public abstract class Stepper
{
    /// <summary>Start of the pending step, in seconds.</summary>
    public double Time { get; protected set; }

    /// <summary>End of the pending step, in seconds.</summary>
    public double EndTime { get; protected set; }

    /// <summary>Size h by which the dense output of the pending step is scaled: theta = (t - Time) / h.</summary>
    public double Size { get; protected set; }

    /// <summary>The n states at <see cref="Time"/>. Writing them requires a <see cref="Restart"/>.</summary>
    public abstract Span<double> States { get; }

    /// <summary>The n states at <see cref="EndTime"/>.</summary>
    public abstract ReadOnlySpan<double> EndStates { get; }

    /// <summary>Right-hand side at the start of the pending step.</summary>
    public abstract ReadOnlySpan<double> StartSlopes { get; }

    /// <summary>Right-hand side at the end of the pending step.</summary>
    public abstract ReadOnlySpan<double> EndSlopes { get; }

    /// <summary>Accepted steps.</summary>
    public long Steps { get; protected set; }

    /// <summary>Rejected steps.</summary>
    public long Rejections { get; protected set; }

    /// <summary>Evaluations of the right-hand side.</summary>
    public long Evaluations { get; protected set; }

    /// <summary>Jacobians computed; none by explicit methods.</summary>
    public long Jacobians { get; protected set; }

    /// <summary>Matrices factored; none by explicit methods.</summary>
    public long Factorizations { get; protected set; }

    /// <summary>Degree of the dense output, 12 at most.</summary>
    public abstract int DenseDegree { get; }

    /// <summary>Degree of the dense output of the pending step, where a method changes its order; coefficients above it are zero.</summary>
    internal virtual int StepDegree => DenseDegree;

    /// <summary>Number of the state whose error was largest in the last rejected step, or -1.</summary>
    public abstract int WorstState { get; }

    /// <summary>Factor on the mean square of the error, for states that are not there to be counted; 1 by default.</summary>
    internal double ErrorScale { get; set; } = 1.0;

    /// <summary>
    /// What a method that chooses has chosen, to be given back when the same flow begins again; zero for nothing. Set before <see cref="Use"/>.
    /// </summary>
    internal virtual int Choice
    {
        get => 0;
        set { }
    }

    /// <summary>The smallest step that moves time by more than its rounding, in seconds.</summary>
    private protected double Smallest => (16.0 * Math.BitIncrement(Math.Abs(Time))) - (16.0 * Math.Abs(Time));

    /// <summary>Chooses the right-hand side; a <see cref="Restart"/> must follow.</summary>
    internal abstract void Use(MethodCode code);

    /// <summary>Size in seconds that the next step tries first; zero to choose it from the problem.</summary>
    public abstract double NextSize { get; set; }

    /// <summary>Begins anew at <paramref name="time"/> from the present <see cref="States"/>.</summary>
    /// <param name="time">Time in seconds.</param>
    /// <param name="keepSize">Whether the last step size is worth trying again: the state is continuous.</param>
    public abstract void Restart(double time, bool keepSize);

    /// <summary>Forgets what earlier steps taught: after a restart, what follows depends on the states alone.</summary>
    internal virtual void Reset()
    {
    }

    /// <summary>Takes a step, as large as the error allows, not beyond <paramref name="limit"/>.</summary>
    /// <remarks>A step that ends at the limit ends at that very number.</remarks>
    public abstract StepStatus Step(double limit);

    /// <summary>Makes the end of the pending step the present.</summary>
    public abstract void Accept();

    /// <summary>Takes the pending step back; the next is at most <paramref name="factor"/> times as long.</summary>
    public abstract void Reject(double factor);

    /// <summary>Makes a point inside the pending step the present; a <see cref="Restart"/> must follow.</summary>
    public abstract void MoveTo(double time, ReadOnlySpan<double> states);

    /// <summary>Writes the dense output of the pending step: coefficients of theta^k, [state][<see cref="DenseDegree"/> + 1].</summary>
    public virtual void WriteDense(Span<double> coefficients)
    {
        int stride = DenseDegree + 1;
        for (int i = 0; i < EndStates.Length; i++)
        {
            WriteDense(i, coefficients.Slice(stride * i, stride));
        }
    }

    /// <summary>Writes the dense output of some states: coefficient k of state i goes to i * stride + k, zeros above the degree.</summary>
    internal virtual void WriteDense(ReadOnlySpan<int> states, Span<double> coefficients, int stride)
    {
        foreach (int i in states)
        {
            Span<double> place = coefficients.Slice(i * stride, stride);
            WriteDense(i, place);
            place[(DenseDegree + 1)..].Clear();
        }
    }

    /// <summary>Writes the dense output of one state.</summary>
    public abstract void WriteDense(int state, Span<double> coefficients);

    /// <summary>The size of an attempt, and whether it is to end at the limit itself.</summary>
    /// <param name="next">The size that is wanted, in seconds.</param>
    /// <param name="maximum">The longest step in seconds.</param>
    /// <param name="limit">The time that must not be passed.</param>
    /// <param name="clipped">Whether the attempt is to end at that very number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected double Clip(double next, double maximum, double limit, out bool clipped)
    {
        double size = Math.Min(next, maximum);
        clipped = Time + (1.01 * size) >= limit;
        size = clipped ? limit - Time : size;
        if (size > maximum * (1.0 + 1e-12))
        {
            (size, clipped) = (0.5 * size, false);
        }

        return size;
    }

    /// <summary>Exchanges the state with an archive, of a stepper of the same method and size that uses the same right-hand side.</summary>
    internal virtual void Exchange(StateArchive archive)
    {
        Time = archive.Exchange(Time);
        EndTime = archive.Exchange(EndTime);
        Size = archive.Exchange(Size);
        Steps = archive.Exchange(Steps);
        Rejections = archive.Exchange(Rejections);
        Evaluations = archive.Exchange(Evaluations);
        Jacobians = archive.Exchange(Jacobians);
        Factorizations = archive.Exchange(Factorizations);
        ErrorScale = archive.Exchange(ErrorScale);
    }
}
