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
    private const double LooseTolerance = 3e-7;
    private const double TightTolerance = 2e-9;

    /// <inheritdoc/>
    public override string Name => "auto";

    /// <summary>Order of the explicit method that a run begins with.</summary>
    public override int Order => Explicit.Order;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => (typeof(Auto), Choice.Method.GetType());

    // Their stability on the negative real axis ends at 3.5, 6.4 and 4.5: a step that stays at half of that or more is held there.
    // The last number is what a step of the implicit method costs in steps of the explicit one, times where these stand.
    private (AdaptiveSolver Method, int DenseDegree, double Stiff, double StiffDecay, double Loose) Choice => RelativeTolerance switch
    {
        > LooseTolerance => (new Tsitouras5(), 4, 2.5, 2.5, 1.5),
        > TightTolerance => (new DormandPrince853(), 8, 3.2, 2.2, 6.0),
        _ => (new Verner9(), 8, 1.8, 1.2, 6.0),
    };

    // High orders pay for Newton's iteration where tolerances are tight.
    private bool IsLoose => RelativeTolerance > LooseTolerance;

    private AdaptiveSolver Explicit => Tolerate(Choice.Method);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new AutoCode(function, MethodsFor(function.Dimension));

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => Start(dimension, data, []);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data, IReadOnlyList<MethodCode> flows) =>
        new AutoStepper(MethodsFor(dimension), dimension, data, flows);

    private AutoMethods MethodsFor(int dimension)
    {
        (_, int degree, double above, double decaying, double below) = Choice;
        AdaptiveSolver[] closed = dimension <= LargestClosedForm ? [Tolerate(new MatrixExponential())] : [];
        AdaptiveSolver iterated = IsLoose ? new Radau5() : new Radau();
        return new([Explicit, Tolerate(new Rodas5P()), Tolerate(iterated), .. closed], !IsLoose, degree, above, decaying, below);
    }

    private AdaptiveSolver Tolerate(AdaptiveSolver method) => method with
    {
        RelativeTolerance = RelativeTolerance,
        AbsoluteTolerance = AbsoluteTolerance,
        InitialStep = InitialStep,
        MaximumStep = MaximumStep,
    };
}
