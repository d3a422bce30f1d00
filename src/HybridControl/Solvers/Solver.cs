using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>An integration method with its settings.</summary>
/// <remarks>Immutable, so settings can be shared between threads; it starts <see cref="Stepper"/>s, which do the work.</remarks>
public abstract record Solver
{
    /// <summary>Name of the method, as the command line spells it.</summary>
    public abstract string Name { get; }

    /// <summary>Order of the method.</summary>
    public abstract int Order { get; }

    /// <summary>Longest step in seconds; positive.</summary>
    public double MaximumStep { get; init; } = double.PositiveInfinity;

    /// <summary>What the compiled step depends on: solvers that differ in settings only share it.</summary>
    internal abstract object Method { get; }

    /// <summary>Whether the method solves M x' = f with a mass matrix, which may have rows of zeros: algebraic equations.</summary>
    internal virtual bool SolvesAlgebraicEquations => false;

    /// <summary>Tolerances and limits, as a stepper takes them.</summary>
    internal virtual StepSettings Settings => new(0.0, 0.0, 0.0, MaximumStep);

    /// <summary>Prepares a right-hand side for this method; the result serves any number of steppers.</summary>
    internal abstract MethodCode Compile(OdeFunction function);

    /// <summary>Whether there are ordinary flows that this method cannot follow.</summary>
    internal virtual bool IsSelective => false;

    /// <summary>Why this method cannot follow a flow, with the remedy; null if it can.</summary>
    internal virtual (string What, string Mend)? Refuse(OdeFunction function) => null;

    /// <summary>Makes a work space for systems of <paramref name="dimension"/> states.</summary>
    internal abstract Stepper Start(int dimension, double[] data);

    /// <summary>Makes a work space for flows that are known; empty if they are not.</summary>
    internal virtual Stepper Start(int dimension, double[] data, IReadOnlyList<MethodCode> flows) => Start(dimension, data);

    /// <summary>What is wrong with these settings.</summary>
    internal virtual IEnumerable<Finding> Validate()
    {
        if (!(MaximumStep > 0.0))
        {
            yield return new(
                $"solver {Name}", FormattableString.Invariant($"maximum step {MaximumStep} s"), "Give a positive number of seconds.");
        }
    }
}
