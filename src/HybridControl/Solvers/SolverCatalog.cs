using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>The solvers by name, for files and command lines.</summary>
public static class SolverCatalog
{
    // Made when asked for: whoever lists the names needs none of them.
    private static readonly (string Name, Func<Solver> Make)[] Methods =
    [
        ("auto", () => new Auto()),
        ("dp5", () => new DormandPrince5()),
        ("tsit5", () => new Tsitouras5()),
        ("rodas5p", () => new Rodas5P()),
        ("radau5", () => new Radau5()),
        ("radau", () => new Radau()),
        ("dop853", () => new DormandPrince853()),
        ("vern9", () => new Verner9()),
        ("bs3", () => new BogackiShampine3()),
        ("esdirk4", () => new Esdirk4()),
        ("adams", () => new Adams()),
        ("bdf", () => new Bdf()),
        ("rk4", () => new RungeKutta4()),
        ("expm", () => new MatrixExponential()),
        ("euler", () => new Euler()),
        ("euler-maruyama", () => new EulerMaruyama()),
        ("milstein", () => new Milstein()),
    ];

    /// <summary>Names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(Methods, method => method.Name);

    /// <summary>Names of the methods that solve algebraic equations, as a message lists them.</summary>
    internal static string AlgebraicNames => string.Join(", ", Names.Where(name => Create(name).SolvesAlgebraicEquations));

    /// <summary>What to write in place of an unknown name: the nearest, or that of the class that was meant, and all.</summary>
    internal static string Remedy(string unknown)
    {
        string? meant = Array.Find(Methods, method => string.Equals(method.Make().GetType().Name, unknown, StringComparison.OrdinalIgnoreCase)).Name ??
            Suggestions.Nearest(unknown, Names);
        return (meant is null ? "" : $"Did you mean '{meant}'? ") + $"Known: {string.Join(", ", Names)}.";
    }

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
        Solver solver = Array.Find(Methods, method => method.Name == name).Make?.Invoke() ??
            throw new ModelException("solver", $"unknown solver '{name}'", Remedy(name));
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
