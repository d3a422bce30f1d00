#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// Where does a dropped capsule land, and how likely is it within 500 m of the aim?
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Plotting;
using HybridControl.Requirements;
using HybridControl.Serialization;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton capsule = ModelFile.Load(Path.Combine(here, "..", "models", "landing-dispersion.json"));

EnsembleResult drops = capsule.Ensemble(size: 1000, seed: 11)
    .Vary("windEast", new Normal(4, 1)).Vary("windNorth", new Normal(2, 1)).Correlate("windEast", "windNorth", 0.4)
    .Vary("speed", new Normal(70, 2)).Vary("drogueDelay", new Triangular(2.5, 3, 4.5)).Vary("mainArea", new LogNormal(90, 0.05))
    .RecordMode(every: 3)
    .Require("in the zone", "hypot(east - 1700, north - 670) <= 500", RequirementKind.AtEnd)
    .Run(on: new CpuEnsembleBackend(), new EnsembleRunOptions { KeepBlocks = true });

Proportion zone = drops.Requirement("in the zone");
ConfidenceInterval band = zone.Wilson();
Console.WriteLine(FormattableString.Invariant($"{zone.Estimate:P1} land in the zone (95 %: {band.Lower:P1} to {band.Upper:P1})"));
Console.WriteLine(FormattableString.Invariant($"aim at {drops.Scalar("east").Mean:F0} m east, {drops.Scalar("north").Mean:F0} m north"));

string cloud = Path.Combine(folder, "touchdown.svg");
drops.PlotCloud("east", "north", "m", "m", colour: "in the zone").Save(cloud);
Console.WriteLine(cloud);

string phases = Path.Combine(folder, "phases.svg");
drops.PlotModes().Save(phases);
Console.WriteLine(phases);
