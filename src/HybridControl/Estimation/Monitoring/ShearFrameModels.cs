using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>A <see cref="ShearFrame"/> as what simulates it and as what watches it.</summary>
/// <remarks>
/// Wind or traffic pushes every floor with a force that is held between samples and is white from sample to sample; every
/// floor carries an accelerometer, which feels the same force. C. R. Farrar and K. Worden, Structural Health Monitoring: A
/// Machine Learning Perspective (2012).
/// </remarks>
public static class ShearFrameModels
{
    /// <summary>A frame that can be damaged while it runs: modes <c>healthy</c> and <c>damaged</c>, command <c>damage</c>.</summary>
    /// <param name="healthy">The frame before.</param>
    /// <param name="damaged">The frame after; as many storeys.</param>
    /// <returns>States y1... (m) and v1... (m/s), inputs f1... (N), outputs a1... (m/s^2), lowest floor first.</returns>
    /// <exception cref="ModelException">The frames have different numbers of storeys.</exception>
    public static HybridAutomaton Simulated(ShearFrame healthy, ShearFrame damaged)
    {
        ArgumentNullException.ThrowIfNull(healthy);
        ArgumentNullException.ThrowIfNull(damaged);
        CovarianceFactor.CheckCount("damaged.storeys", damaged.Storeys, healthy.Storeys);
        int n = healthy.Storeys;
        return HybridAutomaton.Build("shear-frame", h =>
        {
            Expr[] y = [.. Numbered("y").Select(name => h.State(name, unit: "m"))];
            Expr[] v = [.. Numbered("v").Select(name => h.State(name, unit: "m/s"))];
            Expr[] f = [.. Numbered("f").Select(name => h.Input(name, new ConstantSignal(0.0), "N"))];
            Expr isDamaged = h.Discrete("isDamaged");
            Expr[] whole = Accelerations(healthy, [.. y, .. v], f);
            Expr[] broken = Accelerations(damaged, [.. y, .. v], f);
            for (int i = 0; i < n; i++)
            {
                h.Output(FormattableString.Invariant($"a{i + 1}"), ((1.0 - isDamaged) * whole[i]) + (isDamaged * broken[i]), "m/s^2");
            }

            ModeBuilder before = h.Mode("healthy");
            ModeBuilder after = h.Mode("damaged");
            for (int i = 0; i < n; i++)
            {
                before.Flow(y[i], v[i]).Flow(v[i], whole[i]);
                after.Flow(y[i], v[i]).Flow(v[i], broken[i]);
            }

            h.Transition(before, after, "damage").OnCommand("damage").Reset(isDamaged, Expr.One);
        });

        IEnumerable<string> Numbered(string letter) =>
            Enumerable.Range(1, n).Select(i => FormattableString.Invariant($"{letter}{i}"));
    }

    /// <summary>The Kalman filter of a frame from its accelerometers alone.</summary>
    /// <param name="frame">The frame as it is believed to be.</param>
    /// <param name="periodSeconds">Time between samples, in seconds.</param>
    /// <param name="forceDeviation">Standard deviation of the force on each floor, in N.</param>
    /// <param name="noiseDeviation">Standard deviation of each accelerometer's own noise, in m/s^2.</param>
    /// <returns>A filter at time 0 that expects the frame at rest; its sensor shares the process noise.</returns>
    /// <exception cref="ModelException">A number is not positive or not finite.</exception>
    /// <remarks>x+ = Phi x + Gamma f, z = Ca x + Da f + v with f white: E[w v'] = Gamma W Da'. Update first, then predict one period.</remarks>
    public static KalmanFilter Filter(ShearFrame frame, double periodSeconds, double forceDeviation, double noiseDeviation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!(forceDeviation > 0.0 && noiseDeviation > 0.0))
        {
            throw new ModelException(
                "frame.deviations",
                FormattableString.Invariant($"a force of {forceDeviation} N and a noise of {noiseDeviation} m/s^2"),
                "Give positive standard deviations.");
        }

        int n = frame.Storeys;
        (double[,] a, double[,] b, double[,] ca, double[,] da) = frame.ToStateSpace();
        var step = new LinearDiscretization(
            Matrices.Flatten(a, "frame"), Matrices.Flatten(b, "frame"), new double[4 * n * n], 2 * n);
        if (!(periodSeconds > 0.0) || !step.Prepare(periodSeconds))
        {
            throw new ModelException(
                "frame.period", FormattableString.Invariant($"a period of {periodSeconds} s"), "Give a positive number of seconds.");
        }

        var phi = new double[2 * n, 2 * n];
        var gamma = new double[2 * n, n];
        var loading = new double[n, n];
        var noise = new double[n, n];
        for (int i = 0; i < 2 * n; i++)
        {
            for (int j = 0; j < 2 * n; j++)
            {
                phi[i, j] = step.Phi[(2 * n * i) + j];
            }

            for (int j = 0; j < n; j++)
            {
                gamma[i, j] = forceDeviation * step.Gamma[(n * i) + j];
            }
        }

        for (int i = 0; i < n; i++)
        {
            loading[i, i] = forceDeviation * da[i, i];
            noise[i, i] = noiseDeviation * noiseDeviation;
        }

        return new KalmanFilter(
            LinearTransition.FromNoiseFactor(phi, gamma),
            new CorrelatedMeasurement(new LinearMeasurement(ca, noise), loading),
            new GaussianBelief(2 * n));
    }

    private static Expr[] Accelerations(ShearFrame frame, Expr[] states, Expr[] forces)
    {
        (_, _, double[,] ca, double[,] da) = frame.ToStateSpace();
        var accelerations = new Expr[frame.Storeys];
        for (int i = 0; i < accelerations.Length; i++)
        {
            double[] row = [.. Enumerable.Range(0, states.Length).Select(j => ca[i, j]), da[i, i]];
            accelerations[i] = Expr.LinearForm(row, [.. states, forces[i]]);
        }

        return accelerations;
    }
}
