#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
#:project ../src/HybridControl.Plotting/HybridControl.Plotting.csproj
// One sortie of the quadplane with a gust of its own: dotnet run examples/quadplane.cs -- sortie.svg
using HybridControl.Automata;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;

string folder = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
HybridAutomaton plane = ModelFile.Load(Path.Combine(folder, "..", "models", "quadplane.json"));

Trajectory sortie = Scenario.For(plane, useExperiment: false)
    .At(5, "takeoff").At(27, "transition")
    .At(50, set: ("cruiseAltitude", 50.0))
    .At(85, set: ("gust", 6.0)).At(90, "gust")
    .At(110, "approach")
    .Simulate(until: 180);

foreach (Segment segment in sortie.Segments)
{
    double[] times = [.. Enumerable.Range(0, 101).Select(i => segment.Start + ((segment.End - segment.Start) * i / 100))];
    Console.WriteLine(FormattableString.Invariant(
        $"{segment.Start,8:F3} s  {segment.Mode,-11} h {sortie.Sample("h", times).Max(),5:F1} m  airspeed {sortie.Sample("airspeed", times).Max(),4:F1} m/s"));
}

string picture = args.Length > 0 ? args[0] : Path.Combine(Directory.CreateTempSubdirectory("hybrid").FullName, "quadplane.svg");
sortie.Plot("h", "airspeed", "thetaDeg", "rotors", "pusher").ShadeModes().MarkJumps().Save(picture);
Console.WriteLine(picture);
