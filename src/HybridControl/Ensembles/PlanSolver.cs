using HybridControl.Automata;
using HybridControl.Solvers;

namespace HybridControl.Ensembles;

/// <summary>The method of a plan that names none.</summary>
internal static class PlanSolver
{
    /// <summary>That of the model's experiment; Dormand and Prince's where it has none, or one that chooses: lanes run one method for all.</summary>
    public static Solver Of(HybridAutomaton? model) => model?.Experiment?.Solver switch
    {
        null => new DormandPrince5(),
        Auto auto => new DormandPrince5
        {
            RelativeTolerance = auto.RelativeTolerance,
            AbsoluteTolerance = auto.AbsoluteTolerance,
            InitialStep = auto.InitialStep,
            MaximumStep = auto.MaximumStep,
        },
        { } solver => solver,
    };
}
