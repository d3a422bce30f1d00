using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Cli;

/// <summary>The solver that options ask for, on top of what is usual for the model.</summary>
internal static class SolverChoice
{
    /// <summary>Reads the options; faults are added, and the usual solver stands in.</summary>
    /// <param name="name">Name of the method; null to keep that of <paramref name="usual"/>.</param>
    /// <param name="rtol">Relative tolerance; null to keep what there is.</param>
    /// <param name="atol">Absolute tolerance; null to keep what there is.</param>
    /// <param name="maxStep">Longest step in seconds; null to keep what there is.</param>
    /// <param name="step">Step in seconds; null to keep what there is.</param>
    /// <param name="usual">What model or plan suggest; null for auto.</param>
    /// <param name="faults">Receives what does not fit.</param>
    public static Solver Read(
        string? name, double? rtol, double? atol, double? maxStep, double? step, Solver? usual, List<Finding> faults)
    {
        usual ??= new Auto();
        bool same = name is null || name == usual.Name;
        var adaptive = usual as AdaptiveSolver;
        // What a model asks of its solution it asks of any method that can be asked.
        bool keeps = same || (SolverCatalog.Names.Contains(name) && SolverCatalog.Create(name!) is AdaptiveSolver);
        try
        {
            return SolverCatalog.Create(
                name ?? usual.Name,
                rtol ?? (keeps ? adaptive?.RelativeTolerance : null),
                atol ?? (keeps ? adaptive?.AbsoluteTolerance : null),
                maxStep ?? (double.IsFinite(usual.MaximumStep) ? usual.MaximumStep : null),
                step ?? (same ? StepOf(usual) : null));
        }
        catch (ModelException fault)
        {
            faults.AddRange(fault.Findings);
            return usual;
        }
    }

    private static double? StepOf(Solver solver) => solver switch
    {
        AdaptiveSolver method => method.InitialStep,
        FixedStepRungeKutta method => method.Step,
        StochasticSolver method => method.Step,
        _ => null,
    };
}
