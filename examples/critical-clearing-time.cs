#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// How long may a short circuit last? One call for a known machine, and one for a machine of uncertain inertia and load.
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Solvers;

string folder = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
HybridAutomaton machine = ModelFile.Load(Path.Combine(folder, "..", "models", "smib.json"));
var cpu = new CpuEnsembleBackend();

EnsemblePlan known = machine.Ensemble(size: 1, until: 6)
    .Using(new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 })
    .Require("in step", "delta < pi");
CriticalParameterResult exact = CriticalParameter.Find(known, cpu, "tc", low: 0.1, high: 0.4);
Console.WriteLine(FormattableString.Invariant($"known machine      {exact.Estimate:F10} s after {exact.Trajectories} runs; equal areas give 0.2599561663 s"));

EnsemblePlan uncertain = machine.Ensemble(size: 60, until: 3, seed: 4)
    .Vary("H", new Normal(5, 0.3)).Vary("Pm", new Uniform(0.75, 0.85))
    .Require("in step", "delta < pi");
CriticalParameterResult risk = CriticalParameter.Find(
    uncertain, cpu, "tc", low: 0.1, high: 0.4, options: new CriticalParameterOptions { Probability = 0.9, Tolerance = 1e-3, Verify = false });
Console.WriteLine(FormattableString.Invariant(
    $"uncertain machine  {risk.Estimate:F3} s stays in step with 90 % ({risk.Interval.Lower:F3} to {risk.Interval.Upper:F3} s)"));
