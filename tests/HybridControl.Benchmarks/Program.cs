using BenchmarkDotNet.Running;
using HybridControl.Benchmarks.Campaigns;
using HybridControl.Benchmarks.Gpu;
using HybridControl.Benchmarks.Peers;

// Speed questions:        dotnet run -c Release -- --filter '*Lorenz*'
// The peers' problems:    dotnet run -c Release -- peers [--out ours.jsonl] [--only P1]
if (args is ["peers", .. string[] rest])
{
    return PeerSuite.Run(rest);
}

// Campaigns that survive: dotnet run -c Release -- kill [--kills 20] [--seed 7] [--shards 60]
if (args is ["kill", .. string[] options])
{
    return KillSuite.Run(options);
}

// Ensembles on a device:  dotnet run -c Release -- gpu [--only lorenz-rk4] [--emulated]
if (args is ["gpu", .. string[] onDevice])
{
    return GpuSuite.Run(onDevice);
}

BenchmarkSwitcher.FromAssembly(typeof(PeerSuite).Assembly).Run(args);
return 0;
