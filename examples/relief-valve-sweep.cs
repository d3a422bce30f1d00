#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// At which feeds does a relief valve strike its seat? A sweep over the feed, and the impacts of each valve.
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Plotting;
using HybridControl.Serialization;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton valve = ModelFile.Load(Path.Combine(here, "..", "models", "pressure-relief-valve.json"));

EnsembleResult sweep = valve.Ensemble(size: 200, until: 60)
    .Using(SamplingDesign.Grid).Vary("q", GridPoints.Linear(0.2, 10, 200))
    .RecordExtrema("y").RecordEvents(slots: 128)
    .Run(on: new CpuEnsembleBackend(), new EnsembleRunOptions { KeepBlocks = true });

EnsembleBlock block = sweep.Blocks[0];
ReadOnlySpan<double> jumps = block.Scalar(EnsembleLayout.Jumps);
for (int i = 0; i < block.Count; i += 20)
{
    Console.WriteLine(FormattableString.Invariant($"feed {block.Sample(0)[i],5:F2}: {jumps[i],3} impacts"));
}

int quiet = jumps.LastIndexOfAnyExcept(0.0) + 1;
Console.WriteLine(FormattableString.Invariant($"From a feed of {block.Sample(0)[quiet]:F2} on the valve does not touch its seat."));

string picture = Path.Combine(folder, "lift.svg");
sweep.PlotCloud("q", "max(y)").Title("Largest lift over the feed").Save(picture);
Console.WriteLine(picture);
