using HybridControl.Solvers;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Each order of the families converges as it says, at the ends of steps and in between.</summary>
public class MultistepOrderTests
{
    private static IEnumerable<TestCaseData> Orders() =>
    [
        .. Enumerable.Range(1, 5).Select(order => new TestCaseData(new Bdf(), order).SetArgDisplayNames("bdf", $"{order}")),
        .. Enumerable.Range(2, 11).Select(order => new TestCaseData(new Adams(), order).SetArgDisplayNames("adams", $"{order}")),
    ];

    [TestCaseSource(nameof(Orders))]
    public void Shorter_steps_reduce_the_error_at_the_order(AdaptiveSolver solver, int order)
    {
        (double size, double shorter) = SizesOf(solver, order);
        double coarse = ErrorOf(solver, order, size), fine = ErrorOf(solver, order, shorter);
        Assert.That(Math.Log(coarse / fine) / Math.Log(size / shorter), Is.EqualTo(order).Within(0.05), $"{coarse:0.0e+0} {fine:0.0e+0}");
    }

    [TestCaseSource(nameof(Orders))]
    public void Dense_output_leaves_an_error_of_one_order_more_in_a_step(AdaptiveSolver solver, int order)
    {
        (double size, double shorter) = SizesOf(solver, order);
        double coarse = ErrorInside(solver, order, 2.0 * size), fine = ErrorInside(solver, order, 2.0 * shorter);
        Assert.That(Math.Log(coarse / fine) / Math.Log(size / shorter), Is.EqualTo(order + 1).Within(0.05), $"{coarse:0.0e+0} {fine:0.0e+0}");
    }

    // So small that the terms above the order do not show, and over a power of two, so that times are exact. On the imaginary axis order 12 of
    // Adams is stable up to 0.075 only, and at half of that its error is rounding.
    private static (double Size, double Shorter) SizesOf(AdaptiveSolver solver, int order)
    {
        int parts = solver is Bdf
            ? new[] { 0, 8192, 512, 128, 128, 128 }[order]
            : new[] { 0, 0, 1024, 128, 64, 64, 64, 32, 32, 32, 32, 32, 128 }[order];
        return order == 12 ? (9.0 / parts, 8.0 / parts) : (3.0 / parts, 2.0 / parts);
    }

    // So long that the error, which grows with time, stands above rounding, which grows with its root.
    private static double EndOf(int order) => order switch
    {
        12 => 2e4,
        11 => 2e3,
        10 => 2e2,
        _ => 5.0,
    };

    private static double ErrorOf(AdaptiveSolver solver, int order, double size)
    {
        Stepper stepper = MultistepBench.Held(solver, order, size);
        double worst = 0.0;
        while (stepper.Time < EndOf(order))
        {
            stepper.Step(1e6);
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
