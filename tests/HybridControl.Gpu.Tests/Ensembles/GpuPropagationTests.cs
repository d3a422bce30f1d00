using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Propagation;
using HybridControl.Estimation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests.Ensembles;

/// <summary>Particles of a hybrid automaton whose prediction runs in kernels, on the emulated device.</summary>
public sealed class GpuPropagationTests
{
    private static readonly GpuDevice Device = GpuDevice.Emulated();

    private static HybridAutomaton Room { get; } = HybridAutomaton.Build("room", h =>
    {
        Expr x = h.State("x", 20.0);
        ModeBuilder off = h.Mode("off").Flow(x, 0.2 * (10.0 - x));
        ModeBuilder on = h.Mode("on").Flow(x, 0.2 * (34.0 - x));
        h.Transition(off, on).Guard(x <= 19.0);
        h.Transition(on, off).Guard(x >= 22.0);
        h.StartIn(off);
    });

    [OneTimeTearDown]
    public void Close() => Device.Dispose();

    [Test]
    public void Kernels_move_members_as_lanes_do()
    {
        StateEnsemble members = Spread();
        StateEnsemble expected = Spread();
        var kernels = new EnsembleBackendPropagator(Room, new GpuEnsembleBackend(Device));
        var lanes = new EnsembleBackendPropagator(Room, new CpuEnsembleBackend());
        for (int step = 0; step < 3; step++)
        {
            Assert.That(kernels.Propagate(members, 0.5 * step, 0.5 * (step + 1), [], default), Is.Zero);
            lanes.Propagate(expected, 0.5 * step, 0.5 * (step + 1), [], default);
        }

        Assert.That(members.Modes.ToArray(), Is.EqualTo(expected.Modes.ToArray()));
        Assert.That(members.Component(0).ToArray(), Is.EqualTo(expected.Component(0).ToArray()).Within(1e-9));
    }

    [Test]
    public void A_particle_filter_runs_on_kernels_as_on_lanes()
    {
        var sensor = new LinearMeasurement(new[,] { { 1.0 } }, new[,] { { 0.09 } });
        ParticleFilter Start(IEnsembleBackend backend) =>
            new(new EnsembleBackendPropagator(Room, backend, null, ("x", 0.2)), sensor, Spread(), seed: 2);
        ParticleFilter kernels = Start(new GpuEnsembleBackend(Device));
        ParticleFilter lanes = Start(new CpuEnsembleBackend());
        foreach (double z in new[] { 20.3, 20.0, 19.6, 19.2, 19.1 })
        {
            foreach (ParticleFilter filter in new[] { kernels, lanes })
            {
                Assert.That(filter.Predict(filter.Time + 0.25), Is.EqualTo(EstimationStatus.Done));
                filter.Update([z]);
            }
        }

        Assert.That(kernels.ModeProbabilities[1], Is.EqualTo(lanes.ModeProbabilities[1]).Within(1e-6));
        Assert.That(kernels.LogLikelihood, Is.EqualTo(lanes.LogLikelihood).Within(1e-6));
    }

    private static StateEnsemble Spread()
    {
        var members = new StateEnsemble(1, 300);
        for (int i = 0; i < members.Count; i++)
        {
            members.Component(0)[i] = 19.2 + (0.0086 * i);
            members.Modes[i] = i % 2;
        }

        return members;
    }
}
