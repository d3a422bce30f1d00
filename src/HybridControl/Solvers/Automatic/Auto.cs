using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>Chooses the method while it runs: the default, for whoever does not want to know solvers.</summary>
/// <remarks>
/// Begins with an explicit method, changes to an implicit one where the flow turns out to be stiff, and back where it no longer is; a
/// flow with algebraic equations is followed by the implicit method alone. How it tells is written at <see cref="AutoStepper"/>,
/// and which methods these are depends on the tolerances and the number of states.
/// </remarks>
public sealed record Auto : AdaptiveSolver
{
    private const int LargestClosedForm = 16;

    /// <inheritdoc/>
    public override string Name => "auto";

    /// <summary>Order of the explicit method that a run begins with.</summary>
    public override int Order => Explicit.Order;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => (typeof(Auto), Explicit.Method);

    private AdaptiveSolver Explicit => Tolerate(new Tsitouras5());

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new AutoCode(function, MethodsFor(function.Dimension));

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => Start(dimension, data, []);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data, IReadOnlyList<MethodCode> flows) =>
        new AutoStepper(MethodsFor(dimension), dimension, data, flows);

    private AutoMethods MethodsFor(int dimension)
    {
        AdaptiveSolver[] solvers = [Explicit, Tolerate(new Rodas5P()), .. dimension <= LargestClosedForm ? [Tolerate(new MatrixExponential())] : Array.Empty<AdaptiveSolver>()];
        return new(solvers, DenseDegree: 4, Stiff: 2.5, Loose: 1.5);
    }

    private AdaptiveSolver Tolerate(AdaptiveSolver method) => method with
    {
        RelativeTolerance = RelativeTolerance,
        AbsoluteTolerance = AbsoluteTolerance,
        InitialStep = InitialStep,
        MaximumStep = MaximumStep,
    };
}
