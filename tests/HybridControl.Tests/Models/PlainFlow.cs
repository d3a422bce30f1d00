namespace HybridControl.Tests.Models;

/// <summary>A flow integrated in the plainest way, as an independent answer: classical Runge-Kutta with a fixed step, events by bisection.</summary>
internal sealed class PlainFlow
{
    private readonly double _step;
    private readonly double[] _x;

    public PlainFlow(double step, params double[] initial)
    {
        _step = step;
        _x = initial;
    }

    public double Time { get; private set; }

    public double this[int state]
    {
        get => _x[state];
        set => _x[state] = value;
    }

    /// <summary>Flows to a time.</summary>
    public void Until(double end, Action<double[], double[]> flow)
    {
        while (Time < end)
        {
            double h = Math.Min(_step, end - Time);
            Step(_x, h, flow).CopyTo(_x, 0);
            Time = h < _step ? end : Time + h;
        }
    }

    /// <summary>Flows until a function of the states is not negative any more, and returns that time.</summary>
    public double Until(Func<double[], double> guard, Action<double[], double[]> flow)
    {
        while (true)
        {
            double[] next = Step(_x, _step, flow);
            if (guard(next) < 0.0)
            {
                next.CopyTo(_x, 0);
                Time += _step;
                continue;
            }

            (double low, double high) = (0.0, _step);
            for (int i = 0; i < 60; i++)
            {
                double middle = 0.5 * (low + high);
                (low, high) = guard(Step(_x, middle, flow)) < 0.0 ? (middle, high) : (low, middle);
            }

            Step(_x, high, flow).CopyTo(_x, 0);
            Time += high;
            return Time;
        }
    }

    private static double[] Step(double[] x, double h, Action<double[], double[]> flow)
    {
        double[] Slope(double[] at)
        {
            double[] slope = new double[x.Length];
            flow(at, slope);
            return slope;
        }

        double[] Add(double[] slope, double size) => [.. x.Zip(slope, (a, b) => a + (size * b))];
        double[] k1 = Slope(x);
        double[] k2 = Slope(Add(k1, 0.5 * h));
        double[] k3 = Slope(Add(k2, 0.5 * h));
        double[] k4 = Slope(Add(k3, h));
        return [.. x.Select((value, i) => value + (h / 6.0 * (k1[i] + (2.0 * k2[i]) + (2.0 * k3[i]) + k4[i])))];
    }
}
