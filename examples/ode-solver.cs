#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// A satellite between earth and moon on Arenstorf's closed orbit: an ODE solver without an automaton, forward and backward.
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;

// E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I, section II.0: restricted three bodies.
const double moon = 0.012277471;
const double period = 17.0652165601579625588917206249;
OdeProblem orbit = OdeProblem.Of((t, x, dx) =>
{
    double toEarth = Math.Pow(((x[0] + moon) * (x[0] + moon)) + (x[1] * x[1]), 1.5);
    double toMoon = Math.Pow(((x[0] - 1 + moon) * (x[0] - 1 + moon)) + (x[1] * x[1]), 1.5);
    dx[0] = x[2];
    dx[1] = x[3];
    dx[2] = x[0] + (2 * x[3]) - ((1 - moon) * (x[0] + moon) / toEarth) - (moon * (x[0] - 1 + moon) / toMoon);
    dx[3] = x[1] - (2 * x[2]) - ((1 - moon) * x[1] / toEarth) - (moon * x[1] / toMoon);
}, 0.994, 0, 0, -2.00158510637908252240537862224);

Console.WriteLine("solver       steps   evaluations   distance from the start after one period");
foreach (string name in new[] { "tsit5", "dop853", "vern9", "adams", "radau5", "auto" })
{
    OdeSolution once = orbit.Solve(0, period, SolverCatalog.Create(name, 1e-11, 1e-12));
    double gap = Math.Sqrt(Math.Pow(once.At(period)[0] - 0.994, 2) + Math.Pow(once.At(period)[1], 2));
    Console.WriteLine(FormattableString.Invariant($"{name,-10} {once.Statistics.Steps,7} {once.Statistics.RightHandSides,13} {gap,14:0.0e+00}"));
}

// Where it crosses the line through earth and moon, on the way there and on the way back.
var crossing = new OdeWatch("axis", OdeProblem.State("x1") >= 0);
OdeSolution there = (orbit with { Watches = [crossing] }).Solve(0, 9, new Verner9 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-14 });
OdeSolution back = (orbit with { Watches = [crossing] }).StartingAt(there.At(9)).Solve(9, 0, new Verner9 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-14 });
foreach ((OdeRoot forward, OdeRoot again) in there.Roots.Zip(back.Roots.Reverse()))
{
    Console.WriteLine(FormattableString.Invariant($"crosses the axis at {forward.Time:F9}, x = {there.At(forward.Time)[0]:F6}; backward at {again.Time:F9}"));
}

// A terminal watch ends the solution where the satellite first is that far beyond the earth.
OdeSolution far = (orbit with { Watches = [new("far", OdeProblem.State("x0") <= -1.2) { IsTerminal = true }] }).Solve(0, period);
Console.WriteLine(FormattableString.Invariant($"{far.Reason} at {far.EndTime:F6}, y = {far.At(far.EndTime)[1]:F6}"));
