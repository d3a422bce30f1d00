#:property PublishAot=false
#:project ../src/HybridControl/HybridControl.csproj
// Single paths of a stock price against the exact solution on the same Wiener path: two methods, halved steps.
using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;

const double drift = 0.7, sigma = 0.8;
var price = HybridAutomaton.Build("price", h =>
{
    var x = h.State("x", initial: 1);
    h.Mode("trading").Flow(x, drift * x).Diffusion(x, sigma * x);
});

Console.WriteLine("     step   Euler-Maruyama   Milstein   (mean error of 200 paths at t = 1)");
for (int count = 16; count <= 256; count *= 2)
{
    double step = 1.0 / count;
    Console.WriteLine(FormattableString.Invariant(
        $"1/{count,-8} {Error(new EulerMaruyama { Step = step }),13:F5} {Error(new Milstein { Step = step }),10:F5}"));
}

double Error(StochasticSolver solver)
{
    double sum = 0;
    for (int path = 0; path < 200; path++)
    {
        SimulationOptions options = new() { Seed = 1, Trajectory = path, Recording = Recording.Events };
        var wiener = new WienerPaths(1, path, solver.Step);
        double w = Enumerable.Range(0, (int)Math.Round(1 / solver.Step)).Sum(k => wiener.Increment(WienerPaths.OwnStream, k));
        double exact = Math.Exp(drift - (0.5 * sigma * sigma) + (sigma * w));
        sum += Math.Abs(price.Simulate(until: 1, solver, options).Value("x", 1) - exact);
    }

    return sum / 200;
}
