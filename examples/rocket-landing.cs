#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// A two-stage hopper on the Moon: staging against Tsiolkovsky's equation, and the bursts of its landing.
using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;

string here = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFilePath")!)!;
HybridAutomaton rocket = ModelFile.Load(Path.Combine(here, "..", "models", "rocket-staging.json"));
Trajectory run = rocket.Simulate(until: 900, new DormandPrince5 { RelativeTolerance = 1e-10 });

Jump separation = run.Jumps[0];
double expected = (3000 * Math.Log(1000.0 / 900.0)) - (1.62 * 25);
Console.WriteLine(FormattableString.Invariant(
    $"burn-out at {separation.Time:F6} s: {separation.StatesBefore[1]:F6} m/s, by Tsiolkovsky {expected:F6} m/s; {separation.StatesBefore[2]:F1} kg become {separation.StatesAfter[2]:F1} kg"));
foreach (Jump jump in run.Jumps.Where(jump => jump.Transition is not ("burn" or "pause")))
{
    Console.WriteLine(FormattableString.Invariant(
        $"{jump.Time,10:F3} s  {jump.Transition,-16} h = {jump.StatesBefore[0],9:F2} m, v = {jump.StatesBefore[1],8:F3} m/s"));
}

Console.WriteLine(FormattableString.Invariant($"{run.Value("bursts", 900)} bursts; {rocket.Parameters.First(p => p.Name == "start").Value - run.Value("m", 900) - 100:F1} kg of fuel"));
