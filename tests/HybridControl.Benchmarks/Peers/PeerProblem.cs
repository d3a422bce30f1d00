using HybridControl.Simulation;

namespace HybridControl.Benchmarks.Peers;

/// <summary>One row of the peers' table, to be run with any solver.</summary>
/// <param name="Name">Problem as the peers write it.</param>
/// <param name="Variant">Variant as the peers write it.</param>
/// <param name="Relative">Relative tolerance of the peers.</param>
/// <param name="Absolute">Absolute tolerance of the peers.</param>
/// <param name="Prepare">Prepares runs with some options; each run is the whole problem.</param>
internal sealed record PeerProblem(
    string Name,
    string Variant,
    double Relative,
    double Absolute,
    Func<SimulationOptions, Func<CancellationToken, PeerResult>> Prepare);
