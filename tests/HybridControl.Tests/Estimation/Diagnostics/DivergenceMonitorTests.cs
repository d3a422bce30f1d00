using HybridControl.Diagnostics;
using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Tests.Estimation.Diagnostics;

public sealed class DivergenceMonitorTests
{
    [Test]
    public void Innovations_that_stay_beyond_the_gate_are_found_at_the_tenth()
    {
        var monitor = new DivergenceMonitor(1);
        for (int k = 0; k < 20; k++)
        {
            // The gate of 0.999 with one degree of freedom is 10.83; one step in between is good.
            Assert.That(monitor.AddInnovation(k == 5 ? 1.0 : 11.0, 1), Is.EqualTo(k >= 15));
            monitor.AddBelief([0.0], [1.0]);
        }

        Assert.That(monitor.Found!.Reason, Is.EqualTo(DivergenceReason.InnovationsBeyondGate));
        Assert.That(monitor.Found.Step, Is.EqualTo(15));
        Assert.That(monitor.Found.ToString(), Does.Contain("10.83"));
    }

    [Test]
    public void A_filter_that_no_longer_listens_is_a_collapse()
    {
        var monitor = new DivergenceMonitor(2);
        for (int k = 0; k < 12; k++)
        {
            monitor.AddInnovation(50.0, 1);
            monitor.AddBelief([0.0, 0.0], [1.0, k == 0 ? 1.0 : 1e-7]);
        }

        Assert.That((monitor.Found!.Reason, monitor.Found.Component), Is.EqualTo((DivergenceReason.CovarianceCollapse, 1)));
    }

    [Test]
    public void A_filter_that_became_certain_and_is_right_is_none()
    {
        var monitor = new DivergenceMonitor(1);
        for (int k = 0; k < 100; k++)
        {
            Assert.That(monitor.AddInnovation(0.7, 1), Is.False);
            Assert.That(monitor.AddBelief([0.0], [k == 0 ? 1.0 : 0.0]), Is.False);
        }
    }

    [Test]
    public void An_explosion_is_found_at_once_in_the_run_where_it_happens()
    {
        var monitor = new DivergenceMonitor(1);
        monitor.AddBelief([0.0], [1.0]);
        monitor.BeginRun();
        monitor.AddBelief([0.0], [1e7]);
        Assert.That(monitor.Found, Is.Null, "the scale is that of this run");
        monitor.AddBelief([0.0], [2e13]);
        Assert.That((monitor.Found!.Reason, monitor.Found.Run), Is.EqualTo((DivergenceReason.CovarianceExplosion, 1)));
    }

    [Test]
    public void Numbers_that_are_not_finite_are_found_at_once()
    {
        (var innovations, var beliefs) = (new DivergenceMonitor(1), new DivergenceMonitor(1));
        Assert.Multiple(() =>
        {
            Assert.That(innovations.AddInnovation(double.NaN, 1), Is.True);
            Assert.That(innovations.AddInnovation(1.0, 1), Is.True, "it stays found");
            Assert.That(beliefs.AddBelief([double.NaN], [1.0]), Is.True);
            Assert.That(beliefs.Found!.Reason, Is.EqualTo(DivergenceReason.NonFinite));
            Assert.That(() => new DivergenceMonitor(1, new() { Patience = 0 }), Throws.TypeOf<ModelException>());
        });
    }
}
