using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A right-hand side prepared for a Rosenbrock method: small flows of expressions as one emitted step.</summary>
internal sealed class RosenbrockCode(OdeFunction function, StepFunction? whole) : MethodCode(function)
{
    /// <summary>The largest dimension whose whole step is emitted.</summary>
    internal const int LargestWholeStep = 8;

    /// <summary>The whole step; null where there is none. A negative error asks for the step in loops.</summary>
    public StepFunction? Whole { get; } = whole;

    /// <summary>Prepares a right-hand side.</summary>
    public static RosenbrockCode Of(RosenbrockTableau tableau, OdeFunction function)
    {
        bool small = RuntimeFeature.IsDynamicCodeSupported && function.Program is not null && function.Mass is null &&
            function.Dimension <= LargestWholeStep;
        return new(function, small ? RosenbrockEmitter.Emit(tableau, function) : null);
    }
}
