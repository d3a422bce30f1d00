using HybridControl.Diagnostics;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>Radau IIA of the orders 5, 9 and 13, chosen while running: for stiff flows and index-1 DAEs at tight tolerances.</summary>
/// <remarks>
/// <para>
/// Starts with the lowest order, 5 as in <see cref="Radau5"/>, and goes up where Newton's iteration converges fast, down where it does not.
/// At order 13 each iteration solves a real and three complex systems, for steps that are many times as long. Dense output has
/// the orders 4, 6 and 8.
/// </para>
/// <para>Source: E. Hairer and G. Wanner, Stiff differential equations solved by Radau methods, J. Comput. Appl. Math. 111 (1999), 93-111.</para>
/// </remarks>
public sealed record Radau : AdaptiveSolver
{
    /// <inheritdoc/>
    public override string Name => "radau";

    /// <summary>The highest order.</summary>
    public override int Order => MaximumOrder;

    /// <summary>The highest order that is used: 5, 9 or 13.</summary>
    public int MaximumOrder { get; init; } = 13;

    /// <summary>The lowest order that is used: 5, 9 or 13, at most <see cref="MaximumOrder"/>.</summary>
    public int MinimumOrder { get; init; } = 5;

    /// <inheritdoc/>
    internal override bool SolvesAlgebraicEquations => true;

    /// <inheritdoc/>
    internal override object Method => typeof(Radau);

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new RadauCode(function);

    /// <inheritdoc/>
    internal override Stepper Start(int dimension, double[] data) =>
        new RadauStepper(Settings, (MinimumOrder + 1) / 2, (MaximumOrder + 1) / 2, dimension, data);

    /// <inheritdoc/>
    internal override IEnumerable<Finding> Validate()
    {
        foreach (Finding finding in base.Validate())
        {
            yield return finding;
        }

        if (MaximumOrder is not (5 or 9 or 13))
        {
            yield return new($"solver {Name}", $"maximum order {MaximumOrder}", "Give 5, 9 or 13.");
        }

        if (MinimumOrder is not (5 or 9 or 13) || MinimumOrder > MaximumOrder)
        {
            yield return new($"solver {Name}", $"minimum order {MinimumOrder}", "Give 5, 9 or 13, not above the maximum order.");
        }
    }
}
