using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.Models;

/// <summary>The networks among the models, against computations of their own.</summary>
public class NetworkModelTests
{
    private static readonly SimulationOptions Tight = new() { Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 } };

    [Test]
    public void Two_tanks_fill_and_drain_by_the_law_of_Torricelli()
    {
        Trajectory run = ModelLibrary.Load("two-tanks").Simulate(until: 1200.0, options: Tight);
        double Flow(double h, double section) => 0.6 * section * Math.Sqrt(2.0 * 9.81 * Math.Max(h, 0.0));
        var reference = new SteppedReference([0.3, 0.15], [0, 0], (_, x, open) =>
        {
            double between = open[0] * Flow(x[0], 5e-5);
            return [(4e-5 - between) / 0.0154, (between - (open[1] * Flow(x[1], 8e-5))) / 0.0154];
        });
        reference.Run(
            1200.0, 0.05,
            new(0, 0, 1, (_, x) => x[0] - 0.5), new(0, 1, 0, (_, x) => 0.1 - x[0]),
            new(1, 0, 1, (_, x) => x[1] - 0.4), new(1, 1, 0, (_, x) => 0.1 - x[1]));
        Compare(run, reference, ["upperValve", "lowerValve"], ["upper.h", "lower.h"], 1e-6);
        Assert.That(run.Jumps[0].Time, Is.EqualTo((0.5 - 0.3) * 0.0154 / 4e-5).Within(1e-9), "a shut valve: the level rises in a straight line");
    }

    [Test]
    public void Four_rooms_warm_each_other()
    {
        Trajectory run = ModelLibrary.Load("multi-room-heating").Simulate(until: 24.0, options: Tight);
        double[] power = [6.0, 8.0, 9.0, 6.0];
        double[] loss = [0.3, 0.3, 0.3, 0.4];
        double[] wall = [0.25, 0.25, 0.15];
        double[] low = [19.0, 20.0, 22.0, 16.0];
        double[] high = [20.5, 21.5, 23.0, 17.5];
        var reference = new SteppedReference([19.8, 20.4, 22.2, 16.5], [0, 0, 0, 0], (t, x, on) =>
        {
            double outside = 6.0 - (4.0 * Math.Cos(2.0 * Math.PI * t / 24.0));
            double[] rate = [.. x.Select((T, i) => (on[i] * power[i]) + (loss[i] * (outside - T)))];
            for (int i = 0; i < 3; i++)
            {
                double heat = wall[i] * (x[i + 1] - x[i]);
                rate[i] += heat;
                rate[i + 1] -= heat;
            }

            return rate;
        });
        reference.Run(24.0, 0.002,
        [
            .. Enumerable.Range(0, 4).Select(i => new SteppedReference.Switch(i, 0, 1, (_, x) => low[i] - x[i])),
            .. Enumerable.Range(0, 4).Select(i => new SteppedReference.Switch(i, 1, 0, (_, x) => x[i] - high[i])),
        ]);
        Compare(run, reference, ["kitchen", "living", "bath", "bed"], ["kitchen.T", "living.T", "bath.T", "bed.T"], 1e-7);
    }

    [Test]
    public void A_platoon_brakes_behind_its_leader_and_closes_up_again()
    {
        Trajectory run = ModelLibrary.Load("platoon").Simulate(until: 60.0, options: Tight);
        double LeaderSpeed(double t) => t < 10.0 ? 30.0 : t < 14.0 ? 30.0 - (5.0 * (t - 10.0)) : t < 20.0 ? 10.0 : t < 30.0 ? 10.0 + (2.0 * (t - 20.0)) : 30.0;
        double LeaderPlace(double t) => 105.0 + (t < 10.0 ? 30.0 * t
            : t < 14.0 ? 300.0 + (30.0 * (t - 10.0)) - (2.5 * (t - 10.0) * (t - 10.0))
            : t < 20.0 ? 380.0 + (10.0 * (t - 14.0))
            : t < 30.0 ? 440.0 + (10.0 * (t - 20.0)) + ((t - 20.0) * (t - 20.0))
            : 640.0 + (30.0 * (t - 30.0)));
        (double Place, double Speed) Front(double t, double[] x, int i) => i == 0 ? (LeaderPlace(t), LeaderSpeed(t)) : (x[(2 * i) - 2], x[(2 * i) - 1]);
        var reference = new SteppedReference([70.0, 30.0, 35.0, 30.0, 0.0, 30.0], [0, 0, 0], (t, x, brakes) =>
        {
            double[] rate = new double[6];
            for (int i = 0; i < 3; i++)
            {
                (double place, double speed) = Front(t, x, i);
                rate[2 * i] = x[(2 * i) + 1];
                rate[(2 * i) + 1] = brakes[i] == 1 ? -7.0
                    : (0.25 * (place - x[2 * i] - 5.0 - x[(2 * i) + 1])) + (0.7 * (speed - x[(2 * i) + 1]));
            }

            return rate;
        });
        double Near(double t, double[] x, int i) =>
            Math.Min(5.0 + (0.75 * x[(2 * i) + 1]) - (Front(t, x, i).Place - x[2 * i]), x[(2 * i) + 1] - 2.0 - Front(t, x, i).Speed);
        double Clear(double t, double[] x, int i) =>
            Math.Max(Front(t, x, i).Place - x[2 * i] - 5.0 - (0.95 * x[(2 * i) + 1]), Front(t, x, i).Speed - x[(2 * i) + 1]);
        reference.Run(60.0, 0.005,
        [
            .. Enumerable.Range(0, 3).Select(i => new SteppedReference.Switch(i, 0, 1, (t, x) => Near(t, x, i))),
            .. Enumerable.Range(0, 3).Select(i => new SteppedReference.Switch(i, 1, 0, (t, x) => Clear(t, x, i))),
        ]);
        Compare(run, reference, ["first", "second", "third"], ["first.x", "first.v", "second.x", "second.v", "third.x", "third.v"], 2e-5);
        Assert.That(reference.Events, Has.Count.GreaterThan(1), "somebody brakes hard");
        Assert.That(run.Value("leader.v", 60.0), Is.EqualTo(30.0));
        Assert.That(run.Value("length", 60.0), Is.EqualTo(105.0).Within(2.0), "it closes up again");
    }

    [Test]
    public void Networks_run_in_ensembles_on_the_simulator_and_are_refused_by_name_elsewhere()
    {
        HybridAutomaton rooms = ModelLibrary.Load("multi-room-heating");
        var plan = new EnsemblePlan { Model = rooms, Until = 5.0, Size = 8, Seed = 1 };
        Assert.That(EnsembleLayout.Of(plan).Modes, Has.Length.EqualTo(16));
        plan = plan with { Recording = new EnsembleRecording { GridTimes = [0.0, 5.0], GridMode = true, EventSlots = 4 } };
        EnsembleResult result = plan.Run(new SimulatorEnsembleBackend());
        Assert.That(result.StatusCounts[TrajectoryStatus.Completed], Is.EqualTo(8));
        Assert.That(result.ModeOccupancy().Modes[0], Is.EqualTo(rooms.InitialMode), "the first combination is that of the first modes");
        Assert.That(result.ModeOccupancy().Fraction(0, 0), Is.EqualTo(1.0));
        Assert.That(MachineCompiler.Check(plan).Single().What, Does.Contain("8 regions"));
    }

    private static void Compare(Trajectory run, SteppedReference reference, string[] components, string[] states, double tolerance)
    {
        Jump[] jumps = [.. run.Jumps.Where(jump => components.Contains(jump.Transition.Split('.')[0]))];
        Assert.That(reference.Events, Has.Count.GreaterThan(1));
        Assert.That(jumps.Select(jump => jump.Transition.Split('.')[0]), Is.EqualTo(reference.Events.Select(e => components[e.Component])));
        for (int i = 0; i < jumps.Length; i++)
        {
            Assert.That(jumps[i].Time, Is.EqualTo(reference.Events[i].Time).Within(tolerance), jumps[i].Transition);
        }

        for (int i = 0; i < states.Length; i++)
        {
            Assert.That(run.Value(states[i], run.EndTime), Is.EqualTo(reference.States[i]).Within(tolerance), states[i]);
        }
    }
}
