using BenchmarkDotNet.Running;
using HybridControl.Benchmarks.Assimilation;
using HybridControl.Benchmarks.Campaigns;
using HybridControl.Benchmarks.Ensembles;
using HybridControl.Benchmarks.Estimators;
using HybridControl.Benchmarks.Events;
using HybridControl.Benchmarks.Fuzzing;
using HybridControl.Benchmarks.Gpu;
using HybridControl.Benchmarks.Kpin;
using HybridControl.Benchmarks.Location;
using HybridControl.Benchmarks.Neural;
using HybridControl.Benchmarks.Peers;
using HybridControl.Benchmarks.Precision;
using HybridControl.Benchmarks.Recall;
using HybridControl.Benchmarks.Solvers;

// Speed questions:        dotnet run -c Release -- --filter '*Lorenz*'
// The peers' problems:    dotnet run -c Release -- peers [--out ours.jsonl] [--only P1,P2] [--solvers dp5,auto] [--short] or peers --report peers.jsonl ours.jsonl
// Stiff problems:         dotnet run -c Release -- precision [--out rows.jsonl] [--only hires] [--solvers rodas5p] [--plots FOLDER] [--ours] [--short]
// Pictures of solvers:    dotnet run -c Release -- solver-plots [docs/images]
// Ensembles on lanes:     dotnet run -c Release -- ensembles [--out ours.jsonl] [--only P8a]
// Estimators:             dotnet run -c Release -- estimators [--out rows.jsonl] [--only "KF 12"] [--ours]
// Networks in filters:    dotnet run -c Release -- kpin [--seeds 5] [--iterations 350] [--only sets]
// Sequence layers:        dotnet run -c Release -- neural [--only scan|ssd|gemm|attention|scaling|streams|sizes] [--threads 1] [--quick] [--plots FOLDER]
// Recall and forecasts:   dotnet run -c Release -- recall [--quick] [--only recall|forecast] [--model S5] [--seeds 5] [--first 1] [--steps N] [--threads 2]
// Ensemble filters:       dotnet run -c Release -- assimilation [--cycles 2000] [--runs 5]
// Campaigns that survive: dotnet run -c Release -- kill [--kills 20] [--seed 7] [--shards 60]
// Ensembles on a device:  dotnet run -c Release -- gpu [--only lorenz-rk4,balls] [--size N] [--repeats 5] [--device-only] [--emulated]
// Layers on a device:     dotnet run -c Release -- neural-gpu [--only scan] [--emulated]
// Events under attack:    dotnet run -c Release -- events [--count 1000000] [--seed 1] [--threads 2] [--case k]
// Damaged inputs:         dotnet run -c Release -- fuzz [--count 500000] [--seed 1] [--threads 2] [--case k]
// What proofs cost:       dotnet run -c Release -- location [--rounds 9] [--slice 60] [--only Lorenz]
switch (args)
{
    case ["peers", .. string[] rest]:
        return PeerSuite.Run(rest);
    case ["precision", .. string[] rest]:
        return PrecisionSuite.Run(rest);
    case ["solver-plots", .. string[] rest]:
        return SolverPlots.Run(rest);
    case ["ensembles", .. string[] rest]:
        return EnsembleSuite.Run(rest);
    case ["estimators", .. string[] rest]:
        return EstimatorSuite.Run(rest);
    case ["kpin", .. string[] rest]:
        return KpinSuite.Run(rest);
    case ["neural", .. string[] rest]:
        return NeuralSuite.Run(rest);
    case ["recall", .. string[] rest]:
        return RecallSuite.Run(rest);
    case ["assimilation", .. string[] rest]:
        return AssimilationSuite.Run(rest);
    case ["kill", .. string[] rest]:
        return KillSuite.Run(rest);
    case ["gpu", .. string[] rest]:
        return GpuSuite.Run(rest);
    case ["neural-gpu", .. string[] rest]:
        return NeuralGpuSuite.Run(rest);
    case ["events", .. string[] rest]:
        return EventSuite.Run(rest);
    case ["fuzz", .. string[] rest]:
        return FuzzSuite.Run(rest);
    case ["location", .. string[] rest]:
        return LocationSuite.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(PeerSuite).Assembly).Run(args);
        return 0;
}
