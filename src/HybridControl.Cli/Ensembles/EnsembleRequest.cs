using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>One ensemble to be run.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="On">What it runs on: a word of <see cref="BackendChoice.Kinds"/>.</param>
/// <param name="Threads">Threads of the processor; zero for all.</param>
/// <param name="Files">Where the result goes.</param>
/// <param name="KeepGoing">Whether to go on although every trajectory of the first block fails.</param>
internal sealed record EnsembleRequest(EnsemblePlan Plan, string On, int Threads, OutputFiles Files, bool KeepGoing);
