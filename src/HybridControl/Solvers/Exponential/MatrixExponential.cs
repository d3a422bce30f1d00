using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The closed form of affine flows x' = A x + b + c t, exact to rounding: for models whose modes are all linear.</summary>
/// <remarks>
/// <para>x(t + s) = x + s phi_1(s A) f + s^2 phi_2(s A) c with f the rate at t: the matrix exponential acting on a vector, as its Taylor series
/// up to the term that no longer changes the sum, of degree twelve at most. The series is the dense output too, so events are located
/// on the closed form. No tolerance enters but the absolute one, below which a state counts as zero.</para>
/// <para>Steps are about 0.3 / ||A|| long (any length where A is nilpotent, as for a body in free fall), so a stiff linear flow is
/// better left to <see cref="Auto"/> or an implicit method. Cost of a step: one right-hand side and twelve products with A.</para>
/// <para>Which flows are affine is read off the expressions; coefficients may depend on parameters, discrete variables and inputs that
/// are constant or ramps. Source: N. J. Higham, Functions of Matrices, SIAM (2008), on phi functions; A. H. Al-Mohy and N. J. Higham, SIAM J.
/// Sci. Comput. 33 (2011), 488-511, on the action of the exponential as a truncated series.</para>
/// </remarks>
public sealed record MatrixExponential : AdaptiveSolver
{
    /// <inheritdoc/>
    public override string Name => "expm";

    /// <summary>The highest degree of the series.</summary>
    public override int Order => AffineSeries.Degree;

    /// <inheritdoc/>
    internal override object Method => typeof(MatrixExponential);

    /// <inheritdoc/>
    internal override bool IsSelective => true;

    /// <inheritdoc/>
    internal override (string What, string Mend)? Refuse(OdeFunction function) => AffineCode.Fits(function)
        ? null
        : ("the flow is not affine in the states with coefficients that only events change", "Use auto.");

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new AffineCode(function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new AffineStepper(Settings, dimension, data);
}
