using System.Collections.Immutable;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>A learned term of a flow, and how much it mends.</summary>
/// <param name="Term">The term in units of the model: from <paramref name="Inputs"/> to what is added to the rates of <paramref name="Corrected"/>.</param>
/// <param name="States">States of the model.</param>
/// <param name="Inputs">What the term reads: the states, then inputs of the data.</param>
/// <param name="Corrected">States whose rates it adds to.</param>
/// <param name="Training">How the training went.</param>
/// <param name="Before">For each state the root mean square error of one-step predictions of the model as it was, on rows held out (or all).</param>
/// <param name="After">The same with the term.</param>
public sealed record ResidualFit(
    LearnedTerm Term, ImmutableArray<string> States, ImmutableArray<string> Inputs, ImmutableArray<string> Corrected, TrainingResult Training,
    ImmutableArray<double> Before, ImmutableArray<double> After);
