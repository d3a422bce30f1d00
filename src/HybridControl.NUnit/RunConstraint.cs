using HybridControl.Simulation;
using NUnit.Framework.Constraints;

namespace HybridControl.NUnit;

/// <summary>A constraint on a <see cref="Trajectory"/>, or on a <see cref="SimulationRun"/> as far as it has come.</summary>
public abstract class RunConstraint : Constraint
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">What is tested is no run.</exception>
    public override ConstraintResult ApplyTo<TActual>(TActual actual)
    {
        Trajectory run = actual switch
        {
            Trajectory trajectory => trajectory,
            SimulationRun simulation => simulation.ToTrajectory(),
            _ => throw new ArgumentException($"A Trajectory or a SimulationRun is expected, but this is {actual?.GetType().Name ?? "null"}.", nameof(actual)),
        };
        return new Result(this, FaultOf(run));
    }

    /// <summary>What is wrong with a run, as a sentence; null if nothing is.</summary>
    protected abstract string? FaultOf(Trajectory run);

    private sealed class Result(IConstraint constraint, string? fault) : ConstraintResult(constraint, fault, fault is null)
    {
        public override void WriteActualValueTo(MessageWriter writer) => writer.Write(fault ?? "a run that does");
    }
}
