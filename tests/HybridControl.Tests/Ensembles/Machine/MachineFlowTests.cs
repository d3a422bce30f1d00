using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>Flowing: accuracy, order, step control and its limits.</summary>
public class MachineFlowTests
{
    private static readonly double[] Arenstorf = [0.994, 0.0, 0.0, -2.00158510637908252240537862224];

    [Test]
    public void Halving_the_fixed_step_reduces_the_error_at_the_order_of_the_method(
        [Values(1, 4)] int order, [Values(0.05, 0.025)] double step)
    {
        double Error(double h)
        {
            Solver solver = order == 1 ? new Euler { Step = h } : new RungeKutta4 { Step = h };
            MachineRun run = MachineRun.Of(MachineRun.PlanOf(Pendulum(), 2.0, solver));
            MachineRun exact = MachineRun.Of(MachineRun.PlanOf(
                Pendulum(), 2.0, new DormandPrince5 { RelativeTolerance = 1e-13, AbsoluteTolerance = 1e-14 }));
            return Math.Abs(run["x"] - exact["x"]);
        }

        Assert.That(Math.Log2(Error(step) / Error(0.5 * step)), Is.EqualTo(order).Within(0.25));
    }

    [Test]
    public void Adaptive_steps_close_the_orbit_of_arenstorf([Values] bool tsitouras)
    {
        const double period = 17.0652165601579625588917206249;
        Solver solver = tsitouras
            ? new Tsitouras5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-12 }
            : new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-12 };
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(ThreeBodies(), period, solver));
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Completed));
        Assert.That(run.Time, Is.EqualTo(period));
        Assert.That(run["x"], Is.EqualTo(Arenstorf[0]).Within(2e-5));
        Assert.That(run["y"], Is.EqualTo(Arenstorf[1]).Within(2e-5));
        Assert.That(run.Steps, Is.LessThan(2500));
    }

    [Test]
    public void A_fixed_step_ends_exactly_at_the_end_of_the_run([Values(0.1, 0.3, 0.7, 2.0)] double step)
    {
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(Pendulum(), 1.0, new RungeKutta4 { Step = step }));
        Assert.That(run.Time, Is.EqualTo(1.0));
        Assert.That(run.Steps, Is.EqualTo((int)Math.Ceiling((1.0 / step) - 0.01)));
    }

    [Test]
    public void A_fixed_step_without_guards_runs_in_a_loop_of_nothing_but_steps()
    {
        var lorenz = HybridAutomaton.Build("lorenz", h =>
        {
            var (x, y, z) = (h.State("x", 1.0), h.State("y"), h.State("z"));
            var r = h.Parameter("r", 28.0);
            h.Mode("m").Flow((x, y, z), (10.0 * (y - x), (x * (r - z)) - y, (x * y) - (8.0 / 3.0 * z)));
        });
        EnsemblePlan plan = MachineRun.PlanOf(lorenz, 1.0, new RungeKutta4 { Step = 1e-3 }) with { Recording = new() };
        TrajectoryMachine machine = MachineCompiler.Compile(plan, 0);
        MachineProgram loop = machine.Programs.Single(program => program.Name == "run m");
        GraphNode[] work = [.. loop.Code.Instructions.ToArray().Where(node => node.OperandCount > 0)];
        MachineRun run = MachineRun.Of(plan, machine, null, []);
        Assert.That(loop.Repeats);
        Assert.That(work.Count(node => node.Op is OpCode.Select), Is.EqualTo(1)); // the next program
        Assert.That(work, Has.Length.LessThan(85));
        Assert.That(run.Steps, Is.EqualTo(1000));
        Assert.That(run.Visits, Is.LessThan(6));
    }

    [Test]
    public void A_number_that_is_not_finite_ends_the_trajectory_and_says_so([Values] bool fixedStep)
    {
        var model = HybridAutomaton.Build("blow-up", h =>
        {
            var x = h.State("x", 1.0);
            h.Mode("m").Flow(x, x * x);
        });
        Solver solver = fixedStep ? new RungeKutta4 { Step = 0.01 } : new DormandPrince5();
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 2.0, solver));
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.NotFinite).Or.EqualTo(TrajectoryStatus.StepTooSmall));
    }

    [Test]
    public void The_limit_on_steps_ends_a_trajectory([Values] bool fixedStep)
    {
        Solver solver = fixedStep ? new RungeKutta4 { Step = 0.01 } : new DormandPrince5 { MaximumStep = 0.01 };
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(Pendulum(), 10.0, solver) with { MaxSteps = 100 });
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.StepLimit));
        Assert.That(run.Steps, Is.EqualTo(100));
    }

    private static HybridAutomaton Pendulum() => HybridAutomaton.Build("pendulum", h =>
    {
        var (x, v) = (h.State("x", 1.0), h.State("v"));
        h.Mode("m").Flow((x, v), (v, -Expr.Sin(x)));
    });

    // Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, section II.0.
    private static HybridAutomaton ThreeBodies() => HybridAutomaton.Build("arenstorf", h =>
    {
        const double moon = 0.012277471;
        var (x, y) = (h.State("x", Arenstorf[0]), h.State("y", Arenstorf[1]));
        var (u, v) = (h.State("u", Arenstorf[2]), h.State("v", Arenstorf[3]));
        Expr earthDistance = Expr.Power(Expr.Square(x + moon) + Expr.Square(y), 1.5);
        Expr moonDistance = Expr.Power(Expr.Square(x - (1.0 - moon)) + Expr.Square(y), 1.5);
        h.Mode("m").Flow(
            (x, y, u, v),
            (u, v,
                x + (2.0 * v) - ((1.0 - moon) * (x + moon) / earthDistance) - (moon * (x - (1.0 - moon)) / moonDistance),
                y - (2.0 * u) - ((1.0 - moon) * y / earthDistance) - (moon * y / moonDistance)));
    });
}
