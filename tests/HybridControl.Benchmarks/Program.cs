using BenchmarkDotNet.Running;
using HybridControl.Benchmarks.Peers;

// Speed questions:        dotnet run -c Release -- --filter '*Lorenz*'
// The peers' problems:    dotnet run -c Release -- peers [--out ours.jsonl] [--only P1]
if (args is ["peers", .. string[] rest])
{
    return PeerSuite.Run(rest);
}

BenchmarkSwitcher.FromAssembly(typeof(PeerSuite).Assembly).Run(args);
return 0;
