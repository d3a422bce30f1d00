using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>Numerical differentiation formulas of variable order 1 to 5: for stiff flows, for algebraic equations, and for many states.</summary>
/// <remarks>
/// One system of equations a step, solved by Newton's iteration with a matrix that serves for many steps. Orders 1 and 2 are stable in the whole left
/// half plane, 3 to 5 in a wedge of 80, 66 and 51 degrees about the negative axis: give <see cref="MaximumOrder"/> = 2 for oscillations that hardly decay.
/// Dense output is the polynomial through the past that the next step starts from, of the current order. A past begins with a step of Rodas5P, or of Radau IIA where
/// the flow is no expression. Source: L. F. Shampine and M. W. Reichelt,
/// The MATLAB ODE suite, SIAM J. Sci. Comput. 18 (1997), 1-22.
/// </remarks>
public sealed record Bdf : AdaptiveSolver
{
    private const double LeastRelative = 1e-13; // below it rounding takes over

    /// <inheritdoc/>
    public override string Name => "bdf";

    /// <summary>The highest order in use.</summary>
    public override int Order => MaximumOrder;

    /// <summary>The highest order to use, 1 to 5.</summary>
    public int MaximumOrder { get; init; } = BdfFormula.HighestOrder;

    /// <inheritdoc/>
    internal override StepSettings Settings => Strict(base.Settings);

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => typeof(Bdf);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new BdfCode(function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) => new BdfStepper(Settings, MaximumOrder, dimension, data);

    // N steps leave up to N times the error of one, and N grows as the tolerance to the power -1/6: so that the result follows the tolerance, a
    // step gets a part of it only.
    private static StepSettings Strict(StepSettings settings)
    {
        double part = Math.Min(1.0, 1.5 * Math.Pow(settings.Relative, 0.15));
        return settings with
        {
            Relative = Math.Max(part * settings.Relative, Math.Min(settings.Relative, LeastRelative)),
            Absolute = part * settings.Absolute,
        };
    }

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (MaximumOrder is < 1 or > BdfFormula.HighestOrder)
        {
            yield return new($"solver {Name}", $"maximum order {MaximumOrder}", $"Give a number from 1 to {BdfFormula.HighestOrder}.");
        }
    }
}
