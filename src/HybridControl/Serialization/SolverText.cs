using System.Globalization;
using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Serialization;

/// <summary>Writes a solver as one line of JSON.</summary>
internal static class SolverText
{
    /// <summary>The solver with every setting that its method has.</summary>
    /// <param name="where">The part that it stands in, for messages.</param>
    /// <param name="solver">The solver.</param>
    /// <exception cref="ModelException">The solver is none of the catalog.</exception>
    public static string Of(string where, Solver solver)
    {
        var text = new StringBuilder($"{{ \"method\": \"{solver.Name}\"");
        var adaptive = solver as AdaptiveSolver;
        double? step = solver switch
        {
            AdaptiveSolver { InitialStep: > 0.0 } method => method.InitialStep,
            FixedStepRungeKutta method => method.Step,
            StochasticSolver method => method.Step,
            _ => null,
        };
        double? longest = double.IsFinite(solver.MaximumStep) ? solver.MaximumStep : null;
        foreach ((string name, double? value) in new[]
        {
            ("relativeTolerance", adaptive?.RelativeTolerance), ("absoluteTolerance", adaptive?.AbsoluteTolerance), ("maximumStep", longest), ("step", step),
        })
        {
            text.Append(value is { } number ? $", \"{name}\": {number.ToString("R", CultureInfo.InvariantCulture)}" : "");
        }

        bool known = SolverCatalog.Names.Contains(solver.Name) &&
            solver.Equals(SolverCatalog.Create(solver.Name, adaptive?.RelativeTolerance, adaptive?.AbsoluteTolerance, longest, step));
        return known
            ? text.Append(" }").ToString()
            : throw new ModelException(where, $"the solver '{solver.Name}' has no file form", $"Use one of {string.Join(", ", SolverCatalog.Names)}.");
    }
}
