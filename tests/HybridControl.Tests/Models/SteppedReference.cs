namespace HybridControl.Tests.Models;

/// <summary>Small steps of the classical method of Runge and Kutta, and bisection where a threshold is passed: written without the library.</summary>
internal sealed class SteppedReference(double[] states, int[] modes, Func<double, double[], int[], double[]> flow)
{
    /// <summary>A switch of one component.</summary>
    /// <param name="Component">The component.</param>
    /// <param name="From">The mode it leaves.</param>
    /// <param name="To">The mode it enters.</param>
    /// <param name="Threshold">Positive where it is due, from time and states.</param>
    public sealed record Switch(int Component, int From, int To, Func<double, double[], double> Threshold);

    /// <summary>Times and components of all switches, in order.</summary>
    public List<(double Time, int Component, int To)> Events { get; } = [];

    /// <summary>The states reached.</summary>
    public double[] States { get; private set; } = states;

    /// <summary>Runs in steps of a given size.</summary>
    public void Run(double until, double step, params Switch[] switches)
    {
        double t = 0.0;
        while (t < until)
        {
            double h = Math.Min(step, until - t);
            double[] next = Step(t, States, h);
            Switch? first = null;
            foreach (Switch candidate in switches.Where(s => modes[s.Component] == s.From && s.Threshold(t + h, next) >= 0.0))
            {
                double at = Bisect(t, h, candidate);
                if (first is null || at < h)
                {
                    (first, h) = (candidate, at);
                }
            }

            States = Step(t, States, h);
            t += h;
            if (first is not null)
            {
                modes[first.Component] = first.To;
                Events.Add((t, first.Component, first.To));
            }
        }
    }

    private double Bisect(double t, double h, Switch candidate)
    {
        (double low, double high) = (0.0, h);
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = candidate.Threshold(t + middle, Step(t, States, middle)) >= 0.0 ? (low, middle) : (middle, high);
        }

        return high;
    }

    private double[] Step(double t, double[] x, double h)
    {
        double[] k1 = flow(t, x, modes);
        double[] k2 = flow(t + (0.5 * h), Add(x, k1, 0.5 * h), modes);
        double[] k3 = flow(t + (0.5 * h), Add(x, k2, 0.5 * h), modes);
        double[] k4 = flow(t + h, Add(x, k3, h), modes);
        return [.. x.Select((value, i) => value + (h / 6.0 * (k1[i] + (2.0 * k2[i]) + (2.0 * k3[i]) + k4[i])))];
    }

    private static double[] Add(double[] x, double[] k, double h) => [.. x.Select((value, i) => value + (h * k[i]))];
}
