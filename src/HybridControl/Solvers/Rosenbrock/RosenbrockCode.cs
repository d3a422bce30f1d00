using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side prepared for a Rosenbrock method: small flows of expressions as one emitted step.</summary>
internal sealed class RosenbrockCode(OdeFunction function, StepFunction? whole) : MethodCode(function)
{
    /// <summary>The largest dimension whose whole step is emitted.</summary>
    internal const int LargestWholeStep = 16;

    // Beyond it the code takes longer to compile (50 ms and more) than a run of some ten thousand steps gains.
    private const int MostInstructions = 2500;
    private const int InstructionsOfState = 16; // sums over earlier stages

    /// <summary>The whole step; null where there is none. A negative error asks for the step in loops.</summary>
    public StepFunction? Whole { get; } = whole;

    /// <summary>Prepares a right-hand side.</summary>
    public static RosenbrockCode Of(RosenbrockTableau tableau, OdeFunction function)
    {
        bool small = RuntimeFeature.IsDynamicCodeSupported && function.Program is not null && function.Mass is null &&
            function.Dimension <= LargestWholeStep &&
            tableau.Stages * (function.Program.RegisterCount + (InstructionsOfState * function.Dimension)) <= MostInstructions;
        return new(function, small ? RosenbrockEmitter.Emit(tableau, function) : null);
    }
}
