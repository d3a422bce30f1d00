using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side with one trial step of an explicit method, or of a stochastic one.</summary>
/// <param name="function">The right-hand side.</param>
/// <param name="step">The trial step.</param>
/// <param name="dense">The work of the dense output, made when it is first asked for; null where there is none.</param>
internal sealed class ExplicitCode(OdeFunction function, StepFunction step, Lazy<DenseFunction>? dense = null) : MethodCode(function)
{
    /// <summary>The largest dimension whose whole step is emitted with its stages in local variables.</summary>
    /// <remarks>Measured for cheap flows: from there on vectors over the states are faster than registers for each.</remarks>
    internal const int LargestWholeStep = 16;

    /// <summary>The same above order 5, whose many stages do not fit the registers.</summary>
    private const int LargestLongStep = 7;

    /// <summary>The most instructions (nodes times stages) that a whole step may have.</summary>
    private const int MostInstructions = 6000;

    /// <summary>The trial step.</summary>
    public StepFunction Step { get; } = step;

    /// <summary>The work of the dense output; called for tableaus that have such work.</summary>
    public DenseFunction Dense => dense!.Value;

    /// <summary>Prepares a right-hand side for a tableau: small systems of expressions as one emitted method, others as loops.</summary>
    public static ExplicitCode Of(ButcherTableau tableau, OdeFunction function)
    {
        int largest = tableau.Order > 5 ? LargestLongStep : LargestWholeStep;
        bool small = RuntimeFeature.IsDynamicCodeSupported && function.Program is not null && function.Dimension <= largest &&
            function.Program.RegisterCount * tableau.Stages <= MostInstructions;
        var spans = new Lazy<SpanStep>(() => new SpanStep(tableau, function));
        return new(
            function,
            small ? WholeStepEmitter.Emit(tableau, function) : spans.Value.Take,
            tableau.ExtendsDense ? new(() => small ? WholeDenseEmitter.Emit(tableau, function) : spans.Value.Extend) : null);
    }
}
