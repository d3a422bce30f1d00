using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Propagation;
using HybridControl.Estimation;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Models;

namespace HybridControl.Tests.Ensembles.Propagation;

/// <summary>Members of a hybrid automaton on the ensemble back-ends, from given states and modes.</summary>
public class EnsembleBackendPropagatorTests
{
    // Heats with a constant, cools to its surroundings; a counter of switches beside the temperature.
    private static HybridAutomaton Room { get; } = HybridAutomaton.Build("room", h =>
    {
        Expr x = h.State("x", 20.0);
        Expr n = h.Discrete("n", 0.0);
        Expr outside = h.Input("outside", new ConstantSignal(10.0));
        ModeBuilder off = h.Mode("off").Flow(x, 0.2 * (outside - x));
        ModeBuilder on = h.Mode("on").Flow(x, 0.2 * (outside + 24.0 - x));
        h.Transition(off, on).Guard(x <= 19.0).Reset(n, n + 1.0);
        h.Transition(on, off).Guard(x >= 22.0).Reset(n, n + 1.0);
        h.StartIn(off);
    });

    private static IEnumerable<TestCaseData> Backends =>
    [
        new TestCaseData(new CpuEnsembleBackend()).SetArgDisplayNames("lanes"),
        new TestCaseData(new CpuEnsembleBackend(threads: 1, LaneWidth.Scalar)).SetArgDisplayNames("one lane"),
        new TestCaseData(new SimulatorEnsembleBackend()).SetArgDisplayNames("simulator"),
    ];

    [TestCaseSource(nameof(Backends))]
    public void Members_follow_the_closed_form_from_their_own_states_and_modes(IEnsembleBackend backend)
    {
        var propagator = new EnsembleBackendPropagator(Room, backend, ModelLibrary.Tight);
        Assert.That(propagator.StateNames, Is.EqualTo(new[] { "x", "n" }));
        StateEnsemble members = Spread(1500);
        StateEnsemble expected = Spread(1500);
        for (int step = 0; step < 3; step++)
        {
            Assert.That(propagator.Propagate(members, 0.7 * step, 0.7 * (step + 1), [10.0], default), Is.Zero);
        }

        for (int i = 0; i < expected.Count; i++)
        {
            (double x, int mode, double switches) = Exact(expected.Component(0)[i], expected.Modes[i], 2.1);
            Assert.That(members.Component(0)[i], Is.EqualTo(x).Within(1e-7), $"member {i}");
            Assert.That((members.Modes[i], members.Component(1)[i]), Is.EqualTo((mode, switches)), $"member {i}");
        }
    }

    [Test]
    public void A_particle_filter_finds_the_mode_on_vector_lanes()
    {
        var propagator = new EnsembleBackendPropagator(Room, new CpuEnsembleBackend(), null, ("x", 0.2));
        var sensor = new LinearMeasurement(new[,] { { 1.0, 0.0 } }, new[,] { { 0.09 } });
        StateEnsemble particles = Spread(3000);
        var filter = new ParticleFilter(propagator, sensor, particles, seed: 3) { Kernel = RegularizationKernel.None };
        (double x, int mode) = (20.5, 0);
        int right = 0;
        for (int k = 1; k <= 60; k++)
        {
            (x, mode, _) = Exact(x, mode, 0.25);
            Assert.That(filter.Predict(0.25 * k, [10.0]), Is.EqualTo(EstimationStatus.Done));
            Assert.That(filter.Update([x + (0.3 * Math.Sin(37.0 * k))]), Is.EqualTo(EstimationStatus.Done));
            right += k > 8 && filter.ModeProbabilities[mode] > 0.5 ? 1 : 0;
            Assert.That(filter.Particles.Mean(0), Is.EqualTo(x).Within(0.6), $"step {k}");
        }

        Assert.That(right, Is.GreaterThan(44), "of 52");
    }

    [Test]
    public void Noise_of_states_and_inputs_has_the_variance_of_its_density()
    {
        var still = HybridAutomaton.Build("still", h =>
        {
            (Expr x, Expr y) = (h.State("x"), h.State("y"));
            Expr push = h.Input("push", new ConstantSignal(0.0));
            h.Mode("only").Flow((x, y), (0.0, push));
        });
        var propagator = new EnsembleBackendPropagator(still, new CpuEnsembleBackend(), null, ("x", 0.3), ("push", 0.5));
        var members = new StateEnsemble(2, 10_000);
        propagator.Propagate(members, 0.0, 0.25, [2.0], new EnsembleNoise(5, 1));
        propagator.Propagate(members, 0.25, 0.5, [2.0], new EnsembleNoise(5, 2));
        foreach ((int state, double mean, double variance) in new[] { (0, 0.0, 0.045), (1, 1.0, 0.125) })
        {
            double[] values = members.Component(state).ToArray();
            double average = values.Average();
            Assert.That(average, Is.EqualTo(mean).Within(4.0 * Math.Sqrt(variance / 10_000)));
            Assert.That(values.Average(value => (value - average) * (value - average)), Is.EqualTo(variance).Within(4.0 * variance * Math.Sqrt(2.0 / 10_000)));
        }
    }

    [Test]
    public void A_trajectory_that_does_not_reach_the_end_is_lost_alone()
    {
        var guarded = HybridAutomaton.Build("guarded", h =>
        {
            Expr x = h.State("x");
            h.Mode("only").Flow(x, 1.0).Invariant(x <= 1.0);
        });
        var propagator = new EnsembleBackendPropagator(guarded, new CpuEnsembleBackend());
        var members = new StateEnsemble(1, 40);
        members.Component(0)[11] = 0.9;
        Assert.That(propagator.Propagate(members, 0.0, 0.5, [], default), Is.EqualTo(1));
        Assert.That((members.IsLost(11), members.Component(0)[12]), Is.EqualTo((true, 0.5)));
    }

    [Test]
    public void Unknown_noise_and_wrong_sizes_are_refused_by_name()
    {
        Assert.That(
            () => new EnsembleBackendPropagator(Room, new CpuEnsembleBackend(), null, ("y", 0.2)),
            Throws.TypeOf<ModelException>().With.Message.Contains("noise.y"));
        var propagator = new EnsembleBackendPropagator(Room, new CpuEnsembleBackend());
        Assert.That(() => propagator.Propagate(new StateEnsemble(1, 10), 0.0, 1.0, [10.0], default), Throws.TypeOf<ModelException>());
    }

    private static StateEnsemble Spread(int count)
    {
        var members = new StateEnsemble(2, count);
        for (int i = 0; i < count; i++)
        {
            members.Component(0)[i] = 19.2 + (2.6 * i / count);
            members.Modes[i] = i % 2;
        }

        return members;
    }

    // x(t) = a + (x0 - a) exp(-0.2 t), from switch to switch.
    private static (double X, int Mode, double Switches) Exact(double x, int mode, double length)
    {
        double switches = 0.0;
        while (true)
        {
            double ambient = mode == 0 ? 10.0 : 34.0;
            double threshold = mode == 0 ? 19.0 : 22.0;
            double time = 5.0 * Math.Log((x - ambient) / (threshold - ambient));
            if (time > length)
            {
                return (ambient + ((x - ambient) * Math.Exp(-0.2 * length)), mode, switches);
            }

            (x, length, mode, switches) = (threshold, length - Math.Max(time, 0.0), 1 - mode, switches + 1.0);
        }
    }
}
