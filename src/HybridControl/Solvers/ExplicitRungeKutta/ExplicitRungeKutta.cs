using System.Runtime.CompilerServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>An explicit Runge-Kutta method: a tableau and settings.</summary>
public abstract record ExplicitRungeKutta : Solver
{
    /// <summary>The largest dimension whose whole step is emitted with its stages in local variables.</summary>
    internal const int LargestWholeStep = 16;

    /// <summary>The most instructions (nodes times stages) that a whole step may have.</summary>
    private const int MostInstructions = 6000;

    /// <summary>The coefficients.</summary>
    public abstract ButcherTableau Tableau { get; }

    /// <inheritdoc/>
    public override int Order => Tableau.Order;

    /// <summary>Relative error tolerance; not used by methods of fixed step.</summary>
    internal virtual double Relative => 0.0;

    /// <summary>Absolute error tolerance; not used by methods of fixed step.</summary>
    internal virtual double Absolute => 0.0;

    /// <summary>First step in seconds; zero to choose it from the problem.</summary>
    internal virtual double FirstStep => 0.0;

    /// <inheritdoc/>
    internal override object Method => Tableau;

    /// <inheritdoc/>
    internal override StepFunction Compile(OdeFunction function)
    {
        bool small = RuntimeFeature.IsDynamicCodeSupported && function.Program is not null && function.Dimension <= LargestWholeStep &&
            function.Program.RegisterCount * Tableau.Stages <= MostInstructions;
        return small
            ? WholeStepEmitter.Emit(Tableau, function)
            : new SpanStep(Tableau, function).Take;
    }

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new ExplicitRungeKuttaStepper(this, dimension, data);
}
