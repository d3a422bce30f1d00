namespace HybridControl.Solvers;

/// <summary>The methods that <see cref="Auto"/> chooses from, for given tolerances and size.</summary>
/// <param name="Solvers">One for each <see cref="AutoMethod"/>, with the tolerances.</param>
/// <param name="Iterates">Whether the method that iterates follows stiff flows: tolerances are tight.</param>
/// <param name="DenseDegree">Degree of the dense output of all but the closed form.</param>
/// <param name="Stiff">The product of step and spectral radius above which an explicit step is held by stability.</param>
/// <param name="StiffDecay">The same where what is fast decays: tight tolerances hold such a step well inside the border.</param>
/// <param name="Loose">The product below which an explicit method would do with about as much work as the implicit one.</param>
internal sealed record AutoMethods(AdaptiveSolver[] Solvers, bool Iterates, int DenseDegree, double Stiff, double StiffDecay, double Loose)
{
    /// <summary>How often a reason to change must be seen in a row the first time.</summary>
    public const int FirstSightings = 2;
}
