#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// How a thermostat's switching times move with its thresholds, from one run, beside the differences of two.
using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

var thermostat = HybridAutomaton.Build("thermostat", h =>
{
    var temperature = h.State("T", initial: 20, unit: "degC");
    var (low, high) = (h.Parameter("low", 19, "degC"), h.Parameter("high", 21, "degC"));
    var off = h.Mode("off").Flow(temperature, -0.1 * temperature);
    var on = h.Mode("on").Flow(temperature, 0.1 * (30 - temperature));
    h.Transition(off, on).Guard(temperature <= low);
    h.Transition(on, off).Guard(temperature >= high);
});

var tight = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-10 };
Trajectory run = thermostat.Simulate(until: 60, tight, new() { Sensitivities = ["low", "high"] });
ImmutableArray<double> byLow = run.Sensitivity("low").JumpTimes;
ImmutableArray<double> byHigh = run.Sensitivity("high").JumpTimes;
Trajectory above = thermostat.Simulate(60, tight, new() { Values = run.Model.Parameters.ToImmutableDictionary(p => p.Name, p => p.Value + (p.Name == "high" ? 1e-4 : 0)) });
Trajectory below = thermostat.Simulate(60, tight, new() { Values = run.Model.Parameters.ToImmutableDictionary(p => p.Name, p => p.Value - (p.Name == "high" ? 1e-4 : 0)) });

Console.WriteLine("switch        t     dt/dlow    dt/dhigh   by differences");
for (int n = 0; n < run.Jumps.Length; n += 4)
{
    double difference = (above.Jumps[n].Time - below.Jumps[n].Time) / 2e-4;
    Console.WriteLine(FormattableString.Invariant($"{n + 1,6} {run.Jumps[n].Time,8:F3} {byLow[n],11:F6} {byHigh[n],11:F6} {difference,16:F6}"));
}

TrajectorySensitivity temperatureByHigh = run.Sensitivity("high");
Console.WriteLine(FormattableString.Invariant($"dT(60 s)/dhigh = {temperatureByHigh.Value("T", 60):F6}; the switches move by seconds, the temperature between them with them"));
