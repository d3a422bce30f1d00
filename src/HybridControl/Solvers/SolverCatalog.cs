using HybridControl.Diagnostics;

namespace HybridControl.Solvers;

/// <summary>The solvers by name, for files and command lines.</summary>
public static class SolverCatalog
{
    private static readonly Solver[] Methods =
    [
        new Auto(),
        new DormandPrince5(),
        new Tsitouras5(),
        new Rodas5P(),
        new Radau5(),
        new Radau(),
        new DormandPrince853(),
        new Verner9(),
        new BogackiShampine3(),
        new Esdirk4(),
        new Adams(),
        new Bdf(),
        new RungeKutta4(),
        new MatrixExponential(),
        new Euler(),
        new EulerMaruyama(),
        new Milstein(),
    ];

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Methods.Select(method => method.Name)];

    /// <summary>Names of the methods that solve algebraic equations, as a message lists them.</summary>
    internal static string AlgebraicNames => string.Join(", ", Names.Where(name => Create(name).SolvesAlgebraicEquations));

    /// <summary>Creates a solver.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="relativeTolerance">Relative tolerance; null for the default. Adaptive methods only.</param>
    /// <param name="absoluteTolerance">Absolute tolerance; null for the default. Adaptive methods only.</param>
    /// <param name="maximumStep">Longest step in seconds; null for no limit.</param>
    /// <param name="step">Step in seconds; null for the default. Methods of fixed step only.</param>
    /// <exception cref="ModelException">The name is unknown, or an option does not fit the method.</exception>
    public static Solver Create(
        string name,
        double? relativeTolerance = null,
        double? absoluteTolerance = null,
        double? maximumStep = null,
        double? step = null)
    {
        Solver solver = Array.Find(Methods, method => method.Name == name) ??
            throw new ModelException("solver", $"unknown solver '{name}'", $"Known: {string.Join(", ", Names)}.");
        if (solver is AdaptiveSolver adaptive)
        {
            solver = adaptive with
            {
                RelativeTolerance = relativeTolerance ?? adaptive.RelativeTolerance,
                AbsoluteTolerance = absoluteTolerance ?? adaptive.AbsoluteTolerance,
                InitialStep = step ?? adaptive.InitialStep,
            };
        }
        else if (relativeTolerance is not null || absoluteTolerance is not null)
        {
            throw new ModelException(
                $"solver {name}", "a tolerance for a method of fixed step",
                solver is StochasticSolver ? "Give a step." : "Give a step, or use a method that chooses its steps, such as dp5.");
        }
        else
        {
            solver = solver switch
            {
                FixedStepRungeKutta method => method with { Step = step ?? method.Step },
                StochasticSolver method => method with { Step = step ?? method.Step },
                _ => solver,
            };
        }

        solver = solver with { MaximumStep = maximumStep ?? solver.MaximumStep };
        Finding[] findings = [.. solver.Validate()];
        return findings.Length == 0 ? solver : throw new ModelException(findings);
    }
}
