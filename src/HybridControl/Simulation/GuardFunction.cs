using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>A guard g(t, x, d), enabled where g is at least zero, evaluated on every number type the search needs.</summary>
/// <remarks>
/// States and data are passed as references to their first entries, which is what emitted code takes. Implementations
/// are immutable and thread-safe, and allocate nothing.
/// </remarks>
internal abstract class GuardFunction
{
    /// <summary>Creates a guard.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="states">The states that occur in it, each once; null means all.</param>
    /// <param name="parts">The affine forms that it is made of.</param>
    protected GuardFunction(string name, int[]? states, GuardParts parts)
    {
        Name = name;
        States = states;
        Parts = parts;
    }

    /// <summary>Name for messages.</summary>
    public string Name { get; }

    /// <summary>The states that occur in the guard, each once; null means all.</summary>
    public int[]? States { get; }

    /// <summary>The affine forms that it is made of.</summary>
    public GuardParts Parts { get; }

    /// <summary>Whether balls and jets are available. Otherwise the guard is searched by samples and extrema: nothing is proved.</summary>
    public virtual bool IsBounded => true;

    /// <summary>Whether there may be points where it is no number, such as the root of a negative one; its enclosures hold where it is one.</summary>
    public bool IsPartial { get; init; }

    /// <summary>g.</summary>
    public abstract double Evaluate(double time, ref double states, ref double data);

    /// <summary>An enclosure of g.</summary>
    public abstract Ball Evaluate(Ball time, ref Ball states, ref double data);

    /// <summary>Enclosures of g, its slope and its half curvature.</summary>
    public abstract Jet Evaluate(Jet time, ref Jet states, ref double data);
}
