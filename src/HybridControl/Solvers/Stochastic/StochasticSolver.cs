using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A method for stochastic flows dx = f dt + G dW (Ito), on the fixed grid t0 + k h.</summary>
/// <remarks>
/// <para>The Wiener path belongs to the grid (<see cref="WienerPaths"/>) and is linear within its steps. An event, a tick or
/// the end of the run at the fraction theta of a step takes theta of the step's increment, and the step that follows takes the rest and ends on
/// the grid again. A flow without diffusion runs on the same grid, by Euler's method.</para>
/// <para>An ordinary method cannot run a stochastic flow, and no step is chosen from an error: the error of a path is of the
/// order of <see cref="StrongOrder"/>, and halving the step is how to see it.</para>
/// </remarks>
public abstract record StochasticSolver : Solver
{
    /// <summary>Step h of the grid in seconds, positive.</summary>
    public double Step { get; init; } = 1e-3;

    /// <summary>Order with which single paths converge: the mean error at a fixed time falls as h to this power.</summary>
    public abstract double StrongOrder { get; }

    /// <summary>Order with which expectations converge; that of paths of a flow without noise too.</summary>
    public override int Order => 1;

    /// <summary>Degree of the path within a step.</summary>
    internal abstract int DenseDegree { get; }

    /// <inheritdoc/>
    internal override object Method => GetType();

    /// <summary>What the method cannot do about a diffusion, or null.</summary>
    internal virtual (string What, string Mend)? Refuse(DiffusionFunction diffusion) => null;

    /// <summary>Numbers of scratch space that a step needs besides its results.</summary>
    internal abstract int ScratchFor(OdeFunction function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new StochasticStepper(this, dimension, data);

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (!(Step > 0.0 && double.IsFinite(Step)))
        {
            yield return new(
                $"solver {Name}", FormattableString.Invariant($"step {Step} s"), "Give a positive number of seconds.");
        }
        else if (MaximumStep < Step)
        {
            yield return new(
                $"solver {Name}", FormattableString.Invariant($"a longest step of {MaximumStep} s, but the grid has steps of {Step} s"),
                "The step is fixed: give it alone.");
        }
    }
}
