using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Tests.Models;

namespace HybridControl.Tests.Ensembles;

/// <summary>Requirements whose surface the model itself reaches.</summary>
public class RequirementSurfaceTests
{
    private static IEnumerable<IEnsembleBackend> Backends() =>
        [new SimulatorEnsembleBackend(), new CpuEnsembleBackend(width: LaneWidth.Scalar), new CpuEnsembleBackend()];

    [TestCaseSource(nameof(Backends))]
    public void A_bouncing_ball_is_always_at_least_at_its_floor_but_not_always_above_it(IEnsembleBackend backend)
    {
        EnsembleResult result = ModelLibrary.Load("bouncing-ball").Ensemble(size: 64, until: 4, seed: 3)
            .Vary("e", new Uniform(0.6, 0.9))
            .Require("at least", "h >= 0")
            .Require("above", "h > 0")
            .Require("in earnest", "h >= 1e-6")
            .Run(on: backend);
        Assert.That(result.Requirement("at least").Estimate, Is.EqualTo(1.0));
        Assert.That(result.Requirement("above").Estimate, Is.EqualTo(0.0));
        Assert.That(result.Requirement("in earnest").Estimate, Is.EqualTo(0.0));
    }
}
