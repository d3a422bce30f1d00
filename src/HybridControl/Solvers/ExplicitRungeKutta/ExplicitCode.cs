using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with one trial step of an explicit method, or of a stochastic one.</summary>
internal sealed class ExplicitCode(OdeFunction function, StepFunction step) : MethodCode(function)
{
    /// <summary>The largest dimension whose whole step is emitted with its stages in local variables.</summary>
    internal const int LargestWholeStep = 16;

    /// <summary>The most instructions (nodes times stages) that a whole step may have.</summary>
    private const int MostInstructions = 6000;

    /// <summary>The trial step.</summary>
    public StepFunction Step { get; } = step;

    /// <summary>Prepares a right-hand side for a tableau: small systems of expressions as one emitted method, others as loops.</summary>
    public static ExplicitCode Of(ButcherTableau tableau, OdeFunction function)
    {
        bool small = RuntimeFeature.IsDynamicCodeSupported && function.Program is not null && function.Dimension <= LargestWholeStep &&
            function.Program.RegisterCount * tableau.Stages <= MostInstructions;
        return new(function, small ? WholeStepEmitter.Emit(tableau, function) : new SpanStep(tableau, function).Take);
    }
}
