using System.Collections.Immutable;

namespace HybridControl.Neural.Identification;

/// <summary>Inputs and outputs of one experiment, sampled at even times.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Inputs">Inputs, row by row; a row's inputs were held from the sample before until its own time or are held from then on.</param>
/// <param name="Outputs">Outputs, row by row; NaN where one was not measured.</param>
public sealed record IdentificationRun(string Name, ImmutableArray<double> Inputs, ImmutableArray<double> Outputs);
