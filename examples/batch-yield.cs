#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// Which uncertainty of a batch costs its yield? Sobol indices, and a tornado diagram.
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Sensitivity;
using HybridControl.Plotting;
using HybridControl.Serialization;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton reactor = ModelFile.Load(Path.Combine(here, "..", "models", "batch-yield.json"));
var cpu = new CpuEnsembleBackend();

EnsemblePlan batches = reactor.Ensemble(size: 1024, seed: 3).Using(SamplingDesign.Sobol)
    .Vary("k1ref", new LogNormal(1e-3, 0.15)).Vary("k2ref", new LogNormal(1e-4, 0.25))
    .Vary("E1", new Normal(65_000, 2_000)).Vary("E2", new Normal(90_000, 3_000))
    .Vary("Thold", new Normal(350, 1.5)).Vary("lag", new Triangular(300, 400, 600));

EnsembleResult yields = batches.Run(on: cpu, new EnsembleRunOptions { KeepBlocks = true });
var b = yields.Scalar("b");
Console.WriteLine(FormattableString.Invariant($"yield {b.Mean:P1}, 90 % between {b.Quantile(0.05):P1} and {b.Quantile(0.95):P1}"));

SobolIndices indices = SobolIndices.Estimate(batches with { Size = 256 }, cpu, "b");
foreach (SensitivityIndex index in indices.Indices.OrderByDescending(index => index.Total))
{
    Console.WriteLine(FormattableString.Invariant($"{index.Name,-6} alone {index.First,6:F2}, with interactions {index.Total,6:F2}"));
}

string shares = Path.Combine(folder, "indices.svg");
indices.PlotIndices().Save(shares);
Console.WriteLine(shares);

string picture = Path.Combine(folder, "tornado.svg");
yields.PlotTornado("b").Title("What moves the yield").Save(picture);
Console.WriteLine(picture);
