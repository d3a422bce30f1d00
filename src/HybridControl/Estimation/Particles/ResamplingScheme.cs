namespace HybridControl.Estimation;

/// <summary>How the parents of new particles are drawn from weights.</summary>
/// <remarks>R. Douc, O. Cappe and E. Moulines, Comparison of resampling schemes for particle filtering, ISPA (2005).</remarks>
public enum ResamplingScheme
{
    /// <summary>One uniform number, then equal strides: a particle of weight w has N w children, rounded up or down.</summary>
    Systematic,

    /// <summary>A uniform number in each of N equal strata.</summary>
    Stratified,

    /// <summary>Independent draws: the most noise, the simplest theory.</summary>
    Multinomial,
}
