using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Dynamics;

public sealed class AlgebraicWorkTests
{
    // States x, v, w and algebraic variables y, z; the derivatives of v and w are coupled.
    private static readonly OdeFunction Function = HybridAutomaton.Build("system", h =>
    {
        (Expr x, Expr v, Expr w) = (h.State("x"), h.State("v"), h.State("w"));
        (Expr y, Expr z) = (h.Algebraic("y"), h.Algebraic("z"));
        Expr m = h.Parameter("m", 2.0);
        h.Mode("on")
            .Mass(v, v, m).Mass(v, w, 1.0).Mass(v, x, 0.5).Mass(w, w, 3.0).Mass(w, v, -1.0)
            .Flow(x, v * y).Flow(v, z - x).Flow(w, Expr.Cos(h.Time))
            .Equation(y, y + Expr.Tanh(z), x + Expr.Sin(h.Time))
            .Equation(z, (z * z * z) + (2.0 * z), v - y);
    }).Compiled.Mode(0).Ode;

    private static readonly double[] Data = [2.0, 0.0];

    [Test]
    public void Solutions_satisfy_the_equations_and_are_left_alone()
    {
        var work = new AlgebraicWork(new AlgebraicSystem(Function));
        double[] states = [0.3, -1.2, 0.7, 5.0, -5.0, 0.0];
        Assert.That(work.Solve(0.4, states.AsSpan(0, 5), Data, 1e-9), Is.EqualTo(AlgebraicOutcome.Solved));
        Assert.That(states[3] + Math.Tanh(states[4]), Is.EqualTo(0.3 + Math.Sin(0.4)).Within(1e-15));
        Assert.That((states[4] * states[4] * states[4]) + (2.0 * states[4]), Is.EqualTo(-1.2 - states[3]).Within(1e-15));
        double[] once = [.. states];
        work.Solve(0.4, states.AsSpan(0, 5), Data, 1e-9);
        Assert.That(states, Is.EqualTo(once), "bit for bit");
    }

    [Test]
    public void Slopes_are_those_of_a_consistent_path()
    {
        var work = new AlgebraicWork(new AlgebraicSystem(Function));
        double[] states = [0.3, -1.2, 0.7, 0.0, 0.0, 0.0];
        double[] slopes = SlopesAt(work, 0.4, states);
        Assert.That(slopes[0], Is.EqualTo(states[1] * states[3]).Within(1e-15));
        Assert.That((2.0 * slopes[1]) + slopes[2] + (0.5 * slopes[0]), Is.EqualTo(states[4] - states[0]).Within(1e-14));
        Assert.That((3.0 * slopes[2]) - slopes[1], Is.EqualTo(Math.Cos(0.4)).Within(1e-14));
        const double Step = 1e-5;
        double[] Moved(double h)
        {
            double[] moved = [.. states.Zip(slopes, (x, rate) => x + (h * rate)), 0.0];
            work.Solve(0.4 + h, moved.AsSpan(0, 5), Data, 1e-9);
            return moved;
        }

        double[] ahead = Moved(Step);
        double[] behind = Moved(-Step);
        Assert.That(slopes[3], Is.EqualTo((ahead[3] - behind[3]) / (2.0 * Step)).Within(1e-8));
        Assert.That(slopes[4], Is.EqualTo((ahead[4] - behind[4]) / (2.0 * Step)).Within(1e-8));
    }

    [Test]
    public void Nothing_is_allocated_once_it_is_made()
    {
        var work = new AlgebraicWork(new AlgebraicSystem(Function));
        double[] states = [0.3, -1.2, 0.7, 0.0, 0.0, 0.0];
        double[] slopes = new double[6];
        Allocations.None(() =>
        {
            states[3] = 1.0;
            work.Solve(0.4, states.AsSpan(0, 5), Data, 1e-9);
            Function.Derivatives(0.4, ref states[0], ref Data[0], ref slopes[0]);
            work.Complete(0.4, states.AsSpan(0, 5), Data, slopes.AsSpan(0, 5));
        });
    }

    private static double[] SlopesAt(AlgebraicWork work, double time, double[] states)
    {
        work.Solve(time, states.AsSpan(0, 5), Data, 1e-9);
        double[] slopes = new double[6];
        Function.Derivatives(time, ref states[0], ref Data[0], ref slopes[0]);
        Assert.That(work.Complete(time, states.AsSpan(0, 5), Data, slopes.AsSpan(0, 5)), Is.True);
        return slopes[..5];
    }
}
