using HybridControl.Diagnostics;

namespace HybridControl.Solvers;

/// <summary>A method that chooses its steps from an error estimate.</summary>
/// <remarks>
/// A step is accepted if the root mean square of error_i / (absolute + relative max(|x_i|, |x_i new|)) is at most one.
/// </remarks>
public abstract record AdaptiveSolver : Solver
{
    /// <summary>Relative error tolerance, at least 1e-14.</summary>
    public double RelativeTolerance { get; init; } = 1e-6;

    /// <summary>Absolute error tolerance, positive.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-9;

    /// <summary>First step in seconds; zero, the default, to choose it from the problem.</summary>
    /// <remarks>
    /// It is judged by the error estimate alone, which may vanish by chance for a step that is far too long (docs/theory/solvers-explicit.md
    /// has an example for bs3). A step that was chosen grows from a right one and does not get there.
    /// </remarks>
    public double InitialStep { get; init; }

    /// <inheritdoc/>
    internal override StepSettings Settings => new(RelativeTolerance, AbsoluteTolerance, InitialStep, MaximumStep);

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (!(RelativeTolerance >= 1e-14 && RelativeTolerance < 1.0))
        {
            yield return new(
                $"solver {Name}",
                FormattableString.Invariant($"relative tolerance {RelativeTolerance}"),
                "Give a number from 1e-14 up to, but not including, 1.");
        }

        if (!(AbsoluteTolerance > 0.0 && double.IsFinite(AbsoluteTolerance)))
        {
            yield return new(
                $"solver {Name}", FormattableString.Invariant($"absolute tolerance {AbsoluteTolerance}"), "Give a positive number.");
        }

        if (!(InitialStep >= 0.0 && double.IsFinite(InitialStep)))
        {
            yield return new(
                $"solver {Name}",
                FormattableString.Invariant($"initial step {InitialStep} s"),
                "Give a positive number of seconds, or zero to choose it from the problem.");
        }
    }
}
