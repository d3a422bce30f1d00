using HybridControl.Solvers;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Each order of the families converges as it says, at the ends of steps and in between.</summary>
public class MultistepOrderTests
{
    private const double Shorter = 1.5; // twice as many leave no room between the largest stable step and rounding at order 12

    private static IEnumerable<TestCaseData> Orders() =>
    [
        .. Enumerable.Range(1, 5).Select(order => new TestCaseData(new Bdf(), order).SetArgDisplayNames("bdf", $"{order}")),
        .. Enumerable.Range(2, 10).Select(order => new TestCaseData(new Adams(), order).SetArgDisplayNames("adams", $"{order}")),
    ];

    [TestCaseSource(nameof(Orders))]
    public void Shorter_steps_reduce_the_error_at_the_order(AdaptiveSolver solver, int order)
    {
        double size = SizeOf(solver, order);
        double coarse = ErrorOf(solver, order, size), fine = ErrorOf(solver, order, size / Shorter);
        Assert.That(Math.Log(coarse / fine, Shorter), Is.EqualTo(order).Within(0.15), $"{coarse:0.0e+0} {fine:0.0e+0}");
    }

    [TestCaseSource(nameof(Orders))]
    public void Dense_output_leaves_an_error_of_one_order_more_in_a_step(AdaptiveSolver solver, int order)
    {
        double size = 2.0 * SizeOf(solver, order);
        double coarse = ErrorInside(solver, order, size), fine = ErrorInside(solver, order, size / Shorter);
        Assert.That(Math.Log(coarse / fine, Shorter), Is.EqualTo(order + 1).Within(0.15), $"{coarse:0.0e+0} {fine:0.0e+0}");
    }

    // Order 12 is corrected from a prediction whose error is 50 times as large: that term, of order 13, leads until rounding does.
    [Test]
    public void The_highest_order_of_Adams_is_reached_at_least()
    {
        double coarse = ErrorOf(new Adams(), 12, SizeOf(new Adams(), 12)), fine = ErrorOf(new Adams(), 12, SizeOf(new Adams(), 12) / Shorter);
        Assert.That(Math.Log(coarse / fine, Shorter), Is.GreaterThan(12.0));
    }

    // So small that the order shows, so large that rounding does not.
    private static double SizeOf(AdaptiveSolver solver, int order) => solver is Bdf
        ? new[] { 0.0, 5e-4, 0.005, 0.02, 0.02, 0.03 }[order]
        : new[] { 0.0, 0.0, 0.005, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.13, 0.14, 0.14, 0.14 }[order];

    private static double ErrorOf(AdaptiveSolver solver, int order, double size)
    {
        Stepper stepper = MultistepBench.Held(solver, order, size);
        double worst = 0.0;
        while (stepper.Time < 5.0)
        {
            Assert.That(stepper.Step(100.0), Is.EqualTo(StepStatus.Accepted));
            stepper.Accept();
            worst = Math.Max(worst, Distance(stepper.States, MultistepBench.SwingAt(stepper.Time)));
        }

        return worst;
    }

    private static double ErrorInside(AdaptiveSolver solver, int order, double size)
    {
        Stepper stepper = MultistepBench.Held(solver, order, size);
        stepper.Step(100.0);
        double[] c = new double[2 * (stepper.DenseDegree + 1)];
        stepper.WriteDense(c);
        double worst = 0.0;
        for (int k = 0; k <= 50; k++)
        {
            double theta = 0.02 * k;
            double[] point = [MultistepBench.At(c.AsSpan(0, c.Length / 2), theta), MultistepBench.At(c.AsSpan(c.Length / 2), theta)];
            worst = Math.Max(worst, Distance(point, MultistepBench.SwingAt(theta * size)));
        }

        return worst;
    }

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Math.Sqrt(
        ((a[0] - b[0]) * (a[0] - b[0])) + ((a[1] - b[1]) * (a[1] - b[1])));
}
