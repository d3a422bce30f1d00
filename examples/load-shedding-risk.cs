#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// How likely does the frequency of a grid fall below 48.3 Hz? Quick and slow relays on the same faults.
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Plotting;
using HybridControl.Serialization;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton grid = ModelFile.Load(Path.Combine(here, "..", "models", "load-shedding.json"));

EnsembleResult faults = grid.Ensemble(size: 1000, until: 10, seed: 5)
    .Vary("deficit", new Normal(0.27, 0.04)).Vary("H", new Triangular(3.5, 5, 6)).Correlate("deficit", "H", -0.3)
    .Vary("D", new Uniform(0.8, 1.4)).Vary("stage", new Normal(0.1, 0.01))
    .Compare("quick relays", ("delay", 0.2)).Compare("slow relays", ("delay", 0.4))
    .RecordExtrema("f")
    .Require("above 48.3 Hz", "f >= 48.3")
    .Run(on: new CpuEnsembleBackend());

foreach (string relays in faults.Layout.Alternatives)
{
    Proportion safe = faults.Requirement("above 48.3 Hz", relays);
    ConfidenceInterval band = safe.ClopperPearson();
    Console.WriteLine(FormattableString.Invariant(
        $"{relays,-12}  risk {1 - safe.Estimate:P1} (95 %: {1 - band.Upper:P1} to {1 - band.Lower:P1})"));
}

string picture = Path.Combine(folder, "nadir.svg");
faults.PlotDistribution("min(f)", "Hz").Title("Lowest frequency").Save(picture);
Console.WriteLine(picture);
