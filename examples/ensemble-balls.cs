#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// A thousand bouncing balls of uncertain restitution: heights as a fan, impacts as a histogram.
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Plotting;
using HybridControl.Serialization;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
HybridAutomaton ball = ModelFile.Load(Path.Combine(here, "..", "models", "bouncing-ball.json"));

EnsembleResult balls = ball.Ensemble(size: 1000, until: 6, seed: 7)
    .Vary("e", new Normal(0.8, 0.02)).Vary("h0", new Uniform(9, 11))
    .Record("h", every: 0.05).RecordEvents(slots: 8)
    .Run(on: new CpuEnsembleBackend(), new EnsembleRunOptions { KeepBlocks = true });

for (int bounce = 0; bounce < 3; bounce++)
{
    var time = balls.Events("bounce").Time(bounce);
    Console.WriteLine(FormattableString.Invariant(
        $"bounce {bounce + 1}: {time.Mean:F3} s on average, 90 % between {time.Quantile(0.05):F3} s and {time.Quantile(0.95):F3} s"));
}

string fan = Path.Combine(folder, "balls.svg");
balls.PlotFan("h", "m", paths: 10).Save(fan);
Console.WriteLine(fan);

string impacts = Path.Combine(folder, "impacts.svg");
balls.PlotEventTimes("bounce").Save(impacts);
Console.WriteLine(impacts);
