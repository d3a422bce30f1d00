#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// Curves over time and a phase portrait of a bouncing ball: dotnet run examples/plotting.cs -- folder
using HybridControl.Automata;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory("hybrid").FullName;
Directory.CreateDirectory(folder);

HybridAutomaton ball = ModelFile.Load(Path.Combine(here, "..", "models", "bouncing-ball.json"));
Trajectory run = ball.Simulate(until: 10);

string overTime = Path.Combine(folder, "ball.svg");
run.Plot("h", "v").ShadeModes().MarkJumps().Save(overTime);
Console.WriteLine(overTime);

string phase = Path.Combine(folder, "ball-phase.svg");
run.PlotPhase("h", "v").Save(phase);
Console.WriteLine(phase);
