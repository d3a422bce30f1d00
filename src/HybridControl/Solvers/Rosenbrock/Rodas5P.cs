namespace HybridControl.Solvers;

/// <summary>Steinebach's stiffly accurate Rosenbrock method of order 5(4): the first choice for small stiff models.</summary>
/// <remarks>Eight stages, dense output of order 4 from the same stages. Sources stand with <see cref="RosenbrockTableaus.Rodas5P"/>.</remarks>
public sealed record Rodas5P : RosenbrockMethod
{
    /// <inheritdoc/>
    public override string Name => "rodas5p";

    /// <inheritdoc/>
    public override RosenbrockTableau Tableau => RosenbrockTableaus.Rodas5P;
}
