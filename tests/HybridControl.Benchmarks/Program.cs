using BenchmarkDotNet.Running;
using HybridControl.Benchmarks.Ensembles;
using HybridControl.Benchmarks.Peers;

// Speed questions:        dotnet run -c Release -- --filter '*Lorenz*'
// The peers' problems:    dotnet run -c Release -- peers [--out ours.jsonl] [--only P1]// Ensembles on lanes:     dotnet run -c Release -- ensembles [--out ours.jsonl] [--only P8a]
if (args is ["peers", .. string[] rest])
{
    return PeerSuite.Run(rest);
}

if (args is ["ensembles", .. string[] options])
{
    return EnsembleSuite.Run(options);
}

BenchmarkSwitcher.FromAssembly(typeof(PeerSuite).Assembly).Run(args);
return 0;
