using HybridControl.Diagnostics;

namespace HybridControl.Estimation;

/// <summary>The three numbers of the scaled unscented transform.</summary>
/// <param name="Alpha">Spread of the points, positive; they lie alpha sqrt(n + kappa) columns of the factor from the mean.</param>
/// <param name="Beta">What is known of the shape of the belief; 2 is right for Gaussians: x^2 then has its right variance, for every alpha.</param>
/// <param name="Kappa">A second way to spread the points, above -n; 3 - n matches fourth moments, 0 is usual.</param>
public sealed record SigmaPointSpread(double Alpha = 1.0, double Beta = 2.0, double Kappa = 0.0)
{
    /// <summary>The rule for n states.</summary>
    internal SigmaPointRule Rule(int n)
    {
        if (!(Alpha > 0.0 && double.IsFinite(Alpha) && double.IsFinite(Beta) && n + Kappa > 0.0 && double.IsFinite(Kappa)))
        {
            throw new ModelException(
                "filter.spread",
                FormattableString.Invariant($"alpha {Alpha}, beta {Beta}, kappa {Kappa} for {n} states"),
                FormattableString.Invariant($"Give a positive alpha and a kappa above {-n}."));
        }

        return SigmaPointRule.Unscented(n, Alpha, Beta, Kappa);
    }
}
