#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// A thermostat in ten lines of C#, run for a minute, and how long its heater was on.
using HybridControl.Automata;
using HybridControl.Simulation;

var thermostat = HybridAutomaton.Build("thermostat", h =>
{
    var temperature = h.State("T", initial: 20, unit: "degC");
    var off = h.Mode("off").Flow(temperature, -0.1 * temperature).Invariant(temperature >= 18);
    var on = h.Mode("on").Flow(temperature, 0.1 * (30 - temperature)).Invariant(temperature <= 22);
    h.Transition(off, on).Guard(temperature <= 19);
    h.Transition(on, off).Guard(temperature >= 21);
});

Trajectory run = thermostat.Simulate(until: 60);

foreach (Jump jump in run.Jumps.Take(6))
{
    Console.WriteLine(FormattableString.Invariant($"{jump.Time,10:F6} s  {jump.Transition,-8} T = {jump.StatesAfter[0]:F6} degC"));
}

double heated = run.Segments.Where(segment => segment.Mode == "on").Sum(segment => segment.End - segment.Start);
Console.WriteLine(FormattableString.Invariant($"{run.Jumps.Length} switches; heated for {heated:F3} s of {run.EndTime} s"));
