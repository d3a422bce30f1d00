using BenchmarkDotNet.Running;
using HybridControl.Benchmarks.Campaigns;
using HybridControl.Benchmarks.Ensembles;
using HybridControl.Benchmarks.Peers;

// Speed questions:        dotnet run -c Release -- --filter '*Lorenz*'
// The peers' problems:    dotnet run -c Release -- peers [--out ours.jsonl] [--only P1]
// Ensembles on lanes:     dotnet run -c Release -- ensembles [--out ours.jsonl] [--only P8a]
// Campaigns that survive: dotnet run -c Release -- kill [--kills 20] [--seed 7] [--shards 60]
if (args is ["peers", .. string[] rest])
{
    return PeerSuite.Run(rest);
}

if (args is ["ensembles", .. string[] choices])
{
    return EnsembleSuite.Run(choices);
}

if (args is ["kill", .. string[] options])
{
    return KillSuite.Run(options);
}

BenchmarkSwitcher.FromAssembly(typeof(PeerSuite).Assembly).Run(args);
return 0;
