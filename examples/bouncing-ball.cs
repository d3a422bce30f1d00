#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// A bouncing ball against its closed form, up to the instant at which its bounces accumulate.
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

const double g = 9.81;
const double e = 0.8;
const double h0 = 10;

var ball = HybridAutomaton.Build("ball", m =>
{
    var y = m.State("y", initial: h0, unit: "m");
    var v = m.State("v", unit: "m/s");
    var fall = m.Mode("fall").Flow((y, v), (v, -g)).Invariant(y >= 0);
    m.Transition(fall, fall, "bounce").Guard(y <= 0 & v < 0).Reset(v, -e * v);
});

Trajectory run = ball.TrySimulate(until: 20, options: new SimulationOptions
{
    Solver = new DormandPrince5 { RelativeTolerance = 1e-9 },
    Zeno = ZenoPolicy.Stop,
});

double first = Math.Sqrt(2 * h0 / g);
double exact = first;
for (int n = 0; n < 10; n++)
{
    double time = run.Jumps[n].Time;
    Console.WriteLine(FormattableString.Invariant($"bounce {n + 1,2} at {time:F9} s, off by {time - exact:E1} s"));
    exact += 2 * first * Math.Pow(e, n + 1);
}

double limit = first * (1 + e) / (1 - e);
Console.WriteLine(FormattableString.Invariant($"{run.Status} at {run.EndTime:F6} s after {run.Jumps.Length} bounces; the limit is {limit:F6} s"));
Console.WriteLine(run.Reason);
