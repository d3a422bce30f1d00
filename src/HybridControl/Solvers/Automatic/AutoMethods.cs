namespace HybridControl.Solvers;

/// <summary>The methods that <see cref="Auto"/> chooses from, for given tolerances and size.</summary>
/// <param name="Solvers">One for each <see cref="AutoMethod"/>, with the tolerances.</param>
/// <param name="DenseDegree">Degree of the dense output of all but the closed form.</param>
/// <param name="Stiff">The product of step and spectral radius above which an explicit step is held by stability.</param>
/// <param name="Loose">The product below which an explicit method would do with about as much work as the implicit one.</param>
internal sealed record AutoMethods(AdaptiveSolver[] Solvers, int DenseDegree, double Stiff, double Loose)
{
    /// <summary>How often a reason to change must be seen in a row the first time.</summary>
    public const int FirstSightings = 2;
}
