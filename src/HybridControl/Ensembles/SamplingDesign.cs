namespace HybridControl.Ensembles;

/// <summary>How the samples of a plan fill their space.</summary>
public enum SamplingDesign
{
    /// <summary>Independent draws.</summary>
    Random,

    /// <summary>Latin hypercube: each variation is stratified into as many intervals as there are trajectories.</summary>
    LatinHypercube,

    /// <summary>Sobol points with hash-based Owen scrambling: low discrepancy, and an unbiased mean.</summary>
    Sobol,

    /// <summary>Every combination of the points of each variation (see GridPoints).</summary>
    Grid,

    /// <summary>The given values, a row for each sample (see <see cref="EnsemblePlan.Points"/>).</summary>
    Points,
}
