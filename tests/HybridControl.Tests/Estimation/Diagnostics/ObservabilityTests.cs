using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Diagnostics;

public sealed class ObservabilityTests
{
    [Test]
    public void Position_tells_velocity_but_velocity_does_not_tell_position()
    {
        double[] f = [1, 0.1, 0, 1];
        ObservabilityReport seen = Observability.Of(f, [1, 0], ["p", "v"]);
        ObservabilityReport blind = Observability.Of(f, [0, 1], ["p", "v"]);
        Assert.Multiple(() =>
        {
            Assert.That(seen.IsObservable, Is.True);
            Assert.That(seen.Findings, Is.Empty);

            // [1, 0; 1, 0.1] has determinant 0.1 and squared norm 2.01.
            Assert.That(seen.SingularValues[0] * seen.SingularValues[1], Is.EqualTo(0.1).Within(1e-14));
            Assert.That(seen.SingularValues.Sum(s => s * s), Is.EqualTo(2.01).Within(1e-13));
            Assert.That(blind.Rank, Is.EqualTo(1));
            Assert.That(blind.Unobservable.Single(), Is.EqualTo(new[] { 1.0, 0.0 }));
            Assert.That(blind.ObservableStates, Is.EqualTo(new[] { "v" }));
            Assert.That(blind.Findings.Single().Where, Is.EqualTo("'p'"));
            Assert.That(blind.Condition, Is.EqualTo(double.PositiveInfinity));
        });
    }

    [Test]
    public void A_model_is_linearised_where_it_is_asked()
    {
        var transition = new LinearTransition(new[,] { { 1.0, 0.1 }, { 0.0, 1.0 } }, new[,] { { 0.0, 0.0 }, { 0.0, 1.0 } }, stateNames: ["p", "v"]);
        var sensor = new LinearMeasurement(new[,] { { 0.0, 1.0 } }, new[,] { { 1.0 } });
        Assert.That(Observability.Of(transition, sensor, [0, 0], 0.1).Findings.Single().Where, Is.EqualTo("'p'"));
    }

    [Test]
    public void Two_biases_that_enter_as_a_difference_are_named_together()
    {
        // z = level + a - b, both constant: (level, a, b) = (1, -1, 0) and (0, 1, 1) change nothing.
        ObservabilityReport report = Observability.Of([0.9, 0, 0, 0, 1, 0, 0, 0, 1], [1, 1, -1], ["level", "a", "b"]);
        Assert.Multiple(() =>
        {
            Assert.That(report.Rank, Is.EqualTo(2));
            Assert.That(report.Unobservable.Single(), Is.EqualTo(new[] { 0.0, 1.0, 1.0 }).Within(1e-12));
            Assert.That(report.Findings.Single().ToString(), Does.Contain("'a', 'b'").And.Contain("1 : 1"));
            Assert.That(report.ObservableStates, Is.EqualTo(new[] { "level" }));
        });
    }

    [Test]
    public void Every_unobservable_direction_stays_unseen_along_the_flow()
    {
        // A random system of eight states in which three are made invisible by a change of basis.
        const int n = 8;
        double[] t = [.. Enumerable.Range(0, n * n).Select(i => Noise.Normal(6, 0, 0, i))];
        var basis = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(n, n, t);
        var inner = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            n, n, (i, j) => i < 5 && j >= 5 ? 0.0 : 0.4 * Noise.Normal(6, 1, 0, (i * n) + j));
        var look = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(2, n, (i, j) => j >= 5 ? 0.0 : Noise.Normal(6, 2, 0, (i * n) + j));
        var f = basis * inner * basis.Inverse();
        var h = look * basis.Inverse();
        ObservabilityReport report = Observability.Of(
            f.ToRowMajorArray(), h.ToRowMajorArray(), [.. Enumerable.Range(0, n).Select(i => $"x{i}")]);
        Assert.That(report.Rank, Is.EqualTo(5));
        foreach (var direction in report.Unobservable)
        {
            var x = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.DenseOfEnumerable(direction);
            for (int k = 0; k < n; k++, x = f * x)
            {
                Assert.That((h * x).L2Norm(), Is.LessThan(1e-8 * direction.Sum(Math.Abs)));
            }
        }
    }

    [Test]
    public void A_chain_of_integrators_with_short_steps_keeps_its_rank()
    {
        // Powers of F would bury the acceleration below 1e-12.
        const double dt = 1e-6;
        ObservabilityReport report = Observability.Of([1, dt, dt * dt / 2, 0, 1, dt, 0, 0, 1], [1, 0, 0], ["p", "v", "a"]);
        Assert.Multiple(() =>
        {
            Assert.That(report.IsObservable, Is.True);
            Assert.That(report.Findings.Single().Kind, Is.EqualTo(ConsistencyKind.BarelyObservable));
            Assert.That(report.Findings.Single().Where, Is.EqualTo("'a'"));
        });
    }

    [Test]
    public void Scales_decide_what_is_barely_seen()
    {
        double[] f = [1, 1, 0, 1];
        string[] names = ["p", "v"];
        ObservabilityReport plain = Observability.Of(f, [1e-9, 0], names);
        ObservabilityReport microns = Observability.Of([1, 1e-7, 0, 1], [1, 0], names);
        ObservabilityReport scaled = Observability.Of([1, 1e-7, 0, 1], [1, 0], names, new() { States = [1e-7, 1], Measurements = [1e-7] });
        Assert.Multiple(() =>
        {
            Assert.That(plain.IsObservable, Is.True, "the unit of a measurement does not matter");
            Assert.That(microns.Findings.Single().Kind, Is.EqualTo(ConsistencyKind.BarelyObservable));
            Assert.That(scaled.Findings, Is.Empty);
            Assert.That(scaled.Condition, Is.LessThan(10));
        });
    }

    [Test]
    public void What_one_mode_hides_another_shows()
    {
        // In mode one only the first tank is measured and flows nowhere; in mode two it feeds the second into the measurement.
        var sequence = new ObservabilityAccumulator(["first", "second"]);
        sequence.Measure([1, 0]);
        sequence.Advance([0.9, 0, 0, 0.8]);
        sequence.Measure([1, 0]);
        ObservabilityReport before = sequence.ToReport();
        sequence.Advance([0.9, 0.5, 0, 0.8]);
        sequence.Measure([1, 0]);
        ObservabilityReport after = sequence.ToReport();
        Assert.Multiple(() =>
        {
            Assert.That(before.Rank, Is.EqualTo(1));
            Assert.That(before.Findings.Single().Where, Is.EqualTo("'second'"));
            Assert.That(after.IsObservable, Is.True);

            // Rows (1, 0), (0.9, 0), (0.81, 0.4): the determinant of the Gramian is that of the second column times the first two.
            Assert.That(Math.Pow(after.SingularValues[0] * after.SingularValues[1], 2), Is.EqualTo(0.16 * 1.81).Within(1e-13));
        });
    }

    [Test]
    public void A_measurement_of_nothing_sees_nothing()
    {
        ObservabilityReport report = Observability.Of([1, 0, 0, 1], [0, 0], ["x", "y"]);
        Assert.That(report.Rank, Is.Zero);
        Assert.That(report.Findings.Select(finding => finding.Where), Is.EquivalentTo(new[] { "'x'", "'y'" }));
    }

    [Test]
    public void Gathering_allocates_nothing()
    {
        var sequence = new ObservabilityAccumulator(["x", "y"]);
        double[] f = [1, 0.1, -0.1, 1];
        double[] h = [1, 0];
        Allocations.None(
            () =>
            {
                sequence.Measure(h);
                sequence.Advance(f);
            },
            calls: 1000);
    }

    [Test]
    public void Matrices_that_do_not_fit_are_named()
    {
        string[] names = ["x", "y"];
        Assert.Multiple(() =>
        {
            Assert.That(() => Observability.Of([1, 0, 0], [1, 0], names), Throws.TypeOf<ModelException>().With.Message.Contains("F"));
            Assert.That(() => Observability.Of([1, 0, 0, 1], [1, 0, 0], names), Throws.TypeOf<ModelException>().With.Message.Contains("H"));
            Assert.That(() => Observability.Of([1, 0, 0, double.NaN], [1, 0], names), Throws.TypeOf<ModelException>().With.Message.Contains("NaN"));
            Assert.That(() => new ObservabilityAccumulator(names, new() { States = [1, 0] }), Throws.TypeOf<ModelException>());
        });
    }

    [Test]
    public void A_report_takes_the_findings_along()
    {
        ConsistencyReport report = LevelFilter.Judge(7, runs: 20, steps: 50).With(Observability.Of([1, 0, 0, 1], [1, 0], ["x", "y"]));
        Assert.That(report.Has(ConsistencyKind.Unobservable), Is.True);
    }
}
